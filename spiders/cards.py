"""Pieces of a page as records: a table of selectors gives each piece its fields, the strict readers do the rest."""

import re
from collections.abc import Iterable, Mapping

from selectolax.lexbor import LexborHTMLParser, LexborNode

from spiders.errors import PageChanged
from spiders.reading import MAX_ENTRIES, Answer, Record

# Field name -> (selector inside the piece, or "" for the piece itself; attribute, or "" for the shown text).
Fields = Mapping[str, tuple[str, str]]
# What HTML shows as one blank; a no-break space is a sign of its own and stays.
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def card_records(answer: Answer, page: LexborHTMLParser, selector: str, fields: Fields) -> tuple[Record, ...]:
    """Return the pieces that a selector finds, each as a record of the fields that it has, with its node as `node`."""
    nodes = page.css(selector)
    if len(nodes) > MAX_ENTRIES:
        raise PageChanged(answer.url, selector, f"has {len(nodes)} entries, at most {MAX_ENTRIES} are read")
    return tuple(card_record(answer.url, f"{selector}[{index}]", node, fields) for index, node in enumerate(nodes))


def card_record(url: str, path: str, node: LexborNode, fields: Fields) -> Record:
    """Return one piece as a record: the first node that a field's selector finds gives its value."""
    values: dict[str, object] = {}
    for name, (selector, attribute) in fields.items():
        found = node.css_first(selector) if selector else node
        if found is None:
            continue
        value = found.attributes.get(attribute) if attribute else shown(found)
        if value is not None:
            values[name] = value
    return Record(url, path, values)


def shown(node: LexborNode) -> str:
    """Return a node's text as a browser shows it: runs of blanks are one, the ends have none."""
    return _BLANKS.sub(" ", node.text(deep=True, separator="", strip=False)).strip(" ")


def texts(nodes: Iterable[LexborNode]) -> list[str]:
    """Return the shown texts of the nodes that have any."""
    return [text for node in nodes if (text := shown(node))]
