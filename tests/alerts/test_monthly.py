"""The monthly report: its figures, its document, and what happens to it when a decision is taken back."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest

from alerts.message import wire_bytes
from alerts.preview import preview_letter, preview_mail
from alerts.sender import MemorySender
from alerts.sending import send_due
from storage.database import Database
from storage.decisions import undo_decision
from tests.alerts.cases import (
    BRAND,
    DECIDED_AT,
    HANAMORI,
    HOUSE,
    NOW,
    confirm,
    make_database,
    make_hit,
)
from tests.alerts.mailbox import body_of, mails_of, month_of, queue

AN_HOUR = timedelta(hours=1)
FIRST = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return make_database(tmp_path)


def test_a_monthly_report_brings_a_document_that_lists_the_months_hits_and_takes_no_news_from_the_digest(
    database: Database,
) -> None:
    hit_id = confirm(database, make_hit(1), reason="counterfeit", at=DECIDED_AT)
    queue(database, NOW)
    # Five minutes before midnight in Tokyo: its undo window ends in the next month, and it belongs to this one.
    late = confirm(database, make_hit(2), at=datetime(2026, 11, 30, 14, 55, tzinfo=UTC))
    queued = queue(database, FIRST)
    assert (queued.monthly, queued.digest) == (1, 1)
    (mail,) = mails_of(database, "monthly")
    message = message_from_bytes(mail.message, policy=SMTP)
    assert message.get_content_type() == "multipart/mixed"
    (part,) = list(message.iter_attachments())
    assert re.fullmatch(r"markwatch-hanamori-[0-9a-f]{8}-2026-11\.pdf", str(part.get_filename()))
    assert part.get_content().startswith(b"%PDF-")
    assert str(part.get_filename()) in body_of(mail.message)
    page = month_of(database, HANAMORI, BRAND, FIRST)[1]
    assert page.count(f"/hits/{hit_id}") == page.count(f"/hits/{late}") == 1


def test_a_document_shows_hostile_titles_as_text(database: Database) -> None:
    confirm(database, make_hit(1, title="<img src=x onerror=alert(1)> {{7*7}} </style><script>"), reason="counterfeit")
    queue(database, NOW)
    page = month_of(database, HANAMORI, BRAND, FIRST)[1]
    assert "&lt;img src=x" in page
    assert "<script" not in page
    assert "<img" not in page
    assert "Cửa hàng" not in page, "no seller"


def test_a_report_whose_hit_was_taken_back_is_made_again_without_it(database: Database) -> None:
    confirm(database, make_hit(1), reason="counterfeit")
    second = confirm(database, make_hit(2), reason="counterfeit")
    queue(database, NOW)
    sender = MemorySender()
    send_due(database, sender, NOW)
    assert queue(database, FIRST).monthly == 1
    with database.write() as session:
        undo_decision(session, second, "reviewer", FIRST)
    assert send_due(database, sender, FIRST).suppressed == 1
    assert queue(database, FIRST + timedelta(minutes=5)).monthly == 1
    assert send_due(database, sender, FIRST + timedelta(minutes=5)).sent == 1
    assert [mail.state for mail in mails_of(database, "monthly")] == ["suppressed", "sent"]
    assert "Tiki (VN)：1件（0件）" in body_of(sender.taken[-1][2])
    assert queue(database, FIRST + AN_HOUR).monthly == 0


def test_the_same_month_gives_the_same_bytes(database: Database) -> None:
    confirm(database, make_hit(1), reason="counterfeit")
    first, again = (preview_mail(database, HANAMORI.name, BRAND, "monthly", FIRST, HOUSE) for _ in range(2))
    assert first is not None
    assert again is not None
    assert len(list(first.iter_attachments())) == 1
    assert wire_bytes(first) == wire_bytes(again)


def test_where_no_pdf_can_be_made_the_report_leaves_without_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> None:
        raise OSError(f"cannot load library of {name}")

    monkeypatch.setattr("alerts.report_pdf.import_module", absent)
    confirm(database, make_hit(1), reason="counterfeit")
    queue(database, NOW)
    assert queue(database, FIRST).monthly == 1
    (mail,) = mails_of(database, "monthly")
    assert message_from_bytes(mail.message, policy=SMTP).get_content_type() == "multipart/alternative"
    assert "添付資料" not in body_of(mail.message)


def test_staff_who_look_at_an_empty_month_are_shown_the_running_one(database: Database) -> None:
    confirm(database, make_hit(1), reason="counterfeit")
    queue(database, NOW)
    found = preview_letter(database, HANAMORI.name, BRAND, "monthly", NOW, HOUSE)
    assert found is not None
    letter, is_old = found
    assert (letter.heading, is_old, len(letter.files)) == ("2026年11月のご報告", True, 1)
    assert preview_mail(database, HANAMORI.name, BRAND, "monthly", NOW, HOUSE) is None, "no recipient would get it"
