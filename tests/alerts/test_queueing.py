from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from alerts.choices import change_choice, find_place
from alerts.preview import preview_mail, queue_sample
from alerts.sender import MemorySender
from alerts.sending import send_due
from records.decision import UNDO_WINDOW
from records.mail import BrandRule, Kind
from records.watchlist import Mark
from storage.database import Database
from storage.decisions import undo_decision
from storage.mail_people import load_mail_events, load_pause, resume_stream, save_rule
from storage.owner_answers import record_answer
from storage.runs import close_run, open_run, start_run
from storage.watchlist import save_marks, save_owners
from tests.alerts.cases import (
    ADDRESS_ID,
    BRAND,
    CONSOLE,
    DECIDED_AT,
    HANAMORI,
    HOUSE,
    NOW,
    RECIPIENT,
    RIVAL,
    confirm,
    make_database,
    make_hit,
    save_hit,
)  # fmt: skip
from tests.alerts.mailbox import body_of, mails_of, queue

AN_HOUR = timedelta(hours=1)
# Monday the 23rd is a holiday in Japan, so the next digest after Sunday's is Tuesday's.
NEXT = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return make_database(tmp_path)


def choose(database: Database, kind: Kind, *, at: datetime = NOW, **wish: Any) -> None:
    """Let the owner's recipient choose."""
    queue(database, at - timedelta(days=40))  # the recipient becomes known
    with database.write() as session:
        change_choice(session, find_place(session, RECIPIENT, HANAMORI.name, BRAND), kind, wish, at, "test")


def rule(database: Database, **changes: Any) -> None:
    with database.write() as session:
        save_rule(session, HANAMORI.name, BRAND, BrandRule(**changes), NOW, "test")


def test_a_released_hit_is_mailed_to_its_owner_once(database: Database) -> None:
    hit_id = confirm(database, make_hit())
    assert queue(database, NOW).digest == 1
    for later in (NOW, NOW + AN_HOUR, NEXT, NEXT + timedelta(days=30)):
        assert queue(database, later).digest == 0
    (mail,) = mails_of(database, "digest")
    assert (mail.recipient, mail.brand) == (RECIPIENT, BRAND)
    assert f"/hits/{hit_id}" in body_of(mail.message)


def test_without_released_hits_no_mail_is_made(database: Database) -> None:
    save_hit(database, make_hit())
    assert queue(database, NOW).digest == 0
    assert preview_mail(database, HANAMORI.name, BRAND, "digest", NOW, HOUSE) is None
    assert mails_of(database) == []


def test_a_decision_is_mailed_only_after_its_undo_window(database: Database) -> None:
    confirm(database, make_hit(), at=NOW)
    queue(database, NOW + UNDO_WINDOW - timedelta(seconds=1))
    assert mails_of(database) == []
    assert queue(database, NEXT).digest == 1


def test_unreviewed_hits_are_a_number_and_nothing_else(database: Database) -> None:
    confirm(database, make_hit(1))
    secret = [save_hit(database, make_hit(number, title=f"HANAMORI bí mật {number}")) for number in (2, 3)]
    queue(database, NOW)
    body = body_of(mails_of(database)[0].message)
    assert "このほかに未確認の自動検知が2件あります。" in body
    assert "bí mật" not in body
    assert not any(hit_id in body for hit_id in secret)


def test_unreviewed_flags_are_mailed_only_by_agreement_and_marked(database: Database) -> None:
    flag = save_hit(database, make_hit(2, title="HANAMORI bí mật"))
    rule(database, unreviewed_until=NOW.date(), agreed_by="Sato", recorded_by="quan")
    assert queue(database, NOW).digest == 1
    (mail,) = mails_of(database)
    assert mail.subject.startswith("【未確認】")
    body = body_of(mail.message)
    assert "Sato様との取り決め" in body
    assert "[未確認]" in body
    assert f"/hits/{flag}" in body
    assert "違反の可能性があると判断" not in body
    save_hit(database, make_hit(3, title="HANAMORI later"))
    assert queue(database, NEXT).digest == 0, "the agreement has ended"


