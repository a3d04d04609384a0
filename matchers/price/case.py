"""Everything that is known when the price of one offer of one product is judged."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from matchers.price.bands import BANDS, Band, band_of
from matchers.price.history import OwnPast
from matchers.price.offer_reading import OfferReading
from matchers.price.peers import AuthorisedRange, PeerRange, authorised_range, comparable
from matchers.price.product_match import seen_in_title
from records.hit import Span
from records.listing import Listing
from records.money import Money
from records.offers import PastPrice, PriceContext, ProductOffer
from records.watchlist import Product, WatchList


@dataclass(frozen=True, slots=True)
class PriceCase:
    """One comparable offer with its references. Signals read it and add nothing to it."""

    listing: Listing
    """The listing."""
    watchlist: WatchList
    """What is watched."""
    reading: OfferReading
    """Price, kind, pack and unit price."""
    offer: ProductOffer
    """The offer as others see it."""
    price: Money
    """The price asked."""
    unit_price: Decimal
    """Price per unit, in the owner's currency where it could be converted."""
    list_share: Decimal | None
    """Unit price as a share of the owner's list price that day."""
    minimum_share: Decimal | None
    """The same of the minimum price."""
    is_allowed: bool
    """True where a running promotion of the owner allows the price."""
    authorised: AuthorisedRange | None
    """What authorised sellers ask."""
    peers: PeerRange | None
    """What comparable offers ask."""
    past: OwnPast | None
    """What the listing itself asked before."""
    of_seller: tuple[ProductOffer, ...]
    """The seller's other offers."""

    @property
    def product(self) -> Product:
        """The product offered."""
        return self.reading.product

    @property
    def is_own_kind(self) -> bool:
        """True where the owner's prices of a new pack hold for the offer; others are compared with their own kind."""
        return self.offer.kind == "new"

    def band_of_list(self) -> Band | None:
        """Return the band against the list price; one weaker for a pack of another size, whose unit price differs."""
        if self.list_share is None:
            return None
        band = band_of(self.list_share)
        if band is None or self.offer.is_same_pack:
            return band
        names = [name for name, _ in BANDS]
        weaker = names.index(band) + 1
        return names[weaker] if weaker < len(names) else None

    def spans(self) -> tuple[Span, ...]:
        """Return the places that name the product, and the price as printed."""
        raw = self.listing.offer.price_raw
        price = (Span.cut(self.listing, "price_raw", 0, len(raw)),) if raw else ()
        return seen_in_title(self.listing, self.product, self.reading.matched.how) + price


def case_of(listing: Listing, reading: OfferReading, watchlist: WatchList, context: PriceContext) -> PriceCase | None:
    """Return the case of a reading; None where it has a problem and nothing can be judged."""
    offer, price, unit_price = reading.offer, reading.price, reading.unit_price
    if offer is None or price is None or unit_price is None:
        return None
    around = comparable(offer, context.peers.get(offer.product_id, ()))
    seller = () if offer.seller is None else context.by_seller.get((offer.market, offer.seller), ())
    allowed = reading.share_of(reading.owner.allowed)
    return PriceCase(
        listing=listing,
        watchlist=watchlist,
        reading=reading,
        offer=offer,
        price=price,
        unit_price=unit_price,
        list_share=reading.share_of(reading.owner.list_price),
        minimum_share=reading.share_of(reading.owner.minimum_price),
        is_allowed=allowed is not None and allowed >= 1,
        authorised=authorised_range(around),
        peers=PeerRange.of([other.unit_price for other in around]),
        past=OwnPast.of(_before(listing, context), price.currency),
        of_seller=tuple(other for other in seller if (other.market, other.listing_id) != listing.key),
    )


def _before(listing: Listing, context: PriceContext) -> Iterator[PastPrice]:
    """Yield the prices before this sighting: a listing judged again must not meet itself in its past."""
    for past in context.history.get(listing.key, ()):
        if listing.fetched_at is None or past.seen_at < listing.fetched_at:
            yield past
