"""Log-in, log-out and the reader's choices of language and theme."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from records.watchlist import Mark
from review.anonymous_forms import from_this_browser, tie, token_for
from review.console import DENSITIES, THEMES, console_of, reading_of, render
from review.errors import AccountLocked, ProviderRefused, Refusal, WrongCode, WrongPasskey, WrongPassword
from review.languages import LANGUAGES
from review.languages import message as _
from review.letters import letters_of
from review.passkeys import place_of
from review.security import local_path
from review.sessions import (
    Visitor,
    address_of,
    current_visitor,
    from_own_form,
    log_out,
    set_cookie,
    set_session_cookie,
    start_session,
    visitor_or_none,
)
from review.signing_in import STEP_LENGTH, begin_step, check_login

router = APIRouter(include_in_schema=False)

# The picture on the log-in page: a mark with three Cyrillic letters, shown by the same function as on a hit.
PICTURE: Final = letters_of("Аnеssа", Mark(mark_id="picture", text="Anessa"))
STEP_COOKIE: Final = "markwatch-step"
PREFERENCE_SECONDS: Final = 365 * 24 * 3600


@router.get("/")
def start(visitor: Annotated[Visitor, Depends(current_visitor)]) -> RedirectResponse:
    """Send everyone to the page of their role."""
    return RedirectResponse(visitor.home, 303)


def login_page(request: Request, *, login: str = "", after: str = "", problem: str = "", status: int = 200) -> Response:
    """Show the log-in form with every way in that this console offers."""
    console, token = console_of(request), token_for(request)
    page = render(
        request, "login.html", status,
        picture=PICTURE, login=login, next=after, problem=problem, token=token, demo=console.settings.demo_login,
        passkeys=place_of(request) is not None, provider=console.settings.oidc and console.settings.oidc.name,
    )  # fmt: skip
    return tie(request, page, token)


def step_cookie(request: Request, response: Response, token: str) -> None:
    """Let the browser carry a half-finished log-in to its second half."""
    set_cookie(console_of(request), response, STEP_COOKIE, token, int(STEP_LENGTH.total_seconds()))


@router.get("/login")
def show_login(request: Request, next: Annotated[str, Query()] = "") -> Response:  # noqa: A002 - the parameter's public name
    """Show the log-in form, or go on where there is a session already."""
    visitor = visitor_or_none(request)
    if visitor is not None:
        return RedirectResponse(local_path(next, visitor.home), 303)
    return login_page(request, after=local_path(next, ""))


@router.post("/login", dependencies=[Depends(from_this_browser)])
def take_login(
    request: Request,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",  # noqa: A002 - the parameter's public name
) -> Response:
    """Open a session, ask for a one-time code, or say what is wrong and how many tries are left."""
    console = console_of(request)
    login, after = login.strip()[:200], local_path(next, "")
    try:
        needs_code = check_login(console, login, password, address_of(request))
    except Refusal as refusal:
        return login_page(
            request, login=login, after=after, problem=problem_words(request, refusal), status=refusal.status
        )
    if needs_code:
        response = RedirectResponse("/login/code", 303)
        step_cookie(request, response, begin_step(console, "code", login, {"next": after}))
        return response
    response = RedirectResponse(after or "/", 303)
    set_session_cookie(console, response, start_session(console, request, login, "password"))
    return response


def problem_words(request: Request, refusal: Refusal) -> str:
    """Return why a log-in was refused, in the reader's language."""
    sentence, facts = _problem(refusal)
    return reading_of(request).translate(sentence) % facts


def _problem(refusal: Refusal) -> tuple[str, dict[str, int]]:
    if isinstance(refusal, AccountLocked):
        minutes = int(refusal.wait.total_seconds() // 60)
        return _("Too many failed log-ins. Try again in %(minutes)s minutes."), {"minutes": minutes}
    if isinstance(refusal, WrongCode):
        return _("The code is wrong, too old, or was used before."), {}
    if isinstance(refusal, WrongPasskey):
        return _("This passkey is not known here. Log in with your password and add it under your name."), {}
    if isinstance(refusal, ProviderRefused):
        return _("The log-in service of your office did not let you in, or no account here has your address."), {}
    if isinstance(refusal, WrongPassword) and refusal.tries_left == 0:
        return _("Log-in name or password is wrong. The account now waits 15 minutes."), {}
    tries = refusal.tries_left if isinstance(refusal, WrongPassword) else 0
    return _("Log-in name or password is wrong. Tries left: %(tries)s."), {"tries": tries}


@router.post("/logout", dependencies=[Depends(from_own_form)])
def take_logout(request: Request, visitor: Annotated[Visitor, Depends(current_visitor)]) -> Response:
    """End this session."""
    response = RedirectResponse("/login", 303)
    log_out(console_of(request), visitor.token, response)
    return response


@router.get("/preferences")
def take_preference(
    request: Request,
    language: Annotated[str | None, Query()] = None,
    theme: Annotated[str | None, Query()] = None,
    density: Annotated[str | None, Query()] = None,
    next: Annotated[str | None, Query()] = None,  # noqa: A002 - the parameter's public name
) -> Response:
    """Keep a language, a theme or the width of rows in a cookie and go back to the page."""
    response = RedirectResponse(local_path(next, "/"), 303)
    choices = (("language", language, tuple(LANGUAGES)), ("theme", theme, THEMES), ("density", density, DENSITIES))
    for name, value, known in choices:
        if value is not None and value in known:
            response.set_cookie(
                name, value, max_age=PREFERENCE_SECONDS, path="/", httponly=True, samesite="lax",
                secure=console_of(request).settings.secure_cookies,
            )  # fmt: skip
    return response
