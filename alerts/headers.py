"""Header values that stay one header: cleaned texts, plain addresses, and the check of the finished message."""

import re
import unicodedata
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, compat32

from alerts.errors import BadAddress, UnsafeMessage

# The one policy of every mail: CRLF, 78 columns, nothing but ASCII on the wire.
POLICY = SMTP.clone(cte_type="7bit")
SUBJECT_COLUMNS = 60
"""30 full-width characters."""

# Plain addresses only. Not accepted: display names, quoted local parts, IP literals, comments, single-label domains
# except localhost (for trials), and anything but ASCII (write an international domain in its xn-- form).
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_ADDRESS = re.compile(
    rf"(?P<local>{_LOCAL})@(?P<domain>localhost|(?:{_LABEL}\.)+(?:[A-Za-z]{{2,63}}|xn--[A-Za-z0-9-]+))"
)
# Control characters, line and paragraph separators, format characters (bidi, zero width), lone surrogates.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def safe_header(text: str) -> str:
    """Return the text as one line without control characters that no mail program decodes into anything else."""
    line = "".join(" " if unicodedata.category(sign) in _UNSAFE_CATEGORIES else sign for sign in text)
    # An encoded word (RFC 2047) in foreign text could smuggle a line break past the library; broken, it is plain text.
    return " ".join(line.split()).replace("=?", "= ?").replace("?=", "? =")


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
    while text and columns(text) + 2 > limit:
        text = text[:-1]
    return text.rstrip() + "…"


def checked_bytes(message: EmailMessage, headers: Mapping[str, str], text: str, html: str) -> bytes:
    """Return the message as it goes over the wire, after reading it again and finding exactly what was meant.

    Raises UnsafeMessage when a header was added, lost or changed, when there is not exactly one recipient, or when
    a part differs. This does not depend on the library's own protection against header injection.
    """
    content = message.as_bytes(policy=POLICY)
    reread = message_from_bytes(content, policy=POLICY)
    # The raw names as well: a lenient reader must not see a header that the strict one takes for text.
    raw_names = [name.lower() for name in message_from_bytes(content, policy=compat32).keys()]  # noqa: SIM118 - a message is no dict
    expected_names = [name.lower() for name in headers] + ["mime-version", "content-type"]
    if sorted(raw_names) != sorted(expected_names):
        raise UnsafeMessage(f"headers are {raw_names}, meant were {expected_names}")
    for name, value in headers.items():
        if str(reread[name]) != value:
            raise UnsafeMessage(f"header {name} reads {str(reread[name])!r}, meant was {value!r}")
    if len(reread["To"].addresses) != 1 or len(reread["From"].addresses) != 1:
        raise UnsafeMessage("not exactly one sender and one recipient")
    parts = [part for part in reread.walk() if not part.is_multipart()]
    shown = [(part.get_content_type(), _lines(part.get_content())) for part in parts]
    if shown != [("text/plain", _lines(text)), ("text/html", _lines(html))]:
        raise UnsafeMessage("the parts, read again, are not the texts that were built")
    return content


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").rstrip("\n").split("\n")
