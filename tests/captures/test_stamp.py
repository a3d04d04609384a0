from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from captures.errors import StampRefused
from captures.stamp import check_stamp, load_authority, obtain_stamp
from tests.captures.authority import TestAuthority, answer, make_authority
from tests.captures.capturing import utc_now

CONTENT = b'{"format":"markwatch-page-capture-1"}'


@pytest.fixture(scope="module", name="authority")
def _authority() -> TestAuthority:
    return make_authority()


def test_a_good_stamp_is_taken_and_says_when_by_whom(authority: TestAuthority) -> None:
    token = obtain_stamp(CONTENT, authority.trusted, lambda request: answer(authority, request), utc_now)
    stamp = check_stamp(CONTENT, token, authority.trusted)
    assert abs(stamp.stamped_at - utc_now()) < timedelta(seconds=60)
    assert stamp.authority == "CN=Stamping office"
    assert check_stamp(CONTENT, token, None) == stamp


def test_a_stamp_of_other_bytes_is_refused_with_and_without_a_trusted_authority(authority: TestAuthority) -> None:
    token = obtain_stamp(CONTENT, authority.trusted, lambda request: answer(authority, request), utc_now)
    for trusted in (authority.trusted, None):
        with pytest.raises(StampRefused):
            check_stamp(CONTENT + b" ", token, trusted)


WRONG: dict[str, dict[str, Any]] = {
    "nonce": {"wrong_nonce": True},
    "hash": {"wrong_hash": True},
    "signature": {"wrong_signature": True},
    "status": {"status": 2},
    "11 minutes late": {"after": timedelta(minutes=11)},
    "11 minutes early": {"after": timedelta(minutes=-11)},
}


@pytest.mark.parametrize("name", list(WRONG))
def test_a_wrong_answer_is_refused(authority: TestAuthority, name: str) -> None:
    with pytest.raises(StampRefused):
        obtain_stamp(
            CONTENT,
            authority.trusted,
            lambda request: answer(authority, request, **WRONG[name]),
            utc_now,
        )


def test_an_expired_certificate_is_refused() -> None:
    expired = make_authority(expired=True)
    with pytest.raises(StampRefused):
        obtain_stamp(CONTENT, expired.trusted, lambda request: answer(expired, request), utc_now)


def test_an_authority_that_is_not_trusted_is_refused(authority: TestAuthority) -> None:
    other = make_authority()
    with pytest.raises(StampRefused):
        obtain_stamp(CONTENT, authority.trusted, lambda request: answer(other, request), utc_now)


@pytest.mark.parametrize("garbage", [b"", b"\x30", b"<html>busy</html>", bytes(100)])
def test_an_answer_that_is_no_stamp_is_refused(authority: TestAuthority, garbage: bytes) -> None:
    with pytest.raises(StampRefused):
        obtain_stamp(CONTENT, authority.trusted, lambda _request: garbage, utc_now)


def test_an_authority_that_does_not_answer_is_left_for_later(authority: TestAuthority) -> None:
    def away(_request: bytes) -> bytes:
        raise ConnectionRefusedError

    with pytest.raises(ConnectionRefusedError):
        obtain_stamp(CONTENT, authority.trusted, away, utc_now)


def test_trusted_roots_are_read_from_a_file(authority: TestAuthority, tmp_path: Path) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(authority.root.public_bytes(serialization.Encoding.PEM))
    loaded = load_authority("http://tsa.example/", roots)
    token = obtain_stamp(CONTENT, loaded, lambda request: answer(authority, request), utc_now)
    assert check_stamp(CONTENT, token, loaded).authority == "CN=Stamping office"
