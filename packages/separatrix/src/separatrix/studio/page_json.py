"""The formulas of a game as the page sets them: each laid out as the author writes it, and as a tree.

A layout is the written form of a formula; the page prints it as MathML or as text. The accompanying tree is
the computation: the page puts the present numbers into it. Both use the same short names, and ``names``
gives their meanings.

A document as JSON that a page shows block by block, without any HTML to be trusted.

Text that a user typed stays text: the page makes text nodes of it. Only formulas come as MathML, which is
made here. A line is a list: a string is plain words, everything else an object with its kind.

Expressions and conditions as JSON that a page evaluates, in the order of the tree.

A name is a string.  Everything else is a list that begins with what it is: ``["n", "p/q"]`` a number,
``["+", ...]``, ``["*", ...]``, ``["/", a, b]``, ``["^", a, b]``, ``["f", function, ...]``; conditions are
``["?", operator, left, right]``, ``["and", ...]`` and ``["or", ...]``.

A game as the page reads it; the TypeScript side of this contract is ``web/src/model.ts``.

A regime map as the page draws it; the other side of this contract is ``web/src/views/regimes/map.ts``.
"""

from __future__ import annotations

import fractions
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix import __version__
from separatrix.analysis.results import Analysis, Completeness, RestPoint
from separatrix.document.state_names import LABELS
from separatrix.document.tree import (
    Badge,
    Block,
    Bullets,
    Details,
    Document,
    Equations,
    Figure,
    Formula,
    Heading,
    Line,
    Note,
    Notes,
    Pairs,
    Paragraph,
    Table,
    Verbatim,
    Words,
)
from separatrix.dynamics.regime_maps import RegimeMap
from separatrix.errors import ComesLater, InputError
from separatrix.expression.conditions import All, Condition, Either, Relation
from separatrix.expression.tree import (
    Call,
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    substitute,
)
from separatrix.figures.canvas import description_of
from separatrix.formulas.abbreviations import IMAGINARY_UNIT
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
    to_plain,
)
from separatrix.formulas.tex import written_size
from separatrix.game.catalogue_files import catalogue_slugs
from separatrix.game.model import AdvantageForm, Game, ProfileTable, ReplicatorForm
from separatrix.game.reader import load
from separatrix.game.values import expand
from separatrix.io.yaml_output import decimal_text
from separatrix.languages import LANGUAGES, language_of
from separatrix.reports.sections.context import Context
from separatrix.reports.sections.model import average_payoff, strategy_payoffs_written
from separatrix.reports.sections.regimes import LONGEST_COORDINATE
from separatrix.run.results import fingerprint
from separatrix.studio.page_model import PageModel
from separatrix.writers.layout import Numbering, numbering_of
from separatrix.writers.mathml import to_mathml

__all__ = [
    "Json",
    "condition_json",
    "document_json",
    "formulas_json",
    "layout_json",
    "model_json",
    "regime_map_json",
    "tree_json",
    "variant_formulas_json",
]


def document_json(document: Document, figures: Callable[[Figure], bool] = lambda _: False) -> dict[str, Any]:
    """Return a document as plain data.

    Parameters
    ----------
    document : Document
    figures : callable, optional
        Whether a figure is drawn and put in, as SVG; by default none is, for the page draws its own.

    Examples
    --------
    >>> from separatrix.document.tree import Paragraph, line
    >>> document_json(Document("Hawks", "", (Paragraph(line("Two ", Words("strategies", "strong"))),)))
    {'title': 'Hawks', 'subtitle': '', 'blocks': [{'kind': 'paragraph', 'line': ['Two ', {'kind': 'strong', \
'text': 'strategies'}]}]}
    """
    numbering = numbering_of(document)
    blocks = [_block(b, numbering, document, figures) for b in document.blocks]
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "blocks": [b for b in blocks if b is not None],
    }


def _formula(layout: Layout) -> dict[str, str]:
    return {"mathml": to_mathml(layout), "text": to_plain(layout)}


def _line(content: Line) -> list[Any]:
    return [_inline(item) for item in content]


def _inline(item: Words | Formula | Badge) -> Any:
    match item:
        case Words(text, style, note, marked) if note:
            return {"kind": "noted", "text": text, "style": style, "note": note, "marked": marked}
        case Words(text, "plain"):
            return text
        case Words(text, style):
            return {"kind": style, "text": text}
        case Formula(layout):
            return {"kind": "formula", **_formula(layout)}
        case Badge(label):
            return {"kind": "badge", "label": label, "symbol": LABELS[label].symbol, "text": item.text}


