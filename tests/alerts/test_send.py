from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.errors import BadAddress, Refused, TryAgain, UnknownOwner
from alerts.message import wire_bytes
from alerts.send import SendCounts, preview, queue_digests, send_due
from alerts.sender import MemorySender
from records.decision import UNDO_WINDOW
from storage.database import Database
from storage.outbox import load_mails
from storage.watchlist import save_owners
from tests.alerts.cases import (
    CONSOLE,
    DECIDED_AT,
    HANAMORI,
    NOW,
    RIVAL,
    SENDER,
    confirm,
    make_database,
    make_hit,
    save_hit,
)  # fmt: skip

A_DAY = timedelta(days=1)


class FailingSender:
    """Raises the failures given, one a mail, then takes everything."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.taken: list[bytes] = []

    def send(self, key: str, recipient: str, message: bytes) -> None:  # noqa: ARG002 - the protocol's names
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(message)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return make_database(tmp_path)


def body_of(message: bytes) -> str:
    parts = message_from_bytes(message, policy=SMTP).walk()
    return "\n".join(str(part.get_content()) for part in parts if not part.is_multipart())


def mails_of(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        return [(mail.owner, mail.recipient, mail.state) for mail in reversed(load_mails(session))]


def test_a_released_hit_is_mailed_to_its_owner_once(database: Database) -> None:
    hit_id = confirm(database, make_hit())
    sender = MemorySender()
    assert queue_digests(database, NOW, SENDER, CONSOLE) == 1
    assert send_due(database, sender, NOW) == SendCounts(sent=1)
    for later in (NOW, NOW + timedelta(hours=1), NOW + A_DAY):
        assert queue_digests(database, later, SENDER, CONSOLE) == 0
        assert send_due(database, sender, later) == SendCounts()
    ((_, recipient, message),) = sender.taken
    assert recipient == HANAMORI.emails[0]
    assert f"/hits/{hit_id}" in body_of(message)
    assert mails_of(database) == [(HANAMORI.name, HANAMORI.emails[0], "sent")]


def test_queueing_twice_queues_once(database: Database) -> None:
    confirm(database, make_hit())
    assert [queue_digests(database, NOW, SENDER, CONSOLE) for _ in range(3)] == [1, 0, 0]
    assert len(mails_of(database)) == 1


def test_without_released_hits_no_mail_is_made(database: Database) -> None:
    save_hit(database, make_hit())
    assert queue_digests(database, NOW, SENDER, CONSOLE) == 0
    assert preview(database, HANAMORI.name, NOW, SENDER, CONSOLE) is None
    assert mails_of(database) == []


def test_a_decision_is_mailed_only_after_its_undo_window(database: Database) -> None:
    confirm(database, make_hit(), at=NOW)
    assert queue_digests(database, NOW + UNDO_WINDOW - timedelta(seconds=1), SENDER, CONSOLE) == 0
    assert queue_digests(database, NOW + UNDO_WINDOW, SENDER, CONSOLE) == 1


def test_unreviewed_hits_are_a_number_and_nothing_else(database: Database) -> None:
    confirm(database, make_hit(1))
    secret = [save_hit(database, make_hit(number, title=f"HANAMORI bí mật {number}")) for number in (2, 3)]
    queue_digests(database, NOW, SENDER, CONSOLE)
    sender = MemorySender()
    send_due(database, sender, NOW)
    body = body_of(sender.taken[0][2])
    assert "このほかに未確認の自動検知が2件あります。" in body
    assert "bí mật" not in body
    assert not any(hit_id in body for hit_id in secret)


def test_what_is_released_after_the_days_mail_waits_for_the_next_day(database: Database) -> None:
    confirm(database, make_hit(1))
    queue_digests(database, NOW, SENDER, CONSOLE)
    second = confirm(database, make_hit(2), at=NOW)
    assert queue_digests(database, NOW + timedelta(hours=2), SENDER, CONSOLE) == 0
    assert queue_digests(database, NOW + A_DAY, SENDER, CONSOLE) == 1
    sender = MemorySender()
    send_due(database, sender, NOW + A_DAY)
    first_mail, second_mail = (body_of(message) for _, _, message in sender.taken)
    assert second not in first_mail
    assert second in second_mail
    assert first_mail.count("/hits/") == second_mail.count("/hits/") == 2


def test_the_mail_shows_the_listing_that_the_reviewer_judged(database: Database) -> None:
    confirm(database, make_hit(title="HANAMORI hàng loại 1"))
    save_hit(database, make_hit(title="HANAMORI chính hãng"))
    message = preview(database, HANAMORI.name, NOW, SENDER, CONSOLE)
    assert message is not None
    assert "hàng loại 1" in body_of(wire_bytes(message))
    assert "chính hãng" not in body_of(wire_bytes(message))


def test_every_recipient_gets_an_own_mail_and_a_bad_address_keeps_none_back(database: Database) -> None:
    emails = ("a@hanamori.example", "b@hanamori.example, c@evil.example", "B@hanamori.example", "b@hanamori.example")
    with database.write() as session:
        save_owners(session, [replace(HANAMORI, emails=emails)])
    confirm(database, make_hit())
    assert queue_digests(database, NOW, SENDER, CONSOLE) == 2
    sender = MemorySender()
    assert send_due(database, sender, NOW).sent == 2
    assert [recipient for _, recipient, _ in sender.taken] == ["a@hanamori.example", "B@hanamori.example"]
    assert len({message_from_bytes(message)["Message-ID"] for _, _, message in sender.taken}) == 2


def test_a_recipient_added_during_the_day_takes_no_news_from_the_others(database: Database) -> None:
    confirm(database, make_hit(1))
    queue_digests(database, NOW, SENDER, CONSOLE)
    with database.write() as session:
        save_owners(session, [replace(HANAMORI, emails=(*HANAMORI.emails, "new@hanamori.example"))])
    confirm(database, make_hit(2))
    assert queue_digests(database, NOW + timedelta(hours=1), SENDER, CONSOLE) == 0
    assert len(mails_of(database)) == 1
    assert queue_digests(database, NOW + A_DAY, SENDER, CONSOLE) == 2


def test_a_recipient_removed_before_sending_gets_nothing(database: Database) -> None:
    confirm(database, make_hit())
    queue_digests(database, NOW, SENDER, CONSOLE)
    with database.write() as session:
        save_owners(session, [replace(HANAMORI, emails=("other@hanamori.example",))])
    sender = MemorySender()
    assert send_due(database, sender, NOW) == SendCounts(failed=1, given_up=1)
    assert sender.taken == []
    with database.read() as session:
        assert load_mails(session)[0].problem == "the address is no longer registered for this owner"


def test_a_passing_failure_is_tried_again_later_with_the_same_bytes(database: Database) -> None:
    confirm(database, make_hit())
    queue_digests(database, NOW, SENDER, CONSOLE)
    sender = FailingSender(TryAgain("451 greylisted"), TryAgain("421 closing"))
    assert send_due(database, sender, NOW) == SendCounts(failed=1)
    assert send_due(database, sender, NOW + timedelta(minutes=1)) == SendCounts()
    assert send_due(database, sender, NOW + timedelta(minutes=6)) == SendCounts(failed=1)
    assert send_due(database, sender, NOW + timedelta(hours=2)) == SendCounts(sent=1)
    with database.read() as session:
        (mail,) = load_mails(session)
    assert sender.taken == [mail.message]
    assert mail.state == "sent"


def test_a_final_refusal_is_given_up_and_told(database: Database) -> None:
    confirm(database, make_hit())
    queue_digests(database, NOW, SENDER, CONSOLE)
    sender = FailingSender(Refused("550 no such user"))
    assert send_due(database, sender, NOW) == SendCounts(failed=1, given_up=1)
    assert send_due(database, sender, NOW + A_DAY) == SendCounts()
    with database.read() as session:
        (mail,) = load_mails(session)
    assert (mail.state, mail.problem) == ("failed", "550 no such user")


def test_one_failing_mail_keeps_no_other_back(database: Database) -> None:
    confirm(database, make_hit(1))
    confirm(database, make_hit(2, title="RIVALO rep 1:1", mark_id="rival"))
    assert queue_digests(database, NOW, SENDER, CONSOLE) == 2
    assert send_due(database, FailingSender(TryAgain("451 later")), NOW) == SendCounts(sent=1, failed=1)


def test_a_preview_queues_nothing_and_equals_the_mail(database: Database) -> None:
    confirm(database, make_hit())
    message = preview(database, HANAMORI.name, NOW, SENDER, CONSOLE)
    assert message is not None
    assert mails_of(database) == []
    queue_digests(database, NOW, SENDER, CONSOLE)
    with database.read() as session:
        assert load_mails(session)[0].message == wire_bytes(message)


def test_a_preview_of_an_unknown_owner_names_it(database: Database) -> None:
    with pytest.raises(UnknownOwner, match="Nobody"):
        preview(database, "Nobody", NOW, SENDER, CONSOLE)


def test_a_bad_sender_address_is_refused_before_anything_is_queued(database: Database) -> None:
    confirm(database, make_hit())
    with pytest.raises(BadAddress):
        queue_digests(database, NOW, "Markwatch <a@b.example>", CONSOLE)
    assert mails_of(database) == []


@st.composite
def rivals(draw: st.DrawFn) -> list[tuple[int, str, bool]]:
    """Return listings of the rival's mark: number, words, confirmed or not."""
    words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
    return draw(
        st.lists(st.tuples(st.integers(1000, 1100), words, st.booleans()), max_size=6, unique_by=lambda one: one[0])
    )


