"""Words that name goods: what is used up and sold by content, what lasts, what is an empty vessel."""

from collections.abc import Mapping
from typing import Literal

GoodsClass = Literal["consumable", "countable", "durable", "vessel"]

# Vietnamese names its goods first, so the first of these phrases in a title decides; longer phrases go before shorter.
# countable: used up, but counted singly (masks, tissues); consumable: fills a pack, so a bare count says no content.
_PHRASES: Mapping[GoodsClass, str] = {
    "consumable": """
        kem, kem đánh răng, sữa, sữa rửa mặt, sữa tắm, sữa dưỡng, sữa chua, sữa tươi, sữa bột, sữa non, serum
        tinh chất, essence, ampoule, toner, lotion, nước, nước hoa, nước hoa hồng, nước giặt, nước xả, nước lau
        nước rửa, nước súc miệng, nước tẩy, nước tẩy trang, nước tương, nước mắm, nước cốt, nước ép, nước yến
        nước xịt, nước lau sàn, gel, dầu, dầu gội, dầu xả, dầu ăn, dầu nhớt, dầu gió, dầu dưỡng, nhớt, tinh dầu
        tẩy trang, tẩy tế bào chết, tẩy da chết, sữa chống nắng, chống nắng, kem chống nắng, kem dưỡng, dưỡng ẩm
        dưỡng da, dưỡng tóc, dưỡng môi, dưỡng thể, dưỡng mi, ủ tóc, hấp dầu, thuốc nhuộm, nhuộm tóc, uốn tóc
        son, son môi, phấn, phấn phủ, phấn nước, phấn mắt, phấn má, phấn rôm, cushion, kem nền, kem lót, mascara
        chì kẻ, chì kẻ mày, kẻ mắt, kẻ mày, bút kẻ, bút kẻ mắt, bút kẻ mày, che khuyết điểm, má hồng
        highlighter, blush, foundation, eyeliner, bảng mắt, bảng phấn mắt, lip, body mist, xịt thơm, xịt khoáng
        xịt khử mùi, xịt, chai xịt, lăn khử mùi, lăn ngăn mùi, lăn, khử mùi, sáp khử mùi, sáp thơm, sáp vuốt tóc
        sáp, wax, pomade, gôm, keo xịt tóc, keo, keo dán, keo 502, sơn, sơn móng, sơn gel, sơn xịt, mực, mực in
        màu vẽ, màu nước, màu acrylic, đất sét, slime, hồ dán, xà phòng, xà bông, bột giặt, bột, bột ngọt
        bột mì, bột ăn dặm, ngũ cốc, yến mạch, granola, cháo, gạo, mì, mì gói, mỳ, mì tôm, bún, phở, miến
        hủ tiếu, nui, bánh, bánh quy, bánh tráng, bánh gạo, bánh kẹo, kẹo, kẹo dẻo, chocolate, socola, sô cô la
        thạch rau câu, trà, trà sữa, chè, cà phê, cafe, coffee, cacao, matcha, bia, rượu, mật ong, đường, muối
        gia vị, hạt nêm, nước chấm, sốt, tương, tương ớt, sa tế, mắm, giấm, bơ, phô mai, rong biển, khô bò
        khô gà, khô mực, mực khô, chà bông, cá khô, tôm khô, xúc xích, lạp xưởng, giò, chả, nem, thịt, cổ vịt
        chân gà, hạt, hạt điều, hạt mix, hạnh nhân, óc chó, macca, mắc ca, hướng dương, trái cây sấy, mít sấy
        chuối sấy, nho khô, táo đỏ, long nhãn, đồ ăn vặt, ăn vặt, snack, nấm, yến sào, tổ yến, đông trùng
        nhân sâm, hồng sâm, saffron, nhụy hoa, tinh bột nghệ, collagen, whey, mass, bcaa, creatine, protein
        vitamin, omega, thuốc, dung dịch, siro, si rô, cồn, nước muối, men vi sinh, thực phẩm
        thực phẩm chức năng, thức ăn, pate, cám, cát vệ sinh, súp thưởng, bánh thưởng, sữa cho mèo, phân bón
        phân gà, phân bò, đất trồng, đất, đất thái, mồi, mồi câu, nhang, trầm, nến, nến thơm, bột tẩy, tẩy
        viên tẩy, muối tắm, bột mặt nạ, vôi, xi, xi đánh giày, xi kem, bông tiêu âm, kính áp tròng, lens
        áp tròng, gel bôi, gel rửa, thuốc trừ sâu, chế phẩm, vi sinh, nước hoa xe, tinh chất dưỡng, nguyên liệu
        vỏ bọc, liniment, shampoo, conditioner, cleanser, cream, moisturizer, sunscreen, perfume, eau de parfum
        eau de toilette, parfum, toothpaste, detergent, soap, oil, tea, powder, sauce, honey, rice, noodles
        cookies, candy, milk, ink, glue, paint, cat food, dog food, balm, scrub, peeling, cleansing, mist
        nail polish, concealer, primer, body wash, tẩy lông, wax lông, combo gội xả, gội, xả vải, nước thơm
        dưỡng, tinh dầu dưỡng, cốt dừa, rau củ, mứt, ô mai, xí muội, bim bim, cá, cá hồi, tôm, cua, gà, đùi gà
        cánh gà, ức gà, vịt, heo, bò, sườn, ba rọi, thăn, nạc, rau, khoai, khoai tây, khoai lang, cải xanh
        cải thảo, đậu xanh, đậu đỏ, đậu nành, đậu phộng, đậu, cà rốt, cà chua, bắp ngô, bắp cải, trái cây, kiwi
        táo, cam sành, nho, xoài, chuối, bào ngư, ớt, ớt bột, tỏi, hành tây, hành lá, men tiêu hóa, nhỏ mắt
        dây dù câu cá, dây câu, cước câu, phấn thơm, chống muỗi, thuốc muỗi, xịt muỗi, acne patch cream
        siêu phẩm dưỡng""",
    "countable": """
        khẩu trang, khăn giấy, khăn ướt, giấy ướt, giấy vệ sinh, giấy ăn, giấy lụa, giấy, khăn nén, khăn mặt khô
        tã, tã dán, tã quần, bỉm, bỉm quần, miếng lót, băng vệ sinh, bvs, tampon, bông tẩy trang
        bông trang điểm, bông tăm, tăm bông, tăm, mặt nạ, mặt nạ giấy, mask, miếng dán mụn, miếng dán, cao dán
        băng cá nhân, băng keo, băng dính, gạc, que thử, que thử thai, que test, test thử, bao cao su, bcs
        viên uống, viên, viên sủi, viên nén, viên giặt, viên rửa bát, viên thả, kẹo dẻo vitamin, pin, pin aa
        pin cmos, hạt giống, kim, kim tiêm, lưỡi dao cạo, lưỡi lam, túi rác, túi đựng rác, túi zip, túi nilon
        màng bọc thực phẩm, ống hút, găng tay y tế, găng tay cao su, tem, sticker, nhãn dán, đầu lọc, giấy lọc
        que cỏ, móng giả, mi giả, lông mi giả, tablets, capsules, wipes, diapers, sheet mask, batteries""",
    "durable": """
        áo, áo thun, quần, quần lót, quần áo, váy, chân váy, đầm, đồ bộ, bộ đồ, đồ ngủ, đồ lót, đồ bầu, set đồ
        set bộ, pijama, pyjama, bra, bikini, yếm, sịp, vest, hoodie, cardigan, khăn, khăn tắm, khăn choàng
        khăn quàng, khăn len, giày, giầy, dép, sandal, guốc, boot, boots, sneaker, ủng, tất, vớ, túi xách
        túi đeo, túi tote, túi đựng, túi vải, túi du lịch, túi trống, túi ngủ, túi da, túi zipper, túi đeo chéo
        túi mini, túi nữ, túi nam, túi, balo, ba lô, cặp, cặp sách, vali, ví, bóp, nón, mũ, mũ bảo hiểm
        nón bảo hiểm, thắt lưng, dây lưng, dây nịt, cà vạt, nơ, găng tay, kính, kính mát, kính râm, gọng kính
        đồng hồ, vòng, vòng tay, vòng cổ, nhẫn, dây chuyền, bông tai, hoa tai, khuyên, khuyên tai, lắc, lắc tay
        kẹp tóc, dây buộc tóc, cột tóc, băng đô, trang sức, mặt dây, charm, điện thoại, dt, đt, iphone
        smartphone, samsung galaxy, laptop, máy, máy tính, máy tính bảng, pc, case máy tính, main, ram, ssd
        ổ cứng, vga, card, cpu, mainboard, barebone, màn hình, tivi, tv, tv box, android box, đầu thu, anten
        tai nghe, loa, micro, mic, mixer, amply, sạc, củ sạc, cáp, cáp sạc, bộ sạc, dây sạc, sạc dự phòng
        pin dự phòng, ốp, ốp lưng, bao da, kính cường lực, miếng dán màn hình, miếng dán điện thoại
        dán màn hình, chuột, bàn phím, keycap, lót chuột, hub, usb, thẻ nhớ, bộ chuyển đổi, bộ phát wifi, router
        camera, ống kính, lens máy ảnh, hood, tripod, gậy, giá đỡ, giá kẹp, giá treo, đế, đèn, đèn led, bóng đèn
        quạt, nồi, chảo, bếp, ấm, ấm siêu tốc, bình, bình giữ nhiệt, bình nước, bình đựng, bình sữa, ly, cốc
        tách, chén, bát, tô, đĩa, dĩa, muỗng, thìa, đũa, nĩa, dao, kéo, thớt, rổ, khay, khay nhựa, kệ, tủ, bàn
        bàn ủi, bàn là, bàn chải, bàn chải đánh răng, ghế, giường, nệm, đệm, chăn, mền, ga, drap, gối, màn, mùng
        rèm, thảm, gương, tranh, khung, lịch, xe, xe máy, xe đạp, xe đẩy, xe đồ chơi, lốp, vỏ xe, bánh xe, nhông
        phuộc, yên, bô, gương chiếu hậu, đồ chơi, mô hình, búp bê, thú nhún, gấu bông, thú bông, tượng, lego
        xếp hình, rubik, puzzle, figure, sách, truyện, vở, sổ, tập, bút, bút bi, bút chì, thước, hộp bút
        hộp cơm, hộp nhựa, hộp quà, hộp nhạc, hộp đựng, lều, bóng, vợt, dây giày, dây đeo, dây nhảy, tạ
        thảm yoga, khóa, khoá, ổ khóa, ổ cắm, phích cắm, công tắc, lược, cọ, bông tắm, bông mút, mút, chổi
        cây lau nhà, thùng rác, móc, móc khóa, móc treo, bộ lọc, lõi lọc, sim, esim, voucher, evoucher
        e voucher, thẻ, thẻ cào, combo vé, vé, đĩa game, phần mềm, tài khoản, tông đơ, nhiệt kế, cân
        cân điện tử, nạng, đai, nẹp, địu, nôi, cũi, ghế ăn, ti giả, núm ty, núm ti, điều khiển, remote, cảm biến
        mạch, module, linh kiện, tụ, ic, biến áp, adapter, nguồn, cây cảnh, hoa giả, chậu, bình hoa, lọ hoa
        bể cá, lồng, chuồng, vòng cổ chó, bát ăn, dụng cụ, dụng cụ bấm, mắt mèo, phụ kiện, phụ tùng, phễu, khuôn
        tăm nước, máy tăm nước, bơm tiêm, tay cầm, đầu thay, đầu bàn chải, bảo vệ, nút bịt, vỏ tạ, bộ bàn
        bộ chén, bộ nồi, bộ ấm, watch, phone case, shoes, shirt, t shirt, pants, bag, backpack, wallet, hat
        ring, necklace, earrings, toy, book, charger, cable, headphones, lưỡi dao, lưỡi cắt, lưỡi, ống nước, vòi
        sen tắm, bồn cầu, chậu rửa, keo tản nhiệt máy, thang, búa, kìm, khoan, tua vít, ốc vít, xích, băng game
        nintendo switch, thiết bị, bộ thiết bị, bộ kích sóng, ống nhòm, sáo, ná, bộ bài, ổ điện, gen, ống gen
        bảng vẽ, bốt, đầu chuyển, đầu nối, jack, nam châm, cần câu, lục giác, cờ lê, dàn, bộ đàm, xốp dán, lưới
        thau, bồn tắm, phao, robot, lò, lò vi sóng, clutch, dây điện, dây hdmi, dây mạng, ipad, tablet, bao tay
        bịt ổ, bộ thể thao, xăng đan, động cơ, tóc giả, cây lăn kim, kính lúp, mặt nạ dưỡng khí, mặt nạ hàn
        quả cầu lông, cầu lông, ghi đông, pô, kẹp""",
    "vessel": """
        chai chiết, lọ chiết, hũ chiết, hủ chiết, chai lọ, chai lọ chiết, vỏ chai, vỏ lọ, vỏ hũ, hũ đựng
        hủ đựng, lọ đựng, chai đựng, túi chiết, bộ chiết, set chiết, bình chiết, bình xịt, chai xịt rỗng
        hũ thủy tinh, hũ thuỷ tinh, lọ thủy tinh, lọ thuỷ tinh, chai thủy tinh, chai nhựa, hũ nhựa, ca đong
        cốc đong, empty bottle, spray bottle""",
}  # fmt: skip
GOODS: Mapping[str, GoodsClass] = {
    " ".join(phrase.split()): goods
    for goods, text in _PHRASES.items()
    for line in text.splitlines()
    for phrase in line.split(",")
    if phrase.strip()
}

