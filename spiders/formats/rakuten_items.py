"""Rakuten Ichiba's item search: answers of 2017 to 2022 (recorded) and of 2026 (documented), errors and signing."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import cast
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from pydantic import Field

from records.listing import Availability, Listing, Offer, Seller
from spiders.api import Api, BrowseKind, Call, Token
from spiders.arguments import ArgumentError, CrawlArguments
from spiders.credentials import Key, Keys
from spiders.drafts import make_listing
from spiders.errors import AuthRefused, BadRequest, ReadingError, ServerFailed, Throttled
from spiders.json_api import Entries, as_mapping, is_json, read_json
from spiders.reading import (
    Answer,
    Reading,
    Record,
    finish,
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

MARKET = "rakuten_jp"
HOME = "https://www.rakuten.co.jp"
API_HOST = "https://openapi.rakuten.co.jp"
PATH = "/ichibams/api/IchibaItem/Search/"
CURRENCY = "JPY"
PER_PAGE = 30
LAST_PAGE = 100
# Bytes of UTF-8 that a keyword may have.
LONGEST_KEYWORD = 128
KEYS = (
    Key(name="application", variable="MARKWATCH_RAKUTEN_APPLICATION_ID", meaning="applicationId, a UUID since 2026"),
    Key(name="access", variable="MARKWATCH_RAKUTEN_ACCESS_KEY", meaning="accessKey, begins with pk_"),
)
AVAILABILITY: dict[int, Availability] = {0: "out_of_stock", 1: "in_stock"}
NET_PRICE = 1
_SIZE = re.compile(r"[?&]_ex=\d+x\d+")
# Error name of an answer -> what it means; another one is a bad request.
ERRORS: dict[str, type[ReadingError]] = {
    "too_many_requests": Throttled,
    "system_error": ServerFailed,
    "service_unavailable": ServerFailed,
}
AUTH_WORDS = (
    "applicationid",
    "accesskey",
    "http_referrer",
    "access key",
    "client_ip",
    "not allowed ip",
    "unauthorized",
)
# What a host rests after it was asked too often: readers of the service keep up to eight seconds.
REST_SECONDS = 10.0

IGNORED = frozenset(
    {
        "affiliateRate", "affiliateUrl", "asurakuArea", "asurakuClosingTime", "asurakuFlag", "attributeIds", "carrier",
        "creditCardFlag", "endTime", "genreId", "giftFlag", "imageFlag", "itemPriceBaseField", "itemPriceMin1",
        "itemPriceMin2", "itemPriceMin3", "itemPriceMax1", "itemPriceMax2", "pointRate", "pointRateEndTime",
        "pointRateStartTime", "postageFlag", "rank", "shipOverseasArea", "shipOverseasFlag", "shopAffiliateUrl",
        "shopOfTheYearFlag", "shopUrl", "smallImageUrls", "startTime", "tagIds",
    }
)  # fmt: skip


class RakutenArguments(CrawlArguments):
    """What a search of Rakuten can be told."""

    version: str = Field(
        default="20260701", pattern=r"^20\d{6}$", description="Version of the Item Search API, as its address names it"
    )
    max_pages: int = Field(default=5, ge=1, le=LAST_PAGE, description="Pages of 30 items fetched per query and shop")


class RakutenApi(Api):
    """Item Search API: by words, genre or shop."""

    host = API_HOST

    @classmethod
    def search_url(cls, query: str, page: int, arguments: CrawlArguments) -> str:
        """Return the address of a page of a search."""
        return _url([("keyword", keyword_of(query))], page, cast("RakutenArguments", arguments).version)

    @classmethod
    def browse_url(cls, kind: BrowseKind, value: str, page: int, arguments: CrawlArguments) -> str:
        """Return the address of a page of a genre or of a shop's items."""
        asked = [("genreId", value)] if kind == "category" else [("shopCode", value), ("genreId", "0")]
        return _url(asked, page, cast("RakutenArguments", arguments).version)

    @classmethod
    def check(cls, answer: Answer) -> Reading | None:
        """Raise what Rakuten's error body means; not_found means that there is nothing."""
        if answer.status >= 400 and is_json(answer):
            return check_errors(answer, as_mapping(answer.url, read_json(answer.url, answer.body)))
        return super().check(answer)

    @classmethod
    def call(cls, url: str, keys: Keys, token: Token | None, at: datetime) -> Call:  # noqa: ARG003 - the hook's arguments
        """Return the call with the application's id in the query and the key, which is secret, in the header."""
        return Call(
            url=f"{url}&{urlencode({'applicationId': keys.get('application', '')})}",
            headers={"accessKey": keys.get("access", ""), "Accept": "application/json"},
        )


