"""Shopee's product pages: schema.org JSON-LD with prices in plain VND."""

import re
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from records.listing import Seller
from spiders.drafts import make_listing
from spiders.errors import Blocked, PageChanged, UnknownPage
from spiders.formats.shopee_items import CURRENCY, MARKET, listing_url
from spiders.offers import offer_of, rating_of, votes_of
from spiders.pages import page_text
from spiders.reading import Answer, Reading
from spiders.structured import each, nodes_in, read_structured, text_in

_IDS = re.compile(r"-i\.(\d+)\.(\d+)(?:$|[?#])|/product/(\d+)/(\d+)(?:$|[/?#])")


def read_product_page(answer: Answer, page: LexborHTMLParser) -> Reading:
    """Read a product page; a page without product data is a log-in or captcha wall, or one of another kind."""
    data = read_structured(answer.url, page_text(answer))
    products = [node for _, node in data.products if node.get("offers") is not None]
    if not products:
        if page.css_first("form[action*='captcha'], [src*='captcha'], [class*='login']") is not None:
            raise Blocked(answer.url, "log-in or captcha page")
        raise UnknownPage(answer.url, "has no product data")
    product = products[0]
    title = text_in(product.get("name"))
    if title is None:
        raise PageChanged(answer.url, "Product.name", "is missing")
    canonical = page.css_first("link[rel=canonical]")
    places = (text_in(product.get("url")), canonical and canonical.attributes.get("href"), answer.url)
    found = next((ids for place in places if place and (ids := _IDS.search(unquote(place)))), None)
    if found is None:
        raise PageChanged(answer.url, "Product.url", "names no shop and item")
    shop_id, item_id = (part for part in found.groups() if part is not None)
    offer, currency = offer_of(product)
    if offer.price is None and offer.price_raw is None:
        raise PageChanged(answer.url, "Product.offers", "hold no price")
    sellers = [seller for node in nodes_in(product.get("offers")) for seller in nodes_in(node.get("seller"))]
    ratings = nodes_in(product.get("aggregateRating"))
    listing = make_listing(
        answer,
        market=MARKET,
        listing_id=item_id,
        title=title,
        url=listing_url(shop_id, item_id),
        currency=currency or CURRENCY,
        offer=offer,
        seller=Seller(seller_id=shop_id, name=text_in(sellers[0].get("name")) if sellers else None),
        brand=text_in(product.get("brand"), "name"),
        # The path begins with the market itself and ends with the item.
        category=data.crumbs[1:-1],
        description=text_in(product.get("description")),
        images=[image for part in each(product.get("image")) if (image := text_in(part, "url", "contentUrl"))],
        rating=rating_of(ratings),
        review_count=votes_of(ratings),
    )
    return Reading(listings=(listing,), notes=data.notes)
