"""eBay's Browse API: search and item answers, its errors, and how its calls are addressed and signed.

Format from the published OpenAPI documents of the Browse API; no recorded answer. Sellers are deliberately not read:
the API licence forbids to collect, store or share the ids of eBay's users.
"""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, cast
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from pydantic import Field

from records.listing import Listing
from spiders.api import Api, BrowseKind, Call, Token
from spiders.arguments import ArgumentError, CrawlArguments, Several
from spiders.credentials import Key, Keys
from spiders.errors import (
    AuthRefused,
    BadRequest,
    Gone,
    ReadingError,
    ServerFailed,
    TermsRefused,
    Throttled,
)
from spiders.formats.ebay_pages import MARKET, item_id_of
from spiders.json_api import as_mapping, is_json, read_json
from spiders.reading import (
    Answer,
    Reading,
    Record,
    inners,
    maybe,
    one,
    text,
    whole,
)

API_HOST = "https://api.ebay.com"
SEARCH = "/buy/browse/v1/item_summary/search"
BY_LEGACY_ID = "/buy/browse/v1/item/get_item_by_legacy_id"
TOKEN = "/identity/v1/oauth2/token"  # noqa: S105 - an address
SCOPE = "https://api.ebay.com/oauth/api_scope"
PER_PAGE = 200
# offset + limit may not pass this.
REACHED = 10_000
Marketplace = Literal[
    "EBAY_US", "EBAY_GB", "EBAY_DE", "EBAY_AU", "EBAY_AT", "EBAY_BE", "EBAY_CA", "EBAY_CH", "EBAY_ES", "EBAY_FR",
    "EBAY_HK", "EBAY_IE", "EBAY_IT", "EBAY_MY", "EBAY_NL", "EBAY_PH", "EBAY_PL", "EBAY_SG", "EBAY_TH", "EBAY_TW",
]  # fmt: skip
KEYS = (
    Key(name="id", variable="MARKWATCH_EBAY_CLIENT_ID", meaning="App ID of the production keyset"),
    Key(name="secret", variable="MARKWATCH_EBAY_CLIENT_SECRET", meaning="Cert ID of the production keyset"),
)
# Error number -> what it means; others follow their category.
GONE = frozenset({11_001, 11_003, 11_004})
THROTTLED = frozenset({2_001})
NOT_GRANTED = frozenset({1_100})
NO_TOKEN = frozenset({1_001, 1_002, 1_003})


class EbayArguments(CrawlArguments):
    """What a search of eBay can be told."""

    marketplace: Marketplace = Field(default="EBAY_US", description="eBay site that is searched")
    auctions: bool = Field(default=True, description="Also auctions; without this eBay returns fixed prices only")
    located_in: str | None = Field(
        default=None, pattern="^[A-Z]{2}$", description="Country of the goods, two capital letters, such as VN"
    )
    delivered_to: str | None = Field(
        default=None, pattern="^[A-Z]{2}$", description="Country that the goods can be sent to, such as JP"
    )
    from_seller: Several = Field(default=(), description="Only these sellers' goods; several with |")
    exclude_seller: Several = Field(
        default=(), description="Sellers left out, such as authorised ones, because no seller is stored; several with |"
    )


