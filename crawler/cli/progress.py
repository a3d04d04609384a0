"""Progress on stderr: a bar on a terminal, a plain line every few seconds elsewhere."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

T = TypeVar("T")

PLAIN_LINE_SECONDS = 5.0


def follow(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """Yield the items and show how many passed."""
    if sys.stderr.isatty():
        yield from _with_bar(items, what, total)
    else:
        yield from _with_lines(items, what, total)


def _with_bar(items: Iterable[T], what: str, total: int | None) -> Iterator[T]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        for item in items:
            yield item
            progress.advance(task)


def _with_lines(items: Iterable[T], what: str, total: int | None) -> Iterator[T]:
    shown_at = time.monotonic()
    for count, item in enumerate(items, start=1):
        yield item
        if time.monotonic() - shown_at >= PLAIN_LINE_SECONDS:
            shown_at = time.monotonic()
            of_total = "" if total is None else f" of {total:,}"
            print(f"{what}: {count:,}{of_total}", file=sys.stderr, flush=True)
