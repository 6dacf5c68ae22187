"""Assumptions as papers state them: ``π₁, π₂, R₁ > 0`` rather than one line for each."""

from __future__ import annotations

from separatrix.document.document import Formula
from separatrix.expression.conditions import MIRRORED, All, Condition, Relation
from separatrix.expression.tree import Name, Number
from separatrix.formulas.layout import Layout, Row, join_layouts, relation_sign
from separatrix.reports.sections.context import Context

__all__ = ["assumption_formulas"]

Side = tuple[str, Number]
Bounds = tuple[Side | None, Side | None]
"""What stands on the left and on the right of a name: ``0 <`` and ``<= 1``."""


def assumption_formulas(context: Context) -> list[Layout]:
    """Return the assumptions of the game, names with the same bounds together."""
    bounded: dict[Bounds, list[str]] = {}
    rest: list[Layout] = []
    for condition, _ in context.analysis.game.assumptions:
        found = _bounds(condition)
        if found is None:
            rest.extend(f.layout for f in context.condition(condition) if isinstance(f, Formula))
        else:
            name, bounds = found
            bounded.setdefault(bounds, []).append(name)
    grouped = [_group(context, bounds, names) for bounds, names in bounded.items()]
    return [*grouped, *rest]


def _bounds(condition: Condition) -> tuple[str, Bounds] | None:
    match condition:
        case Relation(Name(name), operator, Number() as value):
            return name, (None, (operator, value))
        case Relation(Number() as value, operator, Name(name)):
            return name, (None, (MIRRORED[operator], value))
        case All(
            (Relation(Number() as low, first, Name(name)), Relation(Name(same), second, Number() as high))
        ):
            return (name, ((first, low), (second, high))) if name == same else None
        case _:
            return None


def _group(context: Context, bounds: Bounds, names: list[str]) -> Layout:
    below, above = bounds
    body = join_layouts(context.notation.symbol(n) for n in names)
    items: list[Layout] = []
    if below is not None:
        items += [context.notation.layout(below[1]), relation_sign(below[0])]
    items.append(body)
    if above is not None:
        items += [relation_sign(above[0]), context.notation.layout(above[1])]
    return Row(tuple(items))
