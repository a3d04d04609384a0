"""Accounts by the pages: invitations, resets, one-time codes, sessions, tokens, lock-out; each act leaves its row."""

import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pyotp
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from alerts.sender import MemorySender
from alerts.sending import send_due
from review import passwords
from review.sessions import digest
from storage.audit import load_audit, verify_audit
from storage.database import Database
from storage.outbox import claim_mails
from storage.users import disable_user, load_user
from tests.review.conftest import Clock, new_client, token_of
from tests.review.seeding import PASSWORD

LogIn = Callable[[str], TestClient]
NEW = "a new and longer word"


def post(client: TestClient, path: str, **data: object) -> Response:
    return client.post(path, data={**data, "form_token": token_of(client)})


def link_in_the_mail(database: Database, clock: Clock) -> tuple[str, str, str]:
    """Return recipient, language and link of the one mail that waits in the outbox."""
    with database.write() as session:
        (mail,) = claim_mails(session, clock())
    message = message_from_bytes(mail.message, policy=policy.default)
    found = re.search(r"^http://127\.0\.0\.1:8000(/welcome/\S+)\r?$", message.get_content(), flags=re.MULTILINE)
    assert found
    return mail.recipient, str(message["Content-Language"]), found[1]


def choose_password(client: TestClient, link: str, password: str) -> int:
    page = client.get(link)
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token
    answer = client.post(link, data={"form_token": token[1], "password": password, "again": password})
    return answer.status_code


def actions(database: Database, subject: str) -> list[str]:
    with database.read() as session:
        assert verify_audit(session) == ()
        return [row.action for row in load_audit(session, subject)]


def test_an_invited_person_chooses_a_password_and_gets_in(
    app: FastAPI, log_in: LogIn, database: Database, clock: Clock
) -> None:
    person = {"login": "mai", "name": "Mai Thị Đào", "email": "Mai@example.test", "role": "senior", "language": "ja"}
    assert post(log_in("quan"), "/people", **person).status_code == 303
    recipient, language, link = link_in_the_mail(database, clock)
    assert (recipient, language) == ("mai@example.test", "ja")
    guest = new_client(app)
    refused = guest.post("/api/v1/session", json={"login": "mai", "password": ""})
    assert refused.status_code == 401
    assert choose_password(guest, link, NEW) == 303
    assert choose_password_again(guest, link) == 404
    opened = guest.post("/api/v1/session", json={"login": "mai", "password": NEW})
    assert opened.json()["role"] == "senior"
    assert actions(database, "mai") == ["user.invite", "user.password"]


def choose_password_again(client: TestClient, link: str) -> int:
    return client.get(link).status_code


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"login": "a b"}, "tên đăng nhập"),
        ({"login": "../../x"}, "tên đăng nhập"),
        ({"login": "hanh"}, "đã có tài khoản"),
        ({"email": "thu@EXAMPLE.test"}, "đã có tài khoản"),
        ({"email": "a@b.c, e@x.y"}, "địa chỉ"),
        ({"role": "root"}, "giá trị"),
        ({"language": "xx"}, "giá trị"),
        ({"role": "brand_viewer"}, "ít nhất một"),
        ({"name": " "}, "tên"),
    ],
)
def test_a_wrong_invitation_is_refused_at_its_place_and_keeps_what_was_typed(
    log_in: LogIn, database: Database, change: dict[str, str], word: str
) -> None:
    person = {
        "login": "mai",
        "name": "Mai",
        "email": "mai@example.test",
        "role": "reviewer",
        "language": "vi",
        **change,
    }
    answer = post(log_in("quan"), "/people", **person)
    assert answer.status_code == 422
    assert word in answer.text.lower()
    assert f'value="{person["email"]}"' in answer.text
    with database.read() as session:
        assert load_user(session, "mai") is None


def forget(client: TestClient, who: str) -> str:
    page = client.get("/forgotten")
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token
    answer = client.post("/forgotten", data={"form_token": token[1], "who": who})
    assert answer.status_code == 200
    return re.sub(r'value="[^"]*"', "", answer.text)


