"""AliExpress's affiliate API: product.query and productdetail.get, errors, signing. From others' code; not recorded."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import cast
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from pydantic import Field

from records.listing import Listing, Offer, Seller
from records.money import Money
from spiders.api import Api, BrowseKind, Call, Token
from spiders.arguments import CrawlArguments
from spiders.credentials import Key, Keys
from spiders.drafts import make_listing
from spiders.errors import AuthRefused, BadRequest, ReadingError, ServerFailed, TermsRefused, Throttled
from spiders.formats.alibaba_call import signature
from spiders.formats.aliexpress_pages import MARKET, item_url
from spiders.json_api import Entries
from spiders.reading import (
    Answer,
    Reading,
    Record,
    finish,
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

API_HOST = "https://api-sg.aliexpress.com"
PATH = "/sync"
QUERY = "aliexpress.affiliate.product.query"
DETAIL = "aliexpress.affiliate.productdetail.get"
PER_PAGE = 50
KEYS = (
    Key(name="key", variable="MARKWATCH_ALIEXPRESS_APP_KEY", meaning="app key of an app approved for affiliates"),
    Key(name="secret", variable="MARKWATCH_ALIEXPRESS_APP_SECRET", meaning="its secret"),
    Key(name="tracking", variable="MARKWATCH_ALIEXPRESS_TRACKING_ID", meaning="tracking id of the affiliate account"),
)
# resp_code of the inner answer, or the gateway's code -> what it means.
ERRORS: dict[str, type[ReadingError]] = {
    "401": TermsRefused,  # "This publisher is not registered"
    "404": ServerFailed,  # "System Error"
    "29": AuthRefused,  # "Invalid app Key"
    "InvalidApiPath": BadRequest,
    "IncompleteSignature": AuthRefused,
    "IllegalAppKey": AuthRefused,
    "InvalidAppKey": AuthRefused,
    "ApiCallLimit": Throttled,
    "AppCallLimit": Throttled,
}
LIMIT_SIGNS = ("limit", "flow", "frequen")
REST_SECONDS = 60.0
_ITEM = re.compile(r"/item/(?:[^/]+/)?(\d{6,})\.html|/i/(\d{6,})\.html")
IGNORED = frozenset(
    {
        "app_sale_price", "app_sale_price_currency", "commission_rate", "discount", "evaluate_rate",
        "first_level_category_id", "hot_product_commission_rate", "original_price", "original_price_currency",
        "platform_product_type", "product_detail_url", "product_video_url", "promotion_link", "promo_code_info",
        "relevant_market_commission_rate", "sale_price", "sale_price_currency", "second_level_category_id",
        "ship_to_days", "shop_url", "sku_id", "target_app_sale_price", "target_app_sale_price_currency", "tax_rate",
    }
)  # fmt: skip


class AliexpressArguments(CrawlArguments):
    """What a search of AliExpress can be told."""

    currency: str = Field(default="USD", pattern="^[A-Z]{3}$", description="Currency of the prices (ISO 4217)")
    language: str = Field(default="EN", pattern="^[A-Z]{2}$", description="Language of the titles")
    ship_to: str = Field(default="VN", pattern="^[A-Z]{2}$", description="Country of the buyer; prices depend on it")


class AliexpressApi(Api):
    """product.query by words or category; productdetail.get for known items."""

    host = API_HOST

    @classmethod
    def search_url(cls, query: str, page: int, arguments: CrawlArguments) -> str:
        """Return the public address of a page of a search."""
        return _query_url([("keywords", query)], page, cast("AliexpressArguments", arguments))

    @classmethod
    def browse_url(cls, kind: BrowseKind, value: str, page: int, arguments: CrawlArguments) -> str:
        """Return the public address of a page of a category; the API lists no seller's goods."""
        if kind == "seller":
            return super().browse_url(kind, value, page, arguments)
        return _query_url([("category_ids", value)], page, cast("AliexpressArguments", arguments))

    @classmethod
    def known_url(cls, url: str) -> str:
        """Return the detail call for an item's page."""
        found = _ITEM.search(urlsplit(url).path)
        if found is None:
            return super().known_url(url)
        item_id = found.group(1) or found.group(2)
        fixed = [("target_currency", "USD"), ("target_language", "EN"), ("country", "VN")]
        return _address([("method", DETAIL), ("product_ids", item_id), *fixed])

    @classmethod
    def call(cls, url: str, keys: Keys, token: Token | None, at: datetime) -> Call:  # noqa: ARG003 - the hook's arguments
        """Return the signed POST call; keys and signature stand in its body."""
        parts = urlsplit(url)
        parameters = {
            **dict(parse_qsl(parts.query)),
            "app_key": keys.get("key", ""),
            "tracking_id": keys.get("tracking", ""),
            "timestamp": str(int(at.timestamp() * 1_000)),
            "sign_method": "hmac-sha256",
            "format": "json",
            "v": "2.0",
        }
        parameters["sign"] = signature(keys.get("secret", ""), parameters)
        return Call(
            url=parts._replace(query="").geturl(),
            method="POST",
            headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
            body=urlencode(parameters).encode(),
        )


