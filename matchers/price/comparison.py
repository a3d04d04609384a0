"""One offer against one product: price, pack and unit price side by side, each step told."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from matchers.price.bands import BAND_WORDS, Band, band_of
from matchers.price.pack_size import PackSize, pack_of_product, pack_of_title
from matchers.price.price_text import read_price
from matchers.price.product_match import HOW_WORDS, How
from records.hit import ChainStep
from records.listing import Listing
from records.money import Money, minor_digits
from records.watchlist import Product


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the price of an offer says about a product, per unit."""

    share: Decimal | None
    """Offer as a share of the list price; None where the product has none."""
    band: Band | None
    """Band of the share."""
    is_below_minimum: bool
    """True where the unit price is under the owner's minimum."""
    chain: tuple[ChainStep, ...]
    """raw, amount, pack, unit_price, reference, gap."""


def compare(listing: Listing, product: Product, how: How) -> Comparison | None:
    """Return the comparison per unit; None where price, pack or currency is unknown or unsure."""
    price = price_of(listing)
    reference = product.list_price or product.minimum_price
    if price is None or reference is None or price.currency != reference.currency:
        return None
    ours = pack_of_product(product)
    theirs = _pack_of(listing, ours, how)
    if theirs is None:
        return None
    per = (theirs.total or Decimal(theirs.count), ours.total or Decimal(ours.count))
    offer = price.amount / per[0]
    share = None if product.list_price is None else offer / (product.list_price.amount / per[1])
    below = product.minimum_price is not None and offer < product.minimum_price.amount / per[1]
    return Comparison(
        share=share,
        band=None if share is None else band_of(share),
        is_below_minimum=below,
        chain=_chain(product, how, price, theirs, ours),
    )


def price_of(listing: Listing) -> Money | None:
    """Return the single price of the offer: the stated one, else the one read from its text; None for a range."""
    offer = listing.offer
    if offer.price is not None:
        return offer.price if offer.price_max is None or offer.price_max.amount == offer.price.amount else None
    if offer.price_raw is None:
        return None
    reading = read_price(offer.price_raw, listing.currency)
    return reading.price if reading.price_max is None else None


def _pack_of(listing: Listing, ours: PackSize, how: How) -> PackSize | None:
    """Return the offer's pack where it is comparable; a GTIN names the pack unless the title says otherwise."""
    stated = pack_of_title(listing.title, listing.category)
    if stated is None:
        return None
    if ours.unit_amount is None:
        return PackSize(None, None, int(stated.total) if stated.unit == "piece" and stated.total else stated.count)
    if stated.unit_amount is None:
        if how != "name":
            return PackSize(ours.unit_amount, ours.unit, stated.count if stated.count > 1 else ours.count)
        return PackSize(ours.unit_amount, ours.unit, stated.count) if ours.total == 1 and ours.unit == "piece" else None
    if stated.unit != ours.unit:
        return None
    return stated if stated.unit == "piece" or stated.unit_amount == ours.unit_amount else None


def _chain(product: Product, how: How, price: Money, theirs: PackSize, ours: PackSize) -> tuple[ChainStep, ...]:
    unit = theirs.unit or "piece"
    offered = price.amount / (theirs.total or theirs.count)
    reference = product.list_price or product.minimum_price
    if reference is None:
        return ()
    expected = reference.amount / (ours.total or ours.count)
    share = (offered / expected * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    which = "list price" if product.list_price else "minimum price"
    band = band_of(offered / expected) if product.list_price else None
    return (
        ChainStep(name="raw", value=price.raw, detail="as printed"),
        ChainStep(name="amount", value=printed(price.amount, price.currency), detail="read from the printed price"),
        ChainStep(name="pack", value=theirs.printed(), detail=f"{product.name}: {HOW_WORDS[how]}"),
        ChainStep(name="unit_price", value=f"{per_unit(offered, price.currency)} / {unit}", detail="amount ÷ pack"),
        ChainStep(
            name="reference",
            value=f"{per_unit(expected, price.currency)} / {unit}",
            detail=f"{which} {printed(reference.amount, reference.currency)} for {ours.printed()}",
        ),
        ChainStep(
            name="gap",
            value=f"{share} % of the {which}",
            detail=f"band: {BAND_WORDS[band]}" if band else "no band",
        ),
    )


def printed(amount: Decimal, currency: str) -> str:
    """Return an amount with its currency in the currency's minor digits."""
    return f"{amount:,.{minor_digits(currency)}f} {currency}"


def per_unit(amount: Decimal, currency: str) -> str:
    """Return a unit price with two digits more than the currency has."""
    return f"{amount:,.{minor_digits(currency) + 2}f} {currency}"
