"""Starts crawls: each one a child process, so that a crash costs one run and never the program that started it."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from crawler.access import check_access, open_ways
from crawler.config import Settings
from crawler.errors import BadInput, UnknownMarket
from crawler.terms import Terms, load_terms
from records.run import Run
from spiders.arguments import SEPARATOR, ArgumentError, CrawlArguments, read_arguments
from spiders.base import MarketSpider
from spiders.registry import load_markets
from storage.database import Database

POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlRequest:
    """What a person or a schedule asks to be crawled."""

    market: str
    """Spider name."""
    queries: tuple[str, ...] = ()
    """Search words, one search each."""
    urls: tuple[str, ...] = ()
    """Pages to start from."""
    max_pages: int | None = None
    """Page budget of the run; None means the market's own."""
    further: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The market's other arguments by name, such as category, seller, way or details."""
    base_url: str | None = None
    """Host that answers in the market's place; from the command line only."""
    allow_hosts: tuple[str, ...] = ()
    """HOST:PORT pairs opened for this run; from the command line only."""
    out: Path | None = None
    """File that receives the listings as JSON Lines."""
    terms_left_out: int = 0
    """Words of the watch list that this run does not search for, where it searches for those."""

    def arguments(self) -> dict[str, str]:
        """Return what the spider is given, as stored with the run."""
        given = {
            **self.further,
            "query": SEPARATOR.join(self.queries),
            "url": SEPARATOR.join(self.urls),
            "max_pages": "" if self.max_pages is None else str(self.max_pages),
            "base_url": self.base_url or "",
            "allow_host": SEPARATOR.join(self.allow_hosts),
        }
        return {name: value for name, value in given.items() if value}


class Starter(Protocol):
    """Starts the process of one crawl."""

    def __call__(
        self, request: CrawlRequest, settings: Settings, *, run_id: str, database_url: str, log: Path
    ) -> "subprocess.Popen[bytes]":
        """Start it and return at once."""


def market_class(market: str) -> type[MarketSpider]:
    """Return the spider of that name, or raise UnknownMarket that lists the known ones."""
    markets = load_markets()
    if market not in markets:
        raise UnknownMarket(market, markets)
    return markets[market]


# Given by their own fields of a request, and in part never taken from a row.
OWN_ARGUMENTS = frozenset({"query", "url", "max_pages", "base_url", "allow_host"})


def now() -> datetime:
    """Return the time now, aware UTC: the one clock of starting crawls."""
    return datetime.now(UTC)


def check_request(request: CrawlRequest, database: Database | None = None) -> CrawlRequest:
    """Return the request as it is crawled; one without words, pages or lists searches for the watch list's words.

    Raise BadInput when the market is unknown, an argument is wrong, or the crawl is not allowed today. Without a
    database no administrator's record is known, so ways that ask for consent are closed.
    """
    spider = market_class(request.market)
    if SEPARATOR in "".join(request.queries):
        raise BadInput(f"query: {SEPARATOR!r} cannot stand in search words")
    double = OWN_ARGUMENTS & request.further.keys()
    if double:
        raise BadInput(f"-a {min(double)}: has an option of its own; see: markwatch crawl --help")
    at = now()
    try:
        arguments = read_arguments(spider.arguments_model, request.market, dict(request.arguments()))
        if database is not None and _names_nothing(spider, arguments):
            request = _with_terms(request, load_terms(database, spider, arguments))
            arguments = read_arguments(spider.arguments_model, request.market, dict(request.arguments()))
        spider.check_arguments(arguments, open_ways(database, request.market, at))
    except ArgumentError as problem:
        raise BadInput(str(problem)) from None
    check_access(spider, arguments, database, at)
    return request


def _names_nothing(spider: type[MarketSpider], arguments: CrawlArguments) -> bool:
    """Return whether nobody said what to crawl. A replay of a market with a first page of its own begins there."""
    if arguments.query or arguments.url or arguments.category or arguments.seller:
        return False
    return arguments.base_url is None or not spider.start_addresses(arguments)


def _with_terms(request: CrawlRequest, terms: Terms) -> CrawlRequest:
    """Return the request with the watch list's words; raise ArgumentError where it holds none that the market takes."""
    if not terms.words:
        why = "the watch list holds no word that this market takes" if terms.left_out else "the watch list is empty"
        raise ArgumentError(f"{request.market}: give a query or a page (-q …, --url …, -a category=…); {why}")
    return replace(request, queries=terms.words, terms_left_out=terms.left_out)


def terms_sentence(asked: CrawlRequest, crawled: CrawlRequest) -> str | None:
    """Return what a run searches for where nobody said it; None where somebody did."""
    if asked.queries == crawled.queries:
        return None
    left_out = f"; {crawled.terms_left_out} more were left out" if crawled.terms_left_out else ""
    return f"searches for {len(crawled.queries)} words of the watch list{left_out}"


def start_process(
    request: CrawlRequest, settings: Settings, *, run_id: str | None, database_url: str | None, log: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start the crawl's process and return at once; without a database it only writes its --out file."""
    command = [sys.executable, "-m", "crawler.process", request.market]
    for name, value in request.arguments().items():
        command += ["-a", f"{name}={value}"]
    if run_id is not None and database_url is not None:
        command += ["--run-id", run_id]
    if request.out is not None:
        command += ["--out", str(request.out)]
    environment = dict(os.environ)
    # The address of the database travels in the environment: a command line is readable by every local user.
    if database_url is not None:
        environment["MARKWATCH_DB"] = database_url
        environment["MARKWATCH_CAPTURES"] = str(settings.captures_dir)
        environment["MARKWATCH_DATA_DIR"] = str(settings.data_dir)
    if log is None:
        # On a person's terminal only what went wrong is worth a line.
        command += ["-s", "LOG_LEVEL=WARNING", "-s", "LOG_FORMAT=%(message)s"]
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as stream:
        # A session of its own: Ctrl-C in a terminal reaches it once, through whoever watches it.
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def wait_for(process: subprocess.Popen[bytes], tick: Callable[[], None]) -> int:
    """Wait for a crawl and call `tick` meanwhile; Ctrl-C stops the crawl gracefully, a second one at once."""
    interrupts = 0
    while True:
        try:
            return process.wait(timeout=POLL_SECONDS)
        except subprocess.TimeoutExpired:
            tick()
        except KeyboardInterrupt:
            interrupts += 1
            if interrupts == 1:
                process.terminate()
            else:
                process.kill()
                raise


def request_of(run: Run) -> CrawlRequest:
    """Return the request that a stored run was opened with; opened hosts are never taken from a row."""
    given = run.arguments
    return CrawlRequest(
        market=run.market,
        queries=split_arguments(given.get("query", "")),
        urls=split_arguments(given.get("url", "")),
        max_pages=int(given["max_pages"]) if given.get("max_pages") else None,
        further={name: value for name, value in given.items() if name not in OWN_ARGUMENTS},
    )


def split_arguments(text: str) -> tuple[str, ...]:
    """Return the words or pages of a stored argument."""
    return tuple(part for part in text.split(SEPARATOR) if part)


def log_path(settings: Settings, run: Run) -> Path:
    """Return where the log of a run lies."""
    return settings.logs_dir / f"{run.run_id}.log"
