"""Deciding many hits at once: a preview with every listing, a recount by the server, one undo for all; own views."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from records.decision import REASONS, Reason, Verdict
from review import wording
from review.access import is_visible, own_address
from review.console import Console, console_of, reading_of, render
from review.errors import Absent
from review.filters import Address, QueueAddress
from review.languages import message as _
from review.sessions import Decider, Visitor, allowed, from_own_form
from review.shown import ShownHit
from storage.bulk import MAX_BULK, Bulk, Pick, check_picks, load_bulk, record_bulk, undo_bulk
from storage.claims import take_claim
from storage.errors import AlreadyThere, BulkConflict, Held, NotFound
from storage.groups import load_groups
from storage.hits import load_hits
from storage.saved_views import remove_view, save_view
from storage.thumbnails import load_thumbnail_keys

router = APIRouter(include_in_schema=False)

MAX_NOTE: Final = 1000
# Above this, the number of listings has to be typed before anything is recorded.
TYPED_ABOVE: Final = 25
PROBLEMS: Final = {
    "size": _("Select at least one listing and at most %(most)s."),
    "changed": _("Some listings were decided or changed meanwhile. Nothing was recorded; they are marked below."),
    "held": _("Some listings are held by somebody else. Nothing was recorded; they are marked below."),
    "not_one_group": _(
        "Several violations at once are recorded only inside one group: the same mark, and near-identical titles or "
        "the same seller. Nothing was recorded."
    ),
    "typed": _("The number typed is not the number of listings ticked. Nothing was recorded."),
}
Picks = Annotated[list[str], Form()]


def read_picks(console: Console, address: QueueAddress, picked: list[str]) -> list[Pick]:
    """Return the hits that a form names as hit:ID:REVISION, or as group:ID:REVISION for all that stand behind a row."""
    found: dict[str, Pick] = {}
    leaders: list[str] = []
    for value in picked[: MAX_BULK + 1]:
        kind, _colon, rest = value.partition(":")
        hit_id, _colon, revision = rest.partition(":")
        if kind not in {"hit", "group"} or not revision.isdecimal() or len(revision) > 9:
            raise Absent
        if kind == "group":
            leaders.append(hit_id)
        found[hit_id] = Pick(hit_id, int(revision))
    with console.database.read() as session:
        for members in load_groups(session, address.hit_filter, leaders).values():
            for member in members:
                found.setdefault(member.hit_id, Pick(member.hit_id, member.revision))
    return list(found.values())


def shown_hits(console: Console, visitor: Visitor, hit_ids: list[str]) -> list[ShownHit]:
    """Return the hits of those ids that the visitor may see, in their order."""
    now = console.services.clock()
    with console.database.read() as session:
        stored = load_hits(session, hit_ids)
        pictures = load_thumbnail_keys(session, [one.hit.listing.key for one in stored])
    return [
        ShownHit(one, console.marks.find(one.hit.mark_id, now), picture=one.hit.listing.key in pictures)
        for one in stored
        if is_visible(one, visitor, now)
    ]


def preview(
    request: Request, visitor: Visitor, address: QueueAddress, picks: list[Pick], verdict: Verdict, *,
    problem: str = "", marked: tuple[str, ...] = (), status: int = 200, reason: str = "", note: str = "",
) -> Response:  # fmt: skip
    """Show every picked listing with the reasons to choose from; `marked` are those that stand in the way."""
    console, reading = console_of(request), reading_of(request)
    rows = shown_hits(console, visitor, [pick.hit_id for pick in picks])
    likely = wording.likely_reason(rows[0].hit, verdict) if rows else REASONS[verdict][0]
    sentence = reading.translate(PROBLEMS[problem]) % {"most": MAX_BULK} if problem else ""
    return render(
        request, "bulk.html", status,
        rows=rows, picks={pick.hit_id: pick for pick in picks}, verdict=verdict, reasons=REASONS[verdict],
        likely=reason or likely, address=address, problem=sentence, marked=marked, note=note,
        typed_above=TYPED_ABOVE, bulk=None,
    )  # fmt: skip


def verdict_of(name: str) -> Verdict:
    """Return the verdict of that name; raise Absent for another."""
    for verdict in REASONS:
        if verdict == name:
            return verdict
    raise Absent


@router.post("/review/bulk/preview", dependencies=[Depends(from_own_form)])
def preview_bulk(
    request: Request, visitor: Decider, address: Address, verdict: Annotated[str, Form()], pick: Picks = []  # noqa: B006 - FastAPI copies it
) -> Response:  # fmt: skip
    """Show what a decision on the selection would cover; nothing is recorded yet."""
    console = console_of(request)
    address = own_address(address, visitor, console.services.clock())
    picks, wanted = read_picks(console, address, pick), verdict_of(verdict)
    if len(picks) == 1:
        return RedirectResponse(address.hit_url(picks[0].hit_id, decide=wanted), 303)
    try:
        with console.database.read() as session:
            check_picks(session, picks, wanted, visitor.user.login, console.services.clock())
    except BulkConflict as conflict:
        return preview(
            request, visitor, address, picks[:MAX_BULK], wanted,
            problem=conflict.problem, marked=conflict.hit_ids, status=409,
        )  # fmt: skip
    return preview(request, visitor, address, picks, wanted)


@router.post("/review/bulk/record", dependencies=[Depends(from_own_form)])
def record(
    request: Request, visitor: Decider, address: Address, verdict: Annotated[str, Form()],
    reason: Annotated[str, Form()], note: Annotated[str, Form()] = "", typed: Annotated[str, Form()] = "",
    pick: Picks = [],  # noqa: B006 - FastAPI copies it
) -> Response:  # fmt: skip
    """Record one verdict for all ticked listings, or nothing when one of them is no longer as it was shown."""
    console = console_of(request)
    address = own_address(address, visitor, console.services.clock())
    wanted, picks = verdict_of(verdict), read_picks(console, address, pick)
    chosen = reason_of(wanted, reason)
    said = note.strip()[:MAX_NOTE]
    if len(picks) > TYPED_ABOVE and typed.strip() != str(len(picks)):
        return preview(request, visitor, address, picks[:MAX_BULK], wanted, problem="typed", status=409,
                       reason=reason, note=said)  # fmt: skip
    try:
        with console.database.write() as session:
            now = console.services.clock()
            bulk = record_bulk(session, picks, wanted, chosen, visitor.user.login, now, said)
    except BulkConflict as conflict:
        return preview(
            request, visitor, address, picks[:MAX_BULK], wanted,
            problem=conflict.problem, marked=conflict.hit_ids, status=409, reason=reason, note=said,
        )  # fmt: skip
    return RedirectResponse(address.queue_url(recorded=bulk.bulk_id), 303)


def reason_of(verdict: Verdict, name: str) -> Reason:
    """Return the verdict's reason of that name; raise Absent for another."""
    for reason in REASONS[verdict]:
        if reason == name:
            return reason
    raise Absent


