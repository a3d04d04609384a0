"""Senders that die: nothing is lost, at most one mail a death is sent twice, and always under the same Message-ID."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from alerts.sender import MemorySender, SmtpSender
from alerts.sending import send_due
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

# Sends what is due and kills itself at the n-th mail, at the point named.
CHILD = """
import os, signal, smtplib, sys
from datetime import datetime
import alerts.sending
from alerts.sender import SmtpSender
from storage.database import open_database
url, port, now, point, nth = sys.argv[1:]
port, now, nth, count = int(port), datetime.fromisoformat(now), int(nth), 0
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
        global count
        count += 1
        die("claimed")
        SmtpSender(host="127.0.0.1", port=port).send(key, recipient, message)
        die("taken")
if point == "before":
    os.kill(os.getpid(), signal.SIGKILL)
alerts.sending.send_due(open_database(url), Dying(), now)
"""


def test_senders_killed_at_five_points_lose_nothing_and_repeat_at_most_one_mail_a_kill(tmp_path: Path) -> None:
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
            arguments = [database.url, str(port), now.isoformat(), point, str(nth)]
            child = subprocess.run([sys.executable, "-c", CHILD, *arguments], check=False, capture_output=True)
            assert child.returncode in {-signal.SIGKILL, 0}, child.stderr.decode()
            died[point] += child.returncode != 0
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


def test_two_senders_at_once_send_each_mail_once(tmp_path: Path) -> None:
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
        arguments = [database.url, str(port), NOW.isoformat(), "never", "0"]
        senders = [subprocess.Popen([sys.executable, "-c", CHILD, *arguments]) for _ in range(2)]
        assert [sender.wait() for sender in senders] == [0, 0]
    assert Counter(recipients[0] for _, recipients, _ in sink.taken) == dict.fromkeys(emails, 1)
    database.close()
