"""What can go wrong with captures.

CaptureError
├── CaptureAbsent      no complete capture of that body is kept
├── CaptureChanged     a kept file no longer has the bytes that its name promises
├── CaptureRefused     what was given to keep contradicts itself; nothing was written
└── DiskFull           there was no room; nothing half-written can be read
"""

from pathlib import Path


class CaptureError(Exception):
    """Something is wrong with a capture; the message names the file or the body."""


class CaptureAbsent(CaptureError):
    """No complete capture of that body is kept."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"no capture of {sha256!r}")
        self.sha256 = sha256


class CaptureChanged(CaptureError):
    """A kept file no longer has the bytes that its name promises."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: bytes differ from the hash in its name")
        self.path = path


class CaptureRefused(CaptureError):
    """What was given to keep contradicts itself; nothing was written."""


class DiskFull(CaptureError):
    """There was no room for a file; nothing half-written can be read."""

    def __init__(self, path: Path, needed_bytes: int, free_bytes: int, reason: str) -> None:
        super().__init__(
            f"disk full: {path} needs {needed_bytes:,} bytes, {free_bytes // 1_000_000:,} MB are free ({reason})"
        )
        self.path = path
        self.needed_bytes = needed_bytes
        self.free_bytes = free_bytes
