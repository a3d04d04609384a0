"""The printed texts of a page in order, and what the elements around a text say about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import combining, normalize

from selectolax.lexbor import LexborNode

from spiders.formats.shop_words import ASIDE_TAGS, BUY_MARKUP, HIDDEN_NAMES

UNREAD_TAGS = frozenset({"script", "style", "template", "noscript", "svg", "iframe", "head", "-comment"})
LEVELS = 7
MAX_TEXTS = 20_000
_WORD = re.compile(r"\w{3,}")
# Attributes by which shops name their elements for their own tests.
_TEST_NAMES = ("data-testid", "data-test", "data-qa", "data-qa-qualifier", "data-role")


@dataclass(slots=True)
class Text:
    """One printed text with its place in the page."""

    value: str
    node: LexborNode
    position: int


@dataclass(frozen=True, slots=True)
class Place:
    """What the elements around a text say about it."""

    near: str
    """Names of the text's own element and the two around it."""
    far: str
    """Names of the elements further out."""
    tags: frozenset[str]
    path: str
    """A selector of the nearest element, for people."""
    is_hidden: bool


def texts_of(root: LexborNode) -> Iterator[Text]:
    """Yield the page's texts in order; iterative, because pages nest deeper than Python's calls may."""
    position = 0
    stack = [root.first_child]
    while stack and position < MAX_TEXTS:
        node = stack.pop()
        if node is None:
            continue
        stack.append(node.next)
        if node.tag == "-text":
            value = " ".join((node.text_content or "").split())
            if value:
                yield Text(value, node, position)
                position += 1
        elif node.tag not in UNREAD_TAGS:
            stack.append(node.first_child)


def words_of(text: str) -> set[str]:
    """Return the words of a text without case and accents, as addresses write them."""
    plain = "".join(sign for sign in normalize("NFKD", text.lower()) if not combining(sign))
    return set(_WORD.findall(plain.replace("_", " ")))


def ancestor(node: LexborNode, tag: str, levels: int) -> LexborNode | None:
    """Return the nearest element of that tag around a node, at most so many levels up."""
    current = node.parent
    for _ in range(levels):
        if current is None:
            return None
        if current.tag == tag:
            return current
        current = current.parent
    return None


def button_of(node: LexborNode) -> LexborNode | None:
    """Return the button or link that a text stands in."""
    current = node.parent
    for _ in range(5):
        if current is None:
            return None
        if current.tag in {"button", "a", "input"} or current.attributes.get("role") == "button":
            return current
        if BUY_MARKUP.search(names_of(current)):
            return current
        current = current.parent
    return None


def is_disabled(node: LexborNode) -> bool:
    """Return whether a button cannot be pressed or is not shown."""
    attributes = node.attributes
    return "disabled" in attributes or (attributes.get("aria-disabled") == "true") or is_hidden(node)


def is_hidden(node: LexborNode) -> bool:
    """Return whether an element says of itself that it is not shown."""
    attributes = node.attributes
    style = (attributes.get("style") or "").replace(" ", "").lower()
    return "hidden" in attributes or "display:none" in style or bool(HIDDEN_NAMES.search(attributes.get("class") or ""))


def names_of(node: LexborNode) -> str:
    """Return what an element calls itself: id, classes, test names, microdata property."""
    attributes = node.attributes
    parts = [attributes.get(name) or "" for name in ("id", "class", "name", *_TEST_NAMES)]
    if attributes.get("itemprop"):
        parts.append(f"itemprop={attributes['itemprop']}")
    return " ".join(part for part in parts if part)


def place_of(node: LexborNode) -> Place:
    """Return what the elements around a text say."""
    near: list[str] = []
    far: list[str] = []
    tags: set[str] = set()
    hidden = False
    path = ""
    current = node.parent
    for level in range(LEVELS):
        if current is None or current.tag in {"body", "html"}:
            break
        names = names_of(current)
        (near if level < 3 else far).append(names)
        if level < 3 or current.tag in ASIDE_TAGS:
            tags.add(current.tag or "")
        hidden = hidden or is_hidden(current)
        path = path or (selector_of(current) if names else "")
        current = current.parent
    return Place(" ".join(near), " ".join(far), frozenset(tags), path or "body", hidden)


def selector_of(node: LexborNode) -> str:
    """Return a selector of an element for people."""
    attributes = node.attributes
    name = f"#{attributes['id']}" if attributes.get("id") else ""
    classes = (attributes.get("class") or "").split()[:2]
    return (f"{node.tag}{name}" + "".join(f".{one}" for one in classes))[:80]


def grid_of(node: LexborNode) -> tuple[int, str] | None:
    """Return what the cards of a list share: their parent and their form; None outside a card."""
    current = node.parent
    for _ in range(LEVELS):
        if current is None or current.parent is None:
            return None
        if current.tag in {"li", "article", "tr"} and current.parent.tag != "tbody":
            return current.parent.mem_id, current.tag
        names = (current.attributes.get("class") or "").split()
        if current.tag == "div" and names and re.search(r"item|card|product|slide|col", names[0]):
            return current.parent.mem_id, names[0]
        current = current.parent
    return None
