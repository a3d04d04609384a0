"""The crawl's process from outside: its arguments, its signs of life, its ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.process import main
from records.run import Run
from storage.database import Database, open_database
from storage.listings import count_listings
from storage.lost_runs import mark_lost_runs
from storage.runs import close_run, load_run
from tests.crawler.crawling import command, made_database, queued_run, tiki_page
from tests.crawler.replay import Reply, replay
from tests.realdata import PROJECT

SLOW = Reply(body=b"User-agent: *\nCrawl-delay: 1\n", content_type="text/plain")


def endless_search() -> dict[str, Reply | list[Reply]]:
    pages = [
        Reply(body=tiki_page(12 * number, 12, number + 1, 50), content_type="application/json") for number in range(50)
    ]
    return {"/robots.txt": SLOW, "/api/v2/products": list(pages)}


def wait_until(condition: Callable[[], bool], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def run_of(database: Database, run_id: str) -> Run:
    with database.read() as session:
        return load_run(session, run_id)


# A host opened on the command line stands in for the market, whose own pages ask for an administrator's record.
REPLAYED = ("-a", "query=x", "-a", "base_url=http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["no_such_market"], "unknown market 'no_such_market'; known: "),
        (["tiki_vn"], "tiki_vn: give a query or a page"),
        (["tiki_vn", "-a", "quary=x"], "quary: unknown argument of tiki_vn"),
        (["tiki_vn", "-a", "query=x", "-a", "max_pages=0"], "max_pages"),
        (["tiki_vn", "-a", "url=https://evil.example/"], "is not a page of Tiki"),
        (["tiki_vn", *REPLAYED, "-s", "nonsense"], "-s nonsense"),
        (["tiki_vn", *REPLAYED, "--run-id", "r1", "--db", ""], "--run-id: needs a database"),
    ],
)
def test_wrong_arguments_end_with_2_and_name_what_is_wrong(
    given: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(given) == 2
    assert words in capsys.readouterr().err


def test_an_absent_database_or_an_ended_run_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    absent = f"sqlite:///{tmp_path / 'absent.db'}"
    assert main(["tiki_vn", *REPLAYED, "--run-id", "r1", "--db", absent]) == 1
    assert "absent.db" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    url = made_database(tmp_path)
    database = open_database(url)
    run = queued_run(database, "tiki_vn")
    with database.write() as session:
        close_run(session, run.run_id, "lost", datetime.now(UTC), {})
    database.close()
    assert main(["tiki_vn", *REPLAYED, "--run-id", run.run_id, "--db", url]) == 1
    assert "ended already: lost" in capsys.readouterr().err


@pytest.mark.fault
def test_a_terminated_crawl_ends_gracefully_keeps_what_it_found_and_is_called_stopped(tmp_path: Path) -> None:
    url = made_database(tmp_path)
    database = open_database(url)
    run = queued_run(database, "tiki_vn")
    with replay(endless_search()) as server:
        arguments = {"query": "x", "base_url": server.url, "max_pages": "50"}
        line = command("tiki_vn", run.run_id, url, arguments, ("HEARTBEAT_SECONDS=0.2",))
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(line, cwd=PROJECT, stderr=log)
        wait_until(lambda: run_of(database, run.run_id).counts.get("listings", 0) >= 12)
        alive = run_of(database, run.run_id)
        assert alive.outcome == "running"
        assert alive.heartbeat_at is not None
        assert alive.started_at is not None
        assert alive.heartbeat_at > alive.started_at
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 130
    ended = run_of(database, run.run_id)
    with database.read() as session:
        stored = count_listings(session)
    database.close()
    assert ended.outcome == "stopped"
    assert stored == ended.counts["new"] >= 12
    assert any("shutdown" in sentence for sentence in ended.failed_bounds)


@pytest.mark.fault
def test_a_killed_crawl_leaves_its_listings_no_processes_and_a_run_to_be_marked_lost(tmp_path: Path) -> None:
    url = made_database(tmp_path)
    database = open_database(url)
    run = queued_run(database, "tiki_vn")
    with replay(endless_search()) as server:
        arguments = {"query": "x", "base_url": server.url, "max_pages": "50"}
        line = command("tiki_vn", run.run_id, url, arguments, ("HEARTBEAT_SECONDS=0.2",))
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(line, cwd=PROJECT, stderr=log, start_new_session=True)
        wait_until(lambda: run_of(database, run.run_id).counts.get("new", 0) >= 12)
        process.kill()
        process.wait()
        wait_until(lambda: not group_is_alive(process.pid), 5)
        asked = len(server.log)
        time.sleep(1.5)
        assert len(server.log) == asked
    assert run_of(database, run.run_id).outcome == "running"
    with database.write() as session:
        lost = mark_lost_runs(session, datetime.now(UTC) + timedelta(seconds=61))
        assert count_listings(session) >= 12
    database.close()
    assert [(found.run_id, found.outcome) for found in lost] == [(run.run_id, "lost")]


def group_is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    ps = ["/bin/ps", "-o", "stat=", "-g", str(group)]
    states = subprocess.run(ps, capture_output=True, text=True, check=False).stdout.split()
    return any(not state.startswith("Z") for state in states)


@pytest.mark.fault
def test_a_run_that_was_given_up_elsewhere_stops_by_itself(tmp_path: Path) -> None:
    url = made_database(tmp_path)
    database = open_database(url)
    run = queued_run(database, "tiki_vn")
    with replay(endless_search()) as server:
        arguments = {"query": "x", "base_url": server.url, "max_pages": "50"}
        line = command("tiki_vn", run.run_id, url, arguments, ("HEARTBEAT_SECONDS=0.2",))
        with subprocess.Popen(line, cwd=PROJECT, stderr=subprocess.DEVNULL) as process:
            wait_until(lambda: run_of(database, run.run_id).counts.get("new", 0) >= 12)
            with database.write() as session:
                close_run(session, run.run_id, "lost", datetime.now(UTC), {})
            try:
                assert process.wait(30) == 1
            finally:
                process.kill()
    assert run_of(database, run.run_id).outcome == "lost"
    database.close()


@pytest.mark.fault
def test_a_search_reaches_the_last_page_that_was_asked_for(tmp_path: Path) -> None:
    routes = endless_search() | {"/robots.txt": Reply(status=404)}
    with replay(routes) as server:
        line = [sys.executable, "-m", "crawler.process", "tiki_vn", "-a", "query=x", "-a", f"base_url={server.url}"]
        line += ["-a", "max_pages=30", "--out", str(tmp_path / "out.jsonl")]
        done = subprocess.run(line, cwd=PROJECT, stderr=subprocess.DEVNULL, timeout=60, check=False)
    assert done.returncode == 0
    assert len(server.paths()) == 30
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 360


@pytest.mark.fault
def test_a_run_stops_at_its_page_budget_and_names_it(tmp_path: Path) -> None:
    url = made_database(tmp_path)
    database = open_database(url)
    run = queued_run(database, "tiki_vn")
    routes = endless_search() | {"/robots.txt": Reply(status=404)}
    with replay(routes) as server:
        arguments = {"query": "x", "base_url": server.url, "max_pages": "50"}
        line = command("tiki_vn", run.run_id, url, arguments, ("BUDGET_PAGES=5",))
        done = subprocess.run(line, cwd=PROJECT, stderr=subprocess.DEVNULL, timeout=60, check=False)
    ended = run_of(database, run.run_id)
    database.close()
    assert (done.returncode, ended.outcome) == (3, "finished_with_warnings")
    assert 4 <= len(server.paths()) <= 6
    assert any("budget of 5 pages" in sentence for sentence in ended.failed_bounds)


@pytest.mark.fault
def test_a_crawl_whose_guard_cannot_start_fetches_nothing(tmp_path: Path) -> None:
    url = made_database(tmp_path)
    database = open_database(url)
    run = queued_run(database, "tiki_vn")
    with replay(endless_search()) as server:
        arguments = {"query": "x", "base_url": server.url}
        # A proxy on a port where nobody listens stands for a guard that died.
        line = command("tiki_vn", run.run_id, url, arguments, ("EGRESS_PROXY=http://u:p@127.0.0.1:9",))
        done = subprocess.run(line, cwd=PROJECT, stderr=subprocess.DEVNULL, timeout=60, check=False)
        assert server.log == []
    ended = run_of(database, run.run_id)
    database.close()
    assert done.returncode == 1
    assert ended.outcome == "blocked"
    assert "listings" not in ended.counts


@pytest.mark.fault
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_crawling_process_listens_nowhere(tmp_path: Path) -> None:
    url = made_database(tmp_path)
    database = open_database(url)
    run = queued_run(database, "tiki_vn")
    with replay(endless_search()) as server:
        line = command(
            "tiki_vn",
            run.run_id,
            url,
            {"query": "x", "base_url": server.url, "max_pages": "50"},
            ("HEARTBEAT_SECONDS=0.2",),
        )
        process = subprocess.Popen(line, cwd=PROJECT, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: run_of(database, run.run_id).counts.get("pages", 0) >= 1)
            links = [str(link.readlink()) for link in Path(f"/proc/{process.pid}/fd").iterdir()]
            inodes = {name[8:-1] for name in links if name.startswith("socket:[")}
            rows = [
                row.split()
                for name in ("tcp", "tcp6")
                for row in Path(f"/proc/{process.pid}/net/{name}").read_text().splitlines()[1:]
            ]
            listening = [row[1] for row in rows if row[3] == "0A" and row[9] in inodes]
            assert listening == []
        finally:
            process.kill()
            process.wait()
    database.close()
