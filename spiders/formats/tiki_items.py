"""Tiki's listing items: what the listing API and the search page say about one offer."""

import re
from urllib.parse import quote

from records.listing import Availability, Listing, Offer, Seller
from records.money import Money
from spiders.drafts import make_listing
from spiders.json_api import Entries
from spiders.reading import (
    Answer,
    Record,
    finish,
    flag,
    identifier,
    inners,
    maybe,
    maybe_inner,
    money,
    number,
    one,
    text,
    whole,
)

MARKET = "tiki_vn"
HOME = "https://tiki.vn"
CURRENCY = "VND"

# Values of `availability`; another one is noted and stays unknown.
AVAILABILITY: dict[int, Availability] = {0: "out_of_stock", 1: "in_stock"}

# Known fields that say nothing about the offer: presentation, delivery estimates, tracking, instalments.
IGNORED = frozenset(
    {
        "advertisement", "author_name", "badges", "badges_new", "badges_v3", "book_cover", "brand_id", "bundle_deal",
        "discount", "discount_rate", "earliest_delivery_estimate", "fastest_delivery_time", "favourite_count",
        "freegift_items", "has_ebook", "installment_info", "inventory", "inventory_status", "isGiftAvailable",
        "is_authentic", "is_flower", "is_gift_card", "is_nextday_delivery", "is_tikinow_delivery", "is_visible",
        "list_price", "master_product_sku", "option_color", "order_count", "order_route", "primary_category_path",
        "product_reco_score", "productset_group_name", "productset_id", "salable_type", "seller",
        "seller_product_sku", "shippable", "short_description", "sku", "stock_item", "thumbnail_height",
        "thumbnail_width", "tiki_live", "tiki_verified", "type", "url_attendant_input_form", "url_key", "url_review",
        "video_url",
    }
)  # fmt: skip


def read_item(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    """Return the listing of one item of a listing answer or search page."""
    listing_id = one(record, "seller_product_id", identifier)
    product_id = one(record, "id", identifier)
    title = one(record, "name", text)
    impressions = inners(record, "impression_info")
    metadata = maybe_inner(impressions[0], "metadata") if impressions else None
    visible = maybe_inner(record, "visible_impression_info")
    amplitude = None if visible is None else maybe_inner(visible, "amplitude")
    image = maybe(record, "thumbnail_url", text)
    listing = make_listing(
        answer,
        market=MARKET,
        listing_id=listing_id,
        title=title,
        url=listing_url(maybe(record, "url_path", text), product_id, listing_id),
        currency=CURRENCY,
        offer=read_offer(record, "original_price", availability=_availability(record, entries)),
        seller=Seller(
            seller_id=maybe(record, "seller_id", identifier),
            name=maybe(record, "seller_name", text),
            official=_is_official(record, metadata, amplitude),
        ),
        brand=maybe(record, "brand_name", text),
        sku=product_id,
        category=_category(record, amplitude),
        images=[] if image is None else [image],
        sold=read_sold(record),
        rating=maybe(record, "rating_average", number),
        review_count=maybe(record, "review_count", whole),
    )
    entries.unknown.update(finish(record, ignore=IGNORED))
    return [listing]


def read_offer(record: Record, *original_names: str, availability: Availability | None) -> Offer:
    """Return price, struck-through price (only where it is above the price) and the price as sent."""
    price = money(record, "price", CURRENCY)
    originals: list[Money | None] = [money(record, name, CURRENCY) for name in original_names]
    original = next((found for found in originals if found is not None), None)
    if price is None or (original is not None and original.amount <= price.amount):
        original = None
    sent = record.values.get("price")
    return Offer(
        price=price,
        original_price=original,
        price_raw=None if sent is None else str(sent),
        availability=availability,
    )


def read_sold(record: Record) -> int | None:
    """Return the units sold: all there ever were, or the count that is shown."""
    total = maybe(record, "all_time_quantity_sold", whole)
    quantity = maybe_inner(record, "quantity_sold")
    shown = None if quantity is None else maybe(quantity, "value", whole)
    return shown if total is None else total


def listing_url(url_path: str | None, product_id: str, listing_id: str) -> str:
    """Return the page of one offer. Only a path of the shop itself counts: ads put their click counter there."""
    path = (url_path or "").partition("?")[0].lstrip("/")
    if not re.fullmatch(r"[^\s:?#\\]*-p\d+\.html", path):
        path = f"product-p{product_id}.html"
    return f"{HOME}/{quote(path, safe='/-._~%')}?spid={listing_id}"


def _availability(record: Record, entries: Entries) -> Availability | None:
    value = maybe(record, "availability", whole)
    if value is None:
        return None
    if value not in AVAILABILITY:
        entries.unknown[f"availability value {value}"] += 1
    return AVAILABILITY.get(value)


def _is_official(record: Record, metadata: Record | None, amplitude: Record | None) -> bool | None:
    """Return whether any of the three places that label official stores does; None where none of them is there."""
    seller_type = None if amplitude is None else maybe(amplitude, "seller_type", text)
    said = (
        maybe(record, "is_from_official_store", flag),
        None if metadata is None else maybe(metadata, "is_official_store", flag),
        None if seller_type is None else seller_type == "OFFICIAL_STORE",
    )
    known = [value for value in said if value is not None]
    return any(known) if known else None


def _category(record: Record, amplitude: Record | None) -> list[str]:
    levels = [] if amplitude is None else [maybe(amplitude, f"category_l{level}_name", text) for level in (1, 2, 3)]
    primary = maybe(record, "primary_category_name", text)
    if primary is None and amplitude is not None:
        primary = maybe(amplitude, "primary_category_name", text)
    return [name for name in (*levels, primary) if name is not None]
