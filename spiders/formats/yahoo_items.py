"""Yahoo! Shopping Japan's itemSearch v3: answers, errors and signing. From documentation; no recorded answer."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from records.listing import Listing, Offer, Seller
from records.money import Money
from spiders.api import Api, BrowseKind, Call, Token
from spiders.arguments import CrawlArguments
from spiders.credentials import Key, Keys
from spiders.drafts import make_listing
from spiders.errors import AuthRefused, BadRequest, ServerFailed, Throttled, UnknownPage
from spiders.json_api import Entries, as_mapping, is_json, read_json
from spiders.reading import (
    Answer,
    Reading,
    Record,
    finish,
    flag,
    identifier,
    inners,
    maybe,
    maybe_inner,
    money,
    number,
    one,
    text,
    whole,
)

MARKET = "yahoo_jp"
HOME = "https://shopping.yahoo.co.jp"
API_HOST = "https://shopping.yahooapis.jp"
PATH = "/ShoppingWebService/V3/itemSearch"
CURRENCY = "JPY"
PER_PAGE = 50
# start + results may not pass this.
REACHED = 1_000
KEYS = (Key(name="client", variable="MARKWATCH_YAHOO_CLIENT_ID", meaning="Client ID of the Yahoo! developer network"),)
REST_SECONDS = 60.0
IGNORED = frozenset(
    {
        "affiliateRate", "code", "delivery", "genreCategory", "headLine", "image", "imageId", "index", "parentBrands",
        "payment", "point", "premiumPrice", "premiumPriceStatus", "releaseDate", "shipping", "taxExcludePremiumPrice",
        "taxExcludePrice",
    }
)  # fmt: skip


class YahooApi(Api):
    """itemSearch v3: by words, genre or store."""

    host = API_HOST

    @classmethod
    def search_url(cls, query: str, page: int, arguments: CrawlArguments) -> str:  # noqa: ARG003 - the hook's arguments
        """Return the address of a page of a search."""
        return _url([("query", query)], page)

    @classmethod
    def browse_url(cls, kind: BrowseKind, value: str, page: int, arguments: CrawlArguments) -> str:  # noqa: ARG003 - as above
        """Return the address of a page of a genre or of a store's items."""
        return _url([("genre_category_id" if kind == "category" else "seller_id", value)], page)

    @classmethod
    def check(cls, answer: Answer) -> Reading | None:
        """Raise what an error means; Yahoo's gateway answers XML also where JSON was asked for."""
        said = f"HTTP {answer.status}"
        if is_json(answer):
            value = as_mapping(answer.url, read_json(answer.url, answer.body))
            said = str(value.get("message") or value.get("error") or value.get("Message") or said)
        elif b"<Message>" in answer.body:
            said = answer.body.partition(b"<Message>")[2].partition(b"</Message>")[0].decode("utf-8", "replace")
        if answer.status == 429:
            raise Throttled(answer.url, said, REST_SECONDS)
        if answer.status in {401, 403} or (answer.status == 200 and b"<Error>" in answer.body[:500]):
            raise AuthRefused(answer.url, said)
        if answer.status >= 500:
            raise ServerFailed(answer.url, said)
        if answer.status == 400:
            raise BadRequest(answer.url, said)
        return None

    @classmethod
    def call(cls, url: str, keys: Keys, token: Token | None, at: datetime) -> Call:  # noqa: ARG003 - as above
        """Return the call with the client's id; the API takes it in the query only."""
        return Call(url=f"{url}&{urlencode({'appid': keys.get('client', '')})}", headers={"Accept": "application/json"})


def read_hits(answer: Answer, value: Mapping[str, object]) -> Reading:
    """Read a search answer; hits that are missing are an error, also with status 200."""
    top = Record(answer.url, "", value)
    if "hits" not in value:
        said = value.get("message") or value.get("error") or value.get("Error")
        if said is not None:
            raise BadRequest(answer.url, str(said))
        raise UnknownPage(answer.url, "is JSON without hits")
    total = one(top, "totalResultsAvailable", whole)
    first = maybe(top, "firstResultsPosition", whole) or maybe(top, "firstResultPosition", whole) or 1
    returned = one(top, "totalResultsReturned", whole)
    hits = inners(top, "hits", at_least=1 if returned else 0)
    if total and not hits and first <= total:
        raise top.problem("hits", "is empty, but the answer does not say that there is nothing")
    entries = Entries(answer.url)
    entries.read(hits, partial(_read_hit, answer), expected=("price",))
    following = first + returned
    asked = parse_qsl(urlsplit(answer.url).query)
    is_last = not hits or following > total or following + PER_PAGE > REACHED
    if is_last or not any(name == "start" for name, _ in asked):
        return entries.reading()
    kept = [pair for pair in asked if pair[0] not in {"start", "appid"}]
    return entries.reading(links=(f"{API_HOST}{PATH}?{_query([*kept, ('start', str(following))])}",))


def _read_hit(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    seller = maybe_inner(record, "seller")
    store = None if seller is None else maybe(seller, "sellerId", identifier)
    code = one(record, "code", identifier)
    brand = maybe_inner(record, "brand")
    categories = [*inners(record, "parentGenreCategories"), maybe_inner(record, "genreCategory")]
    image = maybe_inner(record, "exImage") or maybe_inner(record, "image")
    review = maybe_inner(record, "review")
    is_available = maybe(record, "inStock", flag)
    price = money(record, "price", CURRENCY)
    headline, description = maybe(record, "headLine", text), maybe(record, "description", text)
    listing = make_listing(
        answer,
        market=MARKET,
        # The code already begins with the store's account; the two name an offer for good.
        listing_id=code if store is None or code.startswith(f"{store}_") else f"{store}_{code}",
        title=one(record, "name", text),
        url=maybe(record, "url", text),
        currency=CURRENCY,
        offer=Offer(
            price=price,
            original_price=_listed(record, price),
            price_raw=None if price is None else price.raw,
            availability=None if is_available is None else "in_stock" if is_available else "out_of_stock",
        ),
        seller=Seller(seller_id=store, name=None if seller is None else maybe(seller, "name", text)),
        condition=maybe(record, "condition", text),
        brand=None if brand is None else maybe(brand, "name", text),
        gtin=maybe(record, "janCode", text),
        category=[name for part in categories if part is not None and (name := maybe(part, "name", text)) is not None],
        description="\n".join(part for part in (headline, description) if part is not None) or None,
        images=[]
        if image is None
        else [address for name in ("url", "medium") if (address := maybe(image, name, text))],
        rating=None if review is None else maybe(review, "rate", number),
        review_count=None if review is None else maybe(review, "count", whole),
    )
    entries.unknown.update(finish(record, ignore=IGNORED))
    return [listing]


def _listed(record: Record, price: Money | None) -> Money | None:
    """Return the list price where it is above the price; sellers enter it themselves."""
    label = maybe_inner(record, "priceLabel")
    listed = None if label is None else money(label, "fixedPrice", CURRENCY) or money(label, "defaultPrice", CURRENCY)
    return listed if listed is not None and price is not None and listed.amount > price.amount else None


def _url(asked: list[tuple[str, str]], page: int) -> str:
    paging = [("results", str(PER_PAGE)), ("image_size", "300"), ("start", str((page - 1) * PER_PAGE + 1))]
    return f"{API_HOST}{PATH}?{_query([*asked, *paging])}"


def _query(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, quote_via=quote)
