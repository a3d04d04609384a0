"""Shopee Viet Nam: affiliate API; lists, flash sales, item and shop answers, product pages with JSON-LD."""

from collections.abc import Iterator, Mapping
from functools import partial
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from records.listing import Listing
from spiders.base import MarketSpider, Yield
from spiders.errors import Blocked, PageChanged, UnknownPage
from spiders.formats.shopee_api import KEYS, ShopeeApi, is_answer, read_offers
from spiders.formats.shopee_items import HOME, MARKET, read_item, read_shop
from spiders.formats.shopee_pages import read_product_page
from spiders.json_api import Entries, as_mapping, is_json, read_json
from spiders.pages import open_page
from spiders.reading import MAX_ENTRIES, Answer, Reading, Record, flag, inner, inners, maybe, maybe_inner, whole
from spiders.ways import Rules, Way

PER_PAGE = 60
# The anti-bot answer, under the key "error" or under a number.
BLOCK_ERROR = 90309999
ENVELOPE = frozenset({"error", "error_msg", "bff_meta", "data"})
TERMS = (
    "Shopee's terms (help article 77243, section 3.1, read Sep 2026) ask for written consent before its content is "
    "collected by automated or manual means."
)
WAYS = (
    Way(
        name="api",
        format="affiliate Open API, productOfferV2 over GraphQL (others' clients)",
        terms="Affiliate agreement of an approved account (not read).",
        keys=KEYS,
        floor_seconds=1.0,
        limits="only goods with a commission are returned: what is not found proves nothing; no brand, no stock, no "
        "struck-through price",
    ),
    Way(
        name="pages",
        format="api/v4 search, item, shop and discovery answers, product pages with JSON-LD",
        recorded="discovery, flash sale, item and shop answers and a product page of 2023; the search envelope is "
        "known from others' code",
        terms=TERMS,
        asks_consent=True,
        limits="60 items an answer",
    ),
    Way(
        name="import",
        format="the same answers and pages, saved by a person",
        recorded="as for pages",
        terms=TERMS + " Save only what that consent, or the law, covers.",
    ),
)


class ShopeeVNSpider(MarketSpider):
    """Shopee, shopee.vn. A listing is one item of one shop (itemid, shopid)."""

    name = MARKET
    title = "Shopee"
    home = HOME
    hosts = ("shopee.vn",)
    currency = "VND"
    expected = Yield(at_least=10, at_most=50_000)
    ways = WAYS
    rules = Rules(keeps_answers="pages")
    api = ShopeeApi
    start_pages = (f"{HOME}/api/v4/homepage/get_daily_discover?bundle=daily_discover_main&limit={PER_PAGE}&offset=0",)

    @classmethod
    def search_url(cls, query: str, page: int) -> str:
        """Return the search API's address for a page of a search."""
        return _search_url([("by", "relevancy"), ("keyword", query), ("order", "desc")], (page - 1) * PER_PAGE)

    @classmethod
    def detail_url(cls, listing: Listing) -> str | None:
        """Return the listing's own page."""
        return listing.url

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read an API answer, a saved collection of answers by key, or a product page."""
        if is_json(answer):
            value = as_mapping(answer.url, read_json(answer.url, answer.body))
            return read_offers(answer, value) if is_answer(value) else read_answers(answer, value)
        return read_product_page(answer, open_page(answer))

    def start_priority(self, url: str) -> int:
        """Fetch shop answers first, so that their names are known when the items come."""
        return 1 if "/shop/" in urlsplit(url).path else 0


def read_answers(answer: Answer, value: Mapping[str, object]) -> Reading:
    """Read one answer, or a file that maps many answers by key."""
    check_error(answer.url, value)
    if "items" in value:
        return _read_search(answer, Record(answer.url, "", value))
    if "error" in value or "data" in value:
        envelopes = [Record(answer.url, "", value)]
    else:
        envelopes = list(_collected(answer.url, value))
    entries = Entries(answer.url)
    is_empty = True
    for envelope in envelopes:
        check_error(answer.url, envelope.values)
        data = _data(envelope)
        if "shopid" in data.values and "itemid" not in data.values:
            entries.sellers.append(read_shop(data))
            continue
        items = list(_items(data))
        is_empty = is_empty and not items
        entries.read(items, partial(read_item, answer), expected=("price",))
    if is_empty and not entries.sellers:
        raise PageChanged(answer.url, "items", "is empty, but the answer does not say that there is nothing")
    return entries.reading()


def check_error(url: str, value: Mapping[str, object]) -> None:
    """Raise Blocked for the anti-bot answer, PageChanged for any other error; null and 0 are success."""
    if any(isinstance(number, int) and number == BLOCK_ERROR for number in value.values()):
        raise Blocked(url, f"error {BLOCK_ERROR}")
    error = value.get("error")
    if error is not None and (isinstance(error, bool) or not isinstance(error, int) or error != 0):
        raise PageChanged(url, "error", "is neither 0 nor null", error)


def _collected(url: str, value: Mapping[str, object]) -> Iterator[Record]:
    """Yield the answers of a saved collection; every value must look like an answer."""
    if not value or len(value) > MAX_ENTRIES:
        raise UnknownPage(url, f"is an object of {len(value)} fields without an answer of Shopee")
    for key, saved in value.items():
        if not isinstance(saved, dict) or not ENVELOPE & saved.keys():
            raise UnknownPage(url, "is neither an answer of Shopee nor a collection of them")
        yield Record(url, key[:60], saved)


def _data(envelope: Record) -> Record:
    """Return what the envelope holds; the newer item answer wraps it once more."""
    data = inner(envelope, "data")
    nested = data.values.get("item")
    return inner(data, "item") if isinstance(nested, dict) and "itemid" in nested else data


def _items(data: Record) -> Iterator[Record]:
    """Yield the item records of one answer: an item, a flash sale, or the sections of the daily discovery."""
    if "itemid" in data.values:
        yield data
    elif "items" in data.values:
        yield from inners(data, "items")
    elif "sections" in data.values:
        for section in inners(data, "sections"):
            content = maybe_inner(section, "data")
            if content is not None:
                yield from inners(content, "item")
    else:
        raise data.problem("items", "is missing")


def _read_search(answer: Answer, value: Record) -> Reading:
    """Read a search answer: its items, and the next page where there is one."""
    found = inners(value, "items")
    total = maybe(value, "total_count", whole)
    is_last = maybe(value, "nomore", flag)
    if not found:
        if total == 0 or is_last:
            return Reading()
        raise value.problem("items", "is empty, but the answer does not say that there is nothing")
    entries = Entries(answer.url)
    items = [maybe_inner(entry, "item_basic") or entry for entry in found]
    entries.read(items, partial(read_item, answer), expected=("price",))
    asked = parse_qsl(urlsplit(answer.url).query)
    offset = next((int(number) for name, number in asked if name == "newest" and number.isdecimal()), 0) + PER_PAGE
    if is_last or not any(name == "keyword" for name, _ in asked) or (total is not None and offset >= total):
        return entries.reading()
    return entries.reading(links=(_search_url(asked, offset),))


def _search_url(asked: list[tuple[str, str]], offset: int) -> str:
    own = {"limit": str(PER_PAGE), "newest": str(offset), "page_type": "search", "scenario": "PAGE_GLOBAL_SEARCH"}
    query = urlencode([pair for pair in asked if pair[0] not in {*own, "version"}] + [*own.items(), ("version", "2")])
    return urlunsplit(("https", "shopee.vn", "/api/v4/search/search_items", query, ""))
