"""Trusted time stamps (RFC 3161): a third party signs that a manifest existed at a moment."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from captures.errors import StampRefused

# A stamp further from our clock than this is refused: WACZ-auth 0.1.0 asks for the same ten minutes.
LARGEST_DIFFERENCE = timedelta(minutes=10)
REQUEST_TYPE = "application/timestamp-query"
SHA256_OID = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")

Ask = Callable[[bytes], bytes]
"""Sends a request in DER form to the authority and returns its answer's body; raises OSError or CaptureFailed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StampAuthority:
    """A time stamping authority that this installation trusts."""

    url: str
    """Where requests are sent; empty where stamps are only checked."""
    roots: tuple[x509.Certificate, ...]
    """Certificates that its chain must end in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a checked time stamp says."""

    stamped_at: datetime
    """The authority's time, UTC."""
    authority: str
    """Name in the authority's certificate."""


def load_authority(url: str, roots_file: Path) -> StampAuthority:
    """Return the authority with the PEM certificates of that file; ValueError where there is none."""
    roots = tuple(x509.load_pem_x509_certificates(roots_file.read_bytes()))
    return StampAuthority(url=url, roots=roots)


def obtain_stamp(content: bytes, authority: StampAuthority, ask: Ask, now: Callable[[], datetime]) -> bytes:
    """Return the authority's stamp of the content, checked; raises StampRefused when it says anything else.

    Whatever `ask` raises passes through: the stamp stays pending and is asked for again later.
    """
    request = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True).build()
    answer = ask(request.as_bytes())
    stamp = _check(content, answer, authority, nonce=request.nonce)
    difference = abs(now() - stamp.stamped_at)
    if difference > LARGEST_DIFFERENCE:
        raise StampRefused(f"the stamp's time is {int(difference.total_seconds() // 60)} minutes away from our clock")
    return answer


def check_stamp(content: bytes, token: bytes, authority: StampAuthority | None) -> Stamp:
    """Return what a kept stamp says about the content; StampRefused when it does not fit or is not trusted.

    Without an authority only the hash that it is about is checked: nobody vouches for its time then.
    """
    if authority is None:
        answer = _decoded(token)
        _check_hash(content, answer)
        return _stamp_of(answer)
    return _check(content, token, authority, nonce=None)


def _check(content: bytes, token: bytes, authority: StampAuthority, *, nonce: int | None) -> Stamp:
    answer = _decoded(token)
    builder = VerifierBuilder(roots=list(authority.roots), nonce=nonce)
    try:
        builder.build().verify_message(answer, content)
    except (VerificationError, ValueError) as error:
        raise StampRefused(f"the time stamp is refused: {error}") from error
    _check_hash(content, answer)
    stamp = _stamp_of(answer)
    for certificate in _certificates(answer):
        # The library judges the chain by today's date; the stamp must lie inside it too.
        if not certificate.not_valid_before_utc <= stamp.stamped_at <= certificate.not_valid_after_utc:
            raise StampRefused(f"the authority's certificate was not valid at {stamp.stamped_at.isoformat()}")
    return stamp


def _decoded(token: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(token)
    except ValueError as error:
        raise StampRefused(f"no time stamp: {error}") from error


def _check_hash(content: bytes, answer: TimeStampResponse) -> None:
    imprint = answer.tst_info.message_imprint
    if imprint.hash_algorithm != SHA256_OID or imprint.message != hashlib.sha256(content).digest():
        raise StampRefused("the time stamp is about other bytes")


def _certificates(answer: TimeStampResponse) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_der_x509_certificate(der) for der in answer.signed_data.certificates)


def _stamp_of(answer: TimeStampResponse) -> Stamp:
    names = [certificate.subject.rfc4514_string() for certificate in _certificates(answer)]
    return Stamp(stamped_at=answer.tst_info.gen_time.astimezone(UTC), authority=names[0] if names else "unknown")
