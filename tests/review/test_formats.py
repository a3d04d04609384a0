from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from records.hit import ChainStep
from records.money import Money
from review.chain import detail_words, value_words
from review.console import Reading
from review.formats import Formats
from review.languages import Language, translations_for

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def reading(language: Language) -> Reading:
    formats = Formats(language=language, zone=ZoneInfo("Asia/Ho_Chi_Minh"), now=NOW)
    return Reading(language=language, theme="", formats=formats)


@pytest.mark.parametrize(
    ("language", "score", "money", "yen", "moment"),
    [
        ("vi", "0,93", "1.204.000\u00a0₫", "1.980\u00a0¥", "22/11/2026 15:00"),
        ("ja", "0.93", "1,204,000\u00a0₫", "￥1,980", "2026/11/22 15:00"),
        ("en", "0.93", "1,204,000\u00a0₫", "JP¥1,980", "22/11/2026 15:00"),
    ],
)
def test_figures_follow_the_readers_manner(language: Language, score: str, money: str, yen: str, moment: str) -> None:
    formats = reading(language).formats
    assert formats.score(0.939) == score
    assert formats.money(Money(amount=Decimal(1_204_000), currency="VND", raw="")) == money
    assert formats.money(Money(amount=Decimal(1980), currency="JPY", raw="")) == yen
    assert formats.moment(NOW) == moment


def test_a_distance_in_time_is_said_in_the_readers_language() -> None:
    assert reading("vi").formats.ago(NOW - timedelta(hours=2)) == "2 giờ trước"
    assert reading("ja").formats.ago(NOW + timedelta(hours=3)) == "3 時間後"


def test_steps_of_the_price_chain_are_translated_and_formatted() -> None:
    here = reading("vi")
    gap = ChainStep(name="gap", value="38.0 % of the list price", detail="band: strong")
    reference = ChainStep(name="reference", value="11,416.67 VND / ml", detail="list price 1,370,000 VND for 2 × 60 ml")
    assert value_words(gap, here) == "−62 %"
    assert detail_words(gap, here) == "dải: mạnh"
    assert value_words(reference, here) == "11.417 ₫ / ml"
    assert detail_words(reference, here) == "giá niêm yết 1.370.000 ₫ cho 2 × 60 ml"


def test_the_price_as_printed_and_unknown_sentences_stay_as_they_are() -> None:
    here = reading("vi")
    step = ChainStep(name="raw", value="₫1,204,000 <b>", detail="something nobody has translated")
    assert value_words(step, here) == "₫1,204,000 <b>"
    assert detail_words(step, here) == "something nobody has translated"


@pytest.mark.parametrize("language", ["vi", "ja"])
def test_an_unknown_sentence_is_shown_in_english(language: Language) -> None:
    assert translations_for(language).gettext("never written") == "never written"


@pytest.mark.parametrize(
    ("language", "shown"), [("vi", "231.000 ₫ / chiếc"), ("ja", "231,000 ₫ / 個"), ("en", "231,000 ₫ / piece")]
)
def test_a_counted_unit_is_named_in_the_readers_language(language: Language, shown: str) -> None:
    assert value_words(ChainStep(name="unit_price", value="231,000 VND / piece"), reading(language)) == shown
    assert "Hairpiece" in detail_words(ChainStep(name="pack", value="", detail="Hairpiece: GTIN"), reading(language))
