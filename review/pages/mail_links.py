"""Pages that the links in mails open: answers, settings, stopping a mail. No log-in; a GET never changes anything."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.datastructures import FormData

from alerts.choices import Place, change_choice, choices_of, place_of, places_of_address
from alerts.errors import BadLink, BadPreference, ExpiredLink
from alerts.links import Link, Purpose, read
from alerts.title import plain_title, shown
from records.mail import ANSWERS, FREQUENCIES, STREAM_KINDS, Kind
from review import wording
from review.console import console_of, render
from review.errors import Absent, WrongField
from review.languages import message as _
from review.mail_house import link_key
from review.mail_wishes import change_wish
from review.mail_words import ANSWER_WORDS, FREQUENCY_WORDS, KIND_WORDS, WEEKDAYS, ZONES
from storage.decisions import released_hit
from storage.errors import NotFound
from storage.hit_records import StoredHit
from storage.hits import load_hit
from storage.owner_answers import load_answers, record_answer

router = APIRouter(include_in_schema=False)

EXPIRED: Final = _("The time of this link is over. The newest mail has links that work.")
GONE: Final = _("What this link was about is not shown any more.")
FIELDS: Final = ("frequency", "hour", "weekday", "zone", "holidays", "language", "minimum_tier")


def _link(request: Request, token: str, purpose: Purpose) -> Link | None:
    """Return what the link allows, None where its time is over; raise Absent for one that was not made here."""
    console = console_of(request)
    try:
        return read(token, purpose, link_key(console), console.services.clock())
    except ExpiredLink:
        return None
    except BadLink:
        raise Absent from None


def _said(request: Request, sentence: str, status: int = 410) -> Response:
    return render(request, "mail_gone.html", status, sentence=sentence)


def _places(request: Request, link: Link) -> tuple[Place, ...]:
    """Return what the link acts for, and let the page speak the recipient's language."""
    with console_of(request).database.read() as session:
        found = place_of(session, link)
        if found:
            request.state.language = choices_of(session, found[0])[_stream(link.kind)].language
    return found


def _stream(kind: Kind) -> Kind:
    return kind if kind in STREAM_KINDS else "digest"


def _hit(request: Request, link: Link) -> tuple[StoredHit, Place] | None:
    """Return the hit that a recipient is asked about, while it may still be told to that recipient."""
    console = console_of(request)
    with console.database.read() as session:
        try:
            stored = load_hit(session, link.scope)
        except NotFound:
            return None
        if stored.owner is None or not released_hit(stored, console.services.clock()):
            return None
        place = next(
            (one for one in places_of_address(session, link.address_id) if one.owner.name == stored.owner), None
        )
        if place is None:
            return None
        request.state.language = choices_of(session, place)[_stream(link.kind)].language
    return stored, place


@router.get("/m/a/{mail_token}")
def ask(request: Request, mail_token: str, answer: Annotated[str, Query()] = "") -> Response:
    """Ask what the brand owner knows about a hit; the mail's link chooses a button, the person presses it."""
    link = _link(request, mail_token, "answer")
    if link is None:
        return _said(request, EXPIRED)
    found = _hit(request, link)
    if found is None:
        return _said(request, GONE)
    return _question(request, found[0], link, chosen=answer if answer in ANSWERS else "", is_done=False)


@router.post("/m/a/{mail_token}")
def take_answer(request: Request, mail_token: str, answer: Annotated[str, Form()] = "") -> Response:
    """Keep an answer as an event on the hit."""
    link = _link(request, mail_token, "answer")
    if link is None:
        return _said(request, EXPIRED)
    found = _hit(request, link)
    if found is None:
        return _said(request, GONE)
    if answer not in ANSWERS:
        raise WrongField("answer", _("A field is missing or has a wrong value."))
    console = console_of(request)
    with console.database.write() as session:
        record_answer(session, found[0].hit_id, link.address_id, answer, console.services.clock())
    return _question(request, found[0], link, chosen=answer, is_done=True)


def _question(request: Request, stored: StoredHit, link: Link, *, chosen: str, is_done: bool) -> Response:
    with console_of(request).database.read() as session:
        mine = [one for one in load_answers(session, stored.hit_id) if one.address_id == link.address_id]
    listing = stored.hit.listing
    return render(
        request, "mail_answer.html",
        title=plain_title(listing, 200), brand=shown(stored.brand), market=wording.market_name(listing.market),
        price=listing.offer.price, answers=ANSWERS, words=ANSWER_WORDS, chosen=chosen, is_done=is_done,
        last=mine[-1] if mine else None,
    )  # fmt: skip


