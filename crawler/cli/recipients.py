"""markwatch alerts recipients, prefer and rule: who gets which mails, and what a brand allows."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

import typer

from alerts.choices import change_choice, check_markets, choices_of, find_place, tell_of_change
from alerts.errors import UnknownBrand, UnknownOwner
from alerts.queueing import meet_recipients
from alerts.slots import next_slot
from crawler.cli.options import DbOption, JsonOption, database, now, print_rows, say
from crawler.config import Settings
from crawler.errors import BadInput
from crawler.mailing import house_of, market_titles
from records.decision import REASONS
from storage.mail_people import load_members, load_owner_brands, load_rule, save_rule
from storage.watchlist import load_owners

ACTOR = "command line"
KindName = Literal["urgent", "digest", "monthly"]
FrequencyName = Literal["never", "as_it_happens", "daily", "weekly", "monthly"]
TierName = Literal["high", "medium", "low"]
COLUMNS = (
    "address", "owner", "brand", "kind", "frequency", "hour", "zone", "holidays", "weekday", "language",
    "minimum_tier", "markets", "next_at", "suppressed",
)  # fmt: skip


def recipients(
    *,
    owner: Annotated[str | None, typer.Option("--owner", help="Only this owner's.")] = None,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who gets which mail about which brand, and when the next one is due."""
    rows: list[dict[str, object]] = []
    with database(db) as opened:
        meet_recipients(opened, house_of(Settings(), opened, now()), now())
        with opened.read() as session:
            for member in load_members(session, owner):
                for brand in load_owner_brands(session).get(member.owner, ()):
                    place = find_place(session, member.address.address, member.owner, brand)
                    for kind, choice in choices_of(session, place).items():
                        due = next_slot(choice, now())
                        values: dict[str, object] = {
                            name: getattr(choice, name) for name in COLUMNS if hasattr(choice, name)
                        }
                        rows.append(
                            {
                                "address": member.address.address, "owner": member.owner, "brand": brand, "kind": kind,
                                **values, "markets": " ".join(choice.markets) or "all",
                                "next_at": None if due is None else due.due_at,
                                "suppressed": member.address.suppressed_because,
                            }
                        )  # fmt: skip
    print_rows(COLUMNS, rows, as_json=as_json)


def prefer(
    address: Annotated[str, typer.Argument(help="Address on the owner's list.")],
    owner: Annotated[str, typer.Argument(help="Owner's name as in the watch list.")],
    brand: Annotated[str, typer.Argument(help="Brand's name as in the watch list.")],
    kind: Annotated[KindName, typer.Argument(help="Which mails.")],
    *,
    frequency: Annotated[FrequencyName | None, typer.Option("--frequency", help="How often.")] = None,
    hour: Annotated[int | None, typer.Option("--hour", min=0, max=23, help="Hour of the day in the zone.")] = None,
    zone: Annotated[str | None, typer.Option("--zone", help="IANA zone, such as Asia/Tokyo.")] = None,
    holidays: Annotated[
        Literal["JP", "VN", "none"] | None, typer.Option("--holidays", help="Country whose public holidays are kept.")
    ] = None,
    weekday: Annotated[
        int | None, typer.Option("--weekday", min=0, max=6, help="Day of a weekly mail, 0 for Monday.")
    ] = None,
    language: Annotated[Literal["ja", "vi", "en"] | None, typer.Option("--language")] = None,
    minimum_tier: Annotated[TierName | None, typer.Option("--minimum-tier", help="Leave lower tiers out.")] = None,
    market: Annotated[
        list[str] | None, typer.Option("--market", help="Only this marketplace; may be repeated; `all` ends it.")
    ] = None,
    db: DbOption = None,
) -> None:
    """Change how one recipient gets one kind of mail about one brand; the recipient is told by mail."""
    wish: dict[str, Any] = {
        "frequency": frequency, "hour": hour, "zone": zone, "weekday": weekday, "language": language,
        "minimum_tier": minimum_tier, "holidays": "" if holidays == "none" else holidays,
        "markets": None if market is None else () if market == ["all"] else tuple(market),
    }  # fmt: skip
    wish = {name: value for name, value in wish.items() if value is not None}
    if not wish:
        raise BadInput("give at least one option to change")
    check_markets(wish, market_titles())
    with database(db) as opened:
        house = house_of(Settings(), opened, now())
        meet_recipients(opened, house, now())
        with opened.write() as session:
            place = find_place(session, address, owner, brand)
            before = choices_of(session, place)[kind]
            after = change_choice(session, place, kind, wish, now(), ACTOR)
            if after != before:
                tell_of_change(session, place, now(), house)
    due = next_slot(after, now())
    say(
        f"{kind} about {brand} to {address}: {after.frequency}"
        + (f", next {due.due_at:%Y-%m-%d %H:%M}Z" if due else "")
    )


