"""From starts to the names of where they end: exactly where that is known, else by following them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from separatrix.analysis.result import Analysis, RestSet
from separatrix.dynamics.destinations import CYCLE_NAME, Destination, destinations
from separatrix.dynamics.planar import Planar
from separatrix.dynamics.replicator import Replicator
from separatrix.sentence import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Names = NDArray[np.str_]
    Ranges = Mapping[str, tuple[tuple[float, float], ...]]

__all__ = ["Exact", "Followed", "InLine", "InSquare", "exact_fates"]

SAME = 1e-9
"""Distance at which a state is that of a rest point: both are correct to rounding."""

LONGEST_NAME = 24


@runtime_checkable
class Exact(Protocol):
    """The fate of every start in closed form."""

    def names(self, starts: ArrayLike) -> Names:
        """Return the names of where starts (courses, n) end."""
        ...

    def fractions(self) -> tuple[dict[str, float], float, Ranges | None]:
        """Return the shares of the state space by name, a bound of their error, and ranges on a line."""
        ...

    def why(self) -> str:
        """Return why the answer is exact."""
        ...


def exact_fates(analysis: Analysis) -> InSquare | InLine | None:
    """Return the fates of an analysed game in closed form, or None where none is known."""
    from separatrix.dynamics.planar import planar_of
    from separatrix.game.values import with_lets

    assert analysis.values is not None
    game = analysis.game
    planar = planar_of(game, with_lets(game, analysis.values))
    if planar is not None:
        return InSquare(analysis, planar)
    whole = analysis.completeness.status == "complete"
    if [len(p.strategies) for p in game.populations] == [2] and whole:
        return InLine(analysis)
    return None


# --------------------------------------------------------------------------- two populations


@dataclass(frozen=True)
class InSquare:
    """Two populations of two strategies without own play."""

    analysis: Analysis
    planar: Planar

    def names(self, starts: ArrayLike) -> Names:
        """Return the names of where starts (courses, 2) end."""
        import numpy as np

        from separatrix.dynamics.planar_basins import CYCLE, SEPARATRIX, fates, limits

        states = np.asarray(starts, dtype=float)
        codes = fates(self.planar, states[:, 0], states[:, 1])
        result = np.empty(len(states), dtype=f"U{LONGEST_NAME}")
        result[codes == CYCLE] = "cycle"
        result[codes == SEPARATRIX] = "separatrix"
        for code in range(4):  # corners have one name
            here = np.flatnonzero(codes == code)
            if here.size:
                result[here] = self.name_at(limits(self.planar, *states[here[:1]].T)[0])
        others = np.flatnonzero((codes >= 4) & (codes < CYCLE))
        ends = limits(self.planar, *states[others].T)
        for k, end in zip(others, ends, strict=True):
            result[k] = self.name_at(end)
        return result

    def name_at(self, state: Array) -> str:
        """Return the id of the rest point or rest set at a state at rest."""
        return name_at(self.analysis, state)

    def fractions(self) -> tuple[dict[str, float], float, Ranges | None]:
        """Return the shares of the square by name, and a bound of their error."""
        from separatrix.dynamics.basins import order_of
        from separatrix.dynamics.planar_basins import CYCLE, areas

        shares, error = areas(self.planar)
        named: dict[str, float] = {}
        for code, share in shares.items():
            name = "cycle" if code == CYCLE else self.name_at(self._example(code))
            named[name] = named.get(name, 0.0) + share
        return {name: named[name] for name in order_of(list(named), self.analysis)}, error, None

    def _example(self, code: int) -> Array:
        """Return where one course with a fate ends: a side at rest is reached on one piece of it only."""
        import numpy as np

        from separatrix.dynamics.planar_basins import PLACES, fates, limits
        from separatrix.dynamics.separatrix import divide_of

        if code < 8 and None not in PLACES[code]:
            return np.array(PLACES[code], dtype=float)
        middles = [0.5137]
        divide = divide_of(self.planar)
        if divide is not None:
            middles += [*divide.curve(9)[1:-1].ravel()]
        middles += [abs(r[0]) / (abs(r[0]) + abs(r[1]) or 1.0) for r in (self.planar.f, self.planar.g)]
        odd = np.unique([np.clip(m * s, 1e-9, 1 - 1e-9) for m in middles for s in (0.31, 0.97, 1.03, 1.71)])
        x, y = (part.ravel() for part in np.meshgrid(odd, odd))
        found = np.flatnonzero(fates(self.planar, x, y) == code)
        ends = limits(self.planar, x[found], y[found])
        # The farther from corners, the plainer which piece it is.
        room = np.minimum(ends, 1 - ends).sum(axis=1)
        return np.asarray(ends[int(room.argmax())])

    def why(self) -> str:
        """Return why the answer is exact."""
        from separatrix.dynamics.separatrix import divide_of

        divide = divide_of(self.planar)
        if divide is None:
            if self.planar.image.kind == "centre":
                return say("exact: H is conserved, and closed orbits surround the centre")
            return say("exact: no separatrix divides the starts")
        if divide.saddle is None:
            return say("exact: the line between the two fates is a level line of the conserved quantity H")
        return say(
            "exact: the separatrix is the saddle's stable arms, a level line of the conserved quantity H"
        )


def name_at(analysis: Analysis, state: Sequence[float] | Array) -> str:
    """Return the id of the rest point, or of the piece of a rest set, at a state at rest."""
    import numpy as np

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
    import numpy as np

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
    """One population of two strategies: between neighbouring rest points courses run one way."""

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
        """The open ranges between rest points, and where courses from each end."""
        from separatrix.dynamics.replicator import replicator

        field = replicator(self.analysis.game, self.analysis.values)
        result = []
        for (low, left), (high, right) in zip(self.stops, self.stops[1:], strict=False):
            gain = float(field.advantages([(low + high) / 2])[0])
            end = right if gain > 0 else left if gain < 0 else name_at(self.analysis, [(low + high) / 2])
            result.append((low, high, end))
        return result

    def names(self, starts: ArrayLike) -> Names:
        """Return the names of where starts (courses, 1) end."""
        import numpy as np

        share = np.asarray(starts, dtype=float)[:, 0]
        result = np.empty(len(share), dtype=f"U{LONGEST_NAME}")
        for low, high, end in self.pieces:
            result[(share > low) & (share < high)] = end
        for stop, name in self.stops:
            result[np.abs(share - stop) <= (0 if stop in (0.0, 1.0) else 1e-15)] = name
        return result

    def fractions(self) -> tuple[dict[str, float], float, Ranges | None]:
        """Return the shares of the line by name, a bound of their error, and the ranges."""
        from separatrix.dynamics.basins import order_of

        ranges: dict[str, list[tuple[float, float]]] = {}
        for low, high, end in self.pieces:
            own = ranges.setdefault(end, [])
            if own and own[-1][1] == low:
                own[-1] = (own[-1][0], high)
            else:
                own.append((low, high))
        kept = {name: tuple(ranges[name]) for name in order_of(list(ranges), self.analysis)}
        shares = {name: sum(high - low for low, high in own) for name, own in kept.items()}
        return shares, 1e-15 * len(self.stops), kept

    def why(self) -> str:
        """Return why the answer is exact."""
        return say("exact: all rest points are known, and between two of them a course runs one way")


# --------------------------------------------------------------------------- all others


@dataclass(frozen=True)
class Followed:
    """Fates found by following courses until they arrive."""

    analysis: Analysis
    field: Replicator
    goals: tuple[Destination, ...]
    centre: tuple[Array, int] | None

    @classmethod
    def of(cls, analysis: Analysis) -> Followed:
        """Prepare what is the same for all starts."""
        from separatrix.analysis.fields import field_of
        from separatrix.dynamics.replicator import replicator
        from separatrix.game.values import with_lets

        assert analysis.values is not None
        game = analysis.game
        exact = field_of(game, with_lets(game, analysis.values))
        goals = destinations(analysis, replicator(game, analysis.values), _linear(exact))
        return cls(analysis, replicator(game, analysis.values), tuple(goals), _centre(analysis, goals, exact))

    def names(self, starts: Array) -> Names:
        """Return the names of where starts (courses, n) end, ``undecided`` where that is open."""
        import numpy as np

        from separatrix.dynamics.settling import settle

        inside = ((starts > 0) & (starts < 1)).all(axis=1)
        names = [goal.name for goal in self.goals]
        if self.centre is not None:
            names.append(CYCLE_NAME)
        known = np.array([*names, "undecided"], dtype=f"U{LONGEST_NAME}")
        result = np.full(len(starts), "undecided", dtype=f"U{LONGEST_NAME}")
        if names and inside.any():
            codes = settle(self.field, starts[inside], self.goals, turning=self.centre)
            result[inside] = known[codes]
        return result

    def order(self) -> list[str]:
        """Return the names that may occur, in order."""
        from separatrix.dynamics.basins import order_of

        names = {goal.name for goal in self.goals} | {"undecided"}
        if self.centre is not None:
            names.add(CYCLE_NAME)
        return order_of(list(names), self.analysis)


def _linear(field: object) -> bool:
    """Whether all payoffs are linear in the shares of each population."""
    from separatrix.analysis.field import Field

    assert isinstance(field, Field)
    if field.rational_only:
        return False
    for row in field.payoffs:
        for payoff in row:
            for exponents in payoff.numerator.to_dict():
                by_owner: dict[int, int] = {}
                for owner, exponent in zip(field.owner, exponents, strict=True):
                    by_owner[owner] = by_owner.get(owner, 0) + int(exponent)
                if max(by_owner.values(), default=0) > 1:
                    return False
    return True


def _centre(analysis: Analysis, goals: Sequence[Destination], field: object) -> tuple[Array, int] | None:
    """Return the centre of one population of three strategies, round which each course that turns is closed.

    With linear payoffs there are no limit cycles and, beside a centre, no other mixed rest point (Zeeman,
    E. C. (1980), Population dynamics from game theory, Lecture Notes in Mathematics 819, 471-497).
    """
    import numpy as np

    if [len(p.strategies) for p in analysis.game.populations] != [3] or not _linear(field):
        return None
    for point in analysis.rest_points:
        if point.stability == "centre" and point.state is not None:
            return np.array(point.state), len(goals)
    return None
