"""Fills the console's services: what the pages ask of the crawler, as plain callables."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from fastapi import FastAPI

from crawler.capture_requests import ask_for_capture, page_is_open
from crawler.config import Settings
from crawler.due_times import next_starts
from crawler.errors import BadInput
from crawler.list_desk import list_desk_on
from crawler.mailing import market_titles
from crawler.metrics import render_metrics
from crawler.operating import operating_on
from review.app import create_app
from review.services import CaptureCause, OidcSettings, ReviewSettings, Services
from spiders.registry import load_markets
from storage.database import Database
from storage.hit_records import StoredHit
from storage.runs import request_run
from storage.schedules import Schedule

# Under these names this machine reaches itself.
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")


def now() -> datetime:
    """Return the time now, aware UTC: the console's one clock."""
    return datetime.now(UTC)


def oidc_settings(settings: Settings) -> OidcSettings | None:
    """Return the identity provider that is set, or None; half a setting is an error."""
    if not settings.oidc_issuer and not settings.oidc_client_id:
        return None
    if not settings.oidc_issuer or not settings.oidc_client_id:
        raise BadInput("MARKWATCH_OIDC_ISSUER and MARKWATCH_OIDC_CLIENT_ID are set together or not at all")
    issuer = urlsplit(settings.oidc_issuer)
    if issuer.scheme != "https" and not (issuer.scheme == "http" and issuer.hostname in LOOPBACK_NAMES):
        raise BadInput(f"MARKWATCH_OIDC_ISSUER: {settings.oidc_issuer!r} is no https address")
    return OidcSettings(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        name=settings.oidc_name,
    )


def credit_of(market: str) -> str:
    """Return what a market's terms ask to be shown beside its data; a market of an imported file may be unknown."""
    known = load_markets().get(market)
    return "" if known is None else known.rules.credit


def console_app(
    database: Database,
    settings: Settings,
    *,
    secure_cookies: bool,
    demo_login: tuple[str, str] | None = None,
    console_url: str | None = None,
    clock: Callable[[], datetime] = now,
) -> FastAPI:
    """Return the console on that database, with the crawler's answers filled in.

    `console_url` is where this process is reached, where the settings do not say it.
    """
    url = console_url or settings.console_url

    def upcoming(schedule: Schedule, count: int) -> tuple[datetime, ...]:
        return next_starts(schedule, clock(), count)

    def start_run(market: str, arguments: Mapping[str, str], login: str) -> str:
        """Leave a queued run in the database; the scheduler starts it."""
        with database.write() as session:
            return request_run(session, market, arguments, clock(), login).run_id

    def page_is_open_now(stored: StoredHit) -> bool:
        return page_is_open(database, stored, clock())

    def request_capture(stored: StoredHit, cause: CaptureCause, login: str) -> bool:
        """Leave a capture in the database; a worker or the scheduler does it."""
        if not page_is_open_now(stored):
            return False
        with database.write() as session:
            ask_for_capture(session, stored.hit.listing, (stored.hit_id,), cause, login, clock())
        return True

    services = Services(
        market_titles=market_titles,
        credit_of=credit_of,
        request_capture=request_capture,
        page_is_open=page_is_open_now,
        operating=operating_on(database, settings, clock),
        lists=list_desk_on(database, clock),
        metrics=lambda: render_metrics(database, clock()),
        clock=clock,
        next_times=upcoming,
        start_run=start_run,
    )
    review_settings = ReviewSettings(
        secure_cookies=secure_cookies,
        captures_folder=settings.captures_dir,
        signing_key=settings.signing_key,
        stale_after=timedelta(hours=settings.recapture_hours) if settings.recapture_hours else None,
        demo_login=demo_login,
        hosts=frozenset({*LOOPBACK_NAMES, (urlsplit(url).hostname or "").lower()}),
        console_url=url,
        mail_from=settings.mail_from,
        oidc=oidc_settings(settings),
    )
    return create_app(database, services, review_settings)
