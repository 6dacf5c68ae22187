"""The cheapest programme where costs or conditions are not affine in the levels, with a proven bound.

The box of levels is halved again and again.  In each part a linear programme bounds the cost from below:
every function lies under the planes that its slopes, enclosed in Arb's balls, allow from a corner; and
levels that satisfy all conditions with certainty bound it from above.  A part ends where its bound is no
better than what was found (X-Taylor relaxation: Araya, Trombettoni & Neveu 2012; Tawarmalani & Sahinidis
2002 for the search).

References
----------
Araya, I., Trombettoni, G. & Neveu, B. (2012). A contractor based on convex interval Taylor. CPAIOR, LNCS
7298, 1–16.
Tawarmalani, M. & Sahinidis, N. V. (2002). Convexification and global optimization in continuous and
mixed-integer nonlinear programming. Kluwer.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flint import fmpq

from separatrix.errors import InputError
from separatrix.exact.algebraic_numbers import rational
from separatrix.exact.linear_programming import CertifiedOptimum, minimum
from separatrix.policy.permanent.conditions import (
    Either,
    Enclosure,
    Interval,
    LevelConstraint,
    enclosure,
    sign_at,
)
from separatrix.policy.permanent.level_functions import LevelFunction
from separatrix.run.limits import poll

__all__ = ["GlobalAnswer", "global_answer"]

ZERO, ONE = fmpq(0), fmpq(1)

PRECISE = Fraction(1, 10**6)
"""How near both bounds of the cost come, relative to their size, before the search ends. Smaller: longer."""

MOST_PARTS = 2_000
"""Parts of the box. More: the bounds come nearer where they have not yet."""

POLISHED = 12
"""Parts from which the cheapest programme near by is looked for in floats. Fewer: the search ends later."""

NEXT_TO = Fraction(1, 10**5)
"""Of its range, by how much a level is moved in the end to be written in few digits, if all still holds."""

INSIDE = 1e-9
"""By how much, of its size, a solver of floats is to clear each condition, so that its answer holds for
certain."""

BESIDE = 1e-6
"""Of its range, how far from an end of a level a slope is taken that has no number there."""

NEXT_TO_NOTHING = Fraction(1, 10**9)
"""Of what the cost spans in the box, the least that a cost counts when bounds are compared: one of nothing
has no size of its own. Larger: small costs in a wide box are known less exactly; smaller: the search of a
least cost of 0 goes on until it has tried all its parts."""

UNBOUNDED = fmpq(-(10**300))
"""What stands for a bound where nothing bounds the cost from below."""

MOST_KNOWN = 500
"""Enclosures that are kept, since several steps ask for the same. Only the time depends on it."""

Box = tuple[Interval, ...]


@dataclass(frozen=True)
class GlobalAnswer:
    """Bounds of an infimum.

    Attributes
    ----------
    low : Fraction or None
        No programme costs less; None where nothing bounds the cost, and where no levels can satisfy all
        conditions, for certain.
    high : Fraction or None
        What the cheapest programme that was found costs; None where none was.
    point : tuple of Fraction or None
        That programme.
    parts : int
    bounded : bool
        Whether the search bounded the cost from below wherever levels can satisfy all conditions.
    """

    low: Fraction | None
    high: Fraction | None
    point: tuple[Fraction, ...] | None
    parts: int
    bounded: bool = True


@dataclass(order=True)
class _Part:
    """A part of the box, with the alternatives of each demand that are left: none where it holds "
    "throughout."""

    bound: fmpq
    number: int
    box: Box = field(compare=False)
    left: tuple[tuple[int, ...], ...] = field(compare=False)
    at: tuple[Fraction, ...] = field(compare=False)


