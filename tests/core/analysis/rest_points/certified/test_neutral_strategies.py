"""Labels of states beside which unplayed strategies earn as much as the played ones, known from theory."""

from __future__ import annotations

from random import Random

import pytest

import separatrix
from core.oracles.answers import ask
from core.oracles.degenerate_corpus import PARTS
from separatrix.analysis.results import Analysis


def four(**advantages: str) -> Analysis:
    """Return the answer about four populations by what the first strategy of each earns more."""
    shares = {"A": "x", "B": "y", "C": "z", "D": "w"}
    return separatrix.analyze(
        separatrix.load(
            {
                "title": "ties",
                "populations": [
                    {"name": name, "share": share, "strategies": ["a", "b"]} for name, share in shares.items()
                ],
                "payoff_functions": {name: {"a": advantages.get(name, "0"), "b": "0"} for name in shares},
            }
        )
    )


def labels_at_the_border(answer: Analysis) -> set[str]:
    """Return the labels of the surface z = 0, x = 1/2, on which the other populations mix."""
    found = set()
    for entry in answer.to_dict()["rest_sets"]:
        equations = [text.replace(" ", "") for text in entry["equations"]]
        bends = any("x" in text and text.endswith("==0") for text in equations)
        if entry["dimension"] == 2 and "z==0" in equations and bends:
            mixing = [len(played) for played in entry["support"]]
            found |= {str(entry["stability"])} if mixing == [2, 2, 1, 2] else set()
    return found


@pytest.mark.parametrize(
    ("drift", "label"),
    [("z*(1+y)", "unstable"), ("-z*(1+y)", "stable"), ("0", "unstable"), ("z*(2*x-1)", "unstable")],
)
def test_where_a_payoff_changes_its_sign(drift: str, label: str) -> None:
    """At x = 1/2, z = 0 where z gains for x above 1/2: stable exactly if x falls while z is played."""
    answer = four(A=drift, C="(2*x-1)*(1+w)")
    assert labels_at_the_border(answer) == {label}


@pytest.mark.parametrize(
    ("first", "second", "label"),
    [
        ("z", "x", "unstable"),  # both grow by each other
        ("z", "0", "unstable"),  # z rests while x grows
        ("z", "-x", "stable"),  # x + z never rises to first order, and z vanishes
        ("-z", "-x", "stable"),
        ("z*y", "-x*w", "unstable"),  # while w is not played z rests, and x grows
    ],
)
def test_two_strategies_beside_a_corner(first: str, second: str, label: str) -> None:
    """The corner x = z = 0 of x' = x(1-x)f, z' = z(1-z)g is labelled as the sums of shares rise or fall."""
    answer = four(A=first, C=second)
    (corner,) = (p for p in answer.rest_points if p.state == (0.0, 0.0, 0.0, 0.0))
    assert corner.stability == label


def test_a_stretch_that_the_exact_route_labels() -> None:
    """A curve on which ties leave the label open has that of the game of those who earn as much on it."""
    game = PARTS["2x3x3"]["small"](Random("degenerate-2x3x3-small-1"))
    answer = ask(game)
    (piece,) = [
        p.entry
        for p in answer.pieces
        if p.dimension == 1 and "2*x - 1 == 0" in p.entry["equations"] and "1/2 < y_a" in p.entry["equations"]
    ]
    assert piece["stability"] == "unstable"
    assert piece["reason"].startswith("within a face, ")


def test_no_piece_has_a_negative_dimension() -> None:
    """Where two factors of an equation vanish at once a single state is left."""
    answer = ask(PARTS["2x2x2x2"]["rare"](Random("degenerate-2x2x2x2-rare-11")))
    crossed = [
        p
        for p in answer.pieces
        if {"w == 1/2", "z == 1/2"} <= set(p.entry["equations"]) and len(p.entry["support"][0]) == 1
    ]
    assert crossed
    assert {p.dimension for p in crossed} == {0}
