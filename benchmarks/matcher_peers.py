"""Other libraries on the same titles and marks: the exact ones are the ceiling of speed, the fuzzy ones the peers."""

import importlib
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType

from rapidfuzz.fuzz import partial_ratio
from rapidfuzz.process import extract

from matchers.text.fold import fold_plain

# A library that compares with every mark is timed on this many titles only.
SLOW_TITLES = 10
# A look-up of one word after the other.
WORD_TITLES = 500


def _rate(work: Callable[[str], object], titles: Sequence[str]) -> float:
    """Return titles per CPU second, the fold of the title included."""
    start = time.process_time()
    for title in titles:
        work(fold_plain(title).text)
    return round(len(titles) / max(time.process_time() - start, 1e-9), 1)


def aho_corasick(letters: Sequence[str], titles: Sequence[str]) -> float | None:
    """Exact strings by pyahocorasick."""
    with suppress(ImportError):
        automaton = importlib.import_module("ahocorasick").Automaton()
        for number, form in enumerate(letters):
            automaton.add_word(form, number)
        automaton.make_automaton()
        return _rate(lambda title: list(automaton.iter(title)), titles)
    return None


def flash_text(letters: Sequence[str], titles: Sequence[str]) -> float | None:
    """Exact words by flashtext2."""
    with suppress(ImportError):
        processor = importlib.import_module("flashtext2").KeywordProcessor(case_sensitive=True)
        processor.add_keywords_from_iter(iter(letters))
        return _rate(processor.extract_keywords, titles)
    return None


def sym_spell(letters: Sequence[str], titles: Sequence[str]) -> float | None:
    """Words within two edits by symspellpy, word by word, without windows of several words."""
    with suppress(ImportError):
        symspellpy = importlib.import_module("symspellpy")
        speller = symspellpy.SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        for form in letters:
            speller.create_dictionary_entry(form, 1)
        every = symspellpy.Verbosity.ALL
        return _rate(
            lambda title: [speller.lookup(word, every, max_edit_distance=2) for word in title.split()],
            titles[:WORD_TITLES],
        )
    return None


def partial(letters: Sequence[str], titles: Sequence[str]) -> float:
    """Every mark against the whole title by rapidfuzz partial_ratio at 90, today's usual tool."""
    return _rate(
        lambda title: extract(title, letters, scorer=partial_ratio, score_cutoff=90, limit=None), titles[:SLOW_TITLES]
    )


# Titles per CPU second; None where the library is not installed (pip install -e .[bench]).
PEERS: Mapping[str, Callable[[Sequence[str], Sequence[str]], float | None]] = MappingProxyType({
    "pyahocorasick (exact)": aho_corasick,
    "flashtext2 (exact)": flash_text,
    "symspellpy (single words)": sym_spell,
    "rapidfuzz partial_ratio": partial,
})  # fmt: skip
