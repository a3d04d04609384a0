"""Prices as marketplaces print them: number words, ranges, placeholders; price-parser for the rest."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from price_parser import Price

from records.money import Money, minor_digits, round_to_minor

# Signs and codes to currencies; the yen sign is the market's own (CNY in China). First match wins.
CURRENCY_SIGNS: tuple[tuple[str, str], ...] = (
    (r"hk\$", "HKD"),
    (r"nt\$", "TWD"),
    (r"s\$", "SGD"),
    (r"us\s?\$", "USD"),
    (r"₫|vnđ|vnd|đồng|ngàn|nghìn|triệu|(?<![a-z])đ(?![a-z])|(?<=\d)(?:tr|củ)(?![a-z])", "VND"),
    (r"円|(?<![a-z])jpy", "JPY"),
    (r"€|(?<![a-z])eur", "EUR"),
    (r"£|(?<![a-z])gbp", "GBP"),
    (r"₹|(?<![a-z])inr", "INR"),
    (r"฿|(?<![a-z])thb", "THB"),
    (r"₱|(?<![a-z])php", "PHP"),
    (r"₩|원|(?<![a-z])krw", "KRW"),
    (r"(?<![a-z])(?:idr|rp)", "IDR"),
    (r"(?<![a-z])(?:rm|myr)", "MYR"),
    (r"元|(?<![a-z])(?:cny|rmb)", "CNY"),
    (r"(?<![a-z])mxn", "MXN"),
    (r"(?<![a-z])usd|\$", "USD"),
)

NUMBER = r"\d[\d.,'  ]*\d|\d"
# Number words that multiply; after 万 and triệu a rest may follow (12万8000, 1tr250, 3 triệu 500).
MULTIPLIERS: tuple[tuple[str, int], ...] = (
    (r"万", 10_000), (r"千(?=円)", 1_000), (r"triệu|tr|củ", 1_000_000), (r"nghìn|ngàn|k", 1_000),
)  # fmt: skip
AMOUNT = re.compile(
    rf"(?P<number>\d+(?:\.\d+)?e[+-]?\d+|{NUMBER})\s?(?:(?P<word>万|千(?=円)|triệu|nghìn|ngàn|tr(?!\w*[a-z]{{2}})|củ|k(?![a-z]))\s?(?P<rest>\d{{1,7}}(?![\d.,]))?)?"
)
RANGE_SIGN = re.compile(r"^\s*(?:[₫đ円]|vnđ|vnd|jpy)?\s*(?:[-–—~〜～]|to|đến)\s*(?:us\s?\$|[₫đ¥€£$]|from)?\s*$")
NOISE = re.compile(r"[-–]?\s?\d+(?:[.,]\d+)?\s?%|/\s?\d*\s?\w+(?:\s\d+\s\w+)?|\bx\s?\d+\b")
SELLING = re.compile(r"giá\s(?:bán|km|khuyến\smãi|sale)\s?:?")
BRACKETS = re.compile(r"[(（【\[][^)）】\]]*[)）】\]]")
UNKNOWN_WORDS = re.compile(r"miễn phí|liên hệ|inbox|hết hàng|オープン価格|お問い合わせ|sold out|contact|free$")
SIGNED = re.compile(r"^\s*-\s*\d")

# Amounts that shops type in place of a price.
LOWEST_REAL = {"VND": Decimal(1_000), "JPY": Decimal(1)}
PLACEHOLDERS = re.compile(r"^(?:9{7,}|1{7,}|0?123456789?0?|12345678)$")


@dataclass(frozen=True, slots=True)
class PriceReading:
    """What a price text says."""

    price: Money | None
    """The price or the lower end of a range; None where unknown."""
    price_max: Money | None = None
    """The upper end of a range."""
    reason: str = ""
    """Why the price is unknown: no number, placeholder, not positive, no currency."""


def read_price(text: str, currency: str | None) -> PriceReading:
    """Return the price that a text states, in the currency it names, else in the market's own."""
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = "".join(
        char for char in folded if unicodedata.category(char) not in {"Cf", "Mn"} or char in "\u0300\u0301"
    )
    folded = re.sub(r"\s+", " ", unicodedata.normalize("NFC", folded)).strip()
    if UNKNOWN_WORDS.search(folded):
        return PriceReading(None, reason="no number")
    if SIGNED.match(folded):
        return PriceReading(None, reason="not positive")
    stated = _currency_of(folded, currency)
    if stated is None:
        return PriceReading(None, reason="no currency")
    label = SELLING.search(folded)
    folded = folded[label.end() :] if label else folded
    bare = NOISE.sub(" ", BRACKETS.sub(" ", folded)) if re.search(r"\d", BRACKETS.sub(" ", folded)) else folded
    found = list(AMOUNT.finditer(bare))
    if not found:
        return _by_library(text, stated)
    amounts = [_amount(one, stated) for one in found[:2]]
    is_range = len(found) > 1 and bool(RANGE_SIGN.match(bare[found[0].end() : found[1].start()]))
    if is_range and found[1]["word"] and not found[0]["word"]:
        amounts[0] = amounts[0] * _multiplier(found[1]["word"])
    return _reading(amounts[0], amounts[1] if is_range else None, stated, text)


