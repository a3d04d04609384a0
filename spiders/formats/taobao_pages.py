"""Taobao and Tmall pages as a person saves them: item pages of both, and search pages to about 2018."""

import re
from functools import partial

from selectolax.lexbor import LexborHTMLParser

from records.listing import Availability, Listing, Seller
from spiders.addresses import MAX_URL_LENGTH
from spiders.cards import Fields, card_record, texts
from spiders.drafts import make_listing
from spiders.embedded import embedded_object
from spiders.errors import Blocked, UnknownPage
from spiders.json_api import Entries
from spiders.printed_prices import PriceStyle
from spiders.reading import Answer, Reading, Record, finish, identifier, inner, inners, maybe, one, text

MARKET = "taobao_cn"
HOME = "https://item.taobao.com"
TMALL = "https://detail.tmall.com"
CURRENCY = "CNY"
# Saved pages are in GBK, whatever the scripts in them state.
CHARSET = "gb18030"
STYLE = PriceStyle(decimal_mark=".", signs={"¥": "CNY", "￥": "CNY"})
SEARCH_STATE = re.compile(r"g_page_config\s*=\s*(?=\{)")
STOCK = re.compile(r'"stock"\s*:\s*"?(\d+)"?')
TAOBAO: Fields = {
    "title": (".tb-main-title", "data-title"),
    "price": ("#J_StrPrice .tb-rmb-num", ""),
    "shop": (".tb-shop-name", ""),
    "seller": (".tb-seller-name", ""),
    "facts": ("meta[name=microscope-data]", "content"),
    "address": ("link[rel=canonical]", "href"),
    "image": ("#J_ImgBooth", "src"),
}
TMALL_ITEM: Fields = {
    "title": (".tb-detail-hd h1", ""),
    "price": (".tm-price", ""),
    "shop": (".slogo-shopname", ""),
    "facts": ("meta[name=microscope-data]", "content"),
    "address": ("link[rel=canonical]", "href"),
    "image": ("#J_ImgBooth", "src"),
}
_ITEM = re.compile(r"[?&]id=(\d{6,})")
_SELLER = re.compile(r"userid=(\d+)")
_BRAND = re.compile(r"^品牌\s*[:：]\s*(.+)$")
IMAGE_SIZE = re.compile(r"(\.(?:jpg|png|jpeg|webp))_[^/]*$", re.IGNORECASE)
IGNORED = frozenset(
    {
        "comment_count", "comment_url", "detail_url", "i2iTags", "icon", "isHideIM", "isHideNick", "nick", "p4pTags",
        "pid", "pic_url", "recallReason", "reserve_price", "risk", "shopLink", "shopcard", "title", "user_id",
        "view_fee", "view_sales", "category", "risk_level",
    }
)  # fmt: skip


def read_saved_page(answer: Answer, page: LexborHTMLParser, content: str) -> Reading:
    """Read an item page of Taobao or Tmall, or a search page."""
    state = embedded_object(answer.url, content, SEARCH_STATE)
    if state is not None:
        return _read_search(answer, state)
    root = page.root
    if root is None or page.css_first(".tb-main-title, .tb-detail-hd h1") is None:
        if page.css_first("#J_LoginBox, .login-box, #nc_1_wrapper") is not None:
            raise Blocked(answer.url, "log-in or captcha page")
        raise UnknownPage(answer.url, "shows no item of Taobao or Tmall")
    is_tmall = page.css_first(".tb-main-title") is None
    record = card_record(answer.url, "item", root, TMALL_ITEM if is_tmall else TAOBAO)
    found = _ITEM.search(maybe(record, "address", text) or "") or _ITEM.search(answer.url)
    if found is None:
        raise record.problem("address", "names no item")
    item_id = found.group(1)
    price = maybe(record, "price", text)
    attributes = texts(page.css(".attributes-list li"))
    brand = next((match.group(1) for line in attributes if (match := _BRAND.match(line))), None)
    seller_id = _SELLER.search(maybe(record, "facts", text) or "")
    thumbnails = [node.attributes.get("data-src") or node.attributes.get("src") for node in page.css("#J_UlThumb img")]
    pictures = [maybe(record, "image", text), *thumbnails]
    stocks = [int(number) for number in STOCK.findall(content)]
    availability: Availability | None = None
    if stocks:
        availability = "in_stock" if any(stocks) else "out_of_stock"
    crumbs = texts(page.css(".crumb a, .tb-breadcrumb a"))
    listing = make_listing(
        answer,
        market=MARKET,
        listing_id=item_id,
        title=one(record, "title", text).strip(),
        url=item_url(item_id, is_tmall=is_tmall),
        currency=CURRENCY,
        # The page prints the sign beside the number, in an element of its own.
        offer=STYLE.offer(None if price is None else f"¥{price.lstrip('¥')}", None, availability),
        seller=Seller(
            seller_id=None if seller_id is None else seller_id.group(1),
            name=maybe(record, "shop", text) or maybe(record, "seller", text),
            location=None,
        ),
        brand=brand,
        category=crumbs,
        description="\n".join(attributes) or None,
        images=[full_image(picture) for picture in pictures if picture],
    )
    return Reading(listings=(listing,))


def item_url(item_id: str, *, is_tmall: bool) -> str:
    """Return the page of an item."""
    return f"{TMALL if is_tmall else HOME}/item.htm?id={item_id}"


def full_image(address: str) -> str:
    """Return a picture's own address: with its scheme, without the size that pages append."""
    whole = f"https:{address}" if address.startswith("//") else address
    return IMAGE_SIZE.sub(r"\1", whole) if len(whole) <= MAX_URL_LENGTH else whole


def _read_search(answer: Answer, state: Record) -> Reading:
    found = inner(inner(state, "mods"), "itemlist")
    if maybe(found, "status", text) == "hide":
        return Reading()
    data = inner(found, "data")
    entries = Entries(answer.url)
    entries.read(inners(data, "auctions", at_least=1), partial(_read_auction, answer), expected=("view_price",))
    return entries.reading()


def _read_auction(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    nid = one(record, "nid", identifier)
    price, image = maybe(record, "view_price", text), maybe(record, "pic_url", text)
    is_tmall = "tmall.com" in (maybe(record, "detail_url", text) or "")
    listing = make_listing(
        answer,
        market=MARKET,
        listing_id=nid,
        title=one(record, "raw_title", text),
        url=item_url(nid, is_tmall=is_tmall),
        currency=CURRENCY,
        offer=STYLE.offer(None if price is None else f"¥{price}"),
        seller=Seller(
            seller_id=maybe(record, "user_id", identifier),
            name=maybe(record, "nick", text),
            location=maybe(record, "item_loc", text),
        ),
        images=[] if image is None else [full_image(image)],
    )
    entries.unknown.update(finish(record, ignore=IGNORED))
    return [listing]
