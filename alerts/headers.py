"""Header values that stay one header: cleaned texts, plain addresses, and the check of the finished message."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from email import message_from_bytes
from email.charset import BASE64, Charset
from email.header import Header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import EmailPolicy, compat32
from functools import lru_cache
from typing import Any, cast

from alerts.errors import BadAddress, UnsafeMessage


class MailPolicy(EmailPolicy):
    """Folds as the library does, except that a subject beyond ASCII is encoded whole.

    The library encodes word by word and now and then loses a space between two encoded words (seen in Python 3.11
    with Vietnamese subjects).
    """

    def fold(self, name: str, value: str) -> str:
        """Return the header as lines of the message."""
        if name.lower() != "subject" or str(value).isascii():
            return str(super().fold(name, value))
        charset = Charset("utf-8")
        charset.header_encoding = BASE64
        encoded = Header(str(value), charset, maxlinelen=COLUMNS_ON_THE_WIRE, header_name=name)
        return f"{name}: {encoded.encode(linesep=self.linesep)}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the header as bytes of the message."""
        return self.fold(name, value).encode("ascii", "surrogateescape")


class RereadPolicy(MailPolicy):
    """Reads headers as MailPolicy does, each distinct one once: the library parses a header anew at every look."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """Return the header, parsed."""
        return _parsed(name, value)


@lru_cache(maxsize=256)
def _parsed(name: str, value: str) -> Any:
    return POLICY.header_fetch_parse(name, value)


# The one policy of every mail: CRLF, nothing but ASCII on the wire.
COLUMNS_ON_THE_WIRE = 76
POLICY = cast("EmailPolicy[EmailMessage]", MailPolicy(linesep="\r\n", cte_type="7bit"))
_REREAD = cast("EmailPolicy[EmailMessage]", RereadPolicy(linesep="\r\n", cte_type="7bit"))
SUBJECT_COLUMNS = 60
"""30 full-width characters."""

# Plain addresses only. Not accepted: display names, quoted local parts, IP literals, comments, single-label domains
# except localhost (for trials), and anything but ASCII (write an international domain in its xn-- form).
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_ADDRESS = re.compile(
    rf"(?P<local>{_LOCAL})@(?P<domain>localhost|(?:{_LABEL}\.)+(?:[A-Za-z]{{2,63}}|xn--[A-Za-z0-9-]+))"
)
_CID = re.compile(r'src="cid:([^"]*)"')
# Control characters, line and paragraph separators, format characters (bidi, zero width), lone surrogates.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def safe_header(text: str) -> str:
    """Return the text as one line without control characters that no mail program decodes into anything else."""
    line = "".join(" " if unicodedata.category(sign) in _UNSAFE_CATEGORIES else sign for sign in text)
    # An encoded word (RFC 2047) in foreign text could smuggle a line break past the library. With full-width question
    # marks it reads the same and is plain text.
    return " ".join(line.split()).replace("=?", "=？").replace("?=", "？=")


def plain_address(text: str) -> str:
    """Return the text when it is one plain address as a whole; BadAddress otherwise."""
    found = _ADDRESS.fullmatch(text)
    if found is None or len(found["local"]) > 64 or len(text) > 254:
        raise BadAddress(text)
    return text


def domain_of(address: str) -> str:
    """Return the domain of a plain address in lower case."""
    return plain_address(address).rpartition("@")[2].lower()


def columns(text: str) -> int:
    """Return how many half-width columns the text fills; a full-width character fills two."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text
    )


def cut_to_columns(text: str, limit: int) -> str:
    """Return the text, cut with an ellipsis where it fills more columns than the limit."""
    if columns(text) <= limit:
        return text
    kept, filled = 0, 0
    for sign in text:
        filled += columns(sign)
        if filled + 2 > limit:  # the ellipsis counts as full-width
            break
        kept += 1
    return text[:kept].rstrip() + "…"


def checked_bytes(
    message: EmailMessage,
    headers: Mapping[str, str],
    text: str,
    html: str | None = None,
    pictures: Sequence[tuple[str, bytes]] = (),
    files: Sequence[tuple[str, bytes]] = (),
) -> bytes:
    """Return the message as it goes over the wire, after reading it again and finding exactly what was meant.

    Raises UnsafeMessage when a header was added, lost or changed, when there is not exactly one recipient, when
    a part differs or was added, or when the page names a picture that is not there. This does not depend on the
    library's own protection against header injection.
    """
    content = message.as_bytes(policy=POLICY)
    reread = message_from_bytes(content, policy=_REREAD)
    # The raw names as well: a lenient reader must not see a header that the strict one takes for text.
    lenient = BytesHeaderParser(policy=compat32).parsebytes(content)
    raw_names = [name.lower() for name in lenient.keys()]  # noqa: SIM118 - a message is no dict
    # A mail of one part says at its top how that part is encoded.
    mime = ["mime-version", "content-type"] + (["content-transfer-encoding"] if html is None else [])
    expected_names = [name.lower() for name in headers] + mime
    if sorted(raw_names) != sorted(expected_names):
        raise UnsafeMessage(f"headers are {raw_names}, meant were {expected_names}")
    for name, value in headers.items():
        # Where a value does not fit beside its name, the line break before it reads as a space.
        if str(reread[name]).strip() != value:
            raise UnsafeMessage(f"header {name} reads {str(reread[name])!r}, meant was {value!r}")
    if len(reread["To"].addresses) != 1 or len(reread["From"].addresses) != 1:
        raise UnsafeMessage("not exactly one sender and one recipient")
    parts = [part for part in reread.walk() if not part.is_multipart()]
    meant = [("text/plain", _lines(text))] + ([] if html is None else [("text/html", _lines(html))])
    if [(part.get_content_type(), _lines(part.get_content())) for part in parts[: len(meant)]] != meant:
        raise UnsafeMessage("the parts, read again, are not the texts that were built")
    rest = parts[len(meant) :]
    attached = [
        (str(part["Content-ID"]).strip("<>"), part.get_content_type(), part.get_content())
        for part in rest[: len(pictures)]
    ]
    if attached != [(name, "image/jpeg", jpeg) for name, jpeg in pictures]:
        raise UnsafeMessage("the pictures, read again, are not those that were attached")
    found = [(part.get_filename(), part.get_content_type(), part.get_content()) for part in rest[len(pictures) :]]
    if found != [(name, "application/pdf", pdf) for name, pdf in files]:
        raise UnsafeMessage("the files, read again, are not those that were attached")
    if not set(_CID.findall(html or "")) <= {name for name, _ in pictures}:
        raise UnsafeMessage("the page names a picture that is not attached")
    return content


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").rstrip("\n").split("\n")
