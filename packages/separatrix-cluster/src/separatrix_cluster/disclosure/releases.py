"""All releases as one matrix, and what a coalition of enterprises can compute of a value.

Values that are in the same figures with the same weights are one kind: only their sum is public, so that a
programme needs one column for all of a kind that a coalition does not own.

The sum of an enterprise's values in one figure is also a value of it, such as its energy of all carriers;
so is that sum without the values in another figure. These sums are audited like individual values.

Movements that were witnesses of one audit, as witnesses of the next: of other tables of the same values.

A movement that moves a value as far as required while the figures stay the same refutes all coalitions that
do not hit it (see `coalition`). Whether it also preserves the figures of another table is a sum for each; a
movement that preserves a table also does with figures withheld, and with groups merged except for rounding.
So a search for a table that passes solves programmes only for what is new in a table.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.disclosure.released_figure import Cell, Release, ReleasedFigure, ReleasedPlace
from separatrix_cluster.tables.cells import Floats

__all__ = ["Array", "Knowledge", "Releases", "TOLERANCE", "Target", "WitnessMovements", "kinds"]

TOLERANCE = 1e-9
"""Relative to the sums: how exactly values have to fit the figures that were released."""

COLUMNS = 64
"""Of how many sets of figures the columns are kept."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Target:
    """A value of an enterprise that others might compute: a cell, or a sum of some.

    Attributes
    ----------
    cell : Cell
    at : tuple of int
        Which cells of the releases it is made of.
    weights : tuple of float
    owner : int
        The number of its enterprise.
    value : float
    part : int
        Figures of other parts say nothing of it.
    """

    cell: Cell
    at: tuple[int, ...]
    weights: tuple[float, ...]
    owner: int
    value: float
    part: int


@dataclass(frozen=True)
class Knowledge:
    """The programme of a coalition about a target: movements of values that keep all figures that it knows.

    Attributes
    ----------
    figures : array of int, shape (figures,)
        Which of the releases' figures the rows are.
    block : sparse array, shape (figures, columns)
        First the cells of the target, then the kinds of all others that the coalition does not own.
    room : array, shape (columns,)
        The most that each can fall.
    down, up : array, shape (figures,)
        By how much each figure may fall (negative) and rise.
    members : tuple of array of int
        The cells of each column, the largest first.
    places : tuple of int
        The places of the releases that it receives; its figures state for each other on which side that
        one is, which is more than the places state.
    """

    figures: Array
    block: Any
    room: Floats
    down: Floats
    up: Floats
    members: tuple[Array, ...]
    places: tuple[int, ...]


