"""Accounts: mail addresses, session details, tickets, second factors, passkeys, identities, API tokens."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def text(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, types.PrintedText(), nullable=optional)


def moment(name: str, *, optional: bool = False) -> sa.Column[object]:
    return sa.Column(name, types.Moment(), nullable=optional)


def login_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["login"], ["users.login"], name=op.f(f"fk_{table}_login"))


def upgrade() -> None:
    op.add_column("users", text("email", optional=True))
    op.create_index("ix_users_email", "users", ["email"], unique=True)
    for name in ("address", "agent", "means"):
        op.add_column("sessions", text(name, optional=True))
    op.create_table(
        "tickets",
        text("ticket_sha256"), text("login"), text("kind"), moment("made_at"), text("made_by"),
        moment("expires_at"), moment("used_at", optional=True),
        sa.CheckConstraint("kind IN ('invite', 'reset')", name=op.f("ck_tickets_kind")),
        sa.PrimaryKeyConstraint("ticket_sha256", name=op.f("pk_tickets")), login_key("tickets"),
    )  # fmt: skip
    op.create_index(op.f("ix_tickets_login"), "tickets", ["login"])
    op.create_table(
        "login_steps",
        text("step_sha256"), text("login", optional=True), text("kind"),
        sa.Column("data", types.Document(), nullable=False), moment("expires_at"),
        sa.PrimaryKeyConstraint("step_sha256", name=op.f("pk_login_steps")), login_key("login_steps"),
    )  # fmt: skip
    op.create_index(op.f("ix_login_steps_expires_at"), "login_steps", ["expires_at"])
    op.create_table(
        "totp_secrets",
        text("login"), text("secret"), moment("confirmed_at"),
        sa.Column("last_counter", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_totp_secrets")), login_key("totp_secrets"),
    )  # fmt: skip
    op.create_table(
        "recovery_codes",
        text("code_sha256"), text("login"), moment("made_at"), moment("used_at", optional=True),
        sa.PrimaryKeyConstraint("code_sha256", name=op.f("pk_recovery_codes")), login_key("recovery_codes"),
    )  # fmt: skip
    op.create_index(op.f("ix_recovery_codes_login"), "recovery_codes", ["login"])
    op.create_table(
        "passkeys",
        text("credential_id"), text("login"), text("public_key"),
        sa.Column("sign_count", sa.BigInteger(), nullable=False), text("name"), moment("made_at"),
        moment("used_at", optional=True),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_passkeys")), login_key("passkeys"),
    )  # fmt: skip
    op.create_index(op.f("ix_passkeys_login"), "passkeys", ["login"])
    op.create_table(
        "identities",
        text("issuer"), text("subject"), text("login"), moment("made_at"),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_identities")), login_key("identities"),
    )  # fmt: skip
    op.create_index(op.f("ix_identities_login"), "identities", ["login"])
    op.create_table(
        "api_tokens",
        text("token_id"), text("token_sha256"), text("login"), text("name"),
        sa.Column("scopes", types.Document(), nullable=False), moment("made_at"),
        moment("expires_at", optional=True), moment("used_at", optional=True), moment("revoked_at", optional=True),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_api_tokens")), login_key("api_tokens"),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_api_tokens_token_sha256")),
    )  # fmt: skip
    op.create_index(op.f("ix_api_tokens_login"), "api_tokens", ["login"])
