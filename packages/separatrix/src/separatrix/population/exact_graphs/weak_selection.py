"""Weak selection on a graph, exactly: the structure coefficient, and when cooperation is worth its cost.

Under weak selection strategy A, whose payoffs are a against itself and b against B, is more likely to
take over than B, with c and d, where sigma a + b > c + sigma d; sigma depends on the graph and the
process alone.  The derivative of a fixation probability solves the neutral equations with the
first-order drift of its neutral value on the right; the drift is had from dual numbers.

When death-birth favours cooperation on any undirected weighted graph: from coalescing random walks.

Allen, B., Lippner, G., Chen, Y.-T., Fotouhi, B., Momeni, N., Yau, S.-T. and Nowak, M. A. (2017),
Evolutionary dynamics on any population structure, Nature 544, 227-230: two walkers that step one at a time
take tau_ij steps to meet, where tau_ij = 1 + (1/2) sum over k of (p_ik tau_kj + p_jk tau_ik), and
cooperation with averaged payoffs is favoured under weak selection where b (t_3 - t_1) > c t_2, with t_n the
mean of tau over the ends of a walk of n steps. One linear equation a pair of nodes replaces one a set of
mutants.

The reproductive value of a node: how likely its descendants take over where selection does nothing.

Without selection the probability of fixing is a sum over the mutants, so that it solves one equation a
node. Reference: Allen, B., Sample, C., Dementieva, Y., Medeiros, R. C., Paoletti, C. and Nowak, M. A.
(2015), The molecular clock of neutral evolution can be accelerated or slowed by asymmetric spatial
structure, PLoS Computational Biology 11, e1004108, equation 3.

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
from separatrix.population.exact_graphs.graphs import (
    LumpedStates,
    TwinClasses,
    WeightedGraph,
    lumped_states,
    quotient,
    weighted_graph,
)
from separatrix.population.exact_graphs.processes import (
    RESIDENT,
    GraphProcess,
    Invasion,
    Normalisation,
    process_on_graph,
    replacement_of,
)
from separatrix.population.networks.link_graph import LinkGraph
from separatrix.run.limits import poll

__all__ = [
    "MOST_WEAK_STATES",
    "WeakSelection",
    "critical_benefit_to_cost",
    "reproductive_values",
    "structure_coefficient",
    "weak_selection_on",
]

MOST_NODES = 50
"""Nodes whose 1,225 equations are solved in fractions within a minute."""


def critical_benefit_to_cost(links: LinkGraph) -> Fraction | None:
    """Return the ratio b/c from which death-birth favours cooperation; None where no ratio does.

    Payoffs are averaged, selection is weak, and one cooperator begins on a node that is drawn.  A negative
    ratio means that spite is favoured: to pay c so that neighbours earn b less.

    Parameters
    ----------
    links : LinkGraph
        Undirected and connected.

    Returns
    -------
    Fraction or None

    Raises
    ------
    InputError
        N303 for a graph that is directed, not connected or too large.

    References
    ----------
    Allen et al. (2017), equations 1 and 2.

    Examples
    --------
    >>> from separatrix.population.networks.link_graph import link_graph
    >>> ring = link_graph(10, [(str(k), str(k % 10 + 1)) for k in range(1, 11)], undirected=True)
    >>> critical_benefit_to_cost(ring)
    Fraction(8, 3)
    """
    if not links.undirected or links.components > 1 or links.size > MOST_NODES:
        raise InputError(
            "N303",
            "coalescence times need an undirected, connected graph of at most "
            f"{MOST_NODES} nodes; this has {links.size} nodes in {links.components} parts",
            hint="let each link lead both ways, or use `structure_coefficient` on a small graph",
        )
    graph = weighted_graph(links)
    degree = [sum(row, Fraction(0)) for row in graph.replacement]
    step = [[rational(w / own) for w in row] for row, own in zip(graph.replacement, degree, strict=True)]
    tau = _meeting_times(step)
    walk = fmpq_mat(step)
    weight = [rational(own / sum(degree, Fraction(0))) for own in degree]
    means, reached = [], walk
    for _ in range(3):
        means.append(
            sum(
                (weight[i] * reached[i, j] * tau[i][j] for i in range(graph.size) for j in range(graph.size)),
                fmpq(0),
            )
        )
        reached = reached * walk
    first, second, third = means
    if third == first:
        return None
    ratio = second / (third - first)
    return Fraction(int(ratio.p), int(ratio.q))


def _meeting_times(step: list[list[fmpq]]) -> list[list[fmpq]]:
    """Return the steps until two walkers meet, for each pair of nodes."""
    size = len(step)
    place = {pair: k for k, pair in enumerate((i, j) for i in range(size) for j in range(i))}
    rows = []
    for i, j in place:
        poll()
        row = [fmpq(0)] * len(place)
        row[place[i, j]] += 1
        for k in range(size):
            for own, other in ((i, j), (j, i)):
                if step[own][k] != 0 and k != other:
                    row[place[max(k, other), min(k, other)]] -= step[own][k] / 2
        rows.append(row)
    solved = fmpq_mat(rows).solve(fmpq_mat([[1]] * len(place)))
    return [
        [fmpq(0) if i == j else solved[place[max(i, j), min(i, j)], 0] for j in range(size)]
        for i in range(size)
    ]


def reproductive_values(graph: TwinClasses, process: GraphProcess) -> tuple[Fraction, ...]:
    """Return the value of each of the N nodes; the graph is to have one root, and then they add up to one.

    Examples
    --------
    >>> from separatrix.population.networks.link_graph import link_graph
    >>> from separatrix.population.exact_graphs.graphs import quotient
    >>> from separatrix.population.exact_graphs.processes import GRAPH_PROCESSES
    >>> from separatrix.population.exact_graphs.graphs import weighted_graph
    >>> star = link_graph(["hub", "a", "b", "c"], [("hub", x) for x in "abc"], undirected=True)
    >>> [
    ...     str(value)
    ...     for value in reproductive_values(quotient(weighted_graph(star)), GRAPH_PROCESSES["birth-death"])
    ... ]
    ['1/10', '3/10', '3/10', '3/10']
    """
    sizes = graph.sizes
    replacement, count = replacement_of(graph, rational), len(sizes)
    fit = [(fmpq(1), fmpq(1))] * count
    rows = [[fmpq(0)] * count for _ in range(count)]
    for d in range(count):
        # Where class d alone is of mutants, the others copy from it as often as they do without selection.
        counts = [(0, n) if c == d else (n, 0) for c, n in enumerate(sizes)]
        for c, pair in enumerate(process.flips(replacement, counts, fit)):
            if c != d:
                rows[d][c] += pair[RESIDENT]
                rows[c][c] -= pair[RESIDENT]
    rows[0] = [fmpq(n) for n in sizes]  # the equations add up to nothing, so that one of them may go
    solved = fmpq_mat(rows).solve(fmpq_mat([[int(c == 0)] for c in range(count)]))
    value = [Fraction(int(solved[c, 0].p), int(solved[c, 0].q)) for c in range(count)]
    by_node = {node: value[c] for c, nodes in enumerate(graph.members) for node in nodes}
    return tuple(by_node[node] for node in range(len(by_node)))


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
