"""When a market is crawled: what a person asks for, what comes of it, and what was expected but did not run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

TimingKind = Literal["daily", "hourly", "weekly", "monthly", "cron"]
SlotState = Literal["ran", "running", "waiting", "covered", "missed"]

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """At which times of which days, as a form or a command line says it."""

    kind: TimingKind = "daily"
    """Which of the fields below count."""
    times: tuple[str, ...] = ()
    """Times of day such as 02:00; daily, weekly and monthly."""
    every_hours: int = 0
    """hourly: every so many hours; a divisor of 24."""
    minute: int = 0
    """hourly: at this minute."""
    days: tuple[str, ...] = ()
    """weekly: mon, tue, wed, thu, fri, sat, sun."""
    day: int = 1
    """monthly: day of the month, 1 to 28."""
    cron: str = ""
    """cron: lines of five fields with `; ` between them; weekdays as in cron or by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleDraft:
    """A schedule as somebody asks for it, not yet checked."""

    market: str
    """Spider name."""
    queries: tuple[str, ...] = ()
    """Search words, one search each."""
    urls: tuple[str, ...] = ()
    """Pages to start from."""
    max_pages: int | None = None
    """Page budget of each run; None means the market's own."""
    further: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The market's other arguments by name, such as category, seller or way."""
    timing: Timing = Timing()
    """When it is due."""
    zone: str = DEFAULT_ZONE
    """IANA zone of the times."""
    jitter_minutes: int = 0
    """Each run starts up to so many minutes after its time, spread evenly and always alike for one time."""
    hours: str = ""
    """Hours in which runs may start, such as 22:00-06:00 in the zone; empty means all."""
    tags: tuple[str, ...] = ()
    """Words to find and pause schedules by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """Why a draft cannot be taken."""

    field: str
    """Field of the draft: market, queries, urls, max_pages, timing, zone, jitter_minutes, hours or tags."""
    message: str
    """For a person, in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePlan:
    """What a draft would do."""

    cron: str
    """The times as cron lines; empty where they cannot be read."""
    sentences: Mapping[str, str]
    """The times as a sentence, by language (vi, ja, en)."""
    next_at: tuple[datetime, ...]
    """The next five starts, aware UTC."""
    problems: tuple[FieldProblem, ...]
    """Empty: the draft can be saved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRun:
    """One due time of a schedule and what came of it."""

    schedule_id: str
    """The schedule."""
    market: str
    """Spider name."""
    slot: datetime
    """The due time, aware UTC."""
    state: SlotState
    """ran; running; waiting (queued, or due only now); covered by the one run that caught up; missed."""
    run_id: str | None
    """The run of this slot, or the one that covers it."""
