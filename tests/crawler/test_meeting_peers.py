"""At the end of a run every price has met all of its peers: judging all again changes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from crawler.imports import Imported
from crawler.intake import Intake
from crawler.rejudging import rejudge
from matchers.match import Matcher
from records.listing import Listing, Offer, Seller
from records.money import Money
from records.watchlist import Mark, Product, WatchList
from storage.database import Database, open_database
from storage.hit_records import HitFilter
from storage.hits import iterate_hits
from storage.watchlist import save_marks, save_products
from tests.storage.servers import sqlite_database

SEEN = datetime(2026, 11, 24, 8, tzinfo=UTC)
MARK = Mark(mark_id="hanamori", text="Hanamori")
MILK = Product(
    product_id="milk", mark_id="hanamori", name="Hanamori Perfect Milk", unit_amount=Decimal(60), unit="ml", count=1
)
WATCH = WatchList(marks=(MARK,), products=(MILK,), as_of=date(2026, 11, 24))


@pytest.fixture(name="database")
def _database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(sqlite_database(tmp_path))
    with opened.write() as session:
        save_marks(session, [MARK])
        save_products(session, [MILK])
    yield opened
    opened.close()


def offered(number: int, price: int) -> Imported:
    money = Money(amount=Decimal(price), currency="VND", raw=f"{price}")
    listing = Listing(
        market="tiki_vn",
        listing_id=str(number),
        title="Hanamori Perfect Milk 60ml",
        offer=Offer(price=money, price_raw=money.raw),
        seller=Seller(seller_id=f"s{number}"),
        currency="VND",
        fetched_at=SEEN,
    )
    return Imported(listing, None)


def price_hits(database: Database) -> dict[str, str]:
    with database.read() as session:
        found = list(iterate_hits(session, HitFilter(view="all", track="price")))
    return {one.hit.listing.listing_id: one.state for one in found}


def test_a_price_is_judged_again_when_the_peers_that_came_after_it_are_known(database: Database) -> None:
    intake = Intake(database, Matcher(WATCH), None, None)
    intake.take([offered(0, 90_000)], SEEN)
    for number in range(1, 7):
        intake.take([offered(number, 400_000 + number)], SEEN)
    assert price_hits(database) == {}
    assert intake.meet_peers(SEEN) == {"hits": 1, "peers_met": 1}
    assert price_hits(database) == {"0": "new"}
    changes = [step.changes for step in rejudge(database, Matcher(WATCH), SEEN, None) if step.phase == "hits"]
    assert all(sum(one[name] for name in ("new", "changed", "reopened", "lapsed")) == 0 for one in changes)
    assert intake.meet_peers(SEEN) == {}


def test_offers_seen_again_unchanged_are_not_judged_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    Intake(database, Matcher(WATCH), None, None).take([offered(number, 400_000) for number in range(6)], SEEN)
    later = SEEN + timedelta(hours=1)
    again = Intake(database, Matcher(WATCH), None, None)
    seen_later = [offered(number, 400_000) for number in range(6)]
    again.take([Imported(replace(one.listing, fetched_at=later), None) for one in seen_later], later)
    assert (again.changed_products, again.changed_sellers) == (set(), set())
    monkeypatch.setattr(Matcher, "read_many", None)
    assert again.meet_peers(later) == {}


def test_a_price_that_rose_in_the_run_lets_the_hit_it_caused_lapse(database: Database) -> None:
    intake = Intake(database, Matcher(WATCH), None, None)
    intake.take([offered(0, 90_000), *(offered(number, 400_000 + number) for number in range(1, 7))], SEEN)
    assert price_hits(database) == {"0": "new"}
    later = SEEN + timedelta(hours=1)
    fallen = [replace(offered(number, 95_000).listing, fetched_at=later) for number in range(1, 7)]
    for one in fallen:
        intake.take([Imported(one, None)], later)
    intake.meet_peers(later)
    assert price_hits(database)["0"] == "lapsed"
