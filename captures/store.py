"""The capture store: every answer that was judged, byte for byte, in a folder addressed by content."""

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from captures.errors import CaptureAbsent, CaptureChanged, CaptureRefused, DiskFull
from captures.manifest import MANIFEST_NAME, SHA256, Manifest, own_digits
from captures.verify import Problem, find_problems
from records.listing import PageCopy

FOLDER_MODE = 0o700
FILE_MODE = 0o400
# What a full disk, a full quota and a size limit raise.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class CaptureStore:
    """Keeps bodies and manifests so that a capture is either complete and verifiable, or absent.

    `<sha256[:2]>/<sha256>.body` holds the body, once however often it was seen;
    `<sha256[:2]>/<sha256>.<time>.<own hash>.json` is the manifest of one sighting, always written last.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, page_copy: PageCopy, body: bytes, facts: Mapping[str, str]) -> Path:
        """Keep one sighting and return the path of its body; keeping the same twice changes nothing.

        When it returns, body and manifest are on the disk, also after a power cut. Raises CaptureRefused when
        the body is not the one that `page_copy` names, DiskFull when there is no room, and CaptureChanged when
        a kept body of that name was altered: then nothing is written over it, because it is a finding.
        """
        if hashlib.sha256(body).hexdigest() != page_copy.sha256 or len(body) != page_copy.byte_count:
            raise CaptureRefused(f"{page_copy.url!r}: the body given is not the body that the page copy names")
        if page_copy.fetched_at.utcoffset() is None:
            raise CaptureRefused(f"{page_copy.url!r}: fetched_at is a time without a zone")
        manifest = Manifest(page_copy=page_copy, facts=MappingProxyType(dict(facts)))
        shard = self._shard(page_copy.sha256)
        body_path = shard / f"{page_copy.sha256}.body"
        manifest_path = shard / manifest.name
        if manifest_path.exists() and body_path.exists():
            return body_path
        self._make_folders(shard)
        if not body_path.exists():
            _write(body_path, body)
        elif body_path.read_bytes() != body:
            raise CaptureChanged(body_path)
        _write(manifest_path, manifest.to_bytes())
        return body_path

    def read(self, sha256: str) -> bytes:
        """Return the kept body of that hash; CaptureAbsent without a manifest, CaptureChanged when it differs."""
        self.read_manifests(sha256)
        path = self._shard(sha256) / f"{sha256}.body"
        try:
            body = path.read_bytes()
        except FileNotFoundError:
            raise CaptureAbsent(sha256) from None
        if hashlib.sha256(body).hexdigest() != sha256:
            raise CaptureChanged(path)
        return body

    def read_manifests(self, sha256: str) -> tuple[Manifest, ...]:
        """Return every sighting of that body, oldest first; never empty (CaptureAbsent instead)."""
        if not SHA256.fullmatch(sha256):
            raise CaptureAbsent(sha256)
        manifests = []
        for path in sorted(self._shard(sha256).glob(f"{sha256}.*.json")):
            name = MANIFEST_NAME.fullmatch(path.name)
            if name is None:
                continue
            content = path.read_bytes()
            if own_digits(content) != name.group(3):
                raise CaptureChanged(path)
            manifests.append(Manifest.from_bytes(content))
        if not manifests:
            raise CaptureAbsent(sha256)
        return tuple(manifests)

    def verify(self, expected: Iterable[str] = ()) -> tuple[Problem, ...]:
        """Walk the whole store and name every missing, changed, extra or half-written file.

        `expected` are hashes that must be kept, such as those the database knows.
        """
        return find_problems(self.folder, expected)

    def _shard(self, sha256: str) -> Path:
        return self.folder / sha256[:2]

    def _make_folders(self, shard: Path) -> None:
        for folder in (self.folder, shard):
            if not folder.exists():
                folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
                folder.chmod(FOLDER_MODE)
                _sync_folder(folder.parent)


def _write(path: Path, content: bytes) -> None:
    """Put the file there whole or not at all: part file, fsync, rename, fsync of the folder."""
    # A random name keeps two writers of one body apart; O_EXCL refuses a planted link.
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), FILE_MODE)
            os.fsync(file.fileno())
        part.rename(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        if error.errno in NO_ROOM:
            raise DiskFull(path, len(content), shutil.disk_usage(path.parent).free, os.strerror(error.errno)) from error
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
