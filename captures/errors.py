"""What can go wrong with captures.

CaptureError
├── CaptureAbsent      no complete capture of that body is kept
├── CaptureChanged     a kept file no longer has the bytes that its name promises
├── CaptureRefused     what was given to keep contradicts itself or lacks a fact; nothing was written
├── CaptureFailed      the page could not be captured; nothing was written
├── NoRoom             a quota or the free-space floor would be passed; nothing was written
├── DiskFull           there was no room; nothing half-written can be read
├── StampRefused       a time stamp does not say what was asked, or its maker is not trusted
└── BadKey             the installation's signing key cannot be used
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
    """What was given to keep contradicts itself or lacks a fact; nothing was written."""


class CaptureFailed(CaptureError):
    """The page could not be captured; `reason` is one word that is counted, the message names the address."""

    def __init__(self, url: str, reason: str, detail: str) -> None:
        super().__init__(f"{url}: {detail}")
        self.url = url
        self.reason = reason


class NoRoom(CaptureError):
    """A quota or the free-space floor would be passed; nothing was written. The message names which one."""


class DiskFull(CaptureError):
    """There was no room for a file; nothing half-written can be read."""

    def __init__(self, path: Path, needed_bytes: int, free_bytes: int, reason: str) -> None:
        super().__init__(
            f"disk full: {path} needs {needed_bytes:,} bytes, {free_bytes // 1_000_000:,} MB are free ({reason})"
        )
        self.path = path
        self.needed_bytes = needed_bytes
        self.free_bytes = free_bytes


class StampRefused(CaptureError):
    """A time stamp does not say what was asked, or its maker is not trusted."""


class BadKey(CaptureError):
    """The installation's signing key cannot be used; the message names the file."""
