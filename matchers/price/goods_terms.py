"""Names of goods that mean the same in English, Vietnamese and Japanese, so that a price list meets a local title."""

import re
from collections.abc import Iterator
from functools import lru_cache

from matchers.price.pack_words import AMOUNT, COUNTED
from matchers.text.fold import View, fold_accented, fold_plain

# One kind of goods a line: its names in a title, folded in case and width, accents kept. Longer names go first.
_TERMS = """
sunscreen|sun screen|sunblock|suncream|sun cream|sun serum|kem chống nắng|chống nắng|日焼け止め|サンスクリーン
sunscreen|sữa chống nắng|gel chống nắng|tinh chất chống nắng|xịt chống nắng
milk lotion|sữa dưỡng|乳液
milk|sữa|ミルク
toner|nước hoa hồng|nước cân bằng
lotion|nước dưỡng|化粧水|ローション
serum|essence|tinh chất|huyết thanh|美容液|セラム|エッセンス
foam cleanser|face wash|facial wash|cleansing foam|facial foam|cleanser|cleansing gel
foam cleanser|foaming gel|sữa rửa mặt|gel rửa mặt|kem rửa mặt|bọt rửa mặt|rửa mặt|洗顔料|洗顔
cleansing oil|dầu tẩy trang|クレンジングオイル
cleansing water|micellar water|nước tẩy trang|クレンジングウォーター
makeup remover|tẩy trang|クレンジング
sheet mask|face mask|facial mask|mặt nạ giấy|mặt nạ dưỡng|mặt nạ|シートマスク|フェイスマスク
cream|kem dưỡng|kem|クリーム
gel|ジェル
lip balm|lip care|son dưỡng môi|son dưỡng|リップクリーム|リップバーム
lipstick|rouge|son thỏi|son môi|son|口紅|リップ
foundation|kem nền|phấn nền|ファンデーション
cushion|phấn nước|クッション
powder|phấn phủ|phấn|パウダー
mascara|マスカラ
eyeliner|kẻ mắt|アイライナー
shampoo|dầu gội|シャンプー
conditioner|dầu xả|コンディショナー|リンス
treatment|hair mask|kem ủ tóc|ủ tóc|トリートメント
hair oil|dầu dưỡng tóc|ヘアオイル
body wash|shower gel|sữa tắm|ボディソープ
body lotion|sữa dưỡng thể|dưỡng thể|ボディローション
soap|xà phòng|xà bông|石鹸|石けん
toothpaste|kem đánh răng|歯磨き粉|ハミガキ
toothbrush|bàn chải đánh răng|bàn chải|歯ブラシ
perfume|fragrance|eau de parfum|eau de toilette|nước hoa|香水
deodorant|lăn khử mùi|khử mùi|デオドラント
detergent|laundry liquid|nước giặt|bột giặt|洗剤
softener|fabric softener|nước xả vải|nước xả|柔軟剤
diapers|diaper|nappies|tã quần|tã dán|tã|bỉm|おむつ|オムツ
sanitary pads|sanitary napkins|pads|băng vệ sinh|ナプキン
wet wipes|wipes|khăn ướt|khăn giấy ướt
tissue|khăn giấy|ティッシュ
vitamin|vitamins|ビタミン
tablets|capsules|viên uống|viên nén|viên nang
collagen|コラーゲン
coffee|cà phê|コーヒー
tea|trà|chè|お茶
candy|kẹo|キャンディ
biscuit|biscuits|cookies|bánh quy|ビスケット
noodles|mì|麺
chocolate|sô cô la|socola|チョコレート
formula|milk powder|sữa bột|粉ミルク
watch|đồng hồ|腕時計
headphones|headphone|headset|earphones|earphone|earbuds|tai nghe|ヘッドホン|イヤホン
speaker|speakers|loa|スピーカー
camera|máy ảnh|カメラ
lens|ống kính|レンズ
printer|máy in|プリンター
ink|mực in|mực|インク
charger|củ sạc|bộ sạc|sạc|充電器
cable|dây cáp|cáp|ケーブル
power bank|sạc dự phòng|pin dự phòng|モバイルバッテリー
battery|batteries|pin|電池|バッテリー
keyboard|bàn phím|キーボード
mouse|chuột|マウス
memory card|thẻ nhớ
router|bộ phát wifi|ルーター
phone|smartphone|điện thoại|スマートフォン
laptop|notebook|máy tính xách tay|ノートパソコン
tablet|máy tính bảng|タブレット
television|tv|tivi|テレビ
refrigerator|fridge|tủ lạnh|冷蔵庫
washing machine|washer|máy giặt|洗濯機
air conditioner|máy lạnh|điều hòa|điều hoà|エアコン
vacuum cleaner|vacuum|máy hút bụi|掃除機
rice cooker|nồi cơm điện|nồi cơm|炊飯器
air fryer|nồi chiên không dầu|nồi chiên
blender|máy xay sinh tố|máy xay|ミキサー
kettle|ấm siêu tốc|ấm đun|ケトル
fan|quạt|扇風機
hair dryer|hairdryer|máy sấy tóc|máy sấy|ドライヤー
iron|bàn ủi|bàn là|アイロン
shaver|razor|máy cạo râu|dao cạo|シェーバー
water filter|filter|lõi lọc|bộ lọc|フィルター
drill|máy khoan
shoes|shoe|sneakers|sneaker|giày|giầy|靴|スニーカー|シューズ
sandals|sandal|dép|サンダル
t-shirt|tshirt|tee|áo thun|áo phông|tシャツ
shirt|áo sơ mi|シャツ
polo|áo polo|ポロシャツ
jacket|áo khoác|ジャケット
hoodie|áo hoodie|パーカー
pants|trousers|quần dài|quần|パンツ
shorts|quần short|quần đùi|ショートパンツ
jeans|quần jean|ジーンズ
socks|tất|vớ|靴下
bra|áo ngực|áo lót|ブラジャー
underwear|briefs|boxers|quần lót
dress|đầm|váy|ワンピース
hat|cap|nón|mũ|帽子|キャップ
bag|handbag|túi xách|バッグ
backpack|ba lô|balo|リュック
wallet|ví|bóp|財布
belt|thắt lưng|dây nịt|ベルト
goggles|kính bơi|ゴーグル
sunglasses|kính mát|kính râm|サングラス
umbrella|ô dù|dù|傘
bottle|bình nước|bình giữ nhiệt|ボトル|水筒
tumbler|ly giữ nhiệt|タンブラー
lunch box|hộp cơm|弁当箱
pan|frying pan|chảo|フライパン
pot|nồi|鍋
knife|dao|包丁|ナイフ
cutting board|chopping board|thớt|まな板
towel|khăn tắm|khăn|タオル
pillow|gối|枕
blanket|chăn|mền|毛布
mattress|nệm|đệm|マットレス
lamp|light|đèn|ライト|ランプ
pen|bút bi|bút|ペン
pencil|bút chì|鉛筆
notebook paper|vở|ノート
toy|đồ chơi|おもちゃ
stroller|xe đẩy|ベビーカー
bath salt|muối tắm|入浴剤
"""
# What a word for goods becomes begins with this.
GOODS = "goods"
# Name in any language -> the word it becomes.
MEANINGS: dict[str, str] = {}
for _line in _TERMS.strip().splitlines():
    _names = _line.split("|")
    for _name in _names:
        MEANINGS.setdefault(_name, f"{GOODS}{_names[0].replace(' ', '').replace('-', '')}")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_LATIN = sorted((name for name in MEANINGS if not UNSPACED.search(name)), key=lambda name: (-len(name), name))
