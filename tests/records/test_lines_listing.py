from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.lines import default_currency, listing_from_line, listing_to_line
from records.listing import LIMITS, MAX_CATEGORIES, MAX_IMAGES, Listing, Offer, Seller
from records.money import Money, round_to_minor
from records.row_fields import BadField

LINE: dict[str, Any] = {"market": "tiki_vn", "listing_id": "184059211", "title": "Kem chống nắng "}


@pytest.mark.parametrize("name", ["market", "listing_id", "title"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_required_field_is_an_error_that_names_it(name: str, value: str | None) -> None:
    with pytest.raises(BadField, match="is missing") as caught:
        listing_from_line({**LINE, name: value})
    assert caught.value.field == name


def test_three_fields_are_enough_and_everything_else_is_unknown() -> None:
    assert listing_from_line(LINE) == Listing(
        market="tiki_vn", listing_id="184059211", title="Kem chống nắng ", currency="VND"
    )


def test_a_number_as_id_is_its_digits_beyond_what_a_float_holds() -> None:
    assert listing_from_line({**LINE, "listing_id": 9007199254740993}).listing_id == "9007199254740993"


@pytest.mark.parametrize("price", [None, "", "0", 0, "-1", "0.00"])
def test_a_price_that_is_absent_zero_or_negative_is_unknown_and_never_zero(price: object) -> None:
    assert listing_from_line({**LINE, "price": price}).offer.price is None


def test_a_price_keeps_the_text_that_was_printed_beside_it() -> None:
    offer = listing_from_line({**LINE, "price": "129000", "price_raw": "129.000 ₫"}).offer
    assert offer.price == Money(amount=Decimal(129_000), currency="VND", raw="129.000 ₫")
    assert offer.price_raw == "129.000 ₫"


def test_a_printed_price_without_an_amount_stays_for_the_price_track() -> None:
    offer = listing_from_line({**LINE, "price": None, "price_raw": "từ 129k"}).offer
    assert (offer.price, offer.price_raw) == (None, "từ 129k")


@pytest.mark.parametrize(("sent", "read"), [("108151.296", 108_151), ("108151.5", 108_152), (108151.4, 108_151)])
def test_a_finer_price_is_rounded_half_up(sent: object, read: int) -> None:
    price = listing_from_line({**LINE, "price": sent}).offer.price
    assert price is not None
    assert price.amount == read


def test_a_struck_through_price_and_a_range_are_read_in_the_listings_currency() -> None:
    offer = listing_from_line({**LINE, "currency": "usd", "price": 1, "price_max": "2.50", "original_price": "3"}).offer
    assert offer.price == Money(amount=Decimal(1), currency="USD", raw="1")
    assert offer.price_max == Money(amount=Decimal("2.50"), currency="USD", raw="1")
    assert offer.original_price == Money(amount=Decimal(3), currency="USD", raw="3")


@pytest.mark.parametrize(
    ("market", "currency"), [("tiki_vn", "VND"), ("rakuten_jp", "JPY"), ("shop", None), ("Chợ Bến Thành", None)]
)
def test_a_market_without_a_stated_currency_has_that_of_its_country(market: str, currency: str | None) -> None:
    assert default_currency(market) == currency


def test_a_price_in_an_unknown_currency_is_unknown_and_counted() -> None:
    unread: Counter[str] = Counter()
    listing = listing_from_line({**LINE, "market": "shop", "price": "5"}, unread)
    assert (listing.offer.price, listing.offer.price_raw, unread) == (None, "5", Counter(price=1))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("price", "None"), ("price", "NaN"), ("price", "1e99999"), ("price_max", "cao"), ("original_price", "x"),
        ("sold", "3.7k"), ("sold", "-1"), ("sold", "1.5"), ("rating", "tốt"), ("official", "maybe"),
        ("review_count", "nhiều"), ("availability", "soon"), ("fetched_at", "hôm qua"),
        ("fetched_at", "2026-11-22T08:00:00"),
    ],
)  # fmt: skip
def test_an_optional_field_that_cannot_be_read_is_unknown_and_counted_by_name(name: str, value: str) -> None:
    unread: Counter[str] = Counter()
    line = listing_to_line(listing_from_line({**LINE, name: value}, unread))
    assert line[name] is None
    assert unread == Counter({name: 1})


