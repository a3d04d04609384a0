import hashlib
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from captures.retention import apply_retention, plan_retention, remove_buried_files
from captures.room import FreeSpace
from captures.signing import open_key
from captures.store import CaptureStore
from records.listing import PageCopy
from storage.audit import load_audit, verify_audit
from storage.captures import load_capture_hashes, record_capture
from storage.database import Database, open_database
from storage.decisions import record_decision
from storage.holds import load_holds, place_hold, release_hold
from storage.page_captures import StoredFile, load_manifest_hashes, record_page_capture
from storage.retention import RetentionPolicy, iterate_kept, remove_items
from tests.captures.test_page_tampering import contents_of, record_of
from tests.conftest import IS_LONG
from tests.storage.factories import DAY, START, make_hit, make_listing, store
from tests.storage.servers import sqlite_database

ITEMS = 10_000 if IS_LONG else 1_000
POLICY = RetentionPolicy()


@pytest.fixture(name="database")
def _database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(sqlite_database(tmp_path))
    yield opened
    opened.close()


def copy_of(body: bytes, at: datetime, url: str = "https://shop.example/p") -> PageCopy:
    digest = hashlib.sha256(body).hexdigest()
    return PageCopy(url=url, sha256=digest, byte_count=len(body), content_type="", status=200, fetched_at=at)


def keep(
    database: Database, kept: CaptureStore, body: bytes, at: datetime, key: tuple[str, str], url: str = "u"
) -> str:
    page = copy_of(body, at, url)
    path = str(kept.keep(page, body, {}).relative_to(kept.folder))
    with database.write() as session:
        record_capture(session, page, (key,), None, path)
    return page.sha256


def case_in(database: Database, listing_id: str, state: str, at: datetime = START) -> tuple[str, str]:
    listing = make_listing(listing_id)
    hit = store(database, make_hit(listing), at=at)[0]
    verdicts = {"confirmed": ("violation", "counterfeit"), "rejected": ("no_violation", "genuine")}
    if state in verdicts:
        verdict, reason = verdicts[state]
        with database.write() as session:
            record_decision(session, hit.hit_id, hit.revision, verdict, reason, "lan", at)  # type: ignore[arg-type]
    return listing.key


@pytest.mark.parametrize(
    ("state", "days", "is_removed"),
    [
        ("none", 29, False), ("none", 31, True),
        ("open", 4_000, False),
        ("rejected", 89, False), ("rejected", 91, True),
        ("confirmed", 1_825, False), ("confirmed", 1_827, True),
    ],
)  # fmt: skip
def test_evidence_is_kept_by_the_state_of_its_case(
    database: Database, tmp_path: Path, state: str, days: int, *, is_removed: bool
) -> None:
    kept = CaptureStore(tmp_path / "captures")
    key = ("tiki_vn", "none") if state == "none" else case_in(database, "1", state)
    keep(database, kept, b"page", START, key)
    plan = plan_retention(database, POLICY, START + days * DAY)
    assert bool(plan.expired) == is_removed


def test_a_search_page_is_kept_as_long_as_any_listing_on_it_needs_it(database: Database, tmp_path: Path) -> None:
    kept = CaptureStore(tmp_path / "captures")
    page = copy_of(b"search", START)
    kept.keep(page, b"search", {})
    keys = (case_in(database, "1", "rejected"), case_in(database, "2", "confirmed"))
    with database.write() as session:
        record_capture(session, page, keys, None, "x")
    assert plan_retention(database, POLICY, START + 200 * DAY).expired == ()


def test_a_dry_run_changes_nothing_and_a_second_run_finds_nothing(database: Database, tmp_path: Path) -> None:
    kept = CaptureStore(tmp_path / "captures")
    sha256 = keep(database, kept, b"page", START, ("tiki_vn", "9"))
    later = START + 400 * DAY
    plan = plan_retention(database, POLICY, later)
    assert kept.read(sha256) == b"page"
    assert apply_retention(database, kept, plan, "lan", later) == 2
    assert kept.verify() == ()
    assert not list(kept.folder.rglob("*.body"))
    assert plan_retention(database, POLICY, later).expired == ()
    with database.read() as session:
        rows = [row for row in load_audit(session) if row.action == "evidence.remove"]
        assert [row.data["sha256"] for row in rows] == [[sha256]]
        assert verify_audit(session) == ()


def test_the_same_bytes_seen_again_stay_and_only_the_old_sighting_goes(database: Database, tmp_path: Path) -> None:
    kept = CaptureStore(tmp_path / "captures")
    sha256 = keep(database, kept, b"page", START, ("tiki_vn", "1"))
    keep(database, kept, b"page", START + 80 * DAY, ("tiki_vn", "2"), "v")
    later = START + 100 * DAY
    apply_retention(database, kept, plan_retention(database, POLICY, later), "lan", later)
    assert kept.read(sha256) == b"page"
    assert [manifest.page_copy.url for manifest in kept.read_manifests(sha256)] == ["v"]
    assert kept.verify([sha256]) == ()


def test_killed_between_rows_and_files_the_next_run_finishes(database: Database, tmp_path: Path) -> None:
    kept = CaptureStore(tmp_path / "captures")
    keep(database, kept, b"page", START, ("tiki_vn", "1"))
    later = START + 400 * DAY
    with database.write() as session:
        remove_items(session, plan_retention(database, POLICY, later).expired, "lan", later, "retention")
    assert list(kept.folder.rglob("*.body"))
    assert remove_buried_files(database, kept, later) == 2
    assert kept.verify() == ()


