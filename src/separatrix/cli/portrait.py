"""``separatrix portrait``: field, nullclines, separatrix and courses, as data or drawn."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from separatrix.cli.assignments import assignments, field_options
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.dynamics.integrate.result import Trajectory
    from separatrix.dynamics.portraits.portrait import PhasePortrait
    from separatrix.game.model import Game
    from separatrix.present.document import PictureFormat
    from separatrix.present.languages import Language

__all__ = ["portrait"]

Format = Literal["text", "json", "csv", "svg", "png", "pdf"]
Lang = Literal["en", "zh"]

_SUFFIXES: Mapping[str, Format] = {
    ".txt": "text",
    ".json": "json",
    ".csv": "csv",
    ".svg": "svg",
    ".png": "png",
    ".pdf": "pdf",
}

MOST_CASES = 100
"""More portraits than these are refused, before anything is worked out."""


@dataclass(frozen=True)
class Case:
    """One panel: a scenario, values, and what they are called."""

    scenario: str | None
    values: Mapping[str, object]
    name: str


def portrait(
    model: str,
    /,
    *,
    scenario: Annotated[list[str] | None, Parameter(negative="")] = None,
    all_scenarios: Annotated[bool, Parameter(negative="")] = False,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    field: str = "replicator",
    option: Annotated[list[str] | None, Parameter(negative="")] = None,
    grid: int | None = None,
    time: Annotated[bool, Parameter(negative="")] = False,
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    until: float | None = None,
    format: Annotated[Format | None, Parameter(name=["--format", "-f"])] = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    lang: Lang = "en",
) -> int:
    """Show where each share stands still, where courses go, and the line between two fates.

    For one population of two or three strategies, and for two or three populations of two. Several scenarios,
    or values, are drawn side by side with one legend.

    Parameters
    ----------
    model : str
        A game file (.yaml, .csv, .xlsx, .ods, .nfg), or a name from `separatrix examples`.
    scenario : list of str
        Use the values of this scenario; may be given several times, for one panel each.
    all_scenarios : bool
        One panel for each scenario of the game.
    set_ : list of str
        NAME=VALUE: override a parameter; may be given several times. NAME=VALUE,VALUE,... gives one panel
        for each value.
    field : str
        The dynamics: replicator, payoff-adjusted, replicator-mutator, smith, bnn, logit or best-response.
    option : list of str
        NAME=VALUE: an option of the dynamics, such as eta=0.5 for logit; may be given several times.
    grid : int
        How many states to sample the field at on each side.
    time : bool
        Draw the shares over time, one panel for each scenario or value, for games of any size.
    from_ : str
        SHARE=VALUE,...: where the courses of --time start; by default where the cluster stands today.
    until : float
        The last time of --time; by default 100 divided by the largest advantage.
    format : str
        text, json, csv, svg, png or pdf; by default what --out ends in, else text.
    out : Path
        Write to this file instead of standard output.
    lang : str
        en or zh: the language of text and figure; names in the game as its `translations` tell them.
    """
    import separatrix
    from separatrix.cli.output import guard_source
    from separatrix.present.languages import language_of
    from separatrix.run.files import require_writable

    chosen = format or _format_of(out)
    if chosen in ("png", "pdf") and out is None:
        raise InputError("U902", f"{chosen} is no text", hint=f"name a file, as in --out portrait.{chosen}")
    game = separatrix.told_in(separatrix.load(model), lang)
    if out is not None:
        guard_source(out, model)
        require_writable(out)
    words = language_of(lang)
    cases = _cases(game, scenario or [], all_scenarios, set_ or [], words)
    options = field_options(option or [], field)
    told: str | bytes | None
    if time:
        told = _in_time(game, cases, field, options, from_, until, chosen, words)
    else:
        told = _in_space(game, cases, field, options, grid, chosen, words, out)
    if told is not None:
        _show(told, out)
    return 0


# --------------------------------------------------------------------------- scenarios and values


def _cases(
    game: Game, scenarios: Sequence[str], every: bool, pairs: Sequence[str], words: Language
) -> list[Case]:
    """Return what is asked for: each scenario with each of the values."""
    from separatrix.game.translation import scenario_name

    chosen: list[str | None] = list(dict.fromkeys([*scenarios, *(game.scenarios if every else ())])) or [None]
    given = {name: _listed(str(value)) for name, value in assignments(pairs).items()}
    if len(chosen) * math.prod(len(v) for v in given.values()) > MOST_CASES:
        raise InputError("U901", f"more than {MOST_CASES} portraits were asked for", hint="give fewer values")
    several = [name for name, values in given.items() if len(values) > 1]
    cases = []
    for scenario, *values in itertools.product(chosen, *given.values()):
        own = dict(zip(given, values, strict=True))
        told = [] if scenario is None else [scenario_name(game, scenario)]
        told += [f"{name} = {own[name]}" for name in (several or own)]
        cases.append(Case(scenario, own, words.separators[", "].join(told)))
    return cases


def _listed(text: str) -> list[str]:
    """Return ``1,2,3`` as its values; a comma within brackets belongs to an expression."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    values = [part.strip() for part in parts]
    if not all(values):
        raise InputError("U901", f"--set …={text}: a value is missing", hint="as in --set C1=2,3,4")
    return values


