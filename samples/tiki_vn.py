"""The sample goods in Tiki's response formats: listing API, product API, search page with __NEXT_DATA__."""

import html
import json
from collections.abc import Mapping

from samples.goods import CATEGORIES, Offered, load_offers
from samples.search import Found, find, search, slug

PER_PAGE = 40
IMAGES = "https://images.example.com/tiki"
BRAND_IDS = 400_000


def listing_answer(query: Mapping[str, str]) -> dict[str, object]:
    """Return what /api/v2/products answers: a page of items in its envelope."""
    page = _whole(query.get("page"), 1)
    limit = min(_whole(query.get("limit"), PER_PAGE), 100)
    found = search("tiki_vn", query.get("q", ""), (page - 1) * limit, limit)
    return {
        "data": [item(offer, place, page_item=False) for place, offer in enumerate(found.offers, start=1)],
        "paging": paging(found, page, limit),
        "filters": [],
        "sort_options": [],
    }


def product_answer(product_id: str) -> dict[str, object] | None:
    """Return what /api/v2/products/ID answers, or None where there is no such product."""
    offer = find("tiki_vn", str(int(product_id) + 2))
    if offer is None:
        return None
    others = [
        other
        for other in load_offers()
        if other.market == offer.market and other.title == offer.title and other.shop != offer.shop
    ]
    description = f"<p>{html.escape(offer.goods.description or offer.title)}</p>\n<p>Giá đã bao gồm thuế.</p>"
    return {
        "id": _product_id(offer),
        "master_id": _product_id(offer),
        "sku": _sku(offer),
        "name": offer.title,
        "url_key": f"{slug(offer.title)}-p{_product_id(offer)}",
        "url_path": _url_path(offer),
        "short_url": f"https://tiki.vn/product-p{_product_id(offer)}.html?spid={offer.listing_id}",
        "type": "simple",
        "book_cover": None,
        "short_description": offer.goods.description,
        "price": offer.price or 0,
        "list_price": offer.struck or offer.price or 0,
        "original_price": offer.struck or offer.price or 0,
        "badges": [],
        "badges_new": [],
        "discount": _discount(offer),
        "discount_rate": _discount_rate(offer),
        "rating_average": _rating(offer),
        "review_count": offer.number % 400,
        "favourite_count": 0,
        "thumbnail_url": f"{IMAGES}/{offer.image}.jpg",
        "has_ebook": False,
        "inventory_status": "available",
        "inventory_type": "instock",
        "productset_group_name": " / ".join(CATEGORIES[offer.goods.topic]),
        "day_ago_created": offer.number % 900,
        "all_time_quantity_sold": offer.number % 5_000,
        "description": description,
        "images": [{"base_url": f"{IMAGES}/{offer.image}.jpg", "is_gallery": True, "label": None, "position": None}],
        "warranty_policy": None,
        "brand": _brand(offer),
        "current_seller": {"sku": _sku(offer), **_seller(offer), "is_best_store": offer.shop.official},
        "other_sellers": [_seller(other) for other in others],
        "specifications": [{"name": "Thông tin chung", "attributes": []}],
        "stock_item": {"max_sale_qty": 50, "min_sale_qty": 1, "preorder_date": None, "qty": 50},
        "quantity_sold": _sold(offer),
        "categories": {"id": 1_520, "name": CATEGORIES[offer.goods.topic][1], "is_leaf": True},
        "breadcrumbs": [
            *(
                {"url": f"/{slug(name)}/c{1_500 + level}", "name": name, "category_id": 1_500 + level}
                for level, name in enumerate(CATEGORIES[offer.goods.topic], start=1)
            ),
            {"url": f"/{_url_path(offer)}", "name": offer.title, "category_id": 0},
        ],
    }


def search_page(query: Mapping[str, str]) -> str:
    """Return what /search answers: an HTML page that carries its items in __NEXT_DATA__."""
    page = _whole(query.get("page"), 1)
    words = query.get("q", "")
    found = search("tiki_vn", words, (page - 1) * PER_PAGE, PER_PAGE)
    catalog = {
        "loading": False,
        "error": False,
        "data": [item(offer, place, page_item=True) for place, offer in enumerate(found.offers, start=1)],
        "paging": paging(found, page, PER_PAGE),
    }
    state = {
        "props": {"isServer": True, "initialState": {"catalog": catalog}, "initialProps": {}},
        "page": "/Catalog/Search",
        "query": {"q": words},
        "buildId": "sample",
    }
    # A closing tag inside the data would end the script element.
    data = json.dumps(state, ensure_ascii=False).replace("</", "<\\/")
    return (
        '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"/>'
        f"<title>{html.escape(words)} | Chợ mẫu</title></head><body>"
        f'<h1>Kết quả tìm kiếm cho "{html.escape(words)}"</h1>'
        f'<script id="__NEXT_DATA__" type="application/json">{data}</script></body></html>'
    )


