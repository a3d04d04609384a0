"""What staff and programs change about a recipient's mails: checked, kept, and told to the recipient."""

from collections.abc import Mapping
from typing import Any

from alerts.choices import Place, change_choice, check_markets, choices_of, places_of_address, tell_of_change
from records.mail import Kind, Preference
from review.console import Console
from review.errors import Absent
from review.mail_house import house_of


def place_of_recipient(console: Console, address_id: str, owner: str, brand: str) -> Place:
    """Return one recipient and one brand; Absent where the recipient hears nothing about it."""
    with console.database.read() as session:
        for place in places_of_address(session, address_id):
            if (place.owner.name, place.brand) == (owner, brand):
                return place
    raise Absent


def change_wish(
    console: Console, place: Place, kind: Kind, wish: Mapping[str, Any], actor: str, *, is_own: bool = False
) -> Preference:
    """Change what a recipient gets of one kind about one brand; raise BadPreference with the field's name.

    A recipient whose settings somebody else changed (`is_own` is false) is told by mail, in the same transaction.
    """
    check_markets(wish, console.services.market_titles())
    house, now = house_of(console), console.services.clock()
    with console.database.write() as session:
        before = choices_of(session, place)[kind]
        after = change_choice(session, place, kind, wish, now, actor)
        if after != before and not is_own:
            tell_of_change(session, place, now, house)
    return after
