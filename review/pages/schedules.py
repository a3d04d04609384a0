"""Schedules: the list with what was expected, the form with its next times, pause, resume, remove, run now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from records.run import Run
from records.schedule import DEFAULT_ZONE, ExpectedRun, ScheduleDraft, SchedulePlan, Timing, TimingKind
from review.console import Console, console_of, reading_of, render
from review.errors import Absent
from review.languages import message as _
from review.pages.runs import ask_again, operating_of
from review.sessions import Operator, RunReader, from_own_form
from storage.errors import NotFound
from storage.runs import load_runs
from storage.schedules import UNTIL_RESUMED, Schedule, load_schedule, load_schedules

router = APIRouter(include_in_schema=False)

NEXT_TIMES: Final = 3
RUNS_LOOKED_AT: Final = 500
# How far back the list tells what was expected but did not run.
EXPECTED_DAYS: Final = 7
KINDS: Final[dict[TimingKind, str]] = {
    "daily": _("every day"), "hourly": _("every so many hours"), "weekly": _("on weekdays"),
    "monthly": _("once a month"), "cron": _("cron lines"),
}  # fmt: skip
HOURLY: Final = (1, 2, 3, 4, 6, 8, 12)
DAYS: Final = {
    "mon": _("Monday"), "tue": _("Tuesday"), "wed": _("Wednesday"), "thu": _("Thursday"), "fri": _("Friday"),
    "sat": _("Saturday"), "sun": _("Sunday"),
}  # fmt: skip
# Zones that come first in the list.
USUAL_ZONES: Final = (DEFAULT_ZONE, "Asia/Tokyo", "UTC")
Form_ = Depends(from_own_form)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRow:
    """A schedule with its sentence, its last run and its next times."""

    schedule: Schedule
    sentence: str
    last: Run | None
    is_paused: bool
    paused_until: datetime | None
    """None where it is paused until somebody resumes it."""
    next: tuple[datetime, ...]
    missed: int
    """Times of the last days that did not run."""


def whole(text: str, otherwise: int) -> int:
    """Return a whole number that somebody typed, or the other where it is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else otherwise


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines that say something."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def further_of(text: str) -> dict[str, str]:
    """Return the market's own arguments, one `name=value` a line."""
    parts = (line.partition("=") for line in lines_of(text))
    return {name.strip(): value.strip() for name, _sign, value in parts}


def draft_from(form: FormData) -> ScheduleDraft:
    """Return the draft that a form describes, unchecked."""

    def one(name: str) -> str:
        value = form.get(name, "")
        return value.strip()[:4_000] if isinstance(value, str) else ""

    kind = one("kind")
    return ScheduleDraft(
        market=one("market"),
        queries=lines_of(one("queries")),
        urls=lines_of(one("urls")),
        max_pages=whole(one("max_pages"), -1) if one("max_pages") else None,
        further=further_of(one("further")),
        timing=Timing(
            kind=kind if kind in KINDS else "daily",
            times=tuple(part for part in one("times").replace(",", " ").split()),
            every_hours=whole(one("every_hours"), 0),
            minute=whole(one("minute"), 0),
            days=tuple(str(day) for day in form.getlist("days")),
            day=whole(one("day"), 0),
            cron=one("cron"),
        ),
        zone=one("zone") or DEFAULT_ZONE,
        jitter_minutes=whole(one("jitter_minutes"), 0) if one("jitter_minutes") else 0,
        hours=one("hours").replace(" ", ""),
        tags=tuple(one("tags").replace(",", " ").split()),
    )


def find_schedule(console: Console, schedule_id: str) -> Schedule:
    """Return the schedule; raise Absent."""
    with console.database.read() as session:
        try:
            return load_schedule(session, schedule_id)
        except NotFound:
            raise Absent from None


def end_of_pause(text: str, zone: str) -> datetime | None:
    """Return the end of a day in the schedule's zone; None for no day; raise ValueError for what is no date."""
    if not text.strip():
        return None
    day = date.fromisoformat(text.strip()) + timedelta(days=1)
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


@router.get("/schedules")
def show_schedules(
    request: Request, visitor: RunReader, problem: Annotated[str, Query(max_length=300)] = ""
) -> Response:
    """Show every schedule with its next times, and what was expected but did not run."""
    console, language = console_of(request), reading_of(request).language
    now = console.services.clock()
    with console.database.read() as session:
        schedules = load_schedules(session)
        runs = load_runs(session, RUNS_LOOKED_AT)
    last: dict[str, Run] = {}
    for run in runs:
        if run.schedule_id is not None:
            last.setdefault(run.schedule_id, run)
    operating = console.services.operating
    expected: tuple[ExpectedRun, ...] = operating.expected(now - timedelta(days=EXPECTED_DAYS)) if operating else ()
    missed = [one for one in expected if one.state == "missed"]
    rows = [
        ScheduleRow(
            schedule=schedule,
            sentence=operating.say_times(schedule, language) if operating else schedule.cron,
            last=last.get(schedule.schedule_id),
            is_paused=schedule.is_paused(now),
            paused_until=None if schedule.paused_until == UNTIL_RESUMED else schedule.paused_until,
            next=console.services.next_times(schedule, NEXT_TIMES),
            missed=sum(one.schedule_id == schedule.schedule_id for one in missed),
        )
        for schedule in schedules
    ]
    return render(
        request, "schedules.html",
        rows=rows, missed=missed, days=EXPECTED_DAYS, can_operate=visitor.may("operate") and operating is not None,
        problem=problem,
    )  # fmt: skip


