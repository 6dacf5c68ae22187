"""The folder beside a document that holds its pictures."""

from __future__ import annotations

import hashlib
import re

__all__ = ["picture_path"]

LONGEST = 60


def picture_path(stem: str, number: int, suffix: str) -> str:
    """Return where the picture of a figure lies, relative to the document.

    A file name that TeX or a browser would read as more than a name is replaced by a harmless one, with a key
    of its own so that two documents in one folder do not share their pictures.

    Examples
    --------
    >>> picture_path("report", 1, "pdf"), picture_path("a}b", 2, "svg")
    ('report-figures/figure-1.pdf', 'a-b-bd0de9-figures/figure-2.svg')
    """
    plain = re.sub(r"[^A-Za-z0-9-]+", "-", stem).strip("-")[:LONGEST]
    if plain != stem:
        key = hashlib.sha256(stem.encode("utf-8", "surrogatepass")).hexdigest()[:6]
        plain = f"{plain}-{key}" if plain else f"report-{key}"
    return f"{plain}-figures/figure-{number}.{suffix}"
