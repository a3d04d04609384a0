"""Monitors that compare a run with the last good ones of the same schedule, and say in a sentence what differs."""

from collections.abc import Mapping, Sequence
from statistics import median

# Runs compared with, and how many of them are needed before anything is said.
COMPARED_RUNS = 10
LEAST_RUNS = 3
# A count may fall to this share of its median; a field may be missing by so much more than usual.
LEAST_SHARE = 0.5
MISSING_TOLERANCE = 0.2
# Below this many listings a share says nothing.
ENOUGH_LISTINGS = 10
FIELDS = ("price", "url", "seller")

Counts = Mapping[str, int]


def compare(counts: Counts, earlier: Sequence[Counts]) -> tuple[str, ...]:
    """Return a sentence for every figure that falls out of the earlier runs' usual range; nothing with too few runs."""
    if len(earlier) < LEAST_RUNS:
        return ()
    found = []
    for name in ("listings", "pages"):
        usual = median(one.get(name, 0) for one in earlier)
        now = counts.get(name, 0)
        if usual >= ENOUGH_LISTINGS and now < usual * LEAST_SHARE:
            found.append(f"{now} {name}; the last {len(earlier)} good runs had {usual:g} in the middle")
    if counts.get("listings", 0) >= ENOUGH_LISTINGS:
        for name in FIELDS:
            usual_share = median(_missing(one, name) for one in earlier)
            now_share = _missing(counts, name)
            if now_share > usual_share + MISSING_TOLERANCE:
                found.append(f"{name} is missing in {now_share:.0%} of the listings; usual is {usual_share:.0%}")
    return tuple(found)


def _missing(counts: Counts, name: str) -> float:
    return min(counts.get(f"missing.{name}", 0) / max(counts.get("listings", 0), 1), 1.0)
