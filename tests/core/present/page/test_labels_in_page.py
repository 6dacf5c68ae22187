"""Labels, ids, existence and continua of the page are those of `analyze`, wherever the page answers."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import pytest

import separatrix
from core.oracles.weak_foci import random_foci
from separatrix.analysis.results import Analysis, RestPoint, RestSet
from separatrix.errors import ComesLater, InputError
from separatrix.game.catalogue_files import catalogue_slugs
from separatrix.game.fitness import group_numbers
from separatrix.game.instruments import with_instruments
from separatrix.game.model import Game
from separatrix.studio import page_model as gathered
from separatrix.studio.page_json import model_json
from separatrix.studio.page_model import page_model
from thinning import thinned

from .lever_positions import KINDS, Position, positions, small_game
from .page_computing import asked

SLOW = ("four", "3x2x2")
"""Kinds that take the analysis a second each, and of which the page tells the pure profiles alone."""


@pytest.fixture(autouse=True)
def _without_symbols(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page solves at numbers; formulas are of no use here, and take long."""

    def refuse(*_: object, **__: object) -> None:
        raise ComesLater("A503", "not wanted here")

    monkeypatch.setattr(gathered, "analyze", refuse)


def shown(game: Game) -> dict[str, Any]:
    """Return a game as the page has it."""
    return model_json(page_model(game))


def texts(numbers: dict[str, Fraction]) -> dict[str, str]:
    """Return exact numbers as the page writes them."""
    return {name: str(value) for name, value in numbers.items()}


def analysed(game: Game, at: Position) -> Analysis | None:
    """Return the analysis at a position of the levers; None where there is no game."""
    values, levels = at
    acting = with_instruments(game, levels) if levels else game
    try:
        return separatrix.analyze(acting, values={**values, **levels})
    except InputError:
        return None


def page_answers(games: Sequence[Game], places: Sequence[Sequence[Position]]) -> list[list[dict[str, Any]]]:
    """Return what the page says at positions of several games."""
    question = [
        {
            "model": shown(game),
            "positions": [texts(values) for values, _ in at],
            "levels": [texts(levels) for _, levels in at],
        }
        for game, at in zip(games, places, strict=True)
    ]
    answers: list[list[dict[str, Any]]] = asked("answer.ts", {"labels": question})["labels"]
    return answers


def differences(page: dict[str, Any], analysis: Analysis) -> Iterator[str]:
    """Yield in what the page says otherwise than the analysis; what it leaves open is no difference."""
    points = {p.id: p for p in analysis.rest_points}
    if analysis.completeness.status != "complete":
        # What may be missing there has no names yet; pure profiles have theirs.
        for told in page["points"]:
            if all(len(played) == 1 for played in told["support"]):
                yield from _of_point(told, points[told["id"]])
        return
    for told in page["points"]:
        point = points.get(told["id"])
        if point is None:
            yield f"the page alone has {told['id']}"
        else:
            yield from _of_point(told, point)
    sets = {s.id: s for s in analysis.rest_sets}
    for told in page["sets"]:
        if told["label"] is None:
            continue
        if told["id"] not in sets:
            yield f"the page alone has {told['id']}"
        else:
            yield from _of_set(told, sets[told["id"]])
    if page["complete"]:
        if {told["id"] for told in page["points"]} != set(points):
            yield f"rest points {sorted(points)}"
        if not page["open"] and {told["id"] for told in page["sets"]} != set(sets):
            yield f"rest sets {sorted(sets)}"


