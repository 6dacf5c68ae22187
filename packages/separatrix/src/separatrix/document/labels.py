"""How a stability label looks everywhere: by a symbol and a colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from separatrix.analysis.results import Label


__all__ = ["LABELS", "LabelLook"]


@dataclass(frozen=True)
class LabelLook:
    """Symbols for text with and without Unicode, colours for light and dark pages."""

    symbol: str
    ascii_symbol: str
    light: str
    dark: str
    terminal: str


# Okabe & Ito's palette, told apart by every common kind of colour vision; darkened where text needs it.
LABELS: Mapping[Label, LabelLook] = {
    "asymptotically stable": LabelLook("●", "*", "#0b6e4f", "#35c796", "green"),
    "centre": LabelLook("◉", "@", "#8a4a73", "#e39ac6", "magenta"),
    "stable": LabelLook("◐", "%", "#0063a0", "#6cb6ee", "blue"),
    "saddle": LabelLook("◆", "+", "#a35c00", "#f0ad4e", "yellow"),
    "source": LabelLook("○", "o", "#b8400a", "#ff8a5c", "red"),
    "unstable": LabelLook("△", "^", "#b8400a", "#ff8a5c", "red"),
    "undecided": LabelLook("?", "?", "#5c5c5c", "#a8a8a8", "white"),
}
