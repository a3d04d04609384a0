from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from alerts.slots import is_holiday, last_slot, next_slot
from tests.alerts.cases import make_preference


def at(day: int, hour: int, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "name"),
    [
        (at(25, 0, 0), "2026-11-25"),  # 09:00 in Tokyo
        (at(24, 23, 59), "2026-11-24"),
        (at(24, 0, 0), "2026-11-24"),
        (at(23, 12), "2026-11-22"),  # Monday the 23rd is a Japanese holiday
    ],
)
def test_a_daily_mail_is_due_at_nine_in_tokyo_but_not_on_holidays(now: datetime, name: str) -> None:
    slot = last_slot(make_preference(), now)
    assert slot is not None
    assert (slot.name, slot.due_at <= now) == (name, True)


@pytest.mark.parametrize(
    ("wish", "now", "name"),
    [
        ({"holidays": "VN", "zone": "Asia/Ho_Chi_Minh"}, at(23, 3), "2026-11-23"),
        ({"holidays": ""}, at(23, 3), "2026-11-23"),
        ({"hour": 0, "zone": "UTC", "holidays": ""}, at(25, 0), "2026-11-25"),
        ({"hour": 23, "zone": "UTC", "holidays": ""}, at(25, 22), "2026-11-24"),
        ({"frequency": "weekly"}, at(25, 3), "2026-W48"),
        ({"frequency": "weekly", "weekday": 4}, at(25, 3), "2026-W47"),
    ],
)
def test_each_choice_moves_the_due_time(wish: dict[str, Any], now: datetime, name: str) -> None:
    slot = last_slot(make_preference(**wish), now)
    assert slot is not None
    assert slot.name == name


def test_a_weekly_mail_whose_day_is_a_holiday_comes_on_the_next_day_that_is_none() -> None:
    monday = make_preference(frequency="weekly", weekday=0)
    slot = last_slot(monday, at(24, 1))
    assert slot is not None
    assert (slot.day, slot.name) == (date(2026, 11, 24), "2026-W48")
    before = last_slot(monday, at(23, 23))
    assert before is not None
    assert before.name == "2026-W47"


def test_a_month_is_due_on_its_first_day_that_is_no_holiday() -> None:
    slot = last_slot(make_preference(frequency="monthly"), at(15, 3, month=1, year=2027))
    assert slot is not None
    assert (slot.name, slot.day) == ("2026-12", date(2027, 1, 2))
    assert is_holiday(date(2027, 1, 1), "JP")
    assert not is_holiday(date(2027, 1, 2), "JP")


@pytest.mark.parametrize("frequency", ["never", "as_it_happens"])
def test_what_comes_as_it_happens_has_no_due_time(frequency: str) -> None:
    assert last_slot(make_preference(frequency=frequency), at(24, 3)) is None
    assert next_slot(make_preference(frequency=frequency), at(24, 3)) is None


@pytest.mark.parametrize("frequency", ["daily", "weekly", "monthly"])
def test_the_next_due_time_becomes_the_last_one_when_it_comes(frequency: str) -> None:
    preference = make_preference(frequency=frequency)
    now = at(22, 3)
    for _ in range(60):
        following = next_slot(preference, now)
        assert following is not None
        assert following.due_at > now
        assert last_slot(preference, following.due_at) == following
        just_before = last_slot(preference, following.due_at - timedelta(seconds=1))
        assert just_before is not None
        assert just_before.due_at < following.due_at
        now = following.due_at


def test_a_day_that_summer_time_moves_has_one_due_time() -> None:
    berlin = make_preference(zone="Europe/Berlin", holidays="", hour=2)
    names = set()
    now = datetime(2026, 10, 20, tzinfo=UTC)
    while now < datetime(2026, 11, 1, tzinfo=UTC):
        slot = last_slot(berlin, now)
        assert slot is not None
        names.add((slot.name, slot.due_at))
        now += timedelta(minutes=30)
    assert len(names) == len({name for name, _ in names})
