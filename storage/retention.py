"""What has been kept long enough, by the state of its case; removal leaves a tombstone and a row in the audit trail."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import Subquery, and_, case, delete, func, select, update
from sqlalchemy.orm import Session

from storage.audit import hold_chain, record_audit
from storage.evidence_tables import legal_holds, page_capture_files, page_captures, tombstones
from storage.tables import capture_listings, captures, decisions, hits
from storage.upsert import upsert

ItemKind = Literal["answer", "page"]
# States in which a case is still open: nothing of it is ever too old.
OPEN_STATES = ("new", "unsure", "second_look", "disputed")
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """How long evidence is kept, counted from the last thing that happened to its case."""

    unflagged: timedelta = timedelta(days=30)
    """Nothing was found on the listing, or nothing any more: from the capture."""
    rejected: timedelta = timedelta(days=90)
    """Every finding was rejected by a person: from the last decision."""
    confirmed: timedelta = timedelta(days=5 * 365 + 1)
    """A violation was confirmed: from the last decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptItem:
    """One kept answer or page capture, and what its case says."""

    kind: ItemKind
    row_id: int
    """Number of its row."""
    sha256: str | None
    """Hash of the body, or of the manifest; None for an attempt that left no files."""
    url: str
    taken_at: datetime
    is_held: bool
    """A legal hold is in force on one of its listings."""
    expires_at: datetime | None
    """When it has been kept long enough; None while its case is open."""

    def is_expired(self, now: datetime) -> bool:
        """Return whether it is to be removed."""
        return not self.is_held and self.expires_at is not None and self.expires_at <= now


def iterate_kept(session: Session, policy: RetentionPolicy) -> Iterator[KeptItem]:
    """Yield everything that is kept, answers first, in order of row."""
    cases, held = _cases(), _held()
    answers = (
        select(
            captures.c.capture_id.label("row_id"), captures.c.sha256, captures.c.url,
            captures.c.fetched_at.label("taken_at"), *_case_columns(cases, held),
        )
        .outerjoin(capture_listings, capture_listings.c.capture_id == captures.c.capture_id)
        .outerjoin(cases, _same_listing(cases, capture_listings))
        .outerjoin(held, _same_listing(held, capture_listings))
        .order_by(captures.c.capture_id)
    )  # fmt: skip
    pages = (
        select(
            page_captures.c.page_capture_id.label("row_id"), page_captures.c.manifest_sha256.label("sha256"),
            page_captures.c.url, page_captures.c.ended_at.label("taken_at"), *_case_columns(cases, held),
        )
        .outerjoin(cases, _same_listing(cases, page_captures))
        .outerjoin(held, _same_listing(held, page_captures))
        .order_by(page_captures.c.page_capture_id)
    )  # fmt: skip
    kinds: tuple[tuple[ItemKind, Any], ...] = (("answer", answers), ("page", pages))
    for kind, query in kinds:
        rows = session.execute(query.execution_options(yield_per=1_000)).mappings()
        for _, group in groupby(rows, key=lambda row: row["row_id"]):
            yield _item(kind, list(group), policy)


def remove_items(session: Session, items: Sequence[KeptItem], actor: str, at: datetime, reason: str) -> None:
    """Delete the rows of those items; their hashes stay as tombstones and in the audit trail. Files go after."""
    hold_chain(session)
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        answers = [item.row_id for item in batch if item.kind == "answer"]
        pages = [item.row_id for item in batch if item.kind == "page"]
        session.execute(delete(capture_listings).where(capture_listings.c.capture_id.in_(answers)))
        session.execute(delete(captures).where(captures.c.capture_id.in_(answers)))
        files = select(page_capture_files.c.sha256).where(page_capture_files.c.page_capture_id.in_(pages))
        file_hashes = set(session.scalars(files))
        session.execute(delete(page_capture_files).where(page_capture_files.c.page_capture_id.in_(pages)))
        session.execute(delete(page_captures).where(page_captures.c.page_capture_id.in_(pages)))
        named = [(item.sha256, item.kind) for item in batch if item.sha256 is not None]
        _bury(session, [*named, *((sha256, "file") for sha256 in sorted(file_hashes))], actor, at, reason)
        hashes = [sha256 for sha256, _ in named]
        record_audit(session, at, actor, "evidence.remove", reason, {"count": len(batch), "sha256": hashes})


