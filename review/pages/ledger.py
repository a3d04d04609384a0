"""The precision ledger: for each rule, brand and marketplace what was flagged and what people found."""

import io
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from review.console import console_of, render
from review.errors import Absent
from review.export import LEDGER_COLUMNS, write_csv, write_xlsx
from review.ledger_rows import TARGET, export_row, ledger_rows, place
from review.sessions import allowed
from storage.hits import load_choices
from storage.ledger import Part, load_ledger

router = APIRouter(include_in_schema=False, dependencies=[Depends(allowed("read"))])

WRITERS = {
    "csv": (write_csv, "text/csv"),
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
Text = Annotated[str | None, Query(max_length=200)]


def parts_of(by: str) -> tuple[Part, ...]:
    """Return what the rows are told apart by besides the signal."""
    parts: dict[str, tuple[Part, ...]] = {"signal": (), "brand": ("brand",), "market": ("market",)}
    return parts.get(by, ("brand", "market"))


@router.get("/ledger")
def show_ledger(request: Request, by: str = "all", brand: Text = None, market: Text = None) -> Response:
    """Show the ledger, told apart or summed up, with the interval of every share."""
    with console_of(request).database.read() as session:
        rows = ledger_rows(load_ledger(session, parts_of(by), brand=brand or None, market=market or None))
        choices = load_choices(session)
    return render(
        request, "ledger.html",
        rows=rows, by=by if by in {"signal", "brand", "market"} else "all", brand=brand, market=market,
        choices=choices, target=place(TARGET), target_share=TARGET,
    )  # fmt: skip


@router.get("/ledger/export/{kind}")
def export_ledger(request: Request, kind: str, brand: Text = None, market: Text = None) -> Response:
    """Send the whole ledger, by rule, brand and marketplace, as CSV or XLSX."""
    if kind not in WRITERS:
        raise Absent
    write, media_type = WRITERS[kind]
    with console_of(request).database.read() as session:
        rows = load_ledger(session, brand=brand or None, market=market or None)
    stream = io.BytesIO()
    write((export_row(row) for row in rows), stream, LEDGER_COLUMNS)
    name = f'attachment; filename="precision-ledger.{kind}"'
    return Response(stream.getvalue(), media_type=media_type, headers={"Content-Disposition": name})
