"""Second looks: which decisions need another person, what that person said, and who settles a disagreement.

A look is opened with the decision it belongs to and waits. The second person judges the revision that the decision was
made on, without its verdict. The same verdict settles the hit; another one sends it to a senior, who sees both.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from records.decision import Decision, Reason, Verdict
from records.hit import Hit
from storage.audit import hold_chain, record_audit
from storage.claims import refuse_if_held, release_claim
from storage.errors import Conflict, NotFound, SamePerson
from storage.hit_content import changed_parts, content_of
from storage.hit_rows import judged_from_document
from storage.hit_states import STATE_AFTER, lock_hit, set_state
from storage.outcomes import record_outcome, withdraw_outcome
from storage.review_tables import look_policies, looks, opinions
from storage.tables import decisions
from storage.upsert import upsert

LookMode = Literal["none", "sampled", "always"]
LookState = Literal["waiting", "agreed", "disputed", "closed", "withdrawn"]
# The brand name under which the policy of all brands without their own is kept.
EVERY_BRAND: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How often decisions of one verdict on one brand's hits need a second look."""

    brand: str
    """EVERY_BRAND: of all brands without their own policy."""
    verdict: Verdict
    mode: LookMode
    percent: int
    """Share of decisions drawn when sampled, 0 to 100."""
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a second person or a senior said."""

    opinion_id: int
    stage: Literal["second", "senior"]
    verdict: Verdict
    reason: Reason
    actor: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A second look at one decision."""

    look_id: int
    hit_id: str
    decision_id: int
    first: Decision
    """The decision looked at; not to be shown before the look is over, except to a senior."""
    judged: Hit
    """The hit as it was at that decision: what the second person judges."""
    revision: int
    state: LookState
    opened_at: datetime
    opinions: tuple[Opinion, ...]
    """Those in force, oldest first."""


def save_policy(
    session: Session, brand: str, verdict: Verdict, mode: LookMode, percent: int, actor: str, at: datetime
) -> None:
    """Set how often that verdict needs a second look; the draw gets a new secret seed, so that it can't be foreseen."""
    if not 0 <= percent <= 100:
        raise ValueError(f"percent: {percent} is not between 0 and 100")
    hold_chain(session)
    values = {"mode": mode, "percent": percent, "seed": secrets.token_hex(16), "set_by": actor, "set_at": at}
    statement = upsert(session, look_policies).values(brand=brand, verdict=verdict, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["brand", "verdict"], set_=values))
    record_audit(session, at, actor, "policy.set", brand or "*", {"verdict": verdict, "mode": mode, "percent": percent})


def load_policies(session: Session, brand: str | None = None) -> tuple[Policy, ...]:
    """Return the policies of a brand and of every brand, or all of them."""
    query = select(look_policies).order_by(look_policies.c.brand, look_policies.c.verdict)
    if brand is not None:
        query = query.where(look_policies.c.brand.in_((brand, EVERY_BRAND)))
    return tuple(Policy(**{name: row[name] for name in Policy.__slots__}) for row in session.execute(query).mappings())


def _is_drawn(session: Session, brand: str, verdict: Verdict, hit_id: str, revision: int) -> bool:
    query = select(look_policies).where(
        look_policies.c.brand.in_((brand, EVERY_BRAND)), look_policies.c.verdict == verdict
    )
    # The brand's own policy comes after the empty name.
    rows = session.execute(query.order_by(look_policies.c.brand)).mappings().all()
    if not rows or rows[-1]["mode"] == "none":
        return False
    if rows[-1]["mode"] == "always":
        return True
    drawn = hashlib.sha256(f"{rows[-1]['seed']}\n{hit_id}\n{revision}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") % 10_000 < int(rows[-1]["percent"]) * 100


def open_look(
    session: Session, before: Mapping[Any, Any], decision_id: int, verdict: Verdict, actor: str, at: datetime
) -> bool:
    """Open a second look at a decision if the policy asks for one, and return whether it does."""
    if not _is_drawn(session, before["brand"], verdict, before["hit_id"], before["revision"]):
        return False
    session.execute(
        insert(looks).values(
            decision_id=decision_id, hit_id=before["hit_id"], first_actor=actor, second_actor=None,
            revision=before["revision"], state="waiting", opened_at=at, closed_at=None,
        )
    )  # fmt: skip
    return True


