"""Finding hits by words: any script, any place in a word, few hits or many."""

import pytest
from sqlalchemy import text

from records.listing import Listing
from storage import search
from storage.database import Database
from storage.hit_records import HitFilter
from storage.hits import hit_id_of, load_neighbours, load_queue
from tests.storage.factories import full_listing, make_hit, make_listing, make_price_hit, store

TITLES = {
    "1": "Tất vớ ni.ke đẹp, hàng rep 1:1",
    "2": "セイコー 腕時計 ni.ke 正規品 新品",
    "3": 'Đồng hồ ni.ke chống nước 100% %_ "vớ"',
    "4": "ni.ke xyabc bcdab",
}


@pytest.fixture
def shop(database: Database) -> Database:
    for number, title in TITLES.items():
        store(database, make_hit(make_listing(number, title=title)))
    return database


def found(database: Database, wish: str) -> set[str]:
    with database.read() as session:
        rows = load_queue(session, HitFilter(view="all", text=wish)).rows
    return {row.hit.listing.listing_id for row in rows}


@pytest.mark.parametrize("few", [2_000, 0])
@pytest.mark.parametrize(
    ("wish", "numbers"),
    [
        ("dong ho", "3"), ("ĐỒNG HỒ", "3"), ("腕時計", "2"), ("時計", "2"), ("イコー", "2"), ("正規品 新品", "2"),
        ("ni.ke", "1234"), ("vo", "13"), ("vớ ni.k", "13"), ('"vo"', "3"), ("100%", "3"), ("%_", "3"), ("abcd", ""),
        ("abc", "4"), ("AND", ""), ("shop tat", "1234"), ("nothing", ""),
    ],
)  # fmt: skip
def test_a_word_is_found_in_any_script_by_the_index_and_without_it(
    shop: Database, monkeypatch: pytest.MonkeyPatch, wish: str, numbers: str, few: int
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    assert found(shop, wish) == set(numbers)


def test_the_index_follows_a_new_title_and_a_removed_hit(shop: Database) -> None:
    renamed: Listing = make_listing("1", title="Tất vớ ni.ke lụa")
    store(shop, make_hit(renamed))
    assert (found(shop, "lua"), found(shop, "dep hang")) == ({"1"}, set())
    gone = make_hit(make_listing("4", title=TITLES["4"]))
    with shop.write() as session:
        for table in ("hit_evidence", "hit_documents", "hits"):
            session.execute(text(f"DELETE FROM {table} WHERE hit_id = :gone"), {"gone": hit_id_of(gone.key)})  # noqa: S608 - literals
    assert found(shop, "bcdab") == set()
    store(shop, gone)
    assert found(shop, "bcdab") == {"4"}
    with shop.read() as session:
        assert search.find_search_problems(session) == ()


def test_the_next_hit_of_a_search_is_one_that_holds_its_words(shop: Database) -> None:
    store(shop, make_price_hit(full_listing()))
    with shop.read() as session:
        rows = load_queue(session, HitFilter(view="all", text="ni.ke tat")).rows
        near = load_neighbours(session, rows[0].hit_id, HitFilter(view="all", text="ni.ke tat"))
    assert near.next_id == rows[1].hit_id


def test_few_hits_are_named_and_many_are_not(shop: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with shop.read() as session:
        assert len(search.few_matches(session, "腕時計") or ()) == 1
        assert search.few_matches(session, "時計") is None, "two letters stand in no index"
        monkeypatch.setattr(search, "FEW", 3)
        assert search.few_matches(session, "ni.ke") is None
