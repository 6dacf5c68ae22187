"""Games as tables: CSV and XLSX.  Whatever text a game holds, no spreadsheet takes it for a formula.

Writing games: the kind of file follows from its name.
"""

from __future__ import annotations

import io
import logging
import re
import tempfile
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from separatrix.errors import InputError, Place
from separatrix.expression.tree import Expression
from separatrix.game.distribution import distribution_text
from separatrix.game.formats.document import (
    document_of,
    expression_cell,
    table_of,
    translation_rows,
    written_payoffs,
)
from separatrix.game.formats.tables import INSTRUMENT_COLUMNS, MEETS, PARAMETER_COLUMNS
from separatrix.game.model import (
    PAYERS,
    AdvantageForm,
    FunctionForm,
    Game,
    GroupForm,
    PairwiseForm,
    ProfileTable,
    ReplicatorForm,
    SelfMatrix,
)
from separatrix.game.populations import scenario_name
from separatrix.io.yaml_output import decimal_text, plain_data
from separatrix.run.csv_output import csv_text, inert
from separatrix.run.files import unwritable, write_file

__all__ = [
    "WRITTEN",
    "check_target",
    "csv_table",
    "game_content",
    "no_table_holds",
    "sheets_of",
    "write_game",
    "xlsx_bytes",
]

Rows = list[list[Any]]

_log = logging.getLogger(__name__)


def sheets_of(game: Game) -> dict[str, Rows]:
    """Return a game as the sheets of a workbook, each with its heading; empty ones are omitted.

    Raises
    ------
    InputError
        T213 for a form of payoff, or a name, that a table cannot hold.
    """
    sheets: dict[str, Rows] = {"payoffs": []}
    match table_of(game):
        case ProfileTable() | SelfMatrix():
            sheets["payoffs"] = _payoffs(game)
        case AdvantageForm(by_share):
            del sheets["payoffs"]
            sheets["advantages"] = _by_share(game, "advantages", by_share)
        case ReplicatorForm(by_share):
            del sheets["payoffs"]
            sheets["replicator"] = _by_share(game, "replicator", by_share)
        case PairwiseForm():
            raise _no_table("several populations that also play themselves")
        case FunctionForm():
            raise _no_table("payoffs that depend on the shares")
        case GroupForm():
            raise _no_table("games played in groups")
    if not game.equal_speeds:
        raise _no_table("populations that change at different speeds")
    document = plain_data(document_of(game))
    sheets["populations"] = _populations(game)
    if game.parameters:
        sheets["parameters"] = _parameters(game)
    if game.lets:
        given = document.get("let") or {}
        sheets["let"] = [["name", "expression"], *([name, given[name]] for name in given)]
    if game.assumptions:
        sheets["assume"] = [["assume"], *([text] for _, text in game.assumptions)]
    if game.scenarios:
        sheets["scenarios"] = _scenarios(game)
    if game.today is not None:
        sheets["today"] = [["share", "value"], *([share, value] for share, value in game.today.items())]
    if document.get("instruments"):
        sheets["instruments"] = _instruments(document["instruments"])
    if document.get("in_force"):
        sheets["in_force"] = [["in_force"], *([name] for name in document["in_force"])]
    notes: Rows = [["title", game.title]]
    if game.source is not None:
        notes.append(["source", game.source])
    notes.extend(
        [key, document[key]]
        for key in ("note", "notes", "doi", "url", "licence", "emissions")
        if document.get(key) is not None
    )
    sheets["game"] = [["key", "value"], *notes]
    if game.translations and game.told_from is None:
        sheets["translations"] = translation_rows(game)
    return sheets


def no_table_holds(game: Game) -> tuple[str, ...]:
    """Return the sections of a game for which a table has no place."""
    lacking = list(game.later)
    lacking += ["schedule"] if game.schedule else []
    if any(p.basis or p.interval or p.source for p in game.parameters.values()):
        lacking.append("the evidence for parameter values (basis, interval, source)")
    if game.raw.get("calibration") is not None:
        lacking.append("calibration")
    if game.time_unit is not None:
        lacking.append("time_unit")
    return tuple(lacking)


def _no_table(what: str) -> InputError:
    return InputError("T213", f"{what}: a table cannot hold that", hint="write .yaml instead")


def _by_share(game: Game, section: str, by_share: Mapping[str, Expression]) -> Rows:
    written = plain_data(game.raw.get(section, {}))
    return [
        ["share", "expression"],
        *([share, written.get(share, expression_cell(e))] for share, e in by_share.items()),
    ]


