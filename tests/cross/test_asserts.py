"""Answers are the same where Python leaves asserts out; where there may be any says the linter's S101."""

from __future__ import annotations

import os
import subprocess
import sys

from source_files import source_roots

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
