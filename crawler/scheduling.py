"""Makes, changes, pauses and removes schedules, and says what a draft would do and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice, pairwise

from crawler.cron import (
    cron_of,
    require_cron,
    times_between,
    timing_of,
)
from crawler.due_times import may_start, next_starts, read_hours
from crawler.errors import BadInput, UnknownMarket
from crawler.jobs import OWN_ARGUMENTS, CrawlRequest, check_request, market_class, split_arguments
from crawler.timing_words import LANGUAGES, say_timing
from records.schedule import FieldProblem, ScheduleDraft, SchedulePlan
from storage.audit import record_audit
from storage.database import Database, Session
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
# So many due times are looked at, and so far ahead, to find out how close two of them come.
FLOOR_TIMES, FLOOR_DAYS = 400, timedelta(days=40)
LONGEST_JITTER_MINUTES = 180


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
        read_hours(draft.hours)
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
