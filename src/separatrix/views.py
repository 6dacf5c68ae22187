"""The hook that binds plots, tables and reprs to results, outside the wings.

Results are in wings that know nothing of how they are shown; `separatrix.run.result` asks here, and what is
asked for is loaded then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas
    import xarray

    from separatrix.game.model import Game

__all__ = ["data_frame_of", "dataset_of", "game_of", "html_of", "plot", "sympy_of", "text_of"]


def game_of(first: Any, second: Any = None, **told: Any) -> Game:
    """Return the game of one or two matrices."""
    from separatrix.game.matrices import game_of_matrices

    return game_of_matrices(first, second, **told)


def text_of(result: Any) -> str:
    """Return what a result says of itself in one screen."""
    from separatrix.present.notebook.summaries import summary_of
    from separatrix.present.notebook.summary import text_of_summary

    return text_of_summary(summary_of(result))


def html_of(result: Any) -> str:
    """Return the same for a notebook."""
    from separatrix.present.notebook.summaries import summary_of
    from separatrix.present.notebook.summary import html_of_summary

    return html_of_summary(summary_of(result))


def plot(result: Any, ax: Any = None, **options: Any) -> Any:
    """Draw a result on axes, and return these."""
    from separatrix.present.notebook.plots import plot as draw

    return draw(result, ax, **options)


def data_frame_of(result: Any) -> pandas.DataFrame:
    """Return a result as a table of pandas."""
    from separatrix.present.notebook.data_frames import data_frame

    return data_frame(result)


def dataset_of(result: Any) -> xarray.Dataset:
    """Return a result as a dataset of xarray."""
    from separatrix.present.notebook.datasets import dataset

    return dataset(result)


def sympy_of(result: Any) -> Any:
    """Return the formulas of a result as expressions of sympy."""
    from separatrix.present.notebook.sympy_expressions import formulas

    return formulas(result)
