"""How many rows an import changed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How many rows an import added, changed and found as they were."""

    added: int
    """Rows that were not there."""
    changed: int
    """Rows that are different now."""
    unchanged: int
    """Rows that were there already."""
