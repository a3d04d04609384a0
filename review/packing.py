"""Makes evidence packs: loads the cases, words them for their reader, and has them bound with their originals."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from captures.pack import Pack, PackRequest, Stamp, build_pack
from captures.procedure import procedure_text, verification_text
from captures.signing import SigningKey, fingerprint
from captures.store import CaptureStore
from records.watchlist import Mark
from review.console import Reading
from review.dossier import PDF_MISSING, CaseFacts, make_document
from storage.audit import load_audit_head, record_audit
from storage.captures import load_captures
from storage.database import Database
from storage.decisions import load_decisions
from storage.hits import load_hit
from storage.page_captures import load_page_captures
from storage.watchlist import load_watchlist

MAX_CASES = 200


def make_pack(
    database: Database,
    hit_ids: Sequence[str],
    reading: Reading,
    store: CaptureStore,
    key: SigningKey,
    *,
    made_by: str,
    made_at: datetime,
    stamp: Stamp | None = None,
) -> Pack:
    """Return the pack of those hits in the reader's language, and record in the audit trail that it was made.

    Raises NotFound for a hit that is not there, ValueError for none or more than 200.
    """
    if not 0 < len(hit_ids) <= MAX_CASES:
        raise ValueError(f"a pack holds 1 to {MAX_CASES} hits, not {len(hit_ids)}")
    cases = load_cases(database, hit_ids)
    with database.read() as session:
        audit_head = load_audit_head(session)
    document = make_document(
        cases, reading, made_by=made_by, made_at=made_at, key_fingerprint=fingerprint(key.public_bytes)
    )
    pages = dict.fromkeys(page.manifest_sha256 for case in cases for page in case.pages if page.manifest_sha256)
    answers = dict.fromkeys(one.page_copy.sha256 for case in cases for one in case.answers)
    request = PackRequest(
        document=document,
        pages=tuple(pages),
        answers=tuple(answers),
        hit_ids=tuple(hit_ids),
        made_by=made_by,
        made_at=made_at,
        audit_head=audit_head,
        procedure=procedure_text(reading.language),
        how_to_verify=verification_text(reading.language),
        pdf_missing=reading.translate(PDF_MISSING),
    )
    pack = build_pack(request, store, key, stamp)
    with database.write() as session:
        facts = {"hits": list(hit_ids), "cases": len(hit_ids), "language": reading.language}
        record_audit(session, made_at, made_by, "evidence.pack", pack.manifest_sha256, facts)
    return pack


def load_cases(database: Database, hit_ids: Sequence[str]) -> tuple[CaseFacts, ...]:
    """Return everything that storage knows about those hits, in their order; NotFound."""
    with database.read() as session:
        marks: Mapping[str, Mark] = load_watchlist(session, None).mark_by_id
        found = []
        for hit_id in dict.fromkeys(hit_ids):
            stored = load_hit(session, hit_id)
            key = stored.hit.listing.key
            found.append(
                CaseFacts(
                    stored=stored,
                    mark=marks.get(stored.hit.mark_id),
                    decisions=tuple(load_decisions(session, hit_id)),
                    answers=load_captures(session, *key),
                    pages=load_page_captures(session, *key),
                )
            )
    return tuple(found)