def test_an_agreement_without_the_owners_person_counts_for_nothing() -> None:
    assert not BrandRule(unreviewed_until=NOW.date()).allows_unreviewed(NOW.date())
    assert not BrandRule(agreed_by="Sato").allows_unreviewed(NOW.date())


def test_what_is_released_after_the_days_mail_waits_for_the_next_working_day(database: Database) -> None:
    confirm(database, make_hit(1))
    queue(database, NOW)
    second = confirm(database, make_hit(2), at=NOW)
    assert queue(database, NOW + timedelta(hours=2)).digest == 0
    assert queue(database, NOW + timedelta(days=1)).digest == 0, "a holiday in Japan"
    assert queue(database, NEXT - AN_HOUR).digest == 0, "before nine in the morning"
    assert queue(database, NEXT).digest == 1
    first_mail, second_mail = (body_of(mail.message) for mail in mails_of(database))
    assert second not in first_mail
    assert second in second_mail
    assert first_mail.count("/hits/") == second_mail.count("/hits/") == 2


def test_each_brand_has_a_mail_of_its_own(database: Database) -> None:
    confirm(database, make_hit(1))
    confirm(database, make_hit(2, title="OTONE rep 1:1", mark_id="otone"))
    assert queue(database, NOW).digest == 2
    found = {mail.brand: body_of(mail.message) for mail in mails_of(database)}
    assert set(found) == {BRAND, "OTONE"}
    assert "OTONE" not in found[BRAND]
    assert "H.anamori" not in found["OTONE"]


def test_the_mail_shows_the_listing_that_the_reviewer_judged(database: Database) -> None:
    confirm(database, make_hit(title="HANAMORI hàng loại 1"))
    save_hit(database, make_hit(title="HANAMORI chính hãng"))
    queue(database, NOW)
    body = body_of(mails_of(database)[0].message)
    assert "hàng loại 1" in body
    assert "chính hãng" not in body


def test_every_recipient_gets_an_own_mail_and_a_bad_address_keeps_none_back(database: Database) -> None:
    emails = ("a@hanamori.example", "b@hanamori.example, c@evil.example", "B@hanamori.example", "b@hanamori.example")
    with database.write() as session:
        save_owners(session, [replace(HANAMORI, emails=emails)])
    confirm(database, make_hit())
    assert queue(database, NOW).digest == 2
    found = mails_of(database)
    assert [mail.recipient for mail in found] == ["B@hanamori.example", "a@hanamori.example"]
    assert len({mail.message_id for mail in found}) == 2


def test_a_recipient_added_later_is_told_what_the_others_know_and_takes_no_news_from_them(database: Database) -> None:
    confirm(database, make_hit(1))
    queue(database, NOW)
    with database.write() as session:
        save_owners(session, [replace(HANAMORI, emails=(*HANAMORI.emails, "new@hanamori.example"))])
    confirm(database, make_hit(2))
    assert queue(database, NOW + AN_HOUR).digest == 1
    queue(database, NEXT)
    told = {
        recipient: sum(
            body_of(mail.message).count("/hits/") for mail in mails_of(database) if mail.recipient == recipient
        )
        for recipient in (RECIPIENT, "new@hanamori.example")
    }
    assert told == {RECIPIENT: 4, "new@hanamori.example": 4}


def test_a_new_recipient_is_greeted_and_an_old_one_never_again(database: Database) -> None:
    queue(database, NOW)
    assert sorted(mail.recipient for mail in mails_of(database, "account")) == [RECIPIENT, RIVAL.emails[0]]
    queue(database, NEXT)
    (mail, _) = mails_of(database, "account")
    assert len(mails_of(database, "account")) == 2
    headers = message_from_bytes(mail.message)
    assert headers["List-Unsubscribe"] is None
    assert headers["Auto-Submitted"] == "auto-generated"


