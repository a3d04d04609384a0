import json
from datetime import date

import pytest

from benchmarks.brand_pairs import listing_of, main, read_marks, score
from matchers.match import Matcher
from records.watchlist import WatchList
from tests.realdata import data_path

# Figures below these are a step back; docs/scoring.md has the present ones.
LEAST = {"": (0.99, 0.97, 0.95, 0.97), "_multi": (0.955, 0.65, 0.3, 0.91)}


@pytest.mark.real
@pytest.mark.parametrize("which", LEAST)
def test_labelled_titles_are_read_no_worse_than_before(which: str, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(data_path("eval", f"brand_pairs{which}.jsonl")), str(data_path("eval", f"marks{which}.csv"))])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    name, alt, flag, relation = LEAST[which]
    assert figures["name"]["f1"] >= name
    assert figures["alt"]["f1"] >= alt
    assert figures["flag"]["f1"] >= flag
    assert figures["relation_accuracy"] >= relation


def test_the_scorer_counts_a_missed_and_a_false_name() -> None:
    rows = [
        {
            "key": "1",
            "mark_id": "nike",
            "title": "Áo Nike",
            "relation": "brand",
            "spelling": "exact",
            "intent": "neutral",
        },
        {
            "key": "2",
            "mark_id": "nike",
            "title": "Áo",
            "relation": "brand",
            "spelling": "altered",
            "intent": "imitation",
        },
        {"key": "3", "mark_id": "nike", "title": "Nike", "relation": "none", "spelling": "-", "intent": "-"},
    ]
    from tests.matchers.watch import MARKS  # noqa: PLC0415  # only this test needs marks

    matcher = Matcher(WatchList(marks=MARKS, as_of=date(2026, 1, 1)))
    hits = {(hit.listing.listing_id, hit.mark_id): hit for row in rows for hit in matcher.match(listing_of(row))}
    figures = score(rows, hits)
    assert figures["name"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert figures["flag"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    assert figures["relation_accuracy"] == 0.5


def test_marks_are_read_from_csv(tmp_path: object) -> None:
    path = tmp_path / "marks.csv"  # type: ignore[operator]
    path.write_text("mark_id,text\nnike,Nike\n", encoding="utf-8")
    assert [mark.text for mark in read_marks(path)] == ["Nike"]
