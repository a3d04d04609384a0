"""Makes, changes and reads schedules: what a draft would do, when runs start, what was expected and did not run."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice, pairwise

from crawler.cron import (
    CATCH_UP,
    clock_time,
    cron_of,
    last_due,
    next_times,
    require_cron,
    times_between,
    timing_of,
    zone_of,
)
from crawler.errors import BadInput, UnknownMarket
from crawler.jobs import OWN_ARGUMENTS, CrawlRequest, check_request, market_class, split_arguments
from crawler.timing_words import LANGUAGES, say_timing
from records.run import ENDED, Run
from records.schedule import ExpectedRun, FieldProblem, ScheduleDraft, SchedulePlan, SlotState
from storage.audit import record_audit
from storage.database import Database, Session
from storage.runs import load_scheduled_runs
from storage.schedules import (
    Schedule,
    add_schedule,
    change_schedule,
    load_schedule,
    load_schedules,
    pause_schedule,
    remove_schedule,
    resume_schedule,
)

SHOWN_TIMES = 5
# A run that has not begun so long after its time counts as missed.
GRACE = timedelta(minutes=5)
# So many due times are looked at, and so far ahead, to find out how close two of them come.
FLOOR_TIMES, FLOOR_DAYS = 400, timedelta(days=40)
LONGEST_JITTER_MINUTES = 180
# Due times looked at for the next one within the allowed hours; a day of one time a minute is 1,440.
MOST_SKIPPED = 3_000


def plan_schedule(
    draft: ScheduleDraft,
    at: datetime,
    others: Sequence[Schedule] = (),
    schedule_id: str = "",
    database: Database | None = None,
) -> SchedulePlan:
    """Return what the draft would do and everything that is wrong with it; never raises for what a person typed.

    `others` are the schedules that exist; `schedule_id` is the one being changed; the database knows which ways into
    a market an administrator opened.
    """
    problems: list[FieldProblem] = []
    cron = ""
    try:
        cron = cron_of(draft.timing)
        require_cron(cron, draft.zone)
    except BadInput as problem:
        field, _, message = str(problem).partition(": ")
        problems.append(FieldProblem(field="zone" if field == "zone" else "timing", message=message or field))
        cron = ""
    problems += _other_problems(draft, database)
    if not cron:
        return SchedulePlan(cron="", sentences={}, next_at=(), problems=tuple(problems))
    schedule = _as_schedule(draft, cron, schedule_id, at)
    next_at: tuple[datetime, ...] = ()
    if not any(problem.field == "hours" for problem in problems):
        next_at = next_starts(schedule, at, SHOWN_TIMES)
        if not next_at:
            problems.append(FieldProblem(field="hours", message=f"none of its times lies within {draft.hours}"))
        problems += _floor_problems(schedule, at, others)
    sentences = {
        language: say_timing(cron, draft.zone, language, draft.jitter_minutes, draft.hours) for language in LANGUAGES
    }
    return SchedulePlan(cron=cron, sentences=sentences, next_at=next_at, problems=tuple(problems))


def _other_problems(draft: ScheduleDraft, database: Database | None) -> Iterator[FieldProblem]:
    try:
        check_request(_request(draft), database)
    except UnknownMarket as problem:
        yield FieldProblem(field="market", message=str(problem))
    except BadInput as problem:
        # Which of them is at fault the sentence says; the form shows it beside the first.
        yield FieldProblem(field="queries", message=str(problem))
    if not 0 <= draft.jitter_minutes <= LONGEST_JITTER_MINUTES:
        yield FieldProblem(
            field="jitter_minutes", message=f"{draft.jitter_minutes} minutes are not from 0 to {LONGEST_JITTER_MINUTES}"
        )
    try:
        _hours(draft.hours)
    except BadInput as problem:
        yield FieldProblem(field="hours", message=str(problem).removeprefix("hours: "))


def _request(draft: ScheduleDraft) -> CrawlRequest:
    return CrawlRequest(
        market=draft.market,
        queries=draft.queries,
        urls=draft.urls,
        max_pages=draft.max_pages,
        further=draft.further,
    )


def _as_schedule(draft: ScheduleDraft, cron: str, schedule_id: str, at: datetime) -> Schedule:
    return Schedule(
        schedule_id=schedule_id,
        market=draft.market,
        arguments=_request(draft).arguments(),
        cron=cron,
        zone=draft.zone,
        jitter_minutes=draft.jitter_minutes,
        hours=draft.hours,
        tags=draft.tags,
        paused_until=None,
        pause_reason=None,
        paused_at=None,
        created_by="",
        created_at=at,
        counts_from=at,
    )


def _floor_problems(schedule: Schedule, at: datetime, others: Sequence[Schedule]) -> Iterator[FieldProblem]:
    """Yield a problem where two starts of the same words come closer than the market's floor."""
    try:
        floor = market_class(schedule.market).shortest_interval
    except BadInput:
        return  # said already
    alike = [
        other
        for other in others
        if other.schedule_id != schedule.schedule_id
        and (other.market, other.arguments) == (schedule.market, schedule.arguments)
    ]
    due = sorted({time for one in (schedule, *alike) for time in _soon(one, at)})
    gaps = [after - before for before, after in pairwise(due)]
    closest = min(gaps, default=floor) - timedelta(minutes=schedule.jitter_minutes)
    if closest < floor:
        minutes, most = round(closest / timedelta(minutes=1)), round(floor / timedelta(minutes=1))
        together = f" together with schedule {alike[0].schedule_id}" if alike else ""
        yield FieldProblem(
            field="timing",
            message=f"two runs{together} start {minutes} minutes apart; "
            f"{schedule.market} is not crawled more often than every {most} minutes",
        )


