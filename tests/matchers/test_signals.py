import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matchers.match import Matcher
from matchers.registry import SIGNALS
from records.hit import Hit
from tests.matchers.watch import context, listing, watchlist

CASES = Path(__file__).parent / "cases"
SIGNAL_FILES = Path(__file__).parents[2] / "matchers" / "signals"
Case = dict[str, Any]


def cases_of(kind: str) -> Iterator[tuple[str, Case]]:
    for path in sorted(CASES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            if case["kind"] == kind:
                yield path.stem, case


def hit_of(case: Case, track: str) -> Hit | None:
    hits = Matcher(watchlist(case)).match(listing(case), everything=True, context=context(case))
    return next((hit for hit in hits if hit.mark_id == case["mark"] and hit.track == track), None)


def signals_of(hit: Hit | None) -> set[str]:
    return set() if hit is None else {finding.signal for finding in hit.evidence}


def track_of(signal: str) -> str:
    return "price" if signal.startswith("price_") else "ip"


@pytest.mark.parametrize(("signal", "case"), list(cases_of("hit")))
def test_a_signal_finds_what_it_must(signal: str, case: Case) -> None:
    hit = hit_of(case, track_of(signal))
    assert signal in signals_of(hit)
    if hit is not None and "band" in case:
        assert next(step for step in hit.chain if step.name == "gap").detail == f"band: {case['band']}"


@pytest.mark.parametrize(("signal", "case"), list(cases_of("miss")))
def test_a_signal_leaves_near_misses_alone(signal: str, case: Case) -> None:
    assert signal not in signals_of(hit_of(case, track_of(signal)))


@pytest.mark.parametrize(("signal", "case"), list(cases_of("pair")))
def test_the_worse_listing_of_a_pair_scores_higher(signal: str, case: Case) -> None:
    better = hit_of({**case, **case["better"]}, track_of(signal))
    worse = hit_of({**case, **case["worse"]}, track_of(signal))
    assert worse is not None
    assert better is None or better.score < worse.score or (better.tier == "none" != worse.tier)


def test_every_signal_has_a_file_a_row_cases_and_words_for_officers() -> None:
    files = {path.stem for path in SIGNAL_FILES.glob("*.py")} - {"__init__"}
    assert files == set(SIGNALS) == {path.stem for path in CASES.glob("*.jsonl")}
    for name, signal in SIGNALS.items():
        assert signal.__name__ == name
        assert len(inspect.getdoc(signal) or "") > 40


def test_every_signal_has_hits_misses_and_a_pair() -> None:
    for kind in ("hit", "miss", "pair"):
        assert {signal for signal, _ in cases_of(kind)} == set(SIGNALS)


def test_every_signal_is_named_in_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs" / "scoring.md").read_text(encoding="utf-8")
    assert [name for name in SIGNALS if f"`{name}`" not in page] == []
