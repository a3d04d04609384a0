"""What one mail to one recipient about one brand reports, and what it says about the crawls behind it. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from alerts.figures import Figures
from alerts.home_price import HomePrice, home_price
from alerts.title import Piece, findings_of, quotes, shown, title_pieces
from records.decision import Reason
from records.hit import Evidence, Hit, Right, Tier, Track
from records.mail import Answer, Preference
from records.money import Money
from records.run import ENDED, Outcome, Run
from records.watchlist import WatchList
from storage.hit_records import StoredHit
from storage.mail_deeds import Deed, KeptPage

ROWS = 20
"""Hits listed in one mail; the rest is a number and a link."""
CHANGE_ROWS = 10
FLAG_ROWS = 10
"""Unreviewed flags in one mail."""
COVERAGE_WINDOW = timedelta(hours=24)
BROKEN: frozenset[Outcome] = frozenset({"suspicious", "blocked", "failed", "stopped", "lost"})
# Which counts of a run mean what. A crawl delay beyond our patience is the marketplace's robots.txt as well.
PAGES = ("pages",)
REFUSED_PAGES = ("blocked",)
"""Answers that refused us; the crawl counts them among the pages, the mail does not."""
BLOCKED = (*REFUSED_PAGES, "skip.host_stopped")
DENIED = ("skip.robots", "skip.crawl_delay")
# How the matcher writes the gap step of a price chain.
_GAP = re.compile(r"(\d+(?:\.\d+)?) % of the (list|minimum) price")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceShare:
    """The price per unit as a share of the owner's price per unit."""

    percent: Decimal
    """100 means the same price."""
    reference: Literal["list", "minimum"]
    """Which of the owner's prices it is compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptProof:
    """What is kept of a listing as evidence."""

    sha256: str
    """Hash of the page capture's manifest, or of the kept answer."""
    is_page: bool
    """True: the page was captured whole; False: only the marketplace's answer is kept."""
    kept_on: date
    """Day on which it was taken, in the reader's zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One reported hit, as far as its owner is told."""

    hit_id: str
    """Names the hit in the console."""
    key: tuple[str, str]
    """Marketplace and id of the listing, for its picture."""
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
    home_price: HomePrice | None
    """About how much the price is in the reader's own money; None where it is in it, or no rate is known."""
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
    reason: Reason | None
    """Why a reviewer confirmed it; None for a flag that nobody has reviewed."""
    findings: tuple[Evidence, ...]
    """What speaks against the listing, strongest first; nothing about its seller."""
    quotes: tuple[str, ...]
    """Printed words that the finding rests on."""
    seen_on: date
    """Day of the sighting that was judged, in the reader's zone."""
    first_seen_on: date
    """Day on which it was first found, in the reader's zone."""
    kept: KeptProof | None = None
    """What is kept of the listing; None where nothing is."""


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
class ChangeLine:
    """What happened to a listing that was reported before, or what was answered about it."""

    hit_id: str
    """Names the hit in the console."""
    change: Literal["price", "not_seen", "seen_again", "answered"]
    """Price moved; not seen since; seen again; somebody of the owner answered."""
    market: str
    """Display name of the marketplace."""
    title: str
    """The title as the reviewer judged it, made harmless and cut."""
    before: Money | None = None
    """Price told before."""
    after: Money | None = None
    """Price now."""
    day: date
    """Day of the last sighting, or of the answer, in the reader's zone."""
    answer: Answer | None = None
    """What was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Everything that one mail says: a digest, or an urgent notice of one hit."""

    owner: str
    """Company that holds the brand."""
    brand: str
    """The one brand it is about."""
    preference: Preference
    """How the reader wants it: language, zone, hour."""
    kind: Literal["digest", "urgent"]
    """What it is."""
    day: date
    """The reader's day that it stands for."""
    made_at: datetime
    """When it was made, aware UTC."""
    lines: tuple[DigestLine, ...]
    """At most ROWS released hits, the gravest first."""
    violations: int
    """All reported hits of the IP track."""
    price_breaches: int
    """All reported hits of the price track."""
    high: int
    """All reported hits of high tier."""
    flags: tuple[DigestLine, ...] = ()
    """Unreviewed flags, where owner and agency agreed to them."""
    agreed_by: str = ""
    """Who agreed to them for the owner."""
    changes: tuple[ChangeLine, ...] = ()
    """What changed, at most CHANGE_ROWS of each kind."""
    changes_count: int = 0
    """All that changed."""
    not_seen: int = 0
    """How many listings are reported as not seen any more."""
    folded: int = 0
    """Urgent hits that stand here because of the day's cap."""
    unreviewed: int
    """Flags of this brand nobody has looked at; a number only."""
    reviewed: tuple[int, int]
    """Flags of this brand that reviewers confirmed and rejected so far."""
    coverage: tuple[CoverageLine, ...]
    """One line a marketplace, by name."""
    read_since: date
    """First day of the coverage, in the reader's zone."""
    deeds: Mapping[Deed, int] = field(default_factory=lambda: MappingProxyType({}))
    """What was done for the brand since the mail before."""
    deeds_since: date | None = None
    """First day of that, in the reader's zone; None in an urgent notice, which says nothing of it."""
    last_time: tuple[date, int] | None = None
    """Day of the reader's digest before this one and how many hits were new in it; None for the first one."""

    @property
    def count(self) -> int:
        """All reported released hits."""
        return self.violations + self.price_breaches

    @property
    def more(self) -> int:
        """Reported hits beyond the listed ones."""
        return self.count - len(self.lines)

    @property
    def has_news(self) -> bool:
        """False: there is nothing to say, so nothing is sent."""
        return bool(self.count or self.flags or self.changes)


