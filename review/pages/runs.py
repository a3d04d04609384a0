"""What the crawls do: the list of runs, and one run with its figures, fields, answers, events and log."""

from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from records.run import ENDED, Run
from records.schedule import ExpectedRun
from review import wording
from review.console import Console, Reading, console_of, reading_of, render
from review.errors import Absent
from review.languages import message as _
from review.operating import Operating
from review.run_figures import figures_of
from review.sessions import Operator, RunReader, allowed, from_own_form
from storage.audit import record_audit
from storage.errors import NotFound
from storage.runs import AlreadyRunning, RunEvent, load_events, load_run, load_runs

router = APIRouter(include_in_schema=False)

RUNS_SHOWN: Final = 100
# How far back the list tells what was expected but did not run.
EXPECTED_DAYS: Final = 7
# Runs of the same market looked through for those that this one is compared with.
EARLIER_RUNS: Final = 60
# Kinds of run events that speak of trouble: list class and icon.
EVENT_LOOKS: Final = {"warning": ("w", "warn"), "throttled": ("w", "warn"), "error": ("b", "x"), "failed": ("b", "x")}
TABS: Final = {
    "summary": _("Summary"), "fields": _("Fields"), "requests": _("Requests"), "events": _("Events"), "log": _("Log"),
}  # fmt: skip
LEVELS: Final = ("debug", "info", "warning", "error")
_SECONDS, _MINUTES = _("%(count)s s"), _("%(count)s min")


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


def operating_of(console: Console) -> Operating:
    """Return what operators may do here; raise Absent where the console was started without it."""
    if console.services.operating is None:
        raise Absent
    return console.services.operating


def find_run(console: Console, run_id: str) -> Run:
    """Return the run; raise Absent."""
    with console.database.read() as session:
        try:
            return load_run(session, run_id)
        except NotFound:
            raise Absent from None


def ask_again(console: Console, run: Run, login: str) -> str:
    """Ask for a run with the same arguments and return its id; one that waits or runs already is returned instead."""
    start = console.services.start_run
    if start is None:
        raise Absent
    try:
        run_id = start(run.market, run.arguments, login)
    except AlreadyRunning as other:
        return other.run.run_id
    with console.database.write() as session:
        data = {"market": run.market, "again": run.run_id}
        record_audit(session, console.services.clock(), login, "run.start", run_id, data)
    return run_id


@router.get("/runs", dependencies=[Depends(allowed("runs"))])
def show_runs(request: Request, market: Annotated[str | None, Query()] = None) -> Response:
    """Show the latest runs, and between them what was expected but did not run."""
    console = console_of(request)
    with console.database.read() as session:
        runs = load_runs(session, RUNS_SHOWN, market or None)
    rows: list[tuple[datetime, Run | None, ExpectedRun | None]] = [(run.requested_at, run, None) for run in runs]
    operating = console.services.operating
    if operating is not None:
        since = console.services.clock() - timedelta(days=EXPECTED_DAYS)
        missed = [one for one in operating.expected(since) if one.state == "missed"]
        rows += [(one.slot, None, one) for one in missed if market in {None, "", one.market}][:RUNS_SHOWN]
    rows.sort(key=lambda row: row[0], reverse=True)
    return render(request, "runs.html", rows=rows, market=market, duration=duration)


@router.get("/runs/{run_id}")
def show_run(
    request: Request,
    visitor: RunReader,
    run_id: str,
    tab: Annotated[str, Query()] = "summary",
    words: Annotated[str, Query(max_length=200)] = "",
    level: Annotated[str, Query()] = "",
    after: Annotated[int, Query(ge=0, le=10**9)] = 0,
) -> Response:
    """Show one run under one of its tabs."""
    console, tab = console_of(request), tab if tab in TABS else "summary"
    run = find_run(console, run_id)
    with console.database.read() as session:
        events = load_events(session, run_id)
        earlier = load_runs(session, EARLIER_RUNS, run.market)
    operating = console.services.operating
    log = operating.read_log(run, words, level, after) if operating is not None and tab == "log" else None
    may_operate = visitor.may("operate")
    return render(
        request, "run.html",
        run=run, events=events, duration=duration, event_look=event_look, tab=tab, tabs=TABS, log=log, levels=LEVELS,
        words=words, level=level, figures=figures_of(run, earlier, reading_of(request).formats),
        can_start=console.services.start_run is not None and may_operate,
        can_stop=operating is not None and may_operate and run.outcome not in ENDED,
        other_counts=sorted(
            (name, count) for name, count in run.counts.items() if "." not in name and name not in wording.COUNTS
        ),
    )  # fmt: skip


@router.post("/runs/{run_id}/again", dependencies=[Depends(from_own_form)])
def start_again(request: Request, visitor: Operator, run_id: str) -> Response:
    """Ask for a run with the same arguments."""
    console = console_of(request)
    return RedirectResponse(f"/runs/{ask_again(console, find_run(console, run_id), visitor.user.login)}", 303)


@router.post("/runs/{run_id}/stop", dependencies=[Depends(from_own_form)])
def stop(request: Request, visitor: Operator, run_id: str, at_once: Annotated[str, Form()] = "") -> Response:
    """Ask a run to stop: after the page under way, or at once."""
    console = console_of(request)
    find_run(console, run_id)
    operating_of(console).stop_run(run_id, visitor.user.login, bool(at_once))
    return RedirectResponse(f"/runs/{run_id}", 303)
