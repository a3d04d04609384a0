"""The pages of a run under way: which wait, which are done; a run that lost its process goes on from here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from storage.crawl_tables import run_pages
from storage.lost_runs import load_retry_line
from storage.runs import load_run
from storage.tables import runs
from storage.upsert import upsert

# A lost run's pages that are older than this are asked for anew.
ADOPTED_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """One page that a run asks for."""

    page_key: str
    """Identifies the request within the run."""
    url: str
    """The market's own address of the page."""
    start: str
    """The search or page that it was reached from."""
    priority: int = 0
    """Higher is earlier."""
    depth: int = 0
    """How many links away from the start."""
    detail: bool = False
    """A listing's own page, asked for because a list showed it."""
    is_done: bool = False
    """Fetched, and everything that came of it stored."""


def save_run_pages(
    session: Session, run_id: str, done: Sequence[str], waiting: Sequence[RunPage], first_position: int
) -> None:
    """Note pages that are done and, in the same breath, those that they led to; noting twice changes nothing."""
    if waiting:
        rows = [
            {
                "run_id": run_id, "page_key": page.page_key, "url": page.url, "start": page.start, "state": "waiting",
                "priority": page.priority, "depth": page.depth, "detail": page.detail,
                "position": first_position + index,
            }
            for index, page in enumerate(waiting)
        ]  # fmt: skip
        session.execute(upsert(session, run_pages).on_conflict_do_nothing(), rows)
    for start in range(0, len(done), 200):  # SQLite takes a limited number of parameters
        here = run_pages.c.page_key.in_(list(done[start : start + 200]))
        session.execute(update(run_pages).where(run_pages.c.run_id == run_id, here).values(state="done"))


def load_run_pages(session: Session, run_id: str) -> tuple[RunPage, ...]:
    """Return the pages of a run in the order in which they were found."""
    query = select(run_pages).where(run_pages.c.run_id == run_id).order_by(run_pages.c.position)
    names = [name for name in RunPage.__slots__ if name != "is_done"]
    return tuple(
        RunPage(**{name: row[name] for name in names}, is_done=row["state"] == "done")
        for row in session.execute(query).mappings()
    )


def adopt_run_pages(session: Session, run_id: str, now: datetime) -> str | None:
    """Take over the pages of a lost run and what it counted; return its id, None where there is none to go on with.

    That is the run that this one does again, or one that it did again in its turn (a process may die before it took
    anything over); for a run that does nothing again, a lost one that asked the same.
    """
    run = load_run(session, run_id)
    waits = exists().where(run_pages.c.run_id == runs.c.run_id, run_pages.c.state == "waiting")
    query = select(runs.c.run_id, runs.c.arguments, runs.c.counts).where(
        runs.c.market == run.market, runs.c.run_id != run_id, waits,
        runs.c.outcome.in_(("lost", "stopped") if run.retry_of else ("lost",)),
        runs.c.requested_at >= now - ADOPTED_WITHIN,
    ).order_by(runs.c.run_id.desc())  # fmt: skip
    line = load_retry_line(session, run)
    for row in session.execute(query):
        if row.arguments == dict(run.arguments) and (row.run_id in line if line else True):
            session.execute(update(run_pages).where(run_pages.c.run_id == row.run_id).values(run_id=run_id))
            # A run's bounds are about all of its pages, whoever fetched them.
            session.execute(update(runs).where(runs.c.run_id == run_id).values(counts=row.counts))
            return str(row.run_id)
    return None


def clear_run_pages(session: Session, run_id: str) -> None:
    """Forget the pages of a run that ended."""
    session.execute(delete(run_pages).where(run_pages.c.run_id == run_id))
