"""Evidence for programs: captures of a hit's page, their files, packs, legal holds, contact data with a reason."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from captures.procedure import PackLanguage
from review.api.models import Problem, Sent
from review.console import console_of
from review.deciding import visible_hit
from review.errors import Absent
from review.packing import MAX_CASES
from review.pages.evidence import file_of_capture, pack_of
from review.pages.sellers import let_see
from review.sessions import Decider, Visitor, allowed, from_own_client
from storage.contact_key import ContactKind
from storage.holds import LegalHold, load_holds, place_hold, release_hold
from storage.page_captures import CaptureOutcome, StampState, load_page_captures

REFUSED: dict[int | str, dict[str, Any]] = {401: {"model": Problem}, 403: {"model": Problem}, 429: {"model": Problem}}
NONE: dict[int | str, dict[str, Any]] = {404: {"model": Problem}}
BINARY: dict[int | str, dict[str, Any]] = {
    **NONE,
    200: {"content": {"application/octet-stream": {}, "application/zip": {}}, "description": "The file."},
}
router = APIRouter(tags=["evidence"], responses=REFUSED)
Own = Depends(from_own_client)
Staff = Annotated[Visitor, Depends(allowed("read"))]
Senior = Annotated[Visitor, Depends(allowed("settle"))]


class FileRow(BaseModel):
    """One file of a capture."""

    name: str
    sha256: str
    byte_count: int
    media_type: str


class CaptureRow(BaseModel):
    """One attempt to capture the page of a hit's listing."""

    manifest_sha256: str | None = Field(description="Hash of the signed manifest; null where nothing could be kept.")
    outcome: CaptureOutcome
    detail: str
    cause: str
    requested_by: str
    url: str
    started_at: datetime
    ended_at: datetime
    stamp_state: StampState
    stamped_at: datetime | None
    files: list[FileRow]


class CapturesAnswer(BaseModel):
    """The captures of a hit's listing, newest first."""

    captures: list[CaptureRow]


class ReasonBody(Sent):
    """Why."""

    reason: str = Field(min_length=1, max_length=500)


class HoldAnswer(BaseModel):
    """A legal hold in force."""

    hold_id: int
    reason: str
    placed_by: str
    placed_at: datetime


class HoldsAnswer(BaseModel):
    """The legal holds in force on a hit's listing."""

    holds: list[HoldAnswer]


class AskedAnswer(BaseModel):
    """Whether a capture was asked for; false where its pages may not be asked for."""

    is_asked: bool


class PackBody(Sent):
    """What a pack is to be like."""

    language: PackLanguage = "vi"


class PacksBody(PackBody):
    """Which hits go into one pack."""

    hit_ids: list[Annotated[str, Field(max_length=40)]] = Field(min_length=1, max_length=MAX_CASES)


class ContactRow(BaseModel):
    """A way to reach a seller, as its listings state it."""

    kind: ContactKind
    plain: str


class ContactsAnswer(BaseModel):
    """A seller's contact data in full."""

    contacts: list[ContactRow]


def _hold(hold: LegalHold) -> HoldAnswer:
    return HoldAnswer(**{name: getattr(hold, name) for name in HoldAnswer.model_fields})


@router.get("/hits/{hit_id}/captures", responses=NONE)
def list_captures(request: Request, visitor: Staff, hit_id: str) -> CapturesAnswer:
    """Return every attempt to capture the page of the hit's listing, newest first."""
    console = console_of(request)
    key = visible_hit(console, visitor, hit_id).hit.listing.key
    with console.database.read() as session:
        found = load_page_captures(session, *key)
    own = [name for name in CaptureRow.model_fields if name != "files"]
    return CapturesAnswer(
        captures=[
            CaptureRow(
                **{name: getattr(one, name) for name in own},
                files=[FileRow(**{name: getattr(file, name) for name in FileRow.model_fields}) for file in one.files],
            )
            for one in found
        ]
    )


@router.post("/hits/{hit_id}/capture", dependencies=[Own], responses=NONE)
def ask_for_capture(request: Request, visitor: Decider, hit_id: str) -> AskedAnswer:
    """Ask for a capture of the listing's page as it is now."""
    console = console_of(request)
    stored, ask = visible_hit(console, visitor, hit_id), console.services.request_capture
    if ask is None:
        raise Absent
    return AskedAnswer(is_asked=ask(stored, "requested", visitor.user.login))


@router.get("/captures/{sha256}/files/{name}", responses=BINARY)
def send_capture_file(request: Request, visitor: Staff, sha256: str, name: str) -> Response:
    """Return a file of a capture by its manifest's hash: as kept, or manifest.json, or page.wacz for players."""
    return file_of_capture(console_of(request), visitor, sha256, name)


@router.post("/hits/{hit_id}/pack", dependencies=[Own], responses=BINARY)
def make_pack_of_hit(request: Request, visitor: Staff, hit_id: str, body: PackBody) -> Response:
    """Return the hit's evidence pack as a zip file; its making is written down."""
    return pack_of(request, visitor, (hit_id,), body.language)


@router.post("/packs", dependencies=[Own], responses=BINARY)
def make_pack_of_hits(request: Request, visitor: Staff, body: PacksBody) -> Response:
    """Return one evidence pack of up to 200 hits as a zip file; its making is written down."""
    return pack_of(request, visitor, tuple(dict.fromkeys(body.hit_ids)), body.language)


@router.get("/hits/{hit_id}/legal-holds", responses=NONE)
def list_legal_holds(request: Request, visitor: Staff, hit_id: str) -> HoldsAnswer:
    """Return the legal holds in force on the hit's listing."""
    console = console_of(request)
    key = visible_hit(console, visitor, hit_id).hit.listing.key
    with console.database.read() as session:
        return HoldsAnswer(holds=[_hold(one) for one in load_holds(session, *key)])


@router.post("/hits/{hit_id}/legal-holds", status_code=201, dependencies=[Own], responses=NONE)
def place_legal_hold(request: Request, visitor: Senior, hit_id: str, body: ReasonBody) -> HoldAnswer:
    """Put a legal hold on the hit's listing: nothing of it is removed while it lasts."""
    console = console_of(request)
    key = visible_hit(console, visitor, hit_id).hit.listing.key
    with console.database.write() as session:
        return _hold(place_hold(session, *key, body.reason.strip(), visitor.user.login, console.services.clock()))


@router.delete("/hits/{hit_id}/legal-holds/{hold_id}", status_code=204, dependencies=[Own], responses=NONE)
def end_legal_hold(request: Request, visitor: Senior, hit_id: str, hold_id: int) -> Response:
    """End a legal hold of the hit's listing."""
    console = console_of(request)
    key = visible_hit(console, visitor, hit_id).hit.listing.key
    with console.database.write() as session:
        if hold_id not in {one.hold_id for one in load_holds(session, *key)}:
            raise Absent
        release_hold(session, hold_id, visitor.user.login, console.services.clock())
    return Response(status_code=204)


@router.post("/sellers/{market}/contacts", dependencies=[Own], responses=NONE)
def show_contacts(
    request: Request,
    visitor: Decider,
    market: str,
    body: ReasonBody,
    seller_id: Annotated[str, Query(alias="id", max_length=200)] = "",
) -> ContactsAnswer:
    """Return a seller's contact data in full; who asked and why is written down."""
    found = let_see(console_of(request), visitor, market, seller_id, body.reason)
    return ContactsAnswer(contacts=[ContactRow(kind=one.kind, plain=one.plain) for one in found])
