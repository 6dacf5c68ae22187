"""One population of two strategies against itself: x' = x(1-x)·f(x) with f linear.

The flow is one-dimensional, so the sign of f near a rest point decides everything, also where the
eigenvalue is zero. ESS and neutral stability are Maynard Smith's (1982): again the sign of f near the
point, because (first strategy's payoff - second's) is f.
"""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq

from separatrix.analysis.answer import RestStateAnswer, point_number, set_number
from separatrix.analysis.binary.words import support_of
from separatrix.analysis.results import Completeness, Label, RestComponent, RestPoint, RestSet
from separatrix.exact.algebraic_numbers import as_expression, as_float, exact, sign
from separatrix.expression.conditions import Relation
from separatrix.expression.tree import Name, number
from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = ["find_one_population"]

PROOF = say(
    "On the line segment of states the rest points are its two ends and the zeros of the advantage inside, "
    "which is linear: one, none, or all of the segment."
)


def find_one_population(game: Game, at_zero: Fraction, at_one: Fraction) -> RestStateAnswer:
    """Return the rest states from the advantage at share 0 and at share 1.

    Parameters
    ----------
    game : Game
    at_zero, at_one : Fraction
        Payoff of the first strategy minus that of the second where no one, and where everyone, plays
        the first.
    """
    low, high = exact(at_zero), exact(at_one)
    everywhere = low == high == 0
    points = [_point(game, 1, fmpq(0), low, high), _point(game, 2, fmpq(1), low, high)]
    if sign(low) * sign(high) < 0:
        points.append(_point(game, 3, low / (low - high), low, high))
    completeness = Completeness("complete", PROOF)
    if not everywhere:
        return RestStateAnswer(tuple(points), (), (), completeness)
    share = Name(game.shares[0])
    segment = RestSet(
        id=set_number(1),
        support=support_of(game, (None,)),
        free=(0,),
        dimension=1,
        equations=(Relation(number(0), "<", share), Relation(share, "<", number(1))),
        corners=((0.0,), (1.0,)),
        samples=((0.0,), (1.0,)),
        stability="stable",
        reason=say("every state is at rest"),
        component=1,
        nash=True,
    )
    whole = RestComponent(
        1,
        (set_number(1), point_number(1), point_number(2)),
        "asymptotically stable",
        True,
        say("it is the whole state space, so nothing is outside"),
    )
    return RestStateAnswer(tuple(points), (segment,), (whole,), completeness)


def _point(game: Game, k: int, x: fmpq, low: fmpq, high: fmpq) -> RestPoint:
    slope = high - low
    value = low + slope * x
    face = (int(x) if x in (0, 1) else None,)
    eigenvalue = value * (1 - 2 * x) + x * (1 - x) * slope
    # Which way x moves just above and just below, as far as there are states there.
    above = sign(value) or sign(slope) if x < 1 else None
    below = sign(value) or -sign(slope) if x > 0 else None
    towards = [s for s in (None if above is None else -above, below) if s is not None]
    label, reason = _label(towards, sign(eigenvalue))
    nash = (x == 0 and value <= 0) or (x == 1 and value >= 0) or value == 0
    return RestPoint(
        id=point_number(k),
        support=support_of(game, face),
        free=(0,) if face == (None,) else (),
        state=(as_float(x),),
        exact=(as_expression(x),),
        isolated=not (low == high == 0),
        eigenvalues=(complex(as_float(eigenvalue)),),
        eigenvalues_exact=(as_expression(eigenvalue),),
        stability=label,
        reason=reason,
        nash=nash,
        strict_nash=(x == 0 and value < 0) or (x == 1 and value > 0),
        ess=all(s > 0 for s in towards),
        nss=all(s >= 0 for s in towards),
    )


def _label(towards: list[int], eigenvalue: int) -> tuple[Label, str]:
    """The label, from whether nearby states move towards the point (1), rest (0) or move away (-1)."""
    if all(s == 0 for s in towards):
        return "stable", say("every state is at rest")
    label: Label = "source"
    why = say("the advantage drives the share away")
    if all(s > 0 for s in towards):
        label = "asymptotically stable"
        why = (
            say("the advantage drives the share back from both sides")
            if len(towards) == 2
            else say("the advantage drives the share back")
        )
    if not eigenvalue:
        why = say("{why}; the eigenvalue is zero, the advantage near it decides", why=why)
    return label, why
