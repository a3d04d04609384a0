"""Password hashes: argon2id, at most two at work at once, the same cost for a log-in that does not exist."""

from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH: Final = 8
# Longer input is refused before hashing, so that a megabyte of password costs nothing.
MAXIMUM_LENGTH: Final = 256

# What guessers try first, in English, Vietnamese and keyboard rows; a shorter list than the usual top 3,000.
_COMMON: Final = frozenset(
    """password password1 password12 password123 passw0rd p@ssw0rd p@ssword 12345678 123456789 1234567890 87654321
    12341234 12344321 123123123 123321123 11223344 qwertyui qwerty123 qwertyuiop 1q2w3e4r 1q2w3e4r5t 1qaz2wsx zaq12wsx
    asdfghjk asdfasdf asdf1234 zxcvbnm1 iloveyou sunshine princess football baseball superman letmein1 welcome1
    welcome123 trustno1 administrator admin123 adminadmin changeme changeme1 changeme123 abcd1234 abc12345 a1b2c3d4
    abcdefgh matkhau1 matkhau123 anhyeuem emyeuanh vietnam1 vietnam123 hanoi123 saigon123 sakura123 nippon123 japan123
    tokyo123 markwatch markwatch1 markwatch123""".split()  # noqa: SIM905 - words read better than quotes
)

_HASHER = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
# Each hash takes 19 MiB and a core; a flood of log-ins must not take them all.
_AT_WORK = BoundedSemaphore(2)


class WeakPassword(ValueError):
    """A new password is too short or too long to be taken."""


def hash_password(text: str) -> str:
    """Return the argon2id hash of a new password; a password of fewer than eight characters is refused."""
    if not MINIMUM_LENGTH <= len(text) <= MAXIMUM_LENGTH:
        raise WeakPassword(f"a password has {MINIMUM_LENGTH} to {MAXIMUM_LENGTH} characters")
    with _AT_WORK:
        return _HASHER.hash(text)


def is_common(password: str, login: str) -> bool:
    """Return whether a guesser tries this password first: common ones, the log-in name, two signs over and over."""
    folded = password.casefold()
    return folded in _COMMON or folded == login.casefold() or len(set(folded)) < 3


_NOBODY: Final = _HASHER.hash("a password that no account has")


def check_password(stored_hash: str | None, text: str) -> bool:
    """Return whether the password is the hash's; None (no such account) costs the same time and is always False."""
    if len(text) > MAXIMUM_LENGTH:
        return False
    with _AT_WORK:
        try:
            matches = _HASHER.verify(_NOBODY if stored_hash is None else stored_hash, text)
        except (VerificationError, InvalidHashError):
            return False
    return matches and stored_hash is not None
