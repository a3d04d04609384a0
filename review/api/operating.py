"""Crawls for programs: start and stop runs, schedules, marketplaces and their register, one page on trial."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from records.lines import listing_to_line
from records.run import Run
from records.schedule import DEFAULT_ZONE, ScheduleDraft, SchedulePlan, Timing, TimingKind
from review.api.answers import run_answer
from review.api.models import Problem, RunAnswer, Sent
from review.console import console_of
from review.errors import Absent, WrongField
from review.operating import MarketWay
from review.pages.runs import ask_again, find_run, operating_of
from review.pages.schedules import find_schedule
from review.sessions import Administrator, Operator, allowed, from_own_client
from storage.runs import load_events

NONE: dict[int | str, dict[str, Any]] = {404: {"model": Problem}}
WRONG: dict[int | str, dict[str, Any]] = {422: {"model": Problem}}
REFUSED: dict[int | str, dict[str, Any]] = {401: {"model": Problem}, 403: {"model": Problem}, 429: {"model": Problem}}
router = APIRouter(tags=["operating"], responses=REFUSED)
Own = Depends(from_own_client)
YEAR = timedelta(days=366)
ReadsRuns = Depends(allowed("runs"))
Word = Annotated[str, Field(max_length=200)]


class TimingBody(Sent):
    """At which times of which days."""

    kind: TimingKind = "daily"
    times: list[Word] = Field(default=[], max_length=48, description="Times of day such as 02:00.")
    every_hours: int = Field(default=0, ge=0, le=24)
    minute: int = Field(default=0, ge=0, le=59)
    days: list[Word] = Field(default=[], max_length=7, description="mon, tue, wed, thu, fri, sat, sun.")
    day: int = Field(default=1, ge=1, le=28)
    cron: str = Field(default="", max_length=500)


class ScheduleBody(Sent):
    """A schedule."""

    market: str = Field(max_length=100)
    queries: list[Word] = Field(default=[], max_length=200)
    urls: list[Annotated[str, Field(max_length=2_083)]] = Field(default=[], max_length=200)
    max_pages: int | None = Field(default=None, ge=1, le=1_000)
    further: dict[Word, Word] = Field(default={}, description="The market's other arguments by name.")
    timing: TimingBody
    zone: str = Field(default=DEFAULT_ZONE, max_length=60)
    jitter_minutes: int = Field(default=0, ge=0, le=180)
    hours: str = Field(default="", max_length=20)
    tags: list[Word] = Field(default=[], max_length=20)

    def draft(self) -> ScheduleDraft:
        """Return the draft that it describes."""
        timing = self.timing
        return ScheduleDraft(
            market=self.market, queries=tuple(self.queries), urls=tuple(self.urls), max_pages=self.max_pages,
            further=dict(self.further), zone=self.zone, jitter_minutes=self.jitter_minutes, hours=self.hours,
            tags=tuple(self.tags),
            timing=Timing(
                kind=timing.kind, times=tuple(timing.times), every_hours=timing.every_hours, minute=timing.minute,
                days=tuple(timing.days), day=timing.day, cron=timing.cron,
            ),
        )  # fmt: skip


class PlanProblem(BaseModel):
    """Why a schedule cannot be kept."""

    field: str
    message: str


class PlanAnswer(BaseModel):
    """What a schedule would do."""

    schedule_id: str = Field(description="Empty where nothing was kept.")
    cron: str
    sentences: dict[str, str] = Field(description="The times as a sentence, by language.")
    next_at: list[datetime]
    problems: list[PlanProblem]


class PauseBody(Sent):
    """Why, and until when."""

    reason: str = Field(min_length=1, max_length=300)
    until: AwareDatetime | None = None


class RunBody(Sent):
    """What to crawl now, as a run of the same market would."""

    market: str = Field(max_length=100)
    queries: list[Word] = Field(default=[], max_length=200)
    urls: list[Annotated[str, Field(max_length=2_083)]] = Field(default=[], max_length=200)
    max_pages: int | None = Field(default=None, ge=1, le=1_000)


class StopBody(Sent):
    """How to stop."""

    at_once: bool = False


class EventRow(BaseModel):
    """Something that happened during a run."""

    at: datetime
    kind: str
    text: str


class EventsAnswer(BaseModel):
    """A run's events, oldest first."""

    events: list[EventRow]


