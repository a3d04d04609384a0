"""Amazon Japan: Creators API for those who are eligible; saved search and item pages."""

from spiders.base import MarketSpider, Yield
from spiders.errors import UnknownPage
from spiders.formats.amazon_api import KEYS, AmazonApi, AmazonArguments, error_of, read_items
from spiders.formats.amazon_pages import HOME, MARKET, is_item_page, read_item_page, read_search_page
from spiders.json_api import as_mapping, is_json, read_json
from spiders.pages import open_page
from spiders.reading import Answer, Reading
from spiders.ways import Rules, Way

WAYS = (
    Way(
        name="api",
        format="Creators API, searchItems and getItems (keys from its SDK of 2025)",
        terms="Associates programme licence: caching and content rules apply, scraping is forbidden; access needs 10 "
        "qualified sales in 30 days, so a monitor is seldom eligible.",
        keys=KEYS,
        floor_seconds=1.0,
        limits="100 results a search, 10 a call; offers of the featured listing only, not every seller's",
    ),
    Way(
        name="import",
        format="search and item pages, saved by a person",
        recorded="search page 2026-04; item page from others' descriptions",
        terms="Saved by a person in the browser; the conditions of use were not read.",
    ),
)
RULES = Rules(source="Associates programme licence, not read", keeps_answers="pages")


class AmazonJPSpider(MarketSpider):
    """Amazon Japan. A listing is one item (ASIN); `sku` is the item whose variants share a page."""

    name = MARKET
    title = "Amazon"
    home = HOME
    hosts = ("amazon.co.jp", "creatorsapi.amazon")
    currency = "JPY"
    expected = Yield(at_least=1, at_most=100)
    ways = WAYS
    rules = RULES
    api = AmazonApi
    arguments_model = AmazonArguments

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read an answer of the API, or a saved page."""
        if is_json(answer):
            value = as_mapping(answer.url, read_json(answer.url, answer.body))
            if value.keys() & {"searchResult", "itemsResult", "errors"}:
                return read_items(answer, value)
            if value.keys() & {"reason", "type"}:
                raise error_of(answer, value)
            raise UnknownPage(answer.url, "is JSON, but no answer of the Creators API")
        page = open_page(answer)
        return read_item_page(answer, page) if is_item_page(page) else read_search_page(answer, page)
