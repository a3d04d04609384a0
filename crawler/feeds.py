"""Feed exporters that print the published listing format: JSON Lines, JSON and CSV."""

from collections.abc import Iterable
from typing import Any

from scrapy.exporters import CsvItemExporter, JsonItemExporter, JsonLinesItemExporter

from records.lines import listing_to_line
from records.listing import Listing

# A spreadsheet takes a cell that begins with one of these for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")

FEED_EXPORTERS: dict[str, str | None] = {
    "jsonl": "crawler.feeds.ListingLines",
    "jsonlines": "crawler.feeds.ListingLines",
    "jl": "crawler.feeds.ListingLines",
    "json": "crawler.feeds.ListingArray",
    "csv": "crawler.feeds.ListingTable",
    "xml": None,
    "marshal": None,
    "pickle": None,
}


def _line(item: Any) -> dict[str, object]:
    if not isinstance(item, Listing):
        raise TypeError(f"not a listing: {type(item).__name__}")
    return listing_to_line(item)


class ListingLines(JsonLinesItemExporter):
    """One listing per line."""

    def get_serialized_fields(
        self,
        item: Any,
        default_value: Any = None,  # noqa: ARG002 - Scrapy's signature
        include_empty: bool | None = None,  # noqa: ARG002 - as above
    ) -> Iterable[tuple[str, Any]]:
        """Return the fields of the listing format."""
        return _line(item).items()


class ListingArray(JsonItemExporter):
    """One array of listings."""

    def get_serialized_fields(
        self,
        item: Any,
        default_value: Any = None,  # noqa: ARG002 - Scrapy's signature
        include_empty: bool | None = None,  # noqa: ARG002 - as above
    ) -> Iterable[tuple[str, Any]]:
        """Return the fields of the listing format."""
        return _line(item).items()


class ListingTable(CsvItemExporter):
    """A table with a header; lists with | between, and no cell that a spreadsheet would run."""

    def export_item(self, item: Any) -> None:
        """Write one row, the header before the first."""
        line = _line(item)
        if self._headers_not_written:
            self._headers_not_written = False
            self.csv_writer.writerow(line)
        self.csv_writer.writerow([_cell(value) for value in line.values()])


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = "|".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
