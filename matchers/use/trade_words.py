"""Words of each trade in titles and category names, and what is known of marks and Nice classes."""

# By the accented view. A listing may belong to several trades.
TRADE_WORDS: dict[str, str] = {
    "fashion": (
        r"áo|quần|váy|đầm|giày|giầy|dép|sneakers?|boots?|bốt|ủng|sục|túi|ví|balo|nón|mũ|tất|vớ"
        r"|khăn\squàng|khăn\schoàng|khăn\slụa|dây\snịt|dây\slưng|khăn\scổ|thắt\slưng|kính\smát|pyjama|pijama|hoodie|bomber|legging|boxer"
        r"|thời[\s-]trang|shoes?|bags?|handbags?|tote|shirt|jacket|jersey|cap|hat|socks?|satchel|belt"
        r"|wallet|sunglasses|skateboards?|dunk|バッグ|靴|シューズ|シャツ|包|鞋|衣|sneaker|hoodies?"
        r"|t-?shirts?|shirts|jackets?|coats?|dress(?:es)?|pants|jeans|sweaters?|sweatshirts?|scarf"
        r"|scarves|gloves|sandals?|slippers?|loafers?|heels|backpacks?|chuck|purses?|clutch|caps|hats|leather"
        r"|財布|サンダル|ブーツ|スニーカー|ジャケット|コート|パンツ|帽子|ベルト|ワンピース|スカート"
        r"|ニット|パーカー|リュック|ポーチ|サングラス|キャップ|マフラー|スカーフ|服|裤|帽|皮带|围巾|墨镜"
        r"|眼镜|运动|外套|卫衣"
        r"|polo|phông|len|sơ\smi|giữ\snhiệt|jogger|chân\sváy|yếm|đũi|bra|quần\slót|đồ\slót|đồ\sngủ"
        r"|đồ\sbơi|bikini|tees?|tops?|high\stops|low\stops|fleece|puffer|windbreaker|tracksuits?"
        r"|joggers|shorts|leggings|trainers|flip\sflops|underwear|swimsuit|blouse|vest|cardigan"
        r"|beanie|uniforms?|costume|tech\sfleece|スウェット|ジャージ|デニム|ジーンズ|セーター|シャツ|ブラウス|下着|ユニフォーム|ソックス"
        r"|手袋|長財布|ハイカット|ローカット|卫裤|男鞋|女鞋|衬衫|牛仔|钱包|袜|sepatu|sandal|kaos|baju|celana|jaket|tas|dompet"
        r"|topi|jam\stangan|tenis|zapatillas|zapatos|camisetas?|playera|gorra|bolsas?|bolso|cartera"
        r"|mochila|chaqueta|sudadera|tênis|camisa|chaussures|sac|robe|schuhe|tasche|jacke"
    ),
    "watch": (
        r"đồng[\s-]hồ|watch(?:es)?|時計|手表|表|腕時計|ウォッチ|腕表|chronograph|automatic\swatch"
        r"|jam\stangan|reloj|relojes|relógio|uhr|montre|腕表|クロノグラフ|自動巻"
    ),
    "jewellery": (
        r"nhẫn|vòng\scổ|dây\schuyền|trang[\s-]sức|rings?|necklace|bracelet|jewel\w*|戒指|ネックレス"
        r"|リング|ピアス|ブレスレット|イヤリング|项链|手链|耳环|耳钉|earrings?|bracelets?|necklaces?"
        r"|pendants?"
        r"|lắc|khuyên\stai|bông\stai|hoa\stai|charm|anillo|collar|pulsera|cincin|kalung|gelang"
    ),
    "perfume": (
        r"nước\shoa(?!\shồng)|dầu\sthơm|perfume|edp|edt|eau\sde|香水"
        r"|eau\sde\s(?:toilette|parfum)|cologne|parfum|parfume|フレグランス|オードトワレ|オードパルファム|古龙|colonia"
        r"|fragrances?"
    ),
    "cosmetics": (
        r"kem|serum|toner|lotion|sữa\srửa\smặt|son|mặt\snạ|dưỡng|chống\snắng|trang[\s-]điểm|mascara"
        r"|kẻ\smắt|tẩy\strang|dầu\sgội|sữa\stắm|mụn|phấn|sắc[\s-]đẹp|chăm\ssóc\sda|skin|beauty"
        r"|nước\shoa\shồng|collagen|化粧|クリーム|洗顔|美白|cosmetics?|makeup|eyeliner|liner|shampoo|口紅"
        r"|リップ|ファンデーション|マスカラ|日焼け止め|美容液|化粧水|乳液|シャンプー|石鹸|口红|面膜|精华"
        r"|防晒|粉底|lipsticks?|sunscreen|cleanser|moisturi[sz]er|foundation|eyeshadow|face\swash"
        r"|dầu\sxả|gội|sữa\sdưỡng|tinh\schất|tẩy\stế\sbào|rửa\smặt|xịt\skhoáng|phấn\snền|má\shồng"
        r"|nám|trị\smụn|gel\srửa|chuốt\smi|mi\sgiả|lăn\skhử\smùi|essence|cream|lotion|conditioner"
        r"|hair\scolou?r|deodorant|body\swash|eyelash(?:es)?|mist|ファンデ|スキンケア|化粧下地|トリートメント|ヘアカラー"
        r"|ボディソープ|ハンドクリーム|アイシャドウ|つめかえ|詰替|洗面奶|面霜|眼霜|洗发|爽肤|乳液|krim|sabun\smuka|pelembap|crema"
        r"|protector\ssolar|champú|labial"
    ),
    "household": (
        r"nước\sgiặt|bột\sgiặt|nước\sxả|xà\sphòng|kem\sđánh\srăng|bàn\schải|băng\svệ\ssinh|tã|bỉm"
        r"|giặt[\s-]giũ|nước\srửa|洗剤|歯|chỉ\snha\skhoa|nước\ssúc\smiệng|dao\scạo|nước\stẩy|chất\stẩy"
        r"|bột\stẩy|柔軟剤|歯ブラシ|detergent|toothpaste|toothbrush|laundry"
        r"|nước\slau|viên\sgiặt|tẩy|xịt\sphòng|khăn\sgiấy|giấy\svệ\ssinh|khăn\sướt|bông\stẩy\strang"
        r"|diapers?|wipes|soap|bleach|cleaner|shavers?|razors?|おむつ|オムツ|洗濯|漂白|トイレ|ティッシュ|ハミガキ|歯磨き|洗衣"
        r"|牙膏|牙刷|纸巾|deterjen|popok|pasta\sgigi|jabón|detergente|pañales"
    ),
    "electronics": (
        r"tivi|tv|loa|tai\snghe|máy\slạnh|điều\shòa|tủ\slạnh|máy\sgiặt|nồi\scơm|lò\svi\ssóng|máy\stính"
        r"|laptop|màn\shình|chuột|bàn\sphím|usb|ssd|hdd|thẻ\snhớ|pin|đĩa|dvd|cáp|sạc|adapter|remote"
        r"|điều\skhiển|thiết-bị-điện\S*|smart|bluetooth|máy\slọc|hút\sbụi|máy\sxay|quạt|bàn\sủi|áp\ssuất"
        r"|máy\smassage|nhiệt\skế|máy\snghe|máy\ssấy|dryer|テレビ|家電|aquos|スマホ|sim|computer"
        r"|ヘッドホン|イヤホン|イヤフォン|スピーカー|レコーダー|ブルーレイ|ドライヤー|掃除機|冷蔵庫"
        r"|洗濯機|炊飯器|電池|電卓|calculators?|máy\stính\scầm\stay|máy\stính\sbỏ\stúi|バッテリー|モニター|パソコン|エアコン|耳机|电视|充电|空调|冰箱|headphones?"
        r"|earphones?|earbuds|headsets?|speakers?|monitors?|refrigerator|vacuum|microwave|battery"
        r"|batteries"
        r"|máy\slạnh|ac\squy|ổ\scứng|router|wifi|modem|đầu\sthu|loa\skéo|mic|micro|karaoke"
        r"|máy\schiếu|máy\sbơm|máy\strợ|earphone|headphone|cordless\sphone|televisions?|fridge"
        r"|freezer|air\scondition(?:er)?|washing\smachine|rice\scooker|printer|keyboard|projector"
        r"|amplifier|turntable|blu-ray|ssd|memory\scard|power\sbank|console|controller|空気清浄機|加湿器"
        r"|電子レンジ|乾電池|単[1234]|充電器|オーディオ|ゲーム機|電気シェーバー|扇風機|ケーブル|hdmi|洗衣机|音响|吸尘器|投影|televisor|audífonos"
        r"|audifonos|auriculares|bocina|altavoz|lavadora|licuadora|kulkas|mesin\scuci|kipas|lampu"
        r"|earphone|kabel"
    ),
    "phone": (
        r"điện[\s-]thoại|smartphones?|phone|iphone|ipad|tablet|máy\stính\sbảng|ốp|手机|スマートフォン"
        r"|タブレット|スマホ|平板|cell\sphone|cellphone|mobile"
        r"|手机壳|celular|móvil|handphone|hp\sandroid|携帯|galaxy|cargador|charger|充電ケーブル"
    ),
    "camera": (
        r"máy[\s-]ảnh|ống\skính|lens|camera|len|カメラ|レンズ|chụp|cameras|lenses|相机|镜头|单反"
        r"|mirrorless|dslr"
        r"|máy\squay|cámara|kamera|一眼|デジカメ|ミラーレス|三脚|ボディ|dslr"
    ),
    "printer": (
        r"máy\sin|mực|drum|toner|cartridge|hộp\smực|プリンタ|トナー|インク|nhãn|máy\smay|ミシン|sewing\smachine|máquina\sde\scoser|máy\svắt\ssổ"
        r"|impresora|inkjet|laserjet|máy\sphotocopy|photocopy|コピー機|複合機|コピー用紙|photo\s(?:copy\s)?paper|giấy\s(?:in|ảnh|a4)|墨盒|打印机|tinta"
    ),
    "vehicle": (
        r"xe|ô[\s-]tô|oto|lốp|nhớt|bugi|phanh|xe[\s-]máy|gương|yên|pô|ốc|nhông|vô\slăng|đèn\shậu"
        r"|bình\sxăng|lọc\sgió|車|バイク|chìa\skhóa|motorcycles?|scooters?|cars?|タイヤ|ホイール|自動車"
        r"|汽车|摩托"
        r"|mô\stô|ô\stô|vô\slăng|lốp|săm|thắng|phuộc|ghi\sđông|yếm\sxe|bình\sắc\squy|ắc\squy"
        r"|xe\smáy|motor|motorbike|engine|brake|clutch|spark\splugs?|wheels?|tires?|tyres?|bumper"
        r"|windshield|headlights?|エンジン|ブレーキ|ジムニー|フロアマット|ミニバン|新車|軽自動車|オイル|ヘルメット|刹车|机油|轮胎|mobil"
        r"|sepeda\smotor|moto|motocicletas?|coche|llanta|auto"
    ),
    "bicycle": (
        r"xe\sđạp|groupset|bicycle|đề|líp|自転車"
        r"|bike|bikes|bicycles?|cycling|mtb|derailleur|ロードバイク|クロスバイク|自行车|bicicleta|sepeda"
    ),
    "tools": (
        r"máy\skhoan|máy\scắt|máy\smài|dụng[\s-]cụ|vít|cưa|工具|ドリル|ドライバー?|drills?|saw|wrench"
        r"|grinder|电钻|インパクト"
        r"|máy\sbắt\svít|máy\smài|máy\sđục|máy\scưa|kìm|cờ\slê|tua\svít|thước|power\stools?"
        r"|impact\sdriver|chainsaw|blower|torch|welding|pliers|screwdriver|レンチ|グラインダ|丸ノコ|草刈機|扳手|冲击钻"
        r"|taladro|bor\slistrik"
    ),
    "food": (
        r"sữa|bánh|kẹo|socola|chocolate|phô\smai|dầu\săn|gia\svị|mì|nước\smắm|bột\snêm|thực\sphẩm"
        r"|đồ\suống|trà|cà\sphê|bách-hóa\S*|snack|giấm|apple\scider|gummies|茶|菓子|食品|かに|蟹|dồi"
        r"|ラーメン|チョコ|コーヒー|お茶|ビール|飲料|零食|饮料|beer|coffee|tea|candy|cookies|ramen|sauce"
        r"|trứng|thịt|cá\sngừ|gà|bò|heo|tôm|rau|trái\scây|hạt\sđiều|gạo|bột\sngọt|đường|muối"
        r"|ăn\sliền|rong\sbiển|bia|rượu|nước\stăng\slực|nước\sgiải\skhát|pizza|cheese|milk|bacon"
        r"|butter|jam|honey|juice|soda|wine|whisky|vodka|cider|vinegar|pie|noodles?|snacks?|cereal"
        r"|chips|biscuits?|almonds?|mushrooms?|(?:mane|mushroom)\s(?:mushroom|powder)|powder\sdrink|soup|rice|pasta|spice|seasoning|meat"
        r"|seafood|醤油|味噌|ポテト|スナック|ビスケット|ミルクチョコレート|牛乳|ヨーグルト|干し芋|鮮魚|切り身|刺身|米|うどん|そば|カレー|ふるさと納税|一番搾り"
        r"|350ml缶|ワイン|ウイスキー|日本酒|酱油|牛奶|啤酒|饼干|方便面|makanan|susu|kopi|teh|kue|vinagre|hải\ssản|galletas|cerveza"
        r"|café|gomitas|leche"
    ),
    "baby": (
        r"bé|sơ\ssinh|bình\ssữa|núm|ti\sgiả|mẹ|trẻ\sem|em\sbé|ベビー|baby|babies"
        r"|tã|bỉm|sữa\sbột|bình\ssữa|xe\sđẩy|哺乳瓶|赤ちゃん|ベビーカー|粉ミルク|stroller|nursing|pacifier|infant"
        r"|婴儿|宝宝|奶瓶|bayi|bebé"
    ),
    "toys": (
        r"đồ\schơi|mô\shình|figure|lego|gundam|cosplay|anime|thú\snhồi\sbông|gấu\sbông|フィギュア|プラモ"
        r"|model\skit|game|trò\schơi|toys?|doll|ぬいぐるみ|おもちゃ|人形|ゲーム|玩具|手办|plush"
        r"|action\sfigures?|puzzle"
        r"|lắp\sghép|xếp\shình|búp\sbê|thú\sbông|nhồi\sbông|bộ\sbài|thẻ\sbài|blocks|bricks"
        r"|building\sset|plushie|stuffed|trading\scards?|board\sgame|diecast|1:\d{1,3}\sscale|scale\s1:\d+|tỉ\slệ\s1:\d+|tỷ\slệ\s1:\d+|toy|プラモデル|ミニカー|カードゲーム"
        r"|トレカ|模型|积木|mainan|boneka|juguete|muñeca|figura"
    ),
    "stationery": (
        r"bút|vở|sổ|văn\sphòng\sphẩm|tẩy|ngòi|文具|pencils?|pens?|stickers?|notebook|ボールペン|ペン"
        r"|ノート|鉛筆|钢笔|圆珠笔"
        r"|bút\sbi|bút\schì|mực\sbút|tập\shọc\ssinh|giấy\snote|eraser|highlighter|fountain\spen|万年筆"
        r"|シャーペン|シャープペンシル|消しゴム|蛍光ペン|铅笔|中性笔|文具|pulpen|bolígrafo|lápiz"
    ),
    "health": (
        r"khẩu\strang|thuốc|vitamin|viên\suống|sức[\s-]khỏe|y\stế|dược|cao\sdán|dầu\sgió|medicated|mask"
        r"|マスク|薬|サプリ|目薬|supplements?|eye\sdrops|thermometer|体温計|血圧計"
        r"|viên\sngậm|miếng\sdán\sgiảm\sđau|dầu\scá|omega\s?3|fish\soil|collagen"
        r"|thực\sphẩm\schức\snăng|máy\sđo\shuyết|spo2|oxygen\s(?:concentrator|tank)|サプリメント|健康食品|湿布"
        r"|鱼油|保健品|suplemen|obat|vitaminas|suplemento"
    ),
    "furniture": (
        r"ghế|bàn|giường|tủ|kệ|đèn|rèm|thảm|chăn|gối|nệm|家具"
        r"|sofa|ghế\ssofa|chair|table|desk|shelf|mattress|lamp|ソファ|机|椅子|マットレス|ベッド|沙发|床|kursi|meja"
        r"|silla|mesa"
    ),
    "sports": (
        r"bóng\sđá|vợt|cầu\slông|yoga|gym|thể\sthao|tennis|golf|football|leagues?|huy\schương|cúp|ball"
        r"|ラケット|ゴルフ|サッカー|racket|racquet|badminton|shuttlecocks?|soccer|cleats"
        r"|giày\sđá\sbóng|tập\stạ|chạy\sbộ|running|basketball|volleyball|boxing|swim|training|ジム"
        r"|ランニング|野球|バスケ|テニス|バドミントン|跑步|篮球|羽毛球|olahraga|fútbol|deportivo"
    ),
    "book": (
        r"sách|truyện|tiểu\sthuyết|giáo\strình|book|cookbook|本|攻略本|poster|decal"
        r"|tiểu\ssử|lịch\ssử|tập\struyện|manga|comic|biography|novel|textbook|history|guidebook"
        r"|travel\sguide|magazine|絵本|漫画|小説|文庫|写真集|図鑑|书|小说|漫画|buku|libro|novela|dvd|blu-?ray\sdisc"
        r"|cd|vinyl|bộ\sđĩa|đĩa\sthan|băng\scassette|映画|アルバム"
    ),
    "pet": (
        r"chó|mèo|thú[\s-]cưng|cá|hồ|bể\scá|pet"
        r"|chim|bồ\scâu|hamster|cún|cat|dog|aquarium|ペット|猫|犬|猫粮|狗粮|kucing|anjing|perro|gato"
    ),
    "kitchen": (
        r"nồi|chảo|bình\sgiữ\snhiệt|bình\snước|ly\sgiữ\snhiệt|phích|ấm\sđun|ấm\ssiêu\stốc|hộp\scơm"
        r"|hộp\sđựng\sthực\sphẩm|thớt|dao|muỗng|thìa|bát|chén|đĩa\ssứ|cốc|ly\ssứ|bếp|kitchen"
        r"|cookware|knife|knives|pans?|pots?|kettle|thermos|tumbler|water\sbottle|lunch\sbox|mugs?"
        r"|cups?|corer|peeler|slicer|cutlery|blender|grill|水筒|鍋|フライパン|包丁|弁当箱|魔法瓶|ポット|食器|マグカップ|タンブラー"
        r"|グラス|保温杯|锅|刀|杯|餐具|panci|botol\sminum|sartén|olla|cuchillo|vaso|taza"
    ),
    "home": (
        r"rèm|ga\sgiường|drap|chăn\sga|mền|nến|tinh\sdầu|đèn\sngủ|gương|khung\s(?:tranh|ảnh)"
        r"|trang\strí|đồ\strang\strí|móc\streo|ổ\scắm|ổ\skhóa|khóa\scửa|van\skhóa|vòi|bồn\scầu"
        r"|curtains?|candles?|blanket|bedding|bed\ssheets?|pillow|rug|carpet|towels?|vase"
        r"|home\sdecor|wall\sart|clock|faucet|doormat|cushion|paint|カーテン|クッション|ラグ|毛布|キャンドル|インテリア"
        r"|タオル|壁紙|窗帘|抱枕|毛毯|蜡烛|地毯|cortinas?|vela|manta|gorden|lilin"
    ),
    "garden": (
        r"hạt\sgiống|cây\sgiống|cây\scảnh|chậu|hoa\sgiả|hoa\slụa|phân\sbón|thuốc\strừ|hoa\skhô"
        r"|sen\sđá|làm\svườn|seeds?|seedlings?|plants?|garden|planter|bouquet|苗|苗木|庭木|種|盆栽|花苗|观葉|观叶"
        r"|种子|绿植|bibit|tanaman|semillas|planta"
    ),
    "art": (
        r"tranh|tượng|phong\sthủy|tượng\sgỗ|in\scanvas|tranh\sthêu|posters?|statue|figurine"
        r"|sculpture|paintings?|canvas\sprint|wallpaper|絵画|置物|彫刻|ポスター|古銭|コイン|骨董|摆件|雕像|挂画|cuadro"
        r"|escultura|estatua|patung|lukisan"
    ),
    "music": (
        r"đàn|guitar|piano|organ|kèn|sáo|violin|ukulele|trống|keyboard\spiano|drums?|flute|trumpet"
        r"|saxophone|ギター|ピアノ|バイオリン|楽器|吉他|钢琴|gitar|guitarra"
    ),
    "fishing": (
        r"cần\scâu|máy\scâu|mồi|lưỡi\scâu|dây\scâu|fishing|lure|rod|reel|釣り|リール|ロッド|竿|ルアー|渔|钓"
        r"|pancing|pesca"
    ),
    "ticket": (
        r"vé|voucher|e-voucher|thẻ\scào|tickets?|gift\scard|subscription|チケット|入場券|商品券|门票|tiket"
        r"|entradas"
    ),
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
    "kitchen": frozenset({7, 8, 11, 21}),
    "home": frozenset({11, 20, 21, 24, 27}),
    "garden": frozenset({31}),
    "art": frozenset({14, 16, 19, 20}),
    "music": frozenset({9, 15}),
    "fishing": frozenset({28}),
    "ticket": frozenset({16, 36, 41}),
}
