"""How well titles are read against labels: does it name the mark, how is it spelt, what does it do, is it an imitation.

python -m benchmarks.brand_pairs PAIRS MARKS [--predictions OUT]
"""

import argparse
import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from matchers.match import Matcher
from records.hit import QUEUE_TIERS, Hit
from records.lines import hit_to_line, mark_from_row
from records.listing import Listing
from records.watchlist import Mark, WatchList

NAMED = frozenset({"brand", "theme", "compatible"})
# The three classes of the relation accuracy.
CLASSES = {"brand": "brand or theme", "theme": "brand or theme", "compatible": "compatible"}
LEAST_SURE = 2
MEASURES = ("name", "alt", "flag")


def read_marks(path: Path) -> tuple[Mark, ...]:
    """Return the marks of a CSV or JSON Lines file."""
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            return tuple(mark_from_row(row) for row in csv.DictReader(file))
        return tuple(mark_from_row(json.loads(line)) for line in file if line.strip())


def listing_of(row: Mapping[str, object]) -> Listing:
    """Return the listing of one labelled row; its key is the listing id."""
    brand, category = row.get("brand"), row.get("category")
    return Listing(
        market=str(row.get("market") or "labelled"),
        listing_id=str(row["key"]),
        title=str(row["title"]),
        brand=None if brand is None else str(brand),
        category=() if category is None else (str(category),),
    )


def score(rows: Iterable[Mapping[str, object]], hits: Mapping[tuple[str, str], Hit]) -> dict[str, object]:
    """Return the figures of the published measures over the rows that are sure enough."""
    counts: Counter[tuple[str, bool, bool]] = Counter()
    pairs = right = judged = 0
    for row in rows:
        pairs += 1
        hit = hits.get((str(row["key"]), str(row["mark_id"])))
        relation = "none" if hit is None else hit.relation
        label = str(row["relation"])
        named, ours = label in NAMED, relation in NAMED
        counts["name", named, ours] += 1
        altered = hit is not None and ours and hit.spelling == "altered"
        counts["alt", named and row["spelling"] == "altered", altered] += 1
        counts["flag", row["intent"] == "imitation", hit is not None and hit.tier in QUEUE_TIERS] += 1
        if label != "none":
            judged += 1
            right += CLASSES.get(label, "homonym") == CLASSES.get(relation, "homonym")
    figures: dict[str, object] = {"pairs": pairs}
    for measure in MEASURES:
        figures[measure] = f1_of(
            counts[measure, True, True], counts[measure, False, True], counts[measure, True, False]
        )
    figures["relation_accuracy"] = round(right / judged, 4) if judged else 0.0
    return figures


def f1_of(hit: int, false: int, missed: int) -> dict[str, float]:
    """Return precision, recall and F1 of three counts."""
    precision = hit / (hit + false) if hit + false else 0.0
    recall = hit / (hit + missed) if hit + missed else 0.0
    both = precision + recall
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * precision * recall / both, 4) if both else 0.0,
    }


def main(arguments: list[str] | None = None) -> None:
    """Print the table and, last, one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.brand_pairs", description=__doc__)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("marks", type=Path)
    parser.add_argument("--predictions", type=Path, help="write one hit line per (listing, mark) found")
    options = parser.parse_args(arguments)
    with options.pairs.open(encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if row["sure"] >= LEAST_SURE]
    matcher = Matcher(WatchList(marks=read_marks(options.marks), as_of=date(2026, 1, 1)))
    listings = {str(row["key"]): listing_of(row) for row in rows}
    found = [hit for hits in matcher.match_many(listings.values(), everything=True) for hit in hits]
    if options.predictions:
        with options.predictions.open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(hit_to_line(hit), ensure_ascii=False) + "\n" for hit in found)
    figures = score(rows, {(hit.listing.listing_id, hit.mark_id): hit for hit in found})
    print(f"{'measure':<10}{'precision':>10}{'recall':>10}{'F1':>10}")
    for measure in MEASURES:
        row = figures[measure]
        if isinstance(row, dict):
            print(f"{measure:<10}{row['precision']:>10.4f}{row['recall']:>10.4f}{row['f1']:>10.4f}")
    print(f"relation accuracy {figures['relation_accuracy']} over {figures['pairs']} pairs")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
