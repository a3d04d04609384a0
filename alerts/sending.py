"""The outbox at work: hands over what is due, at least once, with rights checked again at that moment."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from alerts.errors import MaybeSent, NoSuchAddress, NotSent, Refused
from alerts.sender import Sender
from records.mail import STREAM_KINDS
from records.watchlist import Owner
from storage.database import Database
from storage.mail_news import still_released
from storage.mail_people import (
    address_id_of,
    forget_slot,
    load_address,
    load_pause,
    load_preference,
    load_resumed_at,
    owns_brand,
    pause_stream,
    record_event,
    suppress_address,
)
from storage.outbox import QueuedMail, claim_mails, close_mail, count_refused, mark_sent, mark_unsent
from storage.users import load_users
from storage.watchlist import load_owner

log = structlog.get_logger()

Session = Any  # only storage may name SQLAlchemy's types
# What goes out while the brands' stream is paused.
ALWAYS = ("account", "operations")
# So many refusals within an hour, and more than this share of what was settled, mean that our side is at fault.
REFUSALS = 5
REFUSED_SHARE = 0.05
AN_HOUR = timedelta(hours=1)
TAKEN_BACK = "a decision that it reports was taken back"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCounts:
    """What became of the mails that were due."""

    sent: int = 0
    """Taken by the sender."""
    waiting: int = 0
    """Not taken now; tried again."""
    maybe: int = 0
    """Of the waiting ones, those whose text was out when the connection ended: they may have arrived."""
    given_up: int = 0
    """Not tried again: refused for good, or tried for five days."""
    suppressed: int = 0
    """Not sent, because nobody may or wants to get them any more."""
    is_paused: bool = False
    """True: the brands' stream is paused; only mails about accounts and operations go out."""


def send_due(
    database: Database, sender: Sender, now: datetime, *, elapsed: Callable[[], float] = time.monotonic
) -> SendCounts:
    """Send every mail that is due, one at a time, and return what became of them.

    At least once: a mail is marked as sent after the sender took it, so a crash in between sends it again, with the
    same Message-ID. A mail that fails is due again later; it is not tried twice in one call.
    """
    counts = dict.fromkeys(("sent", "waiting", "maybe", "given_up", "suppressed"), 0)
    started = elapsed()
    tried: set[int] = set()
    while True:
        at = now + timedelta(seconds=elapsed() - started)
        with database.write() as session:
            paused = load_pause(session) is not None
            # One at a time: the lease of a mail that waits behind a slow one would run out.
            mails = claim_mails(session, at, 1, ALWAYS if paused else None)
            if not mails or mails[0].mail_id in tried:
                return SendCounts(**counts, is_paused=paused)
            mail = mails[0]
            unwanted = why_not(session, mail, at)
            if unwanted is not None:
                close_mail(session, mail.mail_id, at, "suppressed", unwanted)
                if unwanted == TAKEN_BACK and mail.kind == "monthly":
                    # A report comes once a month: it is made again, without what was taken back.
                    forget_slot(session, mail.address_id, mail.owner, mail.brand, "monthly")
        tried.add(mail.mail_id)
        if unwanted is not None:
            counts["suppressed"] += 1
            log.warning("mail not wanted any more", mail_id=mail.mail_id, owner=mail.owner, problem=unwanted)
            continue
        problem = _hand_over(mail, sender)
        at = now + timedelta(seconds=elapsed() - started)
        for name in _note(database, mail, problem, at):
            counts[name] += 1


def why_not(session: Session, mail: QueuedMail, at: datetime) -> str | None:
    """Return why a mail may not go to its recipient now, None where it may."""
    if mail.kind == "operations":
        return None
    if mail.kind == "account" and not mail.owner:
        live = {user.email.lower() for user in load_users(session) if user.active and user.email}
        return None if mail.recipient.lower() in live else "no live account has this address"
    owner = load_owner(session, mail.owner)
    if owner is None or mail.address_id not in {address_id_of(address) for address in owner.emails}:
        return "the address is no longer registered for this owner"
    address = load_address(session, mail.address_id)
    if address.suppressed_at is not None:
        return f"the address is suppressed: {address.suppressed_because}"
    return None if mail.kind == "account" or not mail.brand else _why_not_the_brand(session, mail, owner, at)


def _why_not_the_brand(session: Session, mail: QueuedMail, owner: Owner, at: datetime) -> str | None:
    if not owns_brand(session, owner.name, mail.brand):
        return "the brand is no longer this owner's"
    if not _is_chosen(session, mail, owner):
        return "the recipient does not want this kind of mail any more"
    if not still_released(session, mail.mail_id, at):
        return TAKEN_BACK
    return None


def _is_chosen(session: Session, mail: QueuedMail, owner: Owner) -> bool:
    if mail.kind == "operations":
        return True
    chosen = load_preference(session, mail.address_id, owner.name, mail.brand, mail.kind)
    return chosen is None or chosen.frequency != "never"


def _hand_over(mail: QueuedMail, sender: Sender) -> NotSent | None:
    """Hand one mail over and return why it did not go, None when it went."""
    try:
        sender.send(mail.key, mail.recipient, mail.message)
    except NotSent as problem:
        return problem
    return None


def _stop_where_many_are_refused(session: Session, at: datetime) -> None:
    """Pause the brands' stream where a server refuses too many mails: going on would cost us its trust for good."""
    since = max(at - AN_HOUR, load_resumed_at(session) or at - AN_HOUR)
    settled, refused = count_refused(session, since, STREAM_KINDS)
    if refused >= REFUSALS and refused > settled * REFUSED_SHARE and load_pause(session) is None:
        pause_stream(session, at, f"{refused} of {settled} mails to brand owners were refused within an hour")


def _note(database: Database, mail: QueuedMail, problem: NotSent | None, at: datetime) -> tuple[str, ...]:
    """Write down what became of a mail, tell staff what they must know, and return the counts it belongs to."""
    with database.write() as session:
        if problem is None:
            mark_sent(session, mail.mail_id, at)
            return ("sent",)
        if isinstance(problem, NoSuchAddress):
            close_mail(session, mail.mail_id, at, "failed", problem.problem)
            others = suppress_address(session, mail.address_id, at, problem.problem)
            told = f"{mail.recipient} is refused for good: {problem.problem}; mails held back: {others}"
            record_event(session, at, "refused", mail.recipient, told)
            found: tuple[str, ...] = ("given_up",)
        elif isinstance(problem, Refused):
            close_mail(session, mail.mail_id, at, "failed", problem.problem)
            record_event(session, at, "refused", mail.key, f"mail to {mail.recipient}: {problem.problem}")
            found = ("given_up",)
        else:
            after = mark_unsent(session, mail.mail_id, at, problem.problem, maybe=isinstance(problem, MaybeSent))
            if after.closed_at is not None:
                told = f"mail to {mail.recipient}, tried for five days: {problem.problem}"
                record_event(session, at, "gave_up", mail.key, told)
                found = ("given_up",)
            else:
                found = ("waiting", "maybe") if after.state == "maybe_sent" else ("waiting",)
        if isinstance(problem, Refused) and mail.kind in STREAM_KINDS:
            _stop_where_many_are_refused(session, at)
    log.warning("mail not sent", mail_id=mail.mail_id, owner=mail.owner, problem=problem.problem, fate=found[0])
    return found
