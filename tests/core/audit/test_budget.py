"""A comparison of claims ends within its budget, and says what it did not come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from separatrix import check, load
from separatrix.cli.app import run
from separatrix.errors import InputError
from separatrix.run.limits import time_limit
from thinning import thinned

CASES = Path(__file__).parent.parent / "golden" / "cases"
LATE = "seconds ran out"


class Ticking:
    """A clock that advances whenever it is read."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.01
        return self.now


@thinned("name", ["L01", "L02", "L14", "new-energy-vehicles"], each_run=2)
def test_what_is_found_in_time_is_right_and_the_rest_is_told(name: str) -> None:
    """With less time there are no other errors, and where some are missing a note says so."""
    own = CASES / f"{name}.yaml"
    game = load(own if own.exists() else name)
    every = {(f.code, f.where) for f in check(game)}
    for budget in (0.0, 0.05, 0.5, 1.0, 3.0):
        clock = Ticking()
        with time_limit(1e9, now=clock):
            found = check(game, notes=True, budget=budget)
        assert clock.now <= budget + 0.5  # some fifty polls
        wrong = {(f.code, f.where) for f in found if f.severity == "error"}
        assert wrong <= every
        told = any(f.code == "P628" and LATE in f.text for f in found)
        assert told or wrong == every
        assert told or budget > 0


def test_the_budget_is_an_option_and_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    """`check --budget 0` names what was not done, and a budget below nothing is refused."""
    assert run(["check", "coal-safety", "--budget", "0"]) == 0
    assert "P628" in capsys.readouterr().out
    with pytest.raises(InputError) as refused:
        check(load("coal-safety"), budget=-1)
    assert refused.value.code == "V305"
