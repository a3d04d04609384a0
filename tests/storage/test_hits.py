"""Hits over recrawls, and the review queue."""

from dataclasses import replace
from datetime import timedelta

import pytest

from records.hit import Evidence, Hit, Span
from records.listing import Offer, PageCopy, Seller
from storage.captures import record_capture
from storage.database import Database
from storage.decisions import load_decisions, record_decision, undo_decision
from storage.errors import NotFound
from storage.hit_records import HitFilter, SavedHits, View
from storage.hits import (
    count_hits,
    hit_id_of,
    iterate_hits,
    load_choices,
    load_hit,
    load_neighbours,
    load_queue,
    save_hits,
)  # fmt: skip
from storage.listings import save_listing
from tests.storage.factories import (
    DAY,
    HOUR,
    START,
    full_listing,
    make_hit,
    make_listing,
    make_price_hit,
    store,
    vnd,
)  # fmt: skip


def revisit(database: Database, hit: Hit, *found: Hit, days: int = 1) -> SavedHits:
    """Keep the hit's listing as seen some days later, with what was found on it."""
    at = START + days * DAY
    with database.write() as session:
        save_listing(session, hit.listing, "run-2", at)
        return save_hits(session, hit.listing, found, "run-2", at)


def decide(database: Database, hit: Hit, verdict: str = "no_violation", reason: str = "genuine") -> None:
    with database.write() as session:
        stored = load_hit(session, hit_id_of(hit.key))
        record_decision(session, stored.hit_id, stored.revision, verdict, reason, "an", START + HOUR)  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [make_hit, make_price_hit])
def test_a_loaded_hit_equals_the_saved_one(database: Database, make: type) -> None:
    hit: Hit = make(full_listing())
    (stored,) = store(database, hit)
    assert stored.hit == hit
    assert (stored.state, stored.revision, stored.decision, stored.capture_sha256) == ("new", 1, None, None)
    assert (stored.first_seen_at, stored.last_seen_at) == (START, START)


def test_the_id_of_a_hit_never_changes(database: Database) -> None:
    hit = make_hit(make_listing())
    assert hit_id_of(hit.key) == "HPPNNXT24HK0N"
    (stored,) = store(database, hit)
    assert stored.hit_id == hit_id_of(make_hit(make_listing(title="anders")).key)


def test_spans_fit_their_text_after_unstorable_signs(database: Database) -> None:
    listing = make_listing(title="a\x00 ni\x00ke \ud83d!")
    span = Span.cut(listing, "title", 3, 9)
    evidence = Evidence(signal="s\x00", weight=1, message="%(x)s", facts={"x\x00": "\ud83d"}, spans=(span,))
    (stored,) = store(database, make_hit(listing, evidence=(evidence,)))
    (loaded,) = stored.hit.evidence
    (kept,) = loaded.spans
    assert (kept.start, kept.end) == (3, 9)
    assert stored.hit.listing.title[3:9] == kept.text == "ni\ufffdke "


def test_saving_hits_twice_changes_nothing(database: Database) -> None:
    hit = make_hit(make_listing())
    (first,) = store(database, hit)
    with database.write() as session:
        assert save_hits(session, hit.listing, [hit], "run", START) == SavedHits(unchanged=1)
        assert load_hit(session, first.hit_id) == first
    assert database.check() == ()


def test_a_hit_that_is_no_longer_found_lapses_and_comes_back(database: Database) -> None:
    hit = make_hit(make_listing())
    store(database, hit)
    assert revisit(database, hit) == SavedHits(lapsed=1)
    with database.read() as session:
        assert load_hit(session, hit_id_of(hit.key)).state == "lapsed"
        assert count_hits(session)["unreviewed"] == 0
    assert revisit(database, hit, hit, days=2) == SavedHits(reopened=1)
    with database.read() as session:
        stored = load_hit(session, hit_id_of(hit.key))
    assert (stored.state, stored.reopened_because) == ("new", "found again")
    assert database.check() == ()


def test_a_decided_hit_does_not_lapse(database: Database) -> None:
    hit = make_hit(make_listing())
    store(database, hit)
    decide(database, hit, "violation", "counterfeit")
    assert revisit(database, hit) == SavedHits()
    with database.read() as session:
        assert load_hit(session, hit_id_of(hit.key)).state == "confirmed"


