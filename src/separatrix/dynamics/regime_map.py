"""Regime maps: which states are asymptotically stable, over two parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

from separatrix.dynamics.sign_grid import Axis
from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.expression import Expression, to_text
from separatrix.game.model import Game
from separatrix.game.values import exact, missing, resolve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Border", "Condition", "MapPoint", "MapRegime", "MapState", "Piece", "RegimeMap", "regime_map"]

RegimeKind = Literal["stable", "outside", "pole", "undecided"]
PieceKind = Literal["stability", "line", "assumption", "pole", "undecided"]

MOST_NODES = 25_000_000


@dataclass(frozen=True)
class MapState:
    """A state that is asymptotically stable somewhere in the window.

    Attributes
    ----------
    name : str
        What is played: ``cooperate, decline``; strategies that are mixed are joined by ``+``.
    shares : mapping of share to Expression, or None
        Where it is, in the two parameters; None where that is known only in numbers.
    support : for each population, the names of the strategies played
    number : int or None
        Where several states play the same, which of them, from 1.
    """

    name: str
    shares: Mapping[str, Expression] | None
    support: tuple[tuple[str, ...], ...]
    number: int | None = None

    @property
    def text(self) -> str:
        """``x = 1, y = 0``; for a mixed state ``x = V/C``."""
        return ", ".join(f"{share} = {to_text(value)}" for share, value in (self.shares or {}).items())


@dataclass(frozen=True)
class MapRegime:
    """Parameters at which the same states are asymptotically stable, or a class of its own.

    Attributes
    ----------
    letter : str
        A, B, C, … for regimes; empty for the other classes.
    kind : str
        ``stable``; ``outside`` the assumptions of the game; at a ``pole``, where a payoff has no value;
        ``undecided``.
    stable : tuple of int
        The states, as indices of ``RegimeMap.states``; empty where no state is asymptotically stable.
    generic : bool
        Whether it holds on an area, and not on lines alone.
    witness : mapping of parameter to Fraction, or None
        Values at which it holds.
    share : float
        The share of the window's area in which it holds.
    nodes : int
        At how many nodes it holds.
    """

    letter: str
    kind: RegimeKind
    stable: tuple[int, ...]
    generic: bool
    witness: Mapping[str, Fraction] | None
    share: float
    nodes: int


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a curve with the same regimes on its sides.

    Attributes
    ----------
    points : array (points, 2)
        Values of the two parameters, from one end to the other.
    kind : str
        ``stability``: two regimes meet; ``line``: the same regime on both sides, another one on the line;
        ``assumption``: the admissible parameters end here; ``pole``: a payoff has no value here;
        ``undecided``: stability on the line is left open, or on one of its sides.
    negative, positive : int
        The regimes, as indices of ``RegimeMap.regimes``, where the polynomial of the curve is negative and
        where it is positive.
    on : int or None
        The regime on the line itself; None where that is not known.
    gained, lost : tuple of int
        States that become, or cease to be, asymptotically stable as the polynomial becomes positive.
    """

    points: Array
    kind: PieceKind
    negative: int
    positive: int
    on: int | None
    gained: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Border:
    """A curve that bounds regimes.

    Attributes
    ----------
    polynomial : str or None
        Irreducible over the rationals, in the two parameters; the curve is where it vanishes.  None for
        borders that are known in numbers only.
    solved : str or None
        The same as ``C1 = C2 + 5``, where one of the two parameters can be isolated.
    pieces : tuple of Piece
    """

    polynomial: str | None
    solved: str | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Condition:
    """A polynomial whose sign decides about stability.

    Attributes
    ----------
    text : str
        As a product of irreducible factors.
    factors : tuple of str
    states : tuple of int
        The states about which it decides.
    """

    text: str
    factors: tuple[str, ...]
    states: tuple[int, ...]


