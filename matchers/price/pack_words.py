"""The words of pack sizes: units, counters, bundles, gifts, kinds, and numbers that are no pack size."""

import re
from collections.abc import Mapping

from records.watchlist import Unit

_UNIT_WORDS: tuple[tuple[Unit, int, str], ...] = (
    ("ml", 1, "ml mililit cc ミリリットル"),
    ("ml", 10, "cl"),
    ("ml", 1000, "l lít lit litre liter リットル"),
    ("g", 1, "g gr gram grams gam グラム"),
    ("g", 100, "lạng"),
    ("g", 1000, "kg kgs kí ký kilo kilogram キロ"),
)
UNITS: Mapping[str, tuple[Unit, int]] = {
    word: (unit, factor) for unit, factor, words in _UNIT_WORDS for word in words.split()
}
_NUMBER = r"\d{1,3}(?:[.,]\d{3})+(?![\d.,])|\d+(?:[.,]\d+)?"
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
AMOUNT = re.compile(rf"(?<![\w.,])(?P<number>{_NUMBER})\s?(?P<unit>{_UNIT})(?![a-wyzà-ỹ]|x(?!\s?\d)|\d)")
# Several numbers before one unit: 5/10/20ml, 200-250 ml.
AMOUNTS = re.compile(
    rf"(?<![\w.,])(?P<first>(?:{_NUMBER})(?:\s?[/,&-]\s?(?:{_NUMBER}))+)"
    r"\s?(?P<unit>ml|gr|gram|g|kg|l|lít|lit)(?![a-zà-ỹ]|\d)"
)

# Packs that hold something, and things that are counted one by one.
CONTAINERS = frozenset({
    "hộp", "chai", "lọ", "tuýp", "tuyp", "tuýt", "tube", "hũ", "hủ", "gói", "túi", "bịch", "lon",
    "thùng", "lốc", "bình", "can", "block", "vỉ", "bao", "cốc", "ly", "tô", "khay", "set", "combo",
    "bộ", "box", "boxes", "bottle", "bottles", "pack", "packs", "bag", "bags", "cans", "sachet",
    "sachets", "袋", "箱", "缶", "パック", "セット",
})  # fmt: skip
PIECES = frozenset({
    "viên", "miếng", "tờ", "que", "chiếc", "cái", "quả", "trái", "cây", "đôi", "cặp", "cuộn", "khăn",
    "kim", "lá", "pods", "pod", "tablets", "tablet", "capsules", "caps", "pcs", "pieces", "piece",
    "sheets", "sheet", "pairs", "rolls", "tab", "count", "ct", "softgels",
    "softgel", "gummies", "wipes", "diapers", "viêm", "ống", "móng", "錠", "粒", "枚", "個", "本", "カプセル",
    "足", "回分",
})  # fmt: skip
BUNDLE = (
    r"combo|com\sbo|set|sét|bộ|lốc|lố|thùng|pack\sof|lot\sof|set\sof|bundle\sof|pack"
    r"|trọn\sbộ|xấp|vĩ|hộp|gói|bịch|túi|vỉ|dây|bó|cặp"
)
_COUNTER = "|".join(sorted({*CONTAINERS, *PIECES}, key=len, reverse=True))
COUNTED = re.compile(
    rf"(?<![\w.,/*-])(?<!số\s)(?<!size\s)(?P<number>\d{{1,4}})\s?(?P<counter>{_COUNTER})(?![a-zà-ỹ])"
    rf"(?:\s?(?:/|trong|mỗi|trên)\s?(?:1\s)?(?:{_COUNTER})(?![a-zà-ỹ]))?"
)
CHOICE_OF_COUNTS = re.compile(
    rf"(?<![\w.,])(?<!size\s)(?<!số\s)\d{{1,4}}\s?(?:{_COUNTER})?(?:\s?(?:[/,|-]|và|hoặc|or)\s?\d{{1,4}}\s?(?:{_COUNTER})?)*"
    rf"\s?(?:[/,|-]|và|hoặc|or)\s?\d{{1,4}}\s?(?P<counter>{_COUNTER})(?![a-zà-ỹ])"
)
BUNDLED = re.compile(
    rf"(?<![\w])(?P<bundle>{BUNDLE})\s?(?:gồm\s|of\s|x\s?|:\s?|\()?(?P<number>0?[1-9]\d{{0,2}})(?![\w.,/%-]*\d)(?!\w)\s?(?P<noun>[^\W\d_]+)?"
)
TIMES = re.compile(
    rf"(?:(?<=[\d(\[])\s?|(?<=\d)\s?(?:ml|g|gr|gram|kg|l|lít)\s?|(?<!\w)(?:{_COUNTER}|combo|bộ|set)\s?|\)\s?)[x×*]\s?(?P<number>\d{{1,3}})"
    rf"(?![\d.,*x×]|\s?(?:cm|mm|m|inch|kg|g|ml|l|gr|w|gb|hz)(?!\w))(?!\w*\d)"
    rf"|\s[x×*]\s?(?P<last>\d{{1,3}})\W*$"
)
BEFORE_TIMES = re.compile(
    rf"(?<![\w.,*x×])(?P<number>\d{{1,3}})\s?(?:{_COUNTER})?\s?[x×*]\s?(?=\d+(?:[.,]\d+)?\s?(?:ml|gr|gram|g|kg|l|{_COUNTER})(?![a-zà-ỹ]))"
)
LEADING = re.compile(r"^\W*(?:\[[^\]]*\]|\([^)]*\)|\{[^}]*\})?\W*(?P<number>0?[1-9]\d{0,2})\s(?P<noun>[^\W\d_]+)")

