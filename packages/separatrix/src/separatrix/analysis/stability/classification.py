"""Exact local data at a rest state of a game with affine payoffs.

An unplayed strategy b contributes the eigenvalue speed·(u_b - average payoff), exactly; the played
strategies of all populations together contribute the rest, on the tangent space of their face. An unplayed
strategy is *neutral* where it earns the average; the played and the neutral ones together are the *extended
support*. On its face all payoffs of a population agree at the state z, so that with v = x - z

    x_a' = speed·x_a·((M v)_a - Σ_b x_b (M v)_b).

Evolutionary and neutral stability of a rest state, exactly.

One population: a Nash state z is evolutionarily stable exactly if v^T M v < 0 for every tangent vector
v ≠ 0 that takes no unplayed strategy below zero and adds none that earns less than the played ones (Haigh
1975, Abakuks 1980); neutrally stable if v^T M v <= 0 (Bomze & Weibull 1995).  Several populations that
do not play themselves: the same as strict Nash (Selten 1980).  Several populations that do: Cressman's
condition (Cressman 1992, Cressman, Garay & Hofbauer 2001), that no such v has v_i·(M v)_i >= 0 in every
population i.

Evolutionarily stable sets of one population (Thomas 1985).

A closed set of Nash states is an ES set if each of its states x earns at least as much against every state y
close by as y does itself, and earns more unless y belongs to the set.  On the cone of deviations v = y - x
that spread no strategy which earns less, x·My - y·My = -v·Mv.  So this form must be copositive there, and
vanish only where y is at rest again.  On the open face of the cone on which just the neutral strategies W
spread, a copositive form vanishes exactly on the kernel of its part for W and the played strategies, as far
as that kernel reaches the face; a linear condition is left: on it all these strategies earn the same.

What is said of the stability of a rest state: a label, why, and how sure.

Rest sets along which the state drifts while the played strategies alone are disturbed.

The rest states of the played strategies form a flat through the state z, with the kernel of the Jacobian as
its directions.  Where the eigenvalue zero has one multiplicity more, a Jordan block moves z along the flat:
on a centre manifold with coordinates s along the flat and y across it the field is y·(h(s, y), g(s, y)) with
h(z) ≠ 0, so the orbits off the flat are those of the field (h, g), which runs past z.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mat

from separatrix.analysis.payoff_functions import AffineGame, Support
from separatrix.analysis.results import Label
from separatrix.analysis.theorems import LINEARISATION
from separatrix.exact.copositivity import (
    column,
    copositive_weights,
    copositivity,
    dot,
    kernel,
    left_kernel,
    maximise,
    value_at,
)
from separatrix.exact.matrices import Spectrum, spectrum
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import poll
from separatrix.sentences import say

__all__ = [
    "Local",
    "Verdict",
    "because",
    "internal_drift",
    "evolutionarily_stable",
    "growing",
    "is_es_set",
    "localise",
    "losses",
    "neutrally_stable",
]


@dataclass(frozen=True, eq=False)
class Local:
    """A rest state with what its neighbourhood looks like to first order.

    Attributes
    ----------
    game, state : the game and the K shares
    owner : the population of each of the K strategies
    played : for each population the indices, among all K, of its played strategies
    outside : from the index of each unplayed strategy to its eigenvalue
    """

    game: AffineGame
    state: tuple[fmpq, ...]
    owner: tuple[int, ...]
    played: tuple[tuple[int, ...], ...]
    outside: dict[int, fmpq]

    @cached_property
    def neutral(self) -> tuple[int, ...]:
        """The unplayed strategies that earn the average of their population."""
        return tuple(b for b, value in self.outside.items() if value == 0)

    @cached_property
    def reference(self) -> tuple[int, ...]:
        """One played strategy of each population: tangent vectors are written without its share."""
        return tuple(indices[0] for indices in self.played)

    @cached_property
    def inner(self) -> tuple[int, ...]:
        """The played strategies except the references: coordinates along the face."""
        return tuple(a for indices in self.played for a in indices[1:])

    def speed(self, a: int) -> fmpq:
        """Return the speed of the population that strategy a belongs to."""
        return self.game.speeds[self.owner[a]]

    def gain(self, a: int, b: int) -> fmpq:
        """Return how fast u_a - u_ref rises as share b grows at the expense of its reference."""
        m, r, s = self.game.matrix, self.reference[self.owner[a]], self.reference[self.owner[b]]
        return m[a, b] - m[a, s] - m[r, b] + m[r, s]

    @cached_property
    def block(self) -> fmpq_mat:
        """The Jacobian along the face, in the coordinates `inner`."""
        return self.jacobian_columns(self.inner)

    def jacobian_columns(self, columns: tuple[int, ...]) -> fmpq_mat:
        """Return how the rates of the inner shares change with the given shares.

        The row of a is speed·z_a·(gain(a, ·) - Σ_c z_c gain(c, ·)), c over the played of a's population.
        """
        rows = []
        for a in self.inner:
            mates = self.played[self.owner[a]][1:]
            row = []
            for b in columns:
                average = sum((self.state[c] * self.gain(c, b) for c in mates), fmpq(0))
                row.append(self.speed(a) * self.state[a] * (self.gain(a, b) - average))
            rows.append(row)
        return fmpq_mat(len(self.inner), len(columns), [v for row in rows for v in row])

    @cached_property
    def spectrum(self) -> Spectrum:
        """The eigenvalues along the face."""
        return spectrum(self.block)

    @cached_property
    def signs(self) -> tuple[int, int, int]:
        """How many tangent eigenvalues have negative, zero and positive real part."""
        negative, zero, positive = self.spectrum.signs
        for value in self.outside.values():
            negative, zero, positive = negative + (value < 0), zero + (value == 0), positive + (value > 0)
        return negative, zero, positive

    @cached_property
    def nash(self) -> bool:
        """Whether no unplayed strategy earns more than the played ones."""
        return all(value <= 0 for value in self.outside.values())

    @cached_property
    def strict_nash(self) -> bool:
        """Whether the state is pure and every other strategy earns less."""
        return not self.inner and all(value < 0 for value in self.outside.values())


def localise(game: AffineGame, support: Support, state: tuple[fmpq, ...]) -> Local:
    """Return the local data of a rest state; `support` holds the strategies with positive shares."""
    owner = tuple(i for i, size in enumerate(game.sizes) for _ in range(size))
    played = tuple(
        tuple(offset + a for a in indices) for offset, indices in zip(game.offsets, support, strict=True)
    )
    payoffs = game.payoffs(state)
    inside = {a for indices in played for a in indices}
    outside = {
        b: game.speeds[owner[b]] * (payoffs[b] - payoffs[played[owner[b]][0]])
        for b in range(len(owner))
        if b not in inside
    }
    return Local(game, state, owner, played, outside)


def losses(local: Local) -> list[fmpq_mat]:
    """Return for each population the form -v_i·(M v)_i, in the coordinates ``inner + neutral``.

    It is what the population loses, to second order, by the deviation v against the deviated state.
    """
    coordinates = local.inner + local.neutral
    result = []
    for i in range(len(local.game.sizes)):
        rows = [
            [local.gain(a, b) if local.owner[a] == i else fmpq(0) for b in coordinates] for a in coordinates
        ]
        half = fmpq_mat(len(coordinates), len(coordinates), [-v / 2 for row in rows for v in row])
        result.append(half + half.transpose())
    return result


def evolutionarily_stable(local: Local) -> bool | None:
    """Whether the state is an ESS; None where Cressman's condition could be neither proven nor refuted."""
    if not local.nash:
        return False
    if len(local.game.sizes) == 1:
        return copositivity(losses(local)[0], len(local.inner)).kind == "strict"
    if not any(local.game.own_play):
        return local.strict_nash
    return _cressman(local)


