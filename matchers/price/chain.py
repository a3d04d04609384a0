"""The steps of a price judgement after the unit price: the references, and the distance to the one that counts."""

from decimal import Decimal

from matchers.price.bands import BAND_WORDS, band_of, share_of
from matchers.price.case import PriceCase
from matchers.price.offer_reading import unit_reference
from matchers.price.pack_size import pack_of_product
from matchers.price.printed import per_unit, percent, printed
from records.hit import ChainStep


def chain_of(case: PriceCase) -> tuple[ChainStep, ...]:
    """Return every step from the printed price to the band."""
    return (*case.reading.chain, *_references(case), *_gap(case))


def _references(case: PriceCase) -> list[ChainStep]:
    owner, currency, unit = case.reading.owner, case.reading.currency, case.reading.unit
    steps: list[ChainStep] = []
    reference = owner.list_price or owner.minimum_price
    if reference is not None and reference.currency == currency and case.is_own_kind:
        source = owner.list_source if owner.list_price else owner.minimum_source
        pack = pack_of_product(case.product).printed()
        detail = f"{source}: {printed(reference.amount, reference.currency)} for {pack}"
        value = f"{per_unit(unit_reference(reference, case.product), currency)} / {unit}"
        steps.append(ChainStep(name="reference", value=value, detail=detail))
    if case.authorised is not None:
        lowest, highest = case.authorised.lowest, case.authorised.highest
        value = f"{per_unit(lowest, currency)} / {unit}"
        detail = f"lowest of {case.authorised.sellers} authorised sellers, the highest {per_unit(highest, currency)}"
        steps.append(ChainStep(name="authorised", value=value, detail=detail))
    if case.peers is not None:
        value = f"{per_unit(case.peers.middle, currency)} / {unit}"
        kind = case.offer.kind
        detail = f"middle of {case.peers.count} comparable offers ({kind}), usual spread {case.peers.spread:.0%}"
        steps.append(ChainStep(name="peers", value=value, detail=detail.replace("%", " %")))
    if case.past is not None:
        value = printed(case.past.middle, case.price.currency)
        detail = f"middle of its own prices on {case.past.days} days since {case.past.since}"
        steps.append(ChainStep(name="history", value=value, detail=detail))
    return steps


def _gap(case: PriceCase) -> list[ChainStep]:
    """Return the distance to the surest reference that there is: the owner's, the authorised sellers', the others'."""
    found = _surest(case)
    if found is None:
        return []
    share, which, has_band = found
    band = case.band_of_list() if which == "list price" else band_of(share) if has_band else None
    detail = f"band: {BAND_WORDS[band]}" if band else "no band"
    return [ChainStep(name="gap", value=f"{percent(share)} of the {which}", detail=detail)]


def _surest(case: PriceCase) -> tuple[Decimal, str, bool] | None:
    if case.is_own_kind and case.list_share is not None:
        return case.list_share, "list price", True
    if case.authorised is not None and case.offer.is_same_pack:
        return share_of(case.unit_price, case.authorised.lowest), "authorised sellers' lowest price", True
    if case.peers is not None and case.offer.is_same_pack:
        return case.peers.share(case.unit_price), "middle of comparable offers", True
    if case.is_own_kind and case.minimum_share is not None:
        return case.minimum_share, "minimum price", False
    return None
