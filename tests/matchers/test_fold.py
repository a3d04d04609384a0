import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers.match import Matcher
from matchers.text.fold import View, fold_accented, fold_plain
from records.listing import LIMITS, cut_to_limit
from tests.matchers.watch import listing, watchlist

PRINTED_AND_PLAIN = {
    "Đồng hồ": "dong ho",
    "ＳＥＩＫＯ": "seiko",
    "𝐍𝐈𝐊𝐄": "nike",
    "Раnasоnіс": "panasonic",
    "N\u200bi\u00adk\u2060e": "nike",
    "N\u0336i\u0336ke": "nike",
    "Ni\x00ke": "nike",
    "🅝🅘🅚🅔": "nike",
    "ﾊﾟﾅｿﾆｯｸ": "パナソニック",
    "ガンダム": "ガンダム",
    "UNIQLO×NARUTO": "uniqlo×naruto",
}


@pytest.mark.parametrize(("printed", "plain"), PRINTED_AND_PLAIN.items())
def test_the_plain_view_reads_disguised_letters(printed: str, plain: str) -> None:
    assert fold_plain(printed).text == plain


def test_the_accented_view_tells_a_price_from_a_fake_however_it_is_encoded() -> None:
    assert fold_accented("GIÁ").text == fold_accented("gia\u0301").text == "giá"
    assert fold_accented("GIẢ").text == fold_accented("gia\u0309").text == "giả"


@pytest.mark.slow
@given(st.text(max_size=60))
def test_every_part_of_a_view_maps_to_a_part_of_the_printed_text(text: str) -> None:
    for view in (fold_accented(text), fold_plain(text)):
        assert_in_order(view, text)


def assert_in_order(view: View, text: str) -> None:
    last = 0
    for at in range(len(view.text)):
        start, end = view.original(at, at + 1)
        assert last <= start < end <= len(text) or (start < end and start >= last - 1)
        last = start


MATCHER = Matcher(watchlist())
HOSTILE = {
    "long": "Ni.ke " * 20_000,
    "combining": "N" + "\u0301" * 10_000 + "ike",
    "ligatures": "\ufdfa" * 100_000,
    "bidi": "\u202eNike\u202c" * 20_000,
    "spelt out": "n.i.k.e." * 12_000,
    "capitals": "aB" * 50_000,
    "digits": "1 2 3 " * 20_000,
    "kana": "ソニー" * 30_000,
    "dots": "N." * 50_000,
    "near": "Nkie adidass " * 8_000,
    "repeated letters": "gucciiii " * 10_000,
    "imitation words": "fake Nike " * 10_000,
    "cues": "cho dùng cho for " * 6_000 + "Nike",
    "emoji": "😀N" * 50_000,
    "hyphens": "n-i-k-e-" * 12_500,
    "covers": "n*ke " * 20_000,
    "respelt": "ê-" * 50_000,
    "letters": "a" * 100_000,
}


@pytest.mark.parametrize("field", ["title", "description", "brand"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_costs_at_most_50_ms(name: str, field: str) -> None:
    text, _ = cut_to_limit(field, HOSTILE[name])
    assert len(text) <= LIMITS[field]
    MATCHER.match(listing({"title": "Áo Nike"}))
    hostile = listing({"title": "Áo thun", field: text})
    assert min(timed(MATCHER, hostile) for _ in range(3)) <= 0.05


def timed(matcher: Matcher, hostile: object) -> float:
    start = time.process_time()
    matcher.match(hostile)  # type: ignore[arg-type]
    return time.process_time() - start