class Releases:
    """Figures as a matrix over their cells.

    Attributes
    ----------
    figures : tuple of ReleasedFigure
        Those that were given, then one for each other of a place: on which side of the reader it is.
    places : tuple of ReleasedPlace
    sides : dict of int to (place, count)
        For such figures: the place, and the change of its count if that one changes sides.
    count : tuple of int
        For each place, the number of others whose sum is below zero.
    cells : tuple of Cell
    position : dict of Cell to int
        The position of each cell in the arrays.
    targets : tuple of Target
        The cells, and the sums of cells of one enterprise.
    x, owner, part, kind : array, shape (cells,)
        The values, and the numbers of their enterprises, parts, and kinds by the public figures.
    matrix : sparse array, shape (figures, cells)
    down, up : array, shape (figures,)
        The bounds of the change of a figure, with the values, that leave the release unchanged.
    reader, part_of_figure : array, shape (figures,)
        The number of the enterprise that alone learns it, or −1; and its part.
    enterprises : tuple of str

    Raises
    ------
    InputError
        K258 where a value is missing, negative or not a number; K259 where the values contradict a figure;
        K261 where something is not a released figure, or has weights, ends or a sum that are not numbers.
    """

    def __init__(self, values: Mapping[Cell, float], released: Iterable[Release]) -> None:
        from scipy.sparse import csr_array

        released = tuple(released)
        _require_figures(released)
        self.places = tuple(r for r in released if isinstance(r, ReleasedPlace))
        figures = [r for r in released if isinstance(r, ReleasedFigure)]
        told = {c for f in figures for c in f.terms} | {c for p in self.places for s in p.others for c in s}
        cells = sorted(told)
        _require_values(values, cells)
        own_sums = _own_sums(figures)
        self.sides, self.count = self._add_sides(values, figures)
        self.figures = tuple(figures)
        self.cells = tuple(cells)
        self.position = {c: i for i, c in enumerate(cells)}
        self.x = np.array([float(values[c]) for c in cells])
        rows = [k for k, f in enumerate(figures) for _ in f.terms]
        columns = [self.position[c] for f in figures for c in f.terms]
        weights = [w for f in figures for w in f.terms.values()]
        self.matrix = csr_array((weights, (rows, columns)), shape=(len(figures), len(cells)))
        self.matrix.eliminate_zeros()
        self.down, self.up = self._ends()
        names = dict.fromkeys([*(c.enterprise for c in cells), *(f.reader for f in figures if f.reader)])
        self.enterprises = tuple(names)
        number = {e: i for i, e in enumerate(self.enterprises)}
        self.owner = np.array([number[c.enterprise] for c in cells], dtype=np.int64)
        self.reader = np.array([number.get(f.reader, -1) for f in figures], dtype=np.int64)
        self.part, self.part_of_figure = _parts(self.matrix)
        self.kind = kinds(self.matrix[np.flatnonzero(self.reader < 0)])
        own = [*((c, {c: 1.0}) for c in cells), *own_sums.items()]
        self.targets = tuple(self.target(cell, terms) for cell, terms in own)
        self._by_columns: dict[bytes, Any] = {}

    def _add_sides(
        self, values: Mapping[Cell, float], figures: list[ReleasedFigure]
    ) -> tuple[dict[int, tuple[int, int]], tuple[int, ...]]:
        sides, counts = {}, []
        for number, place in enumerate(self.places):
            sums = [sum(w * float(values[c]) for c, w in other.items()) for other in place.others]
            rounding = [
                TOLERANCE * sum(abs(w) * float(values[c]) for c, w in other.items()) for other in place.others
            ]
            if not np.isfinite(sums).all():
                raise _without_numbers(place.name)
            below = [s < -r for s, r in zip(sums, rounding, strict=True)]
            # Whose sum is zero may be counted on either side.
            for k, (s, r) in enumerate(zip(sums, rounding, strict=True)):
                below[k] |= abs(s) <= r and sum(below) < place.least
            counts.append(sum(below))
            if not place.least <= sum(below) <= place.most:
                raise _contradicted(place.name)
            for other, under in zip(place.others, below, strict=True):
                sides[len(figures)] = (number, -1 if under else 1)
                low, high = (-np.inf, 0.0) if under else (0.0, np.inf)
                figures.append(ReleasedFigure(place.name, other, low, high, place.reader))
        return sides, tuple(counts)

    def _ends(self) -> tuple[Floats, Floats]:
        sums = self.matrix @ self.x
        low = np.array([float(f.low) for f in self.figures])
        high = np.array([float(f.high) for f in self.figures])
        for k in np.flatnonzero(~np.isfinite(sums) | np.isnan(low) | np.isnan(high)).tolist():
            raise _without_numbers(self.figures[k].name)
        down, up = low - sums, high - sums
        rounding = TOLERANCE * (abs(self.matrix) @ self.x)
        for k in np.flatnonzero((down > rounding) | (up < -rounding)).tolist():
            raise _contradicted(self.figures[k].name)
        # The true values satisfy every figure; what rounding says otherwise is rounding of ours.
        return np.minimum(down, 0.0), np.maximum(up, 0.0)

    def target(self, cell: Cell, terms: Mapping[Cell, float]) -> Target:
        """Return a sum of cells of an enterprise, all in one part, by some name."""
        at = tuple(self.position[c] for c in terms)
        weights = tuple(terms.values())
        value = float(self.x[list(at)] @ np.array(weights))
        return Target(cell, at, weights, int(self.owner[at[0]]), value, int(self.part[at[0]]))

    def knowledge(self, target: Target, attackers: Iterable[int]) -> Knowledge:
        """Return what a coalition knows about a target."""
        coalition = np.array(sorted(attackers), dtype=np.int64)
        about = self.part_of_figure == target.part
        figures = np.flatnonzero(about & ((self.reader < 0) | np.isin(self.reader, coalition)))
        own = np.array(target.at, dtype=np.int64)
        free = (self.part == target.part) & ~np.isin(self.owner, coalition)
        free[own] = False
        others = np.flatnonzero(free)
        others = others[np.argsort(-self.x[others], kind="stable")]
        kind = self.kind[others]
        told = figures[self.reader[figures] >= 0]
        if len(told):
            kind = _joint(kind, kinds(self.matrix[told][:, others]))
        _, first, kind = np.unique(kind, return_index=True, return_inverse=True)
        order = np.argsort(kind, kind="stable")
        members = np.split(others[order], np.cumsum(np.bincount(kind))[:-1]) if len(others) else []
        return Knowledge(
            figures,
            self._columns(figures)[:, np.r_[own, others[first]]],
            np.r_[self.x[own], np.bincount(kind, weights=self.x[others], minlength=len(first))],
            self.down[figures],
            self.up[figures],
            (*own[:, None], *members),
            tuple(sorted({self.sides[f][0] for f in told.tolist() if f in self.sides})),
        )

    def _columns(self, figures: Array) -> Any:
        """Return some figures by columns, which most coalitions about a target share."""
        key = figures.tobytes()
        if key not in self._by_columns:
            if len(self._by_columns) >= COLUMNS:
                self._by_columns.clear()
            self._by_columns[key] = self.matrix[figures].tocsc()
        return self._by_columns[key]


