"""The formulas of a game as the page sets them: each laid out as the author writes it, and as a tree.

A layout is the written form of a formula; the page prints it as MathML or as text. The accompanying tree is
the computation: the page puts the present numbers into it. Both use the same short names, and ``names``
gives their meanings.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction as Number
from typing import Any

from separatrix.analysis.results import Analysis, Completeness, RestPoint
from separatrix.errors import ComesLater, InputError
from separatrix.expression.conditions import All, Condition, Either
from separatrix.expression.tree import Expression, Name, substitute
from separatrix.formulas.fingerprint import written_size
from separatrix.formulas.layout import (
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
from separatrix.formulas.notation import IMAGINARY_UNIT
from separatrix.reports.sections.conditions import LONGEST_COORDINATE
from separatrix.reports.sections.context import Context
from separatrix.reports.sections.model import average_payoff, strategy_payoffs_written
from separatrix.studio.page_model import PageModel
from separatrix.studio.tree_json import Json, tree_json

__all__ = ["formulas_json", "layout_json", "variant_formulas_json"]

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
    >>> from separatrix.studio.page_model import page_model
    >>> told = formulas_json(page_model(load("battle-of-the-sexes")))
    >>> told["symbols"]["x"], sorted(told["points"])
    ('x', ['E1', 'E2', 'E3', 'E4', 'E5'])
    """
    analysis = model.answer or _unanswered(model, model.fixed)
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


def variant_formulas_json(model: PageModel, fixed: Mapping[str, Number]) -> dict[str, Any]:
    """Return payoffs, equations and Jacobian with other numbers for the parameters that must be numbers.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> from separatrix.studio.page_model import page_model
    >>> model = page_model(load("volunteers-dilemma"))
    >>> fixed, _ = model.variants[0]
    >>> sorted(variant_formulas_json(model, fixed))
    ['equations', 'jacobian', 'payoffs']
    """
    return _equations(Context.of(_unanswered(model, fixed)))


def _unanswered(model: PageModel, fixed: Mapping[str, Number]) -> Analysis:
    """Return an analysis without an answer, for the formulas that need none."""
    return Analysis(
        model.played, fixed or None, None, True, (), (), (), Completeness("incomplete", model.refused)
    )


def _formula(context: Context, short: Expression) -> dict[str, Any]:
    return {"layout": layout_json(context.shortener.layout_of(short)), "tree": tree_json(short)}


# --------------------------------------------------------------------------- rest points


def _point(context: Context, point: RestPoint) -> dict[str, Any]:
    """Return the formulas of a rest point; a share replaces its coordinate after the first mention."""
    shortener, shares = context.shortener, context.analysis.game.shares
    symbols = {context.notation.symbol(share): Name(share) for share in shares}

    def with_local_names(short: Expression) -> Expression:
        here = {token: symbols[s] for token, s in shortener.stand_ins.items() if s in symbols}
        return substitute(short, here)

    def condition(of: Condition | None) -> Any:
        match of:
            case None:
                return None
            case All(parts):
                return ["and", *map(condition, parts)]
            case Either(parts):
                return ["or", *map(condition, parts)]
            case _:
                left, operator, right = shortener.compared(of.left, of.operator, of.right)
                sides = (shortener.layout_of(left), relation_sign(operator), shortener.layout_of(right))
                return {
                    "layout": layout_json(Row(sides)),
                    "left": tree_json(with_local_names(left)),
                    "operator": operator,
                    "right": tree_json(with_local_names(right)),
                }

    exact = dict(zip(shares, point.exact or (), strict=bool(point.exact)))
    order = list(shares)
    if max(map(written_size, exact.values()), default=0) > LONGEST_COORDINATE:
        # What is told first can stand in the others: the shorter ones.
        order.sort(key=lambda share: written_size(exact[share]))
    coordinates = {}
    for share in order if exact else ():
        coordinates[share] = _formula(context, with_local_names(shortener.short(exact[share])))
        shortener.let(context.notation.symbol(share), exact[share])
    eigenvalues = point.eigenvalues_exact
    result = {
        "exact": [coordinates[share] for share in shares] if exact else None,
        "eigenvalues": None
        if eigenvalues is None
        else [_formula(context, with_local_names(shortener.short(e))) for e in eigenvalues],
        "exists": condition(point.exists),
        "stable_when": condition(point.stable_when),
        "open_when": condition(point.open_when),
    }
    shortener.forget()
    return result


# --------------------------------------------------------------------------- equations


def _equations(context: Context) -> dict[str, Any]:
    """Return payoffs, equations and Jacobian; None for what cannot be written, or is too long to be read."""
    analysis = context.analysis
    shares = analysis.game.shares

    def expression_json(expression: Expression) -> dict[str, Any]:
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
                        "strategies": [
                            {"symbol": layout_json(symbol), **expression_json(e)} for symbol, e in row
                        ],
                        "average": {"symbol": layout_json(mean.left), "layout": layout_json(mean.right)},
                    }
                )
        rates = [analysis.equations[share] for share in shares if share in analysis.equations]
        # A game of very many strategies has none written out.
        if len(rates) == len(shares) and sum(map(written_size, rates)) <= LONGEST:
            equations = [expression_json(rate) for rate in rates]
        if len(shares) <= MOST_SHARES:
            rows = analysis.jacobian
            if sum(written_size(e) for row in rows for e in row) <= LONGEST:
                jacobian = [[expression_json(entry) for entry in row] for row in rows]
    except (ComesLater, InputError):
        pass
    return {"payoffs": payoffs, "equations": equations, "jacobian": jacobian}
