"""Chợ Tốt: search answers of its public gateway. Sellers are private persons: no name, phone or address is kept."""

import re
from functools import partial
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from records.listing import Listing, Offer, Seller
from spiders.api import BrowseKind
from spiders.arguments import ArgumentError
from spiders.base import MarketSpider, Yield
from spiders.drafts import make_listing
from spiders.errors import UnknownPage
from spiders.json_api import Entries, as_mapping, is_json, read_json
from spiders.reading import (
    Answer,
    Reading,
    Record,
    finish,
    flag,
    identifier,
    inners,
    many,
    maybe,
    money,
    one,
    text,
    whole,
)
from spiders.ways import Rules, Way

GATEWAY = "https://gateway.chotot.com"
PATH = "/v1/public/ad-listing"
PER_PAGE = 50
# The gateway answers no offset beyond this.
REACHED = 10_000
# Vietnamese phone numbers however they are spaced, and mail addresses: what private sellers write into their texts.
PHONE = re.compile(r"(?<![\d,.])(?:\+?84|0)(?:[\s.\-_]{0,2}\d){8,10}(?!\d)")
# A house number with its lane or street, as far as such a text can be told: Số 12 Đường Lê Lợi, ngõ 5/3 phố Huế.
ADDRESS = re.compile(
    r"\b(?:số nhà|số|sn|ngõ|hẻm|ngách|kiệt)\s*\d+[a-z]?(?:/\d+)*[ ,]*(?:đường|phố|đ\.|p\.)\s*[^,.;\n(]{1,40}",
    re.IGNORECASE,
)
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
MASK = "***"
# A shorter name would take ordinary syllables out of the texts.
SHORTEST_PERSONAL = 5
# Known fields that are deliberately not read: who the seller is and where he lives.
PERSONAL = frozenset(
    {
        "account_id", "account_name", "account_oid", "address", "area", "area_name", "area_v2", "avatar",
        "average_rating_for_seller", "full_name", "geo", "latitude", "location", "longitude", "phone",
        "phone_hidden", "seller_info", "shop", "shop_alias", "sold_ads", "street_id", "street_name",
        "street_number", "total_rating_for_seller", "unique_street_id", "ward", "ward_name", "ward_name_v3",
    }
)  # fmt: skip
# Known fields that say nothing about the offer; keys of single categories (mileage, room count) are not listed.
IGNORED = PERSONAL | frozenset(
    {
        "ad_features", "ad_id", "ad_labels", "business_days", "category", "company_ad", "condition_ad",
        "contain_videos", "cta_buttons", "date", "escrow_can_deposit", "fee_type", "gds_inspected", "image_thumbnails",
        "inspection_images", "is_shop_verified", "is_sticky", "is_zalo_show", "job_tier", "label_campaigns",
        "list_time", "number_of_images", "official_store", "orig_list_time", "params", "protection_entitlement",
        "pty_characteristics", "region", "region_v2", "special_display_images", "specific_service_offered", "state",
        "status", "sticky_ad_platinum", "thumbnail_image", "type", "videos", "webp_image",
        "motorbikebrand", "motorbikemodel", "motorbiketype", "motorbikecapacity", "motorbikeorigin", "mileage",
        "mileage_v2", "regdate", "vehicleguarantee", "veh_ecom_can_buy_now", "veh_ecom_product_id", "veh_ecom_shop_id",
        "veh_inspected",
    }
)  # fmt: skip
WAYS = (
    Way(
        name="pages",
        format="search JSON of the public gateway",
        recorded="one search answer of 2026-08",
        terms="Its terms were not read; robots.txt of the gateway is read before the first page. Names, phone numbers "
        "and addresses of private sellers are dropped when an answer is read.",
        floor_seconds=5.0,
        limits="50 ads a page, 10,000 a search; search words are known from others' code only",
    ),
    Way(name="import", format="the same answers, saved by a person", recorded="as for pages", terms="As for pages."),
)


