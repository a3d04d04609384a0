"""Applies what markets' terms let us keep: by the scheduler every few minutes, or by `markwatch markets purge`."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta

from crawler.config import Settings
from crawler.job_context import JobContext
from spiders.registry import load_markets
from spiders.ways import Rules
from storage.database import Database, Session
from storage.market_rules import Part, delete_unflagged, purge_part

BATCH_LISTINGS = 200


def rules_of(market: str, settings: Settings) -> Rules:
    """Return a market's rules with this installation's shorter times; a longer time than the terms' has no effect."""
    rules = load_markets()[market].rules
    hours = settings.retention_hours.get(market)
    if hours is None:
        return rules
    own = timedelta(hours=hours)

    def shorter(allowed: timedelta | None) -> timedelta:
        return own if allowed is None else min(allowed, own)

    return replace(
        rules,
        price_for=shorter(rules.price_for),
        details_for=shorter(rules.details_for),
        listing_for=shorter(rules.listing_for),
    )


def purge_markets(
    database: Database,
    settings: Settings,
    at: datetime,
    write: Callable[[], AbstractContextManager[Session]] | None = None,
) -> Mapping[str, int]:
    """Apply every market's rules as of a time, batch by batch; return counts by market and part."""
    counts: Counter[str] = Counter()
    opened = database.write if write is None else write
    for market in load_markets():
        for name, act in _acts(market, rules_of(market, settings), at):
            while True:
                with opened() as session:
                    done = act(session)
                if done:
                    counts[f"{market} {name}"] += done
                if done < BATCH_LISTINGS:
                    break
    return dict(counts)


def _acts(market: str, rules: Rules, at: datetime) -> Iterator[tuple[str, Callable[[Session], int]]]:
    if rules.listing_for is not None:
        before = at - rules.listing_for
        yield "deleted", lambda session: delete_unflagged(session, market, before, BATCH_LISTINGS)
    # What remains of a listing with a hit when its whole time is over is what details leave, without the price.
    times: tuple[tuple[Part, timedelta | None], ...] = (
        ("price", _least(rules.price_for, rules.listing_for)),
        ("details", _least(rules.details_for, rules.listing_for)),
    )
    for part, length in times:
        if length is not None:
            yield part, _purge(market, part, at - length, at)


def _purge(market: str, part: Part, before: datetime, at: datetime) -> Callable[[Session], int]:
    return lambda session: purge_part(session, market, part, before, at, BATCH_LISTINGS)


def _least(first: timedelta | None, second: timedelta | None) -> timedelta | None:
    known = [length for length in (first, second) if length is not None]
    return min(known) if known else None


def perform_rules(context: JobContext) -> Mapping[str, object]:
    """Job: apply every market's rules as of now."""
    return purge_markets(context.database, context.settings, context.clock(), context.write)
