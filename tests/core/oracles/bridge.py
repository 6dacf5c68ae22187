"""Between the oracles and the package: games in, answers compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import mpmath
import sympy
import z3

from core.oracles.faces import Piece, RestStates, rest_states
from core.oracles.games import OracleGame, Point, inside
from core.oracles.verdicts import eigenvalues, is_nash, is_strict, settled
from separatrix.expression.conditions import All, Condition, Either, Relation
from separatrix.expression.tree import Expression, Name, Number, Power, Product, Quotient, Sum, to_text

SHARES = ("x", "y", "z")
CLOSE = 1e-9


def to_mapping(game: OracleGame) -> dict[str, Any]:
    """Return the game as the content of a game file."""
    names = [["up", "down"], ["left", "right"], ["near", "far"]]
    return {
        "title": "a random game",
        "populations": [
            {"name": f"P{i + 1}", "share": SHARES[i], "strategies": names[i]} for i in range(game.n)
        ],
        "payoffs": [
            {"play": [names[i][c] for i, c in enumerate(profile)], "pay": [str(v) for v in pay]}
            for profile, pay in game.pay.items()
        ],
    }


# --------------------------------------------------------------------------- expressions elsewhere


def to_sympy(expression: Expression | str, names: Sequence[str]) -> sympy.Expr:
    """Return an expression in sympy, which knows no names but `names`."""
    text = expression if isinstance(expression, str) else to_text(expression)
    return sympy.sympify(text, locals={n: sympy.Symbol(n) for n in names}, rational=True)


def to_z3(expression: Expression) -> Any:
    """Return an expression as a z3 term over the reals."""
    match expression:
        case Number(value):
            return z3.RealVal(str(value))
        case Name(name):
            return z3.Real(name)
        case Sum(terms):
            return z3.Sum([to_z3(t) for t in terms])
        case Product(factors):
            return z3.Product([to_z3(f) for f in factors])
        case Quotient(numerator, denominator):
            return to_z3(numerator) / to_z3(denominator)
        case Power(base, Number(exponent)) if exponent.denominator == 1 and exponent > 0:
            return z3.Product([to_z3(base)] * int(exponent))
    raise AssertionError(f"no translation for {to_text(expression)}")


def condition_to_z3(condition: Condition) -> Any:
    """Return a condition as a z3 formula over the reals."""
    match condition:
        case All(parts):
            return z3.And([condition_to_z3(p) for p in parts])
        case Either(parts):
            return z3.Or([condition_to_z3(p) for p in parts])
        case Relation(left, operator, right):
            a, b = to_z3(left), to_z3(right)
            return {
                "<": a < b,
                "<=": a <= b,
                "==": a == b,
                "!=": a != b,
                ">=": a >= b,
                ">": a > b,
            }[operator]


def equivalent(left: Any, right: Any, given: Sequence[Any], seconds: int = 20) -> bool:
    """Whether z3 proves two formulas equivalent wherever `given` holds."""
    solver = z3.Solver()
    solver.set("timeout", seconds * 1000)
    solver.add(*given, z3.Xor(left, right))
    return bool(solver.check() == z3.unsat)


# --------------------------------------------------------------------------- answers compared


def distance(a: Sequence[Any], b: Sequence[Any]) -> float:
    """Return the largest difference of two states."""
    return max(abs(float(u) - float(v)) for u, v in zip(a, b, strict=True))


def support_of(point: Sequence[Any]) -> tuple[bool | None, ...]:
    """Return for each share whether it is 1, 0 or (None) between."""
    return tuple(None if inside(mpmath.mpf(p)) else bool(p > 0.5) for p in point)


def on_piece(piece: Any, point: Sequence[Any], tolerance: float = 1e-7) -> bool:
    """Whether a state lies on a piece of the package's rest sets: its free shares and its equations."""
    free = tuple(i for i, p in enumerate(point) if inside(mpmath.mpf(p)))
    if free != tuple(piece.free):
        return False
    values = dict(zip(SHARES, (float(p) for p in point), strict=False))
    return all(_nearly(c, values, tolerance) for c in piece.equations)


def _nearly(condition: Condition, values: Mapping[str, float], tolerance: float) -> bool:
    match condition:
        case All(parts):
            return all(_nearly(p, values, tolerance) for p in parts)
        case Either(parts):
            return any(_nearly(p, values, tolerance) for p in parts)
        case Relation(left, operator, right):
            try:
                gap = float_value(left, values) - float_value(right, values)
            except ZeroDivisionError:  # a pole of the curve's formula: no state of it lies there
                return False
            return {
                "<": gap < tolerance,
                "<=": gap <= tolerance,
                "==": abs(gap) <= tolerance,
                "!=": abs(gap) > 0,
                ">=": gap >= -tolerance,
                ">": gap > -tolerance,
            }[operator]


def float_value(expression: Expression, values: Mapping[str, float]) -> float:
    """Return the value of an expression in floating point."""
    match expression:
        case Number(value):
            return float(value)
        case Name(name):
            return values[name]
        case Sum(terms):
            return sum(float_value(t, values) for t in terms)
        case Product(factors):
            result = 1.0
            for factor in factors:
                result *= float_value(factor, values)
            return result
        case Quotient(numerator, denominator):
            return float_value(numerator, values) / float_value(denominator, values)
        case Power(base, exponent):
            return float(float_value(base, values) ** float_value(exponent, values))
        case _:
            scope = {k: sympy.Float(v) for k, v in values.items()}
            return float(sympy.sympify(to_text(expression), locals=scope))