def test_urgent_mails_are_capped_and_the_rest_folds_into_the_digest(database: Database) -> None:
    ids = [confirm(database, make_hit(number), reason="counterfeit") for number in range(5)]
    queued = queue(database, NOW)
    assert (queued.urgent, queued.digest) == (3, 1)
    urgent = mails_of(database, "urgent")
    told = {hit_id for mail in urgent for hit_id in ids if hit_id in body_of(mail.message)}
    assert len(told) == 3
    assert all(mail.subject.startswith("【至急】HANAMORI：確認済み 1件") for mail in urgent)
    (digest,) = mails_of(database, "digest")
    body = body_of(digest.message)
    assert {hit_id for hit_id in ids if hit_id in body} == set(ids) - told
    assert "至急扱いの2件は、1日の上限（3通）を超えたため" in body
    assert queue(database, NOW + AN_HOUR).total == 0


@pytest.mark.parametrize(
    "changes", [{"urgent_tier": None}, {"urgent_score": 0.99}, {"urgent_reasons": ("below_minimum_price",)}]
)
def test_what_the_brands_rule_does_not_call_urgent_stands_in_the_digest(
    database: Database, changes: dict[str, Any]
) -> None:
    rule(database, **changes)
    confirm(database, make_hit(), reason="counterfeit")
    assert (queue(database, NOW).urgent, len(mails_of(database, "digest"))) == (0, 1)


def test_a_confirmation_of_days_ago_is_no_emergency(database: Database) -> None:
    confirm(database, make_hit(), reason="counterfeit", at=NOW - timedelta(hours=25))
    assert (queue(database, NOW).urgent, len(mails_of(database, "digest"))) == (0, 1)


def test_a_hit_confirmed_anew_after_an_undo_is_told_once(database: Database) -> None:
    hit = make_hit()
    hit_id = confirm(database, hit, reason="counterfeit")
    assert queue(database, NOW).urgent == 1
    with database.write() as session:
        undo_decision(session, hit_id, "reviewer", NOW)
    sender = MemorySender()
    assert send_due(database, sender, NOW).suppressed == 1, "taken back before it left"
    confirm(database, hit, reason="counterfeit", at=NOW)
    assert queue(database, NOW + AN_HOUR).urgent == 1
    send_due(database, sender, NOW + AN_HOUR)
    assert sum(hit_id in body_of(message) for _, _, message in sender.taken) == 1


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"frequency": "never"}, []),
        ({"minimum_tier": "high"}, ["high"]),
        ({"markets": ("tiki_vn",)}, ["high", "medium"]),
        ({"markets": ("shopee_vn",)}, []),
    ],
)
def test_a_recipients_choice_decides_what_comes(database: Database, wish: dict[str, Any], expected: list[str]) -> None:
    choose(database, "digest", **wish)
    tiers = {
        confirm(database, make_hit(1), at=NOW - AN_HOUR): "high",
        confirm(database, make_hit(2, tier="medium"), at=NOW - AN_HOUR): "medium",
    }
    queue(database, NOW)
    bodies = [body_of(mail.message) for mail in mails_of(database, "digest")]
    assert [tier for hit_id, tier in tiers.items() if any(hit_id in body for body in bodies)] == expected


def test_a_mail_that_was_off_begins_with_what_is_decided_from_now_on(database: Database) -> None:
    choose(database, "digest", frequency="never")
    old = confirm(database, make_hit(1))
    choose(database, "digest", frequency="daily", at=NOW)
    new = confirm(database, make_hit(2), at=NOW + timedelta(seconds=1))
    assert queue(database, NEXT).digest == 1
    body = body_of(mails_of(database, "digest")[0].message)
    assert new in body
    assert old not in body


