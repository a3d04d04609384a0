"""A page capture as WACZ 1.1.1 (the zip format that ReplayWeb.page and other web-archive players open)."""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator

from captures.errors import CaptureRefused
from captures.pack import write_zip
from captures.page_record import PageRecord
from captures.store import CaptureStore
from captures.warc import Resource, write_resource

VERSION = "1.1.1"
WARC = "archive/data.warc.gz"
# The picture as a page of its own, under the address that players know pictures of pages by.
SHOWN = "archive/shown.warc.gz"
VIEW = "urn:view:"
INDEX = "indexes/index.cdx"
PAGES = "pages/pages.jsonl"


def write_wacz(store: CaptureStore, manifest_sha256: str, software: str) -> bytes:
    """Return the capture of that manifest as a WACZ file; CaptureAbsent, CaptureChanged.

    The manifest, its signature and its time stamp lie inside as they are, so that the file proves what the pack does.
    """
    record = store.read_page(manifest_sha256)
    warc = next((file for file in record.files if file.media_type == "application/warc"), None)
    if warc is None:
        raise CaptureRefused(f"page capture {manifest_sha256} has no exchange")
    content = store.read_file(warc)
    archives = {WARC: content}
    picture = next((file for file in record.files if file.name == "screenshot.png"), None)
    if picture is not None:
        shown = Resource(
            uri=VIEW + record.final_url,
            media_type=picture.media_type,
            content=store.read_file(picture),
            made_at=record.ended_at,
        )
        archives[SHOWN] = write_resource(shown)
    files = {
        **archives,
        INDEX: _index(archives),
        PAGES: _pages(record, has_picture=picture is not None),
        "markwatch/manifest.json": store.read_page_bytes(manifest_sha256),
        "markwatch/manifest.sig": store.read_signature(manifest_sha256),
    }
    token = store.read_stamp(manifest_sha256)
    if token is not None:
        files["markwatch/manifest.tsr"] = token
    package = _json(
        {
            "profile": "data-package",
            "wacz_version": VERSION,
            "title": f"{record.market} {record.listing_id}",
            "created": record.ended_at,
            "software": software,
            "mainPageUrl": record.final_url,
            "mainPageDate": _second(record.started_at),
            "resources": [
                {
                    "name": name.rpartition("/")[2],
                    "path": name,
                    "hash": f"sha256:{hashlib.sha256(body).hexdigest()}",
                    "bytes": len(body),
                }
                for name, body in sorted(files.items())
            ],
        }
    )
    files["datapackage.json"] = package
    files["datapackage-digest.json"] = _json(
        {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}
    )
    return write_zip(files)


def _pages(record: PageRecord, *, has_picture: bool) -> bytes:
    head = {"format": "json-pages-1.0", "id": "pages", "title": "All pages"}
    page = {"id": "1", "url": record.final_url, "ts": _second(record.started_at), "title": record.listing_id}
    shown = {
        "id": "2",
        "url": VIEW + record.final_url,
        "ts": _second(record.ended_at),
        "title": f"{record.listing_id} (screenshot)",
    }
    return b"".join(_json(row) + b"\n" for row in (head, page, *((shown,) if has_picture else ())))


def _index(archives: Mapping[str, bytes]) -> bytes:
    """Return the CDXJ index of the responses and of the picture: sort key, time stamp and place in the archive."""
    lines = [line for path, warc in archives.items() for line in _lines(path.rpartition("/")[2], warc)]
    return ("\n".join(sorted(lines)) + "\n").encode()


def _lines(name: str, warc: bytes) -> Iterator[str]:
    records = ArchiveIterator(io.BytesIO(warc))
    for record in records:
        kind, uri = record.rec_type, record.rec_headers.get_header("WARC-Target-URI") or ""
        stamp = record.rec_headers.get_header("WARC-Date")
        status = record.http_headers.get_statuscode() if record.http_headers else "200"
        media_type = record.http_headers.get_header("Content-Type") if record.http_headers else record.content_type
        digest = record.rec_headers.get_header("WARC-Payload-Digest") or ""
        record.content_stream().read()
        offset, length = records.get_record_offset(), records.get_record_length()
        if kind != "response" and not uri.startswith(VIEW):
            continue
        facts = {
            "url": uri, "mime": (media_type or "").partition(";")[0].strip(), "status": status, "digest": digest,
            "length": str(length), "offset": str(offset), "filename": name,
        }  # fmt: skip
        moment = "".join(sign for sign in stamp[:19] if sign.isdigit())
        key = uri if kind != "response" else _sort_key(uri)
        yield f"{key} {moment} {json.dumps(facts)}"


def _sort_key(url: str) -> str:
    """Return the address in sort-friendly form: host backwards, then path and query, lower case."""
    parts = urlsplit(url.lower())
    host = ",".join(reversed((parts.hostname or "").removeprefix("www.").split(".")))
    port = f":{parts.port}" if parts.port else ""
    return f"{host}{port}){parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")


def _second(text: str) -> str:
    return text[:19] + "Z"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
