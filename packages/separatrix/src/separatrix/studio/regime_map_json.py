"""A regime map as the page draws it; the other side of this contract is ``web/src/views/regimes/map.ts``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.regime_map import RegimeMap

__all__ = ["regime_map_json"]

_DIGITS = 8
"""Of drawn coordinates: far below a pixel, and a file half as long."""


def regime_map_json(found: RegimeMap) -> dict[str, Any]:
    """Return areas, borders and regimes as plain data; points are flat rows x, y, x, y, ...

    Examples
    --------
    >>> from separatrix.dynamics.build import regime_map
    >>> from separatrix.game.reader import load
    >>> data = regime_map_json(regime_map(load("shi-chen-2018"), {"C1": (0, 8), "C2": (0, 4)}))
    >>> data["method"], data["regimes"][0]["letter"], data["regimes"][0]["stable"]
    ('exact', 'A', ['E1', 'E4'])
    """
    ids = found.state_ids
    return {
        "over": [
            {"name": name, "range": [str(axis.low), str(axis.high)]}
            for name, axis in zip(found.over, found.axes, strict=True)
        ],
        "method": found.method,
        "error": None if found.error is None else list(found.error),
        "states": [
            {"id": name, "support": [list(played) for played in state.support]}
            for name, state in zip(ids, found.states, strict=True)
        ],
        "regimes": [
            {
                "letter": r.letter,
                "kind": r.kind,
                "stable": sorted(ids[k] for k in r.stable),
                "generic": r.generic,
                "share": r.share,
            }
            for r in found.regimes
        ],
        "regions": [[regime, _flat(polygon)] for regime, polygon in found.regions],
        "borders": [
            {
                "solved": border.solved,
                "pieces": [{"kind": p.kind, "points": _flat(p.points)} for p in border.pieces],
            }
            for border in found.borders
        ],
    }


def _flat(points: NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.{_DIGITS}g}") for value in points.ravel().tolist()]
