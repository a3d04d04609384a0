"""Captures listings' pages as evidence: asks politely, reads what the page says, keeps files and row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from captures.capture import Look, Tools, Wish, capture_page
from captures.client import Client
from captures.errors import CaptureFailed, DiskFull, NoRoom
from captures.exchange import Exchange
from captures.room import require_room
from captures.signing import SigningKey, open_key
from captures.store import CaptureStore
from crawler.access import COOL_DOWN, check_access, open_ways
from crawler.browser import SandboxImpossible, find_browser, launch_options
from crawler.capture_manners import PoliteManners
from crawler.capture_room import require_quota
from crawler.config import Settings
from crawler.egress_process import RunningGuard, start_guard
from crawler.errors import BadInput
from crawler.job_context import JobContext, JobLater
from crawler.jobs import market_class
from crawler.settings import user_agent
from records.listing import Listing
from spiders.addresses import moved, origin_of
from spiders.arguments import ArgumentError, read_arguments
from spiders.base import MarketSpider
from spiders.errors import Blocked, Gone, ReadingError
from spiders.reading import Answer
from storage.access import record_host_rest
from storage.database import Database
from storage.hits import load_hit
from storage.listings import load_listing
from storage.page_captures import (
    CaptureOutcome,
    PageCapture,
    StoredFile,
    load_page_captures,
    load_run_arguments,
    record_page_capture,
)
from storage.runs import load_runs_in

# A capture younger than this still shows what the page says; a job for the same listing does nothing then.
FRESH = timedelta(hours=6)
TELLING = frozenset({"seen", "not_seen", "blocked"})
# A capture that a crawl asked for waits while its market is crawled, but not for longer than this.
YIELD = timedelta(minutes=2)
LONGEST_YIELD = timedelta(hours=1)
# How often a page that does not answer is asked for.
MOST_TRIES = 3


def now() -> datetime:
    """Return the time now, aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capturer:
    """Everything that captures of one process share."""

    database: Database
    settings: Settings
    guard: RunningGuard
    manners: PoliteManners
    client: Client
    key: SigningKey
    store: CaptureStore
    launch: dict[str, Any] | None
    browser_absent_because: str
    base_url: str | None = None
    """Host that answers in the market's place; from the command line only."""

    def capture(self, listing: Listing, hit_ids: Sequence[str], cause: str, requested_by: str) -> PageCapture:
        """Capture a listing's page now and return what came of it; a failure is a row as well."""
        spider = market_class(listing.market)
        url = self._address(spider, listing)
        started_at = self.client.clock()
        with self.database.read() as session:
            hits = [load_hit(session, hit_id) for hit_id in hit_ids]
            run_id = load_run_arguments(session, *listing.key)[0]
        wish = Wish(
            market=listing.market,
            listing_id=listing.listing_id,
            url=url,
            images=tuple(self._moved(spider, image) for image in listing.images),
            hit_ids=tuple(hit_ids),
            cause=cause,
            requested_by=requested_by,
            run_id=run_id,
            rule_version=hits[0].hit.rule_version if hits else "",
        )
        brands = frozenset(one.brand for one in hits)

        def check_room(byte_count: int) -> None:
            require_quota(self.database, self.settings, listing.market, brands, byte_count)

        tools = Tools(
            client=self.client,
            check_room=check_room,
            read=lambda answer: look_of(spider, listing, self._market_address(listing, answer.hop.url), answer),
            launch_options=self.launch,
            browser_absent_because=self.browser_absent_because,
        )
        try:
            # Looked at first as well: a host is not asked for what could not be kept.
            check_room(0)
            require_room(self.store.folder, 0, self.store.floor_bytes)
            sha256, record = capture_page(wish, tools, self.store, self.key)
        except (NoRoom, DiskFull) as problem:
            return self._note(wish, None, "no_room", str(problem), started_at, ())
        except CaptureFailed as failure:
            outcome: CaptureOutcome = "blocked" if failure.reason == "robots" else "failed"
            return self._note(wish, None, outcome, str(failure), started_at, ())
        files = tuple(
            StoredFile(name=one.name, sha256=one.sha256, byte_count=one.byte_count, media_type=one.media_type)
            for one in record.files
        )
        if record.sighting == "blocked" and self.base_url is None:
            self._leave_alone(wish, record.sighting_detail)
        return self._note(wish, sha256, record.sighting, record.sighting_detail, started_at, files)

    def _leave_alone(self, wish: Wish, sign: str) -> None:
        """A refusal is kept to, by every run: the host is left alone for a day."""
        at = self.client.clock()
        host = urlsplit(wish.url).hostname or ""
        with self.database.write() as session:
            record_host_rest(session, wish.market, host, sign, None, at, at + COOL_DOWN)

    def _note(
        self,
        wish: Wish,
        sha256: str | None,
        outcome: CaptureOutcome,
        detail: str,
        started_at: datetime,
        files: tuple[StoredFile, ...],
    ) -> PageCapture:
        with self.database.write() as session:
            return record_page_capture(
                session,
                manifest_sha256=sha256,
                market=wish.market,
                listing_id=wish.listing_id,
                url=wish.url,
                hit_ids=wish.hit_ids,
                cause=wish.cause,
                requested_by=wish.requested_by,
                outcome=outcome,
                detail=detail,
                started_at=started_at,
                ended_at=self.client.clock(),
                files=files,
                wants_stamp=sha256 is not None and bool(self.settings.tsa_url),
            )

    def _address(self, spider: type[MarketSpider], listing: Listing) -> str:
        if listing.url is None:
            raise BadInput(f"{listing.market} {listing.listing_id}: the listing has no address to capture")
        if self.base_url is not None:
            return self._moved(spider, listing.url)
        try:
            # A page is what people see: a market that is crawled by its API is captured only where pages are open, too.
            arguments = read_arguments(spider.arguments_model, spider.name, {"url": listing.url, "way": "pages"})
            spider.check_arguments(arguments, open_ways(self.database, spider.name, self.client.clock()))
        except ArgumentError as problem:
            raise BadInput(str(problem)) from None
        check_access(spider, arguments, self.database, self.client.clock())
        if spider.rules.keeps_answers == "none":
            raise BadInput(f"{listing.market}: no page is kept as it came ({spider.rules.source})")
        return listing.url

    def _market_address(self, listing: Listing, url: str) -> str:
        """Return the market's own address of a page that a replay host answered."""
        is_replayed = self.base_url is not None and origin_of(url) == origin_of(self.base_url)
        return moved(url, origin_of(listing.url)) if is_replayed and listing.url is not None else url

    def _moved(self, spider: type[MarketSpider], url: str) -> str:
        """Return the address on the replay host where one answers in the market's place."""
        is_market = spider.may_fetch(url, read_arguments(spider.arguments_model, spider.name, {"url": url}))
        return moved(url, self.base_url) if self.base_url is not None and is_market else url


