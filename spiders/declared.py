"""What a marketplace declares, and what follows from it for one crawl: arguments, the way, where it begins, reading."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar

from records.listing import Listing
from spiders.addresses import checked, is_default_port, is_on_host, moved, origin_of
from spiders.api import Api, BrowseKind
from spiders.arguments import ArgumentError, CrawlArguments
from spiders.blocks import check_answer
from spiders.reading import Answer, Reading
from spiders.ways import Rules, Way, WayName, closed_sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Yield:
    """How many listings a run of one query or page is expected to give; outside it the run is suspicious."""

    at_least: int = 1
    """Fewer means that the market changed or refused quietly."""
    at_most: int | None = None
    """More means that something was counted twice; None sets no bound."""


class DeclaredMarket:
    """One marketplace: states the table below, implements read_page and, where it has them, searches and lists."""

    name: str
    """Name of its file, its spider and its samples."""
    title: ClassVar[str]
    """Name as people write it."""
    home: ClassVar[str]
    """Scheme and host, such as https://tiki.vn."""
    hosts: ClassVar[tuple[str, ...]] = ()
    """Hosts whose pages belong to the market; hosts below them count too."""
    currency: ClassVar[str | None] = None
    """ISO 4217 code of all its prices; None where pages say it."""
    expected: ClassVar[Yield] = Yield()
    """Listings expected per run."""
    shortest_interval: ClassVar[timedelta] = timedelta(minutes=30)
    """Schedules of the same words start at least so far apart."""
    ways: ClassVar[tuple[Way, ...]]
    """Every way in, the preferred one first; a market that declares none of api and pages can only be imported."""
    rules: ClassVar[Rules] = Rules()
    """What its terms allow to be kept and shown."""
    api: ClassVar[type[Api] | None] = None
    """How its way `api` asks and signs."""
    arguments_model: ClassVar[type[CrawlArguments]] = CrawlArguments
    """What -a may say."""
    start_pages: ClassVar[tuple[str, ...]] = ()
    """Read where neither a query nor a page is given; empty makes one of them mandatory."""

    @classmethod
    def check_arguments(cls, arguments: CrawlArguments, open_ways: Collection[WayName] = ()) -> None:
        """Raise ArgumentError where a crawl with these arguments cannot or may not run.

        `open_ways` are the ways that an administrator's record opens today.
        """
        cls.way_of(arguments)
        starts = cls.start_addresses(arguments)
        if not starts:
            raise ArgumentError(f"{cls.name}: give a query or a page (-a query=… or -a url=…)")
        for url in starts:
            if arguments.base_url is None and not cls.may_fetch(url, arguments):
                raise ArgumentError(f"{cls.name}: {url} is not a page of {cls.title} or of a host opened for this run")
        refusal = cls.closed_because(arguments, open_ways)
        if refusal is not None and not cls.is_opened_for_run(arguments):
            raise ArgumentError(refusal)

    @classmethod
    def way_of(cls, arguments: CrawlArguments) -> Way:
        """Return the way that a crawl takes; raise ArgumentError where there is none.

        It is the one asked for, else the first declared. A replay stands in for pages where the market has any.
        """
        crawled = [way for way in cls.ways if way.name != "import"]
        if not crawled:
            raise ArgumentError(f"{cls.name}: cannot be crawled: {cls.ways[0].terms} Import saved files instead.")
        if arguments.way is None:
            pages = [way for way in crawled if way.name == "pages"]
            return pages[0] if pages and arguments.base_url is not None else crawled[0]
        found = next((way for way in crawled if way.name == arguments.way), None)
        if found is None:
            names = ", ".join(way.name for way in cls.ways)
            raise ArgumentError(f"{cls.name}: cannot be crawled by the way {arguments.way}; its ways in are: {names}")
        return found

    @classmethod
    def closed_because(cls, arguments: CrawlArguments, open_ways: Collection[WayName]) -> str | None:
        """Return why the way of a crawl is closed, or None where it is open."""
        way = cls.way_of(arguments)
        return closed_sentence(cls.name, way) if way.asks_consent and way.name not in open_ways else None

    @classmethod
    def is_opened_for_run(cls, arguments: CrawlArguments) -> bool:
        """Return whether the crawl begins on hosts opened on the command line only, and so reaches no market."""
        if arguments.base_url is not None:
            return True
        return all(is_opened(url, arguments) for url in cls.start_addresses(arguments))

    @classmethod
    def start_addresses(cls, arguments: CrawlArguments) -> tuple[str, ...]:
        """Return the market's own addresses that a crawl with these arguments begins with."""
        api = cls.api if cls.way_of(arguments).name == "api" else None
        found: list[str] = []
        try:
            if api is None:
                found += [cls.search_url(query, 1) for query in arguments.query]
                found += [cls.browse_url("category", value, 1) for value in arguments.category]
                found += [cls.browse_url("seller", value, 1) for value in arguments.seller]
            else:
                found += [api.search_url(query, 1, arguments) for query in arguments.query]
                found += [api.browse_url("category", value, 1, arguments) for value in arguments.category]
                found += [api.browse_url("seller", value, 1, arguments) for value in arguments.seller]
            for url in arguments.url:
                real = cls.real_address(url, arguments)
                is_page = api is not None and not is_opened(real, arguments) and origin_of(real) != api.host
                found.append(api.known_url(real) if api is not None and is_page else real)
        except ArgumentError as problem:
            raise ArgumentError(f"{cls.name}: {str(problem).removeprefix(f'{cls.name}: ')}") from None
        return tuple(dict.fromkeys(found)) or (cls.start_pages if api is None else ())

    @classmethod
    def browse_url(cls, kind: BrowseKind, value: str, page: int) -> str:  # noqa: ARG003 - the hook's arguments
        """Return the address of a page of a category or a seller's goods; raise ArgumentError where there is none."""
        raise ArgumentError(f"{cls.name}: has no listing by {kind} (asked for {value[:80]!r})")

    @classmethod
    def detail_url(cls, listing: Listing) -> str | None:  # noqa: ARG003 - the hook's argument
        """Return the address of a listing's own page or answer; None where it says no more than the list."""
        return None

    @classmethod
    def search_url(cls, query: str, page: int) -> str:  # noqa: ARG003 - the hook's arguments
        """Return the address of a search's page, from 1; raise ArgumentError where the market has no search."""
        raise ArgumentError(f"{cls.name}: has no search; give pages (-a url=…)")

    @classmethod
    def read(cls, answer: Answer) -> Reading:
        """Return what the answer says, whatever address it came from; raise ReadingError and nothing else."""
        if cls.api is not None and origin_of(answer.url) == cls.api.host:
            nothing = cls.api.check(answer)
            if nothing is not None:
                return nothing
        check_answer(answer)
        reading = cls.read_page(answer)
        kept: dict[str, Listing] = {}
        skipped = Counter(reading.skipped)
        for listing in reading.listings:
            if listing.listing_id in kept:
                skipped["listing_id: is on the page already"] += 1
            else:
                kept[listing.listing_id] = listing
        return replace(
            reading, listings=tuple(kept.values()), links=tuple(dict.fromkeys(reading.links)), skipped=dict(skipped)
        )

    @classmethod
    def read_page(cls, answer: Answer) -> Reading:
        """Read a page of the market by the shape of its body. Blocks, errors and empty bodies never reach it."""
        raise NotImplementedError

    @classmethod
    def may_fetch(cls, url: str, arguments: CrawlArguments) -> bool:
        """Return whether the address is the market's own, on a usual port, or on a host opened for this run."""
        return (is_on_host(url, cls.hosts) and is_default_port(url)) or is_opened(url, arguments)

    @classmethod
    def real_address(cls, url: str, arguments: CrawlArguments) -> str:
        """Return the market's own address of a page, also where the replay host's was given."""
        base = arguments.base_url
        return moved(url, cls.home) if base is not None and origin_of(url) == origin_of(base) else url


def is_opened(url: str, arguments: CrawlArguments) -> bool:
    """Return whether the address lies on a host that was opened for this run on the command line."""
    origin = origin_of(checked(url))
    if arguments.base_url is not None and origin == origin_of(arguments.base_url):
        return True
    scheme, _, place = origin.partition("://")
    with_port = place if place.rpartition(":")[2].isdecimal() else f"{place}:{443 if scheme == 'https' else 80}"
    return with_port in {host.lower() for host in arguments.allow_host}
