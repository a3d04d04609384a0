"""Whatever an answer holds: a reading or a ReadingError, never another exception."""

import copy
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spiders.errors import ReadingError
from tests.realdata import PROJECT
from tests.spiders.answers import SAMPLES, read

DOCUMENTED = PROJECT / "samples" / "documented"
# One answer of each kind is enough: error bodies and second pages hold nothing that the first ones do not.
PLACES = [
    *SAMPLES.rglob("*.*"),
    *DOCUMENTED.rglob("*-1.json"),
    *DOCUMENTED.rglob("item*.*"),
    *DOCUMENTED.rglob("*.html"),
]
FILES = sorted(path for path in PLACES if path.suffix in {".json", ".jsonl", ".html", ".xml"})
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**53 + 1, 2**80, 1e308, -0.5, "", " ", "0", "NaN", "1e999999", "١٢٣", "\x00", "\u202e",
    "a" * 3_000, [], {}, [[]], [None], {"@type": "Product"}, {"a": {"b": []}}, "https://[", "javascript:x", "//[::1",
)  # fmt: skip
SETTINGS = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def markets_of(path: Path) -> tuple[str, ...]:
    """Return the markets that read the file: its own; the first three markets' files are read by all three."""
    first = ("tiki_vn", "shopee_vn", "shop")
    return first if path.parent.name in first else (path.parent.name,)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return (container, key) of every value in a JSON document."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        container = waiting.pop()
        keys: list[Any] = list(container) if isinstance(container, dict) else list(range(len(container)))
        for key in keys:
            found.append((container, key))
            if isinstance(container[key], dict | list):
                waiting.append(container[key])
    return found


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".json"], ids=lambda path: path.name)
@SETTINGS
@given(data=st.data())
def test_any_value_in_any_place_gives_a_reading_or_a_reading_error(path: Any, data: st.DataObject) -> None:
    document = json.loads(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        spots = places(document)
        container, key = spots[data.draw(st.integers(0, len(spots) - 1))]
        # A copy each time: an odd object put into itself would be a document without end.
        container[key] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
    for market in markets_of(path):
        with suppress(ReadingError):
            read(market, json.dumps(document))


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@SETTINGS
@given(data=st.data())
def test_any_damage_to_the_bytes_gives_a_reading_or_a_reading_error(path: Any, data: st.DataObject) -> None:
    body = bytearray(path.read_bytes())
    start = data.draw(st.integers(0, len(body)))
    length = data.draw(st.integers(0, 40))
    body[start : start + length] = data.draw(st.binary(max_size=20))
    for market in markets_of(path):
        with suppress(ReadingError):
            read(market, bytes(body))


NAMES = (
    "@type", "@graph", "name", "url", "offers", "price", "priceCurrency", "lowPrice", "availability", "image",
    "priceSpecification", "aggregateRating", "ratingValue", "bestRating", "brand", "seller", "itemListElement",
)  # fmt: skip
LEAVES = st.sampled_from((*ODD, "Product", "BreadcrumbList", "USD", "12"))
JSON_LD = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=12,
)


@SETTINGS
@given(value=JSON_LD)
def test_any_json_ld_gives_a_reading_or_a_reading_error(value: Any) -> None:
    node = {"@type": "Product", "name": "Cup", **(value if isinstance(value, dict) else {"offers": value})}
    page = f'<html><script type="application/ld+json">{json.dumps(node)}</script></html>'
    for market in ("shop", "shopee_vn"):
        with suppress(ReadingError):
            read(market, page, "https://shop.example/cup-i.1.2")
