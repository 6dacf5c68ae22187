"""What an offline page holds of what takes long: the answers to what it asks first, by the very question.

They are computed at the values of the file and of each scenario, with all levers where those have them.
Results that depend on the speed of a machine do not belong here: the same model gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from separatrix.analysis.rest_state_ids import ids_of
from separatrix.dynamics.basins.outcome_problem import outcome_problem
from separatrix.errors import SeparatrixError
from separatrix.game.model import Game, GroupForm, PairwiseForm, ProfileTable, SelfMatrix
from separatrix.studio.basins import basin_shares
from separatrix.studio.model_json import model_json
from separatrix.studio.offline import offline_page
from separatrix.studio.page_model import page_model
from separatrix.studio.regime_maps import found_map, regimes
from separatrix.studio.stability_labels import labels
from separatrix.studio.sweeps import sweep

__all__ = ["game_page", "offline_answers", "question"]

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
        Whose tables make the game, as `separatrix_cluster.studio.cluster_parts.whole_cluster_json` returns
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
