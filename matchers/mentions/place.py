"""A form found in a printed text, before it is tied to a listing."""

from typing import NamedTuple

from matchers.mentions.forms import Form
from matchers.mentions.mention import Change

# Places of one form tried in one text; a text that repeats a mark hundreds of times says nothing more.
MOST_TRIED = 40


class Place(NamedTuple):
    """Where a text names a mark, and how it is spelt there. Offsets are those of the printed text."""

    form: Form
    start: int
    end: int
    change: Change
    is_near: bool = False
    """True where the letters are not the form's own."""
    only_on_faked_goods: bool = False
    """True where the mark is named only on goods whose marks are often faked."""
