"""What a mail tells beside the hits: the price in the reader's money, the kept evidence, what was done, last time."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alerts.figures import Figures
from alerts.home_price import home_price
from records.money import Money
from records.prices import ExchangeRate
from records.watchlist import WatchList
from review.transcripts import romanised
from storage.audit import record_audit
from storage.database import Database
from storage.decisions import record_decision
from storage.mail_deeds import load_deeds
from storage.mail_people import address_id_of
from storage.outbox import close_mail
from storage.owner_answers import decide_suggestion, load_suggestions, record_answer
from storage.page_captures import record_page_capture
from storage.prices import save_rates
from tests.alerts.cases import (
    ADDRESS_ID,
    BRAND,
    HANAMORI,
    HOUSE,
    NOW,
    RIVAL,
    confirm,
    letter_of,
    make_database,
    make_digest,
    make_hit,
    save_hit,
    stored,
)  # fmt: skip
from tests.alerts.mailbox import body_of, mails_of, queue

AN_HOUR = timedelta(hours=1)
RATE = ExchangeRate(currency="JPY", quote="VND", rate=Decimal(168), valid_on=date(2026, 11, 20))
TOKYO = Figures(language="ja", zone="Asia/Tokyo")


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return make_database(tmp_path)


def body(database: Database) -> str:
    queue(database, NOW)
    return next(body_of(mail.message) for mail in mails_of(database, "digest") if mail.brand == BRAND)


def capture(database: Database, number: int, hit_id: str, manifest: str) -> None:
    with database.write() as session:
        record_page_capture(
            session, manifest_sha256=manifest, market="tiki_vn", listing_id=str(number), url="https://market.example",
            hit_ids=(hit_id,), cause="queued", requested_by="test", outcome="seen", detail="",
            started_at=NOW - AN_HOUR, ended_at=NOW - AN_HOUR,
        )  # fmt: skip


def test_a_foreign_price_stands_beside_about_what_it_is_in_the_readers_money(database: Database) -> None:
    with database.write() as session:
        save_rates(session, [RATE])
    confirm(database, make_hit(price=260000))
    found = body(database)
    assert found.count("約￥1,550") == 2, "in the text and in the page"
    assert "用いたレート：1 JPY = 168 VND (2026-11-20)。" in found


def test_without_a_rate_no_converted_price_is_shown(database: Database) -> None:
    confirm(database, make_hit(price=260000))
    found = body(database)
    assert "約" not in found
    assert "レート" not in found


@pytest.mark.parametrize(
    ("amount", "zone", "day", "expected"),
    [
        (260000, "Asia/Tokyo", date(2026, 11, 21), ("1550", "JPY")),
        (12_345_678, "Asia/Tokyo", date(2026, 11, 21), ("73500", "JPY")),
        (260000, "Asia/Ho_Chi_Minh", date(2026, 11, 21), None),  # it is in the reader's money already
        (260000, "Asia/Tokyo", date(2026, 11, 19), None),  # before the first rate
        (260000, "Asia/Tokyo", date(2027, 1, 15), None),  # too long after the last
        (10, "Asia/Tokyo", date(2026, 11, 21), None),  # less than a yen
    ],
)
def test_a_price_is_converted_by_the_rate_of_its_day_and_rounded_to_three_digits(
    amount: int, zone: str, day: date, expected: tuple[str, str] | None
) -> None:
    price = Money(amount=Decimal(amount), currency="VND", raw="")
    watchlist = WatchList(marks=(), products=(), owners=(), rates=(RATE,))
    found = home_price(price, day, replace(TOKYO, zone=zone), watchlist)
    assert (found and (str(found.money.amount), found.money.currency)) == expected


def test_the_evidence_that_is_kept_is_named_with_its_hash_and_day(database: Database) -> None:
    hit_id = confirm(database, make_hit(1))
    capture(database, 1, hit_id, "ab12" * 16)
    assert f"証拠 {hit_id}：11/22にページ全体を保存（SHA-256 ab12ab12ab12ab12…）" in body(database)


def test_a_capture_taken_for_another_brands_hit_of_the_listing_is_not_named(database: Database) -> None:
    confirm(database, make_hit(1))
    capture(database, 1, confirm(database, make_hit(1, mark_id="otone")), "cd34" * 16)
    queue(database, NOW)
    found = {mail.brand: body_of(mail.message) for mail in mails_of(database, "digest")}
    assert "cd34" not in found[BRAND]
    assert "cd34" in found["OTONE"]


def test_what_was_done_for_the_brand_is_told_and_nothing_of_another(database: Database) -> None:
    hit_id = confirm(database, make_hit(1))
    rejected = save_hit(database, make_hit(2))
    rival = confirm(database, make_hit(3, mark_id="rival"))
    capture(database, 1, hit_id, "1" * 64)
    capture(database, 3, rival, "2" * 64)
    with database.write() as session:
        record_decision(session, rejected, 1, "no_violation", "genuine", "reviewer", NOW - AN_HOUR)
        record_audit(session, NOW - timedelta(days=40), "lan", "evidence.pack", "old", {"hits": [hit_id], "cases": 1})
        record_audit(session, NOW - AN_HOUR, "lan", "evidence.pack", "pack", {"hits": [hit_id, rival], "cases": 2})
        record_audit(session, NOW - AN_HOUR, "lan", "evidence.pack", "pack 2", {"hits": [rival], "cases": 1})
    found = body(database)
    assert "当方の対応（10/22以降）" in found
    assert "自動検知2件を審査し、1件を確認、1件を問題なしと判断しました。" in found
    assert "確認した出品のページ1件を証拠として保存しました（うち時刻認証済み0件）。" in found
    assert "監視リストに加えました" not in found
    with database.read() as session:
        deeds = load_deeds(session, NOW - timedelta(days=1), NOW)
    assert deeds[RIVAL.name, "RIVALO"] == {"confirmed": 1, "captured": 1, "packs": 2}
    assert deeds[HANAMORI.name, BRAND] == {"confirmed": 1, "rejected": 1, "captured": 1, "packs": 1}


def test_a_seller_taken_over_by_an_answer_is_told(database: Database) -> None:
    hit_id = confirm(database, make_hit(1))
    queue(database, NOW)
    with database.write() as session:
        record_answer(session, hit_id, ADDRESS_ID, "authorised_seller", NOW + AN_HOUR)
        decide_suggestion(session, load_suggestions(session)[0].suggestion_id, "accepted", "quan", NOW + AN_HOUR)
    queue(database, NOW + timedelta(days=2))
    found = body_of(mails_of(database, "digest")[-1].message)
    assert "ご回答に基づき、正規販売店1件を監視リストに加えました。" in found


def test_a_digest_says_how_many_were_new_the_time_before(database: Database) -> None:
    confirm(database, make_hit(1))
    confirm(database, make_hit(2))
    assert "前回" not in body(database)
    first = mails_of(database, "digest")[0]
    confirm(database, make_hit(3), at=NOW)
    queue(database, NOW + timedelta(days=2))
    assert "前回（11/22）の新規は2件でした。" in body_of(mails_of(database, "digest")[-1].message)
    with database.write() as session:
        close_mail(session, first.mail_id, NOW, "failed", "refused")
        assert address_id_of(first.recipient) == ADDRESS_ID


def test_a_title_in_another_script_stands_in_plain_letters_below() -> None:
    house = replace(HOUSE, transcribe=romanised)
    row = letter_of(make_digest((stored(make_hit(title="Kem chống nắng H.аnаmori")),)), house).rows[0]
    assert row.latin == "ローマ字等の表記：Kem chong nang H.anamori", "the Cyrillic letters as well"
    plain = letter_of(make_digest((stored(make_hit(title="H.anamori 50ml")),)), house).rows[0]
    assert plain.latin is None
    vietnamese = make_digest((stored(make_hit()),))
    mine = replace(vietnamese, preference=replace(vietnamese.preference, language="vi"))
    assert letter_of(mine, house).rows[0].latin is None
