"""A schedule says in three languages when it runs."""

import pytest

from crawler.timing_words import LANGUAGES, say_timing, zone_words

HANOI = "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("cron", "vi", "ja", "en"),
    [
        (
            "0 2,14 * * *",
            "Mỗi ngày lúc 02:00 và 14:00, giờ Hà Nội",
            "毎日 02:00・14:00（ハノイ時間）",
            "Every day at 02:00 and 14:00, Ha Noi time",
        ),
        (
            "0 2 * * *; 30 14 * * *",
            "Mỗi ngày lúc 02:00 và 14:30, giờ Hà Nội",
            "毎日 02:00・14:30（ハノイ時間）",
            "Every day at 02:00 and 14:30, Ha Noi time",
        ),
        (
            "0 9 * * mon,4",
            "Vào thứ Hai và thứ Năm hằng tuần lúc 09:00, giờ Hà Nội",
            "毎週月曜日・木曜日 09:00（ハノイ時間）",
            "Every Monday and Thursday at 09:00, Ha Noi time",
        ),
        (
            "5 * * * *",
            "Mỗi giờ vào phút 5, giờ Hà Nội",
            "毎時5分（ハノイ時間）",
            "Every hour at minute 5, Ha Noi time",
        ),
        (
            "*/30 8-20 * * *",
            "Cứ 30 phút một lần từ 08:00 đến 20:30, giờ Hà Nội",
            "08:00から20:30まで30分ごと（ハノイ時間）",
            "Every 30 minutes from 08:00 to 20:30, Ha Noi time",
        ),
        (
            "0 3 1,15 * *",
            "Vào ngày 1 và 15 hằng tháng lúc 03:00, giờ Hà Nội",
            "毎月1日・15日 03:00（ハノイ時間）",
            "On day 1 and 15 of the month at 03:00, Ha Noi time",
        ),
        (
            "0 3 last * *",
            "Theo dòng cron 0 3 last * *, giờ Hà Nội",
            "cron行 0 3 last * * のとおり（ハノイ時間）",
            "By the cron line 0 3 last * *, Ha Noi time",
        ),
    ],
)
def test_a_cron_line_reads_as_a_sentence(cron: str, vi: str, ja: str, en: str) -> None:
    assert [say_timing(cron, HANOI, language) for language in LANGUAGES] == [vi, ja, en]


def test_spread_and_hours_are_said() -> None:
    said = say_timing("0 0,3 * * *", "Asia/Tokyo", "en", jitter_minutes=10, hours="22:00-06:00")
    assert said == "Every day at 00:00 and 03:00, Tokyo time, starting up to 10 minutes later, only within 22:00–06:00"


def test_no_weekday_or_month_stays_english_in_vietnamese_and_japanese() -> None:
    for language in ("vi", "ja"):
        said = say_timing("0 9 * jan,dec mon-sun", "Europe/Paris", language)
        assert not {"Monday", "January", "Paris time"} & set(said.replace(",", " ").split())
        assert "mon" not in said.lower().split()


def test_zones_are_named_by_their_city() -> None:
    assert zone_words("Asia/Tokyo", "ja") == "東京時間"
    assert zone_words("America/New_York", "vi") == "giờ New York"
