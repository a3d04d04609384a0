"""Words that admit an imitation or claim genuine goods, and the words that turn their meaning round."""

import re

from matchers.text.phrases import Phrases

# By the accented view: "giá" is a price, "giả" alone is a material (da giả, tóc giả), so only whole phrases count.
# Each language on its own lines: Vietnamese, English, Japanese, Chinese, then Spanish, Portuguese, French, German,
# Indonesian, Thai, Korean.
_IMITATION = (
    r"hàng\sgiả|đồ\sgiả|giả\smạo|hàng\snhái|đồ\snhái|nhái|hàng\sphếch|hàng\sdỏm|hàng\srởm|hàng\slởm|(?:hàng|đồ)\sđểu|hàng\sdựng|hàng\snấu"
    r"|(?:super|siêu)\s?f[\W_]?[a4@][\W_]?k[\W_]?[e3]|[s5]uperf[a4@]kes?|f[\W_]?[a4@][\W_]?k[\W_]?[e3]s?(?:\s?(?:f?[12]|loại\s1))?"
    r"|r[\W_]?[e3][\W_]?p[\W_]?[l1i!|][\W_]?[i1!][\W_]?c[\W_]?[a4@]s?|replika|réplique|imitazione|rep\s?(?:1[:\s]?1|11|auth|siêu\scấp|cao\scấp|f1|s\.?cấp)|r1:1|(?:hàng|bản|giày|túi|dép|đồng\shồ)\srep"
    r"|like\sau(?:th)?(?:entic)?|siêu\scấp|s[.\s-]?cấp|bản\ssao(?!\s(?:kê|lưu))|(?:hàng|bản|loại)\s(?:chuẩn\s)?(?:sf|f1)(?!\s(?:express|racing|shop))|(?:bản|chuẩn)\s(?:chuẩn\s|đẹp\s|cao\scấp\s)?trung(?!\s(?:tâm|cấp|bình|thu|quốc\stế))"
    r"|hang\snhai|hang\sgia(?!\s(?:re|tot|soc|si|dinh|cong|tri|vi|xuong|goc))|sieu\scap|sieu\sfake|ban\srep"
    r"|(?:không|ko|chẳng|chả)\s(?:phải\s)?(?:là\s)?(?:hàng\s)?(?:chính\shãng|auth(?:entic)?|real|xịn|zin)(?!\s(?:không|ko|đền|hoàn|trả))"
    r"|counterfeits?|knock[\s-]?offs?|bootlegs?|imitations?|pirated|dupes?|inspired\sby|mirror\s(?:quality|batch|grade|copy|image)|(?:1st|first|super|master|high[\s-]quality|high|aaa|exact)\scop(?:y|ies)"
    r"|super\s?clones?|clones?(?!\s(?:wars?|trooper|commander|force|army))|(?:best|top|og|ljr|pk|god)\sbatch|(?:ua|unauthorized\sauthentic)\s(?:batch|quality|version)|aaa+\s?(?:grade|quality|replica|copy)|off-market"
    r"|look[\s-]?alikes?|homages?|fugazi|(?:vs|vsf|clean|noob|zf|jf|qf|arf|ppf|pk|god)\s(?:factory|v\d+)|noob|unauthorized\sauthentic|one\sto\sone|same\sas\sretail|7a\s(?:quality|grade|copy)|faux\s(?:designer|bags?|handbags?|purses?|wallets?|watch(?:es)?|shoes)"
    r"|(?:not|isn't|is\snot)\s(?:an?\s)?(?:100%\s)?(?:orig(?:inal)?|authentic|genuine|real|legit|the\sreal\s(?:thing|deal|one))"
    r"|スーパーコピー|コピー品|コピー商品|ブランドコピー|コピーブランド|フェイク品|フェイク(?!ファー|レザー|スエード|ムートン|グリーン|タン|パール)|偽物|ニセ物|ニセモノ|にせもの|偽ブランド|模倣品|模造品|レプリカ(?!ユニ|ジャージ|シャツ|ヘルメ|モデル)|ブート(?:品|版|レグ|(?![ァ-ヿ]))|海賊版"
    r"|類似品|粗悪品|非正規品?|n級品?|n品|s級品?|イミテーション(?!パール|レザー|ダイヤ|ファー|ジュエ|フラワー|グリーン)|パチモン|ぱちもん|バッタもん|本物かどうか(?:を|は|の)?(?:ご)?判断"
    r"|(?:本物|正規品|純正品|公式品)(?:では|じゃ)(?:ありません|ない(?!場合|と|の?なら)|ございません)"
    r"|高仿|精仿|[复複覆]刻|a[货貨]|仿品|高版本|仿[制製]品?|仿牌|仿冒|假[货貨](?!包|必|赔|賠)|假冒|冒牌|[赝贗]品|山寨|[盗盜]版|原[单單]|尾[单單]|超a|莆田|[纯純]原|[顶頂]级?級?版|一比一|1比1|非正品|不是正品"
    r"|(?<![a-z])(?:n|c|vs|vsf|zf|ppf|jf|ar|arf|gf|bp|xf|apf|3k|clean|noob)[厂廠]"
    r"|r[eé]plicas?|imitaci[oó]n(?:es)?|imita[çc][aã]o|falsificad[oa]s?|copia\s(?:aaa|exacta|1:1|id[eé]ntica|fiel)|clon(?:es)?(?!\w)|tipo\soriginal|calidad\sespejo|primeira\slinha|no\s(?:es\s|son\s)?original(?:es)?"
    r"|contrefa[çc]ons?|fausses?|copie\s(?:aaa|parfaite|conforme)|imitazioni|contraffatt[aoie]|falso|fälschung|gefälscht|nachahmung|plagiat|replik|nachbau"
    r"|реплика|копия|подделка|паль|имитация|podróbka|taklit|muadil\sparfüm"
    r"|palsu|tiruan|kw\s?(?:super|premium|1|satu|ori|grade)|(?:premium|super)\s(?:grade|ori|kw)|grade\s(?:ori|original|premium|aaa?|super)|mirror\s(?:ori|1:1)|bukan\s(?:ori|original|asli)|non\sori"
    r"|ของปลอม|งานก๊อป|ก๊อป|มิลเลอร์|เกรดพรีเมียม|เกรดมิลเลอร์|งานมิลเลอร์|เทียบแท้"
    r"|짝퉁|짭(?!짤)|이미테이션|레플리카|미러급|가품|s급|sa급"
)
IMITATION = Phrases({"imitation": _IMITATION})
# Beside these words nhái is a frog, the bait.
FISHING = re.compile(r"(?<!\w)(?:câu|mồi|lure|cá\slóc|nhái\shơi|ếch)(?!\w)")
# Grades of copies on goods that are often faked; elsewhere a scale, a carrier, a race, a battery, a kilowatt.
_GRADES = (
    r"(?<![\w:.,/])1\s?:\s?1(?![\w:])|(?<!\w)(?<!max\s)sc(?![\w-])(?!\s(?:johnson|freiburg))|(?<!\w)sf(?![\w-])(?!\s(?:express|jack))"
    r"|(?<!\w)(?:bản|chuẩn|rep|loại|hàng)\s1\s?[-/]\s?1(?![\w/-])"
    r"|(?<![\w.])rep(?![\w.])(?!\s(?:liền|nhanh|tin|ib|inbox|lại|ngay|sau|chậm|khách))|(?<!\w)reps(?!\w)"
    r"|(?<!\w)f1(?!\w)(?!\s(?:racing|đua|team|xe|formula|grand|hạt|giống|ferrari|red|mercedes|sim|visa|plus))"
)
GRADES = Phrases({"grade": _GRADES})
# Said so of clothes, shoes, bags and watches only.
GRADES_OF_WORN = re.compile(
    r"(?<![\w.])(?<!\d\s)kw(?!\w)|工?[厂廠][货貨]|外[贸貿](?:原?[单單]|[货貨]|尾)|(?<!\w)a{3,}\+?(?!\w)|(?<!\w)7a(?!\w)"
    r"|(?<![ァ-ヿ])コピー(?![ァ-ヿ]|機|用紙|複合|紙|防止|元|本体|可|不可|品|商品|ブランド)"
)
SCALE = re.compile(r"tỉ\slệ|tỷ\slệ|scale|mô\shình|pha|ratio|figure|đồ\schơi|diecast|nước|prefect|ミニカー|模型|比例")
NO_GRADE_BEFORE = re.compile(
    r"(?:size|form|đổi(?:\s(?:trả|mới))?|bảo\shành|bh|đúng|pin|vỉ|cỡ|xe|đua|hạt\sgiống|giống|formula|team|racing)\s$"
)
# A race, not a grade.
RACING = re.compile(r"racing|formula|red\sbull|ferrari|mclaren|mercedes|đua\sxe|đường\sđua")
NO_GRADE_AFTER = re.compile(
    r"^(?:では|じゃ)(?:あり|な|ござい)|^\s(?:đổi|replacement|exchange|coaching|warranty|scale|size|交換)"
)
# Guangzhou goods: a grade on clothes, shoes and bags; QC 3.0 is quick charging.
GUANGZHOU = re.compile(
    r"(?<!\w)(?:quảng\schâu|qccc|qc(?!\s?\d|\w)(?:\s?cc)?|hàng\sqc)(?!\w)|[广廣]州(?:[货貨版产產])|[广廣]货(?!铺)"
)
# The mark's name put on goods of no name.
PRINTED_ON = re.compile(
    r"(?<!\w)(?:in|thêu|khắc|dập|dệt|đính|gắn)(?:\s\w+){0,3}?\s(?:logo|chữ|hình|họa\stiết|hoạ\stiết)(?:\s\w+){0,2}[\s,]*$"
    r"|(?<!\w)logo(?:[\s:,]+\w+){0,2}[\s,:]*$|(?<!\w)(?:thêu\schữ|họa\stiết\schữ)(?:[\s:]\w+){0,2}[\s:]*$"
)
# A print on bought goods, named after the mark.
PRINTED_AFTER = re.compile(
    r"^\s(?:(?:họa|hoạ)\stiết\s)?in\s(?:nhiệt|chuyển\snhiệt|lụa|lưới|decal|pet|ép\snhiệt|theo\syêu\scầu)(?!\w)"
)
# Right before a mark these say that it is none.
NOT_THE_MARK_BEFORE = re.compile(r"(?<!\w)(?:faux|pseudo|wannabe)\s$|[偽贋仿]$")
# A guarantee against faults, sizes or regrets is none against copies.
OTHER_GUARANTEE = re.compile(r"lỗi|ưng|vừa|size|rách|hỏng|bảo\shành|đổi")
# Japanese hedges count only directly after a mark: 春風 and Aタイプ are words.
HEDGE_AFTER = re.compile(
    r"^\s?(?:風(?!味|呂|邪|景|車|船|鈴|水)|ふう|タイプ(?!\s?[a-z0-9])|調(?!味|理|整|節|査)|もどき|っぽい|ライク(?!ア)|\sgiả(?=\s*(?:$|[,.;!|)]))|[\s-]?inspired(?!\w)|\s(?:dupes?|reps?|clones?|knock[\s-]?offs?|look[\s-]?alikes?)(?!\w)|コピー(?!ライト|機|用紙|複合|トナー|紙|防止|元|ガード|プロテクト|コントロール)|仕様風|系コピー)"
)

