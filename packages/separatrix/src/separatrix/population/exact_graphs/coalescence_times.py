"""When death-birth favours cooperation on any undirected weighted graph: from coalescing random walks.

Allen, B., Lippner, G., Chen, Y.-T., Fotouhi, B., Momeni, N., Yau, S.-T. and Nowak, M. A. (2017),
Evolutionary dynamics on any population structure, Nature 544, 227-230: two walkers that step one at a time
take tau_ij steps to meet, where tau_ij = 1 + (1/2) sum over k of (p_ik tau_kj + p_jk tau_ik), and
cooperation with averaged payoffs is favoured under weak selection where b (t_3 - t_1) > c t_2, with t_n the
mean of tau over the ends of a walk of n steps. One linear equation a pair of nodes replaces one a set of
mutants.
"""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq, fmpq_mat

from separatrix.errors import InputError
from separatrix.exact.algebraic_numbers import rational
from separatrix.population.exact_graphs.weighted_graph import weighted_graph
from separatrix.population.networks.link_graph import LinkGraph
from separatrix.run.deadline import poll

__all__ = ["critical_benefit_to_cost"]

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
