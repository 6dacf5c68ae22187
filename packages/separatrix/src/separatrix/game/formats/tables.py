"""Games as tables: one row a profile, one column a population, one column `pay:NAME` each.

A table alone (CSV) names strategies and payoffs; a workbook adds sheets for what else a game has.
Either way the rows become the document that a YAML file would hold, and are read like one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from separatrix.errors import InputError, NameProblem, nearest
from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import names_in
from separatrix.game.formats.document import read_translation_sheet
from separatrix.game.formats.sheets import Sheet, TableSource
from separatrix.game.model import PAYERS
from separatrix.game.populations import MAX_STRATEGIES
from separatrix.io.yaml import Path
from separatrix.io.yaml_output import as_text

__all__ = [
    "KNOWN_SHEETS",
    "MEETS",
    "PARAMETER_COLUMNS",
    "document_from_sheets",
    "has_pay_columns",
]


MAX_ROWS = 20_000
MAX_COLUMNS = 500

MEETS = "meets"
"""The column that names the strategy met, in the table of one population that plays itself."""

PARAMETER_COLUMNS = ("name", "value", "meaning", "unit", "latex", "low", "high", "uncertain")
INSTRUMENT_COLUMNS = (
    *("name", "parameter", "becomes", "low", "high", *PAYERS),
    *("idle", "unit", "strategy", "meaning", "latex"),
)
"""One row for each parameter that an instrument changes; everything else is in its first row."""

_GAME_KEYS = ("title", "source", "format", "note", "notes", "doi", "url", "licence", "origin", "emissions")
_SHARE_FORMS = ("advantages", "replicator")
KNOWN_SHEETS = (
    "payoffs",
    "parameters",
    "populations",
    "assume",
    "scenarios",
    "let",
    "game",
    "today",
    "instruments",
    "in_force",
    "translations",
    *_SHARE_FORMS,
)


_PAY = re.compile(r"pay\s*[:：]\s*", re.IGNORECASE)
"""How the heading of a column of payoffs begins."""


def has_pay_columns(heading: Sequence[Any]) -> bool:
    """Return whether the heading of a table names a column of payoffs."""
    return any(_PAY.match((as_text(cell) or "").strip()) for cell in heading)


# --------------------------------------------------------------------------- from rows to a document


def document_from_sheets(sheets: Mapping[str, Sheet], source: TableSource) -> dict[str, Any]:
    """Return the document that sheets describe; keys of `sheets` are names in `KNOWN_SHEETS`.

    Raises
    ------
    InputError
        T201 (columns or sheets are missing), T202 (a column that has no meaning), T205 (an empty cell).
    """
    document: dict[str, Any] = {}
    builder = _Builder(document, source)
    if "game" in sheets:
        builder.game(sheets["game"])
    forms = [name for name in ("payoffs", *_SHARE_FORMS) if name in sheets]
    if len(forms) != 1:
        found = " and ".join(f"`{f}`" for f in forms) or "none"
        raise source.fault("T207", f"one sheet `payoffs` is needed; found: {found}")
    if "populations" in sheets:
        builder.populations(sheets["populations"])
    if forms[0] == "payoffs":
        builder.payoffs(sheets["payoffs"])
    else:
        builder.pairs(sheets[forms[0]], forms[0], ("share", "expression"))
    if "let" in sheets:
        builder.pairs(sheets["let"], "let", ("name", "expression"))
    if "parameters" in sheets:
        builder.parameters(sheets["parameters"])
    else:
        document["parameters"] = dict.fromkeys(_names_used(document))
    if "assume" in sheets:
        builder.items(sheets["assume"], "assume")
    if "scenarios" in sheets:
        builder.scenarios(sheets["scenarios"])
    if "today" in sheets:
        builder.pairs(sheets["today"], "today", ("share", "value"))
    if "instruments" in sheets:
        builder.instruments(sheets["instruments"])
    if "in_force" in sheets:
        builder.items(sheets["in_force"], "in_force")
    if "translations" in sheets:
        document["translations"] = read_translation_sheet(sheets["translations"], source)
    return document


def _names_used(document: Mapping[str, Any]) -> list[str]:
    """Return the names in the payoffs of a table that has no place to declare them."""
    expressions = [cell for row in document.get("payoffs", ()) for cell in row["pay"]]
    for key in ("let", *_SHARE_FORMS):
        expressions.extend(document.get(key, {}).values())
    known = {*document.get("let", ()), "nan", "inf"}
    for key in _SHARE_FORMS:
        known.update(document.get(key, ()))
    for population in document.get("populations", ()):
        known.add(population.get("share", ""))
    names: dict[str, None] = {}
    for text in expressions:
        if isinstance(text, str):
            try:
                names.update(dict.fromkeys(names_in(parse_expression(text))))
            except InputError:
                continue  # the reader meets it again, and knows its place
    return [name for name in names if name not in known]


@dataclass
class _Columns:
    """The columns of the table of payoffs."""

    strategies: dict[str, int] = field(default_factory=dict)
    pay: dict[str, int] = field(default_factory=dict)


class _Builder:
    def __init__(self, document: dict[str, Any], source: TableSource) -> None:
        self.document = document
        self.source = source
        self.cells = source.cells

    # ------------------------------------------------------------------ sheets with fixed columns

    def table(self, sheet: Sheet, columns: tuple[str, ...], needed: int) -> list[tuple[int, dict[str, Any]]]:
        """Return the rows of a sheet by column name; the first `needed` columns must be there."""
        if not sheet.rows:
            raise self.source.fault("T201", f"the sheet `{sheet.name}` is empty", (sheet.name, 1, 0))
        head_row, heading = sheet.rows[0]
        found: dict[int, str] = {}
        for i, cell in enumerate(heading):
            name = (as_text(cell) or "").strip().lower()
            if not name:
                self.refuse_loose_cells(sheet, i)
            elif name not in columns:
                self.unknown_column(sheet, head_row, i, name, columns)
            elif name in found.values():
                raise self.source.fault("T202", f"two columns are called `{name}`", (sheet.name, head_row, i))
            else:
                found[i] = name
        for name in columns[:needed]:
            if name not in found.values():
                raise self.source.fault(
                    "T201", f"the sheet `{sheet.name}` needs a column `{name}`", (sheet.name, head_row, 0)
                )
        return [
            (
                row,
                {found[i]: cell for i, cell in enumerate(cells) if i in found and cell is not None}
                | {f"@{name}": i for i, name in found.items()},
            )
            for row, cells in sheet.rows[1:]
        ]

    def unknown_column(self, sheet: Sheet, row: int, column: int, name: str, known: tuple[str, ...]) -> None:
        meant = nearest(name, known)
        raise NameProblem(
            "T202",
            f"unknown column `{name}`",
            where=self.source.cell((sheet.name, row, column)),
            hint=f"did you mean `{meant}`?" if meant else f"columns here: {', '.join(known)}",
        )

    def refuse_loose_cells(self, sheet: Sheet, column: int) -> None:
        for row, cells in sheet.rows[1:]:
            if column < len(cells) and cells[column] is not None:
                raise self.source.fault(
                    "T202", "this cell is in a column without a heading", (sheet.name, row, column)
                )

    def needed(self, sheet: Sheet, row: int, cells: Mapping[str, Any], name: str) -> Any:
        if name not in cells:
            raise self.source.fault(
                "T205", f"the cell `{name}` is empty", (sheet.name, row, cells.get(f"@{name}", 0))
            )
        return cells[name]

    def key(
        self, sheet: Sheet, row: int, cells: Mapping[str, Any], name: str, taken: Mapping[str, Any]
    ) -> str:
        address = (sheet.name, row, cells[f"@{name}"])
        text = as_text(self.needed(sheet, row, cells, name))
        if text is None:
            raise self.source.fault("T208", "a name was expected in this cell", address)
        text = text.strip()
        if text in taken:
            raise self.source.fault("G108", f"`{text}` is given twice", address)
        return text

    def game(self, sheet: Sheet) -> None:
        for row, cells in self.table(sheet, ("key", "value"), 2):
            key = self.key(sheet, row, cells, "key", self.document)
            if key not in _GAME_KEYS:
                self.unknown_column(sheet, row, cells["@key"], key, _GAME_KEYS)
            self.document[key] = self.needed(sheet, row, cells, "value")
            self.cells[(key,)] = (sheet.name, row, cells["@value"])

    def pairs(self, sheet: Sheet, section: str, columns: tuple[str, str]) -> None:
        content: dict[str, Any] = {}
        self.document[section] = content
        self.cells[(section,)] = (sheet.name, 1, 0)
        for row, cells in self.table(sheet, columns, 2):
            key = self.key(sheet, row, cells, columns[0], content)
            content[key] = self.needed(sheet, row, cells, columns[1])
            self.cells[section, key] = (sheet.name, row, cells[f"@{columns[1]}"])

    def populations(self, sheet: Sheet) -> None:
        populations: list[dict[str, Any]] = []
        self.document["populations"] = populations
        self.cells[("populations",)] = (sheet.name, 1, 0)
        for row, cells in self.table(sheet, ("name", "share", "strategies", "ids"), 1):
            here: Path = ("populations", len(populations))
            population: dict[str, Any] = {"name": self.needed(sheet, row, cells, "name")}
            if "share" in cells:
                population["share"] = cells["share"]
            if "strategies" in cells:
                names = _split(cells["strategies"])
                ids = _split(cells["ids"]) if "ids" in cells else []
                if ids and len(ids) != len(names):
                    raise self.source.fault(
                        "G119",
                        f"{len(names)} strategies but {len(ids)} ids",
                        (sheet.name, row, cells["@ids"]),
                    )
                population["strategies"] = (
                    [{"id": i, "name": n} for i, n in zip(ids, names, strict=True)] if ids else names
                )
            for key in population:
                self.cells[(*here, key)] = (sheet.name, row, cells[f"@{key}"])
            self.cells[here] = (sheet.name, row, cells["@name"])
            populations.append(population)

    def parameters(self, sheet: Sheet) -> None:
        parameters: dict[str, Any] = {}
        self.document["parameters"] = parameters
        self.cells[("parameters",)] = (sheet.name, 1, 0)
        for row, cells in self.table(sheet, PARAMETER_COLUMNS, 1):
            name = self.key(sheet, row, cells, "name", parameters)
            parameter: dict[str, Any] = {
                k: cells[k] for k in ("value", "meaning", "unit", "latex", "uncertain") if k in cells
            }
            here: Path = ("parameters", name)
            for key in parameter:
                self.cells[(*here, key)] = (sheet.name, row, cells[f"@{key}"])
            if "low" in cells or "high" in cells:
                parameter["range"] = [
                    self.needed(sheet, row, cells, "low"),
                    self.needed(sheet, row, cells, "high"),
                ]
                self.cells[(*here, "range")] = (sheet.name, row, cells["@low"])
                self.cells[(*here, "range", 0)] = (sheet.name, row, cells["@low"])
                self.cells[(*here, "range", 1)] = (sheet.name, row, cells["@high"])
            self.cells[here] = (sheet.name, row, cells["@name"])
            parameters[name] = parameter or None

    def items(self, sheet: Sheet, section: str) -> None:
        items: list[Any] = []
        self.document[section] = items
        for row, cells in self.table(sheet, (section,), 1):
            self.cells[section, len(items)] = (sheet.name, row, cells[f"@{section}"])
            items.append(self.needed(sheet, row, cells, section))

    def instruments(self, sheet: Sheet) -> None:
        section: dict[str, Any] = {}
        self.document["instruments"] = section
        self.cells[("instruments",)] = (sheet.name, 1, 0)
        for row, cells in self.table(sheet, INSTRUMENT_COLUMNS, 3):
            taken = section.get((as_text(cells.get("name")) or "").strip(), {"changes": {}})
            parameter = self.key(sheet, row, cells, "parameter", taken["changes"])
            name = self.key(sheet, row, cells, "name", {})
            one, here = section.setdefault(name, {"changes": {}}), ("instruments", name)
            one["changes"][parameter] = self.needed(sheet, row, cells, "becomes")
            where: dict[Path, str] = {(): "name", ("changes", parameter): "becomes"}
            for key in ("idle", "unit", "strategy", "meaning", "latex"):
                if key in cells:
                    one[key], where[(key,)] = cells[key], key
            for payer in PAYERS:
                if payer in cells:
                    one.setdefault("cost", {})[payer] = cells[payer]
                    where["cost", payer] = payer
            if "low" in cells or "high" in cells:
                one["range"] = [self.needed(sheet, row, cells, end) for end in ("low", "high")]
                where |= {("range",): "low", ("range", 0): "low", ("range", 1): "high"}
            for path, column in where.items():
                self.cells[(*here, *path)] = (sheet.name, row, cells[f"@{column}"])

    def scenarios(self, sheet: Sheet) -> None:
        """One row a parameter, one column a scenario; an empty cell keeps the base value."""
        if not sheet.rows:
            raise self.source.fault("T201", f"the sheet `{sheet.name}` is empty", (sheet.name, 1, 0))
        head_row, heading = sheet.rows[0]
        names = [(as_text(cell) or "").strip() for cell in heading]
        if not names or names[0].lower() != "name":
            raise self.source.fault("T201", "the first column must be `name`", (sheet.name, head_row, 0))
        scenarios: dict[str, dict[str, Any]] = {}
        self.document["scenarios"] = scenarios
        for i, name in enumerate(names[1:], 1):
            if not name:
                self.refuse_loose_cells(sheet, i)
            elif name in scenarios:
                raise self.source.fault(
                    "T202", f"two scenarios are called `{name}`", (sheet.name, head_row, i)
                )
            else:
                scenarios[name] = {}
                self.cells["scenarios", name] = (sheet.name, head_row, i)
        for row, cells in sheet.rows[1:]:
            parameter = (as_text(cells[0]) or "").strip()
            if not parameter:
                raise self.source.fault("T205", "the name of a parameter is missing", (sheet.name, row, 0))
            for i, value in enumerate(cells[1:], 1):
                if value is None or i >= len(names) or not names[i]:
                    continue
                if parameter in scenarios[names[i]]:
                    raise self.source.fault("G108", f"`{parameter}` is given twice", (sheet.name, row, 0))
                scenarios[names[i]][parameter] = value
                self.cells["scenarios", names[i], parameter] = (sheet.name, row, i)

    # ------------------------------------------------------------------ payoffs

    def payoffs(self, sheet: Sheet) -> None:
        if not sheet.rows:
            raise self.source.fault("T201", "the table is empty", hint=_TABLE_HINT)
        columns = self.payoff_columns(sheet)
        width = len(sheet.rows[0][1])
        players = list(columns.strategies)
        order: dict[str, dict[str, None]] = {player: {} for player in players}
        payoffs: list[dict[str, Any]] = []
        for row, cells in sheet.rows[1:]:
            here: Path = ("payoffs", len(payoffs))
            for i in range(width, len(cells)):
                if cells[i] is not None:
                    raise self.source.fault(
                        "T202",
                        "this cell is in a column without a heading",
                        (sheet.name, row, i),
                        hint='quote a payoff that holds the separator, as in "max(a, b)"',
                    )
            entry: dict[str, Any] = {"play": [], "pay": []}
            for kind, wanted in (("play", columns.strategies), ("pay", columns.pay)):
                for k, (name, i) in enumerate(wanted.items()):
                    cell = cells[i] if i < len(cells) else None
                    if cell is None:
                        what = f"the strategy of {name}" if kind == "play" else f"the payoff of {name}"
                        raise self.source.fault(
                            "T205", f"{what} is missing in this row", (sheet.name, row, i)
                        )
                    entry[kind].append(_number_or_text(cell) if kind == "pay" else cell)
                    self.cells[(*here, kind, k)] = (sheet.name, row, i)
                    if kind == "play":
                        order[name][(as_text(cell) or "").strip()] = None
                self.cells[(*here, kind)] = (sheet.name, row, min(wanted.values()))
            payoffs.append(entry)
        self.document["payoffs"] = payoffs
        self.cells[("payoffs",)] = (sheet.name, sheet.rows[0][0], 0)
        if len(columns.pay) == 1 and len(players) == 2:
            order = {players[0]: {**order[players[0]], **order[players[1]]}}
        self.declare_populations(sheet, columns, order)

    def payoff_columns(self, sheet: Sheet) -> _Columns:
        columns = _Columns()
        head_row, heading = sheet.rows[0]
        for i, cell in enumerate(heading):
            title = (as_text(cell) or "").strip()
            if not title:
                self.refuse_loose_cells(sheet, i)
                continue
            marker = _PAY.match(title)
            name = title[marker.end() :] if marker else title
            group = columns.pay if marker else columns.strategies
            if name in group:
                raise self.source.fault(
                    "T202", f"two columns are called `{title}`", (sheet.name, head_row, i)
                )
            group[name] = i
        known = tuple(columns.strategies)
        if not columns.pay:
            raise self.source.fault(
                "T201", "no column `pay:NAME` holds payoffs", (sheet.name, head_row, 0), hint=_TABLE_HINT
            )
        for name, i in columns.pay.items():
            if name not in known:
                meant = nearest(name, known)
                raise NameProblem(
                    "T202",
                    f"payoffs for `{name}`, but no column says what it plays",
                    where=self.source.cell((sheet.name, head_row, i)),
                    hint=f"did you mean `pay:{meant}`?" if meant else _TABLE_HINT,
                )
        strangers = [name for name in known if name not in columns.pay]
        if len(columns.pay) == 1 and [s.lower() for s in strangers] == [MEETS]:
            mine = next(iter(columns.pay))
            columns.strategies = {
                mine: columns.strategies[mine],
                strangers[0]: columns.strategies[strangers[0]],
            }
            return columns
        if strangers:
            raise self.source.fault(
                "T201",
                f"no column `pay:{strangers[0]}` holds the payoffs of {strangers[0]}",
                (sheet.name, head_row, columns.strategies[strangers[0]]),
            )
        columns.pay = {name: columns.pay[name] for name in known}
        return columns

    def declare_populations(
        self, sheet: Sheet, columns: _Columns, order: Mapping[str, Mapping[str, None]]
    ) -> None:
        head_row = sheet.rows[0][0]
        for name, strategies in order.items():  # before any of so many payoffs is read
            if len(strategies) > MAX_STRATEGIES:
                raise self.source.fault(
                    "G115",
                    f"{name} has {len(strategies):,} strategies; at most {MAX_STRATEGIES}",
                    (sheet.name, head_row, columns.strategies[name]),
                )
        if "populations" not in self.document:
            self.document["populations"] = [
                {"name": name, "strategies": list(strategies)} for name, strategies in order.items()
            ]
            for k, name in enumerate(order):
                address = (sheet.name, head_row, columns.strategies[name])
                for path in ((), ("name",), ("strategies",)):
                    self.cells["populations", k, *path] = address
            return
        declared = [(as_text(p["name"]) or "").strip() for p in self.document["populations"]]
        if sorted(declared) != sorted(order):
            raise self.source.fault(
                "T202",
                f"the table has columns for {', '.join(order)}; the sheet `populations` declares "
                f"{', '.join(declared)}",
                (sheet.name, head_row, 0),
            )
        for population in self.document["populations"]:
            name = (as_text(population["name"]) or "").strip()
            population.setdefault("strategies", list(order[name]))
        if list(order) != declared and len(declared) > 1:
            self.reorder(list(order), declared)

    def reorder(self, found: list[str], declared: list[str]) -> None:
        """Bring the columns into the order in which the sheet `populations` declares them."""
        places = [found.index(name) for name in declared]
        for row, entry in enumerate(self.document["payoffs"]):
            for kind in ("play", "pay"):
                addresses = [self.cells["payoffs", row, kind, i] for i in places]
                entry[kind] = [entry[kind][i] for i in places]
                for k, address in enumerate(addresses):
                    self.cells["payoffs", row, kind, k] = address


_NUMBER = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?\Z")


def _number_or_text(cell: object) -> object:
    """Return a payoff of a CSV file as the number it is, where it is one."""
    if not isinstance(cell, str) or not _NUMBER.match(cell):
        return cell
    value = Fraction(cell)
    return value.numerator if value.denominator == 1 else value


_TABLE_HINT = "a heading such as: A, B, pay:A, pay:B, then one row for each combination of strategies"


def _split(value: object) -> list[str]:
    text = as_text(value) or ""
    parts = text.split("\n") if "\n" in text.strip() else re.split("[;；]", text)
    return [part.strip() for part in parts if part.strip()]
