"""Reads doubtful pages in a child process that can be killed: `python -m crawler.parse_worker` serves one page a line.

A page that is large or crowded is read there, within a time and a memory of its own; whatever it does to the parser,
the crawl loses that page and nothing else. Both ways go JSON lines: nothing from a page is ever unpickled or run.
"""

import asyncio
import base64
import json
import os
import re
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from time import monotonic

from crawler.pictures import BadPicture, SmallPicture, small_picture
from records.listing import Seller
from spiders.errors import Blocked, Gone, PageChanged, ReadingError, UnknownPage
from spiders.reading import Answer, Reading
from spiders.registry import load_markets
from storage.documents import listing_from_document, listing_to_document

PROJECT = Path(__file__).resolve().parents[1]
# A page within these bounds is read in the crawl's own process: reading it costs a few hundredths of a second.
CALM_BYTES = 512 * 1024
CALM_TAGS = 12_000
CALM_TAG_BYTES = 16 * 1024
CALM_ENTITIES = 50_000
CPU_SECONDS = 2.0
WALL_SECONDS = 20.0
START_SECONDS = 60.0
# Above what the interpreter and the project take when nothing is being read.
MEMORY_BYTES = 512 * 2**20
LONGEST_LINE = 64 * 2**20
_TAG = re.compile(rb"<[a-zA-Z]")
_LONG_TAG = re.compile(rb"<[a-zA-Z][^>]{%d}" % CALM_TAG_BYTES)
# Errors as they travel: name, and what they were made with beside the address.
ERRORS: dict[str, Callable[..., ReadingError]] = {
    "Blocked": Blocked, "Gone": Gone, "UnknownPage": UnknownPage, "PageChanged": PageChanged,
}  # fmt: skip


def is_doubtful(body: bytes) -> bool:
    """Return whether a page is read in the worker: large, or crowded with tags, attributes or entities."""
    head = body.lstrip()[:1]
    if head in {b"{", b"["}:
        return False  # JSON is read by a parser that is bounded by itself.
    return (
        len(body) > CALM_BYTES
        or body.count(b"&") > CALM_ENTITIES
        or body.count(b"<") > 3 * CALM_TAGS
        or (body.count(b"<") > CALM_TAGS and len(_TAG.findall(body)) > CALM_TAGS)
        or _LONG_TAG.search(body) is not None
    )


class ParseWorker:
    """The child process and its pipe; started when the first doubtful page comes, started anew after every kill."""

    def __init__(self, *, cpu_seconds: float = CPU_SECONDS, wall_seconds: float = WALL_SECONDS) -> None:
        self.cpu_seconds = cpu_seconds
        self.wall_seconds = wall_seconds
        self.process: asyncio.subprocess.Process | None = None
        self.turn = asyncio.Lock()
        self.kills = 0

    async def read(self, market: str, answer: Answer) -> Reading:
        """Return the reading of a page; raise the ReadingError it comes to, PageChanged where it takes too much."""
        async with self.turn:
            process = await self._running()
            question = {
                "market": market, "url": answer.url, "body": base64.b64encode(answer.body).decode(),
                "content_type": answer.content_type, "status": answer.status,
                "fetched_at": answer.fetched_at.isoformat(),
            }  # fmt: skip
            line = await self._ask(process, json.dumps(question).encode() + b"\n", answer.url)
        return _reading_of(answer.url, json.loads(line))

    async def small_picture(self, url: str, data: bytes) -> SmallPicture:
        """Return a picture made small; raise BadPicture where it is none that is shown, or takes too much."""
        async with self.turn:
            process = await self._running()
            question = json.dumps({"picture": base64.b64encode(data).decode()}).encode() + b"\n"
            try:
                found = json.loads(await self._ask(process, question, url))
            except PageChanged as problem:
                raise BadPicture(problem.problem) from None
        if "problem" in found:
            raise BadPicture(str(found["problem"]))
        return SmallPicture(jpeg=base64.b64decode(found["jpeg"]), width=found["width"], height=found["height"])

    async def close(self) -> None:
        """End the child."""
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()
        self.process = None

    async def _running(self) -> asyncio.subprocess.Process:
        if self.process is None or self.process.returncode is not None:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "crawler.parse_worker", cwd=PROJECT, limit=LONGEST_LINE,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            async with asyncio.timeout(START_SECONDS):
                await _stream(self.process.stdout).readline()
        return self.process

    async def _ask(self, process: asyncio.subprocess.Process, question: bytes, url: str) -> bytes:
        """Return the child's line; end the child and raise PageChanged where it takes too long or dies."""
        stdin = process.stdin
        answering = asyncio.ensure_future(_stream(process.stdout).readline())
        began_cpu, began_at = _cpu_seconds(process.pid), monotonic()
        problem = f"reading it took more than {MEMORY_BYTES // 2**20} MB or ended the parser"
        try:
            if stdin is not None:
                stdin.write(question)
                await stdin.drain()
            while not answering.done():
                await asyncio.wait({answering}, timeout=0.05)
                spent, waited = _cpu_seconds(process.pid) - began_cpu, monotonic() - began_at
                if not answering.done() and (spent > self.cpu_seconds or waited > self.wall_seconds):
                    problem = f"parse time-out: more than {self.cpu_seconds:g} s"
                    break
            if answering.done() and (line := answering.result()):
                return line
        except (OSError, ValueError):
            pass  # It died, or answered without an end: the same for the page.
        answering.cancel()
        self.kills += 1
        await self.close()
        raise PageChanged(url, "page", problem)


