"""Operators hear of what broke once, in one message, by the webhook or mail they named."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import insert

from crawler.config import Settings
from crawler.doctor import examine
from crawler.metrics import render_metrics
from crawler.working import Worker
from storage.crawl_tables import operator_notices
from storage.database import Database, open_database
from storage.jobs import load_job, open_job
from storage.notices import load_unsent_notices
from storage.runs import close_run, open_run, start_run
from storage.schedules import add_schedule
from tests.storage.servers import sqlite_database

# The library that sends asks for an old module where it is still there.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


class Hook(BaseHTTPRequestHandler):
    got: list[dict[str, object]] = []  # noqa: RUF012 - one server a test, cleared before it
    status = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Hook.got.append(json.loads(body))
        self.send_response(Hook.status)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Stay silent."""


@pytest.fixture
def hook() -> Iterator[str]:
    Hook.got.clear()
    Hook.status = 200
    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(sqlite_database(tmp_path))
    yield opened
    opened.close()


def settings(tmp_path: Path, hook: str = "") -> Settings:
    return Settings(data_dir=tmp_path, operator_alerts=SecretStr(hook), console_url="https://console.example")


def tell(database: Database, given: Settings, at: datetime) -> str:
    """Do one job of telling at that time, and return its state."""
    with database.write() as session:
        job = open_job(session, "operator_alerts", at.isoformat(), at, created_by="test")
    assert Worker(database, given, clock=lambda: at).perform(job.job_id)
    with database.read() as session:
        return load_job(session, job.job_id).state


def break_something(database: Database, at: datetime) -> None:
    with database.write() as session:
        run = open_run(session, "tiki_vn", {}, at, "an")
        start_run(session, run.run_id, at, 1)
        close_run(session, run.run_id, "blocked", at, {}, ("a captcha\r\nX-Header: 1",))
        add_schedule(session, "tiki_vn", {"query": "kem"}, "0 * * * *", "UTC", "an", at - timedelta(hours=2))
        notice = {"subject": "schedule 01S", "kind": "broken", "at": at, "run_id": run.run_id, "bad_runs": 2}
        session.execute(insert(operator_notices).values(**notice, sentences=["0 listings; at least 10 expected"]))


def test_everything_that_broke_is_told_in_one_message_and_not_twice(
    database: Database, tmp_path: Path, hook: str
) -> None:
    at = datetime.now(UTC)
    break_something(database, at)
    given = settings(tmp_path, hook)
    assert tell(database, given, at) == "done"
    (message,) = Hook.got
    text = str(message["message"])
    assert "blocked: tiki_vn" in text
    assert "0 listings; at least 10 expected" in text
    assert "expected but did not run: tiki_vn" in text
    assert "https://console.example/runs" in text
    assert "\nX-Header" not in text
    with database.read() as session:
        assert load_unsent_notices(session) == ()
    for minutes in (2, 11, 30):
        assert tell(database, given, at + timedelta(minutes=minutes)) == "done"
    # What is new later is told later: here only the due times of the next hours.
    assert len(Hook.got) == 1


def test_what_no_address_took_is_tried_again(database: Database, tmp_path: Path, hook: str) -> None:
    at = datetime.now(UTC)
    break_something(database, at)
    Hook.status = 500
    assert tell(database, settings(tmp_path, hook), at) == "queued"
    with database.read() as session:
        assert len(load_unsent_notices(session)) == 1
    Hook.status = 200
    assert tell(database, settings(tmp_path, hook), at + timedelta(minutes=2)) == "done"
    assert len(Hook.got) == 2
    with database.read() as session:
        assert load_unsent_notices(session) == ()


def test_without_an_address_nothing_is_sent_and_doctor_says_so(database: Database, tmp_path: Path) -> None:
    assert tell(database, settings(tmp_path), datetime.now(UTC)) == "done"
    findings = {one.subject: one for one in examine(settings(tmp_path), database.url, datetime.now(UTC))}
    assert findings["operator alerts"].state == "warning"


def test_doctor_names_what_is_missing_and_what_is_at_work(database: Database, tmp_path: Path) -> None:
    at = datetime.now(UTC)
    break_something(database, at)
    findings = {one.subject: one for one in examine(settings(tmp_path), database.url, at)}
    assert findings["database"].state == "ok"
    assert findings["scheduler"].state == "problem"
    assert findings["missed runs"].state == "problem"
    assert findings["clock"].state == "ok"
    assert findings["workers"].state == "warning"
    Worker(database, settings(tmp_path)).beat()
    again = {one.subject: one for one in examine(settings(tmp_path), database.url, at)}
    assert again["workers"].state == "ok"


def test_a_mail_server_that_is_not_there_is_a_problem(database: Database, tmp_path: Path) -> None:
    given = Settings(data_dir=tmp_path, smtp_host="127.0.0.1", smtp_port=9)
    findings = {one.subject: one for one in examine(given, database.url, datetime.now(UTC))}
    assert findings["mail"].state == "problem"


def test_the_figures_are_what_prometheus_reads(database: Database) -> None:
    at = datetime.now(UTC)
    break_something(database, at)
    text = render_metrics(database, at).decode()
    assert 'markwatch_runs{market="tiki_vn",outcome="blocked"} 1.0' in text
    assert "markwatch_scheduler_up 0.0" in text
    assert "markwatch_missed_runs 2.0" in text or "markwatch_missed_runs 1.0" in text
    assert 'markwatch_mails{state="new"}' not in text
