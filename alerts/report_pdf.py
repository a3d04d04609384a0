"""The document of a monthly report: the mail's figures and the month's hits as a table. It fetches nothing."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import ImageFile

from alerts.digest import DigestLine
from alerts.house import House
from alerts.letter import Attachment, Letter, Row
from alerts.message import label_of
from alerts.rows import Reader, rate_words, row_of

TEMPLATES = Path(__file__).parent / "templates"
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
# What the engine has to say about styles and fonts is of no interest to an operator.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
logging.getLogger("fontTools").setLevel(logging.ERROR)


class PdfAbsent(Exception):
    """No PDF can be made on this machine; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One hit in the document."""

    row: Row
    reason: str
    """Why it was confirmed, in a few words."""


def report_file(
    letter: Letter, month: date, lines: Sequence[DigestLine], more: int, reader: Reader, house: House
) -> Attachment:
    """Return the report as a PDF; the same report gives the same bytes. Raises PdfAbsent."""
    made = _pdf(report_page(letter, lines, more, reader, house))
    return Attachment(name=f"markwatch-{label_of(reader.brand)}-{month:%Y-%m}.pdf", content=made)


def report_page(letter: Letter, lines: Sequence[DigestLine], more: int, reader: Reader, house: House) -> str:
    """Return the document as a page: what the mail says, and every line of the month."""
    words = reader.words
    entries = [
        Entry(
            row=row_of(line, reader, house, can_answer=False),
            reason="" if line.reason is None else words.reason_names[line.reason],
        )
        for line in lines
    ]
    return _ENVIRONMENT.get_template("report.html").render(
        letter=letter,
        # How to get fewer mails is for the mail only.
        sections=[(one.heading, [line for line in one.lines if line != words.tighten]) for one in letter.sections],
        entries=entries,
        owner=reader.owner,
        more=words.more % {"count": reader.figures.count(more)} if more > 0 else "",
        heading=words.monthly_hits,
        columns=words.report_columns,
        rates=rate_words(lines, reader),
        note=words.report_note,
        privacy=words.privacy,
    )


def _pdf(page: str) -> bytes:
    try:
        engine: Any = import_module("weasyprint")
    except (ImportError, OSError) as error:
        # The package is pure Python; Pango comes from the system.
        first = str(error).splitlines()[0]
        raise PdfAbsent(f"the PDF engine's libraries (Pango) are not installed: {first}") from error
    # The engine tells Pillow to take pictures that are cut off, for the whole process; here they are refused.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    made: bytes = engine.HTML(string=page, base_url="about:blank", url_fetcher=_nothing()).write_pdf()
    return made


def _nothing() -> Any:
    urls = import_module("weasyprint.urls")

    class Nothing(urls.URLFetcher):  # type: ignore[misc, name-defined]
        """Refuses every address: the document holds no picture and loads no font."""

        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002 - the library's signature
            raise ValueError(f"nothing is fetched for a report: {url[:80]}")

    return Nothing()
