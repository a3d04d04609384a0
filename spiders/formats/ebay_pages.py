"""eBay's search pages as a person saves them: cards of the layout since 2025 (s-card) and of the one before (s-item).

Sellers are deliberately not read: eBay's terms forbid keeping its users' ids.
"""

import re
from functools import partial
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from records.listing import Listing, Seller
from spiders.cards import Fields, card_records, texts
from spiders.drafts import make_listing
from spiders.errors import PageChanged, UnknownPage
from spiders.json_api import Entries
from spiders.offers import offer_of
from spiders.pages import page_text
from spiders.printed_prices import PriceStyle
from spiders.reading import Answer, Reading, Record, maybe, one, text
from spiders.structured import each, read_structured, text_in

MARKET = "ebay_com"
HOME = "https://www.ebay.com"
STYLE = PriceStyle(
    decimal_mark=".",
    has_codes=True,
    signs={"US $": "USD", "C $": "CAD", "AU $": "AUD", "$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY", "￥": "JPY"},
)
# Layout -> its cards and where they print what.
LAYOUTS: dict[str, Fields] = {
    "li.s-card": {
        "listing_id": ("", "data-listingid"),
        "href": ("a[href*='/itm/']", "href"),
        "title": (".s-card__title span:not(.clipped)", ""),
        "condition": (".s-card__subtitle", ""),
        "struck": (".s-card__attribute-row .strikethrough", ""),
        "image": ("img.s-card__image", "src"),
    },
    "li.s-item": {
        "href": ("a[href*='/itm/']", "href"),
        "title": (".s-item__title", ""),
        "condition": (".s-item__subtitle", ""),
        "struck": (".s-item__trending-price .STRIKETHROUGH, .s-item__detail .STRIKETHROUGH", ""),
        "image": (".s-item__image img, img.s-item__image-img", "src"),
    },
}
PRICES = {"li.s-card": ".s-card__price", "li.s-item": ".s-item__price"}
ROWS = {
    "li.s-card": ".s-card__attribute-row",
    "li.s-item": ".s-item__location, .s-item__itemLocation, .s-item__hotness, .s-item__quantitySold",
}
# Filler that eBay puts before the results.
PLACEHOLDER = "Shop on eBay"
# What the title's link says besides the title.
ADDED = ("Opens in a new window or tab", "New Listing")
EMPTY = ".srp-save-null-search, .s-message--no-results, .srp-river-answer--REWRITE_START"
_ITEM = re.compile(r"/itm/(?:[^/?#]*/)?(\d{6,})(?:$|[?#/])")
_LOCATED = re.compile(r"^(?:Located in|from)\s+(.+)$")
_SOLD = re.compile(r"^([\d,]+)\+?\s+sold$")


def read_search_page(answer: Answer, page: LexborHTMLParser) -> Reading:
    """Read the cards of a search page; a page with neither cards nor eBay's word that there are none has changed."""
    for selector, fields in LAYOUTS.items():
        nodes = page.css(selector)
        if not nodes:
            continue
        entries = Entries(answer.url)
        records = card_records(answer, page, selector, fields)
        shown = []
        for node, record in zip(nodes, records, strict=True):
            if PLACEHOLDER in str(record.values.get("title", "")):
                continue
            record.values = {
                **record.values,
                "price": "".join(part.text() for part in node.css(PRICES[selector])).strip() or None,
                "rows": texts(node.css(ROWS[selector])),
            }
            shown.append(record)
        if not shown:
            break
        entries.read(shown, partial(_read_card, answer), expected=("price",))
        return entries.reading()
    if page.css_first(EMPTY) is not None:
        return Reading()
    raise UnknownPage(answer.url, "has no result cards of eBay")


def read_item_page(answer: Answer, page: LexborHTMLParser) -> Reading:
    """Read an item page by its JSON-LD."""
    data = read_structured(answer.url, page_text(answer))
    products = [node for _, node in data.products if node.get("offers") is not None]
    canonical = page.css_first("link[rel=canonical]")
    address = (canonical.attributes.get("href") if canonical is not None else None) or answer.url
    found = _ITEM.search(address)
    if not products or found is None:
        raise UnknownPage(answer.url, "has no product data or names no item")
    title = text_in(products[0].get("name"))
    if title is None:
        raise PageChanged(answer.url, "Product.name", "is missing")
    offer, currency = offer_of(products[0])
    listing = make_listing(
        answer,
        market=MARKET,
        listing_id=found.group(1),
        title=title,
        url=item_url(found.group(1)),
        currency=currency,
        offer=offer,
        seller=Seller(),
        brand=text_in(products[0].get("brand"), "name"),
        gtin=next((code for name in ("gtin13", "gtin12", "gtin") if (code := text_in(products[0].get(name)))), None),
        mpn=text_in(products[0].get("mpn")),
        category=data.crumbs,
        description=text_in(products[0].get("description")),
        images=[image for part in each(products[0].get("image")) if (image := text_in(part, "url"))],
    )
    return Reading(listings=(listing,), notes=data.notes)


def item_url(listing_id: str) -> str:
    """Return the page of an item; what follows the id only says where a visitor came from."""
    return f"{HOME}/itm/{listing_id}"


def item_id_of(url: str) -> str | None:
    """Return the item that an address names, None where it names none."""
    found = _ITEM.search(urlsplit(url).path)
    return None if found is None else found.group(1)


def _read_card(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    found = _ITEM.search(one(record, "href", text))
    if found is None:
        raise record.problem("href", "names no item")
    listing_id = maybe(record, "listing_id", text) or found.group(1)
    if listing_id != found.group(1):
        raise record.problem("listing_id", "is not the item of the card's link", listing_id)
    title = one(record, "title", text)
    for added in ADDED:
        title = title.removeprefix(added).removesuffix(added).strip()
    rows = record.values["rows"] if isinstance(record.values.get("rows"), list) else []
    lines = [str(row) for row in rows] if isinstance(rows, list) else []
    located = next((match.group(1) for row in lines if (match := _LOCATED.match(row))), None)
    sold = next((match.group(1) for row in lines if (match := _SOLD.match(row))), None)
    condition = maybe(record, "condition", text)
    image = maybe(record, "image", text)
    offer = STYLE.offer(maybe(record, "price", text), maybe(record, "struck", text))
    if offer.price is None and offer.price_raw is not None:
        entries.unknown["a price that cannot be read"] += 1
    return [
        make_listing(
            answer,
            market=MARKET,
            listing_id=listing_id,
            title=title,
            url=item_url(listing_id),
            currency=None if offer.price is None else offer.price.currency,
            offer=offer,
            seller=Seller(location=located),
            # Brand New · Size US M 13: what follows the point are item specifics.
            condition=None if condition is None else condition.partition(" · ")[0],
            images=[image] if image is not None and image.startswith("https://i.ebayimg.com/") else [],
            sold=None if sold is None else int(sold.replace(",", "")),
        )
    ]
