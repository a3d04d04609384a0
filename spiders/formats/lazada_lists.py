"""Lazada's lists: the JSON of a catalogue page (mods.listItems), the same inside a page, and the printed grid."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from selectolax.lexbor import LexborHTMLParser

from records.listing import Listing, Offer, Seller
from records.money import Money
from spiders.cards import Fields, card_records, texts
from spiders.drafts import make_listing
from spiders.embedded import embedded_object
from spiders.errors import Blocked, UnknownPage
from spiders.json_api import Entries
from spiders.printed_prices import PriceStyle
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

PAGE_DATA = re.compile(r"window\.pageData\s*=\s*(?=\{)")
GRID = "[data-qa-locator=product-item]"
CARD: Fields = {
    "item_id": ("", "data-item-id"),
    "sku": ("", "data-sku-simple"),
    "title": ("a[title]", "title"),
    "href": ("a[href*='-i']", "href"),
    "image": ("img[type=product]", "src"),
    "mall": ("i.ic-dynamic-badge[style*=lazmall]", "class"),
}
NO_RESULTS = ("Tìm kiếm không có kết quả", "Search No Result", "không tìm thấy sản phẩm")
_SKU_ID = re.compile(r"-(\d+)$")
_REVIEWS = re.compile(r"^\((\d[\d,.]*)\)$")
_SOLD = re.compile(r"^([\d,.]+)\s*(k?)\+?\s*(?:sold|đã bán)$", re.IGNORECASE)
_STRIKE = re.compile(r"^-\d+%$")
IGNORED = frozenset(
    {
        "adFlag", "asyncSearch", "attributes", "bizInfo", "brandId", "categories", "cheapest_sku", "clickTrace",
        "discount", "freeTrial", "icons", "isAD", "isBadgeAutoRotate", "isSmartImage", "isSponsored", "itemSoldCnt",
        "itemType", "itemUrl", "locationIcons", "longImageDisplayable", "moreButton", "nid", "originalPriceShow",
        "productUrl", "promotionId", "querystring", "restrictedAge", "showFeedBack", "sku", "skuType", "skus",
        "tItemType", "thumbs", "voucherIcons", "gridTitleLine", "inStockShow", "taxDiscount", "discountText",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LazadaSite:
    """One country's Lazada."""

    market: str
    home: str
    currency: str
    style: PriceStyle


def read_catalog(answer: Answer, site: LazadaSite, value: Mapping[str, object]) -> Reading:
    """Read the JSON of a catalogue page; a block is answered with status 200, too."""
    top = Record(answer.url, "", value)
    check_block(answer, value)
    mods = inner(top, "mods")
    info = maybe_inner(top, "mainInfo") or Record(answer.url, "mainInfo", {})
    total = maybe(info, "totalResults", whole)
    if "listItems" not in mods.values:
        raise mods.problem("listItems", "is missing")
    items = inners(mods, "listItems")
    if not items:
        if total == 0:
            return Reading()
        raise mods.problem("listItems", "is empty, but the answer does not say that there is nothing")
    entries = Entries(answer.url)
    entries.read(items, partial(_read_item, answer, site), expected=("price",))
    page, size = maybe(info, "page", whole), maybe(info, "pageSize", whole)
    asked = parse_qsl(urlsplit(answer.url).query)
    is_last = page is None or not size or total is None or page * size >= total
    if is_last or not any(name in {"q", "page"} for name, _ in asked):
        return entries.reading()
    kept = [pair for pair in asked if pair[0] != "page"]
    path = urlsplit(answer.url).path
    following = urlencode([*kept, ("page", str((page or 0) + 1))], quote_via=quote)
    return entries.reading(links=(f"{site.home}{path}?{following}",))


def check_block(answer: Answer, value: Mapping[str, object]) -> None:
    """Raise Blocked for the refusals that Lazada sends as JSON."""
    said = value.get("ret")
    if isinstance(said, list) and any("RGV587" in str(part) or "FAIL_SYS_USER_VALIDATE" in str(part) for part in said):
        raise Blocked(answer.url, str(said[0])[:60])
    if "rgv587_flag" in value:
        raise Blocked(answer.url, "rgv587_flag")