# Printed before the word, these deny it or promise against it. Words that are also parts of goods' names (chống nắng,
# không dây, phòng ngủ) deny only what they stand right before, or with a verb that sells.
DENIED_BEFORE = re.compile(
    r"(?<!\w)(?:không\sbao\sgiờ|cam\skết|phân\sbiệt|phát\shiện|nếu|tránh|anti|never|against|avoid|beware|khác\sxa|đâu\sphải|nhận\sbiết|hướng\sdẫn|sách|spot|identify|tell|recogni[sz]e|how\sto|guide\sto|difference|tẩy\schay|mua\sphải|đền|bồi\sthường|cảnh\sgiác|say\sno|detect|if|money\sback|report|vs"
    r"|(?:không|ko|k|chẳng|chưa|nói\skhông|not|no)\s(?:phải|bán|có|là|hề|nhận|làm|kinh\sdoanh|chơi|dùng|nhập|với|sell|selling|a|an|any))(?!\w)(?:[^.!?;|】,]{0,45}|[^.!?;|】,]{0,30}(?:giả|nhái|fake|rep|copy|replica)[^.!?;|】]{0,25})$"
    r"|(?<!\w)(?:không|ko|k|chẳng|chưa|nói\skhông|chống|(?:đề\s)?phòng|not|no|non|without)(?:\s(?:hàng|đồ|chống|an|a|any|the))*[\s:-]$"
    r"|(?:アンチ|対策|防止)[^。]{0,6}$"
    r"|(?:绝非|絕非|并非|並非|拒绝|拒絕|绝不|絕不|不卖|不賣|不售|从不|從不|谨防|謹防|远离|抵制|打击|举报)[^。!！;；,，]{0,6}$"
)
DENIED_AFTER = re.compile(
    r"^[^.!?;|。]{0,30}?(?:hoàn\stiền|hoàn\s\d|đền|bồi\sthường|ではありません|ではない|ではございません|じゃない|は一切|取り?扱|にご?注意|にはご?注意|防止|対策|の?見分け|鑑別|排除|撲滅|ではなく|は販売して(?:い|お)|gấp\s\d|(?<!\w)x\s?\d+|free\sguarantee|refund)"
)
# Said of a material or a paper, not of goods under a mark.
MATERIAL_AFTER = re.compile(
    r"^[\s-]?(?:fur|leather|suede|wood|pearls?|hair|lash(?:es)?|eyelashes|nails?|flowers?|plants?|tattoos?|silk|stone|diamond|jewell?ery|marble|snow|grass|tan|blood|money|jersey|kit|shirt|uniform|helmet|trophy|(?:match\s)?ball|da|lông|hoa|mi|móng|of\s(?:the|receipt|id))(?!\w)|^(?:ファー|レザー)"
)
MATERIAL_BEFORE = re.compile(r"(?:(?<!\w)(?:faux|giày\sda)|(?<!\w)(?:da|tóc|mi|hoa|móng|lông|răng|cây|mưa))\s$")

_GENUINE = (
    r"chính\shãng|hàng\shãng|auth(?:entic)?|hàng\sau|chuẩn\sau|chuẩn\sauth|real|genuine|original|legit|nội\sđịa|xách\stay"
    r"|full\sbill|bill\s(?:us|anh|pháp)|hàng\schuẩn|bảo\shành\shãng|hàng\scông\sty|tem\s(?:phụ|chống(?:\shàng)?\sgiả)"
    r"|chinh\shang|正規品|国内正規|純正|メーカー保証|本物|鑑定済|正品|官方"
)
GENUINE = Phrases({"genuine": _GENUINE})
