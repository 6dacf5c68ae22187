"""Nullclines: the states at which one share does not change, from the exact polynomials.

x' = c x (1 - x) A vanishes on the faces x = 0 and x = 1, and where the numerator of the advantage A does;
with k > 2 strategies x_a' = c x_a (U_a - average) vanishes on the face x_a = 0 and where U_a is the average.
The polynomial falls into irreducible factors, and the branches of each are found by
`separatrix.exact.plane_curves`, so that none is missed: turning points, isolated points and crossings
included.  Denominators never vanish: the analysis refuses payoffs without a value.

Nullclines of any field, numerically: the contours at zero of its rates on a grid.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np
from flint import fmpq, fmpq_mpoly
from numpy.typing import NDArray

from separatrix.analysis.payoff_functions import Field
from separatrix.dynamics.portraits_tolerances import FINE, HEIGHTS, INSIDE, SLICES
from separatrix.dynamics.tolerances import SAME
from separatrix.exact.plane_curves import PlaneCurve, curves_of, plane_curve, plane_polynomial
from separatrix.exact.rational_functions import Ratio, polynomial_expression
from separatrix.expression.tree import divide, to_text
from separatrix.game.model import Game, Shape

if TYPE_CHECKING:
    from separatrix.dynamics.fields.payoffs import VectorField

__all__ = ["Nullcline", "contour_nullclines", "nullclines"]

Array = NDArray[np.float64]

Part = Literal["face", "advantage", "everywhere"]


@dataclass(frozen=True)
class Nullcline:
    """A part of the states at which one share does not change.

    Attributes
    ----------
    id : str
        The share and a number.
    share : str
    kind : str
        ``face`` where the share is 0 or 1; ``advantage`` where the strategy earns as much as the
        alternative; ``everywhere`` where it always does.
    equation : str
        The exact equation of these states, such as ``4*y - 1 = 0``.
    solved : str or None
        The same solved for one share where it is linear in it, such as ``y = 1/4``.
    method : str
        ``exact``: all branches, each point a zero but for its last digits; ``numerical``: contours of a grid.
    lines : tuple of arrays (points, n)
        The branches; for a surface in the cube, curves on it.
    points : tuple of tuples
        Isolated states.
    crossings : tuple of tuples
        Where branches meet; each ends there.
    ruled : str or None
        For a surface that runs straight along one share: its name; then `lines` come in pairs, where this
        share is 0 and where it is 1.
    slices : tuple of str
        For another surface: along each line one of these shares is constant.
    """

    id: str
    share: str
    kind: Part
    equation: str
    solved: str | None = None
    method: Literal["exact", "numerical"] = "exact"
    lines: tuple[Array, ...] = ()
    points: tuple[tuple[float, ...], ...] = ()
    crossings: tuple[tuple[float, ...], ...] = ()
    ruled: str | None = None
    slices: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether no state is on it."""
        return self.kind != "everywhere" and not self.lines and not self.points


def nullclines(game: Game, known: Mapping[str, Fraction]) -> tuple[Nullcline, ...]:
    """Return the nullclines of the replicator for one to three free shares, those of the faces first.

    Parameters
    ----------
    game : Game
        One population of two or three strategies, or two or three populations of two.
    known : mapping of parameter and shorthand to number

    Raises
    ------
    ComesLater
        A503 for payoffs that are not rational functions of the shares.
    ArithmeticError
        For polynomials of a degree above 12 in two shares.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> bimatrix = [[[2, 2], [0, 1]], [[1, 0], [1, 1]]]
    >>> hunt = load({"title": "Stag hunt", "populations": ["A", "B"], "bimatrix": bimatrix})
    >>> [line.solved for line in nullclines(hunt, {}) if line.share == "x"]
    ['x = 0', 'x = 1', 'y = 1/2']
    """
    from separatrix.analysis.payoff_functions import field_of

    field = field_of(game, known)
    found: list[Nullcline] = []
    for share, face, rate in _rates(game, field):
        own = [_factor_nullcline(field, game, share, "face", _signed(f)) for f in face]
        if field.sizes == (3,):  # the third share is written out in the polynomials, not for people
            own = [replace(part, equation=f"{share} = 0", solved=f"{share} = 0") for part in own]
        if rate.is_zero:
            own.append(Nullcline("", share, "everywhere", f"{share}' = 0"))
        else:
            own += [_factor_nullcline(field, game, share, "advantage", f) for f in _factors(rate.numerator)]
        shown = [part for part in own if not part.empty]
        found += [replace(part, id=f"{share}-{k}") for k, part in enumerate(shown, start=1)]
    return tuple(found)


