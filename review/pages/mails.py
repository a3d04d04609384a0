"""The mails to brand owners as staff see them: recipients, delivery, previews, samples, answers."""

from dataclasses import dataclass
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from alerts.choices import choices_of, places_of_address
from alerts.errors import AlertError, UnknownBrand, UnknownOwner
from alerts.letter import Letter
from alerts.preview import preview_letter, queue_sample
from records.mail import FREQUENCIES
from review.console import Console, console_of, render
from review.errors import Absent, WrongField
from review.languages import LANGUAGES
from review.languages import message as _
from review.mail_house import house_of
from review.mail_page import page_of
from review.mail_wishes import place_of_recipient
from review.mail_words import ANSWER_WORDS, KIND_WORDS, MAIL_KINDS, STATES
from review.pages.mail_links import choice_menus, fields_of, save_wish
from review.sessions import Visitor, allowed, from_own_form
from storage.errors import NotFound
from storage.hit_records import StoredHit
from storage.hits import load_hit
from storage.mail_people import (
    Member,
    allow_address,
    load_address,
    load_mail_events,
    load_members,
    load_owner_brands,
    load_pause,
    resume_stream,
)
from storage.outbox import QueuedMail, load_mails
from storage.owner_answers import (
    OwnerAnswer,
    SellerSuggestion,
    count_suggestions,
    decide_suggestion,
    load_latest_answers,
    load_suggestions,
)

router = APIRouter(include_in_schema=False, prefix="/mails")

MAILS_SHOWN: Final = 50
EVENTS_SHOWN: Final = 20
ANSWERS_SHOWN: Final = 100
# A mail carries its own styles and pictures. It stands in a frame of our own page that may run nothing, send nothing
# and load nothing.
FRAME_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
NO_ADDRESS: Final = _("Your account has no mail address; an administrator can add one.")

