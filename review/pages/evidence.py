"""What stands as evidence for a hit: captures of its page, packs for an authority, legal holds."""

import re
from importlib.metadata import version
from typing import Annotated, Final, cast, get_args

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.background import BackgroundTask

from captures.document_page import picture_parts
from captures.errors import CaptureError
from captures.procedure import PackLanguage
from captures.signing import open_key
from captures.store import CaptureStore
from captures.wacz import write_wacz
from review.console import Console, Reading, console_of, reading_of, render
from review.deciding import visible_hit
from review.dossier import SIGHTINGS, STAMPS
from review.errors import Absent, Forbidden
from review.formats import Formats
from review.languages import LANGUAGES
from review.languages import message as _
from review.packing import make_pack
from review.sessions import Decider, Visitor, allowed, from_own_form
from review.shown import ShownHit
from storage.audit import record_audit
from storage.captures import load_captures
from storage.hit_records import StoredHit
from storage.holds import load_holds, place_hold, release_hold
from storage.page_captures import PageCapture, StoredFile, load_page_capture, load_page_captures

router = APIRouter(include_in_schema=False)

SHA256: Final = re.compile(r"[0-9a-f]{64}")
MAX_REASON: Final = 500
WACZ: Final = "page.wacz"
# What is said after an act, by the word in the address.
NOTICES: Final = {
    "asked": _("The capture is asked for; it appears here when it is done."),
    "closed": _("The pages of this marketplace may not be asked for; see its ways in."),
    "held": _("Nothing of this listing is removed while the hold is in force."),
    "released": _("The hold is released."),
}
NOTHING_RUNS: Final = "default-src 'none'; sandbox"

Staff = Annotated[Visitor, Depends(allowed("read"))]
Senior = Annotated[Visitor, Depends(allowed("settle"))]


def store_of(console: Console) -> CaptureStore:
    """Return the capture store; Absent where this console has none."""
    if console.settings.captures_folder is None:
        raise Absent
    return CaptureStore(console.settings.captures_folder)


def may_pack(stored: StoredHit, visitor: Visitor) -> bool:
    """Return whether the visitor may have a pack now: it names verdicts, and a second look must not know the first."""
    return stored.state not in {"second_look", "disputed"} or visitor.may("settle")


@router.get("/hits/{hit_id}/evidence")
def show_evidence(request: Request, visitor: Staff, hit_id: str, done: Annotated[str, Query()] = "") -> Response:
    """Show every capture of the hit's listing, what it said, and what can be made of it."""
    console = console_of(request)
    stored = visible_hit(console, visitor, hit_id)
    key = stored.hit.listing.key
    with console.database.read() as session:
        pages = load_page_captures(session, *key)
        answers = load_captures(session, *key)
        holds = load_holds(session, *key)
    mark = console.marks.find(stored.hit.mark_id, console.services.clock())
    return render(
        request, "evidence.html",
        row=ShownHit(stored, mark), pages=pages, answers=answers, holds=holds, sightings=SIGHTINGS, stamps=STAMPS,
        can_capture=console.services.request_capture is not None and stored.hit.listing.url is not None,
        can_pack=console.settings.signing_key is not None
        and console.settings.captures_folder is not None
        and may_pack(stored, visitor),
        pack_languages=LANGUAGES, notice=NOTICES.get(done, ""),
    )  # fmt: skip


@router.post("/hits/{hit_id}/capture", dependencies=[Depends(from_own_form)])
def ask_for_capture(request: Request, visitor: Decider, hit_id: str) -> Response:
    """Ask for a capture of the listing's page as it is now."""
    console = console_of(request)
    stored = visible_hit(console, visitor, hit_id)
    ask = console.services.request_capture
    if ask is None:
        raise Absent
    is_asked = ask(stored, "requested", visitor.user.login)
    return RedirectResponse(f"/hits/{hit_id}/evidence?done={'asked' if is_asked else 'closed'}", 303)


@router.post("/hits/{hit_id}/pack", dependencies=[Depends(from_own_form)])
def send_pack(request: Request, visitor: Staff, hit_id: str, language: Annotated[str, Form()] = "vi") -> Response:
    """Send the hit's evidence pack in that language."""
    if language not in get_args(PackLanguage):
        raise Absent
    return pack_of(request, visitor, (hit_id,), cast("PackLanguage", language))


