"""The outbox: mails written with the data they report, sent later, never queued twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.orm import Session

from storage.errors import NotFound
from storage.tables import mail_hits, mails
from storage.upsert import upsert

MailState = Literal["new", "sending", "sent", "failed"]

# A sender that does not report back within this time has died; the mail is offered again.
LEASE = timedelta(minutes=5)
# Wait before the n-th new try; the last value repeats until GIVE_UP_AFTER has passed since the mail was queued.
RETRY_WAITS = (
    timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3), timedelta(hours=6),
)  # fmt: skip
GIVE_UP_AFTER = timedelta(days=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedMail:
    """One mail to one recipient."""

    mail_id: int
    """Number of its row."""
    key: str
    """Says what the mail is about; at most one mail has it."""
    recipient: str
    """Address."""
    owner: str
    """Owner whose hits it reports."""
    kind: str
    """Such as digest."""
    subject: str
    """Subject line."""
    message: bytes
    """The whole message as it is sent."""
    state: MailState
    """new, sending, sent or failed (given up)."""
    queued_at: datetime
    """When it was written."""
    attempts: int
    """How often sending began."""
    due_at: datetime
    """Not tried before."""
    leased_until: datetime | None
    """While sending: when the sender counts as dead."""
    sent_at: datetime | None
    """When the mail server took it."""
    problem: str | None
    """What went wrong last."""


def _mail_of(row: Mapping[Any, Any]) -> QueuedMail:
    return QueuedMail(**{**row, "message": bytes(row["message"])})


def queue_mail(
    session: Session,
    key: str,
    recipient: str,
    owner: str,
    kind: str,
    subject: str,
    message: bytes,
    queued_at: datetime,
    hit_ids: Sequence[str] = (),
) -> bool:
    """Write a mail that reports those hits to the outbox; False when a mail of that key is there already."""
    statement = (
        upsert(session, mails)
        .values(
            key=key,
            recipient=recipient,
            owner=owner,
            kind=kind,
            subject=subject,
            message=message,
            state="new",
            queued_at=queued_at,
            attempts=0,
            due_at=queued_at,
        )
        .on_conflict_do_nothing(index_elements=["key"])
    )
    mail_id = session.execute(statement.returning(mails.c.mail_id)).scalar_one_or_none()
    if mail_id is None:
        return False
    if hit_ids:
        session.execute(insert(mail_hits), [{"mail_id": mail_id, "hit_id": hit_id} for hit_id in sorted(set(hit_ids))])
    return True


def claim_mails(session: Session, now: datetime, limit: int = 20) -> tuple[QueuedMail, ...]:
    """Take the next mails that are due for sending; nobody else gets them until the lease is over."""
    due = or_(
        and_(mails.c.state == "new", mails.c.due_at <= now),
        and_(mails.c.state == "sending", mails.c.leased_until <= now),
    )
    query = select(mails.c.mail_id).where(due).order_by(mails.c.mail_id).limit(limit).with_for_update(skip_locked=True)
    ids = session.scalars(query).all()
    taken = (
        update(mails)
        .where(mails.c.mail_id.in_(ids))
        .values(state="sending", leased_until=now + LEASE, attempts=mails.c.attempts + 1)
    )
    session.execute(taken)
    rows = session.execute(select(mails).where(mails.c.mail_id.in_(ids)).order_by(mails.c.mail_id)).mappings()
    return tuple(_mail_of(row) for row in rows)


def load_mail(session: Session, mail_id: int) -> QueuedMail:
    """Return the mail; raise NotFound."""
    row = session.execute(select(mails).where(mails.c.mail_id == mail_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no mail {mail_id}")
    return _mail_of(row)


def mark_sent(session: Session, mail_id: int, at: datetime) -> None:
    """Note that the mail server took the mail."""
    load_mail(session, mail_id)
    values = {"state": "sent", "sent_at": at, "leased_until": None, "problem": None}
    session.execute(update(mails).where(mails.c.mail_id == mail_id, mails.c.state != "sent").values(values))


def mark_failed(session: Session, mail_id: int, at: datetime, problem: str, *, permanent: bool = False) -> QueuedMail:
    """Note that sending failed and return the mail: due again later, or given up when permanent or too old."""
    mail = load_mail(session, mail_id)
    if mail.state == "sent":
        return mail
    wait = RETRY_WAITS[min(max(mail.attempts, 1), len(RETRY_WAITS)) - 1]
    is_over = permanent or at - mail.queued_at >= GIVE_UP_AFTER
    values = {
        "state": "failed" if is_over else "new",
        "due_at": at + wait,
        "leased_until": None,
        "problem": problem,
    }
    session.execute(update(mails).where(mails.c.mail_id == mail_id).values(values))
    return load_mail(session, mail_id)


def load_mails(session: Session, limit: int = 50) -> tuple[QueuedMail, ...]:
    """Return the latest mails, newest first."""
    query = select(mails).order_by(mails.c.mail_id.desc()).limit(limit)
    return tuple(_mail_of(row) for row in session.execute(query).mappings())


def load_mailed_hit_ids(session: Session, owner: str) -> frozenset[str]:
    """Return the hits that any mail to an owner reports, sent or still waiting; mails given up do not count."""
    query = (
        select(mail_hits.c.hit_id)
        .join(mails, mails.c.mail_id == mail_hits.c.mail_id)
        .where(mails.c.owner == owner, mails.c.state != "failed")
    )
    return frozenset(session.scalars(query))
