"""Lazada's affiliate API: product feed by category or product ids, errors, signing. From others' code; not recorded."""

import re
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
from spiders.errors import AuthRefused, BadRequest, ReadingError, ServerFailed, Throttled
from spiders.formats.alibaba_call import signature
from spiders.formats.lazada_lists import LazadaSite, item_url
from spiders.json_api import Entries
from spiders.reading import (
    Answer,
    Reading,
    Record,
    finish,
    flag,
    identifier,
    inner,
    inners,
    many,
    maybe,
    number,
    one,
    priced,
    text,
    whole,
)

API_HOST = "https://api.lazada.vn"
# The signature covers the path below /rest.
REST = "/rest"
FEED = "/marketing/product/feed"
PER_PAGE = 50
KEYS = (
    Key(name="key", variable="MARKWATCH_LAZADA_APP_KEY", meaning="app key of the affiliate portal's Open API"),
    Key(name="secret", variable="MARKWATCH_LAZADA_APP_SECRET", meaning="its secret"),
    Key(name="user", variable="MARKWATCH_LAZADA_USER_TOKEN", meaning="userToken of the affiliate account"),
)
# `code` of an answer -> what it means; others follow `type`.
ERRORS: dict[str, type[ReadingError]] = {
    "IllegalAccessToken": AuthRefused,
    "IllegalUserToken": AuthRefused,
    "IncompleteSignature": AuthRefused,
    "InvalidAppKey": AuthRefused,
    "MissingAppKey": AuthRefused,
    "ApiCallLimit": Throttled,
    "AppCallLimit": Throttled,
    "ServiceTimeout": ServerFailed,
    "ServiceUnavailable": ServerFailed,
}
REST_SECONDS = 60.0
_ITEM = re.compile(r"-i(\d+)(?:-s\d+)?\.html")
IGNORED = frozenset(
    {"categoryL1", "categoryL2", "categoryL3", "commissionAmount", "sales7d", "totalCommissionAmount",
     "totalCommissionRate"}
)  # fmt: skip


class LazadaApi(Api):
    """Product feed; there is no search by words."""

    host = API_HOST

    @classmethod
    def browse_url(cls, kind: BrowseKind, value: str, page: int, arguments: CrawlArguments) -> str:
        """Return the public address of a page of a category; the API lists no seller's goods."""
        if kind == "seller":
            return super().browse_url(kind, value, page, arguments)
        return _address([("categoryL1", value), ("limit", str(PER_PAGE)), ("page", str(page))])

    @classmethod
    def known_url(cls, url: str) -> str:
        """Return the call for a product's page."""
        found = _ITEM.search(urlsplit(url).path)
        return super().known_url(url) if found is None else _address([("productIds", f"[{found.group(1)}]")])

    @classmethod
    def call(cls, url: str, keys: Keys, token: Token | None, at: datetime) -> Call:  # noqa: ARG003 - the hook's arguments
        """Return the signed call; the API takes keys and signature in the query."""
        parts = urlsplit(url)
        parameters = {
            **dict(parse_qsl(parts.query)),
            "offerType": "1",
            "app_key": keys.get("key", ""),
            "userToken": keys.get("user", ""),
            "timestamp": str(int(at.timestamp() * 1_000)),
            "sign_method": "sha256",
        }
        parameters["sign"] = signature(keys.get("secret", ""), parameters, parts.path.removeprefix(REST))
        return Call(url=parts._replace(query=urlencode(parameters)).geturl(), headers={"Accept": "application/json"})


def read_feed(answer: Answer, site: LazadaSite, value: Mapping[str, object]) -> Reading:
    """Read a feed answer; success is code "0", an end is fewer goods than asked for."""
    top = Record(answer.url, "", value)
    code = one(top, "code", text)
    if code != "0":
        said = f"{code}: {maybe(top, 'message', text) or 'no words'}"
        if code in ERRORS and ERRORS[code] is Throttled:
            raise Throttled(answer.url, said, REST_SECONDS)
        is_theirs = maybe(top, "type", text) == "SYSTEM"
        raise ERRORS.get(code, ServerFailed if is_theirs else BadRequest)(answer.url, said)
    result = inner(top, "result")
    if maybe(result, "success", flag) is False:
        raise BadRequest(answer.url, "success is false")
    if "data" not in result.values:
        raise result.problem("data", "is missing")
    goods = inners(result, "data")
    entries = Entries(answer.url)
    entries.read(goods, partial(_read_product, answer, site), expected=("productName",))
    asked = dict(parse_qsl(urlsplit(answer.url).query))
    page, limit = asked.get("page", ""), asked.get("limit", "")
    if not page.isdecimal() or not limit.isdecimal() or len(goods) < int(limit):
        return entries.reading()
    following = [*((name, kept) for name, kept in asked.items() if name != "page"), ("page", str(int(page) + 1))]
    return entries.reading(links=(_address(following),))


def _read_product(answer: Answer, site: LazadaSite, record: Record, entries: Entries) -> list[Listing]:
    product_id = one(record, "productId", identifier)
    currency = maybe(record, "currency", text) or site.currency
    now, before = _money(record, "discountPrice", currency), _money(record, "originalPrice", currency)
    price = now or before
    is_out = maybe(record, "outOfStock", flag)
    listing = make_listing(
        answer,
        market=site.market,
        # The feed names no skuId; the product's id stands for the offer.
        listing_id=product_id,
        title=one(record, "productName", text),
        url=item_url(site, product_id, None),
        currency=currency,
        offer=Offer(
            price=price,
            original_price=before if price and before and before.amount > price.amount else None,
            price_raw=None if price is None else price.raw,
            availability=None if is_out is None else "out_of_stock" if is_out else "in_stock",
        ),
        seller=Seller(name=maybe(record, "sellerName", text)),
        brand=maybe(record, "brandName", text),
        images=many(record, "pictures", text),
        rating=maybe(record, "ratingScore", number),
        review_count=maybe(record, "reviewCount", whole),
    )
    entries.unknown.update(finish(record, ignore=IGNORED))
    return [listing]


def _money(record: Record, name: str, currency: str) -> Money | None:
    amount = maybe(record, name, number)
    return None if not amount or amount < 0 else priced(record, name, amount, currency, raw=str(record.values[name]))


def _address(pairs: list[tuple[str, str]]) -> str:
    return f"{API_HOST}{REST}{FEED}?{urlencode(pairs, quote_via=quote)}"
