"""eBay: Browse API with the operator's keys; saved search and item pages."""

from datetime import timedelta

from selectolax.lexbor import LexborHTMLParser

from spiders.base import MarketSpider, Yield
from spiders.errors import UnknownPage
from spiders.formats.ebay_api import KEYS, EbayApi, EbayArguments
from spiders.formats.ebay_items import read_item, read_search
from spiders.formats.ebay_pages import HOME, MARKET, read_item_page, read_search_page
from spiders.json_api import as_mapping, is_json, read_json
from spiders.pages import open_page
from spiders.reading import Answer, Reading
from spiders.ways import Rules, Way

WAYS = (
    Way(
        name="api",
        format="Browse API v1, search and item (published OpenAPI 1.10.0)",
        terms="eBay API licence (as quoted Aug 2026): no user ids kept, listing data shown at most 6 h old or with its "
        "age, no price modelling, no machine learning. Pages are closed: robots.txt of July 2026 forbids /sch/.",
        keys=KEYS,
        floor_seconds=1.0,
        daily_calls=4_000,
        limits="10,000 results a search, 200 a call; 5,000 calls and 1,000 tokens a day; new listings come after 10-15 "
        "minutes; search rows carry no GTIN; not every live listing is returned",
    ),
    Way(
        name="import",
        format="search pages saved by a person: cards since 2025 (s-card) and before (s-item); item pages by JSON-LD",
        recorded="search page 2026-02 (s-card); s-item and item pages from others' descriptions",
        terms="Saved by a person in the browser; sellers are not read.",
    ),
)
RULES = Rules(
    details_for=timedelta(hours=6),
    listing_for=timedelta(days=90),
    keeps_sellers=False,
    keeps_answers="pages",
    credit="Listing data from eBay, as seen at the time shown.",
    source="eBay API licence agreement, as quoted by others in Aug 2026",
)


class EbayComSpider(MarketSpider):
    """eBay. A listing is one item by its legacy id; variations of it are one listing."""

    name = MARKET
    title = "eBay"
    home = HOME
    hosts = ("ebay.com",)
    expected = Yield(at_least=1, at_most=10_000)
    ways = WAYS
    rules = RULES
    api = EbayApi
    arguments_model = EbayArguments

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read a search or item answer of the API, or a saved page."""
        if is_json(answer):
            value = as_mapping(answer.url, read_json(answer.url, answer.body))
            if "itemId" in value:
                return read_item(answer, value)
            if value.keys() & {"itemSummaries", "total", "errors", "error", "warnings"}:
                return read_search(answer, value)
            raise UnknownPage(answer.url, "is JSON, but no answer of eBay's Browse API")
        page = open_page(answer)
        if page.css_first("li.s-card, li.s-item") is None and "/itm/" in _address(page, answer.url):
            return read_item_page(answer, page)
        return read_search_page(answer, page)


def _address(page: LexborHTMLParser, otherwise: str) -> str:
    node = page.css_first("link[rel=canonical]")
    return str((node.attributes.get("href") if node is not None else None) or otherwise)
