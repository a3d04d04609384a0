"""The watch list in the database."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from records.watchlist import AuthorisedSeller, Brand, Mark, Owner, Product, WatchListError
from storage.changes import Change
from storage.database import Database
from storage.hits import count_hits, load_choices
from storage.watchlist import (
    load_brands,
    load_watchlist,
    save_marks,
    save_owners,
    save_products,
    save_sellers,
)  # fmt: skip
from tests.storage.factories import make_hit, make_listing, store, vnd

NIKE = Mark(
    mark_id="nike", text="NIKE", brand="Nike", owner="Nike Inc", variants=("ナイキ", "nai ki"), registration_no="4-1",
    office="VN", nice_classes=(18, 25), valid_until=date(2030, 1, 31), ambiguous=True,
)  # fmt: skip
TAMA = Mark(mark_id="tama", text="TAMA")
SOCKS = Product(
    product_id="p1", mark_id="nike", name="Tất", gtin="4006381333931", mpn="X", list_price=vnd(200000),
    minimum_price=vnd(150000), unit_amount=Decimal("0.5"), unit="g", count=3,
)  # fmt: skip
SELLER = AuthorisedSeller(mark_id="nike", market="tiki_vn", seller_id="1", valid_from=date(2026, 1, 1))
OWNER = Owner(name="Nike Inc", emails=("a@nike.example", "b@nike.example"), language="en")


def test_a_loaded_watch_list_equals_the_saved_one(database: Database) -> None:
    with database.write() as session:
        assert save_owners(session, (OWNER,)) == Change(added=1, changed=0, unchanged=0)
        assert save_marks(session, (NIKE, TAMA)) == Change(added=2, changed=0, unchanged=0)
        assert save_products(session, (SOCKS,)) == Change(added=1, changed=0, unchanged=0)
        assert save_sellers(session, (SELLER,)) == Change(added=1, changed=0, unchanged=0)
        loaded = load_watchlist(session, date(2026, 11, 22))
        brands = load_brands(session)
    assert (loaded.owners, loaded.marks, loaded.products, loaded.sellers) == (
        (OWNER,),
        (NIKE, TAMA),
        (SOCKS,),
        (SELLER,),
    )
    assert loaded.as_of == date(2026, 11, 22)
    assert brands == (Brand(name="Nike", owner="Nike Inc"), Brand(name="TAMA"))


def test_importing_again_counts_what_changed(database: Database) -> None:
    with database.write() as session:
        save_marks(session, (NIKE, TAMA))
        assert save_marks(session, (NIKE, replace(TAMA, owner="Tama"))) == Change(added=0, changed=1, unchanged=1)
        save_sellers(session, (SELLER,))
        longer = replace(SELLER, valid_until=date(2027, 1, 1))
        assert save_sellers(session, (longer, replace(SELLER, seller_id="2"))) == Change(
            added=1, changed=1, unchanged=0
        )
        save_products(session, (SOCKS,))
        assert save_products(session, (SOCKS,)) == Change(added=0, changed=0, unchanged=1)
        save_owners(session, (OWNER,))
        assert save_owners(session, (replace(OWNER, emails=()),)) == Change(added=0, changed=1, unchanged=0)


def test_a_row_of_an_unknown_mark_is_refused_by_name(database: Database) -> None:
    with database.write() as session, pytest.raises(WatchListError, match=r"product 'p1': unknown mark 'nike'"):
        save_products(session, (SOCKS,))
    with database.write() as session, pytest.raises(WatchListError, match=r"seller '1': unknown mark 'nike'"):
        save_sellers(session, (SELLER,))


def test_hits_follow_the_brand_of_their_mark(database: Database) -> None:
    with database.write() as session:
        save_marks(session, (NIKE,))
    stored = store(database, make_hit(make_listing("1")), make_hit(make_listing("2")))
    assert {(hit.brand, hit.owner) for hit in stored} == {("Nike", "Nike Inc")}
    with database.write() as session:
        save_marks(session, (replace(NIKE, brand="Swoosh"),))
    with database.read() as session:
        assert load_choices(session).brands == ("Swoosh",)
        assert count_hits(session, ("Swoosh",))["unreviewed"] == 2
        assert count_hits(session, ("Nike",))["all"] == 0
    assert database.check() == ()