def rule(
    owner: Annotated[str, typer.Argument(help="Owner's name as in the watch list.")],
    brand: Annotated[str, typer.Argument(help="Brand's name as in the watch list.")],
    *,
    urgent_tier: Annotated[
        Literal["high", "medium", "low", "none"] | None,
        typer.Option("--urgent-tier", help="Lowest tier of an urgent hit; none: nothing is urgent."),
    ] = None,
    urgent_score: Annotated[float | None, typer.Option("--urgent-score", min=0.0, max=1.0)] = None,
    urgent_reason: Annotated[
        list[str] | None, typer.Option("--urgent-reason", help="Reason that is urgent; may be repeated.")
    ] = None,
    pictures: Annotated[
        bool | None, typer.Option("--pictures/--no-pictures", help="Pictures in this brand's mails.")
    ] = None,
    unreviewed_until: Annotated[
        str | None,
        typer.Option("--unreviewed-until", metavar="DATE", help="Mail unreviewed flags up to this day; never: end it."),
    ] = None,
    agreed_by: Annotated[
        str | None, typer.Option("--agreed-by", help="Who agreed to that for the brand owner; needed for it.")
    ] = None,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a brand allows and asks of its mails, or change it."""
    changes: dict[str, Any] = {}
    if urgent_tier is not None:
        changes["urgent_tier"] = None if urgent_tier == "none" else urgent_tier
    if urgent_score is not None:
        changes["urgent_score"] = urgent_score
    if urgent_reason is not None:
        changes["urgent_reasons"] = _reasons(urgent_reason)
    if pictures is not None:
        changes["has_pictures"] = pictures
    if unreviewed_until is not None:
        changes |= _agreement(unreviewed_until, agreed_by)
    with database(db) as opened, opened.write() as session:
        if owner not in {one.name for one in load_owners(session)}:
            raise UnknownOwner(owner)
        if brand not in load_owner_brands(session).get(owner, ()):
            raise UnknownBrand(owner, brand)
        found = load_rule(session, owner, brand)
        if changes:
            found = replace(found, **changes)
            save_rule(session, owner, brand, found, now(), ACTOR)
    columns = ("urgent_tier", "urgent_score", "urgent_reasons", "has_pictures", "unreviewed_until", "agreed_by")
    row = {name: getattr(found, name) for name in columns} | {"urgent_reasons": " ".join(found.urgent_reasons)}
    print_rows(columns, [row], as_json=as_json)


def _reasons(given: list[str]) -> tuple[str, ...]:
    known = REASONS["violation"]
    for reason in given:
        if reason not in known:
            raise BadInput(f"--urgent-reason: {reason!r} is none of {', '.join(known)}")
    return tuple(dict.fromkeys(given))


def _agreement(until: str, agreed_by: str | None) -> dict[str, Any]:
    if until == "never":
        return {"unreviewed_until": None, "agreed_by": "", "recorded_by": ACTOR}
    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise BadInput(f"--unreviewed-until: not a date of the form YYYY-MM-DD: {until!r}") from None
    if not agreed_by:
        raise BadInput("--unreviewed-until: needs --agreed-by, the person who agreed for the brand owner")
    return {"unreviewed_until": day, "agreed_by": agreed_by, "recorded_by": ACTOR}
