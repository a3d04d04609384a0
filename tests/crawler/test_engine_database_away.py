"""A database that goes away in mid-crawl: the crawl waits, nothing it found is lost, and the run says so."""

import os
import subprocess
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url, text

from storage.database import open_database, upgrade
from storage.listings import count_listings
from storage.runs import load_events, load_run
from tests.crawler.crawling import command, queued_run, tiki_page
from tests.crawler.replay import Reply, replay
from tests.realdata import PROJECT
from tests.storage.servers import make_database, postgres_server

pytestmark = pytest.mark.database

NAME = "markwatch_away"
AWAY_SECONDS = 60 if os.environ.get("MARKWATCH_LONG") else 4


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as url:
        yield url


def send(server: str, *commands: str) -> None:
    engine = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for line in commands:
            connection.execute(text(line))
    engine.dispose()


def test_a_crawl_waits_for_a_database_that_is_away_and_loses_nothing(server: str) -> None:
    url = make_database(server, NAME)
    upgrade(url)
    database = open_database(url)
    run = queued_run(database, "tiki_vn")
    pages = [Reply(body=tiki_page(12 * page, 12, page + 1, 8), content_type="application/json") for page in range(8)]
    robots = Reply(body=b"User-agent: *\nCrawl-delay: 1\n", content_type="text/plain")
    with replay({"/robots.txt": robots, "/api/v2/products": list(pages)}) as market:
        arguments = {"query": "x", "base_url": market.url, "max_pages": "8"}
        line = command("tiki_vn", run.run_id, url, arguments, ("HEARTBEAT_SECONDS=0.2",))
        with subprocess.Popen(line, cwd=PROJECT, stderr=subprocess.DEVNULL) as process:
            try:
                deadline = time.monotonic() + 30
                while len(market.paths()) < 2 and time.monotonic() < deadline:
                    time.sleep(0.05)
                database.close()
                end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{NAME}'"  # noqa: S608 - our own name
                send(server, f"ALTER DATABASE {NAME} WITH ALLOW_CONNECTIONS false", end)
                time.sleep(AWAY_SECONDS)
                send(server, f"ALTER DATABASE {NAME} WITH ALLOW_CONNECTIONS true")
                assert process.wait(60 + AWAY_SECONDS) == 0
            finally:
                process.kill()
    database = open_database(url)
    with database.read() as session:
        ended = load_run(session, run.run_id)
        events = load_events(session, run.run_id)
        stored = count_listings(session)
    database.close()
    assert (ended.outcome, stored) == ("finished", 96)
    assert any(event.kind == "database" for event in events)
