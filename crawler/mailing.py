"""Chooses how mails leave this installation."""

from alerts.sender import FolderSender, Sender, SmtpSender
from crawler.config import Settings
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
