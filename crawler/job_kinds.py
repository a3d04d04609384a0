"""Every kind of job, as one table: what does it, how often it is tried, and how often it comes by itself.

A new kind is a row here and a function `(JobContext) -> Mapping[str, object]`, which returns what it did, for people.
The function runs in a thread of a worker, perhaps twice: whatever it writes it writes through `context.write()`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

from crawler.job_context import JobContext

Perform = Callable[[JobContext], Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """How one kind of job is done."""

    does: str
    """`module:function`, imported when the first such job is done: no worker loads what it does not need."""
    tries: int = 5
    """Given up after so many attempts."""
    every: timedelta | None = None
    """The scheduler asks for one each time this long has passed; None: only when somebody asks."""

    def load(self) -> Perform:
        """Return the function that does it."""
        module, _, name = self.does.partition(":")
        function: Perform = getattr(import_module(module), name)
        return function


KINDS: Mapping[str, JobKind] = {
    # Crawls one run: argument run_id. How it ended is the run's outcome; the tries here are for our own faults.
    "crawl": JobKind(does="crawler.crawl_job:perform_crawl"),
    # Judges stored listings again: arguments since, after and until (market and listing id, a blank between).
    "rematch": JobKind(does="crawler.rejudging:perform_rematch"),
    # Queues the mails that are due and sends what waits in the outbox, whose leases keep two senders apart.
    "digests": JobKind(does="crawler.mailing:perform_digests", tries=3, every=timedelta(minutes=5)),
    # Removes what markets' terms let us keep for a while only.
    "market_rules": JobKind(does="crawler.market_rules:perform_rules", every=timedelta(minutes=10)),
    # Captures one listing's page as evidence: arguments market, listing_id, hit_ids, cause, by.
    "capture": JobKind(does="crawler.capturing:perform_capture"),
    # Asks the time stamping authority for the stamps of captures that have none yet.
    "stamps": JobKind(does="crawler.stamping:perform_stamps", every=timedelta(minutes=5)),
    # Removes evidence that was kept long enough, where MARKWATCH_RETENTION_APPLY is set.
    "retention": JobKind(does="crawler.keeping:perform_retention", every=timedelta(days=1), tries=3),
    # Tells operators what broke, by mail or webhook.
    "operator_alerts": JobKind(
        does="crawler.operator_alerts:perform_operator_alerts", every=timedelta(minutes=2), tries=3
    ),
    # Deletes ended jobs and old log files.
    "tidy": JobKind(does="crawler.tidying:perform_tidy", every=timedelta(days=1), tries=3),
}

# Wait before the n-th new try; the last value repeats.
RETRY_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
