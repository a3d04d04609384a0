"""An open connection to a page's host through the egress guard, which remembers every byte and whom it spoke to."""

import base64
import hashlib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import urlsplit

from captures.client import Client
from captures.errors import CaptureFailed
from captures.page_record import Tls

TOTAL_SECONDS = 30.0
READ_BYTES = 64 * 1024
MAX_HEAD_BYTES = 64 * 1024
# The guard's words, in the head of its answer to CONNECT.
ADDRESS_HEADER = "markwatch-address"
REASON_HEADER = "markwatch-egress"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which everything about one request must be over."""

    url: str
    at: float

    def left(self) -> float:
        """Return the seconds left; raise CaptureFailed where there are none."""
        left = self.at - monotonic()
        if left <= 0:
            raise CaptureFailed(self.url, "timeout", f"no complete answer within {TOTAL_SECONDS:g} s")
        return left


@dataclass(slots=True)
class Wire:
    """An open connection that remembers what went through it."""

    socket: socket.socket
    address: str
    deadline: Deadline
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)

    def send(self, data: bytes) -> None:
        """Send the bytes and remember them."""
        self.socket.settimeout(self.deadline.left())
        self.socket.sendall(data)
        self.sent += data

    def read(self) -> bytes:
        """Return the next bytes, none at the end, and remember them."""
        self.socket.settimeout(self.deadline.left())
        data = self.socket.recv(READ_BYTES)
        self.received += data
        return data


@contextmanager
def tunnel(url: str, client: Client, deadline: Deadline) -> Iterator[Wire]:
    """Open a connection to the page's host through the guard, secured where the address says https."""
    parts, proxy = urlsplit(url), urlsplit(client.proxy_url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        plain = socket.create_connection((proxy.hostname or "", proxy.port or 0), timeout=deadline.left())
    except OSError as error:
        raise CaptureFailed(url, "guard", f"the egress guard does not answer: {error}") from error
    try:
        address = _open_tunnel(url, plain, host, port, client, deadline)
        secured = plain if parts.scheme == "http" else _secured(url, plain, host, client, deadline)
        try:
            yield Wire(secured, address, deadline)
        except TimeoutError:
            raise CaptureFailed(url, "timeout", f"no complete answer within {TOTAL_SECONDS:g} s") from None
        except OSError as error:
            raise CaptureFailed(url, "broken", f"the connection broke: {error}") from error
        finally:
            secured.close()
    finally:
        plain.close()


def _open_tunnel(url: str, plain: socket.socket, host: str, port: int, client: Client, deadline: Deadline) -> str:
    """Ask the guard for a connection; return the address that it connected to."""
    proxy = urlsplit(client.proxy_url)
    authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    login = base64.b64encode(f"{proxy.username}:{proxy.password}".encode())
    head = f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n".encode(
        "idna" if not authority.isascii() else "ascii"
    )
    answer = bytearray()
    try:
        plain.settimeout(deadline.left())
        plain.sendall(head + b"Proxy-Authorization: Basic " + login + b"\r\n\r\n")
        while b"\r\n\r\n" not in answer:
            plain.settimeout(deadline.left())
            # One byte at a time: what follows the head belongs to the page's host.
            byte = plain.recv(1)
            if not byte or len(answer) > MAX_HEAD_BYTES:
                raise CaptureFailed(url, "guard", "the egress guard's answer is not complete")
            answer += byte
    except TimeoutError:
        raise CaptureFailed(url, "timeout", "the host did not take the connection in time") from None
    except OSError as error:
        raise CaptureFailed(url, "guard", f"the egress guard does not answer: {error}") from error
    first, *lines = answer.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if first.split(" ")[1:2] != ["200"]:
        reason = headers.get(REASON_HEADER, "refused")
        raise CaptureFailed(url, reason, f"the egress guard does not let it out ({reason})")
    return headers.get(ADDRESS_HEADER, "")


def _secured(url: str, plain: socket.socket, host: str, client: Client, deadline: Deadline) -> socket.socket:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if client.authorities is not None:
        context.load_verify_locations(client.authorities)
    if client.certificate_override:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        plain.settimeout(deadline.left())
        return context.wrap_socket(plain, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        raise CaptureFailed(url, "certificate", f"the certificate is not valid: {error.verify_message}") from error
    except (ssl.SSLError, OSError) as error:
        raise CaptureFailed(url, "tls", f"no secure connection: {error}") from error


def tls_of(wire: socket.socket, client: Client) -> tuple[Tls | None, tuple[bytes, ...]]:
    """Return how the connection is secured and the certificates in DER form; nothing for plain http."""
    if not isinstance(wire, ssl.SSLSocket):
        return None, ()
    chain = _chain_of(wire, is_verified=not client.certificate_override)
    cipher = wire.cipher()
    made = Tls(
        version=wire.version() or "",
        cipher=cipher[0] if cipher else "",
        is_verified=not client.certificate_override,
        chain_sha256=tuple(hashlib.sha256(certificate).hexdigest() for certificate in chain),
        override_reason=client.certificate_override,
    )
    return made, chain


def _chain_of(wire: ssl.SSLSocket, *, is_verified: bool) -> tuple[bytes, ...]:
    """Return the certificates that the server was judged by; its own alone where Python cannot tell the others."""
    name = "get_verified_chain" if is_verified else "get_unverified_chain"
    # Public from Python 3.13; before that only on the object inside.
    source = getattr(wire, name, None) or getattr(getattr(wire, "_sslobj", None), name, None)
    found = source() if source is not None else None
    if found:
        return tuple(one if isinstance(one, bytes) else ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in found)
    own = wire.getpeercert(binary_form=True)
    return () if own is None else (own,)
