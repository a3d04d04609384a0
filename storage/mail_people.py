"""Who receives alert mails and how: addresses, their owners, preferences, brand rules, and what staff must know."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from records.mail import FIRST_LOOKBACK, BrandRule, Kind, Preference, default_preference
from records.watchlist import Owner
from storage.audit import record_audit
from storage.errors import NotFound
from storage.mail_tables import (
    mail_addresses,
    mail_events,
    mail_facts,
    mail_members,
    mail_preferences,
    mail_rules,
    mail_slots,
)
from storage.outbox import suppress_waiting
from storage.tables import marks
from storage.upsert import upsert

LINK_KEY = "link_key"
PAUSED = "paused"
_CHOSEN = ("frequency", "hour", "zone", "holidays", "weekday", "language", "minimum_tier", "markets", "since")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One address that an owner's list names or named."""

    address_id: str
    """Its lasting id; stands in links instead of the address."""
    address: str
    """As the list writes it."""
    suppressed_at: datetime | None
    """Since when nothing is sent to it; None means it may be written to."""
    suppressed_because: str | None
    """What the mail server or the bounce said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An address on one owner's list."""

    address: Address
    owner: str
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEvent:
    """Something about the mails that staff must know."""

    event_id: int
    at: datetime
    kind: str
    """refused, bounced, gave_up, paused, withdrawn, unsafe, setup."""
    subject: str
    """What it is about: an address, a mail's key, a brand."""
    text: str
    """What happened, in English."""


def address_id_of(address: str) -> str:
    """Return an address's lasting id; letter case makes no difference."""
    return hashlib.sha256(address.lower().encode()).hexdigest()[:16]


def _address_of(row: Mapping[Any, Any]) -> Address:
    return Address(**{name: row[name] for name in Address.__slots__})


def join_members(session: Session, owner: str, addresses: Sequence[str], at: datetime) -> tuple[str, ...]:
    """Bring an owner's recipients in line with its address list; return the ids of those who are new to it."""
    wanted = {address_id_of(address): address for address in addresses}
    query = select(mail_members).where(mail_members.c.owner == owner)
    known = {row["address_id"]: row for row in session.execute(query).mappings()}
    new: list[str] = []
    for address_id, address in wanted.items():
        if address_id in known and known[address_id]["left_at"] is None:
            continue
        session.execute(
            upsert(session, mail_addresses)
            .values(address_id=address_id, address=address, met_at=at)
            .on_conflict_do_nothing()
        )
        joining = upsert(session, mail_members).values(address_id=address_id, owner=owner, joined_at=at)
        session.execute(
            joining.on_conflict_do_update(
                index_elements=["address_id", "owner"], set_={"joined_at": at, "left_at": None}
            )
        )
        new.append(address_id)
    gone = [one for one, row in known.items() if row["left_at"] is None and one not in wanted]
    if gone:
        here = (mail_members.c.owner == owner, mail_members.c.address_id.in_(gone))
        session.execute(update(mail_members).where(*here).values(left_at=at))
    return tuple(new)


def load_members(
    session: Session, owner: str | None = None, address_id: str | None = None
) -> tuple[Member, ...]:  # fmt: skip
    """Return the recipients on the owners' lists now, by owner and address; of one owner or address where given."""
    query = (
        select(mail_addresses, mail_members.c.owner, mail_members.c.joined_at)
        .join(mail_members, mail_members.c.address_id == mail_addresses.c.address_id)
        .where(mail_members.c.left_at.is_(None))
        .order_by(mail_members.c.owner, mail_addresses.c.address)
    )
    if owner is not None:
        query = query.where(mail_members.c.owner == owner)
    if address_id is not None:
        query = query.where(mail_members.c.address_id == address_id)
    rows = session.execute(query).mappings()
    return tuple(Member(address=_address_of(row), owner=row["owner"], joined_at=row["joined_at"]) for row in rows)


def load_address(session: Session, address_id: str) -> Address:
    """Return an address by its id; raise NotFound."""
    query = select(mail_addresses).where(mail_addresses.c.address_id == address_id)
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no mail address {address_id!r}")
    return _address_of(row)


def suppress_address(session: Session, address_id: str, at: datetime, because: str) -> int:
    """Send nothing more to an address, close what waits for it, and return how many mails that were."""
    here = mail_addresses.c.address_id == address_id
    session.execute(
        update(mail_addresses)
        .where(here, mail_addresses.c.suppressed_at.is_(None))
        .values(suppressed_at=at, suppressed_because=because)
    )
    return suppress_waiting(session, address_id, at, f"the address is suppressed: {because}")


