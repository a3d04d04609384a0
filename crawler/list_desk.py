"""Fills the console's calls on watch list files, with the readers that the commands use."""

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from crawler.errors import BadInput
from crawler.files import PlacedRow, kind_of, read_rows
from crawler.watchlists import ListFiles, save_lists
from records.lines import mark_from_row, owner_from_row, product_from_row, seller_from_row
from records.row_fields import BadField, Row
from records.watchlist import WatchList, WatchListError
from review.lists import ListDesk, ListPreview, ListRow, RowState
from storage.database import Database
from storage.watchlist import load_watchlist

SUFFIXES: Final = (".csv", ".xlsx", ".jsonl")
MAX_ROWS: Final = 20_000
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# kind -> reader of a row, and what names the record in the watch list.
READERS: Final[Mapping[str, tuple[Callable[[Row], Any], Callable[[Any], object]]]] = {
    "marks": (mark_from_row, lambda one: one.mark_id),
    "products": (product_from_row, lambda one: one.product_id),
    "sellers": (seller_from_row, lambda one: (one.mark_id, one.market, one.seller_id, one.seller_name)),
    "owners": (owner_from_row, lambda one: one.name),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What the calls work on."""

    database: Database
    clock: Callable[[], datetime]

    def preview(self, suffix: str, content: bytes) -> ListPreview:
        """Return what a file would change."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"list{suffix}")
            try:
                return self._looked_at(path, suffix, content)
            except (BadInput, WatchListError) as problem:
                return ListPreview(problem=_plain(str(problem), path))

    def keep(self, suffix: str, content: bytes, login: str) -> ListPreview:
        """Store a file whole, or nothing of it."""
        looked = self.preview(suffix, content)
        if not looked.can_be_kept:
            return looked
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"list{suffix}")
            path.write_bytes(content)
            try:
                save_lists(self.database, ListFiles.read([path]), self.clock(), actor=login)
            except (BadInput, WatchListError) as problem:
                return replace(looked, problem=_plain(str(problem), path))
        return looked

    def _looked_at(self, path: Path, suffix: str, content: bytes) -> ListPreview:
        if suffix not in SUFFIXES:
            raise BadInput(f"a list is one of {', '.join(SUFFIXES)}")
        path.write_bytes(content)
        kind = kind_of(path)
        with self.database.read() as session:
            known = load_watchlist(session, self.clock().date())
        reader, name_of = READERS[kind]
        before = {name_of(one): one for one in getattr(known, kind)}
        rows: list[ListRow] = []
        columns: dict[str, None] = {}
        first: dict[object, int] = {}
        for placed in read_rows(path):
            if len(rows) == MAX_ROWS:
                raise BadInput(f"more than {MAX_ROWS:,} rows; import it with markwatch watchlist import")
            columns |= dict.fromkeys(placed.row)
            rows.append(_row(placed, reader, name_of, before, first))
        counts = Counter[str](row.state for row in rows)
        problem = "" if counts["wrong"] else self._contradiction(path, known)
        return ListPreview(kind=kind, columns=tuple(columns), rows=tuple(rows), counts=dict(counts), problem=problem)

    def _contradiction(self, path: Path, known: WatchList) -> str:
        """Return what would not fit together in the watch list after the import, or an empty text."""
        try:
            merged = ListFiles.read([path]).merged_into(known)
            marks = merged.mark_by_id
            named = [*(one.mark_id for one in merged.products), *(one.mark_id for one in merged.sellers)]
            strays = [name for name in named if name not in marks]
        except (BadInput, WatchListError) as problem:
            return _plain(str(problem), path)
        return f"unknown mark {strays[0]!r}" if strays else ""


def _row(
    placed: PlacedRow,
    reader: Callable[[Row], Any],
    name_of: Callable[[Any], object],
    before: Mapping[object, Any],
    first: dict[object, int],
) -> ListRow:
    cells = {name: str(value) for name, value in placed.row.items()}
    unprinted = next((name for name, cell in cells.items() if CONTROL.search(cell)), "")
    if unprinted:
        problem_text = f"{unprinted}: holds a control character"
        return ListRow(line=placed.line, cells=cells, state="wrong", problem=problem_text, wrong_field=unprinted)
    try:
        record = reader(placed.row)
    except BadField as problem:
        return ListRow(
            line=placed.line, cells=cells, state="wrong", problem=str(problem), wrong_field=_field_of(problem, cells)
        )
    name = name_of(record)
    if name in first:
        return ListRow(line=placed.line, cells=cells, state="wrong", problem=f"the same as line {first[name]}")
    first[name] = placed.line
    known = before.get(name)
    state: RowState = "added" if known is None else "unchanged" if known == record else "changed"
    return ListRow(line=placed.line, cells=cells, state=state)


def _field_of(problem: BadField, cells: Mapping[str, str]) -> str:
    """Return the column that a problem begins with, or an empty text."""
    name = str(problem).partition(":")[0].strip()
    return name if name in cells else ""


def _plain(problem: str, path: Path) -> str:
    """Return a problem without the temporary file's name."""
    return problem.replace(f"{path}: ", "").replace(f"{path}, ", "")


def list_desk_on(database: Database, clock: Callable[[], datetime]) -> ListDesk:
    """Return the calls on that database."""
    desk = Desk(database, clock)
    return ListDesk(preview=desk.preview, keep=desk.keep)
