"""AliExpress pages as a person saves them: item pages to about 2022, search pages of 2025."""

import re
from functools import partial

from records.listing import Listing, Offer, Seller
from records.money import Money
from spiders.drafts import make_listing
from spiders.embedded import embedded_object, objects_with
from spiders.errors import UnknownPage
from spiders.json_api import Entries
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

MARKET = "aliexpress_com"
HOME = "https://www.aliexpress.com"
RUN_PARAMS = re.compile(r"window\.runParams\s*=\s*(?=\{)")
# The state of a search page stands behind one of these.
SEARCH_STATE = re.compile(r"(?:_init_data_\s*=|window\.__INIT_DATA__\s*=|_dida_config_\._init_data_\s*=)\s*(?=\{)")
BRAND_NAME_ID = 2
_SOLD = re.compile(r"^([\d,.]+)(\+?)\s*(?:sold|đã bán)", re.IGNORECASE)


def read_page_of_scripts(answer: Answer, page: str) -> Reading:
    """Read an item or a search page by the data that its scripts carry."""
    entries = Entries(answer.url)
    item = embedded_object(answer.url, page, RUN_PARAMS)
    if item is not None:
        data = maybe_inner(item, "data")
        if data is not None and "titleModule" in data.values:
            entries.read([data], partial(_read_item, answer))
            return entries.reading()
    state = embedded_object(answer.url, page, SEARCH_STATE) or item
    if state is None:
        raise UnknownPage(answer.url, "carries no data of AliExpress")
    lists = list(objects_with(state.values, "itemList"))
    if not lists:
        raise UnknownPage(answer.url, "carries neither an item nor a list of items")
    found = Record(answer.url, "itemList", lists[0])
    content = inner(found, "itemList")
    cards = inners(content, "content")
    if not cards:
        raise content.problem("content", "is empty, but the page does not say that there is nothing")
    entries.read(cards, partial(_read_card, answer), expected=("prices",))
    return entries.reading()


def item_url(item_id: str) -> str:
    """Return the page of an item."""
    return f"{HOME}/item/{item_id}.html"


def _read_item(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    common = inner(record, "commonModule")
    item_id = one(common, "productId", identifier)
    title = one(inner(record, "titleModule"), "subject", text)
    store, price = inner(record, "storeModule"), inner(record, "priceModule")
    quantity, images = maybe_inner(record, "quantityModule"), maybe_inner(record, "imageModule")
    specs, links = maybe_inner(record, "specsModule"), maybe_inner(record, "crossLinkModule")
    trade, rating = inner(record, "titleModule"), maybe_inner(inner(record, "titleModule"), "feedbackRating")
    stock = None if quantity is None else maybe(quantity, "totalAvailQuantity", whole)
    crumbs = () if links is None else inners(links, "breadCrumbPathList")
    votes = None if rating is None else maybe(rating, "totalValidNum", whole)
    listing = make_listing(
        answer,
        market=MARKET,
        listing_id=item_id,
        title=title,
        url=item_url(item_id),
        currency=maybe(common, "currencyCode", text),
        offer=_item_offer(price, stock),
        seller=Seller(
            seller_id=maybe(store, "storeNum", identifier),
            name=maybe(store, "storeName", text),
            location=maybe(store, "countryCompleteName", text),
        ),
        # Names are translated; the number of the property is not.
        brand=None if specs is None else _brand(specs),
        category=[one(crumb, "name", text) for crumb in crumbs if maybe(crumb, "cateId", whole)],
        images=() if images is None else many(images, "imagePathList", text),
        sold=maybe(trade, "tradeCount", whole),
        rating=None if rating is None else maybe(rating, "averageStar", number),
        review_count=votes,
    )
    if stock is None:
        entries.unknown["no quantity"] += 1
    return [listing]


def _item_offer(price: Record, stock: int | None) -> Offer:
    """Return the price of the running promotion, else the ordinary one; both are ranges over the variants."""
    activity = [_amount(price, "minActivityAmount"), _amount(price, "maxActivityAmount")]
    ordinary = [_amount(price, "minAmount"), _amount(price, "maxAmount")]
    low, high = activity if activity[0] is not None else ordinary
    original = ordinary[0]
    raw = maybe(price, "formatedActivityPrice", text) or maybe(price, "formatedPrice", text)
    is_struck = original is not None and low is not None and original.amount > low.amount
    return Offer(
        price=low,
        price_max=high if low is not None and high is not None and high.amount > low.amount else None,
        original_price=original if is_struck else None,
        price_raw=raw,
        availability=None if stock is None else "in_stock" if stock > 0 else "out_of_stock",
    )


def _amount(record: Record, name: str) -> Money | None:
    found = maybe_inner(record, name)
    if found is None:
        return None
    raw = maybe(found, "formatedAmount", text) or str(found.values.get("value"))
    return priced(found, "value", one(found, "value", number), one(found, "currency", text), raw=raw)


def _brand(specs: Record) -> str | None:
    for prop in inners(specs, "props"):
        if maybe(prop, "attrNameId", whole) == BRAND_NAME_ID:
            return maybe(prop, "attrValue", text)
    return None


def _read_card(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    item_id = one(record, "productId", identifier)
    prices = inner(record, "prices")
    sale, original = inner(prices, "salePrice"), maybe_inner(prices, "originalPrice")
    now, before = _card_price(sale), None if original is None else _card_price(original)
    trade, stars, image = (maybe_inner(record, name) for name in ("trade", "evaluation", "image"))
    said = None if trade is None else maybe(trade, "tradeDesc", text)
    sold = None if said is None else _SOLD.match(said)
    if said is not None and sold is None:
        entries.unknown["a sold text of another kind"] += 1
    picture = None if image is None else maybe(image, "imgUrl", text)
    return [
        make_listing(
            answer,
            market=MARKET,
            listing_id=item_id,
            title=one(inner(record, "title"), "displayTitle", text),
            url=item_url(item_id),
            currency=maybe(sale, "currencyCode", text),
            offer=Offer(
                price=now,
                original_price=before if now and before and before.amount > now.amount else None,
                price_raw=maybe(sale, "formattedPrice", text),
            ),
            seller=Seller(),
            images=[] if picture is None else [f"https:{picture}" if picture.startswith("//") else picture],
            sold=None if sold is None else int(re.sub(r"[,.]", "", sold.group(1))),
            rating=None if stars is None else maybe(stars, "starRating", number),
        )
    ]


def _card_price(record: Record) -> Money | None:
    amount = maybe(record, "minPrice", number)
    if amount is None or amount <= 0:
        return None
    raw = maybe(record, "formattedPrice", text) or str(amount)
    return priced(record, "minPrice", amount, one(record, "currencyCode", text), raw=raw)
