"""Certified rest states in the words of the output."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from flint import fmpq_mpoly

from separatrix.analysis.answer import labelled_point, labelled_set
from separatrix.analysis.branch_and_prune.faces import Face
from separatrix.analysis.branch_and_prune.rest_sets import Patch
from separatrix.analysis.certified.game_words import GameWords
from separatrix.analysis.certified.isolating_intervals import bounds, root_of
from separatrix.analysis.certified.local import CertifiedLocal
from separatrix.analysis.certified.patch_pieces import PatchPiece
from separatrix.analysis.payoff_functions import Field
from separatrix.analysis.results import RestPoint, RestSet, State
from separatrix.analysis.stability.verdict import Verdict
from separatrix.exact.algebraic_numbers import as_expression, as_float
from separatrix.exact.rational_functions import polynomial_expression
from separatrix.expression.conditions import Condition, Relation
from separatrix.expression.tree import Expression, Name, add, negate, number
from separatrix.game.model import Game
from separatrix.run.deadline import LATE
from separatrix.sentences import say, together

__all__ = ["face_text", "rest_point", "rest_set"]


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
    """Return a rest point in the words of the output, or its place alone where there was no time for more."""
    root = local.root
    state = game.space.coordinates(root.shares)
    if verdict is None or words is None:
        return labelled_point(game, name, root.face, Verdict("undecided", LATE), state=state)
    exact = None
    if root.exact is not None:
        exact = tuple(as_expression(x) for x in game.space.coordinates(local.system.shares(root.exact)))
    forms: list[Expression | None] = list(local.along.exact or [None] * len(local.along.values))
    forms.extend(None if o.exact is None else as_expression(o.exact) for o in local.outside)
    return labelled_point(
        game,
        name,
        root.face,
        verdict,
        state=state,
        exact=exact,
        isolated=isolated,
        eigenvalues=(*local.along.values, *(complex(o.value) for o in local.outside)),
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
        yield [float(x.mid()) for x in patch.root.at(96)]


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