def _block(
    block: Block, numbering: Numbering, document: Document, figures: Callable[[Figure], bool]
) -> dict[str, Any] | None:
    match block:
        case Heading(text, level):
            return {"kind": "heading", "level": level, "text": text}
        case Paragraph(content, lead):
            return {"kind": "paragraph", "line": _line(content), **({"lead": True} if lead else {})}
        case Equations(rows):
            return {
                "kind": "equations",
                "rows": [
                    {"left": _formula(row.left), "sign": row.sign, "right": _formula(row.right)}
                    for row in rows
                ],
            }
        case Table(columns, rows, caption, row_heads):
            return {
                "kind": "table",
                "name": _name(block, "table", numbering, document),
                "caption": caption,
                "row_heads": row_heads,
                "columns": [{"title": c.title, "align": c.align} for c in columns],
                "rows": [[_line(cell) for cell in row] for row in rows],
            }
        case Pairs(items):
            return {"kind": "pairs", "items": [list(pair) for pair in items]}
        case Bullets(items, numbered):
            return {"kind": "bullets", "numbered": numbered, "items": [_line(i) for i in items]}
        case Note(title, content):
            return {"kind": "note", "title": title, "line": _line(content)}
        case Notes(items, below):
            return {"kind": "notes", "items": [_line(i) for i in items], "below": _line(below)}
        case Verbatim(text):
            return {"kind": "verbatim", "text": text}
        case Details(summary, blocks):
            inner = [_block(b, numbering, document, figures) for b in blocks]
            return {"kind": "details", "summary": summary, "blocks": [b for b in inner if b is not None]}
        case Figure(_, caption, draw):
            if not figures(block):
                return None
            svg = draw("svg").decode()
            return {
                "kind": "figure",
                "name": _name(block, "figure", numbering, document),
                "caption": caption,
                "said": description_of(svg),
                "svg": svg,
            }


def _name(block: Table | Figure, kind: str, numbering: Numbering, document: Document) -> str:
    number = numbering.number_of(block)
    return f"{document.words[kind]}\u00a0{number}. {block.title}" if number else block.title


Json = str | list["Json"]


def tree_json(expression: Expression) -> Json:
    """Return an expression as nested lists.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> tree_json(parse_expression("a*x - 0.5"))
    ['+', ['*', 'a', 'x'], ['n', '-1/2']]
    """
    match expression:
        case Number(value):
            return ["n", str(value)]
        case Name(name):
            return name
        case Sum(terms):
            return ["+", *map(tree_json, terms)]
        case Product(factors):
            return ["*", *map(tree_json, factors)]
        case Quotient(numerator, denominator):
            return ["/", tree_json(numerator), tree_json(denominator)]
        case Power(base, exponent):
            return ["^", tree_json(base), tree_json(exponent)]
        case Call(function, arguments):
            return ["f", function, *map(tree_json, arguments)]


def condition_json(condition: Condition) -> Json:
    """Return a condition as nested lists.

    Examples
    --------
    >>> from separatrix.expression.conditions import parse_condition
    >>> condition_json(parse_condition("a > 1"))
    ['?', '>', 'a', ['n', '1']]
    """
    match condition:
        case Relation(left, operator, right):
            return ["?", operator, tree_json(left), tree_json(right)]
        case All(parts):
            return ["and", *map(condition_json, parts)]
        case Either(parts):
            return ["or", *map(condition_json, parts)]


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
        "names": {n: _formulas_json_formula(context, meaning) for n, (_, meaning) in names.items()},
    }


def variant_formulas_json(model: PageModel, fixed: Mapping[str, fractions.Fraction]) -> dict[str, Any]:
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


def _unanswered(model: PageModel, fixed: Mapping[str, fractions.Fraction]) -> Analysis:
    """Return an analysis without an answer, for the formulas that need none."""
    return Analysis(
        model.played, fixed or None, None, True, (), (), (), Completeness("incomplete", model.refused)
    )