def test_a_weekly_digest_comes_once_a_week_in_the_chosen_language(database: Database) -> None:
    choose(database, "digest", frequency="weekly", weekday=2, language="en", hour=7)
    confirm(database, make_hit(1), at=NOW)
    assert queue(database, NEXT).digest == 1, "the Wednesday before was never seen to"
    confirm(database, make_hit(2), at=NEXT)
    wednesday = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    assert queue(database, wednesday - timedelta(minutes=1)).digest == 0
    assert queue(database, wednesday).digest == 1
    mail = mails_of(database, "digest")[-1]
    assert mail.subject == "[Please check] HANAMORI: new hits 1 (25 Nov)"
    assert "every Wednesday at 7:00 (Japan time)" in body_of(mail.message)


def test_a_price_move_is_told_once(database: Database) -> None:
    confirm(database, make_hit(1, title="HANAMORI kem", price=260000))
    queue(database, NOW)
    later = NOW + AN_HOUR
    save_hit(database, make_hit(1, title="HANAMORI kem", price=199000), at=later)
    assert queue(database, NEXT).digest == 1
    mail = mails_of(database, "digest")[-1]
    assert mail.subject == "【更新】HANAMORI：変化 1件（11/24）"
    assert "HANAMORI kem（Tiki (VN)）：価格 260,000\u00a0₫ → 199,000\u00a0₫" in body_of(mail.message)
    assert queue(database, NEXT + timedelta(days=1)).digest == 0


def crawl(database: Database, at: datetime, outcome: Any = "finished", query: str = "hanamori") -> str:
    """Keep one crawl of the words."""
    with database.write() as session:
        run = open_run(session, "tiki_vn", {"query": query}, at, "test")
        start_run(session, run.run_id, at, 1)
        close_run(session, run.run_id, outcome, at + timedelta(minutes=5), {"pages": 3}, ())
    return run.run_id


def test_a_listing_is_not_seen_any_more_only_after_two_good_crawls_of_the_same_words(database: Database) -> None:
    run_id = crawl(database, NOW - timedelta(hours=2))
    hit = make_hit(1, title="HANAMORI kem")
    save_hit(database, hit, at=NOW - timedelta(hours=2), run_id=run_id)
    confirm(database, hit, seen=False)
    queue(database, NOW)
    crawl(database, NOW + AN_HOUR)
    crawl(database, NOW + 2 * AN_HOUR, query="something else")
    crawl(database, NOW + 3 * AN_HOUR, outcome="blocked")
    assert queue(database, NEXT).digest == 0, "one good crawl of these words is not enough"
    crawl(database, NEXT + AN_HOUR)
    third_day = NEXT + timedelta(days=1)
    assert queue(database, third_day).digest == 1
    body = body_of(mails_of(database, "digest")[-1].message)
    assert "HANAMORI kem（Tiki (VN)）：11/22を最後に見当たりません" in body
    assert queue(database, third_day + timedelta(days=1)).digest == 0, "told once"
    save_hit(database, hit, at=third_day + timedelta(days=1, hours=1), run_id=run_id)
    assert queue(database, third_day + timedelta(days=2)).digest == 1
    assert "11/26に再び確認" in body_of(mails_of(database, "digest")[-1].message)


def test_an_answer_is_told_with_the_next_digest(database: Database) -> None:
    hit_id = confirm(database, make_hit(1, title="HANAMORI kem"))
    queue(database, NOW)
    with database.write() as session:
        record_answer(session, hit_id, ADDRESS_ID, "fake", NOW + AN_HOUR)
    assert queue(database, NEXT).digest == 1
    assert "HANAMORI kem（Tiki (VN)）：偽物（11/22）" in body_of(mails_of(database, "digest")[-1].message)
    assert queue(database, NEXT + timedelta(days=1)).digest == 0


def test_a_month_is_reported_once_and_only_with_something_to_say(database: Database) -> None:
    confirm(database, make_hit(1), reason="counterfeit")
    queue(database, NOW)
    assert mails_of(database, "monthly") == []
    first = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)
    assert queue(database, first - timedelta(minutes=10)).monthly == 0
    assert queue(database, first).monthly == 1
    assert queue(database, first + AN_HOUR).monthly == 0
    (mail,) = mails_of(database, "monthly")
    assert mail.subject == "【月報】HANAMORI：2026年11月"
    body = body_of(mail.message)
    assert "Tiki (VN)：1件（0件）" in body
    assert "偽造品の可能性：1件（0件）" in body
    assert queue(database, datetime(2027, 1, 4, 0, 5, tzinfo=UTC)).monthly == 0, "nothing in December"


