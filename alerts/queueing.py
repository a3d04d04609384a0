"""Makes the mails that are due and writes them to the outbox: urgent notices, digests, monthly reports, account mails.

A mail and what it reports are written in one transaction, after everything was read again under the write lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import structlog

from alerts.account import AccountEvent, account_letter
from alerts.digest import Digest
from alerts.due import DueMail, due_mails, recipients_of, stream_of
from alerts.errors import UnsafeMessage
from alerts.finishing import finished, illustrated, reader_of
from alerts.gathering import (
    URGENT_FOR,
    Shared,
    Stream,
    changes_told,
    gather_digest,
    gather_month,
    gather_urgent,
)
from alerts.house import House
from alerts.letters import URGENT_A_DAY
from alerts.message import mail_key
from alerts.monthly import monthly_letter
from alerts.slots import Slot
from records.mail import STREAM_KINDS, BrandRule, Kind, Preference
from records.watchlist import Owner
from storage.database import Database
from storage.mail_months import list_hits
from storage.mail_news import load_new_urgent, report_hits, report_new
from storage.mail_people import (
    Member,
    address_id_of,
    join_members,
    load_members,
    load_pause,
    load_preferences,
    load_resumed_at,
    load_rule,
    load_slot,
    pause_stream,
    preference_of,
    record_event,
    save_slot,
)
from storage.mail_round import Chosen, load_fresh_brands, load_mail_settings
from storage.outbox import Change, count_queued, count_urgent, load_state, queue_mail

log = structlog.get_logger()

Session = Any  # only storage may name SQLAlchemy's types
Told = tuple[str, Change]
HOURLY_LIMIT = 200
"""Mails to brand owners queued within an hour above which the stream pauses and staff are told."""
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """How many mails were written to the outbox."""

    urgent: int = 0
    digest: int = 0
    monthly: int = 0
    account: int = 0
    is_paused: bool = False
    """True: the stream is paused, so that nothing was made for brand owners."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.urgent + self.digest + self.monthly + self.account


def queue_mails(
    database: Database, house: House, now: datetime, *, hourly_limit: int = HOURLY_LIMIT
) -> Queued:  # fmt: skip
    """Queue every mail that is due and has something to say; running it twice queues once.

    An address that is none is logged and left out, a mail that does not read as meant is told to staff; neither keeps
    another mail back. More than `hourly_limit` mails within an hour pause the stream until a person resumes it.
    """
    counts = dict.fromkeys(("urgent", "digest", "monthly", "account"), 0)
    counts["account"] += meet_recipients(database, house, now)
    with database.read() as session:
        settings = load_mail_settings(session)
        fresh = load_fresh_brands(session, now, now - URGENT_FOR)
        is_paused = load_pause(session) is not None
    shared = Shared(now)
    for due in due_mails(settings, fresh, now):
        if _stop_a_storm(database, now, hourly_limit):
            return _queued(counts, is_paused=True)
        try:
            counts[due.kind] += _MAKERS[due.kind](database, due, shared, house)
        except UnsafeMessage as problem:
            # One mail that does not read as meant is a fault for people to mend; the others go out.
            log.warning("mail not queued", owner=due.stream.owner, brand=due.stream.brand, problem=str(problem))
            with database.write() as session:
                record_event(session, now, "unsafe", f"{due.stream.owner} / {due.stream.brand}", str(problem))
    return _queued(counts, is_paused=is_paused)


def _queued(counts: Mapping[str, int], *, is_paused: bool = False) -> Queued:
    return Queued(
        urgent=counts["urgent"], digest=counts["digest"], monthly=counts["monthly"], account=counts["account"],
        is_paused=is_paused,
    )  # fmt: skip


def meet_recipients(database: Database, house: House, now: datetime) -> int:
    """Bring the recipients in line with the watch list, greet the new ones, and return how many mails that makes."""
    with database.read() as session:
        settings = load_mail_settings(session)
    queued = 0
    for owner in settings.owners:
        wanted = recipients_of(owner)
        known = {member.address.address_id for member in settings.members.get(owner.name, ())}
        if known == {address_id_of(address) for address in wanted}:
            continue
        with database.write() as session:
            new = join_members(session, owner.name, wanted, now)
            chosen = load_preferences(session, owner.name)
            met = [one for one in load_members(session, owner.name) if one.address.address_id in new]
            for member in met:
                queued += _queue_account(session, owner, member, chosen, "", BrandRule(), "joined", now, house)
    return queued


def _stop_a_storm(database: Database, now: datetime, hourly_limit: int) -> bool:
    """Return whether nothing may be queued for brand owners now; pause the stream where too much was."""
    with database.read() as session:
        if load_pause(session) is not None:
            return True
        since = max(now - AN_HOUR, load_resumed_at(session) or now - AN_HOUR)
        queued = count_queued(session, since, STREAM_KINDS)
    if queued < hourly_limit:
        return False
    with database.write() as session:
        pause_stream(session, now, f"{queued} mails to brand owners within an hour; the limit is {hourly_limit}")
    log.error("mail stream paused", queued=queued, limit=hourly_limit)
    return True


