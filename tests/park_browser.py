"""A park served as a user would serve it, and people who come in by a browser."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

__all__ = ["PASSWORD", "ServedPark", "code_of", "join", "served_park"]

PASSWORD = "a horse that counts batteries"
LINK = re.compile(r"\S+/join/[\w-]+/")
SECONDS = 30


@dataclass(frozen=True)
class ServedPark:
    """A park: its folder, where it is served, and the links that its making printed, by address.

    The link of the first person of the office stands under ``""``.
    """

    folder: Path
    address: str
    links: dict[str, str]

    def at(self, link: str) -> str:
        """Return a printed link as this server has it; the printed one names the usual port."""
        return self.address.rstrip("/") + urlsplit(link).path


@contextmanager
def served_park(folder: Path, *, name: str = "Test park", filled: bool = False) -> Iterator[ServedPark]:
    """Make a park, fill it with the example if asked for, and serve it for the length of a block."""
    ours = [sys.executable, "-m", "separatrix", "park"]
    made = _output(
        *ours, "init", str(folder), "--name", name, "--email", "office@park.example", "--country", "CN"
    )
    links = {"": LINK.findall(made)[-1]}
    if filled:
        told = _output(*ours, "admin", "seed", str(folder))
        links |= {line.split()[0]: line.split()[1] for line in told.splitlines() if "/join/" in line}
    command = [*ours, "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as server:
        assert server.stdout is not None
        try:
            yield ServedPark(folder, server.stdout.readline().strip(), links)
        finally:
            server.terminate()


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def code_of(secret: str, at: float | None = None) -> str:
    """Return the six digits that an authenticator shows for a secret (RFC 6238).

    Examples
    --------
    >>> code_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59)
    '287082'
    """
    key = base64.b32decode(secret.replace(" ", "").upper() + "=" * (-len(secret) % 8))
    counter = struct.pack(">Q", int(time.time() if at is None else at) // SECONDS)
    digest = hmac.new(key, counter, hashlib.sha1).digest()
    begin = digest[-1] & 15
    number = struct.unpack(">I", digest[begin : begin + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def join(page: Page, link: str) -> None:
    """Make an account by a link, with a second factor where the role needs one."""
    page.goto(link)
    for box in page.locator("input[type=password]").all():
        box.fill(PASSWORD)
    page.locator("main form button.first").click()
    secret = page.locator("code.secret")
    expect(page.locator("main")).to_be_visible()
    if secret.count():
        code = page.locator("input[name=code]")
        code.fill(code_of(secret.inner_text()))
        code.press("Enter")
        expect(secret).to_have_count(0)
