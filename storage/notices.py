"""What operators must hear, until it was sent."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.crawl_tables import operator_notices


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorNotice:
    """One thing that broke or works again."""

    notice_id: int
    """Number of its row."""
    subject: str
    """What it is about, such as a schedule's id."""
    kind: str
    """broken or recovered."""
    at: datetime
    """When it was noticed, aware UTC."""
    run_id: str
    """The run that showed it."""
    sentences: tuple[str, ...]
    """What was missed."""


def load_unsent_notices(session: Session, limit: int = 100) -> tuple[OperatorNotice, ...]:
    """Return the notices that nobody was told of, oldest first."""
    query = select(operator_notices).where(operator_notices.c.sent_at.is_(None))
    rows = session.execute(query.order_by(operator_notices.c.notice_id).limit(limit)).mappings()
    return tuple(
        OperatorNotice(
            notice_id=row["notice_id"],
            subject=row["subject"],
            kind=row["kind"],
            at=row["at"],
            run_id=row["run_id"],
            sentences=tuple(row["sentences"]),
        )
        for row in rows
    )


def mark_notices_sent(session: Session, notice_ids: tuple[int, ...], at: datetime) -> None:
    """Note that operators were told."""
    statement = update(operator_notices).where(operator_notices.c.notice_id.in_(notice_ids))
    session.execute(statement.values(sent_at=at))