def disagreements(game: OracleGame, analysis: Any, truth: RestStates | None = None) -> list[str]:
    """Return every difference between an answer and what the oracle and theory say; [] if none.

    Labels that theory settles must be given exactly; the others must be of the kind that is left.
    """
    truth = truth or rest_states(game)
    advantages = game.advantages()
    found: list[str] = []
    if analysis.completeness.status != "complete":
        found.append(f"incomplete: {analysis.completeness.proof}")
    expected = dict.fromkeys(truth.isolated, True) | dict.fromkeys(truth.pure_on_continua, False)
    remaining = list(analysis.rest_points)
    for point, isolated in expected.items():
        match = [r for r in remaining if distance(r.state, point) < CLOSE]
        if len(match) != 1:
            found.append(f"{_show(point)} is listed {len(match)} times")
            continue
        remaining.remove(match[0])
        found += _point_differences(advantages, point, isolated, match[0])
    found += [f"{_show(r.state)} ({r.id}) is no isolated rest point" for r in remaining]
    found += _set_differences(truth, analysis)
    return found


def _show(point: Sequence[Any]) -> str:
    return "(" + ", ".join(f"{float(p):.6g}" for p in point) + ")"


def _point_differences(advantages: Any, point: Point, isolated: bool, given: Any) -> list[str]:
    found = []
    name = f"{_show(point)} ({given.id})"
    if given.isolated is not isolated:
        found.append(f"{name}: isolated is {given.isolated}, should be {isolated}")
    found += _label_differences(advantages, point, given, name)
    nash, strict = is_nash(advantages, point), is_strict(advantages, point)
    for key, value in (("nash", nash), ("strict_nash", strict), ("ess", strict), ("nss", None)):
        if getattr(given, key) is not value:
            found.append(f"{name}: {key} is {getattr(given, key)}, should be {value}")
    values = [complex(v) for v in eigenvalues(advantages, point)]
    left = list(given.eigenvalues)
    for v in values:
        best = min(left, key=lambda w: abs(w - v), default=None)
        if best is None or abs(best - v) > 1e-6 * max(1.0, abs(v)):
            found.append(f"{name}: eigenvalue {v:.6g} is missing among {given.eigenvalues}")
            break
        left.remove(best)
    else:
        if left:
            found.append(f"{name}: too many eigenvalues {given.eigenvalues}")
    return found


def _label_differences(advantages: Any, point: Point, given: Any, name: str) -> list[str]:
    label, hyperbolic = settled(advantages, point)
    if label is not None:
        return [] if given.stability == label else [f"{name}: {given.stability}, should be {label}"]
    if hyperbolic and given.stability == "undecided":
        return [f"{name}: undecided although no eigenvalue has zero real part"]
    if given.stability not in ("centre", "stable", "unstable", "undecided"):
        return [f"{name}: {given.stability}, which is impossible here"]
    return [] if given.reason else [f"{name}: {given.stability} without a reason"]


def _set_differences(truth: RestStates, analysis: Any) -> list[str]:
    import random

    rng = random.Random(0)
    found = []
    if bool(truth.pieces) != bool(analysis.rest_sets):
        found.append(f"{len(truth.pieces)} continua, but {len(analysis.rest_sets)} rest sets")
    for piece in truth.pieces:
        for point in samples(piece, rng, 5):
            if not any(on_piece(p, point) for p in analysis.rest_sets):
                found.append(f"{_show(point)} lies on a continuum that no rest set covers")
    for given in analysis.rest_sets:
        if given.stability in ("asymptotically stable", "source"):
            found.append(f"rest set {given.id} is called {given.stability}")
        for state in given.samples:
            point = tuple(_snap(v) for v in state)
            if not any(_near_piece(piece, point) for piece in truth.pieces):
                found.append(f"{_show(state)} of rest set {given.id} is no continuum of rest points")
    return found


def samples(piece: Piece, rng: Any, count: int) -> list[Point]:
    """Return up to `count` random points of a piece."""
    drawn = (piece.sample(rng) for _ in range(20 * count))
    return [p for p in drawn if p is not None][:count]


def _snap(value: float) -> Any:
    return mpmath.mpf(round(value)) if abs(value - round(value)) < 1e-12 else mpmath.mpf(value)


def _near_piece(piece: Piece, point: Point) -> bool:
    """Whether a state given in double precision is on a piece."""
    if any(abs(point[i] - v) > 1e-9 for i, v in piece.fixed.items()):
        return False
    if piece.along is not None:
        for i, (above, below) in piece.graph.items():
            s = point[piece.along]
            gap = _at(above, s) + _at(below, s) * point[i]
            if abs(gap) > 1e-8:
                return False
    if piece.relation is not None:
        j, k, (a, b, c, d) = piece.relation
        u, v = point[j], point[k]
        total = _real(a) + _real(b) * u + _real(c) * v + _real(d) * u * v
        return bool(abs(total) < 1e-8)
    return True


def _real(value: Fraction) -> Any:
    return mpmath.mpf(value.numerator) / value.denominator


def _at(line: tuple[Fraction, Fraction], s: Any) -> Any:
    return _real(line[0]) + _real(line[1]) * s
