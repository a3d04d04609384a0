"""The processes of the browser that this process started: how much memory they hold, and their end (Linux)."""

import os
import signal
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
DRIVER_SIGN = b"playwright"


def browser_processes(parent: int | None = None) -> tuple[int, ...]:
    """Return the process ids below Playwright's driver, which is a child of the parent; none where /proc is absent."""
    children: dict[int, list[int]] = defaultdict(list)
    for folder in PROC.glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            # The name in brackets may hold anything, blanks and brackets too.
            fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            children[int(fields[1])].append(int(folder.name))
    drivers = [pid for pid in children[parent or os.getpid()] if DRIVER_SIGN in _command(pid)]
    found: list[int] = []
    waiting = [child for driver in drivers for child in children[driver]]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children[pid]
    return tuple(found)


def private_bytes(pids: tuple[int, ...]) -> int:
    """Return the memory that the processes hold for themselves, without what they share."""
    pages = 0
    for pid in pids:
        with suppress(OSError, ValueError, IndexError):
            fields = (PROC / str(pid) / "statm").read_bytes().split()
            pages += int(fields[1]) - int(fields[2])
    return pages * os.sysconf("SC_PAGE_SIZE")


def kill_all(pids: tuple[int, ...]) -> None:
    """End the processes at once; those that ended already are no matter."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _command(pid: int) -> bytes:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return b""