@pytest.mark.parametrize(("field", "where"), [("title", "title"), ("brand", "brand"), ("description", "description")])
def test_a_text_over_its_limit_is_cut_and_its_full_length_is_kept(field: str, where: str) -> None:
    limit = LIMITS[field]
    listing = listing_from_line({**LINE, field: "ổ" * (limit + 5)})
    assert listing.text_of(where) == "ổ" * limit
    assert listing.cut_from == {field: limit + 5}


def test_a_seller_name_over_its_limit_is_cut_and_counted() -> None:
    listing = listing_from_line({**LINE, "seller_name": "s" * 201, "title": "t" * 1_001})
    assert listing.seller.name == "s" * 200
    assert listing.cut_from == {"seller_name": 201, "title": 1_001}


def test_a_text_within_its_limit_is_not_said_to_be_cut() -> None:
    assert listing_from_line({**LINE, "title": "t" * 1_000}).cut_from == {}


def test_endless_lists_are_cut() -> None:
    listing = listing_from_line({**LINE, "images": ["a"] * 99, "category": ["b"] * 99})
    assert (len(listing.images), len(listing.category)) == (MAX_IMAGES, MAX_CATEGORIES)


def test_a_list_may_be_one_text_with_bars() -> None:
    assert listing_from_line({**LINE, "category": "Làm đẹp | Da mặt|"}).category == ("Làm đẹp", "Da mặt")


@pytest.mark.parametrize(("text", "flag"), [("true", True), ("0", False), ("", None), ("None", None), (True, True)])
def test_official_is_true_false_or_unknown(text: object, flag: object) -> None:
    assert listing_from_line({**LINE, "official": text}).seller.official is flag


def test_a_time_is_kept_in_utc() -> None:
    listing = listing_from_line({**LINE, "fetched_at": "2026-11-22T15:00:00+07:00"})
    assert listing.fetched_at == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert listing_to_line(listing)["fetched_at"] == "2026-11-22T08:00:00Z"


def test_an_unknown_field_of_a_line_is_ignored() -> None:
    assert listing_from_line({**LINE, "colour": "red"}) == listing_from_line(LINE)


def texts(limit: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=min(limit, 60)).filter(str.strip)


# Parts of a list are stripped on reading, so only stripped ones can come back as they were.
PARTS = texts(200).map(str.strip)
MONEY = st.decimals(min_value=1, max_value=10**10, allow_nan=False, allow_infinity=False, places=3)


@st.composite
def listings(draw: st.DrawFn) -> Listing:
    currency = draw(st.sampled_from(["VND", "JPY", "USD", "KWD"]))
    raw = draw(st.none() | texts(200))

    def money(raw_of: str | None) -> Money | None:
        amount = draw(st.none() | MONEY)
        if amount is None:
            return None
        exact = round_to_minor(amount, currency)
        return Money(amount=exact, currency=currency, raw=f"{exact:f}" if raw_of is None else raw_of)

    price = money(raw)
    raw = raw if price is None else price.raw
    return Listing(
        market=draw(texts(30)),
        listing_id=draw(PARTS),
        title=draw(texts(1_000)),
        url=draw(st.none() | texts(60)),
        currency=currency,
        offer=Offer(
            price=price,
            price_max=None if raw is None else money(raw),
            original_price=money(None),
            price_raw=raw,
            availability=draw(st.sampled_from([None, "in_stock", "out_of_stock"])),
        ),
        seller=Seller(
            seller_id=draw(st.none() | texts(30)),
            name=draw(st.none() | texts(200)),
            official=draw(st.none() | st.booleans()),
            location=draw(st.none() | texts(60)),
        ),
        condition=draw(st.none() | texts(60)),
        brand=draw(st.none() | texts(200)),
        gtin=draw(st.none() | st.from_regex(r"\A\d{13}\Z")),
        sku=draw(st.none() | texts(60)),
        mpn=draw(st.none() | texts(60)),
        category=tuple(draw(st.lists(PARTS, max_size=4))),
        description=draw(st.none() | texts(20_000)),
        images=tuple(draw(st.lists(PARTS, max_size=3))),
        sold=draw(st.none() | st.integers(0, 10**9)),
        rating=draw(st.none() | st.decimals(0, 5, places=2)),
        review_count=draw(st.none() | st.integers(0, 10**9)),
        fetched_at=draw(st.none() | st.datetimes(timezones=st.just(UTC))),
    )


@pytest.mark.slow
@given(listing=listings())
def test_a_listing_written_and_read_again_is_the_same_listing(listing: Listing) -> None:
    unread: Counter[str] = Counter()
    assert listing_from_line(listing_to_line(listing), unread) == listing
    assert not unread
