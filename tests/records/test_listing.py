from datetime import datetime
from decimal import Decimal

import pytest

from records.listing import LIMITS, Listing, Offer, Seller, cut_to_limit
from records.money import Money


@pytest.mark.parametrize("name", ["market", "listing_id", "title"])
@pytest.mark.parametrize("value", ["", " \t\n"])
def test_a_listing_without_a_required_text_is_refused_by_the_name_of_the_field(name: str, value: str) -> None:
    texts = {"market": "tiki_vn", "listing_id": "1", "title": "Bình giữ nhiệt", name: value}
    with pytest.raises(ValueError, match=f"^{name}: required"):
        Listing(**texts)  # type: ignore[arg-type] # only texts are given


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^fetched_at"):
        Listing(market="shop", listing_id="1", title="a", fetched_at=datetime(2026, 11, 23))  # noqa: DTZ001 - refused


def test_a_listing_without_a_price_has_an_unknown_price() -> None:
    listing = Listing(market="shop", listing_id="1", title="a")
    assert listing.offer == Offer(price=None, price_max=None, original_price=None, price_raw=None, availability=None)


def test_a_listing_is_keyed_by_market_and_listing_id() -> None:
    one = Listing(market="shop", listing_id="1", title="a")
    other = Listing(market="shop", listing_id="1", title="b")
    assert one.key == other.key == ("shop", "1")
    assert one != other


def test_a_listing_cannot_be_changed() -> None:
    listing = Listing(market="shop", listing_id="1", title="a")
    with pytest.raises(AttributeError):
        listing.title = "b"  # type: ignore[misc] # what the record refuses


def test_every_field_that_evidence_points_into_gives_its_printed_text() -> None:
    listing = Listing(
        market="shop",
        listing_id="1",
        title="tên",
        brand="hiệu",
        description="mô tả",
        category=("trên", "dưới"),
        seller=Seller(name="cửa hàng"),
        offer=Offer(price=Money(amount=Decimal(5), currency="VND", raw="5 ₫"), price_raw="5 ₫"),
    )
    names = ("title", "brand", "description", "category.0", "category.1", "category.2", "seller_name", "price_raw")
    assert [listing.text_of(name) for name in names] == [
        "tên", "hiệu", "mô tả", "trên", "dưới", None, "cửa hàng", "5 ₫",
    ]  # fmt: skip


def test_evidence_cannot_point_into_another_field() -> None:
    with pytest.raises(ValueError, match=r"^url"):
        Listing(market="shop", listing_id="1", title="a", url="https://a.example/").text_of("url")


def test_the_limits_are_those_of_the_design() -> None:
    assert {name: LIMITS[name] for name in ("title", "seller_name", "description")} == {
        "title": 1_000,
        "seller_name": 200,
        "description": 20_000,
    }


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_a_text_at_its_limit_stays_whole_and_one_character_more_is_cut_and_counted(name: str) -> None:
    limit = LIMITS[name]
    assert cut_to_limit(name, "ẩ" * limit) == ("ẩ" * limit, None)
    assert cut_to_limit(name, "ẩ" * limit + "x") == ("ẩ" * limit, limit + 1)


def test_a_later_answer_that_says_less_keeps_what_an_earlier_one_said() -> None:
    page = Listing(
        market="tiki_vn",
        listing_id="1",
        title="Kem",
        description="long",
        cut_from={"description": 30_000},
        seller=Seller(seller_id="7", name="Shop A", official=True),
        offer=Offer(availability="in_stock"),
    )
    search = Listing(market="tiki_vn", listing_id="1", title="Kem 50ml", seller=Seller(seller_id="7"))
    filled = search.filled_from(page)
    assert (filled.title, filled.description, filled.seller.name) == ("Kem 50ml", "long", "Shop A")
    assert filled.cut_from == {"description": 30_000}
    assert filled.offer.availability is None


def test_another_sellers_facts_are_never_taken_over() -> None:
    first = Listing(market="m", listing_id="1", title="t", seller=Seller(seller_id="7", name="Shop A", official=True))
    second = Listing(market="m", listing_id="1", title="t", seller=Seller(seller_id="8"))
    assert second.filled_from(first).seller == Seller(seller_id="8")


def test_only_a_sighting_of_the_same_listing_fills_it() -> None:
    with pytest.raises(ValueError, match="not an earlier sighting"):
        Listing(market="m", listing_id="1", title="t").filled_from(Listing(market="m", listing_id="2", title="t"))