def read_products(answer: Answer, value: Mapping[str, object]) -> Reading:
    """Read a product.query or productdetail.get answer; errors stand inside answers with status 200."""
    _check_gateway(answer, value)
    name = next((name for name in value if name.endswith("_response")), None)
    top = Record(answer.url, "", value)
    if name is None:
        raise top.problem("aliexpress_affiliate_product_query_response", "is missing")
    outer = inner(top, name)
    answered = inner(outer, "resp_result")
    code = one(answered, "resp_code", whole)
    if code != 200:
        said = f"{code}: {maybe(answered, 'resp_msg', text) or 'no words'}"
        if code == 405:
            return Reading()
        raise ERRORS.get(str(code), BadRequest)(answer.url, said)
    result = inner(answered, "result")
    count = maybe(result, "current_record_count", whole)
    products = maybe_inner(result, "products")
    found = () if products is None else inners(products, "product")
    if not found:
        if count == 0 or maybe(result, "total_record_count", whole) == 0:
            return Reading()
        raise result.problem("products", "is missing, but the answer does not say that there is nothing")
    entries = Entries(answer.url)
    entries.read(found, partial(_read_product, answer), expected=("product_title",))
    page, total = maybe(result, "current_page_no", whole), maybe(result, "total_record_count", whole)
    asked = parse_qsl(urlsplit(answer.url).query)
    if page is None or total is None or page * PER_PAGE >= total or dict(asked).get("method") != QUERY:
        return entries.reading()
    kept = [pair for pair in asked if pair[0] != "page_no"]
    return entries.reading(links=(_address([*kept, ("page_no", str(page + 1))]),))


def _check_gateway(answer: Answer, value: Mapping[str, object]) -> None:
    """Raise the error of the gateway in either of its two shapes."""
    top = Record(answer.url, "", value)
    error = maybe_inner(top, "error_response")
    if error is None and "code" in value and not any(name.endswith("_response") for name in value):
        error = top
    if error is None:
        return
    code = str(error.values.get("code", ""))
    sub = str(error.values.get("sub_code", ""))
    said = (
        f"{code} {sub}: {error.values.get('msg') or error.values.get('message') or error.values.get('sub_msg') or ''}"
    )
    if any(sign in f"{sub} {code}".lower() for sign in LIMIT_SIGNS):
        raise Throttled(answer.url, said, REST_SECONDS)
    raise ERRORS.get(code, ERRORS.get(sub, BadRequest))(answer.url, said)


def _read_product(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    item_id = one(record, "product_id", identifier)
    price = _money(record, "target_sale_price")
    before = _money(record, "target_original_price")
    shop = maybe(record, "shop_id", identifier)
    images = maybe_inner(record, "product_small_image_urls")
    main = maybe(record, "product_main_image_url", text)
    categories = [maybe(record, f"{level}_level_category_name", text) for level in ("first", "second")]
    listing = make_listing(
        answer,
        market=MARKET,
        listing_id=item_id,
        title=one(record, "product_title", text),
        # The link given leads over the affiliate network's counter; the item's own page does not.
        url=item_url(item_id),
        currency=maybe(record, "target_sale_price_currency", text),
        offer=Offer(
            price=price,
            original_price=before
            if price is not None and before is not None and before.amount > price.amount
            else None,
            price_raw=None if price is None else price.raw,
        ),
        seller=Seller(seller_id=shop, name=maybe(record, "shop_name", text)),
        category=[name for name in categories if name is not None],
        images=[*([main] if main is not None else []), *(() if images is None else many(images, "string", text))],
        # Spelled so by AliExpress.
        sold=maybe(record, "lastest_volume", whole),
    )
    entries.unknown.update(finish(record, ignore=IGNORED))
    return [listing]


def _money(record: Record, name: str) -> Money | None:
    amount = maybe(record, name, number)
    currency = maybe(record, f"{name}_currency", text)
    if amount is None or currency is None or amount <= 0:
        return None
    return priced(record, name, amount, currency, raw=f"{record.values[name]} {currency}")


def _query_url(asked: list[tuple[str, str]], page: int, arguments: AliexpressArguments) -> str:
    fixed = [
        ("target_currency", arguments.currency),
        ("target_language", arguments.language),
        ("ship_to_country", arguments.ship_to),
        ("page_size", str(PER_PAGE)),
        ("page_no", str(page)),
    ]
    return _address([("method", QUERY), *asked, *fixed])


def _address(pairs: list[tuple[str, str]]) -> str:
    return f"{API_HOST}{PATH}?{urlencode(pairs, quote_via=quote)}"
