"""Shopee's items: what lists, flash sales and item answers say about one offer. Prices are VND × 100,000."""

from decimal import Decimal

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
    many,
    maybe,
    maybe_inner,
    money,
    number,
    one,
    text,
    whole,
)

MARKET = "shopee_vn"
HOME = "https://shopee.vn"
CURRENCY = "VND"
PRICE_UNITS = 100_000
IMAGE_HOST = "https://down-vn.img.susercontent.com/file/"

# Known fields that say nothing about the offer: presentation, promotions, variants, delivery, tracking.
IGNORED = frozenset(
    {
        "add_on_deal_info", "ads_keyword", "adsid", "attributes", "autogen_title", "autogen_title_id",
        "badge_icon_type", "brand_id", "brand_sale_brand_custom_logo", "bundle_deal_id", "bundle_deal_info",
        "campaignid", "can_use_bundle_deal", "can_use_cod", "can_use_wholesale", "cat_label", "catid", "cats",
        "cb_option", "clip_info", "cmt_count", "cod_flag", "coin_earn_label", "coin_info", "complaint_policy",
        "condition", "count", "credit_insurance_data", "ctime", "current_promotion_has_reserve_stock",
        "current_promotion_reserved_stock", "data_type", "deduction_info", "deep_discount", "deep_discount_skin",
        "discount", "discount_stock", "end_time", "estimated_days", "exclusive_price_info", "experiment_info",
        "ext_info", "extra_discount_info", "fashion_item", "flag", "flash_catid", "flash_sale",
        "flash_sale_design_style", "flash_sale_label_content", "flash_sale_sold_percentage", "flash_sale_stock",
        "flash_sale_type", "friend_relationship_label", "global_sold", "group_buy_info", "has_group_buy_stock",
        "has_low_fulfillment_rate", "has_lowest_price_guarantee", "has_model_with_available_shopee_stock",
        "hidden_price_display", "highlight_video", "image_search", "info", "invoice_option", "is_adult",
        "is_alcohol_product", "is_category_failed", "is_cc_installment_payment_eligible", "is_group_buy_item",
        "is_infant_milk_formula_product", "is_live_streaming_price", "is_mart",
        "is_non_cc_installment_payment_eligible", "is_on_flash_sale", "is_partial_fulfilled", "is_pre_order",
        "is_preferred_plus_seller", "is_prescription_item", "is_service_by_shopee", "is_shop_preferred",
        "is_shopee_food", "item_card_type", "item_has_post", "item_has_size_recommendation", "item_has_video",
        "item_status", "item_type", "key", "label_ids", "liked", "liked_count", "live_stream_session",
        "long_images", "lowest_past_price", "makeups", "min_purchase_limit", "modelids", "models",
        "new_user_label", "normal_stock", "other_stock", "overall_purchase_limit", "overlay_id", "overlay_image",
        "pack_size", "platform_voucher", "presale_info", "preview_info", "product_banners", "promo_images",
        "promo_name", "promo_overlay_image", "promotionid", "pub_context_id", "pub_id", "raw_discount",
        "rcmd_reason", "reference_item_id", "relationship_label", "reminder_count", "rich_text_description",
        "search_id", "shipping_icon_type", "shop_rating", "shop_vouchers", "shopee_food_discount_id",
        "shopee_food_discount_id_str", "shopee_food_log_id", "shopee_food_trace", "shopee_verified",
        "should_move_ratings_above", "should_show_amp_tag", "show_best_price_guarantee", "show_discount",
        "show_flash_sale_label", "show_free_return", "show_free_shipping", "show_official_shop_label_in_title",
        "show_original_guarantee", "show_recycling_info", "show_shopee_verified_label",
        "showing_friend_rs_label", "showing_rs_label", "size_chart", "size_chart_info",
        "sorted_variation_image_index_list", "spl_info", "spl_installment_tenure", "start_time", "status",
        "tax_code", "tier_variations", "top_product_label", "transparent_background_image",
        "upcoming_flash_sale", "userid", "video_display_control", "video_info_list", "view_count", "voucher",
        "voucher_info", "welcome_package_info", "welcome_package_type", "wholesale_tier_list", "wp_eligibility",
    }
)  # fmt: skip


