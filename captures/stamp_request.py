"""Sends a request to a time stamping authority over HTTP (RFC 3161 3.4), through the egress guard."""

import httpx

from captures.errors import CaptureFailed
from captures.stamp import REQUEST_TYPE

SECONDS = 20.0
MAX_ANSWER_BYTES = 64 * 1024


def ask_authority(url: str, request: bytes, proxy_url: str) -> bytes:
    """Return the answer's body; raise CaptureFailed where the authority does not answer well."""
    try:
        with (
            httpx.Client(proxy=proxy_url, timeout=SECONDS, trust_env=False) as client,
            client.stream("POST", url, content=request, headers={"Content-Type": REQUEST_TYPE}) as answer,
        ):
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if len(body) > MAX_ANSWER_BYTES:
                    raise CaptureFailed(url, "too_large", f"the stamp is larger than {MAX_ANSWER_BYTES} bytes")
            if answer.status_code != 200:
                raise CaptureFailed(url, "status", f"the time stamping authority answered HTTP {answer.status_code}")
    except httpx.HTTPError as problem:
        raise CaptureFailed(url, "away", f"the time stamping authority does not answer: {problem}") from problem
    return bytes(body)
