"""One decision by one person, the same from a page and from the API: a first verdict, or a second look at one."""

from dataclasses import replace

from records.decision import REASONS, Reason, Verdict
from review.access import blinded, is_visible
from review.console import Console
from review.errors import Absent, Forbidden, NotYours
from review.sessions import Visitor
from storage.bulk import undo_bulk
from storage.decisions import record_decision, undo_decision
from storage.errors import Conflict, NotFound, SamePerson
from storage.hit_records import StoredHit
from storage.hits import load_hit
from storage.last_acts import LastAct
from storage.second_looks import Look, load_look, record_opinion, undo_opinion

MAX_NOTE = 1000
LOOKED_AT = frozenset({"second_look", "disputed"})


def visible_hit(console: Console, visitor: Visitor, hit_id: str) -> StoredHit:
    """Return a hit as the visitor may see it; raise Absent for all others, whether they exist or not.

    While a second look is open, that is the revision the first person judged, without that person's verdict.
    """
    return visible_hit_and_look(console, visitor, hit_id)[0]


def visible_hit_and_look(console: Console, visitor: Visitor, hit_id: str) -> tuple[StoredHit, Look | None]:
    """Return the hit as visible_hit does, and the second look at it while that is open."""
    with console.database.read() as session:
        try:
            stored = load_hit(session, hit_id)
        except NotFound:
            raise Absent from None
        look = load_look(session, hit_id) if stored.state in LOOKED_AT else None
    if not is_visible(stored, visitor, console.services.clock()):
        raise Absent
    if look is not None:
        stored = replace(stored, hit=look.judged, revision=look.revision)
    return blinded(stored, visitor), look


def may_judge(stored: StoredHit, look: Look | None, visitor: Visitor) -> bool:
    """Return whether the visitor may give a verdict on the hit now."""
    if not visitor.may("decide"):
        return False
    if look is None:
        return stored.decision is None and stored.state not in LOOKED_AT
    judges = {look.first.actor, *(opinion.actor for opinion in look.opinions)}
    return visitor.user.login not in judges and (stored.state == "second_look" or visitor.may("settle"))


def judge(
    console: Console, visitor: Visitor, hit_id: str, revision: int, verdict: Verdict, reason: Reason, note: str
) -> None:
    """Record the visitor's verdict; raise Absent, Conflict, or NotYours for who has judged this hit already."""
    stored, look = visible_hit_and_look(console, visitor, hit_id)
    if reason not in REASONS[verdict]:
        raise Absent
    now, note = console.services.clock(), note.strip()[:MAX_NOTE]
    login = visitor.user.login
    if look is None:
        with console.database.write() as session:
            record_decision(session, hit_id, revision, verdict, reason, login, now, note)
        return
    if stored.state == "disputed" and not visitor.may("settle"):
        raise Forbidden
    if revision != look.revision:
        raise Conflict(hit_id, look.first.actor, look.opened_at)
    try:
        with console.database.write() as session:
            record_opinion(session, hit_id, look.look_id, verdict, reason, login, now, note)
    except SamePerson:
        raise NotYours from None


def take_back(console: Console, visitor: Visitor, hit_id: str) -> None:
    """Undo the visitor's own latest judgement on a hit: a second look's opinion first, else the decision."""
    visible_hit(console, visitor, hit_id)
    now, login = console.services.clock(), visitor.user.login
    with console.database.write() as session:
        look = load_look(session, hit_id)
        if look is not None and look.state != "withdrawn" and look.opinions and look.opinions[-1].actor == login:
            undo_opinion(session, hit_id, login, now)
        else:
            undo_decision(session, hit_id, login, now)


def take_back_act(console: Console, visitor: Visitor, act: LastAct) -> None:
    """Undo a person's last act, whatever it was."""
    if act.bulk_id is None:
        take_back(console, visitor, act.hit_id)
        return
    with console.database.write() as session:
        undo_bulk(session, act.bulk_id, visitor.user.login, console.services.clock())
