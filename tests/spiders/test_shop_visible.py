"""Shops without a word of product data: what a visitor sees is read, each value with the text it came from."""

import pytest

from spiders.errors import PageChanged, UnknownPage
from tests.spiders.answers import read

URL = "https://shop.example/lamp-7"


def page(body: str, *, head: str = "<title>Hill desk lamp | Shop</title>", language: str = "en") -> str:
    menu = "".join(f'<li><a href="/c/{number}">Lamps {number}</a></li>' for number in range(8))
    return f'<html lang="{language}"><head>{head}</head><body><nav><ul>{menu}</ul></nav>{body}</body></html>'


def product(price: str, *, more: str = "", button: str = "<button>Add to cart</button>") -> str:
    return f"<h1>Hill desk lamp</h1><div class='price'>{price}</div>{button}{more}"


def test_price_beside_title_and_button_is_the_price() -> None:
    related = "".join(
        f'<li class="card"><a href="/p/{number}">Lamp</a><span class="price">€{number},00</span></li>'
        for number in range(11, 19)
    )
    body = product("<del>59,00 €</del> <b class='now'>49,90 €</b>", more=f"<ul class='related'>{related}</ul>")
    (listing,) = read("shop", page(body), URL).listings
    assert listing.title == "Hill desk lamp"
    assert (str(listing.offer.price and listing.offer.price.amount), listing.currency) == ("49.90", "EUR")
    assert str(listing.offer.original_price and listing.offer.original_price.amount) == "59.00"
    assert listing.offer.availability == "in_stock"
    assert listing.sources["price"] == "text b.now '49,90 €'"
    assert listing.sources["availability"] == "button button 'Add to cart'"


@pytest.mark.parametrize(
    ("printed", "language", "url", "amount", "currency"),
    [
        ("1.290.000₫", "vi", "https://shop.vn/den-7", "1290000", "VND"),
        ("1 290 000 đ", "vi", "https://shop.example/den-7", "1290000", "VND"),
        ("￥12,800", "ja", "https://shop.example/7", "12800", "JPY"),
        ("12,800円", "ja", "https://shop.jp/7", "12800", "JPY"),
        ("$12.990", "es-CL", "https://shop.cl/7", "12990", "CLP"),
        ("$ 1.299,50", "es-MX", "https://shop.mx/7", "1299.50", "MXN"),
        ("$129.90", "en-AU", "https://shop.com.au/7", "129.90", "AUD"),
        ("$129.90", "en", "https://shop.com/7", "129.90", "USD"),
        ("NT$ 1,290", "zh-TW", "https://shop.tw/7", "1290.00", "TWD"),
        ("1 299 Kč", "cs", "https://shop.cz/7", "1299.00", "CZK"),
        ("1’299.50 CHF", "de-CH", "https://shop.ch/7", "1299.50", "CHF"),
        ("44 890 тг.", "ru", "https://shop.kz/7", "44890.00", "KZT"),
        ("199 kr", "sv", "https://shop.se/7", "199.00", "SEK"),
    ],
)
def test_a_sign_means_the_currency_of_its_shop(
    printed: str, language: str, url: str, amount: str, currency: str
) -> None:
    (listing,) = read("shop", page(product(printed), language=language), url).listings
    assert (str(listing.offer.price and listing.offer.price.amount), listing.currency) == (amount, currency)


def test_a_dollar_that_no_country_settles_stays_unread() -> None:
    (listing,) = read("shop", page(product("$100"), language="es"), "https://shop.example/7").listings
    assert (listing.offer.price, listing.offer.price_raw, listing.currency) == (None, "$100", None)


