"""Password hashes: argon2id, at most two at work at once, the same cost for a log-in that does not exist."""

from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH: Final = 8
# Longer input is refused before hashing, so that a megabyte of password costs nothing.
MAXIMUM_LENGTH: Final = 256

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
