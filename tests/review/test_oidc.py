"""Log-in through an office's own provider, against a real one on a loopback port."""

import time
from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc.jwk import OctKey, RSAKey

from review.app import ReviewSettings, Services
from review.services import OidcSettings
from storage.database import Database
from storage.factors import load_identity
from storage.users import disable_user
from tests.review.conftest import Clock, app_over, new_client, next_times
from tests.review.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, provider


@pytest.fixture
def idp() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture
def office(idp: Provider, database: Database, clock: Clock) -> FastAPI:
    settings = ReviewSettings(
        secure_cookies=False,
        oidc=OidcSettings(issuer=idp.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, name="Sở Công Thương"),
    )
    return app_over(database, Services(clock=clock, next_times=next_times), settings)


def come_in(office: FastAPI, idp: Provider, change: Callable[[str], str] = lambda url: url) -> tuple[int, TestClient]:
    """Go to the provider and back, as a browser does."""
    client = new_client(office)
    gone = client.get("/login/provider?next=/review%3Fview%3Dbelow")
    if gone.status_code != 303:
        return gone.status_code, client
    returned = change(idp.take_browser(gone.headers["location"]))
    return client.get(returned.removeprefix("http://127.0.0.1:8000")).status_code, client


def test_an_office_log_in_opens_the_account_of_its_address_and_later_of_its_subject(
    office: FastAPI, idp: Provider, database: Database
) -> None:
    assert "Sở Công Thương" in new_client(office).get("/login").text
    status, client = come_in(office, idp)
    assert status == 303
    assert client.get("/api/v1/session").json()["login"] == "thu"
    with database.read() as session:
        assert load_identity(session, idp.issuer, "42") == "thu"
    idp.claims = {"email": "minh@example.test"}
    _status, again = come_in(office, idp)
    assert again.get("/api/v1/session").json()["login"] == "thu"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.test"}, {"aud": "another"}, {"nonce": "another"}, {"exp": int(time.time()) - 600},
        {"email_verified": False}, {"email_verified": "true"}, {"email": "nobody@example.test"}, {"email": None},
        {"sub": None}, {"nonce": None}, {"aud": [CLIENT_ID, "x"], "azp": "x"}, {"email": ["thu@example.test"]},
    ],
)  # fmt: skip
def test_a_token_that_does_not_fit_opens_nothing(office: FastAPI, idp: Provider, claims: dict[str, object]) -> None:
    idp.claims = claims
    status, client = come_in(office, idp)
    assert status == 401
    assert client.get("/api/v1/session").status_code == 401


def test_a_token_of_another_key_or_of_none_opens_nothing(office: FastAPI, idp: Provider) -> None:
    idp.signed_by = RSAKey.generate_key(2048, parameters={"kid": "one"})
    assert come_in(office, idp)[0] == 401
    idp.signed_by, idp.algorithm = OctKey.import_key(CLIENT_SECRET + " " * 20), "HS256"
    assert come_in(office, idp)[0] == 401


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("state=", "state=x"),
        lambda url: url.replace("code=", "code=x"),
        lambda url: url.partition("?")[0] + "?error=access_denied",
        lambda url: url.partition("?")[0],
    ],
)
def test_a_return_that_was_not_sent_out_opens_nothing(
    office: FastAPI, idp: Provider, change: Callable[[str], str]
) -> None:
    assert come_in(office, idp, change)[0] == 401


def test_a_return_works_once_and_in_the_browser_that_left_only(office: FastAPI, idp: Provider) -> None:
    client = new_client(office)
    url = idp.take_browser(client.get("/login/provider").headers["location"]).removeprefix("http://127.0.0.1:8000")
    assert new_client(office).get(url).status_code == 401
    assert client.get(url).status_code == 303
    assert client.get(url).status_code == 401


def test_a_provider_that_calls_itself_otherwise_or_is_away_is_refused(
    office: FastAPI, idp: Provider, database: Database, clock: Clock
) -> None:
    idp.metadata = {"issuer": "https://evil.test"}
    assert come_in(office, idp)[0] == 401
    away = OidcSettings(issuer="http://127.0.0.1:9", client_id=CLIENT_ID)
    app = app_over(
        database, Services(clock=clock, next_times=next_times), ReviewSettings(secure_cookies=False, oidc=away)
    )
    assert new_client(app).get("/login/provider").status_code == 401


def test_a_disabled_account_stays_out(office: FastAPI, idp: Provider, database: Database, clock: Clock) -> None:
    assert come_in(office, idp)[0] == 303
    with database.write() as session:
        disable_user(session, "thu", clock())
    assert come_in(office, idp)[0] == 401