def _soon(schedule: Schedule, at: datetime) -> Iterator[datetime]:
    for due in islice(times_between(schedule, at, at + FLOOR_DAYS), FLOOR_TIMES):
        if may_start(schedule, due):
            yield due


def _hours(text: str) -> tuple[int, int] | None:
    """Return first and last minute of the day of hours such as 22:00-06:00, None where there are none."""
    if not text:
        return None
    first, dash, last = text.partition("-")
    if not dash:
        raise BadInput(f"hours: {text!r} is not of the form 22:00-06:00")
    start, end = clock_time(first, "hours"), clock_time(last, "hours")
    if start == end:
        raise BadInput(f"hours: {text!r} holds no time; leave it empty for the whole day")
    return start[0] * 60 + start[1], end[0] * 60 + end[1]


def may_start(schedule: Schedule, moment: datetime) -> bool:
    """Return whether a run may start at that moment, by the schedule's hours."""
    hours = _hours(schedule.hours)
    if hours is None:
        return True
    local = moment.astimezone(zone_of(schedule.zone))
    minute, (start, end) = local.hour * 60 + local.minute, hours
    return start <= minute < end if start < end else minute >= start or minute < end


def start_of(schedule: Schedule, slot: datetime) -> datetime:
    """Return when the run of a due time starts: up to the spread later, and for one time always alike."""
    if not schedule.jitter_minutes:
        return slot
    seed = hashlib.sha256(f"{schedule.schedule_id} {slot.isoformat()}".encode()).digest()
    return slot + timedelta(seconds=int.from_bytes(seed[:4], "big") % (schedule.jitter_minutes * 60))


def next_starts(schedule: Schedule, after: datetime, count: int) -> tuple[datetime, ...]:
    """Return the next starts later than `after`, in UTC: within the allowed hours, with their spread."""
    after = max(after, schedule.paused_until or after)
    found: list[datetime] = []
    moment = after - timedelta(minutes=schedule.jitter_minutes)
    looked_at = 0
    while len(found) < count and looked_at < MOST_SKIPPED:
        batch = next_times(schedule, moment, 20)
        if not batch:
            break
        looked_at += len(batch)
        moment = batch[-1]
        starts = (start_of(schedule, slot) for slot in batch if may_start(schedule, slot))
        found += [start for start in starts if start > after]
    return tuple(sorted(found)[:count])


def due_slot(schedule: Schedule, at: datetime) -> datetime | None:
    """Return the latest due time that should have started by now, None where there is none or nothing may start now."""
    if schedule.is_paused(at) or not may_start(schedule, at):
        return None
    since = max(_since(schedule, at), at - CATCH_UP)
    if not schedule.hours and not schedule.jitter_minutes:
        return last_due(schedule, since, at)
    slots = [slot for slot in times_between(schedule, since, at) if may_start(schedule, slot)]
    return next((slot for slot in reversed(slots) if start_of(schedule, slot) <= at), None)


def _since(schedule: Schedule, at: datetime) -> datetime:
    """Return from when on the schedule's times count: it was made, changed or resumed, or its pause ended."""
    ended = schedule.paused_until if schedule.paused_until is not None and schedule.paused_until <= at else None
    return max(schedule.counts_from, ended or schedule.counts_from)


def expected_runs(
    schedules: Iterable[Schedule], runs: Iterable[Run], since: datetime, at: datetime
) -> tuple[ExpectedRun, ...]:
    """Return every due time since then with what came of it, latest first; nobody has to be alive to notice."""
    by_slot: dict[tuple[str, datetime], Run] = {}
    slots: dict[str, list[datetime]] = {}
    for one in runs:
        if one.schedule_id is not None and one.slot is not None:
            by_slot[one.schedule_id, one.slot] = one
            slots.setdefault(one.schedule_id, []).append(one.slot)
    found: list[ExpectedRun] = []
    for schedule in schedules:
        end = at if not schedule.is_paused(at) else schedule.paused_at or at
        for slot in times_between(schedule, max(since, _since(schedule, at)), end):
            if not may_start(schedule, slot):
                continue
            later = sorted(after for after in slots.get(schedule.schedule_id, ()) if after > slot)
            run = by_slot.get((schedule.schedule_id, slot))
            covering = by_slot[schedule.schedule_id, later[0]] if later else None
            found.append(
                ExpectedRun(
                    schedule_id=schedule.schedule_id,
                    market=schedule.market,
                    slot=slot,
                    state=_slot_state(schedule, slot, run, covering, at),
                    run_id=run.run_id if run else covering.run_id if covering else None,
                )
            )
    return tuple(sorted(found, key=lambda one: (one.slot, one.schedule_id), reverse=True))


