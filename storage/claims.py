"""Who is looking at a hit just now: a lease of ten minutes that ends by itself, never a lock that sticks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from storage.audit import hold_chain, record_audit
from storage.errors import Held, NotFound
from storage.review_tables import claims
from storage.tables import hits
from storage.upsert import upsert

LEASE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One person's lease on a hit."""

    hit_id: str
    actor: str
    taken_at: datetime
    until: datetime


def take_claim(session: Session, hit_id: str, actor: str, now: datetime, *, take_over: bool = False) -> Claim:
    """Give the actor the hit for LEASE, or renew the own lease; raise Held while it is somebody else's.

    `take_over` takes it from the other person, which is written down.
    """
    if take_over:
        hold_chain(session)
    if session.scalar(select(hits.c.hit_id).where(hits.c.hit_id == hit_id)) is None:
        raise NotFound(f"no hit {hit_id!r}")
    held = load_claims(session, (hit_id,), now).get(hit_id)
    if held is not None and held.actor != actor:
        if not take_over:
            raise Held(hit_id, held.actor, held.taken_at, held.until)
        record_audit(session, now, actor, "hit.take_over", hit_id, {"from": held.actor})
    taken_at = held.taken_at if held is not None and held.actor == actor else now
    values = {"actor": actor, "taken_at": taken_at, "until": now + LEASE}
    statement = upsert(session, claims).values(hit_id=hit_id, **values)
    # Two people may ask at once: the row changes hands only if its lease is over, is the own one, or is taken over.
    mine = None if take_over else (claims.c.until <= now) | (claims.c.actor == actor)
    statement = statement.on_conflict_do_update(index_elements=["hit_id"], set_=values, where=mine)
    session.execute(statement)
    claim = load_claims(session, (hit_id,), now)[hit_id]
    if claim.actor != actor:
        raise Held(hit_id, claim.actor, claim.taken_at, claim.until)
    return claim


def release_claim(session: Session, hit_id: str, actor: str) -> None:
    """End the actor's own lease, if there is one."""
    session.execute(delete(claims).where(claims.c.hit_id == hit_id, claims.c.actor == actor))


def refuse_if_held(session: Session, hit_id: str, actor: str, now: datetime) -> None:
    """Raise Held while somebody else's lease on the hit runs."""
    held = load_claims(session, (hit_id,), now).get(hit_id)
    if held is not None and held.actor != actor:
        raise Held(hit_id, held.actor, held.taken_at, held.until)


def load_claims(session: Session, hit_ids: Sequence[str], now: datetime) -> Mapping[str, Claim]:
    """Return the leases on those hits that still run."""
    if not hit_ids:
        return {}
    query = select(claims).where(claims.c.hit_id.in_(hit_ids), claims.c.until > now)
    return {row["hit_id"]: Claim(**row) for row in session.execute(query).mappings()}


def count_claims(session: Session, now: datetime, actor: str | None = None) -> int:
    """Return how many leases run, of everybody or of one person."""
    mine = () if actor is None else (claims.c.actor == actor,)
    query = select(func.count()).select_from(claims).where(claims.c.until > now, *mine)
    return int(session.scalar(query) or 0)
