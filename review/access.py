"""Which hits a visitor may see: staff all of them, a brand viewer the released ones of the own brands."""

from dataclasses import replace
from datetime import datetime

from records.decision import UNDO_WINDOW
from review.filters import QueueAddress
from review.sessions import Visitor
from storage.hit_records import StoredHit


def is_visible(stored: StoredHit, visitor: Visitor, now: datetime) -> bool:
    """Return whether the visitor may see the hit."""
    if visitor.may("read"):
        return True
    decision = stored.decision
    return (
        visitor.may("released")
        and stored.brand in visitor.user.brands
        and stored.state == "confirmed"
        and decision is not None
        and decision.decision.decided_at <= now - UNDO_WINDOW
    )


def own_address(address: QueueAddress, visitor: Visitor) -> QueueAddress:
    """Return the address as far as the visitor's role reaches: a brand viewer sees confirmed hits of the own brands."""
    if visitor.may("read"):
        return address
    return replace(address, view="confirmed", own_brands=visitor.user.brands)