def _form_page(
    request: Request, draft: ScheduleDraft, plan: SchedulePlan | None, schedule_id: str, status: int = 200
) -> Response:
    console, reading = console_of(request), reading_of(request)
    markets = {way.market: way.title for way in operating_of(console).markets()}
    problems: Mapping[str, list[str]] = {}
    if plan is not None:
        found: dict[str, list[str]] = {}
        for problem in plan.problems:
            found.setdefault(problem.field, []).append(problem.message)
        problems = found
    zones = [*USUAL_ZONES, *sorted(zone for zone in available_timezones() if "/" in zone and zone not in USUAL_ZONES)]
    return render(
        request, "schedule_form.html", status,
        draft=draft, plan=plan, problems=problems, schedule_id=schedule_id, markets=markets, kinds=KINDS, days=DAYS,
        hourly=HOURLY, zones=zones, sentence=plan.sentences.get(reading.language, "") if plan else "",
    )  # fmt: skip


@router.get("/schedules/new")
def new_schedule(request: Request, visitor: Operator, market: Annotated[str, Query(max_length=100)] = "") -> Response:  # noqa: ARG001 - who may
    """Show an empty form."""
    draft = ScheduleDraft(market=market, timing=Timing(times=("02:00", "14:00")))
    return _form_page(request, draft, None, "")


async def _take(request: Request, login: str, schedule_id: str) -> Response:
    """Show what a draft would do, or keep it."""
    operating = operating_of(console_of(request))
    form = await request.form()
    draft = draft_from(form)
    if form.get("act") != "save":
        return _form_page(request, draft, operating.plan(draft, schedule_id), schedule_id)
    saved, plan = operating.save(draft, login, schedule_id)
    if not saved:
        return _form_page(request, draft, plan, schedule_id, 422)
    return RedirectResponse("/schedules", 303)


@router.post("/schedules", dependencies=[Form_])
async def make_schedule(request: Request, visitor: Operator) -> Response:
    """Show what a new schedule would do, or keep it."""
    return await _take(request, visitor.user.login, "")


@router.get("/schedules/{schedule_id}")
def show_schedule(request: Request, visitor: Operator, schedule_id: str) -> Response:  # noqa: ARG001 - who may
    """Show a schedule in its form, with its next times."""
    console = console_of(request)
    schedule, operating = find_schedule(console, schedule_id), operating_of(console)
    draft = operating.draft_of(schedule)
    return _form_page(request, draft, operating.plan(draft, schedule_id), schedule_id)


@router.post("/schedules/{schedule_id}", dependencies=[Form_])
async def change_schedule(request: Request, visitor: Operator, schedule_id: str) -> Response:
    """Show what the change would do, or keep it."""
    find_schedule(console_of(request), schedule_id)
    return await _take(request, visitor.user.login, schedule_id)


def _back(problem: str) -> Response:
    return RedirectResponse("/schedules" + (f"?{urlencode({'problem': problem[:300]})}" if problem else ""), 303)


@router.post("/schedules/{schedule_id}/pause", dependencies=[Form_])
async def pause_schedule(request: Request, visitor: Operator, schedule_id: str) -> Response:
    """Pause a schedule until the end of a day, or until it is resumed."""
    console, form = console_of(request), await request.form()
    schedule = find_schedule(console, schedule_id)
    reason, until = str(form.get("reason", "")).strip()[:300], str(form.get("until", ""))
    try:
        end = end_of_pause(until, schedule.zone)
    except (ValueError, OverflowError):
        return _back(reading_of(request).translate(NO_DATE))
    return _back(operating_of(console).pause(schedule_id, reason, end, visitor.user.login))


NO_DATE: Final = _("The end of the pause is not a date.")


@router.post("/schedules/{schedule_id}/resume", dependencies=[Form_])
def resume_schedule(request: Request, visitor: Operator, schedule_id: str) -> Response:
    """End a pause."""
    console = console_of(request)
    find_schedule(console, schedule_id)
    return _back(operating_of(console).resume(schedule_id, visitor.user.login))


@router.post("/schedules/{schedule_id}/remove", dependencies=[Form_])
def remove_schedule(request: Request, visitor: Operator, schedule_id: str) -> Response:
    """Take a schedule out of use; its runs stay."""
    console = console_of(request)
    find_schedule(console, schedule_id)
    return _back(operating_of(console).remove(schedule_id, visitor.user.login))


@router.post("/schedules/{schedule_id}/run", dependencies=[Form_])
def run_schedule(request: Request, visitor: Operator, schedule_id: str) -> Response:
    """Ask for a run of the schedule's arguments now."""
    console = console_of(request)
    schedule = find_schedule(console, schedule_id)
    run = Run(
        run_id=schedule_id, market=schedule.market, arguments=schedule.arguments, requested_at=console.services.clock()
    )
    return RedirectResponse(f"/runs/{ask_again(console, run, visitor.user.login)}", 303)
