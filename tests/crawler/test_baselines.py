"""A run is held against the last good ones of its schedule; few runs say nothing."""

import pytest

from crawler.baselines import compare

USUAL = [{"listings": 100 + number, "pages": 20, "missing.price": 5} for number in range(10)]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"listings": 100, "pages": 20, "missing.price": 6}, None),
        ({"listings": 60, "pages": 12}, None),
        ({"listings": 40, "pages": 18}, "40 listings; the last 10 good runs had 104.5"),
        ({"listings": 100, "pages": 8}, "8 pages; the last 10 good runs had 20"),
        ({"listings": 100, "pages": 20, "missing.price": 24}, None),
        ({"listings": 100, "pages": 20, "missing.price": 40}, "price is missing in 40% of the listings; usual is 5%"),
        ({"listings": 0, "pages": 20}, "0 listings"),
    ],
)
def test_what_falls_out_of_the_usual_range_is_said(counts: dict[str, int], words: str | None) -> None:
    found = compare(counts, USUAL)
    assert (found == ()) if words is None else any(words in sentence for sentence in found)


def test_two_earlier_runs_are_no_usual_range() -> None:
    assert compare({"listings": 0}, USUAL[:2]) == ()
