"""The published line formats: listings, marks, products, sellers, owners and hits to and from flat JSON objects.

Readers take one already parsed row and raise `BadField`, which names the field; the caller adds file and line.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal, TypeVar, cast, get_args

from records.hit import Hit
from records.listing import LIMITS, MAX_CATEGORIES, MAX_IMAGES, Availability, Listing, Offer, Seller, cut_to_limit
from records.money import Money
from records.watchlist import AuthorisedSeller, Mark, Owner, Product, Unit

Row = Mapping[str, object]
T = TypeVar("T")

# Currency of a market whose rows do not name one, by the country suffix of its spider name.
CURRENCY_BY_COUNTRY: dict[str, str] = {"vn": "VND", "jp": "JPY", "cn": "CNY", "ph": "PHP"}


class BadField(ValueError):
    """One field of one row is missing or unreadable; `field` names it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field


def _text(row: Row, name: str) -> str | None:
    """Return the text of a field; blank and null are None, a number is its digits."""
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise BadField(name, f"is not text: {value!r}")
    text = str(value)
    return text if text.strip() else None


def _required(row: Row, name: str) -> str:
    text = _text(row, name)
    if text is None:
        raise BadField(name, "is missing")
    return text


def _decimal(row: Row, name: str) -> Decimal | None:
    text = _text(row, name)
    if text is None:
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise BadField(name, f"is not a number: {text!r}") from None
    if not number.is_finite():
        raise BadField(name, f"is not a number: {text!r}")
    return number


def _count(row: Row, name: str) -> int | None:
    number = _decimal(row, name)
    if number is None:
        return None
    if number != number.to_integral_value() or number < 0:
        raise BadField(name, f"is not a whole number: {row.get(name)!r}")
    return int(number)


def _flag(row: Row, name: str) -> bool | None:
    value = row.get(name)
    if value is None or isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in {"", "null", "none"}:
        return None
    if text in {"true", "1", "yes"}:
        return True
    if text in {"false", "0", "no"}:
        return False
    raise BadField(name, f"is neither true nor false: {value!r}")


def _texts(row: Row, name: str) -> tuple[str, ...]:
    """Return a list field: a JSON array, or one text with | between the parts."""
    value = row.get(name)
    if value is None:
        return ()
    parts: Iterable[object] = value if isinstance(value, list | tuple) else str(value).split("|")
    return tuple(str(part).strip() for part in parts if part is not None and str(part).strip())


