"""Claimed states in numbers: where they lie at given parameter values, and which rest point they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import acb

from separatrix.analysis.results import Analysis, RestPoint, RestSet
from separatrix.audit.claims.claim import Claim, StabilityClaim, StateClaim
from separatrix.audit.claims.numerals import NoValue, ball, is_number, precision, tolerance
from separatrix.audit.evidence.admissible import Formula
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.errors import SeparatrixError
from separatrix.expression.conditions import Condition, Relation, fold
from separatrix.expression.tree import Name, Number, names_in, subtract
from separatrix.game.values import expand

__all__ = [
    "Located",
    "coordinates_at",
    "examples",
    "free_shares",
    "is_inside",
    "is_numeric",
    "locate",
    "slack",
]


def is_numeric(state: StateClaim) -> bool:
    """Whether every coordinate is a number."""
    return all(is_number(c.expression) for c in state.at)


def free_shares(truth: Truth, state: StateClaim) -> frozenset[str]:
    """Return the shares that are left free in a claimed state, as y is in the edge (0, y, 0)."""
    shares = set(truth.game.shares)
    return frozenset(n for c in state.at for n in names_in(c.expression) if n in shares)


def slack(state: StateClaim) -> list[Fraction]:
    """Return how far each true coordinate may lie from the printed one; whole numbers are exact here."""
    return [
        Fraction(0)
        if isinstance(c.expression, Number) and c.expression.value.denominator == 1
        else tolerance(c)
        for c in state.at
    ]


def coordinates_at(truth: Truth, state: StateClaim, values: Mapping[str, Fraction]) -> list[acb]:
    """Return enclosures of the coordinates at parameter values; `NoValue` where one has none."""
    with precision():
        return [ball(expand(truth.game, c.expression), values) for c in state.at]


def examples(truth: Truth, claim: Claim, state: StateClaim) -> list[dict[str, Fraction]]:
    """Return some admissible values, in the circumstances of a claim, at which a claimed state is one."""
    inside: list[Formula] = [truth.context(claim)]
    for share, coordinate in truth.point(state).items():
        if coordinate.value is None and coordinate != truth.algebra.variable(share):
            if not truth.algebra.is_rational(coordinate):
                every = truth.admissible.examples
                return [
                    v for v in every if truth.admissible.true_at(inside[0], v) and is_inside(truth, state, v)
                ]
            inside += truth.inside(coordinate)
    natural = truth.admissible.natural
    return truth.admissible.several(*inside, *natural) or truth.admissible.several(*inside)


def misplaced(truth: Truth, claim: StabilityClaim) -> bool:
    """Whether a claim speaks, by its id, of a listed rest point that is none: an error told there."""
    if claim.state.id is None or is_numeric(claim.state):
        return False
    try:
        rates = truth.rates_at(truth.point(claim.state))
        return any(not truth.simplified(r, *claim.conditions).is_zero for r in rates.values())
    except (NotChecked, SeparatrixError, ZeroDivisionError):
        return False


def is_inside(truth: Truth, state: StateClaim, values: Mapping[str, Fraction]) -> bool:
    """Whether a claimed state lies in the state space at parameter values."""
    try:
        where = coordinates_at(truth, state, values)
    except NoValue:
        return False
    return all(c.imag.contains(0) and 0 <= float(c.real.mid()) <= 1 for c in where)


@dataclass(frozen=True)
class Located:
    """What is at a claimed state: a rest point, or a piece of a rest set, or neither."""

    point: RestPoint | None = None
    piece: RestSet | None = None

    @property
    def found(self) -> bool:
        """Whether the state is at rest."""
        return self.point is not None or self.piece is not None

    @property
    def label(self) -> str | None:
        """The label of the state."""
        entry = self.point or self.piece
        return None if entry is None else entry.stability


def locate(truth: Truth, state: StateClaim, analysis: Analysis, values: Mapping[str, Fraction]) -> Located:
    """Return which rest point, or which piece of a rest set, a claimed state is at exact values."""
    try:
        claimed = coordinates_at(truth, state, values)
    except NoValue:
        return Located()
    margins = [float(s) + 1e-9 for s in slack(state)]
    where = [complex(float(c.real.mid()), float(c.imag.mid())) for c in claimed]
    best: tuple[float, RestPoint] | None = None
    for point in analysis.rest_points:
        if point.state is None:
            continue
        gaps = [abs(a - b) for a, b in zip(where, point.state, strict=True)]
        if all(gap <= margin for gap, margin in zip(gaps, margins, strict=True)):
            distance = max(gaps)
            if best is None or distance < best[0]:
                best = (distance, point)
    if best is not None:
        return Located(point=best[1])
    if all(abs(c.imag) < 1e-12 for c in where):
        place = dict(zip(truth.game.shares, (c.real for c in where), strict=True))
        margin = max(margins)
        for piece in analysis.rest_sets:
            if on_piece(truth, piece, place, values, margin):
                return Located(piece=piece)
    return Located()


def on_piece(
    truth: Truth, piece: RestSet, place: Mapping[str, float], values: Mapping[str, Fraction], margin: float
) -> bool:
    """Whether a state lies on a piece of a rest set, up to `margin`."""
    known: dict[str, Any] = {**values, **{n: Fraction(v) for n, v in place.items()}}
    return all(_nearly(condition, known, margin) for condition in piece.equations)


def _nearly(condition: Condition, known: Mapping[str, Any], margin: float) -> bool:
    def true(relation: Relation) -> bool:
        try:
            with precision():
                gap = float(ball(subtract(relation.left, relation.right), known).real.mid())
        except NoValue:
            return False
        size = margin * (1.0 if isinstance(relation.left, Name) else 10.0)
        if relation.operator in ("<", "<="):
            return gap <= size
        if relation.operator in (">", ">="):
            return gap >= -size
        return abs(gap) <= size

    return fold(condition, true, all, any)
