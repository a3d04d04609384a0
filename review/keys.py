"""The single keys of the console: what each does, and a person's own choice of them."""

from dataclasses import dataclass, field
from typing import Final

from review.languages import message as _

# Default key -> what it does. Figures, Enter, Esc and ? stay as they are, so that a page is never without a way out.
KEYS: Final[dict[str, str]] = {
    "j": _("Next row or listing"),
    "k": _("Previous row or listing"),
    "o": _("Open the row"),
    "x": _("Select the row"),
    "e": _("Open the group"),
    "a": _("Hold for me"),
    "s": _("Start reviewing"),
    "v": _("Save this view"),
    "f": _("Filters"),
    "y": _("Violation"),
    "n": _("Not a violation"),
    "u": _("Unsure"),
    "c": _("Write a note"),
    "t": _("Text as printed, romanised, without accents"),
    "z": _("Undo my last decision"),
    "g": _("Go to a page, with its letter"),
}
ALLOWED: Final = frozenset("abcdefghijklmnopqrstuvwxyz,.;-'[")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKeys:
    """One person's keys."""

    switched_on: bool = True
    """Off: no single key does anything; everything is reached by Tab."""
    chosen: dict[str, str] = field(default_factory=dict)
    """Default key -> own key, where they differ."""

    def of(self, default: str) -> str:
        """Return the key to print on a button, in capitals."""
        return self.chosen.get(default.lower(), default).upper()


def problem_with(chosen: dict[str, str]) -> str:
    """Return what is wrong with a choice of keys (every default key with its own), empty when it can be used."""
    if any(key not in ALLOWED for key in chosen.values()):
        return _("A key is one letter from a to z, or one of , . ; - ' [")
    if len(set(chosen.values())) != len(chosen):
        return _("Two acts have the same key.")
    return ""
