"""Words of each trade in titles and category names, and what is known of marks and Nice classes."""

# By the accented view. A listing may belong to several trades.
TRADE_WORDS: dict[str, str] = {
    "fashion": (
        r"áo|quần|váy|đầm|giày|giầy|dép|sneakers?|boots?|bốt|ủng|sục|túi|ví|balo|nón|mũ|tất|vớ"
        r"|khăn\squàng|khăn\schoàng|thắt\slưng|kính\smát|pyjama|pijama|hoodie|bomber|legging|boxer"
        r"|thời[\s-]trang|shoes?|bags?|handbags?|tote|shirt|jacket|jersey|cap|hat|socks?|satchel|belt"
        r"|wallet|sunglasses|skateboards?|dunk|バッグ|靴|シューズ|シャツ|包|鞋|衣|sneaker|hoodies?"
        r"|t-?shirts?|shirts|jackets?|coats?|dress(?:es)?|pants|jeans|sweaters?|sweatshirts?|scarf"
        r"|scarves|gloves|sandals?|slippers?|loafers?|heels|backpacks?|purses?|clutch|caps|hats|leather"
        r"|財布|サンダル|ブーツ|スニーカー|ジャケット|コート|パンツ|帽子|ベルト|ワンピース|スカート"
        r"|ニット|パーカー|リュック|ポーチ|サングラス|キャップ|マフラー|スカーフ|服|裤|帽|皮带|围巾|墨镜"
        r"|眼镜|运动|外套|卫衣"
    ),
    "watch": r"đồng[\s-]hồ|watch(?:es)?|時計|手表|表|腕時計|ウォッチ|腕表|chronograph|automatic\swatch",
    "jewellery": (
        r"nhẫn|vòng\scổ|dây\schuyền|trang[\s-]sức|rings?|necklace|bracelet|jewel\w*|戒指|ネックレス"
        r"|リング|ピアス|ブレスレット|イヤリング|项链|手链|耳环|耳钉|earrings?|bracelets?|necklaces?"
        r"|pendants?"
    ),
    "perfume": r"nước\shoa|dầu\sthơm|perfume|edp|edt|eau\sde|香水",
    "cosmetics": (
        r"kem|serum|toner|lotion|sữa\srửa\smặt|son|mặt\snạ|dưỡng|chống\snắng|trang[\s-]điểm|mascara"
        r"|kẻ\smắt|tẩy\strang|dầu\sgội|sữa\stắm|mụn|phấn|sắc[\s-]đẹp|chăm\ssóc\sda|skin|beauty"
        r"|nước\shoa\shồng|collagen|化粧|クリーム|洗顔|美白|cosmetics?|makeup|eyeliner|liner|shampoo|口紅"
        r"|リップ|ファンデーション|マスカラ|日焼け止め|美容液|化粧水|乳液|シャンプー|石鹸|口红|面膜|精华"
        r"|防晒|粉底|lipsticks?|sunscreen|cleanser|moisturi[sz]er|foundation|eyeshadow|face\swash"
    ),
    "household": (
        r"nước\sgiặt|bột\sgiặt|nước\sxả|xà\sphòng|kem\sđánh\srăng|bàn\schải|băng\svệ\ssinh|tã|bỉm"
        r"|giặt[\s-]giũ|nước\srửa|洗剤|歯|chỉ\snha\skhoa|nước\ssúc\smiệng|dao\scạo|nước\stẩy|chất\stẩy"
        r"|bột\stẩy|柔軟剤|歯ブラシ|detergent|toothpaste|toothbrush|laundry"
    ),
    "electronics": (
        r"tivi|tv|loa|tai\snghe|máy\slạnh|điều\shòa|tủ\slạnh|máy\sgiặt|nồi\scơm|lò\svi\ssóng|máy\stính"
        r"|laptop|màn\shình|chuột|bàn\sphím|usb|ssd|hdd|thẻ\snhớ|pin|đĩa|dvd|cáp|sạc|adapter|remote"
        r"|điều\skhiển|thiết-bị-điện\S*|smart|bluetooth|máy\slọc|hút\sbụi|máy\sxay|quạt|bàn\sủi|áp\ssuất"
        r"|máy\smassage|nhiệt\skế|máy\snghe|máy\ssấy|dryer|テレビ|家電|aquos|スマホ|sim|computer"
        r"|ヘッドホン|イヤホン|イヤフォン|スピーカー|レコーダー|ブルーレイ|ドライヤー|掃除機|冷蔵庫"
        r"|洗濯機|炊飯器|電池|バッテリー|モニター|パソコン|エアコン|耳机|电视|充电|空调|冰箱|headphones?"
        r"|earphones?|earbuds|headsets?|speakers?|monitors?|refrigerator|vacuum|microwave|battery"
        r"|batteries"
    ),
    "phone": (
        r"điện[\s-]thoại|smartphones?|phone|iphone|ipad|tablet|máy\stính\sbảng|ốp|手机|スマートフォン"
        r"|タブレット|スマホ|平板|cell\sphone|cellphone|mobile"
    ),
    "camera": (
        r"máy[\s-]ảnh|ống\skính|lens|camera|len|カメラ|レンズ|chụp|cameras|lenses|相机|镜头|单反"
        r"|mirrorless|dslr"
    ),
    "printer": (r"máy\sin|mực|drum|toner|cartridge|hộp\smực|プリンタ|トナー|インク|nhãn|máy\smay|máy\svắt\ssổ"),
    "vehicle": (
        r"xe|ô[\s-]tô|oto|lốp|nhớt|bugi|phanh|xe[\s-]máy|gương|yên|pô|ốc|nhông|vô\slăng|đèn\shậu"
        r"|bình\sxăng|lọc\sgió|車|バイク|chìa\skhóa|motorcycles?|scooters?|cars?|タイヤ|ホイール|自動車"
        r"|汽车|摩托"
    ),
    "bicycle": r"xe\sđạp|groupset|bicycle|đề|líp|自転車",
    "tools": (
        r"máy\skhoan|máy\scắt|máy\smài|dụng[\s-]cụ|vít|cưa|工具|ドリル|ドライバー?|drills?|saw|wrench"
        r"|grinder|电钻|インパクト"
    ),
    "food": (
        r"sữa|bánh|kẹo|socola|chocolate|phô\smai|dầu\săn|gia\svị|mì|nước\smắm|ml|bột\snêm|thực\sphẩm"
        r"|đồ\suống|trà|cà\sphê|bách-hóa\S*|snack|giấm|apple\scider|gummies|茶|菓子|食品|かに|蟹|dồi"
        r"|ラーメン|チョコ|コーヒー|お茶|ビール|飲料|零食|饮料|beer|coffee|tea|candy|cookies|ramen|sauce"
    ),
    "baby": r"bé|sơ\ssinh|bình\ssữa|núm|ti\sgiả|mẹ|trẻ\sem|em\sbé|ベビー|baby|babies",
    "toys": (
        r"đồ\schơi|mô\shình|figure|lego|gundam|cosplay|anime|thú\snhồi\sbông|gấu\sbông|フィギュア|プラモ"
        r"|model\skit|game|trò\schơi|toys?|doll|ぬいぐるみ|おもちゃ|人形|ゲーム|玩具|手办|plush"
        r"|action\sfigures?|puzzle"
    ),
    "stationery": (
        r"bút|vở|sổ|văn\sphòng\sphẩm|tẩy|ngòi|文具|pencils?|pens?|stickers?|notebook|ボールペン|ペン"
        r"|ノート|鉛筆|钢笔|圆珠笔"
    ),
    "health": (
        r"khẩu\strang|thuốc|vitamin|viên\suống|sức[\s-]khỏe|y\stế|dược|cao\sdán|dầu\sgió|medicated|mask"
        r"|マスク|薬|サプリ|目薬|supplements?|eye\sdrops|thermometer|体温計|血圧計"
    ),
    "furniture": r"ghế|bàn|giường|tủ|kệ|đèn|rèm|thảm|chăn|gối|nệm|家具",
    "sports": (
        r"bóng\sđá|vợt|cầu\slông|yoga|gym|thể\sthao|tennis|golf|football|leagues?|huy\schương|cúp|ball"
        r"|ラケット|ゴルフ|サッカー|racket|racquet|badminton|shuttlecocks?|soccer|cleats"
    ),
    "book": r"sách|truyện|tiểu\sthuyết|giáo\strình|book|cookbook|本|攻略本|poster|decal",
    "pet": r"chó|mèo|thú[\s-]cưng|cá|hồ|bể\scá|pet",
}

