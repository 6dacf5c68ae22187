"""Answers for an assistant, each with its certainty, the reason and the references.

These functions run in a process of their own (`separatrix.mcp.server`); they return plain data.

Answers of a bounded size: the longest parts are cut first, and cuts are reported.
"""

from __future__ import annotations

import json
import math
import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.languages import Language, language_of
from separatrix.mcp.folder import ModelSource
from separatrix.sentences import say, together

if TYPE_CHECKING:
    from separatrix.analysis.results import Analysis
    from separatrix.audit.evidence.findings import Finding

__all__ = [
    "MOST",
    "ToolResponse",
    "analyze",
    "basins",
    "bounded",
    "check",
    "load",
    "plain",
    "report",
    "sweep",
]

MOST = 48_000
"""Characters of an answer as JSON: about what a language model can be given at once."""

ROUNDS = 400
"""Cuts after which an answer is given up as one of many small parts; each cut halves something at most."""

FEWEST_KEYS = 40
"""Number of keys from which a mapping counts as a list, so that entries can be omitted."""

SHORTEST_TEXT = 600
"""Characters up to which no text is cut."""


def plain(data: Any) -> Any:
    """Return what JSON can hold, with null for numbers that are none.

    Examples
    --------
    >>> plain({"time": float("inf"), "at": (0.5, 1)})
    {'time': None, 'at': [0.5, 1]}
    """
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [plain(value) for value in data]
    if isinstance(data, float) and not math.isfinite(data):
        return None
    return data if data is None or isinstance(data, (bool, int, float)) else str(data)


