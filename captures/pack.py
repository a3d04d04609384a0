"""An evidence pack: one zip for an authority, with words, originals, and everything needed to check them offline."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import rfc8785

from captures.document import Document
from captures.document_page import PdfAbsent, picture_parts, pictures_of, write_html, write_pdf
from captures.document_sheet import write_sheets
from captures.errors import CaptureError
from captures.page_record import moment_text
from captures.signing import SigningKey
from captures.store import CaptureStore

FORMAT = "markwatch-pack-1"
MANIFEST, SIGNATURE, STAMP = "manifest.json", "manifest.sig", "manifest.tsr"
# Zip times are local and to two seconds; the true times stand in the manifests.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)

Stamp = Callable[[bytes], bytes]
"""Returns the time stamp of a manifest; raises where none can be had now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRequest:
    """What goes into a pack."""

    document: Document
    pages: tuple[str, ...]
    """Manifest hashes of page captures."""
    answers: tuple[str, ...]
    """Hashes of kept answers of the crawl."""
    hit_ids: tuple[str, ...]
    made_by: str
    made_at: datetime
    audit_head: tuple[int, str]
    """Number and hash of the audit trail's last row: what lies before cannot be changed unseen."""
    procedure: str
    """How captures are made, for the reader."""
    how_to_verify: str
    pdf_missing: str
    """Sentence with %(why)s, where no PDF can be made."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A finished pack."""

    content: bytes
    """The zip file."""
    manifest_sha256: str
    missing: tuple[str, ...]
    """What could not be put in, one sentence each."""


def build_pack(request: PackRequest, store: CaptureStore, key: SigningKey, stamp: Stamp | None = None) -> Pack:
    """Return the pack of that request. A capture that is damaged or gone is named, never left out silently."""
    files, missing = _originals(request, store)
    parts = _pictures(request.document, files, missing)
    files |= _words(request, parts, missing)
    files["procedure.txt"] = request.procedure.encode()
    files["verify.txt"] = request.how_to_verify.encode()
    manifest = rfc8785.dumps(
        {
            "format": FORMAT,
            "made_at": moment_text(request.made_at),
            "made_by": request.made_by,
            "hit_ids": list(request.hit_ids),
            "audit_head": {"sequence": request.audit_head[0], "sha256": request.audit_head[1]},
            "missing": missing,
            "files": {
                name: {"sha256": hashlib.sha256(body).hexdigest(), "byte_count": len(body)}
                for name, body in sorted(files.items())
            },
        }
    )
    signed = {MANIFEST: manifest, SIGNATURE: key.sign(manifest)}
    if stamp is not None:
        try:
            signed[STAMP] = stamp(manifest)
        except (OSError, CaptureError) as problem:
            missing.append(f"time stamp of the pack: {problem}")
    content = write_zip(signed | files)
    return Pack(content, hashlib.sha256(manifest).hexdigest(), tuple(missing))


def _originals(request: PackRequest, store: CaptureStore) -> tuple[dict[str, bytes], list[str]]:
    """Return the captures and answers by their names in the pack, and what could not be read."""
    files: dict[str, bytes] = {}
    missing: list[str] = []
    for sha256 in request.pages:
        try:
            files |= _page(store, sha256)
        except CaptureError as problem:
            missing.append(str(problem))
    for sha256 in request.answers:
        try:
            body = store.read(sha256)
            sightings = {f"answers/{one.name}": one.to_bytes() for one in store.read_manifests(sha256)}
        except CaptureError as problem:
            missing.append(str(problem))
        else:
            files |= {f"answers/{sha256}.body": body} | sightings
    return files, missing


def _pictures(document: Document, files: Mapping[str, bytes], missing: list[str]) -> dict[str, tuple[bytes, ...]]:
    """Return the pictures of the document, made anew from the screenshots."""
    by_hash = {hashlib.sha256(body).hexdigest(): body for name, body in files.items() if name.endswith(".png")}
    parts: dict[str, tuple[bytes, ...]] = {}
    for picture in pictures_of(document):
        if picture.sha256 in by_hash and picture.sha256 not in parts:
            try:
                parts[picture.sha256] = picture_parts(by_hash[picture.sha256])
            except ValueError as problem:
                missing.append(f"{picture.caption}: {problem}")
    return parts


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """Return a zip file of those files, stored and in order of name: the same files are the same bytes anywhere."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, body in sorted(files.items()):
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            # As on Unix, whatever system writes it.
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, body)
    return stream.getvalue()


def _page(store: CaptureStore, sha256: str) -> dict[str, bytes]:
    """Return the files of one page capture by their names in the pack; all of them or an error."""
    folder = f"captures/{sha256}"
    found = {
        f"{folder}/manifest.json": store.read_page_bytes(sha256),
        f"{folder}/manifest.sig": store.read_signature(sha256),
    }
    token = store.read_stamp(sha256)
    if token is not None:
        found[f"{folder}/manifest.tsr"] = token
    for file in store.read_page(sha256).files:
        found[f"{folder}/{file.name}"] = store.read_file(file)
    return found


def _words(request: PackRequest, parts: Mapping[str, tuple[bytes, ...]], missing: list[str]) -> dict[str, bytes]:
    """Return the document as PDF (or why there is none), HTML with its pictures, and spreadsheet."""
    made: dict[str, bytes] = {}
    addresses: dict[str, tuple[str, ...]] = {}
    for sha256, group in parts.items():
        addresses[sha256] = tuple(f"pictures/{sha256[:16]}-{number}.jpg" for number in range(1, len(group) + 1))
        made |= dict(zip(addresses[sha256], group, strict=True))
    made["evidence.html"] = write_html(request.document, addresses).encode()
    made["evidence.xlsx"] = write_sheets(request.document)
    try:
        made["evidence.pdf"] = write_pdf(request.document, parts)
    except PdfAbsent as why:
        missing.append(f"evidence.pdf: {why}")
        made["no-pdf.txt"] = (request.pdf_missing % {"why": str(why)}).encode()
    return made
