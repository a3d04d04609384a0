import asyncio
import re
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import cast

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from crawler.config import Settings
from crawler.list_desk import list_desk_on
from crawler.operating import operating_on
from review.app import ReviewSettings, Services, create_app, open_console
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
    database = open_database(f"sqlite:///{copied(seeded_file, tmp_path)}", lambda: bytes(32))
    yield database
    database.close()


def copied(file: Path, to: Path) -> Path:
    """Copy a closed database with the files beside it; return the copy."""
    shutil.copytree(file.parent, to, dirs_exist_ok=True)
    return to / file.name


@pytest.fixture
def clock() -> Clock:
    return Clock()


def next_times(schedule: Schedule, length: int) -> tuple[datetime, ...]:
    """Stand in for the scheduler: every twelve hours."""
    del schedule
    return tuple(NOW + timedelta(hours=12 * (index + 1)) for index in range(length))


@cache
def _routed(*, secure: bool, hosts: frozenset[str]) -> FastAPI:
    settings = ReviewSettings(secure_cookies=secure, hosts=hosts)
    return create_app(cast("Database", None), cast("Services", None), settings)


def app_over(database: Database, services: Services, settings: ReviewSettings) -> FastAPI:
    """Return the application over this database; its 200 routes, which take a second to read, are shared by all."""
    app = _routed(secure=settings.secure_cookies, hosts=settings.hosts)
    app.state.console = open_console(database, services, settings)
    return app


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
    return app_over(database, services, settings)


@pytest.fixture
def anonymous(app: FastAPI) -> TestClient:
    return new_client(app)


@dataclass
class _Parts(httpx2.AsyncByteStream):
    """A body sent in parts."""

    parts: Iterable[bytes]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            yield part


class _Here(httpx2.BaseTransport):
    """Runs the console in this thread's loop: a thread and a loop of its own for each request cost three times more."""

    def __init__(self, app: FastAPI, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._inner = httpx2.ASGITransport(app=app, client=("testclient", 50_000))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        here = threading.current_thread() is threading.main_thread()
        if here and not _is_looping():
            return self._loop.run_until_complete(self._answer(request))
        if not here:
            return asyncio.run(self._answer(request))
        # A browser's own loop runs in this thread.
        with ThreadPoolExecutor(1) as aside:
            return aside.submit(lambda: asyncio.run(self._answer(request))).result()

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        if not isinstance(request.stream, httpx2.AsyncByteStream):
            request.stream = _Parts(request.stream)
        answer = await self._inner.handle_async_request(request)
        assert isinstance(answer.stream, httpx2.AsyncByteStream)
        body = b"".join([part async for part in answer.stream])
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=httpx2.ByteStream(body))


def _is_looping() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@pytest.fixture(scope="session", autouse=True)
def _loop() -> Iterator[None]:
    loop = asyncio.new_event_loop()
    _LOOPS.append(loop)
    yield
    _LOOPS.remove(loop)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


_LOOPS: list[asyncio.AbstractEventLoop] = []


def new_client(app: FastAPI) -> TestClient:
    """Return a client of the console; it serves one request at a time."""
    client = TestClient(app, base_url="http://127.0.0.1:8000", headers=SAME_SITE, follow_redirects=False)
    if _LOOPS:
        client._transport = _Here(app, _LOOPS[0])
    return client


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
