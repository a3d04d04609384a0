"""The guard itself, spoken to over a socket; a canary on loopback counts what gets through."""

import asyncio
import base64
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler

import pytest

from crawler.egress import Guard, Limits
from crawler.egress_kept import Place
from tests.crawler.replay import Replay, Reply, replay

TOKEN = "a-token-for-tests"
LOG_IN = b"Proxy-Authorization: Basic " + base64.b64encode(f"markwatch:{TOKEN}".encode()) + b"\r\n"
# Hosts by which an internal server could be meant; {port} is the canary's.
FORMS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "017700000001", "0",
    "0.0.0.0", "localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "[::1]", "[::]", "[::ffff:127.0.0.1]",  # noqa: S104 - a target
    "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "169.254.169.254", "10.0.0.1",
    "192.168.0.1", "100.64.0.1", "198.18.0.1", "172.16.0.1", "224.0.0.1",
]  # fmt: skip


@pytest.fixture
def canary() -> Iterator[Replay]:
    with replay({"/": Reply(body=b"internal secret"), "/page": Reply(body=b"a page")}) as server:
        yield server


async def exchange(guard: Guard, request: bytes, *, log_in: bytes = LOG_IN) -> bytes:
    """Send one request to the guard and return its whole answer."""
    server = await guard.serve()
    port = server.sockets[0].getsockname()[1]
    async with server:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request.replace(b"\r\n", b"\r\nConnection: close\r\n" + log_in, 1))
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        guard.kept.close()
        return answer


def ask(guard: Guard, request: bytes, *, log_in: bytes = LOG_IN) -> bytes:
    return asyncio.run(exchange(guard, request, log_in=log_in))


def opened(*places: Place, **limits: float) -> Guard:
    return Guard(token=TOKEN, opened=frozenset(places), limits=Limits(**limits))  # type: ignore[arg-type]


def get(url: str) -> bytes:
    return f"GET {url} HTTP/1.1\r\nHost: anything\r\n\r\n".encode()


