"""The text before and after a mention, folded with its accents."""

from dataclasses import dataclass

from matchers.mentions.mention import Mention
from matchers.text.fold import fold_accented
from records.listing import Listing

# Characters looked at on each side in long fields; a title is always read whole.
REACH = 400


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands on either side of a mention in its field."""

    before: str
    after: str


def surroundings(listing: Listing, mention: Mention) -> Surroundings:
    """Return the accented view of the text on both sides of the mention."""
    text = listing.text_of(mention.span.field) or ""
    start, end = mention.span.start, mention.span.end
    return Surroundings(
        before=fold_accented(text[max(0, start - REACH) : start]).text,
        after=fold_accented(text[end : end + REACH]).text,
    )
