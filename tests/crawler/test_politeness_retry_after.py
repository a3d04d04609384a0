from datetime import UTC, datetime

import pytest

from crawler.middlewares.retry_after import CAP_SECONDS, retry_after_seconds

AT = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "seconds"),
    [
        ([b"0"], 0.0),
        ([b"5"], 5.0),
        ([b" 120 "], 120.0),
        ([b"86400"], 86_400.0),
        ([b"1000000000"], CAP_SECONDS),
        ([b"9" * 400], CAP_SECONDS),
        ([b"-1"], None),
        ([b"abc"], None),
        ([b"1e9"], None),
        ([b"1.5"], None),
        ([b""], None),
        ([], None),
        ([b"Sun, 22 Nov 2026 12:01:30 GMT"], 90.0),
        ([b"Sun, 22 Nov 2026 11:00:00 GMT"], None),
        ([b"Sun, 22 Nov 2026 25:99:00 GMT"], None),
        ([b"Tue, 22 Nov 2033 12:00:00 GMT"], CAP_SECONDS),
        ([b"5", b"30"], 30.0),
        ([b"abc", b"7"], 7.0),
        ([b"\xc2\xb2"], None),
    ],
)
def test_retry_after_is_never_read_as_earlier_than_told(values: list[bytes], seconds: float | None) -> None:
    assert retry_after_seconds(values, AT) == seconds
