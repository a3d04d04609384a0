"""What the console asks of a watch list file: a look at what it would change, and the change itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

RowState = Literal["added", "changed", "unchanged", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One row of a file and what would become of it."""

    line: int
    """Line of the file, from 1 with the header."""
    cells: Mapping[str, str]
    """Its cells by column, as they stand in the file."""
    state: RowState
    """What storing it would do, or that it cannot be stored."""
    problem: str = ""
    """Why it cannot be stored."""
    wrong_field: str = ""
    """Column of the problem; empty where it is the whole row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPreview:
    """What a file would change."""

    kind: str = ""
    """marks, products, sellers or owners; empty where the file is none of them."""
    columns: tuple[str, ...] = ()
    """Columns in the file's order."""
    rows: tuple[ListRow, ...] = ()
    """Every row, in the file's order."""
    problem: str = ""
    """Why the file as a whole cannot be stored; empty where nothing but single rows is wrong."""
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Rows by state."""

    @property
    def can_be_kept(self) -> bool:
        """True where every row can be stored; a list is stored whole or not at all."""
        return not self.problem and bool(self.rows) and not self.counts.get("wrong")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDesk:
    """Reads and keeps watch list files; nothing is raised for what stands in a file."""

    preview: Callable[[str, bytes], ListPreview]
    """(file suffix such as .csv, content) -> what it would change; stores nothing."""
    keep: Callable[[str, bytes, str], ListPreview]
    """(file suffix, content, log-in name) -> what it changed; a preview with problems where nothing was stored."""
