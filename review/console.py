"""The console's parts kept together for the length of the process, and how a page is rendered for its reader."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from review.formats import Formats
from review.kept_rows import KeptRows
from review.keys import OwnKeys
from review.languages import Language, choose_language, translations_for
from review.limits import Limiter
from review.marks import MarkBook
from review.services import ReviewSettings, Services
from storage.database import Database
from storage.errors import StorageError
from storage.own_keys import load_keys

THEMES: Final = ("light", "dark")
DENSITIES: Final = ("roomy", "compact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """What every page needs."""

    database: Database
    services: Services
    settings: ReviewSettings
    templates: Mapping[Language, Environment]
    """One environment a language."""
    marks: MarkBook
    sessions_noted: dict[str, datetime] = field(default_factory=dict)
    """When the use of a session was last written down, by the hash of its token."""
    rows: KeptRows = field(default_factory=KeptRows)
    """Rows of the queue as they were rendered."""
    limiter: Limiter = field(default_factory=Limiter)
    """Counts what each client asked for within the last minute."""


def console_of(request: Request) -> Console:
    """Return the console that serves this request."""
    return cast("Console", request.app.state.console)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How this request's reader reads: language, theme, width of rows, figures and times."""

    language: Language
    theme: str
    formats: Formats
    density: str = DENSITIES[0]
    keys: OwnKeys = field(default_factory=OwnKeys)

    def translate(self, text: str) -> str:
        """Return the sentence in the reader's language."""
        return translations_for(self.language).gettext(text) if text else text


def reading_of(request: Request) -> Reading:
    """Return the reader's choices: the cookie's, else the user's own language, else Vietnamese."""
    console = console_of(request)
    visitor = getattr(request.state, "visitor", None)
    known = getattr(request.state, "reading", None)
    # A page that a mail's link opens speaks its recipient's language.
    own = visitor.user.language if visitor else getattr(request.state, "language", None)
    if known is not None and known[0] is visitor and known[1] == own:
        return cast("Reading", known[2])
    language = choose_language(request.cookies.get("language"), own)
    theme = request.cookies.get("theme", "")
    formats = Formats(language=language, zone=ZoneInfo(console.settings.zone), now=console.services.clock())
    density = request.cookies.get("density", "")
    reading = Reading(
        language=language,
        theme=theme if theme in THEMES else "",
        density=density if density in DENSITIES else DENSITIES[0],
        formats=formats,
        keys=OwnKeys() if visitor is None else own_keys(console, visitor.user.login),
    )
    request.state.reading = (visitor, own, reading)
    return reading


def own_keys(console: Console, login: str) -> OwnKeys:
    """Return a person's keys; the usual ones while the database does not answer, because that page has keys too."""
    try:
        with console.database.read() as session:
            chosen, switched_on = load_keys(session, login)
    except StorageError:
        return OwnKeys()
    return OwnKeys(chosen=dict(chosen), switched_on=switched_on)


def context_of(request: Request) -> dict[str, object]:
    """Return what every template is given."""
    reading = reading_of(request)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return {
        "reading": reading,
        "formats": reading.formats,
        "visitor": getattr(request.state, "visitor", None),
        "here": here if request.method == "GET" else "/",
        "path": request.url.path,
        "preferences": lambda **choice: "/preferences?" + urlencode({**choice, "next": here}),
    }


def render(request: Request, template: str, status_code: int = 200, /, **content: object) -> HTMLResponse:
    """Render a page for its reader."""
    given = context_of(request)
    environment = console_of(request).templates[cast("Reading", given["reading"]).language]
    return HTMLResponse(environment.get_template(template).render(given | content), status_code)
