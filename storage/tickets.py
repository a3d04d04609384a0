"""What waits for a second half: mailed tickets that set a password, and log-ins that are not finished. Hashes only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from storage.account_tables import login_steps, tickets

TicketKind = Literal["invite", "reset"]
StepKind = Literal["code", "passkey_login", "passkey_add", "oidc", "totp", "import"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The right to choose an account's password once."""

    login: str
    """Whose password."""
    kind: TicketKind
    """invite (a new account) or reset."""
    made_by: str
    """Who asked for it."""
    made_at: datetime
    """Aware UTC."""
    expires_at: datetime
    """Aware UTC; worth nothing afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginStep:
    """A half-finished act."""

    kind: StepKind
    """What it waits for."""
    login: str | None
    """Whose it is; None where that is not known yet."""
    data: Mapping[str, str]
    """What the second half is checked against."""


def open_ticket(
    session: Session, ticket_sha256: str, login: str, kind: TicketKind, made_by: str, at: datetime, expires_at: datetime
) -> None:
    """Keep a new ticket; earlier ones of the account become worthless, so that one link works at a time."""
    close_tickets(session, login, at)
    session.execute(
        insert(tickets).values(
            ticket_sha256=ticket_sha256, login=login, kind=kind, made_by=made_by, made_at=at, expires_at=expires_at
        )
    )


def load_ticket(session: Session, ticket_sha256: str, now: datetime) -> Ticket | None:
    """Return the ticket; None when it is unknown, used or too old."""
    columns = [tickets.c[name] for name in Ticket.__slots__]
    here = (tickets.c.ticket_sha256 == ticket_sha256, tickets.c.used_at.is_(None), tickets.c.expires_at > now)
    row = session.execute(select(*columns).where(*here)).mappings().one_or_none()
    return None if row is None else Ticket(**row)


def count_tickets(session: Session, login: str, since: datetime) -> int:
    """Return how many tickets were made for the account since then."""
    return len(
        session.scalars(select(tickets.c.made_at).where(tickets.c.login == login, tickets.c.made_at > since)).all()
    )


def close_tickets(session: Session, login: str, at: datetime) -> None:
    """Make every open ticket of the account worthless."""
    session.execute(update(tickets).where(tickets.c.login == login, tickets.c.used_at.is_(None)).values(used_at=at))


def open_step(
    session: Session,
    step_sha256: str,
    kind: StepKind,
    login: str | None,
    data: Mapping[str, str],
    at: datetime,
    expires_at: datetime,
) -> None:
    """Keep a half-finished act, and forget those that nobody finished in time."""
    session.execute(delete(login_steps).where(login_steps.c.expires_at <= at))
    session.execute(
        insert(login_steps).values(
            step_sha256=step_sha256, kind=kind, login=login, data=dict(data), expires_at=expires_at
        )
    )


def load_step(session: Session, step_sha256: str, kind: StepKind, now: datetime) -> LoginStep | None:
    """Return the half-finished act of that kind; None when there is none or its time is over."""
    query = select(login_steps).where(
        login_steps.c.step_sha256 == step_sha256, login_steps.c.kind == kind, login_steps.c.expires_at > now
    )
    row = session.execute(query).mappings().one_or_none()
    return None if row is None else LoginStep(kind=cast("StepKind", row["kind"]), login=row["login"], data=row["data"])


def close_step(session: Session, step_sha256: str) -> bool:
    """Forget a half-finished act; False when somebody finished it already."""
    gone = delete(login_steps).where(login_steps.c.step_sha256 == step_sha256).returning(login_steps.c.step_sha256)
    return session.scalar(gone) is not None
