"""What a web page says about its products in schema.org JSON-LD, microdata, RDFa and OpenGraph."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import chompjs
import lxml.etree  # type: ignore[import-untyped]  # comes with extruct, without types
import lxml.html  # type: ignore[import-untyped]  # as above
from selectolax.lexbor import LexborHTMLParser, LexborNode

from spiders.errors import UnknownPage

Node = Mapping[str, object]

PRODUCT_TYPES = frozenset(
    {"Product", "ProductGroup", "ProductModel", "IndividualProduct", "SomeProducts", "Vehicle", "Car", "Book"}
)
# Where products hang below other nodes of a page.
NESTED_FIELDS = (
    "@graph",
    "mainEntity",
    "mainEntityOfPage",
    "itemListElement",
    "item",
    "itemOffered",
    "hasVariant",
    "@reverse",
)
# What a product node must say so that other notations of the same page are not read as well.
ENOUGH = ("name", "offers", "sku")
PROPERTY_PREFIXES = ("og:", "product:", "twitter:")
MAX_NODES = 5_000
MAX_DEPTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PageData:
    """All structured data of one page."""

    products: tuple[tuple[str, Node], ...]
    """(source, product node) in page order; the source is json-ld, microdata or rdfa."""
    properties: Mapping[str, str]
    """OpenGraph properties, the first value of each."""
    images: tuple[str, ...]
    """OpenGraph images in page order."""
    crumbs: tuple[str, ...]
    """Names of the breadcrumb path from the root."""
    notes: tuple[str, ...] = field(default=())
    """Blocks that could not be read."""


def read_structured(url: str, text: str, parsed: LexborHTMLParser | None = None) -> PageData:
    """Return the structured data of a page's text, which may be given parsed too; raise UnknownPage for no HTML."""
    page = LexborHTMLParser(text) if parsed is None else parsed
    broken = 0
    nodes: list[Node] = []
    for script in page.css("script[type]"):
        if "ld+json" not in (script.attributes.get("type") or "").lower():
            continue
        found = _json_ld(script.text(deep=True))
        if found is None:
            broken += 1
        else:
            nodes += _nodes(found, 0)
    nodes = nodes[:MAX_NODES]
    notes = [f"{broken} JSON-LD blocks are broken"] if broken else []
    products = [("json-ld", node) for node in nodes if types_of(node) & PRODUCT_TYPES]
    if not any(all(name in node for name in ENOUGH) for _, node in products):
        if "itemscope" in text:
            micro, problem = _microdata(url, text)
            notes += problem
            products += [("microdata", node) for node in micro if types_of(node) & PRODUCT_TYPES]
            nodes += micro
        if "typeof=" in text:
            graph = [
                node for root in page.css("[typeof]") if not _inside_typed(root) for node in _nodes(_rdfa(root, 0), 0)
            ]
            products += [("rdfa", node) for node in graph[:MAX_NODES] if types_of(node) & PRODUCT_TYPES]
            nodes += graph[:MAX_NODES]
    properties: dict[str, str] = {}
    images: list[str] = []
    for meta in page.css("meta[content]"):
        name = (meta.attributes.get("property") or meta.attributes.get("name") or "").strip().lower()
        if not name.startswith(PROPERTY_PREFIXES):
            continue
        value = meta.attributes.get("content") or ""
        properties.setdefault(name, value)
        if name in {"og:image", "og:image:url"}:
            images.append(value)
    return PageData(
        products=tuple(products),
        properties=properties,
        images=tuple(images),
        crumbs=_crumbs(nodes),
        notes=tuple(notes),
    )


def _json_ld(script: str) -> object | None:
    """Return what a block says, numbers as they are written; comments and loose commas are forgiven, else None."""
    try:
        found: object = json.loads(script, strict=False, parse_float=Decimal)
    except (ValueError, RecursionError):
        try:
            found = chompjs.parse_js_object(script, loader_kwargs={"strict": False, "parse_float": Decimal})
        except (ValueError, RecursionError):
            return None
    return found


