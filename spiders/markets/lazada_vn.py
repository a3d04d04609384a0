"""Lazada Viet Nam: affiliate feed with the operator's keys; catalogue answers and pages behind the register."""

from urllib.parse import quote, urlencode

from spiders.base import MarketSpider, Yield
from spiders.formats.lazada_api import KEYS, LazadaApi, read_feed
from spiders.formats.lazada_lists import LazadaSite, read_catalog, read_list_page
from spiders.json_api import as_mapping, is_json, read_json
from spiders.pages import open_page, page_text
from spiders.printed_prices import PriceStyle
from spiders.reading import Answer, Reading
from spiders.ways import Rules, Way

SITE = LazadaSite(
    market="lazada_vn",
    home="https://www.lazada.vn",
    currency="VND",
    # 152.933 ₫ on the page, ₫167,000 in the English one: a đồng has no fraction, so both marks group thousands.
    style=PriceStyle(decimal_mark=",", signs={"₫": "VND", "đ": "VND", "VND": "VND"}, no_fraction=True),
)
WAYS = (
    Way(
        name="api",
        format="affiliate Open API, product feed (others' clients)",
        terms="Affiliate agreement of an approved account (not read).",
        keys=KEYS,
        floor_seconds=1.0,
        limits="no search by words: categories and known products only; goods with a commission only",
    ),
    Way(
        name="pages",
        format="catalogue JSON (mods.listItems), window.pageData, printed grid",
        terms="Its terms were not read, and its robots.txt is not known: closed until somebody has read and decided.",
        asks_consent=True,
        limits="40 items a page; a search without results counts only after another one has found something",
    ),
    Way(
        name="import",
        format="the same answers and pages, saved by a person",
        terms="Saved by a person in the browser. The printed grid is verified on Lazada Philippines (lazada_ph).",
    ),
)


class LazadaVNSpider(MarketSpider):
    """Lazada Viet Nam. A listing is one offer (skuId, else itemId); `sku` is the item that offers share."""

    name = SITE.market
    title = "Lazada"
    home = SITE.home
    hosts = ("lazada.vn",)
    currency = SITE.currency
    expected = Yield(at_least=1, at_most=50_000)
    ways = WAYS
    rules = Rules(keeps_answers="pages")
    api = LazadaApi
    # Lazada shows an empty list to readers that it refuses, too.
    control_query = "áo"

    @classmethod
    def search_url(cls, query: str, page: int) -> str:
        """Return the catalogue's address for a page of a search."""
        asked = [("ajax", "true"), ("q", query), ("page", str(page))]
        return f"{cls.home}/catalog/?{urlencode(asked, quote_via=quote)}"

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read a catalogue or feed answer, or a saved page."""
        if is_json(answer):
            value = as_mapping(answer.url, read_json(answer.url, answer.body))
            if "code" in value and "mods" not in value:
                return read_feed(answer, SITE, value)
            return read_catalog(answer, SITE, value)
        page = open_page(answer)
        return read_list_page(answer, SITE, page, page_text(answer))
