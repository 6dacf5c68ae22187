"""The parameters of a paper: what they mean, and their values in each case."""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.document.document import Block, Column, Line, Table, line
from separatrix.document.numbers import readable
from separatrix.formulas.plain_math import to_plain
from separatrix.game.populations import scenario_name
from separatrix.reports.sections.context import Context
from separatrix.reports.study import Case, Study

__all__ = ["case_title", "cases_table", "parameters_table", "values_beside"]

FEW_CASES = 5
"""Limit on the cases whose values fit in the table of parameters and meanings."""

MOST_CASES = 6
"""Cases whose values stand side by side in one table."""


def values_beside(study: Study) -> bool:
    """Whether one table has the meanings of the parameters and their values in all cases."""
    return 0 < len(study.cases) <= FEW_CASES


def parameters_table(context: Context, study: Study) -> Iterator[Block]:
    """Yield the table of symbols, units, meanings, and where there is room the values in each case."""
    parameters = study.game.parameters.values()
    words = context.words
    has_unit = any(p.unit for p in parameters)
    has_meaning = any(p.meaning for p in parameters)
    columns = [Column(words.SYMBOL)]
    columns += [Column(words.MEANING, wide=True)] if has_meaning else []
    columns += [Column(words.UNIT)] if has_unit else []
    cases = study.cases if values_beside(study) else ()
    columns += [Column(case_title(case, context), "right") for case in cases]
    shared = () if values_beside(study) else _shared(study)
    columns += [Column(words.IN_ALL_CASES, "right")] if shared else []
    rows = []
    for parameter in parameters:
        row: list[Line] = [line(context.notation.symbol(parameter.name))]
        row += [line(parameter.meaning or "")] if has_meaning else []
        row += [line(parameter.unit or "")] if has_unit else []
        row += [line(_value(case, parameter.name)) for case in cases]
        if shared:
            row.append(line(_value(study.cases[0], parameter.name) if parameter.name in shared else ""))
        rows.append(tuple(row))
    if len(columns) > 1:
        title = words.PARAMETERS_AND_VALUES if cases or shared else words.PARAMETERS_TABLE
        yield Table(tuple(columns), tuple(rows), title=title, row_heads=True)


def cases_table(context: Context, study: Study) -> Iterator[Block]:
    """Yield the values that differ between cases, where they do not stand with the meanings.

    Few parameters are the columns; of many, the cases are.
    """
    shared = _shared(study)
    names = [name for name in study.game.parameters if name not in shared]
    if not names or values_beside(study):
        return
    if len(names) <= MOST_CASES:
        columns = [Column(""), *(Column(to_plain(context.notation.symbol(name)), "right") for name in names)]
        rows = [
            (line(case_title(case, context)), *(line(_value(case, name)) for name in names))
            for case in study.cases
        ]
        yield Table(tuple(columns), tuple(rows), title=context.words.VALUES_TABLE, row_heads=True)
        return
    for start in range(0, len(study.cases), MOST_CASES):
        cases = study.cases[start : start + MOST_CASES]
        columns = [Column(context.words.PARAMETER), *(Column(case_title(c, context), "right") for c in cases)]
        rows = []
        for name in names:
            cells = [_value(case, name) for case in cases]
            rows.append((line(context.notation.symbol(name)), *(line(cell) for cell in cells)))
        yield Table(tuple(columns), tuple(rows), title=context.words.VALUES_TABLE, row_heads=True)


def _shared(study: Study) -> frozenset[str]:
    """Return the parameters that have one value in all of several cases."""
    names = study.game.parameters if len(study.cases) > 1 else ()
    return frozenset(name for name in names if len({_value(case, name) for case in study.cases}) == 1)


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
