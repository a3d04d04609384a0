"""What is looked up word by word, or remembered from earlier titles, changes the work and never the result."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers.match import Matcher
from matchers.mentions.memory import Memory
from matchers.text.fold import accented_view
from matchers.text.phrases import Lexicon, Phrases, openings_of
from matchers.use.intent_words import NOT_THE_MARK_BEFORE, PRINTED_ON
from matchers.use.lexicon import LEXICON
from matchers.use.relation_words import FITS_BEFORE, INGREDIENT_BEFORE, OTHER_BODY_BEFORE, STYLE_BEFORE
from tests.matchers.watch import listing, watchlist

CUES = {
    "fits": FITS_BEFORE,
    "ingredient": INGREDIENT_BEFORE,
    "other body": OTHER_BODY_BEFORE,
    "style": STYLE_BEFORE,
    "not the mark": NOT_THE_MARK_BEFORE,
    "printed on": PRINTED_ON,
}
WORDS = (
    "cho", "for", "dùng cho", "dành cho", "chocolate", "khóa", "kèm theo", "phong cách", "no", "isn't", "faux",
    "in logo", "thêu chữ", "logo", "god", "dr.", "tác giả", "适用", "対応", "áo", "r3p 1:1", "r.e.p.l.i.c.a",
    "s.cấp", "siêu cấp", "5uperfake", "f@ke", "f_a_k_e", "hàng nhái", "fake_1", "like auth", "chính hãng", "sf",
    "SF Express", "1:1", "x",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)


@given(TEXTS)
def test_a_cue_that_stands_in_a_text_is_never_ruled_out(text: str) -> None:
    folded = accented_view(text).text
    _, seen = LEXICON.seen(folded)
    for name, pattern in CUES.items():
        for end in [len(folded), *(blank.end() for blank in re.finditer(r"\s", folded))]:
            if pattern.search(folded[:end]):
                assert name in seen


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        (r"r[\W_]?[e3][\W_]?p", "hàng r.3p đẹp rep", ["r.3p", "rep"]),
        (r"s[.\s-]?cấp|siêu\scấp", "giày s.cấp scấp siêu cấp", ["s.cấp", "scấp", "siêu cấp"]),
        (r"(?:hàng|bản)\srep", "hàng rep, bản rep, hàngrep", ["hàng rep", "bản rep"]),
        (r"fakes?", "fake fakes faked fak", ["fake", "fakes"]),
    ],
)
def test_phrases_are_found_by_the_words_they_begin_with(expression: str, text: str, found: list[str]) -> None:
    assert [one[0] for one in Phrases({"x": expression}).find(text)] == found
    lexicon = Lexicon({"x": Phrases({"x": expression})}, {})
    assert [one[0] for one in lexicon.find("x", text)] == found


def test_a_phrase_must_begin_with_a_letter_that_is_plain() -> None:
    with pytest.raises(ValueError, match="no plain letter"):
        openings_of(r"\w+fake")


@pytest.mark.parametrize("slots", [1, 19])
def test_what_was_seen_before_changes_no_judgement(slots: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matchers.mentions.memory.MOST_KEPT", slots)
    titles = ["Áo Adiddas nam", "Giày Nikke rep", "Kem Shisedo Panasonik", "Áo thun nam đẹp", "Loa Panasonik"]
    listings = [listing({"title": title, "listing_id": str(at)}) for at, title in enumerate(titles)]
    fresh = [Matcher(watchlist()).match(one, everything=True) for one in listings]
    matcher = Matcher(watchlist())
    matcher._index._misspelt._word_memories = Memory(slots), Memory(slots)  # each slot is taken again
    for _ in range(3):
        assert [matcher.match(one, everything=True) for one in listings] == fresh
    assert any(hit.spelling == "altered" for hits in fresh for hit in hits)
