"""Data that a page's scripts carry: objects assigned to a variable, found by what stands before them."""

import re
from collections import deque
from collections.abc import Iterator

import chompjs

from spiders.errors import PageChanged
from spiders.reading import Record

MAX_DEPTH = 40


def embedded_object(url: str, page: str, before: re.Pattern[str]) -> Record | None:
    """Return the object behind the first match, None where nothing matches; raise PageChanged for a broken one.

    The pattern ends where the object begins.
    """
    match = before.search(page)
    if match is None:
        return None
    try:
        value: object = chompjs.parse_js_object(page[match.end() :])
    except (ValueError, RecursionError) as error:
        raise PageChanged(url, before.pattern[:60], "is not an object that can be read", str(error)[:60]) from None
    if not isinstance(value, dict):
        raise PageChanged(url, before.pattern[:60], "is not an object", value)
    return Record(url, match.group(0)[:60].strip(), value)


def objects_with(value: object, *names: str) -> Iterator[dict[str, object]]:
    """Yield the objects below a value that hold all these fields, the outermost first, each without what lies in it."""
    waiting: deque[tuple[object, int]] = deque([(value, 0)])
    while waiting:
        one, depth = waiting.popleft()
        if depth > MAX_DEPTH:
            continue
        if isinstance(one, dict):
            if all(name in one for name in names):
                yield one
                continue
            waiting.extend((inner, depth + 1) for inner in one.values() if isinstance(inner, dict | list))
        elif isinstance(one, list):
            waiting.extend((inner, depth + 1) for inner in one if isinstance(inner, dict | list))
