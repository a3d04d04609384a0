"""What tests ask of an outbox and of sent mails."""

from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from alerts.finishing import envelope_of
from alerts.gathering import Shared, Stream, gather_month
from alerts.letters import make_reader
from alerts.message import build_message, mail_key
from alerts.monthly import figures_letter
from alerts.queueing import Queued, queue_mails
from alerts.report_pdf import report_page
from alerts.sender import Sender
from alerts.sending import SendCounts, send_due
from records.mail import BrandRule, default_preference
from records.watchlist import Owner
from storage.database import Database
from storage.mail_people import address_id_of
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


def month_of(database: Database, owner: Owner, brand: str, at: datetime) -> tuple[EmailMessage, str]:
    """Return the report of the month before that moment: the mail without its document, and the document's page."""
    preference = default_preference(owner, "monthly", at - timedelta(days=62))
    address = owner.emails[0]
    stream = Stream(
        address_id=address_id_of(address), address=address, owner=owner.name, brand=brand, preference=preference,
        rule=BrandRule(),
    )  # fmt: skip
    day = stream.figures().day_of(at)
    month = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    with database.read() as session:
        report = gather_month(session, stream, month, day, Shared(at), HOUSE)
    reader = make_reader(stream.address_id, stream.owner, brand, "monthly", preference, at)
    letter = figures_letter(report, reader, HOUSE)
    key = mail_key("monthly", f"{month:%Y-%m}", address, owner.name, brand)
    mail = build_message(letter, envelope_of(stream, "monthly", key, at, HOUSE), HOUSE)
    return mail, report_page(letter, report.lines, 0, reader, HOUSE)


def body_of(message: bytes) -> str:
    """Return all texts of a mail."""
    parts = message_from_bytes(message, policy=SMTP).walk()
    return "\n".join(str(part.get_content()) for part in parts if part.get_content_maintype() == "text")


def mails_of(database: Database, *kinds: str) -> list[QueuedMail]:
    """Return the mails of those kinds, or of all but the greetings, oldest first."""
    with database.read() as session:
        found = reversed(load_mails(session, 10_000))
        return [mail for mail in found if (mail.kind in kinds if kinds else mail.kind != "account")]
