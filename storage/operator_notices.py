"""What operators must hear of crawls: once that one broke, once that it works again. Brand owners never hear of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from records.run import Outcome, Run
from storage.crawl_tables import operator_notices
from storage.runs import load_run
from storage.tables import runs

GOOD: tuple[Outcome, ...] = ("finished", "finished_with_warnings")
BAD: tuple[Outcome, ...] = ("suspicious", "blocked", "failed", "lost")
# Bad runs in a row before operators are told.
BAD_RUNS = 3
NoticeKind = Literal["broken", "recovered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorNotice:
    """One thing that operators are told."""

    notice_id: int
    subject: str
    """The schedule's id, or `market NAME` for runs without one."""
    kind: NoticeKind
    at: datetime
    """When it was noted, aware UTC."""
    run_id: str
    """The run that made it so."""
    bad_runs: int
    """Bad runs in a row."""
    sentences: tuple[str, ...]
    """What the run missed."""
    sent_at: datetime | None
    """When it went out; None while it waits."""


def subject_of(run: Run) -> str:
    """Return what a run is compared and told by."""
    return run.schedule_id or f"market {run.market}"


def load_good_counts(session: Session, run_id: str, limit: int) -> tuple[Mapping[str, int], ...]:
    """Return the counts of the last good runs of the same schedule, or of the same market and arguments."""
    run = load_run(session, run_id)
    query = select(runs.c.counts, runs.c.arguments).where(
        runs.c.market == run.market, runs.c.run_id < run_id, runs.c.outcome.in_(GOOD),
        runs.c.schedule_id.is_(None) if run.schedule_id is None else runs.c.schedule_id == run.schedule_id,
    ).order_by(runs.c.run_id.desc()).limit(limit * 5)  # fmt: skip
    same = [row.counts for row in session.execute(query) if run.schedule_id or row.arguments == dict(run.arguments)]
    return tuple(same[:limit])


def note_run(session: Session, run_id: str, at: datetime, bad_runs: int = BAD_RUNS) -> NoticeKind | None:
    """Note the end of a run; return what operators are to be told because of it, None where nothing is new."""
    run = load_run(session, run_id)
    subject = subject_of(run)
    mine = runs.c.schedule_id == run.schedule_id
    if run.schedule_id is None:
        mine = runs.c.schedule_id.is_(None) & (runs.c.market == run.market)
    ended = select(runs.c.outcome).where(mine, runs.c.run_id <= run_id, runs.c.outcome.in_((*GOOD, *BAD)))
    outcomes = list(session.scalars(ended.order_by(runs.c.run_id.desc()).limit(100)))
    in_a_row = next((index for index, outcome in enumerate(outcomes) if outcome in GOOD), len(outcomes))
    latest = session.scalar(
        select(operator_notices.c.kind)
        .where(operator_notices.c.subject == subject)
        .order_by(operator_notices.c.notice_id.desc())
        .limit(1)
    )
    kind: NoticeKind | None = None
    if in_a_row >= bad_runs and latest != "broken":
        kind = "broken"
    elif in_a_row == 0 and latest == "broken" and outcomes:
        kind = "recovered"
    if kind is not None:
        row = {"subject": subject, "kind": kind, "at": at, "run_id": run_id, "bad_runs": in_a_row}
        session.execute(insert(operator_notices).values(**row, sentences=list(run.failed_bounds)))
    return kind


def load_waiting_notices(session: Session) -> tuple[OperatorNotice, ...]:
    """Return the notices that nobody was sent yet, oldest first."""
    query = select(operator_notices).where(operator_notices.c.sent_at.is_(None)).order_by(operator_notices.c.notice_id)
    return tuple(_notice_of(row) for row in session.execute(query).mappings())


def mark_notices_sent(session: Session, notice_ids: Sequence[int], at: datetime) -> None:
    """Note that notices went out."""
    here = operator_notices.c.notice_id.in_(list(notice_ids)) & operator_notices.c.sent_at.is_(None)
    session.execute(update(operator_notices).where(here).values(sent_at=at))


def _notice_of(row: Mapping[Any, Any]) -> OperatorNotice:
    values = {name: row[name] for name in OperatorNotice.__slots__}
    return OperatorNotice(**values | {"sentences": tuple(row["sentences"])})