def test_a_reset_works_once_for_an_hour_ends_all_sessions_and_never_tells_who_exists(
    app: FastAPI, log_in: LogIn, database: Database, clock: Clock
) -> None:
    inside, guest = log_in("thu"), new_client(app)
    assert forget(guest, "nobody at all") == forget(guest, "thu")
    _recipient, _language, link = link_in_the_mail(database, clock)
    assert inside.get("/review").status_code == 200
    assert choose_password(guest, link, NEW) == 303
    assert inside.get("/review").status_code == 303
    assert guest.get(link).status_code == 404
    assert guest.post("/api/v1/session", json={"login": "thu", "password": PASSWORD}).status_code == 401
    assert guest.post("/api/v1/session", json={"login": "thu", "password": NEW}).status_code == 200
    forget(guest, "THU@example.test")
    _recipient, _language, later = link_in_the_mail(database, clock)
    clock.forward(minutes=61)
    assert guest.get(later).status_code == 404


def test_a_mailbox_is_not_flooded_with_resets(app: FastAPI, database: Database, clock: Clock) -> None:
    for _ in range(5):
        forget(new_client(app), "thu")
    with database.write() as session:
        assert len(claim_mails(session, clock())) == 3


def test_an_account_mail_is_sent_to_a_live_account_only(app: FastAPI, database: Database, clock: Clock) -> None:
    forget(new_client(app), "thu")
    sender = MemorySender()
    assert send_due(database, sender, clock()).sent == 1
    forget(new_client(app), "minh")
    with database.write() as session:
        disable_user(session, "minh", clock())
    counts = send_due(database, sender, clock())
    assert (counts.sent, counts.suppressed) == (0, 1)


def test_reading_a_mailed_link_changes_nothing(app: FastAPI, database: Database, clock: Clock) -> None:
    forget(new_client(app), "thu")
    _recipient, _language, link = link_in_the_mail(database, clock)
    for _ in range(3):
        assert new_client(app).get(link).status_code == 200
        assert new_client(app).head(link).status_code in {200, 405}
    assert choose_password(new_client(app), link, NEW) == 303


@pytest.mark.parametrize("bad", ["short", "password123", "11111111", "thu", "x" * 300, "aaaaaaaaaaaa"])
def test_a_password_that_guessers_try_first_is_refused(
    app: FastAPI, database: Database, clock: Clock, bad: str
) -> None:
    forget(new_client(app), "thu")
    _recipient, _language, link = link_in_the_mail(database, clock)
    assert choose_password(new_client(app), link, bad) == 422
    assert choose_password(new_client(app), link, "a" * 126 + "bc") == 303


def set_up_codes(client: TestClient, clock: Clock) -> tuple[str, list[str]]:
    """Turn one-time codes on as a user does, and return the secret and the recovery codes."""
    assert post(client, "/me/codes").status_code == 303
    page = client.get("/me/codes").text
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)
    assert secret
    plain = secret[1].replace(" ", "")
    assert post(client, "/me/codes/confirm", code="000000").status_code == 422
    code = pyotp.TOTP(plain).at(clock())
    shown = post(client, "/me/codes/confirm", code=f"{code[:3]} {code[3:]}")
    return plain, re.findall(r"<code>([A-Z0-9]{5}-[A-Z0-9]{5})</code>", shown.text)


def log_in_by_form(client: TestClient, login: str, **data: str) -> tuple[int, str]:
    page = client.get("/login")
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token
    answer = client.post("/login", data={"login": login, "password": PASSWORD, "form_token": token[1], **data})
    return answer.status_code, answer.headers.get("location", "")


def send_code(client: TestClient, code: str) -> tuple[int, str]:
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/login/code").text)
    assert token
    answer = client.post("/login/code", data={"code": code, "form_token": token[1]})
    return answer.status_code, answer.headers.get("location", "")


def test_with_codes_on_a_password_alone_opens_nothing(app: FastAPI, log_in: LogIn, clock: Clock) -> None:
    secret, _codes = set_up_codes(log_in("hanh"), clock)
    guest = new_client(app)
    assert log_in_by_form(guest, "hanh", next="/review?view=below") == (303, "/login/code")
    assert guest.get("/review").status_code == 303
    clock.forward(seconds=30)
    code = pyotp.TOTP(secret).at(clock())
    assert send_code(guest, code) == (303, "/review?view=below")
    assert guest.get("/review").status_code == 200
    other = new_client(app)
    log_in_by_form(other, "hanh")
    assert send_code(other, code)[0] == 401
    clock.forward(seconds=90)
    assert send_code(other, pyotp.TOTP(secret).at(clock()))[0] == 303


