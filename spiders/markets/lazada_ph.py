"""Lazada Philippines: saved search pages and catalogue answers."""

from spiders.base import MarketSpider, Yield
from spiders.formats.lazada_lists import LazadaSite, read_catalog, read_list_page
from spiders.json_api import as_mapping, is_json, read_json
from spiders.pages import open_page, page_text
from spiders.printed_prices import PriceStyle
from spiders.reading import Answer, Reading
from spiders.ways import Way

SITE = LazadaSite(
    market="lazada_ph",
    home="https://www.lazada.com.ph",
    currency="PHP",
    style=PriceStyle(decimal_mark=".", signs={"₱": "PHP"}),
)
WAYS = (
    Way(
        name="import",
        format="search pages (printed grid, window.pageData) and catalogue JSON, saved by a person",
        recorded="search page 2024-02 (printed grid)",
        terms="Its terms were not read: files saved by a person only.",
    ),
)


class LazadaPHSpider(MarketSpider):
    """Lazada Philippines. A listing is one offer (skuId, else itemId); `sku` is the item that offers share."""

    name = SITE.market
    title = "Lazada Philippines"
    home = SITE.home
    hosts = ("lazada.com.ph",)
    currency = SITE.currency
    expected = Yield(at_least=1)
    ways = WAYS

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read a catalogue answer or a saved page."""
        if is_json(answer):
            return read_catalog(answer, SITE, as_mapping(answer.url, read_json(answer.url, answer.body)))
        page = open_page(answer)
        return read_list_page(answer, SITE, page, page_text(answer))
