"""The sample goods as a small web shop in HTML: categories, pages of them, product pages in three markups."""

import html
import json
from collections.abc import Mapping

from samples.goods import CATEGORIES, Offered, load_gtins, load_offers
from samples.search import plain, slug

NAME = "Tiệm Nhật Mây Trắng"
# The shop's own address: a crawl asks for it, and --base-url sends it here, so that ids outlive the port.
SITE = "https://may-trang.example.com"
PER_PAGE = 8
# Pages that every real shop has somewhere: one deleted, one whose data is broken.
DELETED = "/shop/p/san-pham-da-xoa-10000.html"
BROKEN = "/shop/p/trang-bi-loi-10001.html"
# The price is a sentence, not a number, where the shop wants to be asked.
ASK = "Liên hệ"


def page_at(path: str, query: Mapping[str, str]) -> str | None:
    """Return the shop's page at that path, or None where there is none."""
    if path == "/shop/":
        return _home()
    if path == "/shop/gioi-thieu.html":
        return _page("Giới thiệu", "<p>Tiệm nhỏ bán hàng Nhật ở Hà Nội, mở cửa từ 8 giờ đến 20 giờ.</p>")
    if path == "/shop/search":
        wanted = plain(query.get("q", ""))
        return _list("Kết quả", [offer for offer in _offers() if wanted in plain(offer.title)], "/shop/search", query)
    if path == BROKEN:
        return _broken()
    for topic in _topics():
        if path == _category_path(topic):
            return _list(
                CATEGORIES[topic][1], [offer for offer in _offers() if offer.goods.topic == topic], path, query
            )
    return next((_product(offer) for offer in _offers() if path == product_path(offer)), None)


def sitemap() -> str:
    """Return the shop's sitemap: its categories and every product, those of the private folder left out."""
    paths = ["/shop/", *(_category_path(topic) for topic in _topics()), *(product_path(offer) for offer in _offers())]
    places = "".join(f"<url><loc>{html.escape(SITE + path)}</loc></url>" for path in paths)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
    )


def product_path(offer: Offered) -> str:
    """Return the path of a product's page."""
    return f"/shop/p/{slug(offer.title)}-{offer.listing_id}.html"


def markup_of(offer: Offered) -> str:
    """Return which markup a product's page carries: json-ld, microdata or opengraph."""
    if offer == _offers()[0]:
        return "opengraph"
    return "microdata" if offer.number % 5 == 0 else "json-ld"


def _offers() -> list[Offered]:
    return [offer for offer in load_offers() if offer.market == "shop"]


def _topics() -> list[str]:
    return [topic for topic in CATEGORIES if any(offer.goods.topic == topic for offer in _offers())]


def _category_path(topic: str) -> str:
    return f"/shop/c/{slug(CATEGORIES[topic][1])}/"


def _home() -> str:
    links = "".join(
        f'<li><a href="{_category_path(topic)}">{html.escape(CATEGORIES[topic][1])}</a></li>' for topic in _topics()
    )
    news = f'<p>Hàng mới: <a href="{BROKEN}">Hộp quà mùa thu</a>, <a href="{DELETED}">Bộ trà sen</a></p>'
    return _page(NAME, f'<nav class="categories"><ul>{links}</ul></nav>{news}')


