"""The parameters of a paper: what they mean, and their values in each case."""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.game.translation import scenario_name
from separatrix.present.document import Block, Column, Line, Table, line
from separatrix.present.documents.sections.context import Context
from separatrix.present.wording.numbers import readable
from separatrix.study.study import Case, Study

__all__ = ["case_title", "cases_table", "parameters_table"]

MOST_CASES = 6
"""Cases whose values stand side by side in one table."""


def parameters_table(context: Context, study: Study) -> Iterator[Block]:
    """Yield the table of symbols, units and meanings."""
    parameters = study.game.parameters.values()
    words = context.words
    has_unit = any(p.unit for p in parameters)
    has_meaning = any(p.meaning for p in parameters)
    columns = [Column(words.SYMBOL)]
    columns += [Column(words.MEANING, wide=True)] if has_meaning else []
    columns += [Column(words.UNIT)] if has_unit else []
    rows = []
    for parameter in parameters:
        row: list[Line] = [line(context.notation.symbol(parameter.name))]
        row += [line(parameter.meaning or "")] if has_meaning else []
        row += [line(parameter.unit or "")] if has_unit else []
        rows.append(tuple(row))
    if len(columns) > 1:
        yield Table(tuple(columns), tuple(rows), title=words.PARAMETERS_TABLE, row_heads=True)


def cases_table(context: Context, study: Study) -> Iterator[Block]:
    """Yield the values of the parameters, a column each case; of many cases in several tables."""
    names = list(study.game.parameters)
    if not names:
        return
    for start in range(0, len(study.cases), MOST_CASES):
        cases = study.cases[start : start + MOST_CASES]
        columns = [Column(context.words.PARAMETER), *(Column(case_title(c, context), "right") for c in cases)]
        rows = []
        for name in names:
            cells = [_value(case, name) for case in cases]
            rows.append((line(context.notation.symbol(name)), *(line(cell) for cell in cells)))
        yield Table(tuple(columns), tuple(rows), title=context.words.VALUES_TABLE, row_heads=True)


def _value(case: Case, name: str) -> str:
    values = case.analysis.values or {}
    return readable(values[name], 6) if name in values else "–"


def case_title(case: Case, context: Context) -> str:
    """Return what a case is called at the head of a column."""
    match case.kind:
        case "scenario":
            return scenario_name(case.analysis.game, case.name)
        case "regime":
            return context.words.CASE_REGIME.format(name=case.name)
        case _:
            return context.words.VALUE
