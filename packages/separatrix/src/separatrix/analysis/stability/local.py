"""Exact local data at a rest state of a game with affine payoffs.

A strategy b that nobody plays contributes the eigenvalue speed·(u_b - average payoff), exactly; the played
strategies of all populations together contribute the rest, on the tangent space of their face.  An unplayed
strategy is *neutral* where it earns the average; the played and the neutral ones together are the
*extended support*.  On its face all payoffs of a population agree at the state z, so that with v = x - z

    x_a' = speed·x_a·((M v)_a - Σ_b x_b (M v)_b).
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq, fmpq_mat

from separatrix.analysis.affine_game import AffineGame, Support
from separatrix.exact.matrices import Spectrum, spectrum
from separatrix.run.cached_property import cached_property

__all__ = ["Local", "localise"]


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
        return self.along(self.inner)

    def along(self, columns: tuple[int, ...]) -> fmpq_mat:
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