@pytest.mark.parametrize("host", FORMS)
@pytest.mark.parametrize("method", ["GET", "CONNECT"])
def test_no_notation_of_an_internal_host_reaches_it(host: str, method: str, canary: Replay) -> None:
    # The canary's port stands for 80 and 443, which tests cannot listen on: the address check must refuse alone.
    guard = Guard(token=TOKEN)
    target = f"http://{host}:80/" if method == "GET" else f"{host}:443"
    answer = ask(guard, f"{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert answer.startswith((b"HTTP/1.1 403 internal_address", b"HTTP/1.1 502 dns"))
    assert canary.log == []


@pytest.mark.parametrize("host", ["127.1", "2130706433", "localhost", "[::ffff:127.0.0.1]", "0x7f.1"])
def test_opening_one_place_opens_no_other_name_of_it(host: str, canary: Replay) -> None:
    guard = opened(("127.0.0.1", canary.port))
    answer = ask(guard, get(f"http://{host}:{canary.port}/"))
    assert b"403 port" in answer
    assert canary.log == []


def test_an_opened_place_is_reached_and_its_answer_passed_on(canary: Replay) -> None:
    answer = ask(opened(("127.0.0.1", canary.port)), get(f"{canary.url}/page?x=1"))
    assert answer.endswith(b"a page")
    assert canary.paths() == ["/page?x=1"]


def test_the_site_never_sees_the_token_and_gets_the_host_of_the_address(canary: Replay) -> None:
    ask(opened(("127.0.0.1", canary.port)), get(f"{canary.url}/page"))
    headers = canary.log[0].headers
    assert "Proxy-Authorization" not in headers
    assert headers["Host"] == canary.place


@pytest.mark.parametrize("log_in", [b"", b"Proxy-Authorization: Basic bm86Ym9keQ==\r\n", b"Proxy-Authorization: x\r\n"])
def test_without_the_token_nothing_is_reached(log_in: bytes, canary: Replay) -> None:
    answer = ask(opened(("127.0.0.1", canary.port)), get(canary.url + "/"), log_in=log_in)
    assert answer.startswith(b"HTTP/1.1 407 ")
    assert canary.log == []


def test_a_name_is_looked_up_once_and_the_checked_address_is_the_one_connected_to(canary: Replay) -> None:
    """DNS rebinding: the second answer of the resolver would be internal."""
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    dialled: list[tuple[str, int]] = []

    async def resolve(_host: str, _port: int) -> list[str]:
        return answers.pop(0)

    async def dial(address: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        dialled.append((address, port))
        raise OSError("no network in tests")

    guard = Guard(token=TOKEN, resolve=resolve, dial=dial)
    answer = ask(guard, get("http://rebinding.example/"))
    assert answer.startswith(b"HTTP/1.1 502 unreachable")
    assert dialled == [("93.184.216.34", 80)]
    assert answers == [["127.0.0.1"]]
    assert canary.log == []


@pytest.mark.parametrize(
    "addresses", [["8.8.8.8", "127.0.0.1"], ["127.0.0.1"], ["2606:4700::1", "::1"], ["8.8.8.8", "10.0.0.1"]]
)
def test_one_internal_address_among_public_ones_is_enough_to_refuse(addresses: list[str]) -> None:
    dialled: list[str] = []

    async def resolve(_host: str, _port: int) -> list[str]:
        return addresses

    async def dial(address: str, _port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        dialled.append(address)
        raise OSError

    answer = ask(Guard(token=TOKEN, resolve=resolve, dial=dial), get("http://mixed.example/"))
    assert answer.startswith(b"HTTP/1.1 403 internal_address")
    assert dialled == []


@pytest.mark.parametrize(
    ("request_line", "reason"),
    [
        ("GET http://8.8.8.8:22/ HTTP/1.1", b"403 port"),
        ("CONNECT 8.8.8.8:6379 HTTP/1.1", b"403 port"),
        ("GET file:///etc/passwd HTTP/1.1", b"403 scheme"),
        ("GET gopher://8.8.8.8/ HTTP/1.1", b"403 scheme"),
        ("GET /etc/passwd HTTP/1.1", b"403 scheme"),
        ("GET http://user:secret@8.8.8.8/ HTTP/1.1", b"400 bad_request"),
        ("GET http://8.8.8.8:0/ HTTP/1.1", b"400 bad_request"),
        ("GET http://8.8.8.8:99999/ HTTP/1.1", b"400 bad_request"),
        ("GET http://[fe80::1%25eth0]/ HTTP/1.1", b"400 bad_request"),
        ("GET http:/// HTTP/1.1", b"400 bad_request"),
        ("nonsense", b"400 bad_request"),
    ],
)
def test_what_is_no_plain_request_for_a_web_port_is_refused_by_name(request_line: str, reason: bytes) -> None:
    answer = ask(Guard(token=TOKEN), f"{request_line}\r\nHost: x\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 " + reason)


def test_a_refusal_is_logged_with_its_reason_and_never_with_the_token() -> None:
    rows: list[dict[str, object]] = []
    ask(Guard(token=TOKEN, log=rows.append), get("http://127.0.0.1/"))
    assert [row["reason"] for row in rows] == ["internal_address"]
    assert TOKEN not in json.dumps(rows)


def raw_reply(data: bytes) -> Reply:
    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(data)

    return Reply(raw=send)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\n" + b"X-Flood: " + b"y" * 2**20 + b"\r\n\r\n", b"502 headers_too_large"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 250 + b"\r\n", b"502 headers_too_large"),
        (b"HTTP/1.1 abc\r\n\r\n", b"502 bad_status_line"),
        (b"<html>HTTP/0.9</html>\r\n\r\n", b"502 bad_status_line"),
        (b"HTTP/1.1 200 OK\r\nContent-", b"502 headers_incomplete"),
        (b"", b"502 no_answer"),
    ],
)
def test_an_answer_with_a_broken_head_is_replaced_by_its_reason(data: bytes, reason: bytes) -> None:
    with replay({"/": raw_reply(data)}) as server:
        answer = ask(opened(("127.0.0.1", server.port)), get(server.url + "/"))
    assert answer.startswith(b"HTTP/1.1 " + reason)


def test_a_site_cannot_pretend_to_be_the_guard() -> None:
    forged = Reply(body=b"x", headers=(("Markwatch-Egress", "internal_address"),))
    with replay({"/": forged}) as server:
        answer = ask(opened(("127.0.0.1", server.port)), get(server.url + "/"))
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"markwatch-egress" not in answer.lower()


def test_an_interim_answer_is_passed_over() -> None:
    data = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with replay({"/": raw_reply(data)}) as server:
        answer = ask(opened(("127.0.0.1", server.port)), get(server.url + "/"))
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"\r\n\r\nok")