@pytest.mark.parametrize(
    ("label", "number"),
    [
        ("<p>SKU: HL-7</p>", "HL-7"),
        ("<table><tr><th>Artikelnummer</th><td>4711.08</td></tr></table>", "4711.08"),
        ("<li><b>Mã sản phẩm:</b> <span>DH0077</span></li>", "DH0077"),
        ("<dt>商品番号</dt><dd>AB-1200</dd>", "AB-1200"),
        ("<span>Артикул: 01245</span>", "01245"),
        ("<span itemprop='sku'>466/7999</span>", "466/7999"),
    ],
)
def test_the_number_behind_a_label_is_the_sku(label: str, number: str) -> None:
    (listing,) = read("shop", page(product("49,90 €", more=label)), URL).listings
    assert listing.sku == number
    assert number in listing.sources["sku"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Sold out", "out_of_stock"),
        ("Hết hàng", "out_of_stock"),
        ("売り切れ", "out_of_stock"),
        ("Derzeit nicht verfügbar.", "out_of_stock"),
        ("In stock", "in_stock"),
        ("Còn hàng", "in_stock"),
        ("Store information is currently unavailable for your region", None),
    ],
)
def test_stock_words_beside_the_product_count(words: str, expected: str | None) -> None:
    body = product("49,90 €", more=f"<p>SKU: HL-7</p><p class='stock'>{words}</p>", button="")
    (listing,) = read("shop", page(body), URL).listings
    assert listing.offer.availability == expected


def test_stock_words_of_a_variant_do_not_count_where_the_product_can_be_bought() -> None:
    sizes = "<ul class='size-list'><li>M sold out</li><li>L</li></ul>"
    (listing,) = read("shop", page(product("49,90 €", more=sizes)), URL).listings
    assert listing.offer.availability == "in_stock"


def test_a_disabled_button_is_no_stock() -> None:
    body = product("49,90 €", button="<button disabled>Add to cart</button>", more="<p>SKU: HL-7</p>")
    assert read("shop", page(body), URL).listings[0].offer.availability is None


@pytest.mark.parametrize(
    "other", ["from 4,99 € / month", "Shipping: 4,99 €", "You save 4,99 €", "4,99 € / 100 g", "4,99 € excl. VAT"]
)
def test_amounts_of_other_things_are_not_the_price(other: str) -> None:
    body = f"<h1>Hill desk lamp</h1><p>{other}</p><p class='price'>49,90 €</p><button>Add to cart</button>"
    (listing,) = read("shop", page(body), URL).listings
    assert str(listing.offer.price and listing.offer.price.amount) == "49.90"


def test_a_list_of_products_is_no_product() -> None:
    cards = "".join(
        f'<li><a href="/p/{number}">Lamp {number}</a><span class="price">{number},00 €</span>'
        "<button>Add to cart</button></li>"
        for number in range(11, 19)
    )
    reading = read(
        "shop", page(f"<h1>Lamps</h1><ul>{cards}</ul>", head="<title>Lamps</title>"), "https://shop.example/l"
    )
    assert reading.listings == ()
    assert "https://shop.example/p/11" in reading.links


def test_the_number_that_customers_see_is_preferred_to_the_one_in_the_data() -> None:
    data = '<script type="application/ld+json">{"@type": "Product", "name": "Hill desk lamp", "sku": "998877", '
    data += '"offers": {"price": 49.9, "priceCurrency": "EUR"}}</script>'
    (listing,) = read("shop", page(product("49,90 €", more="<p>Art.-Nr. HL-7</p>"), head=data), URL).listings
    assert (listing.sku, listing.sources["price"]) == ("HL-7", "json-ld Product.offers.price")


def test_rdfa_is_read() -> None:
    body = (
        '<div vocab="https://schema.org/" typeof="Product"><span property="name">Hill desk lamp</span>'
        '<div property="offers" typeof="Offer"><meta property="priceCurrency" content="EUR">'
        '<span property="price" content="49.90">49,90</span><link property="availability" '
        'href="https://schema.org/OutOfStock"></div></div>'
    )
    (listing,) = read("shop", page(body), URL).listings
    assert (str(listing.offer.price and listing.offer.price.amount), listing.offer.availability) == (
        "49.90",
        "out_of_stock",
    )
    assert listing.sources["price"] == "rdfa Product.offers.price"