def read_item(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    """Return the listing of one item, wherever it was listed."""
    listing_id = one(record, "itemid", identifier)
    seller_id = one(record, "shopid", identifier)
    title = one(record, "name", text)
    currency = maybe(record, "currency", text) or CURRENCY
    if currency != CURRENCY:
        raise record.problem("currency", f"is not {CURRENCY}", currency)
    rating, votes = _rating(record)
    comments = maybe(record, "cmt_count", whole)
    recent = maybe(record, "sold", whole)
    total = maybe(record, "historical_sold", whole)
    listing = make_listing(
        answer,
        market=MARKET,
        listing_id=listing_id,
        title=title,
        url=listing_url(seller_id, listing_id),
        currency=CURRENCY,
        offer=_offer(record),
        seller=Seller(
            seller_id=seller_id,
            name=maybe(record, "shop_name", text),
            official=_is_official(record),
            location=maybe(record, "shop_location", text),
        ),
        brand=maybe(record, "brand", text),
        category=_category(record),
        description=maybe(record, "description", text),
        images=_images(record),
        sold=recent if total is None else total,
        rating=rating,
        review_count=comments if votes is None else votes,
    )
    entries.unknown.update(finish(record, ignore=IGNORED))
    return [listing]


def listing_url(shop_id: str, item_id: str) -> str:
    """Return the page of an item; this form needs no title and never changes."""
    return f"{HOME}/product/{shop_id}/{item_id}"


def read_shop(record: Record) -> Seller:
    """Return the shop of a shop answer."""
    is_official = maybe(record, "is_official_shop", flag)
    return Seller(
        seller_id=one(record, "shopid", identifier),
        name=one(record, "name", text),
        official=is_official,
        location=maybe(record, "shop_location", text),
    )


def _offer(record: Record) -> Offer:
    """Return the price, or the range of the variants' prices where they differ, and what was sent for it."""
    price = _money(record, "price")
    low, high = _money(record, "price_min"), _money(record, "price_max")
    before = _money(record, "price_min_before_discount")
    originals = (before, _money(record, "price_before_discount"))
    _money(record, "price_max_before_discount")
    start = low or price
    is_range = start is not None and high is not None and high.amount > start.amount
    original = next((found for found in originals if found is not None), None)
    if start is None or original is None or original.amount <= start.amount:
        original = None
    sent = record.values.get("price_min" if low is not None else "price")
    raw = None if sent is None else str(sent)
    return Offer(
        price=start,
        price_max=high if is_range else None,
        original_price=original,
        price_raw=f"{raw} - {record.values['price_max']}" if is_range else raw,
        availability=_availability(record),
    )


def _money(record: Record, name: str) -> Money | None:
    return money(record, name, CURRENCY, per_unit=PRICE_UNITS)


def _availability(record: Record) -> Availability | None:
    stock = maybe(record, "stock", whole)
    if stock is None:
        return None
    return "in_stock" if stock > 0 else "out_of_stock"


def _is_official(record: Record) -> bool | None:
    names = ("is_official_shop", "show_official_shop_label", "is_shop_official")
    known = [value for value in (maybe(record, name, flag) for name in names) if value is not None]
    return any(known) if known else None


def _rating(record: Record) -> tuple[Decimal | None, int | None]:
    """Return average and number of votes. An item without votes carries an empty list in place of the object."""
    if record.values.get("item_rating") == []:
        record.asked.add("item_rating")
        return None, None
    rating = maybe_inner(record, "item_rating")
    if rating is None:
        return None, None
    counts = many(rating, "rating_count" if "rating_count" in rating.values else "rating_counts", whole)
    # The first count is the total; flash sales leave it 0 and fill the five others.
    votes = (counts[0] or sum(counts[1:])) if counts else None
    return maybe(rating, "rating_star", number), votes


def _category(record: Record) -> list[str]:
    shown = inners(record, "fe_categories")
    categories = inners(record, "categories")
    return [name for part in shown or categories if (name := maybe(part, "display_name", text)) is not None]


def _images(record: Record) -> list[str]:
    first = maybe(record, "image", identifier)
    found = ([] if first is None else [first]) + list(many(record, "images", identifier))
    return [f"{IMAGE_HOST}{image}" for image in found]
