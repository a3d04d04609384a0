"""What the crawls do: runs, one run, and the schedules with their next times."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from records.run import Run
from review import wording
from review.console import Reading, console_of, render
from review.errors import Absent
from review.languages import message as _
from review.sessions import Operator, RunReader, allowed, from_own_form
from storage.errors import NotFound
from storage.runs import AlreadyRunning, RunEvent, load_events, load_run, load_runs
from storage.schedules import UNTIL_RESUMED, Schedule, load_schedules

router = APIRouter(include_in_schema=False)

RUNS_SHOWN: Final = 100
NEXT_TIMES: Final = 3
# Kinds of run events that speak of trouble: list class and icon.
EVENT_LOOKS: Final = {"warning": ("w", "warn"), "throttled": ("w", "warn"), "error": ("b", "x"), "failed": ("b", "x")}
_SECONDS, _MINUTES = _("%(count)s s"), _("%(count)s min")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRow:
    """A schedule with its last run and its next times."""

    schedule: Schedule
    last: Run | None
    is_paused: bool
    paused_until: datetime | None
    """None where it is paused until somebody resumes it."""
    next: tuple[datetime, ...]


def duration(run: Run, reading: Reading) -> str:
    """Return how long a run took, or has taken so far."""
    if run.started_at is None:
        return "–"
    seconds = int(((run.finished_at or reading.formats.now) - run.started_at).total_seconds())
    if seconds < 100:
        return reading.translate(_SECONDS) % {"count": max(seconds, 0)}
    return reading.translate(_MINUTES) % {"count": reading.formats.number(round(seconds / 60))}


def event_look(event: RunEvent) -> tuple[str, str]:
    """Return list class and icon of an event."""
    return EVENT_LOOKS.get(event.kind, ("", "clock"))


@router.get("/runs", dependencies=[Depends(allowed("runs"))])
def show_runs(request: Request, market: Annotated[str | None, Query()] = None) -> Response:
    """Show the latest runs."""
    with console_of(request).database.read() as session:
        runs = load_runs(session, RUNS_SHOWN, market or None)
    return render(request, "runs.html", runs=runs, market=market, duration=duration)


@router.get("/runs/{run_id}")
def show_run(request: Request, visitor: RunReader, run_id: str) -> Response:
    """Show one run: its counts, the expectations it missed, its events."""
    console = console_of(request)
    with console.database.read() as session:
        try:
            run = load_run(session, run_id)
        except NotFound:
            raise Absent from None
        events = load_events(session, run_id)
    return render(
        request, "run.html",
        run=run, events=events, duration=duration, event_look=event_look,
        other_counts=sorted((name, count) for name, count in run.counts.items() if name not in wording.COUNTS),
        can_start=console.services.start_run is not None and visitor.may("operate"),
    )  # fmt: skip


@router.post("/runs/{run_id}/again", dependencies=[Depends(from_own_form)])
def start_again(request: Request, visitor: Operator, run_id: str) -> Response:
    """Ask for a run with the same arguments."""
    console = console_of(request)
    start = console.services.start_run
    if start is None:
        raise Absent
    with console.database.read() as session:
        try:
            run = load_run(session, run_id)
        except NotFound:
            raise Absent from None
    try:
        run_id = start(run.market, run.arguments, visitor.user.login)
    except AlreadyRunning as running:
        run_id = running.run.run_id  # nothing is started twice; what they see is the run that is at it
    return RedirectResponse(f"/runs/{run_id}", 303)


@router.get("/schedules", dependencies=[Depends(allowed("runs"))])
def show_schedules(request: Request) -> Response:
    """Show every schedule with its next times."""
    console = console_of(request)
    with console.database.read() as session:
        schedules = load_schedules(session)
        runs = load_runs(session, RUNS_SHOWN * 5)
    last: dict[str, Run] = {}
    now = console.services.clock()
    for run in runs:
        if run.schedule_id is not None:
            last.setdefault(run.schedule_id, run)
    rows = [
        ScheduleRow(
            schedule=schedule,
            last=last.get(schedule.schedule_id),
            is_paused=schedule.paused_until is not None and schedule.paused_until > now,
            paused_until=None if schedule.paused_until == UNTIL_RESUMED else schedule.paused_until,
            next=console.services.next_times(schedule, NEXT_TIMES),
        )
        for schedule in schedules
    ]
    return render(request, "schedules.html", rows=rows)
