"""A learned answer to "are these two texts the same product?": trained from labelled pairs, judged by one score."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matchers.price.boosted_trees import BoostedTrees, Growth, Tree, grow
from matchers.price.product_features import closeness_of, features_of, odds_of
from matchers.price.product_words import Prepared, ProductText, Rarity

Pair = tuple[ProductText, ProductText]
# Words are weighed on other pairs than those that learn from their weight, in this many parts.
PARTS = 5
# Pairs in which a word must differ before its odds are believed.
FEWEST_PAIRS = 2
# A loss of F1 that is chance rather than a worse edge.
NEARLY = 0.004
# How much the edge found counts against the expected one.
FOUND_SHARE = 1 / 3


class Candidates:
    """Pairs up for judgement, unlabelled: how rare their words are, and which other texts each text could be."""

    def __init__(self, rarity: Rarity) -> None:
        self.rarity = rarity
        self._prepared: dict[ProductText, Prepared] = {}
        self._features: dict[Pair, list[float]] = {}
        self._rivals: dict[ProductText, dict[ProductText, float]] = {}

    @classmethod
    def of(cls, pairs: Sequence[Pair]) -> "Candidates":
        """Return the candidates of these pairs, their words counted."""
        candidates = cls(Rarity.counted(dict.fromkeys(text for pair in pairs for text in pair)))
        candidates.add(pairs)
        return candidates

    def add(self, pairs: Iterable[Pair]) -> None:
        """Take in more pairs, so that each text knows its rivals."""
        for left, right in pairs:
            if (left, right) not in self._features:
                found = features_of(self.prepared(left), self.prepared(right))
                self._features[left, right] = found
                closeness = closeness_of(found)
                self._rivals.setdefault(left, {})[right] = closeness
                self._rivals.setdefault(right, {})[left] = closeness

    def beside(self, pairs: Iterable[Pair]) -> "Candidates":
        """Return new candidates that know the rivals of these as well; nothing is worked out in advance."""
        both = Candidates(self.rarity)
        both._rivals = {text: dict(near) for text, near in self._rivals.items()}
        both.add(pairs)
        return both

    def prepared(self, text: ProductText) -> Prepared:
        """Return a text ready for comparison; each is prepared once."""
        ready = self._prepared.get(text)
        if ready is None:
            ready = self._prepared[text] = Prepared(text, self.rarity)
        return ready

    def features(self, pair: Pair, odds: Mapping[str, float]) -> list[float]:
        """Return the features of a pair that was added, and how it stands beside the other candidates of both texts."""
        left, right = pair
        found = [*self._features[pair], *odds_of(self.prepared(left), self.prepared(right), odds)]
        closeness = self._rivals[left][right]
        for one, other in ((left, right), (right, left)):
            rivals = self._rivals[one]
            best = max((near for rival, near in rivals.items() if rival is not other), default=0.0)
            found += [closeness - best, len(rivals) - 1]
        return found


@dataclass(frozen=True)
class ProductModel:
    """Scores pairs of product texts; a pair from `threshold` on is taken for the same product."""

    rarity: Rarity
    odds: Mapping[str, float]
    trees: BoostedTrees
    threshold: float = 0.0

    def score(self, pair: Pair, candidates: Candidates) -> float:
        """Return the log odds that both texts are the same product, seen beside the other candidates."""
        return self.trees.score(candidates.features(pair, self.odds))

    def score_alone(self, left: Prepared, right: Prepared) -> float:
        """Return the log odds of one pair without other candidates beside it."""
        found = [*features_of(left, right), *odds_of(left, right, self.odds)]
        closeness = closeness_of(found)
        return self.trees.score([*found, closeness, 0.0, closeness, 0.0])

    def with_threshold(self, threshold: float) -> "ProductModel":
        """Return the model with another edge."""
        return ProductModel(self.rarity, self.odds, self.trees, threshold)

    def as_dict(self) -> dict[str, object]:
        """Return the model as JSON values, for the caller to keep."""
        return {
            "format": 1,
            "rarity": {"table": dict(self.rarity.table), "unseen": self.rarity.unseen},
            "odds": dict(self.odds),
            "base": self.trees.base,
            "trees": [_as_lists(tree) for tree in self.trees.trees],
            "threshold": self.threshold,
        }


def train(
    pairs: Sequence[Pair],
    same: Sequence[bool],
    seed: int,
    candidates: Candidates | None = None,
    growth: Growth | None = None,
) -> ProductModel:
    """Return a model learned from labelled pairs; the same pairs and seed give the same model.

    `candidates` holds at least these pairs; more of them, unlabelled, tell which other texts a text could be.
    """
    candidates = candidates or Candidates.of(pairs)
    ready = [(candidates.prepared(left), candidates.prepared(right)) for left, right in pairs]
    rows: list[list[float]] = [[] for _ in pairs]
    labelled = list(zip(ready, same, strict=True))
    for part in range(PARTS):
        odds = word_odds(one for place, one in enumerate(labelled) if place % PARTS != part)
        for place in range(part, len(pairs), PARTS):
            rows[place] = candidates.features(pairs[place], odds)
    return ProductModel(candidates.rarity, word_odds(labelled), grow(rows, same, seed, growth))


def word_odds(labelled: Iterable[tuple[tuple[Prepared, Prepared], bool]]) -> dict[str, float]:
    """Return for each word how much its standing on one side only speaks for (above 0) or against the same product."""
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    totals = [0, 0]
    for (left, right), label in labelled:
        counts[label].update(left.set ^ right.set)
        totals[label] += 1
    shares = [total / max(sum(totals), 1) for total in totals]
    different, same = counts
    return {
        word: math.log((same[word] + 2 * shares[1]) / (totals[1] + 1))
        - math.log((different[word] + 2 * shares[0]) / (totals[0] + 1))
        for word in sorted(different.keys() | same.keys())
        if different[word] + same[word] >= FEWEST_PAIRS and all(shares)
    }


def best_threshold(scores: Sequence[float], same: Sequence[bool]) -> float:
    """Return the edge for the best F1 on other pairs of the same kind, from log odds and labels.

    The best edge of a few hundred positives is half chance. So the middle of all edges that do nearly as well is taken,
    and drawn towards the edge that is best for true odds: half the F1, as a share (Lipton, Elkan, Naryanaswamy 2014).
    """
    ranked = sorted(zip(scores, same, strict=True), reverse=True)
    wanted, hit = sum(same), 0
    values = []
    for place, (score, label) in enumerate(ranked, 1):
        hit += label
        below = ranked[place][0] if place < len(ranked) else score - 1.0
        values.append((2 * hit / (place + wanted), (score + below) / 2))
    best = max((value for value, _ in values), default=0.0)
    near = [(math.exp((value - best) / NEARLY), edge) for value, edge in values if value > best - 5 * NEARLY]
    total = sum(weight for weight, _ in near)
    if not total:
        return 0.0
    found = sum(weight * edge for weight, edge in near) / total
    expected = math.log(best / (2 - best))
    return FOUND_SHARE * found + (1 - FOUND_SHARE) * expected


def model_from(values: Mapping[str, object]) -> ProductModel:
    """Return the model that `as_dict` gave; raises ValueError where it is another format."""
    rarity, odds, trees = values.get("rarity"), values.get("odds"), values.get("trees")
    if (
        values.get("format") != 1
        or not isinstance(rarity, dict)
        or not isinstance(odds, dict)
        or not isinstance(trees, list)
    ):
        raise ValueError("not a product model of format 1")
    return ProductModel(
        Rarity(rarity["table"], float(rarity["unseen"])),
        odds,
        BoostedTrees(float(str(values["base"])), tuple(_as_tree(tree) for tree in trees)),
        float(str(values["threshold"])),
    )


def _as_lists(tree: Tree) -> object:
    return [tree[0], tree[1], _as_lists(tree[2]), _as_lists(tree[3])] if isinstance(tree, tuple) else tree


def _as_tree(values: object) -> Tree:
    if isinstance(values, list):
        return int(values[0]), float(values[1]), _as_tree(values[2]), _as_tree(values[3])
    return float(str(values))
