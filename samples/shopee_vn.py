"""The sample goods in Shopee's response formats: search, daily discovery, item and shop answers."""

from collections.abc import Mapping

from samples.goods import CATEGORIES, Offered, load_offers, load_shops
from samples.search import find, search

PER_PAGE = 60
PRICE_UNITS = 100_000
# Fixed, so that the same answer has the same hash on every day: 2026-11-20 and years before it.
UPDATED_AT = 1_795_132_800
SHOP_SINCE = 1_500_000_000


def search_answer(query: Mapping[str, str]) -> dict[str, object]:
    """Return what /api/v4/search/search_items answers: a page of items, each wrapped in item_basic."""
    first = _whole(query.get("newest"), 0)
    limit = min(_whole(query.get("limit"), PER_PAGE) or PER_PAGE, 100)
    found = search("shopee_vn", query.get("keyword", ""), first, limit)
    return {
        "bff_meta": None,
        "error": None,
        "error_msg": None,
        "total_count": found.total,
        "nomore": first + limit >= found.total,
        "items": [
            {"item_basic": _item(offer), "adsid": None, "itemid": int(offer.listing_id)} for offer in found.offers
        ],
    }


def discovery_answer(query: Mapping[str, str]) -> dict[str, object]:
    """Return what the daily discovery answers: one section with a page of items and their keys."""
    first = _whole(query.get("offset"), 0)
    limit = _whole(query.get("limit"), PER_PAGE) or PER_PAGE
    mixed = [offer for offer in load_offers() if offer.market == "shopee_vn"][::5]
    shown = mixed[first : first + limit]
    return {
        "bff_meta": None,
        "error": 0,
        "error_msg": None,
        "data": {
            "update_time": UPDATED_AT,
            "version": str(UPDATED_AT),
            "sections": [
                {
                    "total": len(mixed),
                    "key": "dd_main_sec",
                    "index": [{"data_type": "item", "key": f"item::{offer.listing_id}"} for offer in shown],
                    "data": {"item": [_item(offer) for offer in shown], "ads": None, "top_product": None},
                    "has_more": first + limit < len(mixed),
                }
            ],
            "expire": UPDATED_AT,
        },
    }


def item_answer(query: Mapping[str, str]) -> dict[str, object] | None:
    """Return what /api/v4/item/get answers: one item with its description, without the shop's name; None if unknown."""
    offer = find("shopee_vn", query.get("itemid", ""))
    if offer is None or offer.shop.seller_id != query.get("shopid", offer.shop.seller_id):
        return None
    data = _item(offer)
    for name in ("shop_name", "shop_rating"):
        del data[name]
    upper, lower = CATEGORIES[offer.goods.topic]
    data |= {
        "brand": offer.goods.brand or None,
        "brand_id": 0,
        "description": offer.goods.description or f"{offer.title}\nGiao hàng toàn quốc.",
        "condition": 1,
        "attributes": [],
        "models": [],
        "categories": [
            {"catid": 100_600 + level, "display_name": name, "no_sub": False, "is_default_subcat": False}
            for level, name in enumerate((upper, lower))
        ],
    }
    return {"error": None, "error_msg": None, "data": data}


def shop_answer(query: Mapping[str, str]) -> dict[str, object] | None:
    """Return what /api/v4/shop/get_shop_base answers: one shop; None if unknown."""
    shops = {shop.seller_id: shop for shop in load_shops().values() if shop.market == "shopee_vn"}
    shop = shops.get(query.get("shopid", ""))
    if shop is None:
        return None
    number = int(shop.seller_id)
    offered = sum(offer.shop == shop for offer in load_offers())
    data = {
        "shopid": number,
        "userid": 0,
        "vacation": False,
        "place": shop.location,
        "account": {"portrait": "", "username": f"shop{number}", "status": 1},
        "is_shopee_verified": shop.official,
        "is_preferred_plus_seller": False,
        "is_official_shop": shop.official,
        "shop_location": shop.location,
        "item_count": offered,
        "rating_star": 4.5 + number % 5 / 10,
        "response_rate": 80 + number % 20,
        "name": shop.name,
        "ctime": SHOP_SINCE + number,
        "follower_count": number % 9_000,
        "show_official_shop_label": shop.official,
        "status": 1,
    }
    return {"bff_meta": None, "error": None, "error_msg": None, "data": data}


def _item(offer: Offered) -> dict[str, object]:
    price = (offer.price or 0) * PRICE_UNITS
    struck = (offer.struck or 0) * PRICE_UNITS
    # Some goods come in sizes of different prices: the list shows the range.
    highest = price * 6 // 5 if offer.goods.intent == "other" and offer.number % 3 == 0 else price
    votes = offer.number % 900
    discount = 100 - 100 * offer.price // offer.struck if offer.price and offer.struck else 0
    return {
        "itemid": int(offer.listing_id),
        "shopid": int(offer.shop.seller_id),
        "name": offer.title,
        "label_ids": [1_000_262],
        "image": offer.image,
        "images": [offer.image],
        "currency": "VND",
        "stock": offer.number % 31 * 7,
        "status": 1,
        "ctime": UPDATED_AT - offer.number % 40_000_000,
        "sold": offer.number % 120,
        "historical_sold": offer.number % 5_000,
        "liked": False,
        "liked_count": offer.number % 700,
        "catid": 100_600,
        "brand": offer.goods.brand,
        "cmt_count": votes,
        "flag": 0,
        "cb_option": int(offer.shop.location == "Nước ngoài"),
        "item_status": "normal",
        "price": price,
        "price_min": price,
        "price_max": highest,
        "price_min_before_discount": struck,
        "price_max_before_discount": struck,
        "price_before_discount": struck,
        "hidden_price_display": None,
        "show_discount": discount,
        "raw_discount": discount,
        "discount": f"{discount}%" if discount else None,
        "tier_variations": [],
        "item_rating": {"rating_star": 3.8 + offer.number % 12 / 10, "rating_count": [votes, 0, 0, 0, 0, votes]},
        "item_type": 0,
        "is_adult": False,
        "shopee_verified": offer.shop.official,
        "is_official_shop": offer.shop.official,
        "show_official_shop_label": offer.shop.official,
        "is_preferred_plus_seller": False,
        "shop_location": offer.shop.location,
        "shop_name": offer.shop.name,
        "shop_rating": 4.5,
    }


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdecimal() else otherwise
