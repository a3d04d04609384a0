"""A scheduled run whose process dies is gone on with by a linked run: no page that was done is fetched again."""

import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.config import Settings
from crawler.jobs import CrawlRequest
from crawler.schedule import ScheduleRunner
from crawler.working import Worker, run_embedded
from records.run import ENDED, Run
from storage.database import Database, open_database
from storage.listings import load_listings
from storage.run_pages import RunPage, adopt_run_pages, load_run_pages, save_run_pages
from storage.runs import close_run, load_events, load_run, load_runs, open_run, start_run
from tests.crawler.crawling import command, made_database
from tests.crawler.replay import Replay, replay
from tests.crawler.test_engine_process import wait_until
from tests.crawler.test_resume import FEW, UNDER_WAY, pages_asked, shop
from tests.realdata import PROJECT

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(made_database(tmp_path))
    yield opened
    opened.close()


class Started:
    """Starts crawls of the replayed shop in the place of the one asked for, as only a command line may."""

    def __init__(self, server: Replay) -> None:
        self.server = server
        self.processes: list[subprocess.Popen[bytes]] = []

    def __call__(
        self, request: CrawlRequest, settings: Settings, *, run_id: str, database_url: str, log: Path
    ) -> "subprocess.Popen[bytes]":
        arguments = request.arguments() | {"url": f"{self.server.url}/l?page=0", "allow_host": self.server.place}
        line = command("shop", run_id, database_url, arguments, ("HEARTBEAT_SECONDS=0.2",))
        settings.logs_dir.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as stream:
            self.processes.append(subprocess.Popen(line, cwd=PROJECT, stderr=stream))
        return self.processes[-1]


@pytest.mark.fault
def test_a_lost_run_is_gone_on_with_by_a_linked_one_that_fetches_no_done_page_again(
    database: Database, tmp_path: Path
) -> None:
    clock = [datetime.now(UTC)]
    with replay(shop(FEW)) as server:
        start = Started(server)
        settings = Settings(data_dir=tmp_path)
        with database.write() as session:
            first = open_run(session, "shop", {"url": "https://shop.example/l", "max_pages": "1000"}, clock[0], "an")
        runner = ScheduleRunner(database, settings, lambda: clock[0])
        worker = Worker(database, settings, clock=lambda: clock[0], start_crawl=start, beat_seconds=0.2)
        thread = threading.Thread(target=run_embedded, args=(worker,))
        thread.start()
        try:
            runner.tick()
            wait_until(lambda: len(server.log) > 15)
            start.processes[0].kill()
            wait_until(lambda: outcome(database, first.run_id) == "lost")
            clock[0] += timedelta(seconds=65)
            runner.tick()
            wait_until(lambda: following(database, first).outcome in ENDED, 120)
        finally:
            worker.stop()
            thread.join(60)
            runner.stop()
        times = pages_asked(server)
    second = following(database, first)
    with database.read() as session:
        assert len(load_listings(session, None, 1_000)) == FEW
        events = [event.text for event in load_events(session, second.run_id) if event.kind == "resumed"]
    assert second.outcome == "finished"
    assert f"from run {first.run_id}" in events[0]
    assert times.total() - len(times) <= UNDER_WAY
    # Its counts are those of the whole: what the lost process had not yet told with a beat is all that may lack.
    assert FEW * 0.8 <= second.counts["listings"] <= FEW + UNDER_WAY
    assert len(times) * 0.8 <= second.counts["status.200"]


def outcome(database: Database, run_id: str) -> str:
    with database.read() as session:
        return load_run(session, run_id).outcome


def following(database: Database, lost: Run) -> Run:
    with database.read() as session:
        (found,) = [run for run in load_runs(session) if run.retry_of == lost.run_id]
    return found


def test_pages_and_counts_survive_a_retry_that_died_before_it_took_them_over(database: Database) -> None:
    with database.write() as session:
        first = open_run(session, "shop", {"url": "u"}, NOW, "an")
        start_run(session, first.run_id, NOW, 1, worker="w")
        pages = [RunPage(page_key=key, url=key, start="u") for key in ("a", "b")]
        save_run_pages(session, first.run_id, ["a"], pages, 0)
        save_run_pages(session, first.run_id, ["a"], [], 2)
        close_run(session, first.run_id, "lost", NOW, {"pages": 1, "listings": 7})
        second = open_run(session, "shop", {"url": "u"}, NOW, "an", retry_of=first.run_id)
        close_run(session, second.run_id, "lost", NOW, {})
        third = open_run(session, "shop", {"url": "u"}, NOW, "an", retry_of=second.run_id)
        assert adopt_run_pages(session, third.run_id, NOW) == first.run_id
    with database.read() as session:
        assert [(page.page_key, page.is_done) for page in load_run_pages(session, third.run_id)] == [
            ("a", True),
            ("b", False),
        ]
        assert load_run(session, third.run_id).counts == {"pages": 1, "listings": 7}
