"""A game of four parties as papers on industrial clusters have them: sixteen pure states, many symbols."""

from __future__ import annotations

from typing import Any

__all__ = ["FOUR_PARTIES"]

_POSITIVE = (
    *("C1", "C2", "C3", "C4"),
    *("R1", "S", "F", "A", "B"),
    *("G", "T", "P", "Q", "K", "L", "M", "I", "D"),
)

FOUR_PARTIES: dict[str, Any] = {
    "title": "Enterprises, government, universities and banks",
    "populations": [
        {"name": "enterprises", "share": "x", "strategies": ["innovate", "wait"]},
        {"name": "government", "share": "y", "strategies": ["support", "abstain"]},
        {"name": "universities", "share": "z", "strategies": ["cooperate", "stay out"]},
        {"name": "banks", "share": "w", "strategies": ["lend", "refuse"]},
    ],
    "parameters": {name: {} for name in _POSITIVE},
    "assume": [f"{name} > 0" for name in _POSITIVE],
    "advantages": {
        "x": "R1 + (S + F)*y + A*z + B*w - C1",
        "y": "G + T*x - S*x + P*(1 - x) - Q*z - C2",
        "z": "K*x + L*y*x + M*w - C3",
        "w": "I*x - D*(1 - x) + L*y - C4",
    },
}
