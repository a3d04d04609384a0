"""Which currency a printed price is in: its own sign or code, else what the page and the site's country say."""

import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from records.money import minor_digits

# Signs and words that stand beside amounts; those with one entry name their currency, the others need the country.
SIGNS: dict[str, tuple[str, ...]] = {
    "€": ("EUR",), "£": ("GBP", "EGP"), "₫": ("VND",), "₽": ("RUB",), "₸": ("KZT",), "₺": ("TRY",), "₴": ("UAH",),
    "₹": ("INR",), "₩": ("KRW",), "฿": ("THB",), "₱": ("PHP",), "₪": ("ILS",), "円": ("JPY",), "원": ("KRW",),
    "¥": ("JPY", "CNY"), "￥": ("JPY", "CNY"), "元": ("CNY", "TWD", "HKD"), "圓": ("TWD", "HKD"),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "ARS", "COP", "UYU", "BRL"),
    "us$": ("USD",), "usd": ("USD",), "c$": ("CAD",), "ca$": ("CAD",), "cad": ("CAD",), "a$": ("AUD",),
    "au$": ("AUD",), "aud": ("AUD",), "nz$": ("NZD",), "s$": ("SGD",), "hk$": ("HKD",), "nt$": ("TWD",),
    "mx$": ("MXN",), "r$": ("BRL",), "eur": ("EUR",), "euro": ("EUR",), "gbp": ("GBP",), "chf": ("CHF",),
    "fr.": ("CHF",), "zł": ("PLN",), "zl": ("PLN",), "pln": ("PLN",), "kč": ("CZK",), "kc": ("CZK",), "czk": ("CZK",),
    "ft": ("HUF",), "huf": ("HUF",), "kn": ("HRK",), "hrk": ("HRK",), "lei": ("RON",), "ron": ("RON",),
    "лв": ("BGN",), "лв.": ("BGN",), "руб": ("RUB", "BYN"), "руб.": ("RUB", "BYN"), "р.": ("RUB", "BYN"),
    "б.р.": ("BYN",), "тг": ("KZT",), "тг.": ("KZT",), "тенге": ("KZT",),
    "грн": ("UAH",), "грн.": ("UAH",), "kr": ("SEK", "NOK", "DKK"),
    "kr.": ("DKK", "SEK", "NOK"), "sek": ("SEK",), "nok": ("NOK",), "dkk": ("DKK",), "rp": ("IDR",), "rm": ("MYR",),
    "rs": ("INR", "PKR"), "rs.": ("INR", "PKR"), "inr": ("INR",), "tl": ("TRY",), "try": ("TRY",), "đ": ("VND",),
    "vnđ": ("VND",), "vnd": ("VND",), "đồng": ("VND",), "jpy": ("JPY",), "cny": ("CNY",), "rmb": ("CNY",),
    "krw": ("KRW",), "thb": ("THB",), "php": ("PHP",), "idr": ("IDR",), "sgd": ("SGD",), "myr": ("MYR",),
    "hkd": ("HKD",), "twd": ("TWD",), "aed": ("AED",), "sar": ("SAR",), "rub": ("RUB",), "byn": ("BYN",),
    "kzt": ("KZT",), "uah": ("UAH",), "mxn": ("MXN",), "clp": ("CLP",), "ars": ("ARS",), "brl": ("BRL",),
    "zar": ("ZAR",), "nzd": ("NZD",), "ر.س": ("SAR",), "د.إ": ("AED",), "r": ("ZAR",),
}  # fmt: skip
_EURO = "at be cy de ee es fi fr gr ie it lt lu lv mt nl pt si sk hr eu"
CURRENCY_OF_COUNTRY: dict[str, str] = {
    **dict.fromkeys(_EURO.split(), "EUR"),
    "vn": "VND", "jp": "JPY", "cn": "CNY", "tw": "TWD", "hk": "HKD", "sg": "SGD", "my": "MYR", "th": "THB",
    "id": "IDR", "ph": "PHP", "kr": "KRW", "in": "INR", "au": "AUD", "nz": "NZD", "us": "USD", "ca": "CAD",
    "mx": "MXN", "br": "BRL", "ar": "ARS", "cl": "CLP", "co": "COP", "uy": "UYU", "uk": "GBP", "gb": "GBP",
    "ch": "CHF", "pl": "PLN", "cz": "CZK", "hu": "HUF", "ro": "RON", "bg": "BGN", "se": "SEK", "no": "NOK",
    "dk": "DKK", "ru": "RUB", "by": "BYN", "kz": "KZT", "ua": "UAH", "tr": "TRY", "il": "ILS", "ae": "AED",
    "sa": "SAR", "za": "ZAR", "eg": "EGP", "pk": "PKR",
}  # fmt: skip
# Country domains that anybody registers; they say nothing about a shop's country.
BORROWED = frozenset({"co", "io", "me", "tv", "ai", "cc"})
_SIGN = "|".join(
    (rf"(?<![^\W\d_]){re.escape(sign)}(?![^\W\d_])" if sign[0].isalpha() and sign.isascii() else re.escape(sign))
    for sign in sorted(SIGNS, key=len, reverse=True)
)
NUMBER = r"\d{1,3}(?:[ \u00a0\u202f\u2009'’.,]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,3})?(?:[.,][-–])?"
PRICED = re.compile(
    rf"(?:(?P<before>{_SIGN})\s*(?P<first>{NUMBER})|(?P<second>{NUMBER})\s*(?P<after>{_SIGN}))", re.IGNORECASE
)
_STATED = re.compile(rb"(?i:currency)(?i:_?code|_?iso)?[\"']?\s{0,3}[:=]\s{0,3}[\"']([A-Z]{3})[\"']")


