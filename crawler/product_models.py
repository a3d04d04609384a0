"""The learned product matcher of an installation: a file in the data directory, or none."""

from functools import lru_cache
from pathlib import Path

import orjson

from crawler.config import Settings
from crawler.errors import BadInput
from matchers.match import Matcher
from matchers.price.learned_match import LearnedMatch
from records.watchlist import WatchList


def installed_matcher(watchlist: WatchList) -> Matcher:
    """Return the matcher of this installation: rules, and the learned product matcher where one was trained."""
    model = product_model(Settings().product_model_file) if watchlist.products else None
    return Matcher(watchlist, model)


def product_model(path: Path) -> LearnedMatch | None:
    """Return the model kept in that file, None where there is none; raise BadInput for a file that holds no model."""
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _read(path, changed)


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> LearnedMatch:
    try:
        values = orjson.loads(path.read_bytes())
        return LearnedMatch.of(values if isinstance(values, dict) else {})
    except (OSError, ValueError, KeyError, TypeError, IndexError) as problem:
        raise BadInput(f"{path}: not a product model: {problem}") from problem
