import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic, sleep

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import text

from captures.errors import NoRoom
from captures.room import FreeSpace, free_space
from captures.signing import open_key
from captures.store import CaptureStore
from crawler.capture_manners import REST_SECONDS, PoliteManners
from crawler.capture_requests import ask_for_capture, page_is_open
from crawler.capturing import capturer, perform_capture
from crawler.config import Settings
from crawler.doctor import examine
from crawler.errors import BadInput
from crawler.job_context import JobContext, JobLater
from crawler.keeping import perform_retention
from crawler.rejudging import rejudge
from crawler.stamping import stamp_pending
from matchers.match import Matcher
from records.listing import Listing
from records.watchlist import Mark, WatchList
from spiders.reading import Answer
from spiders.registry import load_markets
from storage.audit import load_audit, verify_audit
from storage.database import Database, open_database
from storage.hits import hit_id_of, load_hit, save_hits
from storage.host_turns import LONGEST_HOLD, take_turn
from storage.jobs import claim_job, load_jobs, next_due
from storage.listings import save_listing
from storage.page_captures import PageCapture, load_audited_manifests, load_page_captures
from storage.retention import RetentionPolicy, iterate_kept, remove_items
from storage.runs import open_run, start_run
from tests.captures.authority import TestAuthority, answer, make_authority
from tests.captures.capturing import client_for, utc_now
from tests.captures.test_page_tampering import contents_of, record_of
from tests.crawler.crawling import made_database
from tests.crawler.replay import Reply, replay
from tests.storage.factories import make_hit, store

HOME = "https://nha-cua.example.com"
PAGE = """<!doctype html><html><head><script type="application/ld+json">
{"@context": "https://schema.org", "@type": "Product", "name": "Kem dưỡng Hanamori", "sku": "K-7",
 "image": "https://nha-cua.example.com/k7.png",
 "offers": {"@type": "Offer", "price": "129000", "priceCurrency": "VND"}}
</script></head><body><h1>Kem dưỡng Hanamori</h1></body></html>""".encode()
ROBOTS = Reply(body=b"User-agent: *\nDisallow: /private/\n", content_type="text/plain")


def listing_of(path: str = "/p/k-7") -> Listing:
    reading = load_markets()["shop"].read(Answer(url=HOME + path, body=PAGE, fetched_at=datetime.now(UTC)))
    return reading.listings[0]


@pytest.fixture(name="database")
def _database(tmp_path: Path) -> Database:
    return open_database(made_database(tmp_path))


def settings_for(folder: Path, **more: object) -> Settings:
    return Settings(data_dir=folder, contact="https://watch.example/contact", **more)  # type: ignore[arg-type]


def taken(database: Database, folder: Path, routes: dict[str, Reply | list[Reply]], listing: Listing) -> PageCapture:
    hit = store(database, make_hit(listing))[0]
    with (
        replay(routes) as server,
        capturer(database, settings_for(folder), base_url=server.url, with_browser=False) as made,
    ):
        return made.capture(listing, (hit.hit_id,), "requested", "lan")


def test_a_captured_listing_has_its_row_its_files_and_its_audit_row(database: Database, tmp_path: Path) -> None:
    listing = listing_of()
    routes: dict[str, Reply | list[Reply]] = {"/robots.txt": ROBOTS, "/p/k-7": Reply(body=PAGE)}
    capture = taken(database, tmp_path, routes, listing)
    assert capture.outcome == "seen"
    kept = CaptureStore(tmp_path / "captures")
    assert kept.verify([capture.manifest_sha256 or ""]) == ()
    record = kept.read_page(capture.manifest_sha256 or "")
    assert record.robots.sha256 == hashlib.sha256(ROBOTS.body).hexdigest()
    assert record.rule_version == "1"
    assert record.hit_ids == capture.hit_ids
    page = capture.file("page.body")
    assert page is not None
    assert page.sha256 == hashlib.sha256(PAGE).hexdigest()
    with database.read() as session:
        assert load_page_captures(session, *listing.key) == (capture,)
        rows = [row for row in load_audit(session) if row.action == "evidence.capture"]
        assert [row.data["manifest_sha256"] for row in rows] == [capture.manifest_sha256]
        assert verify_audit(session) == ()


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(status=404, body=b"gone"), "not_seen"),
        (Reply(status=410, body=b"gone"), "not_seen"),
        (Reply(body="<html><body><h1>Trang chủ</h1><p>Xin chào</p></body></html>".encode()), "not_seen"),
        (Reply(status=403, body=b"<title>Access denied</title>"), "blocked"),
        (Reply(body=PAGE), "seen"),
    ],
)
def test_what_the_page_says_is_seen_not_seen_or_blocked_and_never_removed(
    database: Database, tmp_path: Path, reply: Reply, outcome: str
) -> None:
    capture = taken(database, tmp_path, {"/robots.txt": ROBOTS, "/p/k-7": reply}, listing_of())
    assert capture.outcome == outcome
    assert capture.manifest_sha256 is not None


