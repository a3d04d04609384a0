"""No cell of an export runs as a formula, and what a page printed can be had back."""

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from review.export import COLUMNS, FORMULA_STARTS, csv_cell, csv_text, write_csv, write_xlsx

HOSTILE = ["=1+1", "+84 90", "-62 %", "@SUM(A1)", "\tx", "\rx", "\n=1", "＝1", "'=1", "''", "plain", "", "a,b\"c'\nd"]
TITLE = COLUMNS.index("title")


@pytest.mark.parametrize("title", HOSTILE)
def test_a_csv_cell_never_begins_as_a_formula_and_gives_its_text_back(title: str) -> None:
    stream = io.BytesIO()
    assert write_csv([{"title": title}], stream) == 1
    header, row = csv.reader(io.StringIO(stream.getvalue().decode("utf-8-sig"), newline=""))
    assert tuple(header) == COLUMNS
    assert not row[TITLE].startswith(FORMULA_STARTS)
    assert csv_text(row[TITLE]) == title


@given(st.text(max_size=40))
def test_any_text_comes_back_from_its_csv_cell(text: str) -> None:
    assert csv_text(csv_cell(text)) == text
    assert not csv_cell(text).startswith(FORMULA_STARTS)


def test_an_xlsx_holds_every_row_as_text_without_a_formula_or_a_link() -> None:
    stream = io.BytesIO()
    titles = [title for title in HOSTILE if title.strip() == title and title] + ["https://shop.example/", "007"]
    assert write_xlsx(({"title": title, "score": 0.85} for title in titles), stream) == len(titles)
    with zipfile.ZipFile(io.BytesIO(stream.getvalue())) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet
    rows = CalamineWorkbook.from_filelike(io.BytesIO(stream.getvalue())).get_sheet_by_index(0).to_python()
    assert [row[TITLE] for row in rows[1:]] == titles


def test_an_export_of_nothing_has_a_header_and_counts_nothing() -> None:
    for write in (write_csv, write_xlsx):
        stream = io.BytesIO()
        assert write([], stream) == 0
        assert stream.getvalue()