def _rates(game: Game, field: Field) -> Iterator[tuple[str, list[fmpq_mpoly], Ratio]]:
    """Yield each share with the polynomials of its faces and what makes it grow."""
    ring = field.ring
    if field.sizes == (3,):
        names = game.populations[0].shares
        shares = [ring.variable(name) for name in names[:2]]
        shares.append(ring.constant(1) - shares[0] - shares[1])
        for a, name in enumerate(names):
            gain = ring.constant(0)
            for b in range(3):
                gain = gain + shares[b] * field.advantage(0, a, b)
            yield name, [shares[a].numerator], gain
        return
    for i, population in enumerate(game.populations):
        x = ring.variable(population.shares[0])
        faces = [x.numerator, (x - ring.constant(1)).numerator]
        yield population.shares[0], faces, field.advantage(i, 0, 1)


def _factors(polynomial: fmpq_mpoly) -> list[fmpq_mpoly]:
    """Return the irreducible factors in an order, and with a sign, that do not depend on the library."""
    if polynomial.is_constant():
        return []
    found = [_signed(factor) for factor, _ in polynomial.factor()[1]]
    return sorted(found, key=lambda factor: (int(factor.total_degree()), len(factor), str(factor)))


def _signed(factor: fmpq_mpoly) -> fmpq_mpoly:
    return -factor if factor.leading_coefficient() < 0 else factor


def _factor_nullcline(field: Field, game: Game, share: str, kind: Part, factor: fmpq_mpoly) -> Nullcline:
    """Return the zeros of an irreducible factor in the state space."""
    ring = field.ring
    equation = to_text(polynomial_expression(ring, factor)) + " = 0"
    part = Nullcline("", share, kind, equation, _solved(field, factor))
    if len(ring.names) == 1:
        return replace(part, points=tuple(_zeros(factor)))
    if len(ring.names) == 2:
        terms = {(int(e[0]), int(e[1])): v for e, v in factor.to_dict().items()}
        triangle = field.sizes == (3,)
        return _with_branches(
            part, [plane_curve(plane_polynomial(terms), triangle)], _third if triangle else _same
        )
    return _surface(part, factor, game.shares)


def _solved(field: Field, factor: fmpq_mpoly) -> str | None:
    """Return the equation solved for the last share in which it is linear."""
    ring = field.ring
    for v in reversed(range(len(ring.names))):
        if int(factor.degrees()[v]) != 1:
            continue
        slope, rest = {}, {}
        for exponents, value in factor.to_dict().items():
            if exponents[v]:
                slope[tuple(0 if k == v else int(e) for k, e in enumerate(exponents))] = value
            else:
                rest[tuple(int(e) for e in exponents)] = -value
        above, below = ring.context.from_dict(rest), ring.context.from_dict(slope)
        if below.is_constant():
            solved = ring.ratio(above, below).expression()
        else:
            if not any(coefficient > 0 for coefficient in below.to_dict().values()):
                above, below = -above, -below
            solved = divide(polynomial_expression(ring, above), polynomial_expression(ring, below))
        return f"{ring.names[v]} = {to_text(solved)}"
    return None


def _zeros(factor: fmpq_mpoly) -> Iterator[tuple[float]]:
    """Yield the zeros of a polynomial in one share."""
    flat = plane_polynomial({(int(e[0]), 0): v for e, v in factor.to_dict().items()})
    for line in plane_curve(flat).lines:
        yield (float(line[0, 0]),)


# --------------------------------------------------------------------------- states of places in the plane


def _same(places: Array) -> Array:
    return places