def withdraw_look(session: Session, decision_id: int, at: datetime) -> None:
    """Close the look at a decision that was undone."""
    session.execute(update(looks).where(looks.c.decision_id == decision_id).values(state="withdrawn", closed_at=at))


def load_look(session: Session, hit_id: str) -> Look | None:
    """Return the latest second look at a hit, whatever became of it; None where there never was one."""
    row = _look_row(session, hit_id)
    return None if row is None else _look_of(session, row)


def _look_row(session: Session, hit_id: str) -> Mapping[Any, Any] | None:
    query = select(looks).where(looks.c.hit_id == hit_id).order_by(looks.c.look_id.desc()).limit(1)
    return session.execute(query).mappings().one_or_none()


def _look_of(session: Session, row: Mapping[Any, Any]) -> Look:
    made = session.execute(select(decisions).where(decisions.c.decision_id == row["decision_id"])).mappings().one()
    judged = judged_from_document(made["judged"])
    first = Decision(
        hit=judged.key, verdict=made["verdict"], reason=made["reason"], actor=made["actor"], decided_at=made["at"],
        note=made["note"],
    )  # fmt: skip
    return Look(
        look_id=row["look_id"], hit_id=row["hit_id"], decision_id=row["decision_id"], first=first, judged=judged,
        revision=row["revision"], state=row["state"], opened_at=row["opened_at"],
        opinions=_opinions(session, row["look_id"]),
    )  # fmt: skip


def _opinions(session: Session, look_id: int) -> tuple[Opinion, ...]:
    undone = select(opinions.c.undoes).where(opinions.c.look_id == look_id, opinions.c.undoes.is_not(None))
    query = select(opinions).where(
        opinions.c.look_id == look_id, opinions.c.stage != "undo", opinions.c.opinion_id.not_in(undone)
    )
    return tuple(
        Opinion(**{name: row[name] for name in Opinion.__slots__})
        for row in session.execute(query.order_by(opinions.c.opinion_id)).mappings()
    )


def record_opinion(
    session: Session,
    hit_id: str,
    look_id: int,
    verdict: Verdict,
    reason: Reason,
    actor: str,
    at: datetime,
    note: str = "",
) -> str:
    """Say what another person sees in the frozen revision; return the hit's state after it.

    Raises SamePerson for somebody who has judged this hit already, Conflict when the look is over or was reopened,
    Held while somebody else looks at it. In a dispute the caller has checked that the actor is a senior.
    """
    hold_chain(session)
    before = lock_hit(session, hit_id)
    row = _look_row(session, hit_id)
    if row is None or row["look_id"] != look_id or row["state"] not in {"waiting", "disputed"}:
        raise Conflict(hit_id, before["revised_by"], before["revised_at"])
    look = _look_of(session, row)
    if actor in {look.first.actor, *(opinion.actor for opinion in look.opinions)}:
        raise SamePerson(hit_id, actor)
    refuse_if_held(session, hit_id, actor, at)
    stage = "second" if row["state"] == "waiting" else "senior"
    Decision(hit=look.judged.key, verdict=verdict, reason=reason, actor=actor, decided_at=at)  # refuses a wrong reason
    session.execute(
        insert(opinions).values(
            look_id=look_id, stage=stage, verdict=verdict, reason=reason, actor=actor, at=at, note=note, undoes=None
        )
    )
    record_audit(
        session, at, actor, f"hit.{stage}_look", hit_id,
        {"look_id": look_id, "verdict": verdict, "reason": reason, "note": note},
    )  # fmt: skip
    release_claim(session, hit_id, actor)
    if stage == "second" and verdict != look.first.verdict:
        _set_look(session, look_id, "disputed", second_actor=actor)
        return str(set_state(session, before, actor, at, "disputed", look.decision_id)["state"])
    decision_id, decision = look.decision_id, look.first
    if verdict != decision.verdict:
        decision_id, decision = _decide_anew(session, look, verdict, reason, actor, at, note)
    done: LookState = "agreed" if stage == "second" else "closed"
    _set_look(session, look_id, done, closed_at=at, **({"second_actor": actor} if stage == "second" else {}))
    return _settle(session, before, look, decision_id, decision, actor, at)


