"""Forms before there is a session: each is tied to the browser that asked for it by a cookie of its own."""

import hmac
import secrets
from typing import Annotated, Final

from fastapi import Form, Request, Response

from review.console import console_of
from review.errors import FormExpired
from review.sessions import cookie_name

FORM_COOKIE: Final = "markwatch-form"


def token_for(request: Request) -> str:
    """Return the token that this browser's forms carry."""
    return request.cookies.get(cookie_name(console_of(request), FORM_COOKIE)) or secrets.token_urlsafe(24)


def tie(request: Request, response: Response, token: str) -> Response:
    """Give the browser the cookie that its form is compared with."""
    console = console_of(request)
    response.set_cookie(
        cookie_name(console, FORM_COOKIE), token, path="/", httponly=True, samesite="strict",
        secure=console.settings.secure_cookies,
    )  # fmt: skip
    return response


def from_this_browser(request: Request, form_token: Annotated[str, Form()] = "") -> None:
    """Let a form through only from the browser that it was made for."""
    expected = request.cookies.get(cookie_name(console_of(request), FORM_COOKIE), "")
    if not expected or not hmac.compare_digest(expected.encode(), form_token.encode()):
        raise FormExpired
