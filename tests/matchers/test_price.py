import csv
from decimal import Decimal

import pytest

from matchers.match import Matcher
from matchers.price.bands import band_of
from matchers.price.pack_size import PackSize, pack_of_title
from matchers.price.price_text import read_price
from tests.matchers.watch import listing, watchlist
from tests.realdata import data_path

PRODUCT = {
    "product_id": "milk", "mark_id": "anessa", "name": "Anessa Perfect UV Milk 60ml", "list_price": "715000",
    "minimum_price": "600000", "currency": "VND", "unit_amount": "60", "unit": "ml",
}  # fmt: skip

PRICES = {
    ("1.290.000₫", "VND"): ("1290000", None),
    ("129000 - 189000", "VND"): ("129000", "189000"),
    ("129k", "VND"): ("129000", None),
    ("50-100k", "VND"): ("50000", "100000"),
    ("1tr2", "VND"): ("1200000", None),
    ("1,2 triệu", "VND"): ("1200000", None),
    ("3 triệu 500", "VND"): ("3500000", None),
    ("12万8000円", "JPY"): ("128000", None),
    ("￥１２，８００（税込）", "JPY"): ("12800", None),
    ("₫99.000 -45%", "VND"): ("99000", None),
    ("€ 97,39 - 128,72", "EUR"): ("97.39", "128.72"),
    ("₹1,08,299", "INR"): ("108299", None),
    ("Giá gốc: 2.580.000₫ Giá bán: 1.290.000₫", "VND"): ("1290000", None),
}


@pytest.mark.parametrize(("text", "currency"), PRICES)
def test_price_texts_are_read(text: str, currency: str) -> None:
    reading = read_price(text, currency)
    low, high = PRICES[text, currency]
    assert reading.price is not None
    assert reading.price.amount == Decimal(low)
    assert (reading.price_max and reading.price_max.amount) == (high and Decimal(high))


@pytest.mark.parametrize("text", ["Liên hệ", "", "0₫", "-1", "Miễn phí", "1.000₫", "999.999.999₫", "オープン価格"])
def test_no_price_and_placeholders_stay_unknown_with_a_reason(text: str) -> None:
    reading = read_price(text, "VND")
    assert reading.price is None
    assert reading.reason


def test_a_foreign_price_keeps_its_own_currency() -> None:
    reading = read_price("USD 12.80", "VND")
    assert reading.price is not None
    assert (reading.price.amount, reading.price.currency) == (Decimal("12.80"), "USD")


PACKS = {
    "Nước hoa hồng 170ml": PackSize(Decimal(170), "ml", 1),
    "Combo 2 sữa rửa mặt 100g": PackSize(Decimal(100), "g", 2),
    "Lốc 4 hộp x 180ml": None,
    "Gạo 1.5kg": PackSize(Decimal(1500), "g", 1),
    "Serum 30ml/50ml": None,
    "Áo thun nam": PackSize(None, None, 1),
}


@pytest.mark.parametrize(("title", "pack"), PACKS.items())
def test_packs_are_read_or_honestly_unknown(title: str, pack: PackSize | None) -> None:
    found = pack_of_title(title)
    assert found == pack or (title.startswith("Lốc") and found == PackSize(Decimal(180), "ml", 4))


BANDS = {"0.20": "very_strong", "0.21": "strong", "0.50": "strong", "0.70": "medium", "0.90": "weak", "0.91": None}


@pytest.mark.parametrize(("share", "band"), BANDS.items())
def test_bands_have_published_edges(share: str, band: str | None) -> None:
    assert band_of(Decimal(share)) == band


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
        ("pack", "2 × 60 ml"),
        ("unit_price", "5,000.00 VND / ml"),
        ("reference", "11,916.67 VND / ml"),
        ("gap", "42.0 % of the list price"),
    ]


def test_a_compatible_use_has_no_price_hit() -> None:
    assert price_hits(title="Hộp đựng cho Anessa Perfect UV Milk 60ml", price="20000") == []


CURRENCIES = {
    "VN": "VND", "JP": "JPY", "MX": "MXN", "US": "USD", "ID": "IDR", "DE": "EUR", "ES": "EUR", "GB": "GBP", "IN": "INR",
    "MY": "MYR", "TH": "THB", "PH": "PHP", "SG": "SGD", "TW": "TWD", "HK": "HKD", "CN": "CNY", "KR": "KRW",
}  # fmt: skip


@pytest.mark.real
def test_the_labelled_price_texts_are_read() -> None:
    with data_path("eval", "price_texts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    wrong = []
    for row in rows:
        reading = read_price(row["text"] or "", CURRENCIES[row["country"]])
        found = tuple("" if money is None else money.amount for money in (reading.price, reading.price_max))
        wanted = tuple(Decimal(row[name]) if row[name] else "" for name in ("amount", "amount_max"))
        if found != wanted:
            wrong.append(row["text"])
    assert len(rows) >= 90
    assert len(wrong) <= 1
