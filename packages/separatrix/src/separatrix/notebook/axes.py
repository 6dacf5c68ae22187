"""The axes that a figure of a notebook is drawn on: those that are given, or new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from separatrix.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["HIGH", "WIDE", "single_axes"]

WIDE, HIGH = 5.2, 2.6
"""Inches: a panel of a new figure."""


def single_axes(ax: Any, size: tuple[float, float] = (WIDE, WIDE)) -> Axes:
    """Return the axes that are given, or new ones; raises U911 where several are given."""
    if ax is None:
        from matplotlib import pyplot

        _, ax = pyplot.subplots(figsize=size, layout="constrained")
    given = np.atleast_1d(np.asarray(ax, dtype=object)).ravel()
    if len(given) != 1 or not hasattr(given[0], "plot"):
        raise InputError("U911", f"{len(given)} axes were given; this figure has one", hint="give ax=axes[0]")
    axes: Axes = given[0]
    return axes
