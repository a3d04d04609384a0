"""An OpenID Connect provider on a loopback port that answers as it is told, well or badly."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "markwatch", "a secret of the office"


@dataclass
class Provider:
    """What the provider says; tests change it before a log-in."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    """Over what an honest token says."""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "one"}))
    signed_by: RSAKey | OctKey | None = None
    algorithm: str = "RS256"
    metadata: dict[str, Any] = field(default_factory=dict)
    departures: dict[str, dict[str, str]] = field(default_factory=dict)
    """What the browser brought along, by the code it was given."""

    def take_browser(self, url: str) -> str:
        """Answer the browser that was sent here: log it in and return the address it is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{len(self.departures)}"
        self.departures[code] = asked
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Answer the console's question for a token, as RFC 6749 and RFC 7636 ask."""
        asked = self.departures.get(form.get("code", ""), {})
        secret = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if authorization != f"Basic {secret}" and form.get("client_secret") != CLIENT_SECRET:
            return 401, {"error": "invalid_client"}
        if not asked or challenge != asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "sub": "42", "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "email": "thu@example.test", "email_verified": True, **self.claims,
        }  # fmt: skip
        signed = jwt.encode(
            {"alg": self.algorithm, "kid": "one"}, claims, self.signed_by or self.key, algorithms=[self.algorithm]
        )
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": signed}


@contextmanager
def provider() -> Iterator[Provider]:
    """Serve a provider while the context lasts."""
    told = Provider()

    class Handler(BaseHTTPRequestHandler):
        def _send(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            if self.path == "/.well-known/openid-configuration":
                endpoints = {
                    "issuer": told.issuer,
                    "authorization_endpoint": f"{told.issuer}/authorize",
                    "token_endpoint": f"{told.issuer}/token",
                    "jwks_uri": f"{told.issuer}/keys",
                }
                self._send(200, {**endpoints, **told.metadata})
            else:
                self._send(200, {"keys": [told.key.as_dict(private=False)]})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._send(*told.token(form, self.headers.get("Authorization", "")))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
