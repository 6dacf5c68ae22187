"""Where the ways of showing results are registered: as text, on a page, as a figure, as a table, as formulas.

Results use this table to find the functions that show them. Each is named by a string, and loaded on first
use, so that this file imports nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["DISPLAYS", "display"]

DISPLAYS = {
    "text": "separatrix.notebook.game_summaries:text_of",
    "html": "separatrix.notebook.game_summaries:html_of",
    "figure": "separatrix.notebook.plots:plot",
    "data frame": "separatrix.notebook.data_frames:data_frame",
    "dataset": "separatrix.notebook.data_frames:dataset",
    "formulas": "separatrix.notebook.data_frames:formulas",
    "game of matrices": "separatrix.game.instrument_sets:game_of_matrices",
}
"""Module and function by the name of the method."""


def display(kind: str, *arguments: Any, **options: Any) -> Any:
    """Return what the function of a kind returns for a result."""
    module, _, name = DISPLAYS[kind].partition(":")
    return getattr(import_module(module), name)(*arguments, **options)
