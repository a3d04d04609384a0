"""Fills in what the mails need from this installation, and sends them: the command line and the scheduler ask here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.dkim_key import DkimKey
from alerts.headers import domain_of
from alerts.house import House
from alerts.queueing import Queued, queue_mails
from alerts.sender import FolderSender, Sender, SmtpSender
from alerts.sending import SendCounts, send_due
from alerts.staff import queue_staff_mail
from crawler.config import Settings
from crawler.job_context import JobContext
from review.mail_house import explain
from review.transcripts import romanised
from spiders.registry import load_markets
from storage.database import Database
from storage.mail_people import load_link_key, make_link_key


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRound:
    """What one round of queueing and sending did."""

    queued: Queued
    """Mails written to the outbox."""
    sent: SendCounts
    """What became of the mails that were due."""


def sender_of(settings: Settings) -> Sender:
    """Return the SMTP sender where a server is set, else one that writes .eml files."""
    if not settings.smtp_host:
        return FolderSender(settings.mail_dir)
    dkim = None
    if settings.dkim_key is not None:
        dkim = DkimKey.load(settings.dkim_key, domain_of(settings.mail_from), settings.dkim_selector)
    return SmtpSender(
        host=settings.smtp_host,
        port=settings.smtp_port,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        dkim=dkim,
    )


def house_of(settings: Settings, database: Database, at: datetime) -> House:
    """Return what every mail of this installation says; the key of its links is made at the first call."""
    with database.read() as session:
        key = load_link_key(session)
    if key is None:
        with database.write() as session:
            key = make_link_key(session, at)
    return House(
        sender_address=settings.mail_from,
        console_url=settings.console_url.rstrip("/"),
        link_key=key,
        market_titles=market_titles(),
        explain=explain,
        transcribe=romanised,
    )


def send_round(database: Database, settings: Settings, at: datetime) -> MailRound:
    """Queue what is due, send what is queued, and tell operators what went wrong."""
    house = house_of(settings, database, at)
    queued = queue_mails(database, house, at, hourly_limit=settings.mail_hourly_limit)
    sender = sender_of(settings)
    sent = send_due(database, sender, at)
    staff = tuple(address.strip() for address in settings.staff_mail.split(",") if address.strip())
    with database.write() as session:
        told = queue_staff_mail(session, staff, at, house)
    if told:
        send_due(database, sender, at)
    return MailRound(queued=queued, sent=sent)


def perform_digests(context: JobContext) -> Mapping[str, object]:
    """Job: one round of queueing and sending; the outbox lets no mail be queued twice."""
    done = send_round(context.database, context.settings, context.clock())
    failed = done.sent.waiting + done.sent.given_up
    return {"queued": done.queued.total, "sent": done.sent.sent, "failed": failed, "paused": done.sent.is_paused}


def market_titles() -> dict[str, str]:
    """Return every marketplace's name as people write it, by spider name."""
    return {name: spider.title for name, spider in load_markets().items()}
