import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from crawler.config import Settings
from crawler.list_desk import list_desk_on
from crawler.operating import operating_on
from review.app import ReviewSettings, Services, create_app
from review.services import SESSION_LENGTH
from review.sessions import digest, form_token
from storage.database import Database, open_database, upgrade
from storage.runs import open_run
from storage.schedules import Schedule
from storage.users import open_session
from tests.review.seeding import NOW, seed

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: int) -> None:
        self.now += timedelta(**parts)


@pytest.fixture(scope="session")
def seeded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One filled database file, copied by the tests that change it."""
    path = tmp_path_factory.mktemp("seeded") / "markwatch.db"
    upgrade(f"sqlite:///{path}")
    database = open_database(f"sqlite:///{path}", lambda: bytes(32))
    seed(database)
    database.close()
    return path


@pytest.fixture
def database(seeded_file: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "markwatch.db"
    for part in seeded_file.parent.iterdir():
        (tmp_path / part.name).write_bytes(part.read_bytes())
    database = open_database(f"sqlite:///{path}", lambda: bytes(32))
    yield database
    database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def next_times(schedule: Schedule, length: int) -> tuple[datetime, ...]:
    """Stand in for the scheduler: every twelve hours."""
    del schedule
    return tuple(NOW + timedelta(hours=12 * (index + 1)) for index in range(length))


@pytest.fixture
def app(database: Database, clock: Clock) -> FastAPI:
    def start_run(market: str, arguments: Mapping[str, str], login: str) -> str:
        with database.write() as session:
            return open_run(session, market, arguments, clock(), login).run_id

    operating = operating_on(database, Settings(data_dir=Path(database.url.removeprefix("sqlite:///")).parent), clock)
    services = Services(
        clock=clock,
        next_times=next_times,
        start_run=start_run,
        operating=operating,
        lists=list_desk_on(database, clock),
    )
    settings = ReviewSettings(secure_cookies=False, demo_login=None, hosts=frozenset({"127.0.0.1", "localhost"}))
    return create_app(database, services, settings)


@pytest.fixture
def anonymous(app: FastAPI) -> TestClient:
    return new_client(app)


def new_client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1:8000", headers=SAME_SITE, follow_redirects=False)


@pytest.fixture
def log_in(app: FastAPI, database: Database, clock: Clock) -> Callable[[str], TestClient]:
    """Open a session without the cost of a password; test_login.py goes through the form."""
    numbers = count()

    def make(login: str) -> TestClient:
        client, token = new_client(app), f"token-of-{login}-{next(numbers)}"
        with database.write() as session:
            open_session(session, digest(token), login, clock(), clock() + SESSION_LENGTH)
        client.cookies.set("markwatch", token, domain="127.0.0.1")
        client.headers["X-CSRF-Token"] = form_token(token)
        return client

    return make


@pytest.fixture
def reviewer(log_in: Callable[[str], TestClient]) -> TestClient:
    return log_in("hanh")


def token_of(client: TestClient) -> str:
    """Return the token that the forms of a logged-in client carry."""
    return str(client.headers["X-CSRF-Token"])


def hit_ids(html: str) -> list[str]:
    """Return the hits of a queue page in order."""
    return re.findall(r'href="/hits/([0-9A-Za-z]+)[^"]*"[^>]*data-open', html)