class EbayApi(Api):
    """Browse API: search by words, category or seller; one item by its legacy id."""

    host = API_HOST
    needs_token = True

    @classmethod
    def search_url(cls, query: str, page: int, arguments: CrawlArguments) -> str:
        """Return the address of a page of a search."""
        return _search_url([("q", query)], page, cast("EbayArguments", arguments))

    @classmethod
    def browse_url(cls, kind: BrowseKind, value: str, page: int, arguments: CrawlArguments) -> str:
        """Return the address of a page of a category (its number)."""
        if kind == "seller" or not value.isdecimal():
            raise ArgumentError(
                f"{MARKET}: has no listing by {kind} {value[:80]!r}; a category is a number, and a seller's goods are "
                "searched for with -a from_seller=… beside words or a category"
            )
        return _search_url([("category_ids", value)], page, cast("EbayArguments", arguments))

    @classmethod
    def known_url(cls, url: str) -> str:
        """Return the item call for an item's page."""
        listing_id = item_id_of(url)
        return super().known_url(url) if listing_id is None else _item_url(listing_id)

    @classmethod
    def detail_url(cls, listing: Listing) -> str | None:
        """Return the item call: it adds brand, codes, description and stock."""
        return _item_url(listing.listing_id)

    @classmethod
    def check(cls, answer: Answer) -> Reading | None:
        """Raise what eBay's error body means, whatever its status."""
        if is_json(answer) and (answer.status >= 400 or b'"errors"' in answer.body[:200]):
            value = as_mapping(answer.url, read_json(answer.url, answer.body))
            check_errors(answer, value)
        return super().check(answer)

    @classmethod
    def call(cls, url: str, keys: Keys, token: Token | None, at: datetime) -> Call:  # noqa: ARG003 - the hook's arguments
        """Return the call with the token, and with the marketplace in its header, where eBay reads it."""
        parts = urlsplit(url)
        asked = parse_qsl(parts.query)
        marketplace = dict(asked).get("marketplace", "EBAY_US")
        sent = urlencode([pair for pair in asked if pair[0] != "marketplace"], quote_via=quote)
        return Call(
            url=parts._replace(query=sent).geturl(),
            headers={
                "Authorization": f"Bearer {'' if token is None else token.value}",
                "X-EBAY-C-MARKETPLACE-ID": marketplace,
                "Accept": "application/json",
            },
        )

    @classmethod
    def token_call(cls, keys: Keys, at: datetime) -> Call:  # noqa: ARG003 - the hook's arguments
        """Return the request for an application token, by client credentials."""
        pair = base64.b64encode(f"{keys.get('id', '')}:{keys.get('secret', '')}".encode()).decode()
        return Call(
            url=f"{API_HOST}{TOKEN}",
            method="POST",
            headers={"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode({"grant_type": "client_credentials", "scope": SCOPE}).encode(),
        )

    @classmethod
    def read_token(cls, answer: Answer) -> Token:
        """Return the token; raise AuthRefused for invalid_client: a wrong secret, or no deletion notice set up."""
        record = Record(answer.url, "token", as_mapping(answer.url, read_json(answer.url, answer.body)))
        error = maybe(record, "error", text)
        if error is not None:
            raise AuthRefused(answer.url, error)
        seconds = one(record, "expires_in", whole)
        return Token(value=one(record, "access_token", text), ends_at=answer.fetched_at + timedelta(seconds=seconds))


def check_errors(answer: Answer, value: Mapping[str, object]) -> None:
    """Raise the error that an answer carries in `errors`, in `error` or, with status 200, in `warnings`."""
    top = Record(answer.url, "", value)
    if isinstance(value.get("error"), str):
        raise AuthRefused(answer.url, one(top, "error", text))
    for error in inners(top, "errors")[:1]:
        raise _error_of(answer, error)
    # A warning says that a filter was left out: the answer is not what was asked for.
    for warning in inners(top, "warnings")[:1]:
        raise BadRequest(answer.url, maybe(warning, "message", text) or "a warning without words")


def _error_of(answer: Answer, error: Record) -> ReadingError:
    code = one(error, "errorId", whole)
    said = f"{code}: {maybe(error, 'message', text) or maybe(error, 'longMessage', text) or 'no words'}"
    if code in GONE:
        return Gone(answer.url)
    if code in THROTTLED or answer.status == 429:
        return Throttled(answer.url, said)
    if code in NOT_GRANTED:
        return TermsRefused(answer.url, said)
    if code in NO_TOKEN or answer.status in {401, 403}:
        return AuthRefused(answer.url, said)
    if maybe(error, "category", text) == "APPLICATION" or answer.status >= 500:
        return ServerFailed(answer.url, said)
    return BadRequest(answer.url, said)


def _search_url(asked: list[tuple[str, str]], page: int, arguments: EbayArguments) -> str:
    given = ["buyingOptions:{FIXED_PRICE|AUCTION}" if arguments.auctions else "buyingOptions:{FIXED_PRICE}"]
    if arguments.from_seller:
        given.append(f"sellers:{{{'|'.join(arguments.from_seller)}}}")
    if arguments.located_in is not None:
        given.append(f"itemLocationCountry:{arguments.located_in}")
    if arguments.delivered_to is not None:
        given.append(f"deliveryCountry:{arguments.delivered_to}")
    if arguments.exclude_seller:
        given.append(f"excludeSellers:{{{'|'.join(arguments.exclude_seller)}}}")
    paging = [("limit", str(PER_PAGE)), ("offset", str((page - 1) * PER_PAGE))]
    marketplace = ("marketplace", arguments.marketplace)
    return f"{API_HOST}{SEARCH}?{query_of([*asked, ('filter', ','.join(given)), marketplace, *paging])}"


def _item_url(listing_id: str) -> str:
    return f"{API_HOST}{BY_LEGACY_ID}?legacy_item_id={quote(listing_id)}"


def query_of(pairs: list[tuple[str, str]]) -> str:
    """Return the pairs as a query, blanks as %20."""
    return urlencode(pairs, quote_via=quote)
