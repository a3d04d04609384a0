"""The hit page, one POST route per verdict, and undo."""

from datetime import datetime
from typing import Annotated, Final, cast

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from records.decision import REASONS, Reason, Verdict
from review import wording
from review.access import own_address
from review.console import console_of, reading_of, render
from review.deciding import MAX_NOTE, judge, may_judge, take_back, visible_hit, visible_hit_and_look
from review.differences import FIELDS
from review.dossier import SIGHTINGS
from review.errors import Absent
from review.filters import VIEWS, Address, QueueAddress
from review.freshness import asking, freshness_of
from review.hit_page import load_context, may_know
from review.languages import message as _
from review.pages.queue import Menus, notice_for
from review.sessions import Decider, Reader, Visitor, from_own_form
from review.shown import ShownHit
from review.transcripts import romanised, unaccented
from storage.claims import release_claim, take_claim
from storage.errors import Conflict, Held, NotFound
from storage.hits import load_neighbours
from storage.listings import PriceObservation
from storage.thumbnails import load_thumbnail

router = APIRouter(include_in_schema=False)

# The actor that storage names where no person changed the hit.
CRAWL: Final = "crawl"
PRICES_SHOWN: Final = 12
# How a title can be spelt besides as printed.
TRANSCRIPTS: Final = {"roman": romanised, "plain": unaccented}
SPELLINGS: Final = {"": _("As printed"), "roman": _("Latin letters"), "plain": _("Without accents")}
# What is said of a seller's and of similar hits.
SHELVES_SHOWN: Final = {
    "confirmed": _("Violations"),
    "rejected": _("Not violations"),
    "unsure": _("Unsure"),
    "unreviewed": _("Waiting"),
    "second_look": _("Second look"),
    "disputed": _("Disputed"),
    "below": _("Below threshold"),
    "lapsed": _("No longer found"),
}


def is_known(seen: PriceObservation) -> bool:
    """Return whether an observation says anything about a price."""
    return seen.price is not None or seen.price_raw is not None


@router.get("/hits/{hit_id}")
def show_hit(
    request: Request, visitor: Reader, address: Address, hit_id: str,
    decide: Annotated[str, Query()] = "", spelt: Annotated[str, Query()] = "",
) -> Response:  # fmt: skip
    """Show one hit with everything that speaks for and against it."""
    console, reading = console_of(request), reading_of(request)
    now = console.services.clock()
    stored, look = visible_hit_and_look(console, visitor, hit_id)
    address = own_address(address, visitor, now)
    mark = console.marks.find(stored.hit.mark_id, now)
    around = load_context(console, visitor, address, stored, reading)
    freshness = freshness_of(console, visitor, stored) if visitor.may("read") else None
    notice = notice_for(request, visitor, around.last)
    held = around.claim is not None and around.claim.actor != visitor.user.login
    row = ShownHit(
        stored, mark, wording.SIGNAL_SENTENCES, picture=around.has_picture, claim=around.claim,
        repeats=around.seller.confirmed if around.seller else 0,
    )  # fmt: skip
    response = render(
        request, "hit.html",
        row=row, mark=mark, address=address, views=VIEWS, around=around, held=held,
        prices=sorted(filter(is_known, around.prices), key=lambda seen: seen.seen_at, reverse=True)[:PRICES_SHOWN],
        downloads=console.settings.captures_folder is not None, choices=Menus(brands=(), menus={}),
        position=around.position if stored.decision is None else None,
        previous_id=around.neighbours.previous_id, next_id=around.neighbours.next_id,
        can_decide=may_judge(stored, look, visitor), verdicts=REASONS, look=look, shelves=SHELVES_SHOWN,
        credit=console.services.credit_of(stored.hit.listing.market),
        knows=may_know(stored, visitor), deciding=decide if decide in REASONS else "",
        likely={verdict: wording.likely_reason(stored.hit, verdict) for verdict in REASONS},
        transcript=TRANSCRIPTS.get(spelt, str)(stored.hit.listing.title) if spelt in TRANSCRIPTS else "",
        spelt=spelt if spelt in TRANSCRIPTS else "", spellings=SPELLINGS, filters=FIELDS,
        notice=notice.text, undoable=notice.undoable, notice_can_undo="undone" not in request.query_params,
        freshness=freshness, sightings=SIGHTINGS,
    )  # fmt: skip
    if freshness is not None:
        response.background = asking(console, visitor, stored, freshness)
    return response


