"""Misspelt marks: windows near a form that the rules of closeness still call by its name."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

import numpy as np

from matchers.mentions.batch import Batch, Pieces, cut_runs
from matchers.mentions.closeness import Difference, difference, may_name, still_names
from matchers.mentions.codes import DIGIT, Flags, Hashes, Places
from matchers.mentions.exact import ExactIndex
from matchers.mentions.form_table import FormTable
from matchers.mentions.forms import Form
from matchers.mentions.market_words import MARKET_WORDS
from matchers.mentions.memory import Memory, NearForms
from matchers.mentions.mention import Change
from matchers.mentions.near import Neighbourhood, Pairs, Sieve, Windows, windows_of
from matchers.mentions.other_names import OTHER_NAMES
from matchers.mentions.place import MOST_TRIED, Place
from matchers.mentions.syllables import VIETNAMESE
from matchers.use.trades import is_often_faked

# Marks of several words may be misspelt in one of them when they are long enough (Louie Vuitton).
LONG_FORM = 8
# Of a mark whose trade is not known, shorter forms are named by their own letters only: too many words are near them.
UNKNOWN_FORM = 7
NEVER = 1_000
# Runs of kana and kanji that are remembered: few titles have any.
RUN_BITS = 14
# A misspelt word with signs inside names no shorter mark (li-ion is no lion).
LEAST_WITH_SIGNS = 5
SIGNS = re.compile(r"[\W_]+")
# Shorter words name no mark by a slip.
SHORTEST_WORD = 4
# From so many pairs on, only so many of each form in each text are compared: no honest batch has them.
MANY_PAIRS = 10_000
MOST_COMPARED = 400
# From so many windows of one text on, each word is compared once; sorting them costs more than it saves in others.
MANY_WINDOWS = 1_000


class MisspeltIndex:
    """Finds misspelt marks. What the rules exclude anyway is set aside before the distance is worked out."""

    def __init__(self, forms: FormTable, exact: ExactIndex) -> None:
        self._forms = forms
        self._exact = exact
        self._longest = int(forms.lengths.max()) if len(forms) else 0
        self.neighbourhood = Neighbourhood(forms)
        self._of_words = Sieve(forms.is_latin & (forms.is_known | (forms.lengths >= UNKNOWN_FORM)))
        self._of_runs = Sieve(~forms.is_latin & forms.is_known & (forms.edits > 0), edits=1, one_edit_below=NEVER)
        self._of_long_forms = Sieve(
            forms.is_latin & forms.has_breaks & (forms.lengths >= LONG_FORM), edits=1, one_edit_below=NEVER
        )
        self._word_memories = Memory(), Memory()
        self._run_memories = (Memory(RUN_BITS),)

    def find(self, batch: Batch, pieces: Pieces) -> Iterator[tuple[int, Place]]:
        """Yield the number of a text and a place in it where a form is misspelt."""
        words = (self._of_words, self._word_memories[0]), (self._of_long_forms, self._word_memories[1])
        runs = ((self._of_runs, self._run_memories[0]),)
        for cut, sieves in ((pieces, words), (cut_runs(batch), runs)):
            if not len(cut.starts):
                continue
            windows = windows_of(batch, cut, self._longest, with_toned=False)
            hashes = windows.hashes()
            sifted = self._may_be_misspelt(cut, windows, hashes)
            for is_spaced, (sieve, memory) in enumerate(sieves):
                long_enough = windows.lengths >= (LONG_FORM - 1 if is_spaced else 0)
                chosen = np.flatnonzero(sifted & (windows.is_spaced == bool(is_spaced)) & long_enough)
                yield from self._near(batch, cut, windows.chosen(chosen), hashes[chosen], sieve, memory)

    def _near(
        self, batch: Batch, pieces: Pieces, windows: Windows, hashes: Hashes, sieve: Sieve, memory: Memory
    ) -> Iterator[tuple[int, Place]]:
        """Yield the places of windows near a form that the sieve lets pass."""
        fresh, near = memory.recall(hashes)
        near += self._compared(pieces, windows, fresh, hashes, sieve, memory)
        near.sort(key=_first)
        texts = pieces.text[windows.first[[window for window, _ in near]]].tolist() if near else []
        tried: Counter[tuple[int, int]] = Counter()
        for (window, forms), text in zip(near, texts, strict=True):
            for number, found in forms:
                tried[text, number] += 1
                if tried[text, number] <= MOST_TRIED:
                    yield from self._judged(batch, pieces, windows, window, self._forms.form(number), found)

    def _compared(
        self, pieces: Pieces, windows: Windows, fresh: Places, hashes: Hashes, sieve: Sieve, memory: Memory
    ) -> list[tuple[int, NearForms]]:
        """Return of windows not met before those near a form, and remember what was found."""
        if not len(fresh):
            return []
        fresh_once, word_of = fresh, np.arange(len(fresh))
        if np.bincount(pieces.text[windows.first[fresh]]).max() > MANY_WINDOWS:
            _, first, word_of = np.unique(hashes[fresh], return_index=True, return_inverse=True)
            fresh_once = fresh[first]
        some = windows.chosen(fresh_once)
        near = self.neighbourhood.candidates(some, sieve)
        is_hostile = len(near.window) > MANY_PAIRS
        if is_hostile:
            near = _first_of_each(near, pieces.text[some.first[near.window]])
        pairs, words = self.neighbourhood.within(some, near, sieve)
        found: dict[int, list[tuple[int, Difference]]] = {}
        for window, number, word in zip(pairs.window.tolist(), pairs.form.tolist(), words, strict=True):
            letters = self._forms.letters[number]
            change = difference(letters, word)
            if change is not None and may_name(change, len(letters)):
                found.setdefault(window, []).append((number, change))
        forms = {window: tuple(pairs) for window, pairs in found.items()}
        if not is_hostile:
            memory.keep(hashes[fresh_once], forms)
        if not forms:
            return []
        is_near = np.zeros(len(fresh), np.bool_)
        is_near[list(forms)] = True
        again = np.flatnonzero(is_near[word_of])
        return [(at, forms[word]) for at, word in zip(fresh[again].tolist(), word_of[again].tolist(), strict=True)]

    def _may_be_misspelt(self, pieces: Pieces, windows: Windows, hashes: Hashes) -> Flags:
        """Say of each window whether it can be a slip at all: no number, no form of its own."""
        is_digit = pieces.kinds == DIGIT
        digits = np.append(0, np.cumsum(np.diff(pieces.letter_starts) * is_digit))
        digit_count = digits[windows.last + 1] - digits[windows.first]
        may: Flags = ((digit_count > 0) == windows.is_read) & (digit_count * 2 < windows.lengths)
        may &= ~is_digit[windows.first] & (windows.lengths >= SHORTEST_WORD)
        may[self._exact.has(hashes)] = False
        return may

    def _judged(
        self, batch: Batch, pieces: Pieces, windows: Windows, window: int, form: Form, found: Difference
    ) -> Iterator[tuple[int, Place]]:
        """Yield the place where the difference still names the form."""
        first, last = int(windows.first[window]), int(windows.last[window])
        is_spaced, has_digits = bool(windows.is_spaced[window]), bool(windows.is_read[window])
        length = len(form.letters)
        if not _is_sure(form, found, is_spaced=is_spaced, has_digits=has_digits):
            return
        number = int(pieces.text[first])
        printed, begin = batch.printed[number], int(batch.begins[number])
        start, end = int(pieces.starts[first]) - begin, int(pieces.ends[last]) - begin
        from_, to = batch.original(number, start, end)
        text = batch.view(number).text[start:end]
        if not _is_whole(form, found, text):
            return
        word = unicodedata.normalize("NFC", printed[from_:to].lower())
        is_word = text in OTHER_NAMES or text in MARKET_WORDS
        if VIETNAMESE.search(word) or (is_word and (found.change != "doubled" or form.mark.ambiguous)):
            return
        change: Change = "same" if _is_plural(found) and not is_often_faked(form.mark) else found.change
        if has_digits:
            change = "look_alike"
        elif not is_spaced and not text.isalnum():
            if length < LEAST_WITH_SIGNS:
                return
            change = "hyphened" if _is_hyphened(text) else "signs"
        anywhere = still_names(found, length, on_faked_goods=False)
        yield number, Place(form, from_, to, change, is_near=True, only_on_faked_goods=is_word or not anywhere)


def _first(found: tuple[int, NearForms]) -> int:
    return found[0]


def _first_of_each(pairs: Pairs, text: Places) -> Pairs:
    """Return the first pairs of each form in each text: a text that says one word thousands of times says it once."""
    key = text << 32 | pairs.form
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    rank = np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
    kept = np.sort(order[rank < MOST_COMPARED])
    return Pairs(pairs.window[kept], pairs.form[kept])


def _is_plural(found: Difference) -> bool:
    """Say whether an s at the end is all that differs: AirPod and iPhones are ordinary writing, Rolexs is not."""
    return found.edits == 1 and found.place == "last" and found.letter == "s" and found.change in {"added", "dropped"}


def _is_hyphened(text: str) -> bool:
    """Say whether nothing but hyphens parts the word, and none of its parts is a single letter."""
    return all(len(part) > 1 for part in SIGNS.split(text)) and set(SIGNS.findall(text)) <= {"-", "_"}


def _is_whole(form: Form, found: Difference, text: str) -> bool:
    """Say whether the difference lies inside a word of the mark, not in a word that is short or left out."""
    words = SIGNS.split(text)
    if len(words) == len(form.words) > 1:
        edited = [word for word, other in zip(form.words, words, strict=True) if word != other]
        if len(edited) != 1:
            return True
        # In a short word a letter that is left out or doubled is a slip; another letter makes another word.
        is_slip = found.change in {"dropped", "doubled"} and form.is_known and not form.mark.ambiguous
        return len(edited[0]) > SHORTEST_WORD or (is_slip and len(edited[0]) == SHORTEST_WORD)
    missing = len(form.letters) - len("".join(words))
    if found.change == "doubled" and missing > 1:
        return False
    return not (found.change in {"dropped", "doubled"} and missing > 0 and any(len(word) == 1 for word in form.words))


def _is_sure(form: Form, found: Difference, *, is_spaced: bool, has_digits: bool) -> bool:
    """Say whether the form is long and plain enough; of a mark that is also a word, champions and acne are words."""
    length = len(form.letters)
    if is_spaced and (length < LONG_FORM or not form.breaks or found.edits > 1):
        return False
    if not form.is_known and (length < UNKNOWN_FORM or (found.place == "last" and found.change != "doubled")):
        return False
    if not form.mark.ambiguous:
        return True
    if length < 5 or (found.place == "last" and found.letter == "s"):
        return False
    return found.change == "doubled" or has_digits or length >= 6
