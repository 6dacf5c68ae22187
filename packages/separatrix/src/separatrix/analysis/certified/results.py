"""Certified rest states in the words of the output.

What the game says of a certified rest point: Nash, strict Nash, evolutionarily stable.

Conditions that say between which numbers a share lies, or which number it is.

A number of degree above two has no closed form worth printing: its polynomial and rational bounds identify
it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.answer import labelled_point, labelled_set
from separatrix.analysis.branch_and_prune.faces import Face
from separatrix.analysis.branch_and_prune.krawczyk import simplest_between
from separatrix.analysis.branch_and_prune.rest_sets import Patch
from separatrix.analysis.certified.centre_manifold import CertifiedLocal
from separatrix.analysis.certified.rest_set_labels import PatchPiece
from separatrix.analysis.payoff_functions import Field
from separatrix.analysis.results import RestPoint, RestSet, State
from separatrix.analysis.stability.classification import Verdict
from separatrix.exact.algebraic_numbers import Exact, as_expression, as_float, rational_between
from separatrix.exact.number_field import FieldElement, NumberField
from separatrix.exact.rational_functions import polynomial_expression
from separatrix.expression.conditions import Condition, Relation
from separatrix.expression.tree import Expression, Name, add, multiply, negate, number, power
from separatrix.game.model import Game
from separatrix.run.limits import LATE
from separatrix.sentences import say, together

__all__ = [
    "GameWords",
    "bounds",
    "face_text",
    "game_words",
    "rest_point",
    "rest_set",
    "root_of",
]


@dataclass(frozen=True)
class GameWords:
    """None where something is not known, or not defined."""

    nash: bool | None
    strict_nash: bool | None
    ess: bool | None
    nss: bool | None


def game_words(local: CertifiedLocal, verdict: Verdict, tabled: bool) -> GameWords:
    """Return whether a rest point is a Nash equilibrium, and evolutionarily stable.

    One population: local evolutionary stability (Pohley & Thomas 1983), x·F(y) > y·F(y) for all y close to x.
    Several without own play: the same as strict Nash.  Several with own play: a strict Nash equilibrium is
    evolutionarily stable in Cressman's sense, what is not Nash is not, and the rest is left open.
    """
    turns = [o.turn for o in local.outside]
    nash: bool | None = False if 1 in turns else None if None in turns else True
    strict = not local.system.free and all(t == -1 for t in turns)
    if not tabled:
        return GameWords(nash, strict, None, None)
    if len(local.system.field.sizes) > 1:
        if local.balanced:
            return GameWords(nash, strict, strict, None)
        return GameWords(nash, strict, True if strict else False if nash is False else None, None)
    if local.system.field.sizes == (2,):
        # With two strategies x·F(y) > y·F(y) says that y moves back to x.
        back = verdict.label == "asymptotically stable"
        return GameWords(nash, strict, back, back or verdict.label == "stable")
    if strict:
        return GameWords(nash, strict, True, True)
    if nash is False:
        return GameWords(nash, strict, False, False)
    return GameWords(nash, strict, *_mixed(local, turns))


def _mixed(local: CertifiedLocal, turns: list[int | None]) -> tuple[bool | None, bool | None]:
    """A mixed point of one population where no unplayed strategy earns more.

    If the others earn less and F' is negative definite on the face's tangent space the point is a regular
    ESS (Taylor & Jonker 1978); if F' takes a positive value there it is not even neutrally stable.
    """
    form = local.payoff_form_sign()
    if form == 1:
        return False, False
    if form == -1 and all(t == -1 for t in turns):
        return True, True
    return None, None


def root_of(share: Name, value: Exact) -> Iterator[Relation]:
    """Yield the conditions that make a share a number."""
    if not isinstance(value, FieldElement):
        yield Relation(share, "==", as_expression(value))
        return
    field = value.own_field
    low, high = _around(field)
    yield Relation(_equation(field, share, 1), "==", number(0))
    yield Relation(low, "<", share)
    yield Relation(share, "<", high)


def bounds(share: Name, low: Exact, high: Exact) -> Iterator[Relation]:
    """Yield the conditions that keep a share between two numbers.

    Between them lies no other root of the polynomial of either, so that this polynomial keeps its sign.
    """
    middle = rational_between(low, high)
    for end, lower in ((low, True), (high, False)):
        if not isinstance(end, FieldElement):
            bound = as_expression(end)
        else:
            field = end.own_field
            bound = _around(field)[0 if lower else 1]
            turn = 1 if field.polynomial(middle) > 0 else -1
            yield Relation(_equation(field, share, turn), ">", number(0))
        yield Relation(bound, "<", share) if lower else Relation(share, "<", bound)


def _around(field: NumberField) -> tuple[Expression, Expression]:
    """Short rationals, 0 and 1 at the most, around a root between 0 and 1 and no other of its polynomial."""
    roots = [r.field for r in field.conjugates]
    before = roots[field.index - 1] if field.index else None
    after = roots[field.index + 1] if field.index + 1 < len(roots) else None
    low, high = fmpq(0), fmpq(1)
    if before is not None:
        low = max(low, _short(before, field))
    if after is not None:
        high = min(high, _short(field, after))
    return as_expression(low), as_expression(high)


def _short(left: NumberField, right: NumberField) -> fmpq:
    """A rational of small denominator between two roots."""
    bits = 8
    while left.enclosure(bits)[1] >= right.enclosure(bits)[0]:
        bits *= 2
    ends = left.enclosure(bits)[1], right.enclosure(bits)[0]
    first, last = (Fraction(int(e.p), int(e.q)) for e in ends)
    found = simplest_between(first, last, 1 << 200)
    return rational_between(*ends) if found is None else fmpq(found.numerator, found.denominator)


def _equation(field: NumberField, share: Name, turn: int) -> Expression:
    """The polynomial of a root, times a number of the given sign that makes it whole and coprime."""
    values = field.polynomial.coeffs()
    below = math.lcm(*(int(v.q) for v in values)) * turn
    terms = []
    for k in range(len(values) - 1, -1, -1):
        if values[k] != 0:
            factor = number(int(values[k].p) * below // int(values[k].q))
            terms.append(multiply(factor, power(share, k)) if k else factor)
    return add(*terms)


def face_text(game: Game, face: Face) -> str:
    """Return a face for a sentence: who mixes what."""
    parts = [
        say(
            "{population} plays {strategies}",
            population=p.name,
            strategies=together((p.strategies[a].name for a in played), " and "),
        )
        for p, played in zip(game.populations, face, strict=True)
    ]
    return together(parts, "; ")


def rest_point(
    game: Game,
    name: str,
    local: CertifiedLocal,
    isolated: bool | None,
    verdict: Verdict | None,
    words: GameWords | None,
) -> RestPoint:
    """Return a rest point in the words of the output; without enough time, only its place."""
    root = local.root
    state = game.space.coordinates(root.shares)
    if verdict is None or words is None:
        return labelled_point(game, name, root.face, Verdict("undecided", LATE), state=state)
    exact = None
    if root.exact is not None:
        exact = tuple(as_expression(x) for x in game.space.coordinates(local.system.shares(root.exact)))
    forms: list[Expression | None] = list(
        local.internal_eigenvalues.exact or [None] * len(local.internal_eigenvalues.values)
    )
    forms.extend(None if o.exact is None else as_expression(o.exact) for o in local.outside)
    return labelled_point(
        game,
        name,
        root.face,
        verdict,
        state=state,
        exact=exact,
        isolated=isolated,
        eigenvalues=(*local.internal_eigenvalues.values, *(complex(o.value) for o in local.outside)),
        eigenvalues_exact=None if None in forms else tuple(f for f in forms if f is not None),
        **vars(words),
    )


def rest_set(game: Game, name: str, placed: tuple[int | None, PatchPiece], brief: bool) -> RestSet:
    """Return a piece of a rest set, with the number of its connected set, in the words of the output."""
    component, piece = placed
    patch = piece.patch

    def state(point: Sequence[Any]) -> State:
        shares = game.space.coordinates(patch.system.shares(point))
        return tuple(float(x) if isinstance(x, int | float) else as_float(x) for x in shares)

    return labelled_set(
        game,
        name,
        patch.system.face,
        piece.verdict,
        dimension=patch.dimension,
        equations=() if brief else _equations(game, patch),
        corners=tuple(state(corner) for corner in _corners(patch)),
        samples=() if brief and patch.corners else tuple(state(sample) for sample in patch.samples),
        component=component,
        nash=piece.nash,
    )


def _corners(patch: Patch) -> Iterator[Sequence[Any]]:
    if patch.dimension:
        yield from patch.corners
    elif patch.sample is not None:
        yield patch.sample
    elif patch.root is not None:
        yield [float(x.mid()) for x in patch.root.refine(96)]


def _equations(game: Game, patch: Patch) -> Iterator[Condition]:
    """Which shares are zero or one, which equations hold, and where the set ends."""
    field, face = patch.system.field, patch.system.face
    if patch.dimension == 0 and patch.sample is not None:
        values = game.space.coordinates(patch.system.shares(patch.sample))
        for name, x in zip(game.shares, values, strict=True):
            yield from root_of(Name(name), x)
        return
    for population, played in zip(game.populations, face, strict=True):
        names = [Name(share) for share in population.shares]
        if population.binary:
            if len(played) == 1:
                yield Relation(names[0], "==", number(1 - played[0]))
            continue
        for b, share in enumerate(names):
            if b not in played:
                yield Relation(share, "==", number(0))
    zero = number(0)
    for equation in patch.equations:
        yield Relation(_primitive(field, equation), "==", zero)
    for positive in patch.positive:
        yield Relation(_primitive(field, positive), ">", zero)
    if patch.root is not None:
        for v, below, above in patch.root.around():
            yield from bounds(Name(field.ring.names[v]), below, above)
    if patch.interval is not None:
        k, low, high = patch.interval
        place = Name(field.ring.names[patch.system.variables[k]])
        yield from dict.fromkeys(bounds(place, low, high))
    for population, played in zip(game.populations, face, strict=True):
        if len(played) == 1:
            continue
        names = [Name(share) for share in population.shares]
        if population.binary:
            yield Relation(zero, "<", names[0])
            yield Relation(names[0], "<", number(1))
            continue
        yield from (Relation(zero, "<", names[a]) for a in played)
        rest = add(number(1), *(negate(names[a]) for a in played[:-1]))
        yield Relation(names[played[-1]], "==", rest)


def _primitive(field: Field, polynomial: fmpq_mpoly) -> Expression:
    """A polynomial times the positive number that makes its coefficients whole and coprime."""
    values = polynomial.coeffs()
    below = math.lcm(*(int(v.q) for v in values))
    above = math.gcd(*(int(v.p) * (below // int(v.q)) for v in values))
    return polynomial_expression(field.ring, polynomial * below / above)