def neutrally_stable(local: Local) -> bool | None:
    """Whether the state is an NSS; None in several populations, where the notion is not defined."""
    if len(local.game.sizes) > 1:
        return None
    return local.nash and bool(copositivity(losses(local)[0], len(local.inner)))


def _cressman(local: Local) -> bool | None:
    forms, free = losses(local), len(local.inner)
    if not free and not local.neutral:
        return True
    found = copositive_weights(forms, free)
    if found is not None and found.copositivity.kind == "strict":
        return True
    for v in _deviations(local):
        if all(value_at(form, v) <= 0 for form in forms):
            return False
    return None


def _deviations(local: Local) -> Iterator[tuple[fmpq, ...]]:
    """Deviations worth trying: of one population alone, and small whole numbers."""
    import itertools

    coordinates = local.inner + local.neutral
    free = len(local.inner)
    for i, form in enumerate(losses(local)):
        mine = [k for k, a in enumerate(coordinates) if local.owner[a] == i]
        if not mine:
            continue
        part = fmpq_mat([[form[j, k] for k in mine] for j in mine])
        answer = copositivity(part, sum(k < free for k in mine))
        if answer.witness is not None:
            v = [fmpq(0)] * len(coordinates)
            for k, value in zip(mine, answer.witness, strict=True):
                v[k] = value
            yield tuple(v)
    steps = 3 if len(coordinates) <= 3 else 1
    if len(coordinates) <= 6:
        ranges = [range(-steps if k < free else 0, steps + 1) for k in range(len(coordinates))]
        for whole in itertools.product(*ranges):
            if any(whole):
                yield tuple(fmpq(v) for v in whole)


