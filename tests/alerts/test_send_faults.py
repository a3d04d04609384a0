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

from alerts.send import queue_digests, send_due
from alerts.sender import SmtpSender
from storage.outbox import load_mails
from storage.watchlist import save_owners
from tests.alerts.cases import CONSOLE, HANAMORI, NOW, SENDER, confirm, make_database, make_hit
from tests.alerts.smtp_server import Sink, mail_server

pytestmark = pytest.mark.fault
KILLS = 30 if os.environ.get("MARKWATCH_LONG") == "1" else 6
MAILS = 20

# Sends what is due and kills itself at the n-th mail: claimed but not sent, or sent but not marked.
CHILD = """
import os, signal, sys
from datetime import datetime
from alerts.send import send_due
from alerts.sender import SmtpSender
from storage.database import open_database
url, port, now, point, nth = sys.argv[1:]
port, now, nth = int(port), datetime.fromisoformat(now), int(nth)
class Dying:
    count = 0
    def send(self, key, recipient, message):
        self.count += 1
        if point == "claimed" and self.count == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        SmtpSender(host="127.0.0.1", port=port).send(key, recipient, message)
        if point == "sent" and self.count == nth:
            os.kill(os.getpid(), signal.SIGKILL)
send_due(open_database(url), Dying(), now)
"""


def test_kills_between_claim_send_and_mark_lose_nothing_and_repeat_with_the_same_message_id(tmp_path: Path) -> None:
    database = make_database(tmp_path)
    emails = tuple(f"person{number}@hanamori.example" for number in range(MAILS))
    with database.write() as session:
        save_owners(session, [replace(HANAMORI, emails=emails)])
    confirm(database, make_hit())
    assert queue_digests(database, NOW, SENDER, CONSOLE) == MAILS
    choice = random.Random(7)
    sent_unmarked = 0
    now = NOW
    sink = Sink()
    with mail_server(sink) as port:
        for kill in range(KILLS):
            point = ("sent", "claimed")[kill % 2]
            arguments = [database.url, str(port), now.isoformat(), point, str(choice.randint(1, 2))]
            died = subprocess.run([sys.executable, "-c", CHILD, *arguments], check=False)
            assert died.returncode in {-signal.SIGKILL, 0}
            sent_unmarked += point == "sent" and died.returncode != 0
            # The dead sender's lease runs out before the next one begins.
            now += timedelta(minutes=6)
        send_due(database, SmtpSender(host="127.0.0.1", port=port), now)
    assert sent_unmarked >= 3
    received = Counter(recipients[0] for _, recipients, _ in sink.taken)
    assert set(received) == set(emails)
    assert sum(received.values()) == MAILS + sent_unmarked
    identities = {(recipients[0], message_from_bytes(content)["Message-ID"]) for _, recipients, content in sink.taken}
    assert len(identities) == MAILS
    with database.read() as session:
        assert {mail.state for mail in load_mails(session, limit=MAILS)} == {"sent"}
    database.close()


def test_two_senders_at_once_send_each_mail_once(tmp_path: Path) -> None:
    database = make_database(tmp_path)
    emails = tuple(f"person{number}@hanamori.example" for number in range(MAILS))
    with database.write() as session:
        save_owners(session, [replace(HANAMORI, emails=emails)])
    confirm(database, make_hit())
    queue_digests(database, NOW, SENDER, CONSOLE)
    sink = Sink()
    with mail_server(sink) as port:
        arguments = [database.url, str(port), NOW.isoformat(), "never", "0"]
        senders = [subprocess.Popen([sys.executable, "-c", CHILD, *arguments]) for _ in range(2)]
        assert [sender.wait() for sender in senders] == [0, 0]
    assert Counter(recipients[0] for _, recipients, _ in sink.taken) == dict.fromkeys(emails, 1)
    database.close()
