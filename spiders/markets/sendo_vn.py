"""Sendo: listing entries of its search, for old files only; the marketplace closed on 15 April 2025."""

from functools import partial

from records.listing import Listing, Offer, Seller
from spiders.base import MarketSpider, Yield
from spiders.drafts import make_listing
from spiders.errors import PageChanged, UnknownPage
from spiders.json_api import Entries, is_json, read_json
from spiders.reading import (
    Answer,
    Reading,
    Record,
    entries_of,
    finish,
    flag,
    identifier,
    maybe,
    maybe_inner,
    money,
    number,
    one,
    text,
    whole,
)
from spiders.ways import Way

HOME = "https://www.sendo.vn"
CURRENCY = "VND"
IGNORED = frozenset(
    {
        "app_discount_percentage", "buy_limit", "button_text", "cat_path", "category_id", "category_ids", "deep_link",
        "event_banners", "final_promotion_percent", "has_video", "img_highlight_urls", "is_in_promotion",
        "is_shipping_supported", "max_price", "min_price", "order_count_text", "original_price", "price_range",
        "promotion_percent_upto", "promotion_percentage", "promotion_sub_message", "quantity", "remaining",
        "seller_admin_id", "ship_method", "shop_badge_url", "shop_badge_urls", "shop_warehouse_city_id",
        "special_price", "uid",
    }
)  # fmt: skip
WAYS = (
    Way(
        name="import",
        format="listing entries of the search answer, an array",
        recorded="60 entries of 2023-07",
        terms="The general marketplace closed on 15 April 2025: there is nothing left to crawl, old files only.",
    ),
)


class SendoVNSpider(MarketSpider):
    """Sendo. A listing is one shop's product."""

    name = "sendo_vn"
    title = "Sendo"
    home = HOME
    hosts = ("sendo.vn",)
    currency = CURRENCY
    expected = Yield(at_least=1)
    ways = WAYS

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read an array of listing entries; advertisements between them may hold no item."""
        if not is_json(answer):
            raise UnknownPage(answer.url, "is no JSON of Sendo")
        value = read_json(answer.url, answer.body)
        if isinstance(value, dict) and isinstance(value.get("data"), list):
            value = value["data"]
        if not isinstance(value, list):
            raise UnknownPage(answer.url, "is no array of listing entries")
        found = entries_of(Record(answer.url, "", {}), "entries", value)
        if not found:
            raise PageChanged(answer.url, "entries", "is empty, and no envelope says that there is nothing")
        entries = Entries(answer.url)
        records = []
        for index, entry in enumerate(found):
            if not isinstance(entry, dict):
                raise PageChanged(answer.url, f"entries[{index}]", "is not an object", entry)
            item = maybe_inner(Record(answer.url, f"entries[{index}]", entry), "item")
            if item is None:
                entries.skipped["item: an advertisement without one"] += 1
            else:
                records.append(item)
        entries.seen += entries.skipped.total()
        entries.read(records, partial(read_item, answer), expected=("price",))
        return entries.reading()


def read_item(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    """Return the listing of one item; `final_price` is the selling price, `price` the one before the discount."""
    product_id = one(record, "product_id", identifier)
    price, top = money(record, "final_price", CURRENCY), money(record, "max_final_price", CURRENCY)
    before = money(record, "price", CURRENCY)
    images = [maybe(record, name, text) for name in ("original_img_url", "thumbnail_url")]
    is_plus = maybe(record, "is_shop_plus", flag)
    listing = make_listing(
        answer,
        market=SendoVNSpider.name,
        listing_id=product_id,
        title=one(record, "name", text),
        url=f"{HOME}/product-{product_id}.html",
        currency=CURRENCY,
        offer=Offer(
            price=price,
            price_max=top if price and top and top.amount > price.amount else None,
            original_price=before if price and before and before.amount > price.amount else None,
            price_raw=None if price is None else price.raw,
        ),
        seller=Seller(
            seller_id=maybe(record, "shop_id", identifier),
            name=maybe(record, "shop_name", text),
            # Shop+ is Sendo's own label for shops that it has checked.
            official=is_plus,
            location=maybe(record, "shop_warehouse_city", text),
        ),
        images=[image for image in images if image is not None],
        sold=maybe(record, "order_count", whole),
        rating=maybe(record, "rating_percent", number),
        review_count=maybe(record, "total_ratings", whole),
    )
    entries.unknown.update(finish(record, ignore=IGNORED))
    return [listing]
