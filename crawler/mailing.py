"""Chooses how mails leave this installation, and sends them as a job."""

from collections.abc import Mapping

from alerts.send import queue_digests, send_due
from alerts.sender import FolderSender, Sender, SmtpSender
from crawler.config import Settings
from crawler.job_context import JobContext
from spiders.registry import load_markets


def sender_of(settings: Settings) -> Sender:
    """Return the SMTP sender where a server is set, else one that writes .eml files."""
    if not settings.smtp_host:
        return FolderSender(settings.mail_dir)
    return SmtpSender(
        host=settings.smtp_host,
        port=settings.smtp_port,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
    )


def market_titles() -> dict[str, str]:
    """Return every marketplace's name as people write it, by spider name."""
    return {name: spider.title for name, spider in load_markets().items()}


def perform_digests(context: JobContext) -> Mapping[str, object]:
    """Job: queue the digests of owners with news and send what is due; the outbox lets no mail go twice."""
    settings, at = context.settings, context.clock()
    queued = queue_digests(
        context.database, at, settings.mail_from, settings.console_url, market_titles=market_titles()
    )
    counts = send_due(context.database, sender_of(settings), at)
    return {"queued": queued, "sent": counts.sent, "failed": counts.failed}
