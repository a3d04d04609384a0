"""Tiki's product answers: one product, its current seller's offer and those of the other sellers."""

import re
from functools import partial

from records.listing import Availability, Listing, Seller
from spiders.drafts import make_listing
from spiders.formats.tiki_items import CURRENCY, MARKET, listing_url, read_offer, read_sold
from spiders.json_api import Entries
from spiders.reading import Answer, Record, finish, identifier, inners, maybe, maybe_inner, number, one, text, whole

# Values of `inventory_status`; another one is noted and stays unknown.
AVAILABILITY: dict[str, Availability] = {
    "available": "in_stock",
    "discontinued": "out_of_stock",
    "out_of_stock": "out_of_stock",
}

# Known fields that say nothing about the offer; variants (configurable_products) are shades of the same offer.
IGNORED = frozenset(
    {
        "add_on", "asa_cashback_widget", "asa_coupon", "authors", "badges", "badges_new", "badges_v3", "benefits",
        "book_cover",
        "configurable_options", "configurable_products", "data_version", "day_ago_created", "deal_specs", "discount",
        "discount_rate", "favourite_count", "gift_item_title", "has_buynow", "has_ebook", "highlight",
        "installment_info", "installment_info_v2", "installment_info_v3", "inventory", "inventory_type",
        "is_acoholic_drink", "is_baby_milk", "is_flower", "is_fresh", "is_gift_card", "is_seller_in_chat_whitelist",
        "is_tier_pricing_available", "is_tier_pricing_eligible", "is_visible", "liked", "master_id",
        "meta_description", "meta_keywords", "meta_title", "order_count", "price_comparison", "price_usd",
        "product_links", "productset_group_name", "promitions", "promotions", "quantity_sold", "rating_summary",
        "return_and_exchange_policy", "return_policy", "review_text", "salable_type", "seller",
        "seller_specifications", "services_and_promotions", "short_description", "short_url", "sku",
        "specifications", "stock_item", "tracking_info", "type", "url_attendant_input_form", "url_key", "video_url",
        "warranty_info", "warranty_policy", "youtube",
    }
)  # fmt: skip

_SPID = re.compile(r"[?&]spid=(\d+)")


def read_product(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    """Return the listing of a product's current seller, then those of the other sellers of the same product."""
    product_id = one(record, "id", identifier)
    title = one(record, "name", text)
    url_path = maybe(record, "url_path", text)
    brand = maybe_inner(record, "brand")
    make = partial(
        make_listing,
        answer,
        market=MARKET,
        title=title,
        currency=CURRENCY,
        sku=product_id,
        brand=None if brand is None else maybe(brand, "name", text),
        category=_category(record),
        description=maybe(record, "description", text),
        images=_images(record),
        rating=maybe(record, "rating_average", number),
        review_count=maybe(record, "review_count", whole),
    )
    listing_id, seller = _current(record, url_path)
    found = [
        make(
            listing_id=listing_id,
            url=listing_url(url_path, product_id, listing_id),
            offer=read_offer(record, "original_price", "list_price", availability=_availability(record, entries)),
            seller=seller,
            sold=read_sold(record),
        )
    ]
    for other in inners(record, "other_sellers"):
        other_id = one(other, "product_id", identifier)
        found.append(
            make(
                listing_id=other_id,
                url=listing_url(url_path, product_id, other_id),
                offer=read_offer(other, availability=None),
                seller=_seller(other),
            )
        )
    entries.unknown.update(finish(record, ignore=IGNORED))
    return found


def _current(record: Record, url_path: str | None) -> tuple[str, Seller]:
    """Return id and seller of the offer shown; a discontinued product has none, its address still names the offer."""
    current = maybe_inner(record, "current_seller")
    if current is not None:
        return one(current, "product_id", identifier), _seller(current)
    named = _SPID.search(url_path or "")
    if named is None:
        raise record.problem("current_seller", "is missing, and url_path names no offer")
    return named.group(1), Seller()


def _seller(record: Record) -> Seller:
    return Seller(seller_id=maybe(record, "id", identifier), name=maybe(record, "name", text))


def _availability(record: Record, entries: Entries) -> Availability | None:
    status = maybe(record, "inventory_status", text)
    if status is None:
        return None
    if status not in AVAILABILITY:
        entries.unknown[f"inventory_status value {status[:30]}"] += 1
    return AVAILABILITY.get(status)


def _category(record: Record) -> list[str]:
    """Return the path from the root. The last breadcrumb is the product itself: it leads to no category."""
    crumbs = inners(record, "breadcrumbs")
    category = maybe_inner(record, "categories")
    named = [one(crumb, "name", text) for crumb in crumbs if maybe(crumb, "category_id", whole)]
    if named:
        return named
    name = None if category is None else maybe(category, "name", text)
    return [] if name is None or name == "Root" else [name]


def _images(record: Record) -> list[str]:
    found = [one(image, "base_url", text) for image in inners(record, "images")]
    thumbnail = maybe(record, "thumbnail_url", text)
    return found or ([] if thumbnail is None else [thumbnail])
