"""Weak selection on a graph, exactly: the structure coefficient, and when cooperation is worth its cost.

Under weak selection strategy A, whose payoffs are a against itself and b against B, is more likely to
take over than B, with c and d, where sigma a + b > c + sigma d; sigma depends on the graph and the
process alone.  The derivative of a fixation probability solves the neutral equations with the
first-order drift of its neutral value on the right; the drift is had from dual numbers.

References
----------
Tarnita, C. E., Ohtsuki, H., Antal, T., Fu, F. and Nowak, M. A. (2009), Strategy selection in structured
populations, Journal of Theoretical Biology 259, 570-581, theorem 1; Taylor, P. D., Day, T. and Wild, G.
(2007), Evolution of cooperation in a finite homogeneous graph, Nature 447, 469-472.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat

from separatrix.errors import InputError
from separatrix.exact.algebraic_numbers import rational
from separatrix.population.exact_graphs.graph_processes import (
    GraphProcess,
    process_on_graph,
    replacement_of,
)
from separatrix.population.exact_graphs.invasion import Invasion, Normalisation
from separatrix.population.exact_graphs.lumped_states import LumpedStates, lumped_states
from separatrix.population.exact_graphs.reproductive_value import reproductive_values
from separatrix.population.exact_graphs.symmetry import TwinClasses, quotient
from separatrix.population.exact_graphs.weighted_graph import WeightedGraph, weighted_graph
from separatrix.population.networks.link_graph import LinkGraph
from separatrix.run.deadline import poll

__all__ = ["MOST_WEAK_STATES", "WeakSelection", "structure_coefficient", "weak_selection_on"]

MOST_WEAK_STATES = 600
"""States whose neutral equations are solved in fractions within seconds."""

PAYOFFS = 4
"""a and b of the invader against itself and the resident, c and d of the resident against both."""


@dataclass(frozen=True)
class WeakSelection:
    """What weak selection favours on a graph, where the first mutant is on a node that is drawn.

    Attributes
    ----------
    gradient : tuple of four Fractions
        How the fixation probability changes with a, b, c and d, times the intensity of selection.
    """

    gradient: tuple[Fraction, ...]

    @property
    def sigma(self) -> Fraction | None:
        """The structure coefficient; None where b and c do not matter."""
        a, b, c, d = self.gradient
        return None if b == c else (a - d) / (b - c)

    @property
    def critical_ratio(self) -> Fraction | None:
        """The ratio of benefit to cost from which cooperation, b - c, -c, b and 0, is favoured.

        A negative one means that spite is: paying a cost to make others worse off.  None: no ratio does.
        """
        a, b, c, _ = self.gradient
        return None if a + c == 0 else (a + b) / (a + c)

    def advantage(self, matrix: Sequence[Sequence[Fraction]]) -> Fraction:
        """Return sigma a + b - c - sigma d, times a positive number, of residents' and mutants' payoffs."""
        (d, c), (b, a) = matrix
        first, second, third, fourth = self.gradient
        return (first - fourth) * (a - d) + (second - third) * (b - c)


def structure_coefficient(
    links: LinkGraph,
    *,
    process: str = "fermi",
    payoffs: Normalisation = "averaged",
    replacement: LinkGraph | None = None,
) -> WeakSelection:
    """Return what weak selection favours on a graph, in fractions.

    Parameters
    ----------
    links : LinkGraph
        A link from -> to means that `to` meets, sees and copies `from`.
    process : str
        ``fermi``, ``birth-death`` or ``death-birth``.
    payoffs : str
        ``averaged`` or ``accumulated`` over encounters.
    replacement : LinkGraph, optional
        The links along which everyone copies, where they are others.

    Returns
    -------
    WeakSelection
        With ``sigma``, ``critical_ratio`` and the gradient of the fixation probability.

    Raises
    ------
    InputError
        N303 for a graph with too many states, or with several parts without links from outside; N204 and N304
        for an unknown process.

    References
    ----------
    Tarnita et al. (2009), theorem 1.

    Examples
    --------
    >>> from separatrix.population.networks.link_graph import link_graph
    >>> ring = link_graph(6, [(str(k), str(k % 6 + 1)) for k in range(1, 7)], undirected=True)
    >>> found = structure_coefficient(ring, process="death-birth")
    >>> found.sigma, found.critical_ratio
    (Fraction(5, 3), Fraction(4, 1))
    """
    graph = weighted_graph(links, replacement)
    found = quotient(graph)
    states = lumped_states(found)
    if graph.roots > 1 or states.count > MOST_WEAK_STATES:
        raise InputError(
            "N303",
            f"{graph.roots} parts of the graph have no links from outside, so fixation may never happen"
            if graph.roots > 1
            else f"the graph has {states.count:,} states up to symmetry; weak selection is computed exactly "
            f"for {MOST_WEAK_STATES}",
            hint="remove parts of the graph, or take a smaller or more symmetric one",
        )
    return weak_selection_on(graph, found, states, process_on_graph(process), payoffs)


def weak_selection_on(
    graph: WeightedGraph,
    classes: TwinClasses,
    states: LumpedStates,
    process: GraphProcess,
    payoffs: Normalisation,
) -> WeakSelection:
    """Return what weak selection favours on a graph whose states are known; it has one root."""
    zero = Fraction(0)
    invasion = Invasion(
        classes, states, ((zero, zero), (zero, zero)), process, payoffs, "linear", Fraction(1)
    )
    value = reproductive_values(classes, process)
    worth = [sum((value[k] for k in nodes), zero) / len(nodes) for nodes in classes.members]
    neutral = [
        rational(sum((m * w for m, w in zip(row, worth, strict=True)), zero))
        for row in states.mutants.tolist()
    ]
    replacement = replacement_of(classes, rational)
    inner = range(1, states.count - 1)
    rows, right = [], []
    for state in inner:
        poll()
        counts = invasion.counts(state)
        fit = [
            tuple(_first_order(invasion.encounters(counts, c, focal), focal) for focal in (0, 1))
            for c in range(len(classes.sizes))
        ]
        row, drift = [fmpq(0)] * len(inner), [fmpq(0)] * PAYOFFS
        for to, chance in invasion.moves(state, process.flips(replacement, counts, fit)):
            if not isinstance(chance, _Dual):
                continue  # who copies nobody never changes
            row[state - 1] += chance.value
            if to in inner:
                row[to - 1] -= chance.value
            for k in range(PAYOFFS):
                drift[k] += chance.slope[k] * (neutral[to] - neutral[state])
        # A state that never changes cannot be: one root at most means that something may always happen.
        rows.append(row)
        right.append(drift)
    solved = fmpq_mat(rows).solve(fmpq_mat(right))
    singles = [
        states.index([int(c == d) for d in range(len(classes.sizes))]) for c in range(len(classes.sizes))
    ]
    total = [
        sum(
            (size * solved[state - 1, k] for state, size in zip(singles, classes.sizes, strict=True)), fmpq(0)
        )
        / graph.size
        for k in range(PAYOFFS)
    ]
    return WeakSelection(tuple(Fraction(int(t.p), int(t.q)) for t in total))


def _first_order(met: tuple[Fraction, Fraction], focal: int) -> _Dual:
    """Return the fitness of one who meets residents and mutants so often, to first order in payoffs."""
    residents, mutants = (rational(m) for m in met)
    nothing = fmpq(0)
    slope = (mutants, residents, nothing, nothing) if focal else (nothing, nothing, mutants, residents)
    return _Dual(fmpq(1), slope)


# --------------------------------------------------------------------------- dual numbers


@dataclass(frozen=True)
class _Dual:
    """A number and how it changes with four payoffs; products of two changes are nothing."""

    value: fmpq
    slope: tuple[fmpq, ...]

    def __add__(self, other: Any) -> _Dual:
        if not isinstance(other, _Dual):
            return _Dual(self.value + other, self.slope)
        return _Dual(
            self.value + other.value, tuple(x + y for x, y in zip(self.slope, other.slope, strict=True))
        )

    __radd__ = __add__

    def __mul__(self, other: Any) -> _Dual:
        if not isinstance(other, _Dual):
            return _Dual(self.value * other, tuple(x * other for x in self.slope))
        return _Dual(
            self.value * other.value,
            tuple(x * other.value + self.value * y for x, y in zip(self.slope, other.slope, strict=True)),
        )

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> _Dual:
        if not isinstance(other, _Dual):
            return _Dual(self.value / other, tuple(x / other for x in self.slope))
        quotient = self.value / other.value
        return _Dual(
            quotient,
            tuple((x - quotient * y) / other.value for x, y in zip(self.slope, other.slope, strict=True)),
        )
