"""One trajectory of the best response dynamics, piece by piece, where payoffs are affine in the shares.

While the best replies b stay the same, x_i' = c_i (b_i - x_i) is solved by b + (x(0) - b) exp(-c_i t), and
differences of payoffs are linear in exp(-c t): the time at which another reply is as good is a quotient.

Where several replies of a population are equally good, a solution of the inclusion stays among those whose
payoffs rise fastest (Filippov's sliding motion).  So b is a Nash equilibrium of the game in which the tied
strategies earn the rates of change of their payoffs,

    d/dt U_i = A_i (c (b - x)),    b_i mixes strategies of the largest rate,

which is affine in b and always has one.  Where it has several, a trajectory may go on in several ways: it
rests if it may, and else takes the equilibrium with the fewest strategies.

Filippov, A. F. (1988), Differential Equations with Discontinuous Righthand Sides, chapter 2;
Gaunersdorfer, A. and Hofbauer, J. (1995), Fictitious play, Shapley polygons, and the replicator equation,
Games and Economic Behavior 11, 279-303.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.payoff_functions import AffineGame, field_of
from separatrix.dynamics.fields.payoffs import PayoffField
from separatrix.dynamics.integration.tolerances import END_OF_TURNS, SHORTEST_PIECE
from separatrix.dynamics.tolerances import NOT_ZERO, TIE
from separatrix.errors import ComesLater, InputError
from separatrix.game.values import with_lets
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import poll

__all__ = ["BestResponseOrbit", "best_response_orbit"]

Array = NDArray[np.float64]
Replies = tuple[tuple[int, ...], ...]
"""For each population the strategies that are equally good, by their places among all strategies."""

MOST_PIECES = 6_000
"""Pieces after which only the distance of a trajectory that turns ever faster is computed. Fewer: this
begins farther from the equilibrium, about 1/MOST_PIECES away from it."""

WINDOW = 64
"""Pieces over which the distance of such a trajectory is measured. Fewer: a turn may be missed."""

DECAY = 0.05
"""How far its decay may be from exp(-c t), over the whole. Larger: other trajectories are taken for such."""


@dataclass(frozen=True)
class _Piece:
    """A stretch on which the replies stay the same."""

    begin: float
    start: Array
    reply: Array


@dataclass(frozen=True, eq=False)
class BestResponseOrbit:
    """A trajectory of the best response dynamics.

    Attributes
    ----------
    times, states : the requested times, and the shares of all strategies then
    rest : whether it is at rest at the end
    spiral : the time from which it turns so fast that only its distance is followed, or None
    lost : the time after which it could not be followed, or None
    """

    times: Array
    states: Array
    rest: bool
    spiral: float | None = None
    lost: float | None = None


def best_response_orbit(field: PayoffField, start: Array, times: Array) -> BestResponseOrbit:
    """Follow the best response dynamics from a state.

    Parameters
    ----------
    field : a `separatrix.dynamics.fields.target_protocols.BestResponse`
    start : array (n,)
    times : ascending, from 0 on

    Raises
    ------
    InputError
        D604 where payoffs are not affine in the shares, or populations of different speeds drive one.
    """
    game = _affine(field)
    x = np.concatenate([w[0] for w in field.weights(start[None])])
    return _Follower(game, times).follow(x)


def _affine(field: PayoffField) -> AffineGame:
    reason = "its payoffs at these numbers are not known exactly"
    if field.exact is not None:
        try:
            game = field_of(field.exact.game, with_lets(field.exact.game, field.exact.values)).affine
        except ComesLater:
            game = None
        reason = "payoffs are not affine in the shares"
        if game is not None:
            if _one_speed_each(game):
                return game
            reason = "populations of different speeds drive the payoffs of one population"
    raise InputError(
        "D604",
        f"the best response dynamics cannot be followed exactly here: {reason}",
        hint="use logit with a small `eta`, which is smooth",
    )


def _one_speed_each(game: AffineGame) -> bool:
    """Whether what drives the advantages of a population moves at one speed."""
    for i in range(len(game.sizes)):
        driving = set()
        for j, speed in enumerate(game.speeds):
            block = game.block(i, j).tolist()
            if any(
                row[b] - first != block[0][b] - block[0][0]
                for row in block
                for first in [row[0]]
                for b in range(game.sizes[j])
            ):
                driving.add(speed)
        if len(driving) > 1:
            return False
    return True


@dataclass(frozen=True, eq=False)
class _Follower:
    game: AffineGame
    times: Array

    @cached_property
    def matrix(self) -> Array:
        """Payoffs minus those of each population's first strategy, which leaves the dynamics unchanged."""
        rows = [[int(v.p) / int(v.q) for v in row] for row in self.game.matrix.tolist()]
        matrix = np.array(rows)
        for place in self.places:
            matrix[place] -= matrix[place.start]
        return matrix

    @cached_property
    def places(self) -> tuple[slice, ...]:
        """Where the strategies of each population stand."""
        return self.game.space.strategy_slices

    @cached_property
    def speeds(self) -> Array:
        """The speed of each strategy's population."""
        each = zip(self.game.speeds, self.game.sizes, strict=True)
        return np.concatenate([np.full(size, int(s.p) / int(s.q)) for s, size in each])

    @cached_property
    def driven(self) -> tuple[float, ...]:
        """The speed of what drives each population's payoffs."""
        result = []
        for place in self.places:
            spread = [self.matrix[place, p] for p in self.places]
            moving = [
                self.speeds[p.start]
                for p, block in zip(self.places, spread, strict=True)
                if np.ptp(block - block[:, :1], axis=0).any()
            ]
            result.append(float(moving[0]) if moving else float(self.speeds[place.start]))
        return tuple(result)

    @cached_property
    def scale(self) -> Array:
        """What payoffs of each strategy's population are measured by."""
        sizes = [max(float(np.abs(self.matrix[p]).max()), NOT_ZERO) for p in self.places]
        return np.repeat(sizes, self.game.sizes)

    # ------------------------------------------------------------------------------ pieces

    def tied(self, x: Array, known: Replies | None = None, hits: Sequence[int] = ()) -> Replies:
        """The best replies at a state: those known to be and those just met, or by their payoffs."""
        earned = self.matrix @ x / self.scale
        result = []
        for i, place in enumerate(self.places):
            members = range(place.start, place.stop)
            best = float(earned[place].max())
            if known is not None:
                best = min(best, *(float(earned[j]) for j in known[i]))
            result.append(
                tuple(j for j in members if (known and j in known[i]) or j in hits or earned[j] >= best - TIE)
            )
        return tuple(result)

    def reply(self, x: Array, tied: Replies) -> Array | None:
        """The mixture towards which a trajectory goes; None where none was found."""
        if all(
            x[j] <= TIE or j in tied[i] for i, p in enumerate(self.places) for j in range(p.start, p.stop)
        ):
            return x
        if all(len(best) == 1 for best in tied):
            return self._mixture([best[0] for best in tied], [1.0] * len(tied))
        for chosen in self._supports(tied):
            found = self._balanced(x, tied, chosen)
            if found is not None:
                return found
        return None

    def _mixture(self, places: Sequence[int], weights: Sequence[float]) -> Array:
        result = np.zeros(len(self.matrix))
        result[list(places)] = weights
        return result

    def _supports(self, tied: Replies) -> Iterator[Replies]:
        choices = [
            [s for m in range(1, len(best) + 1) for s in itertools.combinations(best, m)] for best in tied
        ]
        yield from sorted(itertools.product(*choices), key=lambda s: sum(map(len, s)))

    def _balanced(self, x: Array, tied: Replies, chosen: Replies) -> Array | None:
        """The mixture of some replies whose payoffs change alike, if no other one's grows faster."""
        free = [j for played in chosen for j in played]
        moving = self.matrix * self.speeds  # rates of payoffs are moving @ (b - x)
        base = moving @ x
        rows, right = [], []
        for played in chosen:
            rows.append([float(j in played) for j in free])
            right.append(1.0)
            for j in played[1:]:
                size = self.scale[j]
                rows.append(list((moving[j, free] - moving[played[0], free]) / size))
                right.append(float(base[j] - base[played[0]]) / size)
        system, aim = np.array(rows), np.array(right)
        weights, *_ = np.linalg.lstsq(system, aim, rcond=None)
        slack = TIE * max(1.0, float(self.speeds.max()))
        if weights.min() < -TIE or np.abs(system @ weights - aim).max() > slack:
            return None
        weights = np.maximum(weights, 0.0)
        mixture = self._mixture(free, list(weights))
        rising = (moving @ (mixture - x)) / self.scale
        for best, played in zip(tied, chosen, strict=True):
            if any(rising[j] > rising[played[0]] + slack for j in best):
                return None
        return mixture

    def duration(self, x: Array, reply: Array, tied: Replies) -> tuple[float, list[int]]:
        """Until when the replies stay the same, and the strategies that are as good then."""
        now, later = self.matrix @ x, self.matrix @ reply
        soonest, hits = math.inf, list[int]()
        for place, best, speed in zip(self.places, tied, self.driven, strict=True):
            lead = max(best, key=lambda j: reply[j])
            for j in range(place.start, place.stop):
                gap, ahead = now[lead] - now[j], later[lead] - later[j]
                if j in best or ahead >= -TIE * self.scale[j]:
                    continue
                time = -math.log1p(-max(gap, 0.0) / (gap - ahead)) / speed if gap > 0 else 0.0
                if time < soonest * (1 - TIE):
                    soonest, hits = time, [j]
                elif time <= soonest * (1 + TIE):
                    hits.append(j)
        return soonest, hits

    def _still_best(self, x: Array, reply: Array, tied: Replies) -> Replies:
        """The replies that are still equally good after a piece."""
        earned = self.matrix @ x / self.scale
        rising = (self.matrix @ (self.speeds * (reply - x))) / self.scale
        result = []
        for best in tied:
            top = max(float(rising[j]) for j in best)
            played = tuple(j for j in best if reply[j] > 0 or rising[j] >= top - TIE * (1 + abs(top)))
            result.append(played or (max(best, key=lambda j: float(earned[j])),))
        return tuple(result)

    # ------------------------------------------------------------------------------ the whole

    def follow(self, x: Array) -> BestResponseOrbit:
        """Follow a trajectory from the shares of all strategies."""
        end = float(self.times[-1])
        pieces: list[_Piece] = []
        time, tied = 0.0, self.tied(x)
        short = 0
        while time < end:
            poll()
            reply = self.reply(x, tied)
            if reply is None:
                return self._to_orbit(pieces, False, lost=time)
            pieces.append(_Piece(time, x, reply))
            if reply is x:
                return self._to_orbit(pieces, True)
            length, hits = self.duration(x, reply, tied)
            kept = self._still_best(x, reply, tied)
            if not math.isfinite(length) or time + length >= end:
                break
            short = short + 1 if length * self.speeds.max() < SHORTEST_PIECE else 0
            if short > WINDOW:
                return self._arrived(pieces, time)
            if len(pieces) >= MOST_PIECES:
                return self._spiralling(pieces, time)
            x = self._state_at(pieces[-1], time + length)
            time += length
            tied = self.tied(x, kept, hits)
        return self._to_orbit(pieces, False)

    def _state_at(self, piece: _Piece, time: float) -> Array:
        gone = np.exp(-self.speeds * (time - piece.begin))
        return np.asarray(piece.reply + (piece.start - piece.reply) * gone)

    def _to_orbit(
        self, pieces: Sequence[_Piece], rest: bool, *, spiral: float | None = None, lost: float | None = None
    ) -> BestResponseOrbit:
        begins = np.array([piece.begin for piece in pieces])
        which = np.searchsorted(begins, self.times, side="right") - 1
        states = np.array([self._state_at(pieces[k], t) for k, t in zip(which, self.times, strict=True)])
        if lost is not None:
            states[self.times > lost] = np.nan
        return BestResponseOrbit(self.times, states, rest, spiral, lost)

    def _centre(self, pieces: Sequence[_Piece]) -> Array | None:
        """The state at which all replies of the last pieces are equally good."""
        used = np.max([piece.reply for piece in pieces[-WINDOW:]], axis=0) > 0
        rows, right = [], []
        for place in self.places:
            played = [j for j in range(place.start, place.stop) if used[j]]
            rows.append([float(place.start <= j < place.stop) for j in range(len(used))])
            right.append(1.0)
            for j in played[1:]:
                rows.append(list((self.matrix[j] - self.matrix[played[0]]) / self.scale[j]))
                right.append(0.0)
        columns = np.flatnonzero(used)
        system = np.array(rows)[:, columns]
        weights, *_ = np.linalg.lstsq(system, np.array(right), rcond=None)
        if np.abs(system @ weights - right).max() > END_OF_TURNS or weights.min() < 0:
            return None
        return self._mixture(list(columns), list(weights))

    def _arrived(self, pieces: list[_Piece], time: float) -> BestResponseOrbit:
        """Ever shorter turns that end at a state within finite time."""
        centre = self._centre(pieces)
        if centre is None or np.abs(centre - pieces[-1].start).max() > END_OF_TURNS:
            return self._to_orbit(pieces, False, lost=time)
        return self._to_orbit([*pieces, _Piece(time, centre, centre)], True)

    def _spiralling(self, pieces: list[_Piece], time: float) -> BestResponseOrbit:
        """Ever shorter turns without end, whose distance falls as exp(-c t) as in zero-sum games."""
        centre, half = self._centre(pieces), len(pieces) // 2
        if centre is None:
            return self._to_orbit(pieces, False, lost=time)
        late, early = (
            max(float(np.abs(p.start - centre).max()) for p in part)
            for part in (pieces[-WINDOW:], pieces[half - WINDOW : half])
        )
        passed = pieces[-1].begin - pieces[half - 1].begin
        speed = float(self.speeds.max())
        if not 0 < late < early or abs(math.log(early / late) / (speed * passed) - 1) > DECAY:
            return self._to_orbit(pieces, False, lost=time)
        # towards the middle at speed c: the distance is right, where on the turn it is left open
        return self._to_orbit([*pieces, _Piece(time, pieces[-1].start, centre)], False, spiral=time)
