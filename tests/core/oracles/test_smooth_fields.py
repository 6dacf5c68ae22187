"""Trajectories of every field without jumps beside scipy's Radau method at 1e-12, from formulas of its own.

Taylor & Jonker (1978); Maynard Smith (1982); Page & Nowak (2002), equation 1; Smith (1984); Brown & von
Neumann (1950); Fudenberg & Levine (1998), chapter 4: written down again here, for matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import separatrix
from separatrix.dynamics.fields import field as field_of
from separatrix.dynamics.integration.batch import batch
from separatrix.dynamics.integration.trajectory import trajectory
from thinning import thinned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

UNTIL = 2.0
BACKGROUND, MU, ETA = 7.0, 0.05, 0.5

Rule = Callable[["Array", "Array"], "Array"]


def replicator(x: Array, u: Array) -> Array:
    return x * (u - x @ u)


def payoff_adjusted(x: Array, u: Array) -> Array:
    return x * (u - x @ u) / (BACKGROUND + x @ u)


def mutation(size: int) -> Array:
    return np.full((size, size), MU / (size - 1)) + (1 - MU - MU / (size - 1)) * np.eye(size)


def mutating_births(x: Array, u: Array) -> Array:
    return np.array([sum(x * u * column) for column in mutation(len(x)).T]) - x * (x @ u)


def mutating_always(x: Array, u: Array) -> Array:
    return replicator(x, u) + np.array([sum(x * column) for column in mutation(len(x)).T]) - x


def smith(x: Array, u: Array) -> Array:
    gains = np.maximum(u[:, None] - u, 0)  # of moving from the column to the row
    return gains @ x - x * gains.sum(axis=0)


def brown(x: Array, u: Array) -> Array:
    excess = np.maximum(u - x @ u, 0)
    return excess - x * excess.sum()


def logit(x: Array, u: Array) -> Array:
    return 1 / np.exp((u[None] - u[:, None]) / ETA).sum(axis=1) - x


@dataclass(frozen=True)
class Kind:
    """A field: its name, what it is asked for with, its rule for one population, and the lowest payoff."""

    name: str
    rule: Rule
    lowest: float = -3.0
    options: dict[str, Any] = field(default_factory=dict)
    faces: bool = False
    kinks: bool = False


KINDS = (
    Kind("replicator", replicator, faces=True),
    Kind("payoff-adjusted", payoff_adjusted, options={"background": BACKGROUND}, faces=True),
    Kind("replicator-mutator", mutating_births, 0.0, {"mu": MU}),
    Kind("replicator-mutator", mutating_always, options={"mu": MU, "when": "always"}),
    Kind("smith", smith, kinks=True),
    Kind("bnn", brown, kinks=True),
    Kind("logit", logit, options={"eta": ETA}),
)


@dataclass(frozen=True)
class Case:
    """A random game with one of the fields, and a start, sometimes on a face."""

    seed: int

    @property
    def kind(self) -> Kind:
        return KINDS[self.seed % len(KINDS)]

    @property
    def drawn(self) -> tuple[list[Array], list[Array]]:
        """The matrices of payoffs, own strategy first, and the shares of all strategies at the start."""
        source = np.random.default_rng(self.seed)
        sizes = [[2], [3], [4], [2, 2], [2, 3], [3, 3]][int(source.integers(6))]
        shapes = [(sizes[i], sizes[(i + 1) % len(sizes)]) for i in range(len(sizes))]
        tables = [source.uniform(self.kind.lowest, 3, shape) for shape in shapes]
        starts = [source.dirichlet(np.ones(size)) for size in sizes]
        if source.random() < 0.3:
            starts[0] = np.eye(sizes[0])[0]
        return tables, starts

    @property
    def game(self) -> separatrix.Game:
        tables, _ = self.drawn
        if len(tables) == 1:
            return separatrix.load({"title": "random", "payoff_matrix": tables[0].tolist()})
        return separatrix.load(
            {"title": "random", "bimatrix": np.stack([tables[0], tables[1].T], -1).tolist()}
        )

    @property
    def start(self) -> list[float]:
        return shown(self.drawn[1])

    def expected(self) -> list[float]:
        """The state at the end by Radau, in the shares of all strategies."""
        tables, starts = self.drawn
        cuts = np.cumsum([len(s) for s in starts])[:-1]

        def slope(_: float, together: Array) -> Array:
            shares = np.split(together, cuts)
            rates = [
                self.kind.rule(x, table @ shares[(i + 1) % len(shares)])
                for i, (x, table) in enumerate(zip(shares, tables, strict=True))
            ]
            return np.concatenate(rates)

        solved = solve_ivp(slope, (0, UNTIL), np.concatenate(starts), method="Radau", rtol=1e-12, atol=1e-13)
        assert solved.success
        return shown(np.split(solved.y[:, -1], cuts))

    def found(self, tolerance: float, method: Any = "auto") -> list[float]:
        """The state at the end by this program."""
        orbit = trajectory(
            self.game,
            self.start,
            until=UNTIL,
            points=2,
            tolerance=tolerance,
            method=method,
            field=self.kind.name,
            **self.kind.options,
        )
        last: list[float] = orbit.states[-1].tolist()
        return last


def shown(shares: Sequence[Array]) -> list[float]:
    """Return the shares that a state has: of two strategies the first."""
    return [float(v) for part in shares for v in (part[:1] if len(part) == 2 else part)]


def away(found: Sequence[float], expected: Sequence[float]) -> float:
    return float(np.abs(np.subtract(found, expected)).max())


QUICK = [range(first, first + 15) for first in range(0, 60, 15)]


@thinned("cases", [*QUICK, pytest.param(range(60, 500), marks=pytest.mark.soak)], each_run=1)
def test_trajectories_agree_with_radau(cases: range) -> None:
    """After a finite time the states of random games agree: to a hundred times the error of a step.

    Where rates have kinks an estimate of the error may miss one, and three hundred times are allowed.
    """
    for case in map(Case, cases):
        expected = case.expected()
        for tolerance in (1e-12, 1e-9, 1e-6):
            error = away(case.found(tolerance), expected)
            assert error <= (300 if case.kind.kinks else 100) * tolerance, (
                case.seed,
                case.kind.name,
                tolerance,
                error,
            )


@pytest.mark.parametrize("seed", range(len(KINDS)))
@pytest.mark.parametrize("method", ["lsoda", "radau", "bdf", "dop853"])
def test_all_methods_follow_all_fields(method: str, seed: int) -> None:
    """Each of the methods that can be asked for leads each of the fields to the same state."""
    case = Case(seed + 7 * len(KINDS))
    assert away(case.found(1e-9, method), case.found(1e-12)) <= 1e-6


@pytest.mark.parametrize("seed", [s for s in range(2 * len(KINDS)) if KINDS[s % len(KINDS)].faces])
def test_batches_agree_with_single_trajectories(seed: int) -> None:
    """The fields that keep faces can be followed in batches, which lead to the same states."""
    case = Case(seed)
    flow: Any = field_of(case.game, kind=case.kind.name, **case.kind.options)
    assert away(batch(flow, [case.start], UNTIL, tolerance=1e-12).ends[0], case.found(1e-12)) <= 1e-10