def test_the_api_asks_for_the_code_too(app: FastAPI, log_in: LogIn, clock: Clock) -> None:
    secret, codes = set_up_codes(log_in("hanh"), clock)
    guest, body = new_client(app), {"login": "hanh", "password": PASSWORD}
    assert guest.post("/api/v1/session", json=body).json()["reason"] == "code_needed"
    clock.forward(seconds=60)
    assert guest.post("/api/v1/session", json={**body, "code": "123456"}).json()["reason"] == "wrong_code"
    assert guest.post("/api/v1/session", json={**body, "code": pyotp.TOTP(secret).at(clock())}).status_code == 200
    assert guest.post("/api/v1/session", json={**body, "code": codes[0].lower()}).status_code == 200
    assert guest.post("/api/v1/session", json={**body, "code": codes[0]}).status_code == 401


def test_guessed_codes_lock_the_account(app: FastAPI, log_in: LogIn, clock: Clock) -> None:
    secret, _codes = set_up_codes(log_in("hanh"), clock)
    guest = new_client(app)
    log_in_by_form(guest, "hanh")
    assert [send_code(guest, f"00000{number}")[0] for number in range(6)] == [401] * 5 + [429]
    clock.forward(seconds=60)
    assert send_code(guest, pyotp.TOTP(secret).at(clock()))[0] == 429


def test_codes_go_off_with_the_password_only_and_an_administrator_helps_who_lost_them(
    app: FastAPI, log_in: LogIn, database: Database, clock: Clock
) -> None:
    client = log_in("hanh")
    set_up_codes(client, clock)
    assert post(client, "/me/codes/off", present="wrong").status_code == 422
    assert post(client, "/me/codes/off", present=PASSWORD).status_code == 303
    set_up_codes(client, clock)
    assert post(log_in("quan"), "/people/hanh/factors/forget").status_code == 303
    assert client.get("/review").status_code == 303
    assert log_in_by_form(new_client(app), "hanh") == (303, "/")
    assert actions(database, "hanh") == ["user.codes_on", "user.codes_off", "user.codes_on", "user.factors_off"]


def test_one_address_cannot_try_one_password_on_many_accounts(app: FastAPI, clock: Clock) -> None:
    client = new_client(app)
    for number in range(30):
        answer = client.post("/api/v1/session", json={"login": f"guess{number}", "password": "wrong"})
        assert answer.status_code == 401
    body = {"login": "hanh", "password": PASSWORD}
    assert client.post("/api/v1/session", json=body).status_code == 429
    clock.forward(minutes=61)
    assert client.post("/api/v1/session", json=body).status_code == 200


