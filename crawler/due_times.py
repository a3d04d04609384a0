"""When runs start: within the allowed hours, with their spread; what is due, and what was expected and did not run."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from crawler.cron import CATCH_UP, clock_time, last_due, next_times, times_between, zone_of
from crawler.errors import BadInput
from records.run import ENDED, Run
from records.schedule import ExpectedRun, SlotState
from storage.database import Session
from storage.runs import load_scheduled_runs
from storage.schedules import Schedule, load_schedules

# A run that has not begun so long after its time counts as missed.
GRACE = timedelta(minutes=5)
# Due times looked at for the next one within the allowed hours; a day of one time a minute is 1,440.
MOST_SKIPPED = 3_000


def read_hours(text: str) -> tuple[int, int] | None:
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
    hours = read_hours(schedule.hours)
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
