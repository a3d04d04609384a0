"""The mails to brand owners for programs: recipients and their wishes, delivery, samples, suggested sellers."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from alerts.choices import Place, choices_of, places_of_address
from alerts.errors import AlertError, BadPreference
from alerts.preview import queue_sample
from records.hit import Tier
from records.mail import Frequency, Holidays, Kind, Language, Preference
from review.api.account import REFUSED, WRONG
from review.api.models import Problem, Sent
from review.console import Console, console_of
from review.errors import Absent, WrongField
from review.languages import message as _
from review.mail_house import house_of
from review.mail_wishes import change_wish, place_of_recipient
from review.sessions import Operator, Visitor, allowed, from_own_client
from storage.errors import NotFound
from storage.mail_people import (
    allow_address,
    load_address,
    load_members,
    load_owner_brands,
    load_pause,
    resume_stream,
)
from storage.outbox import MailState, QueuedMail, load_mails
from storage.owner_answers import decide_suggestion

NONE: dict[int | str, dict[str, Any]] = {404: {"model": Problem}}
router = APIRouter(prefix="/mails", tags=["mails"], responses=REFUSED)
Own = Depends(from_own_client)
Watcher = Annotated[Visitor, Depends(allowed("brands", "operate"))]
Keeper = Annotated[Visitor, Depends(allowed("brands"))]
NO_ADDRESS = _("Your account has no mail address; an administrator can add one.")


class WishBody(Sent):
    """What to change of one kind of mail about one brand; what is left out stays."""

    owner: str = Field(max_length=400)
    brand: str = Field(max_length=400)
    kind: Literal["urgent", "digest", "monthly"]
    frequency: Frequency | None = None
    hour: int | None = Field(default=None, ge=0, le=23)
    zone: str | None = Field(default=None, max_length=60, description="An IANA time zone.")
    holidays: Holidays | None = Field(default=None, description="Whose public holidays are kept; empty: nobody's.")
    weekday: int | None = Field(default=None, ge=0, le=6, description="0 is Monday.")
    language: Language | None = None
    minimum_tier: Literal["low", "medium", "high"] | None = None
    markets: list[str] | None = Field(default=None, max_length=100, description="Only these; empty: all.")


class WishRow(BaseModel):
    """What a recipient gets of one kind about one brand."""

    owner: str
    brand: str
    kind: Kind
    frequency: Frequency
    hour: int
    zone: str
    holidays: Holidays
    weekday: int
    language: Language
    minimum_tier: Tier
    markets: list[str]


class MailRow(BaseModel):
    """One mail and what became of it."""

    mail_id: int
    message_id: str
    recipient: str
    owner: str
    brand: str
    kind: str
    subject: str
    state: MailState
    queued_at: datetime
    attempts: int
    sent_at: datetime | None
    problem: str | None


class RecipientRow(BaseModel):
    """An address on an owner's list."""

    address_id: str
    address: str
    owner: str
    suppressed_at: datetime | None
    suppressed_because: str | None


class RecipientsAnswer(BaseModel):
    """Every recipient, by owner and address."""

    recipients: list[RecipientRow]


class RecipientAnswer(BaseModel):
    """One address: what it gets, and the last mails to it."""

    address_id: str
    address: str
    suppressed_at: datetime | None
    suppressed_because: str | None
    wishes: list[WishRow]
    mails: list[MailRow]


class MailsAnswer(BaseModel):
    """The last mails, newest first."""

    mails: list[MailRow]
    paused_at: datetime | None
    paused_because: str | None


class SampleBody(Sent):
    """Which mail to send oneself."""

    owner: str = Field(max_length=400)
    brand: str = Field(max_length=400)
    kind: Kind = "digest"
    language: Language = "ja"


class SampleAnswer(BaseModel):
    """What waits for oneself in the outbox; nothing where nothing is new for the brand."""

    subject: str | None
    recipient: str | None


class SuggestionBody(Sent):
    """What becomes of a seller that an owner suggested."""

    state: Literal["accepted", "declined"]


def _wish(place: Place, kind: Kind, preference: Preference) -> WishRow:
    names = WishRow.model_fields.keys() - {"owner", "brand", "kind", "markets"}
    values = {name: getattr(preference, name) for name in names}
    return WishRow(
        owner=place.owner.name, brand=place.brand, kind=kind, markets=list(preference.markets), **values
    )  # fmt: skip


def _mail(mail: QueuedMail) -> MailRow:
    return MailRow(**{name: getattr(mail, name) for name in MailRow.model_fields})


