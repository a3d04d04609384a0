import re
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from review import passwords
from review.app import ReviewSettings, Services, create_app
from review.security import local_path, web_address
from storage.database import Database
from storage.users import disable_user
from tests.review.conftest import Clock, new_client, next_times
from tests.review.seeding import PASSWORD


def form_of(client: TestClient, path: str = "/login") -> dict[str, str]:
    page = client.get(path)
    found = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert found
    return {"form_token": found[1], "login": "hanh", "password": PASSWORD}


def test_a_log_in_opens_the_page_that_was_asked_for(anonymous: TestClient) -> None:
    sent_away = anonymous.get("/review?view=below")
    assert sent_away.status_code == 303
    assert sent_away.headers["location"] == "/login?next=%2Freview%3Fview%3Dbelow"
    form = form_of(anonymous, sent_away.headers["location"])
    answer = anonymous.post("/login", data={**form, "next": "/review?view=below"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/review?view=below")
    assert anonymous.get("/review").status_code == 200


def test_a_session_begins_with_a_new_token_and_ends_at_log_out(anonymous: TestClient) -> None:
    anonymous.cookies.set("markwatch", "planted", domain="127.0.0.1")
    answer = anonymous.post("/login", data=form_of(anonymous))
    cookie = answer.headers["set-cookie"]
    assert "markwatch=planted" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    page = anonymous.get("/review")
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token
    kept = dict(anonymous.cookies)
    assert anonymous.post("/logout", data={"form_token": token[1]}).status_code == 303
    anonymous.cookies.clear()
    for name, value in kept.items():
        anonymous.cookies.set(name, value, domain="127.0.0.1")
    assert anonymous.get("/review").status_code == 303


def test_behind_https_the_cookie_is_bound_to_this_host_and_to_https(database: Database, clock: Clock) -> None:
    app = create_app(database, Services(clock=clock, next_times=next_times), ReviewSettings())
    client = TestClient(app, base_url="https://console.test", follow_redirects=False)
    answer = client.post("/api/v1/session", json={"login": "hanh", "password": PASSWORD})
    assert answer.headers["set-cookie"].startswith("__Host-markwatch=")
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert client.get("/api/v1/session").json()["login"] == "hanh"


def test_five_failures_lock_an_account_for_fifteen_minutes(anonymous: TestClient, clock: Clock) -> None:
    form = form_of(anonymous)
    for tries in (4, 3, 2, 1):
        answer = anonymous.post("/login", data={**form, "password": "wrong"})
        assert answer.status_code == 401
        assert f"Còn {tries} lần" in answer.text
    assert anonymous.post("/login", data={**form, "password": "wrong"}).status_code == 401
    assert anonymous.post("/login", data=form).status_code == 429
    assert anonymous.post("/login", data={**form, "login": "minh"}).status_code == 303
    anonymous.cookies.clear()
    form = form_of(anonymous)
    assert anonymous.post("/login", data=form).status_code == 429
    clock.forward(minutes=16)
    assert anonymous.post("/login", data=form).status_code == 303


def test_guesses_sent_together_run_no_more_hashes_than_guesses_one_by_one(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []
    real = passwords._HASHER

    class Counting:
        def verify(self, stored: str, text: str) -> bool:
            runs.append(text)
            return real.verify(stored, text)

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    guesses = [
        threading.Thread(
            target=lambda: new_client(app).post("/api/v1/session", json={"login": "minh", "password": "wrong"})
        )
        for _ in range(12)
    ]
    for guess in guesses:
        guess.start()
    for guess in guesses:
        guess.join()
    assert len(runs) == 5


def test_an_unknown_log_in_costs_the_time_of_a_known_one() -> None:
    stored = passwords.hash_password(PASSWORD)

    def seconds(known: str | None) -> float:
        best = 9.0
        for _ in range(5):
            begun = time.perf_counter()
            assert not passwords.check_password(known, "wrong")
            best = min(best, time.perf_counter() - begun)
        return best

    assert seconds(None) > seconds(stored) / 2
    assert not passwords.check_password(None, "a password that no account has")


def test_a_password_hash_has_the_agreed_cost_and_short_passwords_are_refused() -> None:
    assert passwords.hash_password(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.check_password("not a hash", PASSWORD)
    with pytest.raises(passwords.WeakPassword, match="8 to 256"):
        passwords.hash_password("short")


def test_a_session_ends_after_half_an_hour_idle_and_after_eight_hours_in_any_case(
    log_in: Callable[[str], TestClient], clock: Clock
) -> None:
    client = log_in("hanh")
    for _ in range(19):
        clock.forward(minutes=25)
        assert client.get("/review").status_code == 200
    clock.forward(minutes=25)
    assert client.get("/review").status_code == 303
    other = log_in("minh")
    clock.forward(minutes=31)
    assert other.get("/review").status_code == 303


def test_a_disabled_user_is_out_at_the_next_request(reviewer: TestClient, database: Database, clock: Clock) -> None:
    assert reviewer.get("/review").status_code == 200
    with database.write() as session:
        disable_user(session, "hanh", clock())
    assert reviewer.get("/review").status_code == 303
    assert reviewer.get("/api/v1/hits").status_code == 401


@pytest.mark.parametrize(
    "wish",
    [
        "https://evil.test/", "//evil.test", "/\\evil.test", "\\\\evil.test", "javascript:alert(1)", "/\t/evil.test",
        "/\n/evil.test", "http:evil.test", "///evil.test", "", "review", "/%00\x00", "/é", "data:text/html,x",
    ],
)  # fmt: skip
def test_a_wish_to_leave_the_console_is_not_followed(wish: str) -> None:
    assert local_path(wish, "/review") == "/review"


@pytest.mark.parametrize("wish", ["/review?view=below", "/hits/ABC", "/"])
def test_a_path_of_the_console_is_followed(wish: str) -> None:
    assert local_path(wish, "/nowhere") == wish


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>", "vbscript:x", "file:///etc/passwd",
        " https://a.test", "https://a.test\n", "//a.test/x", "https:///x", "http://user:pass@a.test/", "ftp://a.test",
        "https://a.test\\@b.test", "about:blank", "blob:https://a.test/1",
        "http://[", "\x01javascript:alert(1)", "", None,
    ],
)  # fmt: skip
def test_only_web_addresses_become_links(address: str | None) -> None:
    assert web_address(address) is None


def test_web_addresses_become_links() -> None:
    assert web_address("https://a.test/x?y=1") == "https://a.test/x?y=1"


def test_the_demo_log_in_is_printed_only_where_it_is_set(database: Database, clock: Clock) -> None:
    services = Services(clock=clock, next_times=next_times)
    for demo in (None, ("hanh", "demo password")):
        app = create_app(database, services, ReviewSettings(secure_cookies=False, demo_login=demo))
        assert ("demo password" in new_client(app).get("/login").text) == (demo is not None)


def test_the_session_length_is_eight_hours() -> None:
    assert ReviewSettings().session_length == timedelta(hours=8)
