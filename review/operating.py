"""What operators do in the console with schedules and runs, as callables that the crawler's room fills in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from records.listing import Listing
from records.log import LogPage
from records.run import Run
from records.schedule import ExpectedRun, ScheduleDraft, SchedulePlan
from storage.access import Grant, HostRest
from storage.schedules import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketWay:
    """One way into a market as it stands today."""

    market: str
    """Spider name."""
    title: str
    """Name as people write it."""
    hosts: tuple[str, ...]
    """Hosts whose pages belong to the market."""
    way: str
    """api, pages or import."""
    is_open: bool
    """Whether a crawl may take it today."""
    because: str
    """Why it is open or closed."""
    format: str
    """What is read, and where the format is known from."""
    verified: str
    """What the reading was verified on."""
    terms: str
    """What the market's own terms say about this way."""
    rules: str
    """What of its data is removed when, and what is never stored; empty where its terms ask for nothing."""
    limits: str
    """Quotas and what this way never returns."""
    asks_consent: bool
    """True where it is closed until an administrator's record opens it."""
    keys: tuple[str, ...]
    """Environment variables it needs."""
    floor_seconds: float
    """Least time between two requests to one host."""
    daily_calls: int | None
    """Most requests a day; None sets no bound."""
    shortest_interval_minutes: int
    """Schedules of the same words start at least so far apart."""
    grants: tuple[Grant, ...]
    """The register's records about it, newest first."""
    rests: tuple[HostRest, ...]
    """Hosts of the market that are left alone now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedPage:
    """What a market's reader makes of one page; nothing of it is stored."""

    listings: tuple[Listing, ...] = ()
    """In page order."""
    skipped: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Reason -> entries that gave no listing."""
    links: int = 0
    """Further pages it names."""
    told: tuple[str, ...] = ()
    """Warnings on the way, robots.txt's word among them."""
    problem: str = ""
    """Why there is no listing; empty where there is one."""
    seconds: float = 0.0
    """How long it took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operating:
    """Every call checks what it is given and writes its audit row; a problem comes back as a sentence, never raised."""

    plan: Callable[[ScheduleDraft, str], SchedulePlan]
    """(draft, id of the schedule that is changed or empty) -> what it would do and each problem by field."""
    save: Callable[[ScheduleDraft, str, str], tuple[str, SchedulePlan]]
    """(draft, log-in name, id or empty) -> (id, plan); the id is empty where the plan has problems."""
    draft_of: Callable[[Schedule], ScheduleDraft]
    """The draft that a schedule would be made from, for a form."""
    say_times: Callable[[Schedule, str], str]
    """(schedule, language) -> its times as a sentence with the zone."""
    pause: Callable[[str, str, datetime | None, str], str]
    """(schedule id, reason, end or None, log-in name) -> problem, empty when it is paused."""
    resume: Callable[[str, str], str]
    """(schedule id, log-in name) -> problem, empty when it goes on."""
    remove: Callable[[str, str], str]
    """(schedule id, log-in name) -> problem, empty when it is gone."""
    expected: Callable[[datetime], tuple[ExpectedRun, ...]]
    """(since) -> every due time with what came of it, latest first; state missed is the red row."""
    stop_run: Callable[[str, str, bool], str]
    """(run id, log-in name, at once) -> problem, empty when it was asked to stop."""
    read_log: Callable[[Run, str, str, int], LogPage]
    """(run, words, least level or empty, after line) -> the next lines of its log."""
    markets: Callable[[], tuple[MarketWay, ...]]
    """Every way into every market as it stands today."""
    allow_way: Callable[[str, str, str, str, str], str]
    """(market, way, ground, last day as YYYY-MM-DD, log-in name) -> problem, empty when the record is made."""
    close_way: Callable[[str, str, str, str], str]
    """(market, way, reason, log-in name) -> problem, empty when every record that opened it has ended."""
    try_page: Callable[[str, str, bytes | None], TriedPage]
    """(market, URL, its content or None to fetch it) -> what its reader makes of it."""