def load_buried(session: Session, limit: int = 10_000) -> tuple[tuple[str, str], ...]:
    """Return (hash, kind) of what has a tombstone but whose files may still be there."""
    query = select(tombstones.c.sha256, tombstones.c.kind).where(tombstones.c.file_removed_at.is_(None))
    return tuple((row.sha256, row.kind) for row in session.execute(query.order_by(tombstones.c.sha256).limit(limit)))


def load_in_use(session: Session, hashes: Iterable[str]) -> frozenset[str]:
    """Return those of the hashes that a kept answer, page capture or file of one still needs."""
    wanted = sorted(set(hashes))
    found: set[str] = set()
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        for column in (captures.c.sha256, page_captures.c.manifest_sha256, page_capture_files.c.sha256):
            found.update(session.scalars(select(column).where(column.in_(part)).distinct()))
    return frozenset(found)


def mark_files_removed(session: Session, hashes: Sequence[str], at: datetime) -> None:
    """Note that the files of those tombstones are gone."""
    for start in range(0, len(hashes), BATCH):
        part = hashes[start : start + BATCH]
        session.execute(update(tombstones).where(tombstones.c.sha256.in_(part)).values(file_removed_at=at))


def _bury(session: Session, named: Sequence[tuple[str, str]], actor: str, at: datetime, reason: str) -> None:
    rows = [
        {
            "sha256": sha256,
            "kind": kind,
            "removed_at": at,
            "removed_by": actor,
            "reason": reason,
            "file_removed_at": None,
        }
        for sha256, kind in dict.fromkeys(named)
    ]
    if rows:
        statement = upsert(session, tombstones)
        news = {name: statement.excluded[name] for name in ("removed_at", "removed_by", "reason", "file_removed_at")}
        session.execute(statement.on_conflict_do_update(index_elements=["sha256", "kind"], set_=news), rows)


def _cases() -> Subquery:
    """What the hits of each listing say: whether one is open, and when the last was confirmed or rejected."""
    return (
        select(
            hits.c.market,
            hits.c.listing_id,
            func.max(case((hits.c.state.in_(OPEN_STATES), 1), else_=0)).label("is_open"),
            func.max(case((hits.c.state == "confirmed", decisions.c.at))).label("confirmed_at"),
            func.max(case((hits.c.state == "rejected", decisions.c.at))).label("rejected_at"),
        )
        .outerjoin(decisions, decisions.c.decision_id == hits.c.decision_id)
        .group_by(hits.c.market, hits.c.listing_id)
        .subquery()
    )


def _held() -> Subquery:
    query = select(legal_holds.c.market, legal_holds.c.listing_id).where(legal_holds.c.released_at.is_(None))
    return query.distinct().subquery()


def _same_listing(left: Any, right: Any) -> Any:
    return and_(left.c.market == right.c.market, left.c.listing_id == right.c.listing_id)


def _case_columns(cases: Subquery, held: Subquery) -> tuple[Any, ...]:
    return (cases.c.is_open, cases.c.confirmed_at, cases.c.rejected_at, held.c.market.label("held"))


def _item(kind: ItemKind, rows: Sequence[Mapping[Any, Any]], policy: RetentionPolicy) -> KeptItem:
    """Join what the listings of one item say: the longest keeps it."""
    first = rows[0]
    is_open = any(row["is_open"] for row in rows)
    ends = [first["taken_at"] + policy.unflagged]
    for row in rows:
        if row["confirmed_at"] is not None:
            ends.append(row["confirmed_at"] + policy.confirmed)
        if row["rejected_at"] is not None:
            ends.append(row["rejected_at"] + policy.rejected)
    return KeptItem(
        kind=kind,
        row_id=first["row_id"],
        sha256=first["sha256"],
        url=first["url"],
        taken_at=first["taken_at"],
        is_held=any(row["held"] is not None for row in rows),
        expires_at=None if is_open else max(ends),
    )
