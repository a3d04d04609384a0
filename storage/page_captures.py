"""Captures of listings' pages: what each said, where its files lie, and the state of its time stamp."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.orm import Session

from storage.audit import hold_chain, record_audit
from storage.errors import NotFound
from storage.evidence_tables import page_capture_files, page_captures
from storage.tables import audit, hits, listings, runs

CaptureOutcome = Literal["seen", "not_seen", "blocked", "failed", "no_room"]
StampState = Literal["none", "pending", "stamped"]
# Wait before the n-th new try to get a time stamp; the last value repeats: a stamp is never given up.
STAMP_WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file of a page capture."""

    name: str
    """Its name in a pack, such as screenshot.png."""
    sha256: str
    """Hash of its bytes: its place in the store."""
    byte_count: int
    """Length in bytes."""
    media_type: str
    """What it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCapture:
    """One attempt to capture a listing's page."""

    page_capture_id: int
    """Number of its row."""
    manifest_sha256: str | None
    """Hash of the signed manifest; None where the attempt failed."""
    market: str
    listing_id: str
    url: str
    """Address that was asked for."""
    hit_ids: tuple[str, ...]
    """Hits it was taken for."""
    cause: str
    """queued, opened or requested."""
    requested_by: str
    """Log-in name or command."""
    outcome: CaptureOutcome
    """seen, not_seen, blocked: what the page said; failed: there was no answer; no_room: it was not kept."""
    detail: str
    """The reader's words, or why it failed."""
    started_at: datetime
    """Aware UTC."""
    ended_at: datetime
    """Aware UTC."""
    byte_count: int
    """Of all its files."""
    stamp_state: StampState
    """none: no authority is set; pending: asked for again later."""
    stamped_at: datetime | None
    """The authority's time."""
    stamp_tries: int
    """How often the authority was asked."""
    stamp_problem: str | None
    """What went wrong last."""
    files: tuple[StoredFile, ...] = ()
    """Its files, in order of name."""

    def file(self, name: str) -> StoredFile | None:
        """Return the file of that name."""
        return next((file for file in self.files if file.name == name), None)


def record_page_capture(
    session: Session,
    *,
    manifest_sha256: str | None,
    market: str,
    listing_id: str,
    url: str,
    hit_ids: Sequence[str],
    cause: str,
    requested_by: str,
    outcome: CaptureOutcome,
    detail: str,
    started_at: datetime,
    ended_at: datetime,
    files: Sequence[StoredFile] = (),
    wants_stamp: bool = False,
) -> PageCapture:
    """Note an attempt, chain its manifest into the audit trail, and return it; twice is as once."""
    hold_chain(session)
    if manifest_sha256 is not None and (found := load_page_capture(session, manifest_sha256)) is not None:
        return found
    values = {
        "manifest_sha256": manifest_sha256, "market": market, "listing_id": listing_id, "url": url,
        "hit_ids": list(hit_ids), "cause": cause, "requested_by": requested_by, "outcome": outcome, "detail": detail,
        "started_at": started_at, "ended_at": ended_at, "byte_count": sum(file.byte_count for file in files),
        "stamp_state": "pending" if wants_stamp else "none", "stamp_due_at": ended_at if wants_stamp else None,
        "stamp_tries": 0,
    }  # fmt: skip
    number = session.execute(
        insert(page_captures).values(values).returning(page_captures.c.page_capture_id)
    ).scalar_one()
    rows = [
        {"page_capture_id": number, **{name: getattr(file, name) for name in StoredFile.__slots__}} for file in files
    ]
    if rows:
        session.execute(insert(page_capture_files), rows)
    # Hashes and codes only: the chain outlives what it names, and must hold nothing about a person.
    facts = {"outcome": outcome, "manifest_sha256": manifest_sha256 or "", "cause": cause}
    record_audit(session, ended_at, requested_by, "evidence.capture", f"{market} {listing_id}", facts)
    return _load(session, number)


def load_page_captures(session: Session, market: str, listing_id: str, limit: int = 200) -> tuple[PageCapture, ...]:
    """Return the attempts on a listing, newest first."""
    query = (
        select(page_captures)
        .where(page_captures.c.market == market, page_captures.c.listing_id == listing_id)
        .order_by(page_captures.c.ended_at.desc(), page_captures.c.page_capture_id.desc())
        .limit(limit)
    )
    return _with_files(session, session.execute(query).mappings().all())


def load_run_arguments(session: Session, market: str, listing_id: str) -> tuple[str | None, Mapping[str, str]]:
    """Return the run that last saw the listing and what it was started with; (None, {}) where no run did.

    The listing's run, not its hits': a re-match judges a replayed listing without any run.
    """
    query = (
        select(listings.c.run_id, runs.c.arguments)
        .outerjoin(runs, runs.c.run_id == listings.c.run_id)
        .where(listings.c.market == market, listings.c.listing_id == listing_id)
    )
    row = session.execute(query).one_or_none()
    return (None, {}) if row is None else (row.run_id, row.arguments or {})


def load_page_capture(session: Session, manifest_sha256: str) -> PageCapture | None:
    """Return the capture of that manifest, None where none is kept."""
    query = select(page_captures).where(page_captures.c.manifest_sha256 == manifest_sha256)
    found = _with_files(session, session.execute(query).mappings().all())
    return found[0] if found else None


