"""Ways out for a finished mail: an SMTP server, a folder of .eml files, or a list in memory."""

import ipaddress
import os
import re
import secrets
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any, Literal, Protocol

from alerts.dkim_key import DkimKey
from alerts.errors import AlertError, MaybeSent, NoSuchAddress, Refused, TryAgain
from alerts.headers import POLICY, plain_address

Security = Literal["starttls", "tls", "plain"]
TIMEOUT_SECONDS = 30.0
"""Per verb."""
FOLDER_MODE = 0o700
_ENHANCED = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,199}")


class Sender(Protocol):
    """Takes finished mails out of the house."""

    def send(self, key: str, recipient: str, message: bytes) -> None:
        """Hand one mail over; return only when it was taken. Raises TryAgain or Refused otherwise."""


class BadSender(AlertError):
    """The way out is set so that mails would leave unprotected, or not at all."""


@dataclass(slots=True)
class MemorySender:
    """Keeps what it is given, for tests."""

    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Key, recipient and message of every mail."""

    def send(self, key: str, recipient: str, message: bytes) -> None:
        """Keep the mail."""
        self.taken.append((key, recipient, message))


@dataclass(frozen=True, slots=True)
class FolderSender:
    """Writes each mail to `<key>.eml`; doing it twice leaves the same file."""

    folder: Path
    """Made with mode 0700 where it is absent."""

    def send(self, key: str, recipient: str, message: bytes) -> None:  # noqa: ARG002 - a file has no envelope
        """Write the file whole or not at all."""
        if not _KEY.fullmatch(key):
            raise Refused(f"mail key {key!r} cannot name a file")
        part = self.folder / f"{key}.{secrets.token_hex(4)}.part"
        try:
            self.folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(message)
                file.flush()
                os.fsync(file.fileno())
            part.rename(self.folder / f"{key}.eml")
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise TryAgain(f"{self.folder}: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSender:
    """Hands each mail to one SMTP server, over verified TLS; in the clear to a loopback host only."""

    host: str
    """Name or address of the server."""
    port: int
    """Its port."""
    user: str = ""
    """Log-in; empty means none."""
    password: str = field(default="", repr=False)
    """Password of the log-in."""
    security: Security | None = None
    """starttls, tls or plain; None: tls on port 465, plain on a loopback host, starttls otherwise."""
    sender_address: str | None = None
    """Envelope sender; None takes the one of the mail's From line."""
    timeout_seconds: float = TIMEOUT_SECONDS
    """Longest wait for each answer."""
    certificates: Path | None = None
    """File of the authorities to trust; None means the system's."""
    dkim: DkimKey | None = None
    """Signs each mail on its way out; None leaves that to the server."""

    def __post_init__(self) -> None:
        """Refuse to send in the clear to anything but this machine."""
        if self._mode == "plain" and not is_loopback(self.host):
            raise BadSender(f"SMTP server {self.host}: mails leave in the clear to a loopback host only")
        if self.sender_address is not None:
            plain_address(self.sender_address)

    @property
    def _mode(self) -> Security:
        if self.security is not None:
            return self.security
        if self.port == smtplib.SMTP_SSL_PORT:
            return "tls"
        return "plain" if is_loopback(self.host) else "starttls"

    def send(self, key: str, recipient: str, message: bytes) -> None:  # noqa: ARG002 - the Message-ID carries the key
        """Send one mail to one recipient. A connection lost after the text means MaybeSent: it may arrive twice."""
        plain_address(recipient)
        signed = message if self.dkim is None else self.dkim.signed(message)
        server: _Server | _TlsServer | None = None
        try:
            server = self._connect()
            server.sendmail(self._envelope_sender(message), [recipient], signed)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _refusal(code, text, NoSuchAddress) from error
        except smtplib.SMTPAuthenticationError as error:
            # Our own log-in is wrong, not the mail: every mail waits until it is mended.
            raise TryAgain(f"log-in refused: {_shown(error.smtp_code, error.smtp_error)}") from error
        except smtplib.SMTPSenderRefused as error:
            # The server refuses us, not the recipient; giving the mails up would lose them all.
            raise TryAgain(f"sender refused: {_shown(error.smtp_code, error.smtp_error)}") from error
        except smtplib.SMTPDataError as error:
            is_address = _speaks_of_the_address(error.smtp_code, error.smtp_error)
            raise _refusal(error.smtp_code, error.smtp_error, NoSuchAddress if is_address else Refused) from error
        except smtplib.SMTPResponseException as error:
            raise TryAgain(_shown(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            problem = f"{self.host}:{self.port}: {error or type(error).__name__}"
            is_out = server is not None and server.text_is_out
            raise (MaybeSent if is_out else TryAgain)(problem) from error
        finally:
            if server is not None:
                _leave(server)

    def _connect(self) -> "_Server | _TlsServer":
        context = ssl.create_default_context(cafile=None if self.certificates is None else str(self.certificates))
        if self._mode == "tls":
            server: _Server | _TlsServer = _TlsServer(
                self.host, self.port, timeout=self.timeout_seconds, context=context
            )
        else:
            server = _Server(self.host, self.port, timeout=self.timeout_seconds)
        try:
            if self._mode == "starttls":
                # A server (or somebody in between) that does not offer it gets nothing.
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def _envelope_sender(self, message: bytes) -> str:
        if self.sender_address is not None:
            return self.sender_address
        return plain_address(message_from_bytes(message, policy=POLICY)["From"].addresses[0].addr_spec)


def is_loopback(host: str) -> bool:
    """Return whether the host is this machine by its very name; nothing is looked up."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class _KnowsTextIsOut:
    """Notes when the end of a mail's text was handed to the network: from then on it may arrive."""

    text_is_out = False

    def send(self, s: Any) -> None:
        """Send, and look for the line that ends a text."""
        super().send(s)  # type: ignore[misc]  # mixed into smtplib's classes only
        if isinstance(s, bytes) and s.endswith(b"\r\n.\r\n"):
            self.text_is_out = True


class _Server(_KnowsTextIsOut, smtplib.SMTP):
    """A connection in the clear or with STARTTLS."""


class _TlsServer(_KnowsTextIsOut, smtplib.SMTP_SSL):
    """A connection over TLS from its first byte."""


def _refusal(code: int, text: bytes | str, refused: type[Refused]) -> TryAgain | Refused:
    """Return what an answer to the recipient or the text means: 5xx is final, the rest is not."""
    return (refused if 500 <= code < 600 else TryAgain)(_shown(code, text))


def _speaks_of_the_address(code: int, text: bytes | str) -> bool:
    """Return whether an answer to the text is about the mailbox (RFC 3463: 5.1.x, 5.2.1), not about this one mail."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    found = _ENHANCED.search(words)
    return code == 550 if found is None else found[0].startswith("5.1.") or found[0] == "5.2.1"


def _shown(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())[:300]}"


def _leave(server: smtplib.SMTP) -> None:
    """Say good-bye; the mail's fate is decided, so nothing that happens now counts."""
    with suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()
