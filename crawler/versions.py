"""Which version of the program runs."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def code_version() -> str:
    """Return the version of the program."""
    try:
        return version("markwatch")
    except PackageNotFoundError:
        return "unknown"
