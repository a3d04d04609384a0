"""Prices as marketplaces print them: which number is the price, its number words, a range, or an honest unknown."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from price_parser import Price

from matchers.price.price_words import (
    BRACKETS,
    CODES,
    DOLLARS,
    HALF,
    LOWEST_REAL,
    MOST_DIGITS,
    MULTIPLIERS,
    OFF,
    ONES_AFTER,
    OTHER,
    PER_UNIT,
    PERCENT,
    PLACEHOLDERS,
    RANGE,
    SELLING,
    SIGN,
    SIGNS,
    UNIT_AFTER,
    UNKNOWN_WORDS,
    WORD_CURRENCY,
)
from records.money import Money, minor_digits, round_to_minor

NUMBER = (
    r"\d+(?:\.\d+)?e[+-]?\d{1,2}(?![\da-z])|\d{1,3}(?:[ _]\d{3})+(?:,\d{1,2})?(?![\d.,]*\d)"
    r"|\d[\d.,']*|(?<!\d)\.\d{2}(?!\d)"
)
_WORD = "|".join(sorted(MULTIPLIERS, key=len, reverse=True))
AMOUNT = re.compile(
    rf"(?P<before>{SIGN})?\s?(?P<number>{NUMBER})"
    rf"(?:\s?(?P<word>{_WORD})(?!\.?[a-zà-ỹ])\s?(?P<rest>\d{{1,7}}(?![\d.,])|{HALF})?(?P<unit>万|千|천|k)?)?"
    rf"(?:\s?(?P<after>{SIGN}))?"
)
SIGNED = re.compile(r"^-\s?\d")
CURRENCY = tuple((re.compile(pattern), currency) for pattern, currency in SIGNS)
_SAME = str.maketrans({"\u2212": "-", "\u2019": "'", "\u301c": "~", "\uff5e": "~"})


@dataclass(frozen=True, slots=True)
class PriceReading:
    """What a price text says."""

    price: Money | None
    """The price or the lower end of a range; None where unknown."""
    price_max: Money | None = None
    """The upper end of a range."""
    reason: str = ""
    """Why the price is unknown: no number, placeholder, not positive, no currency."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One amount of the text with what its surroundings say about it."""

    amount: Decimal
    currency: str | None
    word: str | None
    rank: int
    start: int
    end: int


def read_price(text: str, currency: str | None, *, decimal_mark: str | None = None) -> PriceReading:
    """Return the price that a text states, in the currency it names, else in the market's own.

    `decimal_mark` is the market's; it is used only for prices in the market's own currency.
    """
    folded = _folded(text)
    bare = PER_UNIT.sub(" ", PERCENT.sub(" ", folded)).strip()
    if SIGNED.match(bare):
        return PriceReading(None, reason="not positive")
    found = _candidates(bare, currency, decimal_mark)
    if UNKNOWN_WORDS.search(bare) and not any(one.currency or one.word for one in found):
        return PriceReading(None, reason="no number")
    if not found:
        return _by_library(text, currency) if not AMOUNT.search(bare) else PriceReading(None, reason="no number")
    best = min(found, key=lambda one: (one.rank, one.start))
    following = next((one for one in found if one.start >= best.end and one.rank == best.rank), None)
    stated = best.currency or (following.currency if following else None) or currency
    if stated is None:
        return PriceReading(None, reason="no currency")
    low = best.amount
    if following is None or not RANGE.match(bare[best.end : following.start]):
        return _reading(low, None, stated, text)
    if following.word and not best.word:
        low *= MULTIPLIERS[following.word]
    return _reading(low, following.amount, stated, text)


def _folded(text: str) -> str:
    """Return the text in lower case and ordinary width, without signs that cannot be seen."""
    folded = unicodedata.normalize("NFKC", text).lower().translate(_SAME)
    if not folded.isascii():
        folded = "".join(
            char for char in folded if unicodedata.category(char) not in {"Cf", "Mn"} or char in "\u0300\u0301"
        )
        folded = unicodedata.normalize("NFC", folded)
    return " ".join(folded.split())


def _candidates(text: str, market: str | None, decimal_mark: str | None) -> list[_Candidate]:
    """Return the amounts that can be prices, the unlikely ones ranked behind."""
    hidden = [(found.start(), found.end()) for found in BRACKETS.finditer(text)]
    found = [
        one
        for one in AMOUNT.finditer(text)
        if one["before"] or one["after"] or one["word"] or not UNIT_AFTER.match(text, one.end())
    ]
    signed = any(one["before"] or one["after"] or one["word"] for one in found)
    candidates: list[_Candidate] = []
    end = 0
    for position, one in enumerate(found):
        label = text[end : one.start()]
        end = one.end()
        own = _currency(one, market)
        rank = _rank(label, after=text[one.end() :], is_hidden=any(a <= one.start() < b for a, b in hidden))
        follows = position + 1 < len(found) and RANGE.match(text[one.end() : found[position + 1].start()])
        follows = follows or (position > 0 and RANGE.match(label))
        if signed and not (one["before"] or one["after"] or one["word"] or follows):
            rank += 1
        mark = decimal_mark if own in {None, market} else None
        candidates.append(_Candidate(_amount(one, own or market, mark), own, one["word"], rank, one.start(), one.end()))
    return candidates