class ChototVNSpider(MarketSpider):
    """Chợ Tốt. A listing is one ad (list_id); its seller is never stored."""

    name = "chotot_vn"
    title = "Chợ Tốt"
    home = "https://www.chotot.com"
    hosts = ("chotot.com",)
    currency = "VND"
    expected = Yield(at_least=1, at_most=REACHED)
    ways = WAYS
    rules = Rules(keeps_sellers=False, keeps_answers="none", source="private sellers' personal data")

    @classmethod
    def search_url(cls, query: str, page: int) -> str:
        """Return the gateway's address for a page of a search in all categories."""
        return _url([("q", query)], page)

    @classmethod
    def browse_url(cls, kind: BrowseKind, value: str, page: int) -> str:
        """Return the gateway's address for a page of a category (its number); sellers are not listed here."""
        if kind == "seller" or not value.isdecimal():
            raise ArgumentError(f"{cls.name}: has no listing by {kind} {value[:80]!r}; a category is a number")
        return _url([("cg", value)], page)

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read a search answer."""
        if not is_json(answer):
            raise UnknownPage(answer.url, "is no answer of the gateway")
        top = Record(answer.url, "", as_mapping(answer.url, read_json(answer.url, answer.body)))
        if "ads" not in top.values:
            raise top.problem("ads", "is missing")
        total = maybe(top, "total", whole)
        ads = inners(top, "ads")
        asked = parse_qsl(urlsplit(answer.url).query)
        offset = next((int(value) for name, value in asked if name == "o" and value.isdecimal()), 0)
        if not ads and total is not None and offset < total:
            raise top.problem("ads", "is empty, but the answer does not say that there is nothing")
        entries = Entries(answer.url)
        entries.read(ads, partial(read_ad, answer), expected=("subject",))
        following = offset + PER_PAGE
        is_last = total is None or following >= min(total, REACHED) or len(ads) < PER_PAGE
        if is_last or not any(name == "o" for name, _ in asked):
            return entries.reading()
        kept = [pair for pair in asked if pair[0] not in {"o", "limit", "st"}]
        return entries.reading(links=(_url(kept, following // PER_PAGE + 1),))


def read_ad(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    """Return the listing of one ad without anything that names its seller."""
    list_id = one(record, "list_id", identifier)
    personal = _personal_texts(record)
    is_priced = not maybe(record, "is_price_not_valid", flag)
    price = money(record, "price", "VND")
    body, image = maybe(record, "body", text), maybe(record, "image", text)
    category = maybe(record, "category_name", text)
    # An ad of a category without pictures has an empty list and no `image`.
    pictures = many(record, "images", text) or (() if image is None else (image,))
    region = maybe(record, "region_name_v3", text) or maybe(record, "region_name", text)
    record.asked |= {"region_name", "average_rating", "total_rating"}
    listing = make_listing(
        answer,
        market=ChototVNSpider.name,
        listing_id=list_id,
        title=masked(one(record, "subject", text), personal),
        url=f"{ChototVNSpider.home}/{list_id}.htm",
        currency="VND",
        offer=Offer(price=price if is_priced else None, price_raw=maybe(record, "price_string", text)),
        seller=Seller(location=region),
        condition=maybe(record, "condition_ad_name", text),
        category=[] if category is None else [category],
        description=None if body is None else masked(body, personal),
        images=pictures,
    )
    entries.unknown.update(finish(record, ignore=IGNORED))
    return [listing]


def masked(printed: str, personal: tuple[str, ...] = ()) -> str:
    """Return a text with phone numbers, mail and house addresses, and the given personal texts, replaced by ***."""
    printed = MAIL.sub(MASK, PHONE.sub(MASK, ADDRESS.sub(MASK, printed)))
    for known in personal:
        printed = re.sub(re.escape(known), MASK, printed, flags=re.IGNORECASE)
    return printed


def _personal_texts(record: Record) -> tuple[str, ...]:
    """Return what an ad's own fields say about its seller, longest first: sellers repeat it in their texts."""
    values = dict(record.values)
    about = values.get("seller_info")
    if isinstance(about, dict):
        values["seller_full_name"] = about.get("full_name")
    names = ("account_name", "full_name", "seller_full_name", "address", "street_name", "phone", "ward_name")
    found = {value.strip() for name in names if isinstance(value := values.get(name), str)}
    return tuple(sorted((value for value in found if len(value) >= SHORTEST_PERSONAL), key=len, reverse=True))


def _url(asked: list[tuple[str, str]], page: int) -> str:
    paging = [("limit", str(PER_PAGE)), ("st", "s,k"), ("o", str((page - 1) * PER_PAGE))]
    return f"{GATEWAY}{PATH}?{urlencode([*asked, *paging], quote_via=quote)}"
