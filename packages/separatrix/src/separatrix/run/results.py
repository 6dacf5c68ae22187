"""What every result offers people at a prompt and in a notebook: a repr of one screen, figures and tables.

A result does not know how it is drawn: `separatrix.display` finds the function that does.

Where an answer comes from: the program's version and the model's fingerprint.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, Self, cast

from separatrix.display import display

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas
    import xarray

__all__ = [
    "Gridded",
    "OfMatrices",
    "Plotted",
    "Result",
    "Symbolic",
    "Tabled",
    "fingerprint",
    "provenance",
]


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


class Result:
    """A result with a short text."""

    def __repr__(self) -> str:
        return str(display("text", self))

    def _repr_html_(self) -> str:
        return str(display("html", self))


class OfMatrices(Result):
    """A game, which can be made of matrices."""

    @classmethod
    def from_matrices(
        cls,
        first: Any,
        second: Any = None,
        *,
        title: str | None = None,
        populations: Sequence[str] | None = None,
        strategies: Sequence[Any] | None = None,
    ) -> Self:
        """Return the game of one population that plays itself, or of two populations.

        Parameters
        ----------
        first : (n, m) array or rows of numbers
            What each strategy (row) earns when it meets each other one (column); of one population square.
        second : (n, m) array or rows of numbers, optional
            What the second population earns: its strategies are the columns, as in nashpy.
        title : str, optional
        populations : sequence of str, optional
            Their names.
        strategies : sequence of names, optional
            Of one population, or a sequence of these for each.

        Raises
        ------
        InputError
            G119 for an invalid matrix, or for two of different shapes; V301 for a value that is not a finite
            number.
        """
        return cast(
            "Self",
            display(
                "game of matrices", first, second, title=title, populations=populations, strategies=strategies
            ),
        )


class Plotted(Result):
    """A result that can be drawn."""

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the result, and return the matplotlib axes on which it stands.

        Parameters
        ----------
        ax : matplotlib axes, or an array of them where the figure has several panels; optional
            Where to draw; by default on new axes.
        **options
            Of this kind of figure; see ``docs/how-to/use-from-python.md``.

        Raises
        ------
        InputError
            U905 for axes that do not fit, and for a result that has no figure.
        """
        return display("figure", self, ax, **options)


class Tabled(Result):
    """A result that is a table too."""

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the result as a table of pandas."""
        return cast("pandas.DataFrame", display("data frame", self))


class Gridded(Result):
    """A result that holds arrays over named coordinates."""

    def to_xarray(self) -> xarray.Dataset:
        """Return the result as a dataset of xarray."""
        return cast("xarray.Dataset", display("dataset", self))


class Symbolic(Result):
    """A result that holds formulas."""

    def to_sympy(self) -> Any:
        """Return the formulas as expressions of sympy, by their names.

        Raises
        ------
        InputError
            U906 where sympy is not installed.
        """
        return display("formulas", self)