def decide(
    request: Request, visitor: Visitor, address: QueueAddress, hit_id: str, verdict: Verdict, reason: str,
    revision: int, note: str, stay: str = "",
) -> Response:  # fmt: skip
    """Record a verdict and go on to the next hit of the same queue; a conflict shows who was faster."""
    console = console_of(request)
    now = console.services.clock()
    address = own_address(address, visitor, now)
    visible_hit(console, visitor, hit_id)
    with console.database.read() as session:
        next_id = load_neighbours(session, hit_id, address.hit_filter, address.sort).next_id
    try:
        judge(console, visitor, hit_id, revision, verdict, cast("Reason", reason), note)
    except Conflict as conflict:
        row = ShownHit(visible_hit(console, visitor, hit_id))
        return render(
            request, "conflict.html", 409,
            row=row, address=address, verdict=verdict, reason=reason, note=note.strip()[:MAX_NOTE],
            actor="" if conflict.actor == CRAWL else conflict.actor, at=conflict.at, next_id=next_id,
            held_until=conflict.until if isinstance(conflict, Held) else None,
        )  # fmt: skip
    if stay:
        return RedirectResponse(address.hit_url(hit_id, recorded=hit_id), 303)
    if next_id is None:
        return RedirectResponse(address.queue_url(recorded=hit_id), 303)
    return RedirectResponse(address.hit_url(next_id, recorded=hit_id), 303)


@router.post("/hits/{hit_id}/hold", dependencies=[Depends(from_own_form)])
def hold(request: Request, visitor: Decider, address: Address, hit_id: str) -> Response:
    """Hold the hit for ten minutes, or for ten more; somebody else's hold stands."""
    console = console_of(request)
    visible_hit(console, visitor, hit_id)
    try:
        with console.database.write() as session:
            claim = take_claim(session, hit_id, visitor.user.login, console.services.clock())
    except Held as problem:
        return _held(request, address, hit_id, problem.actor, problem.until, 409)
    return _held(request, address, hit_id, claim.actor, claim.until, 200)


@router.post("/hits/{hit_id}/take-over", dependencies=[Depends(from_own_form)])
def take_over(request: Request, visitor: Decider, address: Address, hit_id: str) -> Response:
    """Take the hit from whoever holds it; this is written down."""
    console = console_of(request)
    visible_hit(console, visitor, hit_id)
    with console.database.write() as session:
        claim = take_claim(session, hit_id, visitor.user.login, console.services.clock(), take_over=True)
    return _held(request, address, hit_id, claim.actor, claim.until, 200)


@router.post("/hits/{hit_id}/release", dependencies=[Depends(from_own_form)])
def release(request: Request, visitor: Decider, address: Address, hit_id: str) -> Response:
    """Give the hit back before its ten minutes are over."""
    console = console_of(request)
    visible_hit(console, visitor, hit_id)
    with console.database.write() as session:
        release_claim(session, hit_id, visitor.user.login)
    return _held(request, address, hit_id, "", console.services.clock(), 200)


def _held(request: Request, address: QueueAddress, hit_id: str, actor: str, until: datetime, status: int) -> Response:
    """Answer a script with who holds the hit, and a form with the page."""
    if request.headers.get("accept") == "application/json":
        words = reading_of(request).formats.clock(until)
        return JSONResponse({"actor": actor, "until": until.isoformat(), "clock": words}, status)
    return RedirectResponse(address.hit_url(hit_id), 303)


@router.get("/hits/{hit_id}/picture")
def show_picture(request: Request, visitor: Reader, hit_id: str) -> Response:
    """Send the small picture of the hit's listing: our own JPEG, never the marketplace's file."""
    console = console_of(request)
    listing = visible_hit(console, visitor, hit_id).hit.listing
    with console.database.read() as session:
        picture = load_thumbnail(session, listing.market, listing.listing_id)
    if picture is None or picture.jpeg is None:
        raise Absent
    return Response(picture.jpeg, media_type="image/jpeg")


@router.post("/hits/{hit_id}/violation", dependencies=[Depends(from_own_form)])
def decide_violation(
    request: Request, visitor: Decider, address: Address, hit_id: str,
    reason: Annotated[str, Form()], revision: Annotated[int, Form()], note: Annotated[str, Form()] = "",
    stay: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Record a violation."""
    return decide(request, visitor, address, hit_id, "violation", reason, revision, note, stay)


@router.post("/hits/{hit_id}/no-violation", dependencies=[Depends(from_own_form)])
def decide_no_violation(
    request: Request, visitor: Decider, address: Address, hit_id: str,
    reason: Annotated[str, Form()], revision: Annotated[int, Form()], note: Annotated[str, Form()] = "",
    stay: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Record that it is not a violation."""
    return decide(request, visitor, address, hit_id, "no_violation", reason, revision, note, stay)


@router.post("/hits/{hit_id}/unsure", dependencies=[Depends(from_own_form)])
def decide_unsure(
    request: Request, visitor: Decider, address: Address, hit_id: str,
    reason: Annotated[str, Form()], revision: Annotated[int, Form()], note: Annotated[str, Form()] = "",
    stay: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Record that the reviewer is not sure, and why."""
    return decide(request, visitor, address, hit_id, "unsure", reason, revision, note, stay)


@router.post("/hits/{hit_id}/undo", dependencies=[Depends(from_own_form)])
def undo(request: Request, visitor: Decider, address: Address, hit_id: str) -> Response:
    """Take back the visitor's own latest decision on the hit and show the hit again."""
    console = console_of(request)
    try:
        take_back(console, visitor, hit_id)
    except (Conflict, NotFound):
        return RedirectResponse(address.hit_url(hit_id), 303)
    return RedirectResponse(address.hit_url(hit_id, undone="1"), 303)