def test_a_dismissed_hit_stays_dismissed_after_a_recrawl(database: Database) -> None:
    hit = make_hit(make_listing())
    store(database, hit)
    decide(database, hit)
    same = make_hit(make_listing(sold=5, description="mehr Text"), score=0.99)
    assert revisit(database, same, same) == SavedHits(changed=1)
    with database.read() as session:
        stored = load_hit(session, hit_id_of(hit.key))
    assert (stored.state, stored.reopened_because, stored.hit) == ("rejected", None, same)
    assert stored.decision is not None


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"title": "ni.ke khác"}, "title"),
        ({"offer": Offer(price=vnd(99000))}, "price"),
        ({"title": "ni.ke khác", "offer": Offer(price=vnd(99000))}, "title, price"),
        ({"images": ("https://shop.example/c.jpg",)}, "images"),
        ({"seller": Seller(seller_id="78", name="Shop Tất")}, "seller"),
    ],
)
def test_a_dismissed_hit_reopens_naming_what_changed(database: Database, changes: dict[str, str], because: str) -> None:
    hit = make_hit(make_listing())
    store(database, hit)
    decide(database, hit)
    changed = make_hit(make_listing(**changes))
    assert revisit(database, changed, changed) == SavedHits(reopened=1)
    with database.read() as session:
        stored = load_hit(session, hit_id_of(hit.key))
        (decision,) = load_decisions(session, stored.hit_id)
    assert (stored.state, stored.reopened_because, stored.decision) == ("new", because, None)
    assert decision.undone_at is None
    assert database.check() == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"images": ()},
        {"images": ("https://shop.example/b.jpg", "https://shop.example/a.jpg")},
        {"seller": Seller()},
        {"seller": Seller(seller_id="77", name="Shop Tất neu")},
        {"offer": Offer(availability="out_of_stock")},
    ],
)
def test_what_an_answer_does_not_say_reopens_nothing(database: Database, changes: dict[str, str]) -> None:
    hit = make_hit(make_listing())
    store(database, hit)
    decide(database, hit)
    poorer = make_hit(make_listing(**changes))
    assert revisit(database, poorer, poorer).reopened == 0
    assert revisit(database, hit, hit, days=2).reopened == 0


def test_a_hit_knows_the_kept_answer_of_its_listing(database: Database) -> None:
    listing = full_listing()
    assert isinstance(listing.page_copy, PageCopy)
    with database.write() as session:
        record_capture(session, listing.page_copy, [listing.key], "run", "ab/x")
    (stored,) = store(database, make_hit(listing))
    assert stored.capture_sha256 == listing.page_copy.sha256


def test_hits_need_their_listing_and_fit_it(database: Database) -> None:
    hit, other = make_hit(make_listing("1")), make_hit(make_listing("2"))
    with database.write() as session:
        with pytest.raises(NotFound, match="save_listing comes first"):
            save_hits(session, hit.listing, [hit], None, START)
        save_listing(session, hit.listing, None, START)
        with pytest.raises(ValueError, match="among the hits"):
            save_hits(session, hit.listing, [other], None, START)
        with pytest.raises(ValueError, match="given twice"):
            save_hits(session, hit.listing, [hit, make_hit(hit.listing)], None, START)
        with pytest.raises(NotFound, match="no hit 'X'"):
            load_hit(session, "X")


@pytest.fixture
def queue(database: Database) -> dict[str, str]:
    """Fill the queue and return hit ids by a short name."""
    named = {
        "top": make_hit(make_listing("1"), score=0.9),
        "tie": make_hit(make_listing("2"), score=0.9),
        "exact": make_hit(make_listing("3", market="shopee_vn", brand="Đồng"), score=0.7, spelling="exact"),
        "price": make_price_hit(make_listing("4", seller=Seller(seller_id="5"))),
        "low": make_hit(make_listing("5"), score=0.3, tier="low", mark_id="tama"),
        "none": make_hit(make_listing("6"), score=0.1, tier="none"),
        "yes": make_hit(make_listing("7"), score=0.8),
        "no": make_hit(make_listing("8"), score=0.8),
        "perhaps": make_hit(make_listing("9"), score=0.8),
    }
    for place, hit in enumerate(named.values()):
        store(database, hit, at=START + timedelta(minutes=place))
    decide(database, named["yes"], "violation", "counterfeit")
    decide(database, named["no"])
    decide(database, named["perhaps"], "unsure", "needs_owner")
    return {name: hit_id_of(hit.key) for name, hit in named.items()}


VIEWS: dict[View, set[str]] = {
    "unreviewed": {"top", "tie", "exact", "price"},
    "confirmed": {"yes"},
    "rejected": {"no"},
    "unsure": {"perhaps"},
    "below": {"low"},
    "second_look": set(),
    "disputed": set(),
    "price": {"price"},
    "misuse": {"top", "tie", "exact"},
    "disguised": {"top", "tie"},
    "all": {"top", "tie", "exact", "price", "low", "none", "yes", "no", "perhaps"},
}


