"""The models that pages have opened, by the address of their content; those not used for long are forgotten.

A page keeps the text of what it opened and sends it again where the server does not know it any more.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict

from separatrix.studio.upload import Upload

__all__ = ["ModelStore"]

MOST_MODELS = 200
MOST_BYTES = 40_000_000


class ModelStore:
    """What was opened, within bounds.

    Parameters
    ----------
    salt : str
        Part of every address: a secret salt hides the contents of a store from other stores.
    most_bytes : int

    Examples
    --------
    >>> store = ModelStore()
    >>> hawks = Upload.of_text("payoff_matrix: [[-1, 4], [0, 2]]")
    >>> store.get(store.put(hawks)) == hawks, store.get("another")
    (True, None)
    >>> store.name(hawks.digest, "f1")
    >>> store.get("f1") == hawks
    True
    """

    def __init__(self, salt: str = "", most_bytes: int = MOST_BYTES) -> None:
        self._salt = salt
        self._most_bytes = most_bytes
        self._uploads: OrderedDict[str, Upload] = OrderedDict()
        self._size = 0
        self._fingerprints: dict[str, str] = {}

    def put(self, upload: Upload) -> str:
        """Keep an upload, and return its address."""
        digest = upload.digest
        if self._salt:
            digest = hashlib.sha256(f"{self._salt} {digest}".encode()).hexdigest()[:16]
        if digest not in self._uploads:
            self._uploads[digest] = upload
            self._size += upload.size
        self._uploads.move_to_end(digest)
        while len(self._uploads) > 1 and (len(self._uploads) > MOST_MODELS or self._size > self._most_bytes):
            _, forgotten = self._uploads.popitem(last=False)
            self._size -= forgotten.size
            self._fingerprints = {name: at for name, at in self._fingerprints.items() if at in self._uploads}
        return digest

    def name(self, digest: str, fingerprint: str) -> None:
        """Note the fingerprint of what an upload holds, by which links call it."""
        if digest in self._uploads:
            self._fingerprints[fingerprint] = digest

    def get(self, digest: str) -> Upload | None:
        """Return what is kept under an address or with a fingerprint, None where nothing is."""
        digest = digest if digest in self._uploads else self._fingerprints.get(digest, digest)
        if digest in self._uploads:
            self._uploads.move_to_end(digest)
        return self._uploads.get(digest)
