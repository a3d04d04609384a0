import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.price_texts import count, is_right, main, read_rows
from matchers.price.price_text import read_price
from tests.realdata import data_path

# market's currency | printed | amount | upper end | currency
READ = """
VND|1.290.000₫|1290000||VND
VND|129000 - 189000|129000|189000|VND
VND|129k|129000||VND
VND|129k5|129500||VND
VND|50-100k|50000|100000|VND
VND|từ 150k đến 200k|150000|200000|VND
VND|1tr2|1200000||VND
VND|1tr2 - 1tr5|1200000|1500000|VND
VND|1,2 triệu|1200000||VND
VND|1-2 triệu|1000000|2000000|VND
VND|2 triệu rưỡi|2500000||VND
VND|3 triệu 500|3500000||VND
VND|1,5 tỷ|1500000000||VND
VND|₫99.000 -45%|99000||VND
VND|-50% 129.000₫|129000||VND
VND|129.000₫ miễn phí ship|129000||VND
VND|2 hộp 350k|350000||VND
VND|1.290.000₫ x 12 tháng|1290000||VND
VND|120.000₫/hộp (10 cái)|120000||VND
VND|Giảm 20.000đ còn 99.000đ|99000||VND
VND|Giá cũ 100.000đ Giá mới 80.000đ|80000||VND
VND|Giá gốc: 2.580.000₫ Giá bán: 1.290.000₫|1290000||VND
VND|1.290.000 VND (49.99 USD)|1290000||VND
VND|USD 12.80|12.80||USD
VND|1’290’000|1290000||VND
JPY|12万8000円|128000||JPY
JPY|1万2千円|12000||JPY
JPY|￥１２，８００（税込）|12800||JPY
JPY|5,000円 (税抜4,546円)|5000||JPY
JPY|税抜 4,546円 (税込 5,000円)|5000||JPY
JPY|定価 5,000円 → 3,980円|3980||JPY
JPY|3,980円 + 送料 500円|3980||JPY
JPY|2個 1,980円|1980||JPY
JPY|¥1,980～¥2,480|1980|2480|JPY
USD|Was $39.99 Now $19.99|19.99||USD
USD|US $9.99 to US $15.00|9.99|15.00|USD
USD|AU $25.00|25.00||AUD
USD|CHF 1'299.00|1299.00||CHF
TWD|$1,280|1280||TWD
EUR|€ 97,39 - 128,72|97.39|128.72|EUR
EUR|1 234,56 €|1234.56||EUR
EUR|12,- €|12||EUR
INR|₹1,08,299|108299||INR
INR|₹499.00 M.R.P: ₹999.00|499||INR
INR|₹ 1.5 lakh|150000||INR
IDR|Rp 1,25 jt|1250000||IDR
IDR|IDR358,999.20|358999.20||IDR
KRW|1만2천원|12000||KRW
CNY|￥1.2万|12000||CNY
KWD|1.250 KWD|1.250||KWD
"""
ROWS = [line.split("|") for line in READ.strip().splitlines()]


@pytest.mark.parametrize(("market", "text", "amount", "amount_max", "currency"), ROWS)
def test_price_texts_are_read(market: str, text: str, amount: str, amount_max: str, currency: str) -> None:
    reading = read_price(text, market)
    assert reading.price is not None
    assert (reading.price.amount, reading.price.currency, reading.price.raw) == (Decimal(amount), currency, text)
    found = None if reading.price_max is None else reading.price_max.amount
    assert found == (Decimal(amount_max) if amount_max else None)


UNKNOWN = {
    "Liên hệ": "no number",
    "Liên hệ 0912345678": "no number",
    "": "no number",
    "Miễn phí": "no number",
    "オープン価格": "no number",
    "2 hộp": "no number",
    "0₫": "not positive",
    "-1": "not positive",
    "−129.000₫": "not positive",
    "1.000₫": "placeholder",
    "999.999.999₫": "placeholder",
    "123.456.789 đ": "placeholder",
    "1e999999999": "placeholder",
    "9" * 40 + "₫": "placeholder",
}