def _rank(label: str, after: str, *, is_hidden: bool) -> int:
    """Return 0 for a labelled selling price, 2 for a plain amount, 4 for one that is labelled as something else."""
    selling = max((found.end() for found in SELLING.finditer(label)), default=-1)
    other = max((found.end() for found in OTHER.finditer(label)), default=-1)
    if OFF.match(after) or other > selling:
        return 4
    if selling >= 0:
        return 0
    return 4 if is_hidden else 2


def _currency(found: re.Match[str], market: str | None) -> str | None:
    """Return the currency printed at an amount; a bare dollar or yen sign is the market's own."""
    for sign in (found["before"], found["after"]):
        if not sign:
            continue
        if sign == "$":
            return market if market in DOLLARS else "USD"
        if sign == "¥":
            return market if market in {"JPY", "CNY"} else "JPY"
        if sign.upper() in CODES:
            return sign.upper()
        return next(currency for pattern, currency in CURRENCY if pattern.fullmatch(sign))
    return WORD_CURRENCY.get(found["word"] or "")


def _amount(found: re.Match[str], currency: str | None, decimal_mark: str | None) -> Decimal:
    word, rest = found["word"], found["rest"]
    amount = _number(found["number"], currency, decimal_mark)
    if word is None:
        return amount
    factor = MULTIPLIERS[word]
    amount *= factor
    if rest is None:
        return amount
    if rest == HALF:
        return amount + Decimal(factor) / 2
    if word in ONES_AFTER:
        return amount + Decimal(rest) * (MULTIPLIERS[found["unit"]] if found["unit"] else 1)
    return amount + Decimal(rest) * factor / Decimal(10) ** len(rest)


def _number(printed: str, currency: str | None, decimal_mark: str | None) -> Decimal:
    """Return the number with its grouping signs read: 1.290.000, 1,08,299, 97,39, 259000.00."""
    if "e" in printed:
        return Decimal(printed)
    text = re.sub(r"[ _']", "", printed).rstrip(".,")
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return Decimal(text)
    whole, digits = re.sub(r"[.,]", "", text[:last]), text[last + 1 :]
    is_decimal = (
        text[last] == decimal_mark
        if decimal_mark and text.count(text[last]) == 1
        else _is_decimal(text, last, currency)
    )
    return Decimal(f"{whole or 0}.{digits}") if is_decimal else Decimal(whole + digits)


def _is_decimal(text: str, last: int, currency: str | None) -> bool:
    """Say whether the last sign is a decimal mark where the market does not: by the digits after it."""
    digits_after = len(text) - last - 1
    is_other_sign = ("." in text) and ("," in text) and text.count(text[last]) == 1
    if digits_after != 3:
        return digits_after in {1, 2} or text.count(text[last]) == 1
    if text[:last] == "0":
        return True
    digits = minor_digits(currency) if currency else 2
    return digits == 3 or (is_other_sign and digits > 0)


def _reading(amount: Decimal, amount_max: Decimal | None, currency: str, raw: str) -> PriceReading:
    if amount.adjusted() >= MOST_DIGITS or (amount_max is not None and amount_max.adjusted() >= MOST_DIGITS):
        return PriceReading(None, reason="placeholder")
    amount = round_to_minor(amount, currency)
    if amount <= 0:
        return PriceReading(None, reason="not positive")
    if is_placeholder(amount, currency):
        return PriceReading(None, reason="placeholder")
    price = Money(amount=amount, currency=currency, raw=raw)
    if amount_max is None or amount_max <= amount:
        return PriceReading(price)
    return PriceReading(price, Money.rounded(amount_max, currency, raw))


def is_placeholder(amount: Decimal, currency: str) -> bool:
    """Say whether an amount stands for none: 1, 1.000, 999.999.999, 123.456.789."""
    return (
        amount.adjusted() >= MOST_DIGITS
        or amount <= LOWEST_REAL.get(currency, Decimal(0))
        or PLACEHOLDERS.match(f"{amount:f}".split(".")[0]) is not None
    )


def _by_library(text: str, currency: str | None) -> PriceReading:
    """Leave the rest to price-parser."""
    amount = Price.fromstring(text).amount
    if amount is None:
        return PriceReading(None, reason="no number")
    return PriceReading(None, reason="no currency") if currency is None else _reading(amount, None, currency, text)
