"""What storage raises.

StorageError
├── DatabaseAbsent      there is no database at the URL
├── DatabaseAway        the database was opened, but does not answer now
├── DatabaseOutdated    the schema is older or newer than the program
├── NotSupported        this kind of database cannot do that; the message says what can
├── NotFound            no row of that id
├── AlreadyThere        a row of that name exists
├── Conflict            somebody else decided or changed the hit first
│   └── Held            somebody else is looking at it just now
├── BulkConflict        some hits of a bulk are no longer as they were; nothing was done
└── SamePerson          a second look needs another person
"""

from datetime import datetime

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


def shown(url: str) -> str:
    """Return the database URL without its password, for messages."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url


class StorageError(Exception):
    """Something that the database cannot give."""


class DatabaseAbsent(StorageError):
    """There is no database at the URL, or its server does not answer."""

    def __init__(self, url: str, problem: str = "") -> None:
        reason = f" ({problem})" if problem else ""
        super().__init__(f"no database at {shown(url)}{reason}; `markwatch db upgrade` makes one")
        self.url = url


class DatabaseAway(StorageError):
    """The database does not answer: server down, disk full, file locked or damaged. Trying again may help."""

    def __init__(self, url: str, problem: str) -> None:
        super().__init__(f"the database {shown(url)} does not answer: {problem}")
        self.url = url


class DatabaseOutdated(StorageError):
    """The schema is not the one this program works with."""

    def __init__(self, url: str, have: str, want: str, *, newer: bool = False) -> None:
        advice = "it was made by a newer Markwatch; update the program" if newer else "run `markwatch db upgrade`"
        super().__init__(f"the database {shown(url)} has schema {have}, this program needs {want}; {advice}")
        self.url, self.have, self.want = url, have, want


class NotSupported(StorageError):
    """The kind of database cannot do what was asked; the message names what can."""


class NotFound(StorageError):
    """No row of that id; the message names what was looked for."""


class AlreadyThere(StorageError):
    """A row of that name exists; the message names it."""


class Conflict(StorageError):
    """The hit was decided or changed by `actor` at `at`, after the caller looked at it."""

    def __init__(self, hit_id: str, actor: str, at: datetime) -> None:
        super().__init__(f"hit {hit_id} was changed by {actor} at {at.isoformat(timespec='seconds')}")
        self.hit_id, self.actor, self.at = hit_id, actor, at


class Held(Conflict):
    """`actor` looks at the hit since `at`; the lease ends at `until` unless it is renewed."""

    def __init__(self, hit_id: str, actor: str, at: datetime, until: datetime) -> None:
        super().__init__(hit_id, actor, at)
        self.until = until


class BulkConflict(StorageError):
    """Some hits of a bulk were decided, changed, held, or do not belong together; nothing was done.

    `hit_ids` names them; it is empty where the bulk as a whole is refused, for the reason `problem`.
    """

    def __init__(self, problem: str, hit_ids: tuple[str, ...] = ()) -> None:
        super().__init__(f"bulk decision refused: {problem} {' '.join(hit_ids)}".rstrip())
        self.problem, self.hit_ids = problem, hit_ids


class SamePerson(StorageError):
    """The actor took part in the first decision or the second look, and may not judge it again."""

    def __init__(self, hit_id: str, actor: str) -> None:
        super().__init__(f"hit {hit_id}: {actor} has already judged it; another person has to")
        self.hit_id, self.actor = hit_id, actor