def _day(row: Row, name: str) -> date | None:
    text = _text(row, name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadField(name, f"is not a date of the form YYYY-MM-DD: {text!r}") from None


def _moment(row: Row, name: str) -> datetime | None:
    text = _text(row, name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadField(name, f"is not an ISO 8601 time: {text!r}") from None
    if moment.utcoffset() is None:
        raise BadField(name, f"has no zone: {text!r}")
    return moment.astimezone(UTC)


def _money(row: Row, name: str, currency: str | None, raw: str | None = None) -> Money | None:
    """Return the money of a decimal field; blank, zero and negative amounts mean unknown."""
    amount = _decimal(row, name)
    if amount is None or amount <= 0:
        return None
    if currency is None:
        raise BadField("currency", f"is missing beside {name}")
    try:
        return Money.rounded(amount, currency, raw if raw is not None else str(row[name]))
    except (ValueError, InvalidOperation):
        raise BadField(name, f"is not an amount of {currency}: {row[name]!r}") from None


def _availability(row: Row, name: str) -> Availability | None:
    text = _text(row, name)
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
        return lenient(name, lambda row, name: _money(row, name, currency, raw))

    market = _required(row, "market")
    listing_id = _required(row, "listing_id").strip()
    title = _required(row, "title")
    currency = _text(row, "currency") or default_currency(market)
    if currency is not None:
        currency = currency.strip().upper()
    price_raw = _text(row, "price_raw") or _text(row, "price")
    cut_from: dict[str, int] = {}

    def limited(name: str, text: str | None) -> str | None:
        if text is None:
            return None
        kept, length = cut_to_limit(name, text)
        if length is not None:
            cut_from[name] = length
        return kept

    category = tuple(part[: LIMITS["category"]] for part in _texts(row, "category"))[:MAX_CATEGORIES]
    return Listing(
        market=market,
        listing_id=listing_id,
        title=cast("str", limited("title", title)),
        url=_text(row, "url"),
        offer=Offer(
            price=price("price", price_raw),
            price_max=price("price_max", price_raw),
            original_price=price("original_price"),
            price_raw=limited("price_raw", price_raw),
            availability=lenient("availability", _availability),
        ),
        seller=Seller(
            seller_id=_text(row, "seller_id"),
            name=limited("seller_name", _text(row, "seller_name")),
            official=lenient("official", _flag),
            location=_text(row, "location"),
        ),
        currency=currency,
        condition=_text(row, "condition"),
        brand=limited("brand", _text(row, "brand")),
        gtin=_text(row, "gtin"),
        sku=_text(row, "sku"),
        mpn=_text(row, "mpn"),
        category=category,
        description=limited("description", _text(row, "description")),
        images=_texts(row, "images")[:MAX_IMAGES],
        sold=lenient("sold", _count),
        rating=lenient("rating", _decimal),
        review_count=lenient("review_count", _count),
        fetched_at=lenient("fetched_at", _moment),
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
    }


def mark_from_row(row: Row) -> Mark:
    """Return the mark of one row of a mark list; raise BadField."""
    classes = []
    for part in _texts(row, "nice_classes"):
        if not part.isdecimal() or not 1 <= int(part) <= 45:
            raise BadField("nice_classes", f"is not a Nice class from 1 to 45: {part!r}")
        classes.append(int(part))
    return Mark(
        mark_id=_required(row, "mark_id").strip(),
        text=_required(row, "text").strip(),
        brand=_text(row, "brand"),
        owner=_text(row, "owner"),
        variants=_texts(row, "variants"),
        registration_no=_text(row, "registration_no"),
        office=_text(row, "office"),
        nice_classes=tuple(classes),
        valid_until=_day(row, "valid_until"),
        ambiguous=_flag(row, "ambiguous") or False,
    )


def product_from_row(row: Row) -> Product:
    """Return the product of one row of a product list; raise BadField."""
    currency = _text(row, "currency")
    unit = _text(row, "unit")
    if unit is not None and unit not in get_args(Unit):
        raise BadField("unit", f"is none of ml, g, piece: {unit!r}")
    count = _count(row, "count")
    if count == 0:
        raise BadField("count", "is zero")
    unit_amount = _decimal(row, "unit_amount")
    if unit_amount is not None and unit_amount <= 0:
        raise BadField("unit_amount", f"is not above zero: {row['unit_amount']!r}")
    return Product(
        product_id=_required(row, "product_id").strip(),
        mark_id=_required(row, "mark_id").strip(),
        name=_required(row, "name"),
        gtin=_text(row, "gtin"),
        mpn=_text(row, "mpn"),
        list_price=_money(row, "list_price", currency),
        minimum_price=_money(row, "minimum_price", currency),
        unit_amount=unit_amount,
        unit=cast("Unit | None", unit),
        count=1 if count is None else count,
    )


def seller_from_row(row: Row) -> AuthorisedSeller:
    """Return the permission of one row of an authorised-seller list; raise BadField."""
    seller_id, seller_name = _text(row, "seller_id"), _text(row, "seller_name")
    if seller_id is None and seller_name is None:
        raise BadField("seller_id", "and seller_name are both missing")
    return AuthorisedSeller(
        mark_id=_required(row, "mark_id").strip(),
        market=_required(row, "market").strip(),
        seller_id=seller_id,
        seller_name=seller_name,
        valid_from=_day(row, "valid_from"),
        valid_until=_day(row, "valid_until"),
    )


def owner_from_row(row: Row) -> Owner:
    """Return the owner of one row of an owner list (owner, emails with | between, language); raise BadField."""
    language = _text(row, "language") or "ja"
    if language not in {"ja", "vi", "en"}:
        raise BadField("language", f"is none of ja, vi, en: {language!r}")
    emails = _texts(row, "emails")
    for email in emails:
        if email.count("@") != 1 or any(sign.isspace() or sign in "<>,;" for sign in email):
            raise BadField("emails", f"is not an address: {email!r}")
    return Owner(
        name=_required(row, "owner").strip(), emails=emails, language=cast("Literal['ja', 'vi', 'en']", language)
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
