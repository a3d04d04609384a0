"""Cron lines are read as people write them, in the schedule's own zone, whatever its clock does."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from crawler.cron import cron_of, last_due, next_times, require_cron, times_between, timing_of
from crawler.errors import BadInput
from records.schedule import Timing


@dataclass(frozen=True)
class Line:
    cron: str
    zone: str = "UTC"


SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
# Eight zones of six continents with four changes of the clock each: half-hour ones, southern ones, one at midnight.
ZONES = (
    "Europe/Paris", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo",
    "Asia/Beirut", "Pacific/Auckland", "America/Havana",
)  # fmt: skip


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
        ("0 0 31 2 *", "never|no time"),
        (" ; ", "no line"),
    ],
)
def test_a_wrong_cron_line_is_refused_by_its_part(cron: str, named: str) -> None:
    with pytest.raises(BadInput, match=named):
        require_cron(cron, "UTC")


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(BadInput, match="Asia/Hanoi"):
        require_cron("0 0 * * *", "Asia/Hanoi")


@pytest.mark.parametrize(
    ("timing", "cron"),
    [
        (Timing(kind="daily", times=("14:00", "02:00")), "0 2,14 * * *"),
        (Timing(kind="daily", times=("02:00", "14:30")), "0 2 * * *; 30 14 * * *"),
        (Timing(kind="hourly", every_hours=6, minute=15), "15 */6 * * *"),
        (Timing(kind="hourly", every_hours=1), "0 * * * *"),
        (Timing(kind="weekly", days=("thu", "mon", "sun"), times=("09:00",)), "0 9 * * mon,thu,sun"),
        (Timing(kind="monthly", day=28, times=("03:00",)), "0 3 28 * *"),
        (Timing(kind="cron", cron=" 5  1 * * * ;\n7 2 * * * "), "5 1 * * *; 7 2 * * *"),
    ],
)
def test_presets_become_cron_lines(timing: Timing, cron: str) -> None:
    assert cron_of(timing) == cron
    require_cron(cron, "UTC")
    # And back into the form, where the preset is found again.
    assert timing_of(cron).kind == timing.kind or timing.kind == "cron"
    assert cron_of(timing_of(cron)) == cron


@pytest.mark.parametrize(
    ("timing", "named"),
    [
        (Timing(kind="daily", times=("24:00",)), "24:00"),
        (Timing(kind="daily"), "none given"),
        (Timing(kind="hourly", every_hours=5), "5 hours"),
        (Timing(kind="weekly", times=("09:00",)), "none given"),
        (Timing(kind="weekly", times=("09:00",), days=("thứ hai",)), "thứ hai"),
        (Timing(kind="monthly", day=31, times=("09:00",)), "31"),
    ],
)
def test_a_wrong_preset_is_refused_by_its_part(timing: Timing, named: str) -> None:
    with pytest.raises(BadInput, match=named):
        cron_of(timing)


def test_several_missed_times_count_as_the_latest_one() -> None:
    hourly = Line("0 * * * *")
    assert last_due(hourly, SUNDAY - timedelta(hours=3), SUNDAY + timedelta(minutes=5)) == SUNDAY
    assert last_due(hourly, SUNDAY, SUNDAY + timedelta(minutes=59)) is None


def test_a_time_longer_ago_than_a_week_is_not_caught_up() -> None:
    assert last_due(Line("0 0 1 1 *"), SUNDAY - timedelta(days=4000), SUNDAY) is None


def test_a_time_that_spring_skips_is_due_when_the_clock_has_moved_on() -> None:
    due = next_times(Line("30 2 * * *", "Europe/Paris"), datetime(2026, 3, 28, 12, tzinfo=UTC), 2)
    assert due == (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 3, 30, 0, 30, tzinfo=UTC))


def test_a_time_that_autumn_shows_twice_is_due_the_first_time() -> None:
    due = next_times(Line("30 2 * * *", "Europe/Paris"), datetime(2026, 10, 24, 12, tzinfo=UTC), 2)
    assert due == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 26, 1, 30, tzinfo=UTC))


def changes(zone: str, count: int) -> list[datetime]:
    """Return the next changes of a zone's clock, to the quarter of an hour."""
    place, moment, found = ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC), list[datetime]()

    def offset(at: datetime) -> timedelta | None:
        return at.astimezone(place).utcoffset()

    while len(found) < count:
        if offset(moment) != offset(moment + timedelta(days=1)):
            quarters = (moment + timedelta(minutes=15 * number) for number in range(1, 97))
            found.append(next(one for one in quarters if offset(one) != offset(moment)))
        moment += timedelta(days=1)
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_every_daily_time_is_due_once_a_local_day_over_four_changes_of_the_clock(zone: str) -> None:
    place = ZoneInfo(zone)
    for change in changes(zone, 4):
        for hour in (0, 1, 2, 3, 12, 23):
            line = Line(f"30 {hour} * * *", zone)
            start = change - timedelta(days=3)
            due = list(times_between(line, start, change + timedelta(days=3)))
            days = [moment.astimezone(place).date() for moment in due]
            first = start.astimezone(place).date()
            assert sorted(set(days)) == days, (zone, change, hour)
            assert {first + timedelta(days=number) for number in range(1, 5)} <= set(days)
            # On all days but that of the change the clock shows the very time.
            shown = [moment.astimezone(place) for moment in due if abs(moment - change) > timedelta(hours=2)]
            assert {(one.hour, one.minute) for one in shown} == {(hour, 30)}


@pytest.mark.parametrize("zone", ZONES)
def test_a_schedule_of_every_hour_leaves_no_hour_out_over_four_changes_of_the_clock(zone: str) -> None:
    for change in changes(zone, 4):
        due = list(times_between(Line("20 * * * *", zone), change - timedelta(hours=8), change + timedelta(hours=8)))
        gaps = {after - before for before, after in pairwise(due)}
        # Half-hour changes move the minute: a gap of half an hour or one and a half, never more.
        assert all(timedelta(minutes=30) <= gap <= timedelta(minutes=90) for gap in gaps)
        assert len(set(due)) == len(due)


@pytest.mark.parametrize("zone", ZONES)
def test_asking_from_any_moment_gives_the_same_times(zone: str) -> None:
    for change in changes(zone, 2):
        line = Line("0,30 0-4 * * *", zone)
        start = change - timedelta(hours=6)
        whole = list(times_between(line, start, change + timedelta(hours=30)))
        step = [next_times(line, moment, 1)[0] for moment in (start, *whole[:-1])]
        assert step == whole


def test_a_leap_day_comes_every_four_years() -> None:
    due = next_times(Line("0 0 29 2 *"), SUNDAY, 2)
    assert [moment.date() for moment in due] == [date(2028, 2, 29), date(2032, 2, 29)]
