"""The pages behind a mail's links, and the mails as staff see them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from alerts.choices import check_markets
from alerts.errors import BadPreference
from alerts.links import LIFETIMES, Link, Purpose, brand_scope, expiry, path_of
from alerts.queueing import queue_mails
from alerts.sender import MemorySender
from alerts.sending import send_due
from records.mail import ANSWERS, Kind
from records.watchlist import Owner
from review.console import Console
from review.mail_house import house_of, link_key
from storage.database import Database
from storage.decisions import record_decision, undo_decision
from storage.hit_records import HitFilter, StoredHit
from storage.hits import load_hit, load_queue
from storage.mail_people import address_id_of, load_preferences, pause_stream, suppress_address
from storage.outbox import load_mails
from storage.owner_answers import load_answers, load_suggestions
from storage.users import change_user
from storage.watchlist import load_watchlist, save_owners
from tests.alerts.mailbox import body_of
from tests.review.conftest import Clock, new_client, token_of
from tests.review.seeding import NOW

LogIn = Callable[[str], TestClient]
OWNER, BRAND, ADDRESS = "Sorano Cosmetics", "SORANO", "sorano@example.test"
ADDRESS_ID = address_id_of(ADDRESS)
OTHER, OTHER_ID = "takuma@example.test", address_id_of("takuma@example.test")


@pytest.fixture
def console(app: FastAPI) -> Console:
    found: Console = app.state.console
    return found


@pytest.fixture
def hit(database: Database, console: Console, clock: Clock) -> Iterator[StoredHit]:
    """A confirmed hit of the brand that was mailed."""
    with database.write() as session:
        save_owners(session, [Owner(name=OWNER, emails=(ADDRESS,)), Owner(name="Takuma Watch", emails=(OTHER,))])
        stored = load_queue(session, HitFilter(brand=BRAND, tier="high"), None, 1).rows[0]
        at = clock() - timedelta(hours=1)
        record_decision(session, stored.hit_id, stored.revision, "violation", "counterfeit", "minh", at)
    queue_mails(database, house_of(console), clock())
    send_due(database, MemorySender(), clock())
    with database.read() as session:
        yield load_hit(session, stored.hit_id)


def link(console: Console, purpose: Purpose, scope: str, *, address_id: str = ADDRESS_ID, kind: Kind = "digest") -> str:
    one = Link(purpose=purpose, address_id=address_id, scope=scope, kind=kind, expires_at=expiry(purpose, NOW))
    return path_of(one, link_key(console))


def answers_of(database: Database, stored: StoredHit) -> list[str]:
    with database.read() as session:
        return [one.answer for one in load_answers(session, stored.hit_id)]


def frequency_of(database: Database, kind: Kind = "digest", owner: str = OWNER, brand: str = BRAND) -> str | None:
    with database.read() as session:
        found = load_preferences(session, owner).get((address_id_of(ADDRESS), brand, kind))
        return None if found is None else found.frequency


def rows(database: Database) -> Any:
    with database.read() as session:
        return (
            load_preferences(session, OWNER), load_preferences(session, "Takuma Watch"),
            [one.state for one in load_mails(session, 1000)], len(load_watchlist(session, None).sellers),
            load_suggestions(session, ("open", "accepted", "declined")),
        )  # fmt: skip


def test_every_link_in_a_mail_opens_a_page(app: FastAPI, database: Database, hit: StoredHit) -> None:
    with database.read() as session:
        mail = next(one for one in load_mails(session) if one.kind == "urgent")
    text = body_of(mail.message)
    paths = set(re.findall(r"/m/[apu]/[\w.-]+(?:\?answer=\w+)?", text))
    assert len(paths) >= len(ANSWERS) + 2
    for path in paths:
        assert new_client(app).get(path).status_code == 200, path
    assert hit.hit_id in text


def test_a_get_of_a_link_scanner_changes_nothing(
    app: FastAPI, database: Database, console: Console, hit: StoredHit
) -> None:
    before = rows(database)
    scanner = new_client(app)
    for path in (
        link(console, "answer", hit.hit_id),
        link(console, "preferences", brand_scope(OWNER, BRAND)),
        link(console, "unsubscribe", brand_scope(OWNER, BRAND)),
    ):
        for query in ("", "?answer=fake", "?answer=authorised_seller&frequency=never"):
            assert scanner.get(path + query).status_code == 200
            assert scanner.head(path + query).status_code in {200, 405}
    assert rows(database) == before
    assert answers_of(database, hit) == []


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_button_keeps_the_answer_as_an_event_and_changes_no_decision(
    app: FastAPI, database: Database, console: Console, hit: StoredHit, answer: str
) -> None:
    path = link(console, "answer", hit.hit_id)
    page = new_client(app).get(f"{path}?answer={answer}")
    assert re.search(rf'<button class="btn btn-primary" name="answer" value="{answer}"', page.text)
    done = new_client(app).post(path, data={"answer": answer})
    assert done.status_code == 200
    assert answers_of(database, hit) == [answer]
    with database.read() as session:
        assert load_hit(session, hit.hit_id).state == "confirmed"
        assert len(load_suggestions(session)) == (1 if answer == "authorised_seller" else 0)
    new_client(app).post(path, data={"answer": answer})
    assert answers_of(database, hit) == [answer]


def test_an_answer_page_speaks_the_recipients_language(app: FastAPI, console: Console, hit: StoredHit) -> None:
    page = new_client(app).get(link(console, "answer", hit.hit_id)).text
    assert '<html lang="ja"' in page
    assert "この出品についてご存じのことは？" in page


def test_an_answer_stands_in_the_hits_history_for_staff_only(
    app: FastAPI, log_in: LogIn, console: Console, hit: StoredHit
) -> None:
    new_client(app).post(link(console, "answer", hit.hit_id), data={"answer": "genuine"})
    assert ADDRESS in log_in("hanh").get(f"/hits/{hit.hit_id}").text
    assert ADDRESS not in log_in("sato").get(f"/hits/{hit.hit_id}").text


def test_a_preview_of_what_was_told_already_says_so(log_in: LogIn, hit: StoredHit) -> None:
    senior = log_in("minh")
    senior.cookies.set("language", "en", domain="127.0.0.1")
    page = senior.get(f"/mails/preview?owner={OWNER}&brand={BRAND}&kind=digest&language=en").text
    assert "who was told nothing before" in page
    assert "<iframe" in page
    assert hit.owner == OWNER


def test_an_unknown_answer_is_refused(app: FastAPI, database: Database, console: Console, hit: StoredHit) -> None:
    assert new_client(app).post(link(console, "answer", hit.hit_id), data={"answer": "x"}).status_code == 422
    assert answers_of(database, hit) == []


def test_a_link_of_one_recipient_does_nothing_for_another(
    app: FastAPI, database: Database, console: Console, hit: StoredHit
) -> None:
    before = rows(database)
    client = new_client(app)
    for path in (
        link(console, "answer", hit.hit_id, address_id=OTHER_ID),
        link(console, "answer", hit.hit_id, address_id="nobody"),
        link(console, "unsubscribe", brand_scope(OWNER, BRAND), address_id=OTHER_ID),
        link(console, "preferences", brand_scope(OWNER, BRAND), address_id=OTHER_ID),
    ):
        sent = {"answer": "fake", "frequency": "never", "brand": BRAND, "kind": "digest"}
        assert client.get(path).status_code == 410
        assert client.post(path, data=sent).status_code == 410
    assert rows(database) == before
    assert answers_of(database, hit) == []


@pytest.mark.slow
def test_two_hundred_forged_links_are_refused(
    app: FastAPI, database: Database, console: Console, hit: StoredHit, clock: Clock
) -> None:
    before = rows(database)
    good = link(console, "unsubscribe", brand_scope(OWNER, BRAND))
    forged = [good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :] for place in range(5, len(good))]
    forged += [good.replace("/m/u/", "/m/a/"), good.replace("/m/u/", "/m/p/"), good + "x", good[:-1]]
    forged += [f"/m/u/{number:x}" for number in range(200 - len(forged))]
    assert len(forged) >= 200
    for path in forged:
        clock.forward(seconds=2)
        client = new_client(app)
        assert client.post(path, data={"frequency": "never"}).status_code == 404, path
    assert rows(database) == before
    assert hit.owner == OWNER


@pytest.mark.parametrize("purpose", ["answer", "preferences", "unsubscribe"])
def test_a_link_ends(
    app: FastAPI, database: Database, console: Console, hit: StoredHit, clock: Clock, purpose: Purpose
) -> None:
    scope = hit.hit_id if purpose == "answer" else brand_scope(OWNER, BRAND)
    path = link(console, purpose, scope)
    clock.now = NOW + LIFETIMES[purpose]
    assert new_client(app).get(path).status_code == 200
    clock.now += timedelta(days=1)
    before = rows(database)
    assert new_client(app).get(path).status_code == 410
    assert new_client(app).post(path, data={"answer": "fake", "frequency": "never"}).status_code == 410
    assert rows(database) == before


def test_a_hit_taken_back_is_not_shown_to_its_owner_any_more(
    app: FastAPI, database: Database, console: Console, hit: StoredHit, clock: Clock
) -> None:
    with database.write() as session:
        undo_decision(session, hit.hit_id, "minh", clock())
    page = new_client(app).get(link(console, "answer", hit.hit_id))
    assert page.status_code == 410
    assert hit.hit.listing.title not in page.text


def test_one_post_of_a_mail_program_unsubscribes_without_log_in_or_redirect(
    app: FastAPI, database: Database, console: Console, hit: StoredHit
) -> None:
    program = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    path = link(console, "unsubscribe", brand_scope(OWNER, BRAND))
    answer = program.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert frequency_of(database) == "never"
    assert frequency_of(database, "urgent") is None
    assert frequency_of(database, brand="TAKUMA") is None
    assert hit.owner == OWNER


def test_the_page_offers_less_often_instead(app: FastAPI, database: Database, console: Console, hit: StoredHit) -> None:
    path = link(console, "unsubscribe", brand_scope(OWNER, BRAND))
    assert 'value="weekly"' in new_client(app).get(path).text
    assert new_client(app).post(path, data={"frequency": "weekly"}).status_code == 200
    assert frequency_of(database) == "weekly"
    assert hit.owner == OWNER


def test_a_recipient_changes_own_settings_and_bad_values_name_their_field(
    app: FastAPI, database: Database, console: Console, hit: StoredHit
) -> None:
    path = link(console, "preferences", brand_scope(OWNER, BRAND))
    form = {
        "kind": "digest", "brand": BRAND, "frequency": "weekly", "hour": "7", "zone": "Asia/Ho_Chi_Minh",
        "holidays": "VN", "weekday": "4", "language": "en", "minimum_tier": "high", "markets": "tiki_vn shop",
    }  # fmt: skip
    client = new_client(app)
    assert client.post(path, data=form).status_code == 200
    with database.read() as session:
        kept = load_preferences(session, OWNER)[ADDRESS_ID, BRAND, "digest"]
    assert (kept.frequency, kept.hour, kept.zone, kept.weekday) == ("weekly", 7, "Asia/Ho_Chi_Minh", 4)
    assert (kept.language, kept.minimum_tier, kept.markets) == ("en", "high", ("tiki_vn", "shop"))
    for name, value in (("hour", "24"), ("hour", "x"), ("zone", "Mars/Base"), ("frequency", "hourly"), ("kind", "x")):
        assert client.post(path, data={**form, name: value}).status_code == 422, name
    assert client.post(path, data={**form, "brand": "TAKUMA"}).status_code == 410
    with database.read() as session:
        assert load_preferences(session, OWNER)[ADDRESS_ID, BRAND, "digest"] == kept
    assert hit.owner == OWNER


def test_staff_see_recipients_delivery_and_what_went_wrong(
    log_in: LogIn, database: Database, hit: StoredHit, clock: Clock
) -> None:
    with database.write() as session:
        pause_stream(session, clock(), "201 mails within an hour")
        suppress_address(session, ADDRESS_ID, clock(), "550 5.1.1 no such user")
    operator = log_in("binh")
    page = operator.get("/mails").text
    assert ADDRESS in page
    assert "550 5.1.1 no such user" in page
    assert "201 mails within an hour" in page
    one = operator.get(f"/mails/recipients/{ADDRESS_ID}").text
    assert "【" in one
    assert operator.post("/mails/resume", data={"form_token": token_of(operator)}).status_code == 303
    allow = operator.post(f"/mails/recipients/{ADDRESS_ID}/allow", data={"form_token": token_of(operator)})
    assert allow.status_code == 303
    page = operator.get("/mails").text
    assert "201 mails within an hour" in page, "it stays among what went wrong"
    assert "/mails/resume" not in page
    assert operator.get("/mails/preview").status_code == 403, "operators see no hits"
    assert hit.owner == OWNER


def test_programs_read_and_change_what_a_recipient_gets(log_in: LogIn, hit: StoredHit) -> None:
    senior = log_in("minh")
    headers = {"X-CSRF-Token": token_of(senior)}
    address = f"/api/v1/mails/recipients/{ADDRESS_ID}"
    wish = {"kind": "digest", "owner": OWNER, "brand": BRAND, "frequency": "weekly", "weekday": 4, "markets": []}
    changed = senior.put(f"{address}/wishes", json=wish, headers=headers)
    assert (changed.status_code, changed.json()["frequency"], changed.json()["weekday"]) == (200, "weekly", 4)
    found = senior.get(address).json()
    kept = {one["kind"]: one["frequency"] for one in found["wishes"] if one["brand"] == BRAND}
    assert kept == {"urgent": "as_it_happens", "digest": "weekly", "monthly": "monthly"}
    assert [one["kind"] for one in found["mails"]].count("account") >= 1, "the recipient is told"
    for wrong in ({"zone": "Mars/Base"}, {"frequency": "monthly"}, {"hour": 24}, {"kind": "account"}, {"color": "x"}):
        answer = senior.put(f"{address}/wishes", json={**wish, **wrong}, headers=headers)
        assert answer.status_code == 422, wrong
    assert senior.put(f"{address}/wishes", json={**wish, "brand": "TAKUMA"}, headers=headers).status_code == 404
    assert ADDRESS in {one["address"] for one in senior.get("/api/v1/mails/recipients").json()["recipients"]}
    assert ADDRESS in {one["recipient"] for one in senior.get("/api/v1/mails").json()["mails"]}
    assert hit.owner == OWNER


def test_a_program_has_a_sample_sent_to_its_own_account(
    log_in: LogIn, database: Database, hit: StoredHit, clock: Clock
) -> None:
    body = {"owner": OWNER, "brand": BRAND, "kind": "digest", "language": "en"}
    for email, status in ((None, 422), ("minh@agency.example", 200)):
        with database.write() as session:
            change_user(
                session, "minh", clock(), name="Minh", role="senior", brands=(), language="vi", email=email
            )  # fmt: skip
        senior = log_in("minh")
        sent = senior.post("/api/v1/mails/sample", json=body, headers={"X-CSRF-Token": token_of(senior)})
        assert sent.status_code == status
    assert sent.json()["recipient"] == "minh@agency.example"
    assert sent.json()["subject"].startswith("[Sample]")
    assert hit.owner == OWNER


def test_a_marketplace_that_there_is_none_of_is_no_wish() -> None:
    known = {"tiki_vn": "Tiki"}
    check_markets({"markets": ("tiki_vn",)}, known)
    check_markets({}, known)
    with pytest.raises(BadPreference, match="markets: 'tikki_vn'"):
        check_markets({"markets": ("tikki_vn",)}, known)


def test_a_recipient_whose_settings_staff_change_is_told(log_in: LogIn, database: Database, hit: StoredHit) -> None:
    senior = log_in("minh")
    form = {"kind": "digest", "owner": OWNER, "brand": BRAND, "frequency": "weekly", "form_token": token_of(senior)}
    done = senior.post(f"/mails/recipients/{ADDRESS_ID}", data=form)
    assert done.status_code == 303
    assert senior.get(done.headers["location"]).status_code == 200
    assert frequency_of(database) == "weekly"
    with database.read() as session:
        told = [mail for mail in load_mails(session) if mail.kind == "account" and mail.state == "new"]
    assert [mail.recipient for mail in told] == [ADDRESS]
    assert senior.post(f"/mails/recipients/{ADDRESS_ID}", data={**form, "hour": "99"}).status_code == 422
    assert senior.post(f"/mails/recipients/{ADDRESS_ID}", data={**form, "brand": "TAKUMA"}).status_code == 404
    assert hit.owner == OWNER


@pytest.mark.parametrize("language", ["ja", "vi", "en"])
@pytest.mark.parametrize("kind", ["digest", "urgent", "account"])
def test_a_senior_sees_any_mail_in_three_languages_in_a_frame_that_may_do_nothing(
    log_in: LogIn, database: Database, console: Console, hit: StoredHit, language: str, kind: str
) -> None:
    with database.write() as session:
        save_owners(session, [Owner(name=OWNER, emails=("new@example.test",))])
    senior = log_in("minh")
    query = f"?owner={OWNER}&brand={BRAND}&kind={kind}&language={language}"
    outer = senior.get(f"/mails/preview{query}")
    assert "frame-src 'self'" in outer.headers["content-security-policy"]
    assert "<iframe" in outer.text
    inner = senior.get(f"/mails/preview/page{query}")
    policy = inner.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert f'lang="{language}"' in inner.text
    assert not set(re.findall(r"/m/[apu]/\w\w\.(\w+)\.", inner.text)) - {"nobody"}, "its links are nobody's"
    assert "default-src 'none'; style-src 'self'" in senior.get("/mails").headers["content-security-policy"]
    assert hit.owner == OWNER
    assert console.settings.mail_from


def test_a_sample_goes_to_the_visitors_own_address(
    log_in: LogIn, database: Database, hit: StoredHit, clock: Clock
) -> None:
    with database.write() as session:
        save_owners(session, [Owner(name=OWNER, emails=("new@example.test",))])
        change_user(
            session, "minh", clock(), name="Minh", role="senior", brands=(), language="vi", email="minh@example.test"
        )
    senior = log_in("minh")
    form = {"owner": OWNER, "brand": BRAND, "kind": "digest", "language": "vi", "form_token": token_of(senior)}
    done = senior.post("/mails/preview/sample", data=form)
    assert (done.status_code, done.headers["location"].endswith("sent=yes")) == (303, True)
    sender = MemorySender()
    send_due(database, sender, clock())
    assert "minh@example.test" in [recipient for _, recipient, _ in sender.taken]
    assert hit.owner == OWNER


def test_a_senior_takes_a_seller_into_the_watch_list(
    app: FastAPI, log_in: LogIn, database: Database, console: Console, hit: StoredHit
) -> None:
    new_client(app).post(link(console, "answer", hit.hit_id), data={"answer": "authorised_seller"})
    senior = log_in("minh")
    assert hit.hit.listing.seller.name is not None
    assert hit.hit.listing.seller.name in senior.get("/mails/answers").text
    with database.read() as session:
        before = len(load_watchlist(session, None).sellers)
        (suggestion,) = load_suggestions(session)
    path = f"/mails/suggestions/{suggestion.suggestion_id}/accept"
    assert log_in("hanh").post(path, data={"form_token": token_of(log_in("hanh"))}).status_code == 403
    assert senior.post(path, data={"form_token": token_of(senior)}).status_code == 303
    with database.read() as session:
        assert len(load_watchlist(session, None).sellers) == before + 1
        assert load_suggestions(session) == ()
    assert senior.post(path, data={"form_token": token_of(senior)}).status_code == 404


def test_links_are_read_back_as_they_were_signed() -> None:
    one = Link(
        purpose="answer", address_id="a" * 16, scope="HIT", kind="urgent", expires_at=expiry("answer", NOW)
    )  # fmt: skip
    assert path_of(one, "k") == path_of(replace(one), "k") != path_of(one, "other key")
    assert len(path_of(one, "k")) < 90
