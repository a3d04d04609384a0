"""What is news to one recipient about one brand: released hits not told yet, and what changed in those told before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, insert, literal, or_, select, union
from sqlalchemy.orm import Session

from records.hit import Tier
from records.listing import Listing
from records.mail import BrandRule
from records.money import Money
from storage.decisions import released
from storage.hit_records import StoredHit
from storage.hit_rows import judged_from_document, stored_hits
from storage.listings import load_prices
from storage.mail_tables import outbox, outbox_items
from storage.outbox import UNTOLD, Change
from storage.report_tables import outbox_listed
from storage.review_tables import outcomes
from storage.tables import decisions, hit_counts, hits, listings, price_observations, runs

TIERS: tuple[Tier, ...] = ("high", "medium", "low", "none")
# A price that moved less than this share of the price told before is not worth a line.
PRICE_MOVE = Decimal("0.05")
# A listing is reported as not seen any more after this many crawls of the same words that ended well without it.
MISSED_CRAWLS = 2
NOT_SEEN_AFTER = timedelta(hours=20)
# Listings looked at for changes in one mail; the rest waits for the next one.
CHANGES_READ = 300
ENDED_WELL = ("finished", "finished_with_warnings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose news it is."""

    address_id: str
    """The recipient."""
    owner: str
    """Owner of the brand."""
    brand: str
    """The one brand that the mail is about."""
    minimum_tier: Tier
    """Hits of a lower tier are no news."""
    markets: tuple[str, ...]
    """Only these marketplaces; empty means all."""
    since: datetime
    """What was decided before is no news."""
    now: datetime
    """What is released by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingChange:
    """What happened to a listing that the recipient was told about before."""

    hit_id: str
    """The hit told before."""
    change: Literal["price", "not_seen", "seen_again"]
    """Price moved; not seen since; seen again."""
    listing: Listing
    """The listing as the reviewer judged it."""
    before: Money | None
    """Price when it was last told; for a price move."""
    after: Money | None
    """Price now; for a price move."""
    seen_at: datetime
    """When the listing was last seen."""


def _brand(scope: Scope) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [hits.c.owner == scope.owner, hits.c.brand == scope.brand]
    if scope.markets:
        found.append(hits.c.market.in_(scope.markets))
    return found


def _told(scope: Scope, change: Change) -> ColumnElement[bool]:
    """Return the condition that the recipient was told that of the hit, or soon will be."""
    return exists().where(
        outbox_items.c.hit_id == hits.c.hit_id,
        outbox_items.c.change == change,
        outbox.c.mail_id == outbox_items.c.mail_id,
        outbox.c.address_id == scope.address_id,
        outbox.c.state.not_in(UNTOLD),
    )


def _new(scope: Scope, *columns: Any) -> Select[Any]:
    wanted = TIERS[: TIERS.index(scope.minimum_tier) + 1]
    conditions = [*_brand(scope), *released(scope.now), hits.c.settled_at >= scope.since, ~_told(scope, "new")]
    if scope.minimum_tier != "low":
        conditions.append(hits.c.tier.in_(wanted))
    return (
        select(*columns)
        .select_from(hits.join(decisions, decisions.c.decision_id == hits.c.decision_id))
        .where(*conditions)
    )


def _unreviewed(scope: Scope, *columns: Any) -> Select[Any]:
    """Flags of high tier that nobody has looked at; told only where owner and agency agreed to it."""
    return select(*columns).where(
        *_brand(scope), hits.c.state == "new", hits.c.tier == "high", ~_told(scope, "unreviewed")
    )


def is_urgent(rule: BrandRule, since: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions on a released hit that make it urgent by the brand's rule."""
    if rule.urgent_tier is None:
        return [literal(value=False)]
    tiers = TIERS[: TIERS.index(rule.urgent_tier) + 1]
    return [
        hits.c.tier.in_(tiers), hits.c.score >= rule.urgent_score, decisions.c.reason.in_(rule.urgent_reasons),
        hits.c.settled_at >= since,
    ]  # fmt: skip


def count_new(session: Session, scope: Scope) -> Mapping[tuple[str, str], int]:
    """Return how many hits are news, by track and tier."""
    columns = (hits.c.track, hits.c.tier)
    query = _new(scope, *columns, func.count().label("hits")).group_by(*columns)
    return {(row.track, row.tier): int(row.hits) for row in session.execute(query)}


def count_new_urgent(session: Session, scope: Scope, rule: BrandRule, since: datetime) -> int:
    """Return how many of the hits that are news are urgent by the brand's rule."""
    return int(session.scalar(_new(scope, func.count()).where(*is_urgent(rule, since))) or 0)


