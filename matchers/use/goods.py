"""Whether a listing sells goods under whose names marks are most often faked."""

import re
from functools import lru_cache

from matchers.text.fold import accented_view
from matchers.use.trades import trades_of_listing, trades_of_mark
from records.listing import Listing
from records.watchlist import Mark

# Words of goods under whose names marks are most often faked, by the accented view.
FAKED_GOODS = re.compile(
    r"""\b(?:áo|quần|váy|đầm|giày|giầy|dép|sandals?|sneakers?|boots?|ủng|bốt|sục|guốc|túi|ví|bóp|balo|ba\slô|vali|nón|mũ|tất|vớ|khăn|thắt\slưng|dây\snịt
    |kính\smát|kính\sthời\strang|mắt\skính|đồng\shồ|donghonu|nước\shoa(?!\shồng)|dầu\sthơm|trang\ssức|vòng|nhẫn|dây\schuyền|bông\stai|khuyên\stai|pyjama|pijama
    |đồ\sngủ|bộ\sngủ|bộ\sthể\sthao|đồ\sbộ|bộ\squần\sáo|đồ\sbơi|hoodie|bomber|cardigan|legging|boxer|thời\strang|lót\sgiày
    |shoes?|bags?|handbags?|wallets?|belts?|watch(?:es)?|shirts?|jackets?|dress|hats?|caps?|perfumes?|fragrances?|sunglasses|jewell?ery|socks?|scarf|wallet
    |woman|women|nam|nữ|thời-trang-\w+|máy\stính\sbảng|tablet|điện\sthoại\sthông\sminh|máy\skhoan|khoan\spin|máy\sbắn\svít|tai\snghe)\b
    |giày-dép|túi-ví|balo-túi|đồng-hồ|phụ-kiện-trang-sức|thời-trang
    |\b(?:tees?|t-shirts?|hoodies?|tops?|sweatshirts?|sweaters?|joggers?|trainers?|leggings?|totes?|jeans|purses?|clutch|belt|scarves|necklaces?|earrings?|bracelets?
    |pants|shorts|coats?|loafers?|heels|slippers?|beanies?|fleece|puffer|tracksuits?|sepatu|sandal|kaos|baju|jaket|celana|tas|dompet|topi|jam\stangan|tenis|zapatillas|zapatos
    |camisetas?|playera|gorra|bolsas?|bolso|cartera|reloj|relojes|relógio|tênis|chaussures|sac|montre|schuhe|tasche|uhr|sepatu)\b
    |バッグ|財布|スニーカー|シューズ|靴|時計|腕時計|香水|帽子|キャップ|tシャツ|パーカー|ジャケット|ネックレス|ピアス|リング|サングラス|ベルト|マフラー|スカーフ|スウェット|ジャージ|デニム|ジーンズ|セーター|ジャンパー|ダウン|ブーツ|サンダル|ポーチ|リュック|指輪|ハイカット
    |手表|墨镜|太阳镜|眼镜|包|鞋|戒指|项链|手链|衣|裤|帽|香水|皮带|围巾|钱包|卫衣|外套|腕表""",
    re.VERBOSE,
)


# Trades of marks that are faked most.
WORN = frozenset({"fashion", "watch", "jewellery"})


@lru_cache(maxsize=4_096)
def _sells_faked_goods(text: str) -> bool:
    return bool(FAKED_GOODS.search(accented_view(text).text))


@lru_cache(maxsize=512)
def _any_sells_faked_goods(title: str, category: tuple[str, ...]) -> bool:
    return _sells_faked_goods(title) or any(map(_sells_faked_goods, category))


def sells_faked_goods(listing: Listing) -> bool:
    """Say whether the listing's title or category names goods whose marks are often faked."""
    return _any_sells_faked_goods(listing.title, listing.category)


def is_on_faked_goods(listing: Listing, mark: Mark) -> bool:
    """Say the same for one mark; a listing that names no goods sells what the mark is known for."""
    if sells_faked_goods(listing):
        return True
    trades = trades_of_listing(listing)
    return bool(trades_of_mark(mark) & WORN) and (not trades or bool(trades & WORN))