def allow_address(session: Session, address_id: str, at: datetime, actor: str) -> None:
    """Write to a suppressed address again; what it missed becomes news again."""
    load_address(session, address_id)
    here = mail_addresses.c.address_id == address_id
    session.execute(update(mail_addresses).where(here).values(suppressed_at=None, suppressed_because=None))
    record_audit(session, at, actor, "mail.allow_address", address_id, {})


def load_owner_brands(session: Session) -> Mapping[str, tuple[str, ...]]:
    """Return the brands of each owner, by name; a mark without a brand is a brand of its own text."""
    name = func.coalesce(marks.c.brand, marks.c.text).label("brand")
    query = select(marks.c.owner, name).where(marks.c.owner.is_not(None)).distinct().order_by(marks.c.owner, name)
    found: dict[str, tuple[str, ...]] = {}
    for row in session.execute(query):
        found[row.owner] = (*found.get(row.owner, ()), row.brand)
    return found


def owns_brand(session: Session, owner: str, brand: str) -> bool:
    """Return whether an owner holds a mark of that brand."""
    here = (marks.c.owner == owner, func.coalesce(marks.c.brand, marks.c.text) == brand)
    return session.scalar(select(marks.c.mark_id).where(*here).limit(1)) is not None


def load_preferences(session: Session, owner: str) -> Mapping[tuple[str, str, Kind], Preference]:
    """Return what an owner's recipients chose, by address id, brand and kind; where nothing was chosen, nothing."""
    query = select(mail_preferences).where(mail_preferences.c.owner == owner)
    return {
        (row["address_id"], row["brand"], cast("Kind", row["kind"])): preference_from(row)
        for row in session.execute(query).mappings()
    }


def load_preference(session: Session, address_id: str, owner: str, brand: str, kind: Kind) -> Preference | None:
    """Return what one recipient chose of one kind about one brand, None where nothing was chosen."""
    columns = mail_preferences.c
    here = (columns.address_id == address_id, columns.owner == owner, columns.brand == brand, columns.kind == kind)
    row = session.execute(select(mail_preferences).where(*here)).mappings().one_or_none()
    return None if row is None else preference_from(row)


def preference_from(row: Mapping[Any, Any]) -> Preference:
    """Return the preference of a row of mail_preferences."""
    return Preference(**{name: row[name] for name in _CHOSEN if name != "markets"}, markets=tuple(row["markets"]))


def preference_of(
    chosen: Mapping[tuple[str, str, Kind], Preference], owner: Owner, member: Member, brand: str, kind: Kind
) -> Preference:
    """Return the preference that holds: the chosen one, else the owner's default."""
    found = chosen.get((member.address.address_id, brand, kind))
    return found or default_preference(owner, kind, member.joined_at - FIRST_LOOKBACK)


def save_preference(
    session: Session,
    address_id: str,
    owner: str,
    brand: str,
    kind: Kind,
    preference: Preference,
    at: datetime,
    actor: str,
) -> None:
    """Keep a recipient's choice, with its audit row."""
    values = {name: getattr(preference, name) for name in _CHOSEN} | {"markets": list(preference.markets)}
    statement = upsert(session, mail_preferences).values(
        address_id=address_id, owner=owner, brand=brand, kind=kind, changed_at=at, changed_by=actor, **values
    )
    news = {name: statement.excluded[name] for name in (*values, "changed_at", "changed_by")}
    keys = ["address_id", "owner", "brand", "kind"]
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=news))
    facts = {"owner": owner, "brand": brand, "kind": kind, **values, "since": preference.since.isoformat()}
    record_audit(session, at, actor, "mail.preference", address_id, facts)


def load_slot(session: Session, address_id: str, owner: str, brand: str, kind: Kind) -> datetime | None:
    """Return the last time at which a regular mail was made or found not to be needed."""
    return session.scalar(select(mail_slots.c.slot_at).where(*_slot(address_id, owner, brand, kind)))


def save_slot(session: Session, address_id: str, owner: str, brand: str, kind: Kind, slot_at: datetime) -> None:
    """Note that the regular mail of that time was made or not needed."""
    statement = upsert(session, mail_slots).values(
        address_id=address_id, owner=owner, brand=brand, kind=kind, slot_at=slot_at
    )
    keys = ["address_id", "owner", "brand", "kind"]
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_={"slot_at": slot_at}))


def forget_slot(session: Session, address_id: str, owner: str, brand: str, kind: Kind) -> None:
    """Let the regular mail that is due now be made again, because the one that was made did not leave."""
    session.execute(delete(mail_slots).where(*_slot(address_id, owner, brand, kind)))


