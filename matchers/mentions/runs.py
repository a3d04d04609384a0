"""Kana, kanji and other scripts: forms found inside runs without spaces."""

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from matchers.mentions.form_table import FormTable
from matchers.mentions.forms import Form
from matchers.mentions.mention import Change
from matchers.mentions.place import MOST_TRIED, Place
from matchers.text.fold import View

SKIPPED = re.compile(r"[\s・･=＝·\-‐._*]")
# A hyphen or dash between katakana is the sign of a long vowel.
HYPHEN_AS_LONG = re.compile(r"(?<=[ァ-ヺ])[-‐‑–—―−](?=[ァ-ヺ])")
KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc-\u30ff]")
KANJI = re.compile(r"[\u3400-\u9fff々]")
HIRAGANA = re.compile(r"[\u3041-\u309f]")
OTHER_LETTER = re.compile(r"[^\W\d_a-z]")

# A katakana form this long is a name wherever it stands, unless the mark is also a word (シャープペンシル is a pencil);
# others must not run on in katakana, except into a word for goods.
LONG_KATAKANA = 4
SHORT_KATAKANA = 3
# Kanji that look like a kana, and small kana printed large; both sides of a comparison are read so.
_KANJI_AS_KANA = dict(zip("二口力夕卜工八千一才厶乂儿", "ニロカタトエハチーオムメル", strict=True))
_SMALL_AS_LARGE = dict(zip("ァィゥェォッャュョヮ", "アイウエオツヤユヨワ", strict=True))
# Kanji and other signs printed for one that looks or sounds the same in names of marks.
_KANJI_ALIKE = dict(zip("道冶曰土柴剋氪柯姿ㄦ", "堂治日士芝克克克資ル", strict=True))
KANA_SKELETON = str.maketrans({**_KANJI_AS_KANA, **_SMALL_AS_LARGE, **_KANJI_ALIKE})
LOOK_ALIKE_KANJI = frozenset(_KANJI_AS_KANA) | frozenset(_KANJI_ALIKE)
# Printed after the last sign of a name these only draw it out (グッチィ).
DRAWN_OUT = frozenset("ァィゥェォー")
# Katakana looked back at before a form.
LONGEST_RUN = 30
_GOODS_AFTER = (
    "バッグ バック ネックレス リング ピアス イヤリング ブレスレット スニーカー "
    "シューズ ケース カバー グッズ タイプ コピー スーパーコピー レプリカ スタイル "
    "ロゴ マーク モデル ウォッチ カメラ レンズ テレビ エアコン バッテリー フィルター "
    "インク トナー カード ゲーム シャツ パーカー キャップ ベルト サングラス マスク "
    "クリーム ローション セット シリーズ ブランド ショップ ストア リモコン スーツ "
    "ジャケット コート パンツ ソックス タオル ポーチ トート リュック スカーフ "
    "ハンカチ"
)
GOODS_AFTER = tuple(_GOODS_AFTER.split())
# Between kanji a form of two signs is a name after these words, or before these goods.
CUES_BEFORE = ("适用", "适用于", "用于", "兼容", "适配", "正品", "手机", "新款", "专柜", "代购", "二手", "同款")
CHINESE_GOODS = (
    "手机", "数据线", "充电", "耳机", "手表", "相机", "电视", "空调", "镜头", "笔记本", "电脑", "平板", "运动",
    "男鞋", "女鞋", "板鞋", "跑鞋", "鞋", "外套", "卫衣", "短袖", "包", "香水", "口红", "墨镜", "眼镜", "戒指",
    "项链", "官方", "正品",
)  # fmt: skip
GOODS_BEFORE = ("メンズ", "レディース", "スーパー", "コピー", "ブランド", "ニュー", "ミニ")


