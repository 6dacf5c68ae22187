"""How a stability label looks everywhere: a symbol, a colour, and one sentence that explains it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from separatrix.analysis.result import Label

__all__ = ["LABELS", "LabelLook"]


@dataclass(frozen=True)
class LabelLook:
    """Symbols for text with and without Unicode, colours for light and dark pages, the meaning."""

    symbol: str
    ascii_symbol: str
    light: str
    dark: str
    terminal: str
    meaning: str


# Okabe & Ito's palette, told apart by every common kind of colour vision; darkened where text needs it.
LABELS: Mapping[Label, LabelLook] = {
    "asymptotically stable": LabelLook(
        "●", "*", "#0b6e4f", "#35c796", "green", "every state nearby stays near and comes to it"
    ),
    "centre": LabelLook(
        "◉", "@", "#8a4a73", "#e39ac6", "magenta", "states nearby circle around it for ever, on closed orbits"
    ),
    "stable": LabelLook(
        "◐", "%", "#0063a0", "#6cb6ee", "blue", "states nearby stay near, but need not come to it"
    ),
    "saddle": LabelLook(
        "◆",
        "+",
        "#a35c00",
        "#f0ad4e",
        "yellow",
        "states nearby come along some directions and leave along others",
    ),
    "source": LabelLook("○", "o", "#b8400a", "#ff8a5c", "red", "every state nearby leaves it"),
    "unstable": LabelLook("△", "^", "#b8400a", "#ff8a5c", "red", "some states nearby leave it"),
    "undecided": LabelLook("?", "?", "#5c5c5c", "#a8a8a8", "white", "not decided; the reason is given"),
}
