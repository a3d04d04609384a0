"""The words and signs of printed prices: currencies, number words, labels, and what is no price."""

import re
from collections.abc import Mapping
from decimal import Decimal

# Signs and codes to currencies. The first that matches wins; a bare dollar or yen sign is the market's own.
SIGNS: tuple[tuple[str, str], ...] = (
    (r"hk\s?\$", "HKD"),
    (r"nt\s?\$", "TWD"),
    (r"us\s?\$", "USD"),
    (r"au?\s?\$", "AUD"),
    (r"ca?\s?\$", "CAD"),
    (r"nz\s?\$", "NZD"),
    (r"mx\s?\$", "MXN"),
    (r"r\$", "BRL"),
    (r"s\s?\$", "SGD"),
    (r"₫|vnđ|đồng|(?<![a-zà-ỹ])[đd](?![a-zà-ỹ])", "VND"),
    (r"円|jp\s?¥", "JPY"),
    (r"元|rmb", "CNY"),
    (r"€|euros?", "EUR"),
    (r"£", "GBP"),
    (r"₹|rs\.?(?![a-z])", "INR"),
    (r"฿|บาท", "THB"),
    (r"₱|php", "PHP"),
    (r"₩|원", "KRW"),
    (r"rp\.?(?![a-z])", "IDR"),
    (r"rm(?![a-z])", "MYR"),
    (r"₽|руб\.?", "RUB"),
    (r"zł", "PLN"),
    (r"₺", "TRY"),
    (r"dollars?", "USD"),
)
CODES = (
    "VND", "JPY", "USD", "EUR", "GBP", "INR", "THB", "PHP", "KRW", "IDR", "MYR", "CNY", "MXN", "SGD", "TWD",
    "HKD", "AUD", "CAD", "NZD", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "BRL", "KWD", "AED", "SAR",
)  # fmt: skip
# Currencies that print a bare $; elsewhere it is the US dollar.
DOLLARS = frozenset({"USD", "TWD", "HKD", "SGD", "MXN", "AUD", "CAD", "NZD", "CLP", "COP", "ARS"})

SIGN = "|".join([*(pattern for pattern, _ in SIGNS), *(f"{code.lower()}(?![a-z])" for code in CODES), r"\$", "¥"])
# Currency words that stand inside number words: without a sign, 1tr2 and 150 nghìn are dong.
WORD_CURRENCY: Mapping[str, str] = {
    "triệu": "VND", "tr": "VND", "củ": "VND", "nghìn": "VND", "ngàn": "VND", "tỷ": "VND", "tỉ": "VND",
    "jt": "IDR", "juta": "IDR", "rb": "IDR", "ribu": "IDR", "만": "KRW", "천": "KRW", "lakh": "INR", "crore": "INR",
}  # fmt: skip
# Number words that multiply.
MULTIPLIERS: Mapping[str, int] = {
    "k": 1_000, "nghìn": 1_000, "ngàn": 1_000, "千": 1_000, "천": 1_000, "rb": 1_000, "ribu": 1_000,
    "万": 10_000, "만": 10_000, "lakh": 100_000, "crore": 10_000_000, "億": 100_000_000,
    "triệu": 1_000_000, "tr": 1_000_000, "củ": 1_000_000, "jt": 1_000_000, "juta": 1_000_000,
    "m": 1_000_000, "million": 1_000_000, "tỷ": 1_000_000_000, "tỉ": 1_000_000_000,
}  # fmt: skip
# After these the rest is counted in ones (12万8000), after the others in tenths of the word (1tr2, 3 triệu 500).
ONES_AFTER = frozenset({"万", "만", "億", "千", "천"})
HALF = "rưỡi"

# What stands before an amount and says that it is what the buyer pays, or that it is something else.
SELLING = re.compile(
    r"giá\s(?:bán|km|khuyến\smãi|khuyến\smại|sale|mới|chỉ|hiện\stại|ưu\sđãi)|(?:chỉ\s)?còn(?![a-zà-ỹ])|\bnow\b"
    r"|sale\sprice|our\sprice|特価|販売価格|セール|税込|→|->|⇒"
)
OTHER = re.compile(
    r"giá\s(?:gốc|cũ|niêm\syết|thị\strường|bìa|trước)|giảm|tiết\skiệm|\bwas\b|\bsave\b|m\.?r\.?p\.?|list\sprice|\brrp\b"
    r"|定価|通常価格|参考価格|希望小売価格|メーカー価格|送料|phí|\bship(?:ping)?\b|\bdelivery\b|税抜|税別|本体|cọc|voucher|クーポン"
)
# What stands after an amount and says that it is no price at all.
OFF = re.compile(r"\s?(?:off\b|引き|オフ|割引)")
UNIT_AFTER = re.compile(
    r"\s?(?:ml|cl|l|lít|g|gr|gram|kg|mg|cm|mm|m|inch|w|v|mah|gb|tb|hộp|chai|lọ|tuýp|gói|túi|bịch|cái|chiếc|bộ|viên"
    r"|miếng|tờ|cuộn|lon|hũ|thùng|lốc|combo|tháng|ngày|năm|tuổi|pcs|packs?|pieces?|bottles?|months?|個|本|枚|袋|箱|缶|点"
    r"|セット|パック|ヶ月|か月|回)(?![a-zà-ỹ])"
)
RANGE = re.compile(r"^\s?(?:[-–—~〜]|to|đến|tới|から)\s?(?:from\s?)?$")
PERCENT = re.compile(r"[-–+]?\s?\d+(?:[.,]\d+)?\s?%(?:\soff)?")
PER_UNIT = re.compile(r"/\s?(?:\d+(?:[.,]\d+)?\s?)?[^\W\d_]+")
BRACKETS = re.compile(r"[(\[【][^)\]】]*[)\]】]")
UNKNOWN_WORDS = re.compile(
    r"miễn\sphí|liên\shệ|inbox|hết\shàng|thỏa\sthuận|thoả\sthuận|thương\slượng|オープン価格|お問い?合わせ|無料|時価|売り切れ|完売"
    r"|sold\sout|out\sof\sstock|contact|call|\bfree\b|gratis"
)

# Amounts that shops type in place of a price: up to the first, or made of one digit or counting up.
LOWEST_REAL: Mapping[str, Decimal] = {"VND": Decimal(1_000), "JPY": Decimal(1), "KRW": Decimal(10)}
PLACEHOLDERS = re.compile(r"^(?:9{7,}|1{7,}|0?123456789?0?|12345678|1234567)$")
# More digits than any price has.
MOST_DIGITS = 13
