"""How well two Vietnamese offers are judged same, variant or different, against labels.

python -m benchmarks.product_pairs FILE [--model MODEL] [--learn OWN] [--predictions OUT]

FILE holds JSON lines with key, a and b (title, price, market, brand, category), label, sure. The rules alone are
judged, then rules and the trained product model together (by default the one in the user's data directory, see
benchmarks.product_model); with --learn, trees learned from other labelled pairs on top of the rules as well.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from benchmarks.brand_pairs import f1_of
from crawler.config import Settings
from crawler.product_models import product_model
from matchers.price.boosted_trees import BoostedTrees, Growth, grow
from matchers.price.learned_match import LearnedMatch
from matchers.price.offer_relation import RELATIONS, Judged, facets_of, judge_pair
from matchers.price.offer_text import OfferText
from matchers.price.offer_weights import WEIGHTS
from matchers.price.price_text import read_price

LEAST_SURE = 2
# Few labels: shallow trees that correct the rules rather than replace them.
GROWTH = Growth(
    trees=100, depth=3, rate=0.06, feature_share=0.4, row_share=0.7, least_weight=2.0, smoothing=4.0, bins=16
)
Row = Mapping[str, object]
SAFE = 0.95
MODEL_SHARE = 0.2


def offer_of(values: object) -> OfferText:
    """Return one side of a labelled pair."""
    if not isinstance(values, dict):
        raise TypeError(f"not an offer: {values!r}")
    reading = read_price(str(values.get("price") or ""), "VND")
    low: Decimal | None = reading.price.amount if reading.price else None
    high = reading.price_max.amount if reading.price_max else low
    category = values.get("category") or ()
    categories = (category,) if isinstance(category, str) else tuple(map(str, category))
    return OfferText(str(values["title"]), categories, low, high)


def score(rows: Sequence[Row], answers: Sequence[str], margins: Sequence[float]) -> dict[str, object]:
    """Return the figures: `same` as precision, recall, F1, the three-way accuracy, and the recall at safe precision."""
    labels = [str(row["label"]) for row in rows]
    hit = sum(label == answer == "same" for label, answer in zip(labels, answers, strict=True))
    same = f1_of(hit, answers.count("same") - hit, labels.count("same") - hit)
    right = sum(label == answer for label, answer in zip(labels, answers, strict=True))
    safe, found = 0.0, 0
    ranked = sorted(zip(margins, labels, strict=True), reverse=True)
    for place, (_, label) in enumerate(ranked, 1):
        found += label == "same"
        if found / place >= SAFE:
            safe = found / max(labels.count("same"), 1)
    return {
        "rows": len(rows),
        "same": same,
        "accuracy": round(right / max(len(rows), 1), 4),
        f"recall_at_precision_{SAFE}": round(safe, 4),
    }


def features(row: Row) -> list[float]:
    """Return the facets of a pair and what the rules make of them."""
    facets = facets_of(offer_of(row["a"]), offer_of(row["b"]))
    totals = [sum(WEIGHTS[name][place] * value for name, value in facets.items()) for place in range(len(RELATIONS))]
    return [*map(float, facets.values()), *totals]


def learn(rows: Sequence[Row]) -> tuple[BoostedTrees, ...]:
    """Return one set of trees per answer."""
    table = [features(row) for row in rows]
    return tuple(grow(table, [row["label"] == relation for row in rows], 0, GROWTH) for relation in RELATIONS)


def with_model(judged: Judged, row: Row, model: LearnedMatch) -> Judged:
    """Return what rules and model make of a pair together: the model moves the margin of `same` a little."""
    left, right = (offer_of(row[side]).text for side in "ab")
    margin = judged.margin + MODEL_SHARE * model.score(left, right)
    if margin > 0:
        return replace(judged, relation="same", margin=margin)
    return replace(judged, relation="variant" if judged.relation == "same" else judged.relation, margin=margin)


def main(arguments: list[str] | None = None) -> None:
    """Print the table and, last, one line of JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.product_pairs",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--model", type=Path, default=Settings().product_model_file, help="trained product model")
    parser.add_argument("--learn", type=Path, help="other labelled pairs to learn from, judged beside the rules")
    parser.add_argument("--predictions", type=Path, help="write key, label, margin of each pair")
    options = parser.parse_args(arguments)
    every = _read(options.file)
    judged = [judge_pair(offer_of(row["a"]), offer_of(row["b"])) for row in every]
    if options.predictions:
        with options.predictions.open("w", encoding="utf-8") as out:
            for row, one in zip(every, judged, strict=True):
                out.write(json.dumps({"key": row["key"], "label": one.relation, "margin": round(one.margin, 4)}) + "\n")
    sure = [place for place, row in enumerate(every) if int(str(row["sure"])) >= LEAST_SURE]
    rows = [every[place] for place in sure]
    figures = score(rows, [judged[place].relation for place in sure], [judged[place].margin for place in sure])
    print(f"rules: {figures}")
    model = product_model(options.model)
    if model is None:
        print(f"no product model at {options.model}: train one with make eval")
    else:
        both = [with_model(one, row, model) for one, row in zip((judged[place] for place in sure), rows, strict=True)]
        beside = score(rows, [one.relation for one in both], [one.margin for one in both])
        print(f"rules and model: {beside}")
        figures["with_model"] = beside
    if options.learn:
        trees = learn([row for row in _read(options.learn) if int(str(row["sure"])) >= LEAST_SURE])
        totals = [[tree.score(features(row)) for tree in trees] for row in rows]
        answers = [RELATIONS[max(range(3), key=total.__getitem__)] for total in totals]
        learned = score(rows, answers, [total[0] - max(total[1:]) for total in totals])
        print(f"learned: {learned}")
        figures["learned"] = learned
    print(json.dumps(figures))


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


if __name__ == "__main__":
    main()
