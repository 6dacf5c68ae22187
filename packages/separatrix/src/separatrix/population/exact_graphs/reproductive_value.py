"""The reproductive value of a node: how likely its descendants take over where selection does nothing.

Without selection the probability of fixing is a sum over the mutants, so that it solves one equation a
node. Reference: Allen, B., Sample, C., Dementieva, Y., Medeiros, R. C., Paoletti, C. and Nowak, M. A.
(2015), The molecular clock of neutral evolution can be accelerated or slowed by asymmetric spatial
structure, PLoS Computational Biology 11, e1004108, equation 3.
"""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq, fmpq_mat

from separatrix.exact.algebraic_numbers import rational
from separatrix.population.exact_graphs.graph_processes import RESIDENT, GraphProcess, replacement_of
from separatrix.population.exact_graphs.symmetry import TwinClasses

__all__ = ["reproductive_values"]


def reproductive_values(graph: TwinClasses, process: GraphProcess) -> tuple[Fraction, ...]:
    """Return the value of each of the N nodes; the graph is to have one root, and then they add up to one.

    Examples
    --------
    >>> from separatrix.population.networks.link_graph import link_graph
    >>> from separatrix.population.exact_graphs.symmetry import quotient
    >>> from separatrix.population.exact_graphs.graph_processes import GRAPH_PROCESSES
    >>> from separatrix.population.exact_graphs.weighted_graph import weighted_graph
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
