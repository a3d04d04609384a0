"""A reviewer's work for programs: holding a hit, many decisions at once, own views."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from records.decision import REASONS, Reason, Verdict
from review.api.decisions import WrongReason
from review.api.models import ConflictProblem, Problem, Sent
from review.console import Console, console_of
from review.deciding import visible_hit
from review.errors import Absent, WrongField
from review.pages.bulk import own_bulk
from review.sessions import Decider, Visitor, allowed, from_own_client
from storage.bulk import MAX_BULK, Bulk, Pick, check_picks, record_bulk, undo_bulk
from storage.claims import release_claim, take_claim
from storage.errors import AlreadyThere, BulkConflict, Held, NotFound
from storage.saved_views import load_saved_views, remove_view, save_view

REFUSED: dict[int | str, dict[str, Any]] = {401: {"model": Problem}, 403: {"model": Problem}, 429: {"model": Problem}}
NONE: dict[int | str, dict[str, Any]] = {404: {"model": Problem}}
router = APIRouter(tags=["work"], responses=REFUSED)
Own = Depends(from_own_client)
Staff = Annotated[Visitor, Depends(allowed("read"))]
HitId = Annotated[str, Field(max_length=40)]


class ClaimBody(Sent):
    """Holding a hit."""

    take_over: bool = Field(default=False, description="Take it from whoever holds it; this is written down.")


class ClaimAnswer(BaseModel):
    """Who holds a hit, and until when."""

    actor: str
    until: datetime


class PickBody(Sent):
    """A hit at the revision that was shown."""

    hit_id: HitId
    revision: int = Field(ge=0, le=10**9)


class BulkCheckBody(Sent):
    """What a bulk decision would cover."""

    verdict: Verdict
    picks: list[PickBody] = Field(min_length=1, max_length=MAX_BULK)


class BulkBody(BulkCheckBody):
    """One verdict for many hits: all of them, or none."""

    reason: Reason
    count: int = Field(ge=1, description="How many hits are meant; nothing is done when it is another number.")
    note: str = Field(default="", max_length=1000)


class BulkProblem(Problem):
    """Why nothing was done, and which hits stand in the way."""

    hit_ids: list[str]


class BulkAnswer(BaseModel):
    """A bulk decision."""

    bulk_id: str
    verdict: Verdict
    reason: Reason
    note: str
    made_at: datetime
    undone_at: datetime | None
    hit_ids: list[str]


class ViewBody(Sent):
    """A view of one's own."""

    name: str = Field(min_length=1, max_length=60)
    query: str = Field(default="", max_length=1000, description="The query string of the queue's address.")


class ViewRow(BaseModel):
    """A view of one's own."""

    view_id: str
    name: str
    query: str


class ViewsAnswer(BaseModel):
    """One's own views, by name."""

    views: list[ViewRow]


def _held(problem: Held) -> Response:
    body = ConflictProblem(
        reason="held", detail="Somebody else holds the hit.", actor=problem.actor, at=problem.at, revision=0
    )
    return JSONResponse(body.model_dump(mode="json"), 409)


@router.put("/hits/{hit_id}/claim", dependencies=[Own], responses={**NONE, 409: {"model": ConflictProblem}})
def hold_hit(request: Request, visitor: Decider, hit_id: str, body: ClaimBody) -> ClaimAnswer:
    """Hold the hit for ten minutes, or for ten more; 409 names who holds it."""
    console = console_of(request)
    visible_hit(console, visitor, hit_id)
    try:
        with console.database.write() as session:
            now = console.services.clock()
            claim = take_claim(session, hit_id, visitor.user.login, now, take_over=body.take_over)
    except Held as problem:
        return _held(problem)  # type: ignore[return-value]  # declared in responses
    return ClaimAnswer(actor=claim.actor, until=claim.until)


@router.delete("/hits/{hit_id}/claim", status_code=204, dependencies=[Own], responses=NONE)
def give_hit_back(request: Request, visitor: Decider, hit_id: str) -> Response:
    """Give the hit back before its ten minutes are over."""
    console = console_of(request)
    visible_hit(console, visitor, hit_id)
    with console.database.write() as session:
        release_claim(session, hit_id, visitor.user.login)
    return Response(status_code=204)


