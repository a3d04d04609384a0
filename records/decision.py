"""A reviewer's verdict on a hit, the reasons a verdict can have, and when a confirmed hit is released."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from records.hit import HitKey

Verdict = Literal["violation", "no_violation", "unsure"]
Reason = Literal[
    "counterfeit", "imitation_wording", "unauthorised_mark_use", "below_minimum_price",
    "genuine", "compatible", "homonym", "authorised", "wrong_product",
    "needs_test_buy", "needs_owner",
]  # fmt: skip

# Which reasons belong to which verdict, in the order the console offers them.
REASONS: dict[Verdict, tuple[Reason, ...]] = {
    "violation": ("counterfeit", "imitation_wording", "unauthorised_mark_use", "below_minimum_price"),
    "no_violation": ("genuine", "compatible", "homonym", "authorised", "wrong_product"),
    "unsure": ("needs_test_buy", "needs_owner"),
}

# External effects (mail, brand viewers) wait this long, so that an undo in time leaves no trace outside.
UNDO_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One verdict by one person at one time. Never changed; an undo is a later row that names it."""

    hit: HitKey
    """The hit decided."""
    verdict: Verdict
    """violation, no_violation or unsure."""
    reason: Reason
    """One reason of that verdict's row in REASONS."""
    actor: str
    """Log-in name of the person."""
    decided_at: datetime
    """Aware UTC."""
    note: str = ""
    """The reviewer's own words; may be empty."""

    def __post_init__(self) -> None:
        """Refuse a reason of another verdict, or a time without a zone."""
        if self.reason not in REASONS.get(self.verdict, ()):
            raise ValueError(f"reason {self.reason!r} does not belong to verdict {self.verdict!r}")
        if self.decided_at.utcoffset() is None:
            raise ValueError("decided_at: a time without a zone")
