"""One listing as an offer of one product: price, kind, pack and unit price, each step told, or why it stops."""

from dataclasses import dataclass
from decimal import Decimal

from matchers.price.bands import share_of
from matchers.price.exchange import Conversion, conversion
from matchers.price.offer_kind import Kind
from matchers.price.owner_price import OwnerPrice, day_of, owner_price
from matchers.price.price_text import is_placeholder, read_price
from matchers.price.printed import per_unit, printed
from matchers.price.product_match import Matched
from matchers.right import permission_of
from records.hit import ChainStep
from records.listing import Listing
from records.money import Money
from records.offers import ProductOffer
from records.watchlist import Product, Unit, WatchList


@dataclass(frozen=True, slots=True)
class OfferReading:
    """What one listing asks for one product. With a problem there is no unit price and nothing is judged."""

    matched: Matched
    """The product, how it was recognised, how the packs stand to each other, and of what kind the offer is."""
    raw: str
    """The price as printed."""
    price: Money | None
    """The single price asked, in its own currency."""
    problem: str
    """Why the offer cannot be compared; empty where it can."""
    unit_price: Decimal | None
    """Price per unit in `currency`."""
    unit: Unit
    """ml, g or piece."""
    currency: str
    """Currency of the owner's price where it could be converted, else the offer's own."""
    owner: OwnerPrice
    """The owner's prices that day."""
    exchanged: Conversion | None
    """How the price was converted into `currency`; None where it needed none or no rate is known."""
    offer: ProductOffer | None
    """The offer as others are compared with it; None with a problem."""

    @property
    def kind(self) -> Kind:
        """New, used, refurbished, sample, refill."""
        return self.matched.kind

    @property
    def chain(self) -> tuple[ChainStep, ...]:
        """The steps up to the unit price, or up to the problem: told only for the few offers that somebody reads."""
        fit, kind, price = self.matched.fit, self.kind, self.price
        steps = [ChainStep(name="raw", value=self.raw, detail="as printed")]
        if price is not None:
            steps.append(_amount_step(price))
            if self.exchanged is not None:
                steps.append(_rate_step(price, self.currency, self.exchanged))
        steps.append(ChainStep(name="product", value=self.product.name, detail=self.matched.reason))
        if fit.pack is not None:
            detail = fit.reason if kind.kind in {None, "new"} else f"{fit.reason}; {kind.kind}: {kind.because}"
            steps.append(ChainStep(name="pack", value=fit.pack.printed(), detail=detail))
        if self.unit_price is not None:
            value = f"{per_unit(self.unit_price, self.currency)} / {self.unit}"
            steps.append(ChainStep(name="unit_price", value=value, detail="amount ÷ pack"))
        return tuple(steps)

    @property
    def product(self) -> Product:
        """The product offered."""
        return self.matched.product

    def share_of(self, reference: Money | None) -> Decimal | None:
        """Return the unit price as a share of the owner's price of a pack; None where they cannot be compared."""
        return _share(self.unit_price, self.currency, reference, self.product)


def unit_reference(reference: Money, product: Product) -> Decimal:
    """Return the owner's price of a pack per unit of its content."""
    pieces = Decimal(product.count)
    return reference.amount / (pieces if product.unit_amount is None else product.unit_amount * pieces)


def read_offer(listing: Listing, matched: Matched, watchlist: WatchList) -> OfferReading:
    """Return the listing as an offer of the product."""
    product, fit, kind = matched.product, matched.fit, matched.kind
    day = day_of(listing, watchlist)
    owner = owner_price(product, listing.market, day, watchlist)
    price, problem = single_price(listing)
    currency, exchanged = "" if price is None else price.currency, None
    reference = owner.list_price or owner.minimum_price
    if price is not None and reference is not None and reference.currency != price.currency:
        exchanged = conversion(price.currency, reference.currency, day, watchlist)
        if exchanged is None:
            problem = f"no exchange rate from {price.currency} to {reference.currency} for that day"
        else:
            currency = reference.currency
    problem = problem or (kind.because if kind.kind is None else "") or ("" if fit.pack else fit.reason)
    unit: Unit = product.unit or "piece"
    unit_price = offer = None
    if fit.pack is not None and price is not None and not problem:
        unit = fit.pack.unit or unit
        amount = price.amount if exchanged is None else price.amount * exchanged.rate
        unit_price = amount / (fit.pack.total or fit.pack.count)
        if kind.kind is not None:
            share = _share(unit_price, currency, owner.list_price, product)
            if not share:
                share = _share(unit_price, currency, owner.minimum_price, product)
            offer = ProductOffer(
                market=listing.market,
                listing_id=listing.listing_id,
                product_id=product.product_id,
                mark_id=product.mark_id,
                seller=seller_of(listing),
                is_authorised=permission_of(listing, product.mark_id, watchlist) is not None,
                kind=kind.kind,
                is_same_pack=fit.is_same_pack,
                unit_price=unit_price,
                unit=unit,
                currency=currency,
                share=share,
                seen_at=listing.fetched_at,
            )
    return OfferReading(
        matched=matched,
        raw=_raw(listing),
        price=price,
        problem=problem,
        unit_price=unit_price,
        unit=unit,
        currency=currency,
        owner=owner,
        exchanged=exchanged,
        offer=offer,
    )


def _share(unit_price: Decimal | None, currency: str, reference: Money | None, product: Product) -> Decimal | None:
    if reference is None or unit_price is None or reference.currency != currency:
        return None
    return share_of(unit_price, unit_reference(reference, product))


def single_price(listing: Listing) -> tuple[Money | None, str]:
    """Return the one price of the offer, stated or read from its text, or None and why there is none."""
    offer = listing.offer
    if offer.price is not None:
        if offer.price_max is not None and offer.price_max.amount != offer.price.amount:
            return None, "a price range"
        if is_placeholder(offer.price.amount, offer.price.currency):
            return None, "unknown price: placeholder"
        return offer.price, ""
    if offer.price_raw is None:
        return None, "unknown price: none stated"
    reading = read_price(offer.price_raw, listing.currency)
    if reading.price is None:
        return None, f"unknown price: {reading.reason}"
    return (reading.price, "") if reading.price_max is None else (None, "a price range")


def seller_of(listing: Listing) -> str | None:
    """Return what identifies the seller on its marketplace: the id, else the shop name."""
    name = listing.seller.name
    return listing.seller.seller_id or (None if name is None else name.strip().casefold() or None)


def _raw(listing: Listing) -> str:
    offer = listing.offer
    return offer.price_raw or ("" if offer.price is None else offer.price.raw)


def _amount_step(price: Money) -> ChainStep:
    return ChainStep(name="amount", value=printed(price.amount, price.currency), detail="read from the printed price")


def _rate_step(price: Money, currency: str, exchanged: Conversion) -> ChainStep:
    return ChainStep(name="rate", value=printed(price.amount * exchanged.rate, currency), detail=exchanged.source)
