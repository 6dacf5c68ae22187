"""Permanent programmes of random games, held to linear programmes and direct searches of their own.

Payoffs, costs and conditions are written down twice: as the text of a game in the units of some scale, and
here as arrays without units, so that nothing of what is tested decides what is right.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

import separatrix
from separatrix.policy.permanent.programme import permanent_programme
from separatrix.policy.permanent.results import PermanentProgramme
from thinning import thinned

Array = NDArray[np.float64]
SCALES = (-9, -6, -3, 0, 3, 6, 9)
NAMES = ("u", "v", "w")
CLOSE = 1e-9
"""Rounding of the searches here, of numbers of size one."""
NEAR = 2e-6
"""How near bounds of a search are, relative to the cost, for the infimum to count as proven."""


@dataclass(frozen=True)
class Term:
    """What levels do: a product of powers of levels, times a number."""

    factor: float
    powers: tuple[float, ...]

    @property
    def affine(self) -> bool:
        """Whether it is a number, or one level."""
        return sum(self.powers) in (0, 1) and all(p in (0, 1) for p in self.powers)

    def at(self, levels: Array) -> Array:
        """Return its values at levels (..., n)."""
        return np.asarray(self.factor * np.prod(levels ** np.array(self.powers), axis=-1))

    def written(self, scale: int, above: int) -> str:
        """Return it in units: levels are larger by one power of ten, what they give by another."""
        parts = [
            f"sqrt({name})" if power == 0.5 else f"{name}^{int(power)}"
            for name, power in zip(NAMES, self.powers, strict=False)
            if power
        ]
        tens = above - scale * sum(self.powers)
        if tens != int(tens):  # half a power of ten beside a root
            parts.append("sqrt(10)")
            tens -= 0.5
        parts.append(f"10^{int(tens)}" if tens >= 0 else f"1/10^{int(-tens)}")
        return f"({self.factor})*" + "*".join(parts)


Terms = tuple[Term, ...]


def total(terms: Terms, levels: Array) -> Array:
    """Return the sum of terms at levels (..., n)."""
    return np.asarray(sum((t.at(levels) for t in terms), np.zeros(levels.shape[:-1])))


Row = Callable[[Array], Array]
"""A condition: its values at levels (..., n) are above 0 where it holds."""


@dataclass(frozen=True)
class Case:
    """A random question, in numbers without units.

    Attributes
    ----------
    sizes : tuple of int
        Strategies of each population.
    payoffs : mapping of (population, profile) to Terms
        Of one population: of (strategy, opponent's strategy).
    highest : tuple of float
        The ends of the ranges of levels, which begin at 0.
    cost : Terms
    require : str
    today : tuple of float
    """

    sizes: tuple[int, ...]
    payoffs: dict[tuple[int, tuple[int, ...]], Terms]
    highest: tuple[float, ...]
    cost: Terms
    require: str
    today: tuple[float, ...]

    @property
    def alone(self) -> bool:
        """Whether one population plays itself."""
        return len(self.sizes) == 1

    @property
    def affine(self) -> bool:
        """Whether all is affine in the levels."""
        curved = self.require == "basin" and self.sizes == (2, 2)
        return not curved and all(t.affine for terms in (self.cost, *self.payoffs.values()) for t in terms)

    def payoff(self, i: int, profile: tuple[int, ...], own: int) -> Row:
        """Return what a population earns by a strategy where the others play a profile."""
        key = (own, profile[0]) if self.alone else (*profile[:i], own, *profile[i + 1 :])
        return lambda levels: total(self.payoffs[i, key], levels)

    def gain(self, i: int, profile: tuple[int, ...], own: int, other: int) -> Row:
        """Return what a population earns by one strategy above another."""
        one, two = self.payoff(i, profile, own), self.payoff(i, profile, other)
        return lambda levels: one(levels) - two(levels)

    def clauses(self) -> list[list[list[Row]]]:
        """Return demands: each holds where all rows of one of its alternatives do; but for curved basins."""
        target = (0,) * len(self.sizes)
        others = [(i, a) for i, size in enumerate(self.sizes) for a in range(1, size)]
        result = [[[self.gain(i, target, 0, a)]] for i, a in others]
        profiles = list(itertools.product(*map(range, self.sizes)))
        if self.require == "only-stable":
            for profile in profiles[1:]:
                result.append(
                    [
                        [self.gain(i, profile, a, profile[i])]
                        for i, size in enumerate(self.sizes)
                        for a in range(size)
                        if a != profile[i]
                    ]
                )
        if self.require == "only-outcome":
            ways = []
            for order in itertools.permutations(range(len(self.sizes))):
                rows = []
                for place, i in enumerate(order):
                    for profile in profiles:
                        if all(profile[j] == 0 for j in order[:place]):
                            rows += [self.gain(i, profile, 0, a) for a in range(1, self.sizes[i])]
                ways.append(rows)
            result.append(ways)
        if self.require == "selected":  # the sum of what is gained at every number of imitators, Fermi
            size = 100

            def summed(levels: Array) -> Array:
                (a, b), (c, d) = ([total(self.payoffs[0, (i, j)], levels) for j in (0, 1)] for i in (0, 1))
                whole = np.zeros(levels.shape[:-1])
                for k in range(1, size):
                    whole += ((k - 1) * a + (size - k) * b - k * c - (size - k - 1) * d) / (size - 1)
                return whole / size

            result.append([[summed]])
        if self.require == "basin" and self.sizes == (2,):
            (x,) = self.today
            one, two = self.gain(0, (0,), 0, 1), self.gain(0, (1,), 0, 1)
            result.append([[lambda levels: x * one(levels) + (1 - x) * two(levels)]])
        return result

    def slack(self, levels: Array) -> Array:
        """Return by how much levels (..., n) satisfy all; above 0 where they do."""
        result = np.full(levels.shape[:-1], np.inf)
        for ways in self.clauses():
            each = [np.min([row(levels) for row in rows], axis=0) for rows in ways]
            result = np.asarray(np.minimum(result, np.max(each, axis=0)))
        if self.require == "basin" and self.sizes == (2, 2):
            good = result > 0
            result[good] = np.where(self.arrives(levels[good]), result[good], -1.0)
        return result

    def arrives(self, levels: Array) -> NDArray[np.bool_]:
        """Return where today's state converges to a strict target, at levels (m, n).

        A party that gains whatever the others play comes to the target, and then carries the other one with
        it.  Where neither does so, both have a share of the others at which they turn, and today's state is
        followed until both gain, or both lose: each of these lasts for ever.
        """
        near = [self.gain(0, (0, 0), 0, 1)(levels), self.gain(1, (0, 0), 0, 1)(levels)]
        alone = [self.gain(0, (0, 1), 0, 1)(levels), self.gain(1, (1, 0), 0, 1)(levels)]
        comes = (near[0] > 0) & (near[1] > 0)
        turns = comes & (alone[0] < 0) & (alone[1] < 0)
        comes[turns] = followed([n[turns] for n in near], [a[turns] for a in alone], self.today)
        return np.asarray(comes)

    def game(self, scale: int, rate: int) -> separatrix.Game:
        """Return the game with payoffs and levels times 10^scale, and costs times 10^rate beside."""

        def text(terms: Terms) -> str:
            written = " + ".join(t.written(scale, scale) for t in terms)
            for name, parameter in zip(NAMES, "pqr", strict=True):
                written = written.replace(f"*{name}^", f"*{parameter}^").replace(
                    f"sqrt({name})", f"sqrt({parameter})"
                )
            return written

        cost = " + ".join(t.written(scale, scale + rate) for t in self.cost) or "0"
        model: dict[str, Any] = {
            "title": "A random question",
            "parameters": dict.fromkeys("pqr", 0),
            "instruments": {
                name: {
                    "range": [0, f"{end}*10^{scale}" if scale >= 0 else f"{end}/10^{-scale}"],
                    "changes": {parameter: f"{parameter} + {name}"},
                    "cost": cost if k == 0 else "0",
                }
                for k, (name, parameter, end) in enumerate(zip(NAMES, "pqr", self.highest, strict=False))
            },
        }
        profiles = itertools.product(*map(range, self.sizes))
        if self.alone:
            size = range(self.sizes[0])
            model["payoff_matrix"] = [[text(self.payoffs[0, (a, b)]) for b in size] for a in size]
            if self.sizes == (2,):
                model["today"] = {"x": self.today[0]}
        else:
            model["populations"] = [
                {"name": "ABC"[i], "share": "xyz"[i], "strategies": [f"s{a}" for a in range(size)]}
                for i, size in enumerate(self.sizes)
            ]
            model["payoffs"] = [
                {
                    "play": [f"s{a}" for a in profile],
                    "pay": [text(self.payoffs[i, profile]) for i in range(len(self.sizes))],
                }
                for profile in profiles
            ]
            if set(self.sizes) == {2}:
                model["today"] = dict(zip("xyz", self.today, strict=False))
        return separatrix.load(model)


def random_case(seed: int) -> Case:
    """Return a question; in half of them effects and costs are curved."""
    rng = random.Random(seed)
    sizes = rng.choice([(2,), (2,), (3,), (4,), (2, 2), (2, 2), (2, 3), (3, 3), (4, 2), (2, 2, 2), (2, 3, 2)])
    count = rng.randint(1, 3)
    curved = rng.random() < 0.5

    def number(low: float, high: float) -> float:
        return round(rng.uniform(low, high), 2)

    def alone(k: int, power: float = 1) -> tuple[float, ...]:
        return tuple(power if j == k else 0 for j in range(count))

    def effect(k: int) -> Term:
        if curved and rng.random() < 0.4:
            if count > 1 and rng.random() < 0.5:
                other = rng.choice([j for j in range(count) if j != k])
                both = tuple(1 if j in (k, other) else 0 for j in range(count))
                return Term(number(0.1, 0.6), both)
            return Term(number(0.1, 1), alone(k, rng.choice((2, 0.5))))
        return Term(number(0.2, 1.2), alone(k))

    payoffs: dict[tuple[int, tuple[int, ...]], Terms] = {}
    if len(sizes) == 1:
        keys = [(0, pair) for pair in itertools.product(range(sizes[0]), repeat=2)]
    else:
        keys = [(i, p) for p in itertools.product(*map(range, sizes)) for i in range(len(sizes))]
    none = (0,) * count
    for i, profile in keys:
        own = profile[0] if len(sizes) == 1 else profile[i]
        terms = [Term(number(-2, 2), none)]
        if own == 0:
            terms += [effect(k) for k in range(count) if rng.random() < 0.8]
        elif rng.random() < 0.2:
            terms.append(Term(number(-0.4, 0.2), alone(rng.randrange(count))))
        payoffs[i, profile] = tuple(terms)
    cost = []
    for k in range(count):
        shape = rng.random() if curved else 0
        if shape < 0.5:
            cost.append(Term(number(0.2, 2), alone(k)))
        elif shape < 0.8:
            cost += [Term(number(0.1, 1), alone(k, 2)), Term(number(0, 0.5), alone(k))]
        else:
            cost += [Term(number(0.5, 2), alone(k)), Term(-number(0.01, 0.1), alone(k, 2))]
    requirements = ["", "", "only-stable", "only-outcome"]
    if sizes in ((2,), (2, 2)):
        requirements += ["basin", "basin"]
    if sizes == (2,):
        requirements.append("selected")
    highest = tuple(number(2, 6) for _ in range(count))
    today = tuple(number(0.1, 0.6) for _ in sizes)
    return Case(sizes, payoffs, highest, tuple(cost), rng.choice(requirements), today)


def followed(near: list[Array], alone: list[Array], today: Sequence[float]) -> NDArray[np.bool_]:
    """Return where a start comes to the corner of a square at which both parties gain, and not to the other.

    In log-odds one share rises and the other falls along the way, so that the way to the lines at which
    parties turn is no longer than both distances: it is followed by its length, in steps of Runge and Kutta
    that shrink with the distance to the saddle, at which the lines cross and speeds vanish.  What has not
    decided in the end lies on the separatrix, but for rounding, and does not count as coming.
    """
    saddle = [np.log(-alone[1 - i] / near[1 - i]) for i in (0, 1)]
    state = [np.full(near[0].shape, np.log(share / (1 - share))) for share in today]
    whole = np.abs(state[0] - saddle[0]) + np.abs(state[1] - saddle[1])

    def speed(at: list[Array]) -> list[Array]:
        shares = [1 / (1 + np.exp(-v)) for v in at]
        return [shares[1 - i] * near[i] + (1 - shares[1 - i]) * alone[i] for i in (0, 1)]

    def direction(at: list[Array]) -> list[Array]:
        one, two = speed(at)
        length = np.hypot(one, two)
        length = np.where(length > 0, length, 1.0)
        return [one / length, two / length]

    def moved(by: Array, along: list[Array]) -> list[Array]:
        return [s + by * d for s, d in zip(state, along, strict=True)]

    for _ in range(1_000):
        one, two = speed(state)
        open_ = (one > 0) != (two > 0)
        if not open_.any():
            break
        far = np.hypot(state[0] - saddle[0], state[1] - saddle[1])
        step = np.where(open_, np.minimum(whole / 200, far / 8), 0.0)
        k1 = direction(state)
        k2 = direction(moved(step / 2, k1))
        k3 = direction(moved(step / 2, k2))
        k4 = direction(moved(step, k3))
        state = moved(step / 6, [a + 2 * b + 2 * c + d for a, b, c, d in zip(k1, k2, k3, k4, strict=True)])
    one, two = speed(state)
    return np.asarray((one > 0) & (two > 0))


def least_affine(case: Case) -> float | None:
    """Return the least cost of the closure, from a tree of linear programmes; None where it is empty.

    What only ties everywhere counts as empty as well: each row is to be cleared by next to nothing.
    """
    n = len(case.highest)
    points = np.vstack([np.zeros(n), np.eye(n)])

    def affine(row: Row) -> tuple[Array, float]:
        values = row(points)
        return values[1:] - values[0], float(values[0])

    slopes, constant = affine(lambda levels: total(case.cost, levels))
    clauses = [[[affine(row) for row in rows] for rows in ways] for ways in case.clauses()]
    best: list[float] = []

    def go(rows: list[tuple[Array, float]], rest: Sequence[list[list[tuple[Array, float]]]]) -> None:
        left, right = [-s for s, _ in rows] or [np.zeros(n)], [c - 1e-10 for _, c in rows] or [0.0]
        found = linprog(slopes, A_ub=np.array(left), b_ub=right, bounds=[(0, h) for h in case.highest])
        if found.status != 0 or (best and found.fun >= min(best)):
            return
        for k, ways in enumerate(rest):
            if not any(all(s @ found.x + c >= 0 for s, c in way) for way in ways):
                for way in ways:
                    go([*rows, *way], [*rest[:k], *rest[k + 1 :]])
                return
        best.append(float(found.fun))

    single = [row for ways in clauses if len(ways) == 1 for row in ways[0]]
    go(single, [ways for ways in clauses if len(ways) > 1])
    return min(best) + constant if best else None


def least_searched(case: Case) -> float | None:
    """Return what the cheapest programme costs that a grid and ever finer ones around its best one see."""
    n = len(case.highest)
    steps = {1: 2_001, 2: 81, 3: 25}[n]
    low, high = np.zeros(n), np.array(case.highest)
    best, place = np.inf, None
    for turn in range(16):
        axes = [np.linspace(a, b, steps if turn == 0 else 9) for a, b in zip(low, high, strict=True)]
        points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, n)
        costs = total(case.cost, points)
        points, costs = points[costs < best], costs[costs < best]
        if len(points):
            good = case.slack(points) > CLOSE
            if good.any():
                row = int(np.where(good, costs, np.inf).argmin())
                best, place = float(costs[row]), points[row]
        if place is None:
            return None
        width = (high - low) * (1.5 / steps if turn == 0 else 0.3)
        low, high = np.maximum(place - width, 0), np.minimum(place + width, case.highest)
    return best


def answered(case: Case, scale: int, rate: int) -> PermanentProgramme:
    """Return the program's answer."""
    require = [case.require] if case.require else []
    return permanent_programme(case.game(scale, rate), require=require)


def levels_of(case: Case, found: dict[str, Any], scale: int) -> Array:
    """Return levels without units."""
    return np.array([float(found[name]) / 10.0**scale for name in NAMES[: len(case.highest)]])


def hold(seed: int, scale: int, rate: int) -> str:
    """Hold one answer to the searches here; return whether it was proven, and what kind it is."""
    case = random_case(seed)
    found = answered(case, scale, rate)
    unit = 10.0 ** (scale + rate)
    best = least_affine(case) if case.affine else least_searched(case)
    if found.verdict == "undecided":
        return "undecided"
    if found.verdict == "unreachable":
        assert best is None
        return "proven"
    if found.verdict == "already":
        assert case.slack(np.zeros(len(case.highest))) > -CLOSE
        if found.infimum is not None:
            assert best is None or best >= float(found.infimum) / unit - CLOSE
        return "proven"
    assert found.infimum is not None and found.bounds is not None and found.limit is not None
    infimum = float(found.infimum) / unit
    low = found.bounds[0] / unit
    size = max(abs(infimum), 1e-6)
    limit = levels_of(case, dict(found.limit.levels), scale)
    assert abs(float(total(case.cost, limit)) - infimum) <= 1e-9 * size
    curved_basin = case.require == "basin" and case.sizes == (2, 2)
    if not curved_basin:  # else it lies on the separatrix, which rounding cannot tell
        assert case.slack(limit) >= -1e-8
    if found.recommended is not None:
        levels = levels_of(case, dict(found.recommended.levels), scale)
        assert case.slack(levels) > 0
        assert float(found.recommended.total) >= float(found.infimum)
    proven = infimum - low <= NEAR * size
    if best is not None:
        assert best >= low - 1e-8 * size, "a programme costs less than the bound"
        if proven:
            assert best >= infimum - 2 * NEAR * size, "a programme costs less than the infimum"
    if case.affine:
        assert proven and found.bounds[0] == found.bounds[1]
        assert best is not None and abs(best - infimum) <= 1e-7 * max(size, 1)
    return "proven" if proven else "bounded"


@thinned("seed", [0, 1, 2, 3, 5, 6, 8, 9, 13, 16, 19, 36, 2_091], each_run=5)
def test_no_search_beats_the_infimum_of_a_random_game(seed: int) -> None:
    """Nothing that a linear programme or a grid comes upon costs less, at any scale."""
    hold(seed, SCALES[seed % 7], SCALES[(seed // 2) % 7])


@pytest.mark.soak
def test_costs_in_large_units_are_proven() -> None:
    """Costs that are counted in units a thousand million times smaller than payoffs are no less certain."""
    assert hold(1_131, 0, 9) == "proven"


@thinned("seed", [1_026, 1_047, 1_048, 1_163, 1_185, 2_178], each_run=2)
def test_a_root_of_an_idle_level_leaves_nothing_undecided(seed: int) -> None:
    """Where levels begin at 0 and count by their roots, costs are proven, and so is that none suffice."""
    assert hold(seed, SCALES[seed % 7], SCALES[(seed // 2) % 7]) == "proven"


@pytest.mark.soak
@pytest.mark.parametrize("block", range(20))
def test_the_same_of_a_hundred_games(block: int) -> None:
    """The same of two thousand games at scales from 1e-9 to 1e9; nearly all are decided."""
    rng = random.Random(block)
    kinds = [hold(1_000 + 100 * block + k, rng.choice(SCALES), rng.choice(SCALES)) for k in range(100)]
    assert kinds.count("proven") >= 80
