"""A game with some parameters fixed is the same game."""

from __future__ import annotations

import pytest

import separatrix
from core.game.every_form import FORMS
from separatrix.analysis.analyze import with_fixed
from separatrix.errors import ComesLater
from separatrix.game.model import Game
from separatrix.game.values import resolve


def games() -> list[tuple[str, Game]]:
    """Return games of every form that can be analysed and have parameters, and a few of the catalogue."""
    result = []
    for name, content in FORMS.items():
        game = separatrix.load(content)
        try:
            separatrix.analyze(game)
        except ComesLater:
            continue
        if game.parameters:
            result.append((name, game))
    names = ("coal-safety", "wang-2023", "dynamic-penalty", "hypercycle-four", "volunteers-dilemma")
    return result + [(name, separatrix.load(name)) for name in names]


GAMES = games()


@pytest.mark.parametrize("game", [g for _, g in GAMES], ids=[n for n, _ in GAMES])
def test_fixing_all_but_one_parameter_changes_no_answer(game: Game) -> None:
    """Rest points and their stability are those of the game with all its values."""
    known = {name: value for name, value in resolve(game).items() if value is not None}
    for left in list(known)[:1] + list(known)[-1:]:
        fixed = with_fixed(game, {n: v for n, v in known.items() if n != left})
        assert list(fixed.parameters) == [left]
        one, other = (separatrix.analyze(g).to_dict() for g in (game, fixed))
        assert one["rest_points"] == other["rest_points"]
        assert one["rest_sets"] == other["rest_sets"]
