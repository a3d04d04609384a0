"""One-time codes (RFC 6238) and recovery codes: made, drawn as a QR code, and checked."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyotp
import segno

STEP_SECONDS: Final = 30
# A code of the step before and after is taken too: clocks of telephones are a little off.
STEPS_OFF: Final = (0, -1, 1)
ISSUER: Final = "Markwatch"
RECOVERY_CODES: Final = 10
# Without 0, O, 1, I, L: people copy these from paper.
_ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class QrCode:
    """A QR code as one SVG path of unit squares."""

    size: int
    """Modules on each side, the quiet zone included."""
    path: str
    """The `d` attribute of the dark modules."""


def new_secret() -> str:
    """Return a new base32 secret of 160 bits."""
    return pyotp.random_base32()


def setup_address(secret: str, login: str) -> str:
    """Return the otpauth address that an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def qr_code(text: str) -> QrCode:
    """Return the text as a QR code with the quiet zone of four modules that the standard asks for."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    parts = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark]
    return QrCode(size=len(rows), path="".join(parts))


def counter_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the 30-second counter that the code belongs to, or None when it is wrong or too old."""
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdecimal()):
        return None
    totp, counter = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    for off in STEPS_OFF:
        if hmac.compare_digest(totp.generate_otp(counter + off), digits):
            return counter + off
    return None


def new_recovery_codes() -> tuple[str, ...]:
    """Return new recovery codes of about 49 bits each."""
    return tuple(
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    )


def recovery_digest(login: str, code: str) -> str:
    """Return what is stored of a recovery code; blanks, hyphens and letter case do not matter."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(f"{login}\n{plain}".encode()).hexdigest()
