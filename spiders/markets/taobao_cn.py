"""Taobao and Tmall: saved item pages, and search pages of about 2018."""

from spiders.base import MarketSpider, Yield
from spiders.errors import UnknownPage
from spiders.formats.taobao_pages import CHARSET, HOME, MARKET, read_saved_page
from spiders.json_api import is_json
from spiders.pages import open_page, page_text
from spiders.reading import Answer, Reading
from spiders.ways import Way

WAYS = (
    Way(
        name="import",
        format="item pages of Taobao and Tmall, search pages with g_page_config",
        recorded="one item page each of Taobao and Tmall, 2020-07; the search page of 2018 from others' descriptions",
        terms="robots.txt of Aug 2026 closes item addresses, and a log-in wall stands before them: files saved by a "
        "person only. The partner platform needs a contract.",
    ),
)


class TaobaoCNSpider(MarketSpider):
    """Taobao and Tmall. A listing is one item."""

    name = MARKET
    title = "Taobao"
    home = HOME
    hosts = ("taobao.com", "tmall.com")
    currency = "CNY"
    expected = Yield(at_least=1)
    ways = WAYS

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read a saved item or search page."""
        if is_json(answer):
            raise UnknownPage(answer.url, "is JSON; saved pages of Taobao are HTML")
        page = open_page(answer, CHARSET)
        return read_saved_page(answer, page, page_text(answer, CHARSET))
