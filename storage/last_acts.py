"""What a person did last and can take back with one key: a decision, a bulk, or a second look."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlalchemy.orm import Session

from records.decision import Verdict
from storage.decisions import load_last_decision
from storage.review_tables import bulk_decisions, bulks, looks, opinions
from storage.tables import decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class LastAct:
    """The latest act of a person that is still in force."""

    kind: Literal["decision", "bulk", "opinion"]
    hit_id: str
    """The hit decided; the first one of a bulk."""
    verdict: Verdict
    at: datetime
    bulk_id: str | None = None


def load_last_act(session: Session, actor: str) -> LastAct | None:
    """Return the actor's latest act in force, None when there is none."""
    last = load_last_decision(session, actor)
    act = None
    if last is not None:
        query = select(bulk_decisions.c.bulk_id).join(bulks, bulks.c.bulk_id == bulk_decisions.c.bulk_id)
        bulk_id = session.scalar(
            query.where(bulk_decisions.c.decision_id == last.decision_id, bulks.c.undone_at.is_(None))
        )
        act = LastAct(
            kind="decision" if bulk_id is None else "bulk", hit_id=last.hit_id, verdict=last.decision.verdict,
            at=last.decision.decided_at, bulk_id=bulk_id,
        )  # fmt: skip
    said = _last_opinion(session, actor)
    return said if said is not None and (act is None or said.at >= act.at) else act


# Made once: every page asks, and building the statement costs more than its answer.
@cache
def _opinion_query() -> Select[Any]:
    undo = opinions.alias("undo")
    later = opinions.alias("later")
    actor: BindParameter[str] = bindparam("actor")
    return (
        select(opinions.c.verdict, opinions.c.at, looks.c.hit_id)
        .join(looks, looks.c.look_id == opinions.c.look_id)
        .outerjoin(undo, undo.c.undoes == opinions.c.opinion_id)
        .outerjoin(
            later, (later.c.look_id == opinions.c.look_id) & (later.c.opinion_id > opinions.c.opinion_id)
            & (later.c.actor != actor),
        )
        .where(
            opinions.c.actor == actor, opinions.c.stage != "undo", undo.c.opinion_id.is_(None),
            later.c.opinion_id.is_(None), looks.c.state != "withdrawn",
        )
        .order_by(opinions.c.opinion_id.desc())
        .limit(1)
    )  # fmt: skip


def _last_opinion(session: Session, actor: str) -> LastAct | None:
    row = session.execute(_opinion_query(), {"actor": actor}).one_or_none()
    if row is None:
        return None
    return LastAct(kind="opinion", hit_id=row.hit_id, verdict=row.verdict, at=row.at)


# Nobody decides more in a day; so many of the latest rows are looked at.
ACTS_COUNTED: Final = 2000


@cache
def _acts_queries() -> tuple[Select[Any], Select[Any]]:
    actor: BindParameter[str] = bindparam("actor")
    since: BindParameter[datetime] = bindparam("since")
    made = select(decisions.c.at).where(decisions.c.actor == actor, decisions.c.action == "decide")
    said = select(opinions.c.at).where(opinions.c.actor == actor, opinions.c.stage != "undo")
    latest = (
        made.order_by(decisions.c.decision_id.desc()).limit(ACTS_COUNTED).subquery(),
        said.order_by(opinions.c.opinion_id.desc()).limit(ACTS_COUNTED).subquery(),
    )
    first, second = (select(func.count()).where(one.c.at >= since) for one in latest)
    return first, second


def count_acts(session: Session, actor: str, since: datetime) -> int:
    """Return how many hits a person has decided or looked at since then, taken-back ones included."""
    asked = {"actor": actor, "since": since}
    return sum(int(session.scalar(query, asked) or 0) for query in _acts_queries())
