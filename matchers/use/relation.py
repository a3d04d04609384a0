"""What a listing does with a mark at one place: offers its goods, shows it, fits it, or means something else."""

from dataclasses import dataclass

from matchers.mentions.mention import Mention
from matchers.text.fold import fold_accented
from matchers.use.ordinary_words import is_ordinary
from matchers.use.relation_words import (
    AND_NAME, CLAUSE_END, DEVICES_FIRST, FABRIC, FITS_AFTER, FITS_BEFORE, INGREDIENT_BEFORE, PARTS, PARTS_AFTER, PERSONS,
    STYLE_AFTER, STYLE_BEFORE,
)  # fmt: skip
from matchers.use.surroundings import Surroundings, surroundings
from matchers.use.trades import letters_of, makes_devices, trades_of_listing, trades_of_mark
from records.hit import Relation
from records.listing import Listing

# Brand fields that name no brand.
NO_BRAND = frozenset(
    {
        "oem",
        "nobrand",
        "noname",
        "none",
        "khac",
        "khongthuonghieu",
        "chuaxacdinh",
        "other",
        "generic",
        "unbranded",
        "no",
        "na",
    }
)
# A form this short is a model code as often as a mark; it needs the support that an ambiguous mark needs.
SHORT_FORM = 3
# Cues that count only right before the mark.
LOOSE_CUES = frozenset({"dùng", "ngàm", "replacement", "compatible"})


@dataclass(frozen=True, slots=True)
class Use:
    """The relation at one place, and the reason in words."""

    relation: Relation
    because: str


def use_of(listing: Listing, mention: Mention) -> Use:
    """Return what the listing does with the mark at this mention."""
    around = surroundings(listing, mention)
    for check in (_homonym, _theme, _compatible):
        use = check(listing, mention, around)
        if use is not None:
            return use
    return Use("brand", "the goods are presented under the mark")


def _homonym(listing: Listing, mention: Mention, around: Surroundings) -> Use | None:
    letters = letters_of(mention.mark.text)
    if mention.span.field == "brand":
        return None
    if is_ordinary(letters, around.before, around.after):
        return Use("homonym", "the neighbouring words give the letters another meaning")
    if AND_NAME.match(around.after):
        return Use("homonym", "the name goes on: it is another company's")
    if (STYLE_BEFORE.search(around.before) and "chất" not in around.before[-6:]) or STYLE_AFTER.match(around.after):
        return Use("homonym", "a style is named after the mark")
    if FABRIC.search(around.after[:20]) and around.after.startswith(("風", "ふう", "調")):
        return Use("homonym", "a kind of cloth is named after the mark")
    short = len(letters_of(mention.form)) <= SHORT_FORM
    if mention.mark.ambiguous or short:
        return _unsupported(listing, mention)
    return None


def _unsupported(listing: Listing, mention: Mention) -> Use | None:
    """Return homonym where nothing around an ambiguous word speaks for the mark."""
    own = letters_of(mention.mark.text)
    brand = letters_of(listing.brand or "")
    owner = letters_of(mention.mark.owner or "")
    if own in brand or (brand and (letters_of(mention.form) in brand or (owner and owner in brand))):
        return None
    ours, theirs = trades_of_mark(mention.mark), trades_of_listing(listing)
    if brand and brand not in NO_BRAND and not makes_devices(mention.mark):
        return Use("homonym", "an ambiguous word, and the brand field names another brand")
    if "fashion" in ours:
        theirs -= {"phone"}  # marks of fashion are printed on phone cases
    if ours and theirs and not ours & theirs and not ours & {"character", "component"}:
        return Use("homonym", "an ambiguous word on goods of another trade")
    if not ours and mention.span.text.islower():
        return Use("homonym", "an ambiguous word in small letters, without support")
    return None


def _theme(listing: Listing, mention: Mention, around: Surroundings) -> Use | None:
    del around
    if "character" not in trades_of_mark(mention.mark) or mention.span.field == "brand":
        return None
    if letters_of(mention.mark.text) in letters_of(listing.brand or ""):
        return None
    head = fold_accented(listing.title).text
    if PARTS.search(head) and ("cho" in head or "album" in head or "ローダー" in head or "保管" in head):
        return Use("compatible", "the goods hold or fit goods of the mark")
    return Use("theme", "a character or title shown on the goods")


def _compatible(listing: Listing, mention: Mention, around: Surroundings) -> Use | None:
    if mention.span.field == "brand":
        return None
    device = makes_devices(mention.mark) or "toys" in trades_of_mark(mention.mark)
    fits = _fits(around)
    if fits is not None:
        return Use("compatible", f"“{fits}” says what the goods fit")
    if device and (FITS_AFTER.match(around.after) or PARTS_AFTER.match(around.after)):
        return Use("compatible", "the words after the mark say what the goods fit")
    if INGREDIENT_BEFORE.search(around.before) and (
        device or "khó" in around.before[-20:] or "kèm" in around.before[-25:]
    ):
        return Use("compatible", "a part or gift inside other goods")
    if "component" in trades_of_mark(mention.mark) and not _leads(around):
        return Use("compatible", "a part inside other goods")
    if (
        device or (_is_watch_strap(around.before) and trades_of_mark(mention.mark) & {"watch", "fashion"})
    ) and _is_part(around.before):
        return Use("compatible", "the thing itself is a part or accessory")
    return None


def _fits(around: Surroundings) -> str | None:
    """Return the cue before the mention that says what the goods fit, None where there is none in reach."""
    reach = around.before[-110:]
    for cue in reversed(list(FITS_BEFORE.finditer(reach))):
        rest = reach[cue.end() :]
        if CLAUSE_END.search(rest):
            return None
        word = cue[0]
        if PERSONS.match(rest):
            continue
        if word in LOOSE_CUES and len(rest.split()) > 1:
            continue
        return word
    return None


def _is_watch_strap(before: str) -> bool:
    return "dây đồng hồ" in before or "dây đeo đồng hồ" in before or "dây giày" in before or "watch strap" in before


def _leads(around: Surroundings) -> bool:
    """Say whether the mark opens the title, bracketed remarks aside."""
    return len(around.before.strip()) < 12


def _is_part(before: str) -> bool:
    """Say whether the first goods named before the mark are a part or accessory."""
    part = PARTS.search(before)
    if part is None:
        return False
    device = DEVICES_FIRST.search(before)
    return device is None or part.start() <= device.start()
