"""The one table of weights and tiers, and the only place that combines findings into a score."""

from collections.abc import Sequence
from types import MappingProxyType

from records.hit import Evidence, Intent, Relation, Tier

RULE_VERSION = "2026-11-23.1"

# Main signals raise suspicion, qualifiers adjust it. The score is the best main plus all qualifiers, within 0 and 1.
MAIN: MappingProxyType[str, float] = MappingProxyType({
    "exact_mark": 0.30,
    "misspelt_mark": 0.40,
    "disguised_mark": 0.80,
    "imitation_words": 0.85,
})
QUALIFIERS: MappingProxyType[str, float] = MappingProxyType({
    "genuine_claim": 0.05,
    "compatible_with": -0.60,
    "authorised_seller": -1.00,
})
WEIGHTS: MappingProxyType[str, float] = MappingProxyType({**MAIN, **QUALIFIERS})
# A second, independent main finding makes the first one surer.
SECOND_MAIN = 0.05

# Lower edge of each tier of the queue on the IP track.
THRESHOLDS: tuple[tuple[Tier, float], ...] = (("high", 0.80), ("medium", 0.50), ("low", 0.05))


def combine(evidence: Sequence[Evidence]) -> float:
    """Return the score of one hit: the best main signal, a little for a second one, plus the qualifiers."""
    mains = sorted((finding.weight for finding in evidence if finding.signal not in QUALIFIERS), reverse=True)
    if not mains:
        return 0.0
    extra = SECOND_MAIN if len(mains) > 1 and mains[1] >= THRESHOLDS[1][1] else 0.0
    adjust = sum(finding.weight for finding in evidence if finding.signal in QUALIFIERS)
    return round(min(1.0, max(0.0, mains[0] + extra + adjust)), 4)


def tier_of(score: float, relation: Relation, intent: Intent, evidence: Sequence[Evidence]) -> Tier:
    """Return the tier on the IP track: innocent uses and authorised sellers are none whatever the score."""
    del intent
    if relation in {"compatible", "homonym"} or any(one.signal == "authorised_seller" for one in evidence):
        return "none"
    for tier, edge in THRESHOLDS:
        if score >= edge:
            return tier
    return "none"
