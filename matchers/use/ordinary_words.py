"""Ordinary words, titles and other companies behind marks that are also words: the neighbouring word decides."""

import re

from matchers.mentions.market_words import MARKET_WORDS
from matchers.mentions.syllables import SYLLABLE

# The longest syllables of Vietnamese (nghiêng) have seven letters; marks are rarely that.
LONGEST_SYLLABLE = 5

# Key: folded letters of the mark. First pattern: what stands right before it; second: right after (accented view).
ORDINARY: dict[str, tuple[str, str]] = {
    "attack": (r"", r"on\stitan|shark|of\sthe"),
    "kate": (
        r"vải|chất|chất\sliệu|quần|áo|sơ\smi|đùi|ngủ|bộ",
        r"spade|moss|middleton|winslet|thun|mềm|sọc|cotton|lụa",
    ),
    "oxy": (
        r"chống|sủi|máy\ssủi|tạo|thở|máy|bình|kèm|khí|nồng\sđộ|hồ|van|đo|spo2|cung\scấp|thiếu|bể|giàu|bọt|nhuộm|đồng\shồ",
        r"hóa|hoá|già|trợ|gas|hòa|cho\scá|âm|máu|tự",
    ),
    "nike": (r"goddess|nữ\sthần|winged", r"goddess|of\s(?:samothrace|victory)|missile"),
    "puma": (r"con|báo", r"cougar|cat|wildlife|animal"),
    "lion": (
        r"red|sea|hình|con|đầu|golden|the|black|white|li|gold|king|mountain",
        r"house|king|heart|head|dance|fish|cub|mane|roar",
    ),
    "champion": (
        r"world|world's|世界|cận\schiến|c1|world|valorant|the|league\sof",
        r"leagues?|valorant|cup|ship|ベルト|dog|trophy",
    ),
    "acnes": (r"anti[\s-]?|ngừa|trị", r""),
    "brother": (r"\d|big|band|little|or|warner|step", r"s\b|and\ssister"),
    "kao": (r"iq|đại|", r"kao"),
    "apple": (
        r"pine|big|adam|green|red|táo|hương|mùi",
        r"cider|pie|green|juice|mint|watermelon|tea|vinegar|crumble|tree",
    ),
    "pigeon": (r"", r"egg|blood|hole"),
    "pilot": (r"auto|áo|kính|phi\scông|drone", r"princess|jacket"),
    "onepiece": (
        r"waist|swim\w*|花柄|柄|レース|ロング|ミニ|シャツ|ニット|キャミ|マタニティ|デニム|フリル|リネン|綿",
        r"swimsuit|swimwear|bikini|bodysuit|dress|花柄|ミニ|レース|レディース|ドレス|水着|膝丈|長袖|半袖|ロング|ミモレ|マタニティ|パジャマ|jumpsuit",
    ),
    "supreme": (
        r"omega|low|reign",
        r"monogram|commander|court|canvas|quality|comfort|cotton|taste|pizza",
    ),
    "offwhite": (r"màu|color|colour|in", r"color|colour|cream"),
    "tiffany": (r"xanh|màu|màu\sxanh", r"blue\s(?:dress|paint|box)|lamp"),
    "tiger": (r"onitsuka|white|bengal|hình|con|year\sof\sthe", r"balm|eye|head|print|king|shrimp|woods"),
    "balance": (r"", r"bike"),
    "newbalance": (r"a|the", r"board|sheet|level|of|between|beam|bike"),
    "sharp": (
        r"hyper|super|dao|f|c|very|razor",
        r"(?:kitchen\s|chef\s|paring\s)?knife|liner|knives|edge|needle|scissors|tool",
    ),
    "jordan": (r"michael|", r"judy|almonds?|river|peterson|belfort"),
    "citizen": (r"senior|kane|us|first", r"ship|kane|science"),
    "canon": (r"dây|jack|đầu|giắc|bang", r"event|law"),
    "converse": (r"", r"with|tiếng\sanh"),
    "meiji": (r"thời|era|", r"era|university|jingu|時代|大学|神宮|維新|通り"),
    "hermes": (r"god|thần|vị\sthần", r"trismegistus"),
    "kirin": (r"chip|hisilicon|cpu", r"\d{3}|beast|lân"),
    "omega": (r"mega|dầu\scá|", r"[\s-]?[369](?:[\s-]?[369])*|balm|speed(?!master)"),
    "seiko": (r"matsuda|松田", r"matsuda"),
    "celine": (r"", r"dion"),
    "vans": (r"mini|", r"gogh|life"),
    "tsubaki": (r"hoa|", r"oil"),
    "levis": (r"eren|mikasa", r"ackerman|mikasa|strauss\smuseum"),
    "moony": (r"harry|", r"moon"),
}
# Names of marks in kana or kanji that are words there as well.
_FOREIGN = """
アップル 苹果 ライオン タイガー パイロット チャンピオン ワンピース オメガ ブラザー シャープ アタック ツバキ ピジョン
キリン 麒麟 明治 スズキ ケイト ホンダ ムーニー 小米 大金 バンズ ジョーダン プーマ コーチ パナマ オレンジ ターゲット
ギャップ ドーブ ダヴ フォーカス エース プラス ゼブラ サクラ さくら ヤマト ミドリ アサヒ ロッテ モンブラン リンク
乔丹 匡威
"""
FOREIGN_WORDS: frozenset[str] = frozenset(_FOREIGN.split())

_COMPILED: dict[str, tuple[re.Pattern[str] | None, re.Pattern[str] | None]] = {
    key: (
        re.compile(rf"(?<!\w)(?:{before.rstrip('|')})\W{{0,2}}$") if before.rstrip("|") else None,
        re.compile(rf"^\W{{0,2}}(?:{after})") if after else None,
    )
    for key, (before, after) in ORDINARY.items()
}


def is_common_word(letters: str) -> bool:
    """Say whether the letters are an English market word or a Vietnamese syllable: a mark of them needs support."""
    return letters in MARKET_WORDS or (len(letters) <= LONGEST_SYLLABLE and bool(SYLLABLE.match(letters)))


def is_ordinary(letters: str, before: str, after: str) -> bool:
    """Say whether the neighbouring words show that the letters mean something else than the mark."""
    patterns = _COMPILED.get(letters)
    if patterns is None:
        return False
    first, second = patterns
    return bool((first and first.search(before)) or (second and second.search(after)))
