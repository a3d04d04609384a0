"""Captures one listing's page: exchange, picture, rendered page and images, bound together by one signed manifest."""

import hashlib
import platform
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from captures.browser_view import VIEWPORT_HEIGHT, VIEWPORT_WIDTH, PageToShow, Shown, absent, show
from captures.client import Client
from captures.errors import CaptureFailed
from captures.exchange import Exchange, Fetched, exchange, fetch, middle
from captures.page_record import (
    PROCEDURE,
    CapturedFile,
    Clock,
    PageRecord,
    Screenshot,
    Sighting,
    moment_text,
)
from captures.signing import SigningKey
from captures.store import CaptureStore
from captures.warc import Resource, write_warc

LARGEST_CLOCK_DIFFERENCE = timedelta(minutes=10)
MAX_IMAGES = 8
# Images by their first bytes; what a server calls them is not believed.
IMAGE_SIGNS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"GIF8", "gif", "image/gif"),
    (b"RIFF", "webp", "image/webp"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be captured, for whom and why."""

    market: str
    listing_id: str
    url: str
    images: tuple[str, ...] = ()
    """Image addresses of the listing."""
    hit_ids: tuple[str, ...] = ()
    cause: str
    """queued, opened or requested."""
    requested_by: str
    run_id: str | None = None
    rule_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a reader of the marketplace says that the page shows."""

    sighting: Sighting
    detail: str


Read = Callable[[Exchange], Look]
"""Tells from the last answer whether the listing is there, is not, or the market refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a capture is made with."""

    client: Client
    read: Read
    launch_options: dict[str, Any] | None
    """Playwright's launch options; None where no browser can be had."""
    browser_absent_because: str = ""
    """Why there is none."""
    check_room: Callable[[int], None] = lambda _byte_count: None
    """Raises NoRoom where a capture of so many bytes would pass a quota."""


@dataclass(slots=True)
class _Contents:
    """The files of a capture on their way into the store."""

    files: list[CapturedFile] = field(default_factory=list)
    bytes_by_name: dict[str, bytes] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)

    def add(self, name: str, content: bytes, media_type: str) -> None:
        self.bytes_by_name[name] = content
        digest = hashlib.sha256(content).hexdigest()
        self.files.append(CapturedFile(name=name, sha256=digest, byte_count=len(content), media_type=media_type))


def capture_page(wish: Wish, tools: Tools, store: CaptureStore, key: SigningKey) -> tuple[str, PageRecord]:
    """Capture the page, keep it, and return its manifest's hash and record.

    Raises CaptureFailed, or NoRoom where a quota or the free-space floor would be passed; nothing is kept then.

    An answer that refuses us or no longer shows the listing is a capture as well: it says blocked or not seen.
    """
    client = tools.client
    fetched = fetch(wish.url, client)
    look = tools.read(fetched.last)
    exchanges = list(fetched.exchanges)
    shown = _shown(fetched.last, tools)
    contents = _Contents()
    if look.sighting == "seen":
        exchanges += _images(wish, client, contents)
    ended_at = client.clock()
    tool_versions = {
        "markwatch": version("markwatch"),
        "python": platform.python_version(),
        "warcio": version("warcio"),
        "playwright": version("playwright"),
        "browser": shown.version or "none",
    }
    resources = []
    if shown.dom is not None:
        dom = shown.dom.encode("utf-8", "replace")
        contents.add("rendered.html", dom, "text/html")
        uri = f"urn:dom:{fetched.last.hop.url}"
        resources.append(Resource(uri=uri, media_type="text/html", content=dom, made_at=moment_text(ended_at)))
    if shown.picture is not None:
        contents.add("screenshot.png", shown.picture, "image/png")
    warc = write_warc({"format": "WARC file version 1.1", **tool_versions}, exchanges, resources)
    contents.add("exchange.warc.gz", warc, "application/warc")
    contents.add("page.body", fetched.last.body, fetched.last.header("content-type") or "application/octet-stream")
    certificates = _certificates(fetched)
    if certificates:
        contents.add("certificates.pem", certificates, "application/x-pem-file")
    record = PageRecord(
        market=wish.market,
        listing_id=wish.listing_id,
        hit_ids=wish.hit_ids,
        cause=wish.cause,
        requested_by=wish.requested_by,
        run_id=wish.run_id,
        rule_version=wish.rule_version,
        procedure=PROCEDURE,
        requested_url=wish.url,
        final_url=fetched.last.hop.url,
        status=fetched.last.hop.status,
        sighting=look.sighting,
        sighting_detail=look.detail,
        started_at=moment_text(fetched.exchanges[0].started_at),
        ended_at=moment_text(ended_at),
        hops=tuple(one.hop for one in fetched.exchanges),
        clock=_clock(fetched.last),
        robots=fetched.robots,
        user_agent=client.user_agent,
        viewport=f"{VIEWPORT_WIDTH}x{VIEWPORT_HEIGHT}@1",
        tools=tool_versions,
        screenshot=Screenshot(
            page_height=shown.page_height, is_clipped=shown.is_clipped, absent_because=shown.absent_because
        ),
        files=tuple(contents.files),
        skipped=tuple(contents.skipped),
    )
    tools.check_room(sum(file.byte_count for file in record.files))
    return store.keep_page(record, contents.bytes_by_name, key), record


