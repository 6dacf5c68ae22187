"""What a verdict rests on is a key beside its reason, not a turn of phrase in it."""

from __future__ import annotations

import ast
import pickle

import pytest

import separatrix
from separatrix.analysis import theorems
from separatrix.analysis.theorems import LINEARISATION, STRICT_NASH, THEOREMS, theorems_of
from separatrix.sentences import keys_in, say, together
from source_files import source_files, source_path


def test_every_source_of_a_theorem_is_in_the_bibliography() -> None:
    """A record names works by the keys of the entries."""
    entries = source_path("separatrix/reports/references.bib").read_text(encoding="utf-8")
    wanted = {key for theorem in THEOREMS.values() for key in theorem.references}
    assert {key for key in wanted if f"{{{key}," not in entries} == set()


def test_no_two_theorems_share_a_key_and_each_decides_something() -> None:
    """A record that no sentence rests on, or that hides another one, is none."""
    records = {name for name, value in vars(theorems).items() if isinstance(value, theorems.Theorem)}
    assert len(records) == len(THEOREMS)
    used = set()
    for path in source_files("separatrix/analysis").values():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "resting_on"
            ):
                used |= {a.id for a in node.args if isinstance(a, ast.Name)}
            elif isinstance(node, ast.IfExp):
                used |= {a.id for a in (node.body, node.orelse) if isinstance(a, ast.Name)}
    assert records - used == set()


def test_keys_come_through_sentences_made_of_sentences() -> None:
    """Whatever a sentence is filled with, or put beside, brings its own; plain text brings none."""
    stable = say("every eigenvalue has negative real part").resting_on(LINEARISATION)
    nash = say("strict Nash equilibrium: {why}", why=stable).resting_on(STRICT_NASH)
    assert stable == "every eigenvalue has negative real part"
    assert theorems_of([nash]) == {"linearisation", "strict-nash"}
    assert theorems_of([together([say("first"), stable], "; "), "second"]) == {"linearisation"}
    assert keys_in("every eigenvalue has negative real part") == frozenset()
    assert keys_in(pickle.loads(pickle.dumps(nash))) == {"linearisation", "strict-nash"}


@pytest.mark.parametrize(
    ("rows", "stability", "key"),
    [
        ([[3, 0, 0], [0, 2, 0], [0, 0, 1]], "asymptotically stable", "linearisation"),
        ([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], "stable", "conserved-quantity"),
        ([[0, -1, 2], [2, 0, -1], [-1, 2, 0]], "asymptotically stable", "ess-linear-game"),
    ],
)
def test_a_label_tells_its_theorem(rows: list[list[int]], stability: str, key: str) -> None:
    """Some rest point with the label rests on the theorem that gives it."""
    analysis = separatrix.analyze(separatrix.load({"title": "Matrix", "payoff_matrix": rows}))
    found = [theorems_of([p.reason]) for p in analysis.rest_points if p.stability in (stability, "centre")]
    assert any(key in keys for keys in found), [p.reason for p in analysis.rest_points]


def test_a_proof_tells_its_index_theorem() -> None:
    """One population and several have their own."""
    one = separatrix.analyze(separatrix.load("coordination-123"))
    two = separatrix.analyze(separatrix.load("rock-paper-scissors-two-populations"))
    assert "index-one-population" in theorems_of([one.completeness.proof])
    assert "index" in theorems_of([two.completeness.proof])