@pytest.mark.parametrize(("text", "reason"), UNKNOWN.items())
def test_no_price_and_placeholders_stay_unknown_with_a_reason(text: str, reason: str) -> None:
    reading = read_price(text, "VND")
    assert reading.price is None
    assert reading.reason == reason


def test_a_number_without_any_currency_is_no_price() -> None:
    assert read_price("12.50", None).reason == "no currency"


def test_the_markets_decimal_mark_decides_only_for_its_own_currency() -> None:
    def amount(text: str, decimal_mark: str | None) -> Decimal | None:
        price = read_price(text, "EUR", decimal_mark=decimal_mark).price
        return None if price is None else price.amount

    assert amount("1.299 €", None) == amount("1.299 €", ",") == Decimal(1299)
    assert amount("1,299 €", ",") == Decimal("1.30")
    assert amount("$1,299", ",") == Decimal(1299)


@given(st.text(max_size=60), st.sampled_from(["VND", "JPY", "USD", "KWD", None]))
def test_any_text_is_read_or_unknown_with_a_reason(text: str, currency: str | None) -> None:
    reading = read_price(text, currency)
    assert (reading.price is None) == bool(reading.reason)
    assert reading.price_max is None or (reading.price is not None and reading.price_max.amount > reading.price.amount)


@given(st.integers(1_001, 999_999), st.sampled_from(["{}₫", "₫{}", "{} đ", "{} VNĐ", "Giá: {}đ (đã gồm VAT)"]))
def test_every_amount_is_read_back_from_every_form(amount: int, form: str) -> None:
    for mark in (".", ",", ""):
        price = read_price(form.format(f"{amount:,}".replace(",", mark)), "VND").price
        assert price is not None
        assert price.amount == amount


def test_the_benchmark_counts_wrong_amounts_ranges_and_currencies() -> None:
    rows = [
        {"text": "129k", "country": "VN", "amount": "129000", "amount_max": "", "currency": "VND"},
        {"text": "129k", "country": "VN", "amount": "129", "amount_max": "", "currency": "VND"},
        {"text": "50-100k", "country": "VN", "amount": "50000", "amount_max": "", "currency": "VND"},
        {"text": "USD 12.80", "country": "VN", "amount": "12.80", "amount_max": "", "currency": "VND"},
        {"text": "Liên hệ", "country": "VN", "amount": "", "amount_max": "", "currency": ""},
    ]
    assert [is_right(row, reading) for row, reading in read_rows(rows)] == [True, False, False, False, True]


def test_the_count_gives_every_text_an_outcome() -> None:
    rows = [
        {"currency": "VND", "price_raw": "129k", "original_price_raw": "0"},
        {"currency": "VND", "price_raw": "5000 - 9000"},
        {"currency": "VND"},
    ]
    figures = count(json.dumps(row) for row in rows)
    assert figures["rows"] == 3
    assert figures["reasons"] == {"original_price_raw: not positive": 1}
    assert figures["outcomes"] == {
        "original_price_raw absent": 2,
        "original_price_raw unknown": 1,
        "price_raw absent": 1,
        "price_raw read": 1,
        "price_raw read as a range": 1,
    }


@pytest.mark.real
def test_all_labelled_price_texts_are_read_right(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "predictions.jsonl"
    main([str(data_path("eval", "price_texts.tsv")), "--predictions", str(out)])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["rows"] >= 90
    assert figures["wrong"] == []
    assert len(out.read_text(encoding="utf-8").splitlines()) == figures["rows"]


@pytest.mark.slow
@pytest.mark.real
def test_real_price_texts_are_read_or_counted_with_a_reason() -> None:
    with gzip.open(data_path("listings", "real_listings.jsonl.gz"), "rt", encoding="utf-8") as file:
        lines = [line for number, line in enumerate(file) if number % 20 == 0]
    figures = count(lines)
    assert figures["listings"] == len(lines) > 6_000
    share, reasons = figures["share_read"], figures["reasons"]
    assert isinstance(share, float)
    assert share >= 0.99
    assert isinstance(reasons, dict)
    assert {name.split(": ")[1] for name in reasons} <= {"placeholder", "no number", "not positive"}