def read_list_page(answer: Answer, site: LazadaSite, page: LexborHTMLParser, content: str) -> Reading:
    """Read a saved page: by the data that its script carries, else by the printed grid."""
    data = embedded_object(answer.url, content, PAGE_DATA)
    if data is not None:
        return read_catalog(answer, site, data.values)
    records = card_records(answer, page, GRID, CARD)
    if not records:
        if page.css_first(".nc_wrapper, #nc_1_wrapper") is not None:
            raise Blocked(answer.url, "slider captcha")
        if any(words in content for words in NO_RESULTS):
            # Lazada shows this page to readers that it refuses, too: never taken for a proof.
            raise Blocked(answer.url, "a page without results, which Lazada also shows where it refuses")
        raise UnknownPage(answer.url, "has no product grid of Lazada")
    for node, record in zip(page.css(GRID), records, strict=True):
        record.values = {**record.values, "lines": texts(node.css("span"))}
    entries = Entries(answer.url)
    entries.read(records, partial(_read_card, answer, site), expected=("title",))
    return entries.reading()


def item_url(site: LazadaSite, item_id: str, sku_id: str | None) -> str:
    """Return the page of an offer; this form needs no title."""
    return f"{site.home}/products/-i{item_id}{'' if sku_id is None else f'-s{sku_id}'}.html"


def _read_item(answer: Answer, site: LazadaSite, record: Record, entries: Entries) -> list[Listing]:
    item_id, sku_id = one(record, "itemId", identifier), maybe(record, "skuId", identifier)
    raw = maybe(record, "priceShow", text)
    price, before = _money(record, "price", site, raw), _money(record, "originalPrice", site, None)
    in_stock = maybe(record, "inStock", flag)
    image = maybe(record, "image", text)
    sold = maybe(record, "itemSoldCntShow", text)
    reviews = maybe(record, "review", text)
    listing = make_listing(
        answer,
        market=site.market,
        listing_id=sku_id or item_id,
        title=one(record, "name", text),
        url=item_url(site, item_id, sku_id),
        currency=site.currency,
        offer=Offer(
            price=price,
            original_price=before if price and before and before.amount > price.amount else None,
            price_raw=raw or (None if price is None else price.raw),
            availability=None if in_stock is None else "in_stock" if in_stock else "out_of_stock",
        ),
        seller=Seller(
            seller_id=maybe(record, "sellerId", identifier),
            name=maybe(record, "sellerName", text),
            location=maybe(record, "location", text),
        ),
        brand=maybe(record, "brandName", text),
        sku=item_id,
        images=[] if image is None else [image],
        sold=None if sold is None else _count(sold),
        rating=maybe(record, "ratingScore", number),
        review_count=None if reviews is None or not reviews.isdecimal() else int(reviews),
    )
    entries.unknown.update(finish(record, ignore=IGNORED))
    return [listing]


def _money(record: Record, name: str, site: LazadaSite, raw: str | None) -> Money | None:
    amount = maybe(record, name, number)
    if amount is None or amount <= 0:
        return None
    return priced(record, name, amount, site.currency, raw=raw or str(record.values[name]))


def _read_card(answer: Answer, site: LazadaSite, record: Record, entries: Entries) -> list[Listing]:
    item_id = one(record, "item_id", identifier)
    sku = _SKU_ID.search(maybe(record, "sku", text) or "")
    sku_id = None if sku is None else sku.group(1)
    lines = record.values.get("lines")
    shown = [str(line) for line in lines] if isinstance(lines, list) else []
    prices = [line for line in shown if site.style.currency(line) is not None]
    reviews = next((match.group(1) for line in shown if (match := _REVIEWS.match(line))), None)
    sold = next((line for line in shown if _SOLD.match(line)), None)
    if not prices:
        entries.unknown["a card without a price"] += 1
    image = maybe(record, "image", text)
    known = {*prices, sold or "", f"({reviews})"}
    place = next((line for line in reversed(shown) if line not in known and not _STRIKE.match(line)), None)
    return [
        make_listing(
            answer,
            market=site.market,
            listing_id=sku_id or item_id,
            title=one(record, "title", text),
            url=item_url(site, item_id, sku_id),
            currency=site.currency,
            offer=site.style.offer(prices[0] if prices else None, prices[1] if len(prices) > 1 else None),
            # The badge before the title is the market's own label for official shops.
            seller=Seller(official=True if maybe(record, "mall", text) is not None else None, location=place),
            sku=item_id,
            images=[image] if image is not None and image.startswith(("https://", "http://")) else [],
            sold=None if sold is None else _count(sold),
            review_count=None if reviews is None else int(re.sub(r"[,.]", "", reviews)),
        )
    ]


def _count(said: str) -> int | None:
    """Return the number of "1.2k sold", "602 Đã bán" or "2k+ sold"."""
    found = _SOLD.match(said.strip())
    if found is None:
        return None
    if found.group(2):
        return int(float(found.group(1).replace(",", ".")) * 1_000)
    return int(re.sub(r"[,.]", "", found.group(1)) or "0")