def test_too_many_mails_within_an_hour_pause_the_stream_and_tell_staff(database: Database) -> None:
    emails = tuple(f"person{number}@hanamori.example" for number in range(8))
    with database.write() as session:
        save_owners(session, [replace(HANAMORI, emails=emails)])
    confirm(database, make_hit())
    queued = queue(database, NOW, hourly_limit=5)
    assert (queued.digest, queued.is_paused) == (5, True)
    sender = MemorySender()
    sent = send_due(database, sender, NOW)
    assert sent.is_paused
    assert {mail.kind for mail in mails_of(database, "account", "digest") if mail.state == "sent"} == {"account"}
    with database.read() as session:
        assert load_pause(session) is not None
        assert [one.kind for one in load_mail_events(session)] == ["paused"]
    with database.write() as session:
        resume_stream(session, NOW, "test")
    assert queue(database, NOW + timedelta(hours=2), hourly_limit=5).digest == 3
    assert not send_due(database, sender, NOW + timedelta(hours=2)).is_paused
    assert {mail.state for mail in mails_of(database)} == {"sent"}


def test_a_preview_queues_nothing_and_equals_the_mail(database: Database) -> None:
    confirm(database, make_hit())
    message = preview_mail(database, HANAMORI.name, BRAND, "digest", NOW, HOUSE)
    assert message is not None
    assert mails_of(database, "digest", "account") == []
    queue(database, NOW)
    assert mails_of(database)[0].message == message.as_bytes(policy=message.policy)


@pytest.mark.parametrize("kind", ["urgent", "digest", "account"])
@pytest.mark.parametrize("language", ["ja", "vi", "en"])
def test_every_kind_is_previewed_in_every_language(database: Database, kind: Kind, language: Any) -> None:
    confirm(database, make_hit())
    message = preview_mail(database, HANAMORI.name, None, kind, NOW, HOUSE, language=language)
    assert message is not None
    assert message["Content-Language"] == language


def test_a_sample_goes_to_staff_is_marked_and_marks_nothing_as_told(database: Database) -> None:
    confirm(database, make_hit())
    mail = queue_sample(database, HANAMORI.name, BRAND, "digest", NOW, HOUSE, recipient="lan@agency.example")
    assert mail is not None
    assert mail.subject.startswith("【見本】【要確認】HANAMORI")
    sender = MemorySender()
    assert send_due(database, sender, NOW).sent == 1
    assert sender.taken[0][1] == "lan@agency.example"
    assert "これは担当者が取り寄せた見本です。" in body_of(sender.taken[0][2])
    assert ADDRESS_ID not in body_of(sender.taken[0][2]), "what staff press is nobody's answer"
    assert queue(database, NOW).digest == 1


def test_every_link_of_a_mail_leads_to_the_console(database: Database) -> None:
    confirm(database, make_hit())
    queue(database, NOW)
    body = body_of(mails_of(database)[0].message)
    assert body.count("https://") == body.count(CONSOLE)
    assert DECIDED_AT < NOW


def test_a_round_with_nothing_due_asks_as_much_for_many_brands_as_for_one(database: Database) -> None:
    def asked() -> int:
        statements: list[str] = []

        def note(*given: Any) -> None:
            statements.append(given[2])

        event.listen(database._engine, "before_cursor_execute", note)
        queue(database, NOW)
        event.remove(database._engine, "before_cursor_execute", note)
        return len(statements)

    confirm(database, make_hit())
    queue(database, NOW)
    few = asked()
    with database.write() as session:
        save_marks(session, [Mark(mark_id=f"m{n}", text=f"BRAND {n}", owner=HANAMORI.name) for n in range(8)])
    queue(database, NOW)
    assert asked() == few
