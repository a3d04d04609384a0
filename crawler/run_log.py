"""Reads a run's log: a page of it, searched by words and level."""

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from crawler.config import Settings
from records.log import LogLine, LogPage
from records.run import Run

LEVELS: Final = ("debug", "info", "warning", "error", "critical")
LOG_LIMIT: Final = 500
# A line that a hostile page made endless is shown by its beginning.
LONGEST_LINE: Final = 4_000
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Fields of a JSON line that have a place of their own.
OWN_FIELDS: Final = frozenset({"at", "level", "logger", "event", "run"})


def read_run_log(
    settings: Settings, run: Run, words: str = "", level: str = "", after: int = 0, limit: int = LOG_LIMIT
) -> LogPage:
    """Return the lines after a number that hold every word (whatever case and accents) and are at least of a level.

    A log that is not on this machine is a page that says where it lies.
    """
    path = settings.logs_dir / f"{run.run_id}.log"
    try:
        lines = list(_lines(path))
    except FileNotFoundError:
        where = f"it was written by worker {run.worker}" if run.worker else "no process has written it"
        problem = f"there is no log of run {run.run_id} on this machine; {where}"
        return LogPage(lines=(), next_after=None, total=0, problem=problem)
    wanted = [plain(word) for word in words.split()]
    least = LEVELS.index(level) if level in LEVELS else -1
    found: list[LogLine] = []
    for line in lines:
        if line.number <= after or (least >= 0 and line.level in LEVELS and LEVELS.index(line.level) < least):
            continue
        if least >= 0 and not line.level:
            continue
        text = plain(f"{line.source} {line.text}")
        if all(word in text for word in wanted):
            if len(found) == limit:
                return LogPage(lines=tuple(found), next_after=found[-1].number, total=len(lines), problem="")
            found.append(line)
    return LogPage(lines=tuple(found), next_after=None, total=len(lines), problem="")


def plain(text: str) -> str:
    """Return the text in lower case without accents."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def read_log_file(path: Path) -> Iterator[LogLine]:
    """Yield every line of a log file; raise FileNotFoundError where there is none."""
    return _lines(path)


def _lines(path: Path) -> Iterator[LogLine]:
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, raw in enumerate(file, start=1):
            yield _line(number, raw.rstrip("\n"))


def _line(number: int, raw: str) -> LogLine:
    try:
        fields = json.loads(raw)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return LogLine(number=number, at=None, level="", source="", text=_shown(raw))
    rest = " ".join(f"{name}={value}" for name, value in fields.items() if name not in OWN_FIELDS)
    text = f"{fields.get('event', '')} {rest}".strip()
    return LogLine(
        number=number,
        at=_time(fields.get("at")),
        level=str(fields.get("level", "")),
        source=str(fields.get("logger", "")),
        text=_shown(text),
    )


def _shown(text: str) -> str:
    return CONTROL.sub(" ", text)[:LONGEST_LINE]


def _time(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
