"""Small records for storage tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from records.hit import ChainStep, Evidence, Hit, Span
from records.listing import Listing, Offer, PageCopy, Seller
from records.money import Money
from storage.database import Database
from storage.hit_records import StoredHit
from storage.hits import hit_id_of, load_hit, save_hits
from storage.listings import save_listing

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def vnd(amount: int | str) -> Money:
    return Money(amount=Decimal(amount), currency="VND", raw=f"{amount} ₫")


def make_listing(listing_id: str = "1", **changes: Any) -> Listing:
    values: dict[str, Any] = {
        "market": "tiki_vn",
        "listing_id": listing_id,
        "title": "Tất vớ ni.ke đẹp, hàng rep 1:1",
        "url": f"https://shop.example/p{listing_id}.html",
        "offer": Offer(price=vnd(129000), price_raw="129.000 ₫", availability="in_stock"),
        "seller": Seller(seller_id="77", name="Shop Tất", official=False),
        "currency": "VND",
        "category": ("Thời trang", "Tất"),
        "images": ("https://shop.example/a.jpg", "https://shop.example/b.jpg"),
    }
    return Listing(**values | changes)


def full_listing() -> Listing:
    """Return a listing that has a value in every field."""
    page = PageCopy(
        url="https://shop.example/p1.html",
        sha256="ab" * 32,
        byte_count=12,
        content_type="text/html; charset=utf-8",
        status=200,
        fetched_at=START + timedelta(microseconds=5),
    )
    return make_listing(
        offer=Offer(
            price=vnd(129000),
            price_max=vnd(259000),
            original_price=Money(amount=Decimal("12.50"), currency="USD", raw="$12.50"),
            price_raw="129.000 ₫ - 259.000 ₫",
            availability="out_of_stock",
        ),
        seller=Seller(seller_id="77", name="Shop Tất", official=True, location="Hà Nội"),
        condition="mới",
        brand="OEM",
        gtin="4006381333931",
        sku="9",
        mpn="X-1",
        description="Dòng một\nDòng hai 👟",
        sold=602,
        rating=Decimal("4.80"),
        review_count=31,
        fetched_at=START,
        page_copy=page,
        cut_from={"description": 30000},
    )


def make_hit(listing: Listing, **changes: Any) -> Hit:
    words = Evidence(
        signal="imitation_words",
        weight=0.9,
        message="%(words)s: words that admit an imitation",
        facts={"words": listing.title[:2]},
        spans=(Span.cut(listing, "title", 0, 2),),
    )
    price = Evidence(signal="low_price", weight=-0.1, message="The price says nothing")
    values: dict[str, Any] = {
        "listing": listing,
        "mark_id": "nike",
        "track": "ip",
        "relation": "brand",
        "spelling": "altered",
        "intent": "imitation",
        "right": "valid",
        "score": 0.93,
        "tier": "high",
        "rule_version": "1",
        "evidence": (words, price),
    }
    return Hit(**values | changes)


def make_price_hit(listing: Listing, **changes: Any) -> Hit:
    values: dict[str, Any] = {
        "track": "price",
        "product_id": "p1",
        "spelling": "exact",
        "intent": "neutral",
        "score": 0.6,
        "tier": "medium",
        "chain": (
            ChainStep(name="raw", value="129.000 ₫"),
            ChainStep(name="gap", value="-40 %", detail="of 200.000 ₫"),
        ),
    }
    return make_hit(listing, **values | changes)


def store(database: Database, *found: Hit, at: datetime = START) -> tuple[StoredHit, ...]:
    """Keep the listings of the hits and the hits, and return them as kept."""
    with database.write() as session:
        for hit in found:
            save_listing(session, hit.listing, "run", at)
            save_hits(session, hit.listing, [hit], "run", at)
        return tuple(load_hit(session, hit_id_of(hit.key)) for hit in found)


def retitled(hit: Hit, title: str) -> Hit:
    """Return the hit on the same listing with another title."""
    return make_hit(replace(hit.listing, title=title))