def check_released(owner: str, brand: str, released: Iterable[StoredHit]) -> None:
    """Raise ValueError for a hit of another owner or brand or one not confirmed: such a hit must never be mailed."""
    for stored in released:
        if (stored.owner, stored.brand) != (owner, brand):
            raise ValueError(f"hit {stored.hit_id} is not a hit of brand {brand!r} of owner {owner!r}")
        if stored.state != "confirmed" or stored.decision is None or stored.decision.decision.verdict != "violation":
            raise ValueError(f"hit {stored.hit_id} is not confirmed as a violation")


def market_title(market: str, titles: Mapping[str, str]) -> str:
    """Return the marketplace's display name; without one `tiki_vn` reads Tiki (VN)."""
    if market in titles:
        return titles[market]
    site, _, country = market.rpartition("_")
    if site and len(country) == 2:
        return shown(f"{site.capitalize()} ({country.upper()})")
    return shown(market.capitalize())


def line_of(
    stored: StoredHit,
    figures: Figures,
    watchlist: WatchList,
    market_titles: Mapping[str, str] = MappingProxyType({}),
    page: KeptPage | None = None,
) -> DigestLine:
    """Return one hit as far as its owner is told; `page` is the capture taken for it."""
    hit, listing = stored.hit, stored.hit.listing
    mark = watchlist.mark_by_id.get(hit.mark_id)
    product = watchlist.product_by_id.get(hit.product_id) if hit.product_id is not None else None
    return DigestLine(
        hit_id=stored.hit_id,
        key=listing.key,
        track=hit.track,
        tier=hit.tier,
        market=market_title(listing.market, market_titles),
        language={"vn": "vi", "jp": "ja"}.get(listing.market.rpartition("_")[2]),
        title=title_pieces(listing, hit.evidence, "" if mark is None else mark.text),
        price=listing.offer.price,
        price_max=listing.offer.price_max,
        home_price=home_price(
            listing.offer.price, (listing.fetched_at or stored.first_seen_at).date(), figures, watchlist
        ),
        minimum_price=None if product is None else product.minimum_price,
        share=_share(hit),
        mark=shown(stored.brand if mark is None else mark.text),
        registration_no=None if mark is None or mark.registration_no is None else shown(mark.registration_no),
        office=None if mark is None or mark.office is None else shown(mark.office),
        right=hit.right,
        reason=None if stored.decision is None else stored.decision.decision.reason,
        findings=findings_of(hit.evidence),
        quotes=quotes(hit.evidence),
        seen_on=figures.day_of(listing.fetched_at or stored.first_seen_at),
        first_seen_on=figures.day_of(stored.first_seen_at),
        kept=_proof(stored, page, figures),
    )


def _proof(stored: StoredHit, page: KeptPage | None, figures: Figures) -> KeptProof | None:
    if page is not None:
        return KeptProof(sha256=page.manifest_sha256, is_page=True, kept_on=figures.day_of(page.at))
    if stored.capture_sha256 is None:
        return None
    taken_at = stored.hit.listing.fetched_at or stored.first_seen_at
    return KeptProof(sha256=stored.capture_sha256, is_page=False, kept_on=figures.day_of(taken_at))


def _share(hit: Hit) -> PriceShare | None:
    """Return the last step of the price chain as a number; None where there is none of the form known here."""
    for step in hit.chain:
        found = _GAP.fullmatch(step.value) if step.name == "gap" else None
        if found is not None:
            reference: Literal["list", "minimum"] = "list" if found[2] == "list" else "minimum"
            return PriceShare(percent=Decimal(found[1]), reference=reference)
    return None


def coverage_of(
    runs: Iterable[Run],
    since: datetime,
    until: datetime,
    markets: Sequence[str] = (),
    market_titles: Mapping[str, str] = MappingProxyType({}),
) -> tuple[CoverageLine, ...]:
    """Return what the runs that ended within the time read, by marketplace; `markets` limits it to those."""
    by_market: dict[str, list[Run]] = {}
    for run in runs:
        ended_at = run.finished_at or run.heartbeat_at or run.requested_at
        if run.outcome in ENDED and since < ended_at <= until and (not markets or run.market in markets):
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
