"""Rows of the queue kept as they were rendered: twenty people look at the same fifty rows all day."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

from markupsafe import Markup

# About two kilobytes each.
MAX_KEPT: Final = 8_000


class KeptRows:
    """The latest rows by everything that they show. A judgement that changes has another revision or a later sighting.

    Shared by the threads of one process.
    """

    def __init__(self) -> None:
        self._rows: OrderedDict[Hashable, Markup] = OrderedDict()
        self._turn = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Markup]) -> Markup:
        """Return the row of that key, made now where it is not kept."""
        with self._turn:
            row = self._rows.get(key)
            if row is not None:
                self._rows.move_to_end(key)
                return row
        row = make()
        with self._turn:
            self._rows[key] = row
            while len(self._rows) > MAX_KEPT:
                self._rows.popitem(last=False)
        return row
