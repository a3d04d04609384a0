"""Tiki Viet Nam: listing and product API, search and product pages with __NEXT_DATA__."""

from functools import partial
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from records.listing import Listing
from spiders.api import BrowseKind
from spiders.arguments import ArgumentError
from spiders.base import MarketSpider, Yield
from spiders.errors import PageChanged, UnknownPage
from spiders.formats.tiki_items import HOME, MARKET, read_item
from spiders.formats.tiki_products import read_product
from spiders.json_api import Entries, as_mapping, is_json, read_documents
from spiders.pages import next_data, open_page
from spiders.reading import Answer, Reading, Record, entries_of, inner, inners, maybe, maybe_inner, whole
from spiders.ways import Way

PER_PAGE = 40
WAYS = (
    Way(
        name="pages",
        format="listing and product JSON, search and product pages with __NEXT_DATA__",
        recorded="listing JSON 2024-07, product JSON 2021-01 and 2024-06, search and product page 2023-10",
        terms="Tiki's terms (help article 850, 10 Oct 2025, section 5) allow no distribution or commercial use of its "
        "material without written consent.",
        asks_consent=True,
        limits="50 pages of 40 a search; totals are capped at 2,000",
    ),
    Way(
        name="import",
        format="the same answers and pages, saved by a person",
        recorded="as for pages",
        terms="as for pages",
    ),
)


class TikiVNSpider(MarketSpider):
    """Tiki, tiki.vn. A listing is one seller's offer (spid); `sku` is the product that several sellers may share."""

    name = MARKET
    title = "Tiki"
    home = HOME
    hosts = ("tiki.vn",)
    currency = "VND"
    expected = Yield(at_least=10, at_most=50_000)
    ways = WAYS

    @classmethod
    def search_url(cls, query: str, page: int) -> str:
        """Return the listing JSON's address for a page of a search."""
        return _page_url([("q", query)], page)

    @classmethod
    def browse_url(cls, kind: BrowseKind, value: str, page: int) -> str:
        """Return the listing JSON's address for a page of a category or of a seller's goods; both are numbers."""
        if not value.isdecimal():
            raise ArgumentError(f"{cls.name}: {kind}: is not a number of Tiki: {value[:80]!r}")
        return _page_url([(kind, value)], page)

    @classmethod
    def detail_url(cls, listing: Listing) -> str | None:
        """Return the product JSON's address of a listing's offer."""
        return None if listing.sku is None else f"{HOME}/api/v2/products/{listing.sku}?spid={listing.listing_id}"

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read a listing answer (with or without its envelope), product answers, or a page that carries either."""
        if is_json(answer):
            documents = read_documents(answer.url, answer.body)
            first = documents[0]
            if len(documents) == 1 and isinstance(first, list):
                return read_entries(answer, entries_of(Record(answer.url, "", {}), "entries", first))
            if len(documents) == 1 and "current_seller" not in as_mapping(answer.url, first):
                return read_catalog(answer, Record(answer.url, "", as_mapping(answer.url, first)))
            return read_entries(answer, documents)
        state = next_data(answer, open_page(answer))
        if state is None:
            raise UnknownPage(answer.url, "has no __NEXT_DATA__")
        initial = inner(inner(state, "props"), "initialState")
        product = initial
        for name in ("productv2", "productData", "response", "data"):
            found = maybe_inner(product, name)
            if found is None or not found.values:
                return read_catalog(answer, inner(initial, "catalog"))
            product = found
        return read_entries(answer, [dict(product.values)])


def read_entries(answer: Answer, values: list[object]) -> Reading:
    """Read a bare list of listing items, product answers or both."""
    if not values:
        raise PageChanged(answer.url, "entries", "is empty, and no envelope says that there is nothing")
    entries = Entries(answer.url)
    for index, value in enumerate(values):
        path = f"[{index}]" if len(values) > 1 else ""
        record = Record(answer.url, path, as_mapping(answer.url, value))
        reader = read_product if "current_seller" in record.values else read_item
        entries.read([record], partial(reader, answer), expected=("price",))
    return entries.reading()


def read_catalog(answer: Answer, catalog: Record) -> Reading:
    """Read a listing answer's envelope: its items and the next page of the same search."""
    if "data" not in catalog.values:
        raise catalog.problem("data", "is missing")
    items = inners(catalog, "data")
    paging = maybe_inner(catalog, "paging") or Record(answer.url, "paging", {})
    total = maybe(paging, "total", whole)
    current = maybe(paging, "current_page", whole)
    last = maybe(paging, "last_page", whole)
    is_past_end = current is not None and last is not None and current > last
    if not items:
        if total == 0 or is_past_end:
            return Reading()
        raise catalog.problem("data", "is empty, but the answer does not say that there is nothing")
    entries = Entries(answer.url)
    entries.read(items, partial(read_item, answer), expected=("price",))
    if current is None or last is None or current >= last:
        return entries.reading()
    asked = [(name, value) for name, value in parse_qsl(urlsplit(answer.url).query) if name not in _OWN_PARAMETERS]
    return entries.reading(links=(_page_url(asked, current + 1),))


_OWN_PARAMETERS = frozenset({"limit", "page"})


def _page_url(asked: list[tuple[str, str]], page: int) -> str:
    """Return the listing API's address for a page of what was asked for (words, category, filters)."""
    query = urlencode([("limit", str(PER_PAGE)), ("page", str(page)), *asked], quote_via=quote)
    return urlunsplit(("https", "tiki.vn", "/api/v2/products", query, ""))
