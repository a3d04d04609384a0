"""Leases: one process at a time holds a name, for a while, with a token that grows with every holder.

Who holds a lease writes through `require_lease` in the same transaction as the work: a holder that slept through its
time is refused, however sure it is of itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from storage.errors import StorageError
from storage.job_tables import leases
from storage.upsert import upsert

LEASE_LENGTH = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who holds a name, until when."""

    name: str
    """What is held, such as scheduler."""
    holder: str
    """Names the process, and no other one."""
    token: int
    """Fencing token: greater than that of every earlier holder."""
    taken_at: datetime
    """When this holder got it, aware UTC."""
    renewed_at: datetime
    """When it was last renewed."""
    expires_at: datetime
    """From then on anybody may take it."""
    facts: Mapping[str, str]
    """What the holder says about itself: version, machine, what it does."""


class LeaseLost(StorageError):
    """Somebody else holds the name now; what the caller was about to write must not be written."""

    def __init__(self, name: str, holder: str) -> None:
        super().__init__(f"{name} is held by {holder} now")
        self.name, self.holder = name, holder


def _lease_of(row: Mapping[Any, Any]) -> Lease:
    return Lease(**{name: row[name] for name in Lease.__slots__})


def load_lease(session: Session, name: str) -> Lease | None:
    """Return the lease of a name, also when its time is over; None where nobody ever held it or it was given back."""
    row = session.execute(select(leases).where(leases.c.name == name)).mappings().one_or_none()
    return None if row is None or not row["holder"] else _lease_of(row)


def load_leases(session: Session, prefix: str) -> tuple[Lease, ...]:
    """Return the leases whose names begin so, by name."""
    query = select(leases).where(leases.c.name.startswith(prefix, autoescape=True), leases.c.holder != "")
    return tuple(_lease_of(row) for row in session.execute(query.order_by(leases.c.name)).mappings())


def take_lease(
    session: Session,
    name: str,
    holder: str,
    at: datetime,
    length: timedelta = LEASE_LENGTH,
    facts: Mapping[str, str] | None = None,
) -> Lease | None:
    """Take or renew a name; None while somebody else holds it. The token grows when the holder changes.

    A holder whose own lease ran out gets it back with a new token: what it was about to write under the old one is
    refused.
    """
    row = {
        "name": name,
        "holder": holder,
        "token": 1,
        "taken_at": at,
        "renewed_at": at,
        "expires_at": at + length,
        "facts": dict(facts or {}),
    }
    if session.execute(
        upsert(session, leases).values(row).on_conflict_do_nothing().returning(leases.c.name)
    ).one_or_none():
        return load_lease(session, name)
    mine = and_(leases.c.holder == holder, leases.c.expires_at > at)
    kept = {"renewed_at": at, "expires_at": at + length, "facts": row["facts"]}
    renewed = update(leases).where(leases.c.name == name, mine).values(kept).returning(leases.c.name)
    if session.execute(renewed).one_or_none():
        return load_lease(session, name)
    free = or_(leases.c.expires_at <= at, leases.c.holder == "")
    new = kept | {"holder": holder, "taken_at": at, "token": leases.c.token + 1}
    taken = update(leases).where(leases.c.name == name, free).values(new).returning(leases.c.name)
    return load_lease(session, name) if session.execute(taken).one_or_none() else None


def require_lease(session: Session, lease: Lease) -> None:
    """Raise LeaseLost unless that very lease is still in force; it then stays so until the transaction ends."""
    query = select(leases.c.holder, leases.c.token).where(leases.c.name == lease.name).with_for_update()
    row = session.execute(query).one_or_none()
    if row is None or row.token != lease.token or row.holder != lease.holder:
        raise LeaseLost(lease.name, row.holder if row and row.holder else "nobody")


def release_lease(session: Session, lease: Lease) -> None:
    """Give a name back, if it is still held; its row stays, so that tokens go on growing."""
    held = and_(leases.c.name == lease.name, leases.c.token == lease.token, leases.c.holder == lease.holder)
    session.execute(update(leases).where(held).values(holder="", expires_at=lease.taken_at))


def forget_leases(session: Session, prefix: str, before: datetime) -> None:
    """Delete leases of short-lived names (one per process) that ran out before that time."""
    old = and_(leases.c.name.startswith(prefix, autoescape=True), leases.c.expires_at < before)
    session.execute(delete(leases).where(old))
