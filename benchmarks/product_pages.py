"""How well the shop reader reads real product pages: price, sku and availability against what people read.

python -m benchmarks.product_pages DIR [--half 0|1] [--misses] [--predictions OUT]
"""

import argparse
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from records.lines import listing_to_line
from spiders.errors import ReadingError
from spiders.markets.shop import ShopSpider
from spiders.reading import Answer

FIELDS = ("price", "sku", "availability")
AVAILABILITY = {"in_stock": "InStock", "out_of_stock": "OutOfStock"}
Truth = Mapping[str, list[str] | str]


@dataclass(frozen=True, slots=True)
class Predicted:
    """What the reader says of one page, each value with the place in the page that says it."""

    page: str
    values: Mapping[str, str | None]
    sources: Mapping[str, str | None]


def predict(page: str, url: str, body: bytes) -> Predicted:
    """Return what `markwatch try shop --file` prints for the page; nothing where it lists no single product."""
    values: dict[str, str | None] = dict.fromkeys(FIELDS)
    sources: dict[str, str | None] = dict.fromkeys(FIELDS)
    try:
        listings = ShopSpider.read(Answer(url=url, body=body, fetched_at=datetime.now(UTC))).listings
    except ReadingError:
        listings = ()
    if len(listings) == 1:
        line = listing_to_line(listings[0])
        for name in FIELDS:
            value = line[name]
            values[name] = None if value is None else AVAILABILITY.get(str(value), str(value))
            sources[name] = listings[0].sources.get(name)
    return Predicted(page, values, sources)


def is_right(name: str, value: str, accepted: Iterable[str]) -> bool:
    """Say whether the value is one of the accepted ones; prices are compared as numbers."""
    if name == "price":
        return _number(value) in {_number(one) for one in accepted}
    return value in {one.strip() for one in accepted}


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None


def score(rows: Iterable[tuple[Truth, Predicted]]) -> dict[str, object]:
    """Return precision over pages with a prediction, recall over pages with a ground truth, and their F1."""
    rows = list(rows)
    figures: dict[str, object] = {"pages": len(rows)}
    without_source = stated = 0
    for name in FIELDS:
        right = predicted = known = 0
        for truth, found in rows:
            value, source = found.values[name], found.sources[name]
            stated += value is not None
            without_source += value is not None and not source
            accepted = truth.get(name, [])
            known += bool(accepted)
            if value is not None and source:
                predicted += 1
                right += is_right(name, value, accepted)
        precision, recall = right / max(predicted, 1), right / max(known, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        figures[name] = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
    out = [
        found.values["availability"] == "OutOfStock" for truth, found in rows if "OutOfStock" in truth["availability"]
    ]
    figures["out_of_stock_recall"] = round(sum(out) / max(len(out), 1), 4)
    figures["default_rate"] = round(without_source / max(stated, 1), 4)
    return figures


def half_of(page: str) -> int:
    """Return the half that a page belongs to, by the hash of its name: rules are written looking at half 0 only."""
    return int(hashlib.sha256(page.encode()).hexdigest(), 16) % 2


def main(arguments: list[str] | None = None) -> None:
    """Print the table and, last, one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.product_pages", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="holds ground-truth.json and html/PAGE.html.gz")
    parser.add_argument("--half", type=int, choices=(0, 1), help="only the pages of one half")
    parser.add_argument("--misses", action="store_true", help="print the values that are wrong or missing")
    parser.add_argument(
        "--predictions", type=Path, help="write page, price, sku, availability and sources of each page"
    )
    options = parser.parse_args(arguments)
    truths = json.loads((options.folder / "ground-truth.json").read_text(encoding="utf-8"))
    rows: list[tuple[Truth, Predicted]] = []
    for page, truth in truths.items():
        if options.half in {None, half_of(page)}:
            body = gzip.decompress((options.folder / "html" / f"{page}.html.gz").read_bytes())
            rows.append((truth, predict(page, truth["url"], body)))
    if options.predictions:
        with options.predictions.open("w", encoding="utf-8") as out:
            out.writelines(_line(found) for _, found in rows)
    if options.misses:
        for miss in _misses(rows):
            print(miss)
    figures = score(rows)
    tables = {"": figures}
    if options.half is None:
        for half in (0, 1):
            tables[f" (half {half})"] = score([row for row in rows if half_of(row[1].page) == half])
    print(f"{'':<22}{'precision':>10}{'recall':>10}{'f1':>10}")
    for label, table in tables.items():
        for name in FIELDS:
            values = table[name]
            assert isinstance(values, dict)  # noqa: S101 - made so by score
            print(f"{name + label:<22}" + "".join(f"{values[key]:>10}" for key in ("precision", "recall", "f1")))
    print(json.dumps(figures))


def _line(found: Predicted) -> str:
    sources = {f"{name}_source": source for name, source in found.sources.items()}
    return json.dumps({"page": found.page, **found.values, **sources}, ensure_ascii=False) + "\n"


def _misses(rows: Iterable[tuple[Truth, Predicted]]) -> Iterator[str]:
    for truth, found in rows:
        for name in FIELDS:
            value, accepted = found.values[name], truth.get(name, [])
            if (value is not None or accepted) and not (value and is_right(name, value, accepted)):
                yield f"{found.page[:6]} {name}: {value!r} ({found.sources[name]}), accepted {accepted}"


if __name__ == "__main__":
    main()
