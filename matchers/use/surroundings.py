"""The text before and after a mention, folded with its accents."""

from bisect import bisect_left
from collections.abc import Container
from typing import NamedTuple

from matchers.mentions.mention import Mention
from matchers.text.fold import accented_view
from matchers.use.lexicon import LEXICON
from records.listing import Listing

# Characters looked at on each side in long fields; a title is always read whole.
REACH = 400


class Surroundings(NamedTuple):
    """What stands on either side of a mention in its field."""

    before: str
    after: str
    start: int
    """Where the mention begins in the accented view of its field."""
    end: int
    """Where it ends there."""
    cues: Container[str]
    """The cues of the lexicon that may stand before it; the others surely do not."""


def surroundings(listing: Listing, mention: Mention) -> Surroundings:
    """Return the accented view of the text on both sides of the mention."""
    span = mention.span
    view = accented_view(listing.text_of(span.field) or "")
    text, start, end = view.text, span.start, span.end
    if view.starts is not None:
        start, end = bisect_left(view.starts, start), bisect_left(view.starts, end)
    # A mention inside a longer word makes two words of it.
    cues = LEXICON.all_cues if text[start - 1 : start].isalnum() else LEXICON.seen(text)[1]
    return Surroundings(text[max(0, start - REACH) : start], text[end : end + REACH], start, end, cues)
