import gzip
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from captures.errors import CaptureFailed
from captures.exchange import MAX_BODY_BYTES, exchange, fetch
from tests.captures.capturing import AGENT, OpenManners, client_for, make_authority
from tests.crawler.replay import Reply, replay


def test_every_byte_of_an_exchange_is_kept_with_the_address_and_the_times() -> None:
    body = gzip.compress("<h1>Kem dưỡng</h1>".encode())
    routes = {"/p": Reply(body=body, headers=(("Content-Encoding", "gzip"),))}
    with replay(routes) as server, client_for(server.place) as client:
        made = exchange(f"{server.url}/p?x=1", client)
    assert made.body == "<h1>Kem dưỡng</h1>".encode()
    assert made.received.endswith(body)
    assert made.received.startswith(b"HTTP/1.1 200")
    assert made.sent.startswith(b"GET /p?x=1 HTTP/1.1\r\n")
    assert made.hop.address == server.place
    assert ("User-Agent", AGENT) in made.hop.request_headers
    assert dict(made.hop.response_headers)["Content-Encoding"] == "gzip"
    assert datetime.fromisoformat(made.hop.started_at) <= datetime.fromisoformat(made.hop.ended_at)


def test_redirects_are_followed_each_on_its_own_turn_and_each_permitted() -> None:
    routes = {
        "/a": Reply(status=302, headers=(("Location", "/b"),)),
        "/b": Reply(status=301, headers=(("Location", "/c#part"),)),
        "/c": Reply(body=b"here"),
    }
    with replay(routes) as server, client_for(server.place) as client:
        fetched = fetch(f"{server.url}/a", client)
        assert [one.hop.status for one in fetched.exchanges] == [302, 301, 200]
        assert fetched.last.hop.url == f"{server.url}/c"
        manners = client.manners
        assert isinstance(manners, OpenManners)
        assert manners.turns == [f"{server.url}/{name}" for name in "abc"]
        manners.forbidden = (f"{server.url}/b",)
        with pytest.raises(CaptureFailed) as refused:
            fetch(f"{server.url}/a", client)
        assert refused.value.reason == "robots"


def test_redirects_without_end_are_refused() -> None:
    routes = {"/a": Reply(status=302, headers=(("Location", "/a"),))}
    with replay(routes) as server, client_for(server.place) as client, pytest.raises(CaptureFailed) as refused:
        fetch(f"{server.url}/a", client)
    assert refused.value.reason == "redirects"


def test_a_redirect_to_an_internal_address_never_leaves_the_guard() -> None:
    with replay({"/secret": Reply(body=b"secret")}) as canary:
        routes = {"/a": Reply(status=302, headers=(("Location", f"{canary.url}/secret"),))}
        with replay(routes) as server, client_for(server.place) as client, pytest.raises(CaptureFailed) as refused:
            fetch(f"{server.url}/a", client)
    assert refused.value.reason in {"internal_address", "port"}
    assert canary.log == []


def test_the_certificate_chain_is_kept_where_it_is_verified(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    with (
        replay({"/": Reply(body=b"safe")}, authority.server) as server,
        client_for(server.place, authorities=authority.root) as client,
    ):
        made = exchange(f"{server.url}/", client)
    assert made.body == b"safe"
    tls = made.hop.tls
    assert tls is not None
    assert tls.is_verified
    assert tls.version in {"TLSv1.2", "TLSv1.3"}
    assert len(tls.chain_sha256) == len(made.chain) == 2


@pytest.mark.parametrize("days", [-1, 5], ids=["expired", "unknown authority"])
def test_a_certificate_that_cannot_be_verified_stops_the_capture_unless_an_officer_says_why(
    tmp_path: Path, days: int
) -> None:
    authority = make_authority(tmp_path, days=days)
    with replay({"/": Reply(body=b"who")}, authority.server) as server, client_for(server.place) as client:
        with pytest.raises(CaptureFailed) as refused:
            exchange(f"{server.url}/", client)
        assert refused.value.reason == "certificate"
        made = exchange(f"{server.url}/", replace(client, certificate_override="shop known to use its own"))
    assert made.hop.tls is not None
    assert not made.hop.tls.is_verified
    assert made.hop.tls.override_reason == "shop known to use its own"
    assert made.hop.tls.chain_sha256


def _cut_short(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


def _chunked(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n0\r\n\r\n")


def _huge_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n")


def _huge_body(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(MAX_BODY_BYTES // 2**20 + 2):
        handler.wfile.write(bytes(2**20))


def _bomb(handler: BaseHTTPRequestHandler) -> None:
    body = gzip.compress(bytes(80 * 2**20))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    handler.wfile.write(head.encode() + body)


def _cut_gzip(handler: BaseHTTPRequestHandler) -> None:
    body = gzip.compress(b"a page that is long enough to be cut in two")[:-12]
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    handler.wfile.write(head.encode() + body)


def test_a_chunked_answer_is_read_and_kept_as_sent() -> None:
    with replay({"/": Reply(raw=_chunked)}) as server, client_for(server.place) as client:
        made = exchange(f"{server.url}/", client)
    assert made.body == b"whole"
    assert b"5\r\nwhole\r\n0\r\n\r\n" in made.received


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (_cut_short, "broken"),
        (_cut_gzip, "broken"),
        (_huge_head, "broken"),
        (_huge_body, "too_large"),
        (_bomb, "too_large"),
    ],
)
def test_an_answer_beyond_the_limits_is_a_named_failure(raw: object, reason: str) -> None:
    assert callable(raw)
    with (
        replay({"/": Reply(raw=raw)}) as server,
        client_for(server.place) as client,
        pytest.raises(CaptureFailed) as failed,
    ):
        exchange(f"{server.url}/", client)
    assert failed.value.reason == reason
    assert server.url in str(failed.value)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://host/x", "http://user:pw@host/", "javascript:1", "http://"]
)
def test_only_plain_web_addresses_are_captured(url: str) -> None:
    with client_for() as client, pytest.raises(CaptureFailed) as refused:
        exchange(url, client)
    assert refused.value.reason == "scheme"
