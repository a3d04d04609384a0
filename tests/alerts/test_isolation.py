"""A mail holds no data of another brand, whatever happens there; and no text of a seller becomes a header."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, compat32
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from alerts.message import wire_bytes
from alerts.preview import preview_mail
from alerts.sender import MemorySender, SmtpSender
from alerts.sending import send_due
from records.hit import Hit
from records.mail import ANSWERS, BrandRule, Kind, default_preference
from records.watchlist import Mark, Owner
from storage.audit import record_audit
from storage.database import Database, open_database
from storage.decisions import undo_decision
from storage.hits import hit_id_of
from storage.mail_people import address_id_of, save_preference, save_rule
from storage.owner_answers import record_answer
from storage.page_captures import record_page_capture
from storage.tables import decisions, hit_documents, hit_evidence, hits, listings
from storage.watchlist import save_marks, save_owners
from tests.alerts.cases import (
    BRAND,
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
from tests.alerts.mailbox import body_of, mails_of, month_of, queue
from tests.alerts.smtp_server import Sink, mail_server

LONG = os.environ.get("MARKWATCH_LONG") == "1"
STATES = 200 if LONG else 10
KINDS: tuple[Kind, ...] = ("digest", "urgent", "account")
LATER = NOW + timedelta(days=10)
SECRET = "SECRET"
Act = Callable[[Database, int, str], None]


def _other(number: int, words: str, mark_id: str) -> str:
    return f"{SECRET} {mark_id} {number} {words}"


def _confirm(mark_id: str) -> Act:
    def act(database: Database, number: int, words: str) -> None:
        hit = make_hit(number, title=_other(number, words, mark_id), mark_id=mark_id)
        confirm(database, hit, reason="counterfeit", at=DECIDED_AT)

    return act


def _flag(mark_id: str) -> Act:
    def act(database: Database, number: int, words: str) -> None:
        save_hit(database, make_hit(number, title=_other(number, words, mark_id), mark_id=mark_id))

    return act


def _answer(database: Database, number: int, words: str) -> None:
    hit_id = confirm(database, make_hit(number, title=_other(number, words, "rival"), mark_id="rival"))
    queue(database, NOW)
    with database.write() as session:
        record_answer(session, hit_id, address_id_of(RIVAL.emails[0]), ANSWERS[number % len(ANSWERS)], NOW)


def _undo(database: Database, number: int, words: str) -> None:
    hit_id = confirm(database, make_hit(number, title=_other(number, words, "otone"), mark_id="otone"))
    with database.write() as session:
        undo_decision(session, hit_id, "reviewer", NOW)


def _price(database: Database, number: int, words: str) -> None:
    hit = make_hit(number, title=_other(number, words, "otone"), mark_id="otone")
    confirm(database, hit)
    save_hit(database, replace(hit, listing=replace(hit.listing, title=f"{SECRET} {words}")), at=NOW)


def _evidence(database: Database, number: int, words: str) -> None:
    hit_id = confirm(database, make_hit(number, title=_other(number, words, "rival"), mark_id="rival"))
    # Taken of the very listing that this brand's mails name as well, for the other brand's hit.
    for listing_id in ("1", str(number)):
        with database.write() as session:
            record_page_capture(
                session, manifest_sha256=f"{number:032}{listing_id:0>32}", market="tiki_vn", listing_id=listing_id,
                url=f"https://{SECRET}.example", hit_ids=(hit_id,), cause="queued", requested_by=SECRET,
                outcome="seen", detail=words, started_at=DECIDED_AT, ended_at=DECIDED_AT,
            )  # fmt: skip
            record_audit(session, DECIDED_AT, SECRET, "evidence.pack", words, {"hits": [hit_id]})


def _rules(database: Database, number: int, words: str) -> None:
    rule = BrandRule(urgent_score=number % 10 / 10, unreviewed_until=LATER.date(), agreed_by=f"{SECRET} {words}")
    with database.write() as session:
        save_rule(session, RIVAL.name, "RIVALO", rule, NOW, "test")
        save_rule(session, HANAMORI.name, "OTONE", rule, NOW, "test")


def _preference(database: Database, number: int, words: str) -> None:  # noqa: ARG001 - the signature of an act
    queue(database, NOW - timedelta(days=2))
    wish = replace(default_preference(RIVAL, "digest", NOW), hour=number % 24, language="en")
    with database.write() as session:
        save_preference(session, address_id_of(RECIPIENT), HANAMORI.name, "OTONE", "digest", wish, NOW, "test")
        save_preference(session, address_id_of(RIVAL.emails[0]), RIVAL.name, "RIVALO", "digest", wish, NOW, "test")


def _names(database: Database, number: int, words: str) -> None:
    with database.write() as session:
        save_owners(session, [Owner(name=f"{SECRET} {words}", emails=(f"x{number}@else.example",))])
        save_marks(session, [Mark(mark_id=f"m{number}", text=f"{SECRET} {words}", owner=f"{SECRET} {words}")])


ACTS: tuple[Act, ...] = (
    _confirm("rival"), _confirm("otone"), _flag("rival"), _flag("otone"), _answer, _undo, _price, _rules, _preference,
    _names, _evidence,
)  # fmt: skip
# What only this brand's mails may say.
OWN = ("H.anamori", "HANAMORI", "combo 2", "nobody looked", *(hit_id_of(make_hit(number).key) for number in (1, 3)))
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which the brand has something to say of every kind."""
    folder = tmp_path_factory.mktemp("template")
    database = make_database(folder)
    confirm(database, make_hit(1), reason="counterfeit")
    confirm(database, make_hit(2, title="HANAMORI combo 2", product_id="hanamori-50"), reason="below_minimum_price")
    save_hit(database, make_hit(3, title="HANAMORI nobody looked"))
    database.close()
    return folder