def _list(name: str, offers: list[Offered], path: str, query: Mapping[str, str]) -> str:
    page = query.get("page", "1")
    number = int(page) if page.isascii() and page.isdecimal() else 1
    shown = offers[(number - 1) * PER_PAGE : number * PER_PAGE]
    cards = "".join(
        f'<li class="product"><a href="{product_path(offer)}">'
        f"<h2>{html.escape(offer.title)}</h2></a> <span class='price'>{_shown(offer.price)}</span></li>"
        for offer in shown
    )
    pages = "".join(
        f'<li><a class="page" href="{path}?page={at}"{" rel=next" if at == number + 1 else ""}>{at}</a></li>'
        for at in range(1, -(-len(offers) // PER_PAGE) + 1)
        if at != number
    )
    body = f'<ul class="products">{cards}</ul><nav class="pagination"><ul>{pages}</ul></nav>'
    return _page(f"{name} - trang {number}", body)


def _product(offer: Offered) -> str:
    title, description = html.escape(offer.title), html.escape(offer.goods.description)
    crumbs = f'<nav class="breadcrumb"><a href="{_category_path(offer.goods.topic)}">Quay lại</a></nav>'
    visible = f'<h1>{title}</h1><p class="price">{_shown(offer.price)}</p><p class="description">{description}</p>'
    markup = markup_of(offer)
    if markup == "json-ld":
        data = json.dumps([_json_ld(offer), _crumbs(offer)], ensure_ascii=False).replace("</", "<\\/")
        return _page(offer.title, crumbs + visible, f'<script type="application/ld+json">{data}</script>')
    if markup == "microdata":
        return _page(offer.title, crumbs + _microdata(offer))
    properties = {
        "og:type": "product",
        "og:title": offer.title,
        "og:url": SITE + product_path(offer),
        "og:site_name": NAME,
        "og:image": f"{SITE}/shop/images/{offer.image}.jpg",
        "product:price:amount": "" if offer.price is None else str(offer.price),
        "product:price:currency": "VND",
        "product:availability": "in stock",
        "product:retailer_item_id": offer.listing_id,
    }
    head = "".join(
        f'<meta property="{name}" content="{html.escape(value)}"/>' for name, value in properties.items() if value
    )
    return _page(offer.title, crumbs + visible, head)


def _json_ld(offer: Offered) -> dict[str, object]:
    upper, lower = CATEGORIES[offer.goods.topic]
    product: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "@id": f"{SITE}{product_path(offer)}#product",
        "name": offer.title,
        "sku": offer.listing_id,
        "url": SITE + product_path(offer),
        "image": [f"{SITE}/shop/images/{offer.image}.jpg"],
        "category": f"{upper} > {lower}",
    }
    if offer.goods.description:
        product["description"] = offer.goods.description
    if offer.goods.brand:
        product["brand"] = {"@type": "Brand", "name": offer.goods.brand}
    if offer.goods.product_id:
        product["gtin13"] = load_gtins()[offer.goods.product_id]
    if offer.price is not None:
        product["offers"] = {
            "@type": "Offer",
            "price": str(offer.price),
            "priceCurrency": "VND",
            "availability": f"https://schema.org/{'OutOfStock' if offer.number % 11 == 0 else 'InStock'}",
            "itemCondition": "https://schema.org/NewCondition",
            "seller": {"@type": "Organization", "name": NAME},
        }
    return product


def _crumbs(offer: Offered) -> dict[str, object]:
    names = (*CATEGORIES[offer.goods.topic], offer.title)
    parts = [{"@type": "ListItem", "position": place, "name": name} for place, name in enumerate(names, start=1)]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": parts}


def _microdata(offer: Offered) -> str:
    price = (
        ""
        if offer.price is None
        else '<div itemprop="offers" itemscope itemtype="https://schema.org/Offer">'
        f'<meta itemprop="price" content="{offer.price}"/><meta itemprop="priceCurrency" content="VND"/>'
        '<link itemprop="availability" href="https://schema.org/InStock"/>'
        '<span itemprop="seller" itemscope itemtype="https://schema.org/Organization">'
        f'<meta itemprop="name" content="{NAME}"/></span></div>'
    )
    brand = f'<meta itemprop="brand" content="{html.escape(offer.goods.brand)}"/>' if offer.goods.brand else ""
    return (
        '<div itemscope itemtype="https://schema.org/Product">'
        f'<h1 itemprop="name">{html.escape(offer.title)}</h1><p class="price">{_shown(offer.price)}</p>'
        f'<meta itemprop="sku" content="{offer.listing_id}"/>{brand}{price}'
        f'<p itemprop="description">{html.escape(offer.goods.description)}</p></div>'
    )


def _broken() -> str:
    """Return a product page whose data ends in the middle, as a full disk or a careless template makes them."""
    cut = json.dumps({"@context": "https://schema.org", "@type": "Product", "name": "Hộp quà mùa thu", "url": SITE})[
        :-9
    ]
    return _page("Hộp quà", "<h1>Hộp quà mùa thu</h1>", f'<script type="application/ld+json">{cut}</script>')


def _page(title: str, body: str, head: str = "") -> str:
    return (
        '<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8"/>'
        f"<title>{html.escape(title)} | {NAME}</title>{head}</head>\n<body>"
        f'<header><a href="/shop/">{NAME}</a></header>\n<main>{body}</main>\n'
        '<footer><a href="/shop/gioi-thieu.html">Giới thiệu</a> <a href="/private/khach-si">Khách sỉ</a> '
        '<a href="https://elsewhere.example.com/">Bạn bè</a></footer></body></html>\n'
    )


def _shown(price: int | None) -> str:
    return ASK if price is None else f"{price:,} ₫".replace(",", ".")
