"""The crawl's own process: `python -m crawler.process MARKET -a query=… --run-id … --out FILE`.

It beats its heart into the run, stops gracefully on SIGTERM, and closes the run with the outcome that the monitors
name. Killed, it leaves the run to be marked lost. Exit codes: 0 done, 1 failed or blocked, 2 wrong arguments,
3 finished but a monitor failed, 130 stopped.
"""

import argparse
import ctypes
import logging
import os
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from crawler.access import open_ways
from crawler.baselines import COMPARED_RUNS, compare
from crawler.bounds import EXIT_CODES, RunFacts, counts_of, judge
from crawler.logs import configure_logs
from crawler.middlewares.run_state import state_of, utc_now
from records.run import ENDED, Outcome
from spiders.arguments import read_arguments
from spiders.base import MarketSpider
from spiders.registry import load_markets
from spiders.ways import WayName
from storage.database import open_database
from storage.errors import StorageError
from storage.operator_notices import load_good_counts, note_run
from storage.runs import close_run, load_run, start_run

logger = logging.getLogger(__name__)

WRONG_USAGE = 2
# How long the end of a run waits for a database that is away.
CLOSE_ATTEMPTS = 12
CLOSE_PAUSE_SECONDS = 5.0
MAX_OPEN_FILES = 4_096
M_ARENA_MAX = -8


def main(given: Sequence[str] | None = None) -> int:
    """Run one crawl and return the exit code."""
    arguments = _parser().parse_args(given)
    spider_arguments = dict(pair.partition("=")[::2] for pair in arguments.argument)
    try:
        opened = _open_ways(arguments.market, arguments.db)
        market = _market(arguments.market, spider_arguments, opened)
        settings = _settings(arguments)
        settings.set("MARKWATCH_OPEN_WAYS", sorted(opened), priority="cmdline")
        if arguments.run_id:
            _begin(arguments.db, arguments.run_id)
    except (ValueError, StorageError) as problem:
        sys.stderr.write(f"error: {problem}\n")
        return WRONG_USAGE if isinstance(problem, ValueError) else 1
    _limit_process()
    is_logged = bool(arguments.run_id) and not sys.stderr.isatty() and "LOG_FORMAT" not in str(arguments.setting)
    if is_logged:
        configure_logs(run=arguments.run_id, market=arguments.market)
    # It tells at every opening of the database which kind it is.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings.set("LOG_INSTALL_ROOT_HANDLER", value=not is_logged, priority="cmdline")
    # Scrapy leaves dropping what is below the level to its own handler; without it every listing would be logged.
    logging.disable(max(logging.getLevelNamesMapping().get(str(settings["LOG_LEVEL"]).upper(), logging.INFO) - 1, 0))
    facts = _crawl(market, settings, spider_arguments)
    outcome, sentences = judge(facts)
    if arguments.run_id and outcome in {"finished", "finished_with_warnings"}:
        differing = _compared(arguments.db, arguments.run_id, facts.counts)
        sentences += differing
        outcome = "suspicious" if differing else outcome
    for sentence in sentences:
        logger.warning("bound: %s", sentence)
    logger.info("run %s: %s %s", arguments.run_id or "-", outcome, dict(facts.counts))
    if arguments.run_id and not _close(arguments.db, arguments.run_id, outcome, facts.counts, sentences):
        return 1
    return EXIT_CODES[outcome]


def _open_ways(market: str, url: str) -> frozenset[WayName]:
    """Return the ways that a record in the database opens today; none without one."""
    if not url:
        return frozenset()
    with closing(open_database(url)) as database:
        return open_ways(database, market, utc_now())


def _market(name: str, spider_arguments: Mapping[str, str], opened: frozenset[WayName]) -> type[MarketSpider]:
    markets = load_markets()
    if name not in markets:
        raise ValueError(f"unknown market {name!r}; known: {', '.join(markets)}")
    market = markets[name]
    market.check_arguments(read_arguments(market.arguments_model, name, dict(spider_arguments)), opened)
    return market


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m crawler.process", description=__doc__)
    parser.add_argument("market", metavar="MARKET", help="spider name")
    parser.add_argument("-a", dest="argument", action="append", default=[], metavar="NAME=VALUE", help="for the spider")
    parser.add_argument("-s", dest="setting", action="append", default=[], metavar="NAME=VALUE", help="for Scrapy")
    parser.add_argument("--run-id", default="", help="the run that this crawl belongs to; without it nothing is stored")
    parser.add_argument("--db", default=os.environ.get("MARKWATCH_DB", ""), help="database URL (default MARKWATCH_DB)")
    parser.add_argument("--captures", default=os.environ.get("MARKWATCH_CAPTURES", ""), help="folder of the captures")
    parser.add_argument("--out", type=Path, help="file that receives the listings as JSON Lines")
    return parser


