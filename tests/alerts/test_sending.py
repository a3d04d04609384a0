from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from alerts.choices import change_choice, find_place
from alerts.errors import MaybeSent, NoSuchAddress, Refused, TryAgain
from alerts.headers import plain_address
from alerts.house import House
from alerts.sender import MemorySender
from alerts.sending import SendCounts
from alerts.staff import queue_staff_mail
from storage.database import Database
from storage.decisions import undo_decision
from storage.mail_people import allow_address, load_address, load_mail_events, resume_stream, suppress_address
from storage.outbox import GIVE_UP_AFTER, LEASE, RETRY_WAITS
from storage.watchlist import save_marks, save_owners
from tests.alerts.cases import (
    ADDRESS_ID,
    BRAND,
    HANAMORI,
    HOUSE,
    MARKS,
    NOW,
    RECIPIENT,
    confirm,
    make_database,
    make_hit,
)
from tests.alerts.mailbox import FailingSender, body_of, mails_of, queue, send

MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """One digest in the outbox; the greetings have left."""
    database = make_database(tmp_path)
    queue(database, NOW - timedelta(hours=12))
    send(database, MemorySender(), NOW - timedelta(hours=12))
    confirm(database, make_hit())
    assert queue(database, NOW).digest == 1
    return database


def events_of(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(one.kind, one.text) for one in load_mail_events(session)]


def test_a_mail_is_sent_once(database: Database) -> None:
    sender = MemorySender()
    assert send(database, sender, NOW) == SendCounts(sent=1)
    assert send(database, sender, NOW + GIVE_UP_AFTER) == SendCounts()
    assert len(sender.taken) == 1
    assert mails_of(database)[0].state == "sent"


def test_a_passing_failure_is_tried_again_later_with_the_same_bytes(database: Database) -> None:
    sender = FailingSender(TryAgain("451 greylisted"), TryAgain("421 closing"))
    assert send(database, sender, NOW) == SendCounts(waiting=1)
    assert send(database, sender, NOW + MINUTE) == SendCounts()
    assert send(database, sender, NOW + 6 * MINUTE) == SendCounts(waiting=1)
    assert send(database, sender, NOW + 120 * MINUTE) == SendCounts(sent=1)
    (mail,) = mails_of(database)
    assert sender.taken == [mail.message]


def test_a_connection_lost_after_the_text_is_maybe_sent_and_tried_again(database: Database) -> None:
    sender = FailingSender(MaybeSent("connection lost"))
    assert send(database, sender, NOW) == SendCounts(waiting=1, maybe=1)
    assert mails_of(database)[0].state == "maybe_sent"
    assert send(database, sender, NOW + RETRY_WAITS[0]) == SendCounts(sent=1)
    assert mails_of(database)[0].state == "sent"


def test_maybe_sent_stays_maybe_sent_when_it_is_given_up(database: Database) -> None:
    assert send(database, FailingSender(MaybeSent("lost")), NOW).maybe == 1
    assert send(database, FailingSender(TryAgain("refused")), NOW + GIVE_UP_AFTER) == SendCounts(given_up=1)
    (mail,) = mails_of(database)
    assert (mail.state, mail.closed_at) == ("maybe_sent", NOW + GIVE_UP_AFTER)
    assert send(database, MemorySender(), NOW + 2 * GIVE_UP_AFTER) == SendCounts()
    assert queue(database, NOW + 2 * GIVE_UP_AFTER).digest == 0, "its reader may have it"


@pytest.mark.slow
def test_a_mail_server_away_for_five_days_loses_nothing(database: Database) -> None:
    away = FailingSender(*[TryAgain("no connection")] * 1000)
    now, attempts = NOW, 0
    while now < NOW + GIVE_UP_AFTER:
        attempts += send(database, away, now).waiting
        now += 30 * MINUTE
    assert attempts > len(RETRY_WAITS)
    sender = MemorySender()
    assert send(database, sender, NOW + GIVE_UP_AFTER + RETRY_WAITS[-1]).sent == 1
    assert len(sender.taken) == 1


def test_after_more_than_five_days_it_is_given_up_staff_are_told_and_its_hits_are_news_again(
    database: Database,
) -> None:
    later = NOW + GIVE_UP_AFTER
    assert send(database, FailingSender(TryAgain("no connection")), later) == SendCounts(given_up=1)
    assert mails_of(database)[0].state == "failed"
    assert [kind for kind, _ in events_of(database)] == ["gave_up"]
    assert queue(database, later + timedelta(days=1)).digest == 1


def test_an_address_refused_for_good_is_suppressed_and_staff_are_told(database: Database) -> None:
    confirm(database, make_hit(2, title="OTONE rep 1:1", mark_id="otone"))
    later = NOW + timedelta(days=2)
    assert queue(database, later).digest == 1
    sent = send(database, FailingSender(NoSuchAddress("550 5.1.1 no such user")), later)
    assert sent == SendCounts(given_up=1)
    assert sorted(mail.state for mail in mails_of(database)) == ["failed", "suppressed"]
    with database.read() as session:
        assert load_address(session, ADDRESS_ID).suppressed_because == "550 5.1.1 no such user"
    assert events_of(database) == [
        ("refused", f"{RECIPIENT} is refused for good: 550 5.1.1 no such user; mails held back: 1")
    ]
    assert queue(database, later + timedelta(days=1)).total == 0, "nothing is made for it"
    with database.write() as session:
        allow_address(session, ADDRESS_ID, later, "quan")
    assert queue(database, later + timedelta(days=2)).digest == 2, "what it missed is news again"


