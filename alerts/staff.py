"""Tells operators what went wrong with mails: a stream of its own, never mixed with the brands'."""

from datetime import datetime
from typing import Any

from alerts.headers import plain_address, safe_header
from alerts.house import House
from alerts.message import Envelope, mail_key, message_id, plain_message, wire_bytes
from storage.mail_people import address_id_of, load_mail_events, mark_told
from storage.outbox import NewMail, queue_mail

Session = Any  # only storage may name SQLAlchemy's types
AGENCY = "operations"
EVENTS_IN_A_MAIL = 100


def queue_staff_mail(session: Session, staff: tuple[str, ...], now: datetime, house: House) -> int:
    """Queue one mail to each operator about everything that staff were not told yet, at most one an hour.

    Returns how many mails that makes; without an address or without news none.
    """
    events = load_mail_events(session, EVENTS_IN_A_MAIL, untold=True)
    if not events or not staff:
        return 0
    subject = safe_header(f"[Markwatch operations] mail problems: {len(events)}")
    lines = [f"- {one.at:%Y-%m-%d %H:%M}Z {one.kind}: {' '.join(one.text.split())}" for one in events]
    text = "\n".join(
        ["What staff must know about the mails to brand owners, the latest first:", "", *lines, "",
         f"See {house.console_url}/mails; `markwatch alerts log` shows each mail."]
    )  # fmt: skip
    queued = 0
    for address in staff:
        recipient = plain_address(address)
        key = mail_key(AGENCY, f"{now:%Y-%m-%dT%H}", recipient, AGENCY, "")
        envelope = Envelope(
            key=key, recipient=recipient, thread=(AGENCY,), list_name=AGENCY, made_at=now,
        )  # fmt: skip
        mail = NewMail(
            key=key, address_id=f"staff-{address_id_of(recipient)}", recipient=recipient, owner="", brand="",
            kind="operations", message_id=message_id(key, house), subject=subject,
            message=wire_bytes(plain_message(subject, text + "\n", envelope, house)),
        )  # fmt: skip
        queued += queue_mail(session, mail, now) is not None
    if queued:
        # Where this hour's mail has gone already, the news waits for the next one.
        mark_told(session, [one.event_id for one in events], now)
    return queued
