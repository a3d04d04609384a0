"""How well the learned product matcher tells the same product on a public benchmark.

python -m benchmarks.product_matching DIR [--seeds N] [--predictions OUT]

DIR holds train.txt, valid.txt, test.txt (COL name VAL value ..., tab, the other record, tab, 1 or 0). Trains on
train, tunes the edge on valid, trains again on both, prints F1 on test: the mean over the seeds. Without test.txt the
edge is tuned on a fifth of train and valid is the test.
"""

import argparse
import json
import math
import re
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.brand_pairs import f1_of
from matchers.price.product_model import Candidates, Pair, ProductModel, best_threshold, train
from matchers.price.product_words import ProductText

FIELD = re.compile(r"(?:^|\s)COL\s+(\S+)\s+VAL(?=\s|$)")
# Names of the same field in different sets.
NAMES = {"name": "title", "manufacturer": "brand", "modelno": "number"}


@dataclass(frozen=True)
class Part:
    """Labelled pairs of one file."""

    pairs: tuple[Pair, ...]
    same: tuple[bool, ...]

    def every(self, step: int, *, kept: bool) -> "Part":
        """Return the pairs at every such place, or all others."""
        places = [place for place in range(len(self.pairs)) if (place % step == 0) == kept]
        return Part(tuple(self.pairs[place] for place in places), tuple(self.same[place] for place in places))


@cache
def read_record(text: str) -> ProductText:
    """Return one record of the benchmark format."""
    found = list(FIELD.finditer(text))
    ends = [one.start() for one in found[1:]] + [len(text)]
    values = {NAMES.get(one[1], one[1]): text[one.end() : end].strip() for one, end in zip(found, ends, strict=True)}
    digits = re.search(r"\d+(?:\.\d+)?", values.get("price", "").replace(",", ""))
    amount = float(digits.group()) if digits else 0.0  # a feature of the learner, never a price that is stored or shown
    return ProductText.cleaned(
        title=values.get("title", ""),
        brand=values.get("brand", ""),
        number=values.get("number", ""),
        category=values.get("category", ""),
        description=values.get("description", ""),
        log_price=math.log(amount) if amount else None,
    )


def read_part(path: Path) -> Part:
    """Return the pairs of one file."""
    rows = [line.rstrip("\n").split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return Part(
        tuple((read_record(row[0]), read_record(row[1])) for row in rows), tuple(row[2].strip() == "1" for row in rows)
    )


def timed_scores(model: ProductModel, pairs: Sequence[Pair], known: Candidates) -> tuple[list[float], float]:
    """Return the score of every pair and the CPU seconds from the bare texts on: preparing, rivals, features, trees."""
    started = time.process_time()
    fresh = known.beside(pairs)
    scores = [model.score(pair, fresh) for pair in pairs]
    return scores, time.process_time() - started


def measure(scores: Sequence[float], same: Sequence[bool], threshold: float) -> dict[str, float]:
    """Return precision, recall and F1 at an edge."""
    hit = sum(label for score, label in zip(scores, same, strict=True) if score >= threshold)
    found = sum(score >= threshold for score in scores)
    return f1_of(hit, found - hit, sum(same) - hit)


def main(arguments: list[str] | None = None) -> None:
    """Print the table and, last, one line of JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.product_matching",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("dir", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--predictions", type=Path, help="write row, score, same of each test pair (first seed)")
    options = parser.parse_args(arguments)
    learn, tune = read_part(options.dir / "train.txt"), read_part(options.dir / "valid.txt")
    if (options.dir / "test.txt").exists():
        test, tested_on = read_part(options.dir / "test.txt"), "test"
    else:
        print("no test.txt: tuning on a fifth of train, testing on valid", file=sys.stderr)
        test, tested_on = tune, "valid"
        learn, tune = learn.every(5, kept=False), learn.every(5, kept=True)
    known = Candidates.of((*learn.pairs, *tune.pairs))
    candidates = known.beside((*learn.pairs, *tune.pairs, *test.pairs))
    results = []
    speeds = []
    for seed in range(options.seeds):
        tuned = train(learn.pairs, learn.same, seed, candidates)
        threshold = best_threshold([tuned.score(pair, candidates) for pair in tune.pairs], tune.same)
        # The edge stands; the pairs it was found on may teach as well.
        model = train((*learn.pairs, *tune.pairs), (*learn.same, *tune.same), seed, candidates)
        model = model.with_threshold(threshold)
        scores, seconds = timed_scores(model, test.pairs, known)
        speeds.append(len(scores) / seconds)
        results.append(measure(scores, test.same, model.threshold))
        figure = results[-1]
        print(f"seed {seed}: precision {figure['precision']:.4f} recall {figure['recall']:.4f} F1 {figure['f1']:.4f}")
        if options.predictions and seed == 0:
            with options.predictions.open("w", encoding="utf-8") as out:
                for row, score in enumerate(scores):
                    out.write(
                        json.dumps({"row": row, "score": round(score, 4), "same": score >= model.threshold}) + "\n"
                    )
    figures: dict[str, object] = {
        name: round(statistics.fmean(result[name] for result in results), 4) for name in ("f1", "precision", "recall")
    }
    figures["f1_spread"] = round(statistics.pstdev(result["f1"] for result in results), 4)
    figures |= {
        "pairs_per_cpu_second": round(statistics.median(speeds)),
        "tested_on": tested_on,
        "rows": len(test.pairs),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