def _microdata(url: str, text: str) -> tuple[list[Node], list[str]]:
    # With it come readers of formats that nobody asks for; a crawl of pages without microdata does without all of them.
    from extruct.w3cmicrodata import MicrodataExtractor  # noqa: PLC0415 - 15 MB and a third of a second, see above

    body = text.encode("utf-8", "replace")
    try:
        tree = lxml.html.fromstring(body, parser=lxml.html.HTMLParser(encoding="utf-8"))
    except (lxml.etree.ParserError, ValueError):
        raise UnknownPage(url, "is not HTML") from None
    try:
        items = [_as_node(item) for item in MicrodataExtractor().extract_items(tree, base_url=url)]
    except (RecursionError, ValueError, TypeError, AttributeError):
        return [], ["the microdata is broken"]
    return [node for item in items for node in _nodes(item, 0)][:MAX_NODES], []


def _inside_typed(node: LexborNode) -> bool:
    current = node.parent
    while current is not None:
        if "typeof" in current.attributes:
            return True
        current = current.parent
    return False


def _rdfa(root: LexborNode, depth: int) -> dict[str, object]:
    """Return an RDFa Lite item (https://www.w3.org/TR/rdfa-lite/) in the form of a JSON-LD node."""
    node: dict[str, object] = {"@type": (root.attributes.get("typeof") or "").split()}
    if root.attributes.get("resource"):
        node["@id"] = root.attributes["resource"]
    stack = [root.first_child]
    while stack:
        current = stack.pop()
        if current is None:
            continue
        stack.append(current.next)
        name = (current.attributes.get("property") or "").rpartition(":")[2] if current.tag != "-text" else ""
        is_item = current.tag != "-text" and "typeof" in current.attributes
        if name:
            value: object = _rdfa(current, depth + 1) if is_item and depth < MAX_DEPTH else _rdfa_text(current)
            node[name] = value if name not in node else [*each(node[name]), value]
        if not is_item:
            stack.append(current.first_child)
    return node


def _rdfa_text(node: LexborNode) -> str:
    for name in ("content", "resource", "href", "src"):
        value = node.attributes.get(name)
        if value:
            return value
    return node.text(deep=True).strip()


def types_of(node: Node) -> set[str]:
    """Return the schema.org type names of a node, without their address."""
    return {
        kind.rstrip("/").rpartition("/")[2].rpartition(":")[2]
        for kind in each(node.get("@type"))
        if isinstance(kind, str)
    }


def each(value: object) -> list[object]:
    """Return a value that may be one or a list of them as a list; None is none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def nodes_in(value: object) -> list[Node]:
    """Return the objects among a value that may be one or a list of them."""
    return [node for node in each(value) if isinstance(node, dict)]


def text_in(value: object, *names: str) -> str | None:
    """Return the first text of a value: itself, the first of a list, or a named field of an object."""
    for found in each(value):
        if isinstance(found, bool):
            continue
        if isinstance(found, str | int | Decimal | float) and str(found).strip():
            return str(found).replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if isinstance(found, dict):
            for name in (*names, "@value"):
                inner = text_in(found.get(name))
                if inner is not None:
                    return inner
    return None


def _nodes(value: object, depth: int) -> Iterator[Node]:
    """Yield the node and those that hang below it as list entries or main entities."""
    if depth > MAX_DEPTH:
        return
    for node in nodes_in(value):
        yield node
        for name in NESTED_FIELDS:
            # A group's variants are offers of the same page: they belong to the group's node.
            if name == "hasVariant" and types_of(node) & PRODUCT_TYPES:
                continue
            yield from _nodes(node.get(name), depth + 1)


def _as_node(item: object) -> object:
    """Return a microdata item in the form of a JSON-LD node."""
    if isinstance(item, list):
        return [_as_node(part) for part in item]
    if not isinstance(item, dict) or "properties" not in item:
        return item
    node = {name: _as_node(value) for name, value in item["properties"].items()}
    return {"@type": item.get("type"), **({"@id": item["id"]} if "id" in item else {}), **node}


def _crumbs(nodes: list[Node]) -> tuple[str, ...]:
    for node in nodes:
        if "BreadcrumbList" not in types_of(node):
            continue
        names = []
        for part in nodes_in(node.get("itemListElement")):
            name = text_in(part.get("name")) or text_in(part.get("item"), "name")
            if name is not None:
                names.append(name.strip())
        if names:
            return tuple(names)
    return ()
