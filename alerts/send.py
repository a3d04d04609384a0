"""The outbox at work: queue what is new, send what is due, show what would be sent."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from types import MappingProxyType
from typing import Any

import structlog

from alerts.account_mail import KIND as ACCOUNT_KIND
from alerts.digest import Digest, Period, build_digest
from alerts.errors import BadAddress, NotSent, Refused, UnknownOwner, UnsafeMessage
from alerts.headers import plain_address
from alerts.message import build_message, mail_key, wire_bytes
from alerts.sender import Sender
from records.watchlist import Owner
from storage.database import Database
from storage.decisions import count_unreviewed, load_decided_hit, load_released
from storage.hit_records import StoredHit
from storage.outbox import QueuedMail, claim_mails, load_mailed_hit_ids, mark_failed, mark_sent, queue_mail
from storage.runs import load_runs
from storage.users import load_users
from storage.watchlist import load_owners, load_watchlist

log = structlog.get_logger()

KIND = "digest"
RUNS_READ = 1_000
NO_TITLES: Mapping[str, str] = MappingProxyType({})
PREVIEW_RECIPIENT = "preview@localhost"
"""Stands in a preview for an owner without an address."""
REVOKED = "the address is no longer registered for this owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCounts:
    """What became of the mails that were due."""

    sent: int = 0
    """Taken by the sender."""
    failed: int = 0
    """Not taken now; those not given up are tried again."""
    given_up: int = 0
    """Of the failed ones, those that are not tried again: refused for good, too old, or no longer wanted."""


class _QueuedBefore(Exception):
    """One of the owner's mails of this period is in the outbox."""


def queue_digests(
    database: Database,
    now: datetime,
    sender_address: str,
    console_url: str,
    *,
    market_titles: Mapping[str, str] = NO_TITLES,
) -> int:
    """Queue one digest for every owner with news and return how many mails that makes, one a recipient.

    Running it twice queues once: an owner has one digest a day, what is released later waits for the next day's.
    An address that is none is logged and left out; it keeps no other mail back.
    """
    plain_address(sender_address)
    with database.read() as session:
        owners = load_owners(session)
    queued = 0
    for owner in owners:
        try:
            queued += _queue_owner(database, owner, now, sender_address, console_url, market_titles)
        except UnsafeMessage as error:
            # One owner's mail that does not read as meant is a fault for people to mend; the others get theirs.
            log.warning("digest not queued", owner=owner.name, problem=str(error))
    return queued


def preview(
    database: Database,
    owner: str,
    now: datetime,
    sender_address: str,
    console_url: str,
    *,
    market_titles: Mapping[str, str] = NO_TITLES,
) -> EmailMessage | None:
    """Return the digest that the owner would get now, or None when nothing is new; nothing is queued or marked."""
    with database.read() as session:
        found = next((one for one in load_owners(session) if one.name == owner), None)
        if found is None:
            raise UnknownOwner(owner)
        digest = _load_digest(session, found, now, market_titles)
    if digest is None:
        return None
    recipient = next(iter(_recipients(found)), PREVIEW_RECIPIENT)
    return build_message(digest, sender_address, console_url, recipient=recipient)


