"""Basins where the levers stand: shares of all starts, and pictures.

Regime maps over any two levers, parameters or instruments, at the present position of all others.

The share of all starts with each outcome, at positions of one lever while the others stay.

What an offline page holds of what takes long: the answers to what it asks first, by the very question.

They are computed at the values of the file and of each scenario, with all levers where those have them.
Results that depend on the speed of a machine do not belong here: the same model gives the same bytes.

Files that the page cannot write: reports, and the page itself as one file that opens from disk.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.rest_state_ids import ids_of
from separatrix.dynamics.basins.basins import basins as basin_fractions
from separatrix.dynamics.basins.outcomes import outcome_problem
from separatrix.dynamics.exact_regime_maps import regime_map
from separatrix.dynamics.observable_types import id_of
from separatrix.dynamics.regime_maps import RegimeMap
from separatrix.dynamics.sweeps.sweep import sweep as measured
from separatrix.errors import InputError, SeparatrixError
from separatrix.game.model import Game, GroupForm, PairwiseForm, ProfileTable, SelfMatrix
from separatrix.game.values import exact
from separatrix.languages import LANGUAGES
from separatrix.sentences import say
from separatrix.studio.offline import offline_page
from separatrix.studio.page_json import model_json, regime_map_json
from separatrix.studio.page_model import page_model, window
from separatrix.studio.stability_labels import labels
from separatrix.studio.tasks import (
    Arguments,
    Progress,
    count_in,
    in_every_language,
    not_understood,
    placed,
    texts_of,
)

if TYPE_CHECKING:
    import xarray

__all__ = [
    "SAMPLES",
    "basin_shares",
    "basins",
    "found_map",
    "game_page",
    "offline",
    "offline_answers",
    "page_file",
    "page_language",
    "question",
    "regimes",
    "report",
    "sweep",
]

Array = NDArray[np.float64]

_CELLS, _MOST_CELLS = 96, 256
_BAND = 1024
"""States that are followed together between two words on progress."""
_SAMPLES = 4096
_SECONDS = 100.0
_OUTSIDE = -1


def basins(game: Game, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return where trajectories end from each cell of a plane through the state space.

    In addition to the positions of the levers, ``axes`` names the two shares that vary, by default the
    first two; ``at`` the texts of the others, by default today's; ``cells`` how many there are along a
    side. The other shares of a population divide the rest as they do at ``at``.

    Returns
    -------
    dict
        ``rows`` from the bottom, each a list of indices into ``outcomes``, -1 outside the state space; the
        state of a cell is that in the middle of what of it is inside.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> answer = basins(load("shi-chen-2018"), {"cells": 4}, lambda part: None)
    >>> answer["outcomes"], answer["rows"][0], answer["rows"][-1]
    (['E1', 'E4'], [0, 0, 0, 0], [0, 0, 1, 1])
    """
    there = placed(game, arguments)
    question = outcome_problem(there.game, there.values, there.scenario)
    count = count_in(arguments, "cells", _CELLS, 2, _MOST_CELLS)
    axes = _axes(there.game, arguments)
    states, inside = _plane(there.game, axes, _point(there.game, arguments), count)
    outcomes = question.outcomes
    found: list[str] = []
    for begin in range(0, len(states), _BAND):
        found.extend(outcomes.names(states[begin : begin + _BAND]).tolist())
        progress(len(found) / max(len(states), 1))
    names = question.order(sorted(set(found)))
    order = {name: k for k, name in enumerate(names)}
    cells = np.full(count * count, _OUTSIDE)
    cells[inside] = [order[name] for name in found]
    return {
        "axes": list(axes),
        "cells": count,
        "outcomes": names,
        "rows": cells.reshape(count, count).tolist(),
        "exact": question.exact is not None,
    }


