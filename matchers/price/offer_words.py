"""Words of offer titles by what they do: names, codes, colours, measures, parts, praise."""

import re

# A Vietnamese syllable without accents: what does not fit is a name, a code or a foreign word.
SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?(?:uye|uya|oai|oay|oeo|uay|uyu|ieu|yeu|uoi|uou|ai|ao|au|ay"
    r"|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uu|uy|ye|a|e|i|o|u|y)(?:ng|nh|ch|[cmnpt])?$"
)
# Words that praise, promise delivery or name the shop's service: they do not tell which product it is.
_PRAISE = """
    chính hãng hàng mới cao cấp giá rẻ tốt sale hot freeship ship giảm siêu đẹp chất lượng loại shop store official
    mall date hsd bảo hành tháng năm đổi tặng kèm quà miễn phí giao hcm hn hà nội tphcm chỉ hỏa tốc hoả nhanh fullbox
    full box new seal auth authentic real uy tín sẵn có đủ bill sản phẩm mẫu ảnh thật hình xuất khẩu nhập nội địa dành
    cho dùng và với của các nhiều từ trong tại khi được là những một để combo set bộ chai lọ tuýp hộp gói túi hũ thùng
    nam nữ unisex thời trang phong cách hàn quốc nhật bản thái lan mỹ đức pháp úc trung việt anh voucher mã đơn tối đa
    bán sỉ lẻ phân phối công ty tiện lợi tiện dụng đa năng thông minh bền an toàn dễ thương sang trọng xinh the for and
    with of in by to
"""
_COLOURS = """
    đen trắng đỏ xanh hồng tím vàng cam nâu xám be bạc ghi rêu navy dương olive ash mint pastel
    nude black white red blue green pink purple yellow orange brown grey gray beige silver gold cream khaki
"""
PRAISE = frozenset(_PRAISE.split())
COLOURS = frozenset(_COLOURS.split())
# Suffixes that tell members of a line apart are names of their own, not foreign words.
SUFFIXES = frozenset(
    {"pro", "plus", "max", "mini", "lite", "note", "edge", "ultra", "air", "se", "fe", "gen", "ii", "iii"}
)
# Parts, accessories and supplies; one of them at the front of a title is what is sold.
PART = re.compile(
    r"(?<!\w)(?!(?:pin\s)?sạc\sdự\sphòng)(?:ốp|bao\sda|bao\sđựng|túi\sđựng|kính\scường\slực|cường\slực|dán|miếng\sdán|dây\sđeo|phụ\skiện|phụ\stùng|lõi\slọc"
    r"|lọc|lưỡi|chổi|khăn\slau|pin|sạc|cáp|remote|điều\skhiển|vỏ|nắp|đế|giá\sđỡ|giá\streo|hộp\sđựng|que\sthử|đầu\sthay|miếng\sđệm"
    r"|case|cover|charger|battery|tem|bàn\sphím|ống\skính|kính\slọc|mực)(?!\w)"
)
PART_FRONT = 12
# Brackets that speak of delivery and vouchers only.
SERVICE = re.compile(r"\[[^\]]*(?:giao|mã|voucher|ship|hcm|hn|giảm|tốc|chính\shãng|đơn|%)[^\]]*\]")
MEASURED = re.compile(
    r"(?<![\w.,])(?P<number>\d+(?:[.,]\d+)?)\s?"
    r"(?P<unit>gb|tb|mb|inches|inch|cm|mm|m|w|kw|v|mah|hz|mp|kg|lít|l|ml|gr|g)(?!\w)"
)
SAME_UNIT = {"gr": "g", "lít": "l", "inches": "inch"}
# Memory written short: 8G beside no weight in grams.
SHORT_MEMORY = re.compile(r"(?<![\w.,])(\d{1,4})\s?g(?!\w)")
HAS_MEMORY = re.compile(r"(?<!\w)(?:ram|ssd|hdd|rom|\d*gb|cpu|core)(?!\w)|\dgb")
NO_MODEL = re.compile(
    r"\d+(?:[.,]?\d+)?(?:gr|g|kg|ml|l|lít|mm|cm|m|w|v|a|hz|mah|inch|k|ma|p|d|c|que|viên)$|\d+m?x\d+|\d+(?:gr|g|kg|ml|l)x\d+|(?:19|20)\d\d$"
)
# Words that stand for each other in titles of goods that differ.
_OPPOSITES = """
    trai|gái thấp|cao dài|ngắn nam|nữ tròn|vuông tròn|dẹt đơn|đôi trên|dưới trước|sau khô|ướt nóng|lạnh có|không
    trái|phải trong|ngoài lớn|nhỏ dày|mỏng cứng|mềm cotton|kate đen|trắng sọc|caro quần|áo tay|chân silicon|bọt
    lotion|cream lotion|gel cream|gel toner|lotion serum|cream fluid|gel gội|xả
"""
OPPOSITES = frozenset(frozenset(pair.split("|")) for pair in _OPPOSITES.split())
# What stands behind a number that is then no code.
_CODE_UNITS = """
    ml l g gr gram grams kg mg mm cm m km inch inches in w kw v a ma mah hz khz mhz ghz gb tb mb mbps mp px fps
    k p d x lít lit viên cái chiếc hộp gói túi chai lọ tuýp miếng tờ cuộn cây que lá ô màu món chi trong lớp
    ngăn cổng đầu lưỡi sim năm tháng ngày giờ phút tuổi độ đôi cặp bộ set pcs pc lumens lumen rpm btu vnd vnđ đ
    nghìn dây hạt mẫu người size quyển
"""
CODE_UNITS = frozenset(_CODE_UNITS.split())
# Letters that stand before a number without making a code of it.
_NO_CODE_BEFORE = """
    size ram ssd hdd win usb in for date hsd set combo gen full spf bass plus tune home pin sim core top type no
    hd fhd qhd led vip new hot best ver gift wash balm bay tet cpu gtx rtx
"""
NO_CODE_BEFORE = frozenset(_NO_CODE_BEFORE.split())
# Processors, memory, screens, dates, protection classes, dimensions: many products bear them.
SPECIFICATION = re.compile(
    r"i[3579]\w{0,10}|r[3579]\w{0,6}|g\d{4}t?|e[35]\w{4,6}|\d{4,5}[a-z]{1,2}|[gr]tx?\d{3,4}\w{0,5}|ddr\d\w*|ram\d.*|ssd\d.*"
    r"|hdd\d.*|win\d+|(?:date|hsd|nsx)\d+|\d+m?x\d+\w*|ps\d+\w*|\d+[kp]|full.*|usb\d.*|h\d{3}|vn\d+|hcm\d*|t\d{1,2}"
    r"|(?:sale|tet|new|hot|date|hsd|xuan|he|thu|dong|year|cup|moi)\w*\d+|ipx?\d+|px\d|\d+(?:inc?h?|trong)\d?|\d+(?:k?hz|mhz|ghz|gb|tb|mb|mbps|mbs|bit|smd|mg|in1|mp|pro|plus|sim)\w{0,4}"
    r"|bh\d+\w?|spf\d+\w*|iphone\d+\w*|\d+(?:g|gb|ml|kg|l)\d+\w*|\d+[a-z]?\d+(?:gr|g|kg|ml|cm|mm|w|v)|a?\d+th"
)
# Foreign words that tell what it is or praise it, and name no brand or line.
_GENERIC_NAMES = """
    unisex laptop inch cotton usb game led form full bluetooth camera balo wifi gel silicon ssd tivi shop kaki
    jean jeans short baby inox body pc box new canvas sandal polo cute tote video android tv vitamin vali logo
    switch caro date case hoodie freeship sticker gaming serum card remote massage karaoke bigsize white skin
    watch trend black free brand silicone lens fit jogger slim ship mix combo model food one series vintage
    retro kids cardigan sale classic sneaker diy organic sport bag fashion handmade cross sweater vest for yoga
    care decor collagen local hottrend super oxford baggy boxer clutch adapter wireless pijama poly gile cream
    fullbox wash link robot tab livestream oil from style live bill mask pvc eva power cleanser gift clear hub
    boots class pad tint lite mobile blue milk band spa water oversize studio home sexy phone all acrylic and
    decal active foaming cool touch leather healthy charm green audio carbon beauty backpack clean croptop fire
    tag tripod with snack mist extra muslin lightning made piece tanktop silver love lolita house you official
    blazer freesize shoes legging ampoule slimfit regular royal sofa nylon data fresh perfect star happy oral
    foam nail advanced contact pink fan mint extreme stream natural bamboo toner denim light test vision stick
    shirt arm cover bath edition webcam bikini shampoo digital hair jacket film tablet smartphone drone book
    velvet accessories internet detox quartz spray makeup couple version voucher brown skirt loafer store mall
    auth authentic real ml gr kg mm cm gb tb the of in to by hot street wear mascara spf pa ips fhd ram hdd core
    cpu vga pcie ddr mah hz win windows grey gray
"""
GENERIC_NAMES = frozenset(_GENERIC_NAMES.split())
# Words that tell the tiers of one line apart.
_TIERS = """
    premium classic basic original standard deluxe limited special luxury gold silver platinum advanced extra
    intense sensitive natural sport kids junior active fresh moisturizing whitening brightening repair ultima
"""
TIERS = frozenset(_TIERS.split())
# Clothes and what is worn with them: without a shared code, other words are another cut or motif.
_CLOTHES = """
    áo quần váy đầm giày dép túi ví mũ nón balo tất vớ khăn yếm sandal sneaker hoodie
"""
CLOTHES = frozenset(_CLOTHES.split())
# Words behind màu that name no colour.
_NO_SHADE = """
    sắc ngẫu mới trơn nhiên tự da nước của cơ đẹp theo và ảnh sắn tùy tuỳ
"""
NO_SHADE = frozenset(_NO_SHADE.split())
SIZED = re.compile(
    r"(?<!\w)(?:size\s?)?(?P<size>xs|x{1,3}l|[2-6]xl)(?!\w)|size\s(?P<stated>s|m|l|\d{2})(?!\w)|-\s?(?P<last>s|m|l)$"
)
VALUE = re.compile(
    r"(?<![\w.,])(?P<grouped>\d{1,3}(?:[.,]000)+)(?:\s?(?:vnd|vnđ|đ|đồng))?(?!\w)|(?<!\w)(?P<short>\d{1,4})k(?!\w)"
)