def test_one_refused_mail_does_not_suppress_the_address(database: Database) -> None:
    assert send(database, FailingSender(Refused("552 5.3.4 too big")), NOW) == SendCounts(given_up=1)
    with database.read() as session:
        assert load_address(session, ADDRESS_ID).suppressed_at is None
    assert [kind for kind, _ in events_of(database)] == ["refused"]


@pytest.mark.parametrize("change", ["address", "owner of the brand", "choice", "decision", "suppressed"])
def test_rights_are_checked_again_when_the_mail_leaves(database: Database, change: str) -> None:
    with database.write() as session:
        if change == "address":
            save_owners(session, [replace(HANAMORI, emails=("other@hanamori.example",))])
        elif change == "owner of the brand":
            save_marks(session, [replace(mark, owner="Somebody Else") for mark in MARKS if mark.mark_id != "rival"])
        elif change == "choice":
            place = find_place(session, RECIPIENT, HANAMORI.name, BRAND)
            change_choice(session, place, "digest", {"frequency": "never"}, NOW, "test")
        elif change == "decision":
            undo_decision(session, mails_hit(database), "reviewer", NOW)
        else:
            suppress_address(session, ADDRESS_ID, NOW - MINUTE, "bounced")
    sender = MemorySender()
    sent = send(database, sender, NOW)
    assert [recipient for _, recipient, _ in sender.taken if recipient == RECIPIENT] == []
    assert sent.suppressed == (0 if change == "suppressed" else 1)
    assert mails_of(database)[0].state == "suppressed"


def mails_hit(database: Database) -> str:
    """Return the hit that the first digest reports."""
    return body_of(mails_of(database)[0].message).partition("/hits/")[2][:13]


def test_a_mail_that_a_dead_sender_held_is_offered_again_after_its_lease(database: Database) -> None:
    with pytest.raises(KeyboardInterrupt):
        send(database, FailingSender(KeyboardInterrupt()), NOW)
    assert mails_of(database)[0].state == "sending"
    sender = MemorySender()
    assert send(database, sender, NOW + LEASE - MINUTE) == SendCounts()
    assert send(database, sender, NOW + LEASE) == SendCounts(sent=1)


def test_one_failing_mail_keeps_no_other_back(database: Database) -> None:
    confirm(database, make_hit(2, title="RIVALO rep 1:1", mark_id="rival"))
    queue(database, NOW + MINUTE)
    sent = send(database, FailingSender(TryAgain("451 later")), NOW + timedelta(days=1))
    assert sent.waiting == 1


def test_many_refusals_within_an_hour_pause_the_stream(tmp_path: Path) -> None:
    database = make_database(tmp_path)
    emails = tuple(f"person{number}@hanamori.example" for number in range(9))
    with database.write() as session:
        save_owners(session, [replace(HANAMORI, emails=emails)])
    queue(database, NOW - timedelta(hours=12))
    send(database, MemorySender(), NOW - timedelta(hours=12))
    confirm(database, make_hit())
    queue(database, NOW)
    sender = FailingSender(*(Refused("554 5.7.1 looks like spam") for _ in range(7)))
    done = send(database, sender, NOW)
    assert (done.given_up, done.sent, done.is_paused) == (5, 0, True)
    assert ("paused", "5 of 5 mails to brand owners were refused within an hour") in events_of(database)
    with database.write() as session:
        resume_stream(session, NOW + MINUTE, "test")
    again = send(database, MemorySender(), NOW + MINUTE)
    assert (again.sent, again.is_paused) == (4, False), "the count begins anew"


def test_staff_are_told_once_in_a_mail_of_their_own_stream(database: Database) -> None:
    send(database, FailingSender(NoSuchAddress("550 no")), NOW)
    staff = ("ops@agency.example",)
    with database.write() as session:
        assert queue_staff_mail(session, (), NOW, HOUSE) == 0
        assert queue_staff_mail(session, staff, NOW, HOUSE) == 1
        assert queue_staff_mail(session, staff, NOW, HOUSE) == 0
    sender = MemorySender()
    assert send(database, sender, NOW).sent == 1
    ((_, recipient, message),) = sender.taken
    headers = message_from_bytes(message)
    assert recipient == "ops@agency.example"
    assert headers["List-Id"].startswith("<operations-")
    assert headers["List-Unsubscribe"] is None
    assert f"refused: {RECIPIENT} is refused for good" in body_of(message)


def test_a_house_needs_a_key_and_shows_none() -> None:
    assert "secret" not in repr(replace(HOUSE, link_key="secret"))
    with pytest.raises(ValueError, match="link_key"):
        House(sender_address=plain_address("a@b.example"), console_url="https://c.example", link_key="")
