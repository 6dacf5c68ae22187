"""Parameters that are not known exactly: which, how, and draws of them.

A limit on one parameter alone (its `range`, an assumption such as ``F > 0``) truncates its distribution,
which is equivalent to rejecting every draw beyond it and keeps parameters independent. An assumption on
several parameters cannot be met that way: draws that violate it are rejected, counted and reported.

McKay, M. D., Beckman, R. J. and Conover, W. J. (1979), A comparison of three methods for selecting values of
input variables in the analysis of output from a computer code, Technometrics 21, 239-245 (Latin hypercubes).
Owen, A. B. (1998), Scrambling Sobol' and Niederreiter-Xing points, Journal of Complexity 14, 466-489.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.tolerances import SAME, UNIFORM_EDGE
from separatrix.errors import InputError
from separatrix.expression.conditions import MIRRORED, All, Relation, fold
from separatrix.expression.tree import Name, Number
from separatrix.game.distribution import Distribution
from separatrix.game.model import Game
from separatrix.sentences import listed, say

__all__ = [
    "METHODS",
    "Draws",
    "Sampling",
    "Uncertainty",
    "checked_seed",
    "exactly",
    "uncertainty_of",
    "unit_cube",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

Draws = Mapping[str, "Array"]
"""Values of the uncertain parameters by name, arrays (draws,)."""

Sampling = Literal["random", "latin", "sobol"]
METHODS: tuple[Sampling, ...] = ("random", "latin", "sobol")

MOST_DRAWS = 1 << 22
"""Past which memory does not suffice."""

_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}


@dataclass(frozen=True)
class Uncertainty:
    """Which parameters of a game are uncertain, and how.

    Attributes
    ----------
    game : Game
    base : mapping of parameter to Fraction
        All values; an uncertain parameter without one has its median.
    laws : mapping of parameter to Distribution
        Of the uncertain ones, in the order of the file, in absolute numbers.
    limits : mapping of parameter to (lowest, highest)
        The limits on each in the file: its range, and assumptions on it alone.
    notes : tuple of str
        Remarks for the reader: what was truncated, fixed or spread.
    """

    game: Game
    base: Mapping[str, Fraction]
    laws: Mapping[str, Distribution]
    limits: Mapping[str, tuple[float, float]]
    notes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The uncertain parameters."""
        return tuple(self.laws)

    def draws(self, cube: Array) -> dict[str, Array]:
        """Return the values at uniform numbers (draws, parameters) from 0 to 1."""
        return {
            name: law.quantile(cube[:, k], *self.limits[name])
            for k, (name, law) in enumerate(self.laws.items())
        }

    def allowed(self, draws: Draws) -> Mask:
        """Return which draws the assumptions of the game allow."""
        from separatrix.dynamics.fields.payoffs import compiled
        from separatrix.game.values import expand

        count = len(next(iter(draws.values())))
        at: dict[str, Any] = {name: float(value) for name, value in self.base.items()} | dict(draws)

        def relation_holds(relation: Relation) -> Any:
            left, right = (compiled(expand(self.game, side))(at) for side in (relation.left, relation.right))
            return _OPERATORS[relation.operator](left, right)

        def every(parts: Iterable[Any]) -> Any:
            return reduce(operator.and_, parts, True)

        def some(parts: Iterable[Any]) -> Any:
            return reduce(operator.or_, parts, False)

        kept = np.ones(count, dtype=bool)
        with np.errstate(all="ignore"):
            for condition, _ in self.game.assumptions:
                kept &= np.asarray(fold(condition, relation_holds, every, some), dtype=bool)
        return kept

    def at(self, draws: Draws, index: int) -> dict[str, Fraction]:
        """Return the values of all parameters in one draw."""
        return {**self.base, **{name: exactly(values[index]) for name, values in draws.items()}}


def exactly(value: float) -> Fraction:
    """Return a drawn number as a fraction: twelve digits keep those that exact algebra works with short."""
    return Fraction(f"{float(value):.12g}")