def _formulas_json_formula(context: Context, short: Expression) -> dict[str, Any]:
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
        coordinates[share] = _formulas_json_formula(context, with_local_names(shortener.short(exact[share])))
        shortener.let(context.notation.symbol(share), exact[share])
    eigenvalues = point.eigenvalues_exact
    result = {
        "exact": [coordinates[share] for share in shares] if exact else None,
        "eigenvalues": None
        if eigenvalues is None
        else [_formulas_json_formula(context, with_local_names(shortener.short(e))) for e in eigenvalues],
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


def model_json(model: PageModel) -> dict[str, Any]:
    """Return a game and its answer in symbols as plain data, with the same content each time.

    Parameters
    ----------
    model : PageModel
        As `separatrix.studio.page_model.page_model` returns it.

    Returns
    -------
    dict
        What JSON can hold; the contract with the page is ``web/src/model.ts``.

    Raises
    ------
    InputError
        Where a formula cannot be written.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> from separatrix.studio.page_model import page_model
    >>> data = model_json(page_model(load("shi-chen-2018")))
    >>> data["populations"][0]["shares"], data["answer"]["points"][0]["id"]
    (['x'], 'E1')
    """
    game, played = model.game, model.played
    return {
        "schema": 1,
        "version": __version__,
        "hash": fingerprint(game),
        **_catalogue_and_file_name(game),
        "title": game.title,
        "source": game.source,
        "populations": [
            {
                "name": p.name,
                "share": p.share,
                "shares": list(p.shares),
                "free": list(p.free_shares),
                "strategies": [{"id": s.id, "name": s.name} for s in p.strategies],
            }
            for p in game.populations
        ],
        "parameters": [
            {
                "name": p.name,
                "meaning": p.meaning,
                "unit": p.unit,
                "value": _number(p.value),
                "range": None if p.range is None else [_number(v) for v in p.range],
                "fixed": p.name in model.fixed,
            }
            for p in game.parameters.values()
        ],
        "instruments": [
            {
                "name": i.name,
                "meaning": i.meaning,
                "unit": i.unit,
                "strategy": i.strategy,
                "idle": _number(i.idle),
                "range": None if i.range is None else [_number(v) for v in i.range],
                "changes": {n: tree_json(e) for n, e in sorted(i.changes.items())},
                "cost": {n: tree_json(e) for n, e in sorted(i.cost.items())},
            }
            for i in game.instruments.values()
        ],
        "scenarios": [
            {"name": n, "values": {k: _number(v) for k, v in values.items()}}
            for n, values in game.scenarios.items()
        ],
        "today": None if game.today is None else {k: _number(v) for k, v in game.today.items()},
        "assume": [{"condition": condition_json(c), "text": text} for c, text in model.assumptions],
        "speeds": [tree_json(s) for s in model.speeds],
        "time_unit": game.time_unit,
        "scheduled": sorted(game.schedule),
        "emissions": None if played.emissions is None else tree_json(expand(played, played.emissions)),
        "payoffs": [[tree_json(u) for u in row] for row in model.payoffs],
        **_variants(model),
        "form": {ProfileTable: "profiles", AdvantageForm: "advantages", ReplicatorForm: "replicator"}.get(
            type(game.form), "other"
        ),
        "balanced": model.balanced,
        "refused": {c: language_of(c).tell(model.refused) for c in LANGUAGES if model.refused},
        "axes": None if model.axes is None else list(model.axes),
        "answer": None if model.answer is None else _answer(model.answer),
        "texts": {
            language: {
                "title": t.title,
                "source": t.source,
                "names": dict(t.names),
                "meanings": dict(t.meanings),
                "units": dict(t.units),
                "scenarios": dict(t.scenarios),
            }
            for language, t in game.translations.items()
        },
        "formulas": formulas_json(model),
    }


def _catalogue_and_file_name(game: Game) -> dict[str, str | None]:
    """Return what the game is called in the catalogue, if this is its content, and as a file."""
    file = re.split(r"[\\/]", game.origin)[-1] or "game"
    slug = file.removesuffix(".yaml")
    known = slug in catalogue_slugs() and fingerprint(load(slug)) == fingerprint(game)
    return {"catalogue": slug if known else None, "file": file if "." in file else f"{file}.yaml"}


def _variants(model: PageModel) -> dict[str, Any]:
    if not model.variants:
        return {}
    return {
        "variants": [
            {
                "fixed": {name: _number(value) for name, value in fixed.items()},
                "payoffs": [[tree_json(u) for u in row] for row in payoffs],
                "formulas": variant_formulas_json(model, fixed),
            }
            for fixed, payoffs in model.variants
        ]
    }


def _number(value: fractions.Fraction | None) -> str | None:
    return None if value is None else decimal_text(value)


def _answer(answer: Analysis) -> dict[str, Any]:
    return {
        "definitions": [[name, tree_json(e)] for name, e in answer.definitions.items()],
        "points": [
            {
                "id": p.id,
                "support": [list(played) for played in p.support],
                "exact": None if p.exact is None else [tree_json(e) for e in p.exact],
            }
            for p in answer.rest_points
        ],
    }


_DIGITS = 8
"""Of drawn coordinates: far below a pixel, and a file half as long."""


def regime_map_json(found: RegimeMap) -> dict[str, Any]:
    """Return areas, borders and regimes as plain data; points are flat rows x, y, x, y, ...

    Examples
    --------
    >>> from separatrix.dynamics.exact_regime_maps import regime_map
    >>> from separatrix.game.reader import load
    >>> data = regime_map_json(regime_map(load("shi-chen-2018"), {"C1": (0, 8), "C2": (0, 4)}))
    >>> data["method"], data["regimes"][0]["letter"], data["regimes"][0]["stable"]
    ('exact', 'A', ['E1', 'E4'])
    """
    ids = found.state_ids
    return {
        "over": [
            {"name": name, "range": [str(axis.low), str(axis.high)]}
            for name, axis in zip(found.over, found.axes, strict=True)
        ],
        "method": found.method,
        "error": None if found.error is None else list(found.error),
        "states": [
            {"id": name, "support": [list(played) for played in state.support]}
            for name, state in zip(ids, found.states, strict=True)
        ],
        "regimes": [
            {
                "letter": r.letter,
                "kind": r.kind,
                "stable": sorted(ids[k] for k in r.stable),
                "generic": r.generic,
                "share": r.share,
            }
            for r in found.regimes
        ],
        "regions": [[regime, _flat(polygon)] for regime, polygon in found.regions],
        "borders": [
            {
                "solved": border.solved,
                "pieces": [{"kind": p.kind, "points": _flat(p.points)} for p in border.pieces],
            }
            for border in found.borders
        ],
    }


def _flat(points: NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.{_DIGITS}g}") for value in points.ravel().tolist()]