def test_a_page_that_robots_txt_forbids_is_not_asked_for(database: Database, tmp_path: Path) -> None:
    listing = listing_of("/private/k-7")
    store(database, make_hit(listing))
    routes: dict[str, Reply | list[Reply]] = {"/robots.txt": ROBOTS, "/private/k-7": Reply(body=PAGE)}
    with replay(routes) as server:
        with capturer(database, settings_for(tmp_path), base_url=server.url, with_browser=False) as made:
            capture = made.capture(listing, (), "requested", "lan")
        assert server.paths() == []
    assert (capture.outcome, capture.manifest_sha256) == ("blocked", None)
    assert "robots.txt" in capture.detail


def test_a_host_that_does_not_answer_is_a_failed_attempt_and_no_evidence(database: Database, tmp_path: Path) -> None:
    listing = listing_of()
    store(database, make_hit(listing))
    with replay({}) as server:
        port = server.port
    base = f"http://127.0.0.1:{port}"
    with capturer(database, settings_for(tmp_path), base_url=base, with_browser=False) as made:
        capture = made.capture(listing, (), "requested", "lan")
    # Without an answer to robots.txt nothing is allowed.
    assert (capture.outcome, capture.manifest_sha256) == ("blocked", None)
    assert not (tmp_path / "captures").exists()


def test_no_row_or_page_can_open_an_internal_address(database: Database, tmp_path: Path) -> None:
    with replay({"/robots.txt": ROBOTS, "/p": Reply(body=PAGE)}) as canary:
        listing = Listing(market="shop", listing_id="9", title="Kem", url=f"{canary.url}/p")
        store(database, make_hit(listing))
        with capturer(database, settings_for(tmp_path), with_browser=False) as made, pytest.raises(BadInput):
            made.capture(listing, (), "requested", "lan")
        assert canary.log == []


def test_a_market_without_an_open_way_to_its_pages_is_not_asked(database: Database, tmp_path: Path) -> None:
    listing = Listing(market="shopee_vn", listing_id="9", title="Kem", url="https://shopee.vn/x-i.1.9")
    store(database, make_hit(listing))
    with (
        capturer(database, settings_for(tmp_path), with_browser=False) as made,
        pytest.raises(BadInput, match="shopee"),
    ):
        made.capture(listing, (), "requested", "lan")


def test_a_host_rests_between_two_requests_of_any_process_unless_it_was_opened(database: Database) -> None:
    waited: list[float] = []
    clock = [datetime(2026, 11, 24, 8, tzinfo=UTC)]

    def rest(seconds: float) -> None:
        waited.append(seconds)
        clock[0] += timedelta(seconds=seconds)

    def manners(holder: str) -> PoliteManners:
        opened = frozenset({"opened.example:80"})
        return PoliteManners(opened=opened, database=database, holder=holder, clock=lambda: clock[0], sleep=rest)

    one, other = manners("one"), manners("other")
    for url in ("http://a.example/1", "http://b.example/1", "http://opened.example/1", "http://opened.example/2"):
        with one.turn(url):
            pass
    assert waited == []
    with other.turn("http://a.example/2"):
        pass
    assert waited == [REST_SECONDS]


def test_a_host_that_another_process_asks_right_now_is_waited_for(database: Database) -> None:
    clock = [datetime(2026, 11, 24, 8, tzinfo=UTC)]

    def rest(seconds: float) -> None:
        clock[0] += timedelta(seconds=seconds)

    one = PoliteManners(opened=frozenset(), database=database, holder="one", clock=lambda: clock[0], sleep=rest)
    with database.write() as session:
        take_turn(session, "a.example", "a dead crawl", clock[0])
    began = clock[0]
    with one.turn("http://a.example/1"):
        pass
    assert clock[0] - began >= LONGEST_HOLD


