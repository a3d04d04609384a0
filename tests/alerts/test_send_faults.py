"""Senders that die: nothing is lost, at most one mail a death is sent twice, and always under the same Message-ID."""

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from alerts.sender import MemorySender, SmtpSender
from alerts.sending import send_due
from storage.database import Database
from storage.outbox import LEASE
from storage.watchlist import save_owners
from tests.alerts.cases import HANAMORI, NOW, confirm, make_database, make_hit
from tests.alerts.mailbox import mails_of, queue
from tests.alerts.smtp_server import Sink, mail_server

pytestmark = pytest.mark.fault
LONG = os.environ.get("MARKWATCH_LONG") == "1"
KILLS = 100 if LONG else 5
MAILS = 1000 if LONG else 30
# Where a sender dies: before it has claimed, after it, in the middle of the conversation, after the server took the
# mail, and while that is written down.
POINTS = ("before", "claimed", "talking", "taken", "marked")

# A process that has everything imported and lets a new process, forked from it, send for each line that it is told:
# what is due is sent, and the sender kills itself at the n-th mail, at the point named. It has no threads of its own.
PARENT = """
import json, os, signal, smtplib, sys
from datetime import datetime
import alerts.sending
from alerts.sender import SmtpSender
from storage.database import open_database

def send(url, port, now, point, nth):
    count = 0
    def die(at):
        if at == point and count == nth:
            os.kill(os.getpid(), signal.SIGKILL)
    def wrapped(module, name, before, after):
        inner = getattr(module, name)
        def call(*given, **named):
            die(before)
            result = inner(*given, **named)
            die(after)
            return result
        setattr(module, name, call)
    wrapped(alerts.sending, "mark_sent", "marking", "marked")
    wrapped(smtplib.SMTP, "rcpt", "", "talking")
    class Dying:
        def send(self, key, recipient, message):
            nonlocal count
            count += 1
            die("claimed")
            SmtpSender(host="127.0.0.1", port=port).send(key, recipient, message)
            die("taken")
    if point == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    alerts.sending.send_due(open_database(url), Dying(), datetime.fromisoformat(now))

for line in sys.stdin:
    if line == "wait\\n":
        print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
    elif os.fork() == 0:
        send(*json.loads(line))
        os._exit(0)
"""


class Senders:
    """Starts senders, each a process of its own."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )  # fmt: skip

    def start(self, database: Database, port: int, now: datetime, point: str, nth: int) -> None:
        """Let a sender send what is due."""
        assert self._parent.stdin is not None
        self._parent.stdin.write(json.dumps([database.url, port, now.isoformat(), point, nth]) + "\n")
        self._parent.stdin.flush()

    def wait(self) -> int:
        """Wait for one of the senders and return how it ended: 0, or minus the signal's number."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write("wait\n")
        self._parent.stdin.flush()
        return int(self._parent.stdout.readline())

    def close(self) -> None:
        """End the process that starts them."""
        self._parent.communicate()
        assert self._parent.returncode == 0


@pytest.fixture(scope="module")
def senders() -> Iterator[Senders]:
    """What starts senders, made once: its imports take longer than most sendings."""
    made = Senders()
    yield made
    made.close()


def test_senders_killed_at_five_points_lose_nothing_and_repeat_at_most_one_mail_a_kill(
    tmp_path: Path, senders: Senders
) -> None:
    database = make_database(tmp_path)
    emails = tuple(f"person{number}@hanamori.example" for number in range(MAILS))
    with database.write() as session:
        save_owners(session, [replace(HANAMORI, emails=emails)])
    queue(database, NOW - timedelta(days=2))
    send_due(database, MemorySender(), NOW - timedelta(days=2))
    confirm(database, make_hit())
    assert queue(database, NOW, hourly_limit=10 * MAILS).digest == MAILS
    choice = random.Random(7)
    now, died = NOW, Counter[str]()
    sink = Sink()
    with mail_server(sink) as port:
        for kill in range(KILLS):
            point = POINTS[kill % len(POINTS)]
            nth = choice.randint(1, max(1, MAILS // KILLS))
            senders.start(database, port, now, point, nth)
            ended = senders.wait()
            assert ended in {-signal.SIGKILL, 0}
            died[point] += ended != 0
            # The dead sender's lease runs out before the next one begins.
            now += LEASE + timedelta(seconds=1)
        send_due(database, SmtpSender(host="127.0.0.1", port=port), now)
    received = Counter(recipients[0] for _, recipients, _ in sink.taken)
    lost = set(emails) - set(received)
    repeated = sum(received.values()) - len(received)
    sys.stdout.write(f"kills {dict(died)}, mails {MAILS}, lost {len(lost)}, repeated {repeated}\n")
    assert died["taken"] >= 1
    assert lost == set()
    # Only a sender that died between the server's answer and the note of it makes a repetition.
    assert repeated <= died["taken"] + died["marked"] <= sum(died.values())
    identities = {(recipients[0], message_from_bytes(content)["Message-ID"]) for _, recipients, content in sink.taken}
    assert len(identities) == MAILS
    assert {mail.state for mail in mails_of(database, "digest")} == {"sent"}
    database.close()


def test_two_senders_at_once_send_each_mail_once(tmp_path: Path, senders: Senders) -> None:
    database = make_database(tmp_path)
    emails = tuple(f"person{number}@hanamori.example" for number in range(20))
    with database.write() as session:
        save_owners(session, [replace(HANAMORI, emails=emails)])
    queue(database, NOW - timedelta(days=2))
    send_due(database, MemorySender(), NOW - timedelta(days=2))
    confirm(database, make_hit())
    queue(database, NOW)
    sink = Sink()
    with mail_server(sink) as port:
        for _ in range(2):
            senders.start(database, port, NOW, "never", 0)
        assert [senders.wait() for _ in range(2)] == [0, 0]
    assert Counter(recipients[0] for _, recipients, _ in sink.taken) == dict.fromkeys(emails, 1)
    database.close()
