"""What was done to the spelling of a mark in a window of pieces, and whether it still names the mark."""

import re
import unicodedata
from itertools import pairwise

from matchers.mentions.forms import Form
from matchers.mentions.mention import Change
from matchers.mentions.pieces import Piece
from matchers.mentions.syllables import SYLLABLE, VIETNAMESE
from matchers.text.characters import is_styled
from matchers.text.fold import View

ACCENTED = re.compile(r"[^\W\d_a-z]")

ORDINARY_GAP = re.compile(r"[\s\-_'’´`ʼ.&+]{1,3}$")
HYPHEN_GAP = re.compile(r"\s?[-‐‑–_]\s?$")

# Characters that print nothing, and strokes laid over a letter: inside a mark they are there for filters.
UNSEEN = re.compile(r"[\u00ad\u0335-\u0338\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# Signs that part the members of a list.
LIST_SIGN = re.compile(r"[|()\[\]{}:;?\"“”]|\s[,/&+]|[,/&+]\s")
APOSTROPHES = frozenset("'’´`ʼ")
# Signs that may take a short mark apart (D.H.C); a slash or hyphen parts sizes and codes.
SHORT_GAPS = frozenset(".*'·~•☆★♡♥❤")

# A mark shorter than this is not looked for in split or look-alike spellings: too many chance hits.
SHORTEST_ALTERED = 4
# A mark of so many letters taken apart into syllables is meant, not chance.
SURE_SYLLABLES = 6


def change_of(form: Form, pieces: tuple[Piece, ...], view: View, printed: str) -> Change | None:
    """Return what was done to the form's spelling in these pieces; None where they do not name the mark."""
    start, end = view.original(pieces[0].start, pieces[-1].end)
    text = printed[start:end]
    letters = "".join(piece.letters for piece in pieces)
    gaps, position = [], 0
    for piece, following in pairwise(pieces):
        position += len(piece.letters)
        if following.start > piece.end:
            gaps.append((position, view.text[piece.end : following.start]))
    extra = [gap for place, gap in gaps if place not in form.breaks]
    joined = len(gaps) - len(extra) < len(form.breaks)
    # A slash parts two words, as in Off/White for two colours.
    are_words = form.mark.ambiguous and any("/" in gap for _, gap in gaps)
    if (
        are_words
        or _opens_a_code(letters, text, view.text[pieces[-1].end :])
        or not _reads_as_mark(form, text, letters, pieces, extra)
    ):
        return None
    extra = [] if _is_possessive(form, pieces, extra) else extra
    if letters != form.letters:
        return "look_alike" if _is_look_alike(form, letters, pieces, view, printed) else None
    hidden = _disguise_of(text)
    if hidden:
        return hidden
    if extra:
        return _split_change(form, pieces, extra)
    if any(place in form.breaks and not ORDINARY_GAP.match(gap) for place, gap in gaps):
        return "signs" if len(form.letters) >= SHORTEST_ALTERED and not _is_list(gaps) else None
    return "joined" if joined else "same"


def _opens_a_code(letters: str, text: str, after: str) -> bool:
    """Say whether short capitals run on in digits: LV2322 is a model code."""
    return len(letters) < SHORTEST_ALTERED and text.isupper() and after[:1].isdigit()


def _reads_as_mark(form: Form, text: str, letters: str, pieces: tuple[Piece, ...], extra: list[str]) -> bool:
    """Say whether accents and shortness leave the mark readable: giá is not a brand Gia."""
    if len(letters) < SHORTEST_ALTERED and (letters != form.letters or any(" " in gap for gap in extra)):
        return False
    lowered = text.lower()
    if lowered.isascii() or not ACCENTED.search(unicodedata.normalize("NFC", lowered)):
        return True
    composed = unicodedata.normalize("NFC", lowered)
    if composed == unicodedata.normalize("NFC", form.text.lower()):
        return True
    has_vietnamese = bool(VIETNAMESE.search(composed))
    if extra:
        return (len(pieces) >= 3 and len(letters) >= 6) or not (has_vietnamese or _has_accent(composed))
    if len(pieces) == 1 and _has_accent(composed):
        return (len(letters) > SHORTEST_ALTERED or not has_vietnamese) and not SYLLABLE.match(letters)
    return not has_vietnamese


def _has_accent(text: str) -> bool:
    return any(unicodedata.combining(char) for char in unicodedata.normalize("NFD", text)) or "đ" in text


def _disguise_of(text: str) -> Change | None:
    """Return what is done to the letters that is not seen as a change: nothing printed between, or another style."""
    if UNSEEN.search(text[1:-1]):
        return "signs"
    return "styled" if any(is_styled(char) for char in text) else None


def _is_look_alike(form: Form, letters: str, pieces: tuple[Piece, ...], view: View, printed: str) -> bool:
    """Say whether the digits and signs in the window stand for letters: N1ke does, "15 ony" does not."""
    words = sum(letter.isalpha() for letter in letters)
    if len(form.letters) < SHORTEST_ALTERED or words * 2 < len(letters):
        return False
    if not form.is_known and not _is_sure_look_alike(form, letters):
        return False
    if not all(_is_printed_alike(place, form, pieces, view, printed) for place in range(len(letters))):
        return False
    single = all(len(piece.letters) == 1 for piece in pieces)
    for piece, following in pairwise(pieces):
        touches = piece.end == following.start
        if not touches and not single and not (piece.letters.isalpha() and following.letters.isalpha()):
            return False
    first = pieces[0]
    return not (first.letters.isdigit() and form.letters[0].isdigit())


def _is_sure_look_alike(form: Form, letters: str) -> bool:
    """Say whether digits stand inside a word of letters only: codes like SE41, 11th and c07a are no marks."""
    inside = letters[0].isalpha() and letters[-1].isalpha() and form.letters.isalpha()
    return inside and len(letters) > SHORTEST_ALTERED and sum(map(str.isdigit, letters)) * 3 <= len(letters)


def _is_printed_alike(place: int, form: Form, pieces: tuple[Piece, ...], view: View, printed: str) -> bool:
    """Say whether one letter looks like the mark's: a small l passes for a capital I, a capital L does not."""
    at = place
    for piece in pieces:
        if at < len(piece.letters):
            found, wanted = piece.letters[at], form.letters[place]
            start, _ = view.original(piece.start + at, piece.start + at + 1)
            if found == wanted or found not in "il":
                return True
            first, last = view.original(pieces[0].start, pieces[-1].end)
            others = printed[first + 1 : last].replace(printed[start], "")
            return _passes_for_the_other(printed[start], others, is_sure=form.is_known or len(pieces) > 1)
        at -= len(piece.letters)
    return False


def _passes_for_the_other(char: str, others: str, *, is_sure: bool) -> bool:
    """Say whether a small l passes for a capital I among capitals, or a capital I for a small l among small letters.

    A small l among small letters is an l, unless the mark is well known: Google is no Googie.
    """
    if not char.isascii():
        return True  # a foreign letter printed for either
    if char == "l":
        return is_sure or any(map(str.isupper, others))
    return char == "|" or (char == "I" and any(map(str.islower, others)))


def _is_possessive(form: Form, pieces: tuple[Piece, ...], extra: list[str]) -> bool:
    """Say whether an apostrophe before the last s is all that parts the pieces (Levi's for Levis)."""
    whole = "".join(piece.letters for piece in pieces) == form.letters
    return whole and len(pieces) == 2 and pieces[1].letters == "s" and len(extra) == 1 and extra[0] in APOSTROPHES


def _split_change(form: Form, pieces: tuple[Piece, ...], extra: list[str]) -> Change | None:
    """Return how the mark is split: by signs, hyphens or spaces; None where it is chance."""
    if _is_list([(0, gap) for gap in extra]) or _is_code(form, extra):
        return None
    spelt_out = len(form.letters) >= SHORTEST_ALTERED and all(len(piece.letters) == 1 for piece in pieces)
    if all(gap.isspace() for gap in extra):
        return "spelt_out" if spelt_out else _spaced_change(form, pieces)
    if all(len(piece.letters) == 1 for piece in pieces):
        return "signs"
    has_space = any(gap != gap.strip() for gap in extra)
    if has_space and (form.mark.ambiguous or len(form.letters) < 6):
        return None
    if all(HYPHEN_GAP.match(gap) or gap.isspace() for gap in extra):
        return None if form.mark.ambiguous and len(form.letters) < 5 else "hyphened"
    return "signs"


def _is_code(form: Form, extra: list[str]) -> bool:
    """Say whether the signs part a size, a number or a model code (4.7, M/L, G-9) rather than a short mark."""
    if not form.letters.isalpha():
        return True
    gaps = SHORT_GAPS | {"-"} if len(extra) > 1 else SHORT_GAPS
    return len(form.letters) < SHORTEST_ALTERED and not (form.is_known and gaps.issuperset(extra))


def _spaced_change(form: Form, pieces: tuple[Piece, ...]) -> Change | None:
    """Return whether spaces alone can be meant to split the mark; two syllables may as well be two words."""
    if len(form.letters) < SHORTEST_ALTERED:
        return None
    words = all(SYLLABLE.match(piece.letters) for piece in pieces)
    if form.mark.ambiguous:
        if len(form.letters) < SURE_SYLLABLES:
            return "syllables" if words and len(pieces) == 2 and form.is_known else None
        return "spaced" if len(pieces) >= 3 else None if words else "syllables"
    return "syllables" if words and len(form.letters) < SURE_SYLLABLES else "spaced"


def _is_list(gaps: list[tuple[int, str]]) -> bool:
    """Say whether the signs between the pieces part the members of a list or two sentences."""
    return any(LIST_SIGN.search(gap) for _, gap in gaps)
