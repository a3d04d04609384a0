"""What a page answers when it cannot do what was asked.

Refusal
├── LoginNeeded    401: no live session
├── WrongPassword  401: log-in refused, with the tries that are left
├── AccountLocked  429: too many failures, with the wait
├── TooMany        429: too many requests of one client
├── CodeNeeded     401: the password is right, a one-time code is missing
├── WrongCode      401: the one-time code is wrong
├── WrongPasskey   401: the authenticator's answer does not fit
├── ProviderRefused 401: the identity provider's answer does not fit
├── WrongField     422: a field of a form cannot be taken, and why
├── Forbidden      403: the role does not cover it
├── NotYours       403: a second look needs somebody who has not judged the hit
├── FormExpired    403: the form's token is of another session
└── Absent         404: there is nothing there for this user
"""

from datetime import timedelta


class Refusal(Exception):
    """A request is answered with a refusal; `status` is its HTTP status, `reason` its word in the API."""

    status = 400
    reason = "refused"


class LoginNeeded(Refusal):
    """There is no live session."""

    status = 401
    reason = "login_needed"


class WrongPassword(Refusal):
    """Log-in name and password do not belong together."""

    status = 401
    reason = "wrong_password"

    def __init__(self, tries_left: int) -> None:
        super().__init__()
        self.tries_left = tries_left


class AccountLocked(Refusal):
    """The log-in failed too often; the wait counts from each failure."""

    status = 429
    reason = "locked"

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait


class Forbidden(Refusal):
    """The user's role does not cover this."""

    status = 403
    reason = "forbidden"


class NotYours(Refusal):
    """The user has judged this hit already; a second look needs another person."""

    status = 403
    reason = "same_person"


class FormExpired(Refusal):
    """The form was made for another session."""

    status = 403
    reason = "form_expired"


class Absent(Refusal):
    """There is no such thing, or none that this user may see; the two are answered alike."""

    status = 404
    reason = "not_found"


class TooMany(Refusal):
    """One client asked too often within a minute."""

    status = 429
    reason = "too_many"


class CodeNeeded(Refusal):
    """Log-in name and password belong together; the account asks for a one-time code as well."""

    status = 401
    reason = "code_needed"


class WrongCode(Refusal):
    """The one-time code or recovery code is wrong, too old, or was used before."""

    status = 401
    reason = "wrong_code"


class WrongPasskey(Refusal):
    """The authenticator's answer does not belong to a passkey that is kept here."""

    status = 401
    reason = "wrong_passkey"


class ProviderRefused(Refusal):
    """The identity provider does not answer, or not as OpenID Connect asks, or names nobody who has an account."""

    status = 401
    reason = "provider_refused"


class WrongField(Refusal):
    """A field cannot be taken; `sentence` says why and `facts` fill it, in words of the catalogue."""

    status = 422
    reason = "wrong_field"

    def __init__(self, field: str, sentence: str, **facts: object) -> None:
        super().__init__(sentence % facts)
        self.field = field
        self.sentence = sentence
        self.facts = facts
