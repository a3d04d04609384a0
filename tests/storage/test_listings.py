"""Listings, their prices over time, and sellers."""

from dataclasses import replace
from decimal import Decimal

import pytest

from records.listing import Offer, Seller
from records.money import Money
from storage.column_types import LARGEST_AMOUNT
from storage.database import Database
from storage.listings import (
    count_listings,
    load_listing,
    load_listings,
    load_prices,
    load_seller,
    load_sightings,
    save_listing,
)  # fmt: skip
from tests.storage.factories import DAY, HOUR, START, full_listing, make_listing, vnd


def test_a_loaded_listing_equals_the_saved_one(database: Database) -> None:
    listing = full_listing()
    with database.write() as session:
        assert save_listing(session, listing, "run", START) == "new"
    with database.read() as session:
        loaded = load_listing(session, *listing.key)
        assert loaded == listing
        assert str(loaded.rating) == "4.80"
        assert load_listing(session, "tiki_vn", "2") is None


def test_saving_twice_changes_nothing(database: Database) -> None:
    with database.write() as session:
        save_listing(session, full_listing(), "run", START)
        assert save_listing(session, full_listing(), "run", START) == "unchanged"
        assert count_listings(session) == 1
        assert len(load_prices(session, "tiki_vn", "1")) == 1


def test_sold_and_rating_alone_are_no_change(database: Database) -> None:
    with database.write() as session:
        save_listing(session, make_listing(sold=1, rating=Decimal(4)), "run", START)
        again = make_listing(sold=2, rating=Decimal(5))
        assert save_listing(session, again, "run", START + HOUR) == "unchanged"
        assert load_listing(session, "tiki_vn", "1") == again
        assert save_listing(session, make_listing(title="Khác"), "run", START + 2 * HOUR) == "changed"
        sighting = load_sightings(session, [("tiki_vn", "1"), ("tiki_vn", "none")])
    assert list(sighting) == [("tiki_vn", "1")]
    seen = sighting["tiki_vn", "1"]
    assert (seen.first_seen_at, seen.changed_at, seen.last_seen_at) == (START, START + 2 * HOUR, START + 2 * HOUR)


def test_an_older_sighting_changes_nothing(database: Database) -> None:
    with database.write() as session:
        save_listing(session, make_listing(), "run", START)
        assert save_listing(session, make_listing(title="Cũ"), "run", START - HOUR) == "unchanged"
        assert load_listing(session, "tiki_vn", "1") == make_listing()
        assert [price.seen_at for price in load_prices(session, "tiki_vn", "1")] == [START]


def test_a_price_is_noted_when_it_differs_or_after_a_day(database: Database) -> None:
    def offer(amount: int | None, *, in_stock: bool = True) -> Offer:
        price = None if amount is None else vnd(amount)
        return Offer(price=price, availability="in_stock" if in_stock else "out_of_stock")

    visits = [
        (START, offer(100)),
        (START + HOUR, offer(100)),
        (START + 2 * HOUR, offer(90)),
        (START + 3 * HOUR, offer(90, in_stock=False)),
        (START + 4 * HOUR, offer(None)),
        (START + 4 * HOUR + DAY, offer(None)),
        (START + 5 * HOUR + DAY, offer(None)),
    ]
    with database.write() as session:
        for seen_at, seen in visits:
            save_listing(session, make_listing(offer=seen), "run", seen_at)
        noted = load_prices(session, "tiki_vn", "1")
    assert [(price.seen_at, price.price, price.availability) for price in noted] == [
        (START, vnd(100), "in_stock"),
        (START + 2 * HOUR, vnd(90), "in_stock"),
        (START + 3 * HOUR, vnd(90), "out_of_stock"),
        (START + 4 * HOUR, None, "in_stock"),
        (START + 5 * HOUR + DAY, None, "in_stock"),
    ]


@pytest.mark.parametrize("amount", ["0.0001", "12.34", "129000", "899999999999999.9999"])
def test_money_is_kept_exactly(database: Database, amount: str) -> None:
    price = Money(amount=Decimal(amount), currency="USD", raw=f"${amount}")
    with database.write() as session:
        save_listing(session, make_listing(offer=Offer(price=price, price_max=price)), "run", START)
        loaded = load_listing(session, "tiki_vn", "1")
        assert loaded is not None
        assert loaded.offer.price == price
        assert load_prices(session, "tiki_vn", "1")[0].price_max == price


def test_an_impossible_price_is_unknown_and_its_text_stays(database: Database) -> None:
    absurd = Money(amount=LARGEST_AMOUNT + 1, currency="VND", raw="900…")
    with database.write() as session:
        save_listing(session, make_listing(offer=Offer(price=absurd, price_raw="900…")), "run", START)
        loaded = load_listing(session, "tiki_vn", "1")
    assert loaded is not None
    assert (loaded.offer.price, loaded.offer.price_raw) == (None, "900…")


def test_unstorable_signs_become_replacement_characters_of_the_same_length(database: Database) -> None:
    hostile = make_listing("a\x00b", title="ni\x00ke \ud83d", description="\udc00", images=("x\x00",))
    with database.write() as session:
        save_listing(session, hostile, "run\x00", START)
        assert save_listing(session, hostile, "run\x00", START) == "unchanged"
        loaded = load_listing(session, "tiki_vn", "a\x00b")
    assert loaded is not None
    assert (loaded.listing_id, loaded.title, loaded.description, loaded.images) == (
        "a\ufffdb", "ni\ufffdke \ufffd", "\ufffd", ("x\ufffd",),
    )  # fmt: skip


def test_listings_are_paged_by_key_and_by_last_sighting(database: Database) -> None:
    keys = [("lazada_vn", "9"), ("tiki_vn", "1"), ("tiki_vn", "10"), ("tiki_vn", "2")]
    with database.write() as session:
        for place, (market, listing_id) in enumerate(reversed(keys)):
            save_listing(session, make_listing(listing_id, market=market), None, START + place * HOUR)
        first = load_listings(session, None, 3)
        rest = load_listings(session, first[-1].key, 3)
        late = load_listings(session, None, 9, since=START + 2 * HOUR)
    assert [listing.key for listing in (*first, *rest)] == keys
    assert [listing.key for listing in late] == keys[:2]


def test_a_seller_keeps_what_a_later_page_does_not_say(database: Database) -> None:
    whole = Seller(seller_id="77", name="Shop Tất", official=True, location="Huế")
    with database.write() as session:
        save_listing(session, make_listing(seller=whole), None, START)
        save_listing(session, make_listing(seller=Seller(seller_id="77")), None, START + HOUR)
        assert load_seller(session, "tiki_vn", "77") == whole
        save_listing(session, make_listing(seller=replace(whole, name="Tên mới")), None, START + DAY)
        assert load_seller(session, "tiki_vn", "77") == replace(whole, name="Tên mới")
        assert load_seller(session, "tiki_vn", "78") is None
