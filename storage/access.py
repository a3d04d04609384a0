"""The access register: who opened a way into a market, on what ground and until when; and hosts that rest."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from storage.access_tables import access_grants, host_rests
from storage.audit import record_audit
from storage.errors import NotFound
from storage.upsert import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One record that opens a way into a market; rows are only added and ended, never changed."""

    grant_id: int
    """Number of the record."""
    market: str
    """Spider name."""
    way: str
    """api, pages or import."""
    ground: str
    """What allows it: a contract, a letter, a legal opinion."""
    until: datetime
    """From then on the way is closed again, aware UTC."""
    allowed_by: str
    """Who recorded it: log-in name, or user of the command line."""
    allowed_at: datetime
    """When, aware UTC."""
    ended_by: str | None
    """Who ended it early; None where nobody did."""
    ended_at: datetime | None
    """When it was ended early."""
    end_reason: str | None
    """Why."""

    def is_open(self, at: datetime) -> bool:
        """Say whether the record opens its way at that time."""
        return self.ended_at is None and at < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRest:
    """A host that showed a refusal and is left alone until a time."""

    market: str
    """Spider name of the market whose run met it."""
    host: str
    """Host name."""
    since: datetime
    """When it refused, aware UTC."""
    until: datetime
    """Nothing is sent to it before this time."""
    sign: str
    """What showed the refusal."""
    run_id: str | None
    """The run that met it."""


def record_grant(
    session: Session, market: str, way: str, ground: str, until: datetime, allowed_by: str, at: datetime
) -> Grant:
    """Open a way into a market and return the record, with an audit row. The caller has checked market and way."""
    values = {
        "market": market,
        "way": way,
        "ground": ground,
        "until": until,
        "allowed_by": allowed_by,
        "allowed_at": at,
    }
    number = session.execute(insert(access_grants).values(values).returning(access_grants.c.grant_id)).scalar_one()
    facts = {"ground": ground, "until": until.isoformat()}
    record_audit(session, at, allowed_by, "access.allow", f"{market} {way}", facts)
    return Grant(grant_id=number, ended_by=None, ended_at=None, end_reason=None, **values)  # type: ignore[arg-type]


def end_grants(session: Session, market: str, way: str, reason: str, ended_by: str, at: datetime) -> tuple[Grant, ...]:
    """Close a way by ending every record that opens it, with an audit row; raise NotFound where none does."""
    ended = [grant for grant in load_grants(session, market) if grant.way == way and grant.is_open(at)]
    if not ended:
        raise NotFound(f"no record opens the way {way} into {market}")
    session.execute(
        update(access_grants)
        .where(access_grants.c.grant_id.in_([grant.grant_id for grant in ended]))
        .values(ended_by=ended_by, ended_at=at, end_reason=reason)
    )
    record_audit(session, at, ended_by, "access.end", f"{market} {way}", {"reason": reason})
    return tuple(ended)


def load_grants(session: Session, market: str | None = None) -> tuple[Grant, ...]:
    """Return the records of one market or of all, newest first, those that are over too."""
    query = select(access_grants).order_by(access_grants.c.grant_id.desc())
    if market is not None:
        query = query.where(access_grants.c.market == market)
    return tuple(Grant(**row) for row in session.execute(query).mappings())


def load_open_ways(session: Session, market: str, at: datetime) -> frozenset[str]:
    """Return the ways into a market that a record opens at that time."""
    return frozenset(grant.way for grant in load_grants(session, market) if grant.is_open(at))


def record_host_rest(
    session: Session, market: str, host: str, sign: str, run_id: str | None, since: datetime, until: datetime
) -> None:
    """Keep that a host refused and is left alone until then; a longer rest that is kept already stays."""
    values = {"market": market, "host": host, "since": since, "until": until, "sign": sign, "run_id": run_id}
    statement = upsert(session, host_rests).values(values)
    news = {name: statement.excluded[name] for name in ("since", "until", "sign", "run_id")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["market", "host"], set_=news, where=host_rests.c.until < statement.excluded.until
        )
    )


def load_host_rests(session: Session, at: datetime, market: str | None = None) -> tuple[HostRest, ...]:
    """Return the hosts that are to be left alone at that time, of one market or of all."""
    query = select(host_rests).where(host_rests.c.until > at).order_by(host_rests.c.market, host_rests.c.host)
    if market is not None:
        query = query.where(host_rests.c.market == market)
    return tuple(HostRest(**row) for row in session.execute(query).mappings())
