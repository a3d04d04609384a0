"""The published line formats: listings, marks, products, sellers, owners and hits to and from flat JSON objects.

Readers take one already parsed row and raise `BadField`, which names the field; the caller adds file and line.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal, TypeVar, cast, get_args

from records.hit import Hit
from records.listing import LIMITS, MAX_CATEGORIES, MAX_IMAGES, Availability, Listing, Offer, Seller, cut_to_limit
from records.money import Money
from records.row_fields import (
    BadField,
    Row,
    read_count,
    read_day,
    read_decimal,
    read_flag,
    read_moment,
    read_money,
    read_required,
    read_text,
    read_texts,
)
from records.watchlist import AuthorisedSeller, Mark, Owner, Product, Unit

T = TypeVar("T")

# Currency of a market whose rows do not name one, by the country suffix of its spider name.
CURRENCY_BY_COUNTRY: dict[str, str] = {"vn": "VND", "jp": "JPY", "cn": "CNY", "ph": "PHP"}


def _availability(row: Row, name: str) -> Availability | None:
    text = read_text(row, name)
    if text is not None and text not in get_args(Availability):
        raise BadField(name, f"is neither in_stock nor out_of_stock: {text!r}")
    return cast("Availability | None", text)


def default_currency(market: str) -> str | None:
    """Return the currency that a market's country suffix implies (tiki_vn: VND), or None."""
    return CURRENCY_BY_COUNTRY.get(market.rpartition("_")[2])


def listing_from_line(row: Row, unread: Counter[str] | None = None) -> Listing:
    """Return the listing of one line of the listing format, texts cut to their limits.

    A missing required field raises BadField. An optional field that cannot be read becomes None and is counted
    in `unread` by its name, because crawled files hold words such as "None" where a number should be.
    """
    unread = Counter() if unread is None else unread

    def lenient(name: str, reader: Callable[[Row, str], T | None]) -> T | None:
        try:
            return reader(row, name)
        except BadField:
            unread[name] += 1
            return None

    def price(name: str, raw: str | None = None) -> Money | None:
        return lenient(name, lambda row, name: read_money(row, name, currency, raw))

    market = read_required(row, "market")
    listing_id = read_required(row, "listing_id").strip()
    title = read_required(row, "title")
    currency = read_text(row, "currency") or default_currency(market)
    if currency is not None:
        currency = currency.strip().upper()
    price_raw = read_text(row, "price_raw") or read_text(row, "price")
    cut_from: dict[str, int] = {}

    def limited(name: str, text: str | None) -> str | None:
        if text is None:
            return None
        kept, length = cut_to_limit(name, text)
        if length is not None:
            cut_from[name] = length
        return kept

    category = tuple(part[: LIMITS["category"]] for part in read_texts(row, "category"))[:MAX_CATEGORIES]
    return Listing(
        market=market,
        listing_id=listing_id,
        title=cast("str", limited("title", title)),
        url=read_text(row, "url"),
        offer=Offer(
            price=price("price", price_raw),
            price_max=price("price_max", price_raw),
            original_price=price("original_price"),
            price_raw=limited("price_raw", price_raw),
            availability=lenient("availability", _availability),
        ),
        seller=Seller(
            seller_id=read_text(row, "seller_id"),
            name=limited("seller_name", read_text(row, "seller_name")),
            official=lenient("official", read_flag),
            location=read_text(row, "location"),
        ),
        currency=currency,
        condition=read_text(row, "condition"),
        brand=limited("brand", read_text(row, "brand")),
        gtin=read_text(row, "gtin"),
        sku=read_text(row, "sku"),
        mpn=read_text(row, "mpn"),
        category=category,
        description=limited("description", read_text(row, "description")),
        images=read_texts(row, "images")[:MAX_IMAGES],
        sold=lenient("sold", read_count),
        rating=lenient("rating", read_decimal),
        review_count=lenient("review_count", read_count),
        fetched_at=lenient("fetched_at", read_moment),
        cut_from=cut_from,
    )


def _amount(money: Money | None) -> str | None:
    return None if money is None else f"{money.amount:f}"