def _queue_urgent(database: Database, due: DueMail, shared: Shared, house: House) -> int:
    """Queue an urgent notice of each hit that is urgent and new, up to the day's cap."""
    stream, now = due.stream, shared.now
    with database.read() as session:
        if not load_new_urgent(session, stream.scope(now), stream.rule, now - URGENT_FOR, 1):
            return 0
    with database.write() as session:
        today = stream.figures().start_of(stream.figures().day_of(now))
        room = URGENT_A_DAY - count_urgent(session, stream.address_id, stream.brand, today)
        found = load_new_urgent(session, stream.scope(now), stream.rule, now - URGENT_FOR, room) if room > 0 else ()
        queued = 0
        for stored in found:
            digest = gather_urgent(session, stream, stored, shared, house)
            # The hit's state change is the period: confirmed anew after an undo it is another mail.
            period = f"{stored.hit_id} {stored.decision.decision_id if stored.decision else 0}"
            mail_id = _queue(session, stream, "urgent", period, digest, now, house)
            if mail_id is not None:
                report_hits(session, mail_id, [(stored.hit_id, "new")])
                queued += 1
    return queued


def _queue_digest(database: Database, due: DueMail, shared: Shared, house: House) -> int:
    """Queue the digest of the latest due time, once; where nothing is new the time passes without a mail."""
    stream, now = due.stream, shared.now
    with database.write() as session:
        slot, last_at = _take_slot(session, due)
        if slot is None:
            return 0
        digest = gather_digest(session, stream, slot.day, last_at, shared, house)
        if not digest.has_news:
            return 0
        told = changes_told(session, stream, now)
        mail_id = _queue(session, stream, "digest", slot.name, digest, now, house)
        if mail_id is None:
            return 0
        report_new(session, mail_id, stream.scope(now))
        answered: list[Told] = [(one.hit_id, "answered") for one in digest.changes if one.change == "answered"]
        flagged: list[Told] = [(line.hit_id, "unreviewed") for line in digest.flags]
        report_hits(session, mail_id, [*told, *answered, *flagged])
    return 1


def _queue_monthly(database: Database, due: DueMail, shared: Shared, house: House) -> int:
    """Queue the report of the month before, once."""
    stream, now = due.stream, shared.now
    if due.slot is None:
        return 0
    with database.read() as session:
        month = date.fromisoformat(f"{due.slot.name}-01")
        report = gather_month(session, stream, month, due.slot.day, shared, house)
    # Made before anything is locked: a document takes its time. What is taken back meanwhile keeps it from leaving.
    letter = monthly_letter(report, reader_of(stream, "monthly", now), house) if report.has_news else None
    with database.write() as session:
        slot, last_at = _take_slot(session, due)
        if slot is None or letter is None or (last_at is None and slot.due_at < stream.preference.since):
            return 0
        mail = finished(letter, stream, "monthly", _period(session, stream, slot.name), now, house)
        mail_id = queue_mail(session, mail, now)
        if mail_id is None:
            return 0
        list_hits(session, mail_id, [line.hit_id for line in report.lines])
    return 1


def _period(session: Session, stream: Stream, month: str) -> str:
    """Return the month, numbered where an earlier report of it was held back."""
    for number in count(1):
        period = month if number == 1 else f"{month} {number}"
        if load_state(session, mail_key("monthly", period, stream.address, stream.owner, stream.brand)) != "suppressed":
            break
    return period


def _take_slot(session: Session, due: DueMail) -> tuple[Slot | None, datetime | None]:
    """Note that a due time is seen to; return it, None where somebody else saw to it, and when the one before was."""
    stream, slot = due.stream, due.slot
    last_at = load_slot(session, stream.address_id, stream.owner, stream.brand, due.kind)
    if slot is None or (last_at is not None and last_at >= slot.due_at):
        return None, last_at
    save_slot(session, stream.address_id, stream.owner, stream.brand, due.kind, slot.due_at)
    return slot, last_at


_MAKERS = {"urgent": _queue_urgent, "digest": _queue_digest, "monthly": _queue_monthly}


def queue_account(
    session: Session, owner: Owner, address_id: str, brand: str, event: AccountEvent, now: datetime, house: House
) -> int:
    """Queue a mail about the mails themselves to one recipient; return 1, or 0 where it lies there already."""
    (member,) = load_members(session, owner.name, address_id)
    chosen, rule = load_preferences(session, owner.name), load_rule(session, owner.name, brand)
    return _queue_account(session, owner, member, chosen, brand, rule, event, now, house)


def _queue_account(
    session: Session,
    owner: Owner,
    member: Member,
    chosen: Chosen,
    brand: str,
    rule: BrandRule,
    event: AccountEvent,
    now: datetime,
    house: House,
) -> int:
    choices: Mapping[Kind, Preference] = {
        kind: preference_of(chosen, owner, member, brand, kind) for kind in (*STREAM_KINDS, "account")
    }
    stream = stream_of(owner, member, brand, choices["digest"], rule)
    reader = reader_of(stream, "account", now)
    letter = account_letter(event, choices, reader.figures.day_of(now), reader, house)
    mail = finished(letter, stream, "account", f"{event} {now.isoformat()}", now, house)
    return int(queue_mail(session, mail, now) is not None)


def _queue(
    session: Session, stream: Stream, kind: Kind, period: str, digest: Digest, now: datetime, house: House
) -> int | None:
    letter = illustrated(session, digest, stream, house)
    return queue_mail(session, finished(letter, stream, kind, period, now, house), now)
