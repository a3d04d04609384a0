"""Passkeys (WebAuthn): what the browser is asked, and how its answer is checked."""

import ipaddress
import json
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from review.errors import WrongPasskey
from storage.factors import Passkey
from storage.users import User

NAME: Final = "Markwatch"
# Reading another's bytes raises these besides the library's own errors.
_BROKEN: Final = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the browser is, as the authenticator signs it."""

    host: str
    """The relying party's id: the host without its port."""
    origin: str
    """Scheme, host and port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasskey:
    """What is kept of a passkey that was just made."""

    credential_id: str
    public_key: str
    sign_count: int


def place_of(request: Request) -> Place | None:
    """Return where the browser is; None at a bare IP address, which the standard knows no passkeys for."""
    host = request.url.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return Place(host=host, origin=f"{request.url.scheme}://{request.url.netloc}")
    return None


def options_to_add(place: Place, user: User, known: tuple[Passkey, ...]) -> tuple[str, str]:
    """Return what the browser is asked to make a passkey, as JSON, and the challenge it must sign."""
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=NAME,
        user_name=user.login,
        user_id=user.login.encode()[:64],
        user_display_name=user.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in known],
    )
    return options_to_json(options), bytes_to_base64url(options.challenge)


def options_to_log_in(place: Place) -> tuple[str, str]:
    """Return what the browser is asked to log in with a passkey, as JSON, and the challenge it must sign."""
    options = generate_authentication_options(rp_id=place.host, user_verification=UserVerificationRequirement.REQUIRED)
    return options_to_json(options), bytes_to_base64url(options.challenge)


def credential_of(answer: str) -> str:
    """Return the credential id that a browser's answer names; raise WrongPasskey for anything else."""
    try:
        return bytes_to_base64url(base64url_to_bytes(str(json.loads(answer)["rawId"] or "")))
    except _BROKEN as problem:
        raise WrongPasskey from problem


def check_new(place: Place, challenge: str, answer: str) -> NewPasskey:
    """Return the passkey that the browser made; raise WrongPasskey when its answer does not fit."""
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except _BROKEN as problem:
        raise WrongPasskey from problem
    return NewPasskey(
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
    )


def check_known(place: Place, challenge: str, answer: str, passkey: Passkey) -> int:
    """Return the passkey's new sign count; raise WrongPasskey when the browser's answer does not fit."""
    try:
        checked = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except _BROKEN as problem:
        raise WrongPasskey from problem
    return checked.new_sign_count
