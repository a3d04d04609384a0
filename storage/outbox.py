"""The outbox: mails written with the data they report, sent later, never queued twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import and_, case, func, insert, or_, select, update
from sqlalchemy.orm import Session

from records.mail import Kind
from storage.errors import NotFound
from storage.mail_tables import outbox, outbox_items
from storage.upsert import upsert

MailState = Literal["new", "sending", "sent", "maybe_sent", "failed", "suppressed"]
Change = Literal["new", "unreviewed", "price", "not_seen", "seen_again", "answered"]

# A sender that does not report back within this time has died; the mail is offered again.
LEASE = timedelta(minutes=5)
# Wait before the n-th new try; the last value repeats until GIVE_UP_AFTER has passed since the first one.
RETRY_WAITS = (
    timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3), timedelta(hours=6),
)  # fmt: skip
GIVE_UP_AFTER = timedelta(days=5)
# Mails in these states told their reader nothing: what they report is news again.
UNTOLD = ("failed", "suppressed")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """A finished mail on its way into the outbox."""

    key: str
    """Says what the mail is about: recipient, brand, kind and period; at most one mail has it."""
    address_id: str
    """The recipient's lasting id."""
    recipient: str
    """Address."""
    owner: str
    """Owner whose brand it is about."""
    brand: str
    """Brand it reports; empty for a mail about all of an owner's brands."""
    kind: Kind | Literal["operations"]
    """What it is; operations is the agency's own stream."""
    message_id: str
    """Its Message-ID, the same at every attempt."""
    subject: str
    """Subject line."""
    message: bytes
    """The whole message as it is sent, without a DKIM signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedMail(NewMail):
    """One mail to one recipient, with what became of it."""

    mail_id: int
    """Number of its row."""
    state: MailState
    """new, sending, sent, maybe_sent (the text was out, no answer came), failed (given up), suppressed (not wanted)."""
    queued_at: datetime
    """When it was written."""
    attempts: int
    """How often sending began."""
    due_at: datetime
    """Not tried before."""
    leased_until: datetime | None
    """While sending: when the sender counts as dead."""
    sent_at: datetime | None
    """When the mail server took it, or may have taken it."""
    closed_at: datetime | None
    """When its fate was settled; None while it is tried again."""
    problem: str | None
    """What went wrong last."""


def _mail_of(row: Mapping[Any, Any]) -> QueuedMail:
    return QueuedMail(**{**row, "message": bytes(row["message"])})


def queue_mail(
    session: Session, mail: NewMail, queued_at: datetime, items: Sequence[tuple[str, Change]] = ()
) -> int | None:
    """Write a mail with what it reports to the outbox; None when a mail of that key is there already."""
    values = {name: getattr(mail, name) for name in NewMail.__dataclass_fields__}
    statement = (
        upsert(session, outbox)
        .values(**values, state="new", queued_at=queued_at, attempts=0, due_at=queued_at)
        .on_conflict_do_nothing(index_elements=["key"])
    )
    mail_id: int | None = session.execute(statement.returning(outbox.c.mail_id)).scalar_one_or_none()
    if mail_id is not None and items:
        rows = [{"mail_id": mail_id, "hit_id": hit_id, "change": change} for hit_id, change in sorted(set(items))]
        session.execute(insert(outbox_items), rows)
    return mail_id


def claim_mails(
    session: Session, now: datetime, limit: int = 20, kinds: Sequence[str] | None = None
) -> tuple[QueuedMail, ...]:
    """Take the next mails that are due for sending; nobody else gets them until the lease is over.

    `kinds` limits it to those kinds, such as the ones that go out while the brands' stream is paused.
    """
    due = or_(
        and_(outbox.c.state.in_(("new", "maybe_sent")), outbox.c.closed_at.is_(None), outbox.c.due_at <= now),
        and_(outbox.c.state == "sending", outbox.c.leased_until <= now),
    )
    query = select(outbox.c.mail_id).where(due)
    if kinds is not None:
        query = query.where(outbox.c.kind.in_(kinds))
    # What people wait for goes first: a mail about an account, then an urgent one.
    first = case((outbox.c.kind.in_(("account", "operations")), 0), (outbox.c.kind == "urgent", 1), else_=2)
    ids = session.scalars(
        query.order_by(first, outbox.c.mail_id).limit(limit).with_for_update(skip_locked=True)
    ).all()  # fmt: skip
    if not ids:
        return ()
    taken = {"state": "sending", "leased_until": now + LEASE, "attempts": outbox.c.attempts + 1}
    session.execute(update(outbox).where(outbox.c.mail_id.in_(ids)).values(taken))
    rows = session.execute(select(outbox).where(outbox.c.mail_id.in_(ids)).order_by(outbox.c.mail_id)).mappings()
    return tuple(_mail_of(row) for row in rows)


def load_mail(session: Session, mail_id: int) -> QueuedMail:
    """Return the mail; raise NotFound."""
    row = session.execute(select(outbox).where(outbox.c.mail_id == mail_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no mail {mail_id}")
    return _mail_of(row)


def find_mail(session: Session, message_id: str) -> QueuedMail | None:
    """Return the mail with that Message-ID, None where there is none."""
    if not message_id:
        return None
    query = select(outbox).where(outbox.c.message_id == message_id).order_by(outbox.c.mail_id.desc()).limit(1)
    row = session.execute(query).mappings().one_or_none()
    return None if row is None else _mail_of(row)


def mark_sent(session: Session, mail_id: int, at: datetime) -> None:
    """Note that the mail server took the mail."""
    load_mail(session, mail_id)
    values = {"state": "sent", "sent_at": at, "closed_at": at, "leased_until": None, "problem": None}
    session.execute(update(outbox).where(outbox.c.mail_id == mail_id, outbox.c.state != "sent").values(values))


def mark_unsent(session: Session, mail_id: int, at: datetime, problem: str, *, maybe: bool = False) -> QueuedMail:
    """Note that an attempt did not end well and return the mail: due again later, or given up when too old.

    `maybe`: the text was out when the connection ended, so that the mail may have arrived. It stays "maybe sent" and
    is tried again; given up, it keeps that state, because its reader may have it.
    """
    mail = load_mail(session, mail_id)
    if mail.state == "sent":
        return mail
    was_out = maybe or mail.sent_at is not None
    wait = RETRY_WAITS[min(max(mail.attempts, 1), len(RETRY_WAITS)) - 1]
    is_over = at - mail.queued_at >= GIVE_UP_AFTER
    values = {
        "state": "maybe_sent" if was_out else "failed" if is_over else "new",
        "sent_at": mail.sent_at or (at if maybe else None),
        "closed_at": at if is_over else None,
        "due_at": at + wait,
        "leased_until": None,
        "problem": problem,
    }
    session.execute(update(outbox).where(outbox.c.mail_id == mail_id).values(values))
    return load_mail(session, mail_id)


def close_mail(
    session: Session, mail_id: int, at: datetime, state: Literal["failed", "suppressed"], problem: str
) -> None:
    """Give a mail up for good: refused (failed), or no longer wanted or allowed (suppressed)."""
    load_mail(session, mail_id)
    values = {"state": state, "closed_at": at, "leased_until": None, "problem": problem}
    session.execute(update(outbox).where(outbox.c.mail_id == mail_id).values(values))


def suppress_waiting(session: Session, address_id: str, at: datetime, problem: str) -> int:
    """Close every mail to an address that is still waiting; return how many."""
    waiting = and_(
        outbox.c.address_id == address_id, outbox.c.state.in_(("new", "sending", "maybe_sent")),
        outbox.c.closed_at.is_(None),
    )  # fmt: skip
    values = {"state": "suppressed", "closed_at": at, "leased_until": None, "problem": problem}
    return len(session.scalars(update(outbox).where(waiting).values(values).returning(outbox.c.mail_id)).all())


def load_mails(
    session: Session, limit: int = 50, *, address_id: str | None = None, owner: str | None = None
) -> tuple[QueuedMail, ...]:
    """Return the latest mails, newest first; of one recipient or one owner where that is given."""
    query = select(outbox).order_by(outbox.c.mail_id.desc()).limit(limit)
    if address_id is not None:
        query = query.where(outbox.c.address_id == address_id)
    if owner is not None:
        query = query.where(outbox.c.owner == owner)
    return tuple(_mail_of(row) for row in session.execute(query).mappings())


def load_items(session: Session, mail_id: int) -> tuple[tuple[str, Change], ...]:
    """Return what a mail reports: hits, and what it says about each."""
    query = select(outbox_items.c.hit_id, outbox_items.c.change).where(outbox_items.c.mail_id == mail_id)
    return tuple((row.hit_id, row.change) for row in session.execute(query.order_by(outbox_items.c.hit_id)))


def count_queued(session: Session, since: datetime, kinds: Sequence[str]) -> int:
    """Return how many mails of those kinds were queued at or after that moment."""
    query = select(func.count()).select_from(outbox).where(outbox.c.queued_at >= since, outbox.c.kind.in_(kinds))
    return int(session.scalar(query) or 0)


def count_urgent(session: Session, address_id: str, brand: str, since: datetime) -> int:
    """Return how many urgent mails a recipient was queued for a brand at or after that moment."""
    query = (
        select(func.count())
        .select_from(outbox)
        .where(
            outbox.c.address_id == address_id, outbox.c.brand == brand, outbox.c.kind == "urgent",
            outbox.c.queued_at >= since, outbox.c.state.not_in(UNTOLD),
        )
    )  # fmt: skip
    return int(session.scalar(query) or 0)


def count_refused(session: Session, since: datetime, kinds: Sequence[str]) -> tuple[int, int]:
    """Return how many mails of those kinds were settled since then, and how many of them a server refused (5xx)."""
    is_refused = and_(outbox.c.state == "failed", outbox.c.problem.like("5__ %"))
    query = select(func.count(), func.coalesce(func.sum(case((is_refused, 1), else_=0)), 0)).where(
        outbox.c.closed_at >= since, outbox.c.kind.in_(kinds), or_(outbox.c.state == "sent", is_refused)
    )
    settled, refused = session.execute(query).one()
    return int(settled), int(refused)


def load_state(session: Session, key: str) -> MailState | None:
    """Return the state of the mail of that key, None where there is none."""
    state: MailState | None = session.scalar(select(outbox.c.state).where(outbox.c.key == key))
    return state


def load_last_digest(session: Session, address_id: str, owner: str, brand: str) -> tuple[datetime, int] | None:
    """Return when a recipient's last digest about a brand was queued and how many hits it told as new."""
    last = (
        select(outbox.c.mail_id, outbox.c.queued_at)
        .where(
            outbox.c.address_id == address_id, outbox.c.brand == brand, outbox.c.owner == owner,
            outbox.c.kind == "digest", outbox.c.state.not_in(UNTOLD),
        )
        .order_by(outbox.c.mail_id.desc())
        .limit(1)
    )  # fmt: skip
    row = session.execute(last).one_or_none()
    if row is None:
        return None
    told = (outbox_items.c.mail_id == row.mail_id, outbox_items.c.change == "new")
    return row.queued_at, int(session.scalar(select(func.count()).select_from(outbox_items).where(*told)) or 0)


def count_states(session: Session) -> Mapping[str, int]:
    """Return how many mails are in each state."""
    query = select(outbox.c.state, func.count().label("mails")).group_by(outbox.c.state)
    return {row.state: int(row.mails) for row in session.execute(query)}
