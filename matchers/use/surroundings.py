"""The text before and after a mention, folded with its accents."""

from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

from matchers.mentions.mention import Mention
from matchers.text.fold import accented_view
from records.listing import Listing

# Characters looked at on each side in long fields; a title is always read whole.
REACH = 400


class Surroundings(NamedTuple):
    """What stands on either side of a mention in its field."""

    before: str
    after: str


def surroundings(listing: Listing, mention: Mention) -> Surroundings:
    """Return the accented view of the text on both sides of the mention."""
    span = mention.span
    return _surroundings(listing.text_of(span.field) or "", span.start, span.end)


@lru_cache(maxsize=64)
def _surroundings(text: str, start: int, end: int) -> Surroundings:
    view = accented_view(text)
    if view.starts is not None:
        start, end = bisect_left(view.starts, start), bisect_left(view.starts, end)
    return Surroundings(before=view.text[max(0, start - REACH) : start], after=view.text[end : end + REACH])
