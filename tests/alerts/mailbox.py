"""What tests ask of an outbox and of sent mails."""

from datetime import datetime
from email import message_from_bytes
from email.policy import SMTP

from alerts.queueing import Queued, queue_mails
from alerts.sender import Sender
from alerts.sending import SendCounts, send_due
from storage.database import Database
from storage.outbox import QueuedMail, load_mails
from tests.alerts.cases import HOUSE


class FailingSender:
    """Raises the failures given, one a mail, then takes everything."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.taken: list[bytes] = []

    def send(self, key: str, recipient: str, message: bytes) -> None:  # noqa: ARG002 - the protocol's names
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(message)


def queue(database: Database, now: datetime, **options: int) -> Queued:
    """Queue what is due."""
    return queue_mails(database, HOUSE, now, **options)


def send(database: Database, sender: Sender, now: datetime) -> SendCounts:
    """Send what is due, at exactly that moment."""
    return send_due(database, sender, now, elapsed=lambda: 0.0)


def body_of(message: bytes) -> str:
    """Return all texts of a mail."""
    parts = message_from_bytes(message, policy=SMTP).walk()
    return "\n".join(str(part.get_content()) for part in parts if part.get_content_maintype() == "text")


def mails_of(database: Database, *kinds: str) -> list[QueuedMail]:
    """Return the mails of those kinds, or of all but the greetings, oldest first."""
    with database.read() as session:
        found = reversed(load_mails(session, 10_000))
        return [mail for mail in found if (mail.kind in kinds if kinds else mail.kind != "account")]