def load_new(session: Session, scope: Scope, limit: int) -> tuple[StoredHit, ...]:
    """Return the gravest hits that are news, each as the reviewer judged it."""
    return judged_hits(session, _new(scope, hits, decisions.c.judged), limit)


def load_new_urgent(
    session: Session, scope: Scope, rule: BrandRule, since: datetime, limit: int
) -> tuple[StoredHit, ...]:
    """Return the hits that are news and urgent by the brand's rule, each as the reviewer judged it."""
    return judged_hits(session, _new(scope, hits, decisions.c.judged).where(*is_urgent(rule, since)), limit)


def load_unreviewed(session: Session, scope: Scope, limit: int) -> tuple[StoredHit, ...]:
    """Return the gravest flags that nobody has looked at and the recipient was not told of."""
    rows = session.execute(_ordered(_unreviewed(scope, hits), limit)).mappings().all()
    return stored_hits(session, rows)


def _ordered(query: Select[Any], limit: int) -> Select[Any]:
    gravity = case({tier: place for place, tier in enumerate(TIERS)}, value=hits.c.tier)
    return query.order_by(gravity, hits.c.score.desc(), hits.c.hit_id).limit(limit)


def judged_hits(session: Session, query: Select[Any], limit: int) -> tuple[StoredHit, ...]:
    """Return the gravest hits of a query over hits and decisions.judged, each as the reviewer judged it."""
    rows = session.execute(_ordered(query, limit)).mappings().all()
    judged = [judged_from_document(row["judged"]) for row in rows]
    return tuple(replace(stored, hit=hit) for stored, hit in zip(stored_hits(session, rows), judged, strict=True))


def report_new(session: Session, mail_id: int, scope: Scope) -> int:
    """Note that a mail tells every hit that is news, also those beyond its rows; return how many."""
    return _report(session, mail_id, "new", _new(scope, hits.c.hit_id))


def report_hits(session: Session, mail_id: int, found: Sequence[tuple[str, Change]]) -> None:
    """Note what a mail tells of single hits."""
    if found:
        rows = [{"mail_id": mail_id, "hit_id": hit_id, "change": change} for hit_id, change in sorted(set(found))]
        session.execute(insert(outbox_items), rows)


def _report(session: Session, mail_id: int, change: Change, query: Select[Any]) -> int:
    # Read first: the table that is written stands in the condition of what is read.
    ids = session.scalars(query).all()
    report_hits(session, mail_id, [(hit_id, change) for hit_id in ids])
    return len(ids)


def still_released(session: Session, mail_id: int, now: datetime) -> bool:
    """Return whether every hit that a mail reports as new or lists may still be told to its recipient."""
    told = select(outbox_items.c.hit_id).where(outbox_items.c.mail_id == mail_id, outbox_items.c.change == "new")
    listed = select(outbox_listed.c.hit_id).where(outbox_listed.c.mail_id == mail_id)
    named = union(told, listed).subquery()
    query = (
        select(func.count())
        .select_from(named)
        .join(outbox, outbox.c.mail_id == mail_id)
        .outerjoin(hits, hits.c.hit_id == named.c.hit_id)
        .outerjoin(decisions, decisions.c.decision_id == hits.c.decision_id)
        .where(func.coalesce(and_(*released(now), hits.c.owner == outbox.c.owner, _same_brand()), False).is_(False))
    )
    return not session.scalar(query)


def _same_brand() -> ColumnElement[bool]:
    return or_(outbox.c.brand == "", hits.c.brand == outbox.c.brand)


def _last_told(scope: Scope) -> Subquery:
    """Return the hits told to the recipient before, with the number of the last mail that named each."""
    return (
        select(outbox_items.c.hit_id, func.max(outbox_items.c.mail_id).label("mail_id"))
        .join(outbox, outbox.c.mail_id == outbox_items.c.mail_id)
        .where(outbox.c.address_id == scope.address_id, outbox.c.state.not_in(UNTOLD))
        .where(outbox_items.c.change.in_(("new", "price", "not_seen", "seen_again")))
        .group_by(outbox_items.c.hit_id)
        .subquery()
    )


