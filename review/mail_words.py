"""Words of mails on the console's pages: kinds, frequencies, answers, states."""

from typing import Final

from records.mail import Answer, Frequency, Kind
from review.languages import message as _

KIND_WORDS: Final[dict[Kind, str]] = {
    "urgent": _("Urgent notices"),
    "digest": _("Digest of new hits and changes"),
    "monthly": _("Monthly report"),
    "account": _("Mails about your address"),
}
FREQUENCY_WORDS: Final[dict[Frequency, str]] = {
    "never": _("not sent"),
    "as_it_happens": _("as it happens"),
    "daily": _("every day"),
    "weekly": _("every week"),
    "monthly": _("every month"),
}
ANSWER_WORDS: Final[dict[Answer, str]] = {
    "fake": _("Fake"),
    "genuine": _("Genuine"),
    "authorised_seller": _("Authorised seller"),
    "ours_grey": _("Ours, but grey market"),
    "test_buy": _("Please test-buy"),
}
WEEKDAYS: Final = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip
ZONES: Final = ("Asia/Tokyo", "Asia/Ho_Chi_Minh", "UTC")
# State of a mail -> its word, badge class and icon, so that colour never stands alone.
STATES: Final[dict[str, tuple[str, str, str]]] = {
    "new": (_("waiting"), "", "clock"),
    "sending": (_("being sent"), "badge-info", "clock"),
    "sent": (_("sent"), "badge-ok", "check"),
    "maybe_sent": (_("maybe sent"), "badge-warn", "warn"),
    "failed": (_("failed"), "badge-bad", "x"),
    "suppressed": (_("held back"), "badge-warn", "off"),
}
MAIL_KINDS: Final[dict[str, str]] = {
    "urgent": _("Urgent"),
    "digest": _("Digest"),
    "monthly": _("Monthly report"),
    "account": _("Account"),
    "operations": _("Operations"),
}
