"""What a round of queueing asks about every recipient, in a few statements whatever their number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.mail import BrandRule, Kind, Preference
from records.watchlist import Owner
from storage.decisions import released
from storage.mail_people import Member, load_members, load_owner_brands, preference_from, rule_from
from storage.mail_tables import mail_preferences, mail_rules, mail_slots
from storage.tables import hits, owners
from storage.watchlist import load_owners

Chosen = Mapping[tuple[str, str, Kind], Preference]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """Who may get mails about what, as it stood at one moment."""

    owners: tuple[Owner, ...]
    """All owners, by name."""
    brands: Mapping[str, tuple[str, ...]]
    """Each owner's brands."""
    members: Mapping[str, tuple[Member, ...]]
    """Each owner's recipients."""
    preferences: Mapping[str, Chosen]
    """Each owner's recipients' choices, by address id, brand and kind."""
    rules: Mapping[tuple[str, str], BrandRule]
    """What the brands allow, by owner and brand; absent where nothing was set."""
    slots: Mapping[tuple[str, str, str, str], datetime]
    """When a regular mail was last seen to, by address id, owner, brand and kind."""


def load_mail_settings(session: Session) -> MailSettings:
    """Return everything that decides which mails are due."""
    members: dict[str, tuple[Member, ...]] = {}
    for member in load_members(session):
        members[member.owner] = (*members.get(member.owner, ()), member)
    preferences: dict[str, dict[tuple[str, str, Kind], Preference]] = {}
    for row in session.execute(select(mail_preferences)).mappings():
        chosen = preferences.setdefault(row["owner"], {})
        chosen[row["address_id"], row["brand"], cast("Kind", row["kind"])] = preference_from(row)
    slots = session.execute(select(mail_slots))
    return MailSettings(
        owners=load_owners(session),
        brands=load_owner_brands(session),
        members=members,
        preferences=preferences,
        rules={
            (row["owner"], row["brand"]): rule_from(row) for row in session.execute(select(mail_rules)).mappings()
        },
        slots={(row.address_id, row.owner, row.brand, row.kind): row.slot_at for row in slots},
    )  # fmt: skip


def load_fresh_brands(session: Session, now: datetime, since: datetime) -> frozenset[tuple[str, str]]:
    """Return the owners and brands of which a hit was settled since then and may be told: only they can be urgent."""
    # From the owners, so that the index over owner and state serves.
    query = select(hits.c.owner, hits.c.brand).select_from(owners.join(hits, hits.c.owner == owners.c.name))
    found = session.execute(query.where(*released(now), hits.c.settled_at >= since).distinct())
    return frozenset((row.owner, row.brand) for row in found)
