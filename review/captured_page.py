"""A stored answer made readable: the page's own words and layout without anything that runs, loads or leads away."""

import html
import json
from typing import Final

import lxml.etree  # type: ignore[import-untyped]  # comes without types
import lxml.html  # type: ignore[import-untyped]  # as above

# What goes with everything inside it, and what goes but leaves its content.
DROPPED: Final = (
    "script", "style", "link", "meta", "base", "iframe", "frame", "frameset", "object", "embed", "applet", "img",
    "picture", "source", "video", "audio", "track", "svg", "math", "canvas", "noscript", "template", "portal",
    "input", "button", "select", "textarea",
)  # fmt: skip
UNWRAPPED: Final = ("a", "form", "area", "map")
KEPT_ATTRIBUTES: Final = frozenset({"colspan", "rowspan", "lang", "dir"})
MAX_CHARACTERS: Final = 2_000_000
# The sandbox gives the frame an origin of its own, which loads nothing from here either: its few rules stand inside.
FRAME_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; sandbox"
RULES: Final = (
    "body{margin:1rem;font:14px/1.6 'Segoe UI',Inter,'Noto Sans','Noto Sans CJK JP',sans-serif;color:#132024;"
    "background:#fff;overflow-wrap:anywhere}pre{white-space:pre-wrap;font:12px/1.5 ui-monospace,'Noto Sans Mono',"
    "monospace}table{border-collapse:collapse}td,th{padding:2px 6px;border:1px solid #c6d0d2}"
)


def readable(body: bytes, content_type: str) -> str:
    """Return the answer as one HTML document that is safe to frame; JSON and other text stand in it as printed."""
    kind, _semicolon, rest = content_type.lower().partition(";")
    charset = rest.partition("charset=")[2].strip().strip('"') or "utf-8"
    try:
        text = body.decode(charset, "replace")[:MAX_CHARACTERS]
    except LookupError:
        text = body.decode("utf-8", "replace")[:MAX_CHARACTERS]
    inner = _cleaned(text) if "html" in kind else f"<pre>{html.escape(_laid_out(text))}</pre>"
    return f'<!doctype html><meta charset="utf-8"><title>·</title><style>{RULES}</style><body>{inner}'


def _laid_out(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text


def _cleaned(text: str) -> str:
    try:
        # Encoded here, because lxml refuses a text that declares its own encoding.
        tree = lxml.html.document_fromstring(
            text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
        )
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return f"<pre>{html.escape(text)}</pre>"
    lxml.etree.strip_elements(tree, *DROPPED, lxml.etree.Comment, lxml.etree.ProcessingInstruction, with_tail=False)
    lxml.etree.strip_tags(tree, *UNWRAPPED)
    for element in tree.iter():
        if not isinstance(element.tag, str) or not element.tag.isalnum():
            element.tag = "span"
        for name in list(element.attrib):
            if name not in KEPT_ATTRIBUTES:
                del element.attrib[name]
    body = tree.find("body")
    return "".join(
        lxml.etree.tostring(part, encoding="unicode", method="html") for part in (tree if body is None else body)
    )
