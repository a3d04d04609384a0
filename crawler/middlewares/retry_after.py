"""Retry-After read strictly: seconds or an HTTP date; anything else tells nothing."""

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# What a host may ask for at most; a larger number is taken as this.
CAP_SECONDS = 24 * 3600.0


def retry_after_seconds(values: Iterable[bytes], at: datetime) -> float | None:
    """Return the longest wait that the header's values ask for, at most a day; None where they ask for none."""
    waits = [wait for value in values if (wait := _seconds(value.decode("latin-1").strip(), at)) is not None]
    return min(max(waits), CAP_SECONDS) if waits else None


def _seconds(text: str, at: datetime) -> float | None:
    if text.isascii() and text.isdigit():
        return float(text) if len(text) < 12 else CAP_SECONDS
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    wait = (moment - at).total_seconds()
    return wait if wait > 0 else None
