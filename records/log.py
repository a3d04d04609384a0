"""A run's log as people read it: numbered lines, searched."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of a log."""

    number: int
    """From 1; a link to the line names it."""
    at: datetime | None
    """Aware UTC; None where the line does not say."""
    level: str
    """debug, info, warning, error or critical; empty where the line does not say."""
    source: str
    """The part of the program that wrote it."""
    text: str
    """What it says, on one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """The lines of a log that were asked for."""

    lines: tuple[LogLine, ...]
    """In the log's order."""
    next_after: int | None
    """Ask for lines after this number to read on; None at the end."""
    total: int
    """Lines of the whole log."""
    problem: str
    """Why there is nothing to read, for a person; empty where there is."""