@pytest.mark.database
@given(changes=rivals())
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_nothing_that_happens_to_another_owner_changes_a_byte_of_the_mail(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, str, bool]]
) -> None:
    database = make_database(tmp_path_factory.mktemp("owner"))
    try:
        confirm(database, make_hit(1))
        save_hit(database, make_hit(2))
        before = preview(database, HANAMORI.name, NOW, SENDER, CONSOLE)
        for number, words, is_confirmed in changes:
            hit = make_hit(number, title=f"SECRET {words}", mark_id="rival")
            if is_confirmed:
                confirm(database, hit, at=DECIDED_AT)
            else:
                save_hit(database, hit)
        after = preview(database, HANAMORI.name, NOW, SENDER, CONSOLE)
        assert before is not None
        assert after is not None
        assert wire_bytes(after) == wire_bytes(before)
        assert "SECRET" not in body_of(wire_bytes(after))
        confirmed = any(is_confirmed for _, _, is_confirmed in changes)
        rival = preview(database, RIVAL.name, NOW, SENDER, CONSOLE)
        assert (rival is not None) == confirmed
        if rival is not None:
            assert "SECRET" in body_of(wire_bytes(rival))
            assert "HANAMORI" not in body_of(wire_bytes(rival)).upper()
    finally:
        database.close()