# --------------------------------------------------------------------------- answers


def _in_space(
    game: Game,
    cases: Sequence[Case],
    field: str,
    options: Mapping[str, Any],
    grid: int | None,
    chosen: Format,
    words: Language,
    out: Path | None,
) -> str | bytes | None:
    from separatrix.dynamics.portraits.portrait import portrait

    _guard_panels(len(cases), chosen)
    needed = chosen != "text"
    portraits: list[PhasePortrait] = [
        portrait(game, c.values, c.scenario, field=field, grid=grid, courses=needed, **options) for c in cases
    ]
    names = [case.name for case in cases]
    if chosen == "svg" or chosen == "png" or chosen == "pdf":
        return _drawn(portraits, names, chosen, words)
    if chosen == "csv":
        from separatrix.dynamics.portraits.portrait_data import portraits_csv

        return portraits_csv(portraits, names if len(cases) > 1 else ())
    from separatrix.present.documents.portraits import portraits_document, portraits_json

    if chosen == "json":
        return portraits_json(portraits)
    from separatrix.cli.basins import show_document

    show_document(portraits_document(portraits, names, words), out)
    return None


def _drawn(
    portraits: Sequence[PhasePortrait], names: Sequence[str], chosen: PictureFormat, words: Language
) -> bytes:
    from separatrix.present.figures import Portrait
    from separatrix.present.figures.multiples import Multiples

    if len(portraits) > 1:
        return Multiples(portraits, names, words).write(chosen)
    return Portrait.of(portraits[0], words).write(chosen)


def _in_time(
    game: Game,
    cases: Sequence[Case],
    field: str,
    options: Mapping[str, Any],
    start: str | None,
    until: float | None,
    chosen: Format,
    words: Language,
) -> bytes:
    """Return the shares over time, one panel for each case, over the same time."""
    from separatrix.cli.trajectory import starts_of
    from separatrix.dynamics.integrate.trajectory import read_start
    from separatrix.present.figures.time_series import write_time_series

    if chosen not in ("svg", "png", "pdf"):
        raise InputError(
            "U902",
            f"--time draws a figure, and {chosen} is none",
            hint="name one, as in --out courses.svg; `separatrix trajectory` gives text, csv and json",
        )
    _guard_panels(len(cases), chosen)
    (named,) = starts_of(game, [] if start is None else [start])
    state = read_start(game, named)
    courses = [_followed(game, case, field, options, state, until) for case in cases]
    longest = max(courses, key=lambda course: abs(float(course.times[-1]))).times[-1]
    courses = [
        course
        if course.times[-1] == longest
        else _followed(game, case, field, options, state, float(longest))
        for case, course in zip(cases, courses, strict=True)
    ]
    names = [case.name for case in cases] if len(cases) > 1 else None
    return write_time_series(game, courses, chosen, words, names)


def _followed(
    game: Game,
    case: Case,
    field: str,
    options: Mapping[str, Any],
    start: tuple[float, ...],
    until: float | None,
) -> Trajectory:
    from separatrix.dynamics.integrate.trajectory import trajectory

    return trajectory(game, start, case.values, case.scenario, until=until, field=field, **options)


def _guard_panels(count: int, chosen: Format) -> None:
    from separatrix.present.figures.multiples import MOST_PANELS

    if chosen in ("svg", "png", "pdf") and count > MOST_PANELS:
        raise InputError(
            "D643",
            f"{count} portraits were asked for; a figure has room for {MOST_PANELS}",
            hint="choose fewer scenarios or values, or ask for json or csv",
        )


def _format_of(out: Path | None) -> Format:
    if out is None:
        return "text"
    found = _SUFFIXES.get(out.suffix.lower())
    if found is None:
        raise InputError(
            "U902",
            f"--out {out}: the ending `{out.suffix}` names no format",
            hint=f"use one of {', '.join(_SUFFIXES)}, or give --format",
        )
    return found


def _show(told: str | bytes, out: Path | None) -> None:
    from separatrix.run.files import write_file

    content = told.encode() if isinstance(told, str) else told
    if out is None:
        print(content.decode(), end="")
    else:
        write_file(out, content)
