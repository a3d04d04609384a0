"""What reading an answer can raise; each error says what should happen next.

ReadingError
├── PageChanged     people look at the page and fix the reader
│   └── UnknownPage the answer has a shape that no reader of this market knows
├── Blocked         the market refuses us: stop, back off, never "0 listings"
└── Gone            404 or 410: one sighting that the page is not there, never yet a removal
"""

SHOWN_VALUE = 80


class ReadingError(Exception):
    """An answer gave no reading; `url` names the answer."""

    def __init__(self, url: str, message: str) -> None:
        super().__init__(f"{url}: {message}")
        self.url = url


class PageChanged(ReadingError):
    """A field is missing or holds what it never held; `field` is its path, `problem` the reason without the value."""

    def __init__(self, url: str, field: str, problem: str, value: object = None) -> None:
        shown = "" if value is None else f" (got {_shown(value)})"
        super().__init__(url, f"{field}: {problem}{shown}")
        self.field = field
        self.problem = problem


class UnknownPage(PageChanged):
    """The answer is readable, but no reader of the market knows its shape."""

    def __init__(self, url: str, problem: str) -> None:
        super().__init__(url, "page", problem)


class Blocked(ReadingError):
    """The market refuses automatic reading; `sign` is what showed it."""

    def __init__(self, url: str, sign: str) -> None:
        super().__init__(url, f"blocked: {sign}")
        self.sign = sign


class Gone(ReadingError):
    """The market says that there is no such page."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "the page is gone")


def _shown(value: object) -> str:
    """Return a value short enough for one log line, its control characters escaped."""
    if isinstance(value, dict | list | tuple):
        return f"{type(value).__name__} of {len(value)}"
    if isinstance(value, str):
        return ascii(value[:SHOWN_VALUE]) + ("…" if len(value) > SHOWN_VALUE else "")
    return ascii(value)[:SHOWN_VALUE]
