"""Where the recorded marketplace data lies, for tests that read it."""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("MARKWATCH_DATA", PROJECT.parent / "shared" / "data"))


def data_path(*parts: str) -> Path:
    """Return a path inside the recorded data, or skip the test where the data is absent."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"recorded data not found: {path} (set MARKWATCH_DATA)")
    return path