def keyword_of(query: str) -> str:
    """Return a query as Rakuten takes it: one word of a single character would make it refuse all of them.

    Such words are left out; words of nothing else are joined. What is longer than 128 bytes loses its last words.
    """
    words = query.split()
    kept = [word for word in words if len(word) > 1] or ["".join(words)]
    while len(kept) > 1 and len(" ".join(kept).encode()) > LONGEST_KEYWORD:
        kept.pop()
    keyword = " ".join(kept)
    if len(keyword) < 2 or len(keyword.encode()) > LONGEST_KEYWORD:
        raise ArgumentError(f"{MARKET}: query: takes 2 characters to {LONGEST_KEYWORD} bytes: {query[:80]!r}")
    return keyword


def check_errors(answer: Answer, value: Mapping[str, object]) -> Reading | None:
    """Raise the error of an answer in either form, that of the gateway of 2026 or the older one."""
    top = Record(answer.url, "", value)
    gateway = maybe_inner(top, "errors")
    if gateway is not None:
        name, said = str(gateway.values.get("errorCode", "")), maybe(gateway, "errorMessage", text) or "no words"
    elif "error" in value:
        name, said = one(top, "error", text), maybe(top, "error_description", text) or "no words"
    else:
        return None
    if name == "not_found":
        return Reading()
    is_auth = name in {"401", "403"} or answer.status in {401, 403} or any(word in said.lower() for word in AUTH_WORDS)
    if is_auth:
        raise AuthRefused(answer.url, f"{name}: {said}")
    if name == "too_many_requests" or "429" in {name, str(answer.status)}:
        raise Throttled(answer.url, f"{name}: {said}", REST_SECONDS)
    kind = ERRORS.get(name, ServerFailed if name.startswith("5") else BadRequest)
    raise kind(answer.url, f"{name}: {said}")


def read_items(answer: Answer, value: Mapping[str, object]) -> Reading:
    """Read a search or ranking answer; the list is called Items, and its entries are wrapped once in format 1."""
    nothing = check_errors(answer, value)
    if nothing is not None:
        return nothing
    top = Record(answer.url, "", value)
    count = maybe(top, "count", whole)
    name = "items" if "items" in value else "Items"
    if name not in value:
        if count == 0:
            return Reading()
        raise top.problem("Items", "is missing, but the answer does not say that there is nothing")
    found = inners(top, name)
    if not found and count != 0:
        raise top.problem(name, "is empty, but the answer does not say that there is nothing")
    entries = Entries(answer.url)
    items = [maybe_inner(entry, "Item") or entry for entry in found]
    entries.read(items, partial(_read_item, answer), expected=("itemPrice",))
    page, last = maybe(top, "page", whole), maybe(top, "pageCount", whole)
    if page is None or last is None or page >= min(last, LAST_PAGE) or urlsplit(answer.url).path.find(PATH) < 0:
        return entries.reading()
    asked = [pair for pair in parse_qsl(urlsplit(answer.url).query) if pair[0] not in {"page", "applicationId"}]
    following = f"{API_HOST}{urlsplit(answer.url).path}?{_query([*asked, ('page', str(page + 1))])}"
    return entries.reading(links=(following,))


def _read_item(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    shop = maybe(record, "shopCode", identifier)
    caption = [maybe(record, "catchcopy", text), maybe(record, "itemCaption", text)]
    # Format 1 wraps each address in an object, format 2 gives it bare.
    images = [part.get("imageUrl") if isinstance(part, dict) else part for part in _list(record, "mediumImageUrls")]
    price = money(record, "itemPrice", CURRENCY)
    top = money(record, "itemPriceMax3", CURRENCY)
    is_net = maybe(record, "taxFlag", whole) == NET_PRICE
    available = maybe(record, "availability", whole)
    rating = maybe(record, "reviewAverage", number)
    listing = make_listing(
        answer,
        market=MARKET,
        listing_id=one(record, "itemCode", identifier),
        title=one(record, "itemName", text),
        url=maybe(record, "itemUrl", text),
        currency=CURRENCY,
        offer=Offer(
            price=price,
            price_max=top if price is not None and top is not None and top.amount > price.amount else None,
            price_raw=None if price is None else f"{price.raw} (税抜)" if is_net else price.raw,
            availability=None if available is None else AVAILABILITY.get(available),
        ),
        seller=Seller(seller_id=shop, name=maybe(record, "shopName", text)),
        description="\n".join(part for part in caption if part is not None) or None,
        images=[_SIZE.sub("", image) for image in images if isinstance(image, str)],
        rating=rating,
        review_count=maybe(record, "reviewCount", whole),
    )
    entries.unknown.update(finish(record, ignore=IGNORED))
    return [listing]


def _list(record: Record, name: str) -> list[object]:
    record.asked.add(name)
    value = record.values.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise record.problem(name, "is not a list", value)
    return value


def _url(asked: list[tuple[str, str]], page: int, version: str) -> str:
    fixed = [("format", "json"), ("formatVersion", "2"), ("hits", str(PER_PAGE)), ("availability", "0")]
    return f"{API_HOST}{PATH}{version}?{_query([*fixed, *asked, ('page', str(page))])}"


def _query(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, quote_via=quote)
