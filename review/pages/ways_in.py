"""The second half of a log-in: one-time code, passkey, identity provider; and mailed links that set a password."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from review.accounts import ask_reset, redeem
from review.anonymous_forms import from_this_browser, tie, token_for
from review.console import console_of, reading_of, render
from review.errors import Absent, ProviderRefused, Refusal, WrongField, WrongPasskey
from review.languages import message as _
from review.oidc import Departure, arrive, depart
from review.pages.entry import PICTURE, STEP_COOKIE, login_page, problem_words, step_cookie
from review.passkeys import options_to_log_in, place_of
from review.passwords import MAXIMUM_LENGTH, MINIMUM_LENGTH
from review.security import local_path
from review.sessions import address_of, cookie_name, digest, drop_cookie, set_session_cookie, start_session
from review.signing_in import (
    begin_step,
    check_code,
    find_step,
    finish_step,
    log_in_with_identity,
    log_in_with_passkey,
    require_calm,
)
from storage.tickets import LoginStep, StepKind, load_ticket
from storage.users import load_user

router = APIRouter(include_in_schema=False)
CALLBACK: Final = "/login/provider/return"
DIFFERENT: Final = _("The two entries differ.")


def _step(request: Request, kind: StepKind) -> tuple[str, LoginStep | None]:
    console = console_of(request)
    token = request.cookies.get(cookie_name(console, STEP_COOKIE), "")
    return token, find_step(console, kind, token)


def _inside(request: Request, token: str, after: str) -> Response:
    """Answer a finished log-in: the session's cookie instead of the step's, and the page that was asked for."""
    console = console_of(request)
    response = RedirectResponse(local_path(after, "/"), 303)
    set_session_cookie(console, response, token)
    drop_cookie(console, response, STEP_COOKIE)
    return response


def _simple(request: Request, template: str, status: int = 200, /, **content: object) -> Response:
    """Render a page of the log-in's kind, with a form that is tied to this browser."""
    token = token_for(request)
    return tie(request, render(request, template, status, picture=PICTURE, token=token, **content), token)


@router.get("/login/code")
def show_code(request: Request) -> Response:
    """Ask for the one-time code."""
    _unused, step = _step(request, "code")
    if step is None:
        return RedirectResponse("/login", 303)
    return _simple(request, "login_code.html", problem="")


@router.post("/login/code", dependencies=[Depends(from_this_browser)])
def take_code(request: Request, code: Annotated[str, Form()] = "") -> Response:
    """Open the session that the code completes."""
    console = console_of(request)
    token, step = _step(request, "code")
    if step is None or step.login is None:
        return RedirectResponse("/login", 303)
    try:
        check_code(console, step.login, code[:100], address_of(request))
    except Refusal as refusal:
        return _simple(request, "login_code.html", refusal.status, problem=problem_words(request, refusal))
    if not finish_step(console, token):
        return RedirectResponse("/login", 303)
    return _inside(request, start_session(console, request, step.login, "code"), step.data["next"])


@router.post("/login/passkey/options", dependencies=[Depends(from_this_browser)])
def start_passkey(request: Request) -> Response:
    """Return what the browser asks its authenticator, and remember the challenge."""
    place = place_of(request)
    if place is None:
        raise Absent
    require_calm(console_of(request), request)
    options, challenge = options_to_log_in(place)
    response = Response(options, media_type="application/json")
    step_cookie(request, response, begin_step(console_of(request), "passkey_login", None, {"challenge": challenge}))
    return response


@router.post("/login/passkey", dependencies=[Depends(from_this_browser)])
def take_passkey(
    request: Request,
    answer: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",  # noqa: A002 - the parameter's public name
) -> Response:
    """Open the session of the passkey's owner."""
    console, place = console_of(request), place_of(request)
    token, step = _step(request, "passkey_login")
    after = local_path(next, "")
    try:
        if place is None or step is None or not finish_step(console, token):
            raise WrongPasskey
        opened = log_in_with_passkey(console, request, place, step.data["challenge"], answer)
    except Refusal as refusal:
        return login_page(request, after=after, problem=problem_words(request, refusal), status=refusal.status)
    return _inside(request, opened, after)


