"""What can go wrong with mails.

AlertError
├── BadAddress        not one plain mail address; nothing is built for it
├── BadConsoleUrl     links in mails must begin with a web address
├── UnknownOwner      the watch list has no owner of that name
├── UnsafeMessage     the message, read again, is not what was meant; it is not sent
└── NotSent           the mail did not leave; `problem` says why, for staff
    ├── TryAgain      the next attempt may work (4xx, no connection, dropped)
    └── Refused       the server will never take it for that address (5xx)
"""


class AlertError(Exception):
    """Something is wrong with a mail; the message names it."""


class BadAddress(AlertError):
    """The text is not one plain mail address."""

    def __init__(self, address: str) -> None:
        super().__init__(f"not one plain mail address: {address!r}")
        self.address = address


class BadConsoleUrl(AlertError):
    """The console's address is not an http or https address."""


class UnknownOwner(AlertError):
    """The watch list has no owner of that name."""

    def __init__(self, owner: str) -> None:
        super().__init__(f"owner {owner!r}: not in the watch list")
        self.owner = owner


class UnsafeMessage(AlertError):
    """The message, serialised and read again, is not what was meant."""


class NotSent(AlertError):
    """The mail did not leave."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class TryAgain(NotSent):
    """The mail did not leave, or nobody knows whether it did; a later attempt may work."""


class Refused(NotSent):
    """The server refuses the mail for good (5xx)."""
