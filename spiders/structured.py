"""What a web page says about its products in schema.org JSON-LD, microdata and OpenGraph."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import lxml.etree  # type: ignore[import-untyped]  # comes with extruct, without types
import lxml.html  # type: ignore[import-untyped]  # as above
from extruct.jsonld import JsonLdExtractor
from extruct.opengraph import OpenGraphExtractor
from extruct.w3cmicrodata import MicrodataExtractor

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
MAX_NODES = 5_000
MAX_DEPTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PageData:
    """All structured data of one page."""

    products: tuple[tuple[str, Node], ...]
    """(source, product node) in page order; the source is json-ld or microdata."""
    properties: Mapping[str, str]
    """OpenGraph properties, the first value of each."""
    images: tuple[str, ...]
    """OpenGraph images in page order."""
    crumbs: tuple[str, ...]
    """Names of the breadcrumb path from the root."""
    notes: tuple[str, ...] = field(default=())
    """Blocks that could not be read."""


class _ExactJsonLd(JsonLdExtractor):  # type: ignore[misc]
    """Reads JSON-LD with numbers as they are written, and goes on after a broken block."""

    def __init__(self) -> None:
        self.broken = 0

    def _extract_items(self, node: lxml.etree._Element) -> Iterator[object]:
        script = node.xpath("string()")
        try:
            found = json.loads(script, strict=False, parse_float=Decimal)
        except (ValueError, RecursionError):
            try:
                # Comments and trailing commas: the extractor's own second try.
                yield from super()._extract_items(node)
            except (ValueError, RecursionError, InvalidOperation):
                self.broken += 1
            return
        yield from found if isinstance(found, list) else [found]


def read_structured(url: str, page: str) -> PageData:
    """Return the page's structured data; raise UnknownPage for a body that is no HTML."""
    body = page.encode("utf-8", "replace")
    try:
        tree = lxml.html.fromstring(body, parser=lxml.html.HTMLParser(encoding="utf-8"))
    except (lxml.etree.ParserError, ValueError):
        raise UnknownPage(url, "is not HTML") from None
    json_ld = _ExactJsonLd()
    nodes = [node for item in json_ld.extract_items(tree) for node in _nodes(item, 0)][:MAX_NODES]
    notes = [f"{json_ld.broken} JSON-LD blocks are broken"] if json_ld.broken else []
    products = [("json-ld", node) for node in nodes if types_of(node) & PRODUCT_TYPES]
    if b"itemscope" in body:
        try:
            items = [_as_node(item) for item in MicrodataExtractor().extract_items(tree, base_url=url)]
        except (RecursionError, ValueError, TypeError, AttributeError):
            items = []
            notes.append("the microdata is broken")
        micro = [node for item in items for node in _nodes(item, 0)][:MAX_NODES]
        products += [("microdata", node) for node in micro if types_of(node) & PRODUCT_TYPES]
        nodes += micro
    properties: dict[str, str] = {}
    images: list[str] = []
    for item in OpenGraphExtractor().extract_items(tree):
        for name, value in item["properties"]:
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
