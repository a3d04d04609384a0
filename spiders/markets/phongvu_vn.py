"""Phong Vũ: category pages of a Vietnamese electronics shop, with their products in __NEXT_DATA__."""

from functools import partial

from records.listing import Listing, Offer, Seller
from spiders.base import MarketSpider, Yield
from spiders.drafts import make_listing
from spiders.errors import UnknownPage
from spiders.json_api import Entries
from spiders.pages import next_data, open_page
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
    money,
    one,
    text,
    whole,
)
from spiders.ways import Way

HOME = "https://phongvu.vn"
CURRENCY = "VND"
PRODUCT_IGNORED = frozenset(
    {
        "color", "displayName", "imageLabel", "manufacturer", "masterCategories", "productType", "provider",
        "sellerSku", "shippingType", "skuId", "slug", "tags", "tax", "uomCode", "uomName", "uomRatio", "warranty",
    }
)  # fmt: skip
WAYS = (
    Way(
        name="pages",
        format="category pages with __NEXT_DATA__ (serverProducts)",
        recorded="category page 2022-07",
        terms="Its terms were not read; its robots.txt is read before the first page.",
        limits="pages given by address only: no search, no further pages",
    ),
    Way(name="import", format="the same pages, saved by a person", recorded="as for pages", terms="As for pages."),
)


class PhongvuVNSpider(MarketSpider):
    """Phong Vũ, one shop. A listing is one product (sku)."""

    name = "phongvu_vn"
    title = "Phong Vũ"
    home = HOME
    hosts = ("phongvu.vn",)
    currency = CURRENCY
    expected = Yield(at_least=1)
    ways = WAYS

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read the products that a category page carries."""
        state = next_data(answer, open_page(answer))
        if state is None:
            raise UnknownPage(answer.url, "has no __NEXT_DATA__")
        properties = inner(inner(state, "props"), "pageProps")
        entries = Entries(answer.url)
        found = inners(properties, "serverProducts", at_least=1)
        entries.read(found, partial(read_product, answer), expected=("prices",))
        return entries.reading()


def read_product(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    """Return the listing of one product; `latestPrice` is what it costs now, `supplierRetailPrice` the list price."""
    product = inner(record, "productInfo")
    sku = one(product, "sku", identifier)
    prices = inners(record, "prices")
    now = None if not prices else money(prices[0], "latestPrice", CURRENCY)
    before = None if not prices else money(prices[0], "supplierRetailPrice", CURRENCY)
    brand, seller, status = (
        maybe_inner(product, "brand"),
        maybe_inner(product, "seller"),
        maybe_inner(record, "status"),
    )
    is_sellable = None if status is None else maybe(status, "sellable", flag)
    left = maybe(record, "totalAvailable", whole)
    canonical = maybe(product, "canonical", text)
    image = maybe(product, "imageUrl", text)
    categories = [one(part, "name", text) for part in inners(product, "categories")]
    listing = make_listing(
        answer,
        market=PhongvuVNSpider.name,
        listing_id=sku,
        # displayName is that of the group of variants; this product is called by its own name.
        title=one(product, "name", text),
        url=None if canonical is None else f"{HOME}/{canonical}",
        currency=CURRENCY,
        offer=Offer(
            price=now,
            original_price=before if now and before and before.amount > now.amount else None,
            price_raw=None if now is None else now.raw,
            availability=None if is_sellable is None else "in_stock" if is_sellable and left != 0 else "out_of_stock",
        ),
        seller=Seller(
            seller_id=None if seller is None else maybe(seller, "id", identifier),
            name=None if seller is None else maybe(seller, "name", text),
        ),
        brand=None if brand is None else maybe(brand, "name", text),
        gtin=maybe(product, "barcode", text),
        category=categories,
        images=[] if image is None else [image],
    )
    entries.unknown.update(finish(product, ignore=PRODUCT_IGNORED))
    return [listing]
