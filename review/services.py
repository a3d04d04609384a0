"""What the console is given by whoever starts it: a clock, a look into the schedule, and its settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from records.hit import Hit
from records.listing import Listing
from review.lists import ListDesk
from review.operating import Operating
from storage.hit_records import StoredHit
from storage.schedules import Schedule

CaptureCause = Literal["opened", "requested"]
SESSION_IDLE = timedelta(minutes=30)
SESSION_LENGTH = timedelta(hours=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Callables that the console cannot import, because they live in rooms above it."""

    clock: Callable[[], datetime]
    """The time now, aware UTC."""
    next_times: Callable[[Schedule, int], tuple[datetime, ...]]
    """The next n due times of a schedule; empty while it is paused."""
    market_titles: Callable[[], Mapping[str, str]] = dict
    """Display names of the marketplaces by spider name, as mails say them."""
    operating: Operating | None = None
    """What operators do with schedules and runs; None hides their forms."""
    metrics: Callable[[], bytes] | None = None
    """The installation's figures as Prometheus reads them; None where the console gives none."""
    start_run: Callable[[str, Mapping[str, str], str], str] | None = None
    """Asks for a run of (market, arguments, log-in name) and returns its run_id; None hides the button."""
    request_capture: Callable[[StoredHit, CaptureCause, str], bool] | None = None
    """Asks for a capture of a hit's page for a person by log-in name; False where the page may not be asked for."""
    page_is_open: Callable[[StoredHit], bool] = lambda _stored: False
    """Whether a hit's page may be asked for today."""
    credit_of: Callable[[str], str] = lambda _market: ""
    """What a market's terms ask to be shown beside its data, as it is to be printed; empty where nothing is."""
    lists: ListDesk | None = None
    """Reads and keeps watch list files; None hides their import."""
    explain: Callable[[Listing], tuple[Hit, ...]] | None = None
    """Judges a listing with today's watch list; None hides the comparison on the hit page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """An office's own identity provider."""

    issuer: str
    """Its address, exactly as it calls itself."""
    client_id: str
    """How it knows this console."""
    client_secret: str = ""
    """Empty for a public client (PKCE is used in any case)."""
    name: str = "OpenID Connect"
    """What the button on the log-in page says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSettings:
    """How this console is served."""

    secure_cookies: bool = True
    """True behind HTTPS: `__Host-` cookies with Secure, and HSTS. False only on a loopback address."""
    captures_folder: Path | None = None
    """Where the raw answers are kept; None hides their download."""
    signing_key: Path | None = None
    """File of the key that signs evidence; None hides packs."""
    stale_after: timedelta | None = timedelta(hours=24)
    """A hit last seen longer ago is captured anew when somebody opens it; None: never by itself."""
    demo_login: tuple[str, str] | None = None
    """Log-in name and password printed on the log-in page of the demonstration only."""
    zone: str = "Asia/Ho_Chi_Minh"
    """IANA zone in which times are shown."""
    session_idle: timedelta = SESSION_IDLE
    """A session without requests for this long is over."""
    session_length: timedelta = SESSION_LENGTH
    """A session is over after this long in any case."""
    hosts: frozenset[str] | None = None
    """Host names (without port) that requests may name; None takes any, for tests only."""
    console_url: str = "http://127.0.0.1:8000"
    """Address of the console as people reach it; links in account mails begin with it."""
    mail_from: str = "markwatch@localhost"
    """Sender address of account mails."""
    oidc: OidcSettings | None = None
    """The identity provider to log in with, if the office has one."""
    requests_per_minute: int = 1200
    """Requests that one session, token or address may make in a minute."""
    absent_per_minute: int = 60
    """Answers "there is nothing here" that one client gets in a minute: ids are not to be guessed."""
