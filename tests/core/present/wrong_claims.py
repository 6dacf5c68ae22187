"""Games with claims of every kind that the referee has something to say about."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from core.audit.checks.test_regimes import safety
from core.audit.derivations import tripartite, two_by_two, with_claims
from core.audit.test_other_claims import inert_game
from separatrix.audit.check import check
from separatrix.audit.evidence.findings import Finding
from separatrix.game.catalogue_files import catalogue_slugs
from separatrix.game.model import Game
from separatrix.game.reader import load

Document = dict[str, Any]

CASES = Path(__file__).parents[1] / "golden" / "cases"
MIXED = ["(pi2-C2-R1+D1)/(pi1-R2+pi2-R1)", "(pi2-C2-R1+C1)/(pi1-R2+pi2-R1)"]
PENNIES: Document = {"bimatrix": [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]}
TRIANGLE: Document = {
    "populations": [{"name": "P", "share": "x", "strategies": ["a", "b", "c"]}],
    "payoff_matrix": [[0, 6, -4], [-3, 0, 5], [-1, 3, 0]],
}
EDGE: Document = {
    "populations": ["A", "B"],
    "parameters": {"F": 2, "C": 2},
    "scenarios": {"on the edge": {"F": 3, "C": 3}},
    "advantages": {"x": "-3 - 8*y", "y": "F - C - 8*x"},
}
SIGNS: Document = {
    "populations": ["A"],
    "parameters": {"a": {"range": [0, 5]}, "b": {"range": [0, 5]}},
    "advantages": {"x": "a + b"},
}
HAWKS: Document = {
    "payoff_matrix": [["(V-C)/2", "V"], ["0", "V/2"]],
    "parameters": {"V": 2, "C": 4},
    "assume": ["V > 0", "C > 0"],
}


def _enterprises() -> Iterator[Document]:
    game = two_by_two()
    game["scenarios"] = {"dear": {"C1": 20}}
    yield with_claims(
        game,
        {
            "replicator": {"x": "x(1-x)((pi1-R2+pi2-R1)y+(pi2-C2-R1+C1))", "y": {"latex": r"y(1-y)\pi_1"}},
            "jacobian": [["(1-2x)((pi1-R2+pi2-R1)y-(pi2-C2))", "pi1"], ["0", "(1-2y)(x-Rr)"]],
        },
    )
    for printed in ("0", "-x(1-x)((pi1-R2+pi2-R1)y-(pi2-C2-R1+C1))", "C1*x", "x^2 + y^2 + C1*C2 + R1 + R2"):
        yield with_claims(game, {"replicator": {"x": printed}})
    yield with_claims(
        game,
        {
            "rest_points": [
                {"id": "O", "at": [0, 0]},
                {"id": "N", "at": MIXED[::-1]},
                {"id": "M", "at": ["(pi2-C2-R1-D1)/(pi1-R2+pi2-R1)", MIXED[1]]},
                {"id": "L", "at": MIXED, "scenario": "dear"},
                {"at": [0.3, 0.6]},
                {"id": "P", "at": [0, 0]},
                {"at": [2, 0]},
                {"at": ["Rr/pi1", 0]},
            ],
            "complete": {"rest_points": True},
        },
    )
    yield with_claims(
        game, {"rest_points": [{"at": [0, 0]}, {"at": [1, 1]}], "complete": {"rest_points": True}}
    )
    yield with_claims(game, {"rest_points": [{"at": [a, b]} for a in (0, 1) for b in (0, 1)]})
    claims = [{"at": [0, 0], "label": "ESS"}, {"at": [0, 0], "label": "saddle"}]
    claims += [
        {"at": [1, 1], "label": "source", "scenario": "dear"},
        {"at": [1, 1], "label": "ESS", "when": ["C1 < 7"]},
        {"at": [0.5, 0.5], "label": "Saddle point"},
        {"at": MIXED, "ess": True},
        {"at": [1, 0], "label": "centre", "when": ["R1 < 0"]},
        {"at": [0, 1], "eigenvalues": ["pi1", "C1 - R1"]},
        {"at": [0, 0], "eigenvalues": [7, -3], "scenario": "dear"},
        {"at": [0, 0], "eigenvalues": ["R1 - C1 - pi2", "R1 - D1 - pi2 + C2"]},
        {"at": MIXED, "eigenvalues": ["sqrt(pi1)", "-sqrt(pi1)"]},
    ]
    yield with_claims(game, {"stability": claims})
    right = "R1 - D1 < pi2 - C2"
    conditions = [
        (right,),
        ("R1 - C1 < pi2 - C2", right, "R1 < pi2"),
        ("R1 - C1 > pi2 - C2", right),
        ("R1 - C1 < pi2 + C2", right),
        ("R1 - C1 <= pi2 - C2", right),
        ("R1 + C1 < 0",),
        ("R1 < C1", "R1 - C1 > pi1"),
    ]
    yield with_claims(game, {"stability": [{"at": [0, 0], "stable_when": list(c)} for c in conditions]})
    yield with_claims(game, {"stability": [{"at": MIXED, "stable_when": ["pi1 - C1 < R2 - C2"]}]})
    yield with_claims(game, {"stability": [{"at": [1, 1], "stable_when": ["C1 < 7"]}]})
    strict = copy.deepcopy(game)
    strict["assume"] += ["D1 < C1", "pi1 - C1 > R2 - C2", "R1 - C1 > pi2 - C2"]
    strict["parameters"].update(R1=9, R2=3)
    yield with_claims(
        strict,
        {
            "rest_points": [{"id": "M", "at": MIXED}, {"at": ["x", 1]}],
            "stability": [{"at": [1, 1], "stable_when": ["D1 < pi1", "C1 < pi1"], "when": ["C1 < 4"]}],
        },
    )
    yield with_claims(game, {"regimes": [{"when": ["pi1 - C1 > R2 - C2"], "stable": [[1, 1]]}]})
    outcomes: list[dict[str, Any]] = [
        {"to": [1, 1], "from": [[0.1, 0.1], [0.9, 0.9]]},
        {"to": [0, 0], "from": [[0.9, 0.9], [0.8, 0.9], [0.8, 0.8], [0.9, 0.8]]},
        {"to": [1, 1], "from": [0, 0.9]},
        {"to": [1, 1], "scenario": "dear"},
    ]
    yield with_claims(game, {"outcomes": outcomes})


def _others() -> Iterator[Document]:
    for point in ([1, 1], ["1/2", "1/2"]):
        yield with_claims(PENNIES, {"outcomes": [{"to": point, "from": [0.2, 0.3]}]})
    yield with_claims(
        {"populations": ["A", "B"], "advantages": {"x": "1 - y", "y": "1"}},
        {"outcomes": [{"to": [1, 1], "from": [[0.1, 0.5]]}]},
    )
    yield with_claims(
        TRIANGLE,
        {
            "stability": [{"at": ["1/3", "1/3", "1/3"], "label": "ESS", "eigenvalues": ["I", "-I"]}],
            "rest_points": [{"at": ["1/3", "1/3", "1/2"]}],
        },
    )
    yield with_claims(
        EDGE,
        {
            "outcomes": [{"to": [1, 0]}],
            "stability": [{"at": [0, 0], "label": "ESS"}, {"at": [0, 0.5], "label": "saddle"}],
        },
    )
    yield with_claims(SIGNS, {"stability": [{"at": [1], "label": "ESS"}]})
    yield with_claims(
        {
            "populations": ["A"],
            "parameters": {"a": 0.5, "R": 1, "C": 2},
            "advantages": {"x": "a*(R - C)"},
        },
        {"stability": [{"at": [0], "stable_when": ["R < C"]}]},
    )
    yield {
        "populations": ["A", "B"],
        "parameters": {"a": 1, "b": 2},
        "advantages": {"x": "a*y", "y": "x - b"},
        "published": {
            "stability": [{"at": [0, 0], "stable_when": ["b > 0"]}],
            "rest_points": [{"at": ["x", 1]}],
            "regimes": [{"when": ["b > 1"], "stable": [[0, 0]]}],
        },
    }
    yield with_claims(
        HAWKS,
        {
            "regimes": [{"when": ["C > 0"], "stable": [["V/C"]]}],
            "stability": [{"at": ["V/C"], "stable_when": ["C > 2V"]}],
        },
    )


def _safety() -> Iterator[Document]:
    mixed = ["1 - (K-H)/((p-q)*L)", "(c-q*F)/((p-q)*F)"]
    for regimes in (
        [(["H < 9"], [[0, 0]]), (["H > 9"], [[1, 1]])],
        [(["H < 1.2"], [[0, 0]]), (["H > 9"], [[1, 1]])],
        [(["q F < c", "H < K"], [[0, 0]])],
        [(["H < 9", "H > 1.2"], [mixed])],
        [(["H < 0"], [[0, 0]])],
        [(["H < 10"], [[0, 0]])],
    ):
        claims = [{"when": when, "stable": stable} for when, stable in regimes]
        for complete in (False, True):
            yield with_claims(safety(), {"regimes": claims, "complete": {"regimes": complete}})
    yield with_claims(
        safety(),
        {
            "thresholds": [
                {"parameter": "F", "equals": "c/p", "value": 8.5},
                {"parameter": "H", "value": 5},
                {"parameter": "H", "equals": "H + 1"},
            ],
            "curves": [
                {"zero_of": "x", "equals": "y = (c - q F)/(p F)"},
                {"zero_of": "x", "equals": "x = c/F"},
                {"zero_of": "x", "equals": "F y = c + q"},
            ],
        },
    )
    bare = safety()
    bare["parameters"] = dict.fromkeys(bare["parameters"])
    yield with_claims(bare, {"thresholds": [{"parameter": "F", "equals": "c/(p + q)"}]})
    effects = [{"parameter": n, "on": "x"} for n in ("P", "U")]
    effects += [{"parameter": "c", "on": "x", "sign": "+"}, {"parameter": "w", "on": "x", "sign": "+"}]
    yield with_claims(inert_game(), {"effects": effects})
    parties = tripartite()
    yield with_claims(
        parties,
        {
            "stability": [{"at": [0, 0, 0], "stable_when": ["B/2 < C", "2*M < L", "F + M < L"]}],
            "rest_points": [{"at": [0, 0, 0]}, {"at": ["1/2", "1/3", "1/4"]}],
            "outcomes": [{"to": [1, 1, 1], "from": [[0.2, 0.3, 0.1], [0.7, 0.8, 0.6]]}],
        },
    )


def _corners() -> Iterator[Document]:
    """What is rarely said: claims that cannot be checked, and rare ways to be wrong."""
    game = two_by_two()
    right = "x(1-x)((pi1-R2+pi2-R1)y-(pi2-C2-R1+C1))"
    for printed in (f"3{right}", f"C1*{right}", f"{right} + x(1-x)(R1*y + R2*C1 + C2^2 + D1*C1 + C2*D1)"):
        yield with_claims(game, {"replicator": {"x": printed, "y": "Rr + Q"}})
    yield with_claims(
        game,
        {
            "stability": [
                {"at": [0, 0], "stable_when": []},
                {"at": [0, 0], "stable_when": ["R1 - C1 < pi2 - C2", "R1 - D1 < pi2 - C2"]},
                {"at": [0, 0], "eigenvalues": ["R1 - C1 - pi2 + C2", "R1 - D1 - pi2 + C2", "pi1"]},
                {"at": [1, 1], "label": "ess", "when": ["C1 > 6"]},
                {"at": ["1/2 + pi1", "1/2"], "label": "saddle"},
            ],
            "rest_points": [{"at": ["pi1/(C1 - C1)", 0]}],
        },
    )
    simple: Document = {
        "populations": ["A", "B"],
        "parameters": {"a": None, "b": None},
        "scenarios": {"half": {"a": 1}},
        "advantages": {"x": "a*(y + b)", "y": "b"},
    }
    yield with_claims(
        simple,
        {
            "jacobian": [["(1-2x)*a*(y + b)", "a*x(1-x)"], ["a", "b"]],
            "stability": [
                {"at": [0, 0], "label": "saddle", "scenario": "half"},
                {"at": [0, 0], "eigenvalues": [1, 2]},
                {"at": ["x", 0], "label": "stable"},
                {"at": ["x", 0], "eigenvalues": ["b"]},
                {"at": [0, 1], "label": "stable", "when": ["a^2 < 0"]},
                {"at": [1, 1], "label": "not asymptotically stable"},
            ],
            "regimes": [{"when": ["a^2 < 0"], "stable": []}, {"when": ["a > b"], "stable": [["1/2", "1/2"]]}],
            "effects": [
                {"parameter": "b", "on": "y", "sign": "-", "when": ["a > 1"]},
                {"parameter": "a", "on": "y"},
            ],
            "outcomes": [{"to": [0, 0]}],
            "thresholds": [{"parameter": "a", "value": 3}],
            "curves": [
                {"zero_of": "x", "equals": "y = b/(a - a)"},
                {"zero_of": "x", "equals": "y = sqrt(b)"},
            ],
            "rest_points": [{"at": [0.5, 0.25]}],
        },
    )
    assumed: Document = {
        "populations": ["A", "B"],
        "parameters": {"a": 1, "b": 2},
        "scenarios": {"low": {"b": 0.5}},
        "assume": ["a > 0", "b > 0"],
        "advantages": {"x": "(y + a)*(y - 2)", "y": "x - b"},
    }
    yield with_claims(
        assumed,
        {
            "rest_points": [
                {"at": ["b", "-a"]},
                {"at": ["b", 2], "when": ["b < 1"]},
                {"at": ["b", 2], "scenario": "low"},
                {"at": ["b/(a - 1)", "-a"], "scenario": "low"},
            ],
            "stability": [{"at": ["b", "-a"], "label": "centre", "scenario": "low", "when": ["a > 0"]}],
            "outcomes": [{"to": ["b/(a - 1)", 0], "from": [0.5, 0.5]}, {"to": [1, 1], "when": ["a < 0"]}],
        },
    )
    yield with_claims(TRIANGLE, {"effects": [{"parameter": "k", "on": "x_a", "sign": "+"}]})
    cyclic = {**TRIANGLE, "payoff_matrix": [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]}
    yield with_claims(cyclic, {"outcomes": [{"to": ["1/3", "1/3", "1/3"], "from": [0.2, 0.3, 0.5]}]})


def _versions() -> Iterator[tuple[Game, Game, tuple[str, ...]]]:
    general = two_by_two()
    general["parameters"]["C21"] = 2
    general["payoffs"][1]["pay"][1] = "R2 - C21"
    renamed = two_by_two()
    for population, share in zip(renamed["populations"], ("p", "q"), strict=True):
        population["share"] = share
    yield load(general), load(two_by_two()), ()
    yield load(general), load(renamed), ("C1 = D1",)
    yield load(two_by_two()), load(tripartite()), ()


@cache
def corpus() -> tuple[tuple[Game, tuple[Finding, ...]], ...]:
    """Return games, each with all that the referee says of it: published ones, and ones made up for it."""
    games = [load(path) for path in sorted(CASES.glob("*.yaml"))]
    games += [game for game in map(load, catalogue_slugs()) if "published" in game.raw]
    games += [load(document) for make in (_enterprises, _others, _safety, _corners) for document in make()]
    found = [(game, tuple(check(game, notes=True))) for game in games]
    found += [
        (one, tuple(check(one, notes=True, against=other, when=when))) for one, other, when in _versions()
    ]
    return tuple(found)
