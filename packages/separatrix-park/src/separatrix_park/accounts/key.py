"""The key of a park: what is derived from it, and what is kept encrypted under it.

The key lies in a file of the park's folder, in no database and in no backup: who has either reads neither
the secrets of second factors nor the sessions.  Each use has a key of its own, derived by HKDF (RFC 5869).
While the key is being changed its file holds two lines, the new one first.
"""

from __future__ import annotations

import base64
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from separatrix.errors import InputError, Place
from separatrix.sentences import say
from separatrix_park.folder import read_secret

__all__ = ["PARTNERS", "KeyFile", "derived"]

PARTNERS = "partners"
"""The use of a key for the secrets by which partners' nodes are called."""


def derived(key: str, use: str) -> bytes:
    """Return the 32 bytes that serve one use of a key.

    Examples
    --------
    >>> derived("k" * 64, "sessions") == derived("k" * 64, "second factor")
    False
    """
    return HKDF(SHA256(), 32, salt=None, info=f"separatrix park {use}".encode()).derive(key.encode())


class KeyFile:
    """The file of a park's key.

    Parameters
    ----------
    path : Path

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "key"
    >>> _ = path.write_text("k" * 64)
    >>> file = KeyFile(path)
    >>> file.decrypt(file.encrypt("secret", "second factor"), "second factor")
    'secret'
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def keys(self) -> tuple[str, ...]:
        """Return the key, and the one before it while it is being changed.

        Raises
        ------
        InputError
            W231 if the key is missing or not text: without it second factors cannot be read.
        """
        text = read_secret(self.path, "W231") if self.path.exists() else ""
        lines = tuple(line.strip() for line in text.splitlines() if line.strip())
        if not lines or len(lines[0]) < 32:
            raise InputError(
                "W231",
                say("the park's key is not there or is too short"),
                where=Place(str(self.path)),
                hint=say("put the file back from where you keep it; no backup of the platform holds it"),
            )
        return lines

    def encrypt(self, text: str, use: str) -> str:
        """Return a text as only who has the key can read it."""
        return self._box(use).encrypt(text.encode()).decode("ascii")

    def decrypt(self, box: str, use: str) -> str:
        """Return what was encrypted.

        Raises
        ------
        InputError
            W232 where it was encrypted under another key, or was changed since.
        """
        try:
            return self._box(use).decrypt(box.encode()).decode()
        except InvalidToken:
            raise InputError(
                "W232",
                say("something was encrypted under another key than the park's"),
                where=Place(str(self.path)),
            ) from None

    def reencrypt(self, box: str, use: str) -> str:
        """Return what was encrypted, encrypted under the newest key."""
        return self.encrypt(self.decrypt(box, use), use)

    def _box(self, use: str) -> MultiFernet:
        # Read anew each time: a service that runs while the key is changed knows both at once.
        return MultiFernet([Fernet(base64.urlsafe_b64encode(derived(key, use))) for key in self.keys()])
