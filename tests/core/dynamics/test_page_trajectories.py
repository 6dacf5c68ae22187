"""The page draws what this program computes: trajectories, periods and separatrices, of catalogue games.

``python tests/core/dynamics/test_page_trajectories.py`` writes the answers that the page reads.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from separatrix.dynamics.bimatrix_separatrix import separatrix_arms
from separatrix.dynamics.fields.registry import field
from separatrix.game.reader import load
from separatrix.studio.page_json import model_json
from separatrix.studio.page_model import page_model

ANSWERS = Path(__file__).parents[3] / "web" / "src" / "dynamics" / "trajectories.golden.json"

FOLLOWED: dict[str, list[list[float]]] = {
    "shi-chen-2018": [[0.2, 0.3], [0.61, 0.74], [1.0, 0.5]],
    "dynamic-penalty": [[0.1, 0.9]],
    "collective-risk": [[0.4], [0.9]],
    "three-parties": [[0.5, 0.5, 0.5], [0.1, 0.9, 0.0]],
    "wang-2023": [[0.3, 0.4, 0.6]],
    "rock-paper-scissors-one-population": [[0.5, 0.3, 0.2]],
    "hypercycle-four": [[0.4, 0.3, 0.2, 0.1]],
    "rock-paper-scissors-two-populations": [[0.5, 0.3, 0.2, 0.1, 0.7, 0.2]],
}
CLOSED: dict[str, list[list[float]]] = {
    "matching-pennies": [[0.3, 0.6], [0.05, 0.5], [0.5, 0.501]],
    "rock-paper-scissors-one-population": [[0.5, 0.3, 0.2]],
}
DIVIDED = [
    ("shi-chen-2018", None),
    ("shi-chen-2018", "anti-coordination"),
    ("shi-chen-2018-asymmetric", None),
    ("stag-hunt-two-populations", None),
    ("battle-of-the-sexes", None),
    ("hawk-dove-two-populations", "costly-fight"),
]
TIMES = [0.5, 2.0, 8.0]
TIGHT = {"method": "DOP853", "rtol": 1e-12, "atol": 1e-13}


def played(slug: str, scenario: str | None = None) -> Any:
    """Return the replicator of a game of the catalogue."""
    game = load(slug)
    return field(game, {} if scenario is None else game.scenarios[scenario])


def followed(slug: str, start: list[float]) -> list[list[float]]:
    """Return the states at `TIMES` on the trajectory from a start."""
    flow = played(slug)
    solution = solve_ivp(lambda _, x: flow(x), (0, TIMES[-1]), start, t_eval=TIMES, **TIGHT)
    return solution.y.T.tolist()


def period(slug: str, start: list[float]) -> float:
    """Return when the trajectory from a start comes through the start again."""
    flow = played(slug)
    normal = flow(np.array(start))

    def section(_: float, x: Any) -> float:
        return float(normal @ (np.asarray(x) - start))

    section.direction = 1.0  # type: ignore[attr-defined]
    solution = solve_ivp(lambda _, x: flow(x), (0, 200), start, events=section, **TIGHT)
    return next(float(t) for t in solution.t_events[0] if t > 1e-3)


def arms(slug: str, scenario: str | None) -> list[list[float]]:
    """Return states on the separatrix."""
    found = separatrix_arms(played(slug, scenario), 81)
    assert found is not None
    states: list[list[float]] = found.tolist()
    return states


def needed(slug: str) -> dict[str, Any]:
    """Return what the page needs of a game for its flow."""
    data = model_json(page_model(load(slug)))
    keys = ("populations", "speeds", "payoffs")
    numbers = {p["name"]: p["value"] for p in data["parameters"]}
    scenarios = {s["name"]: s["values"] for s in data["scenarios"]}
    return {**{key: data[key] for key in keys}, "values": numbers, "scenarios": scenarios}


def answers() -> dict[str, Any]:
    """Return games with the answers of this program."""
    slugs = sorted({*FOLLOWED, *CLOSED, *(slug for slug, _ in DIVIDED)})
    return {
        "games": {slug: needed(slug) for slug in slugs},
        "times": TIMES,
        "followed": [
            {"game": slug, "start": start, "states": followed(slug, start)}
            for slug, starts in FOLLOWED.items()
            for start in starts
        ],
        "closed": [
            {"game": slug, "start": start, "period": period(slug, start)}
            for slug, starts in CLOSED.items()
            for start in starts
        ],
        "divided": [
            {"game": slug, "scenario": scenario, "states": arms(slug, scenario)} for slug, scenario in DIVIDED
        ],
    }


def test_the_answers_that_the_page_is_held_to_are_those_of_this_program() -> None:
    """Games word for word; states, periods and separatrices to nine digits, which any machine gives."""
    kept, now = json.loads(ANSWERS.read_text("utf-8")), answers()
    assert kept["games"] == now["games"]
    assert kept["times"] == TIMES
    for kind, number in (("followed", "states"), ("closed", "period"), ("divided", "states")):
        assert len(kept[kind]) == len(now[kind])
        for old, new in zip(kept[kind], now[kind], strict=True):
            assert [old["game"], old.get("start")] == [new["game"], new.get("start")]
            np.testing.assert_allclose(old[number], new[number], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("start", CLOSED["matching-pennies"])
def test_small_orbits_turn_as_fast_as_the_linear_part(start: list[float]) -> None:
    """Near the centre the period is 2 pi over the imaginary eigenvalue; farther out it is longer."""
    flow, middle = played("matching-pennies"), np.array([0.5, 0.5])
    step = 1e-6
    slopes = np.stack([(flow(middle + e) - flow(middle - e)) / (2 * step) for e in np.eye(2) * step], axis=-1)
    turn = 2 * np.pi / float(np.abs(np.linalg.eigvals(slopes)).max())
    assert period("matching-pennies", start) >= turn * (1 - 1e-6)


if __name__ == "__main__":
    rounded = json.loads(json.dumps(answers()), parse_float=lambda text: round(float(text), 12))
    ANSWERS.write_text(json.dumps(rounded, separators=(",", ":"), sort_keys=True) + "\n", "utf-8")
