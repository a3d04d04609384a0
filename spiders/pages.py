"""HTML answers: decoded, bounded, and the data that scripts of a page carry."""

import re

from selectolax.lexbor import LexborHTMLParser
from w3lib.encoding import html_to_unicode

from spiders.errors import PageChanged, UnknownPage
from spiders.json_api import read_json
from spiders.reading import Answer, Record

MAX_NESTING = 1_000
_UTF_8 = re.compile(r";\s*charset=[\"']?utf-?8[\"']?\s*$", re.IGNORECASE)
# How a byte order mark of any kind begins.
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
MAX_ATTRIBUTES = 1_000
# Elements that are closed by hand in every page; only these can pile up.
_PILING_TAG = re.compile(
    rb"<(/?)(?:div|span|section|article|table|ul|ol|dl|b|i|em|strong|font|a|form|main|nav)\b", re.IGNORECASE
)
# One tag with more attributes than any page has; parsers need quadratic time for it.
_CROWDED_TAG = re.compile(
    rb"<[a-zA-Z][\w-]*(?>\s+[^\s=>\"'/<]++(?:=(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?){%d}" % (MAX_ATTRIBUTES + 1)
)


def check_page(answer: Answer) -> None:
    """Raise PageChanged for a page whose build would cost minutes to parse: nested or attributed without measure."""
    body = answer.body
    depth = deepest = 0
    # A page with fewer opening tags than that cannot be so deep, and that is nearly every page.
    if body.count(b"<") - body.count(b"</") > MAX_NESTING:
        for tag in _PILING_TAG.finditer(body):
            depth += -1 if tag.group(1) else 1
            deepest = max(deepest, depth)
    if deepest > MAX_NESTING:
        raise PageChanged(answer.url, "page", f"nesting is deeper than {MAX_NESTING}", deepest)
    if _CROWDED_TAG.search(answer.body):
        raise PageChanged(answer.url, "page", f"a tag has more than {MAX_ATTRIBUTES} attributes")


def page_text(answer: Answer, otherwise: str | None = None) -> str:
    """Return the page's characters, its charset taken from byte order mark, header or meta tag, else UTF-8.

    `otherwise` is the market's older charset: it is used where the page is not in the one that it seems to state, as
    pages saved with their scripts often state that of a script.
    """
    if otherwise is None and _UTF_8.search(answer.content_type) and not answer.body.startswith(_MARKS):
        return answer.body.decode("utf-8", "replace")  # What the library comes to as well, after a longer look.
    charset, text = html_to_unicode(answer.content_type or None, answer.body, default_encoding="utf-8")
    if otherwise is not None and not _is_in(answer.body, charset):
        return answer.body.decode(otherwise, "replace")
    return str(text)


def _is_in(body: bytes, charset: str) -> bool:
    try:
        body.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def open_page(answer: Answer, otherwise: str | None = None) -> LexborHTMLParser:
    """Return the parsed page; raise PageChanged for one that is hostile or is no HTML."""
    return open_text(answer, otherwise)[1]


def open_text(answer: Answer, otherwise: str | None = None) -> tuple[str, LexborHTMLParser]:
    """Return the page's characters, and them parsed; raise as open_page does."""
    check_page(answer)
    page = page_text(answer, otherwise)
    if "<" not in page:
        raise UnknownPage(answer.url, "is neither JSON nor HTML")
    return page, LexborHTMLParser(page)


def next_data(answer: Answer, page: LexborHTMLParser) -> Record | None:
    """Return the state that a Next.js page carries in __NEXT_DATA__, or None where the page has none."""
    node = page.css_first("script#__NEXT_DATA__")
    if node is None:
        return None
    value = read_json(answer.url, node.text(deep=True).encode("utf-8", "replace"))
    if not isinstance(value, dict):
        raise PageChanged(answer.url, "__NEXT_DATA__", "is not an object", value)
    return Record(answer.url, "__NEXT_DATA__", value)
