"""What reading an answer can raise; each error says what should happen next.

ReadingError
├── PageChanged      people look at the page and fix the reader
│   └── UnknownPage  the answer has a shape that no reader of this market knows
├── Blocked          the market refuses us: stop, cool down, never "0 listings"
├── Throttled        too many requests: wait, then ask again
├── AuthRefused      the operator's key is wrong or expired: stop, tell the operator
├── TermsRefused     the key is good, but the market does not grant this use: stop, tell the operator
├── BadRequest       the market does not take what was asked: another query may do
├── ServerFailed     the market's own failure: later may do
└── Gone             404 or 410: one sighting that the page is not there, never yet a removal
"""

from typing import ClassVar, Literal

# What one answer came to. `ok` and `empty` are readings; every other one is an error of this file.
AnswerOutcome = Literal[
    "ok", "empty", "throttled", "blocked", "auth", "refused_by_terms", "bad_request", "server", "schema_changed", "gone"
]
SHOWN_VALUE = 80


class ReadingError(Exception):
    """An answer gave no reading; `url` names the answer."""

    outcome: ClassVar[AnswerOutcome] = "schema_changed"

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

    outcome = "blocked"

    def __init__(self, url: str, sign: str) -> None:
        super().__init__(url, f"blocked: {sign}")
        self.sign = sign


class Throttled(ReadingError):
    """The market says that it was asked too often; `rest_seconds` is how long it wants to be left alone."""

    outcome = "throttled"

    def __init__(self, url: str, said: object, rest_seconds: float | None = None) -> None:
        super().__init__(url, f"throttled: {_shown(said)}")
        self.rest_seconds = rest_seconds


class AuthRefused(ReadingError):
    """The market refuses the operator's key or the token made with it."""

    outcome = "auth"

    def __init__(self, url: str, said: object) -> None:
        super().__init__(url, f"the key is refused: {_shown(said)}")


class TermsRefused(ReadingError):
    """The market knows the key and does not grant this use of it."""

    outcome = "refused_by_terms"

    def __init__(self, url: str, said: object) -> None:
        super().__init__(url, f"refused by the market's terms: {_shown(said)}")


class BadRequest(ReadingError):
    """The market does not take the request as it was asked."""

    outcome = "bad_request"

    def __init__(self, url: str, said: object) -> None:
        super().__init__(url, f"bad request: {_shown(said)}")


class ServerFailed(ReadingError):
    """The market says that it failed itself."""

    outcome = "server"

    def __init__(self, url: str, said: object) -> None:
        super().__init__(url, f"the market's server failed: {_shown(said)}")


class Gone(ReadingError):
    """The market says that there is no such page."""

    outcome = "gone"

    def __init__(self, url: str) -> None:
        super().__init__(url, "the page is gone")


def _shown(value: object) -> str:
    """Return a value short enough for one log line, its control characters escaped."""
    if isinstance(value, dict | list | tuple):
        return f"{type(value).__name__} of {len(value)}"
    if isinstance(value, str):
        return ascii(value[:SHOWN_VALUE]) + ("…" if len(value) > SHOWN_VALUE else "")
    return ascii(value)[:SHOWN_VALUE]
