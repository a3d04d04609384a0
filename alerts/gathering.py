"""Reads from storage what one mail reports: released hits, changes, answers, coverage, pictures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from alerts.digest import (
    CHANGE_ROWS,
    COVERAGE_WINDOW,
    FLAG_ROWS,
    ROWS,
    ChangeLine,
    CoverageLine,
    Digest,
    DigestLine,
    check_released,
    coverage_of,
    line_of,
    market_title,
)
from alerts.figures import Figures
from alerts.house import House
from alerts.message import digest_of
from alerts.monthly import LISTED, MonthlyReport
from alerts.pictures import thumbnail
from alerts.title import plain_title
from records.mail import BrandRule, Preference
from records.run import Run
from records.watchlist import WatchList
from storage.hit_records import StoredHit
from storage.hits import load_hit
from storage.mail_deeds import BrandKey, Deed, load_deeds, load_kept_pages
from storage.mail_months import count_released, count_told, load_released_in
from storage.mail_news import (
    ListingChange,
    Scope,
    count_new,
    count_new_urgent,
    count_reviewed,
    count_unreviewed_of,
    load_changes,
    load_new,
    load_unreviewed,
)
from storage.outbox import Change, load_last_digest
from storage.owner_answers import load_answers_since
from storage.runs import load_ended_runs
from storage.thumbnails import load_thumbnail
from storage.watchlist import load_watchlist

# What was confirmed longer ago is no emergency any more; it stands in the digest.
URGENT_FOR = timedelta(hours=24)
WEEK = timedelta(days=7)
NOBODY = "nobody"
"""Stands in links for no recipient: the pages they open have nothing to show."""

Session = Any  # only storage may name SQLAlchemy's types


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One recipient's mails about one brand: whose, how, and what the brand allows."""

    address_id: str
    """The recipient's lasting id."""
    address: str
    """Where it goes."""
    owner: str
    """Company that holds the brand."""
    brand: str
    """The one brand."""
    preference: Preference
    """How the reader wants it."""
    rule: BrandRule
    """What the brand allows."""
    has_own_links: bool = True
    """False: links in the mail are nobody's, because staff look at it."""

    @property
    def link_id(self) -> str:
        """For whom links in the mail act."""
        return self.address_id if self.has_own_links else NOBODY

    def scope(self, now: datetime) -> Scope:
        """Return whose news is asked for."""
        return Scope(
            address_id=self.address_id,
            owner=self.owner,
            brand=self.brand,
            minimum_tier=self.preference.minimum_tier,
            markets=self.preference.markets,
            since=self.preference.since,
            now=now,
        )

    def figures(self) -> Figures:
        """Return how the reader sees figures and days."""
        return Figures(language=self.preference.language, zone=self.preference.zone)


class Shared:
    """What the mails of one moment read alike: each part is read once, and only when a mail needs it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._watchlist: WatchList | None = None
        self._deeds: dict[tuple[datetime, datetime], Mapping[BrandKey, Mapping[Deed, int]]] = {}
        self._runs: dict[tuple[datetime, datetime], tuple[Run, ...]] = {}

    def watchlist(self, session: Session) -> WatchList:
        """Return what is watched, as of today."""
        if self._watchlist is None:
            self._watchlist = load_watchlist(session, self.now.date())
        return self._watchlist

    def runs(self, session: Session, since: datetime, until: datetime) -> tuple[Run, ...]:
        """Return every run that ended in that time."""
        if (since, until) not in self._runs:
            self._runs[since, until] = load_ended_runs(session, since, until)
        return self._runs[since, until]

    def deeds(self, session: Session, stream: Stream, since: datetime, until: datetime) -> Mapping[Deed, int]:
        """Return what was done for the stream's brand in that time."""
        if (since, until) not in self._deeds:
            self._deeds[since, until] = load_deeds(session, since, until)
        return self._deeds[since, until].get((stream.owner, stream.brand), {})