def _third(places: Array) -> Array:
    """Return the states (..., 3) of the first two shares (..., 2)."""
    rest = np.clip(1.0 - places.sum(axis=-1, keepdims=True), 0.0, 1.0)
    return np.concatenate([places, rest], axis=-1)


def _with_branches(
    part: Nullcline, curves: Sequence[PlaneCurve], lift: Callable[[Array], Array]
) -> Nullcline:
    """Return a part with the branches of plane curves, lifted into the state space."""

    def states(places: Sequence[tuple[float, float]]) -> tuple[tuple[float, ...], ...]:
        return tuple(tuple(float(v) for v in lift(np.array(place))) for place in places)

    return replace(
        part,
        lines=part.lines + tuple(lift(line) for curve in curves for line in curve.lines),
        points=part.points + tuple(p for curve in curves for p in states(curve.points)),
        crossings=part.crossings + tuple(p for curve in curves for p in states(curve.crossings)),
    )


# --------------------------------------------------------------------------- surfaces in the cube


def _surface(part: Nullcline, factor: fmpq_mpoly, shares: Sequence[str]) -> Nullcline:
    degrees = [int(d) for d in factor.degrees()]
    idle = [k for k, d in enumerate(degrees) if not d]
    if not idle:
        # Along one share alone a sheet might run between two cuts unseen.
        axes = sorted(range(3), key=lambda k: (degrees[k], k))[1:]
        steps = [fmpq(k, SLICES) for k in range(SLICES + 1)]
        for axis, value in itertools.product(axes, steps):
            part = _sliced(part, factor, axis, value)
        return replace(part, slices=tuple(shares[axis] for axis in sorted(axes)))
    axis = idle[-1]
    low, high = (_sliced(part, factor, axis, fmpq(value)) for value in (0, 1))
    pairs = itertools.chain.from_iterable(zip(low.lines, high.lines, strict=True))
    # An isolated place of the plane is a whole edge of states here.
    return replace(part, lines=(*pairs, *_edges(low.points, high.points)), ruled=shares[axis])


def _sliced(part: Nullcline, factor: fmpq_mpoly, axis: int, value: fmpq) -> Nullcline:
    """Return a part with the branches of a surface where one share has a value."""
    flat = [k for k in range(3) if k != axis]
    curves = curves_of(_cut(factor, axis, value, flat))
    return _with_branches(part, curves, _placed(axis, float(int(value.p) / int(value.q)), flat))


def _edges(low: Sequence[tuple[float, ...]], high: Sequence[tuple[float, ...]]) -> Iterator[Array]:
    for a, b in zip(low, high, strict=True):
        yield np.array([a, a])
        yield np.array([b, b])


def _cut(factor: fmpq_mpoly, axis: int, value: fmpq, flat: Sequence[int]) -> fmpq_mpoly:
    """Return a polynomial in three shares at one value of one of them."""
    terms: dict[tuple[int, int], fmpq] = {}
    for exponents, coefficient in factor.to_dict().items():
        key = (int(exponents[flat[0]]), int(exponents[flat[1]]))
        terms[key] = terms.get(key, fmpq(0)) + coefficient * value ** int(exponents[axis])
    return plane_polynomial({key: v for key, v in terms.items() if v != 0})


def _placed(axis: int, value: float, flat: Sequence[int]) -> Callable[[Array], Array]:
    def lift(places: Array) -> Array:
        states = np.empty((*places.shape[:-1], 3))
        states[..., axis] = value
        states[..., flat[0]], states[..., flat[1]] = places[..., 0], places[..., 1]
        return states

    return lift


AXES = (0, 2)
"""The shares of the cube that slices are made of: of one alone, a sheet might run between two unseen."""

HALVINGS = 40
"""Of an edge of the grid on which a rate changes its sign: to rounding."""