def uncertainty_of(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    over: Sequence[str] | Mapping[str, object] | None = None,
    fixed: Sequence[str] = (),
    spread: object = None,
) -> Uncertainty:
    """Return which parameters of `game` are uncertain, and how.

    Parameters
    ----------
    game : Game
    values, scenario
        Parameter values, as in `separatrix.analyze`.  A distribution in per cent is around the value that
        these give; one in numbers gives way to them: the parameter is held at that value.
    over : names, or mapping of name to distribution, optional
        What is drawn; by default every parameter with `uncertain` in the game file.  A distribution is what
        the file would hold there, such as ``{"triangular": [8, 10, 12]}`` or ``"uniform(10%)"``.
    fixed : names
        What is not drawn.
    spread : number or text, optional
        Such as 0.1 or "10%": every parameter without a distribution is uniform within this part of its value.

    Returns
    -------
    Uncertainty

    Raises
    ------
    InputError
        D651 where nothing is uncertain, or a parameter that should be drawn has no distribution; D652 where
        the file allows none of its values; V330, V331 for an impossible distribution; V304 where a parameter
        has no value.
    NameProblem
        For an unknown parameter or scenario.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load("shi-chen-2018")
    >>> found = uncertainty_of(game, over={"C1": "normal(10%)"})
    >>> found.names, found.laws["C1"].numbers, found.limits["C1"]
    (('C1',), (Fraction(4, 1), Fraction(2, 5)), (0.0, 20.0))
    """
    from separatrix.game.distributions import distribution_of, spread_of
    from separatrix.game.values import resolve, unknown_parameter

    resolved = resolve(game, values, scenario)
    wanted = None if over is None else list(over)
    for name in (*(wanted or ()), *fixed):
        if name not in game.parameters:
            raise unknown_parameter(game, name)
    given_laws = over.items() if isinstance(over, Mapping) else ()
    own = {n: distribution_of(law, n) for n, law in given_laws if law is not None}
    width = None if spread is None else spread_of(spread)
    given = {*(values or {}), *(game.scenarios[scenario] if scenario is not None else {})}
    laws, held, unspread, spreading = {}, [], [], []
    for name, parameter in game.parameters.items():
        if name in fixed or (wanted is not None and name not in wanted):
            continue
        law = own.get(name, parameter.uncertain)
        if law is None and width is not None:
            if not resolved[name]:
                unspread.append(name)
                continue
            law = Distribution("uniform", (width,), relative=True)
            spreading.append(name)
        if law is None:
            if wanted is not None:
                raise _nothing(game, name)
        elif name in given and name not in own and not law.relative:
            held.append(name)
        elif law.relative and name not in own and not resolved[name] and wanted is None:
            unspread.append(name)
        else:
            laws[name] = law.around(resolved[name], name)
    if not laws:
        raise _nothing(game, None)
    limits = {name: _limits(game, name) for name in laws}
    notes = [*_uncertainty_notes(held, unspread, spreading, width), *_cut(laws, limits)]
    base = dict(resolved)
    for name, law in laws.items():
        if base[name] is None:
            base[name] = exactly(float(law.quantile(0.5, *limits[name])))
    lacking = [name for name, value in base.items() if value is None]
    if lacking:
        raise InputError(
            "V304",
            f"no value for {', '.join(f'`{n}`' for n in lacking)}",
            hint="give every parameter a value or a distribution, or choose a scenario that does",
        )
    return Uncertainty(game, {n: v for n, v in base.items() if v is not None}, laws, limits, tuple(notes))


def _nothing(game: Game, name: str | None) -> InputError:
    example = name or next(iter(game.parameters), "name")
    value = game.parameters[example].value if example in game.parameters else None
    middle = float(value) if value else 10.0
    low, high = sorted((0.8 * middle, 1.2 * middle))
    numbers = f"[{low:g}, {middle:g}, {high:g}]"
    what = "no parameter of this game is uncertain" if name is None else f"`{name}` has no distribution"
    return InputError(
        "D651",
        what,
        hint=f"write one into the game file, as in `{example}: {{value: {middle:g}, uncertain: "
        f"{{triangular: {numbers}}}}}`; or, for a quick look, let all parameters vary with --spread 10%",
    )


