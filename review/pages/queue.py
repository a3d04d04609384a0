"""The review queue: views with their counts, filters, rows and groups, pages."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Final

from fastapi import APIRouter, Request, Response
from jinja2.environment import TemplateModule
from markupsafe import Markup

from records.run import Run
from review import wording
from review.access import blinded, is_visible, own_address
from review.console import Console, console_of, context_of, reading_of, render
from review.deciding import LOOKED_AT
from review.filters import FILTERS, GROUPS, PAGE_LENGTH, SORTS, VIEW_KEYS, VIEWS, Address, QueueAddress
from review.groups import ShownGroup
from review.languages import message as _
from review.sessions import Reader, Visitor
from review.shown import ShownHit
from storage.claims import count_claims, load_claims
from storage.database import Session
from storage.decisions import load_judged
from storage.groups import load_groups
from storage.hit_records import Choices, QueuePage, StoredHit
from storage.hits import count_hits, count_matching, load_choices, load_queue
from storage.last_acts import LastAct, count_acts, load_last_act
from storage.runs import load_runs
from storage.saved_views import load_saved_views
from storage.schedules import load_schedules
from storage.second_looks import count_own_waiting
from storage.sellers import load_repeats
from storage.thumbnails import load_thumbnail_keys

router = APIRouter(include_in_schema=False)

# How far an empty filter's relaxed versions are counted: enough to choose by, cheap to find out.
RELAXED_LIMIT: Final = 50
RUNS_LOOKED_AT: Final = 30
TROUBLED: Final = frozenset({"failed", "blocked", "lost", "suspicious"})
NO_HITS: Final = QueuePage(rows=(), next_cursor=None, previous=False)
# Views whose hits are open to a first decision.
DECIDED_IN: Final = frozenset({"unreviewed", "price", "misuse", "disguised", "mine", "below", "sample"})
UNDONE_NOTICE: Final = _("The decision was taken back. The listing is in the queue again.")
UNDONE_BULK_NOTICE: Final = _("The decisions were taken back. The listings are in the queue again.")
RECORDED_NOTICE: Final = _("Recorded: %(verdict)s")
VIEW_PROBLEM: Final = _("A view of this name exists, or you have twenty views already.")
RECORDED_BULK_NOTICE: Final = _("Recorded for all of them: %(verdict)s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Menus:
    """What the filters offer."""

    brands: tuple[str, ...]
    menus: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The toast of a page, and the act that `z` takes back."""

    text: str
    undoable: LastAct | None


def shown_value(name: str, value: str) -> str:
    """Return a filter's value in words that the catalogue knows."""
    if name == "market":
        return wording.market_name(value)
    if name == "signal":
        return wording.signal_name(value)
    if name == "alike":
        return _("similar titles")
    table: Mapping[str, str] = {"tier": wording.TIERS, "track": wording.TRACKS}.get(name, {})  # type: ignore[assignment]
    return table.get(value, value)


def menus_for(choices: Choices, visitor: Visitor) -> Menus:
    """Return the filters' menus: a brand viewer is offered the own brands only."""
    if not visitor.may("read"):
        return Menus(brands=visitor.user.brands, menus={})
    menus = {"market": tuple(choices.markets), "tier": ("high", "medium", "low"), "track": ("ip", "price")}
    return Menus(brands=tuple(choices.brands), menus={**menus, "signal": tuple(wording.SIGNALS)})


def notice_for(request: Request, visitor: Visitor, last: LastAct | None) -> Notice:
    """Return the toast: what was just recorded or taken back."""
    reading = reading_of(request)
    undone, text = request.query_params.get("undone"), ""
    if undone is not None:
        text = reading.translate(UNDONE_BULK_NOTICE if undone == "bulk" else UNDONE_NOTICE)
    elif last is not None and request.query_params.get("recorded") in {last.hit_id, last.bulk_id}:
        sentence = RECORDED_NOTICE if last.bulk_id is None else RECORDED_BULK_NOTICE
        text = reading.translate(sentence) % {"verdict": reading.translate(wording.VERDICTS[last.verdict])}
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


def view_counts(session: Session, visitor: Visitor, now: datetime) -> dict[str, int]:
    """Return how many hits each view holds for this visitor; empty for those who read released hits only."""
    if not visitor.may("read"):
        return {}
    login = visitor.user.login
    counts = {str(view): count for view, count in count_hits(session).items()}
    counts["mine"] = count_claims(session, now, login)
    counts["second_look"] -= count_own_waiting(session, login)
    if not visitor.may("settle"):
        counts.pop("disputed")
    return counts


def frozen(session: Session, rows: Sequence[StoredHit]) -> list[StoredHit]:
    """Return the rows, those that wait for another person as they stood when the first one decided."""
    waiting = {row.decision.decision_id for row in rows if row.decision and row.state in LOOKED_AT}
    judged = load_judged(session, sorted(waiting))
    return [
        replace(row, hit=judged[row.decision.decision_id]) if row.decision and row.state in LOOKED_AT else row
        for row in rows
    ]


