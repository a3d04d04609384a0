"""What programs may read: the queue, a hit, its decisions, runs, schedules."""

from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from review.access import blinded, is_visible, known_decisions, own_address
from review.api.answers import decision_answer, hit_answer, run_answer
from review.api.models import (
    CountsAnswer,
    HistoryAnswer,
    HitAnswer,
    Problem,
    QueueAnswer,
    RunAnswer,
    RunsAnswer,
    ScheduleAnswer,
    SchedulesAnswer,
)
from review.console import console_of
from review.deciding import visible_hit
from review.errors import Absent
from review.filters import PAGE_LENGTH, QueueAddress
from review.sessions import Reader, allowed
from storage.decisions import load_decisions
from storage.errors import NotFound
from storage.hit_records import Sort, View
from storage.hits import count_hits, load_queue
from storage.runs import load_run, load_runs
from storage.schedules import load_schedules

router = APIRouter(tags=["reading"], responses={401: {"model": Problem}, 403: {"model": Problem}})
NEXT_TIMES = 5
# Rows read in one transaction of a feed.
FEED_PAGE = 200
Text = Annotated[str | None, Query(max_length=200)]


@router.get("/hits")
def list_hits(
    request: Request,
    visitor: Reader,
    view: View = "unreviewed",
    brand: Text = None,
    market: Text = None,
    tier: Literal["high", "medium", "low"] | None = None,
    track: Literal["ip", "price"] | None = None,
    seller: Text = None,
    signal: Text = None,
    text: Text = None,
    sort: Sort = "score",
    after: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = PAGE_LENGTH,
) -> QueueAnswer:
    """Return one page of a queue, in the order of the console."""
    console = console_of(request)
    address = own_address(
        QueueAddress(
            view=view, brand=brand, market=market, tier=tier, track=track, seller=seller, signal=signal, text=text,
            sort=sort, after=after,
        ),
        visitor,
    )  # fmt: skip
    with console.database.read() as session:
        page = load_queue(session, address.hit_filter, address.after, limit, address.sort)
    now = console.services.clock()
    return QueueAnswer(
        hits=[hit_answer(blinded(stored, visitor)) for stored in page.rows if is_visible(stored, visitor, now)],
        next_cursor=page.next_cursor,
    )


@router.get("/hits.jsonl", response_class=StreamingResponse)
def feed_hits(
    request: Request,
    visitor: Reader,
    view: View = "all",
    brand: Text = None,
    market: Text = None,
    tier: Literal["high", "medium", "low"] | None = None,
    track: Literal["ip", "price"] | None = None,
) -> StreamingResponse:
    """Send every hit that fits as JSON Lines, the newest first, each as GET /hits/{hit_id} gives it."""
    console = console_of(request)
    now = console.services.clock()
    address = own_address(QueueAddress(view=view, brand=brand, market=market, tier=tier, track=track), visitor, now)

    def lines() -> Iterator[bytes]:
        after: str | None = None
        while True:
            with console.database.read() as session:
                page = load_queue(session, address.hit_filter, after, FEED_PAGE, "newest")
            for stored in page.rows:
                if is_visible(stored, visitor, now):
                    yield hit_answer(stored).model_dump_json().encode() + b"\n"
            after = page.next_cursor
            if after is None:
                return

    return StreamingResponse(lines(), media_type="application/jsonl")


@router.get("/counts", dependencies=[Depends(allowed("read"))])
def show_counts(request: Request) -> CountsAnswer:
    """Return how many hits each saved view holds; for staff only."""
    with console_of(request).database.read() as session:
        return CountsAnswer(counts={str(view): count for view, count in count_hits(session).items()})


@router.get("/hits/{hit_id}", responses={404: {"model": Problem}})
def show_hit(request: Request, visitor: Reader, hit_id: str) -> HitAnswer:
    """Return one hit."""
    return hit_answer(visible_hit(console_of(request), visitor, hit_id))


@router.get("/hits/{hit_id}/decisions", responses={404: {"model": Problem}})
def show_decisions(request: Request, visitor: Reader, hit_id: str) -> HistoryAnswer:
    """Return every decision on the hit, taken-back ones included; for staff only."""
    console = console_of(request)
    stored = visible_hit(console, visitor, hit_id)
    if not visitor.may("read"):
        raise Absent
    with console.database.read() as session:
        decisions = known_decisions(load_decisions(session, hit_id), stored, visitor)
    return HistoryAnswer(decisions=[decision_answer(decision) for decision in decisions])


@router.get("/runs", dependencies=[Depends(allowed("runs"))])
def list_runs(request: Request, market: Text = None, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> RunsAnswer:
    """Return the latest runs."""
    with console_of(request).database.read() as session:
        return RunsAnswer(runs=[run_answer(run) for run in load_runs(session, limit, market)])


@router.get("/runs/{run_id}", dependencies=[Depends(allowed("runs"))], responses={404: {"model": Problem}})
def show_run(request: Request, run_id: str) -> RunAnswer:
    """Return one run."""
    with console_of(request).database.read() as session:
        try:
            return run_answer(load_run(session, run_id))
        except NotFound:
            raise Absent from None


@router.get("/schedules", dependencies=[Depends(allowed("runs"))])
def list_schedules(request: Request) -> SchedulesAnswer:
    """Return every schedule with its next times."""
    console = console_of(request)
    with console.database.read() as session:
        schedules = load_schedules(session)
    return SchedulesAnswer(
        schedules=[
            ScheduleAnswer(
                schedule_id=schedule.schedule_id,
                market=schedule.market,
                arguments=dict(schedule.arguments),
                cron=schedule.cron,
                zone=schedule.zone,
                paused_until=schedule.paused_until,
                pause_reason=schedule.pause_reason,
                next_times=list(console.services.next_times(schedule, NEXT_TIMES)),
            )
            for schedule in schedules
        ]
    )