_OTHER = sorted((name for name in MEANINGS if UNSPACED.search(name)), key=lambda name: (-len(name), name))
TERM = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, _LATIN))})(?!\w)|{'|'.join(map(re.escape, _OTHER))}")
_SPACED = frozenset(_LATIN)
_TOKEN = re.compile(r"[^\W_]+")
# The first word of a name -> the words of the longest name that begins so.
_LONGEST: dict[str, int] = {}
for _name in _LATIN:
    _parts = _TOKEN.findall(_name)
    _LONGEST[_parts[0]] = max(len(_parts), _LONGEST.get(_parts[0], 0))
MULTIPLE = re.compile(r"(?<!\w)[x×*]\s?\d{1,3}(?!\w)")
# Runs of Latin letters and digits, and of other scripts, are words of their own: パーフェクトUV.
WORD = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")


def terms_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the names of goods in a folded text: where each begins and ends, and what it becomes; the longest first.

    Words are looked up, since a pattern of all names is tried name by name at every letter.
    """
    if UNSPACED.search(text):
        yield from ((found.start(), found.end(), MEANINGS[found.group()]) for found in TERM.finditer(text))
        return
    words = [found.span() for found in _TOKEN.finditer(text)]
    place = 0
    while place < len(words):
        start, end = words[place]
        for length in range(min(_LONGEST.get(text[start:end], 0), len(words) - place), 0, -1):
            end = words[place + length - 1][1]
            if text[start:end] in _SPACED:
                yield start, end, MEANINGS[text[start:end]]
                place += length - 1
                break
        place += 1


@lru_cache(maxsize=512)
def named_words(text: str) -> tuple[tuple[str, int, int], ...]:
    """Return the words of a product name or title without its pack size: each word folded, with its printed place.

    A name of goods is one word, the same in every language (kem chống nắng is sunscreen).
    """
    view = fold_accented(text)
    # The pack is blanked, not cut, so that every place stays where it was.
    folded = view.text
    for statement in (AMOUNT, COUNTED, MULTIPLE):
        folded = statement.sub(lambda found: " " * len(found.group()), folded)
    words: list[tuple[str, int, int]] = []
    end = 0
    for start, after, meaning in terms_in(folded):
        words += _plain_words(view, folded, end, start)
        words.append((meaning, *view.original(start, after)))
        end = after
    return (*words, *_plain_words(view, folded, end, len(folded)))


def _plain_words(view: View, folded: str, start: int, end: int) -> list[tuple[str, int, int]]:
    part = fold_plain(folded[start:end])
    found: list[tuple[str, int, int]] = []
    for word in WORD.finditer(part.text):
        inner = part.original(word.start(), word.end())
        found.append((word.group(), *view.original(start + inner[0], start + inner[1])))
    return found
