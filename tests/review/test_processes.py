"""The console served by several processes: what one of them knows, all of them know, and a killed one comes back."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from review.sessions import digest
from storage.database import open_database, upgrade
from storage.users import add_user, open_session

pytestmark = [pytest.mark.fault, pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")]
WAIT_SECONDS = 60
PROCESSES = 2


def ask(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_SECONDS)
    try:
        connection.request("GET", path, headers={"Cookie": "markwatch=token"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def servers(process_id: int) -> list[int]:
    """Return the process ids that serve for that parent."""
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text(encoding="ascii").split()
    lines = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
    return [child for child, line in lines.items() if b"spawn_main" in line]


@contextmanager
def serving(url: str) -> Iterator[tuple[int, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = "from crawler.cli.main import run; run()"
    arguments = ["serve", "--port", str(port), "--processes", str(PROCESSES), "--db", url]
    with subprocess.Popen([sys.executable, "-c", program, *arguments], stderr=subprocess.PIPE) as process:
        try:
            assert process.stderr is not None
            assert b"console: " in process.stderr.readline()
            yield port, process.pid
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(WAIT_SECONDS) == 0


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.2)
    raise AssertionError(f"not within {WAIT_SECONDS} seconds")


def test_every_process_answers_from_one_database_and_a_killed_one_is_replaced(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'markwatch.db'}"
    upgrade(url)
    database = open_database(url)
    with database.write() as session:
        add_user(session, "lan", "Lan", "reviewer", "", datetime.now(UTC), [])
        now = datetime.now(UTC)
        open_session(session, digest("token"), "lan", now, now + timedelta(hours=1))
    database.close()
    with serving(url) as (port, parent):
        until(lambda: len(servers(parent)) == PROCESSES)
        pages = {ask(port, "/me/keys") for _ in range(6)}
        assert [status for status, _ in pages] == [200], "the session is known to all, and its form token the same"
        assert re.search('name="form_token" value="[0-9a-f]{64}"', pages.pop()[1])
        killed = servers(parent)[0]
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(servers(parent)) == PROCESSES and killed not in servers(parent))
        assert ask(port, "/me/keys")[0] == 200