# Words after a number that say something else than how many are sold.
NOT_COUNTED = frozenset({
    "in", "trong", "lưỡi", "mặt", "lớp", "chiều", "dây", "ngăn", "tầng", "món", "chi", "bước", "tác",
    "công", "màu", "size", "mẫu", "kiểu", "loại", "tháng", "năm", "ngày", "giờ", "phút", "tuổi",
    "người", "đầu", "cổng", "inch", "cạnh", "bánh", "lần", "w", "v", "a", "mah", "gb", "tb", "hz", "cm",
    "mm", "m", "kg", "g", "ml", "l", "gr", "lít", "mg", "mc", "iu", "k", "tr", "triệu", "ngàn", "nghìn",
    "đ", "vnd", "độ", "chế", "cấp", "sao", "chân", "cánh", "tay", "nút", "phím", "kênh", "số", "khoang",
    "vạch", "sợi", "pin", "bóng", "cột", "giai", "đoạn", "trục", "quai", "khóa", "khoá", "khay", "kích",
    "day", "years", "year", "d", "p", "px", "mảnh", "sản", "thành", "tấm", "phần", "thế", "xu", "hình",
    "phiên", "bản",
})  # fmt: skip
PRICE_PER = re.compile(
    rf"\d+(?:[.,]\d+)?\s?(?:k|đ|₫|ngàn|nghìn)\s?/\s?(?:1\s?)?(?P<per>cân|kg|kí|ký|lạng|hạt|{_COUNTER})(?!\w)"
)
DIFFERENT_GOODS = re.compile(
    r"(?<!\w)(?:bộ|set|combo|kit)\s(?:[^\W\d_]+\s){0,3}?(?:bao\s)?gồm(?!\s\d+\s(?:hộp|gói|chai|cái|chiếc))(?!\w)"
    r"|(?<!\w)(?:bộ|set|combo)\s\d+\s(?:mỹ\sphẩm|đồ|dụng\scụ)(?!\w)|"
    r"(?<!\w)(?:bộ|set|combo|kit|hộp)\s(?:[^\W\d_]+\s){0,3}?\d+\s?(?:món|sản\sphẩm|chi\stiết|bước)(?!\w)"
    r"|(?<!\w)(?:bộ|set|kit)\s(?:sản\sphẩm|mỹ\sphẩm|trang\sđiểm|make\s?up|kim\schỉ|đồ\snghề|quà|skincare|dưỡng\sda|dưỡng\stóc|làm\sđẹp"
    r"|chăm\ssóc|tự\slàm|dụng\scụ|làm\sbánh|gội\sxả|kit|nhuộm|uốn|sơn)(?!\w)"
    r"|(?<!\w)combo\s(?:bộ\s)?(?:củ\s)?sạc\s(?:nhanh\s)?(?:và\s|kèm\s)?(?:dây\s)?cáp|\d+\s?chi\stiết(?!\w)|trọn\sbộ\s\d+\s(?:cuốn|tập)|セット内容|福袋"
)
GIFT = re.compile(
    r"(?<!\w)(?:tặng|quà\stặng\skèm|kèm\squà|có\squà|free\sgift|freebie|おまけ付き|buy\s\d\sget\s\d)(?!\w)"
)
NO_GIFT = re.compile(
    r"(?<!kèm\s)quà\stặng(?!\skèm)|làm\squà|(?:sản\sphẩm|hàng|quà)\s(?:tặng\skèm|tặng)(?=\s?[)\]]|\skhông\sbán)|tặng\sbạn|tặng\smẹ|tặng\scho|tặng\sngười|tặng\ssinh"
    r"|tặng\sbé|tặng\s\d+gb|để\stặng|dịp\stặng"
)
BUY_AND_GET = re.compile(
    r"(?:mua\s\d+\stặng\s\d+|\d+\stặng\s\d+|buy\s\d+\sget\s\d+(?:\sfree)?)(?:\s(?:chai|hộp|gói|tuýp|hũ|lọ|túi))?"
)
# 38+6 miếng is 44: more pieces of the same in one pack.
ADDED_PIECES = re.compile(
    r"(?<![\w.,])(?P<first>\d{1,3})\s?\+\s?(?P<second>\d{1,2})(?=\s?(?:miếng|viên|tờ|chiếc|cái|gói|枚|錠|粒))"
)
# 2個セット, 3本セット, 2袋セット are bundles of the pack before them.
BUNDLE_AFTER = re.compile(
    r"(?P<number>[2-9]|[1-9]\d)\s?(?:個|本|袋|箱|缶|点|パック|枚)?\s?(?:セット|まとめ買い|組)(?!内容)"
)
ADDED = re.compile(
    rf"(?P<first>{_NUMBER})\s?(?P<unit>ml|gr|gram|g|kg|l|miếng|viên|tờ|gói)\s?(?:\+|cộng|và)?\s?(?P<word>tặng\s(?:thêm|ngay|kèm)?|tăng\sthêm|thêm)?\s?"
    rf"\+?\s?(?P<second>{_NUMBER})\s?(?P=unit)(?![a-zà-ỹ])\s?(?P<after>(?:\()?(?:tặng|tăng|thêm|free|miễn\sphí))?"
)
# Numbers that look like amounts: what the goods bear, whom they fit, how strong they are, what it would cost.
NO_AMOUNT = re.compile(
    r"\d+(?:[.,]\d+)?\s?(?:-|–|~|đến|tới)\s?(?:dưới\s|gần\s)?\d+(?:[.,]\d+)?\s?(?:kg|kí|ký)(?!\w)"
    r"|(?:từ|đến|tới|dưới|trên|gần|cho\s(?:bé|mèo|chó)|bé|size|tải|chịu|nặng|max|under|hơn|<|>)\s?\d+(?:[.,]\d+)?\s?(?:kg|kí|ký)(?!\w)"
    r"|\d+(?:[.,]\d+)?\s?(?:g|gb)\s?/\s?(?:ngày|tháng)"
    r"|\d+(?:[.,]\d+)?(?:\s?[x×*]\s?\d+(?:[.,]\d+)?){2,}|(?<!\d)\d{2,3}\s?[x×*]\s?\d{2,3}(?:\s?(?:cm|mm|m))?(?!\s?[a-zà-ỹ\d])"
    r"|\d+(?:[.,]\d+)?\s?%|\d+\s?in\s?\d+|\d+\s?trong\s\d+|mua\s\d+\s[^\W\d_]+\sgiảm|spf\s?\d+\+?|pa\s?\+{1,4}|\d+(?:[.,]\d+)?\s?(?:mg|mcg|iu)(?!\w)"
    r"|\d+(?:[.,]\d+)?\s?(?:mg|mcg)\s?/\s?(?:\d+\s?)?(?:ml|g|l)(?!\w)|\d+(?:[.,]\d+)?\s?g\s?/\s?\d*\s?(?:ml|l)(?!\w)"
)
# Words that make the offer another kind of the goods.
REFILL = re.compile(
    r"(?<!\w)(?:refill|túi\s(?:refill|thay\sthế|nạp)|lõi\s(?:thay|refill)|gói\s(?:refill|thay\sthế))(?!\w)|詰め?替え?|つめかえ|リフィル"
)
SAMPLE = re.compile(
    r"(?<!\w)(?:mẫu\sthử|mẫu\sdùng\sthử|mini\s?size|size\smini|travel\ssize|tester|dùng\sthử|gói\sthử|sample|samples|sachet|trial|gói\s[0-5](?:[.,]\d)?\s?ml"
    r"|vial|không\sbán)(?!\w)|お試し|サンプル|テスター|ミニサイズ|試供品"
)