@router.get("")
def list_mails(
    request: Request,
    visitor: Watcher,  # noqa: ARG001 - who may
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> MailsAnswer:
    """Return the last mails with their delivery state, and whether the stream to brand owners is paused."""
    with console_of(request).database.read() as session:
        paused = load_pause(session)
        mails = [_mail(mail) for mail in load_mails(session, limit)]
    since, because = paused or (None, None)
    return MailsAnswer(mails=mails, paused_at=since, paused_because=because)


@router.post("/resume", status_code=204, dependencies=[Own])
def resume_mails(request: Request, visitor: Operator) -> Response:
    """Go on sending to brand owners."""
    console = console_of(request)
    with console.database.write() as session:
        if load_pause(session) is not None:
            resume_stream(session, console.services.clock(), visitor.user.login)
    return Response(status_code=204)


@router.get("/recipients")
def list_recipients(request: Request, visitor: Watcher) -> RecipientsAnswer:  # noqa: ARG001 - who may
    """Return who gets mails."""
    with console_of(request).database.read() as session:
        members = load_members(session)
    rows = [
        RecipientRow(
            address_id=one.address.address_id, address=one.address.address, owner=one.owner,
            suppressed_at=one.address.suppressed_at, suppressed_because=one.address.suppressed_because,
        )
        for one in members
    ]  # fmt: skip
    return RecipientsAnswer(recipients=rows)


@router.get("/recipients/{address_id}", responses=NONE)
def show_recipient(
    request: Request,
    visitor: Watcher,  # noqa: ARG001 - who may
    address_id: str,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> RecipientAnswer:
    """Return what one recipient gets, and the last mails with their delivery state."""
    with console_of(request).database.read() as session:
        try:
            address = load_address(session, address_id)
        except NotFound:
            raise Absent from None
        wishes = [
            _wish(place, kind, preference)
            for place in places_of_address(session, address_id)
            for kind, preference in choices_of(session, place).items()
        ]
        mails = [_mail(mail) for mail in load_mails(session, limit, address_id=address_id)]
    return RecipientAnswer(
        address_id=address_id, address=address.address, suppressed_at=address.suppressed_at,
        suppressed_because=address.suppressed_because, wishes=wishes, mails=mails,
    )  # fmt: skip


@router.put("/recipients/{address_id}/wishes", dependencies=[Own], responses={**NONE, **WRONG})
def change_recipient(request: Request, visitor: Keeper, address_id: str, body: WishBody) -> WishRow:
    """Change what a recipient gets of one kind about one brand; the recipient is told by mail."""
    console = console_of(request)
    place = place_of_recipient(console, address_id, body.owner, body.brand)
    wish = body.model_dump(exclude={"owner", "brand", "kind"}, exclude_none=True)
    if "markets" in wish:
        wish["markets"] = tuple(wish["markets"])
    try:
        after = change_wish(console, place, body.kind, wish, visitor.user.login)
    except BadPreference as bad:
        raise WrongField(bad.field, _("A field is missing or has a wrong value.")) from None
    return _wish(place, body.kind, after)


@router.post("/recipients/{address_id}/allow", status_code=204, dependencies=[Own], responses=NONE)
def allow_again(request: Request, visitor: Operator, address_id: str) -> Response:
    """Write to a suppressed address again."""
    console = console_of(request)
    try:
        with console.database.write() as session:
            allow_address(session, address_id, console.services.clock(), visitor.user.login)
    except NotFound:
        raise Absent from None
    return Response(status_code=204)


@router.post("/sample", dependencies=[Own], responses={**NONE, **WRONG})
def send_sample(request: Request, visitor: Keeper, body: SampleBody) -> SampleAnswer:
    """Send oneself the mail that a brand owner would get now, marked as a sample; nothing is marked as told."""
    console = console_of(request)
    _known(console, body.owner, body.brand)
    if visitor.user.email is None:
        raise WrongField("email", NO_ADDRESS)
    try:
        mail = queue_sample(
            console.database, body.owner, body.brand, body.kind, console.services.clock(), house_of(console),
            recipient=visitor.user.email, language=body.language,
        )  # fmt: skip
    except AlertError as problem:
        raise WrongField("email", str(problem)) from None
    if mail is None:
        return SampleAnswer(subject=None, recipient=None)
    return SampleAnswer(subject=mail.subject, recipient=mail.recipient)


def _known(console: Console, owner: str, brand: str) -> None:
    with console.database.read() as session:
        if brand not in load_owner_brands(session).get(owner, ()):
            raise Absent


@router.put("/suggestions/{suggestion_id}", status_code=204, dependencies=[Own], responses=NONE)
def settle_suggestion(request: Request, visitor: Keeper, suggestion_id: int, body: SuggestionBody) -> Response:
    """Take a suggested seller into the watch list, or leave the list as it is."""
    console = console_of(request)
    try:
        with console.database.write() as session:
            decide_suggestion(session, suggestion_id, body.state, visitor.user.login, console.services.clock())
    except NotFound:
        raise Absent from None
    return Response(status_code=204)
