import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.product_matching import main, read_record
from matchers.price.boosted_trees import BoostedTrees, Growth, Sequence64, grow
from matchers.price.product_model import Candidates, Pair, best_threshold, model_from, train
from matchers.price.product_words import ProductText, Rarity, is_model
from tests.realdata import PROJECT, data_path

SMALL = Growth(trees=60, depth=3, rate=0.15, feature_share=0.5)


def record(title: str, price: str = "") -> ProductText:
    return read_record(f"COL name VAL {title} COL price VAL {price} ")


def labelled() -> tuple[list[Pair], list[bool]]:
    """Return pairs whose model number tells: the same one is the same product, another one is not."""
    numbers = Sequence64(1)
    pairs: list[Pair] = []
    same = []
    for place in range(160):
        brand = ("acme", "zenith", "orbit")[place % 3]
        kind = ("camera", "printer", "drill")[int(numbers.share() * 3)]
        model = 100 + int(numbers.share() * 800)
        other = model if place % 2 else model + 1 + int(numbers.share() * 50)
        pairs.append((record(f"{brand} {kind} x{model} black"), record(f"{brand} x{other} {kind} new")))
        same.append(model == other)
    return pairs, same


def test_a_record_is_read_with_its_fields_and_torn_numbers_mended() -> None:
    text = read_record("COL title VAL suite v1 .2 pro's COL brand VAL  COL modelno VAL AB-12 C COL price VAL 19.99 ")
    assert text.title == "suite v1.2 pros"
    assert (text.brand, text.number) == ("", "ab12c")
    assert text.log_price == pytest.approx(2.995, abs=0.001)
    assert read_record("COL name VAL thing COL price VAL  ").log_price is None


def test_model_numbers_are_told_from_measures_and_years() -> None:
    assert all(map(is_model, ("x100", "tn450", "dscw170", "2699b001", "26109")))
    assert not any(map(is_model, ("16gb", "2007", "55", "black", "x1")))


def test_rare_words_weigh_more_than_common_ones() -> None:
    rarity = Rarity.counted([record("camera acme"), record("camera zenith"), record("camera orbit x100")])
    assert rarity.of("camera") < rarity.of("acme") <= rarity.of("never seen")


def test_a_model_learns_that_the_model_number_decides() -> None:
    pairs, same = labelled()
    model = train(pairs, same, seed=3, growth=SMALL)
    fresh = [
        (record("acme camera x512 silver"), record("acme x512 camera")),
        (record("acme camera x512 silver"), record("acme x513 camera")),
    ]
    candidates = Candidates(model.rarity).beside(fresh)
    assert model.score(fresh[0], candidates) > 0 > model.score(fresh[1], candidates)


def test_the_same_pairs_and_seed_give_the_same_model_and_another_seed_another() -> None:
    pairs, same = labelled()
    one, again, other = (train(pairs, same, seed=seed, growth=SMALL) for seed in (1, 1, 2))
    assert one.as_dict() == again.as_dict()
    assert one.as_dict() != other.as_dict()


@pytest.mark.slow
def test_the_model_does_not_depend_on_the_order_of_sets() -> None:
    code = (
        "from hashlib import sha256; from tests.matchers.test_price_product_model import SMALL, labelled, train;"
        "print(sha256(repr(train(*labelled(), seed=1, growth=SMALL).trees).encode()).hexdigest())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=PROJECT,
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


def test_a_model_comes_back_from_its_json_unchanged() -> None:
    pairs, same = labelled()
    model = train(pairs, same, seed=1, growth=SMALL).with_threshold(0.25)
    back = model_from(json.loads(json.dumps(model.as_dict())))
    candidates = Candidates.of(pairs)
    assert back.threshold == 0.25
    assert [back.score(pair, candidates) for pair in pairs[:9]] == [model.score(pair, candidates) for pair in pairs[:9]]


@pytest.mark.parametrize("values", [{}, {"format": 2}, {"format": 1, "rarity": [], "odds": {}, "trees": []}])
def test_another_format_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="format 1"):
        model_from(values)


def test_trees_split_where_the_labels_do() -> None:
    rows = [[float(place), float(place % 7)] for place in range(200)]
    trees = grow(rows, [row[0] >= 100 for row in rows], 0, Growth(trees=40, depth=3, feature_share=1.0))
    assert trees.score([150.0, 3.0]) > 1
    assert trees.score([20.0, 3.0]) < -1


def test_trees_without_a_split_give_the_base() -> None:
    assert BoostedTrees(-1.5, (0.5,)).score([]) == -1.0


def test_the_threshold_parts_what_can_be_parted() -> None:
    edge = best_threshold([4.0, 3.0, -1.0, -2.0], [True, True, False, False])
    assert -1.0 < edge < 3.0


def test_the_threshold_is_low_where_little_can_be_told() -> None:
    clear = best_threshold([3.0, 2.0, -2.0, -3.0] * 20, [True, True, False, False] * 20)
    unclear = best_threshold([3.0, 2.0, -2.0, -3.0] * 20, [True, False, True, False] * 20)
    assert unclear < clear
    assert best_threshold([], []) == 0.0


def test_a_rival_that_is_nearer_lowers_the_score() -> None:
    pairs, same = labelled()
    model = train(pairs, same, seed=3, growth=SMALL)
    pair = (record("acme camera x700"), record("acme camera"))
    alone = Candidates(model.rarity).beside([pair])
    contested = alone.beside([pair, (pair[0], record("acme camera x700 black"))])
    alone_features, contested_features = (one.features(pair, {}) for one in (alone, contested))
    assert contested_features[-4] < alone_features[-4]


def test_the_command_trains_tunes_and_prints_its_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs, same = labelled()
    lines = [
        f"COL name VAL {left.title} COL price VAL  \tCOL name VAL {right.title} COL price VAL  \t{int(label)}\n"
        for (left, right), label in zip(pairs, same, strict=True)
    ]
    for name, part in {"train": lines[:100], "valid": lines[100:130], "test": lines[130:]}.items():
        (tmp_path / f"{name}.txt").write_text("".join(part), encoding="utf-8")
    out = tmp_path / "predictions.jsonl"
    main([str(tmp_path), "--seeds", "1", "--predictions", str(out)])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["f1"] > 0.8
    assert figures["rows"] == len(out.read_text(encoding="utf-8").splitlines()) == 30
    assert {"precision", "recall", "pairs_per_cpu_second"} <= set(figures)


@pytest.mark.real
@pytest.mark.fault  # a minute of training; not in the quick set
def test_the_public_benchmark_is_matched_no_worse_than_before(capsys: pytest.CaptureFixture[str]) -> None:
    main([str(data_path("matching", "abt-buy")), "--seeds", "1"])
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["f1"] >= 0.9
