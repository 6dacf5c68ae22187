"""The faces of the state space, which are products of supports, and those that exact signs leave empty."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.branch_and_prune.bernstein_payoffs import Forms, Integers
from separatrix.exact.bernstein import Basis, basis
from separatrix.run.cached_property import cached_property

__all__ = ["FaceFamily", "Face", "count_faces", "families", "shapes"]

MOST_FACES = 4096  # of a family
MOST_NUMBERS = 1_000_000  # coefficients of one population's equations on all faces of a family

Face = tuple[tuple[int, ...], ...]
"""For each population the strategies that are played, ascending."""


def count_faces(sizes: Sequence[int]) -> int:
    """Return the number of faces: of populations with k strategies, 2**k - 1 each.

    Examples
    --------
    >>> count_faces((2, 2, 2, 2))
    81
    """
    return math.prod(2**size - 1 for size in sizes)


@dataclass(frozen=True, eq=False)
class FaceFamily:
    """Faces with equally many strategies played by each population; they are treated side by side.

    Attributes
    ----------
    forms : payoffs in Bernstein form
    played : strategies played by each population
    faces : the faces of the family
    """

    forms: Forms
    played: tuple[int, ...]
    faces: tuple[Face, ...]

    @cached_property
    def mixing(self) -> tuple[int, ...]:
        """The populations that play more than one strategy, those with few first."""
        every = (q for q, m in enumerate(self.played) if m > 1)
        return tuple(sorted(every, key=lambda q: (self.played[q], self.forms.bases[q].degree)))

    @cached_property
    def bases(self) -> tuple[Basis, ...]:
        """For each mixing population the basis on the simplex of the strategies that it plays."""
        return tuple(basis(self.played[q], self.forms.bases[q].degree) for q in self.mixing)

    @property
    def dimension(self) -> int:
        """The number of free shares."""
        return sum(self.played) - len(self.played)

    def only(self, keep: NDArray[np.bool_]) -> FaceFamily:
        """Return the family of the faces that are kept."""
        return FaceFamily(self.forms, self.played, tuple(itertools.compress(self.faces, keep)))

    def differences(self, p: int) -> Integers:
        """Return the payoffs of a population's played strategies minus that of the last one it plays.

        Returns
        -------
        (faces, m-1, ...) array of whole numbers, one axis a mixing population, in the order of `mixing`
        """
        supports = np.array([face[p] for face in self.faces])
        payoff = self.forms.payoffs[p]
        index: list[NDArray[np.int64]] = [supports.reshape(*supports.shape, *([1] * self.forms.n))]
        for q in range(self.forms.n):
            if self.forms.uses[p][q]:
                full = self.forms.bases[q]
                places = np.array([full.places(face[q]) for face in self.faces])
            else:
                places = np.zeros((len(self.faces), 1), dtype=np.int64)
            shape = [len(self.faces)] + [1] * (self.forms.n + 1)
            shape[2 + q] = places.shape[1]
            index.append(places.reshape(shape))
        values = payoff[tuple(index)]
        values = values[:, :-1] - values[:, -1:]
        pure = [q for q in range(self.forms.n) if q not in self.mixing]
        values = values.transpose(0, 1, *(2 + q for q in (*self.mixing, *pure)))
        return values.reshape(values.shape[: 2 + len(self.mixing)])

    @cached_property
    def systems(self) -> tuple[Integers, ...]:
        """For each mixing population its `differences`."""
        return tuple(self.differences(p) for p in self.mixing)

    @cached_property
    def vanishing(self) -> NDArray[np.bool_]:
        """For each face whether two strategies of some population earn the same throughout."""
        result = np.zeros(len(self.faces), dtype=bool)
        for system in self.systems:
            pairs = all_pairs(system)
            result |= (pairs.reshape(len(self.faces), pairs.shape[1], -1) == 0).all(axis=2).any(axis=1)
        return result

    @cached_property
    def dominated(self) -> NDArray[np.bool_]:
        """For each face whether a played strategy earns more than another one at all its states.

        Coefficients of one sign, not all zero, give a positive value wherever all shares are positive.
        """
        result = np.zeros(len(self.faces), dtype=bool)
        for system in self.systems:
            pairs = all_pairs(system)
            flat = pairs.reshape(len(self.faces), pairs.shape[1], -1)
            low, high = flat.min(axis=2), flat.max(axis=2)
            result |= (((low >= 0) & (high > 0)) | ((high <= 0) & (low < 0))).any(axis=1)
        return result


def all_pairs(system: Integers) -> Integers:
    """Return the differences of all pairs of strategies from those with the last one (axis 1)."""
    count = system.shape[1]
    if count == 1:
        return system
    first, second = zip(*itertools.combinations(range(count), 2), strict=True)
    return np.concatenate([system, system[:, list(first)] - system[:, list(second)]], axis=1)


def shapes(forms: Forms) -> Iterator[list[tuple[int, ...]]]:
    """Yield the numbers of strategies that populations can play, those that give alike equations together.

    Few free shares come first.
    """
    groups: dict[tuple[tuple[int, int], ...], list[tuple[int, ...]]] = {}
    for played in itertools.product(*(range(1, size + 1) for size in forms.sizes)):
        key = sorted((m, b.degree) for m, b in zip(played, forms.bases, strict=True) if m > 1)
        groups.setdefault(tuple(key), []).append(played)
    yield from sorted(groups.values(), key=lambda g: (sum(g[0]), g[0]))


def families(forms: Forms, shape: Sequence[tuple[int, ...]]) -> Iterator[FaceFamily]:
    """Yield all faces of a shape, in families that fit into memory."""
    for played in shape:
        numbers = math.prod(basis(m, b.degree).size for m, b in zip(played, forms.bases, strict=True))
        most = max(1, min(MOST_FACES, MOST_NUMBERS // (numbers * max(played))))
        supports = [
            list(itertools.combinations(range(size), m)) for size, m in zip(forms.sizes, played, strict=True)
        ]
        pending = itertools.product(*supports)
        while faces := tuple(itertools.islice(pending, most)):
            yield FaceFamily(forms, played, faces)