def test_the_body_and_time_caps_end_an_exchange() -> None:
    with replay({"/": Reply(body=b"z" * 2**20)}) as server:
        answer = ask(opened(("127.0.0.1", server.port), total_bytes=300_000), get(server.url + "/"))
    assert len(answer) < 400_000


class Site:
    """A site that answers each request of a connection by the next of its answers, and counts connections."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.connections = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while self.answers:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(self.answers.pop(0))
                await writer.drain()
        writer.close()


def page(text: bytes, *, more: bytes = b"", header: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s%s" % (header, len(text), text, more)


async def asked_in_turn(site: Site, times: int, pause: float = 0.0) -> tuple[list[bytes], int]:
    """Ask a site over one connection to the guard; return the bodies and how often its name was looked up."""
    looked_up: list[str] = []

    async def resolve(host: str, _port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    async with await asyncio.start_server(site.handle, "127.0.0.1", 0) as upstream:
        port = upstream.sockets[0].getsockname()[1]
        guard = Guard(token=TOKEN, opened=frozenset({("site.example", port)}), resolve=resolve)
        async with await guard.serve() as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
            bodies = []
            for _ in range(times):
                writer.write(f"GET http://site.example:{port}/ HTTP/1.1\r\n".encode() + LOG_IN + b"\r\n")
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
                length = re.search(rb"Content-Length: (\d+)", head)
                bodies.append(await reader.readexactly(int(length.group(1)) if length else 0))
                await asyncio.sleep(pause)
            writer.close()
            guard.kept.close()
            await asyncio.sleep(0.05)
    return bodies, len(looked_up)


def test_pages_of_a_site_come_over_one_connection_to_the_address_that_was_checked() -> None:
    site = Site(page(b"one"), page(b"two"), page(b"three"))
    assert asyncio.run(asked_in_turn(site, 3)) == ([b"one", b"two", b"three"], 1)
    assert site.connections == 1


@pytest.mark.parametrize("more", [b"x", page(b"not asked for")])
def test_what_a_site_sends_unasked_is_never_the_answer_to_the_next_page(more: bytes) -> None:
    site = Site(page(b"one", more=more), page(b"two"))
    assert asyncio.run(asked_in_turn(site, 2, 0.05)) == ([b"one", b"two"], 2)
    assert site.connections == 2


def test_a_kept_connection_that_is_gone_or_closing_is_replaced() -> None:
    closing = Site(page(b"one", header=b"Connection: close\r\n"), page(b"two"))
    assert asyncio.run(asked_in_turn(closing, 2)) == ([b"one", b"two"], 2)


def test_connections_over_the_limit_are_refused(canary: Replay) -> None:
    guard = opened(("127.0.0.1", canary.port), connections=0)
    assert ask(guard, get(canary.url + "/")).startswith(b"HTTP/1.1 503 too_many_connections")
    assert canary.log == []


def test_a_tunnel_carries_bytes_both_ways_to_an_opened_place_only(canary: Replay) -> None:
    async def talk() -> bytes:
        guard = opened(("127.0.0.1", canary.port))
        server = await guard.serve()
        async with server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
            writer.write(f"CONNECT {canary.place} HTTP/1.1\r\n".encode() + LOG_IN + b"\r\n")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            writer.write(b"GET /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = await asyncio.wait_for(reader.read(), 10)
            writer.close()
            return answer

    assert asyncio.run(talk()).endswith(b"a page")