@router.get("/m/u/{mail_token}")
def ask_to_stop(request: Request, mail_token: str) -> Response:
    """Show what would be stopped, with a button; link scanners that follow it stop nothing."""
    link = _link(request, mail_token, "unsubscribe")
    if link is None:
        return _said(request, EXPIRED)
    places = _places(request, link)
    return _stopping(request, link, places, "") if places else _said(request, GONE)


@router.post("/m/u/{mail_token}")
def stop(
    request: Request,
    mail_token: str,
    frequency: Annotated[str, Form()] = "never",
    one_click: Annotated[str, Form(alias="List-Unsubscribe")] = "",
) -> Response:
    """Stop one kind of mail about one brand at once: from the page's button, or by a mail program (RFC 8058)."""
    link = _link(request, mail_token, "unsubscribe")
    if link is None:
        return _said(request, EXPIRED)
    places = _places(request, link)
    if not places:
        return _said(request, GONE)
    kind = _stream(link.kind)
    wish = "never" if one_click or frequency not in FREQUENCIES[kind] else frequency
    console = console_of(request)
    with console.database.write() as session:
        for place in places:
            change_choice(session, place, kind, {"frequency": wish}, console.services.clock(), "recipient")
    return _stopping(request, link, places, wish)


def _stopping(request: Request, link: Link, places: tuple[Place, ...], done: str) -> Response:
    kind = _stream(link.kind)
    with console_of(request).database.read() as session:
        frequency = choices_of(session, places[0])[kind].frequency
    return render(
        request, "mail_stop.html",
        address=places[0].member.address.address, brands=[shown(place.brand) for place in places], kind=kind,
        kinds=KIND_WORDS, words=FREQUENCY_WORDS, frequency=frequency, done=done,
        others=[one for one in FREQUENCIES[kind] if one != "never"],
    )  # fmt: skip


@router.get("/m/p/{mail_token}")
def show_choices(request: Request, mail_token: str) -> Response:
    """Show what the recipient gets about the brand, as forms."""
    link = _link(request, mail_token, "preferences")
    if link is None:
        return _said(request, EXPIRED)
    places = _places(request, link)
    return _choices(request, places) if places else _said(request, GONE)


@router.post("/m/p/{mail_token}")
async def save_choices(request: Request, mail_token: str) -> Response:
    """Keep what the recipient chose for one kind of mail about one brand."""
    form = fields_of(await request.form())
    link = _link(request, mail_token, "preferences")
    if link is None:
        return _said(request, EXPIRED)
    places = _places(request, link)
    place = next((one for one in places if one.brand == form.get("brand")), None)
    if place is None:
        return _said(request, GONE)
    problem = save_wish(request, place, form, "recipient", is_own=True)
    return _choices(request, places, saved="" if problem else form.get("kind", ""), problem=problem)


def fields_of(form: FormData) -> dict[str, str]:
    """Return a form's texts by name; marketplaces that were ticked stand in one field with spaces between."""
    fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    if "markets" in fields:
        fields["markets"] = " ".join(value for value in form.getlist("markets") if isinstance(value, str))
    return fields


def save_wish(
    request: Request, place: Place, form: Mapping[str, str], actor: str, *, is_own: bool = False
) -> str:  # fmt: skip
    """Keep a filled-in form of one kind; return what is wrong with it, empty where nothing is."""
    kind = form.get("kind", "")
    if kind not in STREAM_KINDS:
        return "kind"
    try:
        wish: dict[str, Any] = {name: form[name] for name in FIELDS if name in form}
        wish |= {name: int(wish[name]) for name in ("hour", "weekday") if name in wish}
    except ValueError:
        return "hour"
    markets = tuple(one for one in form.get("markets", "").split() if one)
    if "markets" in form:
        wish["markets"] = markets
    try:
        change_wish(console_of(request), place, kind, wish, actor, is_own=is_own)
    except BadPreference as bad:
        return bad.field
    return ""


def _choices(request: Request, places: tuple[Place, ...], *, saved: str = "", problem: str = "") -> Response:
    with console_of(request).database.read() as session:
        choices = [(place, choices_of(session, place)) for place in places]
    return render(
        request, "mail_choices.html", 422 if problem else 200,
        address=places[0].member.address.address, choices=choices, saved=saved, problem=problem,
        **choice_menus(request),
    )  # fmt: skip


def choice_menus(request: Request) -> dict[str, Any]:
    """Return what the forms of a preference offer."""
    return {
        "kinds": KIND_WORDS, "frequencies": FREQUENCIES, "words": FREQUENCY_WORDS, "weekdays": WEEKDAYS,
        "market_titles": dict(sorted(console_of(request).services.market_titles().items(), key=lambda one: one[1])),
        "zones": ZONES, "tiers": ("low", "medium", "high"), "stream_kinds": get_args(Kind)[:3],
    }  # fmt: skip
