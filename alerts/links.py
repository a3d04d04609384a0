"""Signed links in mails: who may answer, choose or unsubscribe without logging in, for what, and until when."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from alerts.errors import BadLink, ExpiredLink
from records.mail import Kind

Purpose = Literal["answer", "preferences", "unsubscribe"]
_LETTERS: dict[Purpose, str] = {"answer": "a", "preferences": "p", "unsubscribe": "u"}
_PURPOSES: dict[str, Purpose] = {letter: purpose for purpose, letter in _LETTERS.items()}
_KINDS: dict[str, Kind] = {"u": "urgent", "d": "digest", "m": "monthly", "a": "account"}
_KIND_LETTERS: dict[Kind, str] = {kind: letter for letter, kind in _KINDS.items()}
# An answer is asked while the case is worked on; a way out of the mails must work as long as they lie in a mailbox.
LIFETIMES: dict[Purpose, timedelta] = {
    "answer": timedelta(days=30), "preferences": timedelta(days=90), "unsubscribe": timedelta(days=400),
}  # fmt: skip
_SIGNATURE_BYTES = 16
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What one signed link allows, and nothing beyond."""

    purpose: Purpose
    """answer, preferences or unsubscribe."""
    address_id: str
    """The recipient for whom it acts."""
    scope: str
    """The hit (answer) or the brand's own short name (preferences, unsubscribe)."""
    kind: Kind
    """The kind of mail it stood in; what unsubscribe stops."""
    expires_at: datetime
    """Last moment, aware UTC; a whole day."""


def brand_scope(owner: str, brand: str) -> str:
    """Return a brand's short name in links: no page can tell a brand from it."""
    return hashlib.sha256(f"{len(owner)}:{owner}{brand}".encode("utf-8", "surrogatepass")).hexdigest()[:12]


def expiry(purpose: Purpose, made_at: datetime) -> datetime:
    """Return when a link made at that time ends; the same for all links of a day."""
    day = made_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + LIFETIMES[purpose] + timedelta(days=1)


def sign(link: Link, key: str) -> str:
    """Return the link's token: letters, digits, hyphens, underscores and dots only."""
    days = (link.expires_at - _EPOCH).days
    said = f"{_LETTERS[link.purpose]}{_KIND_LETTERS[link.kind]}.{link.address_id}.{link.scope}.{days}"
    return f"{said}.{_signature(said, key)}"


def path_of(link: Link, key: str) -> str:
    """Return the link's path in the console."""
    return f"/m/{_LETTERS[link.purpose]}/{sign(link, key)}"


def read(token: str, purpose: Purpose, key: str, now: datetime) -> Link:
    """Return what a token allows; raise BadLink where it was not made here for that purpose, ExpiredLink too late."""
    said, _, signature = token.rpartition(".")
    parts = said.split(".")
    if not token.isascii() or not hmac.compare_digest(signature, _signature(said, key)) or len(parts) != 4:
        raise BadLink
    head, address_id, scope, days = parts
    if len(head) != 2 or _PURPOSES.get(head[0]) != purpose or head[1] not in _KINDS or not days.isdecimal():
        raise BadLink
    expires_at = _EPOCH + timedelta(days=int(days))
    if now >= expires_at:
        raise ExpiredLink
    return Link(
        purpose=purpose, address_id=address_id, scope=scope, kind=_KINDS[head[1]], expires_at=expires_at
    )  # fmt: skip


def message_name(mail_key: str, key: str) -> str:
    """Return the local part of a mail's Message-ID: the same for the same mail, and nobody else can foretell it."""
    return hmac.new(key.encode(), b"message " + mail_key.encode(), hashlib.sha256).hexdigest()[:32]


def _signature(said: str, key: str) -> str:
    digest = hmac.new(key.encode(), b"link " + said.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_SIGNATURE_BYTES]).decode().rstrip("=")