def _payoffs(game: Game) -> Rows:
    written = written_payoffs(game)
    names = [p.name for p in game.populations]
    pay_names = [f"pay:{name}" for name in names]
    if isinstance(table_of(game), SelfMatrix):
        population = game.populations[0]
        if game.has_no_opponents:
            return [
                [names[0], *pay_names],
                *([s.name, *written[i, i]] for i, s in enumerate(population.strategies)),
            ]
        if names[0].lower() == MEETS:
            raise InputError("T213", f"the population is called `{MEETS}`, like a column of the table")
        return [
            [names[0], MEETS, *pay_names],
            *(
                [mine.name, met.name, *written[i, j]]
                for i, mine in enumerate(population.strategies)
                for j, met in enumerate(population.strategies)
            ),
        ]
    for name in names:
        if re.match(r"pay\s*[:：]", name, re.IGNORECASE):
            raise InputError("T213", f"the population is called `{name}`, like a column of payoffs")
    return [
        [*names, *pay_names],
        *(
            [
                *(p.strategies[i].name for p, i in zip(game.populations, profile, strict=True)),
                *written[profile],
            ]
            for profile in game.profiles()
        ),
    ]


def _populations(game: Game) -> Rows:
    rows: Rows = [["name", "share", "strategies", "ids"]]
    for population in game.populations:
        implied = [
            s.name if f"a{s.name}".isidentifier() else str(i + 1) for i, s in enumerate(population.strategies)
        ]
        ids = [s.id for s in population.strategies]
        names = [s.name for s in population.strategies]
        separator = "\n" if any(";" in n or "；" in n for n in names) else "; "
        rows.append(
            [
                population.name,
                population.share,
                separator.join(names),
                None if ids == implied else "; ".join(ids),
            ]
        )
    return rows


def _parameters(game: Game) -> Rows:
    rows: Rows = [list(PARAMETER_COLUMNS)]
    levels = game.in_force if game.raw else ()  # the sheet of what is in force makes parameters of them
    for p in (p for name, p in game.parameters.items() if name not in levels):
        low, high = p.range or (None, None)
        uncertain = None if p.uncertain is None else distribution_text(p.uncertain)
        rows.append([p.name, p.value, p.meaning, p.unit, p.latex, low, high, uncertain])
    return rows


def _instruments(section: Mapping[str, Mapping[str, Any]]) -> Rows:
    rows: Rows = [list(INSTRUMENT_COLUMNS)]
    for name, one in section.items():
        cost = one.get("cost")
        paid = cost if isinstance(cost, Mapping) else {PAYERS[0]: cost}
        low, high = one.get("range") or (None, None)
        told = {"low": low, "high": high, **paid, **one}
        for i, (parameter, becomes) in enumerate(one["changes"].items()):
            own = [told.get(column) if i == 0 else None for column in INSTRUMENT_COLUMNS[3:]]
            rows.append([name, parameter, becomes, *own])
    return rows


def _scenarios(game: Game) -> Rows:
    """One row a parameter, one column a scenario; an empty cell keeps the base value."""
    changed = [n for n in game.parameters if any(n in values for values in game.scenarios.values())]
    return [
        ["name", *(scenario_name(game, scenario) for scenario in game.scenarios)],
        *([name, *(values.get(name) for values in game.scenarios.values())] for name in changed),
    ]


# --------------------------------------------------------------------------- CSV


def csv_table(game: Game) -> str:
    """Return the table of payoffs as CSV; what else the game has is named in a warning.

    Raises
    ------
    InputError
        T213 for a form of payoff that is not a table.
    """
    sheets = sheets_of(game)
    if "payoffs" not in sheets:
        raise InputError(
            "T213", "a game without a table of payoffs cannot be written as CSV", hint="write .yaml"
        )
    if isinstance(game.form, FunctionForm):
        raise InputError(
            "T213",
            "payoffs that depend on the shares: a CSV file does not keep the names of the shares",
            hint="write .yaml or .xlsx instead",
        )
    left_out = [name for name in sheets if name not in ("payoffs", "populations", "game")]
    left_out += ["emissions"] if game.emissions is not None else []
    left_out.extend(no_table_holds(game))
    if left_out:
        _log.warning(
            "a CSV file has room for the table of payoffs only; not written: %s", ", ".join(left_out)
        )
    head, *rows = (
        [decimal_text(cell) if isinstance(cell, (int, Fraction)) else str(cell) for cell in row]
        for row in sheets["payoffs"]
    )
    return csv_text(head, rows)


# --------------------------------------------------------------------------- XLSX


def xlsx_bytes(
    sheets: Mapping[str, Rows], comments: Mapping[tuple[str, int, int], str] | None = None
) -> bytes:
    """Return sheets as a workbook; the first row of each is its heading.

    Parameters
    ----------
    sheets : mapping of name to rows
    comments : mapping of (sheet, row, column), counted from 1, to text, optional

    Raises
    ------
    InputError
        U903 where the disk is full.
    """
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for i, row in enumerate(rows, 1):
            for j, value in enumerate(row, 1):
                if value is not None:
                    _fill(sheet.cell(i, j), value)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for j in range(1, sheet.max_column + 1):
            longest = max(len(str(row[j - 1])) for row in rows if j <= len(row))
            sheet.column_dimensions[get_column_letter(j)].width = min(60, max(10, longest + 2))
        for (where, i, j), text in (comments or {}).items():
            if where == name:
                sheet.cell(i, j).comment = Comment(text, "separatrix", width=320, height=120)
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and "\n" in cell.value:
                    cell.alignment = Alignment(wrap_text=True)
    stream = io.BytesIO()
    try:
        book.save(stream)
    except _disk_problems() as problem:
        raise InputError(
            "U903",
            f"cannot write a workbook: {problem}",
            hint=f"its parts are first written to {tempfile.gettempdir()}: make room there",
        ) from None
    return stream.getvalue()