# The same for Japanese, sought anywhere in the title; the last one decides, as Japanese names its goods last.
_JAPANESE_WORDS: Mapping[GoodsClass, str] = {
    "consumable": """
        クリーム 化粧水 乳液 美容液 洗顔 石鹸 石けん シャンプー コンディショナー トリートメント
        ローション ジェル オイル 日焼け止め リップ 口紅 ファンデーション マスカラ アイライナー 香水
        歯磨き 洗剤 柔軟剤 茶 コーヒー 菓子 クッキー チョコ 米 麺 ラーメン 醤油 ソース 水
        ビール 酒 牛乳 粉 サプリ フード インク 接着剤 塗料""",
    "countable": """
        マスク おむつ オムツ ティッシュ シート ナプキン 電池 錠 カプセル 綿棒 コンタクト""",
    "durable": """
        シャツ パンツ 靴 スニーカー 腕時計 時計 バッグ 財布 スマホケース カバー 充電器 ケーブル
        イヤホン スピーカー カメラ テレビ 掃除機 ドライヤー フィギュア おもちゃ 書籍 雑誌 椅子 机
        ベッド 枕 布団 タオル 帽子 指輪 ネックレス""",
    "vessel": """
        空ボトル 詰め替えボトル スプレーボトル""",
}
JAPANESE: Mapping[str, GoodsClass] = {word: goods for goods, words in _JAPANESE_WORDS.items() for word in words.split()}

# Folded words of category names under which goods without a known word are used up.
CONSUMABLE_CATEGORIES = (
    "cham soc da", "cham soc toc", "cham soc co", "tam & cham", "trang diem", "nuoc hoa",
    "ve sinh rang", "my pham", "beauty", "bach hoa", "thuc pham", "food", "grocery", "giat giu",
    "suc khoe", "functionalfoods", "vitamin", "thuc uong", "beverage", "skin care", "hair care",
    "makeup", "fragrance", "cham soc phu nu", "sua bot", "bim", "ta em be", "sac dep", "コスメ", "食品",
)  # fmt: skip
