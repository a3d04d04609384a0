"""Shopee's affiliate API: productOfferV2 over GraphQL, errors, signing. From others' code; no recorded answer."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from records.listing import Listing, Offer, Seller
from records.money import Money
from spiders.api import Api, BrowseKind, Call, Token
from spiders.arguments import ArgumentError, CrawlArguments
from spiders.credentials import Key, Keys
from spiders.drafts import make_listing
from spiders.errors import AuthRefused, BadRequest, ReadingError, ServerFailed, TermsRefused, Throttled
from spiders.formats.shopee_items import CURRENCY, MARKET, listing_url
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
    maybe,
    maybe_inner,
    number,
    one,
    priced,
    text,
    whole,
)

API_HOST = "https://open-api.affiliate.shopee.vn"
PATH = "/graphql"
PER_PAGE = 50
KEYS = (
    Key(name="id", variable="MARKWATCH_SHOPEE_AFFILIATE_ID", meaning="AppId of the affiliate account's Open API"),
    Key(name="secret", variable="MARKWATCH_SHOPEE_AFFILIATE_SECRET", meaning="its secret"),
)
FIELDS = (
    "itemId shopId shopName shopType productName productLink offerLink imageUrl price priceMin priceMax "
    "priceDiscountRate sales ratingStar productCatIds"
)
# Arguments of the query that are numbers; words are quoted.
NUMBERS = frozenset({"itemId", "shopId", "sortType", "page", "limit"})
# extensions.code -> what it means.
ERRORS: dict[str, type[ReadingError]] = {
    "10010": BadRequest,
    "10020": AuthRefused,
    "10030": Throttled,
    "10031": TermsRefused,
    "10035": TermsRefused,
}
# After it was asked too often, more than a minute of rest was reported not to help.
REST_SECONDS = 180.0
_IDS = re.compile(r"-i\.(\d+)\.(\d+)$|/product/(\d+)/(\d+)")
IGNORED = frozenset({"offerLink", "priceDiscountRate", "productCatIds", "productLink", "shopType"})


class ShopeeApi(Api):
    """productOfferV2 by words, shop or item."""

    host = API_HOST

    @classmethod
    def search_url(cls, query: str, page: int, arguments: CrawlArguments) -> str:  # noqa: ARG003 - the hook's arguments
        """Return the public address of a page of a search."""
        return _address([("keyword", query)], page)

    @classmethod
    def browse_url(cls, kind: BrowseKind, value: str, page: int, arguments: CrawlArguments) -> str:  # noqa: ARG003 - as above
        """Return the public address of a page of a shop's goods (its number); the API lists no category."""
        if kind == "category" or not value.isdecimal():
            raise ArgumentError(f"{MARKET}: has no listing by {kind} {value[:80]!r}; a shop is a number")
        return _address([("shopId", value)], page)

    @classmethod
    def known_url(cls, url: str) -> str:
        """Return the call for an item's page."""
        found = _IDS.search(urlsplit(url).path)
        if found is None:
            return super().known_url(url)
        return _address([("itemId", found.group(2) or found.group(4))], 1)

    @classmethod
    def call(cls, url: str, keys: Keys, token: Token | None, at: datetime) -> Call:  # noqa: ARG003 - as above
        """Return the POST call: its signature is a plain SHA-256 over id, time, the very body sent and the secret."""
        parts = urlsplit(url)
        asked = [(name, value if name in NUMBERS else json.dumps(value)) for name, value in parse_qsl(parts.query)]
        given = ",".join(f"{name}:{value}" for name, value in asked)
        query = f"{{productOfferV2({given}){{nodes{{{FIELDS}}}pageInfo{{page limit hasNextPage}}}}}}"
        body = json.dumps({"query": query}, separators=(",", ":")).encode()
        name, stamp = keys.get("id", ""), str(int(at.timestamp()))
        signed = hashlib.sha256(f"{name}{stamp}".encode() + body + keys.get("secret", "").encode()).hexdigest()
        return Call(
            url=parts._replace(query="").geturl(),
            method="POST",
            headers={
                "Authorization": f"SHA256 Credential={name}, Timestamp={stamp}, Signature={signed}",
                "Content-Type": "application/json",
            },
            body=body,
        )


def is_answer(value: Mapping[str, object]) -> bool:
    """Return whether a JSON object is an answer of the affiliate API, good or bad."""
    data = value.get("data")
    return isinstance(value.get("errors"), list) or (isinstance(data, dict) and "productOfferV2" in data)


def read_offers(answer: Answer, value: Mapping[str, object]) -> Reading:
    """Read a productOfferV2 answer; errors stand inside answers with status 200."""
    top = Record(answer.url, "", value)
    for error in inners(top, "errors")[:1]:
        raise _error_of(answer, error)
    offers = inner(inner(top, "data"), "productOfferV2")
    if "nodes" not in offers.values:
        raise offers.problem("nodes", "is missing")
    nodes, paging = inners(offers, "nodes"), inner(offers, "pageInfo")
    page, has_next = one(paging, "page", whole), maybe(paging, "hasNextPage", flag)
    if not nodes and has_next:
        raise offers.problem("nodes", "is empty, but a page follows")
    entries = Entries(answer.url)
    entries.read(nodes, partial(_read_node, answer), expected=("productName",))
    asked = [pair for pair in parse_qsl(urlsplit(answer.url).query) if pair[0] not in {"page", "limit", "sortType"}]
    if not has_next or not asked:
        return entries.reading()
    return entries.reading(links=(_address(asked, page + 1),))


def _error_of(answer: Answer, error: Record) -> ReadingError:
    extensions = maybe_inner(error, "extensions")
    message = maybe(error, "message", text) or "no words"
    code = None if extensions is None else maybe(extensions, "code", text)
    found = re.search(r"\[(\d{5})\]", message)
    code = code or (None if found is None else found.group(1))
    if code == "10030":
        return Throttled(answer.url, message, REST_SECONDS)
    kind = ERRORS.get(code or "", BadRequest if code is None or code.startswith("100") else ServerFailed)
    return kind(answer.url, message)


def _read_node(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    item_id, shop_id = one(record, "itemId", identifier), one(record, "shopId", identifier)
    # Plain đồng here, not their 100,000th part as in the pages' own answers.
    single, low, high = (_money(record, name) for name in ("price", "priceMin", "priceMax"))
    price = low or single
    image = maybe(record, "imageUrl", text)
    listing = make_listing(
        answer,
        market=MARKET,
        listing_id=item_id,
        title=one(record, "productName", text),
        # The links given lead over the affiliate network's counter.
        url=listing_url(shop_id, item_id),
        currency=CURRENCY,
        offer=Offer(
            price=price,
            price_max=high if price and high and high.amount > price.amount else None,
            price_raw=None if price is None else price.raw,
        ),
        seller=Seller(seller_id=shop_id, name=maybe(record, "shopName", text)),
        images=[] if image is None else [image],
        sold=maybe(record, "sales", whole),
        rating=maybe(record, "ratingStar", number),
    )
    entries.unknown.update(finish(record, ignore=IGNORED))
    return [listing]


def _money(record: Record, name: str) -> Money | None:
    amount = maybe(record, name, number)
    return None if not amount or amount < 0 else priced(record, name, amount, CURRENCY, raw=str(record.values[name]))


def _address(asked: list[tuple[str, str]], page: int) -> str:
    paging = [("sortType", "1"), ("page", str(page)), ("limit", str(PER_PAGE))]
    return f"{API_HOST}{PATH}?{urlencode([*asked, *paging], quote_via=quote)}"
