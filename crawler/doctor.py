"""Looks at what an installation needs and says in one line each what is there and what is missing."""

import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from crawler.browser import find_browser
from crawler.config import Settings
from crawler.printing import printing_problem
from storage.database import Database, open_database
from storage.errors import StorageError, shown
from storage.runs import load_runs_in
from storage.schedules import load_schedules

State = Literal["ok", "warning", "problem"]
# Below this the crawl would soon stop for want of room.
FREE_FLOOR_BYTES = 2 * 2**30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    state: State
    text: str


def examine(settings: Settings, database_url: str, at: datetime) -> Iterator[Finding]:
    """Yield a finding for each part of the installation; never raises for what is merely missing."""
    yield Finding("python", "ok", f"{platform.python_version()} on {platform.system()}")
    yield from _database(database_url, at)
    yield _disk(settings.data_dir)
    yield _browser()
    yield _printing()
    yield _mail(settings)
    if settings.contact:
        yield Finding("contact", "ok", settings.contact)
    else:
        yield Finding("contact", "warning", "MARKWATCH_CONTACT is not set: marketplaces cannot tell whom to write to")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield Finding("user", "warning", "runs as root: the browser's sandbox is off; use an own user in production")


def _database(url: str, at: datetime) -> Iterator[Finding]:
    try:
        database = open_database(url)
    except StorageError as problem:
        yield Finding("database", "problem", str(problem))
        return
    try:
        problems = database.check()
        yield Finding("database", "problem" if problems else "ok", "; ".join(problems) or shown(database.url))
        yield from _schedules(database, at)
    finally:
        database.close()


def _schedules(database: Database, at: datetime) -> Iterator[Finding]:
    with database.read() as session:
        schedules = load_schedules(session)
        running = load_runs_in(session, ("running",))
        queued = load_runs_in(session, ("queued",))
    yield Finding("schedules", "ok", f"{len(schedules)} schedules, {len(running)} running, {len(queued)} queued")
    waiting = [run for run in queued if (at - run.requested_at).total_seconds() > 300]
    if waiting:
        yield Finding(
            "scheduler", "problem", f"{len(waiting)} runs wait for over 5 minutes: is `markwatch scheduler` up?"
        )


def _disk(folder: Path) -> Finding:
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(existing).free
    state: State = "ok" if free >= FREE_FLOOR_BYTES else "problem"
    return Finding("disk", state, f"{free / 2**30:.1f} GiB free for {folder}")


def _browser() -> Finding:
    browser = find_browser(install=False)
    if browser is None:
        return Finding("browser", "warning", "none found: pages that need one cannot be read; run: make browser")
    return Finding("browser", "ok", str(browser.path))


def _printing() -> Finding:
    problem = printing_problem()
    return Finding("pdf", "warning" if problem else "ok", problem or "evidence packs have PDFs in vi, ja and en")


def _mail(settings: Settings) -> Finding:
    if settings.smtp_host:
        return Finding("mail", "ok", f"SMTP {settings.smtp_host}:{settings.smtp_port}")
    return Finding("mail", "warning", f"no SMTP server set: mails are written to {settings.mail_dir}")
