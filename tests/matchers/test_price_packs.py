import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.pack_sizes import is_total_right, main
from matchers.price.pack_size import PackSize, is_plain_offer, pack_of_title, read_pack
from tests.realdata import data_path

# title | unit amount | unit | count | kind
PACKS = """
Nước hoa hồng 170ml|170|ml|1|full
Gạo 1.5kg|1500|g|1|full
Nước rửa chén 1,500ml|1500|ml|1|full
Dầu ăn 2 lít|2000|ml|1|full
Combo 2 sữa rửa mặt 100g|100|g|2|full
Combo 2 sữa rửa mặt 100gx2|100|g|2|full
Lốc 4 hộp sữa x 180ml|180|ml|4|full
Thùng 12 lốc x 4 hộp sữa 180ml|180|ml|48|full
Thùng 48 hộp sữa (12 lốc x 4 hộp 180ml)|180|ml|48|full
2 lốc x 4 hộp sữa chua 100g|100|g|8|full
Bột ngũ cốc [20g X12 gói]|20|g|12|full
Viên uống 16000mg hộp 60 viên|60|piece|1|full
Combo 6 hộp bông tẩy trang 82 miếng/hộp|82|piece|6|full
Bỉm size M 64 miếng (6-11kg)|64|piece|1|full
Bộ 3 áo thun nam 45-60kg|1|piece|3|full
Combo 3 quan lot nam|1|piece|3|full
1 đôi bông tai bạc|1|piece|1|full
[Giá sốc] 10 nút bịt ổ điện|1|piece|10|full
Set 4 son kem lì|||4|full
Hũ 50g sáp thơm|50|g|1|full
Sữa chống nắng SPF50+ PA++++|||1|full
Sữa rửa mặt 350ml + 35ml tặng thêm|385|ml|1|full
Áo khoác 2 lớp 6 túi|||1|not_applicable
Balo laptop 40L|||1|not_applicable
Máy xay cối 2L 300W|||1|not_applicable
Nồi inox 304 dáng 22x10x4|||1|not_applicable
Serum 30ml/50ml|||1|choice
Sữa tắm 88ml, 236ml, 473ml|||1|choice
Khăn giấy 10/12 gói|||1|choice
Chai chiết mỹ phẩm 5ml 10ml 20ml|||1|choice
Dầu gội 310ml + Dầu xả 310ml|||1|set_of_different_goods
Bộ dụng cụ sửa chữa 15 chi tiết|||1|set_of_different_goods
Nước rửa bình sữa 250ml (túi thay thế)|250|ml|1|refill
[Mẫu thử] Tinh chất dưỡng 3ml|3|ml|1|sample
日焼け止め 60ml 2本セット|60|ml|2|full
化粧水 170ml×3個|170|ml|3|full
マスク 50枚入り 10箱|50|piece|10|full
シャンプー 詰め替え 400ml|400|ml|1|refill
Skin lotion 170ml pack of 2|170|ml|2|full
Bỉm quần XL 38+6 miếng|44|piece|1|full
Combo dầu gội 640g và dầu xả 620g|||1|set_of_different_goods
Túi refill sữa tắm 500ml|500|ml|1|refill
[Thùng 12] Sữa hạt 1L|1000|ml|12|full
日焼け止め 70g 2個セット|70|g|2|full
シャンプー 400ml + コンディショナー 400ml|||1|set_of_different_goods
Baby diapers size 4, 82 count|82|piece|1|full
Vitamin 5000 IU, 360 softgels|360|piece|1|full
"""
ROWS = [line.split("|") for line in PACKS.strip().splitlines()]


@pytest.mark.parametrize(("title", "amount", "unit", "count", "kind"), ROWS)
def test_packs_are_read_from_titles(title: str, amount: str, unit: str, count: str, kind: str) -> None:
    pack = read_pack(title)
    assert (pack.unit_amount, pack.unit) == (Decimal(amount) if amount else None, unit or None)
    assert (pack.count, pack.kind) == (int(count), kind)


GIFTS = {
    "Dép tặng kèm 12 sticker": True,
    "Kem dưỡng 50g kèm quà tặng mini 10g": True,
    "Kem chống nắng 50g mua 2 tặng 1": True,
    "Dây buộc tóc quà tặng dễ thương": False,
    "Loa kèm cáp": False,
}


@pytest.mark.parametrize(("title", "gift"), GIFTS.items())
def test_gifts_are_told_and_their_numbers_left_out(title: str, gift: bool) -> None:
    pack = read_pack(title)
    assert pack.gift is gift
    assert pack.count == 1
    assert pack.unit_amount in {None, Decimal(50)}


def test_the_category_helps_only_where_the_title_names_no_goods() -> None:
    assert read_pack("Baby Choco 3Da").kind == "not_applicable"
    assert read_pack("Baby Choco 3Da", ("Chăm sóc da mặt",)).kind == "full"
    assert read_pack("Áo thun", ("Chăm sóc da mặt",)).kind == "not_applicable"


def test_choices_and_sets_have_no_pack_to_compare() -> None:
    assert pack_of_title("Serum 30ml/50ml") is None
    assert pack_of_title("Dầu gội 310ml + Dầu xả 310ml") is None
    assert pack_of_title("Serum 30ml") == PackSize(Decimal(30), "ml", 1)


@pytest.mark.parametrize("title", ["Mẫu thử kem 5ml", "Túi refill 200ml", "Máy ảnh cũ", "香水 中古", "Vỏ hộp nước hoa"])
def test_other_kinds_of_the_goods_are_not_plain_offers(title: str) -> None:
    assert not is_plain_offer(title)
    assert is_plain_offer("Kem dưỡng 50ml")


@given(st.integers(1, 999), st.sampled_from(["ml", "g"]), st.integers(2, 60), st.sampled_from(["hộp", "chai", "gói"]))
def test_amount_times_count_is_read_in_every_order(amount: int, unit: str, count: int, container: str) -> None:
    for title in (
        f"Sữa {count} {container} x {amount}{unit}",
        f"Sữa {amount}{unit} x {count}",
        f"Combo {count} {container} sữa {amount} {unit}",
    ):
        pack = read_pack(title)
        assert (pack.total, pack.unit) == (Decimal(amount * count), unit), title


@given(st.text(max_size=80))
def test_any_title_gives_a_pack_of_at_least_one(title: str) -> None:
    pack = read_pack(title)
    assert pack.count >= 1
    assert pack.unit_amount is None or pack.unit_amount > 0
    assert (pack.unit is None) == (pack.unit_amount is None)


def test_the_benchmark_scores_the_product_not_the_split() -> None:
    row = {"unit_amount": 1, "unit": "piece", "count": 60}
    assert is_total_right(row, PackSize(Decimal(60), "piece", 1))
    assert not is_total_right(row, PackSize(None, None, 60))
    assert not is_total_right(row, PackSize(Decimal(60), "g", 1))


@pytest.mark.real
def test_labelled_packs_are_read_no_worse_than_before(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "predictions.jsonl"
    main([str(data_path("eval", "pack_sizes.jsonl")), "--predictions", str(out)])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["rows"] > 400
    assert figures["total_accuracy"] >= 0.95
    assert figures["kind_accuracy"] >= 0.93
    assert figures["gift_accuracy"] >= 0.98
    assert len(out.read_text(encoding="utf-8").splitlines()) > figures["rows"]
