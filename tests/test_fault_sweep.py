"""All that can fail in one crawl, review and mail cycle fails once in turn; nothing is lost, halved or doubled."""

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from alerts.errors import AlertError
from alerts.sender import SmtpSender
from captures.capture import capture_page
from captures.client import Client
from captures.errors import CaptureError
from captures.signing import SigningKey, open_key
from captures.store import CaptureStore
from crawler.imports import Imported
from crawler.intake import Intake
from matchers.match import Matcher
from records.listing import Listing, PageCopy
from storage.captures import load_capture_hashes
from storage.database import Database, open_database, upgrade
from storage.decisions import record_decision
from storage.errors import StorageError
from storage.hits import HitFilter, load_queue
from storage.jobs import claim_job, finish_job, load_jobs, open_job, return_silent_jobs
from storage.listings import load_listings, load_prices
from storage.operator_notices import note_run
from storage.outbox import load_mails
from storage.page_captures import StoredFile, load_manifest_hashes, load_page_captures, record_page_capture
from storage.run_pages import RunPage, clear_run_pages, save_run_pages
from storage.runs import close_run, load_runs, record_heartbeat, request_run, start_run
from storage.watchlist import save_marks, save_owners, save_products
from tests.alerts.cases import DECIDED_AT, HANAMORI, MARKS, NOW, PRODUCTS, RIVAL, WATCHLIST, make_hit
from tests.alerts.mailbox import queue, send
from tests.alerts.smtp_server import Sink, mail_server
from tests.captures.capturing import client_for, tools_for, wish_for
from tests.crawler.replay import Replay, Reply, replay
from tests.faults import failing_at
from tests.storage.servers import empty_database, make_database, postgres_server, sqlite_database

