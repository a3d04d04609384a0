"""1688, Alibaba's wholesale market: saved offer pages (window.context) and search pages."""

import re
from functools import partial
from urllib.parse import unquote

from records.listing import Listing, Offer, Seller
from records.money import Money
from spiders.base import MarketSpider, Yield
from spiders.cards import Fields, card_records, texts
from spiders.drafts import make_listing
from spiders.embedded import embedded_object, objects_with
from spiders.errors import Blocked, UnknownPage
from spiders.json_api import Entries, is_json
from spiders.pages import open_page, page_text
from spiders.printed_prices import PriceStyle
from spiders.reading import Answer, Reading, Record, identifier, inners, maybe, number, one, priced, text, whole
from spiders.ways import Way

HOME = "https://detail.1688.com"
CURRENCY = "CNY"
STYLE = PriceStyle(decimal_mark=".", signs={"¥": "CNY"})
# (fn)("/default", {…}): the object is the second argument.
CONTEXT = re.compile(
    r"window\.context\s{0,9}=\s{0,9}\(.{0,4000}?\)\s{0,9}\(\s{0,9}[\"'][^\"']{0,200}[\"']\s{0,9},\s{0,9}(?=\{)",
    re.DOTALL,
)
CARDS = ".offer_item"
CARD: Fields = {
    "title": (".subject", "title"),
    "price": (".price_num", ""),
    "nick": (".J_WangWang", "data-nick"),
    "image": (".mainPic img", "src"),
    "link": ("a", "href"),
}
_OFFER = re.compile(r"/offer/(\d{6,})\.html|[?&]offerId=(\d{6,})")
_PICTURE = re.compile(r"/([^/]+?)(?:\.\d+x\d+)?\.(?:jpg|jpeg|png|webp)", re.IGNORECASE)
_SOLD = re.compile(r"^销(\d+)\+?件$")
WAYS = (
    Way(
        name="import",
        format="offer pages with window.context (2026), search pages (2024)",
        recorded="search page 2024-07; the offer page from others' descriptions",
        terms="robots.txt of Aug 2026 forbids every address with a query, and a log-in wall stands before the rest: "
        "files saved by a person only. The partner platform needs a contract.",
    ),
)


class Alibaba1688CNSpider(MarketSpider):
    """1688. A listing is one offer (offerId); cards without an offer id are keyed by their pictures' names."""

    name = "alibaba1688_cn"
    title = "1688"
    home = HOME
    hosts = ("1688.com",)
    currency = CURRENCY
    expected = Yield(at_least=1)
    ways = WAYS

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read a saved offer or search page."""
        if is_json(answer):
            raise UnknownPage(answer.url, "is JSON; saved pages of 1688 are HTML")
        page = open_page(answer, "gb18030")
        entries = Entries(answer.url)
        context = embedded_object(answer.url, page_text(answer, "gb18030"), CONTEXT)
        if context is not None:
            offers = [
                Record(answer.url, "context", found) for found in objects_with(context.values, "subject", "offerId")
            ]
            if not offers:
                raise context.problem("offerId", "is missing")
            entries.read(offers[:1], partial(read_offer, answer, context))
            return entries.reading()
        records = card_records(answer, page, CARDS, CARD)
        if not records:
            if page.css_first("#nc_1_n1z, .nc_wrapper, #nc_1_wrapper") is not None:
                raise Blocked(answer.url, "slider captcha")
            raise UnknownPage(answer.url, "shows neither an offer nor a list of offers")
        for node, record in zip(page.css(CARDS), records, strict=True):
            record.values = {**record.values, "lines": texts(node.css(".location"))}
        entries.read(records, partial(read_card, answer), expected=("price",))
        return entries.reading()


def read_offer(answer: Answer, context: Record, record: Record, entries: Entries) -> list[Listing]:
    """Return the listing of an offer page: the lowest and the highest price of its variants."""
    offer_id = one(record, "offerId", identifier)
    variants = [
        Record(answer.url, "skuMapOriginal", found) for found in objects_with(context.values, "specAttrs", "skuId")
    ]
    variants = list(inners(record, "skuMapOriginal")) or variants
    prices = [
        price
        for variant in variants
        if (price := _money(variant, "discountPrice") or _money(variant, "price")) is not None
    ]
    prices.sort(key=lambda money: money.amount)
    counts = [count for variant in variants if (count := maybe(variant, "canBookCount", whole)) is not None]
    if not prices:
        entries.unknown["an offer without prices"] += 1
    sellers = list(objects_with(context.values, "companyName"))
    seller = Record(answer.url, "companyName", sellers[0]) if sellers else Record(answer.url, "companyName", {})
    low, high = (prices[0], prices[-1]) if prices else (None, None)
    is_range = low is not None and high is not None and high.amount > low.amount
    return [
        make_listing(
            answer,
            market=Alibaba1688CNSpider.name,
            listing_id=offer_id,
            title=one(record, "subject", text),
            url=f"{HOME}/offer/{offer_id}.html",
            currency=CURRENCY,
            offer=Offer(
                price=low,
                price_max=high if is_range else None,
                price_raw=None if low is None else f"{low.raw} - {high.raw}" if is_range and high else low.raw,
                availability=None if not counts else "in_stock" if any(counts) else "out_of_stock",
            ),
            seller=Seller(
                seller_id=maybe(record, "sellerMemberId", identifier) or maybe(seller, "sellerMemberId", identifier),
                name=maybe(seller, "companyName", text),
            ),
            sold=maybe(record, "saledCount", whole),
        )
    ]


def read_card(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    """Return the listing of a search card. Links of advertisements name no offer; the picture's name stands in."""
    image, link = maybe(record, "image", text), maybe(record, "link", text) or ""
    found = _OFFER.search(link)
    offer_id = None if found is None else found.group(1) or found.group(2)
    picture = None if image is None else _PICTURE.search(image)
    if offer_id is None and picture is None:
        raise record.problem("link", "names no offer, and no picture stands in for it")
    if offer_id is None:
        entries.unknown["a card without an offer id"] += 1
    nick = maybe(record, "nick", text)
    lines = record.values.get("lines")
    shown = [str(line) for line in lines] if isinstance(lines, list) else []
    sold = next((match.group(1) for line in shown if (match := _SOLD.match(line))), None)
    price = maybe(record, "price", text)
    return [
        make_listing(
            answer,
            market=Alibaba1688CNSpider.name,
            listing_id=offer_id or f"picture:{picture.group(1) if picture is not None else ''}",
            title=one(record, "title", text),
            url=None if offer_id is None else f"{HOME}/offer/{offer_id}.html",
            currency=CURRENCY,
            # The sign stands in an element of its own before the number.
            offer=STYLE.offer(None if price is None else f"¥{price}"),
            seller=Seller(name=None if nick is None else unquote(nick)),
            images=[] if image is None else [image],
            sold=None if sold is None else int(sold),
        )
    ]


def _money(record: Record, name: str) -> Money | None:
    amount = maybe(record, name, number)
    return None if not amount or amount < 0 else priced(record, name, amount, CURRENCY, raw=str(record.values[name]))