def _shown(last: Exchange, tools: Tools) -> Shown:
    if tools.launch_options is None:
        return absent(tools.browser_absent_because or "no browser is installed")
    page = PageToShow(url=last.hop.url, status=last.hop.status, headers=last.hop.response_headers, body=last.body)
    try:
        # What the page loads comes from its host in the main: nobody else asks that host meanwhile.
        with tools.client.manners.turn(last.hop.url):
            return show(page, tools.launch_options, tools.client.user_agent)
    except CaptureFailed as busy:
        return absent(f"the host had no time for what the page loads: {busy}")


def _images(wish: Wish, client: Client, contents: _Contents) -> list[Exchange]:
    """Fetch the listing's images; one that fails is left out by name, because the page itself is the evidence."""
    found = []
    for number, url in enumerate(wish.images[:MAX_IMAGES], 1):
        if not client.manners.robots(url).is_allowed:
            contents.skipped.append(f"{url}: robots.txt does not allow it")
            continue
        try:
            with client.manners.turn(url):
                answer = exchange(url, client)
            name, media_type = _image_name(number, answer)
        except CaptureFailed as failure:
            contents.skipped.append(str(failure))
        else:
            found.append(answer)
            contents.add(name, answer.body, media_type)
    contents.skipped += [f"{url}: only the first {MAX_IMAGES} images are kept" for url in wish.images[MAX_IMAGES:]]
    return found


def _image_name(number: int, answer: Exchange) -> tuple[str, str]:
    for sign, suffix, media_type in IMAGE_SIGNS:
        if answer.hop.status == 200 and answer.body.startswith(sign):
            return f"image-{number}.{suffix}", media_type
    raise CaptureFailed(answer.hop.url, "no_image", f"HTTP {answer.hop.status}, not an image of a known kind")


def _certificates(fetched: Fetched) -> bytes:
    chains = dict.fromkeys(certificate for one in fetched.exchanges for certificate in one.chain)
    return "".join(ssl.DER_cert_to_PEM_cert(certificate) for certificate in chains).encode()


def _clock(last: Exchange) -> Clock:
    """Compare our clock with the server's Date header: the one second source that every answer brings."""
    text = last.header("date")
    if not text:
        return Clock(offset_seconds=None, source="the server sent no Date header", is_trusted=False)
    try:
        said = parsedate_to_datetime(text)
    except ValueError:
        return Clock(offset_seconds=None, source="the server's Date header is no date", is_trusted=False)
    said = said.replace(tzinfo=UTC) if said.tzinfo is None else said
    difference: timedelta = said - middle(last)
    return Clock(
        offset_seconds=round(difference.total_seconds()),
        source=f"Date header of {urlsplit(last.hop.url).hostname}",
        is_trusted=abs(difference) <= LARGEST_CLOCK_DIFFERENCE,
    )
