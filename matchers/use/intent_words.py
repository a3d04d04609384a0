"""Words that admit an imitation or claim genuine goods, and the words that turn their meaning round."""

import re

from matchers.text.phrases import Phrases

# By the accented view: "giá" is a price, "giả" alone is a material (da giả, tóc giả), so only whole phrases count.
_IMITATION = (
    r"hàng\sgiả|đồ\sgiả|giả\smạo|hàng\snhái|đồ\snhái|nhái|hàng\sphếch|hàng\sdỏm|hàng\srởm|hàng\slởm"
    r"|(?:super|siêu)\s?f[\W_]?[a4@][\W_]?k[\W_]?[e3]|[s5]uperf[a4@]ke|f[\W_]?[a4@][\W_]?k[\W_]?[e3](?:\s?(?:f?[12]|loại\s1))?"
    r"|r[e3]p[l1i!|][i1!]c[a4@]s?|replika|réplique|imitazione|rep\s?(?:1[:\s]?1|11|auth|siêu\scấp|cao\scấp|f1|s\.?cấp)|r1:1|(?:hàng|bản|giày|túi|dép|đồng\shồ)\srep"
    r"|like\sau(?:th)?(?:entic)?|siêu\scấp|s[.\s]?cấp|(?:hàng|bản|loại)\s(?:chuẩn\s)?(?:sf|f1)(?!\s(?:express|racing|shop))|(?:bản|chuẩn)\s(?:chuẩn\s|đẹp\s|cao\scấp\s)?trung(?!\s(?:tâm|cấp|bình|thu|quốc\stế))"
    r"|hang\snhai|sieu\scap"
    r"|counterfeit|knock[\s-]?offs?|bootlegs?|imitation|pirated|dupes?|inspired\sby|mirror\s(?:quality|batch)|(?:1st|first|super|master|high[\s-]quality)\scopy"
    r"|super\s?clone|best\sbatch|(?:ua|unauthorized\sauthentic)\s(?:batch|quality)|aaa+\s?(?:grade|quality|replica|copy)|not\s(?:orig(?:inal)?|authentic|genuine)|isn't\sauthentic|off-market"
    r"|スーパーコピー|コピー品|コピー商品|ブランドコピー|コピーブランド|フェイク品|フェイク(?!ファー|レザー|スエード|ムートン|グリーン)|偽物|ニセモノ|偽ブランド|模倣品|模造品|レプリカ|ブート品|海賊版"
    r"|類似品|非正規|n級品?|高仿|精仿|复刻|a货|仿品|高版本"
)
IMITATION = Phrases({"imitation": _IMITATION})
# Beside these words nhái is a frog, the bait.
FISHING = re.compile(r"(?<!\w)(?:câu|mồi|lure|cá\slóc|nhái\shơi|ếch)(?!\w)")
# One to one and SF (super fake) are grades of copies on goods that are often faked; elsewhere a scale or a carrier.
ONE_TO_ONE = re.compile(
    r"(?<![\w:.,/])1\s?:\s?1(?![\w:])|(?<!\w)sf(?![\w-])(?!\s(?:express|jack))"
    r"|(?<!\w)(?:bản|chuẩn|rep|loại|hàng)\s1\s?[-/]\s?1(?![\w/-])"
)
SCALE = re.compile(r"tỉ\slệ|tỷ\slệ|scale|mô\shình|pha|ratio|figure|đồ\schơi|diecast|nước|prefect")
# Guangzhou goods: a grade on clothes, shoes and bags; QC 3.0 is quick charging.
GUANGZHOU = re.compile(r"(?<!\w)(?:quảng\schâu|qccc|qc(?!\s?\d|\w)(?:\s?cc)?|hàng\sqc)(?!\w)")
# The mark's name put on goods of no name.
PRINTED_ON = re.compile(
    r"(?<!\w)(?:in|thêu|khắc|dập|dệt|đính|gắn)(?:\s\w+){0,3}?\s(?:logo|chữ|hình|họa\stiết|hoạ\stiết)(?:\s\w+){0,2}[\s,]*$"
    r"|(?<!\w)logo(?:[\s:,]+\w+){0,2}[\s,:]*$|(?<!\w)(?:thêu\schữ|họa\stiết\schữ)(?:[\s:]\w+){0,2}[\s:]*$"
)
# Japanese hedges count only directly after a mark: 春風 and Aタイプ are words.
HEDGE_AFTER = re.compile(
    r"^\s?(?:風(?!味|呂|邪|景|車|船|鈴|水)|ふう|タイプ(?!\s?[a-z0-9])|調(?!味|理|整|節|査)|もどき|[\s-]?inspired(?!\w)|\sdupe(?!\w)|コピー(?!ライト|機|用紙)|仕様風|系コピー)"
)

# Printed before the word, these deny it or promise against it. Words that are also parts of goods' names (chống nắng,
# không dây, phòng ngủ) deny only what they stand right before, or with a verb that sells.
DENIED_BEFORE = re.compile(
    r"(?<!\w)(?:không\sbao\sgiờ|cam\skết|phân\sbiệt|phát\shiện|nếu|tránh|anti|never|against|avoid|beware|khác\sxa|đâu\sphải|tẩy\schay|mua\sphải|đền|bồi\sthường|cảnh\sgiác|say\sno|detect|report|vs"
    r"|(?:không|ko|k|chẳng|chưa|nói\skhông|not|no)\s(?:phải|bán|có|là|hề|nhận|làm|kinh\sdoanh|chơi|dùng|nhập|với|sell|selling|a|an|any))(?!\w)[^.!?;|】]{0,45}$"
    r"|(?<!\w)(?:không|ko|k|chẳng|chưa|nói\skhông|chống|(?:đề\s)?phòng|not|no|non|without)(?:\s(?:hàng|đồ|chống|an|a|any|the))*[\s:-]$"
    r"|(?:アンチ|対策|防止)[^。]{0,6}$"
)
DENIED_AFTER = re.compile(
    r"^[^.!?;|。]{0,30}?(?:hoàn\stiền|hoàn\s\d|đền|bồi\sthường|ではありません|ではない|ではございません|じゃない|は一切|取り扱(?:って|い)(?:い|ま|お)|にご注意|防止|対策|gấp\s\d|(?<!\w)x\s?\d+|free\sguarantee|refund)"
)
# Said of a material or a paper, not of goods under a mark.
MATERIAL_AFTER = re.compile(
    r"^[\s-]?(?:fur|leather|suede|wood|pearls?|hair|lash(?:es)?|eyelashes|nails?|flowers?|plants?|tattoos?|silk|stone|diamond|jewell?ery|marble|snow|grass|tan|blood|money|jersey|kit|shirt|da|lông|hoa|mi|móng|of\sthe|ファー|レザー)"
)
MATERIAL_BEFORE = re.compile(r"(?:(?<!\w)(?:faux|giày\sda)|(?<!\w)(?:da|tóc|mi|hoa|móng|lông|răng|cây|mưa))\s$")

_GENUINE = (
    r"chính\shãng|hàng\shãng|auth(?:entic)?|hàng\sau|chuẩn\sau|chuẩn\sauth|real|genuine|original|legit|nội\sđịa|xách\stay"
    r"|full\sbill|bill\s(?:us|anh|pháp)|hàng\schuẩn|bảo\shành\shãng|hàng\scông\sty|tem\s(?:phụ|chống(?:\shàng)?\sgiả)"
    r"|chinh\shang|正規品|国内正規|純正|メーカー保証|本物|鑑定済|正品|官方"
)
GENUINE = Phrases({"genuine": _GENUINE})