def _settings(arguments: argparse.Namespace) -> Settings:
    if arguments.run_id and not arguments.db:
        raise ValueError("--run-id: needs a database (--db or MARKWATCH_DB)")
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    own = {
        "MARKWATCH_DB": arguments.db if arguments.run_id else "",
        "MARKWATCH_RUN_ID": arguments.run_id,
        "MARKWATCH_CAPTURES": arguments.captures,
    }
    settings.setdict(own, priority="cmdline")
    for pair in arguments.setting:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"-s {pair}: is not of the form NAME=VALUE")
        settings.set(name, value, priority="cmdline")
    if arguments.out is not None:
        feed = {str(arguments.out.resolve()): {"format": "jsonl", "overwrite": True}}
        settings.set("FEEDS", feed, priority="cmdline")
    return settings


def _crawl(market: type[MarketSpider], settings: Settings, spider_arguments: Mapping[str, str]) -> RunFacts:
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(market)
    state = state_of(crawler)
    task = process.crawl(crawler, **spider_arguments)
    process.start()
    stats = _stats(crawler)
    reason = str(stats.get("finish_reason", "crashed"))
    if task.cancelled() or task.exception() is not None:
        problem = "cancelled" if task.cancelled() else task.exception()
        logger.error("the crawl failed: %s", problem)
        state.sentences.append(f"the crawl failed: {problem}")
        reason = "crashed"
    arguments = read_arguments(market.arguments_model, market.name, dict(spider_arguments))
    return RunFacts(
        counts=counts_of(stats),
        finish_reason=reason,
        is_blocked=state.is_blocked,
        sentences=tuple(state.sentences),
        expected=market.expected,
        starts=len(market.start_addresses(arguments)),
        is_search=bool(arguments.query),
    )


def _begin(url: str, run_id: str) -> None:
    """Mark the run as running where its parent has not yet; raise StorageError where it cannot be crawled for."""
    with closing(open_database(url)) as database, database.write() as session:
        start_run(session, run_id, utc_now(), os.getpid())
        run = load_run(session, run_id)
    if run.outcome in ENDED:
        raise StorageError(f"run {run_id} ended already: {run.outcome}")


def _compared(url: str, run_id: str, counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return what differs from the last good runs of the schedule; nothing where the database cannot be asked."""
    try:
        with closing(open_database(url)) as database, database.read() as session:
            return compare(counts, load_good_counts(session, run_id, COMPARED_RUNS))
    except StorageError as problem:
        logger.warning("not compared with earlier runs: %s", problem)
        return ()


def _stats(crawler: Crawler) -> Mapping[str, object]:
    try:
        return crawler.stats.get_stats()
    except RuntimeError:
        return {}  # It failed before it had any.


def _close(url: str, run_id: str, outcome: Outcome, counts: Mapping[str, int], sentences: tuple[str, ...]) -> bool:
    """Close the run, patiently: its end is the one thing that must not get lost."""
    for attempt in range(CLOSE_ATTEMPTS):
        if attempt:
            time.sleep(CLOSE_PAUSE_SECONDS)
        try:
            with closing(open_database(url)) as database, database.write() as session:
                close_run(session, run_id, outcome, utc_now(), counts, sentences)
                note_run(session, run_id, utc_now())
            return True
        except Exception as problem:  # noqa: BLE001 - each kind of database fails in its own way; any means not yet
            logger.warning("the run cannot be closed yet: %s", problem)
    return False


def _limit_process() -> None:
    """No memory dumps of what was crawled, no more open files than a crawl needs, one heap for all threads."""
    with suppress(OSError, AttributeError):
        # A heap of its own for every thread would keep tens of megabytes that another has freed. Linux' C library only.
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(MAX_OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


if __name__ == "__main__":
    sys.exit(main())