def count_capture_bytes(session: Session, *, market: str | None = None, brand: str | None = None) -> int:
    """Return the bytes that captures of a market, or of listings with a hit of a brand, were made of."""
    query = select(func.coalesce(func.sum(page_captures.c.byte_count), 0))
    if market is not None:
        query = query.where(page_captures.c.market == market)
    if brand is not None:
        is_brands = (hits.c.market == page_captures.c.market, hits.c.listing_id == page_captures.c.listing_id)
        query = query.where(exists().where(*is_brands, hits.c.brand == brand))
    return int(session.scalar(query) or 0)


def load_manifest_hashes(session: Session) -> tuple[str, ...]:
    """Return the hash of every kept manifest, in order."""
    query = select(page_captures.c.manifest_sha256).where(page_captures.c.manifest_sha256.is_not(None))
    return tuple(session.scalars(query.order_by(page_captures.c.manifest_sha256)))


def load_audited_manifests(session: Session) -> tuple[str, ...]:
    """Return the manifests that the audit trail says were kept and does not say were removed, in order.

    The trail cannot be changed unseen: a capture whose row and files somebody took away is missed all the same.
    """
    said = session.scalars(select(audit.c.data).where(audit.c.action == "evidence.capture"))
    kept = {str(data.get("manifest_sha256", "")) for data in said} - {""}
    removed = session.scalars(select(audit.c.data).where(audit.c.action == "evidence.remove"))
    return tuple(sorted(kept.difference(*(data.get("sha256", ()) for data in removed))))


def load_stamped_manifests(session: Session) -> tuple[str, ...]:
    """Return the manifests of captures that have a time stamp, in order."""
    query = select(page_captures.c.manifest_sha256).where(page_captures.c.stamp_state == "stamped")
    return tuple(session.scalars(query.order_by(page_captures.c.manifest_sha256)))


def load_pending_stamps(session: Session, now: datetime, limit: int = 20) -> tuple[PageCapture, ...]:
    """Return captures whose time stamp is due to be asked for, the longest waiting first."""
    query = (
        select(page_captures)
        .where(page_captures.c.stamp_state == "pending", page_captures.c.stamp_due_at <= now)
        .order_by(page_captures.c.stamp_due_at, page_captures.c.page_capture_id)
        .limit(limit)
    )
    return _with_files(session, session.execute(query).mappings().all())


def mark_stamped(session: Session, manifest_sha256: str, stamped_at: datetime, at: datetime, actor: str) -> None:
    """Note that the stamp is kept, with its audit row."""
    values = {"stamp_state": "stamped", "stamped_at": stamped_at, "stamp_problem": None, "stamp_due_at": None}
    pending = (page_captures.c.manifest_sha256 == manifest_sha256, page_captures.c.stamp_state != "stamped")
    hold_chain(session)
    changed = session.execute(update(page_captures).where(*pending).values(values).returning(page_captures.c.market))
    if changed.one_or_none() is not None:
        facts = {"stamped_at": stamped_at.isoformat()}
        record_audit(session, at, actor, "evidence.stamp", manifest_sha256, facts)


def mark_stamp_problem(session: Session, manifest_sha256: str, at: datetime, problem: str, *, refused: bool) -> None:
    """Note that no stamp was had: due again later, or refused where the answer was wrong (asked for again as well)."""
    capture = load_page_capture(session, manifest_sha256)
    if capture is None:
        raise NotFound(f"no page capture {manifest_sha256}")
    wait = STAMP_WAITS[min(capture.stamp_tries, len(STAMP_WAITS) - 1)]
    values = {
        "stamp_tries": capture.stamp_tries + 1,
        "stamp_due_at": at + wait,
        "stamp_problem": f"refused: {problem}" if refused else problem,
    }
    session.execute(
        update(page_captures)
        .where(page_captures.c.manifest_sha256 == manifest_sha256, page_captures.c.stamp_state == "pending")
        .values(values)
    )


def _load(session: Session, number: int) -> PageCapture:
    query = select(page_captures).where(page_captures.c.page_capture_id == number)
    return _with_files(session, session.execute(query).mappings().all())[0]


def _with_files(session: Session, rows: Sequence[Mapping[Any, Any]]) -> tuple[PageCapture, ...]:
    numbers = [row["page_capture_id"] for row in rows]
    query = (
        select(page_capture_files)
        .where(page_capture_files.c.page_capture_id.in_(numbers))
        .order_by(page_capture_files.c.page_capture_id, page_capture_files.c.name)
    )
    files: dict[int, list[StoredFile]] = {number: [] for number in numbers}
    for row in session.execute(query).mappings():
        files[row["page_capture_id"]].append(StoredFile(**{name: row[name] for name in StoredFile.__slots__}))
    wanted = [name for name in PageCapture.__slots__ if name not in {"files", "hit_ids"}]
    return tuple(
        PageCapture(
            **{name: row[name] for name in wanted},
            hit_ids=tuple(row["hit_ids"]),
            files=tuple(files[row["page_capture_id"]]),
        )
        for row in rows
    )