STATE = '{"props": {"page": {"product": {"name": "Hill desk lamp", "price": %s, "currency": "EUR", "sku": "HL-7"}}}}'


@pytest.mark.parametrize(
    ("script", "source"),
    [
        (
            f'<script id="__NEXT_DATA__" type="application/json">{STATE % "49.9"}</script>',
            "script#__NEXT_DATA__ $.props.page",
        ),
        (f"<script>window.__STATE__ = {STATE % '49.9'};</script>", "__STATE__.props.page.product.price"),
        (f"<script>dataLayer.push({{ecommerce: {STATE % '49.9'}}})</script>", "dataLayer.ecommerce.props"),
    ],
)
def test_a_price_that_only_the_pages_state_holds_is_read_with_its_path(script: str, source: str) -> None:
    body = f"<h1>Hill desk lamp</h1><p>SKU: HL-7</p><button>Add to cart</button>{script}"
    (listing,) = read("shop", page(body), URL).listings
    assert str(listing.offer.price and listing.offer.price.amount) == "49.90"
    assert source in listing.sources["price"]


def test_whole_cents_in_the_state_are_told_by_the_page() -> None:
    script = f'<script type="application/json">{STATE % "4990"}</script>'
    body = (
        f"<h1>Hill desk lamp</h1><p>SKU: HL-7</p><button>Add to cart</button><p>Now only 49.90 for members</p>{script}"
    )
    (listing,) = read("shop", page(body), URL).listings
    assert str(listing.offer.price and listing.offer.price.amount) == "49.90"


def test_a_price_in_minor_units_is_told_by_what_visitors_see() -> None:
    data = '<script type="application/ld+json">{"@type": "Product", "name": "Hill desk lamp", '
    data += '"offers": {"price": "4990", "priceCurrency": "EUR"}}</script>'
    reading = read("shop", page(product("49,90 €"), head=data), URL)
    assert str(reading.listings[0].offer.price and reading.listings[0].offer.price.amount) == "49.90"
    assert reading.notes == ("the page's data counts in minor units: 4990 is 49,90 €",)


def test_a_title_that_a_list_cuts_short_is_left_to_the_products_own_page() -> None:
    items = ", ".join(
        f'{{"@type": "Product", "name": "{name}", "url": "/p/{number}", "offers": {{"price": 1}}}}'
        for number, name in enumerate(("Hill desk lamp with a very…", "Whole name"))
    )
    data = f'<script type="application/ld+json">[{items}]</script>'
    reading = read("shop", page("<h1>Lamps</h1>", head=data), "https://shop.example/lamps")
    assert [listing.title for listing in reading.listings] == ["Whole name"]
    assert "https://shop.example/p/0" in reading.links
    assert reading.skipped == {"Product.name: is cut short in the list": 1}


def test_an_empty_shell_is_named_as_such() -> None:
    shell = '<html><head><script src="/app.js"></script></head><body><div id="root">Loading</div></body></html>'
    with pytest.raises(UnknownPage, match="empty shell"):
        read("shop", shell, "https://shop.example/anything")


def test_a_graphql_answer_with_errors_is_an_error() -> None:
    with pytest.raises(PageChanged, match=r"holds 1 errors and no data .*not found"):
        read("shop", '{"errors": [{"message": "not found"}], "data": null}', "https://shop.example/graphql")


def test_paging_that_hangs_on_a_script_is_said() -> None:
    body = '<h1>Lamps</h1><a href="/p/1">Lamp</a><p><a class="page-link next" href="#">2</a></p>'
    assert any("rendered=true" in note for note in read("shop", page(body), URL).notes)
    more = '<h1>Lamps</h1><a href="/p/1">Lamp</a><button data-next-url="/lamps?page=2">Load more</button>'
    assert "https://shop.example/lamps?page=2" in read("shop", page(more), "https://shop.example/lamps").links