def _uncertainty_notes(
    held: Sequence[str], unspread: Sequence[str], spreading: Sequence[str], width: Fraction | None
) -> list[str]:
    notes: list[str] = []
    if spreading and width is not None:
        notes.append(
            say(
                "an assumption made for this run, not one of the game file: {names} vary evenly by "
                "±{percent} % of their value",
                names=listed(spreading),
                percent=f"{float(100 * width):g}",
            )
        )
    if unspread:
        notes.append(say("held fixed, because a percentage of 0 is 0: {names}", names=listed(unspread)))
    if held:
        notes.append(
            say(
                "held fixed at the value given for this run, because the distribution is in "
                "absolute numbers; one in per cent would follow the value: {names}",
                names=listed(held),
            )
        )
    return notes


def _cut(laws: Mapping[str, Distribution], limits: Mapping[str, tuple[float, float]]) -> list[str]:
    notes: list[str] = []
    for name, law in laws.items():
        low, high = limits[name]
        inside = law.inside(low, high)
        if inside < SAME:
            raise InputError(
                "D652",
                f"`{name}` lies from {low:g} to {high:g} in the game file, and its distribution beyond",
                hint="correct its `range`, the assumptions or the distribution",
            )
        if inside < 1 - SAME:
            notes.append(
                say(
                    "{share} % of the distribution of {name} lies outside the limits of the "
                    "file, {low} to {high}, and is cut off",
                    share=f"{100 * (1 - inside):.2g}",
                    name=name,
                    low=f"{low:g}",
                    high=f"{high:g}",
                )
            )
    return notes


def _limits(game: Game, name: str) -> tuple[float, float]:
    """Return what the range of a parameter, and assumptions on it alone, allow."""
    low, high = -math.inf, math.inf
    limits = game.parameters[name].range
    if limits is not None:
        low, high = float(limits[0]), float(limits[1])
    for condition, _ in game.assumptions:
        for part in condition.parts if isinstance(condition, All) else (condition,):
            match part:
                case Relation(Name(n), sign, Number(bound)) if n == name:
                    below = sign
                case Relation(Number(bound), sign, Name(n)) if n == name:
                    below = MIRRORED[sign]
                case _:
                    continue
            if below in ("<", "<="):
                high = min(high, float(bound))
            elif below in (">", ">="):
                low = max(low, float(bound))
    return low, high


# --------------------------------------------------------------------------- uniform numbers


def unit_cube(dimensions: int, samples: int, seed: int, method: Sampling = "sobol") -> Array:
    """Return uniform numbers (samples, dimensions), never 0 or 1.

    Parameters
    ----------
    dimensions, samples : int
    seed : int
        Of 0 or more: the same seed gives the same numbers.
    method : str
        ``random``: independent; ``latin``: a Latin hypercube; ``sobol``: a scrambled Sobol sequence, for
        which a power of two is best.

    Raises
    ------
    InputError
        D654 for an impossible number of samples, an impossible seed or an unknown method.

    Examples
    --------
    >>> unit_cube(2, 4, seed=1, method="latin").shape
    (4, 2)
    """
    from scipy.stats import qmc

    checked_seed(seed)
    if not 1 <= samples <= MOST_DRAWS:
        raise InputError(
            "D654",
            f"{samples} samples; expected a number from 1 to {MOST_DRAWS:,}",
            hint="as in 1000",
        )
    if method not in METHODS:
        raise InputError("D654", f"no sampling `{method}`; there are {', '.join(METHODS)}")
    rng = np.random.default_rng(np.random.SeedSequence(seed).spawn(1)[0])
    if method == "random":
        cube = rng.random((samples, dimensions))
    elif method == "latin":
        cube = qmc.LatinHypercube(dimensions, rng=rng).random(samples)
    else:
        power = max(0, math.ceil(math.log2(samples)))
        cube = qmc.Sobol(dimensions, rng=rng).random_base2(power)[:samples]
    return np.asarray(np.clip(cube, UNIFORM_EDGE, 1 - UNIFORM_EDGE))


def checked_seed(seed: object) -> int:
    """Return a seed; raise D654 unless it is a whole number of 0 or more."""
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(
            "D654", f"a seed of {seed!r}; expected a whole number of 0 or more", hint="as in seed 1"
        )
    return seed
