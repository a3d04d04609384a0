"""Yahoo! Shopping Japan: itemSearch v3 with the operator's Client ID; saved answers of it."""

from spiders.base import MarketSpider, Yield
from spiders.errors import UnknownPage
from spiders.formats.yahoo_items import HOME, KEYS, MARKET, YahooApi, read_hits
from spiders.json_api import as_mapping, is_json, read_json
from spiders.reading import Answer, Reading
from spiders.ways import Rules, Way

WAYS = (
    Way(
        name="api",
        format="itemSearch v3 (documentation and others' data classes)",
        terms="Credit is shown with Yahoo's fixed text; the shop agreement says not to hold API information unless "
        "told to (summary of 2026): agree the holding with Yahoo before regular use.",
        keys=KEYS,
        floor_seconds=2.2,
        daily_calls=50_000,
        limits="30 calls a minute; start + results at most 1,000; member prices are not read",
    ),
    Way(name="import", format="answers of itemSearch v3, saved by a person", terms="As for api."),
)


class YahooJPSpider(MarketSpider):
    """Yahoo! Shopping Japan. A listing is one store's item (store_code)."""

    name = MARKET
    title = "Yahoo! Shopping"
    home = HOME
    hosts = ("shopping.yahoo.co.jp", "shopping.yahooapis.jp")
    currency = "JPY"
    expected = Yield(at_least=1, at_most=1_000)
    ways = WAYS
    rules = Rules(
        credit="Web Services by Yahoo! JAPAN", source="developer.yahoo.co.jp, as summarised by others in 2026"
    )
    api = YahooApi

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read a search answer."""
        if not is_json(answer):
            raise UnknownPage(answer.url, "is no answer of itemSearch")
        return read_hits(answer, as_mapping(answer.url, read_json(answer.url, answer.body)))