def _contradicted(name: str) -> InputError:
    return InputError(
        "K259",
        say("the values contradict the figure `{name}`", name=name),
        hint=say("a value that was corrected after a figure was released is another cell"),
    )


def _without_numbers(name: str) -> InputError:
    return InputError(
        "K261",
        say("the figure `{name}` needs finite weights, a finite sum, and ends that are numbers", name=name),
    )


def _require_figures(released: Sequence[object]) -> None:
    for number, release in enumerate(released):
        if not isinstance(release, ReleasedFigure | ReleasedPlace):
            raise InputError(
                "K261",
                say(
                    "item {number} of what was released is of the kind `{kind}`; expected a ReleasedFigure "
                    "or a ReleasedPlace",
                    number=number + 1,
                    kind=type(release).__name__,
                ),
                hint=say(
                    "`ranking` and `average` return several figures in a list: put *ranking(…) into yours"
                ),
            )


def _is_amount(value: object) -> bool:
    try:
        return bool(0 <= value < np.inf) and np.isfinite(float(value))  # type: ignore[operator,arg-type]
    except (TypeError, ValueError, ArithmeticError):
        return False


def _require_values(values: Mapping[Cell, float], cells: Sequence[Cell]) -> None:
    for cell in cells:
        value = values.get(cell)
        if not _is_amount(value):
            raise InputError(
                "K258",
                say(
                    "{quantity} of {enterprise} is {value}; expected a number of zero or more",
                    quantity=cell.quantity,
                    enterprise=cell.enterprise,
                    value=say("missing")
                    if value is None
                    else repr(value)
                    if isinstance(value, str)
                    else str(value),
                ),
            )


def _own_sums(figures: Sequence[ReleasedFigure]) -> dict[Cell, dict[Cell, float]]:
    """Return what enterprises have in a figure together, and what is left of it without another's."""
    shares: dict[str, list[dict[Cell, float]]] = {}
    for figure in figures:
        own: dict[str, dict[Cell, float]] = {}
        for cell, weight in figure.terms.items():
            if weight:
                own.setdefault(cell.enterprise, {})[cell] = weight
        for enterprise, terms in own.items():
            if min(terms.values()) > 0 and terms not in shares.setdefault(enterprise, []):
                shares[enterprise].append(terms)
    found: dict[Cell, dict[Cell, float]] = {}
    for enterprise, told in shares.items():
        for terms in told:
            less = [
                {c: w for c, w in terms.items() if c not in other} for other in told if other is not terms
            ]
            for part in (terms, *less):
                if len(part) > 1:
                    found[_sum_cell(enterprise, part)] = part
    return found


def _sum_cell(enterprise: str, terms: Mapping[Cell, float]) -> Cell:
    names = (c.quantity if w == 1 else f"{w:g} × {c.quantity}" for c, w in sorted(terms.items()))
    return Cell(enterprise, " + ".join(names))


