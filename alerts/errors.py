"""What can go wrong with mails.

AlertError
├── BadAddress        not one plain mail address; nothing is built for it
├── BadConsoleUrl     links in mails must begin with a web address
├── UnknownOwner      the watch list has no owner of that name
├── UnknownBrand      the owner has no brand of that name
├── BadPreference     a choice that no mail can follow; names the field
├── BadLink           a link in a mail was not made here, or not for that
│   └── ExpiredLink   it was, but its time is over
├── UnsafeMessage     the message, read again, is not what was meant; it is not sent
└── NotSent           the mail did not leave; `problem` says why, for staff
    ├── TryAgain      the next attempt may work (4xx, no connection, dropped)
    │   └── MaybeSent the whole text was out when the connection ended: it may have arrived
    └── Refused       the server will never take this mail (5xx)
        └── NoSuchAddress  the server will never take any mail for that address
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


class UnknownBrand(AlertError):
    """The owner has no brand of that name."""

    def __init__(self, owner: str, brand: str) -> None:
        super().__init__(f"brand {brand!r}: owner {owner!r} has none of that name in the watch list")


class BadPreference(AlertError):
    """A choice that no mail can follow; `field` names it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field


class BadLink(AlertError):
    """A link was not made here, or not for that purpose."""


class ExpiredLink(BadLink):
    """The link was made here, but its time is over."""


class UnsafeMessage(AlertError):
    """The message, serialised and read again, is not what was meant."""


class NotSent(AlertError):
    """The mail did not leave."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class TryAgain(NotSent):
    """The mail did not leave, or nobody knows whether it did; a later attempt may work."""


class MaybeSent(TryAgain):
    """The whole text was out when the connection ended; the mail may have arrived. The next try has the same id."""


class Refused(NotSent):
    """The server refuses the mail for good (5xx)."""


class NoSuchAddress(Refused):
    """The server refuses that address for good (5xx to the recipient)."""
