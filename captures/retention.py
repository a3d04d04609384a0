"""Removes evidence that has been kept long enough: rows and tombstones first, files after.

Killed in between, the next run finishes the files: their tombstones say that they are to go.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from captures.store import CaptureStore
from storage.database import Database
from storage.retention import (
    KeptItem,
    RetentionPolicy,
    iterate_kept,
    load_buried,
    load_in_use,
    mark_files_removed,
    remove_items,
)

BATCH = 500
GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPlan:
    """What a run of retention would remove."""

    expired: tuple[KeptItem, ...]
    counts: Mapping[str, int]
    """kept, held (expired otherwise), expired, by kind: such as expired.page."""


def plan_retention(database: Database, policy: RetentionPolicy, now: datetime) -> RetentionPlan:
    """Return what is to be removed at that time; nothing is changed."""
    expired: list[KeptItem] = []
    counts: Counter[str] = Counter()
    with database.read() as session:
        for item in iterate_kept(session, policy):
            is_due = item.expires_at is not None and item.expires_at <= now
            if item.is_expired(now):
                expired.append(item)
            state = "expired" if item.is_expired(now) else "held" if is_due else "kept"
            counts[f"{state}.{item.kind}"] += 1
    return RetentionPlan(expired=tuple(expired), counts=dict(counts))


def apply_retention(
    database: Database, store: CaptureStore, plan: RetentionPlan, actor: str, now: datetime, reason: str = "retention"
) -> int:
    """Remove what the plan names and every file that nothing needs any more; return the number of files removed."""
    for start in range(0, len(plan.expired), BATCH):
        with database.write() as session:
            remove_items(session, plan.expired[start : start + BATCH], actor, now, reason)
    removed = remove_buried_files(database, store, now)
    with database.read() as session:
        in_use = load_in_use(session, (item.sha256 for item in plan.expired if item.sha256 is not None))
    for item in plan.expired:
        if item.kind == "answer" and item.sha256 in in_use:
            # The same bytes were seen again later: the body stays, this sighting's manifest goes.
            removed += store.remove_sighting(item.sha256, item.url, item.taken_at)
    return removed


def remove_buried_files(database: Database, store: CaptureStore, now: datetime) -> int:
    """Remove the files of everything that has a tombstone and is not needed by anything kept.

    A file touched within the last hour stays until the next run: somebody may be keeping the same bytes right now.
    """
    removed = 0
    while True:
        with database.read() as session:
            buried = load_buried(session)
            in_use = load_in_use(session, (sha256 for sha256, _ in buried))
        done = []
        for sha256, kind in buried:
            if sha256 not in in_use:
                if not store.is_at_rest(sha256, now - GRACE):
                    continue
                removed += store.remove_page(sha256) if kind == "page" else store.remove_body(sha256)
            done.append(sha256)
        if not done:
            return removed
        with database.write() as session:
            mark_files_removed(session, done, now)
