"""What operators do in the console with schedules and runs, as callables that the crawler's room fills in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from records.log import LogPage
from records.run import Run
from records.schedule import ExpectedRun, ScheduleDraft, SchedulePlan
from storage.schedules import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Operating:
    """Every call checks what it is given and writes its audit row; a problem comes back as a sentence, never raised."""

    plan: Callable[[ScheduleDraft, str], SchedulePlan]
    """(draft, id of the schedule that is changed or empty) -> what it would do and each problem by field."""
    save: Callable[[ScheduleDraft, str, str], tuple[str, SchedulePlan]]
    """(draft, log-in name, id or empty) -> (id, plan); the id is empty where the plan has problems."""
    draft_of: Callable[[Schedule], ScheduleDraft]
    """The draft that a schedule would be made from, for a form."""
    say_times: Callable[[Schedule, str], str]
    """(schedule, language) -> its times as a sentence with the zone."""
    pause: Callable[[str, str, datetime | None, str], str]
    """(schedule id, reason, end or None, log-in name) -> problem, empty when it is paused."""
    resume: Callable[[str, str], str]
    """(schedule id, log-in name) -> problem, empty when it goes on."""
    remove: Callable[[str, str], str]
    """(schedule id, log-in name) -> problem, empty when it is gone."""
    expected: Callable[[datetime], tuple[ExpectedRun, ...]]
    """(since) -> every due time with what came of it, latest first; state missed is the red row."""
    stop_run: Callable[[str, str, bool], str]
    """(run id, log-in name, at once) -> problem, empty when it was asked to stop."""
    read_log: Callable[[Run, str, str, int], LogPage]
    """(run, words, least level or empty, after line) -> the next lines of its log."""
