"""What can go wrong on a command line, by what the caller should do next.

CommandError (exit 1)
├── BadInput (exit 2): a file, row, field or argument must be mended
│   └── UnknownMarket
└── PortInUse
"""

from collections.abc import Iterable


class CommandError(Exception):
    """A command could not do what it was asked; the message is for the person who typed it."""

    exit_code = 1


class BadInput(CommandError):
    """What was given cannot be used; the message names the file, line and field."""

    exit_code = 2


class UnknownMarket(BadInput):
    """No spider has that name."""

    def __init__(self, market: str, known: Iterable[str]) -> None:
        super().__init__(f"unknown market {market!r}; known: {', '.join(sorted(known))}")


class PortInUse(CommandError):
    """Another program listens on the port."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"port {port} on {host} is in use; choose another with --port")
