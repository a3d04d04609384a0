"""Odd requests of every shape that the API describes, and of none: no answer of 500 and more, nothing of the inside."""

import re
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from crawler.config import Settings
from crawler.operating import operating_on
from review.app import ReviewSettings, Services, create_app
from review.sessions import digest, form_token
from storage.database import Database
from storage.runs import open_run
from storage.users import open_session
from tests.conftest import IS_LONG
from tests.review.access_table import ROUTES
from tests.review.conftest import SAME_SITE, Clock, next_times
from tests.review.seeding import NOW

REQUESTS = 5_000 if IS_LONG else 500
# These end the session or fetch from the world.
LEFT_OUT = {("DELETE", "/api/v1/session"), ("POST", "/api/v1/me/password")}


@pytest.fixture
def client(database: Database, clock: Clock, tmp_path: Path) -> TestClient:
    def start_run(market: str, arguments: object, login: str) -> str:
        with database.write() as session:
            return open_run(session, market, arguments, NOW, login).run_id  # type: ignore[arg-type]

    services = Services(
        clock=clock,
        next_times=next_times,
        start_run=start_run,
        operating=operating_on(database, Settings(data_dir=tmp_path), clock),
    )
    endless = ReviewSettings(secure_cookies=False, requests_per_minute=10**9, absent_per_minute=10**9)
    return TestClient(
        create_app(database, services, endless), base_url="http://127.0.0.1:8000", headers=SAME_SITE,
        follow_redirects=False,
    )  # fmt: skip


def come_in(client: TestClient, database: Database, clock: Clock) -> None:
    """Give the client a live administrator's session."""
    token = "an administrator's own token"
    client.cookies.clear()
    client.cookies.set("markwatch", token, domain="127.0.0.1")
    client.headers["X-CSRF-Token"] = form_token(token)
    if client.get("/api/v1/session").status_code != 200:
        with database.write() as session:
            open_session(session, digest(token), "quan", clock(), clock.now.replace(year=2099))


@pytest.mark.fault
def test_no_generated_request_ends_in_an_error_of_ours(client: TestClient, database: Database, clock: Clock) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", client.app)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    operations = [one for one in operations if (one.method.upper(), one.path) not in LEFT_OUT]
    each, sent, seen, rounds = REQUESTS // len(operations) + 1, 0, set[int](), 0
    come_in(client, database, clock)
    while sent < REQUESTS:  # a call without arguments is asked once a round, whatever its share
        rounds += 1
        for operation in operations:

            @seed(rounds)
            @settings(
                max_examples=each, phases=[Phase.generate], deadline=None, database=None,
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.as_strategy())
            def ask(case: Any) -> None:
                nonlocal sent
                answer = case.call(session=client, base_url="http://127.0.0.1:8000")
                sent += 1
                seen.add(answer.status_code)
                assert answer.status_code < 500, f"{case.method} {case.formatted_path} {answer.status_code}"
                assert "Traceback" not in answer.text

            ask()
            come_in(client, database, clock)
            if sent >= REQUESTS and rounds > 1:
                break
    print(f"{sent} requests over {len(operations)} operations: {sorted(seen)}")  # noqa: T201 - a figure for the report
    assert sent >= REQUESTS
    assert {200, 404, 422} <= seen


ODD = st.text(max_size=30) | st.sampled_from(
    ["\x00", "../..", "%00", "' OR 1=1", "{{7*7}}", "9" * 40, "-1", "null", "é" * 300, "2026-02-31", "1e999"]
)
PLACES = st.sampled_from(["none", "0", "%00", "..%2f", "x" * 300])
NAMES = st.sampled_from(
    "view after text tab level before revision reason name role pick verdict market kind times until zone".split()  # noqa: SIM905 - words read better than quotes
)


@pytest.mark.fault
def test_odd_words_in_the_pages_addresses_and_forms_end_in_no_error_of_ours(
    client: TestClient, database: Database, clock: Clock
) -> None:
    pages = [(method, path) for method, path in ROUTES if not path.startswith("/api") and path != "/logout"]
    come_in(client, database, clock)

    @settings(
        max_examples=2_000 if IS_LONG else 150, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(route=st.sampled_from(pages), data=st.data())
    def ask(route: tuple[str, str], data: st.DataObject) -> None:
        (method, path), form = route, {"form_token": client.headers["X-CSRF-Token"]}
        address = re.sub(r"\{\w+\}", lambda _: data.draw(PLACES), path)
        words = data.draw(st.dictionaries(NAMES, ODD))
        if method == "GET":
            answer = client.get(address, params=words)
        else:
            answer = client.post(address, data={**words, **ROUTES[route].send, **form})
        assert answer.status_code < 500, f"{method} {address} {words}"
        if answer.status_code in {303, 401}:
            come_in(client, database, clock)

    ask()