def _disk_problems() -> tuple[type[Exception], ...]:
    """The exceptions of openpyxl when its temporary files cannot be written; with lxml not only OSError."""
    try:
        from lxml.etree import SerialisationError
    except ImportError:
        return (OSError,)
    return (OSError, SerialisationError)


def _fill(cell: Any, value: Any) -> None:
    if isinstance(value, bool):
        cell.value = "true" if value else "false"
        cell.data_type = "s"
        return
    if isinstance(value, (int, Fraction)):
        exact = Fraction(value)
        if abs(exact) < 10**15 and Fraction(repr(float(exact))) == exact:
            cell.value = exact.numerator if exact.denominator == 1 else float(exact)
            return
        value = decimal_text(exact)
    cell.value = value
    # openpyxl takes a text that starts with = for a formula, and #N/A for an error.
    cell.data_type = "s"
    if inert(value) != value:
        cell.quotePrefix = True


WRITTEN = (".yaml", ".yml", ".csv", ".xlsx", ".nfg")
"""The suffixes of the files that can be written."""


def check_target(path: Path, *, force: bool) -> None:
    """Refuse a file that is there already, or whose folder is not.

    Raises
    ------
    InputError
        U910 for a file that would be overwritten without `force`, U903 for a folder that is not there.
    """
    where = Place(str(path))
    try:
        if path.is_dir():
            raise InputError("U903", f"{path} is a folder; the name of a file was expected", where=where)
        if path.exists() and not force:
            hint = "add --force to overwrite it"
            raise InputError("U910", f"{path} is there already", where=where, hint=hint)
        if not path.parent.is_dir():
            raise InputError("U903", f"folder {path.parent} does not exist", where=where)
    except OSError as problem:  # a name that is too long, a folder that may not be looked into
        raise unwritable(path, problem) from None


def write_game(game: Game, path: Path, *, force: bool = False) -> None:
    """Write a game as YAML, CSV, XLSX or Gambit's `.nfg`.

    Parameters
    ----------
    game : Game
    path : Path
        Its suffix, one of `WRITTEN`, decides the kind.
    force : bool
        Whether a file that is there already may be overwritten.

    Raises
    ------
    InputError
        U910, U903 (see `check_target`), U902 for another suffix, T212, T213 for a game that this kind of
        file cannot hold.
    """
    check_target(path, force=force)
    suffix = path.suffix.lower()
    if suffix not in WRITTEN:
        raise InputError(
            "U902",
            f"no game can be written to a file of the kind `{path.suffix}`",
            where=Place(str(path)),
            hint=f"games are written to {', '.join(WRITTEN)} files",
        )
    write_file(path, game_content(game, "yaml" if suffix == ".yml" else suffix[1:]))


def game_content(game: Game, kind: str) -> str | bytes:
    """Return what a file of a kind holds for a game: yaml, csv, xlsx or nfg.

    Raises
    ------
    InputError
        T212, T213 for a game that this kind of file cannot hold.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> str(game_content(load("matching-pennies"), "nfg")).splitlines()[0]
    'NFG 1 R "Matching pennies"'
    """
    if kind == "yaml":
        from separatrix.io.yaml_output import yaml_text

        return yaml_text(document_of(game)) + _assumption_hint(game)
    if kind == "csv":
        return csv_table(game)
    if kind == "xlsx":
        sheets = sheets_of(game)
        left_out = no_table_holds(game)
        if left_out:
            _log.warning("a workbook has no room for %s; this is not written", ", ".join(left_out))
        return xlsx_bytes(sheets)
    from separatrix.game.formats.gambit import nfg_text

    text = nfg_text(game)
    if game.parameters:
        _log.warning("an .nfg file has room for numbers only: every parameter is replaced by its value")
    if game.schedule:
        _log.warning("an .nfg file has no room for a schedule; the schedule is not written")
    return text


def _assumption_hint(game: Game) -> str:
    """Return a comment with the line that most papers assume without printing it, where nothing is assumed.

    Without it every sign of a parameter is admissible, and regimes are found that no author had in mind.
    """
    if game.assumptions or not game.parameters or any(p.value is not None for p in game.parameters.values()):
        return ""
    told = ", ".join(f"'{name} > 0'" for name in game.parameters)
    lead = "# Nothing is assumed of the parameters. If all are positive, take away the sign # below."
    return f"{lead}\n# assume: [{told}]\n"