def gather_digest(
    session: Session, stream: Stream, day: date, last_at: datetime | None, shared: Shared, house: House
) -> Digest:
    """Return what the recipient's digest says now; `last_at` is when the one before was due, for the answers.

    Whether there is any news at all is for the caller to ask (Digest.has_news).
    """
    now = shared.now
    scope, figures = stream.scope(now), stream.figures()
    released = load_new(session, scope, ROWS)
    check_released(stream.owner, stream.brand, released)
    counts = count_new(session, scope)
    lines = _lines(session, released, figures, shared, house)
    total = sum(counts.values())
    # Where all are listed the figure is that of the rows, which show each hit as it was judged.
    high = sum(line.tier == "high" for line in lines) if total <= ROWS else _sum(counts, 1, "high")
    changes, changes_count, not_seen = _changes(session, stream, now, last_at, house)
    flags = _flags(session, stream, scope, day, shared, house)
    window = WEEK if stream.preference.frequency == "weekly" else COVERAGE_WINDOW
    last = load_last_digest(session, stream.address_id, stream.owner, stream.brand)
    done_since = last_at or stream.preference.since
    return Digest(
        owner=stream.owner,
        brand=stream.brand,
        preference=stream.preference,
        kind="digest",
        day=day,
        made_at=now,
        lines=lines,
        violations=_sum(counts, 0, "ip"),
        price_breaches=_sum(counts, 0, "price"),
        high=high,
        flags=flags,
        agreed_by=stream.rule.agreed_by,
        changes=changes,
        changes_count=changes_count,
        not_seen=not_seen,
        folded=count_new_urgent(session, scope, stream.rule, now - URGENT_FOR),
        unreviewed=count_unreviewed_of(session, stream.owner, stream.brand),
        reviewed=count_reviewed(session, stream.owner, stream.brand),
        coverage=_coverage(session, stream, now - window, now, shared, house),
        read_since=figures.day_of(now - window),
        deeds=shared.deeds(session, stream, done_since, now),
        deeds_since=figures.day_of(done_since),
        last_time=None if last is None else (figures.day_of(last[0]), last[1]),
    )


def gather_urgent(session: Session, stream: Stream, stored: StoredHit, shared: Shared, house: House) -> Digest:
    """Return what an urgent notice of one hit says."""
    check_released(stream.owner, stream.brand, (stored,))
    now = shared.now
    figures = stream.figures()
    (line,) = _lines(session, (stored,), figures, shared, house)
    is_ip = line.track == "ip"
    return Digest(
        owner=stream.owner,
        brand=stream.brand,
        preference=stream.preference,
        kind="urgent",
        day=figures.day_of(now),
        made_at=now,
        lines=(line,),
        violations=int(is_ip),
        price_breaches=int(not is_ip),
        high=int(line.tier == "high"),
        unreviewed=count_unreviewed_of(session, stream.owner, stream.brand),
        reviewed=count_reviewed(session, stream.owner, stream.brand),
        coverage=_coverage(session, stream, now - COVERAGE_WINDOW, now, shared, house),
        read_since=figures.day_of(now - COVERAGE_WINDOW),
    )  # fmt: skip


def gather_month(
    session: Session, stream: Stream, month: date, day: date, shared: Shared, house: House
) -> MonthlyReport:
    """Return the figures of the month that begins on that day, in the reader's zone."""
    figures = stream.figures()
    start, end = figures.start_of(month), figures.start_of(_next_month(month))
    before = figures.start_of((month - timedelta(days=1)).replace(day=1))
    owner, brand = stream.owner, stream.brand
    listed = load_released_in(session, owner, brand, start, end, shared.now, LISTED)
    check_released(owner, brand, listed)
    return MonthlyReport(
        owner=owner,
        brand=brand,
        month=month,
        day=day,
        made_at=shared.now,
        confirmed=count_released(session, owner, brand, start, end, shared.now),
        before=count_released(session, owner, brand, before, start, shared.now),
        lines=_lines(session, listed, figures, shared, house),
        deeds=shared.deeds(session, stream, start, end),
        told=count_told(session, stream.address_id, brand, start, end),
        told_before=count_told(session, stream.address_id, brand, before, start),
        unreviewed=count_unreviewed_of(session, owner, brand),
        reviewed=count_reviewed(session, owner, brand),
        coverage=_coverage(session, stream, start, end, shared, house),
    )


