"""A small node of PACT on loopback, over TLS, that answers as it is told: well, slowly, or with lies."""

from __future__ import annotations

import json
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

__all__ = ["LOOPBACK", "NodeServer", "authority", "node_server"]

LOOPBACK = ("127.0.0.0/8",)
"""The network that tests let be called."""

Answer = Callable[[Any], None]


@cache
def authority() -> tuple[Path, Path]:
    """Return the file of an authority, and that of a certificate and key for loopback that it vouches for."""
    import trustme

    folder = Path(tempfile.mkdtemp(prefix="park-node-"))
    made = trustme.CA()
    made.cert_pem.write_to_path(folder / "authority.pem")
    own = made.issue_cert("127.0.0.1", "localhost")
    own.private_key_and_cert_chain_pem.write_to_path(folder / "own.pem")
    return folder / "authority.pem", folder / "own.pem"


@dataclass
class NodeServer:
    """A node that runs: what it holds, what came in, and what it answers otherwise.

    Attributes
    ----------
    address : str
    records : dict
        Footprints by id.
    events : list
        Those that came in.
    asked : list of (str, str)
        Each method and path that was asked.
    answers : dict
        By the beginning of a path, how it is answered instead.
    page : int
        How many footprints a page of the list has at most.
    """

    address: str = ""
    records: dict[str, Any] = field(default_factory=dict)
    events: list[Any] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    page: int = 2
    tokens: int = 0

    def connection(self, secret: str = "hush") -> str:
        """Return its connection text."""
        told = {
            "node": self.address,
            "token": f"{self.address}/auth/token",
            "client_id": "us",
            "client_secret": secret,
            "company": "Partner",
            "company_ids": ["urn:pact:example.com:company:1"],
        }
        return json.dumps(told)


def tell(handler: Any, status: int, body: object = None, headers: Mapping[str, str] | None = None) -> None:
    """Answer with JSON."""
    content = b"" if body is None else json.dumps(body).encode()
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def drip(handler: Any, seconds: float, each: float = 0.05) -> None:
    """Send the head of an answer byte by byte for so long."""
    until = time.monotonic() + seconds
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while time.monotonic() < until:
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(each)


@contextmanager
def node_server() -> Iterator[NodeServer]:
    """Run a node for the length of a block."""
    node = NodeServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self.content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._answer()

        def _answer(self) -> None:
            node.asked.append((self.command, self.path))
            self.close_connection = True
            for beginning, answer in node.answers.items():
                if self.path.startswith(beginning):
                    answer(self)
                    return
            _as_it_should(node, self)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who is called hangs up on lies
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority()[1])
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    node.address = f"https://127.0.0.1:{server.server_address[1]}"
    try:
        yield node
    finally:
        server.shutdown()
        server.server_close()


def _as_it_should(node: NodeServer, handler: Any) -> None:
    path, _, query = handler.path.partition("?")
    if path == "/auth/token":
        node.tokens += 1
        tell(handler, 200, {"access_token": f"token-{node.tokens}", "token_type": "bearer"})
    elif handler.headers.get("Authorization") != f"Bearer token-{node.tokens}":
        tell(handler, 401, {"code": "TokenExpired", "message": "no"})
    elif path == "/3/events":
        node.events.append(json.loads(handler.content))
        tell(handler, 200)
    elif path == "/3/footprints":
        start = int(dict(p.split("=") for p in query.split("&")).get("from", 0))
        rows = list(node.records.values())
        more = start + node.page < len(rows)
        link = f'<{node.address}/3/footprints?from={start + node.page}>; rel="next"'
        tell(handler, 200, {"data": rows[start : start + node.page]}, {"Link": link} if more else None)
    else:
        found = node.records.get(path.removeprefix("/3/footprints/"))
        tell(
            handler, 200 if found else 404, {"data": found} if found else {"code": "NotFound", "message": "x"}
        )
