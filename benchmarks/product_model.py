"""Trains the product model that the matcher asks where its rules are unsure, from labelled pairs of public benchmarks.

python -m benchmarks.product_model DIR [--out FILE]

DIR holds folders with train.txt and valid.txt (as in benchmarks.product_matching). Titles alone are learned from: a
market title and a product list have nothing else in common. The edge keeps a precision of 0.9 on the valid parts. The
model is trained again on all pairs and written to FILE (by default product_model.json in the user's data directory,
from where `markwatch match`, `rematch` and every crawl take it).
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.product_matching import Part, measure, read_part
from crawler.config import Settings
from matchers.price.product_model import Candidates, train
from matchers.price.product_words import ProductText

SAFE = 0.9
"""A wrong product is worse than a missed one: the edge keeps this precision on the valid parts."""


def titles_of(parts: list[Part]) -> Part:
    """Return the pairs of several parts, each text reduced to its title."""
    bare: dict[ProductText, ProductText] = {}

    def title(text: ProductText) -> ProductText:
        return bare.setdefault(text, ProductText.cleaned(title=text.title))

    return Part(
        tuple((title(left), title(right)) for part in parts for left, right in part.pairs),
        tuple(label for part in parts for label in part.same),
    )


def safe_threshold(scores: Sequence[float], same: Sequence[bool]) -> float:
    """Return the lowest edge from which on nine in ten are the same product; above all scores where there is none."""
    safe, hit = max(scores, default=0.0) + 1.0, 0
    for place, (score, label) in enumerate(sorted(zip(scores, same, strict=True), reverse=True), 1):
        hit += label
        if hit >= SAFE * place:
            safe = score
    return safe


def main(arguments: list[str] | None = None) -> None:
    """Print the figures and, last, one line of JSON; write the model."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.product_model",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("dir", type=Path)
    parser.add_argument("--out", type=Path, default=Settings().product_model_file)
    options = parser.parse_args(arguments)
    folders = sorted(path.parent for path in options.dir.glob("*/train.txt"))
    if not folders:
        print(f"no folder with train.txt in {options.dir}", file=sys.stderr)
        raise SystemExit(2)
    learn = titles_of([read_part(folder / "train.txt") for folder in folders])
    tune = titles_of([read_part(folder / "valid.txt") for folder in folders])
    tuned = train(learn.pairs, learn.same, 0)
    known = Candidates(tuned.rarity)
    scores = [tuned.score_alone(known.prepared(left), known.prepared(right)) for left, right in tune.pairs]
    threshold = safe_threshold(scores, tune.same)
    figures = measure(scores, tune.same, threshold)
    model = train((*learn.pairs, *tune.pairs), (*learn.same, *tune.same), 0).with_threshold(threshold)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    part = options.out.with_name(options.out.name + ".part")
    part.write_text(json.dumps(model.as_dict()), encoding="utf-8")
    part.replace(options.out)
    print(f"titles alone, valid parts: {figures}; written to {options.out}")
    print(json.dumps({**figures, "pairs": len(learn.pairs) + len(tune.pairs), "threshold": round(threshold, 4)}))


if __name__ == "__main__":
    main()