class LogRow(BaseModel):
    """A line of a log."""

    number: int
    at: datetime | None
    level: str
    source: str
    text: str


class LogAnswer(BaseModel):
    """Lines of a run's log."""

    lines: list[LogRow]
    next_after: int | None = Field(description="Pass it as `after` for the next lines; null at the end.")
    total: int
    problem: str


class ExpectedRow(BaseModel):
    """A due time and what came of it."""

    schedule_id: str
    market: str
    slot: datetime
    state: str
    run_id: str | None


class ExpectedAnswer(BaseModel):
    """Due times, latest first."""

    expected: list[ExpectedRow]


class GrantRow(BaseModel):
    """A record of the access register."""

    ground: str
    until: datetime
    allowed_by: str
    allowed_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    end_reason: str | None


class WayRow(BaseModel):
    """A way into a market."""

    market: str
    title: str
    way: str
    is_open: bool
    because: str
    verified: str
    terms: str
    asks_consent: bool
    floor_seconds: float
    daily_calls: int | None
    shortest_interval_minutes: int
    grants: list[GrantRow]


class MarketsAnswer(BaseModel):
    """Every way into every market."""

    ways: list[WayRow]


class AllowBody(Sent):
    """What allows a way, and until when."""

    ground: str = Field(min_length=10, max_length=1_000)
    until: str = Field(description="Last day, YYYY-MM-DD.", max_length=10)


class CloseBody(Sent):
    """Why a way is closed."""

    reason: str = Field(min_length=1, max_length=500)


class TryBody(Sent):
    """A page to read, or its content as if it had come from there."""

    url: str = Field(max_length=2_083)
    content: str | None = Field(default=None, max_length=1_500_000)


class TriedAnswer(BaseModel):
    """What the market's reader makes of a page; nothing is stored."""

    listings: list[dict[str, Any]]
    skipped: dict[str, int]
    links: int
    told: list[str]
    problem: str
    seconds: float


def _said(problem: str, field: str) -> None:
    """Raise WrongField where an act came back with a problem."""
    if problem:
        raise WrongField(field, "%(problem)s", problem=problem)


def _plan(schedule_id: str, plan: SchedulePlan) -> PlanAnswer:
    return PlanAnswer(
        schedule_id=schedule_id, cron=plan.cron, sentences=dict(plan.sentences), next_at=list(plan.next_at),
        problems=[PlanProblem(field=one.field, message=one.message) for one in plan.problems],
    )  # fmt: skip


def _kept(schedule_id: str, plan: SchedulePlan, response: Response, status: int) -> PlanAnswer:
    response.status_code = status if schedule_id else 422
    return _plan(schedule_id, plan)


@router.post("/runs", status_code=201, dependencies=[Own], responses=WRONG)
def start_run(request: Request, visitor: Operator, body: RunBody) -> RunAnswer:
    """Ask for a run now; one of that market that waits or runs already is returned instead."""
    console = console_of(request)
    draft = ScheduleDraft(
        market=body.market, queries=tuple(body.queries), urls=tuple(body.urls), max_pages=body.max_pages,
        timing=Timing(times=("00:00",)),
    )  # fmt: skip
    about = [one for one in operating_of(console).plan(draft, "").problems if one.field in RunBody.model_fields]
    if about:
        raise WrongField(about[0].field, "%(problem)s", problem=about[0].message)
    arguments = {"query": "|".join(body.queries), "url": "|".join(body.urls)}
    if body.max_pages is not None:
        arguments["max_pages"] = str(body.max_pages)
    wanted = {name: value for name, value in arguments.items() if value}
    run = Run(run_id="", market=body.market, arguments=wanted, requested_at=console.services.clock())
    return run_answer(find_run(console, ask_again(console, run, visitor.user.login)))


@router.post("/runs/{run_id}/again", status_code=201, dependencies=[Own], responses=NONE)
def start_again(request: Request, visitor: Operator, run_id: str) -> RunAnswer:
    """Ask for a run with the same arguments."""
    console = console_of(request)
    return run_answer(find_run(console, ask_again(console, find_run(console, run_id), visitor.user.login)))


