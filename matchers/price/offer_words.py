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
    đen trắng đỏ xanh hồng tím vàng cam nâu xám be kem bạc ghi rêu navy than dương lam black white red blue green pink
    purple yellow orange brown grey gray beige silver gold cream khaki
"""
PRAISE = frozenset(_PRAISE.split())
COLOURS = frozenset(_COLOURS.split())
# Suffixes that tell members of a line apart are names of their own, not foreign words.
SUFFIXES = frozenset(
    {"pro", "plus", "max", "mini", "lite", "note", "edge", "ultra", "air", "se", "fe", "gen", "ii", "iii"}
)
# Parts, accessories and supplies; one of them at the front of a title is what is sold.
PART = re.compile(
    r"(?<!\w)(?:ốp|bao\sda|bao\sđựng|túi\sđựng|kính\scường\slực|cường\slực|dán|miếng\sdán|dây\sđeo|phụ\skiện|phụ\stùng|lõi\slọc"
    r"|lọc|lưỡi|chổi|khăn\slau|pin|sạc|cáp|remote|điều\skhiển|vỏ|nắp|đế|giá\sđỡ|giá\streo|hộp\sđựng|que\sthử|đầu\sthay|miếng\sđệm"
    r"|case|cover|charger|battery|tem|bàn\sphím|ống\skính|kính\slọc|mực)(?!\w)"
)
PART_FRONT = 12
# Brackets that speak of delivery and vouchers only.
SERVICE = re.compile(r"\[[^\]]*(?:giao|mã|voucher|ship|hcm|hn|giảm|tốc|chính\shãng)[^\]]*\]")
MEASURED = re.compile(
    r"(?<![\w.,])(?P<number>\d+(?:[.,]\d+)?)\s?"
    r"(?P<unit>gb|tb|mb|inches|inch|cm|mm|m|w|kw|v|mah|hz|mp|kg|lít|l|ml|gr|g)(?!\w)"
)
SAME_UNIT = {"gr": "g", "lít": "l", "inches": "inch"}
# Memory written short: 8G beside no weight in grams.
SHORT_MEMORY = re.compile(r"\d{1,4}g$")
NO_MODEL = re.compile(
    r"\d+(?:[.,]?\d+)?(?:gr|g|kg|ml|l|lít|mm|cm|m|w|v|a|hz|mah|inch|k|ma|p|d|c|que|viên)$|\d+m?x\d+|\d+(?:gr|g|kg|ml|l)x\d+|(?:19|20)\d\d$"
)
# Words that stand for each other in titles of goods that differ.
_OPPOSITES = """
    thấp|cao dài|ngắn nam|nữ tròn|vuông tròn|dẹt đơn|đôi trên|dưới trước|sau khô|ướt nóng|lạnh có|không trái|phải
    trong|ngoài lớn|nhỏ dày|mỏng cứng|mềm cotton|kate đen|trắng sọc|caro quần|áo tay|chân silicon|bọt lotion|cream
    lotion|gel cream|gel toner|lotion serum|cream fluid|gel gội|xả
"""
OPPOSITES = frozenset(frozenset(pair.split("|")) for pair in _OPPOSITES.split())
