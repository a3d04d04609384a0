"""Amazon's search and item pages as a person saves them."""

import re
from decimal import Decimal
from functools import partial
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from records.listing import Availability, Listing, Offer, Seller
from spiders.cards import Fields, card_record, card_records, shown, texts
from spiders.drafts import make_listing
from spiders.errors import Blocked, UnknownPage
from spiders.json_api import Entries
from spiders.printed_prices import PriceStyle
from spiders.reading import Answer, Reading, Record, identifier, maybe, one, text

MARKET = "amazon_jp"
HOME = "https://www.amazon.co.jp"
CURRENCY = "JPY"
STYLE = PriceStyle(decimal_mark=".", signs={"￥": "JPY", "¥": "JPY", "円": "JPY"})
CARDS = 'div[data-component-type="s-search-result"]'
CARD: Fields = {
    "asin": ("", "data-asin"),
    "title": ("h2 span", ""),
    "price": (".a-price:not(.a-text-price) .a-offscreen", ""),
    "struck": (".a-price.a-text-price[data-a-strike=true] .a-offscreen", ""),
    "stars": ("i span.a-icon-alt", ""),
    "image": ("img.s-image", "src"),
    "reviews": ("a[href*='#customerReviews'] span, [data-csa-c-slot-id*=ratings] a span", ""),
}
ITEM: Fields = {
    "asin": ("#ASIN, input[name='ASIN'], input[name='ASIN.0']", "value"),
    "title": ("#productTitle", ""),
    "byline": ("#bylineInfo", ""),
    "seller": ("#sellerProfileTriggerId", ""),
    "availability": ("#availability span", ""),
    "stars": ("#acrPopover .a-icon-alt, #averageCustomerReviews .a-icon-alt", ""),
    "reviews": ("#acrCustomerReviewText", ""),
    "struck": (".basisPrice .a-offscreen", ""),
    "image": ("#landingImage", "src"),
    "description": ("#feature-bullets", ""),
}
# Places of an item's price, the surest first.
PRICES = (
    "#corePrice_feature_div .a-offscreen",
    ".priceToPay .a-offscreen",
    "#price_inside_buybox",
    ".a-price .a-offscreen",
)
# First words of the stock line -> what they mean; another text is noted and stays unknown.
AVAILABILITY: tuple[tuple[str, Availability], ...] = (
    ("在庫あり", "in_stock"),
    ("残り", "in_stock"),
    ("通常", "in_stock"),
    ("In Stock", "in_stock"),
    ("Only ", "in_stock"),
    ("現在在庫切れ", "out_of_stock"),
    ("一時的に在庫切れ", "out_of_stock"),
    ("Currently unavailable", "out_of_stock"),
    ("Temporarily out of stock", "out_of_stock"),
)
NO_RESULTS = ".s-no-outline.s-no-results, [data-component-type=s-no-results], .s-no-results-result"
BYLINE = re.compile(
    r"^(?:Visit the (.+) Store|Brand: (.+)|ブランド[:：]\s*(.+)|(.+)のストアを表示|"
    r"Visita la tienda de (.+)|Marca: (.+))$"
)
_ASIN = re.compile(r"/(?:dp|gp/product)/([A-Z0-9]{10})(?:$|[/?#])")
_STARS = re.compile(r"(\d(?:[.,]\d)?)(?=$|\s*(?:out of|von|de|sur|su) 5)")


def read_search_page(answer: Answer, page: LexborHTMLParser) -> Reading:
    """Read the result cards of a search page."""
    records = card_records(answer, page, CARDS, CARD)
    if not records:
        if page.css_first(NO_RESULTS) is not None:
            return Reading()
        if page.css_first("form[action*='validateCaptcha'], #captchacharacters") is not None:
            raise Blocked(answer.url, "captcha form")
        raise UnknownPage(answer.url, "has no result cards of Amazon")
    entries = Entries(answer.url)
    entries.read(records, partial(_read_card, answer), expected=("title",))
    return entries.reading()


def is_item_page(page: LexborHTMLParser) -> bool:
    """Return whether the page shows one item."""
    return page.css_first("#productTitle") is not None


def read_item_page(answer: Answer, page: LexborHTMLParser) -> Reading:
    """Read an item page: the offer of its buy box."""
    root = page.root
    if root is None:
        raise UnknownPage(answer.url, "is empty")
    record = card_record(answer.url, "item", root, ITEM)
    canonical = page.css_first("link[rel=canonical]")
    address = (canonical.attributes.get("href") if canonical is not None else None) or answer.url
    named = _ASIN.search(address)
    asin = maybe(record, "asin", identifier) or (None if named is None else named.group(1))
    if asin is None:
        raise record.problem("asin", "is missing")
    price = next((found for selector in PRICES for node in page.css(selector) if (found := shown(node))), None)
    stock = maybe(record, "availability", text)
    availability = _availability(stock)
    byline = maybe(record, "byline", text)
    brand = None if byline is None else BYLINE.match(byline)
    crumbs = texts(page.css("#wayfinding-breadcrumbs_feature_div li a"))
    entries = Entries(answer.url)
    if stock is not None and availability is None:
        entries.unknown["a stock line of another kind"] += 1
    entries.listings.append(
        _make(
            answer,
            record,
            asin,
            STYLE.offer(price, maybe(record, "struck", text), availability),
            brand=None if brand is None else next(part for part in brand.groups() if part is not None),
            seller=Seller(name=maybe(record, "seller", text)),
            category=crumbs,
            description=maybe(record, "description", text),
        )
    )
    entries.seen = 1
    return entries.reading()


def item_url(asin: str) -> str:
    """Return the page of an item; everything else in Amazon's addresses says where a visitor came from."""
    return f"{HOME}/dp/{asin}"


def asin_of(url: str) -> str | None:
    """Return the item that an address names, also inside an advertisement's address."""
    found = _ASIN.search(unquote(url))
    return None if found is None else found.group(1)


def _read_card(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    offer = STYLE.offer(maybe(record, "price", text), maybe(record, "struck", text))
    if offer.price is None and offer.price_raw is not None:
        entries.unknown["a price that cannot be read"] += 1
    return [_make(answer, record, one(record, "asin", identifier), offer)]


def _make(
    answer: Answer,
    record: Record,
    asin: str,
    offer: Offer,
    *,
    brand: str | None = None,
    seller: Seller | None = None,
    category: list[str] | None = None,
    description: str | None = None,
) -> Listing:
    image = maybe(record, "image", text)
    return make_listing(
        answer,
        market=MARKET,
        listing_id=asin,
        title=one(record, "title", text),
        url=item_url(asin),
        currency=CURRENCY,
        offer=offer,
        seller=seller or Seller(),
        brand=brand,
        category=category or [],
        description=description,
        images=[image] if image is not None and image.startswith("https://") else [],
        rating=_stars(maybe(record, "stars", text)),
        review_count=_count(maybe(record, "reviews", text)),
    )


def _stars(said: str | None) -> Decimal | None:
    """Return the stars of "5つ星のうち4.2" or "4.2 out of 5 stars"."""
    found = None if said is None else _STARS.search(said)
    return None if found is None else Decimal(found.group(1).replace(",", "."))


def _count(said: str | None) -> int | None:
    digits = re.sub(r"[^0-9]", "", said or "")
    return int(digits) if digits and len(digits) < 10 else None


def _availability(stock: str | None) -> Availability | None:
    return next((value for words, value in AVAILABILITY if stock is not None and stock.startswith(words)), None)
