import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from captures.errors import CaptureAbsent
from captures.store import CaptureStore

pytestmark = pytest.mark.fault
KILLS = 20 if os.environ.get("MARKWATCH_LONG") == "1" else 5

# Keeps bodies of known content without end; a line per capture that is promised to be on the disk.
KEEPER = """
import hashlib, random, sys
from datetime import UTC, datetime
from pathlib import Path
from captures.store import CaptureStore
from records.listing import PageCopy
store = CaptureStore(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), 10**9):
    body = random.Random(number).randbytes(300_000)
    sha256 = hashlib.sha256(body).hexdigest()
    copy = PageCopy(url=f"https://market.example/{number}", sha256=sha256, byte_count=len(body), content_type="",
                    status=200, fetched_at=datetime(2026, 11, 22, tzinfo=UTC))
    print("begin", number, sha256, flush=True)
    store.keep(copy, body, {"market": "tiki_vn"})
    print("kept", number, sha256, flush=True)
"""


def test_a_kill_in_the_middle_leaves_each_capture_complete_or_absent(tmp_path: Path) -> None:
    store = CaptureStore(tmp_path)
    begun: dict[str, int] = {}
    kept: set[str] = set()
    choice = random.Random(5)
    for kill in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", KEEPER, str(tmp_path), str(kill * 100_000)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        head = process.stdout.readline()
        # The first one is let through to a promise, so that the check is never about nothing.
        while kill == 0 and not head.splitlines()[-1].startswith("kept"):
            head += process.stdout.readline()
        time.sleep(choice.uniform(0.0, 0.15))
        process.send_signal(signal.SIGKILL)
        said, _ = process.communicate()
        assert process.returncode == -signal.SIGKILL
        # A line that the kill cut short promises nothing.
        for line in (head + said).split("\n")[:-1]:
            word, body_number, sha256 = line.split()
            begun[sha256] = int(body_number)
            if word == "kept":
                kept.add(sha256)
    complete = 0
    for sha256, number in begun.items():
        try:
            body = store.read(sha256)
        except CaptureAbsent:
            assert sha256 not in kept
        else:
            complete += 1
            assert body == random.Random(number).randbytes(300_000)
            assert hashlib.sha256(body).hexdigest() == sha256
    assert complete >= len(kept) >= 1
    # Whatever the kills left behind is named as half-written, never as a changed or missing capture.
    assert {problem.kind for problem in store.verify()} <= {"half_written"}