@router.post("/runs/{run_id}/stop", dependencies=[Own], responses={**NONE, **WRONG})
def stop_run(request: Request, visitor: Operator, run_id: str, body: StopBody) -> RunAnswer:
    """Ask a run to stop: after the page under way, or at once."""
    console = console_of(request)
    find_run(console, run_id)
    _said(operating_of(console).stop_run(run_id, visitor.user.login, body.at_once), "run_id")
    return run_answer(find_run(console, run_id))


@router.get("/runs/{run_id}/events", dependencies=[ReadsRuns], responses=NONE)
def list_events(request: Request, run_id: str) -> EventsAnswer:
    """Return what happened during a run."""
    console = console_of(request)
    find_run(console, run_id)
    with console.database.read() as session:
        events = load_events(session, run_id)
    return EventsAnswer(events=[EventRow(at=one.at, kind=one.kind, text=one.text) for one in events])


@router.get("/runs/{run_id}/log", dependencies=[ReadsRuns], responses=NONE)
def read_log(
    request: Request,
    run_id: str,
    words: Annotated[str, Query(max_length=200)] = "",
    level: Annotated[str, Query(max_length=20)] = "",
    after: Annotated[int, Query(ge=0, le=10**9)] = 0,
) -> LogAnswer:
    """Return lines of a run's log that hold every word and are at least of a level."""
    console = console_of(request)
    page = operating_of(console).read_log(find_run(console, run_id), words, level, after)
    rows = [LogRow(**{name: getattr(line, name) for name in LogRow.model_fields}) for line in page.lines]
    return LogAnswer(lines=rows, next_after=page.next_after, total=page.total, problem=page.problem)


@router.post("/schedules/plan", dependencies=[Own])
def plan_schedule(request: Request, visitor: Operator, body: ScheduleBody) -> PlanAnswer:  # noqa: ARG001 - who may
    """Return what a schedule would do, its next five times and every problem; keeps nothing."""
    return _plan("", operating_of(console_of(request)).plan(body.draft(), ""))


@router.post("/schedules", status_code=201, dependencies=[Own], responses={422: {"model": PlanAnswer}})
def make_schedule(request: Request, visitor: Operator, body: ScheduleBody, response: Response) -> PlanAnswer:
    """Keep a new schedule."""
    saved, plan = operating_of(console_of(request)).save(body.draft(), visitor.user.login, "")
    return _kept(saved, plan, response, 201)


@router.get("/schedules/expected", dependencies=[ReadsRuns])
def list_expected(request: Request, since: AwareDatetime) -> ExpectedAnswer:
    """Return every due time since then with what came of it; `missed` did not run."""
    console = console_of(request)
    now = console.services.clock()
    # Held within the last year before anything is reckoned: the ends of the calendar lie in no other time zone.
    start = min(max(since, now - YEAR), now)
    found = operating_of(console).expected(start.astimezone(UTC))
    rows = [ExpectedRow(**{name: getattr(one, name) for name in ExpectedRow.model_fields}) for one in found]
    return ExpectedAnswer(expected=rows)


@router.put("/schedules/{schedule_id}", dependencies=[Own], responses={**NONE, 422: {"model": PlanAnswer}})
def change_schedule(
    request: Request, visitor: Operator, schedule_id: str, body: ScheduleBody, response: Response
) -> PlanAnswer:
    """Change a schedule; its pause stays."""
    console = console_of(request)
    find_schedule(console, schedule_id)
    saved, plan = operating_of(console).save(body.draft(), visitor.user.login, schedule_id)
    return _kept(saved, plan, response, 200)


@router.delete("/schedules/{schedule_id}", status_code=204, dependencies=[Own], responses=NONE)
def remove_schedule(request: Request, visitor: Operator, schedule_id: str) -> Response:
    """Take a schedule out of use; its runs stay."""
    console = console_of(request)
    find_schedule(console, schedule_id)
    _said(operating_of(console).remove(schedule_id, visitor.user.login), "schedule_id")
    return Response(status_code=204)


