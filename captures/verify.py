"""The walk over a capture store that names everything wrong with it."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from captures.manifest import MANIFEST_NAME, Manifest, own_digits

ProblemKind = Literal["missing", "changed", "extra", "half_written"]
SHARD_NAME = re.compile(r"[0-9a-f]{2}")
BODY_NAME = re.compile(r"([0-9a-f]{64})\.body")


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


def find_problems(folder: Path, expected: Iterable[str] = ()) -> tuple[Problem, ...]:
    """Return every problem of the store in that folder, in path order; an empty tuple means all is well."""
    problems: list[Problem] = []
    complete: set[str] = set()
    for entry in sorted(folder.iterdir()) if folder.exists() else []:
        if entry.is_symlink() or not entry.is_dir() or not SHARD_NAME.fullmatch(entry.name):
            problems.append(Problem(path=entry.name, kind="extra", detail="not a folder of this store"))
            continue
        problems.extend(_shard_problems(entry, complete))
    problems.extend(
        Problem(path=f"{sha256[:2]}/{sha256}.body", kind="missing", detail="known elsewhere, but not kept here")
        for sha256 in sorted(set(expected) - complete)
    )
    return tuple(problems)


def _shard_problems(shard: Path, complete: set[str]) -> Iterator[Problem]:
    """Yield the problems of one folder; add the hashes whose body and manifest are there to `complete`."""
    bodies: set[str] = set()
    described: set[str] = set()
    for path in sorted(shard.iterdir()):
        place = f"{shard.name}/{path.name}"
        body, manifest = BODY_NAME.fullmatch(path.name), MANIFEST_NAME.fullmatch(path.name)
        name = body or manifest
        if path.is_symlink() or not path.is_file():
            yield Problem(path=place, kind="extra", detail="not a plain file")
        elif path.name.endswith(".part"):
            yield Problem(path=place, kind="half_written", detail="a write that did not end; safe to delete")
        elif name is None or not name.group(1).startswith(shard.name):
            yield Problem(path=place, kind="extra", detail="the store writes no file of this name here")
        elif body:
            bodies.add(body.group(1))
            if _digest(path) != body.group(1):
                yield Problem(path=place, kind="changed", detail="the body's SHA-256 is not the one in its name")
        else:
            described.add(name.group(1))
            yield from _manifest_problems(path, place, name.group(1), name.group(3))
    for sha256 in sorted(described - bodies):
        yield Problem(path=f"{shard.name}/{sha256}.body", kind="missing", detail="a manifest names it")
    for sha256 in sorted(bodies - described):
        yield Problem(
            path=f"{shard.name}/{sha256}.body", kind="half_written", detail="a body without a manifest counts as absent"
        )
    complete |= bodies & described


def _manifest_problems(path: Path, place: str, sha256: str, digits: str) -> Iterator[Problem]:
    content = path.read_bytes()
    if own_digits(content) != digits:
        yield Problem(path=place, kind="changed", detail="the manifest's SHA-256 is not the one in its name")
        return
    try:
        manifest = Manifest.from_bytes(content)
    except ValueError as error:
        yield Problem(path=place, kind="changed", detail=f"unreadable manifest: {error}")
        return
    if manifest.page_copy.sha256 != sha256 or manifest.name != path.name:
        yield Problem(path=place, kind="changed", detail="the manifest describes another sighting than its name")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
