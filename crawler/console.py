"""Fills the console's services: what the pages ask of the crawler, as plain callables."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from fastapi import FastAPI

from crawler.config import Settings
from crawler.scheduling import next_starts
from review.app import create_app
from review.services import ReviewSettings, Services
from storage.database import Database
from storage.runs import request_run
from storage.schedules import Schedule


def now() -> datetime:
    """Return the time now, aware UTC: the console's one clock."""
    return datetime.now(UTC)


def console_app(
    database: Database,
    settings: Settings,
    *,
    secure_cookies: bool,
    demo_login: tuple[str, str] | None = None,
    clock: Callable[[], datetime] = now,
) -> FastAPI:
    """Return the console on that database, with the crawler's answers filled in."""

    def upcoming(schedule: Schedule, count: int) -> tuple[datetime, ...]:
        return next_starts(schedule, clock(), count)

    def start_run(market: str, arguments: Mapping[str, str], login: str) -> str:
        """Leave a queued run in the database; the scheduler starts it."""
        with database.write() as session:
            return request_run(session, market, arguments, clock(), login).run_id

    services = Services(clock=clock, next_times=upcoming, start_run=start_run)
    review_settings = ReviewSettings(
        secure_cookies=secure_cookies, captures_folder=settings.captures_dir, demo_login=demo_login
    )
    return create_app(database, services, review_settings)