def iso(moment: datetime | None) -> str | None:
    """Return a time as ISO 8601 in UTC with a Z, or None."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def listing_to_line(listing: Listing) -> dict[str, object]:
    """Return the listing as the flat object of the listing format."""
    offer, seller = listing.offer, listing.seller
    return {
        "market": listing.market,
        "listing_id": listing.listing_id,
        "url": listing.url,
        "title": listing.title,
        "price": _amount(offer.price),
        "price_max": _amount(offer.price_max),
        "currency": listing.currency,
        "original_price": _amount(offer.original_price),
        "price_raw": offer.price_raw,
        "availability": offer.availability,
        "condition": listing.condition,
        "seller_id": seller.seller_id,
        "seller_name": seller.name,
        "official": seller.official,
        "location": seller.location,
        "brand": listing.brand,
        "gtin": listing.gtin,
        "sku": listing.sku,
        "mpn": listing.mpn,
        "category": list(listing.category),
        "description": listing.description,
        "images": list(listing.images),
        "sold": listing.sold,
        "rating": None if listing.rating is None else f"{listing.rating:f}",
        "review_count": listing.review_count,
        "fetched_at": iso(listing.fetched_at),
        **({"sources": dict(listing.sources)} if listing.sources else {}),
    }


def mark_from_row(row: Row) -> Mark:
    """Return the mark of one row of a mark list; raise BadField."""
    classes = []
    for part in read_texts(row, "nice_classes"):
        if not part.isdecimal() or not 1 <= int(part) <= 45:
            raise BadField("nice_classes", f"is not a Nice class from 1 to 45: {part!r}")
        classes.append(int(part))
    return Mark(
        mark_id=read_required(row, "mark_id").strip(),
        text=read_required(row, "text").strip(),
        brand=read_text(row, "brand"),
        owner=read_text(row, "owner"),
        variants=read_texts(row, "variants"),
        registration_no=read_text(row, "registration_no"),
        office=read_text(row, "office"),
        nice_classes=tuple(classes),
        valid_until=read_day(row, "valid_until"),
        ambiguous=read_flag(row, "ambiguous") or False,
    )


def product_from_row(row: Row) -> Product:
    """Return the product of one row of a product list; raise BadField."""
    currency = read_text(row, "currency")
    unit = read_text(row, "unit")
    if unit is not None and unit not in get_args(Unit):
        raise BadField("unit", f"is none of ml, g, piece: {unit!r}")
    count = read_count(row, "count")
    if count == 0:
        raise BadField("count", "is zero")
    unit_amount = read_decimal(row, "unit_amount")
    if unit_amount is not None and unit_amount <= 0:
        raise BadField("unit_amount", f"is not above zero: {row['unit_amount']!r}")
    return Product(
        product_id=read_required(row, "product_id").strip(),
        mark_id=read_required(row, "mark_id").strip(),
        name=read_required(row, "name"),
        gtin=read_text(row, "gtin"),
        mpn=read_text(row, "mpn"),
        list_price=read_money(row, "list_price", currency),
        minimum_price=read_money(row, "minimum_price", currency),
        unit_amount=unit_amount,
        unit=cast("Unit | None", unit),
        count=1 if count is None else count,
    )


def seller_from_row(row: Row) -> AuthorisedSeller:
    """Return the permission of one row of an authorised-seller list; raise BadField."""
    seller_id, seller_name = read_text(row, "seller_id"), read_text(row, "seller_name")
    if seller_id is None and seller_name is None:
        raise BadField("seller_id", "and seller_name are both missing")
    return AuthorisedSeller(
        mark_id=read_required(row, "mark_id").strip(),
        market=read_required(row, "market").strip(),
        seller_id=seller_id,
        seller_name=seller_name,
        valid_from=read_day(row, "valid_from"),
        valid_until=read_day(row, "valid_until"),
    )


def owner_from_row(row: Row) -> Owner:
    """Return the owner of one row of an owner list (owner, emails with | between, language); raise BadField."""
    language = read_text(row, "language") or "ja"
    if language not in {"ja", "vi", "en"}:
        raise BadField("language", f"is none of ja, vi, en: {language!r}")
    emails = read_texts(row, "emails")
    for email in emails:
        if email.count("@") != 1 or any(sign.isspace() or sign in "<>,;" for sign in email):
            raise BadField("emails", f"is not an address: {email!r}")
    return Owner(
        name=read_required(row, "owner").strip(), emails=emails, language=cast("Literal['ja', 'vi', 'en']", language)
    )


def hit_to_line(hit: Hit) -> dict[str, object]:
    """Return the hit as the flat object of the hit format."""
    return {
        "market": hit.listing.market,
        "listing_id": hit.listing.listing_id,
        "track": hit.track,
        "mark_id": hit.mark_id,
        "product_id": hit.product_id,
        "relation": hit.relation,
        "spelling": hit.spelling,
        "intent": hit.intent,
        "tier": hit.tier,
        "score": hit.score,
        "right": hit.right,
        "rule_version": hit.rule_version,
        "chain": [{"name": step.name, "value": step.value, "detail": step.detail} for step in hit.chain],
        "evidence": [
            {
                "signal": finding.signal,
                "weight": finding.weight,
                "detail": finding.detail,
                "spans": [
                    {"field": span.field, "start": span.start, "end": span.end, "text": span.text}
                    for span in finding.spans
                ],
            }
            for finding in hit.evidence
        ],
    }
