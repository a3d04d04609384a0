import gzip

import pytest

from spiders.errors import PageChanged, UnknownPage
from tests.spiders.answers import read, sample

PAGE = "https://www.shop.example/p/lamp-7?utm_source=mail#top"


def test_a_json_ld_product_is_read_field_by_field() -> None:
    (listing,) = read("shop", sample("shop", "json-ld.html"), PAGE).listings
    assert listing.key == ("shop", "https://www.shop.example/p/lamp-7")
    assert listing.url == listing.listing_id
    assert listing.title == "Hill desk lamp"
    assert listing.offer.price is not None
    assert (str(listing.offer.price.amount), listing.currency) == ("1299.50", "EUR")
    assert listing.offer.price_raw == "1299.50"
    assert listing.offer.availability == "out_of_stock"
    assert (listing.seller.seller_id, listing.seller.name) == ("shop.example", "Hill GmbH")
    assert (listing.sku, listing.gtin, listing.mpn, listing.brand) == ("HL-7", "4006381333931", "7-B", "Hill")
    assert listing.category == ("Home", "Desk lamps")
    assert listing.condition == "NewCondition"
    assert listing.description == "A warm lamp"
    assert listing.images == ("https://www.shop.example/img/1.jpg", "https://cdn.example/2.jpg")
    assert (str(listing.rating), listing.review_count) == ("4.50", 21)


def test_buyers_names_are_never_kept() -> None:
    assert "Jane" not in str(read("shop", sample("shop", "json-ld.html"), PAGE))


def test_microdata_with_grouped_dong_is_read() -> None:
    (listing,) = read("shop", sample("shop", "microdata.html"), "https://shop.example/pot").listings
    assert listing.offer.price is not None
    assert (str(listing.offer.price.amount), listing.currency) == ("129000", "VND")
    assert (listing.sku, listing.brand, listing.offer.availability) == ("CP-2", "Claywork", "in_stock")


def test_open_graph_is_read_where_there_is_nothing_else() -> None:
    (listing,) = read("shop", sample("shop", "open-graph.html"), "https://shop.example/basket").listings
    assert listing.title == "Reed basket"
    assert listing.offer.price is not None
    assert (str(listing.offer.price.amount), listing.currency) == ("18.00", "USD")
    assert (listing.brand, listing.offer.availability) == ("Reedly", "in_stock")
    assert listing.images == ("https://shop.example/b.jpg",)


def test_a_category_page_gives_its_products_and_links_of_the_site_only() -> None:
    reading = read("shop", sample("shop", "category.html"), "https://shop.example/desk-lamps")
    assert [(one.listing_id, one.offer.price_raw) for one in reading.listings] == [
        ("https://shop.example/p/lamp-1", "10"),
        ("https://shop.example/p/lamp-2", "20"),
    ]
    assert reading.skipped == {"Product.name: is missing": 1}
    assert reading.links == (
        "https://shop.example/desk-lamps?page=2",
        "https://shop.example/p/lamp-1",
        "https://shop.example/p/lamp-2",
        "https://shop.example/about",
    )


def product_page(offers: str, *, more: str = "") -> str:
    product = f'{{"@context": "https://schema.org", "@type": "Product", "name": "Cup", "offers": {offers}}}'
    return f'<html><head><script type="application/ld+json">{product}</script>{more}</head><body></body></html>'


@pytest.mark.parametrize(
    ("offers", "price", "top", "original"),
    [
        ('{"price": 12.10, "priceCurrency": "EUR"}', "12.10", None, None),
        ('{"price": "1.299,00", "priceCurrency": "EUR"}', "1299.00", None, None),
        ('{"price": "1290000", "priceCurrency": "VND"}', "1290000", None, None),
        ('{"price": "1.290.000", "priceCurrency": "VND"}', "1290000", None, None),
        ('{"price": "€ 8.50"}', "8.50", None, None),
        ('[{"price": 5, "priceCurrency": "EUR"}, {"price": 7, "priceCurrency": "EUR"}]', "5.00", "7.00", None),
        ('{"@type": "AggregateOffer", "lowPrice": 5, "highPrice": 9, "priceCurrency": "EUR"}', "5.00", "9.00", None),
        (
            '{"priceCurrency": "EUR", "priceSpecification": [{"price": 80}, {"price": 99, "priceType": "ListPrice"}]}',
            "80.00",
            None,
            "99.00",
        ),
        ('{"price": 0, "priceCurrency": "EUR"}', None, None, None),
        ('{"price": true, "priceCurrency": "EUR"}', None, None, None),
        ('{"price": "NaN", "priceCurrency": "EUR"}', None, None, None),
        ('{"price": "1e999999", "priceCurrency": "EUR"}', None, None, None),
        ('{"price": "12.50"}', None, None, None),
    ],
)
def test_prices_are_read_in_every_form(offers: str, price: str | None, top: str | None, original: str | None) -> None:
    (listing,) = read("shop", product_page(offers), "https://shop.example/cup").listings
    found = (listing.offer.price, listing.offer.price_max, listing.offer.original_price)
    assert tuple(None if money is None else str(money.amount) for money in found) == (price, top, original)


