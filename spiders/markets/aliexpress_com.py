"""AliExpress: affiliate API with the operator's keys; saved item and search pages."""

from spiders.base import MarketSpider, Yield
from spiders.formats.aliexpress_api import KEYS, AliexpressApi, AliexpressArguments, read_products
from spiders.formats.aliexpress_pages import HOME, MARKET, read_page_of_scripts
from spiders.json_api import as_mapping, is_json, read_json
from spiders.pages import open_page, page_text
from spiders.reading import Answer, Reading
from spiders.ways import Rules, Way

WAYS = (
    Way(
        name="api",
        format="aliexpress.affiliate.product.query and productdetail.get (others' clients and tests)",
        terms="Affiliate agreement of an approved app (not read). Pages are closed: robots.txt of Aug 2023 forbids "
        "/search/ and /wholesale.",
        keys=KEYS,
        floor_seconds=1.0,
        daily_calls=5_000,
        limits="only goods with a commission are returned: what is not found proves nothing; no brand, no stock",
    ),
    Way(
        name="import",
        format="item pages with window.runParams (to about 2022), search pages with itemList (2025)",
        recorded="one item page of about 2020; search cards from others' descriptions",
        terms="Saved by a person in the browser.",
    ),
)


class AliexpressComSpider(MarketSpider):
    """AliExpress. A listing is one item (product id) in the currency that was asked for."""

    name = MARKET
    title = "AliExpress"
    home = HOME
    hosts = ("aliexpress.com",)
    expected = Yield(at_least=1, at_most=10_000)
    ways = WAYS
    rules = Rules(keeps_answers="pages")
    api = AliexpressApi
    arguments_model = AliexpressArguments

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read an answer of the API, or a saved page."""
        if is_json(answer):
            return read_products(answer, as_mapping(answer.url, read_json(answer.url, answer.body)))
        open_page(answer)
        return read_page_of_scripts(answer, page_text(answer))
