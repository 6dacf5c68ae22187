"""The same payoffs within one population and between two: different games with different answers.

Maynard Smith, J. (1982), Evolution and the Theory of Games, chapters 2 and 10; Hofbauer and Sigmund (1998),
chapters 7 and 10.  The four social dilemmas have their usual names; 1 is the first strategy.
"""

from __future__ import annotations

from typing import Any

import pytest

import separatrix

Rows = list[list[int]]

# name: (matrix, inner share, ESSs of one population, strict states of two)
DILEMMAS: dict[str, tuple[Rows, float | None, list[float], set[tuple[int, int]]]] = {
    "prisoner's dilemma": ([[3, 0], [5, 1]], None, [0.0], {(0, 0)}),
    "snowdrift": ([[3, 1], [5, 0]], 1 / 3, [1 / 3], {(0, 1), (1, 0)}),
    "stag hunt": ([[4, 0], [3, 2]], 2 / 3, [0.0, 1.0], {(0, 0), (1, 1)}),
    "harmony": ([[4, 3], [2, 1]], None, [1.0], {(1, 1)}),
    "hawk and dove": ([[-1, 4], [0, 2]], 2 / 3, [2 / 3], {(0, 1), (1, 0)}),
}


def within(rows: Rows) -> Any:
    """The answer for one population that plays itself."""
    return separatrix.analyze(separatrix.load({"payoff_matrix": rows}))


def between(rows: Rows) -> Any:
    """The answer for two populations that play each other with the same payoffs."""
    table = [[[rows[i][j], rows[j][i]] for j in range(2)] for i in range(2)]
    return separatrix.analyze(separatrix.load({"bimatrix": table}))


@pytest.mark.parametrize("name", DILEMMAS)
def test_one_population(name: str) -> None:
    """The ESSs are what attracts, pure or mixed."""
    rows, inner, stable, _ = DILEMMAS[name]
    answer = within(rows)
    assert [p.state[0] for p in answer.rest_points if p.free] == (
        [] if inner is None else [pytest.approx(inner)]
    )
    for attribute in ("ess", "stability"):
        good = (True, "asymptotically stable")
        found = sorted(p.state[0] for p in answer.rest_points if getattr(p, attribute) in good)
        assert found == pytest.approx(stable)


@pytest.mark.parametrize("name", DILEMMAS)
def test_two_populations(name: str) -> None:
    """Only strict equilibria attract; a mixed one is a saddle, also where it is the ESS of one population."""
    rows, inner, _, strict = DILEMMAS[name]
    answer = between(rows)
    assert {p.state for p in answer.rest_points if p.stability == "asymptotically stable"} == strict
    assert {p.state for p in answer.rest_points if p.ess} == strict
    mixed = [p for p in answer.rest_points if p.free]
    assert [p.state for p in mixed] == ([] if inner is None else [pytest.approx((inner, inner))])
    assert all(p.stability == "saddle" for p in mixed)


def test_snowdrift_eigenvalues() -> None:
    """The mixed state has eigenvalue -2/3 within one population, and 2/3 and -2/3 between two."""
    rows = DILEMMAS["snowdrift"][0]
    (one,) = (p for p in within(rows).rest_points if p.free)
    assert one.eigenvalues == pytest.approx((-2 / 3,))
    (two,) = (p for p in between(rows).rest_points if p.free)
    assert sorted(v.real for v in two.eigenvalues) == pytest.approx([-2 / 3, 2 / 3])


@pytest.mark.parametrize(("strength", "label"), [(5, "asymptotically stable"), (4, "stable"), (3, "saddle")])
def test_own_play_beside_play_with_others(strength: int, label: str) -> None:
    """With own play that hurts the frequent strategy enough, a mixed state of two populations attracts.

    Advantages are -s(2x - 1) - 4(2y - 1) and the same with x and y exchanged, so that the Jacobian at
    (1/2, 1/2) has the eigenvalues -s/2 - 2 and 2 - s/2.  At s = 4 the line x + y = 1 is at rest.  Own play is
    what lets mixed states attract: Cressman, R. (2003), Evolutionary Dynamics and Extensive Form Games.
    """
    own, other = [[-strength, 0], [0, -strength]], [[-2, 2], [2, -2]]
    game = separatrix.load(
        {
            "populations": [
                {"name": "A", "share": "x", "strategies": ["yes", "no"]},
                {"name": "B", "share": "y", "strategies": ["yes", "no"]},
            ],
            "payoff_matrices": {"A,A": own, "A,B": other, "B,A": other, "B,B": own},
        }
    )
    answer = separatrix.analyze(game)
    mixed = [p for p in answer.rest_points if len(p.free) == 2]
    if strength == 4:
        assert not mixed
        assert {(s.stability, s.dimension) for s in answer.rest_sets if len(s.free) == 2} == {("stable", 1)}
        return
    (point,) = mixed
    assert point.state == (0.5, 0.5)
    assert sorted(v.real for v in point.eigenvalues) == pytest.approx([-strength / 2 - 2, 2 - strength / 2])
    assert point.stability == label
