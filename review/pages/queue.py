"""The review queue: saved views with their counts, filters, rows, pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request, Response

from records.run import Run
from review import wording
from review.access import is_visible, own_address
from review.console import Console, console_of, reading_of, render
from review.filters import FILTERS, PAGE_LENGTH, SORTS, VIEWS, Address, QueueAddress
from review.languages import message as _
from review.sessions import Reader, Visitor
from review.shown import ShownHit
from storage.decisions import load_last_decision
from storage.hit_records import Choices, StoredDecision, StoredHit
from storage.hits import count_hits, load_choices, load_queue
from storage.runs import load_runs
from storage.schedules import load_schedules

router = APIRouter(include_in_schema=False)

# How far an empty filter's relaxed versions are counted: enough to choose by, cheap to find out.
RELAXED_LIMIT: Final = 50
RUNS_LOOKED_AT: Final = 30
TROUBLED: Final = frozenset({"failed", "blocked", "lost", "suspicious"})
UNDONE_NOTICE: Final = _("The decision was taken back. The listing is in the queue again.")
RECORDED_NOTICE: Final = _("Recorded: %(verdict)s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Menus:
    """What the filters offer."""

    brands: tuple[str, ...]
    menus: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The toast of a page, and the decision that `z` takes back."""

    text: str
    undoable: StoredDecision | None


def shown_value(name: str, value: str) -> str:
    """Return a filter's value in words that the catalogue knows."""
    if name == "market":
        return wording.market_name(value)
    if name == "signal":
        return wording.signal_name(value)
    table: Mapping[str, str] = {"tier": wording.TIERS, "track": wording.TRACKS}.get(name, {})  # type: ignore[assignment]
    return table.get(value, value)


def menus_for(choices: Choices, visitor: Visitor) -> Menus:
    """Return the filters' menus: a brand viewer is offered the own brands only."""
    if not visitor.may("read"):
        return Menus(brands=visitor.user.brands, menus={})
    menus = {"market": tuple(choices.markets), "tier": ("high", "medium", "low"), "track": ("ip", "price")}
    return Menus(brands=tuple(choices.brands), menus={**menus, "signal": tuple(wording.SIGNALS)})


def notice_for(request: Request, visitor: Visitor, last: StoredDecision | None) -> Notice:
    """Return the toast: what was just recorded or taken back."""
    reading = reading_of(request)
    text = ""
    if "undone" in request.query_params:
        text = reading.translate(UNDONE_NOTICE)
    elif last is not None and request.query_params.get("recorded") == last.hit_id:
        text = reading.translate(RECORDED_NOTICE) % {
            "verdict": reading.translate(wording.VERDICTS[last.decision.verdict])
        }
    return Notice(text=text, undoable=last if visitor.may("decide") else None)


def failing_markets(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Return the latest ended run of each market whose latest run did not end well."""
    latest: dict[str, Run] = {}
    for run in runs:
        if run.outcome not in {"queued", "running"}:
            latest.setdefault(run.market, run)
    return tuple(run for run in latest.values() if run.outcome in TROUBLED)


def next_crawl(console: Console, now: datetime) -> tuple[datetime, str] | None:
    """Return when the next scheduled crawl starts, and of which market."""
    with console.database.read() as session:
        schedules = load_schedules(session)
    times = [
        (moment, schedule.market)
        for schedule in schedules
        for moment in console.services.next_times(schedule, 1)
        if moment >= now
    ]
    return min(times, default=None)


@router.get("/review")
def show_queue(request: Request, visitor: Reader, address: Address) -> Response:
    """Show one page of the queue."""
    console = console_of(request)
    address = own_address(address, visitor)
    now = console.services.clock()
    with console.database.read() as session:
        page = load_queue(session, address.hit_filter, address.after, PAGE_LENGTH, address.sort)
        counts = count_hits(session) if visitor.may("read") else {}
        choices = load_choices(session)
        last = load_last_decision(session, visitor.user.login) if visitor.may("decide") else None
        runs = load_runs(session, RUNS_LOOKED_AT) if visitor.may("runs") else ()
    rows = [
        ShownHit(stored, console.marks.find(stored.hit.mark_id, now))
        for stored in page.rows
        if is_visible(stored, visitor, now)
    ]
    notice = notice_for(request, visitor, last)
    return render(
        request, "queue.html",
        address=address, rows=rows, counts=counts, views=VIEWS, sorts=SORTS, filters=FILTERS, shown=shown_value,
        choices=menus_for(choices, visitor), first_page=address.after is None, failing=failing_markets(runs),
        next_url=address.queue_url(after=page.next_cursor) if page.next_cursor else "",
        relaxed=_relaxed(console, address, visitor, now) if not rows and address.active else [],
        next_crawl=next_crawl(console, now) if not rows and visitor.may("runs") else None,
        notice=notice.text, undoable=notice.undoable, notice_can_undo="undone" not in request.query_params,
    )  # fmt: skip


def _relaxed(console: Console, address: QueueAddress, visitor: Visitor, now: datetime) -> list[tuple[str, str, str]]:
    """Return what dropping each filter would bring back, the most first: name, address, count."""
    found: list[tuple[int, str, str]] = []
    for name in address.active:
        dropped = address.queue_url(**{name: None})
        hit_filter = _without(address, name)
        with console.database.read() as session:
            rows = load_queue(session, hit_filter.hit_filter, None, RELAXED_LIMIT + 1, address.sort).rows
        count = sum(_counts(stored, visitor, now) for stored in rows)
        if count:
            found.append((count, name, dropped))
    found.sort(reverse=True)
    return [(name, url, f"{RELAXED_LIMIT}+" if count > RELAXED_LIMIT else str(count)) for count, name, url in found]


def _without(address: QueueAddress, name: str) -> QueueAddress:
    values = {field: getattr(address, field) for field in (*FILTERS, "view", "sort", "own_brands")}
    return QueueAddress(**{**values, name: None})


def _counts(stored: StoredHit, visitor: Visitor, now: datetime) -> int:
    return int(is_visible(stored, visitor, now))
