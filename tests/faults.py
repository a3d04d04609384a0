"""Lets the n-th point of a piece of work fail: a commit, write, fsync, rename, connection, send or receive."""

import errno
import os
import socket
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import psycopg
import pytest

from storage.database import Database

# What each system call fails with: a full disk, a broken one, a connection that is gone.
FAILURES: dict[str, int] = {
    "open": errno.ENOSPC, "write": errno.ENOSPC, "fsync": errno.EIO, "rename": errno.EIO, "mkdir": errno.ENOSPC,
    "connect": errno.ECONNREFUSED, "send": errno.EPIPE, "receive": errno.ECONNRESET,
}  # fmt: skip


class Faults:
    """Counts the points that the main thread passes, and fails at one of them."""

    def __init__(self, fail_at: int) -> None:
        self.fail_at = fail_at
        self.passed = 0
        self.kinds: Counter[str] = Counter()
        self.failed_kind = ""

    def point(self, kind: str) -> bool:
        """Count a point; return whether this is the one that fails."""
        if threading.current_thread() is not threading.main_thread():
            return False
        self.passed += 1
        self.kinds[kind] += 1
        if self.passed == self.fail_at:
            self.failed_kind = kind
        return self.passed == self.fail_at

    def call(self, kind: str, *given: object) -> None:
        """Count a point; raise what the system call would where it is the one that fails."""
        if self.point(kind):
            number = FAILURES[kind]
            raise OSError(
                number, os.strerror(number), *(str(part) for part in given[:1] if isinstance(part, os.PathLike))
            )


class TornFile:
    """A file of which half arrives where the disk is full."""

    def __init__(self, file: Any, faults: Faults) -> None:
        self.file = file
        self.faults = faults

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def write(self, content: bytes) -> int:
        """Write all of it, or half of it and fail."""
        try:
            self.faults.call("write")
        except OSError:
            self.file.write(content[: len(content) // 2])
            self.file.flush()
            raise
        return int(self.file.write(content))


@contextmanager
def failing_at(place: int, database: Database) -> Iterator[Faults]:
    """Let the point of that number fail within the block; 0 lets none fail. The faults say how many were passed."""
    faults = Faults(place)
    with pytest.MonkeyPatch.context() as patch:

        def before(module: Any, name: str, kind: str) -> None:
            inner: Callable[..., Any] = getattr(module, name)

            def call(*given: Any, **named: Any) -> Any:
                faults.call(kind, *given)
                return inner(*given, **named)

            patch.setattr(module, name, call, raising=False)

        before(os, "fsync", "fsync")
        before(os, "rename", "rename")
        before(os, "mkdir", "mkdir")
        before(socket, "create_connection", "connect")
        before(socket.socket, "sendall", "send")
        before(socket.socket, "recv", "receive")
        before(socket.socket, "recv_into", "receive")
        open_file, make_file = os.open, os.fdopen

        def opened(path: Any, flags: int, *given: Any, **named: Any) -> int:
            if flags & os.O_CREAT:
                faults.call("open", path)
            return open_file(path, flags, *given, **named)

        def made(*given: Any, **named: Any) -> Any:
            return TornFile(make_file(*given, **named), faults)

        patch.setattr(os, "open", opened)
        patch.setattr(os, "fdopen", made)
        _fail_commits(patch, database, faults)
        yield faults


def _fail_commits(patch: pytest.MonkeyPatch, database: Database, faults: Faults) -> None:
    """Two points a commit: it does not happen, or it happens and its answer is lost."""
    dialect = database._engine.dialect
    commit = dialect.do_commit
    lost: Exception = psycopg.OperationalError("the connection is lost")
    if database.is_sqlite:
        lost = sqlite3.OperationalError("disk I/O error")
        lost.sqlite_errorcode = sqlite3.SQLITE_IOERR

    def failing(connection: Any) -> None:
        if faults.point("commit"):
            raise lost
        commit(connection)
        if faults.point("commit answered"):
            raise lost

    patch.setattr(dialect, "do_commit", failing)
