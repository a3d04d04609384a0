from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from records.decision import REASONS, UNDO_WINDOW, Decision, Reason, Verdict
from records.hit import HitKey

KEY = HitKey(market="shop", listing_id="7", track="ip", subject="TAK-2")
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
PAIRS = [(verdict, reason) for verdict in get_args(Verdict) for reason in get_args(Reason)]


def test_every_reason_belongs_to_exactly_one_verdict() -> None:
    listed = [reason for reasons in REASONS.values() for reason in reasons]
    assert sorted(listed) == sorted(get_args(Reason))
    assert set(REASONS) == set(get_args(Verdict))


@pytest.mark.parametrize(("verdict", "reason"), PAIRS)
def test_a_decision_takes_the_reasons_of_its_verdict_and_no_others(verdict: Verdict, reason: Reason) -> None:
    if reason in REASONS[verdict]:
        assert Decision(hit=KEY, verdict=verdict, reason=reason, actor="an", decided_at=AT).note == ""
    else:
        with pytest.raises(ValueError, match=reason):
            Decision(hit=KEY, verdict=verdict, reason=reason, actor="an", decided_at=AT)


def test_a_decision_has_a_time_with_a_zone() -> None:
    with pytest.raises(ValueError, match="decided_at"):
        Decision(hit=KEY, verdict="unsure", reason="needs_owner", actor="an", decided_at=AT.replace(tzinfo=None))


def test_an_undo_is_possible_for_ten_minutes() -> None:
    assert timedelta(minutes=10) == UNDO_WINDOW
