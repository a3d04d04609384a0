from datetime import UTC, datetime
from typing import get_args

import pytest

from records.run import ENDED, Outcome, Run

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_a_run_begins_queued_and_counts_nothing() -> None:
    run = Run(run_id="r", market="tiki_vn", requested_at=AT)
    assert (run.outcome, dict(run.counts), run.failed_bounds, run.started_at) == ("queued", {}, (), None)


def test_every_outcome_is_either_open_or_ended() -> None:
    assert set(get_args(Outcome)) - set(ENDED) == {"queued", "running"}


def test_a_run_cannot_be_changed() -> None:
    run = Run(run_id="r", market="tiki_vn", requested_at=AT)
    with pytest.raises(AttributeError):
        run.outcome = "finished"  # type: ignore[misc] # what the record refuses
    with pytest.raises(TypeError):
        run.counts["pages"] = 1  # type: ignore[index] # what the record refuses
