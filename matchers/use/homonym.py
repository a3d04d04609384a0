"""Where the letters of a mark mean something else: an ordinary word, a style, another company."""

from matchers.mentions.mention import HIDING_CHANGES, OTHER_LETTERS, Mention
from matchers.text.fold import accented_view
from matchers.use.lexicon import LEXICON
from matchers.use.ordinary_words import FOREIGN_WORDS, is_common_word, is_ordinary
from matchers.use.relation_words import (
    AND_NAME,
    FABRIC,
    FITS_BEFORE,
    MODEL_CODE,
    OTHER_BODY_AFTER,
    OTHER_BODY_BEFORE,
    SHOP_AFTER,
    STYLE_AFTER,
    STYLE_BEFORE,
)
from matchers.use.surroundings import Surroundings
from matchers.use.trades import DEVICES, home_of_mark, letters_of, makes_devices, trades_of_listing
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
        "na",
    }
)
# A form this short is a model code as often as a mark; it needs the support that an ambiguous mark needs.
SHORT_FORM = 3
# Marks of these trades are named on goods of any.
ON_ANY_GOODS = frozenset({"character", "component", "spareparts"})
# Spellings that nobody gives an ordinary word.
MEANT = HIDING_CHANGES | {"respelt"}
# A cue of fitting this near before a word supports it (Akku für Canon).
FITS_REACH = 25
# Characters before the mark in which the words stand that make it another name.
NEAR = 24


def reason_of_other_meaning(listing: Listing, mention: Mention, around: Surroundings) -> str | None:
    """Return why the letters are not the mark here; None where they are."""
    if mention.span.field == "brand":
        return None
    if _is_word_here(mention, around):
        return "the neighbouring words give the letters another meaning"
    if _is_in_a_longer_name(mention, around):
        return "the name goes on: it is another company's"
    if _names_a_style(around) and not LEXICON.find("imitation", accented_view(listing.title).text):
        return "a style or cloth is named after the mark"
    if _needs_support(mention):
        return _reason_of_no_support(listing, mention, around)
    return None


def _needs_support(mention: Mention) -> bool:
    """Say whether the letters alone do not tell: an ordinary word, a syllable, or a form as short as a code.

    A mark that is a word in Latin letters is a name in kana, unless the kana are a word as well.
    """
    letters = letters_of(mention.form)
    if letters.isascii():
        return mention.mark.ambiguous or len(letters) <= SHORT_FORM or is_common_word(letters)
    return letters in FOREIGN_WORDS or len(letters) < SHORT_FORM


def _is_word_here(mention: Mention, around: Surroundings) -> bool:
    """Say whether the neighbours or an adjective's hyphen (one-piece) make the letters an ordinary word."""
    hyphened = mention.mark.ambiguous and mention.span.text.islower() and "-" in mention.span.text
    return hyphened or is_ordinary(letters_of(mention.mark.text), around.before, around.after)


def _is_in_a_longer_name(mention: Mention, around: Surroundings) -> bool:
    """Say whether the mark is part of a company's name, or a near word is a shop's name (Levi Store)."""
    if mention.change in OTHER_LETTERS and SHOP_AFTER.match(around.after):
        return True
    if "other body" in around.cues and OTHER_BODY_BEFORE.search(around.before[-NEAR:]):
        return True
    return bool(OTHER_BODY_AFTER.match(around.after) or AND_NAME.match(around.after))


def _names_a_style(around: Surroundings) -> bool:
    if "style" in around.cues and STYLE_BEFORE.search(around.before[-NEAR:]):
        return True
    if STYLE_AFTER.match(around.after):
        return True
    return around.after.startswith(("風", "ふう", "調")) and bool(FABRIC.search(around.after[:20]))


def _reason_of_no_support(listing: Listing, mention: Mention, around: Surroundings) -> str | None:
    """Return what speaks against an ambiguous word: another brand, another trade, or nothing that supports it."""
    if _brand_field_agrees(listing, mention):
        return None
    brand = letters_of(listing.brand or "")
    ours = home_of_mark(mention.mark)
    if brand and brand not in NO_BRAND and not makes_devices(mention.mark):
        return "an ambiguous word, and the brand field names another brand"
    if not ours:
        is_small = mention.span.text.islower()
        return "an ambiguous word in small letters, without support" if is_small else None
    theirs = trades_of_listing(listing)
    if ours & (theirs | ON_ANY_GOODS) or (makes_devices(mention.mark) and theirs & DEVICES):
        return None  # parts of devices are sold under many trades
    if "fashion" in ours:
        theirs -= {"phone"}  # marks of fashion are printed on phone cases
    if theirs:
        return "an ambiguous word on goods of another trade"
    is_supported = _has_support_of_words(listing, mention, around)
    return None if is_supported else "an ambiguous word, and nothing in the listing supports it"


def _has_support_of_words(listing: Listing, mention: Mention, around: Surroundings) -> bool:
    """Say whether a model code after the word, or words about genuine or copied goods, show that it is a mark."""
    if mention.span.field != "title" or not mention.mark.ambiguous or mention.change in MEANT:
        return True
    if home_of_mark(mention.mark) & ON_ANY_GOODS or _is_fitted(around):
        return True
    title = accented_view(listing.title).text
    if MODEL_CODE.match(around.after) or LEXICON.find("genuine", title) or LEXICON.find("imitation", title):
        return True
    return mention.span.text.isupper() and not listing.title.isupper() and mention.mark.text.isupper()


def _is_fitted(around: Surroundings) -> bool:
    return "fits" in around.cues and FITS_BEFORE.search(around.before[-FITS_REACH:]) is not None


def _brand_field_agrees(listing: Listing, mention: Mention) -> bool:
    brand = letters_of(listing.brand or "")
    if not brand:
        return False
    names = (mention.mark.text, mention.form, mention.mark.owner or "")
    return any(letters and letters in brand for letters in map(letters_of, names))
