"""How often one client may do a thing: counts of the last minute, kept in this process."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

MINUTE: Final = timedelta(minutes=1)
# Clients remembered; the one that was quiet longest is forgotten first.
MAX_CLIENTS: Final = 10_000


class Limiter:
    """Counts what each client did within the last minute."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def take(self, client: str, now: datetime, limit: int) -> bool:
        """Count one more act of the client and return True, or False when `limit` of the last minute are used up."""
        with self._lock:
            times = self._seen.setdefault(client, deque())
            self._seen.move_to_end(client)
            while times and now - times[0] >= MINUTE:
                times.popleft()
            if len(times) >= limit:
                return False
            times.append(now)
            if len(self._seen) > MAX_CLIENTS:
                self._seen.popitem(last=False)
            return True

    def is_spent(self, client: str, now: datetime, limit: int) -> bool:
        """Return whether the client has used up its limit of the last minute; counts nothing."""
        with self._lock:
            times = self._seen.get(client, deque())
            return sum(now - at < MINUTE for at in times) >= limit
