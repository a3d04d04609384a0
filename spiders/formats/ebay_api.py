"""eBay's Browse API: search and item answers, its errors, and how its calls are addressed and signed.

Format from the published OpenAPI documents of the Browse API; no recorded answer. Sellers are deliberately not read:
the API licence forbids to collect, store or share the ids of eBay's users.
"""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, cast
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from pydantic import Field

from records.listing import Availability, Listing, Offer, Seller
from records.money import Money
from spiders.api import Api, BrowseKind, Call, Token
from spiders.arguments import CrawlArguments, Several
from spiders.credentials import Key, Keys
from spiders.drafts import make_listing
from spiders.errors import (
    AuthRefused,
    BadRequest,
    Gone,
    ReadingError,
    ServerFailed,
    TermsRefused,
    Throttled,
)
from spiders.formats.ebay_pages import MARKET, item_id_of, item_url
from spiders.json_api import Entries, as_mapping, is_json, read_json
from spiders.reading import (
    Answer,
    Reading,
    Record,
    finish,
    identifier,
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
AVAILABILITY: dict[str, Availability] = {
    "IN_STOCK": "in_stock",
    "LIMITED_STOCK": "in_stock",
    "OUT_OF_STOCK": "out_of_stock",
}
# Error number -> what it means; others follow their category.
GONE = frozenset({11_001, 11_003, 11_004})
THROTTLED = frozenset({2_001})
NOT_GRANTED = frozenset({1_100})
NO_TOKEN = frozenset({1_001, 1_002, 1_003})
NO_BRANDS = frozenset({"does not apply", "unbranded", "n/a", "no brand", "not specified"})
GTIN_ASPECTS = ("EAN", "UPC", "ISBN", "GTIN")
IGNORED = frozenset(
    {
        "adultOnly", "availableCoupons", "bidCount", "buyingOptions", "compatibilityMatch", "compatibilityProperties",
        "conditionId", "distanceFromPickupLocation", "energyEfficiencyClass", "epid", "itemAffiliateWebUrl",
        "itemCreationDate", "itemEndDate", "itemGroupHref", "itemGroupType", "itemHref", "itemId", "itemOriginDate",
        "itemWebUrl", "leafCategoryIds", "legacyItemId", "listingMarketplaceId", "pickupOptions",
        "priceDisplayCondition", "priorityListing", "qualifiedPrograms", "seller", "shippingOptions",
        "shortDescription", "thumbnailImages", "topRatedBuyingExperience", "tyreLabelImageUrl", "unitPrice",
        "unitPricingMeasure", "watchCount",
    }
)  # fmt: skip


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
        """Return the address of a page of a category, or of a seller's goods in all categories."""
        given = cast("EbayArguments", arguments)
        if kind == "category":
            return _search_url([("category_ids", value)], page, given)
        return _search_url([("q", "*")], page, given, f"sellers:{{{value}}}")

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


def read_search(answer: Answer, value: Mapping[str, object]) -> Reading:
    """Read a search answer; items that are missing are none only where eBay says total 0."""
    check_errors(answer, value)
    top = Record(answer.url, "", value)
    total = one(top, "total", whole)
    items = inners(top, "itemSummaries", at_least=1 if total and one(top, "offset", whole) < total else 0)
    entries = Entries(answer.url)
    entries.read(items, partial(_read_item, answer), expected=("title",))
    asked = parse_qsl(urlsplit(answer.url).query)
    following = maybe(top, "offset", whole) or 0
    following += maybe(top, "limit", whole) or PER_PAGE
    if not items or following >= min(total, REACHED) or dict(asked).get("limit") is None:
        return entries.reading()
    kept = [pair for pair in asked if pair[0] != "offset"]
    return entries.reading(links=(f"{API_HOST}{SEARCH}?{_query([*kept, ('offset', str(following))])}",))


def read_item(answer: Answer, value: Mapping[str, object]) -> Reading:
    """Read an item answer."""
    check_errors(answer, value)
    entries = Entries(answer.url)
    entries.read([Record(answer.url, "", value)], partial(_read_item, answer))
    return entries.reading()


def _read_item(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    _check_marketplace(answer, record)
    listing_id = _legacy_id(record)
    location = maybe_inner(record, "itemLocation")
    aspects = {one(aspect, "name", text): one(aspect, "value", text) for aspect in inners(record, "localizedAspects")}
    images = [maybe_inner(record, "image"), *inners(record, "additionalImages")]
    offer = _offer(record)
    price = offer.price
    availabilities = inners(record, "estimatedAvailabilities")
    sold = [count for part in availabilities if (count := maybe(part, "estimatedSoldQuantity", whole)) is not None]
    categories = [maybe(part, "categoryName", text) for part in inners(record, "categories")]
    path = maybe(record, "categoryPath", text)
    listing = make_listing(
        answer,
        market=MARKET,
        listing_id=listing_id,
        title=one(record, "title", text),
        url=item_url(listing_id),
        currency=None if price is None else price.currency,
        offer=offer,
        seller=Seller(location=None if location is None else maybe(location, "country", text)),
        condition=maybe(record, "condition", text),
        brand=_said(maybe(record, "brand", text) or aspects.get("Brand")),
        gtin=maybe(record, "gtin", text) or next((aspects[name] for name in GTIN_ASPECTS if name in aspects), None),
        mpn=_said(maybe(record, "mpn", text) or aspects.get("MPN")),
        category=path.split("|") if path is not None else [name for name in categories if name is not None],
        description=maybe(record, "description", text) or maybe(record, "shortDescription", text),
        images=[address for image in images if image is not None and (address := maybe(image, "imageUrl", text))],
        sold=sum(sold) if sold else None,
    )
    # An item answer carries dozens of fields about delivery, returns and taxes; only search rows are counted by field.
    if "localizedAspects" not in record.values:
        entries.unknown.update(finish(record, ignore=IGNORED))
    return [listing]


def _check_marketplace(answer: Answer, record: Record) -> None:
    """Refuse an answer of another site than the one asked: eBay takes a wrong header silently for EBAY_US."""
    asked = dict(parse_qsl(urlsplit(answer.url).query)).get("marketplace")
    answered = maybe(record, "listingMarketplaceId", text)
    if asked is not None and answered is not None and asked != answered:
        raise record.problem("listingMarketplaceId", f"is not the marketplace asked for, {asked}", answered)


def _legacy_id(record: Record) -> str:
    legacy = maybe(record, "legacyItemId", identifier)
    if legacy is not None:
        return legacy
    parts = one(record, "itemId", text).split("|")
    if len(parts) != 3 or not parts[1].isdecimal():
        raise record.problem("itemId", "is not of the form v1|number|number", "|".join(parts))
    return parts[1]


def _offer(record: Record) -> Offer:
    """Return the price; of an auction the current bid, because its price is the opening bid."""
    is_auction = "AUCTION" in many(record, "buyingOptions", text)
    bid, price = _amount(record, "currentBidPrice"), _amount(record, "price")
    current = bid if is_auction and bid is not None else price
    marketing = maybe_inner(record, "marketingPrice")
    original = None if marketing is None else _amount(marketing, "originalPrice")
    if current is None or original is None or original.amount <= current.amount:
        original = None
    said = [maybe(part, "estimatedAvailabilityStatus", text) for part in inners(record, "estimatedAvailabilities")]
    known = [AVAILABILITY[status] for status in said if status in AVAILABILITY]
    return Offer(
        price=current,
        original_price=original,
        price_raw=None if current is None else current.raw,
        availability=("in_stock" if "in_stock" in known else "out_of_stock") if known else None,
    )


def _amount(record: Record, name: str) -> Money | None:
    """Return an amount object; {} and null are none."""
    found = maybe_inner(record, name)
    if found is None or not found.values:
        return None
    value, currency = one(found, "value", number), one(found, "currency", text)
    return None if value == 0 else priced(found, "value", value, currency, raw=f"{found.values['value']} {currency}")


def _said(value: str | None) -> str | None:
    """Return an aspect's value, None for the words that sellers write where there is none."""
    return None if value is None or value.strip().lower() in NO_BRANDS else value


def _search_url(asked: list[tuple[str, str]], page: int, arguments: EbayArguments, *filters: str) -> str:
    given = list(filters)
    given.append("buyingOptions:{FIXED_PRICE|AUCTION}" if arguments.auctions else "buyingOptions:{FIXED_PRICE}")
    if arguments.located_in is not None:
        given.append(f"itemLocationCountry:{arguments.located_in}")
    if arguments.delivered_to is not None:
        given.append(f"deliveryCountry:{arguments.delivered_to}")
    if arguments.exclude_seller:
        given.append(f"excludeSellers:{{{'|'.join(arguments.exclude_seller)}}}")
    paging = [("limit", str(PER_PAGE)), ("offset", str((page - 1) * PER_PAGE))]
    marketplace = ("marketplace", arguments.marketplace)
    return f"{API_HOST}{SEARCH}?{_query([*asked, ('filter', ','.join(given)), marketplace, *paging])}"


def _item_url(listing_id: str) -> str:
    return f"{API_HOST}{BY_LEGACY_ID}?legacy_item_id={quote(listing_id)}"


def _query(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, quote_via=quote)
