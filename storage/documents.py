"""Whole listings and findings as JSON documents and back, without loss."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from records.hit import ChainStep, Evidence, Span
from records.listing import Listing, Offer, PageCopy, Seller
from records.money import Money, round_to_minor
from storage.column_types import LARGEST_AMOUNT, MONEY_PLACES, canonical, storable_document, written

# Fields of a listing that are copied as they are.
_PLAIN = (
    "market", "listing_id", "title", "url", "currency", "condition", "brand", "gtin", "sku", "mpn", "description",
    "sold", "review_count",
)  # fmt: skip
_PRICES = ("price", "price_max", "original_price")
_FINEST = Decimal(1).scaleb(-MONEY_PLACES)
_PAGE = ("url", "sha256", "byte_count", "content_type", "status")
# Fields that differ at every visit; alone they are no change of the listing.
VOLATILE = ("fetched_at", "page_copy", "sold", "rating", "review_count")


@lru_cache(maxsize=64)  # The listings of a page share their time.
def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="microseconds")


def tidy_amount(amount: Decimal, currency: str) -> Decimal:
    """Return the amount with the digits of its currency where that loses nothing."""
    rounded = round_to_minor(amount, currency)
    return rounded if rounded == amount else amount.normalize()


def _price_to_document(money: Money | None) -> dict[str, str] | None:
    """Return the price, or None for an amount that a money column cannot hold: such a price is unknown."""
    if money is None or money.amount > LARGEST_AMOUNT:
        return None
    amount = money.amount.quantize(_FINEST, rounding=ROUND_HALF_UP)
    if amount <= 0:
        return None
    return {"amount": f"{tidy_amount(amount, money.currency):f}", "currency": money.currency, "raw": money.raw}


def _price_from_document(part: Mapping[str, str] | None) -> Money | None:
    if part is None:
        return None
    return Money(amount=Decimal(part["amount"]), currency=part["currency"], raw=part["raw"])


def listing_to_document(listing: Listing) -> dict[str, Any]:
    """Return the whole listing as a JSON object, its texts made storable."""
    return document_and_text(listing)[0]


def document_and_text(listing: Listing) -> tuple[dict[str, Any], str]:
    """Return the same object, and its canonical JSON."""
    offer, seller, page = listing.offer, listing.seller, listing.page_copy
    document: dict[str, Any] = {name: getattr(listing, name) for name in _PLAIN}
    document |= {name: _price_to_document(getattr(offer, name)) for name in _PRICES}
    document |= {
        "price_raw": offer.price_raw,
        "availability": offer.availability,
        "seller_id": seller.seller_id,
        "seller_name": seller.name,
        "official": seller.official,
        "location": seller.location,
        "category": list(listing.category),
        "images": list(listing.images),
        "rating": None if listing.rating is None else f"{listing.rating:f}",
        "fetched_at": _time(listing.fetched_at),
        "page_copy": None,
        "cut_from": dict(listing.cut_from),
    }
    if page is not None:
        document["page_copy"] = {name: getattr(page, name) for name in _PAGE} | {"fetched_at": _time(page.fetched_at)}
    text = written(document)
    if text is not None:
        return document, text
    cleaned = storable_document(document)
    assert isinstance(cleaned, dict)  # noqa: S101 - tells the type checker what storable_document keeps
    return cleaned, canonical(cleaned)


def listing_from_document(document: Mapping[str, Any]) -> Listing:
    """Return the listing of such an object."""
    page, fetched_at, rating = document["page_copy"], document["fetched_at"], document["rating"]
    return Listing(
        **{name: document[name] for name in _PLAIN},
        offer=Offer(
            **{name: _price_from_document(document[name]) for name in _PRICES},
            price_raw=document["price_raw"],
            availability=document["availability"],
        ),
        seller=Seller(
            seller_id=document["seller_id"],
            name=document["seller_name"],
            official=document["official"],
            location=document["location"],
        ),
        category=tuple(document["category"]),
        images=tuple(document["images"]),
        rating=None if rating is None else Decimal(rating),
        fetched_at=None if fetched_at is None else datetime.fromisoformat(fetched_at),
        page_copy=None
        if page is None
        else PageCopy(
            **{name: page[name] for name in _PAGE},
            fetched_at=datetime.fromisoformat(page["fetched_at"]),
        ),
        cut_from=document["cut_from"],
    )


def evidence_to_document(evidence: Evidence) -> dict[str, Any]:
    """Return one finding as a JSON object."""
    return {
        "signal": evidence.signal,
        "weight": evidence.weight,
        "message": evidence.message,
        "facts": dict(evidence.facts),
        "spans": [
            {"field": span.field, "start": span.start, "end": span.end, "text": span.text} for span in evidence.spans
        ],
    }


def evidence_from_document(document: Mapping[Any, Any]) -> Evidence:
    """Return the finding of such an object."""
    return Evidence(
        signal=document["signal"],
        weight=document["weight"],
        message=document["message"],
        facts=document["facts"],
        spans=tuple(Span(**span) for span in document["spans"]),
    )


def chain_to_document(chain: tuple[ChainStep, ...]) -> list[dict[str, str]]:
    """Return the price steps as JSON objects."""
    return [{"name": step.name, "value": step.value, "detail": step.detail} for step in chain]


def chain_from_document(document: list[dict[str, str]]) -> tuple[ChainStep, ...]:
    """Return the price steps of such objects."""
    return tuple(ChainStep(**step) for step in document)