class RunIndex:
    """Finds the forms of other scripts inside runs of text without spaces."""

    def __init__(self, forms: FormTable) -> None:
        self._forms = forms
        self._by_letters: dict[str, list[int]] = {}
        lengths: dict[str, set[int]] = {}
        for number in np.flatnonzero(~forms.is_latin).tolist():
            letters = forms.letters[number].translate(KANA_SKELETON)
            self._by_letters.setdefault(letters, []).append(number)
            lengths.setdefault(letters[:2], set()).add(len(letters))
        self._lengths = {start: tuple(sorted(found)) for start, found in lengths.items()}

    def find(self, view: View) -> Iterator[Place]:
        """Yield the places where a form stands; a sign or space inside that the form does not have is told."""
        if not self._lengths or not OTHER_LETTER.search(view.text):
            return
        read = HYPHEN_AS_LONG.sub("ー", view.text)
        places = [place for place, char in enumerate(read) if not SKIPPED.match(char)]
        letters = "".join(read[place] for place in places)
        text = letters.translate(KANA_SKELETON)
        tried: Counter[int] = Counter()
        for at in range(len(text) - 1):
            for length in self._lengths.get(text[at : at + 2], ()):
                # At the end of the text a shorter form would be taken for one of this length.
                if at + length > len(text):
                    continue
                for number in self._by_letters.get(text[at : at + length], ()):
                    tried[number] += 1
                    if tried[number] > MOST_TRIED:
                        continue
                    form = self._forms.form(number)
                    stop = at + length
                    look_alike = letters[at:stop] != form.letters
                    if look_alike and not _may_look_alike(form, read, places[at:stop]):
                        continue
                    start, end = places[at], places[stop - 1] + 1
                    doubled = _doubled_end(form, read, end)
                    if doubled:
                        yield Place(form, *view.original(start, end + 1), "doubled")
                    elif _stands_alone(form, read, start, end):
                        gaps = [view.text[places[n] + 1 : places[n + 1]] for n in range(at, stop - 1)]
                        is_split = any(gap and n + 1 not in form.breaks for n, gap in enumerate(gaps))
                        change = _change_of(form, letters[at:stop], is_split=is_split)
                        yield Place(form, *view.original(start, end), change)


def _doubled_end(form: Form, text: str, end: int) -> bool:
    """Say whether the last sign of a katakana form is printed twice or drawn out before the word ends."""
    after, then = text[end : end + 1], text[end + 1 : end + 2]
    if not after or KATAKANA.match(then) or not KATAKANA.match(form.letters[-1]):
        return False
    if after in DRAWN_OUT:
        return form.is_known and not form.mark.ambiguous and len(form.letters) >= SHORT_KATAKANA
    return after == form.letters[-1] and len(form.letters) >= LONG_KATAKANA


def _may_look_alike(form: Form, text: str, places: list[int]) -> bool:
    """Say whether other signs may stand for those of a form: in a short one of katakana, only one between katakana."""
    if not KATAKANA.match(form.letters):
        odd_kanji = [place for at, place in enumerate(places) if text[place] != form.letters[at]]
        return form.is_known and len(odd_kanji) == 1
    if len(places) >= LONG_KATAKANA:
        return True
    odd = [at for at, place in enumerate(places) if text[place] != form.letters[at]]
    beside = text[places[0] - 1 : places[0]] if places[0] else "", text[places[-1] + 1 : places[-1] + 2]
    is_whole = not any(map(KANJI.match, beside))
    return len(places) == SHORT_KATAKANA and form.is_known and len(odd) == 1 and odd[0] > 0 and is_whole


def _change_of(form: Form, letters: str, *, is_split: bool) -> Change:
    """Return what was done to the spelling: a kanji in the place of a kana hides it, a large kana is a slip."""
    if letters != form.letters:
        return "look_alike" if set(letters) & LOOK_ALIKE_KANJI else "replaced"
    if is_split:
        return "signs"
    return form.change


def _stands_alone(form: Form, text: str, start: int, end: int) -> bool:
    """Say whether the neighbours let the form be read as a name of its own."""
    letters = form.letters
    is_long = len(letters) >= LONG_KATAKANA and not form.mark.ambiguous and not form.is_by_sound
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    if KATAKANA.match(letters[0]) and KATAKANA.match(before):
        run = re.search(r"[\u30a1-\u30fa\u30fc-\u30ff]+$", text[max(0, start - LONGEST_RUN) : start])
        if not (run and run[0].endswith(GOODS_BEFORE)) and not is_long:
            return False
    if KATAKANA.match(letters[-1]) and KATAKANA.match(after) and not is_long:
        return text.startswith(GOODS_AFTER, end)
    if letters[-1].isascii():
        return not (after.isascii() and after.isalpha())
    if len(letters) == 2 and KANJI.match(letters[0]) and KANJI.match(before):
        return text.endswith(CUES_BEFORE, 0, start) or text.startswith(CHINESE_GOODS, end)
    return True
