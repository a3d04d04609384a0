"""Looks at what an installation needs and says in one line each what is there and what is missing."""

import os
import platform
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from captures.room import free_space
from crawler.browser import find_browser
from crawler.capture_room import load_quotas
from crawler.config import Settings
from crawler.due_times import load_expected
from crawler.errors import BadInput
from crawler.printing import printing_problem
from crawler.versions import code_version
from storage.contact_key import fingerprint, key_of
from storage.contacts import used_key
from storage.database import Database, open_database
from storage.errors import StorageError, shown
from storage.figures import load_database_time, load_figures
from storage.leases import load_lease, load_leases
from storage.schedules import load_schedules

State = Literal["ok", "warning", "problem"]
# Below this the crawl would soon stop for want of room.
FREE_FLOOR_BYTES = 2 * 2**30
LONGEST_LAG_SECONDS = 300
# From this share on a quota of captures is warned of.
NEARLY_FULL = 0.9


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    state: State
    text: str


def examine(settings: Settings, database_url: str, at: datetime) -> Iterator[Finding]:
    """Yield a finding for each part of the installation; never raises for what is merely missing."""
    yield Finding("python", "ok", f"{platform.python_version()} on {platform.system()}")
    yield from _database(database_url, at, settings)
    yield _disk(settings)
    yield _browser()
    yield _printing()
    yield _mail(settings)
    yield _operators(settings)
    if settings.contact:
        yield Finding("contact", "ok", settings.contact)
    else:
        yield Finding("contact", "warning", "MARKWATCH_CONTACT is not set: marketplaces cannot tell whom to write to")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield Finding("user", "warning", "runs as root: the browser's sandbox is off; use an own user in production")


def _database(url: str, at: datetime, settings: Settings) -> Iterator[Finding]:
    try:
        database = open_database(url, settings.contact_key_bytes)
    except StorageError as problem:
        yield Finding("database", "problem", str(problem))
        return
    try:
        problems = database.check()
        yield Finding("database", "problem" if problems else "ok", "; ".join(problems) or shown(database.url))
        yield from _schedules(database, at)
        yield from _at_work(database, at)
        yield _clock(database, at)
        yield _contact_key(database)
        yield from _quotas(database, settings)
    finally:
        database.close()


def _schedules(database: Database, at: datetime) -> Iterator[Finding]:
    with database.read() as session:
        schedules = load_schedules(session)
        missed = [one for one in load_expected(session, at - timedelta(days=1), at) if one.state == "missed"]
    paused = sum(schedule.is_paused(at) for schedule in schedules)
    yield Finding("schedules", "ok", f"{len(schedules)} schedules, {paused} paused")
    if missed:
        text = f"{len(missed)} due times had no run; see: markwatch schedules expected"
        yield Finding("missed runs", "problem", text)


def _at_work(database: Database, at: datetime) -> Iterator[Finding]:
    with database.read() as session:
        figures = load_figures(session, at)
        scheduler = load_lease(session, "scheduler")
        workers = [lease for lease in load_leases(session, "worker:") if lease.expires_at > at]
        is_scheduled = bool(load_schedules(session))
    if figures.scheduler_seconds is not None and scheduler is not None:
        yield Finding("scheduler", "ok", f"{scheduler.holder}, seen {figures.scheduler_seconds:.0f} s ago")
    else:
        yield Finding(
            "scheduler", "problem" if is_scheduled else "warning", "none is at work; run: markwatch scheduler"
        )
    names = ", ".join(f"{lease.holder} ({lease.facts.get('jobs', '?')} jobs)" for lease in workers)
    yield Finding("workers", "ok" if workers else "warning", names or "none is at work; `markwatch scheduler` has one")
    waiting = sum(number for (_, state), number in figures.jobs.items() if state == "queued")
    failed = sum(number for (_, state), number in figures.jobs.items() if state == "failed")
    state: State = "problem" if figures.lag_seconds > LONGEST_LAG_SECONDS else "ok"
    lag = f"{waiting} jobs wait, the oldest for {figures.lag_seconds:.0f} s; {failed} were given up"
    yield Finding("jobs", state, lag)
    versions = {lease.facts.get("version", "?") for lease in workers} | {code_version()}
    if len(versions) > 1:
        yield Finding(
            "versions", "warning", f"workers of different versions are at work: {', '.join(sorted(versions))}"
        )
    unsent = figures.mails.get("failed", 0)
    if unsent:
        yield Finding("mails", "warning", f"{unsent} mails were given up; see the console's mail page")


