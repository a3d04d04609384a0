"""Own samples of every market's pages, field by field."""

from decimal import Decimal

import pytest

from records.listing import Listing
from spiders.errors import Blocked, PageChanged, UnknownPage
from tests.spiders.answers import read, sample


def amounts(listing: Listing) -> tuple[str | None, ...]:
    """Return price, top of a range and struck-through price as text."""
    offer = listing.offer
    return tuple(
        None if money is None else str(money.amount) for money in (offer.price, offer.price_max, offer.original_price)
    )


def test_a_private_sellers_name_phone_mail_and_address_are_never_read() -> None:
    reading = read("chotot_vn", sample("chotot_vn", "ads.json"))
    for listing in reading.listings:
        shown = repr(listing)
        for personal in ("Người Bán", "0901", "234 567", "ban@mau", "Quận", "Phường", "Đường Mẫu", "Số 12", "105.8"):
            assert personal not in shown
    first, second = reading.listings
    assert first.title == "Kem Hanamori xách tay ***"
    assert first.description == "Hàng mới, giá 150.000đ. Zalo *** hoặc ***. ***"
    assert (first.seller.seller_id, first.seller.name, first.seller.location) == (None, None, "Hà Nội")
    assert (first.listing_id, first.url) == ("9001", "https://www.chotot.com/9001.htm")
    assert (amounts(first), first.offer.price_raw) == (("150000", None, None), "150.000 đ")
    assert (first.condition, first.category) == ("Mới", ("Mỹ phẩm",))
    assert (amounts(second), second.offer.price_raw) == ((None, None, None), "Thỏa thuận")


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("Gọi +84 901 234 567 nhé", "Gọi *** nhé"),
        ("84901234567", "***"),
        ("028.3822.1234", "***"),
        ("0901-234-567/0902 345 678", "***/***"),
        ("giá 13.000.000 đ", "giá 13.000.000 đ"),
        ("iPhone 12 128GB 2021", "iPhone 12 128GB 2021"),
        ("mã 4900000000016", "mã 4900000000016"),
        ("0,5 lít x 10", "0,5 lít x 10"),
    ],
)
def test_phone_numbers_go_and_prices_stay(printed: str, kept: str) -> None:
    from spiders.markets.chotot_vn import masked  # noqa: PLC0415 - the one helper looked at from outside

    assert masked(printed) == kept


def test_missing_ads_are_no_empty_search() -> None:
    assert read("chotot_vn", sample("chotot_vn", "empty.json")).outcome == "empty"
    with pytest.raises(PageChanged, match="ads: is missing"):
        read("chotot_vn", '{"total": 0}')
    with pytest.raises(PageChanged, match="ads: is empty"):
        read("chotot_vn", '{"ads": [], "total": 9}')


def test_an_ads_search_goes_on_by_its_offset() -> None:
    ads = ", ".join(f'{{"list_id": {n}, "subject": "x"}}' for n in range(1, 51))
    full = f'{{"ads": [{ads}], "total": 120}}'
    url = "https://gateway.chotot.com/v1/public/ad-listing?q=kem&limit=50&st=s%2Ck&o=0"
    assert read("chotot_vn", full, url).links == (url.replace("o=0", "o=50"),)
    assert read("chotot_vn", full, url.replace("o=0", "o=100")).links == ()


def test_sendo_entries() -> None:
    reading = read("sendo_vn", sample("sendo_vn", "entries.json"))
    (listing,) = reading.listings
    assert (listing.listing_id, listing.title) == ("7001", "Kem Hanamori 50g")
    assert amounts(listing) == ("150000", "180000", "200000")
    assert (listing.seller.seller_id, listing.seller.name, listing.seller.official) == ("31", "Mỹ Phẩm Mẫu", True)
    assert (listing.seller.location, listing.sold, listing.rating, listing.review_count) == (
        "Hà Nội",
        12,
        Decimal("4.4"),
        5,
    )
    assert reading.skipped == {"item: an advertisement without one": 1}
    assert "unknown field new_field in 1 of 2" in reading.notes
    with pytest.raises(PageChanged, match="no envelope says"):
        read("sendo_vn", "[]")


def test_phong_vu_products() -> None:
    (listing,) = read("phongvu_vn", sample("phongvu_vn", "category.html")).listings
    assert (listing.listing_id, listing.title) == ("990001", "Tai nghe Raiden R1 Đen")
    assert listing.url == "https://phongvu.vn/tai-nghe-raiden-r1--s990001"
    assert (amounts(listing), listing.offer.availability) == (("790000", None, "990000"), "out_of_stock")
    assert (listing.brand, listing.gtin, listing.category, listing.seller.name) == (
        "RAIDEN", "4900000000016", ("Tai nghe",), "Phong Vũ",
    )  # fmt: skip


def test_ebay_cards_of_today() -> None:
    (listing,) = read("ebay_com", sample("ebay_com", "search.html")).listings
    assert (listing.listing_id, listing.title) == ("110000000021", "Hanamori Aqua Cream 50 g")
    assert listing.url == "https://www.ebay.com/itm/110000000021"
    assert (amounts(listing), listing.currency) == (("12.50", "15.00", "20.00"), "AUD")
    assert listing.offer.price_raw == "AU $12.50 to AU $15.00"
    assert (listing.condition, listing.seller.location, listing.sold) == ("Brand New", "Japan", 1204)
    assert listing.images == ("https://i.ebayimg.com/images/g/sample/s-l500.webp",)
    assert "a-seller" not in repr(listing)


def test_ebay_says_itself_that_nothing_was_found() -> None:
    assert read("ebay_com", sample("ebay_com", "none.html")).outcome == "empty"
    with pytest.raises(UnknownPage, match="no result cards"):
        read("ebay_com", "<html><body>Pardon our interruption</body></html>")


def test_amazon_cards() -> None:
    first, second = read("amazon_jp", sample("amazon_jp", "search.html")).listings
    assert (first.listing_id, first.url) == ("B0SAMPLE11", "https://www.amazon.co.jp/dp/B0SAMPLE11")
    assert (amounts(first), first.currency) == (("2480", None, "3100"), "JPY")
    assert (first.rating, first.review_count) == (Decimal("4.2"), 1110)
    assert (second.title, amounts(second), second.rating) == ("ハナモリ 洗顔 100g", (None, None, None), None)


def test_lazadas_printed_grid() -> None:
    (listing,) = read("lazada_ph", sample("lazada_ph", "search.html")).listings
    assert (listing.listing_id, listing.sku) == ("14000000001", "2800000001")
    assert listing.url == "https://www.lazada.com.ph/products/-i2800000001-s14000000001.html"
    assert (amounts(listing), listing.currency) == (("1305.50", None, None), "PHP")
    assert (listing.seller.official, listing.seller.location) == (True, "Laguna")
    assert (listing.sold, listing.review_count) == (1200, 384)


def test_a_lazada_page_without_results_may_be_a_refusal_and_counts_as_one() -> None:
    with pytest.raises(Blocked, match="also shows where it refuses"):
        read("lazada_vn", "<html><body>Tìm kiếm không có kết quả</body></html>")