def test_robots_txt_of_a_host_is_read_once(database: Database) -> None:
    with replay({"/robots.txt": ROBOTS}) as server, client_for(server.place) as client:
        manners = PoliteManners(
            opened=frozenset({server.place}), database=database, holder="one", clock=utc_now, client=client
        )
        assert manners.robots(f"{server.url}/a").is_allowed
        assert not manners.robots(f"{server.url}/private/x").is_allowed
        # The server notes a request after it has answered it.
        deadline = monotonic() + 10
        while not server.log and monotonic() < deadline:
            sleep(0.01)
        assert [asked.path for asked in server.log] == ["/robots.txt"]


@pytest.mark.slow
def test_a_stamp_is_had_later_where_the_authority_was_away_or_wrong(database: Database, tmp_path: Path) -> None:
    authority = make_authority()
    roots = write_roots(tmp_path, authority)
    listing = listing_of()
    store(database, make_hit(listing))
    routes: dict[str, Reply | list[Reply]] = {"/robots.txt": ROBOTS, "/p/k-7": Reply(body=PAGE)}
    clock = [utc_now()]
    with replay({"/tsa": Reply(status=503)}) as tsa, replay(routes) as server:
        settings = settings_for(tmp_path, tsa_url=f"{tsa.url}/tsa", tsa_roots=roots)
        with capturer(database, settings, base_url=server.url, with_browser=False) as made:
            assert made.capture(listing, (), "requested", "lan").stamp_state == "pending"
        clock[0] = utc_now()
        assert stamp_pending(database, settings, lambda: clock[0], [tsa.place]) == {"stamped": 0, "pending": 1}
        # Not due yet: nobody is asked again.
        assert stamp_pending(database, settings, lambda: clock[0], [tsa.place]) == {"stamped": 0, "pending": 0}
        clock[0] += timedelta(minutes=2)
        tsa.post = lambda body: answer(authority, body, wrong_nonce=True)
        assert stamp_pending(database, settings, lambda: clock[0], [tsa.place]) == {"stamped": 0, "pending": 1}
        assert "refused" in (latest(database, listing).stamp_problem or "")
        clock[0] += timedelta(minutes=6)
        tsa.post = lambda body: answer(authority, body)
        assert stamp_pending(database, settings, lambda: clock[0], [tsa.place]) == {"stamped": 1, "pending": 0}
    found = latest(database, listing)
    assert (found.stamp_state, found.stamp_problem) == ("stamped", None)
    assert found.stamped_at is not None
    assert CaptureStore(tmp_path / "captures").verify(authority=authority.trusted) == ()


def test_a_capture_whose_row_and_files_are_gone_is_missed_because_the_audit_trail_names_it(
    database: Database, tmp_path: Path
) -> None:
    listing = listing_of()
    routes: dict[str, Reply | list[Reply]] = {"/robots.txt": ROBOTS, "/p/k-7": Reply(body=PAGE)}
    manifest = taken(database, tmp_path, routes, listing).manifest_sha256 or ""
    with database.write() as session:
        assert load_audited_manifests(session) == (manifest,)
        session.execute(text("DELETE FROM page_capture_files"))
        session.execute(text("DELETE FROM page_captures"))
    kept = CaptureStore(tmp_path / "captures")
    kept.remove_page(manifest)
    with database.read() as session:
        expected = load_audited_manifests(session)
    assert [(one.kind, manifest in one.path) for one in kept.verify(expected) if one.kind == "missing"] == [
        ("missing", True)
    ]


def test_a_capture_that_was_removed_by_rule_is_not_missed(database: Database, tmp_path: Path) -> None:
    listing = listing_of()
    routes: dict[str, Reply | list[Reply]] = {"/robots.txt": ROBOTS, "/p/k-7": Reply(body=PAGE)}
    taken(database, tmp_path, routes, listing)
    with database.write() as session:
        remove_items(session, list(iterate_kept(session, RetentionPolicy())), "lan", utc_now(), "retention")
        assert load_audited_manifests(session) == ()


def latest(database: Database, listing: Listing) -> PageCapture:
    with database.read() as session:
        return load_page_captures(session, *listing.key)[0]


def write_roots(folder: Path, authority: TestAuthority) -> Path:
    path = folder / "roots.pem"
    path.write_bytes(authority.root.public_bytes(Encoding.PEM))
    return path


