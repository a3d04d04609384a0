"""How fast titles are read for marks, how much memory the index takes, and whether it finds what brute force finds.

MARKWATCH_DATA=FOLDER python -m benchmarks.matcher_speed [--marks N] [--listings N] [--brute N] [--recall N]

Marks are real brand names; above their number, names recombined from words and parts of them. One core, CPU time.
"""

import argparse
import csv
import gc
import gzip
import json
import os
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from benchmarks.matcher_peers import PEERS
from matchers.match import Matcher
from matchers.mentions.batch import Batch, cut, cut_runs
from matchers.mentions.form_table import FormTable, edits_allowed
from matchers.mentions.index import MarkIndex
from matchers.mentions.near import Neighbourhood, windows_of
from matchers.text.fold import fold_plain
from records.lines import listing_from_line
from records.listing import Listing
from records.watchlist import Mark, WatchList

DATA = Path(os.environ.get("MARKWATCH_DATA", "../shared/data"))
SEED = 20_261_122
WORDS = 4
WORD = re.compile(r"[^\W_]+")
SMALL = 1_000
BATCH = 2_000
# Listings looked at before the clock starts, so that tables filled as characters are met are filled.
WARMING = 500
PASSES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is printed as the last line."""

    marks: int
    forms: int
    listings: int
    listings_per_cpu_second: float
    mentions_per_cpu_second: float
    """Listings per CPU second through the mention step alone."""
    mentions_per_listing: float
    hits_per_listing: float
    ratio_to_brute_force: float
    recall_vs_brute_force: float
    pairs_of_brute_force: int
    growth_1k_to_100k: float
    """How many times longer a listing takes than with 1,000 marks."""
    index_mb: float
    build_seconds: float
    peers: dict[str, float | None]
    """Listings per CPU second of other libraries on the same titles and marks; none for those not installed."""


def real_names(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each brand name with its Japanese spelling."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            latin, japanese = row["latin"].strip(), row["japanese"].strip()
            if latin or japanese:
                yield latin or japanese, (japanese,) if latin and japanese else ()


def marks_of(names: Sequence[tuple[str, tuple[str, ...]]], count: int) -> tuple[Mark, ...]:
    """Return so many marks: real names first, then names of their words and parts."""
    chance = random.Random(SEED)
    chosen = list(names)
    chance.shuffle(chosen)
    seen = {name.lower() for name, _ in chosen}
    words = sorted({word for name, _ in names if name.isascii() for word in name.split() if len(word) > 2})
    while len(chosen) < count:
        one, two = chance.choice(words), chance.choice(words)
        name = f"{one} {two}" if chance.random() < 0.5 else one[: chance.randint(3, 6)] + two[-chance.randint(3, 6) :]
        if name.lower() not in seen:
            seen.add(name.lower())
            chosen.append((name, ()))
    return tuple(
        Mark(mark_id=str(at), text=name, variants=variants) for at, (name, variants) in enumerate(chosen[:count])
    )


def listings_of(path: Path, count: int) -> list[Listing]:
    """Return the first listings of the file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [listing_from_line(json.loads(line)) for line in islice(file, count)]


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def best_of(prepare: Callable[[], Callable[[], object]]) -> float:
    """Return the CPU seconds of the quickest of some passes: other work on the machine only ever slows one down.

    Each pass is prepared anew, so that nothing an index remembers of these titles helps it.
    """
    return min(seconds(prepare()) for _ in range(PASSES))


def matching(marks: tuple[Mark, ...], listings: Sequence[Listing]) -> Callable[[], object]:
    """Return the work of judging the listings with a new matcher, as `markwatch match` does it."""
    matcher = Matcher(WatchList(marks=marks))
    list(matcher.match_many(listings[:WARMING]))
    gc.collect()
    gc.freeze()
    return lambda: list(matcher.match_many(listings))


def finding(marks: tuple[Mark, ...], titles: Sequence[str]) -> Callable[[], object]:
    """Return the work of finding the mentions in the titles with a new index."""
    index = MarkIndex(marks)
    index.find(titles[:WARMING])
    gc.collect()
    gc.freeze()
    return lambda: [index.find(group) for group in _groups(titles)]


