from decimal import Decimal

import pytest

from matchers.match import Matcher
from matchers.price.bands import band_of
from tests.matchers.watch import listing, watchlist

PRODUCT = {
    "product_id": "milk", "mark_id": "anessa", "name": "Anessa Perfect UV Milk 60ml", "list_price": "715000",
    "minimum_price": "600000", "currency": "VND", "unit_amount": "60", "unit": "ml",
}  # fmt: skip

BANDS = {"0.20": "very_strong", "0.21": "strong", "0.50": "strong", "0.70": "medium", "0.90": "weak", "0.91": None}


@pytest.mark.parametrize(("share", "band"), BANDS.items())
def test_bands_have_published_edges(share: str, band: str | None) -> None:
    assert band_of(Decimal(share)) == band


def test_the_edge_of_a_band_is_exact_where_the_unit_price_has_no_end() -> None:
    third = PRODUCT | {"unit_amount": "30", "list_price": "259000", "minimum_price": None, "name": "Anessa UV 30ml"}
    assert price_hits(title="Anessa UV 30ml", price="129500", products=[third]) == ["high"]
    assert price_hits(title="Anessa UV 30ml", price="129501", products=[third]) == ["medium"]
    seventh = third | {"unit_amount": "7", "list_price": None, "minimum_price": "100000", "name": "Anessa UV 7ml"}
    assert price_hits(title="Anessa UV 7ml", price="100000", products=[seventh]) == []


def price_hits(**row: object) -> list[str]:
    case = {"products": [PRODUCT], "currency": "VND", **row}
    return [hit.tier for hit in Matcher(watchlist(case)).match(listing(case)) if hit.track == "price"]


TIERS = {"140000": ["high"], "350000": ["high"], "480000": ["medium"], "590000": ["medium"], "610000": [], "700000": []}


@pytest.mark.parametrize(("price", "tiers"), TIERS.items())
def test_price_tiers_follow_band_and_minimum(price: str, tiers: list[str]) -> None:
    assert price_hits(title="Anessa Perfect UV Milk 60ml", price=price) == tiers


def test_a_weak_band_counts_only_beside_another_signal() -> None:
    assert price_hits(title="Anessa Perfect UV Milk 60ml", price="640000") == []
    assert price_hits(title="A.n.e.s.s.a Perfect UV Milk 60ml", price="640000") == ["low"]


def test_the_chain_tells_each_step_with_its_unit() -> None:
    case = {
        "products": [PRODUCT],
        "title": "Combo 2 Anessa Perfect UV Milk 60ml",
        "price_raw": "600k",
        "currency": "VND",
    }
    hit = next(hit for hit in Matcher(watchlist(case)).match(listing(case)) if hit.track == "price")
    assert [(step.name, step.value) for step in hit.chain] == [
        ("raw", "600k"),
        ("amount", "600,000 VND"),
        ("product", "Anessa Perfect UV Milk 60ml"),
        ("pack", "2 × 60 ml"),
        ("unit_price", "5,000.00 VND / ml"),
        ("reference", "11,916.67 VND / ml"),
        ("gap", "42.0 % of the list price"),
    ]


def test_a_compatible_use_has_no_price_hit() -> None:
    assert price_hits(title="Hộp đựng cho Anessa Perfect UV Milk 60ml", price="20000") == []


def test_the_size_in_the_title_picks_the_product_of_a_line() -> None:
    sizes = [
        PRODUCT,
        {
            **PRODUCT,
            "product_id": "travel",
            "name": "Anessa Perfect UV Milk 20ml",
            "unit_amount": "20",
            "list_price": "300000",
        },
    ]
    case = {"products": sizes, "currency": "VND", "title": "Anessa Perfect UV Milk 20ml", "price": "90000"}
    hits = [hit for hit in Matcher(watchlist(case)).match(listing(case)) if hit.track == "price"]
    assert [hit.product_id for hit in hits] == ["travel"]


def test_single_goods_are_compared_per_piece() -> None:
    towel = {
        "product_id": "towel", "mark_id": "anessa", "name": "Anessa Beach Towel", "list_price": "300000",
        "currency": "VND", "unit_amount": "1", "unit": "piece",
    }  # fmt: skip
    rows = {"Khăn tắm Anessa Beach Towel": ["high"], "Combo 3 khăn tắm Anessa Beach Towel": ["high"]}
    for title, tiers in rows.items():
        assert price_hits(title=title, price="99000", products=[towel]) == tiers
    assert price_hits(title="Combo 3 khăn tắm Anessa Beach Towel", price="890000", products=[towel]) == []


def test_a_bracket_that_tells_the_whole_of_several_packs_is_not_multiplied() -> None:
    masks = {
        "product_id": "mask", "mark_id": "anessa", "name": "Anessa Sheet Mask 10 pieces", "list_price": "300000",
        "currency": "VND", "unit_amount": "1", "unit": "piece", "count": "10",
    }  # fmt: skip
    title = "Combo 2 hộp mặt nạ Anessa (20 miếng)"
    assert price_hits(title=title, price="590000", products=[masks]) == []
    assert price_hits(title=title, price="290000", products=[masks]) == ["high"]


def test_a_holder_of_the_product_is_not_the_product() -> None:
    for title in ("Túi giữ nhiệt đựng Anessa Perfect UV Milk 60ml", "Kệ cho Anessa Perfect UV Milk 60ml"):
        assert price_hits(title=title, price="66000") == []


NAMES = {
    "Sữa chống nắng Anessa bảo vệ hoàn hảo UV Perfect Milk 60ml": True,
    "Gel chống nắng Anessa Perfect UV 60ml": False,
    "Sữa Anessa Whitening UV Tone 60ml": False,
    "Sữa Anessa UV Perfct Milk 60ml": True,
}


@pytest.mark.parametrize(("title", "is_found"), NAMES.items())
def test_a_product_is_found_in_other_words_and_its_sisters_are_not(title: str, is_found: bool) -> None:
    assert price_hits(title=title, price="120000") == (["high"] if is_found else [])


def test_a_choice_a_set_or_a_refill_has_no_price_hit() -> None:
    for title in (
        "Anessa Perfect UV Milk 20ml/60ml",
        "Anessa Perfect UV Milk 60ml + Sữa rửa mặt Senka 120g",
        "Anessa Perfect UV Milk 60ml (túi refill)",
    ):
        assert price_hits(title=title, price="90000") == []


@pytest.mark.parametrize(
    ("title", "extra", "seen"),
    [
        ("Sữa Anessa Perfect UV Milk 60ml mới", {}, ["Sữa Anessa Perfect UV Milk"]),
        ("Perfect UV sữa Ａnessa milk 60ml", {}, ["Perfect UV sữa Ａnessa milk"]),
        ("Sữa AN-6073 của Anessa 60ml", {}, ["AN-6073"]),
        ("Kem chống nắng", {"gtin": "4901872073009"}, []),
    ],
)
def test_a_price_finding_shows_the_words_that_name_the_product(
    title: str, extra: dict[str, str], seen: list[str]
) -> None:
    product = PRODUCT | {"mpn": "AN-6073", "gtin": "4901872073009"}
    case = {"products": [product], "currency": "VND", "title": title, "price": "120000", **extra}
    (hit,) = [one for one in Matcher(watchlist(case)).match(listing(case)) if one.track == "price"]
    spans = [span for span in hit.evidence[0].spans if span.field == "title"]
    assert [span.text for span in spans] == seen
    assert all(title[span.start : span.end] == span.text for span in spans)
