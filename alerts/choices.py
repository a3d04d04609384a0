"""Changes what a recipient gets, for the command line, the console and the links in mails alike."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alerts.errors import BadPreference, UnknownBrand, UnknownOwner
from alerts.house import House
from alerts.links import Link, brand_scope
from alerts.queueing import queue_account
from records.mail import FREQUENCIES, STREAM_KINDS, Kind, Preference
from records.row_fields import BadField
from records.watchlist import Owner
from storage.errors import NotFound
from storage.mail_people import (
    Member,
    load_members,
    load_owner_brands,
    load_preferences,
    preference_of,
    save_preference,
)
from storage.watchlist import load_owners

Session = Any  # only storage may name SQLAlchemy's types
TIERS = ("low", "medium", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One recipient and one brand: where preferences belong."""

    owner: Owner
    member: Member
    brand: str


def find_place(session: Session, address: str, owner: str, brand: str) -> Place:
    """Return the recipient of that address; raise UnknownOwner, UnknownBrand, or NotFound for the address."""
    found = next((one for one in load_owners(session) if one.name == owner), None)
    if found is None:
        raise UnknownOwner(owner)
    if brand not in load_owner_brands(session).get(owner, ()):
        raise UnknownBrand(owner, brand)
    for member in load_members(session, owner):
        if member.address.address.lower() == address.lower():
            return Place(owner=found, member=member, brand=brand)
    raise NotFound(f"no recipient {address!r} of owner {owner!r}; `markwatch alerts recipients` lists them")


def place_of(session: Session, link: Link) -> tuple[Place, ...]:
    """Return what a signed link acts for: one brand, or every brand of the owner; empty where that is gone."""
    return tuple(
        place
        for place in places_of_address(session, link.address_id)
        if link.scope in {brand_scope(place.owner.name, place.brand), brand_scope(place.owner.name, "")}
    )


def places_of_address(session: Session, address_id: str) -> tuple[Place, ...]:
    """Return every brand that a recipient hears about, by owner and brand."""
    owners = {owner.name: owner for owner in load_owners(session)}
    brands = load_owner_brands(session)
    return tuple(
        Place(owner=owners[member.owner], member=member, brand=brand)
        for member in load_members(session)
        if member.address.address_id == address_id and member.owner in owners
        for brand in brands.get(member.owner, ())
    )


def choices_of(session: Session, place: Place) -> Mapping[Kind, Preference]:
    """Return what holds for each kind that can be chosen."""
    chosen = load_preferences(session, place.owner.name)
    return {kind: preference_of(chosen, place.owner, place.member, place.brand, kind) for kind in STREAM_KINDS}


def change_choice(
    session: Session, place: Place, kind: Kind, wish: Mapping[str, Any], at: datetime, actor: str
) -> Preference:
    """Change some fields of a preference and return it; raise BadPreference with the field's name.

    A kind that was off and is on again begins with what is decided from now on.
    """
    before = choices_of(session, place)[kind]
    check_wish(kind, wish)
    try:
        after = replace(before, **wish)
    except BadField as bad:
        raise BadPreference(bad.field, bad.problem) from None
    if before.frequency == "never" and after.frequency != "never":
        after = replace(after, since=at)
    if after != before:
        save_preference(
            session, place.member.address.address_id, place.owner.name, place.brand, kind, after, at, actor
        )  # fmt: skip
    return after


def tell_of_change(session: Session, place: Place, at: datetime, house: House) -> None:
    """Queue a mail that tells a recipient that somebody else changed the settings."""
    queue_account(session, place.owner, place.member.address.address_id, place.brand, "changed", at, house)


def check_markets(wish: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise BadPreference for a marketplace that there is none of: its mails would never come."""
    unknown = [one for one in wish.get("markets", ()) if known and one not in known]
    if unknown:
        raise BadPreference("markets", f"{unknown[0]!r} is no marketplace")


def check_wish(kind: Kind, wish: Mapping[str, Any]) -> None:
    """Raise BadPreference for a value that no mail can follow."""
    allowed: dict[str, tuple[object, ...]] = {
        "frequency": FREQUENCIES[kind],
        "language": ("ja", "vi", "en"),
        "holidays": ("JP", "VN", ""),
        "minimum_tier": TIERS,
    }
    for field, values in allowed.items():
        if field in wish and wish[field] not in values:
            known = ", ".join(repr(value) for value in values)
            raise BadPreference(field, f"{wish[field]!r} is none of {known}")
    if "zone" in wish:
        try:
            ZoneInfo(str(wish["zone"]))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadPreference("zone", f"{wish['zone']!r} is no IANA time zone") from None
