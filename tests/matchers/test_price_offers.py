import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.product_pairs import main, offer_of, score
from matchers.price.offer_relation import facets_of, judge_pair
from matchers.price.offer_text import OfferText
from matchers.price.offer_weights import FACET_WORDS, WEIGHTS

# relation | one title | another title; all made up
PAIRS = """
same|Serum Alpha Bright C20 30ml chính hãng|[Giao HCM] Tinh chất Alpha Bright C20 30ml mẫu mới
same|Nồi chiên Beta BX-450 5 lít|Nồi chiên không dầu Beta BX450 5 lít hàng chính hãng
same|Loa Gamma AR 36|Loa Gamma AR-36 (cao cấp)
same|Kem đánh răng Delta Mint 85ml|Kem Đánh Răng Delta Mint 85ML - hàng nội địa
same|Sữa tắm Epsilon Happy Baby 400ml/700ml|Sữa tắm Epsilon Happy Baby 400ml
variant|Sữa tắm Epsilon Happy Baby 400ml|Sữa tắm Epsilon Happy Baby 700ml
variant|Thẻ nhớ Zeta Evo 64GB Class 10|Thẻ nhớ Zeta Evo 128GB Class 10
variant|Túi đeo chéo Eta Canvas T12 màu đen|Túi đeo chéo Eta Canvas T12 màu trắng
variant|Nước giặt Theta hoa nắng 3.6kg|Combo 2 túi nước giặt Theta hoa nắng 3.6kg
different|Ốp lưng điện thoại Iota X2 silicon|Điện thoại Iota X2 chính hãng
different|Bàn phím cơ Kappa EK87|Chuột không dây Lambda M185
different|Giày bảo hộ Rho cổ thấp da bò|Giày bảo hộ Rho cổ cao da bò
different|Tai nghe không dây Tau Buds 3 chính hãng|Tai nghe không dây Tau Buds 2 chính hãng
different|Máy trợ giảng Ypsi XTR200 Plus|Máy trợ giảng Ypsi XTR200
same|Điều hòa Phi AH-X9Q mới|Máy lạnh Phi AH-X9Q 9000 BTU
variant|Sữa chua Chi vị dâu 140g|Sữa chua Chi vị mật ong 140g
different|Dây đeo thay thế cho đồng hồ Nuvo Fit 8|Đồng hồ thông minh Nuvo Fit 8
different|Kính cường lực Iota X2 Plus full màn|Kính cường lực Iota X2 full màn
different|Balo nữ Omikron đi học MS15|Balo nữ Omikron đi học MS06
different|Nước uống Rhona Collagen Premium 500ml|Nước uống Rhona Collagen Classic 500ml
variant|Áo lót nam Sirio 5020 màu xám size XXL|Áo lót nam Sirio 5020 màu xám size M
variant|Áo sơ mi nam Tarvo A1MN468-CN045|Áo sơ mi nam Tarvo A1MN468-CN073
variant|Thẻ quà tặng Upsi 300.000đ|Thẻ quà tặng Upsi 500.000đ
same|Sạc dự phòng Vega PLM18Z 20000mAh|Pin sạc dự phòng 20000mAh Vega PLM18Z
same|Chảo chống dính Xeno 24cm [Mã SALE20 giảm 20K đơn 199K]|Chảo chống dính Xeno 24cm hàng chính hãng
different|Mặt nạ dưỡng ẩm Sigma 25ml|Máy hút bụi cầm tay Omega V8
"""
ROWS = [line.split("|") for line in PAIRS.strip().splitlines()]


@pytest.mark.parametrize(("relation", "left", "right"), ROWS)
def test_pairs_are_judged_as_a_buyer_would(relation: str, left: str, right: str) -> None:
    judged = judge_pair(OfferText(left), OfferText(right))
    assert judged.relation == relation, facets_of(OfferText(left), OfferText(right))
    assert (judged.margin > 0) == (relation == "same")


def test_an_answer_names_its_strongest_reasons() -> None:
    judged = judge_pair(OfferText("Thẻ nhớ Zeta Evo 64GB Class 10"), OfferText("Thẻ nhớ Zeta Evo 128GB Class 10"))
    assert "another memory" in judged.reasons


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_order_of_a_pair_hardly_matters_and_any_text_is_judged(one: str, other: str) -> None:
    first = judge_pair(OfferText(one), OfferText(other))
    second = judge_pair(OfferText(other), OfferText(one))
    assert first.margin == pytest.approx(second.margin, abs=3.0)


def test_every_facet_has_a_weight_and_every_named_facet_exists() -> None:
    facets = facets_of(OfferText("Kem Alpha 50ml"), OfferText("Kem Alpha 100ml"))
    assert set(facets) == set(WEIGHTS)
    assert set(FACET_WORDS) < set(facets)


def test_prices_count_only_where_their_ranges_lie_apart() -> None:
    cheap = OfferText("Kem", low=Decimal(50_000), high=Decimal(90_000))
    assert cheap.gap(OfferText("Kem", low=Decimal(80_000), high=Decimal(95_000))) == 0
    assert cheap.gap(OfferText("Kem")) == 0
    assert cheap.gap(OfferText("Kem", low=Decimal(180_000), high=None)) == pytest.approx(0.693, abs=0.001)


def test_a_labelled_offer_is_read_with_its_price_range_and_category() -> None:
    offer = offer_of({"title": "Kem", "price": "105000 - 165000", "category": ["Mỹ phẩm"]})
    assert (offer.low, offer.high, offer.category) == (Decimal(105_000), Decimal(165_000), ("Mỹ phẩm",))
    with pytest.raises(TypeError):
        offer_of("Kem")


def test_the_score_counts_three_classes_and_the_safe_recall() -> None:
    rows = [{"label": label} for label in ("same", "same", "variant", "different")]
    figures = score(rows, ["same", "different", "same", "different"], [3.0, 1.0, 2.0, -1.0])
    assert figures["same"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert figures["accuracy"] == 0.5
    assert figures["recall_at_precision_0.95"] == 0.5


def test_the_command_judges_by_rules_and_by_learned_trees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        {"key": str(place), "a": {"title": left}, "b": {"title": right}, "label": relation, "sure": 3}
        for place, (relation, left, right) in enumerate(ROWS)
    ]
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    out = tmp_path / "predictions.jsonl"
    main([str(path), "--learn", str(path), "--predictions", str(out)])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["rows"] == len(ROWS) == len(out.read_text(encoding="utf-8").splitlines())
    assert figures["same"]["f1"] == 1.0
    assert figures["learned"]["rows"] == len(ROWS)