def _set_look(session: Session, look_id: int, state: LookState, **values: Any) -> None:
    session.execute(update(looks).where(looks.c.look_id == look_id).values(state=state, **values))


def _decide_anew(
    session: Session, look: Look, verdict: Verdict, reason: Reason, actor: str, at: datetime, note: str
) -> tuple[int, Decision]:
    """Add the senior's decision, on the same frozen hit; the first one stays in the history."""
    frozen = select(decisions.c.judged).where(decisions.c.decision_id == look.decision_id)
    decision_id = session.execute(
        insert(decisions)
        .values(
            hit_id=look.hit_id, action="decide", verdict=verdict, reason=reason, actor=actor, at=at, note=note,
            revision=look.revision, judged=session.scalar(frozen), undoes=None,
        )
        .returning(decisions.c.decision_id)
    ).scalar_one()  # fmt: skip
    decision = Decision(hit=look.judged.key, verdict=verdict, reason=reason, actor=actor, decided_at=at, note=note)
    return int(decision_id), decision


def _settle(
    session: Session,
    before: Mapping[Any, Any],
    look: Look,
    decision_id: int,
    decision: Decision,
    actor: str,
    at: datetime,
) -> str:
    after = set_state(session, before, actor, at, STATE_AFTER[decision.verdict], decision_id)
    record_outcome(session, decision_id, before, look.judged, decision, at)
    # A dismissal is bound to what was looked at; what changed meanwhile has to be looked at anew.
    parts = changed_parts(content_of(look.judged.listing), before["content"]) if after["state"] == "rejected" else ()
    if parts:
        after = set_state(session, after, actor, at, "new", None, reopened_because=", ".join(parts))
    return str(after["state"])


def undo_opinion(session: Session, hit_id: str, actor: str, at: datetime) -> Opinion:
    """Take back the actor's opinion while nobody has built on it; the look waits again. Raises NotFound or Conflict."""
    hold_chain(session)
    before = lock_hit(session, hit_id)
    row = _look_row(session, hit_id)
    look = None if row is None else _look_of(session, row)
    if look is None or not look.opinions:
        raise NotFound(f"hit {hit_id}: no second look is in force")
    last = look.opinions[-1]
    if last.actor != actor or look.state == "withdrawn":
        raise Conflict(hit_id, last.actor, last.at)
    session.execute(
        insert(opinions).values(
            look_id=look.look_id, stage="undo", verdict=None, reason=None, actor=actor, at=at, note="",
            undoes=last.opinion_id,
        )
    )  # fmt: skip
    if look.state in {"agreed", "closed"}:
        settled = before["decision_id"] or look.decision_id
        withdraw_outcome(session, settled, at)
        if settled != look.decision_id:  # the senior's own decision goes as well
            session.execute(
                insert(decisions).values(
                    hit_id=hit_id, action="undo", verdict=None, reason=None, actor=actor, at=at, note="",
                    revision=before["revision"], judged={}, undoes=settled,
                )
            )  # fmt: skip
    state: LookState = "waiting" if last.stage == "second" else "disputed"
    second = None if last.stage == "second" else look.opinions[0].actor
    _set_look(session, look.look_id, state, closed_at=None, second_actor=second)
    waiting = "second_look" if state == "waiting" else "disputed"
    set_state(session, before, actor, at, waiting, look.decision_id, reopened_because=None)
    record_audit(session, at, actor, "hit.undo_look", hit_id, {"look_id": look.look_id})
    return last


def count_own_waiting(session: Session, actor: str) -> int:
    """Return how many of the actor's own decisions wait for a second look: those the actor may not judge."""
    query = select(func.count()).select_from(looks)
    return int(session.scalar(query.where(looks.c.first_actor == actor, looks.c.state == "waiting")) or 0)


def load_disputes(session: Session, hit_ids: Sequence[str]) -> frozenset[str]:
    """Return which of those hits have a second look that is not over."""
    if not hit_ids:
        return frozenset()
    query = select(looks.c.hit_id).where(looks.c.hit_id.in_(hit_ids), looks.c.state.in_(("waiting", "disputed")))
    return frozenset(session.scalars(query))
