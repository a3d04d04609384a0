"""Signs mails with DKIM (RFC 6376), the ways to unsubscribe among what is signed, as RFC 8058 asks."""

from dataclasses import dataclass, field
from pathlib import Path

import dkim

from alerts.errors import AlertError

# Signed where they are there; without the last two a mail program shows no button to unsubscribe.
SIGNED_HEADERS = (
    b"from", b"to", b"subject", b"date", b"message-id", b"references", b"mime-version", b"content-type",
    b"content-language", b"auto-submitted", b"list-id", b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip


class BadDkimKey(AlertError):
    """The key cannot sign; the message says which file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimKey:
    """The key of a domain under one selector."""

    domain: str
    """Signing domain, that of the From address."""
    selector: str
    """Name under which the domain's DNS publishes the public key."""
    private_key: bytes = field(repr=False)
    """PEM of an RSA key."""

    @classmethod
    def load(cls, path: Path, domain: str, selector: str) -> "DkimKey":
        """Read the key and try it; raise BadDkimKey when it cannot sign."""
        try:
            key = cls(domain=domain, selector=selector, private_key=path.read_bytes())
            key.signed(b"From: a@b.example\r\n\r\ntext\r\n")
        except (OSError, ValueError, dkim.DKIMException) as problem:
            raise BadDkimKey(f"DKIM key {path}: {problem}") from problem
        return key

    def signed(self, message: bytes) -> bytes:
        """Return the mail with its signature in front."""
        signature = dkim.sign(
            message,
            self.selector.encode("ascii"),
            self.domain.encode("ascii"),
            self.private_key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name for name in SIGNED_HEADERS if _has(message, name)],
        )
        return bytes(signature) + message


def _has(message: bytes, name: bytes) -> bool:
    head = b"\r\n" + message.partition(b"\r\n\r\n")[0].lower()
    return b"\r\n" + name + b":" in head