def _slot(address_id: str, owner: str, brand: str, kind: Kind) -> tuple[Any, ...]:
    columns = mail_slots.c
    return columns.address_id == address_id, columns.owner == owner, columns.brand == brand, columns.kind == kind


def load_rule(session: Session, owner: str, brand: str) -> BrandRule:
    """Return what a brand allows; the default where nothing was set."""
    query = select(mail_rules).where(mail_rules.c.owner == owner, mail_rules.c.brand == brand)
    row = session.execute(query).mappings().one_or_none()
    return BrandRule() if row is None else rule_from(row)


def rule_from(row: Mapping[Any, Any]) -> BrandRule:
    """Return the rule of a row of mail_rules."""
    values = {name: row[name] for name in BrandRule.__slots__}
    return BrandRule(**values | {"urgent_reasons": tuple(row["urgent_reasons"])})


def save_rule(session: Session, owner: str, brand: str, rule: BrandRule, at: datetime, actor: str) -> None:
    """Keep a brand's rule, with its audit row."""
    values = {name: getattr(rule, name) for name in BrandRule.__slots__} | {"urgent_reasons": list(rule.urgent_reasons)}
    statement = upsert(session, mail_rules).values(owner=owner, brand=brand, changed_at=at, **values)
    news = {name: statement.excluded[name] for name in (*values, "changed_at")}
    session.execute(statement.on_conflict_do_update(index_elements=["owner", "brand"], set_=news))
    until = None if rule.unreviewed_until is None else rule.unreviewed_until.isoformat()
    record_audit(session, at, actor, "mail.rule", f"{owner} / {brand}", {**values, "unreviewed_until": until})


def record_event(session: Session, at: datetime, kind: str, subject: str, text: str) -> None:
    """Note something that staff must know about the mails."""
    session.execute(insert(mail_events).values(at=at, kind=kind, subject=subject, text=text))


def load_mail_events(session: Session, limit: int = 50, *, untold: bool = False) -> tuple[MailEvent, ...]:
    """Return the latest events, newest first; `untold` limits it to those that no mail to staff has told yet."""
    query = select(mail_events).order_by(mail_events.c.event_id.desc()).limit(limit)
    if untold:
        query = query.where(mail_events.c.told_at.is_(None))
    names = MailEvent.__slots__
    return tuple(MailEvent(**{name: row[name] for name in names}) for row in session.execute(query).mappings())


def mark_told(session: Session, event_ids: Sequence[int], at: datetime) -> None:
    """Note that staff were told about those events."""
    for start in range(0, len(event_ids), 200):
        here = mail_events.c.event_id.in_(event_ids[start : start + 200])
        session.execute(update(mail_events).where(here).values(told_at=at))


def load_pause(session: Session) -> tuple[datetime, str] | None:
    """Return since when and why the brands' stream is paused, None while it runs."""
    row = session.execute(select(mail_facts).where(mail_facts.c.name == PAUSED)).mappings().one_or_none()
    return None if row is None or not row["value"] else (row["at"], row["value"])


def pause_stream(session: Session, at: datetime, because: str) -> None:
    """Send nothing to brand owners until a person resumes it."""
    _save_fact(session, PAUSED, because, at)
    record_event(session, at, "paused", "stream", because)


def resume_stream(session: Session, at: datetime, actor: str) -> None:
    """Go on sending; the hourly count begins anew."""
    _save_fact(session, PAUSED, "", at)
    record_audit(session, at, actor, "mail.resume", "stream", {})


def load_resumed_at(session: Session) -> datetime | None:
    """Return when a person last resumed the stream, None when nobody ever had to."""
    query = select(mail_facts.c.at).where(mail_facts.c.name == PAUSED, mail_facts.c.value == "")
    return session.scalar(query)


def load_link_key(session: Session) -> str | None:
    """Return the key that signs the links in mails, None before the first one was made."""
    return session.scalar(select(mail_facts.c.value).where(mail_facts.c.name == LINK_KEY))


def make_link_key(session: Session, at: datetime) -> str:
    """Return the key that signs the links in mails, making it where there is none."""
    statement = upsert(session, mail_facts).values(name=LINK_KEY, value=secrets.token_urlsafe(32), at=at)
    session.execute(statement.on_conflict_do_nothing())
    key = load_link_key(session)
    if key is None:
        raise NotFound("no link key could be kept")
    return key


def _save_fact(session: Session, name: str, value: str, at: datetime) -> None:
    statement = upsert(session, mail_facts).values(name=name, value=value, at=at)
    news = {"value": statement.excluded.value, "at": statement.excluded.at}
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=news))