@pytest.mark.parametrize(
    ("market", "arguments", "is_open"),
    [
        ("shop", {}, True),
        ("shop", {"base_url": "http://127.0.0.1:9"}, False),
        ("shop", {"allow_host": "127.0.0.1:9"}, False),
        ("shopee_vn", {}, False),
        ("chotot_vn", {}, False),
        ("nowhere", {}, False),
    ],
)
def test_an_opened_hit_of_a_replay_or_a_closed_market_is_never_asked_for(
    database: Database, market: str, arguments: dict[str, str], *, is_open: bool
) -> None:
    at = utc_now()
    with database.write() as session:
        run = open_run(session, market, arguments, at, "lan")
        listing = Listing(market=market, listing_id="9", title="Kem", url="https://nha-cua.example.com/p/9")
        save_listing(session, listing, run.run_id, at)
        save_hits(session, listing, [make_hit(listing)], run.run_id, at)
        stored = load_hit(session, hit_id_of(make_hit(listing).key))
    assert page_is_open(database, stored, at) == is_open


@pytest.mark.parametrize(
    ("arguments", "asked"), [({"query": "kem"}, 1), ({"base_url": "http://127.0.0.1:9"}, 0), ({"files": "a.html"}, 0)]
)
def test_a_rematch_that_brings_a_hit_into_the_queue_asks_for_its_page_unless_a_replay_or_a_file_showed_it(
    database: Database, arguments: dict[str, str], asked: int
) -> None:
    at = utc_now()
    listing = replace(listing_of(), title="Kem H.a.n.a.m.o.r.i rep 1:1")
    with database.write() as session:
        run = open_run(session, "shop", arguments, at, "lan")
        save_listing(session, listing, run.run_id, at)
    matcher = Matcher(WatchList(marks=(Mark(mark_id="hanamori", text="Hanamori"),), as_of=at.date()))
    for _ in range(2):
        assert [step.done for step in rejudge(database, matcher, at, None)] == [1]
    with database.read() as session:
        jobs = load_jobs(session, kind="capture")
    assert [(job.arguments["cause"], job.arguments["listing_id"]) for job in jobs] == [
        ("queued", listing.listing_id)
    ] * asked


def test_what_was_kept_long_enough_is_removed_daily_only_where_that_is_set(database: Database, tmp_path: Path) -> None:
    listing = listing_of()
    routes: dict[str, Reply | list[Reply]] = {"/robots.txt": ROBOTS, "/p/k-7": Reply(body=PAGE)}
    with (
        replay(routes) as server,
        capturer(database, settings_for(tmp_path), base_url=server.url, with_browser=False) as made,
    ):
        made.capture(listing, (), "requested", "lan")
    context = job_of(database, listing, "queued", tmp_path)
    context.clock = lambda: utc_now() + timedelta(days=31)
    assert perform_retention(context) == {"due": 1, "removed": 0}
    context.settings = settings_for(tmp_path, retention_apply=True)
    assert perform_retention(context)["removed"] == 1
    assert perform_retention(context) == {"due": 0, "removed": 0}
    assert CaptureStore(tmp_path / "captures").verify() == ()


def test_a_stale_hit_opened_again_and_again_is_asked_for_once_a_day(database: Database) -> None:
    listing = listing_of()
    at = utc_now()
    with database.write() as session:
        asked = [
            ask_for_capture(session, listing, ("hit-1",), "opened", who, at + timedelta(hours=hours))
            for who, hours in (("lan", 0), ("hanh", 0), ("lan", 24), ("lan", 24))
        ]
    assert asked == [1, 0, 1, 0]


def room_problem(database: Database, folder: Path, listing: Listing, **more: object) -> tuple[PageCapture, list[str]]:
    """Capture under those settings; return what came of it and which pages were asked for."""
    hit = store(database, make_hit(listing))[0]
    if "quota_brands_mb" in more:
        more = {"quota_brands_mb": {hit.brand: 0}}
    routes: dict[str, Reply | list[Reply]] = {"/robots.txt": ROBOTS, "/p/k-7": Reply(body=PAGE)}
    with (
        replay(routes) as server,
        capturer(database, settings_for(folder, **more), base_url=server.url, with_browser=False) as made,
    ):
        capture = made.capture(listing, (hit.hit_id,), "requested", "lan")
        sleep(0.05)
        return capture, server.paths()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"free_floor_mb": 10**9}, "free-space floor"),
        ({"quota_markets_mb": {"shop": 0}}, "quota of market shop"),
        ({"quota_brands_mb": {}}, "quota of brand "),
    ],
)
def test_a_capture_without_room_is_refused_by_name_before_anybody_is_asked(
    database: Database, tmp_path: Path, settings: dict[str, object], words: str
) -> None:
    capture, asked = room_problem(database, tmp_path, listing_of(), **settings)
    if "free_floor_mb" in settings:
        # A tenth of the disk is the most that a floor asks for: a disk that is emptier than that has room.
        space = free_space(tmp_path)
        if not space.is_low(10**15):
            assert capture.outcome == "seen"
            return
    assert (capture.outcome, capture.manifest_sha256) == ("no_room", None)
    assert words in capture.detail
    assert asked == []
    assert not (tmp_path / "captures").exists()


