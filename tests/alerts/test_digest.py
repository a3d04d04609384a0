from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from alerts.digest import COVERAGE_WINDOW, PriceShare, check_released, coverage_of, market_title
from alerts.figures import Figures
from alerts.title import TITLE_LIMIT, findings_of, quotes, title_pieces
from records.hit import ChainStep, Evidence, Span
from tests.alerts.cases import BRAND, DECIDED_AT, HANAMORI, NOW, RIVAL, make_digest, make_hit, make_run, stored


def test_nothing_new_is_no_news() -> None:
    assert not make_digest(()).has_news
    assert make_digest((stored(make_hit(1)),)).has_news


def test_a_hit_of_another_owner_or_brand_is_never_put_in() -> None:
    check_released(HANAMORI.name, BRAND, (stored(make_hit(1)),))
    with pytest.raises(ValueError, match="not a hit of brand"):
        check_released(HANAMORI.name, BRAND, (stored(make_hit(1)), stored(make_hit(2), owner=RIVAL.name)))
    with pytest.raises(ValueError, match="not a hit of brand"):
        check_released(HANAMORI.name, "OTONE", (stored(make_hit(1)),))


@pytest.mark.parametrize("state", ["new", "rejected", "unsure", "lapsed"])
def test_only_confirmed_violations_are_put_in(state: str) -> None:
    with pytest.raises(ValueError, match="not confirmed"):
        check_released(HANAMORI.name, BRAND, (replace(stored(make_hit(1)), state=state),))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not confirmed"):
        check_released(HANAMORI.name, BRAND, (replace(stored(make_hit(1)), decision=None),))


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
    assert Figures(language="ja").day_of(late) == date(2026, 11, 22)
    assert Figures(language="vi").day_of(late) == date(2026, 11, 21)
    assert Figures(language="ja", zone="UTC").start_of(date(2026, 11, 22)) == datetime(2026, 11, 22, tzinfo=UTC)


def test_coverage_sums_the_runs_of_a_day_and_names_the_broken_ones() -> None:
    old = make_run(run_id="old", finished_at=NOW - timedelta(hours=25))
    running = make_run(run_id="running", outcome="running", finished_at=None)
    second = make_run(run_id="second", outcome="blocked", counts={"pages": 10, "blocked": 10, "skip.crawl_delay": 4})
    digest = make_digest(runs=(make_run(), second, old, running, make_run("shop")))
    assert [
        (line.market, line.runs, line.broken, line.pages, line.blocked, line.denied) for line in digest.coverage
    ] == [("Shop", 1, 0, 1410, 2, 3), ("Tiki (VN)", 2, 1, 1410, 12, 7)]


def test_coverage_of_chosen_markets_leaves_the_others_out() -> None:
    runs = (make_run(), make_run("shop"))
    assert [line.market for line in coverage_of(runs, NOW - COVERAGE_WINDOW, NOW, ("shop",))] == ["Shop"]


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


@pytest.mark.parametrize(
    ("title", "odd"),
    [
        ("Sữa H.anamori", "."),
        ("Sữa H\u0430namor1", "\u04301"),  # a Cyrillic a and a figure
        ("Sữa \u041d\u0410N\u0410\u041c\u041eRI", "\u041d\u0410\u0410\u041c\u041e"),
        ("Sữa Hanamori", ""),
        ("Sữa ハナモリ", ""),  # another script is no disguise
    ],
)
def test_signs_that_an_altered_spelling_has_and_the_mark_has_not_stand_out(title: str, odd: str) -> None:
    listing = make_hit(title=title).listing
    finding = Evidence(
        signal="disguised_mark", weight=0.8, message="Seen.", spans=(Span.cut(listing, "title", 4, len(title)),)
    )
    pieces = title_pieces(listing, (finding,), "HANAMORI")
    assert "".join(piece.text for piece in pieces) == title
    assert "".join(piece.text for piece in pieces if piece.kind == "odd") == odd


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
    finding = Evidence(signal="imitation_words", weight=0.8, message="Seen.", spans=(span,))
    assert quotes((finding,)) == ()
    assert findings_of((finding,)) == ()


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
