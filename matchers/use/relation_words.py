"""The words by which a listing says what it does with a mark: fits it, copies its style, or means something else."""

import re

# What follows names the thing that the goods fit. "cho" alone counts unless a person or animal follows.
FITS_BEFORE = re.compile(
    r"""(?<!\w)(?:dành\scho|dùng\scho|dùng|sử\sdụng\scho|phù\shợp(?:\s(?:với|cho))?|thích\shợp(?:\s(?:với|cho))?|tương\sthích(?:\s(?:với|cho))?|thay\s(?:thế\s)?cho
    |thay\sthế|hỗ\strợ|chuyên\s(?:dụng\s)?cho|cho|for|fits?|replacement|compatible|adecuado\spara|para|untuk|pour|für|passend|kompatibel\smit
    |sang\sngàm|ngàm|hợp\svới|chân\spin|vừa(?:\s(?:cho|với))?|dùng\sđược\s(?:cho|với)|lắp\svừa|works?\swith|compatibles?\s(?:with|con|avec|com)|compatíve(?:l|is)\scom|designed\sfor|suitable\sfor|to\sfit|kompatibel\s(?:mit|dengan)|buat|cocok\s(?:untuk|buat)|dành\sriêng\scho|lắp\s(?:cho|xe)|gắn\s(?:cho|xe)|độ\sxe|xài\scho|đi\svới|thay\sthế\scho)(?!\w)|适用(?:于)?|适配|兼容|专为|สำหรับ|ใช้กับ|対応|に適合|に使える""",
    re.VERBOSE,
)
# Words after "cho" that name who the goods are for, not what they fit.
PERSONS = re.compile(
    r"\s*(?:\d+\s|các\s|cả\s|mọi\s|những\s)?(?:bé|trẻ|nam|nữ|mẹ|bà|bầu|người|gia\sđình|chó|mèo|thú|da|tóc|mặt|môi|mắt|răng|học\ssinh|văn\sphòng|mùa|bạn|shop"
    r"|khách|chị|em|cô|vợ|chồng|phái|men|women|kids?|baby|girls?|boys?|her|him|dad|mom|gym|thể\sthao|việc|nhà|phòng|mọi|tất\scả|cặp|đôi|da\s|trái|quý|sơ\ssinh|ladies)(?!\w)"
)
# Ends the reach of a cue: the next clause speaks of something else.
CLAUSE_END = re.compile(r"[|;!?。【】]|\s[-–—]\s")
# Words of a sensor, chip or licence right after the mark: a part of goods of another make.
INGREDIENT_AFTER = re.compile(
    r"^\s?(?:大底|传感器|主摄|感光|センサー|(?:sensor|cảm\sbiến|imx\d+|lizenziert|(?:officially\s)?licen[sc]ed)(?!\w))"
)
FITS_AFTER = re.compile(
    r"^[\w\s/\-.+,、・()]{0,40}?(?:対応|専用|用(?![意途品紙語具])|互換|適合|专用|通用|に使える|社外品|に取付)"
)
# Goods that are made for other goods, by the head of the title.
PARTS = re.compile(
    r"""(?<!\w)(?:ốp|bao\sda|bao\scase|case|kính\scường\slực|cường\slực|miếng\sdán|miếng\sốp|dán\s(?:màn|camera|mắt|dẻo|lưng|cường)|skin|decal|tem\s(?:decan|dán)|remote|điều\skhiển
    |(?:màng|lưới|lõi|tấm)\slọc|lọc\s(?:gió|dầu|nhớt|xăng)|dây\s(?:đeo|đồng\shồ|sạc|giày|cáp|cu|curoa|kính)|cáp(?:\ssạc)?|đế\ssạc|củ\ssạc|nắp|loa\sche|lens\shood|hood|ngàm|vỏ|khung|phụ\skiện|linh\skiện
    |bo\smạch|board|mạch|van|cổng|chân\s(?:tivi|đế|gương)|ốc|nhông|gạt\smưa|cần\sgạt|chốt|móc\skhóa|mực\s(?:nạp|đổ|nước|màu)|chai\smực|lọ\smực|drum|trống\sin|dụng\scụ|bút\svệ\ssinh
    |bộ\svệ\ssinh|vệ\ssinh|hộp\sđựng|túi\s(?:đựng|hộp)|bọc|nút|thẻ\sthay|pin\smáy|sổ\salbum|đế\s(?:action|trưng|dựng)|bút\skẻ|giá\sđỡ|chân\sđế|kẹp|tay\scầm
    |sensor|cảm\sbiến|gioăng|lưỡi\sdao|đầu\sthay|chổi|bugi|má\sphanh|bố\sthắng|áo\strùm|bạt|thảm\slót|covers?|charger|cables?|screen\sprotector|holder|stand|straps?|watch\sband|adapter|báo\sgiá|nhong|sên|baga|chắn\sbùn|dè\schắn|bao\stay|tay\sdắt|kính\shậu|má\sthắng|heo\sdầu|lọc\snhớt|bình\sxăng\scon|đùm|mâm\sxe|yếm|pát|gác\schân|bọc\syên
    |yên(?:\sxe)?|pô(?:\sxe)?|ống\sxả|cụm|đèn\s(?:hậu|pha|xi\snhan|led\strợ)|gương\s(?:chiếu|xe|hậu)|tem\sxe|dàn\sáo|tay\s(?:thắng|ga|côn|nắm|phanh)|ghi\sđông|phuộc|thảm|cản|cốp|mặt\snạ\sxe|chụp|lót|ốp\sxe|đĩa\s(?:tải|phanh)|củ\sđề|còi|bộ\snồi|nhông\ssên|brake\spads?|oil\sfilter|air\sfilter|floor\smats?|seat\scovers?|light\skit|lens\shood|khay\ssim|chân\svịt|ron|roăng|sổ\sđựng|kệ\s(?:trưng|để|đựng)|giá\s(?:treo|để|kẹp)|dây\schống\srơi|đầu\sphun|binder|card\ssleeves?|ear\s?pads?|joy-?con\sgrips?|grips?|tali\sjam|correa|coque|hülle|étui
    |túi\s(?:lọc|bụi|chứa\sbụi)|(?:cánh|lá)\s(?:đảo|vẫy|hướng)|kính\s(?:chiếu\shậu|hậu)|hộp\s(?:mực\sthải|nhả\smực)|(?:đệm|mút|nệm|da|bọc|nút)\stai\snghe|mút\s(?:lọc|mic)|bơm\sxăng|cuộn\sdây|bộ\s(?:đánh\slửa|chế|hơi|ly\shợp)|chế\shòa\skhí|xy\slanh|pít?-?tông|piston|xéc\smăng|tay\sphanh|bố\s(?:nồi|ly\shợp)|lá\scôn|chén\scổ|bi\s(?:nồi|sên)|đầu\s(?:in|lọc)|bánh\s(?:răng|đà)|trục\s(?:cuốn|ép)|gạt\smực|cụm\s(?:drum|trống|sấy)|bao\sda|kính\ssau|nắp\slưng|khay\s(?:giấy|mực)|phin\slọc|tấm\sbạt
    |(?:chân|cửa|mặt|phím|cánh|trục|bánh|bạc|mô\stơ|tụ|thanh|ống|phao|lưới|bóng|lồng|khớp|núm|cuộn|lốc|quai|loa)(?:\s\w+){0,2}\s(?:máy|tivi|tủ\slạnh|quạt|xe|đàn|tai\snghe|nồi|laptop|điện\sthoại|đồng\shồ)|silicone?\scase|protector|sleeve|replacement|aftermarket|dus|kotak|tinta|toner\scartridge|ink\scartridge|lens\scap|battery\sgrip|dock|tempered\sglass|capa|película|pel[ií]cula
    |pelindung|sarung|casing|funda|carcasa|soporte)(?!\w)
    |ケース|カバー|フィルム|替えバンド|バンド|スリーブ|リモコン(?!付)|ストラップ|充電器|充電ケーブル|ホルダー|互換|手机壳|保护套|数据线|充电线|钢化膜|เคส|ローダー""",
    re.VERBOSE,
)
PARTS_AFTER = re.compile(
    r"^-(?:compatible|kompatibel)(?!\w)|^[^|\-–【】]{0,30}?(?:(?<!\w)(?:case|covers?|charger|cables?|screen\sprotector|holder|stand|straps?|watch\sband|adapter|remote\scontrol|compatible|aftermarket|replacement)(?!\w)"
    r"|ケース|カバー|フィルム|互換バッテリー|保護|(?:交換|替え)?(?:バンド|ベルト|ストラップ)(?!付)|数据线|充电线|手机壳|ホルダー|スリーブ|代替|電池パック|兼容|代用)"
)
# Goods that are the device itself: with one of these first, a part named later is a gift or a detail.
DEVICES_FIRST = re.compile(
    r"(?<!\w)(?:điện\sthoại|máy|laptop|tivi|smart\stv|tai\snghe|loa|đồng\shồ|thẻ\snhớ|ssd|ống\skính|mực\sin|xe\sđạp|tủ\slạnh|nồi|quạt|bàn\sủi|pin)(?!\w)"
)
# A part or gift named by its maker inside other goods.
INGREDIENT_BEFORE = re.compile(
    r"(?<!\w)(?:khóa|khóa\skéo|khoá|khoá\skéo|dây\skéo|groupset|bộ\sđề|đề|full|kèm|kèm\stheo|tặng|tặng\skèm|đi\skèm|chip|cảm\sbiến|sensor|màn\shình|động\scơ|tem)(?:\s\w+){0,3}\s*$"
)
# A style named after a mark: no goods of the mark.
STYLE_BEFORE = re.compile(
    r"(?<!\w)(?:phong\scách|kiểu\sdáng|kiểu|style|dáng|in\sthe\sstyle\sof|style\sof|(?:no|not|isn't|không\sphải)(?:\s(?:a|an|the|là))?)\s*$"
)
STYLE_AFTER = re.compile(r"^\s*(?:style|styled)(?!\w)|^[\s-]like(?!\w|\s(?:new|au))|^\s*(?:小?香?风|风格)")
FABRIC = re.compile(r"生地|布地|反物|ツイード\s*生地|vải\s(?:dạ|tweed)|fabric|面料")
# Goods that hold goods of a character mark: albums and boxes for cards.
HOLDS = re.compile(
    r"(?<!\w)(?:album|binder|sleeves?|sổ\sđựng|hộp\sđựng)(?!\w)|ローダー|保管|カード\s?(?:用|ケース|ファイル|バインダー|スリーブ|収納)|卡册|卡套|card\s(?:case|binder|sleeves?)"
)
# A shop's name: a word near a mark in it is the shop's own.
SHOP_AFTER = re.compile(r"^\s?(?:store|shop|studio|boutique|house|fashion|official)(?!\w)")
# Another company's name: "Jordan & Judy", "TDK Skin".
AND_NAME = re.compile(r"^\s?&\s?[a-z]{3,}")
# A place, school, person, event or other company that carries the name.
OTHER_BODY_AFTER = re.compile(
    r"^(?:市(?![販場])|県|区(?!分)|町|村(?!田)|駅|大学|高校|神宮|時代|維新|鉛筆|銀行|ufj|公園|城|島)"
    r"|^\s(?:university|museum|city|street|island|river|stadium|festival|biography|goddess|mythology|law|airport|hotel)(?!\w)"
)
OTHER_BODY_BEFORE = re.compile(
    r"(?<!\w)(?:god(?:dess)?|nữ\sthần|vị\sthần|tượng\sthần|tiểu\sthuyết\scủa|tác\sgiả|tiểu\ssử|dr\.?|mr\.?|paul|novel\sby|written\sby)\s$"
)
# A model code after a word shows that the word is a maker's name.
MODEL_CODE = re.compile(
    r"^\s(?:\w+\s){0,2}?(?:[a-z]{1,5}-?\d{2,}[a-z\d-]*|\d{3,}[a-z]{0,3}|\d+[a-z]{2,}\d\w*)(?![\w.])"
)
# The goods show the character; what they fit is named elsewhere.
SHOWS_BEFORE = re.compile(r"(?<!\w)(?:hình|họa\stiết|hoạ\stiết|in|nhân\svật|mẫu|thêu)\s$")
# The goods are for goods of the character: cards, sets, figures.
FOR_ITS_GOODS = re.compile(r"(?<!\w)(?:cho|for|para|untuk)\s(?:thẻ\s|bài\s|mô\shình\s|card\s)?$")
# What comes with the goods is no part of another make.
WITH_IT = re.compile(r"(?<!\w)(?:with|free|plus|and|kèm|tặng|có|con|dengan)(?!\w)|[+&]|付|セット")
