"""Amazon's Creators API: search and item answers, errors, addresses, signing. Keys from its SDK; no recorded answer."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, cast
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from pydantic import Field

from records.listing import Availability, Listing, Offer, Seller
from records.money import Money
from spiders.api import Api, BrowseKind, Call, Token
from spiders.arguments import CrawlArguments
from spiders.credentials import Key, Keys
from spiders.drafts import make_listing
from spiders.errors import AuthRefused, BadRequest, Gone, ReadingError, ServerFailed, TermsRefused, Throttled
from spiders.formats.amazon_pages import CURRENCY, MARKET, asin_of, item_url
from spiders.json_api import Entries, as_mapping, is_json, read_json
from spiders.reading import (
    Answer,
    Reading,
    Record,
    identifier,
    inner,
    inners,
    many,
    maybe,
    maybe_inner,
    number,
    one,
    priced,
    text,
    whole,
)

API_HOST = "https://creatorsapi.amazon"
SEARCH = "/catalog/v1/searchItems"
ITEMS = "/catalog/v1/getItems"
MARKETPLACE = "www.amazon.co.jp"
PER_PAGE = 10
LAST_PAGE = 10
KEYS = (
    Key(name="id", variable="MARKWATCH_AMAZON_CREDENTIAL_ID", meaning="credential id of the Creators API, version 3.3"),
    Key(name="secret", variable="MARKWATCH_AMAZON_CREDENTIAL_SECRET", meaning="its secret"),
    Key(name="tag", variable="MARKWATCH_AMAZON_PARTNER_TAG", meaning="partner tag of the Associates account"),
)
# Credentials of version 3.3 (Japan) get their token here.
TOKEN_URL = "https://api.amazon.co.jp/auth/o2/token"  # noqa: S105 - an address
SCOPE = "creatorsapi::default"
RESOURCES = (
    "itemInfo.title", "itemInfo.byLineInfo", "itemInfo.externalIds", "itemInfo.manufactureInfo", "itemInfo.features",
    "itemInfo.classifications", "images.primary.large", "offersV2.listings.price", "offersV2.listings.availability",
    "offersV2.listings.condition", "offersV2.listings.merchantInfo", "offersV2.listings.isBuyBoxWinner", "parentASIN",
)  # fmt: skip
AVAILABILITY: dict[str, Availability] = {
    "IN_STOCK": "in_stock",
    "IN_STOCK_SCARCE": "in_stock",
    "PREORDER": "in_stock",
    "AVAILABLE_DATE": "in_stock",
    "OUT_OF_STOCK": "out_of_stock",
    "UNAVAILABLE": "out_of_stock",
}
# `reason` or `type` of an error -> what it means.
ERRORS: dict[str, type[ReadingError]] = {
    "AssociateNotEligible": TermsRefused,
    "AccessDeniedException": TermsRefused,
    "UnauthorizedException": AuthRefused,
    "TokenExpired": AuthRefused,
    "InvalidToken": AuthRefused,
    "InvalidClient": AuthRefused,
    "InvalidPartnerTag": AuthRefused,
    "ThrottleException": Throttled,
    "ThrottlingException": Throttled,
    "ValidationException": BadRequest,
    "InternalServerException": ServerFailed,
}
OF_STATUS: dict[int, type[ReadingError]] = {400: BadRequest, 401: AuthRefused, 403: TermsRefused, 429: Throttled}


class AmazonArguments(CrawlArguments):
    """What a search of Amazon can be told."""

    index: str = Field(default="All", pattern="^[A-Za-z]+$", description="searchIndex: department that is searched")
    sort: Literal["Relevance", "NewestArrivals", "Price:LowToHigh"] = Field(
        default="Relevance", description="Order of the results; only the first 100 are reachable"
    )
    max_pages: int = Field(default=5, ge=1, le=LAST_PAGE, description="Pages of 10 items fetched per query")


class AmazonApi(Api):
    """searchItems by words or browse node, getItems by ASIN; both are POST calls with a body."""

    host = API_HOST
    needs_token = True

    @classmethod
    def search_url(cls, query: str, page: int, arguments: CrawlArguments) -> str:
        """Return the public address of a page of a search."""
        return _search_url([("keywords", query)], page, cast("AmazonArguments", arguments))

    @classmethod
    def browse_url(cls, kind: BrowseKind, value: str, page: int, arguments: CrawlArguments) -> str:
        """Return the public address of a page of a browse node; the API lists no seller's goods."""
        if kind == "seller":
            return super().browse_url(kind, value, page, arguments)
        return _search_url([("browseNodeId", value)], page, cast("AmazonArguments", arguments))

    @classmethod
    def known_url(cls, url: str) -> str:
        """Return the item call for an item's page."""
        asin = asin_of(url)
        return super().known_url(url) if asin is None else f"{API_HOST}{ITEMS}?itemIds={asin}"

    @classmethod
    def check(cls, answer: Answer) -> Reading | None:
        """Raise what an error body means."""
        if answer.status < 400:
            return None
        raise error_of(answer, as_mapping(answer.url, read_json(answer.url, answer.body)) if is_json(answer) else {})

    @classmethod
    def call(cls, url: str, keys: Keys, token: Token | None, at: datetime) -> Call:  # noqa: ARG003 - the hook's arguments
        """Return the POST call that a public address stands for."""
        parts = urlsplit(url)
        asked: dict[str, object] = dict(parse_qsl(parts.query))
        if "itemPage" in asked:
            asked["itemPage"] = int(str(asked["itemPage"]))
            asked["itemCount"] = PER_PAGE
            asked["availability"] = "IncludeOutOfStock"
        if "itemIds" in asked:
            asked["itemIds"] = str(asked["itemIds"]).split(",")
        body = {**asked, "partnerTag": keys.get("tag", ""), "resources": list(RESOURCES)}
        return Call(
            url=parts._replace(query="").geturl(),
            method="POST",
            headers={
                "Authorization": f"Bearer {'' if token is None else token.value}",
                "x-marketplace": MARKETPLACE,
                "Content-Type": "application/json",
            },
            body=json.dumps(body, ensure_ascii=False).encode(),
        )

    @classmethod
    def token_call(cls, keys: Keys, at: datetime) -> Call:  # noqa: ARG003 - the hook's arguments
        """Return the request for a token, by client credentials."""
        asked = {
            "grant_type": "client_credentials",
            "client_id": keys.get("id", ""),
            "client_secret": keys.get("secret", ""),
            "scope": SCOPE,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return Call(url=TOKEN_URL, method="POST", headers=headers, body=urlencode(asked).encode())

    @classmethod
    def read_token(cls, answer: Answer) -> Token:
        """Return the token; raise AuthRefused where the credentials are refused."""
        record = Record(answer.url, "token", as_mapping(answer.url, read_json(answer.url, answer.body)))
        error = maybe(record, "error", text)
        if error is not None:
            raise AuthRefused(answer.url, error)
        seconds = one(record, "expires_in", whole)
        return Token(value=one(record, "access_token", text), ends_at=answer.fetched_at + timedelta(seconds=seconds))


def error_of(answer: Answer, value: Mapping[str, object]) -> ReadingError:
    """Return what an error body means: its reason, its type, else its status."""
    names = [str(value.get(name, "")) for name in ("reason", "type", "error")]
    said = f"{next((name for name in names if name), answer.status)}: {value.get('message') or 'no words'}"
    if answer.status == 404:
        return Gone(answer.url)
    kind = next((ERRORS[name] for name in names if name in ERRORS), OF_STATUS.get(answer.status, ServerFailed))
    return kind(answer.url, said)


def read_items(answer: Answer, value: Mapping[str, object]) -> Reading:
    """Read a searchItems or getItems answer."""
    top = Record(answer.url, "", value)
    name = "searchResult" if "searchResult" in value else "itemsResult"
    errors = inners(top, "errors")
    if name not in value:
        said = maybe(errors[0], "message", text) if errors else None
        if errors and maybe(errors[0], "code", text) == "NoResults":
            return Reading()
        raise BadRequest(answer.url, said) if errors else top.problem("searchResult", "is missing")
    result = inner(top, name)
    total = maybe(result, "totalResultCount", whole)
    items = inners(result, "items", at_least=0 if total == 0 else 1)
    entries = Entries(answer.url)
    entries.read(items, partial(_read_item, answer), expected=("itemInfo",))
    notes = tuple(f"left out: {maybe(error, 'message', text)}" for error in errors)
    asked = parse_qsl(urlsplit(answer.url).query)
    page = int(dict(asked).get("itemPage", "0"))
    if total is None or not page or page >= LAST_PAGE or page * PER_PAGE >= total:
        return entries.reading(notes=notes)
    kept = [pair for pair in asked if pair[0] != "itemPage"]
    return entries.reading(links=(_address(SEARCH, [*kept, ("itemPage", str(page + 1))]),), notes=notes)


def _read_item(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    asin = one(record, "asin", identifier)
    info = inner(record, "itemInfo")
    byline, codes = maybe_inner(info, "byLineInfo"), maybe_inner(info, "externalIds")
    offers = maybe_inner(record, "offersV2")
    listed = () if offers is None else inners(offers, "listings")
    # The offer in the buy box is the one that buyers see.
    winner = next((part for part in listed if part.values.get("isBuyBoxWinner") is True), listed[0] if listed else None)
    merchant = None if winner is None else maybe_inner(winner, "merchantInfo")
    condition = None if winner is None else maybe_inner(winner, "condition")
    features = maybe_inner(info, "features")
    lines = () if features is None else many(features, "displayValues", text)
    offer = Offer() if winner is None else _offer(winner, entries)
    return [
        make_listing(
            answer,
            market=MARKET,
            listing_id=asin,
            title=one(inner(info, "title"), "displayValue", text),
            url=item_url(asin),
            currency=CURRENCY,
            offer=offer,
            seller=Seller(
                seller_id=None if merchant is None else maybe(merchant, "id", identifier),
                name=None if merchant is None else maybe(merchant, "name", text),
            ),
            condition=None if condition is None else maybe(condition, "value", text),
            brand=None if byline is None else _value(maybe_inner(byline, "brand")),
            gtin=None if codes is None else _first(maybe_inner(codes, "eans")) or _first(maybe_inner(codes, "upcs")),
            sku=maybe(record, "parentASIN", identifier),
            description="\n".join(lines) or None,
            images=_images(record),
        )
    ]


def _offer(listing: Record, entries: Entries) -> Offer:
    price = maybe_inner(listing, "price")
    now = None if price is None else _money(maybe_inner(price, "money"))
    basis = None if price is None else maybe_inner(price, "savingBasis")
    before = None if basis is None else _money(maybe_inner(basis, "money"))
    stock = maybe_inner(listing, "availability")
    kind = None if stock is None else maybe(stock, "type", text)
    if kind is not None and kind not in AVAILABILITY:
        entries.unknown[f"availability type {kind[:30]}"] += 1
    return Offer(
        price=now,
        original_price=before if now is not None and before is not None and before.amount > now.amount else None,
        price_raw=None if now is None else now.raw,
        availability=AVAILABILITY.get(kind or ""),
    )


def _money(record: Record | None) -> Money | None:
    if record is None or not record.values:
        return None
    raw = maybe(record, "displayAmount", text) or str(record.values.get("amount"))
    return priced(record, "amount", one(record, "amount", number), one(record, "currency", text), raw=raw)


def _value(record: Record | None) -> str | None:
    return None if record is None else maybe(record, "displayValue", text)


def _first(record: Record | None) -> str | None:
    return None if record is None else next(iter(many(record, "displayValues", text)), None)


def _images(record: Record) -> list[str]:
    images = maybe_inner(record, "images")
    primary = None if images is None else maybe_inner(images, "primary")
    if primary is None:
        return []
    sizes = [maybe_inner(primary, size) for size in ("large", "medium", "small")]
    return [address for size in sizes if size is not None and (address := maybe(size, "url", text)) is not None][:1]


def _search_url(asked: list[tuple[str, str]], page: int, arguments: AmazonArguments) -> str:
    fixed = [("searchIndex", arguments.index), ("sortBy", arguments.sort), ("itemPage", str(page))]
    return _address(SEARCH, [*asked, *fixed])


def _address(path: str, pairs: list[tuple[str, str]]) -> str:
    return f"{API_HOST}{path}?{urlencode(pairs, quote_via=quote)}"
