import dataclasses
import re
from typing import get_type_hints

import pytest

from records import decision, hit, listing, log, money, offers, prices, run, schedule, watchlist
from tests.realdata import PROJECT

RECORDS = [
    value
    for module in (money, listing, watchlist, hit, decision, run, prices, offers, schedule, log)
    for value in vars(module).values()
    if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == module.__name__
]


PAGES = ("records.md", "price-records.md", "schedule-records.md")


def documented() -> dict[str, str]:
    """Return the text below each heading of the pages on records by the heading's record."""
    texts = [(PROJECT / "docs" / page).read_text(encoding="utf-8") for page in PAGES]
    found: dict[str, str] = {}
    for text in texts:
        parts = re.split(r"^## `(\w+)`.*$", text, flags=re.MULTILINE)
        found |= dict(zip(parts[1::2], parts[2::2], strict=True))
    return found


def test_every_record_is_found() -> None:
    assert {record.__name__ for record in RECORDS} >= {"Money", "Listing", "WatchList", "Hit", "Decision", "Run"}


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_the_page_on_records_names_every_field_and_no_other(record: type) -> None:
    named = re.findall(r"^- `(\w+)`: ", documented()[record.__name__], flags=re.MULTILINE)
    assert named == list(get_type_hints(record))


def test_the_page_on_records_describes_no_record_that_is_gone() -> None:
    assert set(documented()) == {record.__name__ for record in RECORDS}


def test_the_page_on_records_is_no_longer_than_a_page() -> None:
    for page in PAGES:
        assert len((PROJECT / "docs" / page).read_text(encoding="utf-8").splitlines()) <= 150