def resident_mb() -> float:
    """Return the process's resident memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def brute_windows(title: str) -> list[str]:
    """Return the one to four neighbouring words of a folded title, each run together."""
    words = WORD.findall(fold_plain(title).text)
    return ["".join(words[at : at + count]) for count in range(1, WORDS + 1) for at in range(len(words) - count + 1)]


def brute_force(titles: Iterable[str], letters: Sequence[str]) -> Iterator[set[tuple[str, int]]]:
    """Yield, of each title, the windows and forms within the distance policy, by comparing everything."""
    allowed = np.array([edits_allowed(len(form), is_latin=form.isascii()) for form in letters])
    for title in titles:
        windows = list(dict.fromkeys(brute_windows(title)))
        if not windows or not letters:
            yield set()
            continue
        edits = cdist(windows, letters, scorer=Levenshtein.distance, score_cutoff=2, dtype=np.uint8)
        rows, columns = np.nonzero(edits <= allowed)
        yield {(windows[row], column) for row, column in zip(rows.tolist(), columns.tolist(), strict=True)}


def index_pairs(titles: Sequence[str], forms: FormTable) -> set[tuple[str, int]]:
    """Return the windows and forms that the index finds within the distance policy, before any rule of precision."""
    neighbourhood = Neighbourhood(forms)
    numbers: dict[str, list[int]] = {}
    for number, letters in enumerate(forms.letters):
        numbers.setdefault(letters, []).append(number)
    found: set[tuple[str, int]] = set()
    for start in range(0, len(titles), BATCH):
        batch = Batch.of(titles[start : start + BATCH])
        for pieces in (cut(batch), cut_runs(batch)):
            if len(pieces.starts):
                windows = windows_of(batch, pieces, max(map(len, forms.letters), default=0))
                pairs, words = neighbourhood.within(windows, neighbourhood.candidates(windows))
                found.update(zip(words, pairs.form.tolist(), strict=True))
        for title in titles[start : start + BATCH]:
            found.update((window, number) for window in brute_windows(title) for number in numbers.get(window, ()))
    return found


def measure(options: argparse.Namespace) -> Figures:
    """Run all measurements one after the other."""
    names = list(real_names(DATA / "marks" / "brand-names.csv"))
    listings = listings_of(DATA / "listings" / "real_listings.jsonl.gz", options.listings)
    titles = [listing.title for listing in listings]
    marks = marks_of(names, options.marks)
    before, start = resident_mb(), time.process_time()
    matcher = Matcher(WatchList(marks=marks))
    build_seconds, index_mb = time.process_time() - start, resident_mb() - before
    hits = [len(found) for found in matcher.match_many(listings)]
    index = MarkIndex(marks)
    places = [len(found) for group in _groups(titles) for found in index.find(group)]
    del index, matcher
    full = best_of(lambda: matching(marks, listings))
    small_full = best_of(lambda: matching(marks_of(names, SMALL), listings))
    mention = best_of(lambda: finding(marks, titles))
    forms = FormTable(marks)
    brute = seconds(lambda: list(brute_force(titles[: options.brute], forms.letters))) / options.brute
    expected: set[tuple[str, int]] = set().union(*brute_force(titles[: options.recall], forms.letters))
    found = index_pairs(titles[: options.recall], forms)
    return Figures(
        marks=len(marks),
        forms=len(forms),
        listings=len(listings),
        listings_per_cpu_second=round(len(listings) / full, 1),
        mentions_per_cpu_second=round(len(listings) / mention, 1),
        mentions_per_listing=round(sum(places) / len(listings), 3),
        hits_per_listing=round(sum(hits) / len(listings), 3),
        ratio_to_brute_force=round(brute * len(listings) / full, 1),
        recall_vs_brute_force=round(len(expected & found) / len(expected), 6) if expected else 1.0,
        pairs_of_brute_force=len(expected),
        growth_1k_to_100k=round(full / small_full, 2),
        index_mb=round(index_mb, 1),
        build_seconds=round(build_seconds, 2),
        peers={name: peer(forms.letters, titles) for name, peer in PEERS.items()},
    )


def _groups(titles: Sequence[str]) -> Iterator[Sequence[str]]:
    return (titles[start : start + BATCH] for start in range(0, len(titles), BATCH))


def main(arguments: list[str] | None = None) -> None:
    """Print the table and, last, one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matcher_speed", description=__doc__)
    parser.add_argument("--marks", type=int, default=100_000)
    parser.add_argument("--listings", type=int, default=20_000, help="listings timed")
    parser.add_argument("--brute", type=int, default=20, help="titles compared with every mark for the ratio")
    parser.add_argument("--recall", type=int, default=2_000, help="titles compared with every mark for the recall")
    figures = asdict(measure(parser.parse_args(arguments)))
    for name, value in figures.items():
        print(f"{name:<28}{value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
