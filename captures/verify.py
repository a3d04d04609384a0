"""The walk over a capture store that names everything wrong with it."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from captures.errors import StampRefused
from captures.manifest import MANIFEST_NAME, Manifest, own_digits
from captures.page_record import PageRecord
from captures.signing import check_signature
from captures.stamp import StampAuthority, check_stamp

ProblemKind = Literal["missing", "changed", "extra", "half_written"]
SHARD_NAME = re.compile(r"[0-9a-f]{2}")
BODY_NAME = re.compile(r"([0-9a-f]{64})\.body")
PAGE_SUFFIX, SIGNATURE_SUFFIX = ".page.json", ".page.sig"
PAGE_NAME = re.compile(r"([0-9a-f]{64})\.page\.(?:json|sig)")
# The first 16 digits of the stamp's own hash: its unsigned parts betray a change, too.
STAMP_NAME = re.compile(r"([0-9a-f]{64})\.([0-9a-f]{16})\.tsr")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One file of the store that is not as it must be."""

    path: str
    """Path inside the store, with / between the parts."""
    kind: ProblemKind
    """missing, changed, extra (the store never writes such a file), or half_written (a write that did not end)."""
    detail: str
    """What was found, in English."""

    def __str__(self) -> str:
        return f"{self.kind}: {self.path}: {self.detail}"


def find_problems(
    folder: Path,
    expected: Iterable[str] = (),
    authority: StampAuthority | None = None,
    stamped: Iterable[str] = (),
) -> tuple[Problem, ...]:
    """Return every problem of the store in that folder, in path order; an empty tuple means all is well.

    `expected` are hashes that must be kept, `stamped` those of page captures whose time stamp must be.
    """
    walk = _Walk(authority)
    for entry in sorted(folder.iterdir()) if folder.exists() else []:
        if entry.is_symlink() or not entry.is_dir() or not SHARD_NAME.fullmatch(entry.name):
            walk.add(entry.name, "extra", "not a folder of this store")
            continue
        for path in sorted(entry.iterdir()):
            walk.visit(path)
    walk.compare(set(expected), set(stamped))
    return tuple(sorted(walk.problems, key=lambda problem: problem.path))


class _Walk:
    """What a walk over the store has met so far."""

    def __init__(self, authority: StampAuthority | None) -> None:
        self.authority = authority
        self.problems: list[Problem] = []
        self.bodies: set[str] = set()
        self.described: dict[str, str] = {}
        """Hash of a body to what names it."""
        self.pages: set[str] = set()
        self.signed: set[str] = set()
        self.stamped: set[str] = set()

    def add(self, path: str, kind: ProblemKind, detail: str) -> None:
        self.problems.append(Problem(path=path, kind=kind, detail=detail))

    def visit(self, path: Path) -> None:
        """Look at one file of a shard."""
        place = f"{path.parent.name}/{path.name}"
        kinds = (
            (BODY_NAME, self._body),
            (MANIFEST_NAME, self._manifest),
            (PAGE_NAME, self._page),
            (STAMP_NAME, self._stamp),
        )
        if path.is_symlink() or not path.is_file():
            self.add(place, "extra", "not a plain file")
        elif path.name.endswith(".part"):
            self.add(place, "half_written", "a write that did not end; safe to delete")
        else:
            for pattern, look in kinds:
                name = pattern.fullmatch(path.name)
                if name is not None and name.group(1).startswith(path.parent.name):
                    look(path, place, name)
                    return
            self.add(place, "extra", "the store writes no file of this name here")

    def compare(self, expected: set[str], stamped: set[str]) -> None:
        """Add what is known but not there, and what is there but known to nothing."""
        for sha256 in sorted(self.described.keys() - self.bodies):
            self.add(f"{sha256[:2]}/{sha256}.body", "missing", self.described[sha256])
        for sha256 in sorted(self.bodies - self.described.keys()):
            self.add(f"{sha256[:2]}/{sha256}.body", "half_written", "a body without a manifest counts as absent")
        for sha256 in sorted(self.pages - self.signed):
            self.add(f"{sha256[:2]}/{sha256}{SIGNATURE_SUFFIX}", "missing", "a page capture without its signature")
        for sha256 in sorted((self.signed | self.stamped) - self.pages):
            self.add(f"{sha256[:2]}/{sha256}{PAGE_SUFFIX}", "half_written", "a page capture without its manifest")
        for sha256 in sorted((stamped & self.pages) - self.stamped):
            self.add(f"{sha256[:2]}/{sha256}.tsr", "missing", "a page capture without the time stamp that it had")
        known = (self.bodies & self.described.keys()) | self.pages
        for sha256 in sorted(expected - known - self.described.keys()):
            self.add(f"{sha256[:2]}/{sha256}.body", "missing", "known elsewhere, but not kept here")

    def _body(self, path: Path, place: str, name: re.Match[str]) -> None:
        self.bodies.add(name.group(1))
        if _digest(path) != name.group(1):
            self.add(place, "changed", "the body's SHA-256 is not the one in its name")

    def _manifest(self, path: Path, place: str, name: re.Match[str]) -> None:
        self.described.setdefault(name.group(1), "a manifest names it")
        content = path.read_bytes()
        if own_digits(content) != name.group(3):
            self.add(place, "changed", "the manifest's SHA-256 is not the one in its name")
            return
        try:
            manifest = Manifest.from_bytes(content)
        except ValueError as error:
            self.add(place, "changed", f"unreadable manifest: {error}")
            return
        if manifest.page_copy.sha256 != name.group(1) or manifest.name != path.name:
            self.add(place, "changed", "the manifest describes another sighting than its name")

    def _page(self, path: Path, place: str, name: re.Match[str]) -> None:
        sha256 = name.group(1)
        manifest = path.with_name(sha256 + PAGE_SUFFIX)
        if path.name.endswith(SIGNATURE_SUFFIX):
            self.signed.add(sha256)
            if _is_intact(manifest, sha256):
                try:
                    check_signature(manifest.read_bytes(), path.read_bytes())
                except ValueError as error:
                    self.add(place, "changed", str(error))
            return
        self.pages.add(sha256)
        if _digest(path) != sha256:
            self.add(place, "changed", "the manifest's SHA-256 is not the one in its name")
            return
        try:
            record = PageRecord.from_bytes(path.read_bytes())
        except ValueError as error:
            self.add(place, "changed", f"unreadable manifest: {error}")
            return
        for file in record.files:
            self.described.setdefault(file.sha256, f"{file.name} of page capture {sha256}")

    def _stamp(self, path: Path, place: str, name: re.Match[str]) -> None:
        sha256 = name.group(1)
        self.stamped.add(sha256)
        token = path.read_bytes()
        if own_digits(token) != name.group(2):
            self.add(place, "changed", "the time stamp's SHA-256 is not the one in its name")
            return
        manifest = path.with_name(sha256 + PAGE_SUFFIX)
        if _is_intact(manifest, sha256):
            try:
                check_stamp(manifest.read_bytes(), token, self.authority)
            except StampRefused as error:
                self.add(place, "changed", str(error))


def _is_intact(path: Path, sha256: str) -> bool:
    """Return whether the file is there as its hash says; a changed one is named once, at its own place."""
    return path.is_file() and _digest(path) == sha256


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
