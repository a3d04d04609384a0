"""A loopback server that answers as it is told and keeps a log of who asked what and when."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# An answer that is written byte by byte by the test itself.
Raw = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server answers on one address."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    raw: Raw | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as the server saw it."""

    path: str
    began_at: float
    """Monotonic seconds."""
    ended_at: float
    headers: Mapping[str, str]
    method: str = "GET"
    body: bytes = b""


@dataclass(slots=True, kw_only=True)
class Replay:
    """A running server: its address, its routes (path with query, else path alone) and its log."""

    port: int
    routes: dict[str, Reply | list[Reply]]
    log: list[Asked] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    scheme: str = "http"
    post: Callable[[bytes], bytes] | None = None
    """Answers a POST with these bytes; None answers as to a GET."""

    @property
    def url(self) -> str:
        """Scheme and host."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def place(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """Every path asked for, in order, robots.txt left out."""
        return [asked.path for asked in self.log if asked.path != "/robots.txt"]

    def reply_to(self, path: str) -> Reply:
        """Return the answer to a path: the next of a list, the last one for ever."""
        with self.lock:
            found = self.routes.get(path) or self.routes.get(path.partition("?")[0])
            if isinstance(found, list):
                return found.pop(0) if len(found) > 1 else found[0]
            return found or Reply(status=404, body=b"no such route")


def file_reply(path: Path, content_type: str = "application/json") -> Reply:
    """Return the answer that sends a file."""
    return Reply(body=path.read_bytes(), content_type=content_type)


@contextmanager
def replay(routes: Mapping[str, Reply | list[Reply]], certificate: Path | None = None) -> Iterator[Replay]:
    """Serve the routes on a free loopback port until the block ends; any other path is a 404.

    With a certificate (PEM with its key) the server speaks TLS.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer(b"")

        def answer(self, body: bytes) -> None:
            began_at = time.monotonic()
            reply = server_state.reply_to(self.path)
            try:
                if reply.raw is not None:
                    reply.raw(self)
                    self.close_connection = True
                else:
                    self.send_response(reply.status)
                    self.send_header("Content-Type", reply.content_type)
                    self.send_header("Content-Length", str(len(reply.body)))
                    for name, value in reply.headers:
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(reply.body)
            except OSError:
                self.close_connection = True
            asked = Asked(
                path=self.path,
                began_at=began_at,
                ended_at=time.monotonic(),
                headers=dict(self.headers.items()),
                method=self.command,
                body=body,
            )
            with server_state.lock:
                server_state.log.append(asked)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if server_state.post is None:
                self.answer(body)
                return
            answer = server_state.post(body)
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            """Stay silent; the log is a list."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        scheme = "https"
    server_state = Replay(port=server.server_address[1], routes=dict(routes), scheme=scheme)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server_state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
