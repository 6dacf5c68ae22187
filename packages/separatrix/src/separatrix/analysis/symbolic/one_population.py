"""One population against itself in symbols."""

from __future__ import annotations

from flint import fmpq_mpoly

from separatrix.analysis.answer import RestStateAnswer, point_number, set_number
from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.binary.one_population import PROOF
from separatrix.analysis.binary.words import support_of
from separatrix.analysis.corner_advantages import CornerTable
from separatrix.analysis.regimes import State
from separatrix.analysis.results import Completeness, Label, RestPoint, RestSet
from separatrix.analysis.sign_cells import describe_cells
from separatrix.analysis.signs import Formula, SignPolynomials, any_formula, every_formula
from separatrix.analysis.symbolic.faces import opposite_signs
from separatrix.analysis.symbolic.labels import isolated_of, nash_of, strict_nash_of
from separatrix.analysis.theorems import EVOLUTIONARILY_STABLE
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.conditions import FALSE, TRUE, Condition, Relation, all_of
from separatrix.expression.tree import Expression, Name, number
from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = ["candidates_of_one", "states_of_one"]

ENDS = say("asymptotically stable, and an ESS, where the advantage beside it drives the share back").by(
    EVOLUTIONARILY_STABLE
)


def candidates_of_one(
    game: Game, table: CornerTable, assumptions: Assumptions, speed: Ratio
) -> RestStateAnswer:
    """Return the ends of the segment, the mixed point, and the segment itself, with their conditions."""
    low, high = table.corners[0][(0,)], table.corners[0][(1,)]

    def is_(value: fmpq_mpoly, operator: str) -> Condition:
        return assumptions.relation(value, operator)

    p, q = low.sign_polynomial, high.sign_polynomial
    exists = opposite_signs(assumptions, low, high)
    mixed_stable = all_of(is_(p, ">"), is_(q, "<"))
    below, above = (speed * low).expression(), (-(speed * high)).expression()
    points = [
        _end(game, point_number(1), 0, below, _stable_end(assumptions, p, q, -1), assumptions.signs(p)),
        _end(game, point_number(2), 1, above, _stable_end(assumptions, q, p, 1), assumptions.signs(-q)),
    ]
    if exists != FALSE:
        ess = True if mixed_stable == TRUE else False if mixed_stable == FALSE else None
        points.append(
            RestPoint(
                id=point_number(3),
                support=support_of(game, (None,)),
                free=(0,),
                exact=((low / (low - high)).expression(),),
                isolated=True,
                eigenvalues_exact=((speed * low * high / (low - high)).expression(),),
                stability="asymptotically stable" if ess else "source" if ess is False else None,
                reason=say("the advantage falls through zero where it is stable; then it is an ESS too").by(
                    EVOLUTIONARILY_STABLE
                ),
                stable_when=None if mixed_stable == FALSE else mixed_stable,
                exists=exists,
                nash=True,
                strict_nash=False,
                ess=ess,
                nss=ess,
            )
        )
    share = Name(game.shares[0])
    segment = RestSet(
        id=set_number(1),
        support=support_of(game, (None,)),
        free=(0,),
        dimension=1,
        equations=(Relation(number(0), "<", share), Relation(share, "<", number(1))),
        corners=((0.0,), (1.0,)),
        samples=((0.0,), (1.0,)),
        reason=say("both strategies always earn the same"),
        exists=all_of(is_(p, "=="), is_(q, "==")),
    )
    sets = () if segment.exists == FALSE else (segment,)
    return RestStateAnswer(tuple(points), sets, (), Completeness("complete", PROOF))


def _stable_end(assumptions: Assumptions, here: fmpq_mpoly, beyond: fmpq_mpoly, sign: int) -> Condition:
    """Return when the advantage has the given sign at an end, or vanishes there and has it beyond."""
    values = here, beyond
    return describe_cells(
        [assumptions.signs(value) for value in values],
        lambda s: s[0] == sign or (s[0] == 0 and s[1] == sign),
        lambda index, operator: assumptions.relation(values[index], operator),
    )


def _end(
    game: Game, name: str, share: int, eigenvalue: Expression, stable: Condition, signs: frozenset[int]
) -> RestPoint:
    label: Label | None = "asymptotically stable" if stable == TRUE else "source" if signs == {1} else None
    return RestPoint(
        id=name,
        support=support_of(game, (share,)),
        free=(),
        state=(float(share),),
        exact=(number(share),),
        eigenvalues_exact=(eigenvalue,),
        stability=label,
        reason=ENDS,
        stable_when=None if stable == FALSE else stable,
        exists=TRUE,
        nash=nash_of([signs]),
        strict_nash=strict_nash_of([signs]),
        ess=True if stable == TRUE else False if stable == FALSE else None,
        isolated=isolated_of([signs]),
    )


def states_of_one(
    game: Game, table: CornerTable, assumptions: Assumptions
) -> tuple[SignPolynomials, list[State]]:
    """Return the deciding quantities and the states that can be asymptotically stable."""
    low, high = table.corners[0][(0,)], table.corners[0][(1,)]
    polynomials = SignPolynomials(assumptions)
    p, q = low.sign_polynomial, high.sign_polynomial

    def both(one: str, other: str) -> Formula:
        return every_formula(polynomials.sign(p, one), polynomials.sign(q, other))

    mixed = (low / (low - high)).expression() if low != high else number(0)
    described = [
        (number(0), any_formula(polynomials.sign(p, "<"), both("==", "<"))),
        (number(1), any_formula(polynomials.sign(q, ">"), both(">", "=="))),
        (mixed, both(">", "<")),
    ]
    states = [State((coordinate,), formula) for coordinate, formula in described if formula != FALSE]
    return polynomials, states
