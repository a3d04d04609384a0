"""The rail's entries: one table, so that a new page adds one line and its key."""

from dataclasses import dataclass
from typing import Final

from review.languages import message as _
from review.sessions import Act


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the rail, shown to those whose role covers one of the acts."""

    path: str
    icon: str
    name: str
    key: str
    """Pressed after `g`."""
    acts: tuple[Act, ...]
    also: tuple[str, ...] = ()
    """Other paths on which the entry is the current one."""

    def is_current(self, path: str) -> bool:
        """Return whether a page belongs under this entry."""
        return path.startswith((self.path, *self.also))


NAVIGATION: Final = (
    Entry("/review", "review", _("Review"), "r", ("read", "released"), also=("/hits",)),
    Entry("/sellers", "sellers", _("Sellers"), "s", ("read",)),
    Entry("/brands", "brands", _("Brands"), "b", ("read",)),
    Entry("/ledger", "reports", _("Precision ledger"), "l", ("read",)),
    Entry("/lists", "doc", _("Watch list"), "w", ("brands",)),
    Entry("/runs", "crawls", _("Crawls"), "c", ("runs",)),
    Entry("/schedules", "calendar", _("Schedules"), "d", ("runs",)),
    Entry("/mails", "mail", _("Mails"), "m", ("brands", "operate")),
    Entry("/markets", "link", _("Markets"), "k", ("runs",)),
    Entry("/people", "settings", _("People"), "u", ("people",), also=("/audit",)),
)