@router.post("/review/bulk/hold", dependencies=[Depends(from_own_form)])
def hold(request: Request, visitor: Decider, address: Address, pick: Picks = []) -> Response:  # noqa: B006 - FastAPI copies it
    """Hold the selected listings for ten minutes; those that somebody else holds are left alone."""
    console = console_of(request)
    now = console.services.clock()
    address = own_address(address, visitor, now)
    for one in read_picks(console, address, pick)[:MAX_BULK]:
        try:
            with console.database.write() as session:
                take_claim(session, one.hit_id, visitor.user.login, now)
        except (Held, NotFound):
            continue
    return RedirectResponse(address.queue_url(after=address.after), 303)


def own_bulk(console: Console, visitor: Visitor, bulk_id: str) -> Bulk:
    """Return the visitor's own bulk. Others' are absent: their verdicts may wait for a second look."""
    with console.database.read() as session:
        try:
            bulk = load_bulk(session, bulk_id)
        except NotFound:
            raise Absent from None
    if bulk.actor != visitor.user.login:
        raise Absent
    return bulk


@router.get("/review/bulks/{bulk_id}")
def show_bulk(request: Request, visitor: Decider, address: Address, bulk_id: str) -> Response:
    """Show a bulk decision of one's own, with every listing and the undo for all."""
    console = console_of(request)
    bulk = own_bulk(console, visitor, bulk_id)
    return render(
        request, "bulk.html",
        rows=shown_hits(console, visitor, list(bulk.hit_ids)), picks={}, verdict=bulk.verdict, reasons=(),
        likely=bulk.reason, address=address, problem="", marked=(), note=bulk.note, typed_above=TYPED_ABOVE, bulk=bulk,
    )  # fmt: skip


@router.post("/review/bulks/{bulk_id}/undo", dependencies=[Depends(from_own_form)])
def undo(request: Request, visitor: Decider, address: Address, bulk_id: str) -> Response:
    """Take back every decision of one's own bulk that is still in force."""
    console = console_of(request)
    own_bulk(console, visitor, bulk_id)
    try:
        with console.database.write() as session:
            undo_bulk(session, bulk_id, visitor.user.login, console.services.clock())
    except NotFound:
        return RedirectResponse(f"/review/bulks/{bulk_id}", 303)
    return RedirectResponse(address.queue_url(undone="bulk"), 303)


@router.post("/review/views", dependencies=[Depends(from_own_form), Depends(allowed("read"))])
def keep_view(
    request: Request, visitor: Decider, name: Annotated[str, Form()], query: Annotated[str, Form()] = ""
) -> Response:
    """Keep a view under a name, with the filters and the order that its address says."""
    console = console_of(request)
    query = query.lstrip("?")[:1000]
    here = f"/review?{query}" if query else "/review"
    try:
        with console.database.write() as session:
            save_view(session, visitor.user.login, name, query, console.services.clock())
    except AlreadyThere:
        return RedirectResponse(f"{here}{'&' if query else '?'}problem=view&saving=1", 303)
    return RedirectResponse(here, 303)


@router.post("/review/views/{view_id}/remove", dependencies=[Depends(from_own_form), Depends(allowed("read"))])
def drop_view(request: Request, visitor: Decider, view_id: str) -> Response:
    """Remove one of the visitor's own views."""
    with console_of(request).database.write() as session:
        remove_view(session, visitor.user.login, view_id)
    return RedirectResponse("/review", 303)