def decides_in(address: QueueAddress, visitor: Visitor) -> bool:
    """Return whether the rows of this view can be selected and decided."""
    return visitor.may("decide") and address.view in DECIDED_IN


def rendered_rows(request: Request, visitor: Visitor, address: QueueAddress, shown: Sequence[ShownHit]) -> list[Markup]:
    """Return the rows as markup, those that somebody else was shown just before as they were."""
    reading, decides = reading_of(request), decides_in(address, visitor)
    common = (replace(address, after=None), decides, reading.language, reading.keys.of("E"), reading.keys.switched_on)

    @cache
    def template() -> TemplateModule:
        environment = console_of(request).templates[reading.language]
        return environment.get_template("row.html").make_module({**context_of(request), "address": address})

    def key(row: ShownHit) -> Hashable:
        mine = visitor.user.login if row.claim else ""
        return (*common, mine, *row.seen, reading.formats.ago(row.stored.first_seen_at))

    def make(row: ShownHit) -> Callable[[], Markup]:
        return lambda: template().queue_row(row, decides)  # type: ignore[attr-defined]

    return [console_of(request).rows.get(key(row), make(row)) for row in shown]


@router.get("/review")
def show_queue(request: Request, visitor: Reader, address: Address) -> Response:
    """Show one page of the queue."""
    console = console_of(request)
    now = console.services.clock()
    address = own_address(address, visitor, now)
    is_staff = visitor.may("read")
    with console.database.read() as session:
        counts = view_counts(session, visitor, now)
        matching = count_matching(session, address.hit_filter) if is_staff else None
        # Where the counters know of none, nobody waits until every hit has been looked at.
        hit_filter = address.hit_filter
        page = NO_HITS if matching == 0 else load_queue(session, hit_filter, address.after, PAGE_LENGTH, address.sort)
        found = frozen(session, page.rows)
        choices = load_choices(session)
        last = load_last_act(session, visitor.user.login) if visitor.may("decide") else None
        runs = load_runs(session, RUNS_LOOKED_AT) if visitor.may("runs") else ()
        ids = [stored.hit_id for stored in page.rows]
        claims = load_claims(session, ids, now) if is_staff else {}
        members = load_groups(session, address.hit_filter, ids) if is_staff else {}
        keys = [stored.hit.listing.key for stored in page.rows]
        keys += [(one.market, one.listing_id) for group in members.values() for one in group[:6]]
        pictures = load_thumbnail_keys(session, keys)
        sellers = [(one.hit.listing.market, one.hit.listing.seller.seller_id or "") for one in page.rows]
        repeats = load_repeats(session, sellers) if is_staff else {}
        unclaimed = counts.get(address.view, 0) - count_claims(session, now) if is_staff else None
        saved = load_saved_views(session, visitor.user.login) if is_staff else ()
        today = count_acts(session, visitor.user.login, reading_of(request).formats.midnight())
    shown = [
        ShownHit(
            blinded(stored, visitor),
            console.marks.find(stored.hit.mark_id, now),
            picture=stored.hit.listing.key in pictures,
            claim=claims.get(stored.hit_id),
            group=ShownGroup.of(members.get(stored.hit_id, ()), pictures),
            repeats=repeats.get((stored.hit.listing.market, stored.hit.listing.seller.seller_id or ""), 0),
        )
        for stored in found
        if is_visible(stored, visitor, now)
    ]
    rows = rendered_rows(request, visitor, address, shown)
    notice = notice_for(request, visitor, last)
    return render(
        request, "queue.html",
        address=address, rows=rows, first_id=shown[0].id if shown else "",
        decides=decides_in(address, visitor),
        counts=counts, views=VIEWS, view_keys=VIEW_KEYS, sorts=SORTS, groups=GROUPS,
        filters=FILTERS, shown=shown_value, choices=menus_for(choices, visitor), first_page=address.after is None,
        saving="saving" in request.query_params, problem=_problem(request), failing=failing_markets(runs),
        matching=matching, saved=saved, today=today,
        unclaimed=max(unclaimed, 0) if unclaimed is not None and address.view == "unreviewed" else None,
        next_url=address.queue_url(after=page.next_cursor) if page.next_cursor else "",
        relaxed=_relaxed(console, address, visitor, now) if not rows and address.active else [],
        next_crawl=next_crawl(console, now) if not rows and visitor.may("runs") else None,
        notice=notice.text, undoable=notice.undoable, notice_can_undo="undone" not in request.query_params,
    )  # fmt: skip


def _problem(request: Request) -> str:
    """Return what was wrong with a view to be saved."""
    name = request.query_params.get("problem")
    return reading_of(request).translate(VIEW_PROBLEM) if name == "view" else ""


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
    names = (*FILTERS, "view", "sort", "own_brands", "actor", "now", "mark")
    return QueueAddress(**{**{field: getattr(address, field) for field in names}, "group": "none", name: None})


def _counts(stored: StoredHit, visitor: Visitor, now: datetime) -> int:
    return int(is_visible(stored, visitor, now))