def contour_nullclines(flow: VectorField, shape: Shape) -> tuple[Nullcline, ...]:
    """Return where each rate changes its sign inside the state space, one part for each share.

    Each point lies on a change of sign, to rounding.  What is smaller than a grid of 241 points a side shows
    is missed, and so is a zero without a change of sign.  A field that jumps may turn round there without
    standing still.

    Examples
    --------
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.game.reader import load
    >>> flow = field(load("shi-chen-2018"), kind="smith")
    >>> line = contour_nullclines(flow, "square")[0].lines[0]
    >>> [float(y) for y in (line[:, 1].min().round(4), line[:, 1].max().round(4))], len(line) > 100
    ([0.6667, 0.6667], True)
    """
    found = []
    for k, share in enumerate(flow.shares):
        lines = _lines(flow, shape, k)
        points: list[tuple[float, ...]] = []
        if shape == "line":
            points, lines = [tuple(map(float, line[0])) for line in lines], []
        if lines or points:
            found.append(
                Nullcline(
                    f"{share}-1",
                    share,
                    "advantage",
                    f"{share}' = 0",
                    None,
                    "numerical",
                    tuple(lines),
                    tuple(points),
                    slices=tuple(flow.shares[a] for a in AXES) if shape == "cube" else (),
                )
            )
    return tuple(found)


def _lines(flow: VectorField, shape: Shape, k: int) -> list[Array]:
    grid = np.linspace(0.0, 1.0, FINE)
    if shape == "line":
        return _crossings(flow, grid)
    if shape != "cube":
        return _contours(flow, k, shape == "triangle")
    return [line for axis in AXES for height in HEIGHTS for line in _contours(flow, k, False, axis, height)]


def _contours(
    flow: VectorField, k: int, triangle: bool, axis: int = 0, height: float | None = None
) -> list[Array]:
    """Return the contours at zero of a rate in the square, the triangle or a slice of the cube, as states."""
    from contourpy import contour_generator

    def lift(places: Array) -> Array:
        if triangle:
            rest = np.clip(1.0 - places.sum(axis=-1, keepdims=True), 0.0, 1.0)
            return np.concatenate([places, rest], axis=-1)
        if height is None:
            return places
        return np.insert(places, axis, height, axis=-1)

    def rate(places: Array) -> Array:
        with np.errstate(all="ignore"):
            return flow(_inside(lift(places), triangle))[..., k]

    across = np.linspace(0.0, 1.0, FINE)
    rates = rate(np.stack(np.meshgrid(across, across), axis=-1))
    hidden = ~np.isfinite(rates)
    if triangle:
        hidden |= np.add.outer(across, across) > 1 + SAME
    generator = contour_generator(across, across, np.ma.array(rates, mask=hidden), corner_mask=True)
    lines = [np.asarray(line) for line in generator.lines(0.0)]
    return [lift(_sharpened(places, rate)) for places in lines if len(places) > 1]


def _sharpened(places: Array, rate: Callable[[Array], Array]) -> Array:
    """Return places moved along their edges of the grid to where the rate changes its sign."""
    cells = places * (FINE - 1)
    low, high = np.floor(cells + SAME), np.ceil(cells - SAME)
    # What lies on no line of the grid lies on the third side of the triangle, which halves a cell.
    slanted = (low != high).all(axis=1)
    low[slanted, 1], high[slanted, 1] = high[slanted, 1], low[slanted, 1].copy()
    low, high = low / (FINE - 1), high / (FINE - 1)
    below, above = rate(low), rate(high)
    found = np.isfinite(below) & np.isfinite(above) & (below * above < 0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        same = (rate(middle) * below > 0)[:, None]
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.where(found[:, None], (low + high) / 2, places)


def _inside(states: Array, triangle: bool = False) -> Array:
    """Return states moved a little away from the faces."""
    parts = 3 if triangle else 2
    return (1 - parts * INSIDE) * states + INSIDE


def _crossings(flow: VectorField, grid: Array) -> list[Array]:
    """Return where the rate of a single share changes its sign, as states (1, 1) each."""
    with np.errstate(all="ignore"):
        rates = flow(_inside(grid[:, None]))[:, 0]
    result = []
    for low, high, before, after in zip(grid, grid[1:], rates, rates[1:], strict=False):
        if before * after < 0:
            result.append(np.array([[low + (high - low) * before / (before - after)]]))
        elif after == 0 and 0 < high < 1:
            result.append(np.array([[high]]))
    return result