def _reading(amount: Decimal, amount_max: Decimal | None, currency: str, raw: str) -> PriceReading:
    amount = round_to_minor(amount, currency)
    if amount <= 0:
        return PriceReading(None, reason="not positive")
    if amount <= LOWEST_REAL.get(currency, Decimal(0)) or PLACEHOLDERS.match(f"{amount:f}"):
        return PriceReading(None, reason="placeholder")
    price = Money.rounded(amount, currency, raw)
    if amount_max is None or amount_max <= amount:
        return PriceReading(price)
    return PriceReading(price, Money.rounded(amount_max, currency, raw))


def _currency_of(folded: str, market: str | None) -> str | None:
    for pattern, currency in CURRENCY_SIGNS:
        if re.search(pattern, folded):
            return currency
    if re.search(r"[¥￥]", folded):
        return market if market in {"JPY", "CNY"} else "JPY"
    return market


def _multiplier(word: str | None) -> int:
    return next((factor for pattern, factor in MULTIPLIERS if word and re.fullmatch(pattern.split("(")[0], word)), 1)


def _amount(found: re.Match[str], currency: str) -> Decimal:
    factor = _multiplier(found["word"])
    amount = _number(found["number"], currency) * factor
    rest = found["rest"]
    if rest and factor == 10_000:
        return amount + Decimal(rest)
    if rest and factor == 1_000_000:
        return amount + Decimal(rest) * factor / Decimal(10) ** len(rest)
    return amount


def _number(printed: str, currency: str) -> Decimal:
    """Return the number with its grouping signs read: 1.290.000, 1,08,299, 97,39, 259000.00."""
    text = printed.replace(" ", "").replace("\u202f", "").replace("'", "")
    if "e" in text:
        return Decimal(text)
    text = text.strip(".,")
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return Decimal(text)
    digits_after = len(text) - last - 1
    both = "." in text and "," in text
    is_decimal = digits_after in {1, 2} or (digits_after > 3 and not both) or (both and digits_after != 3)
    if digits_after == 3 and both and minor_digits(currency) == 3:
        is_decimal = True
    whole = re.sub(r"[.,]", "", text[:last])
    return Decimal(f"{whole or 0}.{text[last + 1 :]}") if is_decimal else Decimal(whole + text[last + 1 :])


def _by_library(text: str, currency: str) -> PriceReading:
    """Leave the rest to price-parser."""
    amount = Price.fromstring(text).amount
    return PriceReading(None, reason="no number") if amount is None else _reading(amount, None, currency, text)