def bounded(data: dict[str, Any], most: int = MOST) -> tuple[dict[str, Any], list[str]]:
    """Return plain data of at most `most` characters as JSON, and sentences on what was omitted.

    Parameters
    ----------
    data : dict
        As `plain` returns it; it is not changed.
    most : int

    Examples
    --------
    >>> bounded({"numbers": list(range(1000)), "title": "short"}, 200)[1]
    ['numbers: the first 36 of 1,000 are shown']
    """
    kept = data
    whole: dict[tuple[str, ...], int] = {}
    for _ in range(ROUNDS):
        size = _size(kept)
        if size <= most:
            break
        found = _longest(kept, ())
        if found is None:
            break
        path, length, own = found
        whole.setdefault(path, length)
        others = size - own
        fits = max(1, int(length * max(most - others, 0) / own * 0.9))
        kept = _cut(kept, path, min(max(fits, length // 8, 1), length - 1))
    return kept, [_truncation_note(path, kept, length) for path, length in whole.items()]


def _size(data: Any) -> int:
    return len(json.dumps(data, ensure_ascii=False))


def _longest(data: Any, path: tuple[str, ...]) -> tuple[tuple[str, ...], int, int] | None:
    """Return the largest part that can be cut: its place, how many items it has, and its size."""
    best: tuple[tuple[str, ...], int, int] | None = None
    size = _size(data)
    if isinstance(data, str):
        return (path, len(data), size) if len(data) > SHORTEST_TEXT else None
    if isinstance(data, list) and len(data) > 1:
        return path, len(data), size
    if isinstance(data, dict) and path and len(data) > FEWEST_KEYS:
        return path, len(data), size
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, part in parts:
        found = _longest(part, (*path, str(key)))
        if found is not None and (best is None or found[2] > best[2]):
            best = found
    return best


def _cut(data: Any, path: tuple[str, ...], keep: int) -> Any:
    if not path:
        if isinstance(data, dict):
            return dict(list(data.items())[:keep])
        return data[:keep]
    key, rest = path[0], path[1:]
    if isinstance(data, dict):
        return {name: _cut(part, rest, keep) if name == key else part for name, part in data.items()}
    return [_cut(part, rest, keep) if str(place) == key else part for place, part in enumerate(data)]


def _truncation_note(path: tuple[str, ...], data: Any, length: int) -> str:
    for key in path:
        data = data[key] if isinstance(data, dict) else data[int(key)]
    unit = say(" characters") if isinstance(data, str) else ""
    return say(
        "{place}: the first {shown:,} of {length:,}{unit} are shown",
        place="/".join(path),
        shown=len(data),
        length=length,
        unit=unit,
    )


Level = Literal["proven", "partly proven", "estimated", "as written"]

MOST_POINTS = 1000
"""Limit on the points of a sweep in an answer."""

MOST_IDS = 12
"""Rest states that are named as undecided where there are many."""

PART = 4
"""A report holds several analyses; each may take this part of the budget of the whole."""

UNCHECKED = "P628"
"""The code of a note that a claim was not checked."""


@dataclass(frozen=True)
class Certainty:
    """How certain an answer is: ``proven``, ``partly proven``, ``estimated`` or ``as written``, and why."""

    level: Level
    reason: str


@dataclass(frozen=True)
class Work:
    """A publication or program that an answer uses, with its purpose."""

    key: str | None
    text: str
    used_for: str | None


@dataclass(frozen=True)
class ToolResponse:
    """An answer with its certainty, references, what was cut for length, and a command for all of it."""

    answer: dict[str, Any]
    certainty: Certainty
    references: list[Work]
    left_out: list[str]
    command: str | None
    provenance: dict[str, Any]


def load(source: ModelSource, lang: str) -> ToolResponse:
    """Return the contents of a game file, without any computation."""
    from separatrix.audit.claims.reader import read_published
    from separatrix.game.formats.document import document_of
    from separatrix.io.yaml_output import yaml_text

    game, words = _game(source, lang)
    told = {
        "title": game.title,
        "source": game.source,
        "populations": [
            {
                "name": population.name,
                "shares": list(population.shares),
                "strategies": [strategy.name for strategy in population.strategies],
            }
            for population in game.populations
        ],
        "parameters": [
            {
                "name": parameter.name,
                "value": parameter.value,
                "range": parameter.range,
                "unit": parameter.unit,
                "meaning": parameter.meaning,
                "basis": parameter.basis,
            }
            for parameter in game.parameters.values()
        ],
        "assumptions": [text for _, text in game.assumptions],
        "scenarios": game.scenarios,
        "instruments": [
            {"name": one.name, "meaning": one.meaning, "range": one.range, "idle": one.idle, "unit": one.unit}
            for one in game.instruments.values()
        ],
        "today": game.today,
        "scheduled": list(game.schedule),
        "time_unit": game.time_unit,
        "claims": sum(1 for _ in read_published(game).claims()),
        "file": yaml_text(document_of(game)),
    }
    why = say("as stated in the file; nothing was computed or checked")
    return _answer(game, words, told, "as written", why, (), None)


def analyze(
    source: ModelSource,
    values: Mapping[str, str],
    scenario: str | None,
    symbolic: bool,
    budget: float,
    lang: str,
) -> ToolResponse:
    """Return every rest point with its label and the reason for it, and in symbols the regimes."""
    import separatrix

    game, words = _game(source, lang, values)
    found = separatrix.analyze(game, dict(values), scenario, symbolic=symbolic, budget=budget)
    level, why = _proven(found)
    options = [*_setting(values, scenario), *(["--symbolic"] if symbolic else ()), "--format", "json"]
    data: dict[str, Any] = dict(found.to_dict())
    for told, point in zip(data["rest_points"], found.rest_points, strict=True):
        told["reason"] = words.tell(point.reason)
    return _answer(
        game, words, data, level, why, _cited(found, words), ["analyze", source.argument, *options]
    )


def check(source: ModelSource, budget: float, lang: str) -> ToolResponse:
    """Return where the claims of a paper contradict its payoff table, each with a witness."""
    import separatrix
    from separatrix.audit.claims.reader import read_published
    from separatrix.audit.evidence.findings import findings_to_dict

    game, words = _game(source, lang)
    claims = sum(1 for _ in read_published(game).claims())
    if not claims:
        raise InputError(
            "U922",
            say("the game file makes no claims that could be checked"),
            hint=say("write what the paper claims under `published`; `analyze` gives the right results"),
        )
    found = separatrix.check(game, notes=True, budget=budget)
    open_claims = sum(finding.code == UNCHECKED for finding in found)
    why: str = say(
        "claims and payoff table were compared in exact arithmetic; each error names where they differ"
    )
    if open_claims:
        why = together(
            (why, say("{count} claims were not checked; a note on each gives the reason", count=open_claims)),
            "; ",
        )
    level: Level = "partly proven" if open_claims else "proven"
    data = findings_to_dict(game, found, claims)
    # The analysis that claims are held against is at symbols; it is asked for its theorems alone.
    works = _cited(_short_analysis(game, {}, None, budget), words, found)
    return _answer(game, words, data, level, why, works, ["check", source.argument, "--format", "json"])


def basins(
    source: ModelSource,
    values: Mapping[str, str],
    scenario: str | None,
    samples: int,
    seed: int,
    budget: float,
    lang: str,
) -> ToolResponse:
    """Return the share of all starts that ends at each attractor."""
    import separatrix

    game, words = _game(source, lang, values)
    found = separatrix.basins(game, dict(values), scenario, samples=samples, seed=seed, budget=budget)
    level: Level = "proven" if found.method == "exact" else "estimated"
    options = [
        *_setting(values, scenario),
        "--samples",
        str(samples),
        "--seed",
        str(seed),
        "--format",
        "json",
    ]
    works = _cited(found.analysis, words)
    command = ["basins", source.argument, *options]
    return _answer(game, words, found.to_dict(), level, found.how_sure, works, command)


def sweep(
    source: ModelSource,
    over: Sequence[str],
    measure: Sequence[str],
    values: Mapping[str, str],
    scenario: str | None,
    seed: int,
    budget: float,
    lang: str,
) -> ToolResponse:
    """Return what is measured at each point of a grid of parameter values."""
    import json
    import math

    from separatrix.dynamics.sweeps.sweep import estimate, planned, work
    from separatrix.reports.sweeps import sweep_json

    game, words = _game(source, lang, over, values)
    asked = planned(game, list(over), list(measure), dict(values), scenario, seed=seed)
    points = math.prod(asked.shape)
    options = [part for text in over for part in ("--over", text)]
    options += [part for text in measure for part in ("--measure", text)]
    command = ["sweep", source.argument, *options, *_setting(values, scenario), "--seed", str(seed)]
    if points > MOST_POINTS:
        raise InputError(
            "U922",
            say("{points:,} points; an answer has at most {most:,}", points=points, most=MOST_POINTS),
            hint=say(
                "take fewer, as in C1=0:8:20, or write them to a file: {command}", command=_line(command)
            ),
        )
    cost = estimate(asked)
    if cost.seconds > budget:
        raise InputError(
            "U921",
            say(
                "the sweep would take about {cost:,.0f} seconds; its budget is {budget:.3g}",
                cost=cost.seconds,
                budget=budget,
            ),
            hint=say("take fewer points, or write them to a file: {command}", command=_line(command)),
        )
    data = json.loads(sweep_json(work(asked, cost, None)))
    exact = {one.name for one in asked.measures} <= {"stable", "rest"}
    why = (
        say("every point was analysed separately; `status` gives the reason for each missing answer")
        if exact
        else say("trajectories were integrated numerically at each point; `status` marks missing values")
    )
    first = {axis.name: str(axis.value(0)) for axis in asked.axes}
    works = _cited(_short_analysis(game, {**values, **first}, scenario, budget), words)
    level: Level = "proven" if exact and not _lacking(data) else "partly proven" if exact else "estimated"
    return _answer(game, words, data, level, why, works, [*command, "--format", "json"])


def report(
    source: ModelSource,
    format: str,
    out: Path | None,
    values: Mapping[str, str],
    short: bool,
    budget: float,
    lang: str,
) -> ToolResponse:
    """Return the report on a game as a text, or write it to a new file."""
    from separatrix.reports.game_report import build_paper, build_short_paper
    from separatrix.reports.study import study
    from separatrix.run.files import require_writable, write_file
    from separatrix.writers.registry import FORMATS, write

    FORMATS[format].require()
    if out is not None:
        require_writable(out)
    game, words = _game(source, lang, values)
    found = study(game, values=dict(values) or None, budget=budget / PART)
    if not found.analyses:
        raise InputError(
            "U922",
            say("there is nothing to report: {reason}", reason=found.general_refused),
            hint=say("give every parameter a value, so that the game can be analysed at numbers"),
        )
    name = f"report.{format}" if out is None else out.name
    command = ["report", source.argument, *_setting(values, None), *(["--short"] if short else ())]
    command += ["--lang", lang, "--out", name]
    document = build_short_paper(found, words) if short else build_paper(found, words, _line(command))
    written = write(document, format, "report" if out is None else out.stem, pictures=out is not None)
    if out is None:
        told: dict[str, Any] = {"format": format, "text": written.content.decode("utf-8")}
    else:
        beside = {out.parent / picture: content for picture, content in written.beside.items()}
        # A folder of this name that is there may be a link to anywhere.
        taken = next(
            (p for f in beside for p in (f, f.parent) if p != out.parent and os.path.lexists(p)), None
        )
        if taken is not None:
            raise InputError(
                "U910",
                say("`{name}` exists, and an assistant replaces no file", name=taken.name),
                hint=say("choose another name"),
            )
        for picture, content in beside.items():
            write_file(picture, content, make_folder=True)
        write_file(out, written.content)
        told = {
            "format": format,
            "file": name,
            "beside": sorted(written.beside),
            "bytes": len(written.content),
        }
    told["findings"] = [f.to_dict() for f in found.findings if f.severity == "error"]
    levels = {_proven(one)[0] for one in found.analyses}
    why: str = say(
        "each statement of the report stands with its argument; {count} analyses went into it",
        count=len(found.analyses),
    )
    if found.general_refused:
        why = together((why, found.general_refused), "; ")
    level: Level = "proven" if levels <= {"proven"} else "partly proven"
    works = _cited(found.model, words, found.findings)
    return _answer(game, words, told, level, why, works, command)


# --------------------------------------------------------------------------- what goes with each


def _game(source: ModelSource, lang: str, *named: Mapping[str, str] | Sequence[str]) -> tuple[Game, Language]:
    """Return a game in a language, with the instruments in force whose level is set."""
    from separatrix.game.instruments import with_instruments
    from separatrix.game.populations import translate

    words = language_of(lang)
    game = source.game()
    names = {text.partition("=")[0].strip() for texts in named for text in texts}
    acting = [name for name in game.instruments if name in names or name in game.in_force]
    if len(acting) > len(game.in_force):
        game = with_instruments(game, acting)
    return translate(game, lang), words


def _proven(found: Analysis) -> tuple[Level, str]:
    """Return how far an analysis is proven, and by what."""
    parts = [found.completeness, *([found.regimes_completeness] if found.regimes_completeness else ())]
    left = [point.id for point in found.rest_points if point.stability == "undecided"]
    left += [piece.id for piece in found.rest_sets if piece.stability == "undecided"]
    why = together((part.proof for part in parts), "; ")
    if left:
        ids = ", ".join(left[:MOST_IDS])
        more = say("undecided: {ids}", ids=ids)
        if len(left) > MOST_IDS:
            more = say("undecided: {ids} and {count:,} more", ids=ids, count=len(left) - MOST_IDS)
        why = together((why, more), "; ")
    whole = all(part.status == "complete" for part in parts) and not left
    return ("proven" if whole else "partly proven"), why


def _short_analysis(
    game: Game, values: Mapping[str, str], scenario: str | None, budget: float
) -> Analysis | None:
    """Return an analysis from which only references are needed; None if it fails."""
    import separatrix

    try:
        return separatrix.analyze(game, dict(values), scenario, budget=min(budget, 5.0))
    except separatrix.SeparatrixError:
        return None


def _cited(found: Analysis | None, words: Language, findings: Sequence[Finding] = ()) -> list[Work]:
    from separatrix.reports.bibliography import references, text
    from separatrix.reports.citations import cited, used_for

    works = (references()["separatrix"],) if found is None else cited(found, findings)
    return [Work(work.key, text(work), words.tell(used_for(work)) if work.uses else None) for work in works]


def _answer(
    game: Game,
    words: Language,
    data: Mapping[str, Any],
    level: Level,
    why: str,
    works: Sequence[Work],
    command: Sequence[str] | None,
) -> ToolResponse:
    from separatrix.run.results import provenance

    kept, left_out = bounded(plain(dict(data)))
    of_model: list[Work] = []
    if game.source:
        of_model = [Work(None, game.source, words.tell(say("the model")))]
    return ToolResponse(
        answer=kept,
        certainty=Certainty(level, words.tell(why)),
        references=[*of_model, *works],
        left_out=[words.tell(text) for text in left_out],
        command=None if command is None else _line(command),
        provenance=dict(provenance(game)),
    )


def _setting(values: Mapping[str, str], scenario: str | None) -> list[str]:
    chosen = ["--scenario", scenario] if scenario else []
    return chosen + [part for name, value in values.items() for part in ("--set", f"{name}={value}")]


def _line(command: Sequence[str]) -> str:
    return shlex.join(["separatrix", *command])


def _lacking(swept: Mapping[str, Any]) -> bool:
    """Say whether some point of a sweep has no answer."""
    from separatrix.dynamics.sweeps.blocks import FINE, STATUS

    status = swept["variables"][STATUS]

    def some(values: Any) -> bool:
        return any(map(some, values)) if isinstance(values, list) else status["words"][values] != FINE

    return some(status["values"])