@router.post("/schedules/{schedule_id}/pause", status_code=204, dependencies=[Own], responses={**NONE, **WRONG})
def pause_schedule(request: Request, visitor: Operator, schedule_id: str, body: PauseBody) -> Response:
    """Pause a schedule until a time, or until it is resumed."""
    console = console_of(request)
    find_schedule(console, schedule_id)
    _said(operating_of(console).pause(schedule_id, body.reason, body.until, visitor.user.login), "until")
    return Response(status_code=204)


@router.post("/schedules/{schedule_id}/resume", status_code=204, dependencies=[Own], responses={**NONE, **WRONG})
def resume_schedule(request: Request, visitor: Operator, schedule_id: str) -> Response:
    """End a pause."""
    console = console_of(request)
    find_schedule(console, schedule_id)
    _said(operating_of(console).resume(schedule_id, visitor.user.login), "schedule_id")
    return Response(status_code=204)


@router.post("/schedules/{schedule_id}/run", status_code=201, dependencies=[Own], responses=NONE)
def run_schedule(request: Request, visitor: Operator, schedule_id: str) -> RunAnswer:
    """Ask for a run of the schedule's arguments now."""
    console = console_of(request)
    schedule = find_schedule(console, schedule_id)
    run = Run(
        run_id=schedule_id, market=schedule.market, arguments=schedule.arguments, requested_at=console.services.clock()
    )
    return run_answer(find_run(console, ask_again(console, run, visitor.user.login)))


def _way_row(way: MarketWay) -> WayRow:
    grants = [GrantRow(**{name: getattr(one, name) for name in GrantRow.model_fields}) for one in way.grants]
    values = {name: getattr(way, name) for name in WayRow.model_fields if name != "grants"}
    return WayRow(**values, grants=grants)


@router.get("/markets", dependencies=[ReadsRuns], responses=NONE)
def list_markets(request: Request) -> MarketsAnswer:
    """Return every way into every market, open or closed and why."""
    return MarketsAnswer(ways=[_way_row(way) for way in operating_of(console_of(request)).markets()])


def _require_way(request: Request, market: str, way: str | None = None) -> None:
    ways = operating_of(console_of(request)).markets()
    if not any(one.market == market and way in {None, one.way} for one in ways):
        raise Absent


@router.put("/markets/{market}/ways/{way}", status_code=204, dependencies=[Own], responses={**NONE, **WRONG})
def allow_way(request: Request, visitor: Administrator, market: str, way: str, body: AllowBody) -> Response:
    """Record that a way is allowed."""
    _require_way(request, market, way)
    operating = operating_of(console_of(request))
    _said(operating.allow_way(market, way, body.ground, body.until, visitor.user.login), "ground")
    return Response(status_code=204)


@router.post("/markets/{market}/ways/{way}/close", status_code=204, dependencies=[Own], responses={**NONE, **WRONG})
def close_way(request: Request, visitor: Administrator, market: str, way: str, body: CloseBody) -> Response:
    """End every record that opens a way."""
    _require_way(request, market, way)
    _said(operating_of(console_of(request)).close_way(market, way, body.reason, visitor.user.login), "way")
    return Response(status_code=204)


@router.post("/markets/{market}/try", dependencies=[Own], responses=NONE)
def try_page(request: Request, visitor: Operator, market: str, body: TryBody) -> TriedAnswer:  # noqa: ARG001 - who may
    """Read one page as a crawl would, or its content as if it had come from there; nothing is stored."""
    _require_way(request, market)
    content = None if body.content is None else body.content.encode("utf-8", "replace")
    tried = operating_of(console_of(request)).try_page(market, body.url, content)
    lines: list[dict[str, Any]] = [_plain(listing_to_line(one)) for one in tried.listings]
    return TriedAnswer(
        listings=lines, skipped=dict(tried.skipped), links=tried.links, told=list(tried.told), problem=tried.problem,
        seconds=tried.seconds,
    )  # fmt: skip


def _plain(line: Mapping[str, object]) -> dict[str, Any]:
    """Return a listing's line as plain JSON values."""
    return dict(orjson.loads(orjson.dumps(line)))