def mails(database: Database, brand: str, owner: str) -> dict[str, bytes]:
    """Return what the brand's recipient would get of each kind; of a monthly report's document its page."""
    found: dict[str, bytes] = {}
    for kind in KINDS:
        message = preview_mail(database, owner, brand, kind, NOW, HOUSE)
        if message is not None:
            found[kind] = wire_bytes(message)
    holder = next(one for one in (HANAMORI, RIVAL) if one.name == owner)
    month, page = month_of(database, holder, brand, LATER)
    document = EmailMessage(policy=SMTP)
    document.set_content(page, subtype="html")
    return {**found, "monthly": wire_bytes(month), "document": document.as_bytes()}


@pytest.mark.database
@given(acts=st.lists(st.tuples(st.integers(0, len(ACTS) - 1), st.integers(1000, 1100), WORDS), min_size=1, max_size=5))
@settings(
    max_examples=STATES,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_nothing_that_happens_to_another_brand_changes_a_byte_of_a_mail(
    tmp_path_factory: pytest.TempPathFactory, template: Path, acts: list[tuple[int, int, str]]
) -> None:
    folder = tmp_path_factory.mktemp("state")
    shutil.copytree(template, folder, dirs_exist_ok=True)
    database = open_database(f"sqlite:///{folder / 'markwatch.db'}")
    try:
        before = mails(database, BRAND, HANAMORI.name)
        assert set(before) >= {"digest", "urgent", "account", "monthly", "document"}
        for place, (act, number, words) in enumerate(acts):
            ACTS[act](database, 1000 * place + number, words)
        if any(ACTS[act] in {_answer, _preference} for act, _, _ in acts):
            # These let mails of this brand leave as well; what is left to say is less, but never the others' words.
            after = mails(database, BRAND, HANAMORI.name)
            assert not any(SECRET in body_of(message) for message in after.values())
        else:
            assert mails(database, BRAND, HANAMORI.name) == before
        for owner, brand in ((HANAMORI.name, "OTONE"), (RIVAL.name, "RIVALO")):
            for kind, message in mails(database, brand, owner).items():
                assert not [text for text in OWN if text in body_of(message)], (brand, kind)
    finally:
        database.close()
        shutil.rmtree(folder)


LINES = ("\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00", "%0d%0a", "\\r\\n", "=0d=0a")
HEADERS = (
    "Bcc: evil@evil.example",
    "To: evil@evil.example",
    "Content-Type: text/html",
    "\r\n<script>alert(1)</script>",
)
ENCODED = (
    "=?utf-8?q?x=0d=0aBcc:_evil@evil.example?=", "=?utf-8?b?DQpCY2M6IGV2aWxAZXZpbC5leGFtcGxl?=",
    "=?x=?utf-8?q?=0d=0aBcc:_e@x?=?=",
    "=?utf-8?q?a?= =?utf-8?q?=0aBcc:e@x.example?=", "=?utf-16?b?AA0ACg==?=", "=?iso-8859-1?q?=85Bcc:_e@x.example?=",
    '"<evil@evil.example>" <a@b.example>, x', ", evil@evil.example", "a" * 2000, "資" * 700, "\u202eelpmaxe",
    "😀" * 300,
)  # fmt: skip
HOSTILE = [f"Nike{line}{header}" for line in LINES for header in HEADERS] + list(ENCODED)
TRIED = HOSTILE if LONG else HOSTILE[::4]


@pytest.mark.database
def test_sixty_hostile_names_titles_and_brands_arrive_with_the_templates_headers(tmp_path: Path) -> None:
    assert len(HOSTILE) == 60
    database = make_database(tmp_path)
    owners, marks = [], []
    for number, text in enumerate(TRIED):
        owners.append(Owner(name=f"{number} {text}", emails=(f"r{number}@hanamori.example",)))
        marks.append(Mark(mark_id=f"m{number}", text=f"{number} {text}"[:900], owner=f"{number} {text}"))
    with database.write() as session:
        save_owners(session, owners)
        save_marks(session, marks)
    for number, text in enumerate(TRIED):
        confirm(database, make_hit(number, title=text[:1000], mark_id=f"m{number}"))
    queue(database, NOW, hourly_limit=1000)
    sink = Sink()
    with mail_server(sink) as port:
        sent = send_due(database, SmtpSender(host="127.0.0.1", port=port), NOW)
    digests = [one for one in sink.taken if b"List-Unsubscribe-Post" in one[2]]
    assert (len(digests), sent.waiting, sent.given_up) == (len(TRIED), 0, 0)
    template = [name.lower() for name in message_from_bytes(digests[0][2], policy=compat32).keys()]  # noqa: SIM118 - a message is no dict
    assert len(template) == 13
    for _, recipients, content in sink.taken:
        assert len(recipients) == 1
        message = message_from_bytes(content, policy=SMTP)
        assert [address.addr_spec for address in message["To"].addresses] == recipients
        assert not {"Bcc", "Cc", "Reply-To"} & set(message)
    for _, _, content in digests:
        names = message_from_bytes(content, policy=compat32).keys()
        assert [name.lower() for name in names] == template
        assert len(str(message_from_bytes(content, policy=SMTP)["Subject"]).splitlines()) == 1
        assert len(list(message_from_bytes(content, policy=SMTP).walk())) == 3


@pytest.mark.fault
def test_a_run_of_very_many_hits_is_one_digest_a_recipient_with_the_top_twenty_and_a_link(tmp_path: Path) -> None:
    number = 50_000 if LONG else 60
    database = make_database(tmp_path)
    fill(database, number)
    queued = queue(database, NOW)
    assert (queued.digest, queued.urgent, queued.account) == (1, 0, 2)
    (mail,) = mails_of(database, "digest")
    message = message_from_bytes(mail.message, policy=SMTP)
    html = next(part for part in message.walk() if part.get_content_type() == "text/html").get_content()
    assert html.count("/hits/") == 20
    assert len(html.encode()) < 90_000
    assert f"ほかに{number - 20:,}件あります。" in html
    assert "/review?view=confirmed" in html
    assert queue(database, NOW + timedelta(days=2)).digest == 0, "all of them were told"
    assert send_due(database, MemorySender(), NOW).sent == 3


def fill(database: Database, number: int) -> None:
    """Keep and confirm one hit, then many like it: the same rows in every table, with ids and titles of their own."""
    first = make_hit(0, title="HANAMORI hàng loại 1")
    kept_id = confirm(database, first)
    tables = (hits, hit_documents, hit_evidence, decisions)
    with database.write() as session:
        query = select(listings).where(listings.c.listing_id == first.listing.listing_id)
        listing = dict(session.execute(query).mappings().one())
        kept = {
            table: [dict(row) for row in session.execute(select(table).where(table.c.hit_id == kept_id)).mappings()]
            for table in tables
        }
        (decision,) = kept[decisions]
    for start in range(1, number, 5_000):
        places = range(start, min(start + 5_000, number))
        with database.write() as session:
            session.execute(insert(listings), [{**listing, "listing_id": str(place)} for place in places])
            for table in tables:
                session.execute(
                    insert(table), [_like(row, place, first, decision) for place in places for row in kept[table]]
                )


def _like(row: dict[str, Any], place: int, first: Hit, decision: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the first hit as that of another listing."""
    key = replace(first.key, listing_id=str(place))
    own = {"hit_id": hit_id_of(key), "listing_id": str(place), "decision_id": decision["decision_id"] + place}
    changed = {name: own[name] for name in own if name in row}
    document = {"listing_id": str(place), "title": f"HANAMORI hàng loại 1 {place}"}
    if "listing" in row:
        changed["listing"] = {**row["listing"], **document}
    if "judged" in row:
        changed["judged"] = {**row["judged"], "listing": {**row["judged"]["listing"], **document}}
    return {**row, **changed}
