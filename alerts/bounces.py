"""Reads delivery status notifications (RFC 3464) and stops writing to addresses that bounce for good."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any, cast

import structlog

from storage.mail_people import record_event, suppress_address
from storage.outbox import close_mail, find_mail

log = structlog.get_logger()

Session = Any  # only storage may name SQLAlchemy's types
LARGEST_BYTES = 2 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a notification says about one of our mails."""

    message_id: str
    """Message-ID of the mail it is about."""
    recipient: str
    """Address it could not be delivered to, in lower case."""
    action: str
    """failed, delayed, delivered, relayed or expanded."""
    status: str
    """Enhanced status code, such as 5.1.1."""
    diagnostic: str
    """What the other server said."""

    @property
    def is_final(self) -> bool:
        """Return whether nothing will ever reach that address."""
        return self.action == "failed" and self.status.startswith("5.")


def read_bounces(content: bytes) -> tuple[Bounce, ...]:
    """Return what a notification says, one for each recipient; nothing where it is no notification that we can read."""
    if len(content) > LARGEST_BYTES:
        return ()
    try:
        message = message_from_bytes(content, policy=default)
        if message.get_content_type() != "multipart/report":
            return ()
        if str(message.get_param("report-type", "")).lower() != "delivery-status":
            return ()
        parts = [part for part in message.walk() if part is not message]
        original = _original_id(parts)
        if not original:
            return ()
        return tuple(_recipients(parts, original))
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        # The library raises all of these for headers that no server should send; such a mail is no notification.
        return ()


def take_bounce(session: Session, content: bytes, at: datetime) -> tuple[str, ...]:
    """Act on a notification and return a sentence for each thing done or ignored; nothing for no notification.

    Only one about a mail of ours to that very address counts: its Message-ID cannot be foretold, so that a forged
    notification stops nobody's mails.
    """
    found = read_bounces(content)
    if not found:
        log.warning("notification ignored", reason="it is no delivery status notification")
        return ()
    return tuple(_act(session, bounce, at) for bounce in found)


def _act(session: Session, bounce: Bounce, at: datetime) -> str:
    mail = find_mail(session, bounce.message_id)
    if mail is None or mail.recipient.lower() != bounce.recipient:
        log.warning("notification ignored", reason="no mail of ours to that address has that Message-ID")
        return f"ignored: no mail of ours to {bounce.recipient} has the Message-ID {bounce.message_id}"
    told = f"{bounce.recipient}: {bounce.action} {bounce.status} {bounce.diagnostic}".strip()
    if not bounce.is_final:
        record_event(session, at, "bounced", bounce.recipient, told)
        return f"noted: {told}"
    problem = f"bounced: {bounce.status} {bounce.diagnostic}".strip()
    close_mail(session, mail.mail_id, at, "failed", problem)
    held = suppress_address(session, mail.address_id, at, problem)
    record_event(session, at, "bounced", bounce.recipient, f"{told}; mails held back: {held}")
    return f"suppressed: {told}"


def _original_id(parts: list[Any]) -> str:
    """Return the Message-ID of the mail that the notification brings back, empty where it brings none."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload(0)
            return _one_line(inner["Message-ID"])
        if kind == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            return _one_line(message_from_bytes(text if isinstance(text, bytes) else b"", policy=default)["Message-ID"])
    return ""


def _recipients(parts: list[Any], message_id: str) -> Iterator[Bounce]:
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        # The first block is about the whole message, each further one about one recipient.
        for block in cast("list[Message]", part.get_payload()):
            address = _one_line(block["Final-Recipient"] or block["Original-Recipient"]).rpartition(";")[2].strip()
            action = _one_line(block["Action"]).lower()
            status = _one_line(block["Status"]).partition(" ")[0]
            if address and action and status:
                yield Bounce(
                    message_id=message_id,
                    recipient=address.lower(),
                    action=action,
                    status=status,
                    diagnostic=_one_line(block["Diagnostic-Code"])[:300],
                )


def _one_line(value: object) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(value or "")).split())