def load_changes(session: Session, scope: Scope) -> tuple[ListingChange, ...]:
    """Return what happened to confirmed listings that the recipient was told about before.

    A hit is looked at once in a mail: a price move, or not seen any more, or seen again; the latest fact counts.
    """
    told = _last_told(scope)
    was_missing = exists().where(
        outbox_items.c.mail_id == told.c.mail_id, outbox_items.c.hit_id == told.c.hit_id,
        outbox_items.c.change == "not_seen",
    )  # fmt: skip
    has_new_price = exists().where(
        price_observations.c.market == hits.c.market, price_observations.c.listing_id == hits.c.listing_id,
        price_observations.c.seen_at > outbox.c.queued_at,
    )  # fmt: skip
    query = (
        select(
            hits, decisions.c.judged, outbox.c.queued_at.label("told_at"), was_missing.label("was_missing"),
            listings.c.last_seen_at.label("seen_at"), listings.c.run_id.label("seen_in"),
        )
        .select_from(told)
        .join(hits, hits.c.hit_id == told.c.hit_id)
        .join(decisions, decisions.c.decision_id == hits.c.decision_id)
        .join(outbox, outbox.c.mail_id == told.c.mail_id)
        .join(listings, and_(listings.c.market == hits.c.market, listings.c.listing_id == hits.c.listing_id))
        .where(*_brand(scope), *released(scope.now))
        .where(
            or_(
                has_new_price,
                and_(was_missing, listings.c.last_seen_at > outbox.c.queued_at),
                and_(~was_missing, listings.c.last_seen_at < scope.now - NOT_SEEN_AFTER),
            )
        )
        .order_by(hits.c.score.desc(), hits.c.hit_id)
        .limit(CHANGES_READ)
    )  # fmt: skip
    rows = session.execute(query).mappings().all()
    missed = _Missed(session, scope.now)
    found = (_change_of(session, row, missed, scope) for row in rows)
    return tuple(one for one in found if one is not None)


def _change_of(session: Session, row: Mapping[Any, Any], missed: "_Missed", scope: Scope) -> ListingChange | None:
    listing = judged_from_document(row["judged"]).listing
    facts: dict[str, Any] = {"hit_id": row["hit_id"], "listing": listing, "seen_at": row["seen_at"]}
    nothing: dict[str, Any] = {"before": None, "after": None}
    if row["was_missing"]:
        return ListingChange(change="seen_again", **facts, **nothing) if row["seen_at"] > row["told_at"] else None
    if row["seen_at"] < scope.now - NOT_SEEN_AFTER and missed.is_missed(row["market"], row["seen_in"], row["seen_at"]):
        return ListingChange(change="not_seen", **facts, **nothing)
    prices = load_prices(session, row["market"], row["listing_id"])
    before = next((one.price for one in reversed(prices) if one.seen_at <= row["told_at"] and one.price), None)
    after = next((one.price for one in reversed(prices) if one.seen_at > row["told_at"] and one.price), None)
    if before is None or after is None or before.currency != after.currency:
        return None
    if abs(after.amount - before.amount) < before.amount * PRICE_MOVE:
        return None
    return ListingChange(change="price", before=before, after=after, **facts)


class _Missed:
    """Knows how many crawls of the same words ended well after a listing was last seen."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self._arguments: dict[str, object] = {}
        self._ended: dict[str, list[tuple[object, datetime]]] = {}

    def is_missed(self, market: str, run_id: str | None, seen_at: datetime) -> bool:
        """Return whether enough crawls that should have met the listing did not."""
        if run_id is None:
            return False
        if run_id not in self._arguments:
            self._arguments[run_id] = self._session.scalar(select(runs.c.arguments).where(runs.c.run_id == run_id))
        if market not in self._ended:
            query = select(runs.c.arguments, runs.c.started_at).where(
                runs.c.market == market, runs.c.outcome.in_(ENDED_WELL), runs.c.started_at.is_not(None),
                runs.c.started_at >= self._now - timedelta(days=62),
            )  # fmt: skip
            self._ended[market] = [(row.arguments, row.started_at) for row in self._session.execute(query)]
        wanted = self._arguments[run_id]
        later = sum(arguments == wanted and started > seen_at for arguments, started in self._ended[market])
        return wanted is not None and later >= MISSED_CRAWLS


def count_reviewed(session: Session, owner: str, brand: str) -> tuple[int, int]:
    """Return how many of a brand's flags people finally found to be a violation, and how many not, so far."""
    query = (
        select(outcomes.c.verdict, func.count().label("hits"))
        .join(hits, hits.c.hit_id == outcomes.c.hit_id)
        .where(hits.c.owner == owner, hits.c.brand == brand, outcomes.c.flagged, outcomes.c.withdrawn_at.is_(None))
        .group_by(outcomes.c.verdict)
    )
    found = {row.verdict: int(row.hits) for row in session.execute(query)}
    return found.get("violation", 0), found.get("no_violation", 0)


def count_unreviewed_of(session: Session, owner: str, brand: str) -> int:
    """Return how many of a brand's flags of high or medium tier nobody has looked at."""
    query = select(func.coalesce(func.sum(hit_counts.c.hits), 0)).where(
        hit_counts.c.owner == owner, hit_counts.c.brand == brand, hit_counts.c.state == "new",
        hit_counts.c.tier.in_(("high", "medium")),
    )  # fmt: skip
    return int(session.scalar(query) or 0)
