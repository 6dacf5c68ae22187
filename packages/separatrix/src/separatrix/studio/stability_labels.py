"""The labels of all rest points where the levers stand, for what the page cannot answer by itself."""

from __future__ import annotations

from typing import Any

from separatrix.analysis.analyze import analyze
from separatrix.game.model import Game
from separatrix.studio.tasks import Arguments, Progress, in_every_language, placed

__all__ = ["labels"]

_SECONDS = 20.0


def labels(game: Game, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return what `separatrix analyze --format json` prints, and its reasons in all languages.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> answer = labels(load("shi-chen-2018"), {"parameters": {"C1": "3"}}, lambda part: None)
    >>> answer["rest_points"][0]["stability"], sorted(answer["reasons"]["zh"])[0]
    ('asymptotically stable', 'E1')
    """
    there = placed(game, arguments)
    analysis = analyze(there.game, budget=_SECONDS, **there.analysis_arguments)
    found = analysis.to_dict()
    reasons = {p.id: p.reason for p in analysis.rest_points} | {s.id: s.reason for s in analysis.rest_sets}
    found["reasons"] = in_every_language(reasons)
    return dict(found)