def paging(found: Found, page: int, limit: int) -> dict[str, object]:
    """Return the envelope's paging."""
    return {
        "total": found.total,
        "total_text": str(found.total),
        "per_page": limit,
        "current_page": page,
        "last_page": max(1, -(-found.total // limit)),
        "from": found.first + 1 if found.offers else 0,
        "to": found.first + len(found.offers),
    }


def item(offer: Offered, place: int, *, page_item: bool) -> dict[str, object]:
    """Return one item; the search page names the seller, the listing API gives its id only."""
    seller = {"seller_id": int(offer.shop.seller_id)}
    labels = {"is_from_official_store": offer.shop.official, "seller_name": offer.shop.name} if page_item else {}
    metadata = {
        "is_ad": 0,
        "is_official_store": int(offer.shop.official),
        "mpid": _product_id(offer),
        "position": place,
        "spid": int(offer.listing_id),
    }
    upper, lower = CATEGORIES[offer.goods.topic]
    return {
        "id": _product_id(offer),
        "sku": _sku(offer),
        "name": offer.title,
        "url_key": f"{slug(offer.title)}-p{_product_id(offer)}",
        "url_path": _url_path(offer),
        "type": "",
        "author_name": "",
        "book_cover": None,
        "brand_name": offer.goods.brand,
        "short_description": "",
        "price": offer.price or 0,
        "list_price": 0,
        "original_price": offer.struck or offer.price or 0,
        "badges": [],
        "badges_new": [],
        "discount": _discount(offer),
        "discount_rate": _discount_rate(offer),
        "rating_average": _rating(offer),
        "review_count": offer.number % 400,
        "order_count": 0,
        "favourite_count": 0,
        "thumbnail_url": f"{IMAGES}/cache/280x280/{offer.image}.jpg",
        "thumbnail_width": 280,
        "thumbnail_height": 280,
        "has_ebook": False,
        "inventory_status": "",
        "seller": None,
        "seller_product_id": int(offer.listing_id),
        "quantity_sold": _sold(offer) if offer.number % 7 else None,
        "shippable": True,
        "availability": int(offer.number % 29 != 0),
        "primary_category_path": "1/2/1500/1501/1502",
        "primary_category_name": lower,
        "advertisement": None,
        **seller,
        **labels,
        "impression_info": [{"impression_id": f"sample-{offer.listing_id}", "metadata": metadata, "checksum": ""}],
        "visible_impression_info": {
            "amplitude": {
                "all_time_quantity_sold": offer.number % 5_000,
                "brand_name": offer.goods.brand,
                "category_l1_name": upper,
                "category_l2_name": lower,
                "is_authentic": int(offer.shop.official),
                "number_of_reviews": offer.number % 400,
                "seller_type": "OFFICIAL_STORE" if offer.shop.official else "FBT_SELLER",
                **seller,
                "seller_product_id": int(offer.listing_id),
            }
        },
    }


def _product_id(offer: Offered) -> int:
    return int(offer.listing_id) - 2


def _sku(offer: Offered) -> str:
    return f"{offer.number:013d}"


def _url_path(offer: Offered) -> str:
    return f"{slug(offer.title)}-p{_product_id(offer)}.html?spid={offer.listing_id}"


def _seller(offer: Offered) -> dict[str, object]:
    return {
        "id": int(offer.shop.seller_id),
        "name": offer.shop.name,
        "link": f"https://tiki.vn/cua-hang/{slug(offer.shop.name)}",
        "logo": "",
        "price": offer.price or 0,
        "product_id": offer.listing_id,
        "store_id": int(offer.shop.seller_id) + 1_000,
    }


def _brand(offer: Offered) -> dict[str, object] | None:
    if not offer.goods.brand:
        return None
    return {"id": BRAND_IDS + len(offer.goods.brand), "name": offer.goods.brand, "slug": slug(offer.goods.brand)}


def _sold(offer: Offered) -> dict[str, object]:
    sold = offer.number % 5_000
    return {"text": f"Đã bán {sold}", "value": sold}


def _rating(offer: Offered) -> float:
    return (38 + offer.number % 13) / 10


def _discount(offer: Offered) -> int:
    return max(0, (offer.struck or 0) - offer.price) if offer.price else 0


def _discount_rate(offer: Offered) -> int:
    return 100 * _discount(offer) // offer.struck if offer.struck else 0


def _whole(text: str | None, otherwise: int) -> int:
    return max(1, int(text)) if text is not None and text.isascii() and text.isdecimal() else otherwise
