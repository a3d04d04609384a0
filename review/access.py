"""Which hits a visitor may see: staff all of them, a brand viewer the released ones of the own brands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from records.decision import UNDO_WINDOW
from review.filters import QueueAddress
from review.sessions import Visitor
from storage.hit_records import StoredDecision, StoredHit


def is_visible(stored: StoredHit, visitor: Visitor, now: datetime) -> bool:
    """Return whether the visitor may see the hit."""
    if visitor.may("read"):
        return True
    return (
        visitor.may("released")
        and stored.brand in visitor.user.brands
        and stored.state == "confirmed"
        and stored.settled_at is not None
        and stored.settled_at <= now - UNDO_WINDOW
    )


def own_address(address: QueueAddress, visitor: Visitor, now: datetime | None = None) -> QueueAddress:
    """Return the address as far as the visitor's role reaches: a brand viewer sees confirmed hits of the own brands.

    Disputes are shown to those who may settle them, and nobody is shown the own decisions for a second look.
    """
    if visitor.may("read"):
        view = "unreviewed" if address.view == "disputed" and not visitor.may("settle") else address.view
        return replace(address, view=view, actor=visitor.user.login, now=now)
    return replace(address, view="confirmed", own_brands=visitor.user.brands)


def blinded(stored: StoredHit, visitor: Visitor) -> StoredHit:
    """Return the hit without a decision that the visitor must not know before judging it as a second person.

    The one who decided sees the own decision; once the two disagree, seniors see it too.
    """
    decision = stored.decision
    if decision is None or stored.state not in {"second_look", "disputed"}:
        return stored
    if decision.decision.actor == visitor.user.login:
        return stored
    if stored.state == "disputed" and visitor.may("settle"):
        return stored
    return replace(stored, decision=None)


def known_decisions(
    decisions: Sequence[StoredDecision], stored: StoredHit, visitor: Visitor
) -> tuple[StoredDecision, ...]:
    """Return the decisions on a hit that the visitor may know: while a look is open, of the others none.

    `stored` is the hit as blinded() returns it.
    """
    if stored.state not in {"second_look", "disputed"} or (stored.state == "disputed" and visitor.may("settle")):
        return tuple(decisions)
    return tuple(made for made in decisions if made.decision.actor == visitor.user.login)


def released_at(stored: StoredHit) -> datetime | None:
    """Return from when a confirmed hit is seen outside the house; None while it is not final."""
    return None if stored.settled_at is None else stored.settled_at + UNDO_WINDOW
