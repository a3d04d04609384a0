"""Writes hits as JSON Lines, CSV or XLSX: the one writer, so that no cell of a spreadsheet ever runs as a formula."""

import csv
import io
from collections.abc import Callable, Iterable
from typing import IO, cast

import xlsxwriter

COLUMNS = (
    "hit_id", "state", "track", "tier", "score", "brand", "mark_id", "product_id", "relation", "spelling", "intent",
    "right", "market", "listing_id", "title", "url", "price", "currency", "seller_id", "seller_name", "reasons",
    "rule_version", "first_seen_at", "last_seen_at",
)  # fmt: skip
# A cell that begins with one of these is a formula to a spreadsheet (OWASP ASVS 5.0, 1.2.10).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")

Row = dict[str, object]


def csv_cell(value: object) -> str:
    """Return a cell's text, with an apostrophe before what a spreadsheet would run; the rest is unchanged."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith((*FORMULA_STARTS, "'")) else text


def csv_text(cell: str) -> str:
    """Return the text that `csv_cell` was given."""
    return cell.removeprefix("'")


LEDGER_COLUMNS = (
    "signal", "brand", "market", "flagged", "open", "gone", "confirmed", "rejected", "unsure", "precision",
    "interval_low", "interval_high", "enough",
)  # fmt: skip


def write_csv(rows: Iterable[Row], stream: IO[bytes], columns: tuple[str, ...] = COLUMNS) -> int:
    """Write rows as UTF-8 CSV with a header and a byte order mark (spreadsheets need it); return the row count."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([csv_cell(row.get(name)) for name in columns])
        count += 1
    text.flush()
    text.detach()
    return count


def write_xlsx(rows: Iterable[Row], stream: IO[bytes], columns: tuple[str, ...] = COLUMNS) -> int:
    """Write rows as one XLSX sheet in which every cell is text; return the row count."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(stream, options)
    sheet = book.add_worksheet("hits" if columns is COLUMNS else "rows")
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name)
    count = 0
    for count, row in enumerate(rows, start=1):
        for column, name in enumerate(columns):
            value = row.get(name)
            sheet.write_string(count, column, "" if value is None else str(value)[:32_767])
    sheet.freeze_panes(1, 0)
    book.close()
    return count


WRITERS: dict[str, Callable[[Iterable[Row], IO[bytes]], int]] = {
    "csv": write_csv,
    "xlsx": cast("Callable[[Iterable[Row], IO[bytes]], int]", write_xlsx),
}
