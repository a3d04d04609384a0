"""Chooses how mails leave this installation."""

from alerts.sender import FolderSender, Sender, SmtpSender
from crawler.config import Settings


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
