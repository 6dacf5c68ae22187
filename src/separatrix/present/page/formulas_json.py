"""The formulas of a game as the page sets them: each laid out as the author writes it, and as a tree.

A layout says how a formula is written; the page prints it as MathML or as text.  The tree beside it says
what is computed: the page puts the present numbers into it.  Both use the same short names, and ``names``
says what these stand for.
"""

from __future__ import annotations

from typing import Any

from separatrix.analysis.result import Analysis, Completeness, RestPoint
from separatrix.errors import ComesLater, InputError
from separatrix.expression.condition import All, Condition, Either
from separatrix.expression.tree import Expression
from separatrix.present.documents.sections.context import Context
from separatrix.present.documents.sections.model import average_payoff, strategy_payoffs_written
from separatrix.present.formulas.fingerprint import written_size
from separatrix.present.formulas.layout import (
    Accent,
    Fence,
    Fraction,
    Layout,
    Letter,
    Matrix,
    Operator,
    Row,
    Script,
    SquareRoot,
    Text,
    Word,
    relation_sign,
)
from separatrix.present.formulas.notation import IMAGINARY_UNIT
from separatrix.present.page.tree_json import Json, tree_json
from separatrix.study.page.page_model import PageModel

__all__ = ["formulas_json", "layout_json"]

MOST_SHARES = 6
"""Shares up to which a page shows the Jacobian matrix."""

LONGEST = 20_000
"""Characters of a matrix, or of the payoffs, past which a page leaves them to the report."""


def layout_json(node: Layout) -> Json:
    """Return a layout as nested lists; a letter is a string.

    Examples
    --------
    >>> layout_json(Script(Letter("π"), sub=Text("1")))
    ['_', 'π', ['t', '1']]
    """
    match node:
        case Letter(text):
            return text
        case Word(text, upright):
            return ["u" if upright else "w", text]
        case Text(text):
            return ["t", text]
        case Operator(text, kind):
            return ["o", text, kind]
        case Row(items):
            return ["r", *map(layout_json, items)]
        case Fraction(top, bottom):
            return ["/", layout_json(top), layout_json(bottom)]
        case Script(base, sub, None) if sub is not None:
            return ["_", layout_json(base), layout_json(sub)]
        case Script(base, None, sup) if sup is not None:
            return ["^", layout_json(base), layout_json(sup)]
        case Script(base, sub, sup):
            return ["_^", *(layout_json(part or Text("")) for part in (base, sub, sup))]
        case Accent(kind, body):
            return ["a", kind, layout_json(body)]
        case SquareRoot(body):
            return ["q", layout_json(body)]
        case Fence(left, body, right):
            return ["f", left, layout_json(body), right]
        case Matrix(rows):
            return ["m", *(["r", *map(layout_json, row)] for row in rows)]


def formulas_json(model: PageModel) -> dict[str, Any]:
    """Return the formulas of a game as plain data.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> from separatrix.study.page.page_model import page_model
    >>> told = formulas_json(page_model(load("battle-of-the-sexes")))
    >>> told["symbols"]["x"], sorted(told["points"])
    ('x', ['E1', 'E2', 'E3', 'E4', 'E5'])
    """
    analysis = model.answer or _unanswered(model)
    context = Context.of(analysis)
    points = {p.id: _point(context, p) for p in analysis.rest_points}
    equations = _equations(context)
    names = dict(context.shortener.names)
    names |= {n: (context.notation.symbol(n), e) for n, e in analysis.game.lets.items()}
    own = (*analysis.game.parameters, *analysis.game.shares, IMAGINARY_UNIT)
    symbols = {n: context.notation.symbol(n) for n in own}
    return {
        **equations,
        "points": points,
        "symbols": {n: layout_json(s) for n, s in (symbols | {n: s for n, (s, _) in names.items()}).items()},
        "names": {n: _formula(context, meaning) for n, (_, meaning) in names.items()},
    }


def _unanswered(model: PageModel) -> Analysis:
    """Return an analysis without an answer, for the formulas that need none."""
    return Analysis(
        model.game, model.fixed or None, None, True, (), (), (), Completeness("incomplete", model.refused)
    )


def _formula(context: Context, short: Expression) -> dict[str, Any]:
    return {"layout": layout_json(context.shortener.written(short)), "tree": tree_json(short)}


# --------------------------------------------------------------------------- rest points


def _point(context: Context, point: RestPoint) -> dict[str, Any]:
    def formulas(expressions: tuple[Expression, ...] | None) -> Any:
        if expressions is None:
            return None
        return [_formula(context, context.shortener.short(e)) for e in expressions]

    return {
        "exact": formulas(point.exact),
        "eigenvalues": formulas(point.eigenvalues_exact),
        "exists": _condition(context, point.exists),
        "stable_when": _condition(context, point.stable_when),
        "open_when": _condition(context, point.open_when),
    }


def _condition(context: Context, condition: Condition | None) -> Any:
    match condition:
        case None:
            return None
        case All(parts):
            return ["and", *(_condition(context, part) for part in parts)]
        case Either(parts):
            return ["or", *(_condition(context, part) for part in parts)]
        case _:
            left, operator, right = context.shortener.compared(
                condition.left, condition.operator, condition.right
            )
            sides = (
                context.shortener.written(left),
                relation_sign(operator),
                context.shortener.written(right),
            )
            return {
                "layout": layout_json(Row(sides)),
                "left": tree_json(left),
                "operator": operator,
                "right": tree_json(right),
            }


# --------------------------------------------------------------------------- equations


def _equations(context: Context) -> dict[str, Any]:
    """Return payoffs, equations and Jacobian; None for what cannot be written, or is too long to be read."""
    analysis = context.analysis
    shares = analysis.game.shares

    def written(expression: Expression) -> dict[str, Any]:
        return {"layout": layout_json(context.notation.layout(expression)), "tree": tree_json(expression)}

    payoffs: list[dict[str, Any]] | None = None
    equations: list[dict[str, Any]] | None = None
    jacobian: list[list[dict[str, Any]]] | None = None
    try:
        told = [list(strategy_payoffs_written(context, i)) for i in range(len(analysis.payoffs))]
        if told and sum(written_size(e) for row in told for _, e in row) <= LONGEST:
            payoffs = []
            for i, row in enumerate(told):
                mean = average_payoff(context, i)
                payoffs.append(
                    {
                        "strategies": [{"symbol": layout_json(symbol), **written(e)} for symbol, e in row],
                        "average": {"symbol": layout_json(mean.left), "layout": layout_json(mean.right)},
                    }
                )
        rates = [analysis.equations[share] for share in shares]
        if sum(map(written_size, rates)) <= LONGEST:
            equations = [written(rate) for rate in rates]
        if len(shares) <= MOST_SHARES:
            rows = analysis.jacobian
            if sum(written_size(e) for row in rows for e in row) <= LONGEST:
                jacobian = [[written(entry) for entry in row] for row in rows]
    except (ComesLater, InputError):
        pass
    return {"payoffs": payoffs, "equations": equations, "jacobian": jacobian}
