"""No `assert` guards what input can reach: what may happen has a sentence, what cannot has a reason here."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

from source_files import source_files, source_roots

ALLOWED = {
    # Factors that are shipped with the program, each in a unit that a test of theirs reads.
    "separatrix_cluster/accounts/emission_factors.py": 1,
    # `separatrix_surface` follows the replicator alone: no other field comes to a Landing.
    "separatrix/dynamics/basin_boundaries/outcome_labels.py": 1,
    # A game whose signs divide the square has a dividing line, and its outcomes are corners.
    "separatrix/dynamics/basin_areas.py": 2,
    # The PDF that is made larger is what matplotlib has written.
    "separatrix/figures/canvas.py": 1,
}
"""Modules with the number of their asserts: they narrow types, and no input reaches the other case."""


def _asserts(path: Path) -> int:
    """Return how many statements end a module's work without a sentence."""
    return sum(
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Name) and node.id == "AssertionError" and isinstance(node.ctx, ast.Load))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )


def test_no_assert_guards_what_input_can_reach() -> None:
    """The package has no assert but those that only tell the type checker what holds for every input."""
    found = {name: _asserts(path) for name, path in source_files().items()}
    assert {name: count for name, count in found.items() if count} == ALLOWED


ANSWERS = """
import json, separatrix
games = [
    {"payoff_matrix": [[0, 1, 1], [1, 0, 1], [1, 1, 0]]},
    {"payoff_matrix": [[0, 0], [0, 0]]},
    {"bimatrix": [[[1, 1], [0, 0]], [[0, 0], [0, 0]]]},
    {"populations": [{"name": "A", "share": "x", "strategies": ["a", "b"]},
                     {"name": "B", "share": "y", "strategies": ["a", "b"]}],
     "payoff_functions": {"A": {"a": "2-2*x", "b": "2-2*x"},
                          "B": {"a": "(3*x-2)*(1+3*y+x)", "b": "2-2*x"}}},
]
answers = [separatrix.analyze(separatrix.load(game)).to_dict() for game in games]
answers.append(separatrix.analyze(separatrix.load("shi-chen-2018"), symbolic=True).to_dict())
answers.append([str(f) for f in separatrix.check(separatrix.load("shi-chen-2018"), notes=True)])
print(json.dumps(answers, sort_keys=True, default=str))
"""


def test_answers_do_not_depend_on_asserts() -> None:
    """With `python -O`, which leaves asserts out, the answers are the same."""
    sources = os.pathsep.join(str(root.parent) for root in source_roots())
    here = {**os.environ, "PYTHONPATH": sources, "PYTHONHASHSEED": "0"}
    with_them, without = (
        subprocess.run(
            [sys.executable, *flags, "-c", ANSWERS],
            env=here,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for flags in ((), ("-O",))
    )
    assert len(with_them) > 1000
    assert without == with_them
