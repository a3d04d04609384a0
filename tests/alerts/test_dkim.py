import base64
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from alerts.dkim_key import BadDkimKey, DkimKey
from alerts.message import wire_bytes
from alerts.sender import SmtpSender
from tests.alerts.cases import RECIPIENT, make_digest, message_of
from tests.alerts.smtp_server import Sink, mail_server

DOMAIN, SELECTOR = "markwatch.example", "alerts"


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path = tmp_path_factory.mktemp("dkim") / "key.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    )
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    path.with_suffix(".txt").write_bytes(b"v=DKIM1; k=rsa; p=" + base64.b64encode(der))
    return path


def holds(message: bytes, key_file: Path) -> bool:
    """Return whether the signature verifies against the key that the domain publishes."""

    def published(name: bytes, timeout: int = 5) -> bytes:
        assert (name, timeout) == (f"{SELECTOR}._domainkey.{DOMAIN}.".encode(), 5)
        return key_file.with_suffix(".txt").read_bytes()

    return bool(dkim.verify(message, dnsfunc=published))


def test_what_arrives_verifies_and_the_ways_to_unsubscribe_are_signed(key_file: Path) -> None:
    message = wire_bytes(message_of(make_digest()))
    sink = Sink()
    key = DkimKey.load(key_file, DOMAIN, SELECTOR)
    with mail_server(sink) as port:
        SmtpSender(host="127.0.0.1", port=port, dkim=key).send("key", RECIPIENT, message)
    ((_, _, received),) = sink.taken
    assert received.endswith(message)
    assert holds(received, key_file)
    signed = received.partition(b"h=")[2].partition(b";")[0].replace(b" ", b"").replace(b"\r\n", b"").lower()
    wanted = {b"from", b"to", b"subject", b"message-id", b"list-unsubscribe", b"list-unsubscribe-post", b"content-type"}
    assert wanted <= set(signed.split(b":"))


@pytest.mark.parametrize("change", [b"List-Unsubscribe-Post", b"Subject", b"hits"])
def test_a_changed_mail_does_not_verify(key_file: Path, change: bytes) -> None:
    signed = DkimKey.load(key_file, DOMAIN, SELECTOR).signed(wire_bytes(message_of(make_digest())))
    head, _, rest = signed.partition(change + (b"" if change == b"hits" else b": "))
    assert rest
    assert not holds(head + change + (b"X" if change == b"hits" else b": X") + rest, key_file)


def test_a_key_that_cannot_sign_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.pem").write_bytes(b"no key")
    for path in (tmp_path / "bad.pem", tmp_path / "absent.pem"):
        with pytest.raises(BadDkimKey, match=path.name):
            DkimKey.load(path, DOMAIN, SELECTOR)


def test_the_key_is_not_shown(key_file: Path) -> None:
    assert "PRIVATE" not in repr(DkimKey.load(key_file, DOMAIN, SELECTOR))
