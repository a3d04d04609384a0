"""A group of near-identical hits as the one row that stands for it shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self

from records.money import Money
from review import wording
from review.formats import Formats
from storage.groups import GROUP_LOADED, Member

PICTURES: Final = 6
MARKETS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroup:
    """What the members have in common, and how far they reach."""

    members: tuple[Member, ...]
    pictured: tuple[Member, ...]
    """The first members that have a picture."""

    @classmethod
    def of(cls, members: Sequence[Member], pictures: frozenset[tuple[str, str]]) -> Self | None:
        """Return the group, or None for a hit that stands alone."""
        if len(members) < 2:
            return None
        pictured = [one for one in members if (one.market, one.listing_id) in pictures][:PICTURES]
        return cls(members=tuple(members), pictured=tuple(pictured))

    @property
    def count(self) -> int:
        """How many hits."""
        return len(self.members)

    @property
    def is_more(self) -> bool:
        """True where not all members were looked at."""
        return self.count >= GROUP_LOADED

    @property
    def seller_count(self) -> int:
        """How many sellers are known by their id."""
        return len({(one.market, one.seller_id) for one in self.members if one.seller_id})

    @property
    def markets(self) -> tuple[str, ...]:
        """Names of the marketplaces, the first few."""
        return tuple(dict.fromkeys(wording.market_name(one.market) for one in self.members))[:MARKETS]

    def scores(self, formats: Formats) -> str:
        """The lowest and the highest score."""
        low, high = min(one.score for one in self.members), max(one.score for one in self.members)
        return formats.score(high) if low == high else f"{formats.score(low)}–{formats.score(high)}"

    def prices(self, formats: Formats) -> str:
        """The lowest and the highest price where all are of one currency; empty else."""
        known = [one.price for one in self.members if one.price is not None]
        if not known or len({currency for _amount, currency in known}) != 1:
            return ""
        amounts = sorted(Decimal(amount) for amount, _currency in known)
        low, high = (
            formats.money(Money(amount=one, currency=known[0][1], raw="")) for one in (amounts[0], amounts[-1])
        )
        return low if low == high else f"{low} – {high}"