def global_answer(
    levels: Sequence[str],
    box: Box,
    cost: LevelFunction,
    demands: Sequence[Either],
    margin: Fraction = Fraction(0),
    precise: Fraction = PRECISE,
) -> GlobalAnswer:
    """Return certain bounds of the least cost of levels in a box that satisfy all demands.

    Parameters
    ----------
    levels : sequence of str
    box : tuple of (low, high)
    cost : LevelFunction
    demands : sequence of Either
    margin : Fraction
        By how much strict conditions in the unit of payoffs are to be cleared.
    precise : Fraction
        How near the bounds shall come.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> from separatrix.sentences import say
    >>> cost = LevelFunction(parse_expression("s"), ("s",), ((Fraction(1),), Fraction(0)))
    >>> square = LevelFunction(parse_expression("s^2 - 2"), ("s",), None)
    >>> demand = ((LevelConstraint("gain", square, say("s is more than the root of 2")),),)
    >>> found = global_answer(["s"], ((Fraction(0), Fraction(2)),), cost, [demand])
    >>> found.low <= 2**0.5 <= found.high, float(found.high - found.low) < 1e-6
    (True, True)
    """
    return _Search(tuple(levels), cost, tuple(demands), margin, precise).run(box)


class _Search:
    def __init__(
        self,
        levels: tuple[str, ...],
        cost: LevelFunction,
        demands: tuple[Either, ...],
        margin: Fraction,
        precise: Fraction,
    ) -> None:
        self.levels, self.cost, self.demands = levels, cost, demands
        self.margin, self.precise = margin, precise
        self.high: Fraction | None = None
        self.point: tuple[Fraction, ...] | None = None
        self.heap: list[_Part] = []
        self.parts = 0
        self.lowest_of_ended: fmpq | None = None
        self.polished = self.chosen = 0
        self.due = 0
        self.whole: Box = ()
        self.least_size = Fraction(0)
        self.seen: set[tuple[Box, tuple[tuple[int, ...], ...]]] = set()
        self.known: dict[tuple[int, Box], Enclosure] = {}

    def run(self, box: Box) -> GlobalAnswer:
        self.whole = box
        spread = self._enclosed(self.cost, box)
        if spread.low is not None and spread.high is not None:
            self.least_size = NEXT_TO_NOTHING * _fraction(spread.high - spread.low)
        everything = tuple(tuple(range(len(either))) for either in self.demands)
        self._add(box, everything)
        while self.heap and self.parts < MOST_PARTS:
            poll()
            part = heapq.heappop(self.heap)
            if self._is_near_incumbent(part.bound):
                self._end(part.bound)
                continue
            self._split(part)
        self._tidy()
        bounds = [part.bound for part in self.heap]
        if self.lowest_of_ended is not None:
            bounds.append(self.lowest_of_ended)
        low = min(bounds, default=None)
        if low is not None and low <= UNBOUNDED:
            return GlobalAnswer(None, self.high, self.point, self.parts, bounded=False)
        least = None if low is None else _fraction(low)
        if self.high is not None:
            least = self.high if least is None else min(least, self.high)
        return GlobalAnswer(least, self.high, self.point, self.parts)

    def _is_near_incumbent(self, bound: fmpq) -> bool:
        """Whether a bound does not improve on the best point found, up to the tolerance of the search."""
        if self.high is None:
            return False
        return _fraction(bound) >= self.high - self._let_go(self.high)

    def _let_go(self, cost: Fraction) -> Fraction:
        """Return the difference of costs that the search does not look into."""
        return self.precise * max(abs(cost), self.least_size)

    def _end(self, bound: fmpq) -> None:
        if self.lowest_of_ended is None or bound < self.lowest_of_ended:
            self.lowest_of_ended = bound

    def _split(self, part: _Part) -> None:
        """Try what a part's linear programme proposes; then divide it by an alternative, or halve its box."""
        self._try(part.at)
        if all(len(ways) < 2 for ways in part.left) and (self.polished < POLISHED or self.parts >= self.due):
            self.due = self.parts + self.parts // 2
            self.polished += 1
            self._polish(part)
        self._try(tuple((low + high) / 2 for low, high in part.box))
        if self._is_near_incumbent(part.bound):
            self._end(part.bound)
            return
        several = [k for k, ways in enumerate(part.left) if len(ways) > 1]
        if several:  # only conditions of a chosen alternative bound the cost; first those that are not met
            k = min(several, key=lambda k: (self._met(k, part.left[k], part.at), len(part.left[k])))
            for a in part.left[k]:
                child = self._add(part.box, (*part.left[:k], (a,), *part.left[k + 1 :]), part.bound)
                if child is None or self.chosen >= POLISHED or any(len(ways) > 1 for ways in child.left):
                    continue
                # An alternative may be the cheapest, and wait long behind one whose bound is weak.
                self.chosen += 1
                self._polish(child)
            return
        k = self._widest(part)
        low, high = part.box[k]
        middle = (low + high) / 2
        for end in ((low, middle), (middle, high)):
            self._add((*part.box[:k], end, *part.box[k + 1 :]), part.left, part.bound)

    def _widest(self, part: _Part) -> int:
        """Return the widest of the levels whose width leaves the slopes of functions least certain."""
        spans = [high - low for low, high in part.box]
        weights = [Fraction(0)] * len(spans)
        functions = [c.function for c in self._conditions(part.left)]
        for function in (self.cost, *functions):
            if function.affine is not None:
                continue
            slopes = self._enclosed(function, part.box).slopes
            unit = self._range(function)
            for k, (span, slope) in enumerate(zip(spans, slopes, strict=True)):
                if not span:
                    continue
                if slope is None or not unit:
                    weights[k] += span / (self.whole[k][1] - self.whole[k][0])
                else:
                    weights[k] += span * _fraction(slope[1] - slope[0]) / unit
        most = max(weights)
        # Of those that count alike, none is left wide for ever.
        return max(
            (k for k in range(len(spans)) if 2 * weights[k] >= most and spans[k]),
            key=lambda k: spans[k] / (self.whole[k][1] - self.whole[k][0]),
            default=0,
        )

    def _range(self, function: LevelFunction) -> Fraction:
        """Return by how much a function varies in the whole box, its own unit; 0 where that is not known."""
        found = self._enclosed(function, self.whole)
        return Fraction(0) if found.low is None or found.high is None else _fraction(found.high - found.low)

    def _conditions(self, left: Sequence[Sequence[int]]) -> list[LevelConstraint]:
        return [
            c
            for either, ways in zip(self.demands, left, strict=True)
            if len(ways) == 1
            for c in either[ways[0]]
        ]

    def _add(self, box: Box, left: tuple[tuple[int, ...], ...], above: fmpq | None = None) -> _Part | None:
        """Keep a part with its bound, unless it is empty or no better than what was found."""
        self.parts += 1
        kept: list[tuple[int, ...]] = []
        for either, ways in zip(self.demands, left, strict=True):
            if not ways or any(all(self._certain(c, box) for c in either[a]) for a in ways):
                kept.append(())
                continue
            possible = tuple(a for a in ways if not any(self._impossible(c, box) for c in either[a]))
            if not possible:
                return None
            kept.append(possible)
        if (box, tuple(kept)) in self.seen:
            return None
        self.seen.add((box, tuple(kept)))
        found = self._relaxed(box, kept)
        if found is None:
            return None
        bound, at = found
        if above is not None and above > bound:
            bound = above
        if self._is_near_incumbent(bound):
            self._end(bound)
            return None
        part = _Part(bound, self.parts, box, tuple(kept), at)
        heapq.heappush(self.heap, part)
        return part

    def _impossible(self, condition: LevelConstraint, box: Box) -> bool:
        high = self._enclosed(condition.function, box).high
        if high is None:
            return False
        beyond = _fraction(high) - self._margin_of(condition)
        # A strict condition in the unit of payoffs is met with equality where it is cleared by a margin.
        return beyond < 0 or (beyond == 0 and condition.strict and not self._margin_of(condition))

    def _certain(self, condition: LevelConstraint, box: Box) -> bool:
        low = self._enclosed(condition.function, box).low
        if low is None:
            return False
        beyond = _fraction(low) - self._margin_of(condition)
        return beyond > 0 or (beyond == 0 and not condition.strict)

    def _margin_of(self, condition: LevelConstraint) -> Fraction:
        return self.margin if condition.strict and condition.in_payoffs else Fraction(0)

    def _enclosed(self, function: LevelFunction, box: Box) -> Enclosure:
        if function.affine is not None:
            slopes, constant = function.affine
            low = constant + sum(a * (u if a > 0 else v) for a, (u, v) in zip(slopes, box, strict=True))
            high = constant + sum(a * (v if a > 0 else u) for a, (u, v) in zip(slopes, box, strict=True))
            exact = tuple((rational(a), rational(a)) for a in slopes)
            return Enclosure(rational(low), rational(high), exact)
        key = (id(function), box)
        if key not in self.known:
            if len(self.known) > MOST_KNOWN:
                self.known.clear()
            self.known[key] = enclosure(function.expression, self.levels, box)
        return self.known[key]

    def _relaxed(self, box: Box, left: Sequence[Sequence[int]]) -> tuple[fmpq, tuple[Fraction, ...]] | None:
        """Return a lower bound of the cost in a box and where it is reached; None where the box is empty."""
        n = len(box)
        rows: list[tuple[list[fmpq], fmpq]] = []
        for condition in self._conditions(left):
            for slopes, constant in self._planes(condition.function, box, above=True):
                rows.append(([*slopes, ZERO], rational(self._margin_of(condition)) - constant))
        for slopes, constant in self._planes(self.cost, box, above=False):
            rows.append(([*(-s for s in slopes), ONE], constant))
        low = [rational(a) for a, _ in box]
        high = [rational(b) for _, b in box]
        floor = self._enclosed(self.cost, box).low
        if floor is None:
            floor = UNBOUNDED
        found = minimum([ZERO] * n + [ONE], rows, [*low, floor], [*high, None])
        if not isinstance(found, CertifiedOptimum):
            return None
        return found.value, tuple(_fraction(v) for v in found.x[:n])

    def _planes(self, function: LevelFunction, box: Box, above: bool) -> list[tuple[list[fmpq], fmpq]]:
        """Return planes that a function lies under, or over, in a box: from two opposite corners."""
        if function.affine is not None:
            slopes, constant = function.affine
            return [([rational(a) for a in slopes], rational(constant))]
        found = self._enclosed(function, box)
        planes = []
        for side in (0, 1):
            # A level by which nothing bounds the slope stays free: the plane is level there.
            corner = tuple(
                ends if slope is None else (ends[side], ends[side])
                for ends, slope in zip(box, found.slopes, strict=True)
            )
            there = self._enclosed(function, corner)
            value = there.high if above else there.low
            if value is None:
                continue
            steepest = above == (side == 0)
            told = [ZERO if slope is None else slope[steepest] for slope in found.slopes]
            height = value - sum((s * rational(c[0]) for s, c in zip(told, corner, strict=True)), ZERO)
            planes.append((told, height))
        return planes

    def _met(self, k: int, ways: Sequence[int], point: Sequence[Fraction]) -> bool:
        return any(all(self._holds(c, point) for c in self.demands[k][a]) for a in ways)

    def _holds(self, condition: LevelConstraint, point: Sequence[Fraction]) -> bool:
        """Whether levels satisfy a condition, for certain."""
        least = self._margin_of(condition)
        if condition.function.affine is not None:
            value = condition.function.at(point) - least
            return value > 0 or (value == 0 and (not condition.strict or least > 0))
        if not least:
            sign = sign_at(condition.function.expression, self.levels, point)
            return sign is not None and (sign > 0 or (sign == 0 and not condition.strict))
        try:
            return condition.function.at(point) >= least
        except (InputError, KeyError):  # no rational number, or a function that has none
            low = enclosure(condition.function.expression, self.levels, [(u, u) for u in point]).low
            return low is not None and _fraction(low) >= least

    def _try(self, point: Sequence[Fraction]) -> None:
        """Take levels as the best so far if they are cheaper and satisfy everything for certain."""
        value = self._cost_at(point)
        if value is None or (self.high is not None and value >= self.high):
            return
        if self._holds_all(point):
            self.high, self.point = value, tuple(point)

    def _polish(self, part: _Part) -> None:
        """Look for the cheapest programme near by, in floats; what is found counts if it holds for "
        "certain."""
        import numpy as np
        from scipy.optimize import minimize

        conditions = self._conditions(part.left)

        # Levels are measured by the part's box, and values by their size in it: a solver's own tolerances
        # are absolute.
        start = np.array([float(low) for low, _ in part.box])
        span = np.array([float(high - low) for low, high in part.box])

        def valued(function: LevelFunction, less: float = 0.0) -> tuple[Callable[[Any], float], Any]:
            size = self._size(function, part) or 1.0
            return (
                lambda u: (self._rounded(function, start + u * span)[0] - less) / size,
                lambda u: slopes_at(function, u) * span / size,
            )

        def slopes_at(function: LevelFunction, u: Any) -> Any:
            found = np.array(self._rounded(function, start + u * span)[1])
            if np.isfinite(found).all():
                return found
            # A root is steeper than any number at its end.
            beside = start + np.clip(u, BESIDE, 1 - BESIDE) * span
            return np.nan_to_num(self._rounded(function, beside)[1])

        constraints: list[Any] = []
        for c in conditions:
            value, slope = valued(c.function, float(self._margin_of(c)))
            constraints.append({"type": "ineq", "fun": lambda u, f=value: f(u) - INSIDE, "jac": slope})
        cost, cost_slope = valued(self.cost)
        first = [
            float((v - low) / (high - low)) if high > low else 0.0
            for v, (low, high) in zip(part.at, part.box, strict=True)
        ]
        with np.errstate(all="ignore"):
            found = minimize(
                cost,
                first,
                jac=cost_slope,
                bounds=[(0.0, 1.0 if high > low else 0.0) for low, high in part.box],
                constraints=constraints,
                method="SLSQP",
                options={"maxiter": 60, "ftol": 1e-13},
            )
        if found.x is not None and np.isfinite(found.x).all():
            point = [
                min(max(Fraction(v), a), b)
                for v, (a, b) in zip((start + found.x * span).tolist(), part.box, strict=True)
            ]
            self._try(point)

    def _size(self, function: LevelFunction, part: _Part) -> float:
        """Return how large a function is in a part: its values at some levels, and what it rises between."""
        sizes = [0.0]
        middle = tuple((low + high) / 2 for low, high in part.box)
        for point in (*zip(*part.box, strict=True), middle, part.at):
            value, slopes = self._rounded(function, [float(v) for v in point])
            rises = [slope * float(high - low) for slope, (low, high) in zip(slopes, part.box, strict=True)]
            sizes += [abs(v) for v in (value, *rises) if math.isfinite(v)]
        return max(sizes)

    def _rounded(self, function: LevelFunction, point: Sequence[float]) -> tuple[float, list[float]]:
        """Return a value and its slopes as floats; not a number where they are not known."""
        box = tuple((Fraction(v), Fraction(v)) for v in map(float, point) if v == v)
        if len(box) < len(self.levels):
            return float("nan"), [float("nan")] * len(self.levels)
        found = self._enclosed(function, box)
        low = float("nan") if found.low is None else _float(found.low)
        return low, [float("nan") if s is None else _float(s[0]) for s in found.slopes]

    def _tidy(self) -> None:
        """Write levels in few digits where that costs next to nothing and all still holds, best an end."""
        if self.point is None or self.high is None:
            return
        allowed = self.high + self._let_go(self.high) / 10
        used = sorted(
            range(len(self.whole)), key=lambda k: -abs(self.point[k] - self.whole[k][0]) if self.point else 0
        )
        for ends in (False, True):  # first what is used most makes room, then the rest may be left out
            for k in used:
                low, high = self.whole[k]
                step = (high - low) * NEXT_TO
                if not step:
                    continue
                place = math.floor((self.point[k] - low) / step)
                for end in (low, high) if ends else (low + (place + 1) * step, low + place * step):
                    moved = (*self.point[:k], end, *self.point[k + 1 :])
                    value = None if abs(self.point[k] - end) > step else self._cost_at(moved)
                    if value is not None and value <= allowed and self._holds_all(moved):
                        self.high, self.point = value, moved
                        break

    def _holds_all(self, point: Sequence[Fraction]) -> bool:
        return all(self._met(k, range(len(either)), point) for k, either in enumerate(self.demands))

    def _cost_at(self, point: Sequence[Fraction]) -> Fraction | None:
        if self.cost.affine is not None:
            return self.cost.at(point)
        high = enclosure(self.cost.expression, self.levels, [(u, u) for u in point]).high
        return None if high is None else _fraction(high)


def _float(value: fmpq) -> float:
    """Return a number as a float, infinite where it is too large for one."""
    try:
        return float(_fraction(value))
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))