def pack_of(request: Request, visitor: Visitor, hit_ids: tuple[str, ...], language: PackLanguage) -> Response:
    """Return the evidence pack of those hits as a file to keep; Forbidden while one awaits its second look."""
    console = console_of(request)
    if not all(may_pack(visible_hit(console, visitor, hit_id), visitor) for hit_id in hit_ids):
        raise Forbidden
    if console.settings.signing_key is None:
        raise Absent
    own = reading_of(request)
    formats = Formats(language=language, zone=own.formats.zone, now=own.formats.now)
    pack = make_pack(
        console.database,
        hit_ids,
        Reading(language=language, theme="", formats=formats),
        store_of(console),
        open_key(console.settings.signing_key),
        made_by=visitor.user.login,
        made_at=console.services.clock(),
    )
    return _attachment(
        pack.content,
        f"markwatch-{'-'.join(hit_ids[:1])}{'-and-more' if len(hit_ids) > 1 else ''}-{language}.zip",
        "application/zip",
    )


@router.post("/hits/{hit_id}/legal-hold", dependencies=[Depends(from_own_form)])
def hold(request: Request, visitor: Senior, hit_id: str, reason: Annotated[str, Form()] = "") -> Response:
    """Put a legal hold on the hit's listing."""
    console = console_of(request)
    stored = visible_hit(console, visitor, hit_id)
    said = reason.strip()[:MAX_REASON]
    if not said:
        raise Absent
    with console.database.write() as session:
        place_hold(session, *stored.hit.listing.key, said, visitor.user.login, console.services.clock())
    return RedirectResponse(f"/hits/{hit_id}/evidence?done=held", 303)


@router.post("/hits/{hit_id}/legal-hold/release", dependencies=[Depends(from_own_form)])
def release(request: Request, visitor: Senior, hit_id: str, hold_id: Annotated[int, Form()] = 0) -> Response:
    """End a legal hold of the hit's listing."""
    console = console_of(request)
    key = visible_hit(console, visitor, hit_id).hit.listing.key
    with console.database.write() as session:
        if hold_id not in {one.hold_id for one in load_holds(session, *key)}:
            raise Absent
        release_hold(session, hold_id, visitor.user.login, console.services.clock())
    return RedirectResponse(f"/hits/{hit_id}/evidence?done=released", 303)


@router.get("/captures/pages/{sha256}/picture", dependencies=[Depends(allowed("read"))])
def send_picture(request: Request, sha256: str) -> Response:
    """Send the upper part of a capture's picture, made anew from its pixels."""
    capture, store = _capture(console_of(request), sha256)
    file = capture.file("screenshot.png")
    if file is None:
        raise Absent
    try:
        part = picture_parts(_bytes(store, capture, file))[0]
    except (CaptureError, OSError, ValueError):
        raise Absent from None
    headers = {"Content-Security-Policy": NOTHING_RUNS, "Cache-Control": "private, max-age=3600"}
    return Response(part, media_type="image/jpeg", headers=headers)


@router.get("/captures/pages/{sha256}/{name}")
def send_file(request: Request, visitor: Staff, sha256: str, name: str) -> Response:
    """Send one file of a capture as it was kept; its hash is checked on the way out."""
    return file_of_capture(console_of(request), visitor, sha256, name)


def file_of_capture(console: Console, visitor: Visitor, sha256: str, name: str) -> Response:
    """Return a file of a capture, or manifest.json, or page.wacz made of it, as an attachment; Absent.

    Who took it is written down once it is sent.
    """
    capture, store = _capture(console, sha256)
    try:
        if name == "manifest.json":
            content = store.read_page_bytes(sha256)
        elif name == WACZ:
            content = write_wacz(store, sha256, f"markwatch {version('markwatch')}")
        else:
            file = capture.file(name)
            if file is None:
                raise Absent
            content = _bytes(store, capture, file)
    except (CaptureError, OSError):
        raise Absent from None
    response = _attachment(content, name, "application/octet-stream")

    def note() -> None:
        with console.database.write() as session:
            at, login = console.services.clock(), visitor.user.login
            record_audit(session, at, login, "evidence.read", sha256, {"file": name})

    response.background = BackgroundTask(note)
    return response


def _capture(console: Console, sha256: str) -> tuple[PageCapture, CaptureStore]:
    if not SHA256.fullmatch(sha256):
        raise Absent
    with console.database.read() as session:
        capture = load_page_capture(session, sha256)
    if capture is None:
        raise Absent
    return capture, store_of(console)


def _bytes(store: CaptureStore, capture: PageCapture, file: StoredFile) -> bytes:
    named = next(one for one in store.read_page(capture.manifest_sha256 or "").files if one.name == file.name)
    return store.read_file(named)


def _attachment(content: bytes, name: str, media_type: str) -> Response:
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    headers = {
        "Content-Disposition": f'attachment; filename="{safe}"',
        "Content-Security-Policy": NOTHING_RUNS,
    }
    return Response(content, media_type=media_type, headers=headers)