def basin_shares(game: Game, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return the share of all starts that ends at each rest point, those of ``separatrix basins``.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> answer = basin_shares(load("shi-chen-2018-asymmetric"), {}, lambda part: None)
    >>> round(answer["fractions"]["E1"], 4), answer["method"], sorted(answer["told"])
    (0.5586, 'exact', ['en', 'zh'])
    """
    there = placed(game, arguments)
    found = basin_fractions(there.game, samples=_SAMPLES, budget=_SECONDS, **there.analysis_arguments)
    return {
        "fractions": dict(found.fractions),
        "intervals": None if found.intervals is None else {k: list(v) for k, v in found.intervals.items()},
        "method": found.method,
        "told": in_every_language({"how_sure": found.how_sure}),
    }


# --------------------------------------------------------------------------- a plane through the states


def _axes(game: Game, arguments: Arguments) -> tuple[str, str]:
    shares = game.shares
    given = arguments.get("axes", list(shares[:2]))
    if (
        not isinstance(given, list)
        or len(given) != 2
        or len({*map(str, given)}) != 2
        or any(name not in shares for name in given)
    ):
        raise not_understood("axes")
    return given[0], given[1]


def _point(game: Game, arguments: Arguments) -> dict[str, Fraction]:
    """Return the state that the plane goes through."""
    even = {
        share: Fraction(1, len(population.strategies))
        for population in game.populations
        for share in population.shares
    }
    given = {share: exact(text, share) for share, text in texts_of(arguments, "at").items()}
    point = {**even, **(game.today or {}), **given}
    if set(point) != set(even) or not all(0 <= value <= 1 for value in point.values()):
        raise not_understood("at")
    return point


def _plane(
    game: Game, axes: Sequence[str], point: dict[str, Fraction], count: int
) -> tuple[Array, NDArray[np.intp]]:
    """Return the states in the middles of the cells of a plane, and the numbers of the cells they are in."""
    across, up = (side.ravel() for side in np.meshgrid(np.arange(count), np.arange(count)))
    # Two shares of one population leave half of the cells on the edge: their middle is that of a triangle.
    cut = any({*axes} <= {*population.shares} for population in game.populations)
    middle = np.where(cut & (across + up + 1 == count), 1 / 3, 1 / 2)
    told = {axes[0]: (across + middle) / count, axes[1]: (up + middle) / count}
    columns: list[Array] = []
    inside = np.ones(count * count, dtype=bool)
    for population in game.populations:
        shares = population.shares
        if len(shares) == 1:
            columns.append(told.get(shares[0], np.full(count * count, float(point[shares[0]]))))
            continue
        left = 1.0 - sum((told[s] for s in shares if s in told), np.zeros(count * count))
        others = [s for s in shares if s not in told]
        weight = sum((point[s] for s in others), Fraction(0))
        if not others:
            raise InputError("W111", say("the argument {key} is not understood", key="axes"))
        for share in shares:
            part = point[share] / weight if weight else Fraction(1, len(others))
            columns.append(told[share] if share in told else left * float(part))
        inside &= left >= 0
    numbers = np.flatnonzero(inside)
    return np.stack(columns, axis=1)[numbers], numbers


_GRID = (60, 60)
"""Of analyses, where a game has no exact map."""

_REGIME_MAPS_SECONDS = 25.0


def regimes(game: Game, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return the regime map over the two levers named under ``over``.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> found = regimes(load("shi-chen-2018"), {"over": ["C1", "subsidy"]}, lambda part: None)
    >>> found["over"][1], found["method"]
    ({'name': 'subsidy', 'range': ['0', '1']}, 'exact')
    """
    return regime_map_json(found_map(game, arguments, _GRID, _REGIME_MAPS_SECONDS))


def found_map(game: Game, arguments: Arguments, grid: tuple[int, int], seconds: float) -> RegimeMap:
    """Return the map that arguments ask for; nodes and seconds as for `separatrix.regime_map`."""
    over = arguments.get("over")
    if not isinstance(over, list) or len(over) != 2 or not all(isinstance(name, str) for name in over):
        raise not_understood("over")
    levers = {**dict.fromkeys(game.parameters), **dict.fromkeys(game.instruments)}
    if over[0] == over[1] or any(name not in levers for name in over):
        raise not_understood("over")
    idle = {name: str(game.instruments[name].idle) for name in over if name in game.instruments}
    there = placed(game, {**arguments, "levels": {**idle, **texts_of(arguments, "levels")}})
    values = {name: value for name, value in there.values.items() if name not in over}
    windows = {name: window(game, name) for name in over}
    return regime_map(there.game, windows, values, there.scenario, grid=grid, budget=seconds)


_POINTS, _MOST_POINTS = 41, 401

_TOGETHER = 4
"""Positions that are measured together between two words on progress."""

SAMPLES = 1024
"""Starts at each position where no closed form is known: errors of about one per cent."""


def sweep(game: Game, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return which share of all starts has which outcome along the lever named under ``over``.

    In addition to the positions of the other levers, ``points`` is a number of even steps of the lever.

    Returns
    -------
    dict
        ``at``, the positions as exact texts; ``outcomes``, each with its ``id``, None where it has none, and
        its ``name`` in ``separatrix sweep``; ``shares`` of each outcome at each position; ``errors``, bounds
        or half the widest 95 % interval; ``missing``, the reason at each position without a number.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> answer = sweep(load("shi-chen-2018"), {"over": "C1", "points": 5}, lambda part: None)
    >>> answer["at"], answer["outcomes"][0]
    (['0', '5', '10', '15', '20'], {'id': 'E1', 'name': 'x=0,y=0'})
    >>> answer["missing"][0], [round(share, 3) for share in answer["shares"][0][1:]]
    ('breaks_assumption', [0.922, 1.0, 1.0, 1.0])
    """
    over = arguments.get("over")
    if not isinstance(over, str) or over not in {*game.parameters, *game.instruments}:
        raise not_understood("over")
    points = count_in(arguments, "points", _POINTS, 2, _MOST_POINTS)
    idle = {over: str(game.instruments[over].idle)} if over in game.instruments else {}
    there = placed(game, {**arguments, "levels": {**idle, **texts_of(arguments, "levels")}})
    values = {name: text for name, text in there.values.items() if name != over}
    low, high = window(game, over)
    at = [low + (high - low) * Fraction(k, points - 1) for k in range(points)]
    shares: dict[str, list[float | None]] = {}
    errors: list[float | None] = []
    missing: list[str | None] = []
    refused: SeparatrixError | None = None
    for begin in range(0, points, _TOGETHER):
        part = at[begin : begin + _TOGETHER]
        try:
            found = measured(there.game, {over: part}, "basin", values, there.scenario, samples=SAMPLES)
        except SeparatrixError as problem:  # none of these positions makes a game
            refused = problem
            missing.extend([problem.code] * len(part))
            errors.extend([None] * len(part))
        else:
            why = _missing(found)
            missing.extend(why)
            errors.extend(_numbers(found, "basin_error", why))
            for name in _names(found) if None in why else ():
                own = _numbers(found.sel(basin_of=name), "basin", why)
                shares.setdefault(name, [0.0] * begin).extend(own)
        for own in shares.values():  # an outcome that is not named here has no starts
            own.extend([0.0] * (begin + len(part) - len(own)))
        progress((begin + len(part)) / points)
    if refused is not None and not shares:
        raise refused
    ids = {name: id_of(game, name) for name in shares}
    order = sorted(shares, key=lambda name: (ids[name] is None, ids[name] or name))
    blank = [why is not None for why in missing]
    return {
        "over": over,
        "at": [str(value) for value in at],
        "outcomes": [{"id": ids[name], "name": name} for name in order],
        "shares": [
            [None if gone else share for share, gone in zip(shares[name], blank, strict=True)]
            for name in order
        ],
        "errors": errors,
        "missing": missing,
    }


def _names(found: xarray.Dataset) -> list[str]:
    return [str(name) for name in found["basin_of"].values] if "basin" in found else []


def _missing(found: xarray.Dataset) -> list[str | None]:
    """Return at each position why nothing was measured; None where something was."""
    told = found["status"].attrs
    words = dict(zip(map(int, told["flag_values"]), str(told["flag_meanings"]).split(), strict=True))
    measured_at = [words.get(int(code), "no_value") for code in found["status"].values]
    return [None if word == "measured" else word for word in measured_at]


def _numbers(found: xarray.Dataset, name: str, missing: list[str | None]) -> list[float | None]:
    """Return numbers; None where there are none."""
    if name not in found:
        return [None] * len(missing)
    values = [float(value) for value in found[name].values]
    return [None if math.isnan(value) else value for value in values]


_FEW, _GLANCE = (4, 4), 2.0
"""Nodes and seconds of a trial that decides whether a map is exact; an inexact one uses all its time."""

_STRATEGIES = 8
"""Strategies up to which a page solves linear games by itself."""

_ZERO = 1e-9
"""Of a real part: below it a page leaves the label to the program."""


def question(task: str, arguments: dict[str, Any]) -> str:
    """Return the text under which a page looks an answer up: the task, and its arguments in one order.

    Examples
    --------
    >>> question("labels", {"scenario": None, "levels": {}})
    'labels {"levels":{},"scenario":null}'
    """
    return f"{task} {json.dumps(arguments, sort_keys=True, ensure_ascii=False, separators=(',', ':'))}"


def game_page(game: Game, language: str = "en", cluster: Mapping[str, Any] | None = None) -> str:
    """Return the page of a game as one file that opens from disk.

    Parameters
    ----------
    game : Game
    language : str
        In which the page opens.
    cluster : mapping, optional
        Whose tables make the game, as `separatrix_cluster.studio.uploads.whole_cluster_json` returns
        it.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game_page(load("hawk-dove-one-population"), "zh")[:31]
    '<!DOCTYPE html>\\n<html lang="zh"'
    """
    model = page_model(game)
    return offline_page(model_json(model), language, cluster, offline_answers(model.game, model.axes))


def offline_answers(game: Game, axes: tuple[str, str] | None) -> dict[str, Any]:
    """Return answers by their questions.

    Parameters
    ----------
    game : Game
    axes : (str, str) or None
        The two parameters with which the page opens its regime map.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> found = offline_answers(load("hawk-dove-one-population"), ("V", "C"))
    >>> 'regime_map {"levels":{},"over":["V","C"],"parameters":{},"scenario":null}' in found
    True
    """
    return dict(_answers(game, axes))


def _answers(game: Game, axes: tuple[str, str] | None) -> Iterator[tuple[str, Any]]:
    for scenario in (None, *game.scenarios):
        here: dict[str, Any] = {"parameters": {}, "levels": {}, "scenario": scenario}
        try:
            found = labels(game, here, _unheard)
            if not (_solved_by_page(game) and all(map(_hyperbolic, found["rest_points"]))):
                yield question("labels", here), found
        except SeparatrixError:
            pass  # The page says of this position that it is not in the file.
        try:
            if _shares_have_formula(game) and outcome_problem(game, None, scenario).exact is not None:
                yield question("basin_shares", here), basin_shares(game, here, _unheard)
                if axes is not None:
                    along = {**here, "over": axes[0]}
                    yield question("sweep", along), sweep(game, along, _unheard)
        except SeparatrixError:
            pass
        if axes is not None:
            over = {**here, "over": list(axes)}
            try:
                if found_map(game, over, _FEW, _GLANCE).method == "exact":
                    yield question("regime_map", over), regimes(game, over, _unheard)
            except SeparatrixError:
                pass


def _solved_by_page(game: Game) -> bool:
    """Whether the page finds every rest point by itself, and labels those that eigenvalues decide."""
    sizes, form = game.space.sizes, game.form
    if game.space.binary and len(sizes) <= 3 and ids_of(game).balanced:
        return True
    if isinstance(form, GroupForm):
        return True
    tabled = isinstance(form, SelfMatrix | ProfileTable | PairwiseForm)
    return tabled and len(sizes) <= 2 and sum(sizes) <= _STRATEGIES


def _shares_have_formula(game: Game) -> bool:
    """Whether shares of basins may be known in closed form wherever the levers stand."""
    return game.space.binary and len(game.space.sizes) <= 2


def _hyperbolic(point: dict[str, Any]) -> bool:
    return bool(point["eigenvalues"]) and all(abs(real) > _ZERO for real, _ in point["eigenvalues"])


def _unheard(part: float) -> None:
    """Ignore progress."""


MEDIA = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""The formats of reports that are one file, with what browsers call them."""

_FILES_SECONDS = 30.0
"""Seconds that one of the analyses of a report may take."""


def report(game: Game, arguments: Arguments, progress: Progress) -> dict[str, str]:
    """Return the report on a game where the levers stand, as `separatrix report` writes it.

    Raises
    ------
    InputError
        W111 for another format or language; U905 where a library is missing.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load("hawk-dove-one-population")
    >>> file = report(game, {"format": "html", "language": "zh", "short": True}, lambda part: None)
    >>> file["name"], base64.b64decode(file["base64"])[:30]
    ('report.html', b'<!DOCTYPE html>\\n<html lang="zh')
    """
    from separatrix.reports.game_report import report_document
    from separatrix.writers.registry import FORMATS, write

    format, language = arguments.get("format"), page_language(arguments)
    if not isinstance(format, str) or format not in MEDIA:
        raise not_understood("format")
    FORMATS[format].require()
    there = placed(game, arguments)
    document = report_document(
        there.game,
        language=language,
        scenarios=None if there.scenario is None else [there.scenario],
        values=dict(there.values) or None,
        budget=_FILES_SECONDS,
        short=arguments.get("short") is True,
    )
    progress(0.6)
    return _file(f"report.{format}", MEDIA[format], write(document, format).content)


def offline(game: Game, arguments: Arguments, progress: Progress) -> dict[str, str]:
    """Return the page of a game as one file that opens from disk, as `separatrix export-html` writes it.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> file = offline(load("hawk-dove-one-population"), {"language": "zh"}, lambda part: None)
    >>> file["name"], b'lang="zh"' in base64.b64decode(file["base64"])[:60]
    ('studio.html', True)
    """
    return page_file(game_page(game, page_language(arguments)))


def page_file(text: str) -> dict[str, str]:
    """Return a page as the file that a browser saves."""
    return _file("studio.html", MEDIA["html"], text.encode("utf-8"))


def page_language(arguments: Arguments) -> str:
    """Return the requested language; raise W111 for an unknown language."""
    language: Any = arguments.get("language", "en")
    if language not in LANGUAGES:
        raise not_understood("language")
    return str(language)


def _file(name: str, media: str, content: bytes) -> dict[str, str]:
    return {"name": name, "media": media, "base64": base64.b64encode(content).decode("ascii")}
