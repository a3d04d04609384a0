"""Whether a crawl may begin: the way is open, the operator's keys are there, and no host it begins with rests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crawler.cron import DEFAULT_ZONE
from crawler.errors import BadInput
from spiders.arguments import CrawlArguments
from spiders.base import MarketSpider
from spiders.credentials import missing_keys
from spiders.registry import load_markets
from spiders.ways import Way, WayName
from storage.access import Grant, HostRest, load_grants, load_host_rests, load_open_ways, record_grant
from storage.database import Database

# How long a host is left alone after a captcha, a punish page or a refusal.
COOL_DOWN = timedelta(hours=24)
SHORTEST_GROUND = 10
# Why a way that asks for no consent is open.
OPEN_BECAUSE: dict[WayName, str] = {
    "api": "its keys are set",
    "pages": "no terms are known that ask for consent; its robots.txt is read before every run",
    "import": "reads what a person saved",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WayState:
    """One way into a market today."""

    market: type[MarketSpider]
    way: Way
    is_open: bool
    because: str
    """Why it is open or closed."""
    grants: tuple[Grant, ...]
    """The records about it, newest first."""
    rests: tuple[HostRest, ...]
    """Hosts of the market that are left alone now."""


def open_ways(database: Database | None, market: str, at: datetime) -> frozenset[WayName]:
    """Return the ways that an administrator's record opens; none without a database."""
    if database is None:
        return frozenset()
    with database.read() as session:
        return cast("frozenset[WayName]", load_open_ways(session, market, at))


def check_access(
    spider: type[MarketSpider], arguments: CrawlArguments, database: Database | None, at: datetime
) -> None:
    """Raise BadInput where keys are missing or a host that the crawl begins with rests. Opened hosts need neither."""
    if spider.is_opened_for_run(arguments):
        return
    way = spider.way_of(arguments)
    missing = missing_keys(way.keys)
    if missing:
        names = " and ".join(key.variable for key in missing)
        raise BadInput(f"{spider.name}: the way {way.name} needs the operator's keys: set {names} in the environment")
    if database is None:
        return
    with database.read() as session:
        rests = {rest.host: rest for rest in load_host_rests(session, at, spider.name)}
    for url in spider.start_addresses(arguments):
        rest = rests.get(urlsplit(url).hostname or "")
        if rest is not None:
            raise BadInput(
                f"{spider.name}: {rest.host} refused automatic reading at {rest.since:%Y-%m-%d %H:%M} UTC "
                f"({rest.sign}); it is left alone until {rest.until:%Y-%m-%d %H:%M} UTC"
            )


def allow(
    database: Database, market: type[MarketSpider], way_name: str, ground: str, until: str, by: str, at: datetime
) -> Grant:
    """Record that a way is allowed and return the record; raise BadInput that says what is wrong."""
    way = declared_way(market, way_name)
    if not way.asks_consent:
        needs = " when its keys are set" if way.keys else ""
        raise BadInput(f"{market.name}: the way {way.name} asks for no consent; it is open{needs}")
    if len(ground.strip()) < SHORTEST_GROUND:
        raise BadInput(f"--ground: say what allows it (contract, letter, legal opinion): {ground!r}")
    ends_at = end_of_day(until)
    if ends_at <= at:
        raise BadInput(f"--until: lies in the past: {until!r}")
    with database.write() as session:
        return record_grant(session, market.name, way.name, ground.strip(), ends_at, by, at)


def declared_way(market: type[MarketSpider], way_name: str) -> Way:
    """Return the way of that name; raise BadInput that lists the declared ones."""
    for way in market.ways:
        if way.name == way_name:
            return way
    names = ", ".join(way.name for way in market.ways)
    raise BadInput(f"{market.name}: has no way {way_name!r}; its ways in are: {names}")


def end_of_day(text: str) -> datetime:
    """Return the moment at which a day ends in the office's zone; raise BadInput for a text that is no date."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--until: not a date of the form YYYY-MM-DD: {text!r}") from None
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(DEFAULT_ZONE))


def register(database: Database | None, at: datetime) -> tuple[WayState, ...]:
    """Return every way into every market as it stands today, in the markets' order."""
    grants: tuple[Grant, ...] = ()
    rests: tuple[HostRest, ...] = ()
    if database is not None:
        with database.read() as session:
            grants, rests = load_grants(session), load_host_rests(session, at)
    return tuple(
        _state(
            market,
            way,
            tuple(grant for grant in grants if (grant.market, grant.way) == (market.name, way.name)),
            tuple(rest for rest in rests if rest.market == market.name),
            at,
        )
        for market in load_markets().values()
        for way in market.ways
    )


def _state(
    market: type[MarketSpider], way: Way, grants: tuple[Grant, ...], rests: tuple[HostRest, ...], at: datetime
) -> WayState:
    opening = next((grant for grant in grants if grant.is_open(at)), None)
    missing = missing_keys(way.keys)
    if missing:
        is_open, because = False, f"needs {', '.join(key.variable for key in missing)}"
    elif not way.asks_consent:
        is_open, because = True, OPEN_BECAUSE[way.name]
    elif opening is not None:
        is_open = True
        because = f"allowed by {opening.allowed_by} until {opening.until:%Y-%m-%d %H:%M} UTC: {opening.ground}"
    else:
        is_open, because = False, "asks for consent, and no record in force gives it"
    return WayState(market=market, way=way, is_open=is_open, because=because, grants=grants, rests=rests)


def row_of(state: WayState) -> Mapping[str, object]:
    """Return a way as `markwatch markets list --json` prints it."""
    market, way = state.market, state.way
    return {
        "market": market.name,
        "title": market.title,
        "home": market.home,
        "way": way.name,
        "open": state.is_open,
        "because": state.because,
        "verified": way.verified,
        "format": way.format,
        "terms": way.terms,
        "limits": way.limits,
        "floor_seconds": way.floor_seconds,
        "keys": [key.variable for key in way.keys],
        "rests": [f"{rest.host} until {rest.until:%Y-%m-%d %H:%M} UTC: {rest.sign}" for rest in state.rests],
        "at_least": market.expected.at_least,
        "rules": market.rules.sentence,
    }
