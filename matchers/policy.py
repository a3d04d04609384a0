"""The one table of weights and tiers, and the only place that combines findings into a score."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from records.hit import Evidence, Relation, Tier

RULE_VERSION = "2026-11-24.4"

# Main signals raise suspicion, qualifiers adjust it. The score is the best main plus all qualifiers, within 0 and 1.
MAIN: Mapping[str, float] = MappingProxyType({
    "exact_mark": 0.30,
    "misspelt_mark": 0.35,
    "misspelt_mark_on_faked_goods": 0.60,
    "disguised_mark": 0.80,
    "imitation_words": 0.85,
})  # fmt: skip
QUALIFIERS: Mapping[str, float] = MappingProxyType({
    "genuine_claim": 0.02,
    "compatible_with": -0.60,
    "other_meaning": -0.60,
    "authorised_seller": -1.00,
})  # fmt: skip
# Price track: weight by band, see matchers/price/bands.py for the edges. No price stands above words that admit a copy:
# in a queue sorted by score, what the seller says comes before what it costs.
PRICE: Mapping[str, float] = MappingProxyType({
    "very_strong": 0.84,
    "strong": 0.80,
    "below_minimum": 0.65,
    "medium": 0.60,
    "weak": 0.30,
    "dropped": 0.30,
    "fake_discount": 0.30,
    "cheap_across_marks": 0.30,
})  # fmt: skip
WEIGHTS: Mapping[str, float] = MappingProxyType({**MAIN, **QUALIFIERS, **PRICE})

SECOND_MAIN = 0.05
"""Added when a second main signal of the queue's strength stands beside the best one."""

FURTHER_PRICE = 0.02
"""Added for each further price finding; the sum stays under words that admit a copy."""

# Lower edge of each tier.
THRESHOLDS: Mapping[Tier, float] = MappingProxyType({"high": 0.80, "medium": 0.50, "low": 0.05})  # fmt: skip

# Relations under which a listing does nothing wrong with the mark, whatever else it says.
INNOCENT: frozenset[Relation] = frozenset({"compatible", "homonym"})


def combine(evidence: Sequence[Evidence]) -> float:
    """Return the score of one hit: the best main signal, a little for a second one, plus the qualifiers."""
    return _combined(tuple([(finding.weight, finding.signal in QUALIFIERS) for finding in evidence]))


@lru_cache(maxsize=1_024)
def _combined(findings: tuple[tuple[float, bool], ...]) -> float:
    """Return the score of findings, each by its weight and whether it is a qualifier; few combinations occur."""
    mains = sorted((weight for weight, is_qualifier in findings if not is_qualifier), reverse=True)
    if not mains:
        return 0.0
    extra = SECOND_MAIN if len(mains) > 1 and mains[1] >= THRESHOLDS["medium"] else 0.0
    adjust = sum(weight for weight, is_qualifier in findings if is_qualifier)
    return round(min(1.0, max(0.0, mains[0] + extra + adjust)), 4)


def combine_prices(evidence: Sequence[Evidence]) -> float:
    """Return the score of one price hit: the best finding, a little for each further one."""
    weights = sorted((finding.weight for finding in evidence), reverse=True)
    if not weights:
        return 0.0
    return round(min(PRICE["very_strong"], weights[0] + FURTHER_PRICE * (len(weights) - 1)), 4)


def tier_of(score: float, relation: Relation, evidence: Sequence[Evidence]) -> Tier:
    """Return the tier on the IP track: innocent uses and authorised sellers are none whatever the score."""
    if relation in INNOCENT or any(finding.signal == "authorised_seller" for finding in evidence):
        return "none"
    return next((tier for tier, edge in THRESHOLDS.items() if score >= edge), "none")


def price_tier_of(score: float, *, has_other_signal: bool) -> Tier:
    """Return the tier on the price track: a weak band counts only with another signal."""
    if score >= THRESHOLDS["medium"]:
        return "high" if score >= THRESHOLDS["high"] else "medium"
    return "low" if has_other_signal else "none"