@dataclass(frozen=True)
class MapPoint:
    """A point at which borders cross, begin or change over into each other.

    Attributes
    ----------
    at : (float, float)
    exact : (Fraction, Fraction) or None
        None where it is no pair of fractions.
    borders : tuple of int
    regimes : tuple of int
        The regimes round it.
    """

    at: tuple[float, float]
    exact: tuple[Fraction, Fraction] | None
    borders: tuple[int, ...]
    regimes: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class RegimeMap:
    """Which states are asymptotically stable over two parameters; made by `regime_map`.

    Attributes
    ----------
    game : Game
    scenario : str or None
    fixed : mapping of parameter to Fraction
        The values of all other parameters.
    over : (str, str)
        The two parameters.
    axes : (Axis, Axis)
        Their nodes.
    labels : array (nodes of the first, nodes of the second)
        The regime at each node, as an index of `regimes`.
    states : tuple of MapState
    regimes : tuple of MapRegime
        Those with an area first.
    borders : tuple of Border
    conditions : tuple of Condition
        What decides; empty where that is known in numbers only.
    points : tuple of MapPoint
    regions : tuple of (regime, array (points, 2))
        Polygons that fill the window.
    method : str
        ``exact`` or ``numerical``.
    how_sure : str
        The argument, in a sentence.
    error : (float, float) or None
        How far a border may be off, along each parameter; None where it is exact to rounding.
    today : (float, float) or None
        The values of the two parameters in the game, its scenario, or as given, where they lie in the window.
    today_regime : int or None
        The regime there.
    """

    game: Game
    scenario: str | None
    fixed: Mapping[str, Fraction]
    over: tuple[str, str]
    axes: tuple[Axis, Axis]
    labels: NDArray[np.int16]
    states: tuple[MapState, ...]
    regimes: tuple[MapRegime, ...]
    borders: tuple[Border, ...]
    conditions: tuple[Condition, ...]
    points: tuple[MapPoint, ...]
    regions: tuple[tuple[int, Array], ...]
    method: Literal["exact", "numerical"]
    how_sure: str
    error: tuple[float, float] | None = None
    today: tuple[float, float] | None = None
    today_regime: int | None = None

    @property
    def window(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The ends of both parameters."""
        first, second = self.axes
        return (float(first.low), float(first.high)), (float(second.low), float(second.high))

    def stable_names(self, regime: int) -> list[str]:
        """Return the names of the states that are asymptotically stable in a regime."""
        return [self.states[k].name for k in self.regimes[regime].stable]

    def to_dict(self) -> dict[str, Any]:
        """Return the map as plain data (schema 1; keys are added, never renamed)."""
        from separatrix.dynamics.regime_data import map_to_dict

        return map_to_dict(self)


def regime_map(
    game: Game,
    over: Mapping[str, Sequence[object]],
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    grid: tuple[int, int] = (400, 400),
    budget: float = 60.0,
) -> RegimeMap:
    """Return which states are asymptotically stable over two parameters, with the borders as exact curves.

    Parameters
    ----------
    game : Game
    over : mapping of two parameters to (lowest, highest)
        The window.  The first is drawn to the right, the second upwards.
    values, scenario
        Values of the other parameters, as in `separatrix.analyze`.
    grid : (int, int)
        How many nodes each parameter has, both ends included.
    budget : float
        Seconds, about: half for an exact map, which most games need a small part of, and where that is not
        enough, or not known how, all of it for numerical analyses.

    Returns
    -------
    RegimeMap

    Notes
    -----
    Exact where a few polynomials in the two parameters decide by their signs: games in which nobody's payoff
    depends on the own population's shares (Ritzberger & Weibull 1995), and games with payoffs affine in the
    shares, one population against itself among them.  The plane is then cut by a cylindrical decomposition
    (Collins 1975).  In all other games `separatrix.analyze` is asked at the nodes of a coarse grid, and
    borders are found by bisection between nodes; finer structures than the grid are missed.

    Borders are lines: a single point at which something else holds, such as where a² + b² vanishes, is found
    at a node only.

    Raises
    ------
    InputError
        D631 for a window or a grid that cannot be; V304 where another parameter has no value.
    NameProblem
        V302, V303 for unknown parameters or scenarios.
    ComesLater
        For games that `separatrix.analyze` cannot analyse.

    Examples
    --------
    >>> import separatrix
    >>> found = separatrix.regime_map(separatrix.load("shi-chen-2018"), {"C1": (0, 8), "C2": (0, 4)})
    >>> [(r.letter, found.stable_names(k)) for k, r in enumerate(found.regimes) if r.kind == "stable"][:2]
    [('A', ['cooperate, cooperate', 'decline, decline']), ('B', ['cooperate, cooperate'])]
    >>> [border.solved for border in found.borders if border.pieces[0].kind == "stability"]
    ['C2 = C1 - 5', 'C2 = C1 + 1']
    """
    from separatrix.dynamics.regime_exact import exact_map

    names, axes = _window(game, over, grid)
    resolved = resolve(game, values, scenario)
    lacking = [name for name in missing(resolved) if name not in names]
    if lacking:
        raise InputError(
            "V304",
            f"no value for {', '.join(f'`{n}`' for n in lacking[:6])}"
            + (" and others" if len(lacking) > 6 else ""),
            hint=f"give one with --set {lacking[0]}=VALUE, or choose a scenario",
        )
    fixed = {name: value for name, value in resolved.items() if name not in names and value is not None}
    here = [
        v
        for name, a in zip(names, axes, strict=True)
        if (v := resolved[name]) is not None and a.low <= v <= a.high
    ]
    today = (here[0], here[1]) if len(here) == 2 else None
    found = exact_map(game, scenario, fixed, names, axes, today, budget)
    if found is not None:
        return found
    from separatrix.dynamics.regime_numeric import numerical_map

    return numerical_map(game, scenario, fixed, names, axes, today, budget)


def _window(
    game: Game, over: Mapping[str, Sequence[object]], grid: tuple[int, int]
) -> tuple[tuple[str, str], tuple[Axis, Axis]]:
    if len(over) != 2:
        raise InputError(
            "D631",
            f"{len(over)} parameters to vary; a regime map has 2",
            hint='give two, such as over={"C1": (0, 8), "C2": (0, 4)}',
        )
    if not isinstance(grid, Sequence) or len(grid) != 2:
        raise InputError(
            "D631", f"a grid of {grid!r}; expected two numbers of nodes", hint="such as (400, 400)"
        )
    names, axes = [], []
    for (name, limits), count in zip(over.items(), grid, strict=True):
        if name not in game.parameters:
            close = nearest(name, list(game.parameters))
            raise NameProblem(
                "V302",
                f"no parameter `{name}`",
                hint=f"did you mean `{close}`?"
                if close
                else f"the parameters are: {', '.join(game.parameters) or 'none'}",
            )
        if isinstance(limits, str) or len(limits) != 2:
            raise InputError("D631", f"the ends of `{name}` are {limits!r}; expected two numbers")
        low, high = (exact(end, name) for end in limits)
        if low >= high:
            raise InputError("D631", f"`{name}` goes from {low} to {high}; expected the lower end first")
        if not isinstance(count, int) or isinstance(count, bool) or count < 2:
            raise InputError(
                "D631", f"a grid of {count!r} nodes for `{name}`; expected a number of 2 or more"
            )
        names.append(name)
        axes.append(Axis(low, high, count))
    if axes[0].count * axes[1].count > MOST_NODES:
        raise InputError(
            "D631",
            f"a grid of {axes[0].count * axes[1].count:,} nodes; a map holds up to {MOST_NODES:,}",
            hint="the borders are exact on any grid: 400 × 400 nodes are enough for most purposes",
        )
    return (names[0], names[1]), (axes[0], axes[1])
