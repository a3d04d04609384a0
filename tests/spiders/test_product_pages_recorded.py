"""Real web-shop pages read by people: how many values the shop reader gets right, each with its source."""

import gzip
import json

import pytest

from benchmarks.product_pages import FIELDS, Predicted, Truth, half_of, predict, score
from tests.realdata import data_path

# F1 that must be kept on all pages, and on each half of them: rules were written looking at half 0 only.
BARS = {"price": 0.85, "sku": 0.75, "availability": 0.94}
HALF_BARS = {"price": 0.85, "sku": 0.75, "availability": 0.92}


@pytest.fixture(scope="module")
def rows() -> list[tuple[Truth, Predicted]]:
    truths = json.loads(data_path("product_pages", "ground-truth.json").read_text())
    found = []
    for page, truth in truths.items():
        body = gzip.decompress(data_path("product_pages", "html", f"{page}.html.gz").read_bytes())
        found.append((truth, predict(page, truth["url"], body)))
    return found


def f1(figures: dict[str, object], name: str) -> float:
    values = figures[name]
    assert isinstance(values, dict)
    return float(values["f1"])


@pytest.mark.slow
@pytest.mark.real
def test_values_of_real_product_pages_are_read(rows: list[tuple[Truth, Predicted]]) -> None:
    figures = score(rows)
    assert figures["pages"] == 69
    for name in FIELDS:
        assert f1(figures, name) >= BARS[name], name
    assert figures["out_of_stock_recall"] == 1.0


@pytest.mark.slow
@pytest.mark.real
def test_pages_that_no_rule_was_written_for_are_read_as_well(rows: list[tuple[Truth, Predicted]]) -> None:
    for half in (0, 1):
        figures = score([row for row in rows if half_of(row[1].page) == half])
        for name in FIELDS:
            assert f1(figures, name) >= HALF_BARS[name], (half, name)


@pytest.mark.slow
@pytest.mark.real
def test_no_value_stands_without_its_source(rows: list[tuple[Truth, Predicted]]) -> None:
    for _, found in rows:
        for name in FIELDS:
            assert (found.values[name] is None) == (found.sources[name] is None), (found.page, name)
