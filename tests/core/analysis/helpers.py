"""Small games for the tests of the analysis."""

import itertools
from collections.abc import Sequence
from typing import Any

from flint import fmpq

from separatrix.analysis.replicator_equations import Multilinear

__all__ = ["corner_game", "document"]


def corner_game(*advantages: Sequence[int | str]) -> Multilinear:
    """A game from each population's advantages at the corners of the others' shares, 00 first."""
    n = len(advantages)
    corners = list(itertools.product((0, 1), repeat=n - 1))
    return Multilinear(tuple({c: fmpq(v) for c, v in zip(corners, a, strict=True)} for a in advantages))


def document(**advantages: str) -> dict[str, Any]:
    """A game file's content with advantages of populations A, B, … in their shares' names."""
    return {
        "title": "test",
        "populations": [
            {"name": name, "share": share, "strategies": ["first", "second"]}
            for name, share in zip("ABC", advantages, strict=False)
        ],
        "advantages": dict(advantages),
    }