def test_a_price_without_a_currency_is_kept_as_printed() -> None:
    (listing,) = read("shop", product_page('{"price": "12.50"}'), "https://shop.example/cup").listings
    assert (listing.offer.price_raw, listing.currency) == ("12.50", None)


def test_a_number_is_kept_as_it_was_written() -> None:
    page = product_page('{"price": 12.10, "priceCurrency": "EUR"}')
    assert read("shop", page, "https://shop.example/cup").listings[0].offer.price_raw == "12.10"


def test_a_broken_block_is_noted_and_the_others_are_read() -> None:
    page = product_page(
        '{"price": 1, "priceCurrency": "EUR"}', more='<script type="application/ld+json">{"a": </script>'
    )
    reading = read("shop", page, "https://shop.example/cup")
    assert len(reading.listings) == 1
    assert reading.notes == ("1 JSON-LD blocks are broken",)


def test_two_prices_that_disagree_are_noted() -> None:
    second = product_page('{"price": 9, "priceCurrency": "EUR"}')
    page = product_page('{"price": 1, "priceCurrency": "EUR"}', more=second)
    reading = read("shop", page, "https://shop.example/cup")
    assert reading.notes == ("the page states different prices: 1.00, 9.00",)
    assert len(reading.listings) == 1


def test_a_product_without_a_name_is_a_change_and_a_page_without_anything_is_unknown() -> None:
    nameless = '<script type="application/ld+json">{"@type": "Product", "offers": {"price": 1}}</script>'
    with pytest.raises(PageChanged, match=r"Product\.name: is missing"):
        read("shop", nameless, "https://shop.example/cup")
    with pytest.raises(UnknownPage, match="neither a product"):
        read("shop", "<html><body>Hello</body></html>", "https://shop.example/")
    with pytest.raises(UnknownPage, match="is JSON"):
        read("shop", '{"price": 1}', "https://shop.example/")


def test_a_canonical_address_of_another_site_or_of_the_home_page_is_not_believed() -> None:
    for href in ("https://evil.example/p/1", "/", "https://shop.example.evil.example/cup", "javascript:x"):
        page = product_page('{"price": 1, "priceCurrency": "EUR"}', more=f'<link rel="canonical" href="{href}">')
        (listing,) = read("shop", page, "https://shop.example/cup?gclid=1").listings
        assert listing.listing_id == "https://shop.example/cup"


def test_a_base_tag_does_not_move_links() -> None:
    page = '<html><head><base href="https://evil.example/"></head><body><a href="p/1">1</a></body></html>'
    assert read("shop", page, "https://shop.example/").links == ("https://shop.example/p/1",)


def test_a_sitemap_gives_its_pages_packed_or_not() -> None:
    pages = ("https://shop.example/p/lamp-1", "https://shop.example/p/lamp-2")
    body = sample("shop", "sitemap.xml")
    assert read("shop", body, "https://shop.example/sitemap.xml").links == pages
    assert read("shop", gzip.compress(body), "https://shop.example/sitemap.xml.gz").links == pages


def test_a_sitemap_index_gives_its_sitemaps() -> None:
    body = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<sitemap><loc>https://shop.example/a.xml.gz</loc></sitemap></sitemapindex>"
    )
    assert read("shop", body, "https://shop.example/sitemap.xml").links == ("https://shop.example/a.xml.gz",)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>&x;</loc></url></urlset>',
            "document type",
        ),
        (b"<urlset><url><loc>https://shop.example/1", "is not XML"),
        (b"<urlset></urlset>", "names no address"),
        (gzip.compress(b"<urlset>", mtime=0)[:-4], "cannot be unpacked"),
        (gzip.compress(b" " * (60 * 1024 * 1024)), "unpacked"),
    ],
)
def test_a_hostile_or_broken_sitemap_is_refused(body: bytes, problem: str) -> None:
    with pytest.raises(PageChanged, match=problem):
        read("shop", body, "https://shop.example/sitemap.xml")


@pytest.mark.slow
def test_a_sitemap_of_more_than_50000_pages_is_used_up_to_there_and_noted() -> None:
    places = "".join(f"<url><loc>https://shop.example/{number}</loc></url>" for number in range(50_001))
    reading = read("shop", f"<urlset>{places}</urlset>", "https://shop.example/sitemap.xml")
    assert len(reading.links) == 50_000
    assert reading.notes == ("the sitemap names 50001 addresses, the first 50000 are used",)


def test_a_page_with_a_million_links_gives_500() -> None:
    links = "".join(f'<a href="/p/{number}">x</a>' for number in range(20_000))
    assert len(read("shop", f"<html>{links}</html>", "https://shop.example/").links) == 500
