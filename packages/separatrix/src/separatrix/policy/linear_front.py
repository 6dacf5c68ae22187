"""The exact front of permanent programmes at the target, where payoffs, costs and emissions there are affine.

Levels at which the target is a strict Nash state form a polytope without some of its facets; with two
objectives that are affine in the levels the non-dominated points of its closure are a chain of edges, whose
corners are found one between two others, exactly in rationals.

Aneja, Y. P. and Nair, K. P. K. (1979), Bicriteria transportation problem, Management Science 25, 73-78.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq

from separatrix.exact.algebraic_numbers import rational
from separatrix.exact.copositivity import maximise
from separatrix.game.instruments import instruments_of
from separatrix.policy.objectives import payoff_weight
from separatrix.policy.permanent.level_functions import (
    LevelFunction,
    LevelFunctions,
    level_functions,
)
from separatrix.policy.uncertain_programmes import ProgrammeCase

__all__ = ["FrontCorner", "LinearFront", "linear_front"]

Affine = tuple[tuple[Fraction, ...], Fraction]

SENSE = {"public_cost": 1, "enterprise_cost": 1, "welfare": -1, "tonnes_avoided": 1}
"""Whether less (1) or more (-1) is better, of what flows per unit of time at the target; of emissions avoided
it is the emissions that count."""


@dataclass(frozen=True)
class FrontCorner:
    """A corner of the front.

    Attributes
    ----------
    levels : mapping of instrument to Fraction
    values : two Fractions
        Of both objectives, per unit of time at the target.
    attained : bool
        Whether the target is a strict Nash state there; else levels that come as near as one likes make it
        one, and this corner is an infimum.
    """

    levels: Mapping[str, Fraction]
    values: tuple[Fraction, Fraction]
    attained: bool


@dataclass(frozen=True)
class LinearFront:
    """The front: a chain of edges between these corners, or a single corner.

    Attributes
    ----------
    objectives : two names
        ``tonnes_avoided`` stands for emissions at the target.
    corners : tuple of FrontCorner
        From the least of the first objective on.
    """

    objectives: tuple[str, str]
    corners: tuple[FrontCorner, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the front as plain data."""
        names = ["emissions" if name == "tonnes_avoided" else name for name in self.objectives]
        return {
            "kind": "exact",
            "objectives": names,
            "corners": [
                {
                    "levels": {name: float(v) for name, v in corner.levels.items()},
                    "levels_exact": {name: str(v) for name, v in corner.levels.items()},
                    **{name: float(v) for name, v in zip(names, corner.values, strict=True)},
                    "exact": {name: str(v) for name, v in zip(names, corner.values, strict=True)},
                    "attained": corner.attained,
                }
                for corner in self.corners
            ],
        }


def linear_front(case: ProgrammeCase, objectives: Sequence[str]) -> LinearFront | None:
    """Return the exact front by the first two objectives that flow at the target; None where it has none.

    Parameters
    ----------
    case : ProgrammeCase
        At its baseline values.
    objectives : sequence of str

    Returns
    -------
    LinearFront or None
        None where something is not affine in the levels, where levels have no limits and the front no end, or
        where no level makes the target a strict Nash state.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> from separatrix.policy.uncertain_programmes import programme_case
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [["4 - C", "1 - C"], [2, 2]],
    ...         "parameters": {"C": 3},
    ...         "today": {"x": 0.5},
    ...         "instruments": {
    ...             "grant": {"range": [0, 1], "changes": {"C": "C - grant"}, "cost": {"public": "grant*x"}},
    ...             "fee": {"range": [0, 1], "changes": {"C": "C - 2*fee"}, "cost": {"enterprises": "3*fee"}},
    ...         },
    ...     }
    ... )
    >>> front = linear_front(programme_case(game, uncertain=False), ["public_cost", "enterprise_cost"])
    >>> [(dict(corner.levels), corner.values[0], corner.attained) for corner in front.corners][1]
    ({'grant': Fraction(1, 1), 'fee': Fraction(0, 1)}, Fraction(1, 1), False)
    """
    names = [name for name in objectives if name in SENSE][:2]
    if len(names) < 2:
        return None
    known = {n: v for n, v in case.uncertainty.base.items() if n not in case.names}
    functions = level_functions(case.game, case.names, known)
    gains = [functions.gain(deviation).affine for deviation in functions.deviations(case.profile)]
    wanted = [_affine(functions, case, name) for name in names]
    if any(own is None for own in (*gains, *wanted)):
        return None
    signed = [
        (tuple(SENSE[n] * slope for slope in own[0]), SENSE[n] * own[1])
        for n, own in zip(names, wanted, strict=True)
        if own is not None
    ]
    programme = _Programme(case, [g for g in gains if g is not None], (signed[0], signed[1]))
    points = programme.chain()
    if points is None:
        return None
    corners = tuple(
        FrontCorner(
            dict(zip(case.names, point, strict=True)),
            (
                SENSE[names[0]] * affine_value(signed[0], point),
                SENSE[names[1]] * affine_value(signed[1], point),
            ),
            attained,
        )
        for point, attained in map(programme.attaining, points)
    )
    return LinearFront((names[0], names[1]), corners)


