"""Tells operators by mail or webhook what broke: one message at a time, no subject twice within hours.

Where they are sent is MARKWATCH_OPERATOR_ALERTS: addresses as apprise reads them (mailto://…, json://…, and others).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from apprise import Apprise

from crawler.config import Settings
from crawler.doctor import free_bytes
from crawler.due_times import load_expected
from crawler.job_context import JobContext
from storage.database import Session
from storage.errors import StorageError
from storage.jobs import load_jobs
from storage.leases import load_leases, take_lease
from storage.notices import load_unsent_notices, mark_notices_sent
from storage.runs import load_runs

log = structlog.get_logger()

# At most one message within this time; what comes meanwhile is in the next one.
MESSAGE_EVERY = timedelta(minutes=10)
# The same subject is not told again for so long, unless it recovered.
SUBJECT_EVERY = timedelta(hours=6)
SHOWN = 20
# Leases of this name hold messages and subjects back.
TOLD = "told operators"
FREE_FLOOR_BYTES = 2 * 2**30


class AlertNotSent(StorageError):
    """No address took the message; it is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One line of a message."""

    subject: str
    """What it is about; the same trouble has the same subject."""
    text: str
    """For an operator."""
    notice_id: int | None = None
    """The notice that says so, which is then sent."""


def find_trouble(session: Session, settings: Settings, at: datetime) -> tuple[Trouble, ...]:
    """Return what operators should hear of now."""
    found = [
        Trouble(
            subject=f"{one.subject} {one.kind}",
            text=f"{one.kind}: {one.subject}, run {one.run_id}: {'; '.join(one.sentences) or 'works again'}",
            notice_id=one.notice_id,
        )
        for one in load_unsent_notices(session)
    ]
    found += [
        Trouble(
            subject=f"missed {one.schedule_id}",
            text=f"expected but did not run: {one.market}, due {one.slot:%Y-%m-%d %H:%M}Z, schedule {one.schedule_id}",
        )
        for one in load_expected(session, at - timedelta(days=1), at)
        if one.state == "missed"
    ]
    found += [
        Trouble(
            subject=f"run {run.run_id}",
            text=f"{run.outcome}: {run.market}, run {run.run_id}: {'; '.join(run.failed_bounds) or 'no sign of life'}",
        )
        for run in load_runs(session, 50, ended_since=at - timedelta(hours=1))
        if run.outcome in {"lost", "blocked", "failed"}
    ]
    found += [
        Trouble(subject=f"job {job.job_id}", text=f"job given up: {job.kind} {job.job_id}: {job.problem}")
        for job in load_jobs(session, ("failed",), limit=50)
        if job.finished_at is not None and job.finished_at > at - timedelta(hours=1)
    ]
    free = free_bytes(settings.data_dir)
    if free < FREE_FLOOR_BYTES:
        found.append(
            Trouble(subject="disk", text=f"disk nearly full: {free / 2**30:.1f} GiB free for {settings.data_dir}")
        )
    return tuple(found)


def message_of(trouble: Sequence[Trouble], console_url: str) -> tuple[str, str]:
    """Return title and text of the one message that tells of everything."""
    title = f"Markwatch: {trouble[0].text[:80]}" if len(trouble) == 1 else f"Markwatch: {len(trouble)} things need you"
    lines = [" ".join(f"- {one.text}".split()) for one in trouble[:SHOWN]]
    if len(trouble) > SHOWN:
        lines.append(f"- and {len(trouble) - SHOWN} more")
    return " ".join(title.split()), "\n".join([*lines, "", f"{console_url}/runs"])


def perform_operator_alerts(context: JobContext) -> Mapping[str, object]:
    """Job: tell operators of what broke since the last message, unless one was sent a moment ago."""
    addresses = context.settings.operator_alerts.get_secret_value().split()
    at, holder = context.clock(), context.job.job_id
    if not addresses:
        return {"sent": 0, "why": "MARKWATCH_OPERATOR_ALERTS is not set"}
    with context.write() as session:
        trouble = find_trouble(session, context.settings, at)
        if not trouble:
            return {"sent": 0}
        if take_lease(session, TOLD, holder, at, MESSAGE_EVERY) is None:
            return {"sent": 0, "why": "a message went out a moment ago", "waiting": len(trouble)}
        told = {lease.name for lease in load_leases(session, f"{TOLD}: ") if lease.expires_at > at}
    by_subject = {one.subject: one for one in trouble}
    news = [one for subject, one in by_subject.items() if f"{TOLD}: {subject}" not in told]
    if news:
        # Outside any transaction: a slow mail server must not keep the crawls from writing.
        try:
            send(addresses, *message_of(news, context.settings.console_url))
        except AlertNotSent:
            with context.write() as session:
                take_lease(session, TOLD, holder, at, timedelta())  # so that the next try need not wait
            raise
    with context.write() as session:
        for one in news:
            take_lease(session, f"{TOLD}: {one.subject}", holder, at, SUBJECT_EVERY)
        ids = tuple(one.notice_id for one in trouble if one.notice_id is not None)
        mark_notices_sent(session, ids, at)
        context.finish(session, {"sent": len(news)})
    log.info("operators told", troubles=len(news))
    return {}


def send(addresses: Sequence[str], title: str, text: str) -> None:
    """Send a message to every address; raise AlertNotSent where one is wrong or none takes it."""
    apprise = Apprise()
    for address in addresses:
        if not apprise.add(address):
            raise AlertNotSent("MARKWATCH_OPERATOR_ALERTS: an address is none that apprise reads")
    if not apprise.notify(title=title, body=text):
        raise AlertNotSent("no address of MARKWATCH_OPERATOR_ALERTS took the message")
