"""What capture tests share: manners that allow everything, a client on a guard, a small certificate authority."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from captures.capture import Look, Tools, Wish
from captures.client import Client
from captures.exchange import Exchange
from captures.page_record import RobotsNote
from crawler.egress_process import start_guard

AGENT = "Markwatch/0.1 (+https://watch.example/contact)"


@dataclass(slots=True)
class OpenManners:
    """Allows every page but those listed, and notes each turn."""

    forbidden: tuple[str, ...] = ()
    turns: list[str] = field(default_factory=list)

    def robots(self, url: str) -> RobotsNote:
        is_allowed = url not in self.forbidden
        return RobotsNote(url="http://host/robots.txt", is_allowed=is_allowed, reason="HTTP 404", sha256="")

    @contextmanager
    def turn(self, url: str) -> Iterator[None]:
        self.turns.append(url)
        yield


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def client_for(*places: str, authorities: Path | None = None, override: str | None = None) -> Iterator[Client]:
    """A client whose guard opens the HOST:PORT places."""
    guard = start_guard(places)
    try:
        yield Client(
            proxy_url=guard.url,
            user_agent=AGENT,
            manners=OpenManners(),
            clock=utc_now,
            authorities=None if authorities is None else str(authorities),
            certificate_override=override,
        )
    finally:
        guard.stop()


def seen(_answer: Exchange) -> Look:
    return Look(sighting="seen", detail="the title stands on the page")


def wish_for(url: str, images: tuple[str, ...] = ()) -> Wish:
    return Wish(
        market="shop", listing_id="7", url=url, images=images, hit_ids=("hit-1",), cause="requested",
        requested_by="lan", run_id="run-1", rule_version="2026-11-24.1",
    )  # fmt: skip


def tools_for(client: Client, launch_options: dict[str, object] | None = None) -> Tools:
    return Tools(client=client, read=seen, launch_options=launch_options, browser_absent_because="not in this test")


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority for a test, and one server certificate of its."""

    root: Path
    server: Path
    """Certificate, chain and key in one PEM file."""


def make_authority(folder: Path, *, host: str = "127.0.0.1", days: int = 5) -> Authority:
    """Write a root, and a server certificate for the host that is valid for so many days (negative: expired)."""
    now = utc_now()
    root_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test root")])
    start = now - timedelta(days=30)
    root = (
        x509.CertificateBuilder()
        .subject_name(root_name).issuer_name(root_name).public_key(root_key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )  # fmt: skip
    server = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])).issuer_name(root_name)
        .public_key(server_key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(start).not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False
        )
        .sign(root_key, hashes.SHA256())
    )  # fmt: skip
    root_file, server_file = folder / "root.pem", folder / "server.pem"
    root_file.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    key = server_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    server_file.write_bytes(server.public_bytes(serialization.Encoding.PEM) + key)
    return Authority(root_file, server_file)
