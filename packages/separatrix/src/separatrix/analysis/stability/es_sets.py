"""Evolutionarily stable sets of one population (Thomas 1985).

A closed set of Nash states is an ES set if each of its states x earns at least as much against every state y
close by as y does itself, and earns more unless y belongs to the set.  On the cone of deviations v = y - x
that spread no strategy which earns less, x·My - y·My = -v·Mv.  So this form must be copositive there, and
vanish only where y is at rest again.  On the open face of the cone on which just the neutral strategies W
spread, a copositive form vanishes exactly on the kernel of its part for W and the played strategies, as far
as that kernel reaches the face; a linear condition is left: on it all these strategies earn the same.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from flint import fmpq, fmpq_mat

from separatrix.analysis.stability.evolutionary import losses
from separatrix.analysis.stability.local import Local
from separatrix.exact.copositivity import copositivity, kernel, maximise
from separatrix.run.deadline import poll

__all__ = ["is_es_set"]


def is_es_set(states: Iterable[Local]) -> bool:
    """Return whether a component of rest states of one population is an ES set.

    Parameters
    ----------
    states : one state of every kind: the test looks only at which strategies are played, and which are
        neutral

    Examples
    --------
    >>> from separatrix.analysis.affine_game import AffineGame
    >>> from separatrix.analysis.stability.local import localise
    >>> game = AffineGame((3,), (fmpq(1),), fmpq_mat([[0, 0, 1], [0, 0, 1], [-1, -1, 0]]))
    >>> ends = ((1, 0, 0), (0, 1, 0), (fmpq(1, 2), fmpq(1, 2), 0))
    >>> supports = (((0,),), ((1,),), ((0, 1),))
    >>> is_es_set(localise(game, s, tuple(map(fmpq, x))) for s, x in zip(supports, ends, strict=True))
    True
    """
    return all(_holds(local) for local in states)


def _holds(local: Local) -> bool:
    if not local.nash:
        return False
    coordinates, free = local.inner + local.neutral, len(local.inner)
    (form,) = losses(local)
    if not copositivity(form, free):
        return False
    for count in range(len(local.neutral) + 1):
        for spread in itertools.combinations(range(free, len(coordinates)), count):
            poll()
            index = (*range(free), *spread)
            if not index:
                continue
            basis = kernel(_part(form, index))
            if not basis or not _reaches(basis, free):
                continue
            gains = fmpq_mat([[local.gain(coordinates[i], coordinates[j]) for j in index] for i in index])
            if any(any((gains * fmpq_mat([[v] for v in vector])).entries()) for vector in basis):
                return False
    return True


def _part(form: fmpq_mat, index: Sequence[int]) -> fmpq_mat:
    return fmpq_mat([[form[i, j] for j in index] for i in index])


def _reaches(basis: Sequence[Sequence[fmpq]], free: int) -> bool:
    """Whether some combination of the basis has all coordinates from `free` on positive, so at least 1."""
    one = fmpq(1)
    bounds = [([*(-b[k] for b in basis), *(b[k] for b in basis)], -one) for k in range(free, len(basis[0]))]
    return not bounds or maximise([fmpq(0)] * (2 * len(basis)), bounds) is not None
