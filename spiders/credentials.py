"""The operator's keys for documented APIs: read from the environment, never printed, logged or stored."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One value that an API asks of its user."""

    name: str
    """How the market's API file calls it."""
    variable: str
    """Environment variable that holds it."""
    meaning: str
    """What it is and where it comes from."""


class Keys(Mapping[str, str]):
    """The values of an API's keys by name; printing it shows the names only."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Keys({', '.join(self._values)})"

    def hidden_in(self, text: str) -> str:
        """Return the text with every value replaced by stars."""
        for value in sorted(self._values.values(), key=len, reverse=True):
            text = text.replace(value, "***") if value else text
        return text


def missing_keys(keys: tuple[Key, ...], environment: Mapping[str, str] | None = None) -> tuple[Key, ...]:
    """Return the keys that the environment does not hold."""
    given = os.environ if environment is None else environment
    return tuple(key for key in keys if not given.get(key.variable, "").strip())


def load_keys(keys: tuple[Key, ...], environment: Mapping[str, str] | None = None) -> Keys:
    """Return the values of the keys; one that is not set is left out."""
    given = os.environ if environment is None else environment
    return Keys({key.name: value for key in keys if (value := given.get(key.variable, "").strip())})
