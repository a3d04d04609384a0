"""Reads saved pages, HAR archives and listing files as answers of a marketplace, through the spider's own reader."""

import base64
import binascii
import gzip
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import orjson

from crawler.errors import BadInput
from crawler.files import read_rows
from crawler.saved_pages import saved_answer
from records.lines import listing_from_line
from records.listing import Listing, PageCopy
from records.row_fields import BadField
from spiders.addresses import is_on_host
from spiders.base import MarketSpider
from spiders.errors import Blocked, ReadingError, Throttled
from spiders.reading import Answer

MAX_FILE_BYTES = 64 * 2**20
# Columns that tell a file of listings from a file of raw answers.
LISTING_COLUMNS = frozenset({"listing_id", "title"})


@dataclass(frozen=True, slots=True)
class Imported:
    """A listing with the bytes it was read from; None where a listing file gave it ready-made."""

    listing: Listing
    body: bytes | None


@dataclass(slots=True)
class ImportCounts:
    """What came of the files of one import."""

    listings: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def imported_listings(spider: type[MarketSpider], path: Path, counts: ImportCounts) -> Iterator[Imported]:
    """Yield the listings of one saved file; raise BadInput naming the file where nothing in it can be read."""
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    suffix = suffixes[-1] if suffixes else ""
    if suffix in {".csv", ".xlsx"} or (suffix == ".jsonl" and _holds_listings(path)):
        yield from _from_listing_file(spider, path, counts)
        return
    if suffix == ".har":
        answers = _har_answers(spider, path)
    elif suffix == ".jsonl":
        answers = _line_answers(spider, path)
    else:
        answers = iter([saved_answer(spider, path, suffix, _content(path), _saved_at(path))])
    yield from _from_answers(spider, path, answers, counts)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise BadInput(f"{path}: larger than {MAX_FILE_BYTES // 2**20} MiB")
        if path.suffix != ".gz":
            return path.read_bytes()
        with gzip.open(path) as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except (OSError, EOFError) as problem:
        raise BadInput(f"{path}: cannot be read: {problem}") from problem
    if len(content) > MAX_FILE_BYTES:
        raise BadInput(f"{path}: unpacks to more than {MAX_FILE_BYTES // 2**20} MiB")
    return content


def _saved_at(path: Path) -> datetime:
    """Return when the file was saved: the closest that is known to when the page was seen."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _holds_listings(path: Path) -> bool:
    first = next(read_rows(path), None)
    return first is not None and frozenset(first.row) >= LISTING_COLUMNS


def _from_listing_file(spider: type[MarketSpider], path: Path, counts: ImportCounts) -> Iterator[Imported]:
    for placed in read_rows(path):
        row = dict(placed.row)
        row["market"] = row.get("market") or spider.name
        if row["market"] != spider.name:
            raise BadInput(f"{path}, line {placed.line}: market {row['market']!r} is not {spider.name!r}")
        unread: Counter[str] = Counter()
        try:
            listing = listing_from_line(row, unread)
        except BadField as problem:
            raise BadInput(f"{path}, line {placed.line}: {problem}") from None
        counts.skipped.update({f"unreadable {name}": number for name, number in unread.items()})
        counts.listings += 1
        yield Imported(listing, None)


def _har_answers(spider: type[MarketSpider], path: Path) -> Iterator[Answer]:
    """Yield the market's answers of a HAR 1.2 archive (http://www.softwareishard.com/blog/har-12-spec/)."""
    try:
        entries = orjson.loads(_content(path))["log"]["entries"]
        for entry in entries:
            content = entry["response"]["content"]
            text = content.get("text")
            if not text or (spider.hosts and not is_on_host(str(entry["request"]["url"]), spider.hosts)):
                continue
            is_base64 = content.get("encoding") == "base64"
            yield Answer(
                url=str(entry["request"]["url"]),
                body=base64.b64decode(text, validate=True) if is_base64 else text.encode(),
                content_type=str(content.get("mimeType", "")),
                status=int(entry["response"]["status"]),
                fetched_at=datetime.fromisoformat(entry["startedDateTime"]).astimezone(UTC),
            )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError, binascii.Error) as problem:
        raise BadInput(f"{path}: not a HAR archive: {type(problem).__name__} {problem}") from None


def _line_answers(spider: type[MarketSpider], path: Path) -> Iterator[Answer]:
    saved_at = _saved_at(path)
    for line in _content(path).splitlines():
        if line.strip():
            yield Answer(url=spider.home, body=line, content_type="application/json", fetched_at=saved_at)


def _from_answers(
    spider: type[MarketSpider], path: Path, answers: Iterator[Answer], counts: ImportCounts
) -> Iterator[Imported]:
    """Yield every listing of the answers; an unreadable one is counted with its problem and the rest goes on."""
    problems: list[str] = []
    read = 0
    for number, answer in enumerate(answers, start=1):
        try:
            reading = spider.read(answer)
        except ReadingError as problem:
            problems.append(f"{path}, answer {number}: {problem}")
            # Of an archive's many answers a refusal is the one that people must hear of.
            if path.suffix == ".har" and isinstance(problem, Blocked | Throttled):
                counts.problems.append(problems[-1])
            continue
        read += 1
        counts.skipped.update(reading.skipped)
        page_copy = PageCopy(
            url=answer.url,
            sha256=sha256(answer.body).hexdigest(),
            byte_count=len(answer.body),
            content_type=answer.content_type,
            status=answer.status,
            fetched_at=answer.fetched_at,
        )
        for listing in reading.listings:
            counts.listings += 1
            yield Imported(replace(listing, page_copy=page_copy), answer.body)
    if not read:
        raise BadInput(problems[0] if problems else f"{path}: holds no answer")
    # A HAR archive holds pictures and scripts beside the pages: only a file that is all pages names each problem.
    if path.suffix != ".har":
        counts.problems += problems