def _lines(
    session: Session, found: Sequence[StoredHit], figures: Figures, shared: Shared, house: House
) -> tuple[DigestLine, ...]:
    """Return those hits as far as their owner is told."""
    if not found:
        return ()
    watchlist = shared.watchlist(session)
    pages = load_kept_pages(session, {stored.hit_id: stored.hit.listing.key for stored in found})
    return tuple(line_of(stored, figures, watchlist, house.market_titles, pages.get(stored.hit_id)) for stored in found)


def _coverage(
    session: Session, stream: Stream, since: datetime, until: datetime, shared: Shared, house: House
) -> tuple[CoverageLine, ...]:
    runs = shared.runs(session, since, until)
    return coverage_of(runs, since, until, stream.preference.markets, house.market_titles)


def load_pictures(session: Session, lines: Iterable[DigestLine]) -> dict[tuple[str, str], tuple[str, bytes]]:
    """Return Content-ID and JPEG of the listings' pictures, where there is one fit for a mail."""
    found: dict[tuple[str, str], tuple[str, bytes]] = {}
    for line in lines:
        kept = load_thumbnail(session, *line.key)
        jpeg = None if kept is None or kept.jpeg is None else thumbnail(kept.jpeg)
        if jpeg is not None:
            found[line.key] = (f"{digest_of((*line.key, digest_of((jpeg.hex(),))))[:24]}@markwatch", jpeg)
    return found


def _sum(counts: Any, place: int, value: str) -> int:
    return sum(count for key, count in counts.items() if key[place] == value)


def _next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def _flags(
    session: Session, stream: Stream, scope: Scope, day: date, shared: Shared, house: House
) -> tuple[DigestLine, ...]:
    """Return unreviewed flags, only where owner and agency agreed to mail them on that day."""
    if not stream.rule.allows_unreviewed(day):
        return ()
    figures = stream.figures()
    found = load_unreviewed(session, scope, FLAG_ROWS)
    return _lines(session, found, figures, shared, house)


def _changes(
    session: Session, stream: Stream, now: datetime, last_at: datetime | None, house: House
) -> tuple[tuple[ChangeLine, ...], int, int]:
    """Return the lines of what changed or was answered, how many there are in all, and how many are not seen."""
    scope, figures = stream.scope(now), stream.figures()
    changed = load_changes(session, scope)
    lines = [_change_line(change, figures, house) for change in _first_of_each(changed)]
    answers = load_answers_since(session, stream.owner, stream.brand, last_at or stream.preference.since)
    for answer in answers[:CHANGE_ROWS]:
        stored = load_hit(session, answer.hit_id)
        listing = stored.hit.listing
        lines.append(
            ChangeLine(
                hit_id=answer.hit_id,
                change="answered",
                market=market_title(listing.market, house.market_titles),
                title=plain_title(listing),
                day=figures.day_of(answer.at),
                answer=answer.answer,
            )
        )
    not_seen = sum(change.change == "not_seen" for change in changed)
    return tuple(lines), len(changed) + min(len(answers), CHANGE_ROWS), not_seen


def _first_of_each(changed: Sequence[ListingChange]) -> list[ListingChange]:
    kinds = ("price", "not_seen", "seen_again")
    return [one for kind in kinds for one in [each for each in changed if each.change == kind][:CHANGE_ROWS]]


def _change_line(change: ListingChange, figures: Figures, house: House) -> ChangeLine:
    return ChangeLine(
        hit_id=change.hit_id,
        change=change.change,
        market=market_title(change.listing.market, house.market_titles),
        title=plain_title(change.listing),
        before=change.before,
        after=change.after,
        day=figures.day_of(change.seen_at),
    )


def changes_told(session: Session, stream: Stream, now: datetime) -> list[tuple[str, Change]]:
    """Return every change that a digest of now tells, also those beyond its rows."""
    return [(change.hit_id, change.change) for change in load_changes(session, stream.scope(now))]
