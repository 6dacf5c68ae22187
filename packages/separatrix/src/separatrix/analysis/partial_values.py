"""A game in which some parameters are numbers and the others stay symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from separatrix.analysis.rest_state_ids import keep_ids
from separatrix.expression.conditions import with_sides
from separatrix.expression.tree import Expression, Number, substitute
from separatrix.game.model import (
    AdvantageForm,
    Form,
    FunctionForm,
    Game,
    GroupForm,
    PairwiseForm,
    ProfileTable,
    ReplicatorForm,
    SelfMatrix,
)

__all__ = ["with_fixed"]

Rewrite = Callable[[Expression], Expression]


def with_fixed(game: Game, values: Mapping[str, Fraction]) -> Game:
    """Return `game` with numbers in place of the parameters that have a value in `values`.

    Its scenarios and its schedule are left out: they may speak of parameters that are gone.  Its rest states
    keep the ids that they have in `game`.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load("hawk-dove-one-population")
    >>> fixed = with_fixed(game, {"V": Fraction(4)})
    >>> list(fixed.parameters), [text for _, text in fixed.assumptions]
    (['C'], ['V > 0', 'C > 0'])
    >>> from separatrix.expression.tree import to_text
    >>> to_text(fixed.form.rows[0][0])
    '(4 - C)/2'
    """
    numbers: dict[str, Expression] = {name: Number(value) for name, value in values.items()}

    def rewrite(expression: Expression) -> Expression:
        return substitute(expression, numbers)

    fixed = replace(
        game,
        parameters={name: p for name, p in game.parameters.items() if name not in values},
        form=_form(game.form, rewrite),
        lets={name: rewrite(meaning) for name, meaning in game.lets.items()},
        assumptions=tuple((with_sides(c, rewrite), text) for c, text in game.assumptions),
        speeds=tuple(rewrite(s) for s in game.speeds),
        scenarios={},
        scenario_names={},
        schedule={},
    )
    keep_ids(fixed, game)
    return fixed


def _form(form: Form, rewrite: Rewrite) -> Form:
    match form:
        case ProfileTable():
            return _table(form, rewrite)
        case SelfMatrix():
            return _matrix(form, rewrite)
        case PairwiseForm():
            return _pairs(form, rewrite)
        case FunctionForm(payoffs, table):
            rows = tuple(tuple(rewrite(u) for u in row) for row in payoffs)
            match table:
                case ProfileTable():
                    return FunctionForm(rows, _table(table, rewrite))
                case SelfMatrix():
                    return FunctionForm(rows, _matrix(table, rewrite))
                case PairwiseForm():
                    return FunctionForm(rows, _pairs(table, rewrite))
                case None:
                    return FunctionForm(rows)
        case GroupForm(size, payoffs):
            return GroupForm(rewrite(size), tuple(rewrite(u) for u in payoffs))
        case AdvantageForm(by_share):
            return AdvantageForm({share: rewrite(e) for share, e in by_share.items()})
        case ReplicatorForm(by_share):
            return ReplicatorForm({share: rewrite(e) for share, e in by_share.items()})


def _table(form: ProfileTable, rewrite: Rewrite) -> ProfileTable:
    return ProfileTable({profile: tuple(rewrite(e) for e in row) for profile, row in form.pay.items()})


def _matrix(form: SelfMatrix, rewrite: Rewrite) -> SelfMatrix:
    return SelfMatrix(tuple(tuple(rewrite(e) for e in row) for row in form.rows))


def _pairs(form: PairwiseForm, rewrite: Rewrite) -> PairwiseForm:
    return PairwiseForm(
        {pair: tuple(tuple(rewrite(e) for e in row) for row in rows) for pair, rows in form.matrices.items()}
    )
