"""Which mails are due now: every stream that somebody wants, found with a few statements for all recipients."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import structlog

from alerts.errors import BadAddress
from alerts.gathering import Stream
from alerts.headers import plain_address
from alerts.slots import Slot, last_slot
from records.mail import STREAM_KINDS, BrandRule, Kind, Preference
from records.watchlist import Owner
from storage.mail_people import Member, preference_of
from storage.mail_round import MailSettings

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class DueMail:
    """A mail of one stream that is due, where there is anything to say."""

    stream: Stream
    kind: Kind
    slot: Slot | None
    """The due time; None for an urgent notice, which has none."""


def recipients_of(owner: Owner) -> tuple[str, ...]:
    """Return the owner's usable addresses, each once whatever its letter case."""
    found: dict[str, str] = {}
    for address in owner.emails:
        try:
            found.setdefault(plain_address(address).lower(), address)
        except BadAddress:
            log.warning("address left out", owner=owner.name, address=ascii(address))
    return tuple(found.values())


def stream_of(owner: Owner, member: Member, brand: str, preference: Preference, rule: BrandRule) -> Stream:
    """Return one recipient's mails of one kind about one brand."""
    return Stream(
        address_id=member.address.address_id,
        address=member.address.address,
        owner=owner.name,
        brand=brand,
        preference=preference,
        rule=rule,
    )


def due_mails(settings: MailSettings, fresh: frozenset[tuple[str, str]], now: datetime) -> Iterator[DueMail]:
    """Yield what is due, by owner, recipient and brand; `fresh` are the owners and brands that can be urgent."""

    @cache
    def slot_of(preference: Preference) -> Slot | None:
        return last_slot(preference, now)

    for stream, kind in _wanted(settings):
        if kind == "urgent":
            if (stream.owner, stream.brand) in fresh:
                yield DueMail(stream=stream, kind=kind, slot=None)
            continue
        slot = slot_of(stream.preference)
        seen_to = settings.slots.get((stream.address_id, stream.owner, stream.brand, kind))
        if slot is not None and (seen_to is None or seen_to < slot.due_at):
            yield DueMail(stream=stream, kind=kind, slot=slot)


def _wanted(settings: MailSettings) -> Iterator[tuple[Stream, Kind]]:
    """Yield every stream that somebody wants and that may be written to."""
    for owner in settings.owners:
        chosen = settings.preferences.get(owner.name, {})
        for member in settings.members.get(owner.name, ()):
            if member.address.suppressed_at is not None:
                continue
            for brand in settings.brands.get(owner.name, ()):
                rule = settings.rules.get((owner.name, brand)) or BrandRule()
                for kind in STREAM_KINDS:
                    preference = preference_of(chosen, owner, member, brand, kind)
                    if preference.frequency != "never":
                        yield stream_of(owner, member, brand, preference, rule), kind
