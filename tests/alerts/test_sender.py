import ipaddress
import socket
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from alerts.errors import BadAddress, MaybeSent, NoSuchAddress, Refused, TryAgain
from alerts.message import wire_bytes
from alerts.sender import BadSender, FolderSender, SmtpSender, is_loopback
from tests.alerts.cases import SENDER, make_digest, message_of
from tests.alerts.smtp_server import Sink, mail_server

RECIPIENT = "ip@hanamori.example"
KEY = "digest-2026-11-22-hanamori"
MESSAGE = wire_bytes(message_of(make_digest(), RECIPIENT))


def certificate(folder: Path, host: str) -> tuple[ssl.SSLContext, Path]:
    """Make a self-signed certificate for a host; return the server's side of it and the file to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    today = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / f"{host}.crt", folder / f"{host}.key"
    chain.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, secret)
    return context, chain


def test_the_server_receives_what_was_built_byte_for_byte_to_one_recipient() -> None:
    sink = Sink()
    with mail_server(sink) as port:
        SmtpSender(host="127.0.0.1", port=port).send(KEY, RECIPIENT, MESSAGE)
    assert sink.taken == [(SENDER, [RECIPIENT], MESSAGE)]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"MAIL": "421 4.3.2 closing"}, TryAgain),
        ({"MAIL": "451 4.7.1 greylisted"}, TryAgain),
        ({"RCPT": "450 4.2.1 busy"}, TryAgain),
        ({"RCPT": "550 5.1.1 no such user"}, NoSuchAddress),
        ({"RCPT": "553 bad name"}, NoSuchAddress),
        ({"DATA": "452 4.2.2 no room"}, TryAgain),
        ({"DATA": "421 4.3.2 closing"}, TryAgain),
        ({"DATA": "552 5.3.4 too big"}, Refused),
        ({"DATA": "554 5.7.1 looks like spam"}, Refused),
        ({"DATA": "550 5.1.1 no such user"}, NoSuchAddress),
        ({"DATA": "550 no such user"}, NoSuchAddress),
        ({"MAIL": "550 5.7.1 not you"}, TryAgain),
    ],
    ids=lambda value: (
        next(iter(f"{verb} {answer}" for verb, answer in value.items())) if isinstance(value, dict) else ""
    ),
)
def test_4xx_is_tried_again_and_5xx_is_final_unless_it_refuses_us(
    answers: dict[str, str], expected: type[Exception]
) -> None:
    sink = Sink(answers)
    with mail_server(sink) as port, pytest.raises(expected) as failure:
        SmtpSender(host="127.0.0.1", port=port).send(KEY, RECIPIENT, MESSAGE)
    assert type(failure.value) is expected
    assert next(iter(answers.values()))[:3] in str(failure.value)
    assert sink.taken == []


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA", "TEXT"])
@pytest.mark.parametrize("fault", ["drop", "hang"])
def test_a_connection_that_drops_or_hangs_is_tried_again_and_after_the_text_it_is_maybe_sent(
    verb: str, fault: str
) -> None:
    sink = Sink(drop_at=verb) if fault == "drop" else Sink(hang_at=verb)
    with mail_server(sink) as port, pytest.raises(TryAgain) as failure:
        SmtpSender(host="127.0.0.1", port=port, timeout_seconds=0.3).send(KEY, RECIPIENT, MESSAGE)
    assert type(failure.value) is (MaybeSent if verb == "TEXT" else TryAgain)
    assert len(sink.taken) == (1 if verb == "TEXT" else 0)


def test_a_drop_after_the_text_may_send_twice_with_the_same_message_id() -> None:
    sink = Sink(drop_at="TEXT")
    with mail_server(sink) as port:
        sender = SmtpSender(host="127.0.0.1", port=port)
        with pytest.raises(TryAgain):
            sender.send(KEY, RECIPIENT, MESSAGE)
        sink.drop_at = None
        sender.send(KEY, RECIPIENT, MESSAGE)
    assert [content for _, _, content in sink.taken] == [MESSAGE, MESSAGE]


def test_a_drop_after_the_mail_was_taken_counts_as_sent() -> None:
    sink = Sink(drop_at="QUIT")
    with mail_server(sink) as port:
        SmtpSender(host="127.0.0.1", port=port).send(KEY, RECIPIENT, MESSAGE)
    assert len(sink.taken) == 1


def test_nobody_listening_is_tried_again() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(TryAgain, match=f"127\\.0\\.0\\.1:{port}"):
        SmtpSender(host="127.0.0.1", port=port).send(KEY, RECIPIENT, MESSAGE)


def test_a_server_that_says_nothing_is_left_after_the_time_out() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        sender = SmtpSender(host="127.0.0.1", port=silent.getsockname()[1], timeout_seconds=0.2)
        with pytest.raises(TryAgain):
            sender.send(KEY, RECIPIENT, MESSAGE)
    assert SmtpSender(host="127.0.0.1", port=25).timeout_seconds == 30


def test_mails_leave_in_the_clear_to_this_machine_only() -> None:
    assert [is_loopback(host) for host in ("localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]")] == [True] * 5
    assert not any(is_loopback(host) for host in ("localhost.evil.example", "10.0.0.1", "mail.example", "0.0.0.0"))  # noqa: S104 - an address to refuse
    with pytest.raises(BadSender, match=r"mail\.example"):
        SmtpSender(host="mail.example", port=25, security="plain")


def test_a_server_without_starttls_gets_nothing() -> None:
    sink = Sink()
    with mail_server(sink) as port, pytest.raises(TryAgain, match="STARTTLS"):
        SmtpSender(host="127.0.0.1", port=port, security="starttls").send(KEY, RECIPIENT, MESSAGE)
    assert sink.taken == []


def test_starttls_delivers_when_the_certificate_is_trusted(tmp_path: Path) -> None:
    context, trusted = certificate(tmp_path, "127.0.0.1")
    sink = Sink()
    with mail_server(sink, context=context) as port:
        SmtpSender(host="127.0.0.1", port=port, security="starttls", certificates=trusted).send(KEY, RECIPIENT, MESSAGE)
    assert sink.taken == [(SENDER, [RECIPIENT], MESSAGE)]


@pytest.mark.parametrize("fault", ["unknown authority", "other host"])
def test_a_certificate_that_does_not_hold_gets_nothing(tmp_path: Path, fault: str) -> None:
    context, trusted = certificate(tmp_path, "127.0.0.1" if fault == "unknown authority" else "127.0.0.2")
    sink = Sink()
    certificates = None if fault == "unknown authority" else trusted
    with mail_server(sink, context=context) as port, pytest.raises(TryAgain, match="certificate verify failed"):
        SmtpSender(host="127.0.0.1", port=port, security="starttls", certificates=certificates).send(
            KEY, RECIPIENT, MESSAGE
        )
    assert sink.taken == []


def test_the_password_is_not_shown() -> None:
    assert "hunter2" not in repr(SmtpSender(host="127.0.0.1", port=25, user="u", password="hunter2"))


@pytest.mark.parametrize("recipient", ["a@b.example>\r\nDATA", "a@b.example, c@d.example", ""])
def test_the_envelope_takes_one_plain_address_only(recipient: str) -> None:
    sink = Sink()
    with mail_server(sink) as port, pytest.raises(BadAddress):
        SmtpSender(host="127.0.0.1", port=port).send(KEY, recipient, MESSAGE)
    assert sink.taken == []


def test_a_folder_holds_one_file_a_mail_however_often_it_is_written(tmp_path: Path) -> None:
    sender = FolderSender(tmp_path / "mail")
    sender.send(KEY, RECIPIENT, b"first")
    sender.send(KEY, RECIPIENT, MESSAGE)
    assert [path.name for path in (tmp_path / "mail").iterdir()] == [f"{KEY}.eml"]
    assert (tmp_path / "mail" / f"{KEY}.eml").read_bytes() == MESSAGE
    assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700


@pytest.mark.parametrize("key", ["../up", "a/b", "", ".hidden", "A", "a\0b", "-a", "a" * 300])
def test_a_key_that_is_no_file_name_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(Refused):
        FolderSender(tmp_path).send(key, RECIPIENT, MESSAGE)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TryAgain, match="file"):
        FolderSender(tmp_path / "file" / "mail").send(KEY, RECIPIENT, MESSAGE)
