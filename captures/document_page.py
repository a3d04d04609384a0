"""A document as HTML and as PDF. Neither holds a script or reaches outside: pictures are given, nothing is fetched."""

import base64
import hashlib
import io
import logging
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image, ImageFile

from captures.document import Document, Picture

TEMPLATES = Path(__file__).parent / "templates"
PICTURE_WIDTH = 1_000
# A picture higher than this is cut into parts, so that each fits a page.
PART_HEIGHT = 1_250
MAX_PARTS = 4
MAX_PIXELS = 1280 * 16_384
QUALITY = 72
# The engine's names for itself in the log: what it has to say about styles is of no interest to an officer.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


class PdfAbsent(Exception):
    """No PDF can be made on this machine; the message says what is missing."""


def picture_parts(png: bytes) -> tuple[bytes, ...]:
    """Return a screenshot as JPEG pictures of page size, made anew from its pixels; ValueError where it is none."""
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise ValueError("the picture is larger than a capture can be")
            whole = opened.convert("RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"no picture: {error}") from error
    if whole.width > PICTURE_WIDTH:
        whole = whole.resize((PICTURE_WIDTH, max(1, round(whole.height * PICTURE_WIDTH / whole.width))))
    parts = []
    for top in range(0, min(whole.height, PART_HEIGHT * MAX_PARTS), PART_HEIGHT):
        stream = io.BytesIO()
        part = whole.crop((0, top, whole.width, min(top + PART_HEIGHT, whole.height)))
        part.save(stream, "JPEG", quality=QUALITY, optimize=True)
        parts.append(stream.getvalue())
    return tuple(parts)


def write_html(document: Document, pictures: Mapping[str, tuple[str, ...]], image_source: str = "'self'") -> str:
    """Return the document as one page; `pictures` are the addresses of each picture's parts by its hash."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    style = (TEMPLATES / "pack.css").read_text(encoding="utf-8")
    known = {block.sha256: () for block in pictures_of(document)} | dict(pictures)
    return environment.get_template("pack.html").render(
        document=document,
        pictures=known,
        kind=lambda block: type(block).__name__,
        style=Markup(style),  # noqa: S704 - our own file, no page text
        style_sha256=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        image_source=image_source,
    )


def pictures_of(document: Document) -> tuple[Picture, ...]:
    """Return every picture that the document shows."""
    return tuple(
        block
        for case in document.cases
        for section in case.sections
        for block in section.blocks
        if isinstance(block, Picture)
    )


def write_pdf(document: Document, parts: Mapping[str, tuple[bytes, ...]]) -> bytes:
    """Return the document as PDF; PdfAbsent where the engine's libraries or fonts are missing.

    The engine gets no network and no files: whatever address it asks for, only the given pictures are handed over.
    """
    weasyprint = _engine()
    contents = {
        f"picture:{sha256}/{number}": part for sha256, group in parts.items() for number, part in enumerate(group)
    }
    addresses = {sha256: tuple(f"picture:{sha256}/{n}" for n in range(len(group))) for sha256, group in parts.items()}
    page = write_html(document, addresses)
    made: bytes = weasyprint.HTML(string=page, base_url="about:blank", url_fetcher=_only(contents)).write_pdf(
        optimize_images=False
    )
    return made


def pdf_problem() -> str | None:
    """Return why no PDF can be made here, None where it can."""
    try:
        _engine()
    except PdfAbsent as problem:
        return str(problem)
    return None


def _engine() -> Any:
    try:
        engine = import_module("weasyprint")
    except (ImportError, OSError) as error:
        # The package is pure Python; Pango comes from the system.
        first = str(error).splitlines()[0]
        raise PdfAbsent(f"the PDF engine's libraries (Pango) are not installed: {first}") from error
    # The engine tells Pillow to take pictures that are cut off, for the whole process; here they are refused.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return engine


def _only(contents: Mapping[str, bytes]) -> Any:
    urls = import_module("weasyprint.urls")

    class OnlyGiven(urls.URLFetcher):  # type: ignore[misc, name-defined]
        """Hands over the given pictures and refuses every other address."""

        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002 - the library's signature
            content = contents.get(url)
            if content is None:
                raise ValueError(f"nothing is fetched for a pack: {url[:80]}")
            return urls.URLFetcherResponse(url, content, {"Content-Type": "image/jpeg"})

    return OnlyGiven()
