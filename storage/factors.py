"""Second factors and other ways in: one-time codes, recovery codes, passkeys, identities of a provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from storage.account_tables import identities, passkeys, recovery_codes, totp_secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class TotpSecret:
    """What an authenticator app shares with us."""

    secret: str
    """Base32."""
    last_counter: int
    """The latest 30-second counter that a code was taken for; no code is taken twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A public key whose private half never leaves its device."""

    credential_id: str
    """The authenticator's name for it, base64url."""
    login: str
    """Whose it is."""
    public_key: str
    """COSE key, base64url."""
    sign_count: int
    """The authenticator's own count at its last use; 0 where it keeps none."""
    name: str
    """What the user calls it."""
    made_at: datetime
    """Aware UTC."""
    used_at: datetime | None
    """Last log-in with it."""


def load_totp(session: Session, login: str) -> TotpSecret | None:
    """Return the account's confirmed secret; None where it has none."""
    columns = (totp_secrets.c.secret, totp_secrets.c.last_counter)
    row = session.execute(select(*columns).where(totp_secrets.c.login == login)).mappings().one_or_none()
    return None if row is None else TotpSecret(**row)


def save_totp(
    session: Session, login: str, secret: str, counter: int, code_hashes: Sequence[str], at: datetime
) -> None:
    """Turn codes on with a secret that the user has proved to hold, and replace the recovery codes."""
    remove_totp(session, login)
    session.execute(insert(totp_secrets).values(login=login, secret=secret, confirmed_at=at, last_counter=counter))
    rows = [{"code_sha256": code, "login": login, "made_at": at} for code in code_hashes]
    session.execute(insert(recovery_codes), rows)


def remove_totp(session: Session, login: str) -> None:
    """Turn codes off and forget the recovery codes."""
    session.execute(delete(totp_secrets).where(totp_secrets.c.login == login))
    session.execute(delete(recovery_codes).where(recovery_codes.c.login == login))


def use_totp(session: Session, login: str, counter: int) -> bool:
    """Note that the code of that counter was taken; False when it, or a later one, was taken before."""
    here = (totp_secrets.c.login == login, totp_secrets.c.last_counter < counter)
    done = update(totp_secrets).where(*here).values(last_counter=counter).returning(totp_secrets.c.login)
    return session.scalar(done) is not None


def use_recovery_code(session: Session, login: str, code_sha256: str, at: datetime) -> bool:
    """Use up a recovery code of the account; False when it has none such left."""
    here = (
        recovery_codes.c.login == login,
        recovery_codes.c.code_sha256 == code_sha256,
        recovery_codes.c.used_at.is_(None),
    )
    done = update(recovery_codes).where(*here).values(used_at=at).returning(recovery_codes.c.login)
    return session.scalar(done) is not None


def count_recovery_codes(session: Session, login: str) -> int:
    """Return how many recovery codes the account has left."""
    here = (recovery_codes.c.login == login, recovery_codes.c.used_at.is_(None))
    return int(session.scalar(select(func.count()).select_from(recovery_codes).where(*here)) or 0)


def add_passkey(
    session: Session, login: str, credential_id: str, public_key: str, sign_count: int, name: str, at: datetime
) -> bool:
    """Keep a new passkey; False when that credential is kept already, whosever it is."""
    if load_passkey(session, credential_id) is not None:
        return False
    session.execute(
        insert(passkeys).values(
            credential_id=credential_id,
            login=login,
            public_key=public_key,
            sign_count=sign_count,
            name=name,
            made_at=at,
        )
    )
    return True


def load_passkey(session: Session, credential_id: str) -> Passkey | None:
    """Return the passkey of that credential, or None."""
    row = session.execute(select(passkeys).where(passkeys.c.credential_id == credential_id)).mappings().one_or_none()
    return None if row is None else Passkey(**row)


def load_passkeys(session: Session, login: str) -> tuple[Passkey, ...]:
    """Return the account's passkeys, oldest first."""
    query = select(passkeys).where(passkeys.c.login == login).order_by(passkeys.c.made_at, passkeys.c.credential_id)
    return tuple(Passkey(**row) for row in session.execute(query).mappings())


def use_passkey(session: Session, credential_id: str, sign_count: int, at: datetime) -> None:
    """Note a log-in with the passkey."""
    here = passkeys.c.credential_id == credential_id
    session.execute(update(passkeys).where(here).values(sign_count=sign_count, used_at=at))


def remove_passkey(session: Session, login: str, credential_id: str) -> bool:
    """Forget a passkey of the account; False when it has none such."""
    here = (passkeys.c.login == login, passkeys.c.credential_id == credential_id)
    return session.scalar(delete(passkeys).where(*here).returning(passkeys.c.login)) is not None


def load_identity(session: Session, issuer: str, subject: str) -> str | None:
    """Return the log-in name that an identity provider's subject belongs to, or None."""
    here = (identities.c.issuer == issuer, identities.c.subject == subject)
    found: str | None = session.scalar(select(identities.c.login).where(*here))
    return found


def add_identity(session: Session, issuer: str, subject: str, login: str, at: datetime) -> None:
    """Bind an identity provider's subject to an account."""
    session.execute(insert(identities).values(issuer=issuer, subject=subject, login=login, made_at=at))


def remove_factors(session: Session, login: str) -> None:
    """Forget every second factor, passkey and identity of an account whose holder lost them."""
    remove_totp(session, login)
    session.execute(delete(passkeys).where(passkeys.c.login == login))
    session.execute(delete(identities).where(identities.c.login == login))