def is_es_set(states: Iterable[Local]) -> bool:
    """Return whether a component of rest states of one population is an ES set.

    Parameters
    ----------
    states : one state of every kind: the test looks only at which strategies are played, and which are
        neutral

    Examples
    --------
    >>> from separatrix.analysis.payoff_functions import AffineGame
    >>> from separatrix.analysis.stability.classification import localise
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


@dataclass(frozen=True)
class Verdict:
    """A label and the reason for it.

    Attributes
    ----------
    pointwise : whether the argument used equalities that may hold at this state alone
    positive : whether an eigenvalue has positive real part
    attracting : whether all eigenvalues are negative but for one zero a dimension of the rest set
    degree : where all that the argument used of the state are equalities between polynomials, the highest
        degree of these; else 0
    """

    label: Label
    reason: str
    pointwise: bool = False
    positive: bool = False
    attracting: bool = False
    degree: int = 0


def growing(negative: object, zero: object, positive: object) -> Verdict | None:
    """Return the verdict where some eigenvalue has positive real part, else None.

    Parameters
    ----------
    negative, zero, positive : whether, or how many, eigenvalues have such a real part

    References
    ----------
    Lyapunov (1992), section 24.
    """
    if not positive:
        return None
    if negative:
        return Verdict(
            "saddle",
            say("eigenvalues with real parts of both signs").resting_on(LINEARISATION),
            positive=True,
        )
    if not zero:
        return Verdict(
            "source", say("every eigenvalue has positive real part").resting_on(LINEARISATION), positive=True
        )
    return Verdict(
        "unstable", say("an eigenvalue with positive real part").resting_on(LINEARISATION), positive=True
    )


def because(rest: str, why: str) -> str:
    """Return a reason, after what holds of all other directions where something does."""
    return say("{rest}, and {why}", rest=rest, why=why) if rest else why


def internal_drift(local: Local) -> Verdict | None:
    """Whether played strategies alone make the state drift along their flat, by a Jordan block of zero.

    With one direction y across the flat, h(0, 0) ≠ 0 there.  Both signs of y occur; where g(s, 0) changes
    sign at z, on one of the sides the orbits bend away from the flat.
    """
    face = local.spectrum
    along = kernel(local.block)
    if face.imaginary or not along or face.zeros != len(along) + 1:
        return None
    size = len(local.inner)
    if not any(local.game.own_play) and face.zeros == size:
        return Verdict(
            "unstable", say("orbits that start near it drift away along the continuum of equilibria")
        )
    square = local.block * local.block
    wide = kernel(square)
    w = next(v for v in wide if any(_apply(local.block, v)))
    kappa = _apply(local.block, w)
    ell = _across(left_kernel(local.block), along)
    ahead, behind = _block_at(local, kappa, 1), _block_at(local, kappa, -1)
    change = [(p - q) / 2 for p, q in zip(_apply(ahead, w), _apply(behind, w), strict=True)]
    if dot(ell, change) != 0:
        return Verdict(
            "unstable",
            say("orbits that start near it drift away along the continuum of equilibria"),
            pointwise=True,
        )
    return None


def _apply(matrix: fmpq_mat, vector: tuple[fmpq, ...]) -> tuple[fmpq, ...]:
    return tuple(column(matrix * fmpq_mat([[v] for v in vector]), 0))


def _across(left: list[tuple[fmpq, ...]], along: list[tuple[fmpq, ...]]) -> tuple[fmpq, ...]:
    """The left null vector that vanishes on the flat."""
    pairing = fmpq_mat([[dot(row, v) for row in left] for v in along])
    (mix,) = kernel(pairing)
    return tuple(
        sum((m * row[k] for m, row in zip(mix, left, strict=True)), fmpq(0)) for k in range(len(left[0]))
    )


def _block_at(local: Local, direction: tuple[fmpq, ...], step: int) -> fmpq_mat:
    """The Jacobian along the face at z + step·direction, which may lie outside the state space."""
    state = list(local.state)
    for a, v in zip(local.inner, direction, strict=True):
        state[a] += step * v
        state[local.reference[local.owner[a]]] -= step * v
    moved = Local(local.game, tuple(state), local.owner, local.played, local.outside)
    return moved.block
