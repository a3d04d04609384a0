import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.hit import QUEUE_TIERS, Evidence, Hit, HitKey, Span, Track
from records.listing import Listing

LISTING = Listing(market="shop", listing_id="7", title="Giày K.a.z.e.o 𝓡un", category=("Giày",))


def hit(track: Track = "ip", product_id: str | None = None) -> Hit:
    return Hit(
        listing=LISTING,
        mark_id="TAK-2",
        product_id=product_id,
        track=track,
        relation="brand",
        spelling="altered",
        intent="neutral",
        right="valid",
        score=0.9,
        tier="high",
        rule_version="1",
        evidence=(),
    )


@given(start=st.integers(-3, 25), end=st.integers(-3, 25))
def test_a_span_cut_from_a_listing_always_equals_its_text(start: int, end: int) -> None:
    title = LISTING.title
    if 0 <= start < end <= len(title):
        span = Span.cut(LISTING, "title", start, end)
        assert title[span.start : span.end] == span.text
    else:
        with pytest.raises(ValueError, match="outside the printed text"):
            Span.cut(LISTING, "title", start, end)


def test_offsets_are_code_points() -> None:
    assert Span.cut(LISTING, "title", 15, 18).text == "𝓡un"


def test_a_span_into_an_absent_field_is_refused() -> None:
    with pytest.raises(ValueError, match="brand"):
        Span.cut(LISTING, "brand", 0, 1)
    with pytest.raises(ValueError, match=r"category\.1"):
        Span.cut(LISTING, "category.1", 0, 1)


def test_evidence_fills_its_facts_into_its_message() -> None:
    evidence = Evidence(
        signal="s", weight=0.8, message="“%(printed)s” hides %(mark)s.", facts={"printed": "a%s", "mark": "b"}
    )
    assert evidence.detail == "“a%s” hides b."


def test_the_two_tracks_never_mix() -> None:
    with pytest.raises(ValueError, match="track ip"):
        hit("ip", "P-1")
    with pytest.raises(ValueError, match="track price"):
        hit("price", None)


def test_a_hit_is_keyed_by_listing_track_and_mark_or_product() -> None:
    assert hit().key == HitKey(market="shop", listing_id="7", track="ip", subject="TAK-2")
    assert hit("price", "P-1").key == HitKey(market="shop", listing_id="7", track="price", subject="P-1")


def test_only_high_and_medium_enter_the_queue() -> None:
    assert QUEUE_TIERS == ("high", "medium")