def _picks(console: Console, visitor: Visitor, body: BulkCheckBody) -> list[Pick]:
    for one in body.picks:
        visible_hit(console, visitor, one.hit_id)
    return [Pick(one.hit_id, one.revision) for one in body.picks]


def _bulk(bulk: Bulk) -> BulkAnswer:
    values = {name: getattr(bulk, name) for name in BulkAnswer.model_fields}
    return BulkAnswer(**values | {"hit_ids": list(bulk.hit_ids)})


def _bulk_refused(conflict: BulkConflict) -> Response:
    problem = BulkProblem(reason=conflict.problem, detail="Nothing was recorded.", hit_ids=list(conflict.hit_ids))
    return JSONResponse(problem.model_dump(mode="json"), 409)


@router.post("/bulks/check", status_code=204, dependencies=[Own], responses={**NONE, 409: {"model": BulkProblem}})
def check_bulk(request: Request, visitor: Decider, body: BulkCheckBody) -> Response:
    """Say whether one verdict for all these hits could be recorded now; records nothing."""
    console = console_of(request)
    picks = _picks(console, visitor, body)
    try:
        with console.database.read() as session:
            check_picks(session, picks, body.verdict, visitor.user.login, console.services.clock())
    except BulkConflict as conflict:
        return _bulk_refused(conflict)
    return Response(status_code=204)


@router.post("/bulks", status_code=201, dependencies=[Own], responses={**NONE, 409: {"model": BulkProblem}})
def record_many(request: Request, visitor: Decider, body: BulkBody) -> BulkAnswer:
    """Record one verdict for all these hits, or nothing when one of them is no longer as it was shown."""
    console = console_of(request)
    picks = _picks(console, visitor, body)
    if body.reason not in REASONS[body.verdict]:
        raise WrongReason
    if body.count != len(picks):
        raise WrongField("count", "%(count)s hits are named", count=len(picks))
    try:
        with console.database.write() as session:
            now = console.services.clock()
            bulk = record_bulk(session, picks, body.verdict, body.reason, visitor.user.login, now, body.note.strip())
    except BulkConflict as conflict:
        return _bulk_refused(conflict)  # type: ignore[return-value]  # declared in responses
    return _bulk(bulk)


@router.get("/bulks/{bulk_id}", responses=NONE)
def show_bulk(request: Request, visitor: Decider, bulk_id: str) -> BulkAnswer:
    """Return a bulk decision of one's own."""
    return _bulk(own_bulk(console_of(request), visitor, bulk_id))


@router.post("/bulks/{bulk_id}/undo", dependencies=[Own], responses=NONE)
def undo_many(request: Request, visitor: Decider, bulk_id: str) -> BulkAnswer:
    """Take back every decision of one's own bulk that is still in force."""
    console = console_of(request)
    own_bulk(console, visitor, bulk_id)
    try:
        with console.database.write() as session:
            undo_bulk(session, bulk_id, visitor.user.login, console.services.clock())
    except NotFound:
        raise Absent from None
    return _bulk(own_bulk(console, visitor, bulk_id))


@router.get("/views")
def list_views(request: Request, visitor: Staff) -> ViewsAnswer:
    """Return one's own views."""
    with console_of(request).database.read() as session:
        found = load_saved_views(session, visitor.user.login)
    return ViewsAnswer(views=[ViewRow(view_id=one.view_id, name=one.name, query=one.query) for one in found])


@router.post("/views", status_code=201, dependencies=[Own], responses={422: {"model": Problem}})
def keep_view(request: Request, visitor: Decider, body: ViewBody) -> ViewRow:
    """Keep a view under a name."""
    console = console_of(request)
    try:
        with console.database.write() as session:
            kept = save_view(session, visitor.user.login, body.name, body.query, console.services.clock())
    except AlreadyThere as problem:
        raise WrongField("name", "%(problem)s", problem=problem) from None
    return ViewRow(view_id=kept.view_id, name=kept.name, query=kept.query)


@router.delete("/views/{view_id}", status_code=204, dependencies=[Own])
def drop_view(request: Request, visitor: Decider, view_id: str) -> Response:
    """Remove one's own view; nothing happens where there is none."""
    with console_of(request).database.write() as session:
        remove_view(session, visitor.user.login, view_id)
    return Response(status_code=204)