def _contact_key(database: Database) -> Finding:
    """Compare this machine's key of contact data with the one that the stored hashes were made with."""
    try:
        with database.read() as session:
            own, used = fingerprint(key_of(session) or b""), used_key(session)
    except BadInput as problem:
        return Finding("contact key", "problem", str(problem))
    if used is None or used == own:
        return Finding("contact key", "ok", f"{own}, the stored hashes' own" if used else f"{own}, not used yet")
    text = f"{own} here, {used} made the stored hashes: give every machine the same, then run: markwatch db upgrade"
    return Finding("contact key", "problem", text)


def _clock(database: Database, at: datetime) -> Finding:
    """Compare this machine's clock with the database's: leases and slots rest on both."""
    with database.read() as session:
        off = abs((load_database_time(session) - datetime.now(UTC)).total_seconds())
    year = f", the year is {at.year}" if not 2026 <= at.year <= 2100 else ""
    state: State = "problem" if off > 30 or year else "warning" if off > 5 else "ok"
    return Finding("clock", state, f"{off:.1f} s off the database's clock{year}")


def free_bytes(folder: Path) -> int:
    """Return how much room there is for a folder that may not exist yet."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(existing).free


def _disk(settings: Settings) -> Finding:
    """Look at the room for the data; below the floor nothing more is captured."""
    space = free_space(settings.captures_dir)
    text = f"{space.free_bytes / 2**30:.1f} GiB free for {settings.data_dir}"
    if space.is_low(settings.free_floor_bytes):
        floor = space.floor(settings.free_floor_bytes)
        return Finding("disk", "problem", f"{text}; below {floor / 2**30:.1f} GiB nothing is captured")
    state: State = "ok" if space.free_bytes >= FREE_FLOOR_BYTES else "problem"
    return Finding("disk", state, text)


def _quotas(database: Database, settings: Settings) -> Iterator[Finding]:
    for quota in load_quotas(database, settings):
        share = quota.used_bytes / quota.limit_bytes if quota.limit_bytes else 1.0
        state: State = "problem" if share >= 1 else "warning" if share >= NEARLY_FULL else "ok"
        full = "; nothing more of it is captured" if share >= 1 else ""
        yield Finding("capture quota", state, f"{quota}{full}")


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
        problem = _smtp_problem(settings.smtp_host, settings.smtp_port)
        if problem:
            return Finding("mail", "problem", f"SMTP {settings.smtp_host}:{settings.smtp_port}: {problem}")
        return Finding("mail", "ok", f"SMTP {settings.smtp_host}:{settings.smtp_port} answers")
    return Finding("mail", "warning", f"no SMTP server set: mails are written to {settings.mail_dir}")


def _smtp_problem(host: str, port: int) -> str:
    """Return why the mail server does not greet, empty where it does."""
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.settimeout(5)
            greeting = connection.recv(200)
    except OSError as problem:
        return problem.strerror or str(problem)
    return "" if greeting.startswith(b"220") else f"greets with {greeting[:60]!r}"


def _operators(settings: Settings) -> Finding:
    if settings.operator_alerts.get_secret_value():
        return Finding("operator alerts", "ok", "set")
    text = "MARKWATCH_OPERATOR_ALERTS is not set: nobody is told when a crawl breaks"
    return Finding("operator alerts", "warning", text)
