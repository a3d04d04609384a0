from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from review.differences import changes_between, word_changes
from review.formats import Formats
from tests.review.seeding import listing

FORMATS = Formats(language="en", zone=ZoneInfo("Asia/Ho_Chi_Minh"), now=datetime(2026, 11, 24, tzinfo=UTC))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Sữa chống nắng Anessa 60ml", "Sữa chống nắng Anessa bản Trung 60ml"),
        ("日焼け止め 正規品 60ml", "日焼け止め コピー品 60ml"),
        ("", "new"),
        ("gone", ""),
        ("a  b\nc", "a b c"),
    ],
)
def test_both_texts_can_be_read_off_their_difference(before: str, after: str) -> None:
    changes = word_changes(before, after)
    assert "".join(change.text for change in changes if change.kind != "new") == before
    assert "".join(change.text for change in changes if change.kind != "gone") == after


def test_a_word_that_came_is_named_alone() -> None:
    changes = word_changes("Sữa Anessa 60ml", "Sữa Anessa bản Trung 60ml")
    assert [change.text.strip() for change in changes if change.kind == "new"] == ["bản Trung"]
    assert not [change for change in changes if change.kind == "gone"]


def test_a_long_unchanged_text_is_left_out() -> None:
    text = " ".join(f"word{n}" for n in range(400))
    changes = word_changes(f"{text} old", f"{text} new")
    assert [change.kind for change in changes] == ["gap", "same", "gone", "new"]
    assert len(changes[1].text) < 200


def test_a_price_and_a_seller_are_shown_whole_and_silence_is_no_change() -> None:
    before = listing("tiki_vn", "1", "Sorano", 260_000, "Kho A", description="x")
    after = listing("tiki_vn", "1", "Sorano", 399_000, "Kho B")
    found = {change.name: [part.text for part in change.changes] for change in changes_between(before, after, FORMATS)}
    assert found == {"seller": ["Kho A", " → ", "Kho B"], "price": ["260,000\u00a0₫", " → ", "399,000\u00a0₫"]}