def _stream(stream: asyncio.StreamReader | None) -> asyncio.StreamReader:
    if stream is None:
        raise RuntimeError("the parse worker has no pipe")
    return stream


def _cpu_seconds(pid: int) -> float:
    """Return the processor time that a process took; 0 where the system does not tell, then the wall clock decides."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _reading_of(url: str, found: dict[str, object]) -> Reading:
    error = found.get("error")
    if isinstance(error, dict):
        raise ERRORS[str(error["kind"])](url, *error["parts"])
    listings, links, notes = found["listings"], found["links"], found["notes"]
    skipped, sellers, sources = found["skipped"], found["sellers"], found["sources"]
    if not (isinstance(listings, list) and isinstance(links, list) and isinstance(notes, list)):
        raise PageChanged(url, "page", "the parse worker answered in another form")
    if not (isinstance(skipped, dict) and isinstance(sellers, list) and isinstance(sources, list)):
        raise PageChanged(url, "page", "the parse worker answered in another form")
    made = [replace(listing_from_document(one), sources=where) for one, where in zip(listings, sources, strict=True)]
    return Reading(
        listings=tuple(made),
        links=tuple(links),
        notes=tuple(notes),
        skipped=skipped,
        sellers=tuple(Seller(**seller) for seller in sellers),
    )


def _answer_to(line: bytes) -> dict[str, object]:
    """Return what one page comes to, in the child."""
    given = json.loads(line)
    if "picture" in given:
        try:
            picture = small_picture(base64.b64decode(given["picture"]))
        except BadPicture as problem:
            return {"problem": str(problem)}
        return {"jpeg": base64.b64encode(picture.jpeg).decode(), "width": picture.width, "height": picture.height}
    answer = Answer(
        url=given["url"],
        body=base64.b64decode(given["body"]),
        content_type=given["content_type"],
        status=given["status"],
        fetched_at=datetime.fromisoformat(given["fetched_at"]),
    )
    try:
        reading = load_markets()[given["market"]].read(answer)
    except ReadingError as error:
        return {"error": _error_in_parts(error)}
    except MemoryError:
        return {"error": {"kind": "PageChanged", "parts": ["page", f"needs over {MEMORY_BYTES // 2**20} MB"]}}
    return {
        "listings": [listing_to_document(listing) for listing in reading.listings],
        "sources": [dict(listing.sources) for listing in reading.listings],
        "links": list(reading.links),
        "notes": list(reading.notes),
        "skipped": dict(reading.skipped),
        "sellers": [
            {"seller_id": one.seller_id, "name": one.name, "official": one.official, "location": one.location}
            for one in reading.sellers
        ],
    }


def _error_in_parts(error: ReadingError) -> dict[str, object]:
    kind = type(error).__name__
    if isinstance(error, Blocked):
        return {"kind": kind, "parts": [error.sign]}
    if isinstance(error, UnknownPage):
        return {"kind": kind, "parts": [error.problem]}
    if isinstance(error, PageChanged):
        return {"kind": kind, "parts": [error.field, error.problem]}
    return {"kind": "Gone", "parts": []} if kind == "Gone" else {"kind": "PageChanged", "parts": ["page", str(error)]}


def main() -> None:
    """Serve pages from standard input until it closes."""
    load_markets()
    used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE") if _has_proc() else 0
    if used:
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_BYTES, used + MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout.buffer
    out.write(b"ready\n")
    out.flush()
    for line in sys.stdin.buffer:
        out.write(json.dumps(_answer_to(line)).encode() + b"\n")
        out.flush()


def _has_proc() -> bool:
    return Path("/proc/self/statm").exists()


if __name__ == "__main__":
    main()
