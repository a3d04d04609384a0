"""Gets the trusted time stamps of captures that wait for theirs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from captures.errors import CaptureError, StampRefused
from captures.stamp import StampAuthority, check_stamp, load_authority, obtain_stamp
from captures.stamp_request import ask_authority
from captures.store import CaptureStore
from crawler.config import Settings
from crawler.egress_process import start_guard
from crawler.errors import BadInput
from crawler.job_context import JobContext
from storage.database import Database
from storage.page_captures import load_pending_stamps, mark_stamp_problem, mark_stamped


def perform_stamps(context: JobContext) -> Mapping[str, object]:
    """Job: ask the time stamping authority for the stamps that are pending."""
    return stamp_pending(context.database, context.settings, context.clock)


def authority_of(settings: Settings) -> StampAuthority | None:
    """Return the authority that is set, None where none is; BadInput where its file cannot be read."""
    if not settings.tsa_url or settings.tsa_roots is None:
        return None
    try:
        return load_authority(settings.tsa_url, settings.tsa_roots)
    except (OSError, ValueError) as problem:
        raise BadInput(f"MARKWATCH_TSA_ROOTS: {settings.tsa_roots}: {problem}") from None


def stamp_pending(
    database: Database, settings: Settings, clock: Callable[[], datetime], opened: Sequence[str] = ()
) -> Mapping[str, object]:
    """Stamp every capture that waits for it; an authority that is away or wrong leaves it waiting, with the reason."""
    authority = authority_of(settings)
    if authority is None:
        return {"stamped": 0, "pending": 0}
    with database.read() as session:
        waiting = load_pending_stamps(session, clock())
    counts = {"stamped": 0, "pending": 0}
    if not waiting:
        return counts
    store = CaptureStore(settings.captures_dir)
    guard = start_guard(opened)
    try:
        for capture in waiting:
            sha256 = capture.manifest_sha256 or ""
            try:
                manifest = store.read_page_bytes(sha256)
                token = store.read_stamp(sha256) or obtain_stamp(
                    manifest, authority, lambda request: ask_authority(authority.url, request, guard.url), clock
                )
                store.keep_stamp(sha256, token)
                stamp = check_stamp(manifest, token, authority)
            except (OSError, CaptureError) as problem:
                with database.write() as session:
                    refused = isinstance(problem, StampRefused)
                    mark_stamp_problem(session, sha256, clock(), str(problem), refused=refused)
                counts["pending"] += 1
            else:
                with database.write() as session:
                    mark_stamped(session, sha256, stamp.stamped_at, clock(), "stamps")
                counts["stamped"] += 1
    finally:
        guard.stop()
    return counts
