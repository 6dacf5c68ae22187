"""Reading games: from Python data, from a file, from the catalogue.

The symbols of a game: parameters, and the shorthands made of them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path as FilePath
from typing import Any

from separatrix.errors import InputError, Place
from separatrix.expression.conditions import Condition
from separatrix.expression.tree import Expression, Name, names_in
from separatrix.game.distributions import read_in_force, read_instruments, read_uncertain, with_idle_levels
from separatrix.game.documents import Reading, Vocabulary, read_schedule
from separatrix.game.model import BASES, TIME_UNITS, Game, Instrument, Parameter, Population
from separatrix.game.payoff_forms import FORMS, read_form
from separatrix.game.populations import (
    LATER_SECTIONS,
    read_later,
    read_populations,
    read_speeds,
    read_translations,
)
from separatrix.io.yaml import Path, SourceDocument
from separatrix.io.yaml_output import as_text, kind_of, without_arrays
from separatrix.sentences import say

__all__ = [
    "READ",
    "TOP_LEVEL",
    "load",
    "read_document",
    "read_lets",
    "read_parameters",
    "read_text",
]

_PARAMETER_KEYS = (
    "value",
    "latex",
    "meaning",
    "unit",
    "range",
    "uncertain",
    "basis",
    "interval",
    "source",
)


def read_parameters(reading: Reading, value: object, shares: frozenset[str]) -> dict[str, Parameter]:
    if value is None:
        return {}
    path: Path = ("parameters",)
    parameters: dict[str, Parameter] = {}
    for name, item in reading.mapping(value, path, "`parameters`").items():
        here = (*path, name)
        reading.identifier(name, here, "a parameter", key=True)
        if name in shares:
            raise reading.fault(
                "G114",
                say("`{name}` is a share and cannot be a parameter too", name=name),
                here,
                key=True,
                hint=say("rename one of the two"),
            )
        line = reading.source.line(here)
        if item is None:
            parameters[name] = Parameter(name, line=line)
        elif isinstance(item, Mapping):
            parameters[name] = _read_parameter(reading, name, item, here, line)
        else:
            number = reading.number(item, here, f"the value of {name}")
            parameters[name] = Parameter(name, number, line=line)
    return parameters


def _read_parameter(
    reading: Reading, name: str, item: Mapping[str, Any], path: Path, line: int | None
) -> Parameter:
    reading.only(
        reading.mapping(item, path, f"the parameter {name}"), path, _PARAMETER_KEYS, f"the parameter {name}"
    )

    def note(key: str) -> str | None:
        return (
            None
            if item.get(key) is None
            else reading.text(item[key], (*path, key), f"`{key}` of {name}").strip()
        )

    value = item.get("value")
    limits = item.get("range")
    uncertain = item.get("uncertain")
    interval = item.get("interval")
    return Parameter(
        name,
        value=None if value is None else reading.number(value, (*path, "value"), f"the value of {name}"),
        latex=note("latex"),
        meaning=note("meaning"),
        unit=note("unit"),
        range=None if limits is None else reading.interval(limits, (*path, "range"), f"the range of {name}"),
        uncertain=None
        if uncertain is None
        else read_uncertain(reading, uncertain, (*path, "uncertain"), name),
        basis=_read_basis(reading, note("basis"), (*path, "basis"), name),
        interval=None if interval is None else _read_interval(reading, interval, (*path, "interval"), name),
        source=note("source"),
        line=line,
    )


def _read_basis(reading: Reading, basis: str | None, path: Path, name: str) -> str | None:
    if basis is None or basis in BASES:
        return basis
    raise reading.unknown(
        "G125",
        say(
            "the basis of {name} is `{basis}`; one of {names} was expected",
            name=name,
            basis=basis,
            names=", ".join(BASES),
        ),
        path,
        name=basis,
        known=BASES,
    )


def _read_interval(reading: Reading, value: object, path: Path, name: str) -> tuple[Fraction, Fraction]:
    items = reading.items(value, path, f"the interval of {name}")
    if len(items) != 2:
        raise reading.fault(
            "G119",
            say("the interval of {name} holds {count} numbers; 2 are needed", name=name, count=len(items)),
            path,
        )
    low, high = (reading.number(item, (*path, i), f"the interval of {name}") for i, item in enumerate(items))
    if low > high:
        raise reading.fault(
            "V310",
            say("the interval of {name} is upside down: from {low} to {high}", name=name, low=low, high=high),
            path,
            hint=say("write [lowest, highest]"),
        )
    return low, high


def read_lets(
    reading: Reading, value: object, words: Vocabulary
) -> tuple[dict[str, Expression], frozenset[str]]:
    if value is None:
        return {}, frozenset()
    path: Path = ("let",)
    given = reading.mapping(value, path, "`let`")
    for name in given:
        reading.identifier(name, (*path, name), "a shorthand", key=True)
        if name in words.parameters or name in words.shares:
            kind = "a parameter" if name in words.parameters else "a share"
            raise reading.fault(
                "G114",
                say("`{name}` is {kind} and cannot be a shorthand too", name=name, kind=kind),
                (*path, name),
                key=True,
            )
    everything = replace(words, lets=dict.fromkeys(given, Name("")))
    expressions = {
        name: reading.expression(item, (*path, name), everything, f"the shorthand `{name}`")
        for name, item in given.items()
    }
    ordered = _in_order(reading, expressions)
    moving: set[str] = set()
    for name, expression in ordered.items():
        if any(n in words.shares or n in moving for n in names_in(expression)):
            moving.add(name)
    return ordered, frozenset(moving)


def _in_order(reading: Reading, expressions: dict[str, Expression]) -> dict[str, Expression]:
    """Sort shorthands so that each uses earlier ones only (depth first, without recursion)."""
    uses = {name: [n for n in names_in(e) if n in expressions] for name, e in expressions.items()}
    ordered: dict[str, Expression] = {}
    for root in expressions:
        trail: list[tuple[str, list[str]]] = [(root, list(uses[root]))] if root not in ordered else []
        while trail:
            name, pending = trail[-1]
            following = next((n for n in pending if n not in ordered), None)
            if following is None:
                ordered[name] = expressions[name]
                trail.pop()
                continue
            open_names = [n for n, _ in trail]
            if following in open_names:
                circle = [*open_names[open_names.index(following) :], following]
                raise reading.fault(
                    "S013",
                    say("shorthands go round in a circle: {names}", names=" → ".join(circle)),
                    ("let", following),
                    key=True,
                )
            trail.append((following, list(uses[following])))
    return ordered


NOTES = ("note", "notes", "doi", "url", "licence", "origin", "calibration")
"""Keys that speak to people only."""

_TEXTS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".html": "html",
    ".htm": "html",
    ".tex": "latex",
}
READ = (".yaml", ".yml", ".json", *_TEXTS, ".xlsx", ".xlsm", ".ods", ".nfg")
"""The suffixes of the files that can be read."""

TOP_LEVEL = (
    "format",
    "title",
    "source",
    "populations",
    "parameters",
    "let",
    "assume",
    "scenarios",
    "today",
    "speeds",
    "time_unit",
    "schedule",
    "instruments",
    "in_force",
    "emissions",
    "translations",
    *FORMS,
    *LATER_SECTIONS,
    *NOTES,
)


def load(source: Mapping[str, Any] | str | os.PathLike[str]) -> Game:
    """Read a game.

    Parameters
    ----------
    source : mapping, str or path
        The content of a game file as Python data, arrays of numpy among them; else the path of a file if it
        has a suffix or a separator; else the name of a game in the catalogue.

    Returns
    -------
    Game

    Raises
    ------
    InputError
        If the game cannot be understood; the error knows the place.
    NameProblem
        If it uses a name that is not known, or the catalogue has no such game.

    Examples
    --------
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> game.shares, game.plays_itself
    (('x',), True)
    """
    if isinstance(source, Mapping):
        return read_document(without_arrays(source), SourceDocument())
    if not isinstance(source, (str, os.PathLike)):
        raise InputError(
            "G106", f"a game is a mapping, a path or the name of a catalogue entry; found {kind_of(source)}"
        )
    text = os.fspath(source)
    if isinstance(text, bytes):
        text = os.fsdecode(text)
    is_path = isinstance(source, os.PathLike) or FilePath(text).suffix or "/" in text or os.sep in text
    if not is_path:
        from separatrix.game.catalogue_files import catalogue_path

        game = _load_file(catalogue_path(text))
        object.__setattr__(game, "origin", text)
        return game
    return _load_file(FilePath(text))


def _load_file(path: FilePath) -> Game:
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml", ".json", ""):
        from separatrix.io.yaml import read_yaml

        return read_document(*read_yaml(path), origin=str(path))
    if suffix in _TEXTS:
        from separatrix.game.formats.workbook import CSV_TABLE_MAX_BYTES
        from separatrix.io.files import decode, read_bytes

        text = decode(read_bytes(path, CSV_TABLE_MAX_BYTES, "a table"), path)
        return _read_text(text, str(path), path.stem, _TEXTS[suffix])
    if suffix in (".xlsx", ".xlsm", ".ods"):
        from separatrix.game.formats.workbook import read_workbook

        return read_document(*read_workbook(path), origin=str(path))
    if suffix == ".nfg":
        from separatrix.game.formats.gambit import read_nfg

        return read_document(*read_nfg(path), origin=str(path))
    raise InputError(
        "G121",
        f"no game can be read from a file of the kind `{path.suffix}`",
        where=Place(str(path)),
        hint=f"games are read from {', '.join(READ[:-1])} and {READ[-1]} files",
    )


def _read_text(text: str, name: str, title: str, kind: str) -> Game:
    """Read a text of a kind; one of YAML or CSV may be a table that was pasted as another one."""
    from separatrix.game.formats.pasted_table import kind_of_text, parse_html, parse_latex
    from separatrix.game.formats.workbook import parse_csv

    if kind in ("csv", "yaml"):
        kind = {"latex": "latex", "html": "html", "tabs": "csv"}.get(kind_of_text(text) or "", kind)
    if kind == "yaml":
        from separatrix.io.yaml import parse_yaml

        return read_document(*parse_yaml(text, name, title=title), origin=name)
    parse = {"html": parse_html, "latex": parse_latex}.get(kind, parse_csv)
    return read_document(*parse(text, name, title=title), origin=name)


def read_text(text: str, name: str = "game") -> Game:
    """Read a game from a text: a game file in YAML, or a table pasted as HTML, LaTeX or lines with tabs.

    Parameters
    ----------
    text : str
    name : str
        What errors call the text.

    Raises
    ------
    InputError, NameProblem
        See `load`.

    Examples
    --------
    >>> read_text("payoff_matrix: [[-1, 4], [0, 2]]").shares
    ('x',)
    >>> read_text("A / B\\tcall\\twait\\ncall\\t0, 0\\ts - c, s\\nwait\\ts, s - c\\t0, 0").populations[1].name
    'B'
    """
    return _read_text(text, name, "Untitled game", "yaml")


def read_document(data: object, source: SourceDocument, *, origin: str = "game") -> Game:
    """Return the game that a document describes.

    Parameters
    ----------
    data : object
        The document as plain data: mappings, lists, texts and numbers.
    source : SourceDocument
        Gives the place of each part of it.
    origin : str
        The path or the name it came from.

    Raises
    ------
    InputError, NameProblem
        See `load`.
    """
    reading = Reading(source)
    if data is None:
        raise reading.fault("G106", say("the document is empty; a game was expected"), ())
    document = reading.mapping(data, (), "a game")
    reading.only(document, (), TOP_LEVEL, "a game")
    _check_format(reading, document)
    for key in (*NOTES, *LATER_SECTIONS):
        if key in document:
            reading.plain(document[key], (key,))
    kind = _form_key(reading, document)
    populations = read_populations(reading, document, kind)
    shares = frozenset(s for p in populations for s in p.shares)
    parameters = read_parameters(reading, document.get("parameters"), shares)
    words = Vocabulary(parameters, {}, shares)
    words.lets, words.moving_lets = read_lets(reading, document.get("let"), words)
    instruments = read_instruments(reading, document.get("instruments"), words)
    force = read_in_force(reading, document.get("in_force"), instruments)
    if force:
        parameters = {**parameters, **force.levels}
        words = Vocabulary(parameters, {}, shares, changes=force.changes)
        words.lets, words.moving_lets = read_lets(reading, document.get("let"), words)
    form = read_form(reading, kind, document[kind], populations, words)
    later = read_later(reading, document, populations, words)
    title = reading.text(document["title"], ("title",), "`title`").strip() if "title" in document else ""
    citation = document.get("source")
    scenarios = _read_scenarios(reading, document.get("scenarios"), words)
    return Game(
        title=title or source.title,
        populations=populations,
        form=form,
        parameters=parameters,
        lets=words.lets,
        assumptions=_read_assumptions(reading, document.get("assume"), words),
        scenarios=scenarios,
        today=_read_today(reading, document.get("today"), populations),
        speeds=read_speeds(reading, document.get("speeds"), populations, words),
        time_unit=_read_time_unit(reading, document),
        instruments=instruments,
        in_force=() if force is None else tuple(force.levels),
        emissions=_read_emissions(reading, document.get("emissions"), words, instruments),
        schedule=read_schedule(reading, document.get("schedule"), words),
        source=None if citation is None else reading.text(citation, ("source",), "`source`").strip(),
        later=later,
        translations=read_translations(
            reading,
            document.get("translations"),
            populations,
            {**parameters, **instruments},
            list(scenarios),
        ),
        raw=document,
        origin=origin,
        places=source,
    )


def _read_emissions(
    reading: Reading, value: object, words: Vocabulary, instruments: Mapping[str, Instrument]
) -> Expression | None:
    if value is None:
        return None
    levels = {name: Parameter(name) for name in instruments}
    known = replace(words, parameters={**levels, **words.parameters})
    return with_idle_levels(
        reading.expression(value, ("emissions",), known, "`emissions`"), instruments, words.parameters
    )


def _read_time_unit(reading: Reading, document: Mapping[str, Any]) -> str | None:
    if document.get("time_unit") is None:
        return None
    unit = reading.text(document["time_unit"], ("time_unit",), "`time_unit`").strip()
    if unit not in TIME_UNITS:
        raise reading.unknown(
            "G126",
            f"`time_unit` is `{unit}`; {' or '.join(TIME_UNITS)} was expected",
            ("time_unit",),
            name=unit,
            known=TIME_UNITS,
        )
    if document.get("speeds") is None:
        raise reading.fault(
            "G126",
            "`time_unit` is the unit of `speeds`, and the game has no `speeds`",
            ("time_unit",),
            key=True,
            hint="give `speeds`, or leave `time_unit` out: times have no unit then",
        )
    return unit


def _check_format(reading: Reading, document: Mapping[str, Any]) -> None:
    version = document.get("format", 1)
    known = isinstance(version, (int, float, Fraction)) and not isinstance(version, bool) and version == 1
    if not known:
        raise reading.fault(
            "G109",
            f"format {as_text(version) or kind_of(version)} is not known; this version reads format 1",
            ("format",),
            hint="a newer version of the program may read it",
        )


def _form_key(reading: Reading, document: Mapping[str, Any]) -> str:
    given = [key for key in document if key in FORMS]
    if not given:
        raise reading.fault(
            "G112",
            say("the game has no payoffs"),
            (),
            hint=say("give one of {forms}", forms=", ".join(f"`{f}`" for f in FORMS)),
        )
    if len(given) > 1:
        raise reading.fault(
            "G112",
            say("payoffs are given twice, as `{one}` and as `{other}`", one=given[0], other=given[1]),
            (given[1],),
            key=True,
            hint=say(
                "keep one; equations that a paper prints in addition to its table belong under `published`"
            ),
        )
    return given[0]


# --------------------------------------------------------------------------- assumptions, scenarios, today


def _read_assumptions(
    reading: Reading, value: object, words: Vocabulary
) -> tuple[tuple[Condition, str], ...]:
    if value is None:
        return ()
    path: Path = ("assume",)
    items = [value] if isinstance(value, str) else reading.items(value, path, "`assume`")
    assumptions = []
    for i, item in enumerate(items):
        here = path if item is value else (*path, i)
        text = item if isinstance(item, str) else reading.text(item, here, "an assumption")
        assumptions.append((reading.condition(text, here, words, "an assumption"), text.strip()))
    return tuple(assumptions)


def _read_scenarios(reading: Reading, value: object, words: Vocabulary) -> dict[str, dict[str, Fraction]]:
    if value is None:
        return {}
    path: Path = ("scenarios",)
    scenarios: dict[str, dict[str, Fraction]] = {}
    for name, values in reading.mapping(value, path, "`scenarios`").items():
        here = (*path, name)
        if not name.strip():
            raise reading.fault("G113", "the name of a scenario is empty", here, key=True)
        scenarios[name] = {}
        for key, item in (
            {} if values is None else reading.mapping(values, here, f"the scenario `{name}`")
        ).items():
            if key not in words.parameters:
                what = (
                    "a shorthand; set the parameters it is made of" if key in words.lets else "no parameter"
                )
                raise reading.unknown(
                    "G120",
                    f"`{key}` in the scenario `{name}` is {what}",
                    (*here, key),
                    name=key,
                    known=list(words.parameters),
                    key=True,
                )
            scenarios[name][key] = reading.number(item, (*here, key), f"`{key}` in the scenario `{name}`")
    return scenarios


def _read_today(
    reading: Reading, value: object, populations: tuple[Population, ...]
) -> dict[str, Fraction] | None:
    return None if value is None else reading.state(value, ("today",), populations, "`today`")
