"""Reads the files that people hand over: JSON Lines, CSV and XLSX, also gzipped, row by row with its place."""

import csv
import gzip
import io
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar, cast

import orjson
from python_calamine import CalamineError, CalamineWorkbook

from crawler.errors import BadInput
from records.lines import (
    listing_from_line,
    mark_from_row,
    owner_from_row,
    product_from_row,
    seller_from_row,
)
from records.listing import Listing
from records.row_fields import BadField, Row
from records.watchlist import AuthorisedSeller, Mark, Owner, Product

T = TypeVar("T")

MAX_LINE_BYTES = 8 * 2**20
# Which kind of list a file is, by a column only that kind has; the first row of the table that fits decides.
KINDS: tuple[tuple[str, frozenset[str]], ...] = (
    ("products", frozenset({"product_id", "mark_id", "name"})),
    ("owners", frozenset({"owner", "emails"})),
    ("marks", frozenset({"mark_id", "text"})),
    ("sellers", frozenset({"mark_id", "market"})),
)


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row with the line of the file it stands on, counted from 1."""

    line: int
    row: Row


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rb") as stream:
                yield cast("IO[bytes]", stream)
        else:
            with path.open("rb") as stream:
                yield stream
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except (OSError, EOFError) as problem:
        raise BadInput(f"{path}: cannot be read: {problem}") from problem


def _plain_suffix(path: Path) -> str:
    return Path(path.stem).suffix.lower() if path.suffix == ".gz" else path.suffix.lower()


def read_rows(path: Path) -> Iterator[PlacedRow]:
    """Yield the rows of a .csv, .xlsx or JSON Lines file; raise BadInput that names the file and line."""
    suffix = _plain_suffix(path)
    if suffix == ".csv":
        yield from _csv_rows(path)
    elif suffix == ".xlsx":
        yield from _xlsx_rows(path)
    else:
        yield from _json_lines(path)


def _json_lines(path: Path) -> Iterator[PlacedRow]:
    with _opened(path) as stream:
        for number, line in enumerate(iter(lambda: stream.readline(MAX_LINE_BYTES + 1), b""), start=1):
            if len(line) > MAX_LINE_BYTES:
                raise BadInput(f"{path}, line {number}: longer than {MAX_LINE_BYTES // 2**20} MiB")
            text = line.removeprefix(b"\xef\xbb\xbf").strip()
            if not text:
                continue
            try:
                row = _parsed(text)
            except ValueError as problem:
                raise BadInput(f"{path}, line {number}: not JSON: {problem}") from None
            if not isinstance(row, dict):
                raise BadInput(f"{path}, line {number}: not a JSON object")
            yield PlacedRow(number, row)


def _parsed(line: bytes) -> object:
    """Return the line's JSON value; half of a surrogate pair becomes U+FFFD, as crawled files hold cut emoji."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        if b"\\ud" not in line.lower():
            raise
    whole = re.sub(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}", _utf8, line)
    return orjson.loads(re.sub(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}", rb"\\ufffd", whole))


def _utf8(pair: re.Match[bytes]) -> bytes:
    decoded: str = json.loads(b'"' + pair[0] + b'"')
    return decoded.encode()


def _csv_rows(path: Path) -> Iterator[PlacedRow]:
    with _opened(path) as stream:
        try:
            reader = csv.reader(io.TextIOWrapper(stream, encoding="utf-8-sig", newline=""), strict=True)
            header = next(reader, None)
            if header is None:
                raise BadInput(f"{path}: empty, a header line is needed")
            names = _header(path, header)
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield PlacedRow(reader.line_num, _row(path, reader.line_num, names, cells))
        except UnicodeDecodeError as problem:
            raise BadInput(f"{path}: not UTF-8 at byte {problem.start}") from None
        except csv.Error as problem:
            raise BadInput(f"{path}, line {reader.line_num}: broken CSV: {problem}") from None


def _xlsx_rows(path: Path) -> Iterator[PlacedRow]:
    with _opened(path) as stream:
        content = stream.read()
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        table = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as problem:
        raise BadInput(f"{path}: not a readable XLSX file: {problem}") from None
    if not table:
        raise BadInput(f"{path}: empty, a header row is needed")
    names = _header(path, [str(cell) for cell in table[0]])
    for number, cells in enumerate(table[1:], start=2):
        texts = [_cell(cell) for cell in cells]
        if any(text.strip() for text in texts):
            yield PlacedRow(number, _row(path, number, names, texts))


def _cell(value: object) -> str:
    """Return a cell as text: a whole number without its .0, because XLSX stores every number as a float."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _header(path: Path, cells: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    double = [name for name, count in Counter(names).items() if count > 1 and name]
    if double:
        raise BadInput(f"{path}, line 1: column {double[0]!r} stands there twice")
    return names


def _row(path: Path, line: int, names: list[str], cells: list[str]) -> Row:
    if len(cells) > len(names):
        raise BadInput(f"{path}, line {line}: {len(cells)} cells, but the header has {len(names)} columns")
    return {name: cell for name, cell in zip(names, cells, strict=False) if name}


@dataclass(slots=True)
class ListingFile:
    """A file of listings, read one by one; counts what it could not read."""

    path: Path
    unread: Counter[str]

    @classmethod
    def at(cls, path: Path) -> "ListingFile":
        """Return the reader of that file."""
        return cls(path=path, unread=Counter())

    def listings(self) -> Iterator[Listing]:
        """Yield its listings in file order; raise BadInput that names file, line and field."""
        for placed in read_rows(self.path):
            try:
                yield listing_from_line(placed.row, self.unread)
            except BadField as problem:
                raise BadInput(f"{self.path}, line {placed.line}: {problem}") from None


def read_records(path: Path, reader: Callable[[Row], T], id_of: Callable[[T], str] | None = None) -> list[T]:
    """Return every record of a list file; one error names all the bad lines (the first twenty) at once."""
    records: list[T] = []
    problems: list[str] = []
    first_line: dict[str, int] = {}
    for placed in read_rows(path):
        try:
            record = reader(placed.row)
        except BadField as problem:
            problems.append(f"{path}, line {placed.line}: {problem}")
            continue
        if id_of is not None:
            identity = id_of(record)
            if identity in first_line:
                problems.append(
                    f"{path}, line {placed.line}: {identity!r} stands on line {first_line[identity]} already"
                )
                continue
            first_line[identity] = placed.line
        records.append(record)
    if problems:
        rest = f"\n… and {len(problems) - 20} more" if len(problems) > 20 else ""
        raise BadInput("\n".join(problems[:20]) + rest)
    return records


def read_marks(path: Path) -> list[Mark]:
    """Return the marks of a list; ids are unique in it."""
    return read_records(path, mark_from_row, lambda mark: mark.mark_id)


def read_products(path: Path) -> list[Product]:
    """Return the products of a list; ids are unique in it."""
    return read_records(path, product_from_row, lambda product: product.product_id)


def read_sellers(path: Path) -> list[AuthorisedSeller]:
    """Return the authorised sellers of a list."""
    return read_records(path, seller_from_row)


def read_owners(path: Path) -> list[Owner]:
    """Return the owners of a list; names are unique in it."""
    return read_records(path, owner_from_row, lambda owner: owner.name)


def kind_of(path: Path) -> str:
    """Return marks, products, sellers or owners, by the columns of the file's first row."""
    first = next(read_rows(path), None)
    if first is None:
        raise BadInput(f"{path}: holds no rows")
    columns = frozenset(first.row)
    for kind, needed in KINDS:
        if needed <= columns:
            return kind
    wanted = "; ".join(f"{kind}: {', '.join(sorted(needed))}" for kind, needed in KINDS)
    raise BadInput(f"{path}: the columns {', '.join(sorted(columns))} fit no kind of list ({wanted})")


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for writing that appears under its name only when everything was written."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as problem:
        raise BadInput(f"{path}: cannot be written: {problem.strerror}") from problem
    finally:
        part.unlink(missing_ok=True)