# Who watches the delivery, and who looks into the mails themselves and settles what brand owners answered.
Watcher = Annotated[Visitor, Depends(allowed("brands", "operate"))]
Keeper = Annotated[Visitor, Depends(allowed("brands"))]
OperatorOnly = Annotated[Visitor, Depends(allowed("operate"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRow:
    """One recipient with the last mail."""

    member: Member
    brands: tuple[str, ...]
    last: QueuedMail | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """One answer with its hit."""

    answer: OwnerAnswer
    stored: StoredHit
    suggestion: SellerSuggestion | None


@router.get("")
def show_mails(request: Request, visitor: Watcher) -> Response:
    """Show who gets mails, what became of the last ones, and what staff must know."""
    with console_of(request).database.read() as session:
        members, brands = load_members(session), load_owner_brands(session)
        mails = load_mails(session, MAILS_SHOWN * 4)
        events = load_mail_events(session, EVENTS_SHOWN)
        paused, waiting = load_pause(session), count_suggestions(session)
    last: dict[str, QueuedMail] = {}
    for mail in mails:
        last.setdefault(mail.address_id, mail)
    rows = [
        RecipientRow(
            member=member, brands=brands.get(member.owner, ()), last=last.get(member.address.address_id)
        )
        for member in members
    ]  # fmt: skip
    return render(
        request, "mails.html",
        rows=rows, mails=mails[:MAILS_SHOWN], events=events, paused=paused, suggestions=waiting, states=STATES,
        mail_kinds=MAIL_KINDS, kinds=KIND_WORDS, brands=brands, can_keep=visitor.may("brands"),
        can_operate=visitor.may("operate"),
    )  # fmt: skip


@router.post("/resume", dependencies=[Depends(from_own_form)])
def resume(request: Request, visitor: OperatorOnly) -> Response:
    """Go on sending to brand owners."""
    console = console_of(request)
    with console.database.write() as session:
        if load_pause(session) is not None:
            resume_stream(session, console.services.clock(), visitor.user.login)
    return RedirectResponse("/mails", 303)


@router.get("/recipients/{address_id}")
def show_recipient(
    request: Request,
    visitor: Watcher,
    address_id: str,
    saved: Annotated[str, Query()] = "",
    brand: Annotated[str, Query()] = "",
) -> Response:
    """Show what one recipient gets, and the last mails with their delivery state."""
    return _recipient(request, visitor, address_id, saved=saved, saved_brand=brand)


def _recipient(
    request: Request, visitor: Visitor, address_id: str, *, saved: str = "", saved_brand: str = "", problem: str = ""
) -> Response:
    with console_of(request).database.read() as session:
        try:
            address = load_address(session, address_id)
        except NotFound:
            raise Absent from None
        choices = [(place, choices_of(session, place)) for place in places_of_address(session, address_id)]
        mails = load_mails(session, MAILS_SHOWN, address_id=address_id)
    return render(
        request, "mail_recipient.html", 422 if problem else 200,
        address=address, choices=choices, mails=mails, saved=saved, saved_brand=saved_brand, problem=problem,
        states=STATES, mail_kinds=MAIL_KINDS, can_keep=visitor.may("brands"), can_operate=visitor.may("operate"),
        **choice_menus(request),
    )  # fmt: skip


@router.post("/recipients/{address_id}", dependencies=[Depends(from_own_form)])
async def save_recipient(request: Request, visitor: Keeper, address_id: str) -> Response:
    """Change what a recipient gets of one kind about one brand; the recipient is told by mail."""
    form = fields_of(await request.form())
    console = console_of(request)
    place = place_of_recipient(console, address_id, form.get("owner", ""), form.get("brand", ""))
    problem = save_wish(request, place, form, visitor.user.login)
    if problem:
        return _recipient(request, visitor, address_id, problem=problem)
    kind = form.get("kind", "")
    query = urlencode({"saved": kind, "brand": place.brand})
    return RedirectResponse(f"/mails/recipients/{address_id}?{query}", 303)


@router.post("/recipients/{address_id}/allow", dependencies=[Depends(from_own_form)])
def allow_again(request: Request, visitor: OperatorOnly, address_id: str) -> Response:
    """Write to a suppressed address again."""
    console = console_of(request)
    try:
        with console.database.write() as session:
            allow_address(session, address_id, console.services.clock(), visitor.user.login)
    except NotFound:
        raise Absent from None
    return RedirectResponse(f"/mails/recipients/{address_id}", 303)


@router.get("/preview")
def show_preview(
    request: Request,
    visitor: Keeper,
    owner: Annotated[str, Query()] = "",
    brand: Annotated[str, Query()] = "",
    kind: Annotated[str, Query()] = "digest",
    language: Annotated[str, Query()] = "ja",
    sent: Annotated[str, Query()] = "",
) -> Response:
    """Show a mail as its recipient would get it now; nothing is queued and its links are nobody's."""
    console = console_of(request)
    with console.database.read() as session:
        brands = load_owner_brands(session)
    owner = owner or next(iter(brands), "")
    brand = brand if brand in brands.get(owner, ()) else next(iter(brands.get(owner, ())), "")
    found = _letter(console, owner, brand, kind, language) if owner else None
    letter, is_old = found or (None, False)
    return render(
        request, "mail_preview.html",
        owner=owner, brand=brand, kind=kind, language=language, brands=brands, kinds=KIND_WORDS,
        letter=letter, is_old=is_old,
        query={"owner": owner, "brand": brand, "kind": kind, "language": language}, sent=sent,
        text="" if letter is None else page_of(letter).text, has_address=bool(visitor.user.email),
    )  # fmt: skip


@router.get("/preview/page", dependencies=[Depends(allowed("brands"))])
def show_preview_page(
    request: Request,
    owner: Annotated[str, Query()] = "",
    brand: Annotated[str, Query()] = "",
    kind: Annotated[str, Query()] = "digest",
    language: Annotated[str, Query()] = "ja",
) -> Response:
    """Return the mail's own page, its pictures inside; it is shown in a frame that may do nothing."""
    found = _letter(console_of(request), owner, brand, kind, language)
    if found is None:
        raise Absent
    return HTMLResponse(page_of(found[0]).html, headers={"Content-Security-Policy": FRAME_POLICY})


def _letter(console: Console, owner: str, brand: str, kind: str, language: str) -> tuple[Letter, bool] | None:
    if kind not in FREQUENCIES or language not in LANGUAGES:
        raise Absent
    try:
        return preview_letter(
            console.database, owner, brand, kind, console.services.clock(), house_of(console),
            language=language,
        )  # fmt: skip
    except (UnknownOwner, UnknownBrand):
        raise Absent from None


@router.post("/preview/sample", dependencies=[Depends(from_own_form)])
def send_sample(
    request: Request,
    visitor: Keeper,
    owner: Annotated[str, Form()] = "",
    brand: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "digest",
    language: Annotated[str, Form()] = "ja",
) -> Response:
    """Send the visitor the mail that is shown, marked as a sample."""
    console = console_of(request)
    if kind not in FREQUENCIES or language not in LANGUAGES:
        raise Absent
    with console.database.read() as session:
        if brand not in load_owner_brands(session).get(owner, ()):
            raise Absent
    if visitor.user.email is None:
        raise WrongField("email", NO_ADDRESS)
    try:
        mail = queue_sample(
            console.database, owner, brand, kind, console.services.clock(), house_of(console),
            recipient=visitor.user.email, language=language,
        )  # fmt: skip
    except AlertError as problem:
        raise WrongField("email", str(problem)) from None
    sent = "nothing" if mail is None else "yes"
    query = urlencode({"owner": owner, "brand": brand, "kind": kind, "language": language, "sent": sent})
    return RedirectResponse(f"/mails/preview?{query}", 303)


@router.get("/answers", dependencies=[Depends(allowed("brands"))])
def show_answers(request: Request) -> Response:
    """Show what brand owners answered, and the sellers that wait for a senior reviewer."""
    with console_of(request).database.read() as session:
        answers = load_latest_answers(session, ANSWERS_SHOWN)
        suggestions = {one.answer.answer_id: one for one in load_suggestions(session, ("open", "accepted", "declined"))}
        rows = [
            AnswerRow(
                answer=answer, stored=load_hit(session, answer.hit_id), suggestion=suggestions.get(answer.answer_id)
            )
            for answer in answers
        ]  # fmt: skip
    rows.sort(key=lambda row: not (row.suggestion is not None and row.suggestion.state == "open"))
    return render(request, "mail_answers.html", rows=rows, words=ANSWER_WORDS)


@router.post("/suggestions/{suggestion_id}/accept", dependencies=[Depends(from_own_form)])
def accept(request: Request, visitor: Keeper, suggestion_id: int) -> Response:
    """Take the seller into the watch list."""
    return _settle(request, visitor, suggestion_id, "accepted")


@router.post("/suggestions/{suggestion_id}/decline", dependencies=[Depends(from_own_form)])
def decline(request: Request, visitor: Keeper, suggestion_id: int) -> Response:
    """Leave the watch list as it is."""
    return _settle(request, visitor, suggestion_id, "declined")


def _settle(request: Request, visitor: Visitor, suggestion_id: int, state: Literal["accepted", "declined"]) -> Response:
    console = console_of(request)
    try:
        with console.database.write() as session:
            decide_suggestion(session, suggestion_id, state, visitor.user.login, console.services.clock())
    except NotFound:
        raise Absent from None
    return RedirectResponse("/mails/answers", 303)
