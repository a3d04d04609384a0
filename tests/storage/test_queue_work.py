"""Claims, groups, bulk decisions, thresholds, versions and links between sellers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from records.hit import Hit
from records.listing import Seller
from records.watchlist import Mark
from storage.alike import alike_key, bare_title
from storage.bulk import Pick, load_bulk, record_bulk, undo_bulk
from storage.claims import LEASE, count_claims, load_claims, release_claim, take_claim
from storage.database import Database
from storage.decisions import record_decision
from storage.errors import BulkConflict, Conflict, Held
from storage.groups import load_groups
from storage.hit_records import HitFilter, StoredHit
from storage.hits import count_hits, count_matching, load_hit, load_queue, place_in_queue
from storage.last_acts import load_last_act
from storage.ledger import load_histogram, load_ledger, wilson
from storage.seller_facts import load_links
from storage.thresholds import set_threshold
from storage.versions import load_versions
from storage.watchlist import save_marks
from tests.storage.factories import DAY, HOUR, MINUTE, START, make_hit, make_listing, store


def alike(count: int, **changes: object) -> list[Hit]:
    """Return hits whose titles differ in figures and fillers only."""
    return [
        make_hit(make_listing(str(number), title=f"[FREESHIP] Tất vớ ni.ke đẹp rep 1:1 size {number}"), **changes)
        for number in range(count)
    ]


def test_a_claim_ends_by_itself_and_is_renewed_by_its_holder(database: Database) -> None:
    (stored,) = store(database, make_hit(make_listing()))
    with database.write() as session:
        take_claim(session, stored.hit_id, "hanh", START)
    with pytest.raises(Held) as problem, database.write() as session:
        take_claim(session, stored.hit_id, "minh", START + MINUTE)
    assert (problem.value.actor, problem.value.until) == ("hanh", START + LEASE)
    with database.write() as session:
        assert take_claim(session, stored.hit_id, "hanh", START + MINUTE).until == START + MINUTE + LEASE
        assert count_claims(session, START + MINUTE, "hanh") == 1
        assert take_claim(session, stored.hit_id, "minh", START + 2 * MINUTE + LEASE).actor == "minh"


def test_a_held_hit_is_decided_by_its_holder_only_unless_taken_over(database: Database) -> None:
    (stored,) = store(database, make_hit(make_listing()))
    with database.write() as session:
        take_claim(session, stored.hit_id, "hanh", START)
    with pytest.raises(Held), database.write() as session:
        record_decision(session, stored.hit_id, 1, "unsure", "needs_owner", "minh", START + MINUTE)
    with database.write() as session:
        take_claim(session, stored.hit_id, "minh", START + MINUTE, take_over=True)
        record_decision(session, stored.hit_id, 1, "unsure", "needs_owner", "minh", START + MINUTE)
        assert load_claims(session, [stored.hit_id], START + MINUTE) == {}


def test_a_released_claim_is_free_for_others(database: Database) -> None:
    (stored,) = store(database, make_hit(make_listing()))
    with database.write() as session:
        take_claim(session, stored.hit_id, "hanh", START)
        release_claim(session, stored.hit_id, "minh")
        assert count_claims(session, START) == 1
        release_claim(session, stored.hit_id, "hanh")
        assert count_claims(session, START) == 0


def test_near_identical_titles_are_one_row_with_its_members(database: Database) -> None:
    store(database, *alike(4), make_hit(make_listing("9", title="Giày ni.ke chạy bộ nam siêu cấp"), score=0.5))
    hit_filter = HitFilter(group="alike")
    with database.read() as session:
        rows = load_queue(session, hit_filter).rows
        groups = load_groups(session, hit_filter, [row.hit_id for row in rows])
        assert [len(groups[row.hit_id]) if row.hit_id in groups else 1 for row in rows] == [4, 1]
        assert groups[rows[0].hit_id][0].hit_id == rows[0].hit_id
        inside = load_queue(session, HitFilter(alike_key=rows[0].alike_key)).rows
    assert len(inside) == 4


def test_a_group_is_one_row_on_later_pages_too(database: Database) -> None:
    store(
        database, *alike(3, score=0.9), *(make_hit(make_listing(f"x{n}", title="ni.ke"), score=0.9) for n in range(5))
    )
    seen: list[str] = []
    after = None
    with database.read() as session:
        while True:
            page = load_queue(session, HitFilter(group="alike"), after, 2)
            seen += [row.hit_id for row in page.rows]
            after = page.next_cursor
            if after is None:
                break
    assert len(seen) == len(set(seen)) == 6


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("[HOT] Kem chống nắng Anessa 60ml", "Kem chống nắng ANESSA 90ml (mới)", True),
        ("Kem chống nắng Anessa 60ml", "Sữa rửa mặt Anessa dịu nhẹ", False),
        ("アネッサ パーフェクトUV 日焼け止め 60ml", "アネッサ パーフェクトUV 日焼け止め 90ml【送料無料】", True),
    ],
)
def test_titles_are_alike_without_figures_brackets_and_fillers(one: str, other: str, same: bool) -> None:
    assert (bare_title(one) == bare_title(other)) is same
    assert (alike_key("m", "ip", one) == alike_key("m", "ip", other)) is same


def test_a_title_that_says_too_little_stands_alone() -> None:
    assert alike_key("m", "ip", "Nike 42") is None


def picks(stored: tuple[StoredHit, ...]) -> list[Pick]:
    return [Pick(one.hit_id, one.revision) for one in stored]


def test_a_bulk_is_decided_and_undone_as_one(database: Database) -> None:
    stored = store(database, *alike(5))
    with database.write() as session:
        bulk = record_bulk(session, picks(stored), "violation", "counterfeit", "hanh", START)
        assert count_hits(session)["confirmed"] == 5
        act = load_last_act(session, "hanh")
        assert act is not None
        assert (act.kind, act.bulk_id) == ("bulk", bulk.bulk_id)
    with database.write() as session:
        assert undo_bulk(session, bulk.bulk_id, "hanh", START + MINUTE) == 5
        assert count_hits(session)["unreviewed"] == 5
        assert load_last_act(session, "hanh") is None
        assert load_bulk(session, bulk.bulk_id).undone_at == START + MINUTE
    assert database.check() == ()


def test_a_bulk_does_nothing_when_one_hit_changed(database: Database) -> None:
    stored = store(database, *alike(3))
    with database.write() as session:
        record_decision(session, stored[1].hit_id, 1, "unsure", "needs_owner", "minh", START)
    with pytest.raises(BulkConflict) as problem, database.write() as session:
        record_bulk(session, picks(stored), "no_violation", "genuine", "hanh", START)
    assert problem.value.hit_ids == (stored[1].hit_id,)
    with database.read() as session:
        assert count_hits(session)["rejected"] == 0


def test_violations_are_decided_together_inside_one_group_only(database: Database) -> None:
    others = make_hit(
        make_listing("9", title="Giày ni.ke chạy bộ nam siêu cấp", seller=Seller(seller_id="9", name="Khác"))
    )
    stored = store(database, *alike(2), others)
    with pytest.raises(BulkConflict, match="not_one_group"), database.write() as session:
        record_bulk(session, picks(stored), "violation", "counterfeit", "hanh", START)
    with database.write() as session:
        record_bulk(session, picks(stored), "no_violation", "genuine", "hanh", START)
        assert count_hits(session)["rejected"] == 3


def test_a_threshold_moves_open_hits_and_hides_none(database: Database) -> None:
    with database.write() as session:
        save_marks(session, [Mark(mark_id="nike", text="Nike", brand="Nike", owner="Nike Inc")])
    judged = [(0.95, "high"), (0.7, "medium"), (0.3, "low"), (0.1, "none")]
    found = [make_hit(make_listing(str(n)), score=score, tier=tier) for n, (score, tier) in enumerate(judged)]
    store(database, *found)
    with database.write() as session:
        assert set_threshold(session, "Nike", "ip", 0.9, "quan", START) == 1
        counts = count_hits(session)
    assert (counts["unreviewed"], counts["below"]) == (1, 2)
    store(database, make_hit(make_listing("7"), score=0.8, tier="medium"))
    with database.write() as session:
        assert count_hits(session)["below"] == 3
        assert set_threshold(session, "Nike", "ip", 0.2, "quan", START) == 3
        assert count_hits(session)["below"] == 0
        assert set_threshold(session, "Nike", "ip", None, "quan", START) == 1
        assert count_hits(session)["below"] == 1
    assert database.check() == ()


def test_the_ledger_counts_what_became_of_each_signal(database: Database) -> None:
    stored = store(database, *alike(4), make_hit(make_listing("low"), tier="low", score=0.3))
    with database.write() as session:
        record_decision(session, stored[0].hit_id, 1, "violation", "counterfeit", "hanh", START)
        record_decision(session, stored[1].hit_id, 1, "no_violation", "genuine", "hanh", START)
        record_decision(session, stored[4].hit_id, 1, "violation", "counterfeit", "hanh", START)
        (row,) = [row for row in load_ledger(session) if row.signal == "imitation_words"]
    assert (row.flagged, row.confirmed, row.rejected, row.open) == (4, 1, 1, 2)
    assert row.precision == 0.5
    assert not row.is_enough
    # A rejection that lapses because the listing changed was a true observation all the same.
    again = make_hit(replace(stored[1].hit.listing, title="Tất vớ ni.ke rep khác hẳn"))
    store(database, again, at=START + HOUR)
    with database.read() as session:
        (row,) = [row for row in load_ledger(session) if row.signal == "imitation_words"]
        buckets = load_histogram(session, "nike", "ip", START - DAY)
    assert (row.rejected, row.open) == (1, 3)
    assert sum(bucket.confirmed for bucket in buckets) == 2
    assert buckets[6].confirmed == 1
    assert database.check() == ()


@pytest.mark.parametrize(
    ("confirmed", "decided", "low", "high"),
    [(0, 0, 0.0, 1.0), (10, 10, 0.722, 1.0), (81, 263, 0.255, 0.366), (0, 20, 0.0, 0.161)],
)
def test_the_interval_is_wilsons(confirmed: int, decided: int, low: float, high: float) -> None:
    # 81 of 263 is the example of Newcombe (1998), Statistics in Medicine 17, table I: 0.2553 to 0.3662.
    assert wilson(confirmed, decided) == pytest.approx((low, high), abs=0.0006)


def test_how_a_listing_stood_before_is_kept_once_per_change(database: Database) -> None:
    (stored,) = store(database, make_hit(make_listing()))
    store(database, make_hit(make_listing()), at=START + HOUR)
    store(database, make_hit(make_listing(title="Tất vớ ni.ke chính hãng")), at=START + 2 * HOUR)
    with database.read() as session:
        (version,) = load_versions(session, stored.hit_id)
    assert version.listing.title == stored.hit.listing.title
    assert (version.seen_at, version.replaced_at) == (START + HOUR, START + 2 * HOUR)


def test_sellers_with_exactly_the_same_value_are_linked_with_the_reason(database: Database) -> None:
    text = "Liên hệ Zalo 0912 345 678 để được tư vấn"
    for seller_id, description in (("1", text), ("2", text.replace(" 345 ", ".345.")), ("3", "khác")):
        seller = Seller(seller_id=seller_id, name=f"Cửa hàng {seller_id * 4}")
        store(database, make_hit(make_listing(seller_id, seller=seller, description=description, images=())))
    with database.read() as session:
        links = load_links(session, "tiki_vn", "1")
    assert [(link.seller_id, link.kind, link.shown) for link in links] == [("2", "phone", "••••678")]


def test_a_place_in_the_queue_is_counted_from_its_top(database: Database) -> None:
    stored = store(database, *(make_hit(make_listing(str(n)), score=0.9 - n / 100) for n in range(5)))
    with database.read() as session:
        places = [place_in_queue(session, one.hit_id, HitFilter(), "score") for one in stored]
        assert places == [1, 2, 3, 4, 5]
        assert count_matching(session, HitFilter(market="tiki_vn")) == 5
        assert count_matching(session, HitFilter(text="vớ")) is None


def test_the_oldest_come_first_where_asked(database: Database) -> None:
    ids = [store(database, make_hit(make_listing(str(n))), at=START + timedelta(hours=n))[0].hit_id for n in (2, 0, 1)]
    with database.read() as session:
        page = load_queue(session, HitFilter(), None, 2, "oldest")
        rest = load_queue(session, HitFilter(), page.next_cursor, 2, "oldest")
    assert [row.hit_id for row in (*page.rows, *rest.rows)] == [ids[1], ids[2], ids[0]]


def test_a_decision_on_a_changed_hit_conflicts_also_in_the_second_look(database: Database) -> None:
    (stored,) = store(database, make_hit(make_listing()))
    with pytest.raises(Conflict), database.write() as session:
        record_decision(session, stored.hit_id, 7, "violation", "counterfeit", "hanh", START)
    with database.read() as session:
        assert load_hit(session, stored.hit_id).state == "new"
