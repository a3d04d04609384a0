"""One listing as a marketplace showed it at one moment, and the limits of its texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from records.money import Money

Availability = Literal["in_stock", "out_of_stock"]

# Characters kept of each text as printed; the rest is cut at the edge and counted in `cut_from`.
LIMITS: Mapping[str, int] = MappingProxyType(
    {"title": 1_000, "brand": 200, "seller_name": 200, "description": 20_000, "price_raw": 200, "category": 200}
)
# What a later answer that does not say it leaves as it was.
FILLED = (
    "url", "currency", "condition", "brand", "gtin", "sku", "mpn", "category", "description", "images", "sold",
    "rating", "review_count",
)  # fmt: skip
MAX_IMAGES = 50
MAX_CATEGORIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the seller asks for the goods."""

    price: Money | None = None
    """Selling price, or the lower end of a range; None when unknown."""
    price_max: Money | None = None
    """Upper end of a price range; None when there is one price."""
    original_price: Money | None = None
    """The struck-through price beside it."""
    price_raw: str | None = None
    """The price as the source sent it, also where it could not be read."""
    availability: Availability | None = None
    """None when the source does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """Who offers the goods on that marketplace."""

    seller_id: str | None = None
    """The marketplace's id of the seller or shop; keys the seller together with the market."""
    name: str | None = None
    """Shop name as printed."""
    official: bool | None = None
    """True where the marketplace itself labels the shop official; None when it does not say."""
    location: str | None = None
    """Place as the seller states it; never a street address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCopy:
    """The raw answer that a listing was read from."""

    url: str
    """Final URL of the answer."""
    sha256: str
    """Hex digest of the body's bytes as received after content decoding."""
    byte_count: int
    """Length of the body in bytes."""
    content_type: str
    """Content-Type header as sent, or an empty string."""
    status: int
    """HTTP status."""
    fetched_at: datetime
    """When the answer was complete, aware UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One offer on one marketplace, texts as printed. Keyed by (market, listing_id)."""

    market: str
    """Spider name of the marketplace, such as tiki_vn; any text in imported files."""
    listing_id: str
    """The marketplace's id of the offer, as text (ids exceed 2^53)."""
    title: str
    """Title as printed; never empty."""
    url: str | None = None
    """Address of the listing's page; None where the source has none."""
    offer: Offer = field(default_factory=Offer)
    """Prices and availability."""
    seller: Seller = field(default_factory=Seller)
    """Who offers it."""
    currency: str | None = None
    """ISO 4217 code of the source's prices, also when no price could be read."""
    condition: str | None = None
    """Condition as printed (new, used, refurbished)."""
    brand: str | None = None
    """The marketplace's brand field as printed."""
    gtin: str | None = None
    """GTIN digits as the source sends them."""
    sku: str | None = None
    """The marketplace's product id where it differs from the offer's."""
    mpn: str | None = None
    """Manufacturer's part number as printed."""
    category: tuple[str, ...] = ()
    """Category path from the root, names as printed."""
    description: str | None = None
    """Description as printed, markup removed."""
    images: tuple[str, ...] = ()
    """Image addresses in page order; never loaded by a reviewer's browser."""
    sold: int | None = None
    """Units sold as the marketplace counts them."""
    rating: Decimal | None = None
    """Average rating, 0 to 5."""
    review_count: int | None = None
    """Number of ratings."""
    fetched_at: datetime | None = None
    """When the source answered, aware UTC; None in imported files that do not say."""
    page_copy: PageCopy | None = None
    """The answer it was read from; None in imported files."""
    cut_from: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Original length in characters of every text that was cut, by field name."""
    sources: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), compare=False)
    """Where in the page values were read, by field name: a path in its data, a selector, a printed text. Not stored."""

    def __post_init__(self) -> None:
        """Refuse a listing without its three required texts, or with a time that has no zone."""
        for name in ("market", "listing_id", "title"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value.strip():
                raise ValueError(f"{name}: required, got {value!r}")
        if self.fetched_at is not None and self.fetched_at.utcoffset() is None:
            raise ValueError("fetched_at: a time without a zone")

    @property
    def key(self) -> tuple[str, str]:
        """The pair that identifies the listing for good: (market, listing_id)."""
        return (self.market, self.listing_id)

    def filled_from(self, earlier: "Listing") -> "Listing":
        """Return this listing with what this answer did not say taken from an earlier sighting of it.

        A search answer says less than the listing's own page. Title, offer and times are always this answer's own;
        another seller's facts are never taken over.
        """
        if earlier.key != self.key:
            raise ValueError(f"{earlier.key} is not an earlier sighting of {self.key}")
        kept = {name: getattr(earlier, name) for name in FILLED if getattr(self, name) in {None, ()}}
        cut = {name: length for name, length in earlier.cut_from.items() if name in kept}
        seller, before = self.seller, earlier.seller
        if seller.seller_id in {None, before.seller_id}:
            seller = Seller(
                seller_id=before.seller_id if seller.seller_id is None else seller.seller_id,
                name=before.name if seller.name is None else seller.name,
                official=before.official if seller.official is None else seller.official,
                location=before.location if seller.location is None else seller.location,
            )
            if self.seller.name is None and "seller_name" in earlier.cut_from:
                cut["seller_name"] = earlier.cut_from["seller_name"]
        return replace(self, seller=seller, cut_from=dict(self.cut_from) | cut, **kept)

    def text_of(self, field_name: str) -> str | None:
        """Return the printed text of a span field: title, brand, seller_name, description, price_raw, category.N."""
        if field_name == "title":
            return self.title
        if field_name == "seller_name":
            return self.seller.name
        if field_name == "price_raw":
            return self.offer.price_raw
        if field_name in {"brand", "description"}:
            text: str | None = getattr(self, field_name)
            return text
        if field_name.startswith("category."):
            index = int(field_name.removeprefix("category."))
            return self.category[index] if index < len(self.category) else None
        raise ValueError(f"{field_name}: not a field that evidence can point into")


def cut_to_limit(name: str, text: str) -> tuple[str, int | None]:
    """Cut a text to the limit of its field; return it with its original length, or None when it was whole."""
    limit = LIMITS[name]
    return (text, None) if len(text) <= limit else (text[:limit], len(text))
