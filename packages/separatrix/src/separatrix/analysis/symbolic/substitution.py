"""The symbolic answer with the numbers filled in."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from separatrix.analysis.answer import RestStateAnswer
from separatrix.analysis.rest_state_ids import with_rest_state_ids
from separatrix.analysis.results import Completeness, RestPoint, RestSet, State
from separatrix.errors import InputError
from separatrix.expression.conditions import Condition, holds
from separatrix.expression.tree import Call, Expression, Name, Number, Power, Product, Quotient, Sum
from separatrix.game.model import Game
from separatrix.sentences import say, together

__all__ = ["approximate", "merge"]

ABSENT = say("it does not exist at the given values")
ON_SET = say("at the given values it is one state of a continuum of equilibria")


def merge(
    game: Game,
    symbols: RestStateAnswer,
    numbers: RestStateAnswer | None,
    known: Mapping[str, Fraction] | None,
) -> RestStateAnswer:
    """Return the symbolic answer, with the numeric keys filled in where values exist.

    Candidates keep their forms and conditions and take state, eigenvalues, label and flags from the rest
    state that they are at these values. Rest states without a candidate (inside the cube at degenerate
    values) are added.
    """
    if numbers is None or known is None:
        return symbols
    unmatched = list(numbers.points)
    points: list[RestPoint] = []
    absent: list[RestPoint | RestSet] = []
    for candidate in symbols.points:
        match = _match(candidate, unmatched, known)
        if match is not None:
            unmatched.remove(match)
            points.append(_filled(candidate, match))
        else:
            absent.append(_unmatched(candidate, numbers.sets, known))
    sets, lacking = _merge_sets(symbols.sets, numbers.sets, known)
    # What is at these values keeps its name, for what else speaks of it; others cannot be taken for it.
    others = [replace(item, id=f"candidate {k}") for k, item in enumerate((*absent, *lacking))]
    found = replace(
        numbers,
        points=(*points, *unmatched, *(p for p in others if isinstance(p, RestPoint))),
        sets=(*sets, *(s for s in others if isinstance(s, RestSet))),
        completeness=_proof(symbols.completeness, numbers.completeness),
        warnings=(),
        places={},
    )
    return with_rest_state_ids(game, found, [item.id for item in others])


def _proof(symbols: Completeness, numbers: Completeness) -> Completeness:
    whole = symbols.status == numbers.status == "complete"
    if whole:
        here = say("The answer at the given values is whole too.")
    elif numbers.status == "complete":
        here = say("The answer at the given values is whole.")
    else:
        here = say("The answer at the given values may not be whole.")
    return Completeness("complete" if whole else "incomplete", together([symbols.proof, here, numbers.proof]))


def _match(candidate: RestPoint, points: list[RestPoint], known: Mapping[str, Fraction]) -> RestPoint | None:
    same_face = [p for p in points if p.support == candidate.support]
    if len(candidate.free) < 3:
        return same_face[0] if same_face else None
    place = [approximate(e, known) for e in candidate.exact or ()]
    if not place or any(v is None for v in place):
        return None
    for point in same_face:
        state = point.state or ()
        if state and all(v is not None and abs(v - s) < 1e-6 for v, s in zip(place, state, strict=True)):
            return point
    return None


def _filled(candidate: RestPoint, point: RestPoint) -> RestPoint:
    return replace(
        candidate,
        id=point.id,
        state=point.state,
        isolated=point.isolated,
        eigenvalues=point.eigenvalues,
        stability=point.stability,
        reason=point.reason,
        nash=point.nash,
        strict_nash=point.strict_nash,
        ess=point.ess,
        nss=point.nss,
    )


def _unmatched(candidate: RestPoint, pieces: tuple[RestSet, ...], known: Mapping[str, Fraction]) -> RestPoint:
    """A candidate that is not a listed rest point: it does not exist, or is one state of a rest set."""
    present = candidate.exists is not None and _true(candidate.exists, known)
    place = [approximate(e, known) for e in candidate.exact or ()] if present else []
    state = tuple(v for v in place if v is not None)
    if not state or len(state) < len(place):
        present = False
    own = [
        p
        for p in pieces
        if present and p.dimension == 0 and p.support == candidate.support and _close(p.samples, state)
    ]
    return replace(
        candidate,
        state=state if present else None,
        isolated=False if present else None,
        eigenvalues=None,
        stability=own[0].stability if own else None,
        reason=ON_SET if present else ABSENT,
        nash=None,
        strict_nash=None,
        ess=None,
        nss=None,
    )


def _close(samples: tuple[State, ...], state: State) -> bool:
    return any(all(abs(u - v) < 1e-9 for u, v in zip(s, state, strict=True)) for s in samples)


def _merge_sets(
    candidates: tuple[RestSet, ...], pieces: tuple[RestSet, ...], known: Mapping[str, Fraction]
) -> tuple[list[RestSet], list[RestSet]]:
    """The pieces that exist at these values, with their candidates' conditions; and the other candidates."""
    present = [c for c in candidates if _holds(c, known)]
    result: list[RestSet] = []
    for piece in pieces:
        owners = [c for c in present if c.support == piece.support and c.dimension >= piece.dimension]
        owner = min(owners, key=lambda c: c.dimension, default=None)
        result.append(replace(piece, exists=owner.exists if owner else None))
    supports = {p.support for p in pieces}
    return result, [c for c in candidates if c not in present or c.support not in supports]


def _holds(candidate: RestSet, known: Mapping[str, Fraction]) -> bool:
    condition = candidate.exists or candidate.possible_when
    return condition is None or _true(condition, known)


def _true(condition: Condition, known: Mapping[str, Fraction]) -> bool:
    try:
        return holds(condition, known)
    except InputError:  # a pole at these values, or an irrational number: not claimed to exist
        return False


def approximate(expression: Expression, values: Mapping[str, Fraction]) -> float | None:
    """Return the value as a float, or None where it is not real (a pole, the root of a negative number).

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> approximate(parse_expression("sqrt(a)/2"), {"a": Fraction(2)})
    0.7071067811865476
    """
    try:
        return _float(expression, values)
    except (ZeroDivisionError, ValueError, OverflowError):
        return None


_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "min": min,
    "max": max,
}


def _float(expression: Expression, values: Mapping[str, Fraction]) -> float:
    match expression:
        case Number(value):
            return float(value)
        case Name(name):
            return float(values[name])
        case Sum(terms):
            return math.fsum(_float(t, values) for t in terms)
        case Product(factors):
            return math.prod(_float(f, values) for f in factors)
        case Quotient(numerator, denominator):
            return _float(numerator, values) / _float(denominator, values)
        case Power(base, exponent):
            return float(_float(base, values) ** _float(exponent, values))
        case Call(function, arguments):
            inner = [_float(a, values) for a in arguments]
            return float(_FUNCTIONS[function](*inner))
