"""A small OpenID Connect provider on loopback, over TLS: authorization code, PKCE, and answers that lie."""

from __future__ import annotations

import base64
import hashlib
import secrets
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import trustme
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from separatrix.studio.server import listening

CLIENT, SECRET = "park", "the secret of the client"


class Provider:
    """What the provider says; tests change it.

    Attributes
    ----------
    claims : dict
        Of whoever is at the browser.
    token_lies, userinfo_lies : dict
        What is put over the claims in the identity token, and in the details.
    """

    def __init__(self, issuer: str, authority: Path) -> None:
        self.issuer = issuer
        self.authority = authority
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {}
        self.token_lies: dict[str, Any] = {}
        self.userinfo_lies: dict[str, Any] = {}
        self.without_token = False
        self.codes: dict[str, str] = {}

    def comes(self, email: str, *, verified: bool = True, sub: str = "") -> None:
        """Put somebody at the browser."""
        self.claims = {"sub": sub or f"sub of {email}", "email": email, "email_verified": verified}
        self.token_lies, self.userinfo_lies, self.without_token = {}, {}, False

    def describe(self, _: Request) -> JSONResponse:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        )

    def authorize(self, request: Request) -> RedirectResponse:
        asked = request.query_params
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self.codes[code] = asked["code_challenge"]
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}")

    async def token(self, request: Request) -> JSONResponse:
        told = await request.form()
        challenge = self.codes.pop(str(told.get("code")), None)  # a code is good once
        verifier = hashlib.sha256(str(told.get("code_verifier")).encode()).digest()
        given = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if challenge != given or told.get("client_secret") != SECRET:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        about = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, **self.claims}
        answer = {"access_token": "access", "token_type": "Bearer", "expires_in": 60}
        if not self.without_token:
            answer["id_token"] = jwt.encode(about | self.token_lies, self.key, "RS256", {"kid": "one"})
        return JSONResponse(answer)

    def userinfo(self, _: Request) -> JSONResponse:
        return JSONResponse(self.claims | self.userinfo_lies)

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.describe),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/userinfo", self.userinfo),
            ]
        )


@contextmanager
def provider_on_loopback(folder: Path) -> Iterator[Provider]:
    """Run a provider in a thread, with a certificate of an authority of its own."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    own = authority.issue_cert("127.0.0.1")
    own.private_key_and_cert_chain_pem.write_to_path(folder / "own.pem")
    with listening("127.0.0.1", 0) as socket:
        provider = Provider(f"https://127.0.0.1:{socket.getsockname()[1]}", folder / "authority.pem")
        server = uvicorn.Server(
            uvicorn.Config(
                provider.application(),
                ssl_certfile=folder / "own.pem",
                ssl_version=ssl.PROTOCOL_TLS_SERVER,
                log_level="error",
            )
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield provider
        finally:
            server.should_exit = True
            thread.join()
