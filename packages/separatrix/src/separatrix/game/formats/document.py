"""A game as the document that its file would hold: the inverse of reading.

The sheet `translations` of a workbook: one row for each text, one column for each language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from separatrix.expression.tree import Expression, Number, to_text
from separatrix.game.distribution import distribution_document
from separatrix.game.documents import schedule_document
from separatrix.game.formats.sheets import Sheet, TableSource
from separatrix.game.model import (
    AdvantageForm,
    Form,
    FunctionForm,
    Game,
    GroupForm,
    Instrument,
    PairwiseForm,
    Parameter,
    Population,
    Profile,
    ProfileTable,
    ReplicatorForm,
    SelfMatrix,
    Translation,
)
from separatrix.io.yaml import Path
from separatrix.io.yaml_output import as_text, plain_data

__all__ = [
    "document_of",
    "expression_cell",
    "read_translation_sheet",
    "table_of",
    "translation_rows",
    "written_payoffs",
]


def document_of(game: Game) -> dict[str, Any]:
    """Return the document of `game`: what its file holds, or what a file for it would hold.

    One file has all languages, so a translation has the document of its original.
    """
    game = game.told_from or game
    if game.raw:
        document = {"format": 1, "title": game.title, **game.raw}
        document["title"] = game.title
        return document
    document = {"format": 1, "title": game.title}
    if game.source is not None:
        document["source"] = game.source
    document["populations"] = [_population(p) for p in game.populations]
    if game.parameters:
        document["parameters"] = {name: _parameter(p) for name, p in game.parameters.items()}
    if game.lets:
        document["let"] = {name: expression_cell(e) for name, e in game.lets.items()}
    if game.assumptions:
        document["assume"] = [text for _, text in game.assumptions]
    if not game.equal_speeds:
        document["speeds"] = {
            p.name: expression_cell(speed) for p, speed in zip(game.populations, game.speeds, strict=True)
        }
    if game.time_unit is not None:
        document["time_unit"] = game.time_unit
    document.update(_form(game))
    if game.scenarios:
        document["scenarios"] = {name: dict(values) for name, values in game.scenarios.items()}
    if game.today is not None:
        document["today"] = dict(game.today)
    if game.schedule:
        document["schedule"] = schedule_document(game.schedule)
    # What is in force already stands in the payoffs, and its level among the parameters.
    idle = {name: _instrument(i) for name, i in game.instruments.items() if name not in game.in_force}
    if idle:
        document["instruments"] = idle
    if game.emissions is not None:
        document["emissions"] = expression_cell(game.emissions)
    if game.translations:
        document["translations"] = {code: _translation(t) for code, t in game.translations.items()}
    return document


def expression_cell(expression: Expression) -> Any:
    """Return an expression as a number where it is one, else as its text."""
    if isinstance(expression, Number):
        value = expression.value
        return value.numerator if value.denominator == 1 else value
    return to_text(expression)


def written_payoffs(game: Game) -> dict[Profile, tuple[Any, ...]]:
    """Return the payoffs of a table, or of one population, as their author wrote them where that is known.

    The keys are profiles; one population meets itself, so its profiles are (own strategy, strategy met).
    """
    game = game.told_from or game  # the file's entries go by the file's own names
    cells: dict[Profile, tuple[Any, ...]] = {}
    form = table_of(game)
    if isinstance(form, SelfMatrix):
        for i, row in enumerate(form.rows):
            cells.update({(i, j): (expression_cell(e),) for j, e in enumerate(row)})
        for i, written in enumerate(game.raw.get("payoff_matrix", ())):
            cells.update({(i, j): (cell,) for j, cell in enumerate(written)})
    elif isinstance(form, ProfileTable):
        cells = {profile: tuple(expression_cell(e) for e in row) for profile, row in form.pay.items()}
        for i, written in enumerate(game.raw.get("bimatrix", ())):
            cells.update({(i, j): tuple(pair) for j, pair in enumerate(written)})
    players = game.populations * 2 if game.plays_itself else game.populations
    index = [{text: i for i, s in enumerate(p.strategies) for text in (s.name, s.id)} for p in players]
    for entry in game.raw.get("payoffs", ()):
        play = [(as_text(name) or "").strip() for name in entry["play"]]
        profile = tuple(index[k][name] for k, name in enumerate(play))
        if len(profile) < len(players):  # one player alone: the same whoever it would meet
            cells.update({(*profile, met): tuple(entry["pay"]) for met in range(len(players[0].strategies))})
        else:
            cells[profile] = tuple(entry["pay"])
    return {profile: tuple(plain_data(cell) for cell in row) for profile, row in cells.items()}


def _population(population: Population) -> dict[str, Any]:
    strategies: list[Any] = []
    for i, strategy in enumerate(population.strategies):
        implied = strategy.name if f"a{strategy.name}".isidentifier() else str(i + 1)
        if strategy.id == implied:
            strategies.append(strategy.name)
        else:
            strategies.append({"id": strategy.id, "name": strategy.name})
    return {"name": population.name, "share": population.share, "strategies": strategies}


def _parameter(parameter: Parameter) -> dict[str, Any] | None:
    notes: dict[str, Any] = {
        "value": parameter.value,
        "latex": parameter.latex,
        "meaning": parameter.meaning,
        "unit": parameter.unit,
        "range": None if parameter.range is None else list(parameter.range),
        "uncertain": None if parameter.uncertain is None else distribution_document(parameter.uncertain),
        "basis": parameter.basis,
        "interval": None if parameter.interval is None else list(parameter.interval),
        "source": parameter.source,
    }
    return {key: value for key, value in notes.items() if value is not None} or None


def _instrument(instrument: Instrument) -> dict[str, Any]:
    notes: dict[str, Any] = {
        "meaning": instrument.meaning,
        "strategy": instrument.strategy,
        "range": None if instrument.range is None else list(instrument.range),
        "idle": instrument.idle or None,
        "unit": instrument.unit,
        "latex": instrument.latex,
        "changes": {name: expression_cell(e) for name, e in instrument.changes.items()},
        "cost": {payer: expression_cell(e) for payer, e in instrument.cost.items()} or None,
    }
    return {key: value for key, value in notes.items() if value is not None}


def _translation(translation: Translation) -> dict[str, Any]:
    parts = {f.name: getattr(translation, f.name) for f in fields(translation)}
    return {key: dict(part) if isinstance(part, Mapping) else part for key, part in parts.items() if part}


def _form(game: Game) -> Mapping[str, Any]:
    match table_of(game):
        case ProfileTable(pay):
            return {
                "payoffs": [
                    {
                        "play": [
                            p.strategies[i].name for p, i in zip(game.populations, profile, strict=True)
                        ],
                        "pay": [expression_cell(e) for e in pay[profile]],
                    }
                    for profile in game.profiles()
                ]
            }
        case SelfMatrix(rows):
            return {"payoff_matrix": [[expression_cell(e) for e in row] for row in rows]}
        case AdvantageForm(by_share):
            return {"advantages": {share: expression_cell(e) for share, e in by_share.items()}}
        case ReplicatorForm(by_share):
            return {"replicator": {share: expression_cell(e) for share, e in by_share.items()}}
        case PairwiseForm(matrices):
            names = [p.name for p in game.populations]
            return {
                "payoff_matrices": {
                    f"{names[i]},{names[j]}": [[expression_cell(e) for e in row] for row in rows]
                    for (i, j), rows in matrices.items()
                }
            }
        case FunctionForm(payoffs):
            return {
                "payoff_functions": {
                    p.name: _by_strategy(p, row) for p, row in zip(game.populations, payoffs, strict=True)
                }
            }
        case GroupForm(size, pay_in_group):
            (population,) = game.populations
            payoff = _by_strategy(population, pay_in_group)
            return {"group": {"size": expression_cell(size), "payoff": payoff}}


def table_of(game: Game) -> Form:
    """Return the form that a file holds: the entries of a table, also where they move with the shares."""
    form = game.form
    return form.table if isinstance(form, FunctionForm) and form.table is not None else form


def _by_strategy(population: Population, row: Sequence[Expression]) -> dict[str, Any]:
    return {s.id: expression_cell(e) for s, e in zip(population.strategies, row, strict=True)}


_HEAD = ("part", "of")
_SINGLE = ("title", "source")


def translation_rows(game: Game) -> list[list[Any]]:
    """Return the translations of a game as rows: the part, what is translated, then each language."""
    rows: list[list[Any]] = [[*_HEAD, *game.translations]]
    for part in (f.name for f in fields(Translation)):
        told = [getattr(t, part) for t in game.translations.values()]
        if part in _SINGLE:
            rows += [[part, None, *told]] if any(told) else []
            continue
        for name in dict.fromkeys(name for texts in told for name in texts):
            rows.append([part, name, *(texts.get(name) for texts in told)])
    return rows


def read_translation_sheet(sheet: Sheet, source: TableSource) -> dict[str, Any]:
    """Return the section `translations` that a sheet holds, and note where its parts stand.

    Raises
    ------
    InputError
        T201 without the columns `part` and `of`; T202 for a language or a cell without heading; T205 for
        a row that does not say what it translates; G108 for what is translated twice.
    """
    head_row, heading = sheet.rows[0] if sheet.rows else (1, [])
    names = [(as_text(cell) or "").strip() for cell in heading]
    if tuple(name.lower() for name in names[:2]) != _HEAD:
        raise source.fault(
            "T201", f"the first columns of `{sheet.name}` must be `part` and `of`", (sheet.name, head_row, 0)
        )
    section: dict[str, Any] = {}
    source.cells[("translations",)] = (sheet.name, head_row, 0)
    for i, code in enumerate(names[2:], 2):
        if code in section:
            raise source.fault("T202", f"two columns are called `{code}`", (sheet.name, head_row, i))
        if code:
            section[code] = {}
            source.cells["translations", code] = (sheet.name, head_row, i)
    for row, cells in sheet.rows[1:]:
        part, name = ((as_text(cell) or "").strip() for cell in (*cells[:2], None, None)[:2])
        if not part or not (name or part in _SINGLE):
            lacking = 1 if part else 0
            raise source.fault("T205", f"the cell `{_HEAD[lacking]}` is empty", (sheet.name, row, lacking))
        for i, text in enumerate(cells[2:], 2):
            if text is None:
                continue
            here = (sheet.name, row, i)
            if i >= len(names) or not names[i]:
                raise source.fault("T202", "this cell is in a column without a heading", here)
            path: Path = (part,) if part in _SINGLE else (part, name)
            within = section[names[i]] if part in _SINGLE else section[names[i]].setdefault(part, {})
            if path[-1] in within:
                raise source.fault("G108", f"`{path[-1]}` is translated twice", here)
            within[path[-1]] = text
            source.cells[("translations", names[i], *path)] = here
            source.cells.setdefault(("translations", names[i], part), here)
    return section