def stated_currencies(body: bytes) -> tuple[str, ...]:
    """Return the currencies that the page's scripts name, the most frequent first."""
    known = {code for codes in SIGNS.values() for code in codes}
    found = Counter(code.decode() for code in _STATED.findall(body))
    return tuple(code for code, _ in found.most_common() if code in known)


def currency_of(sign: str, url: str, language: str, stated: tuple[str, ...]) -> str | None:
    """Return the currency that a sign means on this page, or None where neither page nor site settles it."""
    meant = SIGNS.get(sign.lower().strip(), ())
    if len(meant) <= 1:
        return meant[0] if meant else None
    by_country = (CURRENCY_OF_COUNTRY.get(country, "") for country in _countries(url, language))
    for code in (*stated, *by_country):
        if code in meant:
            return code
    host = (urlsplit(url).hostname or "").rpartition(".")[2]
    if sign == "£" and host in {"com", "uk"}:
        return "GBP"
    if sign == "$" and host in {"com", "net", "org", "us"} and language.lower()[:2] in {"", "en"}:
        # A shop of no country that writes English: dollars of the United States.
        return "USD"
    return None


def _countries(url: str, language: str) -> list[str]:
    """Return the countries that the site names: by its domain, its language's region, the first part of its path."""
    parts = urlsplit(url)
    domain = (parts.hostname or "").rpartition(".")[2].lower()
    found = [] if domain in BORROWED else [domain]
    region = re.split(r"[-_]", language)
    if len(region) > 1:
        found.append(region[-1].lower())
    found += [part.lower() for part in re.split(r"[/_-]", parts.path)[1:4] if len(part) == 2]
    found += [part.lower() for part in (parts.hostname or "").split(".")[:1] if len(part) == 2]
    if region[0].lower() in {"ja", "vi", "ko", "th"}:
        found.append({"ja": "jp", "vi": "vn", "ko": "kr", "th": "th"}[region[0].lower()])
    return found


def amount_of(text: str, currency: str | None) -> Decimal | None:
    """Return the number that a printed amount stands for, its decimal mark told by its groups; None where none fits."""
    digits = re.sub(r"[ \u00a0\u202f\u2009'’]", "", text).rstrip("-–").rstrip(".,")
    last = max(digits.rfind("."), digits.rfind(","))
    if last >= 0:
        mark, after = digits[last], len(digits) - last - 1
        others = digits[:last]
        is_group = after == 3 and not others.startswith("0")
        if mark in others or (after == 3 and (currency is None or minor_digits(currency) < 3) and is_group):
            # The same mark twice, or three digits behind it: thousands.
            digits = re.sub(r"[.,]", "", digits)
        else:
            digits = re.sub(r"[.,]", "", others) + "." + digits[last + 1 :]
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None
