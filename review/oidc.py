"""Log-in through an office's own OpenID Connect provider: authorization code flow with PKCE, state and nonce."""

import secrets
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from review.errors import ProviderRefused
from review.services import OidcSettings

try:  # Authlib takes httpx2 where it is installed, else httpx
    from httpx2 import HTTPError
except ImportError:
    from httpx import HTTPError  # type: ignore[assignment]  # one of the two is the client's own

log = structlog.get_logger(__name__)
TIMEOUT_SECONDS: Final = 10
SCOPE: Final = "openid email profile"
# Asymmetric signatures only: with HS256 whoever knows the client secret could sign.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY_SECONDS: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Where the browser is sent, and what its return is checked against."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the provider says it is."""

    issuer: str
    subject: str
    email: str | None
    """Only where the provider says that it checked the address."""


def _client(settings: OidcSettings, redirect_uri: str) -> OAuth2Client:
    return OAuth2Client(
        client_id=settings.client_id,
        client_secret=settings.client_secret or None,
        scope=SCOPE,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        timeout=TIMEOUT_SECONDS,
        trust_env=False,
    )


def _metadata(client: OAuth2Client, settings: OidcSettings) -> dict[str, Any]:
    """Return the provider's own description; its issuer must be the one that was set (OpenID Discovery 4.3)."""
    address = settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
    answer = client.request("GET", address, withhold_token=True)
    answer.raise_for_status()
    metadata = answer.json()
    if metadata.get("issuer") != settings.issuer:
        raise ProviderRefused(f"the provider calls itself {metadata.get('issuer')!r}")
    return dict(metadata)


def depart(settings: OidcSettings, redirect_uri: str) -> Departure:
    """Return where to send the browser; raise ProviderRefused when the provider does not answer as it should."""
    nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    try:
        with _client(settings, redirect_uri) as client:
            endpoint = _metadata(client, settings)["authorization_endpoint"]
            url, state = client.create_authorization_url(endpoint, code_verifier=verifier, nonce=nonce)
    except (AuthlibBaseError, HTTPError, ValueError, KeyError) as problem:
        log.warning("identity provider did not answer", issuer=settings.issuer, problem=str(problem))
        raise ProviderRefused(str(problem)) from problem
    return Departure(url=url, state=state, nonce=nonce, verifier=verifier)


def arrive(settings: OidcSettings, redirect_uri: str, returned: str, departure: Departure) -> Identity:
    """Return who came back with that address; raise ProviderRefused unless everything fits what was sent out."""
    said = parse_qs(urlsplit(returned).query)
    if not said.get("code") or not secrets.compare_digest("".join(said.get("state", [])), departure.state):
        raise ProviderRefused(f"returned without code and state: {said.get('error', ['?'])[0]}")
    try:
        with _client(settings, redirect_uri) as client:
            metadata = _metadata(client, settings)
            token = client.fetch_token(
                metadata["token_endpoint"],
                authorization_response=returned,
                state=departure.state,
                code_verifier=departure.verifier,
            )
            keys = client.request("GET", metadata["jwks_uri"], withhold_token=True)
            keys.raise_for_status()
            key_set = KeySet.import_key_set(keys.json())
        decoded = jwt.decode(token["id_token"], key_set, algorithms=list(ALGORITHMS))
        rules: dict[str, Any] = {
            "iss": {"essential": True, "value": settings.issuer},
            "aud": {"essential": True, "value": settings.client_id},
            "nonce": {"essential": True, "value": departure.nonce},
        }
        facts = {"client_id": settings.client_id, "nonce": departure.nonce}
        claims = CodeIDToken(decoded.claims, decoded.header, rules, facts)
        claims.validate(leeway=LEEWAY_SECONDS)
    except (AuthlibBaseError, JoseError, HTTPError, ValueError, KeyError, TypeError) as problem:
        log.warning("identity provider's answer refused", issuer=settings.issuer, problem=str(problem))
        raise ProviderRefused(str(problem)) from problem
    email = claims.get("email") if claims.get("email_verified") is True else None
    return Identity(issuer=settings.issuer, subject=str(claims["sub"]), email=email if isinstance(email, str) else None)