def test_a_file_that_somebody_needs_right_now_is_left_for_the_next_run(database: Database, tmp_path: Path) -> None:
    kept = CaptureStore(tmp_path / "captures")
    keep(database, kept, b"page", START, ("tiki_vn", "1"))
    later = START + 400 * DAY
    with database.write() as session:
        remove_items(session, plan_retention(database, POLICY, later).expired, "lan", later, "retention")
    written = next(kept.folder.rglob("*.body")).stat().st_mtime
    just_now = datetime.fromtimestamp(written, tz=START.tzinfo) + timedelta(minutes=5)
    assert remove_buried_files(database, kept, just_now) == 0
    assert remove_buried_files(database, kept, just_now + timedelta(hours=2)) == 2


@pytest.mark.fault
def test_over_many_items_exactly_those_expired_and_not_held_are_removed(database: Database, tmp_path: Path) -> None:
    kept, key = CaptureStore(tmp_path / "captures"), open_key(tmp_path / "key.pem")
    chance = random.Random(9)
    now = START + 2_000 * DAY
    listings = {}
    for number in range(60):
        state = chance.choice(["confirmed", "rejected", "open"])
        decided = now - timedelta(days=chance.randrange(0, 2_000))
        listings[case_in(database, f"L{number}", state, decided)] = (state, decided)
    plain = {("tiki_vn", f"P{number}"): ("none", now) for number in range(60)}
    keys = [*listings, *plain]
    held = set(chance.sample(keys, 30))
    with database.write() as session:
        for market, listing_id in held:
            place_hold(session, market, listing_id, "case", "lan", START)
    must_stay: set[str] = set()
    must_go: set[str] = set()
    pages = ITEMS // 10
    with database.write() as session:
        for number in range(ITEMS):
            place = chance.choice(keys)
            state, decided = listings.get(place) or plain[place]
            seen_at = now - timedelta(days=chance.randrange(0, 2_000), seconds=1 + number)
            ends = {
                "open": now + DAY,
                "none": seen_at + POLICY.unflagged,
                "rejected": max(seen_at + POLICY.unflagged, decided + POLICY.rejected),
                "confirmed": max(seen_at + POLICY.unflagged, decided + POLICY.confirmed),
            }[state]
            if number < pages:
                contents = contents_of(number)
                record = record_of(number, contents)
                sha256 = kept.keep_page(record, contents, key)
                files = [
                    StoredFile(name=file.name, sha256=file.sha256, byte_count=1, media_type="x")
                    for file in record.files
                ]
                record_page_capture(
                    session, manifest_sha256=sha256, market=place[0], listing_id=place[1], url="u", hit_ids=(),
                    cause="queued", requested_by="crawl", outcome="seen", detail="", started_at=seen_at,
                    ended_at=seen_at, files=files,
                )  # fmt: skip
            else:
                body = f"body {number}".encode()
                page = copy_of(body, seen_at)
                sha256 = page.sha256
                # Whole files for a tenth; the rows of the rest are what the rule looks at.
                if number % 10 == 0:
                    kept.keep(page, body, {})
                record_capture(session, page, (place,), None, "x")
            (must_stay if ends > now or place in held else must_go).add(sha256)
    assert must_go
    assert must_stay
    plan = plan_retention(database, POLICY, now)
    assert {item.sha256 for item in plan.expired} == must_go
    apply_retention(database, kept, plan, "lan", now)
    with database.read() as session:
        assert {*load_capture_hashes(session), *load_manifest_hashes(session)} == must_stay
        left = {path.name.partition(".")[0] for path in kept.folder.rglob("*.page.json")}
        assert left == set(load_manifest_hashes(session))
        assert verify_audit(session) == ()
        buried = {digest for row in load_audit(session, limit=10**6) if row.action == "evidence.remove"
                  for digest in row.data["sha256"]}  # type: ignore[attr-defined]  # fmt: skip
    assert buried == must_go
    assert {problem.kind for problem in kept.verify(left)} == set()


def test_a_released_hold_holds_no_longer(database: Database, tmp_path: Path) -> None:
    kept = CaptureStore(tmp_path / "captures")
    keep(database, kept, b"page", START, ("tiki_vn", "9"))
    later = START + 400 * DAY
    with database.write() as session:
        hold = place_hold(session, "tiki_vn", "9", "court case 12", "lan", START)
    assert plan_retention(database, POLICY, later).counts == {"held.answer": 1}
    with database.write() as session:
        release_hold(session, hold.hold_id, "minh", later)
        assert load_holds(session) == ()
        assert [one.released_by for one in load_holds(session, in_force=False)] == ["minh"]
    assert plan_retention(database, POLICY, later).counts == {"expired.answer": 1}


def test_an_attempt_without_files_is_removed_with_its_row(database: Database) -> None:
    with database.write() as session:
        record_page_capture(
            session, manifest_sha256=None, market="tiki_vn", listing_id="9", url="u", hit_ids=(), cause="queued",
            requested_by="crawl", outcome="failed", detail="no answer", started_at=START, ended_at=START,
        )  # fmt: skip
    with database.read() as session:
        (item,) = iterate_kept(session, POLICY)
    assert (item.kind, item.sha256) == ("page", None)
    with database.write() as session:
        remove_items(session, (item,), "lan", START + 400 * DAY, "retention")
        assert list(iterate_kept(session, POLICY)) == []


def test_little_room_is_noticed_on_large_and_small_disks() -> None:
    gib = 2**30
    floor = 2 * gib
    assert FreeSpace(1 * gib, 500 * gib).is_low(floor)
    assert not FreeSpace(3 * gib, 500 * gib).is_low(floor)
    assert FreeSpace(int(0.4 * gib), 5 * gib).is_low(floor)
    assert not FreeSpace(1 * gib, 5 * gib).is_low(floor)
