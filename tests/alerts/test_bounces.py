from pathlib import Path

import pytest

from alerts.bounces import read_bounces, take_bounce
from alerts.sender import MemorySender
from storage.database import Database
from storage.mail_people import load_address, load_mail_events
from storage.outbox import load_mails
from tests.alerts.cases import ADDRESS_ID, NOW, RECIPIENT, confirm, make_database, make_hit
from tests.alerts.mailbox import mails_of, queue, send

FORM = """\
From: MAILER-DAEMON@mx.hanamori.example
To: alerts@markwatch.example
Subject: {subject}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=utf-8

{words}

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.hanamori.example

{recipients}

--b1
Content-Type: {brought}

From: Markwatch <alerts@markwatch.example>
Message-ID: {message_id}
Subject: =?utf-8?b?44OG44K544OI?=

--b1--
"""


def notification(
    message_id: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    recipient: str = f"rfc822; {RECIPIENT}",
    brought: str = "text/rfc822-headers",
    more: str = "",
) -> bytes:
    recipients = f"Final-Recipient: {recipient}\nAction: {action}\nStatus: {status}\n{more}"
    text = FORM.format(
        subject="Undelivered", words="It did not work.", recipients=recipients, brought=brought, message_id=message_id
    )
    return text.replace("\n", "\r\n").encode()


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """One digest, taken by the mail server."""
    database = make_database(tmp_path)
    confirm(database, make_hit())
    queue(database, NOW)
    send(database, MemorySender(), NOW)
    return database


def message_id(database: Database) -> str:
    return mails_of(database)[0].message_id


@pytest.mark.parametrize(
    ("options", "final"),
    [
        ({}, True),
        ({"brought": "message/rfc822"}, True),
        ({"recipient": f"RFC822;{RECIPIENT.upper()}", "status": "5.2.1 (mailbox disabled)"}, True),
        ({"more": "Diagnostic-Code: smtp; 550 5.1.1 unknown"}, True),
        ({"action": "delayed", "status": "4.4.1"}, False),
    ],
)
def test_five_kinds_of_notifications_are_understood(database: Database, options: dict[str, str], final: bool) -> None:
    content = notification(message_id(database), **options)
    (bounce,) = read_bounces(content)
    assert (bounce.message_id, bounce.recipient, bounce.is_final) == (message_id(database), RECIPIENT, final)
    with database.write() as session:
        (said,) = take_bounce(session, content, NOW)
        address = load_address(session, ADDRESS_ID)
        events = [one.kind for one in load_mail_events(session)]
        state = next(mail.state for mail in load_mails(session) if mail.kind == "digest")
    assert said.startswith("suppressed" if final else "noted")
    assert (address.suppressed_at == NOW) is final
    assert events == ["bounced"]
    assert state == ("failed" if final else "sent")


def test_five_malformed_ones_are_ignored(database: Database) -> None:
    good = notification(message_id(database))
    malformed = (
        b"",
        b"\x00\xff" * 100,
        good.replace(b"multipart/report", b"multipart/mixed"),
        good.replace(b"Message-ID", b"X-Message"),
        good.replace(b"Final-Recipient", b"X-Recipient"),
        good.replace(b"report-type=delivery-status", b"report-type=disposition-notification"),
        good[: len(good) // 2],
        b"Subject: out of office\r\n\r\nBack on Monday.",
    )
    with database.write() as session:
        for content in malformed:
            assert take_bounce(session, content, NOW) == ()
        assert load_address(session, ADDRESS_ID).suppressed_at is None
        assert load_mail_events(session) == ()


@pytest.mark.parametrize("fault", ["other id", "other recipient"])
def test_a_forged_notification_stops_nobodys_mails(database: Database, fault: str) -> None:
    content = (
        notification("<0123456789abcdef@markwatch.example>")
        if fault == "other id"
        else notification(message_id(database), recipient="rfc822; somebody@else.example")
    )
    with database.write() as session:
        (said,) = take_bounce(session, content, NOW)
        assert said.startswith("ignored")
        assert load_address(session, ADDRESS_ID).suppressed_at is None
