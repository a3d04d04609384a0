"""What a listing does with a mark at one place, and why it was read so."""

from typing import NamedTuple

from records.hit import Relation


class Use(NamedTuple):
    """The relation at one place, and the reason in words."""

    relation: Relation
    because: str