def test_every_view_shows_its_hits_and_its_counter_agrees(database: Database, queue: dict[str, str]) -> None:
    with database.read() as session:
        shown = {view: {row.hit_id for row in load_queue(session, HitFilter(view=view)).rows} for view in VIEWS}
        counted = count_hits(session)
    assert shown == {view: {queue[name] for name in names} for view, names in VIEWS.items()}
    assert counted == {view: len(names) for view, names in VIEWS.items()}
    assert database.check() == ()


@pytest.mark.parametrize(
    ("hit_filter", "names"),
    [
        (HitFilter(brand="tama", view="all"), {"low"}),
        (HitFilter(market="shopee_vn"), {"exact"}),
        (HitFilter(tier="medium"), {"price"}),
        (HitFilter(track="price"), {"price"}),
        (HitFilter(seller_id="5"), {"price"}),
        (HitFilter(signal="imitation_words", market="shopee_vn"), {"exact"}),
        (HitFilter(signal="no_such_signal"), set()),
        (HitFilter(text="DONG"), {"exact"}),
        (HitFilter(text="ni.ke dep", market="shopee_vn"), {"exact"}),
        (HitFilter(text="100%_"), set()),
        (HitFilter(owner="nobody"), set()),
        (HitFilter(brands=("tama",), view="all"), {"low"}),
        (HitFilter(brands=(), view="all"), set()),
    ],
)
def test_filters_narrow_a_view(
    database: Database, queue: dict[str, str], hit_filter: HitFilter, names: set[str]
) -> None:
    with database.read() as session:
        assert {row.hit_id for row in load_queue(session, hit_filter).rows} == {queue[name] for name in names}


@pytest.mark.parametrize("sort", ["score", "newest"])
def test_pages_join_without_gap_or_repeat(database: Database, queue: dict[str, str], sort: str) -> None:
    shown: list[str] = []
    cursor: str | None = None
    with database.read() as session:
        whole = load_queue(session, HitFilter(view="all"), sort=sort)  # type: ignore[arg-type]
        while True:
            page = load_queue(session, HitFilter(view="all"), cursor, 2, sort)  # type: ignore[arg-type]
            assert page.previous == (cursor is not None)
            shown += [row.hit_id for row in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                break
        places = [(row.hit.score if sort == "score" else row.first_seen_at) for row in whole.rows]
        assert places == sorted(places, reverse=True)
        assert shown == [row.hit_id for row in whole.rows]
        assert set(shown) == set(queue.values())
        for place, hit_id in enumerate(shown):
            near = load_neighbours(session, hit_id, HitFilter(view="all"), sort)  # type: ignore[arg-type]
            assert near.previous_id == (shown[place - 1] if place else None)
            assert near.next_id == (shown[place + 1] if place + 1 < len(shown) else None)


@pytest.mark.parametrize("cursor", ["", "x", "bm90IGpzb24", "WzEsMiwzXQ", "WyJzY29yZSIsIHRydWUsIDFd", "é"])
def test_an_unreadable_cursor_gives_the_first_page(database: Database, queue: dict[str, str], cursor: str) -> None:
    with database.read() as session:
        page = load_queue(session, HitFilter(), cursor)
    assert len(page.rows) == len(VIEWS["unreviewed"])
    assert queue["top"] in {page.rows[0].hit_id, page.rows[1].hit_id}
    assert not page.previous


def test_export_and_choices_cover_every_hit(database: Database, queue: dict[str, str]) -> None:
    with database.read() as session:
        assert {hit.hit_id for hit in iterate_hits(session, HitFilter(view="all"))} == set(queue.values())
        choices = load_choices(session)
    assert (choices.brands, choices.markets) == (("nike", "tama"), ("shopee_vn", "tiki_vn"))


def test_check_finds_a_wrong_counter(database: Database, queue: dict[str, str]) -> None:
    from sqlalchemy import text  # noqa: PLC0415

    assert queue
    with database.write() as session:
        session.execute(text("UPDATE hit_counts SET hits = hits + 1 WHERE tier = 'low'"))
    (problem,) = database.check()
    assert "kept 2, counted 1" in problem


def test_an_undone_dismissal_is_in_the_queue_again(database: Database) -> None:
    hit = make_hit(make_listing())
    (stored,) = store(database, hit)
    decide(database, hit)
    with database.write() as session:
        undo_decision(session, stored.hit_id, "an", START + 2 * HOUR)
        assert load_hit(session, stored.hit_id).state == "new"
        assert count_hits(session)["unreviewed"] == 1
    changed = replace(hit, score=0.5)
    assert revisit(database, changed, changed) == SavedHits(changed=1)