# Words of several trades: a toner is for the skin or for a printer.
SHARED: dict[str, frozenset[str]] = {
    "toner": frozenset({"cosmetics", "printer"}),
    "マフラー": frozenset({"fashion", "vehicle"}),
    "pin": frozenset({"electronics", "phone", "tools"}),
    "ring": frozenset({"jewellery", "phone"}),
    "tẩy": frozenset({"stationery", "household"}),
}

# Nice classes of each trade, where the watch list gives classes.
CLASSES: dict[str, frozenset[int]] = {
    "fashion": frozenset({18, 25}),
    "watch": frozenset({14}),
    "jewellery": frozenset({14}),
    "perfume": frozenset({3}),
    "cosmetics": frozenset({3, 5}),
    "household": frozenset({3, 5, 8, 16, 21}),
    "electronics": frozenset({7, 8, 9, 10, 11}),
    "phone": frozenset({9}),
    "camera": frozenset({9}),
    "printer": frozenset({2, 7, 9, 16}),
    "vehicle": frozenset({4, 7, 9, 12}),
    "bicycle": frozenset({12}),
    "tools": frozenset({7, 8}),
    "food": frozenset({5, 29, 30, 31, 32, 33}),
    "baby": frozenset({5, 10, 12, 16, 18, 20, 21, 25, 28}),
    "toys": frozenset({9, 28, 41}),
    "stationery": frozenset({2, 16}),
    "health": frozenset({5, 10}),
    "furniture": frozenset({11, 20, 24, 27}),
    "sports": frozenset({25, 28}),
    "book": frozenset({9, 16, 41}),
    "pet": frozenset({5, 18, 21, 28, 31}),
}