def send_due(
    database: Database, sender: Sender, now: datetime, *, elapsed: Callable[[], float] = time.monotonic
) -> SendCounts:
    """Send every mail that is due, one at a time, and return what became of them.

    At least once: a mail is marked as sent after the sender took it, so a crash in between sends it again, with the
    same Message-ID. A mail that fails is due again later; it is not tried twice in one call.
    """
    sent = failed = given_up = 0
    started = elapsed()
    tried: set[int] = set()
    while True:
        at = now + timedelta(seconds=elapsed() - started)
        with database.write() as session:
            # One at a time: the lease of a mail that waits behind a slow one would run out.
            mails = claim_mails(session, at, limit=1)
            wanted = {owner.name: _recipients(owner) for owner in load_owners(session)}
            people = tuple(user.email for user in load_users(session) if user.active and user.email)
        if not mails or mails[0].mail_id in tried:
            return SendCounts(sent=sent, failed=failed, given_up=given_up)
        mail = mails[0]
        tried.add(mail.mail_id)
        rightful = people if mail.kind == ACCOUNT_KIND else wanted.get(mail.owner, ())
        problem = _hand_over(mail, sender, rightful)
        at = now + timedelta(seconds=elapsed() - started)
        with database.write() as session:
            if problem is None:
                mark_sent(session, mail.mail_id, at)
                sent += 1
                continue
            after = mark_failed(session, mail.mail_id, at, problem.problem, permanent=isinstance(problem, Refused))
        failed += 1
        given_up += after.state == "failed"
        log.warning("mail not sent", mail_id=mail.mail_id, owner=mail.owner, problem=problem.problem, state=after.state)


def _hand_over(mail: QueuedMail, sender: Sender, wanted: tuple[str, ...]) -> NotSent | None:
    """Hand one mail over and return why it did not go, None when it went. Rights are checked again at this moment."""
    if mail.recipient not in wanted:
        return Refused(REVOKED)
    try:
        sender.send(mail.key, mail.recipient, mail.message)
    except NotSent as problem:
        return problem
    return None


def _queue_owner(
    database: Database,
    owner: Owner,
    now: datetime,
    sender_address: str,
    console_url: str,
    market_titles: Mapping[str, str],
) -> int:
    """Queue the owner's digest to all recipients or to none, with the hits it reports, in one transaction."""
    recipients = _recipients(owner)
    if not recipients:
        return 0
    with database.read() as session:
        if _load_digest(session, owner, now, market_titles) is None:
            return 0
    with suppress(_QueuedBefore), database.write() as session:
        # Read again under the write lock: another process may have queued the same hits meanwhile.
        digest = _load_digest(session, owner, now, market_titles)
        if digest is None:
            return 0
        for recipient in recipients:
            message = build_message(digest, sender_address, console_url, recipient=recipient)
            is_new = queue_mail(
                session,
                key=mail_key(digest, recipient),
                recipient=recipient,
                owner=owner.name,
                kind=KIND,
                subject=str(message["Subject"]),
                message=wire_bytes(message),
                queued_at=now,
                hit_ids=digest.hit_ids,
            )
            if not is_new:
                # All or none: hits mailed to one new recipient alone would count as mailed for the others.
                raise _QueuedBefore
        return len(recipients)
    return 0


def _load_digest(
    session: Any,  # only storage may name SQLAlchemy's types
    owner: Owner,
    now: datetime,
    market_titles: Mapping[str, str],
) -> Digest | None:
    """Return the owner's digest of everything released and not mailed before, each hit as it was judged."""
    mailed = load_mailed_hit_ids(session, owner.name)
    released = [
        _as_judged(session, stored)
        for stored in load_released(session, owner.name, now, None)
        if stored.hit_id not in mailed
    ]
    if not released:
        return None
    return build_digest(
        owner,
        released,
        count_unreviewed(session, owner.name),
        load_runs(session, RUNS_READ),
        Period.of(owner, now),
        watchlist=load_watchlist(session, now.date()),
        market_titles=market_titles,
    )


def _as_judged(session: Any, stored: StoredHit) -> StoredHit:
    """Return the hit with the listing that the reviewer saw: a title that changed since then was judged by nobody."""
    if stored.decision is None:
        return stored
    return replace(stored, hit=load_decided_hit(session, stored.decision.decision_id))


def _recipients(owner: Owner) -> tuple[str, ...]:
    """Return the owner's usable addresses, each once whatever its letter case."""
    found: dict[str, str] = {}
    for address in owner.emails:
        try:
            found.setdefault(plain_address(address).lower(), address)
        except BadAddress:
            log.warning("address left out", owner=owner.name, address=ascii(address))
    return tuple(found.values())
