"""Rakuten Ichiba: Item Search API with the operator's keys; saved answers of it."""

from datetime import timedelta

from spiders.base import MarketSpider, Yield
from spiders.errors import UnknownPage
from spiders.formats.rakuten_items import HOME, KEYS, MARKET, RakutenApi, RakutenArguments, read_items
from spiders.json_api import as_mapping, is_json, read_json
from spiders.reading import Answer, Reading
from spiders.ways import Rules, Way

WAYS = (
    Way(
        name="api",
        format="Item Search API 2026-07-01 (documentation and readers' notes); versions 2017-07-06 and 2022-06-01 are "
        "recorded and read by the same code",
        terms="Rakuten Web Service rules (as summarised 2026): price and availability are kept 24 h, other data 3 "
        "months; credit shown; no income outside Rakuten Affiliate without permission.",
        keys=KEYS,
        floor_seconds=1.2,
        limits="3,000 items a search, 30 a call, 1 call a second; no brand, no JAN, no list price; auctions and "
        "private sellers are left out. Register the application as API/backend service.",
    ),
    Way(
        name="import",
        format="answers of the Item Search and Ranking APIs, formats 1 and 2, saved by a person",
        recorded="item search and ranking answers of 2017 to 2022",
        terms="As for api.",
    ),
)
RULES = Rules(
    price_for=timedelta(hours=24),
    listing_for=timedelta(days=90),
    credit="Supported by Rakuten Developers. Price and availability as of the time shown; they may have changed.",
    source="Rakuten Web Service FAQ and guide/rule, as summarised by others in 2026",
)


class RakutenJPSpider(MarketSpider):
    """Rakuten Ichiba. A listing is one shop's item by its itemCode (shop:number)."""

    name = MARKET
    title = "Rakuten Ichiba"
    home = HOME
    hosts = ("rakuten.co.jp",)
    currency = "JPY"
    expected = Yield(at_least=1, at_most=3_000)
    ways = WAYS
    rules = RULES
    api = RakutenApi
    arguments_model = RakutenArguments

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read an item search or ranking answer."""
        if not is_json(answer):
            raise UnknownPage(answer.url, "is no answer of the Item Search API")
        return read_items(answer, as_mapping(answer.url, read_json(answer.url, answer.body)))