# Trades of well-known marks, for watch lists that give no Nice classes: folded letters, then the trades.
_KNOWN = """
apple phone electronics watch
iphone phone
airpods electronics phone
samsung phone electronics watch
sony electronics camera phone
canon camera printer electronics
nikon camera
fujifilm camera printer
epson printer electronics
brother printer
toshiba electronics
hitachi electronics
panasonic electronics
sharp electronics phone
daikin electronics
omron electronics health
maxell electronics
tdk electronics
murata electronics
makita tools
honda vehicle
toyota vehicle
suzuki vehicle
yamaha vehicle electronics sports
ngk vehicle
ykk component
shimano bicycle component sports
nintendo game toys electronics
mitsubishi vehicle electronics
lg electronics phone
xiaomi phone electronics
huawei phone electronics
oppo phone
bosch tools electronics
dewalt tools
hp printer electronics
dell electronics
pilot stationery
casio watch electronics
seiko watch
citizen watch electronics
rolex watch
movado watch
omega watch
nike fashion sports
adidas fashion sports perfume
puma fashion sports
converse fashion
jordan fashion sports
mlb fashion
newbalance fashion sports
vans fashion
champion fashion
underarmour fashion sports
asics fashion sports
mizuno fashion sports
yonex fashion sports
onitsukatiger fashion
uniqlo fashion
muji fashion cosmetics stationery furniture household
anello fashion
bape fashion
levis fashion watch
lacoste fashion perfume watch
toryburch fashion perfume
supreme fashion
offwhite fashion
thenorthface fashion
gucci fashion perfume watch jewellery cosmetics
dior fashion perfume cosmetics jewellery watch
chanel fashion perfume cosmetics jewellery watch
louisvuitton fashion perfume jewellery watch
hermes fashion perfume jewellery watch
burberry fashion perfume watch
balenciaga fashion
celine fashion perfume jewellery
ysl fashion perfume cosmetics
prada fashion perfume
tiffany jewellery perfume
shiseido cosmetics perfume
anessa cosmetics
senka cosmetics
hadalabo cosmetics
sunplay cosmetics
biore cosmetics household
dhc cosmetics health food
skii cosmetics
curel cosmetics
kose cosmetics
tsubaki cosmetics
skinaqua cosmetics
melanocc cosmetics
rohto cosmetics health
transino cosmetics health
oxy cosmetics
acnes cosmetics
kate cosmetics
canmake cosmetics
sofina cosmetics
cezanne cosmetics
larocheposay cosmetics
theordinary cosmetics
vichy cosmetics
innisfree cosmetics
laurier household health
pigeon baby
merries baby household
moony baby household
meiji food baby health
ajinomoto food
lion household cosmetics health
kao household cosmetics health
attack household
kirin food
tiger electronics household food
hellokitty character
pokemon character
gundam toys
bandai toys
doraemon character
onepiece character toys
lego toys
disney character
naruto character
"""
KNOWN_TRADES: dict[str, frozenset[str]] = {
    name: frozenset(trades) for name, *trades in (line.split() for line in _KNOWN.split("\n") if line)
}