def _affine(functions: LevelFunctions, case: ProgrammeCase, name: str) -> Affine | None:
    """Return what flows at the target as an affine function of the levels; None where it is not."""
    state = functions.corner(case.profile)
    costs = functions.costs(state)
    parts: list[tuple[Fraction | int, LevelFunction | None]]
    if name == "welfare":
        paid = costs.get("public")
        weight = payoff_weight(case)
        if weight is None:
            return None
        parts = [
            (Fraction(repr(weight)), functions.payoff(case.profile, i)) for i in range(len(case.profile))
        ]
        parts += [] if paid is None else [(-1, paid)]
    elif name == "tonnes_avoided":
        parts = [(1, functions.emissions(state))]
    else:
        parts = [(1, costs.get("public" if name == "public_cost" else "enterprises"))]
    slopes, constant = [Fraction(0)] * len(case.names), Fraction(0)
    for sign, part in parts:
        if part is None or part.affine is None:
            return None
        slopes = [s + sign * own for s, own in zip(slopes, part.affine[0], strict=True)]
        constant += sign * part.affine[1]
    return tuple(slopes), constant


def affine_value(function: Affine, point: Sequence[Fraction]) -> Fraction:
    """Return the value of an affine function."""
    return sum((s * u for s, u in zip(function[0], point, strict=True)), function[1])


class _Programme:
    """Linear programmes over the levels at which the target is a Nash state, in rationals."""

    def __init__(
        self, case: ProgrammeCase, gains: Sequence[Affine], objectives: tuple[Affine, Affine]
    ) -> None:
        self.objectives = objectives
        self.gains = gains
        self.low: list[Fraction] = []
        self.rows: list[tuple[list[fmpq], fmpq]] = []
        self.bounded = True
        chosen = instruments_of(case.game, case.names)
        for k, instrument in enumerate(chosen):
            if instrument.range is None:
                self.bounded = False
                continue
            self.low.append(instrument.range[0])
            unit = [fmpq(int(j == k)) for j in range(len(chosen))]
            self.rows.append((unit, rational(instrument.range[1] - instrument.range[0])))
        if self.bounded:
            for gain in gains:
                self.rows.append(([-rational(s) for s in gain[0]], rational(affine_value(gain, self.low))))

    def minimize(
        self, function: Affine, held: Sequence[tuple[Affine, Fraction]] = ()
    ) -> tuple[Fraction, ...] | None:
        """Return levels at which a function is least while others have given values."""
        equal = [
            ([rational(s) for s in own[0]], rational(value - affine_value(own, self.low)))
            for own, value in held
        ]
        found = maximise([-rational(s) for s in function[0]], self.rows, equal)
        if found is None or found.value is None:
            return None
        return tuple(low + Fraction(int(x.p), int(x.q)) for low, x in zip(self.low, found.x, strict=True))

    def roomiest(self, held: Sequence[tuple[Affine, Fraction]] = ()) -> tuple[Fraction, ...] | None:
        """Return levels that make the target a strict Nash state while others have given values; None where
        none do."""
        widened = [([*row, fmpq(0)], most) for row, most in self.rows]
        count = len(self.gains)
        for k in range(count):  # every gain is at least the last column, which is as large as it can be
            row, _ = widened[len(widened) - count + k]
            row[-1] = fmpq(1)
        width = len(self.low)
        room = [fmpq(int(j == width)) for j in range(width + 1)]
        equal = [
            ([*(rational(s) for s in own[0]), fmpq(0)], rational(value - affine_value(own, self.low)))
            for own, value in held
        ]
        # One unit of room is as good as any: without a bound a target that nobody can leave has no best.
        found = maximise(room, [*widened, (room, fmpq(1))], equal)
        if found is None or not found.value:
            return None
        return tuple(
            low + Fraction(int(x.p), int(x.q)) for low, x in zip(self.low, found.x[:width], strict=True)
        )

    def attaining(self, point: tuple[Fraction, ...]) -> tuple[tuple[Fraction, ...], bool]:
        """Return levels with the values of a point that make the target strict; the point where none do."""
        if all(affine_value(gain, point) > 0 for gain in self.gains):
            return point, True
        own = self.roomiest([(o, affine_value(o, point)) for o in self.objectives])
        return (point, False) if own is None else (own, True)

    def chain(self) -> list[tuple[Fraction, ...]] | None:
        """Return the corners of the front, from the least of the first objective on."""
        if not self.bounded or self.roomiest() is None:
            return None
        first, second = self.objectives
        ends = []
        for one, other in ((first, second), (second, first)):
            best = self.minimize(one)
            end = None if best is None else self.minimize(other, [(one, affine_value(one, best))])
            if end is None:
                return None
            ends.append(end)
        if self._value(ends[0]) == self._value(ends[1]):
            return [ends[0]]
        return [ends[0], *self._corners_between(ends[0], ends[1]), ends[1]]

    def _value(self, point: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
        return affine_value(self.objectives[0], point), affine_value(self.objectives[1], point)

    def _corners_between(
        self, left: tuple[Fraction, ...], right: tuple[Fraction, ...]
    ) -> list[tuple[Fraction, ...]]:
        """Return the corners between two points of the front; the first is farthest from their line."""
        (a, b), (c, d) = self._value(left), self._value(right)
        weights = (b - d, c - a)
        function = (
            tuple(
                weights[0] * p + weights[1] * q
                for p, q in zip(self.objectives[0][0], self.objectives[1][0], strict=True)
            ),
            weights[0] * self.objectives[0][1] + weights[1] * self.objectives[1][1],
        )
        found = self.minimize(function)
        if found is None or affine_value(function, found) >= affine_value(function, left):
            return []
        return [*self._corners_between(left, found), found, *self._corners_between(found, right)]
