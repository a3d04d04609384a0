"""Sitemaps: XML or gzip, page lists and indexes, read without following anything that an XML file can hide."""

import gzip
import io
import zlib

import lxml.etree  # type: ignore[import-untyped]  # comes with extruct, without types

from spiders.addresses import joined
from spiders.errors import PageChanged
from spiders.reading import MAX_BODY_BYTES, Answer, Reading

GZIP_MAGIC = b"\x1f\x8b"
MAX_LINKS = 50_000
# A sitemap may be 50 MB by its own standard; a bomb is more.
MAX_UNPACKED = 50 * 1024 * 1024


def is_sitemap(body: bytes) -> bool:
    """Return whether the body is a sitemap, packed or not."""
    head = body[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    return body.startswith(GZIP_MAGIC) or (head.startswith(b"<") and (b"<urlset" in head or b"<sitemapindex" in head))


def read_sitemap(answer: Answer) -> Reading:
    """Return the addresses of a sitemap as links, those of an index as further sitemaps."""
    body = _unpacked(answer) if answer.body.startswith(GZIP_MAGIC) else answer.body
    # No sitemap needs a document type; entities are how XML files grow or reach for other files.
    if b"<!DOCTYPE" in body[:MAX_BODY_BYTES] or b"<!ENTITY" in body:
        raise PageChanged(answer.url, "sitemap", "has a document type, which is not allowed")
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = lxml.etree.fromstring(body, parser=parser)
    except (lxml.etree.XMLSyntaxError, ValueError) as error:
        raise PageChanged(answer.url, "sitemap", "is not XML", str(error)) from None
    if lxml.etree.QName(root).localname not in {"urlset", "sitemapindex"}:
        raise PageChanged(answer.url, "sitemap", "is neither a urlset nor a sitemapindex")
    found: dict[str, None] = {}
    count = 0
    for entry in root:
        for part in entry:
            if not isinstance(part.tag, str) or lxml.etree.QName(part).localname != "loc":
                continue
            count += 1
            link = joined(answer.url, part.text or "")
            if link is not None and len(found) < MAX_LINKS:
                found[link] = None
    if not count:
        raise PageChanged(answer.url, "sitemap", "names no address")
    notes = (f"the sitemap names {count} addresses, the first {MAX_LINKS} are used",) if count > MAX_LINKS else ()
    return Reading(links=tuple(found), notes=notes)


def _unpacked(answer: Answer) -> bytes:
    """Return the unpacked body, at most MAX_UNPACKED bytes of it ever in memory."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(answer.body)) as packed:
            body = packed.read(MAX_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise PageChanged(answer.url, "sitemap", "cannot be unpacked", str(error)) from None
    if len(body) > MAX_UNPACKED:
        raise PageChanged(answer.url, "sitemap", f"is longer than {MAX_UNPACKED} bytes unpacked")
    return body
