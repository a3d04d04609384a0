from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from alerts.digest import ROWS, Period, PriceShare, build_digest, market_title
from alerts.title import TITLE_LIMIT, quotes, title_pieces
from records.hit import ChainStep, Evidence, Span
from tests.alerts.cases import (
    DECIDED_AT,
    HANAMORI,
    NOW,
    RIVAL,
    WATCHLIST,
    make_digest,
    make_hit,
    make_run,
    stored,
)


def test_nothing_new_makes_no_digest() -> None:
    assert build_digest(HANAMORI, (), 12, (make_run(),), Period.of(HANAMORI, NOW), watchlist=WATCHLIST) is None


def test_a_hit_of_another_owner_is_never_put_in() -> None:
    with pytest.raises(ValueError, match="not a hit of owner"):
        make_digest((stored(make_hit(1)), stored(make_hit(2), owner=RIVAL.name)))


@pytest.mark.parametrize("state", ["new", "rejected", "unsure", "lapsed"])
def test_only_confirmed_violations_are_put_in(state: str) -> None:
    with pytest.raises(ValueError, match="not confirmed"):
        make_digest((replace(stored(make_hit(1)), state=state),))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not confirmed"):
        make_digest((replace(stored(make_hit(1)), decision=None),))


def test_the_tracks_are_counted_apart_and_the_gravest_comes_first() -> None:
    digest = make_digest()
    assert (digest.count, digest.violations, digest.price_breaches, digest.high) == (3, 2, 1, 2)
    assert [line.tier for line in digest.lines] == ["high", "high", "medium"]
    assert digest.unreviewed == 7


def test_five_hundred_hits_are_twenty_rows_and_a_number() -> None:
    digest = make_digest(tuple(stored(make_hit(number)) for number in range(500)))
    assert (len(digest.lines), digest.more, digest.count) == (ROWS, 480, 500)
    assert len(set(digest.hit_ids)) == 500


def test_a_line_carries_mark_registration_price_and_reason() -> None:
    line = next(line for line in make_digest().lines if line.track == "price")
    assert (line.mark, line.registration_no, line.office) == ("HANAMORI", "4-0123456-000", "VN")
    assert line.price is not None
    assert line.minimum_price is not None
    assert [line.price.amount, line.minimum_price.amount] == [Decimal(260000), Decimal(350000)]
    assert line.reason == "below_minimum_price"
    assert line.seen_on == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("41.3 % of the list price", PriceShare(percent=Decimal("41.3"), reference="list")),
        ("80 % of the minimum price", PriceShare(percent=Decimal(80), reference="minimum")),
        ("about half", None),
    ],
)
def test_the_share_of_the_owners_price_is_read_from_the_chain(value: str, expected: PriceShare | None) -> None:
    hit = replace(make_hit(product_id="hanamori-50"), chain=(ChainStep(name="gap", value=value),))
    assert make_digest((stored(hit),)).lines[0].share == expected


def test_a_day_begins_in_the_readers_zone() -> None:
    late = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    assert Period.of(HANAMORI, late).day == date(2026, 11, 22)
    assert Period.of(RIVAL, late).day == date(2026, 11, 21)


def test_coverage_sums_the_runs_of_a_day_and_names_the_broken_ones() -> None:
    old = make_run(run_id="old", finished_at=NOW - timedelta(hours=25))
    running = make_run(run_id="running", outcome="running", finished_at=None)
    second = make_run(run_id="second", outcome="blocked", counts={"pages": 10, "blocked": 10, "skip.crawl_delay": 4})
    digest = make_digest(runs=(make_run(), second, old, running, make_run("shop")))
    assert [
        (line.market, line.runs, line.broken, line.pages, line.blocked, line.denied) for line in digest.coverage
    ] == [("Shop", 1, 0, 1410, 2, 3), ("Tiki (VN)", 2, 1, 1410, 12, 7)]


@pytest.mark.parametrize(
    ("market", "title"),
    [("tiki_vn", "Tiki (VN)"), ("ebay_com", "Ebay_com"), ("shop", "Shop"), ("lazada_vn", "Lazada Việt Nam")],
)
def test_a_market_is_shown_by_its_title(market: str, title: str) -> None:
    assert market_title(market, {"lazada_vn": "Lazada Việt Nam"}) == title


def test_evidence_is_marked_in_the_title_and_the_pieces_join_to_it() -> None:
    hit = make_hit()
    pieces = title_pieces(hit.listing, hit.evidence)
    assert [(piece.text, piece.kind) for piece in pieces] == [
        ("Kem chống nắng ", "plain"),
        ("H.anamori", "mark"),
        (" 50ml ", "plain"),
        ("hàng loại 1", "word"),
    ]
    assert quotes(hit.evidence) == ("hàng loại 1", "H.anamori")


def test_what_lowers_a_score_is_not_marked_as_if_it_spoke_against_the_listing() -> None:
    hit = make_hit(title="HANAMORI tương thích")
    span = Span.cut(hit.listing, "title", 9, 20)
    for signal, weight in (("compatible_with", -0.6), ("genuine_claim", 0.05)):
        excuse = Evidence(signal=signal, weight=weight, message="Fits.", spans=(span,))
        assert [piece.kind for piece in title_pieces(hit.listing, (excuse,))] == ["plain"]
        assert quotes((excuse,)) == ()


def test_words_of_the_sellers_name_are_not_quoted() -> None:
    hit = make_hit()
    span = Span.cut(hit.listing, "seller_name", 0, 8)
    assert quotes((Evidence(signal="imitation_words", weight=0.8, message="Seen.", spans=(span,)),)) == ()


@pytest.mark.parametrize("length", [TITLE_LIMIT - 1, TITLE_LIMIT, TITLE_LIMIT + 1, 1000])
def test_a_long_title_is_cut_and_says_so(length: int) -> None:
    hit = make_hit(title="字" * length)
    text = "".join(piece.text for piece in title_pieces(hit.listing, ()))
    assert text == ("字" * length if length <= TITLE_LIMIT else "字" * TITLE_LIMIT + "…")


def test_signs_that_turn_text_round_and_links_are_made_harmless() -> None:
    hit = make_hit(title="a\u202eb\x00c\u2028d\nhttps://evil.example")
    text = "".join(piece.text for piece in title_pieces(hit.listing, ()))
    assert text == "a\ufffdb\ufffdc\ufffdd https:⁄⁄evil.example"


def test_the_decision_time_never_reaches_the_digest() -> None:
    assert str(DECIDED_AT) not in repr(make_digest())
