"""Starts the egress guard as a child process and knows its address; without a guard nothing is fetched."""

import json
import secrets
import selectors
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from crawler.egress import USER

START_SECONDS = 20
PROJECT = Path(__file__).resolve().parents[1]


class GuardAbsent(RuntimeError):
    """The egress guard could not be started, so the crawl must not begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningGuard:
    """A guard that answers on loopback."""

    port: int
    token: str
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The proxy's address with the log-in that it asks for."""
        return f"http://{USER}:{self.token}@127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End the guard and wait for it."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process.terminate()
        self.process.wait()


def start_guard(opened: Iterable[str], *, seconds: float = START_SECONDS) -> RunningGuard:
    """Start a guard that exempts the opened HOST:PORT places; raise GuardAbsent when it does not answer in time."""
    token = secrets.token_urlsafe(32)
    try:
        # The token travels by standard input: a command line is readable by every local user.
        process = subprocess.Popen(
            [sys.executable, "-m", "crawler.egress"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT
        )
    except OSError as problem:
        raise GuardAbsent(f"the egress guard cannot be started: {problem}") from problem
    if process.stdin is None or process.stdout is None:
        raise GuardAbsent("the egress guard has no pipes")
    try:
        process.stdin.write(json.dumps({"token": token, "opened": list(opened)}).encode() + b"\n")
        process.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            line = process.stdout.readline() if selector.select(seconds) else b""
        return RunningGuard(port=int(json.loads(line)["port"]), token=token, process=process)
    except (OSError, ValueError, KeyError) as problem:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
        raise GuardAbsent("the egress guard ended before it answered") from problem