@router.get("/login/provider")
def leave_for_provider(request: Request, next: Annotated[str, Query()] = "") -> Response:  # noqa: A002 - as above
    """Send the browser to the office's identity provider."""
    console = console_of(request)
    if console.settings.oidc is None:
        raise Absent
    require_calm(console, request)
    try:
        gone = depart(console.settings.oidc, console.settings.console_url.rstrip("/") + CALLBACK)
    except ProviderRefused as refusal:
        return login_page(request, problem=problem_words(request, refusal), status=refusal.status)
    data = {"state": gone.state, "nonce": gone.nonce, "verifier": gone.verifier, "next": local_path(next, "")}
    response = RedirectResponse(gone.url, 303)
    step_cookie(request, response, begin_step(console, "oidc", None, data))
    return response


@router.get(CALLBACK)
def return_from_provider(request: Request) -> Response:
    """Open the session of the account that the provider's answer belongs to."""
    console = console_of(request)
    if console.settings.oidc is None:
        raise Absent
    token, step = _step(request, "oidc")
    try:
        if step is None or not finish_step(console, token):
            raise ProviderRefused  # noqa: TRY301 - answered like every other return that does not fit
        gone = Departure(url="", state=step.data["state"], nonce=step.data["nonce"], verifier=step.data["verifier"])
        redirect_uri = console.settings.console_url.rstrip("/") + CALLBACK
        identity = arrive(console.settings.oidc, redirect_uri, f"{redirect_uri}?{request.url.query}", gone)
        opened = log_in_with_identity(console, request, identity)
    except ProviderRefused as refusal:
        return login_page(request, problem=problem_words(request, refusal), status=refusal.status)
    return _inside(request, opened, step.data["next"])


@router.get("/forgotten")
def show_forgotten(request: Request) -> Response:
    """Ask for whom a new password is wanted."""
    return _simple(request, "forgotten.html", sent=False)


@router.post("/forgotten", dependencies=[Depends(from_this_browser)])
def take_forgotten(request: Request, who: Annotated[str, Form()] = "") -> Response:
    """Mail a link if there is such an account; the answer is the same if there is none."""
    require_calm(console_of(request), request)
    ask_reset(console_of(request), who)
    return _simple(request, "forgotten.html", sent=True)


def _welcome_page(request: Request, token: str, status: int = 200, problem: str = "") -> Response:
    console = console_of(request)
    with console.database.read() as session:
        ticket = load_ticket(session, digest(token), console.services.clock())
        user = None if ticket is None else load_user(session, ticket.login)
    if ticket is None or user is None or not user.active:
        return _simple(request, "welcome.html", 404, user=None, kind="", problem="", least=0, most=0)
    return _simple(
        request, "welcome.html", status,
        user=user, kind=ticket.kind, problem=problem, least=MINIMUM_LENGTH, most=MAXIMUM_LENGTH,
    )  # fmt: skip


@router.get("/welcome/{token}")
def show_welcome(request: Request, token: str) -> Response:
    """Show the form that a mailed link leads to; reading it changes nothing, because mail scanners follow links."""
    return _welcome_page(request, token)


@router.post("/welcome/{token}", dependencies=[Depends(from_this_browser)])
def take_welcome(
    request: Request, token: str, password: Annotated[str, Form()] = "", again: Annotated[str, Form()] = ""
) -> Response:
    """Set the password and go on to the log-in."""
    console, reading = console_of(request), reading_of(request)
    if password != again:
        return _welcome_page(request, token, 422, reading.translate(DIFFERENT))
    try:
        redeem(console, token, password)
    except WrongField as refusal:
        return _welcome_page(request, token, 422, reading.translate(refusal.sentence) % refusal.facts)
    except Absent:
        return _welcome_page(request, token)
    return RedirectResponse("/login", 303)
