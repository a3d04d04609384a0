"""One empty database per test, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Database, open_database, upgrade
from tests.storage.servers import (
    drop_database,
    empty_database,
    make_database,
    postgres_server,
    sqlite_database,
    sqlite_template,
)

CONTACT_KEY = bytes(range(32))
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.database)]


@pytest.fixture(scope="session", name="sqlite_template")
def _sqlite_template() -> Path:
    return sqlite_template()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: str) -> str:
    url = make_database(postgres, "markwatch_test")
    upgrade(url)
    return url


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Run the test once per kind of database."""
    return str(request.param)


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of an empty database of the newest schema."""
    if kind == "sqlite":
        yield sqlite_database(tmp_path)
        return
    url = request.getfixturevalue("postgres_url")
    yield url
    empty_database(url)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url, lambda: CONTACT_KEY)
    yield opened
    opened.close()


@pytest.fixture
def empty_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database without a schema (on SQLite: without a file)."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres")
    yield make_database(server, "markwatch_empty")
    drop_database(server, "markwatch_empty")
