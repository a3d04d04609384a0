"""One owner's digest: which hits it reports, and what it says about the crawls behind it. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from alerts.figures import Figures
from alerts.title import Piece, quotes, shown, title_pieces
from records.decision import Reason
from records.hit import QUEUE_TIERS, Hit, Right, Tier, Track
from records.money import Money
from records.run import ENDED, Outcome, Run
from records.watchlist import Owner, WatchList
from storage.hit_records import StoredHit

ROWS = 20
"""Hits listed in one mail; the rest is a number and a link."""
COVERAGE_WINDOW = timedelta(hours=24)
BROKEN: frozenset[Outcome] = frozenset({"suspicious", "blocked", "failed", "stopped", "lost"})
TIER_ORDER: tuple[Tier, ...] = (*QUEUE_TIERS, "low", "none")
# Which counts of a run mean what. A crawl delay beyond our patience is the marketplace's robots.txt as well.
PAGES = ("pages",)
REFUSED_PAGES = ("blocked",)
"""Answers that refused us; the crawl counts them among the pages, the mail does not."""
BLOCKED = (*REFUSED_PAGES, "skip.host_stopped")
DENIED = ("skip.robots", "skip.crawl_delay")
# How the matcher writes the gap step of a price chain.
_GAP = re.compile(r"(\d+(?:\.\d+)?) % of the (list|minimum) price")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The reader's day that one digest stands for."""

    kind: Literal["daily"] = "daily"
    """Part of the mail's key."""
    day: date
    """The day in the reader's zone; part of the mail's key."""
    ends_at: datetime
    """When the digest was made, aware UTC."""

    @classmethod
    def of(cls, owner: Owner, now: datetime) -> "Period":
        """Return the owner's day of that moment."""
        return cls(day=Figures(language=owner.language).day_of(now), ends_at=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceShare:
    """The price per unit as a share of the owner's price per unit."""

    percent: Decimal
    """100 means the same price."""
    reference: Literal["list", "minimum"]
    """Which of the owner's prices it is compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One reported hit, as far as its owner is told."""

    hit_id: str
    """Names the hit in the console."""
    track: Track
    """ip or price."""
    tier: Tier
    """high, medium or low."""
    market: str
    """Display name of the marketplace."""
    language: str | None
    """Language tag of the title by the marketplace's country; None when unknown."""
    title: tuple[Piece, ...]
    """The original title, its evidence marked."""
    price: Money | None
    """Price asked; None when unknown."""
    price_max: Money | None
    """Upper end of a range."""
    minimum_price: Money | None
    """The owner's minimum price; on the price track only."""
    share: PriceShare | None
    """How the price compares with the owner's; on the price track only."""
    mark: str
    """The mark as registered."""
    registration_no: str | None
    """Its registration number."""
    office: str | None
    """Where it is registered."""
    right: Right
    """State of the registration."""
    reason: Reason
    """Why a reviewer confirmed it."""
    quotes: tuple[str, ...]
    """Printed words that the finding rests on."""
    seen_on: date
    """Day of the sighting that was judged, in the reader's zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageLine:
    """What the crawls of one marketplace read in the period."""

    market: str
    """Display name of the marketplace."""
    runs: int
    """Crawls that ended."""
    broken: int
    """Of these, the ones that did not end well."""
    pages: int
    """Pages read."""
    blocked: int
    """Pages that the marketplace refused."""
    denied: int
    """Pages left out because robots.txt asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Everything that one owner's mail says."""

    owner: Owner
    """The reader."""
    period: Period
    """The day it stands for."""
    lines: tuple[DigestLine, ...]
    """At most ROWS hits, the gravest first."""
    violations: int
    """All reported hits of the IP track."""
    price_breaches: int
    """All reported hits of the price track."""
    high: int
    """All reported hits of high tier."""
    unreviewed: int
    """Hits nobody has looked at; a number only."""
    coverage: tuple[CoverageLine, ...]
    """One line a marketplace, by name."""
    hit_ids: tuple[str, ...]
    """Every reported hit, also those beyond ROWS."""

    @property
    def count(self) -> int:
        """All reported hits."""
        return len(self.hit_ids)

    @property
    def more(self) -> int:
        """Reported hits beyond the listed ones."""
        return self.count - len(self.lines)


def build_digest(
    owner: Owner,
    released: Sequence[StoredHit],
    unreviewed: int,
    coverage: Sequence[Run],
    period: Period,
    *,
    watchlist: WatchList,
    market_titles: Mapping[str, str] = MappingProxyType({}),
) -> Digest | None:
    """Return the owner's digest, or None when nothing is new.

    Raises ValueError when a hit is another owner's or not confirmed as a violation: such a hit must never be mailed.
    """
    if not released:
        return None
    for stored in released:
        if stored.owner != owner.name:
            raise ValueError(f"hit {stored.hit_id} is not a hit of owner {owner.name!r}")
        if stored.state != "confirmed" or stored.decision is None or stored.decision.decision.verdict != "violation":
            raise ValueError(f"hit {stored.hit_id} is not confirmed as a violation")
    ordered = sorted(released, key=lambda one: (TIER_ORDER.index(one.hit.tier), -one.hit.score, one.hit_id))
    return Digest(
        owner=owner,
        period=period,
        lines=tuple(_line(stored, owner, watchlist, market_titles) for stored in ordered[:ROWS]),
        violations=sum(stored.hit.track == "ip" for stored in released),
        price_breaches=sum(stored.hit.track == "price" for stored in released),
        high=sum(stored.hit.tier == "high" for stored in released),
        unreviewed=unreviewed,
        coverage=_coverage(coverage, period, market_titles),
        hit_ids=tuple(stored.hit_id for stored in ordered),
    )


def market_title(market: str, titles: Mapping[str, str]) -> str:
    """Return the marketplace's display name; without one `tiki_vn` reads Tiki (VN)."""
    if market in titles:
        return titles[market]
    site, _, country = market.rpartition("_")
    if site and len(country) == 2:
        return shown(f"{site.capitalize()} ({country.upper()})")
    return shown(market.capitalize())


def _line(stored: StoredHit, owner: Owner, watchlist: WatchList, market_titles: Mapping[str, str]) -> DigestLine:
    hit, listing = stored.hit, stored.hit.listing
    mark = watchlist.mark_by_id.get(hit.mark_id)
    product = watchlist.product_by_id.get(hit.product_id) if hit.product_id is not None else None
    if stored.decision is None:
        raise ValueError(f"hit {stored.hit_id} has no decision")
    return DigestLine(
        hit_id=stored.hit_id,
        track=hit.track,
        tier=hit.tier,
        market=market_title(listing.market, market_titles),
        language={"vn": "vi", "jp": "ja"}.get(listing.market.rpartition("_")[2]),
        title=title_pieces(listing, hit.evidence),
        price=listing.offer.price,
        price_max=listing.offer.price_max,
        minimum_price=None if product is None else product.minimum_price,
        share=_share(hit),
        mark=shown(stored.brand if mark is None else mark.text),
        registration_no=None if mark is None or mark.registration_no is None else shown(mark.registration_no),
        office=None if mark is None or mark.office is None else shown(mark.office),
        right=hit.right,
        reason=stored.decision.decision.reason,
        quotes=quotes(hit.evidence),
        seen_on=Figures(language=owner.language).day_of(listing.fetched_at or stored.first_seen_at),
    )


def _share(hit: Hit) -> PriceShare | None:
    """Return the last step of the price chain as a number; None where there is none of the form known here."""
    for step in hit.chain:
        found = _GAP.fullmatch(step.value) if step.name == "gap" else None
        if found is not None:
            reference: Literal["list", "minimum"] = "list" if found[2] == "list" else "minimum"
            return PriceShare(percent=Decimal(found[1]), reference=reference)
    return None


def _coverage(runs: Sequence[Run], period: Period, market_titles: Mapping[str, str]) -> tuple[CoverageLine, ...]:
    """Return what the runs that ended within the window before the digest read, by marketplace."""
    since = period.ends_at - COVERAGE_WINDOW
    by_market: dict[str, list[Run]] = {}
    for run in runs:
        ended_at = run.finished_at or run.heartbeat_at or run.requested_at
        if run.outcome in ENDED and since < ended_at <= period.ends_at:
            by_market.setdefault(run.market, []).append(run)
    return tuple(
        CoverageLine(
            market=market_title(market, market_titles),
            runs=len(ended),
            broken=sum(run.outcome in BROKEN for run in ended),
            pages=_total(ended, PAGES) - _total(ended, REFUSED_PAGES),
            blocked=_total(ended, BLOCKED),
            denied=_total(ended, DENIED),
        )
        for market, ended in sorted(by_market.items())
    )


def _total(runs: Sequence[Run], names: Sequence[str]) -> int:
    return sum(run.counts.get(name, 0) for run in runs for name in names)
