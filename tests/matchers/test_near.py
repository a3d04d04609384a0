"""The index against brute force: nothing within the distance policy is missed, before any rule of precision."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.matcher_speed import brute_force, index_pairs, marks_of
from matchers.match import Matcher
from matchers.mentions.form_table import FormTable
from records.watchlist import Mark, WatchList
from tests.matchers.watch import listing

SYLLABLES = ("ka", "lo", "mi", "ren", "zu", "tor", "vel", "no", "sha", "x", "q", "bri", "an", "eo", "tt", "a1", "9")
KANA = st.lists(st.sampled_from(("カル", "ミズ", "ノレ", "ッ", "ー", "ソ", "パナ")), min_size=2, max_size=4).map(
    "".join
)
WORDS = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=5).map("".join)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


def forms_of(names: list[str]) -> FormTable:
    return FormTable([Mark(mark_id=str(at), text=name) for at, name in enumerate(names)])


def edited(name: str, chance: random.Random) -> str:
    letters = list(name)
    for _ in range(chance.randint(0, 3)):
        at = chance.randrange(len(letters))
        kind = chance.choice(("drop", "add", "replace", "space"))
        if kind == "drop" and len(letters) > 1:
            del letters[at]
        elif kind in {"add", "space"}:
            letters.insert(at, " " if kind == "space" else chance.choice("aemtzk"))
        else:
            letters[at] = chance.choice("aemtzk")
    return "".join(letters)


@pytest.mark.slow
@given(st.lists(NAMES, min_size=1, max_size=12), st.integers(0, 2**32))
def test_the_index_finds_all_that_brute_force_finds(names: list[str], seed: int) -> None:
    chance = random.Random(seed)
    titles = [" ".join(edited(chance.choice(names), chance) for _ in range(3)) for _ in range(4)]
    forms = forms_of(names)
    expected = set().union(*brute_force(titles, forms.letters))
    assert expected <= index_pairs(titles, forms)


@pytest.mark.slow
@given(st.lists(KANA, min_size=1, max_size=6), st.data())
def test_kana_within_one_sign_are_found_as_well(names: list[str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(names))
    at = data.draw(st.integers(0, len(name) - 1))
    titles = [f"Áo {name[:at]}{name[at + 1 :]} 2024", f"{name[:at]}リ{name[at:]}"]
    forms = forms_of(names)
    expected = set().union(*brute_force(titles, forms.letters))
    assert expected <= index_pairs(titles, forms)


def test_brute_force_itself_finds_a_misspelling_and_leaves_a_far_word() -> None:
    (found,) = brute_force(["kardelo bag"], ["kardello", "kardella", "karren"])
    assert found == {("kardelo", 0), ("kardelo", 1)}


@pytest.mark.parametrize("size", [1, 2, 7, 1_000])
def test_hits_do_not_depend_on_what_else_is_in_the_batch(size: int) -> None:
    names = [("Kardello", ()), ("Mizuren Labo", ()), ("Zenvor", ())]
    matcher = Matcher(WatchList(marks=marks_of(names, 60)))
    titles = ["Áo Karrdello nam", "K.a.r.d.e.l.l.o", "x" * 900, "MizurenLabo kem", "Kardello " * 50, "1 2 3", "ソニー"]
    listings = [listing({"title": title, "listing_id": str(at)}) for at, title in enumerate(titles * 3)]
    alone = [matcher.match(one, everything=True) for one in listings]
    together = []
    for start in range(0, len(listings), size):
        together += list(matcher.match_many(listings[start : start + size], everything=True))
    assert together == alone
    assert any(alone)
