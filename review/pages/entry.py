"""Log-in, log-out and the reader's choices of language and theme."""

import hmac
import secrets
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from records.watchlist import Mark
from review.console import DENSITIES, THEMES, console_of, reading_of, render
from review.errors import AccountLocked, FormExpired, Refusal, WrongPassword
from review.languages import LANGUAGES
from review.languages import message as _
from review.letters import letters_of
from review.security import local_path
from review.sessions import (
    Visitor,
    current_visitor,
    from_own_form,
    log_in,
    log_out,
    set_session_cookie,
    visitor_or_none,
)

router = APIRouter(include_in_schema=False)

# The picture on the log-in page: a mark with three Cyrillic letters, shown by the same function as on a hit.
PICTURE: Final = letters_of("Аnеssа", Mark(mark_id="picture", text="Anessa"))
# Ties a log-in form to the browser that asked for it, where there is no session yet.
FORM_COOKIE: Final = "markwatch-form"
PREFERENCE_SECONDS: Final = 365 * 24 * 3600


@router.get("/")
def start(visitor: Annotated[Visitor, Depends(current_visitor)]) -> RedirectResponse:
    """Send everyone to the page of their role."""
    return RedirectResponse(visitor.home, 303)


def _login_page(request: Request, *, login: str, after: str, problem: str = "", status: int = 200) -> Response:
    console = console_of(request)
    token = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
    response = render(
        request, "login.html", status,
        picture=PICTURE, login=login, next=after, problem=problem, token=token, demo=console.settings.demo_login,
    )  # fmt: skip
    response.set_cookie(
        FORM_COOKIE, token, path="/login", httponly=True, samesite="strict", secure=console.settings.secure_cookies
    )
    return response


@router.get("/login")
def show_login(request: Request, next: Annotated[str, Query()] = "") -> Response:  # noqa: A002 - the parameter's public name
    """Show the log-in form, or go on where there is a session already."""
    visitor = visitor_or_none(request)
    if visitor is not None:
        return RedirectResponse(local_path(next, visitor.home), 303)
    return _login_page(request, login="", after=local_path(next, ""))


@router.post("/login")
def take_login(
    request: Request,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    form_token: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "",  # noqa: A002 - the parameter's public name
) -> Response:
    """Open a session, or show the form again with what is wrong and how many tries are left."""
    console, reading = console_of(request), reading_of(request)
    login, after = login.strip()[:200], local_path(next, "")
    expected = request.cookies.get(FORM_COOKIE, "")
    if not expected or not hmac.compare_digest(expected.encode(), form_token.encode()):
        raise FormExpired
    address = request.client.host if request.client else ""
    try:
        token = log_in(console, login, password, address)
    except Refusal as refusal:
        problem = _problem(refusal)
        words = reading.translate(problem[0]) % problem[1]
        return _login_page(request, login=login, after=after, problem=words, status=refusal.status)
    response = RedirectResponse(after or "/", 303)
    set_session_cookie(console, response, token)
    response.delete_cookie(FORM_COOKIE, path="/login", httponly=True, samesite="strict")
    return response


def _problem(refusal: Refusal) -> tuple[str, dict[str, int]]:
    if isinstance(refusal, AccountLocked):
        minutes = int(refusal.wait.total_seconds() // 60)
        return _("Too many failed log-ins. Try again in %(minutes)s minutes."), {"minutes": minutes}
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