pytestmark = [pytest.mark.fault, pytest.mark.timeout(1_800)]
LONG = os.environ.get("MARKWATCH_LONG") == "1"
# In the quick run only a few of the points fail.
STEP = 8 if LONG else 44
# The long run lets every point fail, in pieces of a few minutes.
PIECES = range(1, STEP + 1) if LONG else (1,)
PAGE = b"<html><body><h1>H.anamori 50ml</h1></body></html>" * 20
LATER = NOW + timedelta(hours=1)
# What a failure may be raised as: every one of these says what failed, and where.
NAMED = (StorageError, CaptureError, AlertError, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one cycle is done."""

    database: Database
    captures: Path
    key: SigningKey
    client: Client
    market: Replay
    smtp_port: int

    @property
    def store(self) -> CaptureStore:
        """The folder of captures."""
        return CaptureStore(self.captures)


def one_cycle(place: Place, at: datetime) -> None:
    """Do what a crawl, a capture, a reviewer and the mails do, as they do it; doing it again changes nothing."""
    database = place.database
    with database.write() as session:
        found = load_runs(session)
        run = found[0] if found else request_run(session, "shop", {"url": "x"}, NOW, "an")
        start_run(session, run.run_id, NOW, os.getpid())
    with database.write() as session:
        save_run_pages(session, run.run_id, [], [RunPage(page_key="p", url="p", start="p")], 0)
    intake = Intake(database, Matcher(WATCHLIST), place.store, run.run_id)
    intake.take(sightings(), NOW)
    with database.write() as session:
        save_run_pages(session, run.run_id, ["p"], [], 1)
        record_heartbeat(session, run.run_id, NOW, {"pages": 1, "listings": 2})
    with database.read() as session:
        hits = load_queue(session, HitFilter(view="all")).rows
    for hit in hits:
        capture(place, hit.hit.listing, hit.hit_id)
    with database.write() as session:
        clear_run_pages(session, run.run_id)
        close_run(session, run.run_id, "finished", NOW, {"pages": 1, "listings": 2})
        note_run(session, run.run_id, NOW)
    for hit in hits:
        if hit.decision is None:
            with database.write() as session:
                record_decision(session, hit.hit_id, hit.revision, "violation", "counterfeit", "an", DECIDED_AT)
    with database.write() as session:
        open_job(session, "digests", "digests 1", NOW, created_by="an")
    with database.write() as session:
        return_silent_jobs(session, at)
        (job,) = load_jobs(session)
        claimed = claim_job(session, job.job_id, "w", at)
    queue(database, at)
    send(database, SmtpSender(host="127.0.0.1", port=place.smtp_port, timeout_seconds=5), at)
    if claimed is not None:
        with database.write() as session:
            finish_job(session, claimed, at)


def sightings() -> list[Imported]:
    """Return two listings that one page shows, both to be flagged."""
    copy = PageCopy(
        url="https://market.example/list", sha256=hashlib.sha256(PAGE).hexdigest(), byte_count=len(PAGE),
        content_type="text/html", status=200, fetched_at=NOW,
    )  # fmt: skip
    return [Imported(replace(make_hit(number).listing, page_copy=copy), PAGE) for number in (1, 2)]


def capture(place: Place, listing: Listing, hit_id: str) -> None:
    """Capture the page of a listing once, and note it."""
    with place.database.read() as session:
        if any(one.outcome == "seen" for one in load_page_captures(session, *listing.key)):
            return
    wish = replace(wish_for(f"{place.market.url}/p"), market=listing.market, listing_id=listing.listing_id)
    started_at = datetime.now(UTC)
    sha256, record = capture_page(replace(wish, hit_ids=(hit_id,)), tools_for(place.client), place.store, place.key)
    files = tuple(
        StoredFile(name=one.name, sha256=one.sha256, byte_count=one.byte_count, media_type=one.media_type)
        for one in record.files
    )
    with place.database.write() as session:
        record_page_capture(
            session, manifest_sha256=sha256, market=listing.market, listing_id=listing.listing_id, url=wish.url,
            hit_ids=(hit_id,), cause="requested", requested_by="lan", outcome="seen", detail="", started_at=started_at,
            ended_at=datetime.now(UTC), files=files, wants_stamp=False,
        )  # fmt: skip


def state_of(place: Place) -> dict[str, object]:
    """Return everything that must be the same whatever failed on the way."""
    with place.database.read() as session:
        listings = load_listings(session, None, 100)
        hits = load_queue(session, HitFilter(view="all")).rows
        return {
            "runs": [run.outcome for run in load_runs(session)],
            "jobs": [job.state for job in load_jobs(session)],
            "listings": [(one.key, one.title) for one in listings],
            "prices": [len(load_prices(session, *one.key)) for one in listings],
            "hits": sorted((one.hit_id, one.state) for one in hits),
            "captures": sorted(load_capture_hashes(session)),
            "pages": [len(load_page_captures(session, *one.key)) for one in listings],
            # By what they are: a greeting's key holds the minute in which it was queued.
            "mails": sorted((mail.kind, mail.recipient, mail.state) for mail in load_mails(session, 100)),
        }


def check_whole(place: Place) -> None:
    """Fail where anything is corrupt: the database, its audit chain, or a capture that it knows."""
    assert place.database.check() == ()
    with place.database.read() as session:
        expected = (*load_capture_hashes(session), *load_manifest_hashes(session))
    assert {problem.kind for problem in place.store.verify(expected)} <= {"half_written"}


def message_ids(sink: Sink) -> Counter[str]:
    """Return how often each mail arrived."""
    return Counter(str(message_from_bytes(content)["Message-ID"]) for _, _, content in sink.taken)


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with postgres_server() as server:
        url = make_database(server, "markwatch_sweep")
        upgrade(url)
        yield url


@pytest.mark.parametrize("first", PIECES)
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.database)])
def test_whatever_fails_once_is_named_and_the_cycle_done_again_is_whole(
    kind: str, first: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    sink = Sink()
    robots = Reply(body=b"User-agent: *\n", content_type="text/plain")
    with (
        replay({"/robots.txt": robots, "/p": Reply(body=PAGE)}) as market,
        mail_server(sink) as smtp_port,
        client_for(market.place) as client,
    ):
        key = open_key(tmp_path / "signing.key")

        def fresh(number: int) -> Place:
            folder = tmp_path / str(number)
            folder.mkdir()
            url = sqlite_database(folder) if kind == "sqlite" else request.getfixturevalue("postgres_url")
            if kind == "postgresql":
                empty_database(url)
            database = open_database(url)
            with database.write() as session:
                save_owners(session, (HANAMORI, RIVAL))
                save_marks(session, MARKS)
                save_products(session, PRODUCTS)
            sink.taken.clear()
            return Place(
                database=database, captures=folder / "captures", key=key, client=client, market=market,
                smtp_port=smtp_port,
            )  # fmt: skip

        undisturbed = fresh(0)
        with failing_at(0, undisturbed.database) as faults:
            one_cycle(undisturbed, NOW)
        reference, mails, points = state_of(undisturbed), len(message_ids(sink)), faults.passed
        one_cycle(undisturbed, LATER)
        assert state_of(undisturbed) == reference
        undisturbed.database.close()
        assert {"commit", "write", "fsync", "rename", "connect", "send", "receive"} <= set(faults.kinds)
        assert mails >= 3
        outcomes: Counter[str] = Counter()
        for number in range(first, points + 1, STEP):
            place = fresh(number)
            outcomes[ended := failed_once(place, number)] += 1
            # How many reads an answer takes, and which folders are new, differs a little from cycle to cycle.
            assert ended != "not reached" or number > points * 0.9
            one_cycle(place, LATER)
            check_whole(place)
            assert state_of(place) == reference, number
            arrived = message_ids(sink)
            assert len(arrived) == mails, number
            # A mail whose last answer got lost may come twice, under its one Message-ID; no other does.
            assert arrived.total() - len(arrived) <= 1
            place.database.close()
            shutil.rmtree(tmp_path / str(number))
    assert outcomes.total() == len(range(first, points + 1, STEP))
    found = (
        f"{points} points, every {STEP}. from the {first}. on fails: {dict(faults.kinds)}; it ended {dict(outcomes)}"
    )
    print(f"{kind}: {found}")  # noqa: T201 - the figures of the long run


def failed_once(place: Place, number: int) -> str:
    """Do the cycle with that point failing; return what became of it, after a look at what it left."""
    with failing_at(number, place.database) as faults:
        try:
            one_cycle(place, NOW)
        except NAMED as problem:
            raised: BaseException | None = problem
        else:
            raised = None
    if not faults.failed_kind:
        return "not reached"
    # An error of the system names its file.
    assert not isinstance(raised, OSError) or raised.filename, (number, faults.failed_kind, raised)
    check_whole(place)
    return "went on" if raised is None else type(raised).__name__
