"""What one run looks for: owners, brands, marks, products and authorised sellers, frozen together."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

from records.money import Money
from records.prices import ExchangeRate, ListedPrice

Unit = Literal["ml", "g", "piece"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The company that holds marks and receives alert e-mails."""

    name: str
    """Company name; identifies the owner."""
    emails: tuple[str, ...] = ()
    """Addresses that receive the owner's alerts."""
    language: Literal["ja", "vi", "en"] = "ja"
    """Language of the owner's mails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A name under which an owner sells goods; groups marks."""

    name: str
    """Brand name; identifies the brand."""
    owner: str | None = None
    """Name of its owner; None when the list does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One registered mark with the spellings its owner uses."""

    mark_id: str
    """Identifies the mark; unique in a watch list."""
    text: str
    """The mark as registered."""
    brand: str | None = None
    """Brand it belongs to; None means a brand of the mark's own text."""
    owner: str | None = None
    """Company that holds it."""
    variants: tuple[str, ...] = ()
    """Other scripts and spellings that the owner uses."""
    registration_no: str | None = None
    """Registration number as the office writes it."""
    office: str | None = None
    """Registering office, WIPO ST.3 code such as VN or JP."""
    nice_classes: tuple[int, ...] = ()
    """Nice classes of the registration, 1 to 45."""
    valid_until: date | None = None
    """Last day of protection; None when unknown."""
    ambiguous: bool = False
    """True where the mark is also an ordinary word and needs support from its surroundings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One of the owner's products with its price list entry and pack."""

    product_id: str
    """Identifies the product; unique in a watch list."""
    mark_id: str
    """The mark it is sold under."""
    name: str
    """Product name as the owner writes it."""
    gtin: str | None = None
    """GTIN digits."""
    mpn: str | None = None
    """Model or part number."""
    list_price: Money | None = None
    """List price of one pack."""
    minimum_price: Money | None = None
    """Price of one pack below which an offer is reported."""
    unit_amount: Decimal | None = None
    """Content of one item of the pack, in `unit`."""
    unit: Unit | None = None
    """ml, g or piece."""
    count: int = 1
    """Items in the pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisedSeller:
    """A seller that the owner allows to use a mark. At least one of seller_id and seller_name is set."""

    mark_id: str
    """The mark the permission covers."""
    market: str
    """Spider name of the marketplace."""
    seller_id: str | None = None
    """The marketplace's id of the seller; decides when set."""
    seller_name: str | None = None
    """Shop name; used where no id is known."""
    valid_from: date | None = None
    """First day; None means always."""
    valid_until: date | None = None
    """Last day; None means open."""


class WatchListError(ValueError):
    """The parts of a watch list contradict each other; the message names the id."""


@dataclass(frozen=True, kw_only=True)
class WatchList:
    """Everything one run judges by. Its parts are checked against each other when it is made."""

    marks: tuple[Mark, ...] = ()
    """All marks; ids are unique."""
    products: tuple[Product, ...] = ()
    """All products; ids are unique and every mark is known."""
    sellers: tuple[AuthorisedSeller, ...] = ()
    """All permissions; every mark is known."""
    owners: tuple[Owner, ...] = ()
    """All owners with addresses."""
    prices: tuple[ListedPrice, ...] = ()
    """The owners' price lists and promotions by date; every product is known."""
    rates: tuple[ExchangeRate, ...] = ()
    """Exchange rates by date."""
    as_of: date | None = field(default=None)
    """The day on which validity is judged; None means it is not judged (`right` stays unknown)."""

    def __post_init__(self) -> None:
        """Refuse double ids and references to marks that are not listed."""
        seen: set[str] = set()
        for mark in self.marks:
            if mark.mark_id in seen:
                raise WatchListError(f"mark_id {mark.mark_id!r}: two marks with one id")
            seen.add(mark.mark_id)
        products: set[str] = set()
        for product in self.products:
            if product.product_id in products:
                raise WatchListError(f"product_id {product.product_id!r}: two products with one id")
            if product.mark_id not in seen:
                raise WatchListError(f"product {product.product_id!r}: unknown mark {product.mark_id!r}")
            products.add(product.product_id)
        for seller in self.sellers:
            if seller.mark_id not in seen:
                name = seller.seller_id or seller.seller_name
                raise WatchListError(f"authorised seller {name!r}: unknown mark {seller.mark_id!r}")
        for price in self.prices:
            if price.product_id not in products:
                raise WatchListError(f"price list: unknown product {price.product_id!r}")

    @cached_property
    def mark_by_id(self) -> dict[str, Mark]:
        """Marks by mark_id."""
        return {mark.mark_id: mark for mark in self.marks}

    @cached_property
    def product_by_id(self) -> dict[str, Product]:
        """Products by product_id."""
        return {product.product_id: product for product in self.products}

    @cached_property
    def permissions(self) -> dict[tuple[str, str], tuple[AuthorisedSeller, ...]]:
        """Authorised sellers by mark_id and market, in the order they were given."""
        found: dict[tuple[str, str], list[AuthorisedSeller]] = {}
        for seller in self.sellers:
            found.setdefault((seller.mark_id, seller.market), []).append(seller)
        return {key: tuple(sellers) for key, sellers in found.items()}

    @cached_property
    def prices_by_product(self) -> dict[str, tuple[ListedPrice, ...]]:
        """Entries of the price lists by product_id, in the order they were given."""
        found: dict[str, list[ListedPrice]] = {}
        for price in self.prices:
            found.setdefault(price.product_id, []).append(price)
        return {product_id: tuple(entries) for product_id, entries in found.items()}

    @cached_property
    def rates_by_pair(self) -> dict[tuple[str, str], tuple[ExchangeRate, ...]]:
        """Rates by (currency, quote), oldest first."""
        found: dict[tuple[str, str], list[ExchangeRate]] = {}
        for rate in sorted(self.rates, key=lambda one: one.valid_on):
            found.setdefault((rate.currency, rate.quote), []).append(rate)
        return {pair: tuple(rates) for pair, rates in found.items()}
