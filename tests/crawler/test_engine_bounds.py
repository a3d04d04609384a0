import pytest

from crawler.bounds import EXIT_CODES, ORDER, RunFacts, counts_of, judge
from records.run import Outcome
from spiders.base import Yield


def facts(counts: dict[str, int], **values: object) -> RunFacts:
    return RunFacts(counts={"pages": 10, "listings": 100} | counts, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "outcome", "words"),
    [
        (facts({}), "finished", ""),
        (facts({"listings": 0}), "suspicious", "0 listings from 10 pages; at least 1 expected"),
        (facts({"listings": 9}, expected=Yield(at_least=10)), "suspicious", "9 listings from 10 pages; at least 10"),
        (facts({"listings": 10}, expected=Yield(at_least=10)), "finished", ""),
        (facts({"listings": 1}, expected=Yield(at_least=10), is_search=False), "finished", ""),
        (facts({"listings": 21}, expected=Yield(at_most=20)), "finished_with_warnings", "21 listings; at most 20"),
        (facts({"listings": 40}, expected=Yield(at_most=20), starts=2), "finished", ""),
        (facts({"errors": 1}), "finished", ""),
        (facts({"errors": 2}), "finished_with_warnings", "2 of 10 pages failed"),
        (facts({"errors": 6}), "suspicious", "6 of 10 pages failed"),
        (facts({"missing.price": 100}), "suspicious", "none of the 100 listings has a price"),
        (facts({"missing.price": 99}), "finished", ""),
        (facts({"skip.depth": 3}), "finished_with_warnings", "3 links lay deeper than the depth limit"),
        (facts({}, is_blocked=True, sentences=("tiki.vn: HTTP 403",)), "blocked", "tiki.vn: HTTP 403"),
        (facts({"pages": 0, "listings": 0, "skip.robots": 4}), "blocked", "robots.txt allows none of the 4 pages"),
        (facts({}, finish_reason="shutdown"), "stopped", "ended early: shutdown"),
        (facts({"listings": 0}, finish_reason="shutdown"), "stopped", "ended early: shutdown"),
        (facts({}, finish_reason="budget_pages"), "finished_with_warnings", "ended early: budget_pages"),
        (facts({}, finish_reason="memusage_exceeded"), "finished_with_warnings", "memusage_exceeded"),
        (facts({}, finish_reason="crashed", is_blocked=True), "failed", "ended early: crashed"),
        (facts({}, sentences=("the run's budget was spent",)), "finished_with_warnings", "budget was spent"),
    ],
)
def test_a_run_ends_as_the_worst_of_its_missed_expectations_and_names_them(
    given: RunFacts, outcome: Outcome, words: str
) -> None:
    found, sentences = judge(given)
    assert found == outcome
    assert any(words in sentence for sentence in sentences) if words else sentences == ()


def test_every_outcome_of_a_judged_run_has_its_exit_code() -> None:
    assert set(EXIT_CODES) == set(ORDER)
    assert [EXIT_CODES[outcome] for outcome in ORDER] == [1, 130, 1, 3, 3, 0]


def test_the_runs_counts_are_taken_from_the_crawls_counters_under_names_that_people_read() -> None:
    stats: dict[str, object] = {
        "pages": 3, "skip.robots": 2, "missing.price": 1, "errors": 1, "httperror/response_ignored_count": 2,
        "dupefilter/filtered": 4, "retry/count": 5, "downloader/response_bytes": 9, "finish_reason": "finished",
    }  # fmt: skip
    assert counts_of(stats) == {
        "pages": 3, "skip.robots": 2, "missing.price": 1, "errors": 3, "skip.seen": 4, "retries": 5
    }  # fmt: skip
