"""Tables of what belongs to an account: tickets, half-finished log-ins, second factors, passkeys, API tokens."""

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from storage.column_types import PrintedText
from storage.tables import document, metadata, moment, number, one_of, text

TICKET_KINDS = ("invite", "reset")


def _login(*, key: bool = False, optional: bool = False) -> Column[str]:
    return Column("login", PrintedText, ForeignKey("users.login"), primary_key=key, nullable=optional and not key)


# A link that is mailed: whoever has it may choose the account's password once.
tickets = Table(
    "tickets", metadata,
    text("ticket_sha256", key=True), _login(), text("kind"), moment("made_at"), text("made_by"),
    moment("expires_at"), moment("used_at", optional=True), one_of("kind", TICKET_KINDS), Index(None, "login"),
)  # fmt: skip
# A log-in or an act that waits for its second half: a code, an authenticator's answer, an identity provider's answer.
login_steps = Table(
    "login_steps", metadata,
    text("step_sha256", key=True), _login(optional=True), text("kind"), document("data"),
    moment("expires_at"), Index(None, "expires_at"),
)  # fmt: skip
totp_secrets = Table(
    "totp_secrets", metadata,
    _login(key=True), text("secret"), moment("confirmed_at"), number("last_counter"),
)  # fmt: skip
recovery_codes = Table(
    "recovery_codes", metadata,
    text("code_sha256", key=True), _login(), moment("made_at"), moment("used_at", optional=True), Index(None, "login"),
)  # fmt: skip
passkeys = Table(
    "passkeys", metadata,
    text("credential_id", key=True), _login(), text("public_key"), number("sign_count"), text("name"),
    moment("made_at"), moment("used_at", optional=True), Index(None, "login"),
)  # fmt: skip
identities = Table(
    "identities", metadata,
    text("issuer", key=True), text("subject", key=True), _login(), moment("made_at"), Index(None, "login"),
)  # fmt: skip
api_tokens = Table(
    "api_tokens", metadata,
    text("token_id", key=True), text("token_sha256"), _login(), text("name"), document("scopes"), moment("made_at"),
    moment("expires_at", optional=True), moment("used_at", optional=True), moment("revoked_at", optional=True),
    UniqueConstraint("token_sha256"), Index(None, "login"),
)  # fmt: skip
