"""One population against itself in symbols."""

from __future__ import annotations

from flint import fmpq_mpoly

from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.cells import describe_cells
from separatrix.analysis.corners import CornerTable
from separatrix.analysis.found import Found, support_of
from separatrix.analysis.one_population import PROOF
from separatrix.analysis.regimes import Literal, State
from separatrix.analysis.result import Completeness, Label, RestPoint, RestSet
from separatrix.game.condition import FALSE, TRUE, Condition, Relation, all_of
from separatrix.game.expression import Expression, Name, number
from separatrix.game.model import Game

__all__ = ["candidates_of_one", "states_of_one"]

ENDS = "asymptotically stable, and an ESS, where the advantage beside it drives the share back"


def candidates_of_one(game: Game, table: CornerTable, assumptions: Assumptions) -> Found:
    """Return the ends of the segment, the mixed point, and the segment itself, with their conditions."""
    from separatrix.analysis.symbolic import opposite_signs

    low, high = table.corners[0][(0,)], table.corners[0][(1,)]

    def is_(value: fmpq_mpoly, operator: str) -> Condition:
        return assumptions.relation(value, operator)

    p, q = low.sign_polynomial, high.sign_polynomial
    exists = opposite_signs(assumptions, low, high)
    mixed_stable = all_of(is_(p, ">"), is_(q, "<"))
    points = [
        _end(game, "E1", 0, low.expression(), _stable_end(assumptions, p, q, -1), assumptions.signs(p)),
        _end(game, "E2", 1, (-high).expression(), _stable_end(assumptions, q, p, 1), assumptions.signs(-q)),
    ]
    if exists != FALSE:
        ess = True if mixed_stable == TRUE else False if mixed_stable == FALSE else None
        points.append(
            RestPoint(
                id="E3",
                support=support_of(game, (None,)),
                free=(0,),
                exact=((low / (low - high)).expression(),),
                isolated=True,
                eigenvalues_exact=((low * high / (low - high)).expression(),),
                stability="asymptotically stable" if ess else "source" if ess is False else None,
                reason="the advantage falls through zero where it is stable; then it is an ESS too",
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
        id="S1",
        support=support_of(game, (None,)),
        free=(0,),
        dimension=1,
        equations=(Relation(number(0), "<", share), Relation(share, "<", number(1))),
        corners=((0.0,), (1.0,)),
        samples=((0.0,), (1.0,)),
        reason="both strategies always earn the same",
        exists=all_of(is_(p, "=="), is_(q, "==")),
    )
    sets = () if segment.exists == FALSE else (segment,)
    return Found(tuple(points), sets, (), Completeness("complete", PROOF))


def _stable_end(assumptions: Assumptions, here: fmpq_mpoly, beyond: fmpq_mpoly, sign: int) -> Condition:
    """Return when the advantage has the given sign at an end, or vanishes there and has it beyond."""
    return describe_cells(
        assumptions,
        [here, beyond],
        [assumptions.signs(here), assumptions.signs(beyond)],
        lambda s: s[0] == sign or (s[0] == 0 and s[1] == sign),
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
        nash=True if signs <= {-1, 0} else False if signs == {1} else None,
        strict_nash=True if signs == {-1} else False if -1 not in signs else None,
        ess=True if stable == TRUE else False if stable == FALSE else None,
        isolated=True if 0 not in signs else None,
    )


def states_of_one(
    game: Game, table: CornerTable, assumptions: Assumptions
) -> tuple[list[fmpq_mpoly], list[State]]:
    """Return the deciding quantities and the states that can be asymptotically stable."""
    from separatrix.analysis.symbolic import SignPolynomials

    low, high = table.corners[0][(0,)], table.corners[0][(1,)]
    polynomials = SignPolynomials(assumptions)

    def clause(*wanted: tuple[fmpq_mpoly, int]) -> tuple[Literal, ...] | None:
        literals = [polynomials.literal(p, s) for p, s in wanted]
        if any(x is False for x in literals):
            return None
        return tuple(x for x in literals if not isinstance(x, bool))

    p, q = low.sign_polynomial, high.sign_polynomial
    mixed = (low / (low - high)).expression() if low != high else number(0)
    described = [
        (number(0), [clause((p, -1)), clause((p, 0), (q, -1))]),
        (number(1), [clause((q, 1)), clause((q, 0), (p, 1))]),
        (mixed, [clause((p, 1), (q, -1))]),
    ]
    states = []
    for coordinate, clauses in described:
        possible = tuple(c for c in clauses if c is not None)
        if possible:
            states.append(State((coordinate,), possible))
    return polynomials.items, states
