"""Bomze's 49 phase portraits: every isolated point, every continuum, every label."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pytest
from flint import fmpq, fmpq_mat

import separatrix
from separatrix.analysis.affine.solve import solve_affine
from separatrix.analysis.answer import RestStateAnswer
from separatrix.analysis.payoff_functions import AffineGame
from separatrix.expression.evaluation import evaluate

DATA = Path(__file__).with_name("bomze.txt")
State = tuple[Fraction, ...]


@dataclass
class Portrait:
    """One portrait as the file describes it."""

    number: int
    matrix: list[list[int]]
    edges: set[tuple[int, ...]]
    inside: str
    states: dict[State, list[str]] = field(default_factory=dict)

    def isolated(self, state: State) -> bool:
        """Whether no continuum of rest states holds the state, by the edges and the interior."""
        played = {i for i, v in enumerate(state) if v}
        if self.inside == "all" or any(played <= set(edge) for edge in self.edges):
            return False
        return self.inside != "line" or state not in self.ends()

    def ends(self) -> set[State]:
        """Where the line of rest states inside meets the boundary: all three payoffs agree there."""
        return {
            s
            for s in self.states
            if 0 in s and len({sum(a * x for a, x in zip(row, s, strict=True)) for row in self.matrix}) == 1
        }


def read() -> list[Portrait]:
    """The portraits of the data file."""
    result: list[Portrait] = []
    for line in DATA.read_text(encoding="utf-8").splitlines():
        if line.startswith("portrait"):
            head, rows, edges, inside = (part.strip() for part in line.split("|"))
            result.append(
                Portrait(
                    int(head.split()[1]),
                    [[int(v) for v in row.split()] for row in rows.split(",")],
                    set() if edges == "-" else {(int(e[0]), int(e[1])) for e in edges.split()},
                    inside,
                )
            )
        elif line.startswith(" "):
            words = line.split()
            result[-1].states[tuple(Fraction(v) for v in words[:3])] = words[3:]
    return result


PORTRAITS = read()


def solved(portrait: Portrait) -> RestStateAnswer:
    """The answer for a portrait."""
    game = separatrix.load({"payoff_matrix": portrait.matrix, "title": f"portrait {portrait.number}"})
    return solve_affine(game, AffineGame((3,), (fmpq(1),), fmpq_mat(portrait.matrix)), True, 60.0)


@pytest.fixture(scope="module")
def answers() -> list[RestStateAnswer]:
    """The answers for all portraits."""
    return [solved(p) for p in PORTRAITS]


def exact(expressions: tuple[object, ...] | None) -> State:
    """The exact shares of a rest point."""
    assert expressions is not None
    return tuple(Fraction(evaluate(e, {})) for e in expressions)


def test_isolated_points(answers: list[RestStateAnswer]) -> None:
    """All 157 isolated points are found exactly, and nothing else is called isolated."""
    total = 0
    for portrait, found in zip(PORTRAITS, answers, strict=True):
        expected = {s for s in portrait.states if portrait.isolated(s)}
        listed = [exact(p.exact) for p in found.points if p.isolated]
        assert len(listed) == len(set(listed))
        assert set(listed) == expected, portrait.number
        total += len(listed)
        assert found.completeness.status == "complete"
    assert (total, sum(len(p.states) for p in PORTRAITS)) == (157, 216)


def test_continua(answers: list[RestStateAnswer]) -> None:
    """The rest sets are the edges and interiors that the file names."""
    for portrait, found in zip(PORTRAITS, answers, strict=True):
        names = ["1", "2", "3"]
        by_support = {
            tuple(names.index(s) for s in piece.support[0]): piece for piece in found.sets if piece.dimension
        }
        expected: set[tuple[int, ...]] = set(portrait.edges)
        if portrait.inside in ("line", "all"):
            expected.add((0, 1, 2))
        assert set(by_support) == expected, portrait.number
        if portrait.inside == "line":
            assert by_support[0, 1, 2].dimension == 1
        assert sum(bool(c.pieces) for c in found.components) == len(found.components)
        assert bool(found.components) == bool(expected)


def test_labels(answers: list[RestStateAnswer]) -> None:
    """Hyperbolic points and centres carry the label of their type; Nash and ESS are right everywhere."""
    meaning = {"sink": "asymptotically stable", "source": "source", "saddle": "saddle", "centre": "centre"}
    for portrait, found in zip(PORTRAITS, answers, strict=True):
        for point in found.points:
            kind, *flags = portrait.states[exact(point.exact)]
            where = (portrait.number, point.state)
            assert point.nash is ("Nash" in flags), where
            assert point.ess is ("ESS" in flags), where
            if kind in meaning:
                assert point.stability == meaning[kind], where
        assert all(p.stability != "asymptotically stable" for p in found.sets)


def test_nothing_is_left_undecided(answers: list[RestStateAnswer]) -> None:
    """Also where an eigenvalue is zero, every point, piece and set has a proven label."""
    for portrait, found in zip(PORTRAITS, answers, strict=True):
        assert [p.state for p in found.points if p.stability == "undecided"] == [], portrait.number
        assert [s.corners for s in found.sets if s.stability == "undecided"] == [], portrait.number
        assert [c.reason for c in found.components if c.set_stability == "undecided"] == [], portrait.number


def test_reversed_time(answers: list[RestStateAnswer]) -> None:
    """With the opposite payoffs sinks become sources, and the rest states stay."""
    swap = {"asymptotically stable": "source", "source": "asymptotically stable"}
    for portrait, found in zip(PORTRAITS, answers, strict=True):
        backwards = solved(
            Portrait(portrait.number, [[-v for v in row] for row in portrait.matrix], portrait.edges, "")
        )
        before = {exact(p.exact): p for p in found.points}
        after = {exact(p.exact): p for p in backwards.points}
        assert set(before) == set(after)
        for state, point in before.items():
            assert after[state].isolated == point.isolated
            if point.stability in ("asymptotically stable", "source", "saddle", "centre"):
                assert after[state].stability == swap.get(point.stability, point.stability), portrait.number
