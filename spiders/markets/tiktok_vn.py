"""TikTok Shop: saved product pages with __MODERN_ROUTER_DATA__. There is no API for others' goods in Viet Nam."""

from functools import partial

from records.listing import Listing, Offer, Seller
from records.money import Money
from spiders.base import MarketSpider, Yield
from spiders.drafts import make_listing
from spiders.embedded import objects_with
from spiders.errors import Blocked, UnknownPage
from spiders.json_api import Entries, as_mapping, is_json, read_json
from spiders.pages import open_page
from spiders.reading import (
    Answer,
    Reading,
    Record,
    identifier,
    inners,
    maybe,
    maybe_inner,
    number,
    one,
    priced,
    text,
    whole,
)
from spiders.ways import Way

HOME = "https://shop.tiktok.com"
SCRIPT = "script#__MODERN_ROUTER_DATA__"
CAPTCHA = "[id*=captcha], [class*=captcha]"
WAYS = (
    Way(
        name="import",
        format="product pages with __MODERN_ROUTER_DATA__ (product_info), from one page of another region and others' "
        "descriptions",
        terms="The research API serves approved researchers and shops of the EU only; pages answer with a captcha "
        "after a few: files saved by a person only.",
    ),
)


class TiktokVNSpider(MarketSpider):
    """TikTok Shop. A listing is one product; its ids are longer than a float can hold."""

    name = "tiktok_vn"
    title = "TikTok Shop"
    home = HOME
    hosts = ("tiktok.com",)
    expected = Yield(at_least=1)
    ways = WAYS

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read a saved product page, or the data of one."""
        if is_json(answer):
            value = as_mapping(answer.url, read_json(answer.url, answer.body))
        else:
            page = open_page(answer)
            node = page.css_first(SCRIPT)
            if node is None:
                if page.css_first(CAPTCHA) is not None:
                    raise Blocked(answer.url, "captcha page")
                raise UnknownPage(answer.url, "has no __MODERN_ROUTER_DATA__")
            value = as_mapping(answer.url, read_json(answer.url, node.text(deep=True).encode("utf-8", "replace")))
        if value.get("type") == "verify":
            raise Blocked(answer.url, "captcha (verify)")
        outer = next(objects_with(dict(value), "product_info"), None)
        if outer is None:
            raise UnknownPage(answer.url, "holds no product_info")
        info = Record(answer.url, "product_info", as_mapping(answer.url, outer["product_info"]))
        error = maybe(info, "error_code", whole)
        if error:
            # With status 200. A page that is kept from us must never be read as a product that is gone.
            raise Blocked(answer.url, f"error_code {error}: the product is not there, or kept from us")
        entries = Entries(answer.url)
        # The page of today wraps the product once more.
        inner_info = maybe_inner(info, "product_info") or info
        entries.read([inner_info], partial(read_product, answer))
        return entries.reading()


def read_product(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    """Return the listing of one product."""
    product_id = one(record, "product_id", identifier)
    base = maybe_inner(record, "product_base") or record
    seller = maybe_inner(record, "seller")
    prices = maybe_inner(base, "price")
    price, before = (None, None) if prices is None else (_money(prices, "real_price"), _money(prices, "original_price"))
    if price is None:
        entries.unknown["a product without a price"] += 1
    review = maybe_inner(record, "product_detail_review")
    images = [next(iter(_urls(image)), None) for image in inners(base, "images")]
    return [
        make_listing(
            answer,
            market=TiktokVNSpider.name,
            listing_id=product_id,
            title=maybe(base, "title", text) or one(base, "product_name", text),
            url=f"{HOME}/view/product/{product_id}",
            currency=None if price is None else price.currency,
            offer=Offer(
                price=price,
                original_price=before if price and before and before.amount > price.amount else None,
                price_raw=None if price is None else price.raw,
            ),
            seller=Seller(
                seller_id=maybe(record, "seller_id", identifier),
                name=None if seller is None else maybe(seller, "name", text),
            ),
            images=[image for image in images if image is not None],
            sold=maybe(base, "sold_count", whole),
            rating=None if review is None else maybe(review, "product_rating", number),
            review_count=None if review is None else maybe(review, "review_count", whole),
        )
    ]


def _money(prices: Record, name: str) -> Money | None:
    """Return a price object {price_val, currency}; another form is none and is noted by its absence."""
    value = prices.values.get(name)
    if not isinstance(value, dict):
        return None
    record = Record(prices.url, prices.at(name), value)
    amount, currency = maybe(record, "price_val", number), maybe(record, "currency", text)
    if not amount or amount < 0 or currency is None or len(currency) != 3:
        return None
    return priced(record, "price_val", amount, currency, raw=maybe(record, "price_str", text) or str(amount))


def _urls(image: Record) -> tuple[str, ...]:
    value = image.values.get("url_list")
    return tuple(str(url) for url in value) if isinstance(value, list) else ()