def _of_point(told: dict[str, Any], point: RestPoint) -> Iterator[str]:
    name = told["id"]
    assert point.state is not None
    if max(abs(a - b) for a, b in zip(told["state"], point.state, strict=True)) > 1e-12:
        yield f"{name} is at {told['state']} and at {point.state}"
    if told["label"] is not None and told["label"] != point.stability:
        yield f"{name} is {told['label']} and {point.stability}: {point.reason}"
    if [list(played) for played in point.support] != told["support"]:
        yield f"{name} plays {told['support']} and {point.support}"
    words = {"nash": "nash", "strictNash": "strict_nash", "ess": "ess", "isolated": "isolated"}
    for word, attribute in words.items():
        if told[word] is not None and told[word] != getattr(point, attribute):
            yield f"{name}: {attribute} is {told[word]} and {getattr(point, attribute)}"
    if point.eigenvalues is not None:
        left, scale = list(point.eigenvalues), max((abs(v) for v in point.eigenvalues), default=0.0)
        for value in (complex(*pair) for pair in told["eigenvalues"]):
            nearest = min(left, key=lambda other, value=value: abs(other - value))
            if abs(nearest - value) > 1e-7 * scale + 1e-12:
                yield f"{name} has the eigenvalues {told['eigenvalues']} and {point.eigenvalues}"
                break
            left.remove(nearest)


def _of_set(told: dict[str, Any], piece: RestSet) -> Iterator[str]:
    name = told["id"]
    if (told["label"], told["dimension"]) != (piece.stability, piece.dimension):
        yield f"{name} is {told['label']} and {piece.stability}: {piece.reason}"
    if told["nash"] != piece.nash:
        yield f"{name}: nash is {told['nash']} and {piece.nash}"
    if len(told["corners"]) != len(piece.corners) or not all(
        any(max(abs(a - b) for a, b in zip(corner, other, strict=True)) < 1e-9 for other in piece.corners)
        for corner in told["corners"]
    ):
        yield f"{name} has the corners {told['corners']} and {piece.corners}"


def compare(games: Sequence[Game], places: Sequence[Sequence[Position]]) -> Counter[str]:
    """Hold the page to the analysis, and tell by title how many positions it answers, of how many."""
    counts: Counter[str] = Counter()
    for game, at, answers in zip(games, places, page_answers(games, places), strict=True):
        answered = 0
        for position, page in zip(at, answers, strict=True):
            whole = page["complete"] and not page["open"]
            analysis = analysed(game, position)
            if analysis is None:
                assert not whole, (game.title, position)
                continue
            found = list(differences(page, analysis))
            assert not found, (game.title, position, found)
            answered += whole
        counts[game.title] += answered
        print(f"{answered:6} of {len(at):6} answered in the page: {game.origin}")
    return counts