def _slot_state(schedule: Schedule, slot: datetime, run: Run | None, covering: Run | None, at: datetime) -> SlotState:
    if run is not None:
        return "ran" if run.outcome in ENDED else "running" if run.outcome == "running" else "waiting"
    if covering is not None:
        return "covered"
    return "waiting" if at - start_of(schedule, slot) < GRACE else "missed"


def load_expected(session: Session, since: datetime, at: datetime) -> tuple[ExpectedRun, ...]:
    """Return what was expected since then, see expected_runs."""
    return expected_runs(load_schedules(session), load_scheduled_runs(session, since - CATCH_UP), since, at)


def draft_of(schedule: Schedule) -> ScheduleDraft:
    """Return the draft that an existing schedule would be made from, for a form."""
    given = schedule.arguments
    return ScheduleDraft(
        market=schedule.market,
        queries=split_arguments(given.get("query", "")),
        urls=split_arguments(given.get("url", "")),
        max_pages=int(given["max_pages"]) if given.get("max_pages") else None,
        further={name: value for name, value in given.items() if name not in OWN_ARGUMENTS},
        timing=timing_of(schedule.cron),
        zone=schedule.zone,
        jitter_minutes=schedule.jitter_minutes,
        hours=schedule.hours,
        tags=schedule.tags,
    )


def save_draft(database: Database, draft: ScheduleDraft, actor: str, at: datetime, schedule_id: str = "") -> Schedule:
    """Keep a new schedule, or the change of one, with its audit row; raise BadInput that names every problem."""
    draft = replace(draft, tags=tuple(dict.fromkeys(tag.strip() for tag in draft.tags if tag.strip())))
    with database.write() as session:
        plan = plan_schedule(draft, at, load_schedules(session), schedule_id, database)
        if plan.problems:
            raise BadInput("; ".join(f"{problem.field}: {problem.message}" for problem in plan.problems))
        made = _as_schedule(draft, plan.cron, schedule_id, at)
        if schedule_id:
            before = load_schedule(session, schedule_id)
            schedule = change_schedule(session, made, at)
            facts = {"before": _facts(before), "after": _facts(schedule)}
        else:
            schedule = add_schedule(
                session,
                market=made.market,
                arguments=made.arguments,
                cron=made.cron,
                zone=made.zone,
                created_by=actor,
                created_at=at,
                jitter_minutes=made.jitter_minutes,
                hours=made.hours,
                tags=made.tags,
            )
            facts = {"after": _facts(schedule)}
        action = "schedule.change" if schedule_id else "schedule.add"
        record_audit(session, at, actor, action, schedule.schedule_id, facts)
    return schedule


def _facts(schedule: Schedule) -> Mapping[str, object]:
    return {
        "market": schedule.market,
        "arguments": dict(schedule.arguments),
        "cron": schedule.cron,
        "zone": schedule.zone,
        "jitter_minutes": schedule.jitter_minutes,
        "hours": schedule.hours,
        "tags": list(schedule.tags),
    }


def pause(
    session: Session, schedule_id: str, reason: str, until: datetime | None, actor: str, at: datetime
) -> Schedule:
    """Pause a schedule with its audit row; raise BadInput where the reason is missing or the end is past."""
    if not reason.strip():
        raise BadInput("reason: say why it is paused; the console shows it")
    if until is not None and until <= at:
        raise BadInput(f"until: {until:%Y-%m-%d %H:%M}Z is past")
    schedule = pause_schedule(session, schedule_id, reason.strip(), until, at)
    facts = {"reason": reason.strip(), "until": None if until is None else until.isoformat()}
    record_audit(session, at, actor, "schedule.pause", schedule_id, facts)
    return schedule


def resume(session: Session, schedule_id: str, actor: str, at: datetime) -> Schedule:
    """End a pause with its audit row; what was due meanwhile is not caught up."""
    schedule = resume_schedule(session, schedule_id, at)
    record_audit(session, at, actor, "schedule.resume", schedule_id, {})
    return schedule


def remove(session: Session, schedule_id: str, actor: str, at: datetime) -> None:
    """Take a schedule out of use with its audit row; its runs stay."""
    remove_schedule(session, schedule_id, at)
    record_audit(session, at, actor, "schedule.remove", schedule_id, {})
