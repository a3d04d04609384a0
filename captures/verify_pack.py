"""Checks an evidence pack offline: every file against the manifest, the manifest against its signature and stamp."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import rfc8785

from captures.errors import StampRefused
from captures.pack import FORMAT, MANIFEST, SIGNATURE, STAMP, write_zip
from captures.page_record import PageRecord
from captures.signing import check_signature, fingerprint
from captures.stamp import Stamp, StampAuthority, check_stamp
from captures.verify import Problem

# A pack is read whole; one that unpacks to more is none of ours.
MAX_FILES = 20_000
MAX_FILE_BYTES = 256 * 2**20
MAX_TOTAL_BYTES = 2 * 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class PackReport:
    """What a check of a pack found."""

    problems: tuple[Problem, ...]
    """Everything that is not as it must be; empty when all is well."""
    key_fingerprint: str | None
    """SHA-256 of the key that signed it, to be compared with the one that its maker publishes."""
    stamp: Stamp | None
    """The pack's time stamp."""
    made_at: str | None
    """As its manifest says."""
    file_count: int
    """Files checked."""


def verify_pack(path: Path, authority: StampAuthority | None = None, known_key: bytes | None = None) -> PackReport:
    """Return what is wrong with a pack; OSError where it cannot be read at all.

    With `known_key`, a pack signed by any other key is a problem.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            problems, files = _read(archive)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
        return _failed(path.name, f"no readable zip file: {error}")
    # Written by one rule only: a change outside the files themselves (a date, a mode, a comment) is found as well.
    if not problems and write_zip(files) != path.read_bytes():
        problems.append(Problem(path=path.name, kind="changed", detail="the zip file is not as it was written"))
    manifest = files.pop(MANIFEST, None)
    signature, token = files.pop(SIGNATURE, None), files.pop(STAMP, None)
    if manifest is None:
        return _failed(MANIFEST, "the pack has no manifest", problems)
    key: bytes | None = None
    stamp: Stamp | None = None
    if signature is None:
        problems.append(Problem(path=SIGNATURE, kind="missing", detail="the pack has no signature"))
    else:
        try:
            key = check_signature(manifest, signature, known_key)
        except ValueError as error:
            problems.append(Problem(path=SIGNATURE, kind="changed", detail=str(error)))
    if token is not None:
        try:
            stamp = check_stamp(manifest, token, authority)
        except StampRefused as error:
            problems.append(Problem(path=STAMP, kind="changed", detail=str(error)))
    made_at: str | None = None
    try:
        record = _manifest(manifest)
        made_at = str(record["made_at"])
        problems += _compare(record["files"], files)
        problems += _pages(files, authority)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problems.append(Problem(path=MANIFEST, kind="changed", detail=f"unreadable manifest: {error}"))
    return PackReport(
        problems=tuple(sorted(problems, key=lambda problem: problem.path)),
        key_fingerprint=None if key is None else fingerprint(key),
        stamp=stamp,
        made_at=made_at,
        file_count=len(files),
    )


def _failed(path: str, detail: str, more: list[Problem] | None = None) -> PackReport:
    problems = (*(more or ()), Problem(path=path, kind="changed", detail=detail))
    return PackReport(problems=problems, key_fingerprint=None, stamp=None, made_at=None, file_count=0)


def _read(archive: zipfile.ZipFile) -> tuple[list[Problem], dict[str, bytes]]:
    """Return every file of the archive; a name met twice, or one that does not unpack, is a problem."""
    entries = archive.infolist()
    if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise ValueError("it unpacks to more than a pack can hold")
    problems: list[Problem] = []
    files: dict[str, bytes] = {}
    for entry in entries:
        if entry.filename in files:
            problems.append(Problem(path=entry.filename, kind="extra", detail="a second file of this name"))
            continue
        try:
            with archive.open(entry) as opened:
                files[entry.filename] = opened.read(MAX_FILE_BYTES + 1)
        except Exception as error:  # noqa: BLE001 - zipfile and zlib raise errors of many kinds for damaged bytes
            files[entry.filename] = b""
            problems.append(Problem(path=entry.filename, kind="changed", detail=f"does not unpack: {error}"))
    return problems, files


def _manifest(content: bytes) -> dict[str, Any]:
    record = cast("object", json.loads(content))
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise ValueError(f"not of the form {FORMAT}")
    if rfc8785.dumps(record) != content:
        raise ValueError("not in canonical form")
    return record


def _compare(named: dict[str, dict[str, Any]], files: dict[str, bytes]) -> Iterator[Problem]:
    for name in sorted(named.keys() - files.keys()):
        yield Problem(path=name, kind="missing", detail="the manifest names it")
    for name in sorted(files.keys() - named.keys()):
        yield Problem(path=name, kind="extra", detail="the manifest does not name it")
    for name in sorted(named.keys() & files.keys()):
        if hashlib.sha256(files[name]).hexdigest() != named[name]["sha256"]:
            yield Problem(path=name, kind="changed", detail="its SHA-256 is not the one in the manifest")


def _pages(files: dict[str, bytes], authority: StampAuthority | None) -> Iterator[Problem]:
    """Check every page capture inside by its own manifest: it was signed when it was made, before any pack."""
    for name, content in sorted(files.items()):
        folder, _, last = name.rpartition("/")
        if last != "manifest.json" or not folder.startswith("captures/"):
            continue
        if hashlib.sha256(content).hexdigest() != folder.rpartition("/")[2]:
            yield Problem(path=name, kind="changed", detail="its SHA-256 is not the one in the folder's name")
            continue
        try:
            record = PageRecord.from_bytes(content)
            check_signature(content, files.get(f"{folder}/manifest.sig", b""))
        except ValueError as error:
            yield Problem(path=name, kind="changed", detail=str(error))
            continue
        token = files.get(f"{folder}/manifest.tsr")
        if token is not None:
            try:
                check_stamp(content, token, authority)
            except StampRefused as error:
                yield Problem(path=f"{folder}/manifest.tsr", kind="changed", detail=str(error))
        for file in record.files:
            body = files.get(f"{folder}/{file.name}")
            if body is None or hashlib.sha256(body).hexdigest() != file.sha256:
                yield Problem(path=f"{folder}/{file.name}", kind="changed", detail="not the file that was captured")
