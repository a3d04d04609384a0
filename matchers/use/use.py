"""What a listing does with a mark at one place, and why it was read so."""

from dataclasses import dataclass

from records.hit import Relation


@dataclass(frozen=True, slots=True)
class Use:
    """The relation at one place, and the reason in words."""

    relation: Relation
    because: str
