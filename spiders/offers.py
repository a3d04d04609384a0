"""From structured data to an offer: which of a product's prices is the price, its currency and availability."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from price_parser import Price

from records.listing import Availability, Offer
from records.money import Money, minor_digits
from spiders.reading import MAX_PRICE
from spiders.structured import Node, nodes_in, text_in, types_of

AVAILABILITY: dict[str, Availability] = {
    "instock": "in_stock",
    "instoreonly": "in_stock",
    "limitedavailability": "in_stock",
    "onlineonly": "in_stock",
    "presale": "in_stock",
    "preorder": "in_stock",
    "backorder": "in_stock",
    "madetoorder": "in_stock",
    "available": "in_stock",
    "instockonline": "in_stock",
    "soldout": "out_of_stock",
    "outofstock": "out_of_stock",
    "discontinued": "out_of_stock",
    "reserved": "out_of_stock",
    "oos": "out_of_stock",
    "unavailable": "out_of_stock",
}
# Signs that name one currency only; a dollar sign does not.
CURRENCY_OF_SIGN = {"₫": "VND", "đ": "VND", "€": "EUR", "£": "GBP", "円": "JPY", "₱": "PHP", "฿": "THB", "₩": "KRW"}
STRUCK_TYPES = frozenset({"ListPrice", "StrikethroughPrice", "MSRP", "SRP", "RegularPrice", "MinimumAdvertisedPrice"})
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_WORD = re.compile(r"[^a-z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One price as it was sent."""

    raw: str
    amount: Decimal
    currency: str | None
    is_struck: bool = False


def offer_of(product: Node) -> tuple[Offer, str | None]:
    """Return the offer of a product node and its currency. A price without a currency stays unread in price_raw."""
    offers = list(_offers(product))
    quotes = [quote for node in offers for quote in _quotes(node)]
    current = [quote for quote in quotes if not quote.is_struck]
    currency = next((quote.currency for quote in current if quote.currency), None)
    raw = current[0].raw if current else next((text for node in offers if (text := text_in(node.get("price")))), None)
    said = [availability_of(text_in(node.get("availability"), "@id")) for node in offers]
    known: list[Availability] = [value for value in said if value is not None]
    availability: Availability | None = None
    if known:
        availability = "in_stock" if "in_stock" in known else "out_of_stock"
    if not current or currency is None:
        return Offer(price_raw=raw, availability=availability), currency
    same = sorted((quote for quote in current if quote.currency in {currency, None}), key=lambda quote: quote.amount)
    price, top = _money(same[0], currency), _money(same[-1], currency)
    struck = [_money(quote, currency) for quote in quotes if quote.is_struck]
    original = next((found for found in struck if found and price and found.amount > price.amount), None)
    return (
        Offer(
            price=price,
            price_max=top if price and top and top.amount > price.amount else None,
            original_price=original,
            price_raw=same[0].raw,
            availability=availability,
        ),
        currency,
    )


def availability_of(text: str | None) -> Availability | None:
    """Return what an availability text says: a schema.org address or its last word, in any case."""
    if text is None:
        return None
    return AVAILABILITY.get(_WORD.sub("", text.strip().rstrip("/").rpartition("/")[2].lower()))


def rating_of(ratings: list[Node]) -> Decimal | None:
    """Return the average rating on a scale of 0 to 5, or None where there is none that can be read."""
    value = _number(text_in(ratings[0].get("ratingValue"))) if ratings else None
    best = _number(text_in(ratings[0].get("bestRating"))) if ratings else None
    if value is None or value < 0:
        return None
    if best is not None and best not in {0, 5}:
        value = (value * 5 / best).quantize(Decimal("0.01"))
    return value if value <= 5 else None


def votes_of(ratings: list[Node]) -> int | None:
    """Return the number of ratings, or of reviews where only they are counted."""
    for name in ("ratingCount", "reviewCount"):
        value = _number(text_in(ratings[0].get(name))) if ratings else None
        if value is not None and value >= 0 and value == value.to_integral_value():
            return int(value)
    return None


def _number(text: str | None) -> Decimal | None:
    try:
        value = Decimal((text or "").strip().replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < MAX_PRICE else None


def read_quote(raw: str | None, currency: str | None, *, is_struck: bool = False) -> Quote | None:
    """Return a price text as a quote, or None where it holds no price above zero."""
    if raw is None or len(raw) > 200:
        return None
    text = raw.strip()
    code = (currency or "").strip().upper()
    known = code if len(code) == 3 and code.isascii() and code.isalpha() else None
    try:
        amount: Decimal | None = Decimal(text)
    except InvalidOperation:
        parsed = Price.fromstring(text)
        amount = parsed.amount
        known = known or CURRENCY_OF_SIGN.get(parsed.currency or "")
    if known and minor_digits(known) == 0 and _GROUPED.fullmatch(text):
        # "129.000" in a currency without a minor unit groups thousands; a fraction of a đồng does not exist.
        amount = Decimal(re.sub(r"[.,]", "", text))
    if amount is None or not amount.is_finite() or not 0 < amount <= MAX_PRICE:
        return None
    return Quote(raw=raw, amount=amount, currency=known, is_struck=is_struck)


def _offers(product: Node) -> Iterator[Node]:
    """Yield the offers of a product in page order, those of its variants last."""
    for offer in nodes_in(product.get("offers")):
        yield offer
        yield from nodes_in(offer.get("offers"))
    for variant in nodes_in(product.get("hasVariant")):
        yield from nodes_in(variant.get("offers"))


def _quotes(offer: Node) -> Iterator[Quote]:
    """Yield the prices of one offer: its own, the ends of a range, those of its price specifications."""
    currency = text_in(offer.get("priceCurrency")) or text_in(offer.get("pricecurrency"))
    is_range = "AggregateOffer" in types_of(offer)
    for name in ("price", "lowPrice", "highPrice"):
        quote = read_quote(text_in(offer.get(name), "price"), currency)
        if quote is not None and (name == "price" or is_range):
            yield quote
    for specification in nodes_in(offer.get("priceSpecification")):
        kind = (text_in(specification.get("priceType"), "@id") or "").rpartition("/")[2]
        quote = read_quote(
            text_in(specification.get("price")),
            text_in(specification.get("priceCurrency")) or currency,
            is_struck=kind in STRUCK_TYPES,
        )
        has_condition = specification.get("referenceQuantity") is not None or specification.get("unitText") is not None
        if quote is not None and not has_condition:
            yield quote


def _money(quote: Quote, currency: str) -> Money | None:
    try:
        return Money.rounded(quote.amount, currency, quote.raw)
    except (ValueError, InvalidOperation):
        return None
