"""Which addresses belong to the run: the market's own hosts and those opened for it, nothing that a page names."""

from urllib.parse import urljoin, urlsplit

from scrapy import Spider

from crawler.egress_addresses import is_internal_literal
from spiders.addresses import BadAddress, checked, is_on_host, moved, origin_of
from spiders.base import MarketSpider

DEFAULT_PORTS = {"http": 80, "https": 443}
# A path that repeats a piece this often is a trap, not a shop.
MAX_REPEATS = 2


def opened_places(spider: Spider | None) -> tuple[str, ...]:
    """Return the HOST:PORT places that were opened for this run on the command line."""
    if not isinstance(spider, MarketSpider):
        return ()
    places = [place.lower() for place in spider.arguments.allow_host]
    if spider.arguments.base_url is not None:
        places.append(_place(spider.arguments.base_url))
    return tuple(dict.fromkeys(places))


def _place(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{parts.port or DEFAULT_PORTS[parts.scheme]}"


def refusal_of(url: str, spider: Spider | None, *, is_image: bool = False) -> str | None:
    """Return the reason for which the run does not fetch an address, or None where it does.

    A listing's picture may lie on any public host, unless the run is confined to the hosts opened for it.
    """
    try:
        address = checked(url)
    except BadAddress:
        return "bad_address" if urlsplit(url).scheme in DEFAULT_PORTS else "scheme"
    if _place(address) in opened_places(spider):
        return None
    if is_internal_literal(urlsplit(address).hostname or ""):
        return "internal_address"
    if not isinstance(spider, MarketSpider) or (is_image and not spider.is_confined):
        return None
    return _refusal_of_market(address, spider)


def _refusal_of_market(address: str, spider: MarketSpider) -> str | None:
    arguments = spider.arguments
    # A replay, and a way that is closed, never leave the hosts opened for them.
    if spider.is_confined or not spider.may_fetch(address, arguments):
        return "off_site"
    return "path_repeats" if repeats(urlsplit(address).path) else None


def repeats(path: str) -> bool:
    """Return whether a run of path segments comes more than MAX_REPEATS times in a row (a/b/a/b/a/b)."""
    segments = [segment for segment in path.split("/") if segment]
    for size in range(1, len(segments) // (MAX_REPEATS + 1) + 1):
        for start in range(len(segments) - size * (MAX_REPEATS + 1) + 1):
            piece = segments[start : start + size]
            if segments[start : start + size * (MAX_REPEATS + 1)] == piece * (MAX_REPEATS + 1):
                return True
    return False


def in_scope(url: str, spider: Spider | None) -> str:
    """Return the address that a redirect leads to: on a replay the market's own hosts mean the replay host."""
    if isinstance(spider, MarketSpider) and spider.arguments.base_url is not None and is_on_host(url, spider.hosts):
        return moved(url, origin_of(spider.arguments.base_url))
    return url


def real_address(from_real_url: str, location: str, spider: Spider | None) -> str:
    """Return the market's own address that a redirect means, also where the replay host's was sent."""
    target = urljoin(from_real_url, location)
    if isinstance(spider, MarketSpider) and spider.arguments.base_url is not None:
        is_replay = origin_of(target) == origin_of(spider.arguments.base_url)
        return moved(target, origin_of(from_real_url)) if is_replay else target
    return target
