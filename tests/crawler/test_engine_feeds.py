import csv
import io
import json
from decimal import Decimal

import pytest

from crawler.feeds import FORMULA_SIGNS, ListingArray, ListingLines, ListingTable
from records.lines import listing_from_line, listing_to_line
from records.listing import Listing, Offer
from records.money import Money


def listing(title: str = "Áo mưa", **changes: object) -> Listing:
    price = Money(amount=Decimal(45_000), currency="VND", raw="45.000 ₫")
    values = {"market": "tiki_vn", "listing_id": "1", "title": title, "offer": Offer(price=price), "currency": "VND"}
    return Listing(**values | changes)  # type: ignore[arg-type]


def test_json_lines_are_the_listing_format_and_read_back_as_the_listing() -> None:
    file = io.BytesIO()
    exporter = ListingLines(file, encoding="utf-8")
    exporter.export_item(listing())
    row = json.loads(file.getvalue())
    assert row == listing_to_line(listing())
    assert "Áo mưa".encode() in file.getvalue()
    assert listing_from_line(row).title == "Áo mưa"


def test_a_json_array_holds_every_listing() -> None:
    file = io.BytesIO()
    exporter = ListingArray(file, encoding="utf-8")
    exporter.start_exporting()
    exporter.export_item(listing(listing_id="1"))
    exporter.export_item(listing(listing_id="2"))
    exporter.finish_exporting()
    assert [row["listing_id"] for row in json.loads(file.getvalue())] == ["1", "2"]


@pytest.mark.parametrize("sign", FORMULA_SIGNS)
def test_no_csv_cell_is_a_formula(sign: str) -> None:
    file = io.BytesIO()
    exporter = ListingTable(file)
    exporter.export_item(listing(title=f"{sign}cmd|'/c calc'!A1", category=("a", "b"), images=("https://i.example/1",)))
    (row,) = csv.DictReader(io.StringIO(file.getvalue().decode(), newline=""))
    exporter.finish_exporting()
    assert row["title"] == f"'{sign}cmd|'/c calc'!A1"
    assert row["category"] == "a|b"
    assert row["price"] == "45000"
    assert row["seller_id"] == ""


def test_what_is_no_listing_is_refused() -> None:
    with pytest.raises(TypeError):
        ListingLines(io.BytesIO(), encoding="utf-8").export_item({"title": "x"})
