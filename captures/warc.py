"""Exchanges as a WARC 1.1 file (ISO 28500), every record with SHA-256 digests of block and payload."""

import base64
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.warcwriter import WARCWriter

from captures.exchange import Exchange
from captures.page_record import moment_text

HTTP_REQUEST = "application/http; msgtype=request"
HTTP_RESPONSE = "application/http; msgtype=response"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """Something that was made from the page, such as its rendered DOM."""

    uri: str
    """Its address in the WARC, such as urn:dom:https://…"""
    media_type: str
    content: bytes
    made_at: str
    """UTC."""


def write_warc(info: Mapping[str, str], exchanges: Iterable[Exchange], resources: Iterable[Resource] = ()) -> bytes:
    """Return a gzipped WARC: what made it, then request and response of every exchange, then what was made of it."""
    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=True, warc_version="WARC/1.1")
    lines = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in info.items())
    _write(writer, "", "warcinfo", lines.encode(), "application/warc-fields", {})
    for one in exchanges:
        at = {"WARC-Date": moment_text(one.started_at), "WARC-IP-Address": _bare_address(one.hop.address)}
        response = _write(writer, one.hop.url, "response", one.received, HTTP_RESPONSE, at)
        response_id = response.rec_headers.get_header("WARC-Record-ID")
        _write(writer, one.hop.url, "request", one.sent, HTTP_REQUEST, at | {"WARC-Concurrent-To": response_id})
    for resource in resources:
        _write(writer, resource.uri, "resource", resource.content, resource.media_type, {"WARC-Date": resource.made_at})
    return stream.getvalue()


def write_resource(resource: Resource) -> bytes:
    """Return a gzipped WARC of that resource alone: the same resource is the same bytes."""
    stream = io.BytesIO()
    name = uuid5(NAMESPACE_URL, f"{resource.uri} {_digest(resource.content)}")
    headers = {"WARC-Date": resource.made_at, "WARC-Record-ID": f"<urn:uuid:{name}>"}
    writer = WARCWriter(stream, gzip=True, warc_version="WARC/1.1")
    _write(writer, resource.uri, "resource", resource.content, resource.media_type, headers)
    return stream.getvalue()


def _write(
    writer: WARCWriter, uri: str, kind: str, content: bytes, media_type: str, headers: Mapping[str, str]
) -> ArcWarcRecord:
    # As received, transfer coding included: that is the payload of the bytes in this block.
    payload = content.partition(b"\r\n\r\n")[2] if kind in {"request", "response"} else content
    digests = {"WARC-Block-Digest": _digest(content), "WARC-Payload-Digest": _digest(payload)}
    record = writer.create_warc_record(
        uri,
        kind,
        warc_content_type=media_type,
        warc_headers_dict={**{name: value for name, value in headers.items() if value}, **digests},
    )
    # Given to the library as a payload, the HTTP head would be parsed and written anew: no longer what was received.
    record.raw_stream = io.BytesIO(content)
    record.length = record.payload_length = len(content)
    writer.write_record(record)
    return record


def read_responses(content: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Yield URI, HTTP status and payload of every response, digests checked; ValueError where one does not fit."""
    try:
        for record in ArchiveIterator(io.BytesIO(content), check_digests="raise"):
            if record.rec_type == "response":
                payload = record.content_stream().read()
                yield record.rec_headers.get_header("WARC-Target-URI"), record.http_headers.get_statuscode(), payload
            else:
                record.content_stream().read()
    except (ArchiveLoadFailed, EOFError) as error:
        raise ValueError(f"the WARC is damaged: {error}") from error


def _digest(content: bytes) -> str:
    return "sha256:" + base64.b32encode(hashlib.sha256(content).digest()).decode()


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _bare_address(address: str) -> str:
    return address.rpartition(":")[0].strip("[]")