def test_catalogue_at_three_hundred_positions() -> None:
    """At slider positions, knife edges and instruments of the whole catalogue, nothing differs."""
    draw = random.Random(300)
    slugs = catalogue_slugs()
    games = [separatrix.load(slug) for slug in slugs]
    answered = compare(games, [positions(game, -(-300 // len(slugs)), draw) for game in games])
    # What the page leaves open is little: a game without a single answer would show a broken route.
    assert sum(answered.values()) > 200


@pytest.mark.soak
def test_catalogue_at_ten_thousand_positions() -> None:
    """Ten thousand positions of the whole catalogue, and nothing differs."""
    draw = random.Random()
    slugs = catalogue_slugs()
    games = [separatrix.load(slug) for slug in slugs]
    compare(games, [positions(game, -(-10_000 // len(slugs)), draw) for game in games])


@thinned("kind", KINDS, each_run=4)
def test_small_games(kind: str) -> None:
    """Games with many ties, where most rest points are degenerate or lie on continua."""
    _compare_small(kind, 3 if kind in SLOW else 12, random.Random(kind))


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_many_small_games(kind: str) -> None:
    """The same of a thousand games each."""
    _compare_small(kind, 30 if kind in SLOW else 1000, random.Random())


def _compare_small(kind: str, count: int, draw: random.Random) -> None:
    documents = [small_game(kind, draw) for _ in range(count)]
    games = [separatrix.load(document) for document in documents]
    for document, game, (page,) in zip(
        documents, games, page_answers(games, [[({}, {})]] * count), strict=True
    ):
        found = list(differences(page, separatrix.analyze(game)))
        assert not found, (document, found)


def test_undefined_payoffs_are_left_open() -> None:
    """Where a payoff divides by zero the page answers nothing, and elsewhere all."""
    game = separatrix.load(
        {
            "title": "Divided",
            "payoff_matrix": [["1/a", 1], [2, 2]],
            "parameters": {"a": {"value": 1, "range": [0, 1]}},
        }
    )
    (nothing, whole), *_ = page_answers([game], [[({"a": Fraction(0)}, {}), ({"a": Fraction(1, 3)}, {})]])
    assert nothing["open"]
    assert not nothing["points"]
    assert not whole["open"]
    assert [p["label"] for p in whole["points"]] == [
        p.stability for p in separatrix.analyze(game, values={"a": Fraction(1, 3)}).rest_points
    ]


def test_weak_foci_are_left_to_the_program() -> None:
    """The page computes no Lyapunov coefficients: it leaves rest points open that these decide."""
    foci = list(itertools.islice(random_foci(3), 12))
    games = [separatrix.load(focus.document) for focus in foci]
    for focus, game, (page,) in zip(foci, games, page_answers(games, [[({}, {})]] * len(foci)), strict=True):
        analysis = separatrix.analyze(game)
        assert not list(differences(page, analysis)), focus.document
        at = [float(share) for share in focus.at]
        assert all(p["label"] is None for p in page["points"] if p["state"] == pytest.approx(at, abs=1e-9))
        assert page["open"]


def test_marks_are_where_stability_changes() -> None:
    """Beside every mark and between marks the analysis has the stable states that the marks tell."""
    draw = random.Random(5)
    slugs = [
        "shi-chen-2018",
        "coal-safety",
        "cost-consulting",
        "rock-paper-scissors-one-population",
        "volunteers-dilemma",
    ]
    games = [separatrix.load(slug) for slug in slugs]
    questions, known = [], []
    for game in games:
        values, levels = positions(game, 4, draw)[-1]
        movable = [n for n in game.parameters if n not in group_numbers(game)]
        chosen = draw.sample(movable, min(3, len(movable))) + list(game.instruments)[:2]
        ranges = {name: game.parameters[name].range for name in chosen if name in game.parameters}
        ranges |= {name: game.instruments[name].range for name in chosen if name in game.instruments}
        told = {name: [str(end) for end in ends] for name, ends in ranges.items() if ends is not None}
        at = {"settings": texts(values), "levels": texts(levels)}
        questions.append({"model": shown(game), "position": at, "ranges": told})
        known.append((game, values, levels, told))
    answers = asked("answer.ts", {"marks": questions})["marks"]
    total = 0
    for (game, values, levels, told), answer in zip(known, answers, strict=True):
        for name, marks in answer.items():
            total += len(marks)
            low, high = map(Fraction, told[name])
            lever = (game, values, levels, name)
            for mark in marks:
                step = (high - low) / 10**7
                assert _stable(*lever, Fraction(mark["at"]) - step) == mark["before"], (
                    game.title,
                    name,
                    mark,
                )
                assert _stable(*lever, Fraction(mark["at"]) + step) == mark["after"], (game.title, name, mark)
            ends = [low, *(Fraction(mark["at"]) for mark in marks), high]
            for k in range(len(marks)):
                inside = ends[k] + (ends[k + 1] - ends[k]) * Fraction(draw.randint(1, 98), 99)
                assert _stable(*lever, inside) == marks[k]["before"], (game.title, name, float(inside))
    assert total > 0


def _stable(
    game: Game, values: dict[str, Fraction], levels: dict[str, Fraction], name: str, value: Fraction
) -> list[str]:
    moved = {name: value}
    at = (values, {**levels, **moved}) if name in game.instruments else ({**values, **moved}, levels)
    analysis = analysed(game, at)
    assert analysis is not None
    return [p.id for p in analysis.rest_points if p.stability == "asymptotically stable"]