def kinds(rows: Any) -> Array:
    """Return a number for each column that equal columns share."""
    columns = rows.tocsc()
    columns.sort_indices()
    number: dict[tuple[bytes, bytes], int] = {}
    found = np.empty(columns.shape[1], dtype=np.int64)
    for j in range(columns.shape[1]):
        part = slice(columns.indptr[j], columns.indptr[j + 1])
        key = (columns.indices[part].tobytes(), columns.data[part].tobytes())
        found[j] = number.setdefault(key, len(number))
    return found


def _joint(first: Array, second: Array) -> Array:
    """Return a number for each pair."""
    return first * (int(second.max(initial=0)) + 1) + second


def _parts(matrix: Any) -> tuple[Array, Array]:
    """Return to which part each cell and each figure belongs: parts have no figure in common."""
    from scipy.sparse import block_array
    from scipy.sparse.csgraph import connected_components

    rows = matrix.shape[0]
    if not rows:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    joined = block_array([[None, abs(matrix)], [abs(matrix).T, None]])
    _, label = connected_components(joined, directed=False)
    label = label.astype(np.int64)
    return label[rows:], label[:rows]


KEPT = 1024
"""How many movements of one value are kept."""

EXACT = 1e-8
"""Relative to a movement: how exactly it has to keep what everybody knows, finer than a programme does."""


class WitnessMovements:
    """Movements of single values, by the value that they move.

    Examples
    --------
    What keeps the sums of two groups keeps that of both, and not those of other groups.

    >>> from separatrix_cluster.disclosure.released_figure import total
    >>> cells = [Cell(name, "heat") for name in "ABCD"]
    >>> values = dict.fromkeys(cells, 5.0)
    >>> kept, first = WitnessMovements(), Releases(values, [total("1", cells[:2], values)])
    >>> kept.add(first, first.targets[0], {0: 1.0, 1: -1.0})
    >>> both = Releases(values, [total("all", cells, values)])
    >>> kept.still(both, both.targets[0], 1.0)
    [{0: 1.0, 1: -1.0}]
    >>> other = Releases(values, [total("2", cells[::2], values), total("3", cells[1::2], values)])
    >>> kept.still(other, other.targets[0], 1.0)
    []
    """

    def __init__(self) -> None:
        self._kept: dict[frozenset[tuple[Cell, float]], deque[dict[Cell, float]]] = {}

    def add(self, releases: Releases, target: Target, moved: Mapping[int, float]) -> None:
        """Keep a movement: by how much each cell moves."""
        kept = self._kept.setdefault(_terms(releases, target), deque(maxlen=KEPT))
        kept.appendleft({releases.cells[i]: step for i, step in moved.items()})

    def still(self, releases: Releases, target: Target, change: float) -> list[dict[int, float]]:
        """Return movements that change a target by at least this amount while the public figures stay the
        same.

        Those that were kept may serve the other way round as well.
        """
        from scipy.sparse import csc_array

        known = self._kept.get(_terms(releases, target))
        if not known:
            return []
        position = releases.position
        goal = dict(zip(target.at, target.weights, strict=True))
        moved = []
        for one in known:
            # A value of which nothing is told here may move as it likes.
            steps = {position[c]: step for c, step in one.items() if c in position}
            ahead = sum(w * steps.get(i, 0.0) for i, w in goal.items()) * change > 0
            moved.append(steps if ahead else {i: -step for i, step in steps.items()})
        cells = np.array([i for one in moved for i in one], dtype=np.int64)
        sizes = np.array([step for one in moved for step in one.values()])
        number = np.repeat(np.arange(len(moved)), [len(one) for one in moved])
        matrix = csc_array((sizes, (cells, number)), shape=(len(releases.x), len(moved)))
        public = np.flatnonzero(releases.reader < 0)
        sums = (releases.matrix[public] @ matrix).toarray()
        weights = np.zeros(len(releases.x))
        weights[list(target.at)] = target.weights
        gone = np.abs(weights @ matrix)
        slack = EXACT * gone
        fits = np.all(
            (sums >= releases.down[public, None] - slack) & (sums <= releases.up[public, None] + slack),
            axis=0,
        )
        fits[number[sizes < -releases.x[cells] - slack[number]]] = False
        fits &= gone >= abs(change) - slack
        return [one for one, good in zip(moved, fits.tolist(), strict=True) if good]


def _terms(releases: Releases, target: Target) -> frozenset[tuple[Cell, float]]:
    return frozenset((releases.cells[i], w) for i, w in zip(target.at, target.weights, strict=True))
