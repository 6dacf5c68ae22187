"""The exact outcomes of starts, where a closed form or a theorem gives them.

Everywhere else trajectories are followed (`separatrix.dynamics.attractors.omega_limits`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.analysis.results import Analysis, RestSet
from separatrix.dynamics.attractors.heteroclinic_cycles import (
    CENTRE,
    CYCLE,
    LONGEST_NAME,
    SEPARATRIX,
    UNDECIDED,
    OmegaLimit,
    order_of,
)
from separatrix.dynamics.attractors.omega_limits import NumericalOutcomes
from separatrix.dynamics.bimatrix_separatrix import Planar
from separatrix.dynamics.tolerances import BELOW_ONE, LARGEST_LOG_ODDS, ON_IT, SAME
from separatrix.run.cached_property import cached_property
from separatrix.sentences import say

if TYPE_CHECKING:
    from separatrix.analysis.payoff_functions import Field

__all__ = [
    "Alike",
    "ExactOutcomes",
    "NumericalOutcomes",
    "InLine",
    "InSquare",
    "Outward",
    "attracting",
    "exact_outcomes",
    "rest_ending",
]

Array = NDArray[np.float64]
Names = NDArray[np.str_]
Ranges = Mapping[str, tuple[tuple[float, float], ...]]


@runtime_checkable
class ExactOutcomes(Protocol):
    """The outcome of every start in closed form."""

    def names(self, starts: ArrayLike) -> Names:
        """Return the names of where starts (trajectories, n) end."""
        ...

    def names_at(self, odds: Array) -> Names:
        """Return the names of where starts inside end, from their log-odds (coordinates, trajectories)."""
        ...

    def ending(self, name: str) -> OmegaLimit:
        """Return what a name stands for."""
        ...

    def fractions(self) -> tuple[dict[str, float], float, Ranges | None]:
        """Return the shares of the state space by name, a bound of their error, and ranges on a line."""
        ...

    def reason(self) -> str:
        """Return why the answer is exact."""
        ...


def exact_outcomes(analysis: Analysis) -> InSquare | InLine | Alike | Outward | None:
    """Return the outcomes of an analysed game in closed form, or None where none is known."""
    from separatrix.analysis.payoff_functions import field_of
    from separatrix.analysis.stability.lyapunov_functions import everywhere
    from separatrix.dynamics.bimatrix_separatrix import planar_of
    from separatrix.game.values import with_lets

    game = analysis.game
    planar = planar_of(game, with_lets(game, analysis.numbers))
    if planar is not None:
        return InSquare(analysis, planar)
    whole = analysis.completeness.status == "complete"
    if game.space.sizes == (2,) and whole:
        return InLine(analysis)
    field = field_of(game, with_lets(game, analysis.numbers))
    affine = field.affine
    found = None if affine is None else everywhere(affine)
    if affine is None or found is None:
        return _outward(analysis, field)
    state = [float(int(v.p) / int(v.q)) for v in found.state]
    shares = list(affine.space.coordinates([state[own] for own in affine.space.strategy_slices]))
    if not any(v for row in affine.matrix.tolist() for v in row):
        return None  # everything rests
    return Alike(analysis, name_at(analysis, shares), tuple(shares), found.conserved, found.strict)


def _outward(analysis: Analysis, field: Field) -> Outward | None:
    """Return the common outcome of all interior starts if they provably approach the boundary without
    converging.

    A rest state that is not a Nash equilibrium is not the limit of any trajectory from inside (Hofbauer &
    Sigmund 1998, theorem 7.2.1). Either a relative entropy proves that all trajectories approach the
    boundary, or, in a plane, an interior source with no closed orbit around it does (Poincaré and
    Bendixson).
    """
    from separatrix.analysis.stability.lyapunov_functions import outward
    from separatrix.dynamics.attractors.heteroclinic_cycles import no_attracting_orbit

    space = analysis.game.space
    inside = [p for p in analysis.rest_points if tuple(map(len, p.support)) == space.sizes]
    border = [p for p in analysis.rest_points if p not in inside]
    if analysis.completeness.status != "complete" or analysis.rest_sets or len(inside) != 1:
        return None
    (source,) = inside
    if source.state is None or any(p.nash is not False for p in border):
        return None
    plane = space.dimension == 2
    if field.affine is not None and outward(field.affine) is not None:
        return Outward(analysis, source.id, source.state, plane, None)
    theorem = no_attracting_orbit(field) if plane and source.stability == "source" else None
    if theorem is None or not theorem.none:
        return None
    return Outward(analysis, source.id, source.state, plane, theorem.reason)


def attracting(analysis: Analysis, name: str) -> bool:
    """Return whether the analysis, which is of the replicator, proves that a rest point or set attracts."""
    points = any(p.id == name and p.stability == "asymptotically stable" for p in analysis.rest_points)
    return points or any(s.id == name and s.stability == "stable" for s in analysis.rest_sets)


def rest_ending(analysis: Analysis, name: str) -> OmegaLimit:
    """Return what the id of a rest point or rest set of an analysis stands for."""
    for point in analysis.rest_points:
        if point.id == name:
            return OmegaLimit(name, "rest point", True, point.state)
    return OmegaLimit(name, "rest set")


# --------------------------------------------------------------------------- two populations


@dataclass(frozen=True)
class InSquare:
    """Two populations of two strategies without own play."""

    analysis: Analysis
    planar: Planar

    def names(self, starts: ArrayLike) -> Names:
        """Return the names of where starts (trajectories, 2) end."""
        from separatrix.dynamics.bimatrix_basins import outcomes

        states = np.asarray(starts, dtype=float)
        return self._name_outcomes(outcomes(self.planar, states[:, 0], states[:, 1]), states)

    def names_at(self, odds: Array) -> Names:
        """Return the names of where starts inside end, from their log-odds (2, trajectories)."""
        from separatrix.dynamics.bimatrix_basins import outcomes_at

        least = np.finfo(float).tiny
        states = np.clip(
            1 / (1 + np.exp(-np.clip(odds, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS))), least, BELOW_ONE
        ).T
        return self._name_outcomes(outcomes_at(self.planar, odds), states)

    def ending(self, name: str) -> OmegaLimit:
        """Return what a name stands for."""
        if name == CYCLE:
            return OmegaLimit(name, "closed orbits")
        return OmegaLimit(name, "separatrix") if name == SEPARATRIX else rest_ending(self.analysis, name)

    def _name_outcomes(self, codes: NDArray[np.int8], states: Array) -> Names:
        from separatrix.dynamics import bimatrix_basins as planar_basins
        from separatrix.dynamics.bimatrix_basins import limits

        result = np.empty(len(states), dtype=f"U{LONGEST_NAME}")
        result[codes == planar_basins.CYCLE] = CYCLE
        result[codes == planar_basins.SEPARATRIX] = SEPARATRIX
        for code in range(4):  # corners have one name
            here = np.flatnonzero(codes == code)
            if here.size:
                result[here] = self.name_at(limits(self.planar, *states[here[:1]].T)[0])
        others = np.flatnonzero((codes >= 4) & (codes < planar_basins.CYCLE))
        ends = limits(self.planar, *states[others].T)
        for k, end in zip(others, ends, strict=True):
            result[k] = self.name_at(end)
        return result

    def name_at(self, state: Array) -> str:
        """Return the id of the rest point or rest set at a state at rest."""
        return name_at(self.analysis, state)

    def fractions(self) -> tuple[dict[str, float], float, Ranges | None]:
        """Return the shares of the square by name, and a bound of their error."""
        from separatrix.dynamics import bimatrix_basins as planar_basins

        shares, error = planar_basins.areas(self.planar)
        named: dict[str, float] = {}
        for code, share in shares.items():
            name = CYCLE if code == planar_basins.CYCLE else self.name_at(self._example(code))
            named[name] = named.get(name, 0.0) + share
        return {name: named[name] for name in order_of(list(named), self.analysis)}, error, None

    def _example(self, code: int) -> Array:
        """Return where one orbit with an outcome ends: a side at rest is reached on one piece of it only."""
        from separatrix.dynamics.bimatrix_basins import PLACES, limits, outcomes
        from separatrix.dynamics.bimatrix_separatrix import divide_of

        if code < 8 and None not in PLACES[code]:
            return np.array(PLACES[code], dtype=float)
        middles = [0.5137]
        divide = divide_of(self.planar)
        if divide is not None:
            middles += [*divide.curve(9)[1:-1].ravel()]
        middles += [abs(r[0]) / (abs(r[0]) + abs(r[1]) or 1.0) for r in (self.planar.f, self.planar.g)]
        odd = np.unique([np.clip(m * s, SAME, 1 - SAME) for m in middles for s in (0.31, 0.97, 1.03, 1.71)])
        x, y = (part.ravel() for part in np.meshgrid(odd, odd))
        found = np.flatnonzero(outcomes(self.planar, x, y) == code)
        ends = limits(self.planar, x[found], y[found])
        # The farther from corners, the plainer which piece it is.
        room = np.minimum(ends, 1 - ends).sum(axis=1)
        return np.asarray(ends[int(room.argmax())])

    def reason(self) -> str:
        """Return why the answer is exact."""
        from separatrix.dynamics.bimatrix_separatrix import divide_of

        divide = divide_of(self.planar)
        if divide is None:
            if self.planar.image.kind == "centre":
                return say("exact: H is conserved, and closed orbits surround the centre")
            image = self.planar.image
            if image.kind == "still" and image.g[0] * image.g[1] < 0:
                return say("exact: one population never moves, and its share decides where the other goes")
            return say("exact: no separatrix divides the starts")
        if divide.saddle is None:
            return say("exact: the basin boundary is a level line of a conserved quantity")
        return say("exact: the separatrix is the saddle's stable arms, a level line of a conserved quantity")


def name_at(analysis: Analysis, state: Sequence[float] | Array) -> str:
    """Return the id of the rest point, or of the piece of a rest set, at a state at rest."""
    here = np.asarray(state, dtype=float)
    for point in analysis.rest_points:
        if point.state is not None and np.abs(here - np.array(point.state)).max() <= SAME:
            return point.id
    pieces = [s for s in analysis.rest_sets if _on_piece(s, here)]
    if pieces:
        return min(pieces, key=lambda s: s.dimension).id
    nearest = min(
        (p for p in analysis.rest_points if p.state is not None),
        key=lambda p: float(np.abs(here - np.array(p.state)).max()),
    )
    return nearest.id


def _on_piece(piece: RestSet, state: Array) -> bool:
    corners = np.array(piece.corners or piece.samples)
    if not len(corners):
        return False
    low, high = corners.min(axis=0), corners.max(axis=0)
    inside = bool(((state >= low - SAME) & (state <= high + SAME)).all())
    # A piece is open at its ends, where a piece of fewer dimensions lies.
    return inside and (piece.dimension > 0 or bool(np.abs(corners[0] - state).max() <= SAME))


# --------------------------------------------------------------------------- one population


@dataclass(frozen=True)
class InLine:
    """One population of two strategies: between neighbouring rest points trajectories run one way."""

    analysis: Analysis

    @cached_property
    def stops(self) -> list[tuple[float, str]]:
        """The isolated rest points in order, with their ids."""
        return sorted(
            (p.state[0], p.id)
            for p in self.analysis.rest_points
            if p.state is not None and p.stability is not None
        )

    @cached_property
    def pieces(self) -> list[tuple[float, float, str]]:
        """The open ranges between rest points, and where trajectories from each end."""
        from separatrix.dynamics.fields.replicator import replicator

        field = replicator(self.analysis.game, self.analysis.values)
        result = []
        for (low, left), (high, right) in zip(self.stops, self.stops[1:], strict=False):
            gain = float(field.advantages([(low + high) / 2])[0])
            end = right if gain > 0 else left if gain < 0 else name_at(self.analysis, [(low + high) / 2])
            result.append((low, high, end))
        return result

    def names(self, starts: ArrayLike) -> Names:
        """Return the names of where starts (trajectories, 1) end."""
        share = np.asarray(starts, dtype=float)[:, 0]
        result = np.empty(len(share), dtype=f"U{LONGEST_NAME}")
        for low, high, end in self.pieces:
            result[(share > low) & (share < high)] = end
        for stop, name in self.stops:
            result[np.abs(share - stop) <= (0 if stop in (0.0, 1.0) else ON_IT)] = name
        return result

    def names_at(self, odds: Array) -> Names:
        """Return the names of where starts inside end, from their log-odds (1, trajectories)."""
        states = 1 / (1 + np.exp(-np.clip(odds, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)))
        return self.names(np.clip(states, np.finfo(float).tiny, BELOW_ONE).T)

    def ending(self, name: str) -> OmegaLimit:
        """Return what a name stands for."""
        return rest_ending(self.analysis, name)

    def fractions(self) -> tuple[dict[str, float], float, Ranges | None]:
        """Return the shares of the line by name, a bound of their error, and the ranges."""
        ranges: dict[str, list[tuple[float, float]]] = {}
        for low, high, end in self.pieces:
            own = ranges.setdefault(end, [])
            if own and own[-1][1] == low:
                own[-1] = (own[-1][0], high)
            else:
                own.append((low, high))
        kept = {name: tuple(ranges[name]) for name in order_of(list(ranges), self.analysis)}
        shares = {name: sum(high - low for low, high in own) for name, own in kept.items()}
        return shares, ON_IT * len(self.stops), kept

    def reason(self) -> str:
        """Return why the answer is exact."""
        return say("exact: all rest points are known, and between two of them a trajectory runs one way")


# --------------------------------------------------------------------------- one outcome for all


@dataclass(frozen=True)
class Alike:
    """One outcome for every start inside, by a relative entropy (`stability.global_entropy`)."""

    analysis: Analysis
    around: str
    state: tuple[float, ...]
    conserved: bool
    strict: bool

    @property
    def name(self) -> str:
        """The name of the one outcome."""
        if not self.conserved:
            return self.around
        return CYCLE if self._closed else CENTRE

    @property
    def _closed(self) -> bool:
        """Whether levels of the entropy are closed curves."""
        return self.analysis.game.space.dimension == 2

    def names(self, starts: ArrayLike) -> Names:
        """Return the names of where starts (trajectories, n) end; one at the rest point stays there.

        The entropy does not decide starts on faces, which are ``undecided``.
        """
        states = np.asarray(starts, dtype=float)
        result = np.full(len(states), self.name, dtype=f"U{LONGEST_NAME}")
        moves = [s for p in self.analysis.game.populations for s in [len(p.strategies) > 1] * len(p.shares)]
        moving = states[:, moves]  # a single strategy has share 1
        result[~((moving > 0) & (moving < 1)).all(axis=1)] = UNDECIDED
        rests = np.abs(states - np.array(self.state)).max(axis=1) <= ON_IT
        result[rests] = self.around
        return result

    def names_at(self, odds: Array) -> Names:
        """Return the names of where starts inside end, from their log-odds (coordinates, trajectories)."""
        return np.full(odds.shape[1], self.name, dtype=f"U{LONGEST_NAME}")

    def ending(self, name: str) -> OmegaLimit:
        """Return what a name stands for."""
        if name == CYCLE:
            return OmegaLimit(name, "closed orbits")
        return OmegaLimit(name, "centre") if name == CENTRE else rest_ending(self.analysis, name)

    def fractions(self) -> tuple[dict[str, float], float, Ranges | None]:
        """Return the one name."""
        return {self.name: 1.0}, 0.0, None

    def reason(self) -> str:
        """Return why the answer is exact."""
        if self.conserved and self._closed:
            return say(
                "exact: a relative entropy is conserved, and its levels are closed orbits around {point}",
                point=self.around,
            )
        if self.conserved:
            return say(
                "exact: a relative entropy is conserved, so every interior trajectory keeps its "
                "distance from {point}",
                point=self.around,
            )
        if self.strict:
            return say(
                "exact: a relative entropy falls along every interior trajectory, so all of them "
                "converge to {point}",
                point=self.around,
            )
        return say(
            "exact: a relative entropy never grows along an interior trajectory and is constant "
            "only at {point} (LaSalle's invariance principle)",
            point=self.around,
        )


@dataclass(frozen=True)
class Outward:
    """One outcome for every start inside but one: along the boundary, without coming to rest."""

    analysis: Analysis
    around: str
    state: tuple[float, ...]
    plane: bool
    theorem: str | None

    def names(self, starts: ArrayLike) -> Names:
        """Return the names of where starts (trajectories, n) end; on faces they are ``undecided``."""
        states = np.asarray(starts, dtype=float)
        result = np.full(len(states), CYCLE, dtype=f"U{LONGEST_NAME}")
        result[~((states > 0) & (states < 1)).all(axis=1)] = UNDECIDED
        result[np.abs(states - np.array(self.state)).max(axis=1) <= ON_IT] = SEPARATRIX
        return result

    def names_at(self, odds: Array) -> Names:
        """Return the names of where starts inside end, from their log-odds (coordinates, trajectories)."""
        return np.full(odds.shape[1], CYCLE, dtype=f"U{LONGEST_NAME}")

    def ending(self, name: str) -> OmegaLimit:
        """Return what a name stands for."""
        if name == CYCLE:
            return OmegaLimit(name, "boundary cycle" if self.plane else "boundary network")
        return OmegaLimit(name, "separatrix" if name == SEPARATRIX else "undecided", False)

    def fractions(self) -> tuple[dict[str, float], float, Ranges | None]:
        """Return the one name."""
        return {CYCLE: 1.0}, 0.0, None

    def reason(self) -> str:
        """Return why the answer is exact."""
        if self.theorem is None:
            return say(
                "exact: a relative entropy grows along every interior trajectory except {point}, "
                "which does not attract, so all others approach the boundary (LaSalle's "
                "invariance principle); no rest point there is a Nash equilibrium, so none of "
                "them converges",
                point=self.around,
            )
        return say(
            "exact: {theorem}, and {point} is a source, which does not attract, so all other "
            "interior trajectories approach the boundary (Poincaré–Bendixson theorem); no rest "
            "point there is a Nash equilibrium, so none of them converges",
            theorem=self.theorem,
            point=self.around,
        )