def test_a_capture_that_would_pass_the_quota_is_not_kept_and_the_next_smaller_one_is(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert room_problem(database, tmp_path, listing_of(), quota_markets_mb={"shop": 1})[0].outcome == "seen"
    before = sorted((tmp_path / "captures").rglob("*"))
    monkeypatch.setattr("crawler.capture_room.MEGABYTE", 500)
    capture, asked = room_problem(database, tmp_path, listing_of(), quota_markets_mb={"shop": 5})
    assert (capture.outcome, "/p/k-7" in asked) == ("no_room", True)
    assert "quota of market shop" in capture.detail
    assert sorted((tmp_path / "captures").rglob("*")) == before


def test_below_the_floor_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("captures.room.free_space", lambda _folder: FreeSpace(2**30, 2**40))
    kept = CaptureStore(tmp_path / "captures", floor_bytes=2**30)
    contents = contents_of(1)
    with pytest.raises(NoRoom, match="free-space floor"):
        kept.keep_page(record_of(1, contents), contents, open_key(tmp_path / "key.pem"))
    assert not kept.folder.exists()
    monkeypatch.setattr("captures.room.free_space", lambda _folder: FreeSpace(2**30 + 2**20, 2**40))
    assert kept.verify([kept.keep_page(record_of(1, contents), contents, open_key(tmp_path / "key.pem"))]) == ()


def test_the_doctor_tells_of_quotas_and_of_the_floor(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(tmp_path, quota_markets_mb={"shop": 0, "tiki_vn": 9}, quota_brands_mb={"Nike": 9})
    found = {(one.subject, one.state, one.text.partition(":")[0]) for one in examine(settings, database.url, utc_now())}
    assert ("capture quota", "problem", "market shop") in found
    assert ("capture quota", "ok", "market tiki_vn") in found
    assert ("capture quota", "ok", "brand Nike") in found
    monkeypatch.setattr("crawler.doctor.free_space", lambda _folder: FreeSpace(2**30, 2**40))
    (disk,) = [one for one in examine(settings, database.url, utc_now()) if one.subject == "disk"]
    assert (disk.state, "nothing is captured" in disk.text) == ("problem", True)


def job_of(database: Database, listing: Listing, cause: str, folder: Path) -> JobContext:
    at = utc_now()
    with database.write() as session:
        ask_for_capture(session, listing, (hit_id_of(make_hit(listing).key),), cause, "lan", at)
        job = claim_job(session, next_due(session, at, ["capture"])[0], "w", at)
    assert job is not None
    return JobContext(database=database, settings=settings_for(folder), job=job, clock=utc_now)


def test_a_capture_that_a_crawl_asked_for_waits_until_the_crawl_is_over_but_not_for_ever(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = listing_of()
    store(database, make_hit(listing))
    with database.write() as session:
        run = open_run(session, "shop", {}, utc_now(), "lan")
        start_run(session, run.run_id, utc_now(), 1)
    context = job_of(database, listing, "queued", tmp_path)
    with pytest.raises(JobLater, match="is being crawled"):
        perform_capture(context)
    with replay({"/robots.txt": ROBOTS, "/p/k-7": Reply(body=PAGE)}) as server:
        answer_from(monkeypatch, server.url)
        context.clock = lambda: utc_now() + timedelta(hours=2)
        assert perform_capture(context)["outcome"] == "seen"
        assert perform_capture(context)["outcome"] == "fresh"


def test_a_page_that_does_not_answer_well_is_asked_for_three_times(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = listing_of()
    store(database, make_hit(listing))
    broken = Reply(body=b"x", headers=(("Content-Encoding", "br"),))
    with replay({"/robots.txt": ROBOTS, "/p/k-7": broken}) as server:
        answer_from(monkeypatch, server.url)
        context = job_of(database, listing, "requested", tmp_path)
        for _ in range(2):
            with pytest.raises(JobLater):
                perform_capture(context)
        assert perform_capture(context) == {"outcome": "failed", "manifest": ""}


def answer_from(monkeypatch: pytest.MonkeyPatch, base_url: str) -> None:
    """Let a replay answer what a job asks for: no row or setting can do that."""
    monkeypatch.setattr("crawler.capturing.capturer", partial(capturer, base_url=base_url, with_browser=False))