@contextmanager
def capturer(
    database: Database,
    settings: Settings,
    *,
    opened: Sequence[str] = (),
    base_url: str | None = None,
    clock: Callable[[], datetime] = now,
    with_browser: bool = True,
    certificate_override: str | None = None,
) -> Iterator[Capturer]:
    """Give a capturer with an egress guard of its own, which opens only the HOST:PORT places given.

    A certificate that cannot be verified stops a capture, unless a person gives a reason, which stands in the record.
    """
    if base_url is not None:
        parts = urlsplit(base_url)
        opened = (*opened, f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}")
    guard = start_guard(opened)
    try:
        manners = PoliteManners(
            opened=frozenset(place.lower() for place in opened),
            database=database,
            holder=f"capture-{uuid4().hex}",
            clock=clock,
        )
        client = Client(
            proxy_url=guard.url,
            user_agent=user_agent(settings.contact),
            manners=manners,
            clock=clock,
            certificate_override=certificate_override,
        )
        manners.client = client
        launch, why = _browser(guard.url) if with_browser else (None, "no picture was asked for")
        yield Capturer(
            database=database,
            settings=settings,
            guard=guard,
            manners=manners,
            client=client,
            key=open_key(settings.signing_key),
            store=CaptureStore(settings.captures_dir, settings.free_floor_bytes),
            launch=launch,
            browser_absent_because=why,
            base_url=base_url,
        )
    finally:
        guard.stop()


def _browser(proxy_url: str) -> tuple[dict[str, Any] | None, str]:
    try:
        found = find_browser(install=False)
        if found is None:
            return None, "no Chromium is installed"
        return launch_options(proxy_url, found), ""
    except SandboxImpossible as problem:
        return None, str(problem)


def look_of(spider: type[MarketSpider], listing: Listing, address: str, answer: Exchange) -> Look:
    """Return what the market's own reader says about the listing on that page of the market's."""
    page = Answer(
        url=address,
        body=answer.body,
        content_type=answer.header("content-type"),
        status=answer.hop.status,
        fetched_at=answer.ended_at,
    )
    try:
        reading = spider.read(page)
    except Gone as gone:
        return Look(sighting="not_seen", detail=str(gone))
    except Blocked as blocked:
        return Look(sighting="blocked", detail=str(blocked))
    except ReadingError as problem:
        # A page that answers well but that no reader knows: its title decides, in the page's own letters.
        if 200 <= answer.hop.status < 300 and listing.title.encode() in answer.body:
            return Look(sighting="seen", detail="the listing's title stands on the page")
        return Look(sighting="not_seen", detail=str(problem))
    if any(found.listing_id == listing.listing_id for found in reading.listings):
        return Look(sighting="seen", detail="the market's reader found the listing on the page")
    return Look(sighting="not_seen", detail="the market's reader did not find the listing on the page")


def perform_capture(context: JobContext) -> Mapping[str, object]:
    """Job: capture the page of one listing (arguments market, listing_id, hit_ids, cause, by)."""
    given = context.job.arguments
    cause = given.get("cause", "requested")
    with context.database.read() as session:
        listing = load_listing(session, given["market"], given["listing_id"])
        earlier = load_page_captures(session, given["market"], given["listing_id"])
        is_crawled = any(run.market == given["market"] for run in load_runs_in(session, ("running",)))
    if listing is None:
        raise BadInput(f"no listing {given['market']} {given['listing_id']}")
    is_fresh = bool(earlier) and earlier[0].outcome in TELLING and context.clock() - earlier[0].ended_at < FRESH
    if is_fresh and cause != "requested":
        return {"outcome": "fresh", "manifest": earlier[0].manifest_sha256 or ""}
    if is_crawled and cause == "queued" and context.clock() - context.job.created_at < LONGEST_YIELD:
        # Captures and crawl share the market's turns: taken one by one now, they would make the crawl longer.
        raise JobLater(f"{given['market']} is being crawled", YIELD)
    hit_ids = tuple(part for part in given.get("hit_ids", "").split(" ") if part)
    with capturer(context.database, context.settings, clock=context.clock) as made:
        taken = made.capture(listing, hit_ids, cause, given.get("by", context.job.created_by))
    tries = 1 + sum(one.outcome == "failed" and one.ended_at >= context.job.created_at for one in earlier)
    if taken.outcome == "failed" and tries < MOST_TRIES:
        raise JobLater(taken.detail, timedelta(minutes=10))
    return {"outcome": taken.outcome, "manifest": taken.manifest_sha256 or ""}
