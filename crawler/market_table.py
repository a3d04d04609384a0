"""The tables of docs/marketplaces.md, made from what markets declare: `python -m crawler.market_table` renews them."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from spiders.api import Api
from spiders.arguments import ArgumentError, CrawlArguments, read_arguments
from spiders.base import MarketSpider
from spiders.declared import DeclaredMarket
from spiders.registry import load_markets
from spiders.ways import Way

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "marketplaces.md"
BEGIN, END = "<!-- made by crawler.market_table: {} -->", "<!-- end -->"


def ways_table() -> str:
    """Return one row per way: what it needs, what it was verified on, what binds and limits it."""
    rows = [
        (f"`{market.name}`", way.name, _needs(way), way.verified, way.format, way.limits, way.terms)
        for market in load_markets().values()
        for way in market.ways
    ]
    return _table(("market", "way", "needs", "verified on", "format", "limits", "terms"), rows)


def discovery_table() -> str:
    """Return one row per way that is crawled: what it finds listings by."""
    rows = [
        (f"`{market.name}`", way.name, ", ".join(found_by(market, way)), f"{way.floor_seconds:g} s")
        for market in load_markets().values()
        for way in market.ways
        if way.name != "import"
    ]
    return _table(("market", "way", "found by", "at most one request in"), rows)


def rules_table() -> str:
    """Return one row per market whose terms bind what is kept or shown."""
    rows = [
        (f"`{market.name}`", market.rules.sentence, market.rules.credit, market.rules.source)
        for market in load_markets().values()
        if market.rules.sentence or market.rules.credit
    ]
    return _table(("market", "kept", "shown beside it", "source"), rows)


def keys_table() -> str:
    """Return one row per environment variable that an API needs."""
    rows = [
        (f"`{key.variable}`", f"`{market.name}`", key.meaning)
        for market in load_markets().values()
        for way in market.ways
        for key in way.keys
    ]
    return _table(("variable", "market", "what it is"), rows)


def found_by(market: type[MarketSpider], way: Way) -> tuple[str, ...]:
    """Return what listings are found by on that way, tried on the market's own hooks."""
    arguments = read_arguments(market.arguments_model, market.name, {"way": way.name})
    api = market.api if way.name == "api" else None
    found = [name for name, act in _tries(market, api, arguments) if _works(act)]
    if api is None or _is_own(api.known_url, Api.known_url):
        found.append("known pages")
    if "sitemap" in market.arguments_model.model_fields:
        found.append("sitemap")
    detail = market.detail_url if api is None else api.detail_url
    if _is_own(detail, DeclaredMarket.detail_url if api is None else Api.detail_url):
        found.append("details")
    return tuple(found)


def _tries(
    market: type[MarketSpider], api: type[Api] | None, arguments: CrawlArguments
) -> Iterable[tuple[str, Callable[[], str]]]:
    if api is None:
        return (
            ("words", lambda: market.search_url("cream", 1)),
            ("category", lambda: market.browse_url("category", "1000", 1)),
            ("seller", lambda: market.browse_url("seller", "1000", 1)),
        )
    return (
        ("words", lambda: api.search_url("cream", 1, arguments)),
        ("category", lambda: api.browse_url("category", "1000", 1, arguments)),
        ("seller", lambda: api.browse_url("seller", "1000", 1, arguments)),
    )


def _works(act: Callable[[], str]) -> bool:
    try:
        act()
    except ArgumentError:
        return False
    return True


def _is_own(method: object, inherited: object) -> bool:
    return getattr(method, "__func__", method) is not getattr(inherited, "__func__", inherited)


def _needs(way: Way) -> str:
    needs = [f"`{key.variable}`" for key in way.keys] + (["an administrator's record"] if way.asks_consent else [])
    return ", ".join(needs) or "nothing"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', '/') or '–' for cell in row)} |" for row in rows]
    return "\n".join(lines)


TABLES: dict[str, Callable[[], str]] = {
    "ways": ways_table,
    "discovery": discovery_table,
    "rules": rules_table,
    "keys": keys_table,
}


def with_tables(document: str) -> str:
    """Return the document with every table between its marks made anew."""
    for name, make in TABLES.items():
        begin = BEGIN.format(name)
        before, mark, rest = document.partition(f"{begin}\n")
        _, end, after = rest.partition(END)
        if not mark or not end:
            raise ValueError(f"{DOCUMENT}: has no marks {begin} … {END}")
        document = f"{before}{mark}{make()}\n{end}{after}"
    return document


def main() -> int:
    """Rewrite the tables of the document."""
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
