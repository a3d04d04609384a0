"""Gradient-boosted decision trees in plain Python: small, deterministic, and readable as JSON."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Features = Sequence[float]
# A leaf is a number; a node is (feature, edge, below the edge, from the edge on).
Tree = float | tuple[int, float, "Tree", "Tree"]
# After so many trees a score below this has never come back to the edge: the rest is not asked.
GLANCE = 50
HOPELESS = -3.5
_MASK = 2**64 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How the trees are grown."""

    trees: int = 320
    depth: int = 4
    rate: float = 0.065
    """Share of each tree's correction that is taken."""
    smoothing: float = 2.0
    """Added to the weight of every leaf: small leaves correct less."""
    feature_share: float = 0.22
    row_share: float = 0.7
    least_weight: float = 1.0
    """Hessian weight that each side of a split must have."""
    bins: int = 48


class Sequence64:
    """Reproducible numbers from a seed (xorshift): the same seed always grows the same trees."""

    def __init__(self, seed: int) -> None:
        self._state = (seed * 2654435761 + 88172645463325252) & _MASK
        for _ in range(8):
            self.share()

    def share(self) -> float:
        """Return the next number from 0 up to 1."""
        state = self._state
        state ^= (state << 13) & _MASK
        state ^= state >> 7
        state ^= (state << 17) & _MASK
        self._state = state
        return (state >> 11) / (1 << 53)


@dataclass(frozen=True, slots=True)
class BoostedTrees:
    """A grown model: its score is the logarithm of the odds."""

    base: float
    trees: tuple[Tree, ...]

    def score(self, features: Features) -> float:
        """Return the log odds that a row is positive."""
        total = self.base
        for place, tree in enumerate(self.trees):
            if place == GLANCE and total < HOPELESS:
                return total
            node = tree
            while type(node) is tuple:  # half the time of isinstance, and a tree is asked a thousand times a pair
                feature, edge, low, high = node
                node = low if features[feature] < edge else high
            total += node  # type: ignore[operator]  # not a tuple any more, which mypy does not see in type()
        return total


def grow(rows: Sequence[Features], positive: Sequence[bool], seed: int, growth: Growth | None = None) -> BoostedTrees:
    """Return trees grown on labelled rows; both classes must occur."""
    growth = growth or Growth()
    numbers = Sequence64(seed)
    edges = [_edges(column, growth.bins) for column in zip(*rows, strict=True)]
    columns = [
        bytes(bisect_right(cuts, value) for value in column)
        for cuts, column in zip(edges, zip(*rows, strict=True), strict=True)
    ]
    base = math.log(sum(positive) / (len(positive) - sum(positive)))
    scores = [base] * len(rows)
    trees: list[Tree] = []
    for _ in range(growth.trees):
        sample = [row for row in range(len(rows)) if numbers.share() < growth.row_share]
        chosen = [column for column in range(len(columns)) if numbers.share() < growth.feature_share]
        tree = _Grower(columns, edges, scores, positive, growth).grown(sample, chosen)
        trees.append(_with_edges(tree, edges))
        for row in range(len(rows)):
            node = tree
            while isinstance(node, tuple):
                node = node[2] if columns[node[0]][row] < node[1] else node[3]
            scores[row] += node
    return BoostedTrees(base, tuple(trees))


def _edges(column: Sequence[float], bins: int) -> list[float]:
    """Return the cuts of one feature: between all its values where they are few, else at even shares of the rows."""
    values = sorted(set(column))
    if len(values) <= bins:
        return [(low + high) / 2 for low, high in pairwise(values)]
    ordered = sorted(column)
    even = {ordered[len(ordered) * step // bins] for step in range(1, bins)}
    return sorted(even | {values[len(values) * step // bins] for step in range(1, bins, 3)})


def _with_edges(tree: Tree, edges: Sequence[Sequence[float]]) -> Tree:
    """Return the tree with the real edge in place of each bin number."""
    if not isinstance(tree, tuple):
        return tree
    feature, cut, below, above = tree
    return feature, edges[feature][int(cut) - 1], _with_edges(below, edges), _with_edges(above, edges)


class _Grower:
    """Grows one tree on the gradients of the present scores."""

    def __init__(
        self,
        columns: Sequence[bytes],
        edges: Sequence[Sequence[float]],
        scores: Sequence[float],
        positive: Sequence[bool],
        growth: Growth,
    ) -> None:
        self._columns = columns
        self._sizes = [len(cuts) + 1 for cuts in edges]
        self._growth = growth
        odds = [1 / (1 + math.exp(-score)) for score in scores]
        self._gradient = [share - label for share, label in zip(odds, positive, strict=True)]
        self._weight = [share * (1 - share) for share in odds]

    def grown(self, rows: list[int], features: list[int]) -> Tree:
        """Return a tree over these rows that splits on these features."""
        return self._node(rows, features, self._growth.depth)

    def _node(self, rows: list[int], features: list[int], depth: int) -> Tree:
        gradients = [self._gradient[row] for row in rows]
        weights = [self._weight[row] for row in rows]
        gradient, weight = sum(gradients), sum(weights)
        leaf = -gradient / (weight + self._growth.smoothing) * self._growth.rate
        if depth == 0 or weight < 2 * self._growth.least_weight:
            return leaf
        best, split = 1e-6, None
        for feature in features:
            gain, cut = self._best_cut(feature, rows, gradients, weights, gradient, weight)
            if gain > best:
                best, split = gain, (feature, cut)
        if split is None:
            return leaf
        feature, cut = split
        column = self._columns[feature]
        below = [row for row in rows if column[row] < cut]
        above = [row for row in rows if column[row] >= cut]
        return feature, cut, self._node(below, features, depth - 1), self._node(above, features, depth - 1)

    def _best_cut(
        self,
        feature: int,
        rows: list[int],
        gradients: list[float],
        weights: list[float],
        gradient: float,
        weight: float,
    ) -> tuple[float, int]:
        """Return the gain of the best cut of one feature and its bin."""
        size = self._sizes[feature]
        column = self._columns[feature]
        bin_gradient, bin_weight = [0.0] * size, [0.0] * size
        for row, one, other in zip(rows, gradients, weights, strict=True):
            place = column[row]
            bin_gradient[place] += one
            bin_weight[place] += other
        smoothing, least = self._growth.smoothing, self._growth.least_weight
        whole = gradient * gradient / (weight + smoothing)
        best, cut = 0.0, 0
        left_gradient = left_weight = 0.0
        for place in range(size - 1):
            left_gradient += bin_gradient[place]
            left_weight += bin_weight[place]
            right_weight = weight - left_weight
            if left_weight < least:
                continue
            if right_weight < least:
                break
            gain = left_gradient**2 / (left_weight + smoothing)
            gain += (gradient - left_gradient) ** 2 / (right_weight + smoothing) - whole
            if gain > best:
                best, cut = gain, place + 1
        return best, cut
