"""What a listing does with a mark at one place: offers its goods, shows it, fits it, or means something else."""

from matchers.mentions.mention import Mention
from matchers.text.fold import accented_view
from matchers.use.compatible import reason_of_fitting
from matchers.use.homonym import reason_of_other_meaning
from matchers.use.relation_words import FOR_ITS_GOODS, HOLDS, PARTS, SHOWS_BEFORE
from matchers.use.surroundings import Surroundings, surroundings
from matchers.use.trades import letters_of, trades_of_mark
from matchers.use.use import Use
from records.listing import Listing


def use_of(listing: Listing, mention: Mention) -> Use:
    """Return what the listing does with the mark at this mention."""
    around = surroundings(listing, mention)
    reason = reason_of_other_meaning(listing, mention, around)
    if reason is not None:
        return Use("homonym", reason)
    if _is_character(listing, mention):
        if not SHOWS_BEFORE.search(around.before) and _holds_its_goods(listing, around):
            return Use("compatible", "the goods hold or fit goods of the mark")
        return Use("theme", "a character or title shown on the goods")
    reason = reason_of_fitting(mention, around)
    if reason is not None:
        return Use("compatible", reason)
    return Use("brand", "the goods are presented under the mark")


def _holds_its_goods(listing: Listing, around: Surroundings) -> bool:
    """Say whether the goods are an album, sleeve or box for goods of the character."""
    title = accented_view(listing.title).text
    return bool(PARTS.search(title) and (HOLDS.search(title) or FOR_ITS_GOODS.search(around.before)))


def _is_character(listing: Listing, mention: Mention) -> bool:
    """Say whether the mark is a character or title, and the goods are not the maker's own."""
    if "character" not in trades_of_mark(mention.mark) or mention.span.field == "brand":
        return False
    return letters_of(mention.mark.text) not in letters_of(listing.brand or "")
