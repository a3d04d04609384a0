"""Cron lines are read as people write them, in the schedule's own zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from crawler.cron import cron_of_times, last_due, next_times, trigger_of
from crawler.errors import BadInput


@dataclass(frozen=True)
class Line:
    cron: str
    zone: str = "UTC"


SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_daily_time_in_ha_noi_is_due_seven_hours_earlier_in_utc() -> None:
    due = next_times(Line("0 2,14 * * *", "Asia/Ho_Chi_Minh"), SUNDAY, 2)
    assert due == (datetime(2026, 11, 22, 19, tzinfo=UTC), datetime(2026, 11, 23, 7, tzinfo=UTC))


@pytest.mark.parametrize(
    ("field", "days"),
    [("1-5", [0, 1, 2, 3, 4]), ("0", [6]), ("7", [6]), ("5-7", [4, 5, 6]), ("sat-mon", [0, 5, 6]), ("mon,3", [0, 2])],
)
def test_weekday_numbers_mean_what_cron_means_by_them(field: str, days: list[int]) -> None:
    due = next_times(Line(f"0 9 * * {field}"), SUNDAY, 7)
    assert sorted({moment.weekday() for moment in due}) == days


@pytest.mark.parametrize(
    ("cron", "named"),
    [
        ("0 25 * * *", "25"),
        ("* * *", "3 fields"),
        ("0 0 1 * 1", "only one"),
        ("0 0 * * 9", "'9'"),
        ("0 0 * * */2", r"\*/2"),
        ("0 0 31 2 x", "weekday"),
    ],
)
def test_a_wrong_cron_line_is_refused_by_its_part(cron: str, named: str) -> None:
    with pytest.raises(BadInput, match=named):
        trigger_of(cron, "UTC")


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(BadInput, match="Asia/Hanoi"):
        trigger_of("0 0 * * *", "Asia/Hanoi")


def test_daily_times_become_one_line_or_are_refused() -> None:
    assert cron_of_times("14:00, 02:00") == "0 2,14 * * *"
    with pytest.raises(BadInput, match="minutes"):
        cron_of_times("02:00,14:30")
    with pytest.raises(BadInput, match="24:00"):
        cron_of_times("24:00")


def test_several_missed_times_count_as_the_latest_one() -> None:
    hourly = Line("0 * * * *")
    assert last_due(hourly, SUNDAY - timedelta(hours=3), SUNDAY + timedelta(minutes=5)) == SUNDAY
    assert last_due(hourly, SUNDAY, SUNDAY + timedelta(minutes=59)) is None


def test_a_time_longer_ago_than_a_week_is_not_caught_up() -> None:
    assert last_due(Line("0 0 1 1 *"), SUNDAY - timedelta(days=4000), SUNDAY) is None


def test_a_time_inside_the_hour_that_spring_skips_runs_once_that_day() -> None:
    due = next_times(Line("30 2 * * *", "Europe/Paris"), datetime(2026, 3, 28, 12, tzinfo=UTC), 2)
    assert [moment.date().isoformat() for moment in due] == ["2026-03-29", "2026-03-30"]
