"""Where an answer comes from: the program's version and the model's fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Protocol

__all__ = ["fingerprint", "provenance"]


class Described(Protocol):
    """Anything that carries its own description as plain data."""

    @property
    def raw(self) -> Mapping[str, Any]:
        """The description."""
        ...


def fingerprint(described: Described) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a model's content."""
    text = json.dumps(described.raw, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def provenance(described: Described) -> dict[str, str]:
    """Return the program's name and version and the model's fingerprint."""
    from separatrix import __version__

    return {"program": "separatrix", "version": __version__, "model": fingerprint(described)}