def test_a_locked_account_costs_no_hash(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []
    real = passwords._HASHER

    class Counting:
        def verify(self, stored: str, text: str) -> bool:
            runs.append(text)
            return real.verify(stored, text)

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    client = new_client(app)
    for _ in range(200):
        client.post("/api/v1/session", json={"login": "minh", "password": "wrong"})
    assert len(runs) == 5


def test_own_sessions_are_listed_and_ended(log_in: LogIn, app: FastAPI) -> None:
    here, there = log_in("hanh"), new_client(app)
    there.headers["User-Agent"] = "Firefox on the old telephone"
    there.post("/api/v1/session", json={"login": "hanh", "password": PASSWORD})
    rows = here.get("/api/v1/me/sessions").json()["sessions"]
    (other,) = [row for row in rows if row["agent"] == "Firefox on the old telephone"]
    assert (other["means"], other["address"]) == ("password", "testclient")
    assert "Firefox on the old telephone" in here.get("/me").text
    post(here, f"/me/sessions/{other['session_id']}/end")
    assert there.get("/api/v1/session").status_code == 401
    assert here.get("/api/v1/session").status_code == 200


def test_a_disabled_account_loses_sessions_tokens_and_links_and_the_last_administrator_stays(
    app: FastAPI, log_in: LogIn, database: Database, clock: Clock
) -> None:
    client, chief = log_in("thu"), log_in("quan")
    token = client.post("/api/v1/me/tokens", json={"name": "x", "scopes": ["read"]}).json()["token"]
    forget(new_client(app), "thu")
    _recipient, _language, link = link_in_the_mail(database, clock)
    post(chief, "/people/thu/disable")
    assert client.get("/review").status_code == 303
    program = {"Authorization": f"Bearer {token}"}
    assert new_client(app).get("/api/v1/hits", headers=program).status_code == 401
    assert new_client(app).get(link).status_code == 404
    post(chief, "/people/thu/enable")
    assert new_client(app).get("/api/v1/hits", headers=program).status_code == 401
    assert post(chief, "/people/quan/disable").status_code == 422
    assert chief.get("/people").status_code == 200


def test_a_token_does_what_its_scopes_and_its_account_cover_and_nothing_else(
    app: FastAPI, log_in: LogIn, database: Database
) -> None:
    chief = log_in("quan")
    made = chief.post("/api/v1/me/tokens", json={"name": "Báo cáo", "scopes": ["read", "decide"], "days": 30}).json()
    assert made["token"].startswith("mw_")
    program = new_client(app)
    program.headers["Authorization"] = f"Bearer {made['token']}"
    assert program.get("/api/v1/hits").status_code == 200
    assert program.get("/api/v1/people").status_code == 403
    assert program.get("/api/v1/runs").status_code == 403
    assert program.post("/api/v1/me/tokens", json={"name": "y", "scopes": ["people"]}).status_code == 403
    assert program.get("/review").status_code == 303
    hit_id = program.get("/api/v1/hits").json()["hits"][0]["hit_id"]
    body = {"verdict": "violation", "reason": "counterfeit", "revision": 1}
    assert program.post(f"/api/v1/hits/{hit_id}/decisions", json=body).status_code == 201
    listed = chief.get("/api/v1/me/tokens").json()["tokens"][0]
    assert "token" not in listed
    assert listed["used_at"] is not None
    with database.read() as session:
        assert made["token"] not in str(load_audit(session))
    chief.delete(f"/api/v1/me/tokens/{made['token_id']}")
    assert program.get("/api/v1/hits").status_code == 401
    wrong = log_in("hanh").post("/api/v1/me/tokens", json={"name": "z", "scopes": ["people"]})
    assert wrong.json()["fields"] == ["scopes"]


def test_a_token_ends_on_its_day(app: FastAPI, log_in: LogIn, clock: Clock) -> None:
    made = log_in("hanh").post("/api/v1/me/tokens", json={"name": "x", "scopes": ["read"], "days": 1}).json()
    program = {"Authorization": f"Bearer {made['token']}"}
    assert new_client(app).get("/api/v1/hits", headers=program).status_code == 200
    clock.now += timedelta(hours=25)
    assert new_client(app).get("/api/v1/hits", headers=program).status_code == 401


def test_nothing_handed_out_is_kept_readable(
    app: FastAPI, log_in: LogIn, database: Database, clock: Clock, tmp_path: Path
) -> None:
    client = log_in("thu")
    token = client.post("/api/v1/me/tokens", json={"name": "x", "scopes": ["read"]}).json()["token"]
    _secret, codes = set_up_codes(client, clock)
    forget(new_client(app), "thu")
    _recipient, _language, link = link_in_the_mail(database, clock)
    raw = b"".join((tmp_path / name).read_bytes() for name in ("markwatch.db", "markwatch.db-wal"))
    assert digest(token).encode() in raw
    for secret in (token, *codes, PASSWORD):
        assert secret.encode() not in raw
    assert digest(link.rpartition("/")[2]).encode() in raw


def test_a_request_under_a_foreign_host_name_is_refused(anonymous: TestClient) -> None:
    for host in ("evil.test", "127.0.0.1.nip.io", "", "localhost.evil.test:8000", "[::1"):
        assert anonymous.get("/login", headers={"Host": host}).status_code == 400
    assert anonymous.get("/login", headers={"Host": "LOCALHOST:8000"}).status_code == 200
