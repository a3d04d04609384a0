"""A document as a spreadsheet: every cell is text, none ever runs as a formula."""

import io
from collections.abc import Iterator

import xlsxwriter

from captures.document import Document, Facts, Grid, Marked, Note, Picture

MAX_CELL = 32_767
MAX_SHEET_NAME = 31
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}

Rows = list[tuple[str, ...]]


def write_sheets(document: Document) -> bytes:
    """Return an XLSX file: one sheet of facts, then one a kind of table, with the rows of every case."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, OPTIONS)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    for name, columns, rows in _sheets(document):
        sheet = book.add_worksheet(_sheet_name(name))
        for number, column in enumerate(columns):
            sheet.write_string(0, number, column, bold)
            sheet.set_column(number, number, 24 if number else 18)
        for line, row in enumerate(rows, 1):
            for number, cell in enumerate(row):
                sheet.write_string(line, number, cell[:MAX_CELL], plain)
        sheet.freeze_panes(1, 0)
    book.close()
    return stream.getvalue()


def _sheets(document: Document) -> Iterator[tuple[str, tuple[str, ...], Rows]]:
    yield document.title, ("", ""), [(fact.label, fact.value.text) for fact in document.made]
    facts: Rows = []
    grids: dict[str, tuple[tuple[str, ...], Rows]] = {}
    for case in document.cases:
        facts.append((case.hit_id, "", case.heading.text))
        for section in case.sections:
            for block in section.blocks:
                if isinstance(block, Facts):
                    facts += [(case.hit_id, fact.label, fact.value.text) for fact in block.rows]
                elif isinstance(block, Marked):
                    facts.append((case.hit_id, section.heading, "".join(piece.text for piece in block.pieces)))
                elif isinstance(block, Note):
                    facts.append((case.hit_id, section.heading, block.text))
                elif isinstance(block, Picture):
                    facts.append((case.hit_id, section.heading, block.caption))
                else:
                    _add(grids, case.hit_id, block, document.hit_column)
    yield document.hit_column, (document.hit_column, "", ""), facts
    for name, (columns, rows) in grids.items():
        yield name, columns, rows


def _add(grids: dict[str, tuple[tuple[str, ...], Rows]], hit_id: str, grid: Grid, hit_column: str) -> None:
    _columns, rows = grids.setdefault(grid.sheet, ((hit_column, *grid.columns), []))
    rows += [(hit_id, *(cell.text for cell in row)) for row in grid.rows]


def _sheet_name(text: str) -> str:
    """Return the text as spreadsheets allow it for a sheet."""
    kept = "".join(" " if sign in "[]:*?/\\'" else sign for sign in text)
    return kept[:MAX_SHEET_NAME].strip() or "-"
