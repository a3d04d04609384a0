"""The installation's secret that contact data of sellers is hashed with. It lies outside the database, in a file.

A telephone number has ten digits: its plain hash is undone in seconds. A keyed one says nothing to whoever has a copy
of the database without the key.
"""

import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from sqlalchemy.orm import Session

ContactKind = Literal["phone", "email"]
KeySource = Callable[[], bytes]
"""Returns the key, making it at the first use."""

KEY_BYTES: Final = 32
FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
# In front of each keyed hash: tells the way it was made.
PREFIX: Final = "h1:"
# Vietnamese mobile numbers, and Japanese ones, however they are spaced.
_PHONE: Final = re.compile(r"(?<!\d)(?:\+?84|0)(?:[ .\-]?\d){9}(?!\d)|(?<!\d)0[789]0(?:[ .\-]?\d){8}(?!\d)")
_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
_HIDDEN: Final = "••••"


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach a seller, as a listing states it."""

    kind: ContactKind
    plain: str
    """The digits of a telephone number beginning with 0, or an e-mail address in lower case."""

    @property
    def masked(self) -> str:
        """What is shown of it to everybody: enough to recognise, too little to use."""
        if self.kind == "phone":
            return f"{_HIDDEN}{self.plain[-3:]}"
        return f"{self.plain[:1]}{_HIDDEN}@{self.plain.partition('@')[2]}"

    def hashed(self, key: bytes) -> str:
        """What is stored and compared."""
        return keyed(key, self.kind, self.plain)


def contacts_in(text: str) -> Iterator[Contact]:
    """Yield every telephone number and e-mail address of a text, each as often as it stands there."""
    plain = unicodedata.normalize("NFKC", text)
    for phone in _PHONE.findall(plain):
        digits = re.sub(r"\D", "", phone)
        yield Contact("phone", f"0{digits[2:]}" if digits.startswith("84") else digits)
    for address in _EMAIL.findall(plain):
        yield Contact("email", address.lower())


def without_contacts(text: str) -> str:
    """Return the text with its telephone numbers and addresses hidden."""
    return _EMAIL.sub(_HIDDEN, _PHONE.sub(_HIDDEN, text))


def keyed(key: bytes, kind: str, plain: str) -> str:
    """Return the keyed hash (HMAC-SHA-256, RFC 2104) of a text of that kind."""
    return PREFIX + hmac.new(key, f"{kind}\n{plain}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def fingerprint(key: bytes) -> str:
    """Return what names a key and does not tell it."""
    return keyed(key, "fingerprint", "")[len(PREFIX) : len(PREFIX) + 16]


def open_contact_key(path: Path) -> bytes:
    """Return the key kept in that file; a new one is made where there is none. ValueError where it is no key."""
    if not path.exists():
        path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # Two processes may come to this at once: the first one's key stands.
        with suppress(FileExistsError):
            os.link(part, path)
        part.unlink()
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ValueError(f"{path}: holds {len(key)} bytes, not a key of {KEY_BYTES}")
    return key


def key_of(session: Session) -> bytes | None:
    """Return the key of the installation whose database this is; None where it was opened without one."""
    source: KeySource | None = session.info.get("contact_key")
    return None if source is None else source()
