"""The learned product matcher: trained to a file, asked where rules are unsure, never needed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks.product_model import main
from crawler.errors import BadInput
from crawler.product_models import installed_matcher, product_model
from matchers.match import Matcher
from matchers.price.learned_match import LearnedMatch
from matchers.price.product_model import train
from tests.matchers.test_price_product_model import SMALL, labelled
from tests.matchers.watch import listing, watchlist

DRILL = {
    "product_id": "drill", "mark_id": "makita", "name": "Makita rotary búa khoan đa năng gia đình",
    "list_price": "3000000", "currency": "VND", "unit_amount": "1", "unit": "piece",
}  # fmt: skip
CASE = {
    "products": [DRILL],
    "title": "Búa khoan đa năng gia đình cầm tay Makita drillex mạnh mẽ êm ái",
    "price": "500000",
    "currency": "VND",
}


class Sure:
    """Stands for a model: says yes or no, and remembers what it was asked."""

    def __init__(self, margin: float) -> None:
        self.answer = margin
        self.asked: list[tuple[str, str]] = []

    def margin(self, title: str, name: str) -> float:
        self.asked.append((title, name))
        return self.answer


def products_of(matcher: Matcher, case: Mapping[str, Any]) -> list[tuple[str, str]]:
    reading = next(matcher.read_many([listing(case)]))
    return [(offer.product.product_id, offer.matched.how) for offer in reading.offers]


def test_a_model_decides_where_the_rules_are_unsure() -> None:
    yes, no = Sure(1.0), Sure(-1.0)
    assert products_of(Matcher(watchlist(CASE), yes), CASE) == [("drill", "model")]
    assert products_of(Matcher(watchlist(CASE), no), CASE) == []
    assert products_of(Matcher(watchlist(CASE)), CASE) == []
    assert yes.asked == no.asked == [(CASE["title"], DRILL["name"])]


def test_a_model_is_not_asked_where_the_name_is_said_or_far_off() -> None:
    model = Sure(1.0)
    whole = CASE | {"title": "Makita rotary búa khoan đa năng gia đình"}
    assert products_of(Matcher(watchlist(whole), model), whole) == [("drill", "name")]
    other = CASE | {"title": "Bút chì Makita"}
    assert products_of(Matcher(watchlist(other), model), other) == []
    assert model.asked == []


def test_a_hit_by_the_model_says_so() -> None:
    (hit,) = [one for one in Matcher(watchlist(CASE), Sure(1.0)).match(listing(CASE)) if one.track == "price"]
    assert next(step.detail for step in hit.chain if step.name == "product") == (
        "the learned matcher takes it for the product"
    )


def test_a_kept_model_judges_as_the_trained_one() -> None:
    pairs, same = labelled()
    model = train(pairs, same, seed=1, growth=SMALL).with_threshold(0.5)
    kept = LearnedMatch.of(json.loads(json.dumps(model.as_dict())))
    asked = ("acme camera x512 silver", "acme x512 camera")
    assert kept.margin(*asked) == LearnedMatch(model).margin(*asked) == kept.margin(*asked)
    assert kept.margin(*asked) > kept.margin("acme camera x512 silver", "zenith drill x777")


def test_the_command_trains_a_model_that_an_installation_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sets" / "one"
    folder.mkdir(parents=True)
    pairs, same = labelled()
    lines = [
        f"COL title VAL {left.title}\tCOL title VAL {right.title}\t{int(label)}\n"
        for (left, right), label in zip(pairs, same, strict=True)
    ]
    (folder / "train.txt").write_text("".join(lines[:120]), encoding="utf-8")
    (folder / "valid.txt").write_text("".join(lines[120:]), encoding="utf-8")
    monkeypatch.setenv("MARKWATCH_DATA_DIR", str(tmp_path / "data"))
    assert product_model(tmp_path / "data" / "product_model.json") is None
    main([str(tmp_path / "sets"), "--out", str(tmp_path / "data" / "product_model.json")])
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["pairs"] == len(lines)
    assert isinstance(product_model(tmp_path / "data" / "product_model.json"), LearnedMatch)
    assert products_of(installed_matcher(watchlist(CASE)), CASE) in ([], [("drill", "model")])


def test_a_folder_without_pairs_is_a_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([str(tmp_path)])
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "rarity": {}, "odds": {}, "trees": []}']
)
def test_a_broken_model_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "product_model.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=r"product_model\.json"):
        product_model(path)
