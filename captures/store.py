"""The capture store: every answer that was judged and every page capture, in a folder addressed by content."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from captures.errors import CaptureAbsent, CaptureChanged, CaptureRefused
from captures.manifest import MANIFEST_NAME, SHA256, Manifest, own_digits
from captures.page_record import CapturedFile, PageRecord
from captures.room import require_room
from captures.signing import SigningKey
from captures.stamp import StampAuthority
from captures.verify import PAGE_SUFFIX, SIGNATURE_SUFFIX, Problem, find_problems
from captures.writing import make_folders, write_whole
from records.listing import PageCopy


class CaptureStore:
    """Keeps bodies and manifests so that a capture is either complete and verifiable, or absent.

    `<sha256[:2]>/<sha256>.body` holds a body, once however often it was seen;
    `<sha256[:2]>/<sha256>.<time>.<own hash>.json` is the manifest of one sighting, always written last;
    `<own hash[:2]>/<own hash>.page.json` is the manifest of one page capture, its signature and stamp beside it.
    """

    def __init__(self, folder: Path, floor_bytes: int = 0) -> None:
        self.folder = folder
        self.floor_bytes = floor_bytes
        """Below so much free room nothing more is kept (NoRoom); 0: the disk alone sets the end."""

    def keep(self, page_copy: PageCopy, body: bytes, facts: Mapping[str, str]) -> Path:
        """Keep one sighting and return the path of its body; keeping the same twice changes nothing.

        When it returns, body and manifest are on the disk, also after a power cut. Raises CaptureRefused when
        the body is not the one that `page_copy` names, NoRoom below the floor, DiskFull at the end, CaptureChanged when
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
        require_room(self.folder, len(body), self.floor_bytes)
        self._keep_body(page_copy.sha256, body)
        write_whole(manifest_path, manifest.to_bytes())
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

    def verify(
        self, expected: Iterable[str] = (), authority: StampAuthority | None = None, stamped: Iterable[str] = ()
    ) -> tuple[Problem, ...]:
        """Walk the whole store and name every missing, changed, extra or half-written file.

        `expected` are hashes that must be kept, such as those the database knows (of bodies and of page manifests),
        `stamped` those of page manifests that had a time stamp.
        Time stamps are checked against the `authority`; without one, only that they are about the right manifest.
        """
        return find_problems(self.folder, expected, authority, stamped)

    def keep_page(self, record: PageRecord, contents: Mapping[str, bytes], key: SigningKey) -> str:
        """Keep a page capture: its files, its signature, and last its manifest; return the manifest's SHA-256.

        `contents` has the bytes of each file of the record by name. Until the manifest is there the capture is absent.
        Raises as `keep` does; keeping the same twice changes nothing.
        """
        if set(contents) != {file.name for file in record.files}:
            raise CaptureRefused(f"{record.requested_url!r}: the files given are not those that the record names")
        for file in record.files:
            content = contents[file.name]
            if hashlib.sha256(content).hexdigest() != file.sha256 or len(content) != file.byte_count:
                raise CaptureRefused(f"{record.requested_url!r}: {file.name} is not the file that the record names")
        manifest = record.to_bytes()
        sha256 = hashlib.sha256(manifest).hexdigest()
        shard = self._shard(sha256)
        if (shard / f"{sha256}{PAGE_SUFFIX}").exists():
            return sha256
        require_room(self.folder, len(manifest) + sum(file.byte_count for file in record.files), self.floor_bytes)
        for file in record.files:
            self._keep_body(file.sha256, contents[file.name])
        make_folders(self.folder, shard)
        signature = shard / f"{sha256}{SIGNATURE_SUFFIX}"
        if not signature.exists():
            write_whole(signature, key.sign(manifest))
        write_whole(shard / f"{sha256}{PAGE_SUFFIX}", manifest)
        return sha256

    def keep_stamp(self, sha256: str, token: bytes) -> None:
        """Keep the RFC 3161 time stamp of a page capture; a second one for the same capture changes nothing."""
        if self.read_stamp(sha256) is None:
            write_whole(self._page_path(sha256, f".{own_digits(token)}.tsr"), token)

    def read_page(self, sha256: str) -> PageRecord:
        """Return the record of a page capture by the hash of its manifest; CaptureAbsent, CaptureChanged."""
        content = self.read_page_bytes(sha256)
        return PageRecord.from_bytes(content)

    def read_page_bytes(self, sha256: str) -> bytes:
        """Return the manifest of a page capture as it was signed."""
        path = self._page_path(sha256, PAGE_SUFFIX)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise CaptureAbsent(sha256) from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise CaptureChanged(path)
        return content

    def read_signature(self, sha256: str) -> bytes:
        """Return the signature file of a page capture."""
        try:
            return self._page_path(sha256, SIGNATURE_SUFFIX).read_bytes()
        except FileNotFoundError:
            raise CaptureAbsent(sha256) from None

    def read_stamp(self, sha256: str) -> bytes | None:
        """Return the time stamp of a page capture; None while it has none."""
        for path in sorted(self._page_path(sha256, "").parent.glob(f"{sha256}.*.tsr")):
            return path.read_bytes()
        return None

    def read_file(self, file: CapturedFile) -> bytes:
        """Return the bytes of one file of a page capture; CaptureAbsent, CaptureChanged."""
        path = self._shard(file.sha256) / f"{file.sha256}.body"
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise CaptureAbsent(file.sha256) from None
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise CaptureChanged(path)
        return content

    def remove_body(self, sha256: str) -> int:
        """Remove a body and the manifests of its sightings; return the number of files. Manifests go first."""
        shard = self._shard(sha256)
        return _remove([*sorted(shard.glob(f"{sha256}.*.json")), shard / f"{sha256}.body"])

    def remove_sighting(self, sha256: str, url: str, fetched_at: datetime) -> int:
        """Remove the manifest of one sighting of a body that has others; return the number of files."""
        found = []
        for path in sorted(self._shard(sha256).glob(f"{sha256}.*.json")):
            seen = Manifest.from_bytes(path.read_bytes()).page_copy
            if (seen.url, seen.fetched_at) == (url, fetched_at):
                found.append(path)
        return _remove(found)

    def is_at_rest(self, sha256: str, since: datetime) -> bool:
        """Return whether no file of that hash was written or needed anew since that time."""
        files = self._shard(sha256).glob(f"{sha256}.*")
        return all(path.stat().st_mtime < since.timestamp() for path in files)

    def remove_page(self, sha256: str) -> int:
        """Remove the manifest, signature and stamp of a page capture; its files are bodies of their own."""
        shard = self._shard(sha256)
        names = (f"{sha256}{PAGE_SUFFIX}", f"{sha256}{SIGNATURE_SUFFIX}")
        return _remove([*(shard / name for name in names), *sorted(shard.glob(f"{sha256}.*.tsr"))])

    def _keep_body(self, sha256: str, body: bytes) -> Path:
        shard = self._shard(sha256)
        path = shard / f"{sha256}.body"
        make_folders(self.folder, shard)
        if not path.exists():
            write_whole(path, body)
        elif path.read_bytes() != body:
            raise CaptureChanged(path)
        else:
            # Says that it is needed again, to whoever removes what nobody needs.
            os.utime(path)
        return path

    def _page_path(self, sha256: str, suffix: str) -> Path:
        if not SHA256.fullmatch(sha256):
            raise CaptureAbsent(sha256)
        return self._shard(sha256) / f"{sha256}{suffix}"

    def _shard(self, sha256: str) -> Path:
        return self.folder / sha256[:2]


def _remove(paths: Iterable[Path]) -> int:
    count = 0
    for path in paths:
        if path.exists():
            path.unlink()
            count += 1
    return count
