"""What a crawl without words searches for: the watch list's marks, their spellings, disguises and products."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.errors import BadInput
from crawler.imports import Imported
from crawler.intake import Intake
from crawler.jobs import CrawlRequest, check_request, terms_sentence
from crawler.terms import MAX_TERMS, terms_of
from matchers.match import Matcher
from records.listing import Listing
from records.watchlist import Mark, Product, WatchList
from storage.database import Database, open_database
from storage.decisions import record_decision
from storage.hit_records import HitFilter
from storage.hits import iterate_hits
from storage.watchlist import load_watchlist, save_marks, save_products
from tests.crawler.opened import open_pages
from tests.storage.servers import sqlite_database

MARKS = (
    Mark(mark_id="hanamori", text="Hanamori", variants=("ハナモリ", "花森")),
    Mark(mark_id="apple", text="Apple", ambiguous=True),
    Mark(mark_id="raiden", text="Raiden", variants=("RAIDEN", "Rai|den")),
)
PRODUCTS = (Product(product_id="p1", mark_id="hanamori", name="Aqua Cream 50 g"),)


@pytest.fixture(name="database")
def _database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(sqlite_database(tmp_path))
    yield opened
    opened.close()


def fill(database: Database) -> None:
    with database.write() as session:
        save_marks(session, MARKS)
        save_products(session, PRODUCTS)
    open_pages(database, "tiki_vn")


def test_marks_come_first_and_ordinary_words_last_each_once() -> None:
    watch = WatchList(marks=MARKS, products=PRODUCTS)
    disguises = (("hanamori", "H.a.n.a.m.o.r.i"), ("hanamori", "HANAMORI"), ("apple", "App1e"))
    assert list(terms_of(watch, disguises)) == [
        "Hanamori", "Raiden", "ハナモリ", "花森", "Rai den", "H.a.n.a.m.o.r.i", "Aqua Cream 50 g", "Apple",
    ]  # fmt: skip


def test_a_crawl_without_words_searches_for_those_of_the_watch_list(database: Database) -> None:
    fill(database)
    asked = CrawlRequest(market="tiki_vn")
    crawled = check_request(asked, database)
    assert crawled.queries[:2] == ("Hanamori", "Raiden")
    assert terms_sentence(asked, crawled) == f"searches for {len(crawled.queries)} words of the watch list"
    # Given words stay what they are, and a list of a category needs none.
    for given in (
        CrawlRequest(market="tiki_vn", queries=("kem",)),
        CrawlRequest(market="tiki_vn", further={"category": "1"}),
    ):
        assert check_request(given, database) == given
        assert terms_sentence(given, given) is None


def test_words_that_a_market_does_not_take_are_left_out_and_counted(database: Database) -> None:
    fill(database)
    with database.write() as session:
        save_marks(session, [Mark(mark_id=f"m{number}", text=f"Mark number {number}") for number in range(MAX_TERMS)])
    crawled = check_request(CrawlRequest(market="tiki_vn"), database)
    assert len(crawled.queries) == MAX_TERMS
    assert crawled.terms_left_out > 0
    assert "more were left out" in (terms_sentence(CrawlRequest(market="tiki_vn"), crawled) or "")


def test_without_a_watch_list_or_a_search_something_must_be_given(database: Database) -> None:
    open_pages(database, "tiki_vn")
    with pytest.raises(BadInput, match="give a query or a page"):
        check_request(CrawlRequest(market="tiki_vn"), database)
    fill(database)
    with pytest.raises(BadInput, match="give a query or a page"):
        check_request(CrawlRequest(market="phongvu_vn"), database)


def test_disguises_of_confirmed_hits_are_searched_for(database: Database) -> None:
    fill(database)
    now = datetime.now(UTC)
    with database.read() as session:
        watch = load_watchlist(session, now.date())
    listing = Listing(market="tiki_vn", listing_id="1", title="Kem H.a.n.a.m.o.r.i siêu cấp", fetched_at=now)
    Intake(database, Matcher(watch), None, None).take([Imported(listing, None)], now)
    assert "H.a.n.a.m.o.r.i" not in check_request(CrawlRequest(market="tiki_vn"), database).queries
    with database.read() as session:
        (hit,) = iterate_hits(session, HitFilter())
    with database.write() as session:
        record_decision(
            session, hit.hit_id, hit.revision, "violation", "counterfeit", "lan", now + timedelta(minutes=1), ""
        )
    assert "H.a.n.a.m.o.r.i" in check_request(CrawlRequest(market="tiki_vn"), database).queries
