"""The hit page, one POST route per verdict, and undo."""

from typing import Annotated, Final, cast

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from records.decision import REASONS, Reason, Verdict
from review import wording
from review.access import known_decisions, own_address
from review.console import console_of, render
from review.deciding import MAX_NOTE, judge, may_judge, take_back, visible_hit, visible_hit_and_look
from review.errors import Absent
from review.filters import VIEWS, Address, QueueAddress
from review.history import chart_of, history_of
from review.pages.queue import Menus, notice_for
from review.sessions import Decider, Reader, Visitor, from_own_form
from review.shown import ShownHit
from storage.captures import load_captures
from storage.decisions import load_decisions, load_last_decision
from storage.errors import Conflict, NotFound
from storage.hits import load_neighbours
from storage.listings import PriceObservation, load_prices
from storage.thumbnails import load_thumbnail

router = APIRouter(include_in_schema=False)

# The actor that storage names where no person changed the hit.
CRAWL: Final = "crawl"
PRICES_SHOWN: Final = 12


def is_known(seen: PriceObservation) -> bool:
    """Return whether an observation says anything about a price."""
    return seen.price is not None or seen.price_raw is not None


@router.get("/hits/{hit_id}")
def show_hit(
    request: Request, visitor: Reader, address: Address, hit_id: str, decide: Annotated[str, Query()] = ""
) -> Response:
    """Show one hit with everything that speaks for and against it."""
    console = console_of(request)
    stored, look = visible_hit_and_look(console, visitor, hit_id)
    address = own_address(address, visitor)
    listing, mark = stored.hit.listing, console.marks.find(stored.hit.mark_id, console.services.clock())
    with console.database.read() as session:
        prices = load_prices(session, listing.market, listing.listing_id)
        known = load_decisions(session, hit_id) if visitor.may("read") else ()
        captures = load_captures(session, listing.market, listing.listing_id) if visitor.may("read") else ()
        neighbours = load_neighbours(session, hit_id, address.hit_filter, address.sort) if visitor.may("read") else None
        last = load_last_decision(session, visitor.user.login) if visitor.may("decide") else None
    notice = notice_for(request, visitor, last)
    return render(
        request, "hit.html",
        row=ShownHit(stored, mark, wording.SIGNAL_SENTENCES), mark=mark, address=address, views=VIEWS,
        prices=sorted(filter(is_known, prices), key=lambda seen: seen.seen_at, reverse=True)[:PRICES_SHOWN],
        chart=chart_of(prices),
        captures=captures, downloads=console.settings.captures_folder is not None,
        history=history_of(stored, known_decisions(known, stored, visitor)),
        choices=Menus(brands=(), menus={}), position=None,
        previous_id=neighbours.previous_id if neighbours else None, next_id=neighbours.next_id if neighbours else None,
        can_decide=may_judge(stored, look, visitor), verdicts=REASONS,
        deciding=decide if decide in REASONS else "",
        likely={verdict: wording.likely_reason(stored.hit, verdict) for verdict in REASONS},
        notice=notice.text, undoable=notice.undoable, notice_can_undo="undone" not in request.query_params,
    )  # fmt: skip


def decide(
    request: Request, visitor: Visitor, address: QueueAddress, hit_id: str, verdict: Verdict, reason: str,
    revision: int, note: str,
) -> Response:  # fmt: skip
    """Record a verdict and go on to the next hit of the same queue; a conflict shows who was faster."""
    console = console_of(request)
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
        )  # fmt: skip
    if next_id is None:
        return RedirectResponse(_with(address.queue_url(), recorded=hit_id), 303)
    return RedirectResponse(address.hit_url(next_id, recorded=hit_id), 303)


def _with(url: str, **values: str) -> str:
    extra = "&".join(f"{name}={value}" for name, value in values.items())
    return f"{url}{'&' if '?' in url else '?'}{extra}"


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
) -> Response:  # fmt: skip
    """Record a violation."""
    return decide(request, visitor, address, hit_id, "violation", reason, revision, note)


@router.post("/hits/{hit_id}/no-violation", dependencies=[Depends(from_own_form)])
def decide_no_violation(
    request: Request, visitor: Decider, address: Address, hit_id: str,
    reason: Annotated[str, Form()], revision: Annotated[int, Form()], note: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Record that it is not a violation."""
    return decide(request, visitor, address, hit_id, "no_violation", reason, revision, note)


@router.post("/hits/{hit_id}/unsure", dependencies=[Depends(from_own_form)])
def decide_unsure(
    request: Request, visitor: Decider, address: Address, hit_id: str,
    reason: Annotated[str, Form()], revision: Annotated[int, Form()], note: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Record that the reviewer is not sure, and why."""
    return decide(request, visitor, address, hit_id, "unsure", reason, revision, note)


@router.post("/hits/{hit_id}/undo", dependencies=[Depends(from_own_form)])
def undo(request: Request, visitor: Decider, address: Address, hit_id: str) -> Response:
    """Take back the visitor's own latest decision on the hit and show the hit again."""
    console = console_of(request)
    try:
        take_back(console, visitor, hit_id)
    except (Conflict, NotFound):
        return RedirectResponse(address.hit_url(hit_id), 303)
    return RedirectResponse(address.hit_url(hit_id, undone="1"), 303)
