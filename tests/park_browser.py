"""People who come into a served park by a browser."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

from playwright.sync_api import Page, expect

__all__ = ["PASSWORD", "code_of", "join"]

PASSWORD = "a horse that counts batteries"
SECONDS = 30


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
