"""What is expected of a run, as one table of monitors: each says in a sentence what was missed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from records.run import WARNING_ERROR_SHARE, Outcome
from spiders.base import Yield

# The crawl's own counters that belong to a run, and Scrapy's under the name that people read.
COUNTED = (
    "pages", "pages_unchanged", "listings", "new", "changed", "unchanged", "not_seen_any_more", "hits", "reopened",
    "peers_met", "errors", "blocked", "refusals", "thumbnails", "retries",
)  # fmt: skip
STATUS_COUNTER = "downloader/response_status_count/"
# A run that goes on with a lost one begins with its counts, which have people's names already.
COUNTED_PREFIXES = ("skip.", "missing.", "answers.", "status.", STATUS_COUNTER)
RENAMED: dict[str, str] = {
    "dupefilter/filtered": "skip.seen",
    "urllength/request_ignored_count": "skip.url_length",
    "httperror/response_ignored_count": "errors",
    "retry/count": "retries",
}
# From bad to good: the first one that any monitor names is how the run ended.
ORDER: tuple[Outcome, ...] = ("failed", "stopped", "blocked", "suspicious", "finished_with_warnings", "finished")
EXIT_CODES: dict[Outcome, int] = {
    "finished": 0, "finished_with_warnings": 3, "suspicious": 3, "blocked": 1, "failed": 1, "stopped": 130,
}  # fmt: skip
SUSPICIOUS_ERROR_SHARE = 0.50
# Below this many listings a share says nothing.
ENOUGH_LISTINGS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What came of a crawl, as the monitors see it."""

    counts: Mapping[str, int]
    finish_reason: str = "finished"
    """Scrapy's reason; `finished` where the pages simply ended."""
    is_blocked: bool = False
    sentences: tuple[str, ...] = ()
    """What the crawl itself found wrong."""
    expected: Yield = field(default_factory=Yield)
    starts: int = 1
    """Queries and pages that the run began with."""
    is_search: bool = True
    """False where single pages were asked for, whose yield no market states."""

    def number(self, name: str) -> int:
        """Return a count, 0 where nothing was counted."""
        return self.counts.get(name, 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """A missed expectation: the outcome it leads to and the sentence for people."""

    outcome: Outcome
    sentence: str


Monitor = Callable[[RunFacts], Finding | None]

OUTCOME_OF_REASON: dict[str, Outcome] = {
    "shutdown": "stopped",
    "database_lost": "failed",
    "given_up": "failed",
    "start_error": "failed",
    "crashed": "failed",
}


def ended_early(facts: RunFacts) -> Finding | None:
    """A run ends when its pages end."""
    if facts.finish_reason == "finished":
        return None
    outcome = OUTCOME_OF_REASON.get(facts.finish_reason, "finished_with_warnings")
    return Finding(outcome, f"the run ended early: {facts.finish_reason}")


def refused(facts: RunFacts) -> Finding | None:
    """No host refuses the run."""
    return Finding("blocked", "a host refused the run") if facts.is_blocked else None


def no_access(facts: RunFacts) -> Finding | None:
    """The operator's key works, and the market grants this use of it."""
    if facts.number("answers.auth"):
        return Finding("failed", "the market refuses the key: look at the key's settings before the next run")
    if facts.number("answers.refused_by_terms"):
        return Finding("failed", "the market does not grant this use of the key")
    return None


def forbidden(facts: RunFacts) -> Finding | None:
    """robots.txt allows some of the pages asked for."""
    skipped = facts.number("skip.robots") + facts.number("skip.crawl_delay")
    if not skipped or facts.number("pages"):
        return None
    return Finding("blocked", f"robots.txt allows none of the {skipped} pages asked for")


def too_few(facts: RunFacts) -> Finding | None:
    """A run gives at least as many listings as its market promises."""
    at_least = facts.expected.at_least if facts.is_search else min(1, facts.expected.at_least)
    listings = facts.number("listings")
    if listings >= at_least or facts.finish_reason != "finished":
        return None
    return Finding(
        "suspicious", f"{listings} listings from {facts.number('pages')} pages; at least {at_least} expected"
    )


def too_many(facts: RunFacts) -> Finding | None:
    """A run gives at most as many listings as its market has places for."""
    if facts.expected.at_most is None:
        return None
    at_most = facts.expected.at_most * facts.starts
    listings = facts.number("listings")
    return (
        Finding("finished_with_warnings", f"{listings} listings; at most {at_most} expected")
        if (listings > at_most)
        else None
    )


def errors(facts: RunFacts) -> Finding | None:
    """Few pages fail."""
    failed = facts.number("errors")
    total = max(facts.number("pages"), failed)
    if not failed or failed / total <= WARNING_ERROR_SHARE:
        return None
    outcome: Outcome = "suspicious" if failed / total > SUSPICIOUS_ERROR_SHARE else "finished_with_warnings"
    return Finding(outcome, f"{failed} of {total} pages failed; at most {WARNING_ERROR_SHARE:.0%} expected")


def missing_field(facts: RunFacts) -> Finding | None:
    """A field that markets always print is not missing everywhere."""
    listings = facts.number("listings")
    for name in ("price", "url"):
        if ENOUGH_LISTINGS <= listings <= facts.number(f"missing.{name}"):
            return Finding("suspicious", f"none of the {listings} listings has a {name}")
    return None


def too_deep(facts: RunFacts) -> Finding | None:
    """Links end before the depth limit does."""
    cut = facts.number("skip.depth")
    return (
        Finding("finished_with_warnings", f"{cut} links lay deeper than the depth limit and were not followed")
        if (cut)
        else None
    )


MONITORS: tuple[Monitor, ...] = (
    ended_early,
    refused,
    no_access,
    forbidden,
    too_few,
    too_many,
    errors,
    missing_field,
    too_deep,
)


def judge(facts: RunFacts) -> tuple[Outcome, tuple[str, ...]]:
    """Return how the run ended and a sentence for every expectation that it missed."""
    findings = [finding for monitor in MONITORS if (finding := monitor(facts)) is not None]
    if facts.sentences and not findings:
        findings.append(Finding("finished_with_warnings", facts.sentences[0]))
    outcomes = {finding.outcome for finding in findings} | {"finished"}
    outcome = next(outcome for outcome in ORDER if outcome in outcomes)
    return outcome, tuple(dict.fromkeys((*facts.sentences, *(finding.sentence for finding in findings))))


def counts_of(stats: Mapping[str, object]) -> dict[str, int]:
    """Return the run's counts from the crawl's counters."""
    counts: dict[str, int] = {}
    for name, value in stats.items():
        shown = RENAMED.get(name, name).replace(STATUS_COUNTER, "status.")
        if isinstance(value, int) and (name in RENAMED or name in COUNTED or name.startswith(COUNTED_PREFIXES)):
            counts[shown] = counts.get(shown, 0) + value
    return counts
