from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers.match import Matcher
from records.hit import Hit
from records.listing import Listing
from records.watchlist import Mark, WatchList
from tests.matchers.watch import MARKS, listing, watchlist

MATCHER = Matcher(watchlist())
SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    ".".join,
    " ".join,
    "\u200b".join,
    lambda mark: "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in mark),
    lambda mark: "".join(chr(0x1D400 + ord(char) - 65) if "A" <= char <= "Z" else char for char in mark.upper()),
    lambda mark: mark.replace("i", "1", 1).replace("o", "0", 1),
    lambda mark: mark[:2] + "." + mark[2:],
    lambda mark: mark + mark[-1] * 2,
    lambda mark: mark[:3] + "\u0336" + mark[3:],
)
LONG_MARKS = tuple(mark for mark in MARKS if len(mark.text) >= 5 and mark.text.isalpha() and not mark.ambiguous)


def every_hit(judged: Listing) -> tuple[Hit, ...]:
    return MATCHER.match(judged, everything=True)


def one_hit(title: str, mark_id: str = "nike") -> Hit:
    return next(hit for hit in every_hit(listing({"title": title})) if hit.mark_id == mark_id)


@given(
    st.text(max_size=30),
    st.sampled_from(MARKS),
    st.sampled_from(SPELLINGS),
    st.text(max_size=30),
    st.sampled_from(("title", "brand", "description", "seller")),
)
def test_evidence_points_at_the_printed_text(
    before: str, mark: object, spell: Callable[[str], str], after: str, place: str
) -> None:
    planted = f"{before} {spell(mark.text)} {after}"  # type: ignore[attr-defined]
    row: dict[str, object] = {"title": "x", place: {"name": planted} if place == "seller" else planted}
    judged = listing(row)
    for hit in every_hit(judged):
        for finding in hit.evidence:
            assert finding.detail
            for span in finding.spans:
                text = judged.text_of(span.field)
                assert text is not None
                assert text[span.start : span.end] == span.text


@given(st.sampled_from(LONG_MARKS), st.sampled_from(SPELLINGS), st.sampled_from(("", "Áo khoác ", "[Mới] ", "新品 ")))
def test_a_long_mark_is_found_in_every_spelling(mark: object, spell: Callable[[str], str], before: str) -> None:
    title = f"{before}{spell(mark.text)} 2024"  # type: ignore[attr-defined]
    assert mark.mark_id in {hit.mark_id for hit in every_hit(listing({"title": title}))}  # type: ignore[attr-defined]


@given(st.sampled_from(LONG_MARKS), st.data())
def test_zero_width_characters_do_not_hide_a_mark(mark: object, data: st.DataObject) -> None:
    title = f"Áo {mark.text} nam"  # type: ignore[attr-defined]
    places = data.draw(st.lists(st.integers(0, len(title)), max_size=6))
    for place in sorted(places, reverse=True):
        title = title[:place] + data.draw(st.sampled_from("\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e")) + title[place:]
    assert mark.mark_id in {hit.mark_id for hit in every_hit(listing({"title": title}))}  # type: ignore[attr-defined]


@pytest.mark.slow
@given(st.text(max_size=60))
def test_the_same_listing_gives_the_same_hits_from_any_matcher(text: str) -> None:
    judged = listing({"title": f"{text} Ni.ke rep 1:1 Hada Labo"})
    assert every_hit(judged) == every_hit(judged) == Matcher(watchlist()).match(judged, everything=True)


TIERS = {
    "Áo thun Ni.ke nam": "high",
    "Giày Nike rep 1:1": "high",
    "Áo Nikke nam": "medium",
    "Áo thun Nike nam": "low",
    "Ốp lưng cho Nike Watch": "none",
    "Áo len phong cách Nike": "none",
}


@pytest.mark.parametrize(("title", "tier"), TIERS.items())
def test_tiers_follow_what_speaks_against_the_listing(title: str, tier: str) -> None:
    assert one_hit(title).tier == tier


def test_innocent_mentions_are_kept_only_when_asked_for() -> None:
    judged = listing({"title": "Áo len phong cách Nike"})
    assert MATCHER.match(judged) == ()
    assert len(every_hit(judged)) == 1


def test_imitation_words_beside_a_compatible_use_make_no_hit() -> None:
    assert one_hit("Ốp lưng siêu cấp cho iPhone 12", "iphone").tier == "none"


def test_an_authorised_seller_has_tier_none_whatever_the_words_say() -> None:
    case = {
        "title": "Giày Ni.ke rep 1:1",
        "market": "tiki_vn",
        "seller": {"seller_id": "7"},
        "permissions": [{"mark_id": "nike", "market": "tiki_vn", "seller_id": "7"}],
    }
    hits = Matcher(watchlist(case)).match(listing(case), everything=True)
    assert [(hit.tier, hit.relation) for hit in hits] == [("none", "brand")]


@pytest.mark.parametrize("field", ["brand", "description", "seller"])
def test_a_mark_is_found_outside_the_title(field: str) -> None:
    value: object = {"name": "Nike shop"} if field == "seller" else "hàng Nike"
    (hit,) = every_hit(listing({"title": "Áo thun nam", field: value}))
    assert hit.evidence[0].spans[0].field == {"seller": "seller_name"}.get(field, field)


def test_the_right_fills_its_own_field_and_changes_neither_score_nor_tier() -> None:
    mark = MARKS[0]
    states = {
        "valid": {"registration_no": "1", "valid_until": "2030-01-01", "nice_classes": "25"},
        "expired": {"registration_no": "1", "valid_until": "2020-01-01"},
        "other_class": {"registration_no": "1", "valid_until": "2030-01-01", "nice_classes": "30"},
        "unknown": {},
    }
    hits = {}
    for state, fields in states.items():
        from records.lines import mark_from_row  # noqa: PLC0415  # keeps the reader beside its only use

        changed = mark_from_row({"mark_id": mark.mark_id, "text": mark.text, **fields})
        (hits[state],) = Matcher(WatchList(marks=(changed,), as_of=watchlist().as_of)).match(
            listing({"title": "Áo thun Ni.ke"})
        )
    assert {state: hit.right for state, hit in hits.items()} == {state: state for state in states}
    assert len({(hit.score, hit.tier) for hit in hits.values()}) == 1


def test_the_explanation_shows_views_mentions_and_hits() -> None:
    seen = MATCHER.explain(listing({"title": "Áo Ni.ke Đen", "brand": "Nike"}))
    assert [(views.field, views.plain) for views in seen.views] == [("title", "ao ni.ke den"), ("brand", "nike")]
    assert [(one.field, one.text, one.change) for one in seen.mentions] == [
        ("title", "Ni.ke", "signs inside the mark"),
        ("brand", "Nike", "spelt as registered"),
    ]
    assert [hit.tier for hit in seen.hits] == ["high"]


def test_a_form_cut_off_by_the_end_of_a_text_stops_nothing() -> None:
    marks = tuple(Mark(mark_id=text, text=text) for text in ("ハナモ", "ハナモリア", "花森化粧品"))
    matcher = Matcher(WatchList(marks=marks, as_of=watchlist().as_of))
    for title in ("クリーム ハナモ", "ハナモ", "ハナ", "花森化", "クリーム ハナモリ"):
        assert isinstance(matcher.match(listing({"title": title}), everything=True), tuple)
    assert [hit.mark_id for hit in matcher.match(listing({"title": "ハナモ"}), everything=True)] == ["ハナモ"]
