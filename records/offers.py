"""What is known around an offer of a product: other offers of it, its earlier prices, its seller's other offers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from records.money import Money
from records.watchlist import Unit

OfferKind = Literal["new", "used", "refurbished", "sample", "refill"]
ListingKey = tuple[str, str]
SellerKey = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductOffer:
    """One listing as an offer of one product, per unit. Keyed by (market, listing_id, product_id)."""

    market: str
    """Spider name of the marketplace."""
    listing_id: str
    """The listing's id on it."""
    product_id: str
    """The product it offers."""
    mark_id: str
    """The product's mark."""
    seller: str | None
    """The marketplace's id of the seller, else the shop name; None when unknown."""
    is_authorised: bool
    """True where the owner allows this seller to use the mark."""
    kind: OfferKind
    """Offers are compared with their own kind only."""
    is_same_pack: bool
    """True where one inner unit is the product's own size, whatever the count."""
    unit_price: Decimal
    """Price per ml, g or piece in `currency`."""
    unit: Unit
    """ml, g or piece."""
    currency: str
    """ISO 4217 code."""
    share: Decimal | None = None
    """The unit price as a share of the owner's price that day; None where the owner states none."""
    seen_at: datetime | None = None
    """When the listing was read, aware UTC."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two sightings the same offer."""
        return (self.market, self.listing_id, self.product_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPrice:
    """What a listing cost at one earlier moment."""

    seen_at: datetime
    """Aware UTC."""
    price: Money
    """Selling price; a range is not kept here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceContext:
    """Everything known around the offers that are judged together; empty where nothing is."""

    peers: Mapping[str, tuple[ProductOffer, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Offers of each product by product_id."""
    history: Mapping[ListingKey, tuple[PastPrice, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Earlier prices of each listing, oldest first."""
    by_seller: Mapping[SellerKey, tuple[ProductOffer, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Offers of each seller by (market, seller)."""

    def with_offers(self, offers: Iterable[ProductOffer]) -> "PriceContext":
        """Return the context with these offers in it; they replace earlier sightings of themselves."""
        fresh = {offer.key: offer for offer in offers}
        if not fresh:
            return self
        peers: dict[str, dict[tuple[str, str, str], ProductOffer]] = {
            product: {offer.key: offer for offer in known} for product, known in self.peers.items()
        }
        sellers: dict[SellerKey, dict[tuple[str, str, str], ProductOffer]] = {
            seller: {offer.key: offer for offer in known if offer.key not in fresh}
            for seller, known in self.by_seller.items()
        }
        for key, offer in fresh.items():
            peers.setdefault(offer.product_id, {})[key] = offer
            if offer.seller is not None:
                sellers.setdefault((offer.market, offer.seller), {})[key] = offer
        return PriceContext(
            peers={product: tuple(known.values()) for product, known in peers.items()},
            history=self.history,
            by_seller={seller: tuple(known.values()) for seller, known in sellers.items()},
        )


NO_CONTEXT = PriceContext()
"""Nothing is known around an offer."""
