"""The installation's Ed25519 key (RFC 8032): it signs manifests, so that a pack names who made it."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from captures.errors import BadKey
from captures.writing import make_folders, write_whole

FORMAT = "markwatch-signature-1"
KEY_MODE = 0o600


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key in memory."""

    private: Ed25519PrivateKey

    @property
    def public_bytes(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.private.public_key().public_bytes_raw()

    def sign(self, content: bytes) -> bytes:
        """Return the signature file of that content: canonical JSON with the public key and the signature, in hex."""
        return _file_of(content, self.public_bytes, self.private.sign(content))


def _file_of(content: bytes, public_key: bytes, signature: bytes) -> bytes:
    return rfc8785.dumps(
        {
            "format": FORMAT,
            "public_key": public_key.hex(),
            "sha256": hashlib.sha256(content).hexdigest(),
            "signature": signature.hex(),
        }
    )


def open_key(path: Path) -> SigningKey:
    """Return the key kept in that file; a new one is made where there is none. Raises BadKey."""
    if not path.exists():
        make_folders(path.parent)
        made = Ed25519PrivateKey.generate()
        pem = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_whole(path, pem, KEY_MODE)
    if path.stat().st_mode & 0o077 and os.name == "posix":
        raise BadKey(f"{path}: others can read the signing key; set its mode to 600")
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise BadKey(f"{path}: no private key can be read: {error}") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise BadKey(f"{path}: not an Ed25519 key")
    return SigningKey(private)


def fingerprint(public_key: bytes) -> str:
    """Return the SHA-256 of a public key in hex: what is published and compared by people."""
    return hashlib.sha256(public_key).hexdigest()


def check_signature(content: bytes, signature_file: bytes, known: bytes | None = None) -> bytes:
    """Return the public key that signed the content; ValueError when the signature does not fit.

    With `known`, a signature by any other key is refused.
    """
    try:
        record = cast("object", json.loads(signature_file))
        fields = record if isinstance(record, dict) else {}
        public_key, signature = bytes.fromhex(fields["public_key"]), bytes.fromhex(fields["signature"])
        # Written again and compared: a flipped bit that changes nothing but the letter case is found as well.
        if _file_of(content, public_key, signature) != signature_file:
            raise ValueError("the signature is about other bytes, or not in canonical form")
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, content)
    except InvalidSignature:
        raise ValueError("the signature is not by the key that it names") from None
    except (KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"unreadable signature: {error}") from error
    if known is not None and public_key != known:
        raise ValueError(f"signed by another key: {fingerprint(public_key)}")
    return public_key
