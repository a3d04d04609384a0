"""The console as one application: pages, API, static files, and what is answered when something is refused."""

from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import Scope

from review import chain
from review.access import released_at
from review.api import account as api_account
from review.api import brands as api_brands
from review.api import decisions as api_decisions
from review.api import evidence as api_evidence
from review.api import lists as api_lists
from review.api import mails as api_mails
from review.api import operating as api_operating
from review.api import people as api_people
from review.api import reading as api_reading
from review.api import session as api_session
from review.api import work as api_work
from review.console import Console, console_of, reading_of, render
from review.errors import LoginNeeded, Refusal, TooMany, WrongField
from review.etags import EtagMiddleware
from review.languages import message as _
from review.marks import MarkBook
from review.navigation import NAVIGATION
from review.pages import (
    brands,
    bulk,
    entry,
    evidence,
    hits,
    ledger,
    lists,
    mail_links,
    mails,
    markets,
    me,
    metrics,
    own_keys,
    people,
    queue,
    runs,
    schedules,
    sellers,
    stored,
    ways_in,
)
from review.security import SecurityMiddleware, local_path, set_headers
from review.services import ReviewSettings, Services
from review.sessions import address_of, digest
from review.templating import make_templates
from storage.database import Database
from storage.errors import StorageError

__all__ = ["ReviewSettings", "Services", "create_app"]

STATIC_FOLDER: Final = Path(__file__).parent / "static"
API: Final = "/api/v1"
STATIC_SECONDS: Final = 300

# Status -> heading and sentence of the page that says so.
SAID: Final[dict[int, tuple[str, str]]] = {
    400: (_("This request could not be understood."), _("Go back and try again.")),
    401: (_("This way in is closed."), _("Log in again and go on from there.")),
    403: (
        _("This was not carried out."),
        _("Your role does not cover it, or the form was opened in another session. Go back, reload, and try again."),
    ),
    404: (_("There is nothing here."), _("It does not exist, or you may not see it.")),
    405: (_("This cannot be done this way."), _("Go back and use the buttons of the page.")),
    413: (_("The request is too large."), _("Go back and try again.")),
    422: (_("This request could not be understood."), _("A field is missing or has a wrong value.")),
    409: (_("This was not carried out."), _("Somebody else changed it first. Go back, reload, and try again.")),
    429: (_("That was too much at once."), _("Wait a minute, then go on.")),
    500: (_("Something went wrong here."), _("Nothing was recorded. Try again, and tell the operator if it stays.")),
    503: (_("The database does not answer."), _("Nothing was recorded. Wait a moment and try again.")),
}


class OwnFiles(StaticFiles):
    """Static files that a browser keeps for a few minutes."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Send a file with its caching time."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = f"public, max-age={STATIC_SECONDS}"
        return response


def open_console(database: Database, services: Services, settings: ReviewSettings) -> Console:
    """Return what the pages work with: the one part of an application that belongs to a database."""
    return Console(
        database=database,
        services=services,
        settings=settings,
        templates=make_templates(
            value_words=chain.value_words,
            detail_words=chain.detail_words,
            navigation=NAVIGATION,
            released_at=released_at,
        ),
        marks=MarkBook(database),
    )


def create_app(database: Database, services: Services, settings: ReviewSettings) -> FastAPI:
    """Return the console and its API over an open database."""
    app = FastAPI(
        title="Markwatch", version="1", openapi_url=f"{API}/openapi.json", docs_url=None, redoc_url=None,
        description="Everything that the console's pages show and do. Programs send an API token (made under "
        "My account) as Authorization: Bearer. Browsers log in with POST /api/v1/session and send its form_token as "
        "X-CSRF-Token with every change.",
    )  # fmt: skip
    app.state.console = open_console(database, services, settings)
    for pages in (
        entry,
        ways_in,
        me,
        own_keys,
        people,
        queue,
        bulk,
        hits,
        evidence,
        sellers,
        brands,
        ledger,
        runs,
        stored,
        mails,
        mail_links,
        schedules,
        markets,
        lists,
        metrics,
    ):
        app.include_router(pages.router)
    for endpoints in (
        api_session,
        api_account,
        api_people,
        api_reading,
        api_decisions,
        api_operating,
        api_work,
        api_mails,
        api_evidence,
        api_lists,
        api_brands,
    ):
        app.include_router(endpoints.router, prefix=API)
    app.mount("/static", OwnFiles(directory=STATIC_FOLDER), name="static")
    app.add_middleware(EtagMiddleware, prefix=API)
    app.add_middleware(SecurityMiddleware, secure=settings.secure_cookies, hosts=settings.hosts)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(StorageError, _no_database)
    app.add_exception_handler(Exception, _failed)
    return app


def _answer(request: Request, status: int, reason: str) -> Response:
    if request.url.path.startswith(API):
        return JSONResponse({"reason": reason, "detail": SAID.get(status, SAID[400])[0]}, status)
    heading, sentence = SAID.get(status, SAID[400])
    reading = reading_of(request)
    return render(
        request, "error.html", status,
        status=status, heading=reading.translate(heading), sentence=reading.translate(sentence),
    )  # fmt: skip


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 - registered for this class only
    if isinstance(error, LoginNeeded) and not request.url.path.startswith(API):
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        after = local_path(here, "") if request.method == "GET" and here != "/" else ""
        return RedirectResponse("/login" + (f"?{urlencode({'next': after})}" if after else ""), 303)
    if error.status == 404 and _guesses(request):
        return _answer(request, TooMany.status, TooMany.reason)
    if isinstance(error, WrongField) and request.url.path.startswith(API):
        return JSONResponse({"reason": error.reason, "detail": str(error), "fields": [error.field]}, error.status)
    return _answer(request, error.status, error.reason)


def _guesses(request: Request) -> bool:
    """Count an answer that there is nothing here; return whether this client got too many of them within a minute."""
    console, visitor = console_of(request), getattr(request.state, "visitor", None)
    client = f"absent {digest(visitor.token) if visitor else address_of(request)}"
    return not console.limiter.take(client, console.services.clock(), console.settings.absent_per_minute)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    if error.status_code == 404 and _guesses(request):
        return _answer(request, TooMany.status, TooMany.reason)
    response = _answer(request, error.status_code, "not_found" if error.status_code == 404 else "refused")
    response.headers.update(error.headers or {})
    return response


def _not_understood(request: Request, error: Exception) -> Response:
    if request.url.path.startswith(API):
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
        fields = [".".join(str(part) for part in problem["loc"]) for problem in error.errors()]
        return JSONResponse({"reason": "not_understood", "detail": SAID[422][1], "fields": fields}, 422)
    return _answer(request, 422, "not_understood")


def _no_database(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the framework's signature
    return _answer(request, 503, "database")


def _failed(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the framework logs the error itself
    response = _answer(request, 500, "failed")
    # This handler runs outside all middleware.
    set_headers(response.headers, secure=console_of(request).settings.secure_cookies)
    return response
