import os
import signal
import subprocess
import sys
import time
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest

from crawler.egress_process import GuardAbsent, start_guard
from tests.crawler.replay import Reply, replay
from tests.realdata import PROJECT

PARENT = """
import sys, time
from crawler.egress_process import start_guard
guard = start_guard([])
print(guard.process.pid, flush=True)
time.sleep(60)
"""


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    # A zombie that nobody reaped yet is dead.
    ps = ["/bin/ps", "-o", "stat=", "-p", str(process_id)]
    stat = subprocess.run(ps, capture_output=True, text=True, check=False)
    return stat.stdout.strip()[:1] not in {"Z", ""}


def test_a_started_guard_serves_its_opened_place_and_refuses_the_rest() -> None:
    with replay({"/": Reply(body=b"hello")}) as server, replay({"/": Reply(body=b"secret")}) as canary:
        guard = start_guard([server.place])
        try:
            opener = build_opener(ProxyHandler({"http": guard.url}))
            with opener.open(server.url + "/") as answer:
                assert answer.read() == b"hello"
            with pytest.raises(HTTPError) as refused:
                opener.open(canary.url + "/")
            assert refused.value.code == 403
            refused.value.close()
        finally:
            guard.stop()
        assert canary.log == []


def test_the_guard_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=PROJECT, text=True)
    assert parent.stdout is not None
    guard_id = int(parent.stdout.readline())
    assert is_alive(guard_id)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while is_alive(guard_id) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(guard_id)


def test_a_guard_that_does_not_answer_in_time_is_an_error_and_leaves_no_process() -> None:
    with pytest.raises(GuardAbsent):
        start_guard([], seconds=0.0)
