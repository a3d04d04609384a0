"""Shows mails without sending them: any kind, from real data, in any language; and sends a sample of one."""

from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from alerts.account import account_letter
from alerts.due import recipients_of
from alerts.errors import UnknownBrand, UnknownOwner
from alerts.finishing import envelope_of, finished, illustrated
from alerts.gathering import NOBODY, URGENT_FOR, Shared, Stream, gather_digest, gather_month, gather_urgent
from alerts.house import House
from alerts.languages import WORDINGS
from alerts.letter import Letter
from alerts.letters import as_sample, make_reader
from alerts.message import build_message, mail_key
from alerts.monthly import monthly_letter
from records.mail import FIRST_LOOKBACK, FREQUENCIES, STREAM_KINDS, Kind, Language, Preference
from storage.database import Database
from storage.mail_news import load_new, load_new_urgent
from storage.mail_people import (
    Address,
    Member,
    address_id_of,
    load_members,
    load_owner_brands,
    load_preferences,
    load_rule,
    preference_of,
)
from storage.outbox import NewMail, queue_mail
from storage.watchlist import load_owners

Session = Any  # only storage may name SQLAlchemy's types
PREVIEW_ADDRESS = "preview@localhost"
"""Stands in a preview for an owner without an address."""


def preview_mail(
    database: Database,
    owner: str,
    brand: str | None,
    kind: Kind,
    now: datetime,
    house: House,
    *,
    language: Language | None = None,
    address: str | None = None,
) -> EmailMessage | None:
    """Return the mail that a recipient would get now, None when it would have nothing to say; nothing is marked.

    Without a brand it is the owner's first, without an address the owner's first recipient. Raises UnknownOwner or
    UnknownBrand.
    """
    with database.read() as session:
        stream = _stream(session, owner, brand, kind, now, language, address)
        letter = _letter(session, stream, kind, now, house)
    if letter is None:
        return None
    period, words = letter
    key = mail_key(kind, period, stream.address, stream.owner, stream.brand)
    return build_message(words, envelope_of(stream, kind, key, now, house), house)


def preview_letter(
    database: Database,
    owner: str,
    brand: str | None,
    kind: Kind,
    now: datetime,
    house: House,
    *,
    language: Language | None = None,
) -> tuple[Letter, bool] | None:
    """Return the same mail in words for a page that staff look at, its links nobody's; and whether it is old news.

    Where nothing is new it is the mail of a recipient who was told nothing before, or the running month so far; None
    where there is nothing at all.
    """
    with database.read() as session:
        stream = replace(_stream(session, owner, brand, kind, now, language, None), has_own_links=False)
        letter = _letter(session, stream, kind, now, house)
        if letter is not None:
            return letter[1], False
        old = _letter(session, _told_nothing(stream, now), kind, now, house)
    return None if old is None else (old[1], True)


def _told_nothing(stream: Stream, now: datetime) -> Stream:
    """Return the stream of somebody who joined just now."""
    since = min(stream.preference.since, now - FIRST_LOOKBACK)
    return replace(stream, address_id=NOBODY, preference=replace(stream.preference, since=since))


def queue_sample(
    database: Database,
    owner: str,
    brand: str | None,
    kind: Kind,
    now: datetime,
    house: House,
    *,
    recipient: str,
    language: Language | None = None,
) -> NewMail | None:
    """Queue the mail that preview_letter shows to a member of staff, marked as a sample; None when there is none."""
    with database.write() as session:
        # The links of a sample are nobody's: what staff press in it must not count as the owner's answer.
        stream = replace(_stream(session, owner, brand, kind, now, language, None), has_own_links=False)
        letter = _letter(session, stream, kind, now, house) or _letter(
            session, _told_nothing(stream, now), kind, now, house
        )
        if letter is None:
            return None
        mine = replace(stream, address=recipient, address_id=f"staff-{address_id_of(recipient)}")
        sample = as_sample(letter[1], WORDINGS[stream.preference.language])
        mail = replace(
            finished(sample, mine, kind, f"sample {now.isoformat()}", now, house), kind="operations"
        )  # fmt: skip
        queue_mail(session, mail, now)
        return mail


def _stream(
    session: Session,
    owner: str,
    brand: str | None,
    kind: Kind,
    now: datetime,
    language: Language | None,
    address: str | None,
) -> Stream:
    found = next((one for one in load_owners(session) if one.name == owner), None)
    if found is None:
        raise UnknownOwner(owner)
    brands = load_owner_brands(session).get(owner, ())
    chosen_brand = brand if brand is not None else next(iter(brands), "")
    if chosen_brand not in brands:
        raise UnknownBrand(owner, chosen_brand)
    wanted = address or next(iter(recipients_of(found)), PREVIEW_ADDRESS)
    address_id = address_id_of(wanted)
    known = [one for one in load_members(session, owner) if one.address.address_id == address_id]
    stranger = Address(address_id=address_id, address=wanted, suppressed_at=None, suppressed_because=None)
    member = known[0] if known else Member(address=stranger, owner=owner, joined_at=now)
    preference = preference_of(load_preferences(session, owner), found, member, chosen_brand, kind)
    if preference.frequency == "never":
        preference = replace(preference, frequency=FREQUENCIES[kind][0])
    return Stream(
        address_id=address_id,
        address=wanted,
        owner=owner,
        brand=chosen_brand,
        preference=preference if language is None else replace(preference, language=language),
        rule=load_rule(session, owner, chosen_brand),
    )


def _letter(session: Session, stream: Stream, kind: Kind, now: datetime, house: House) -> tuple[str, Letter] | None:
    """Return the period and the words of a mail, None when it would have nothing to say."""
    if kind == "account":
        choices: dict[Kind, Preference] = dict.fromkeys((*STREAM_KINDS, "account"), stream.preference)
        choices = {one: replace(value, frequency=FREQUENCIES[one][0]) for one, value in choices.items()}
        reader = make_reader(stream.link_id, stream.owner, stream.brand, kind, stream.preference, now)
        return "preview", account_letter("joined", choices, reader.figures.day_of(now), reader, house)
    shared, figures = Shared(now), stream.figures()
    day = figures.day_of(now)
    if kind == "monthly":
        # Staff who look at a month that brought nothing are shown the running one so far.
        this_month = day.replace(day=1)
        month = this_month if stream.address_id == NOBODY else (this_month - timedelta(days=1)).replace(day=1)
        report = gather_month(session, stream, month, day, shared, house)
        reader = make_reader(stream.link_id, stream.owner, stream.brand, kind, stream.preference, now)
        return (f"{month:%Y-%m}", monthly_letter(report, reader, house)) if report.has_news else None
    if kind == "urgent":
        scope = stream.scope(now)
        found = load_new_urgent(session, scope, stream.rule, now - URGENT_FOR, 1) or load_new(session, scope, 1)
        if not found:
            return None
        urgent = gather_urgent(session, stream, found[0], shared, house)
        return found[0].hit_id, illustrated(session, urgent, stream, house)
    digest = gather_digest(session, stream, day, None, shared, house)
    return (day.isoformat(), illustrated(session, digest, stream, house)) if digest.has_news else None
