"""Claimed stability conditions."""

from __future__ import annotations

import pytest

from core.audit.derivations import tripartite, two_by_two, with_claims
from core.audit.findings import codes, errors, everything


def claim(at, *conditions, **more):
    """Return a claim of asymptotic stability under conditions."""
    return {"stability": [{"at": at, "stable_when": list(conditions), **more}]}


@pytest.mark.parametrize(
    "conditions",
    [
        ("R1 - C1 < pi2 - C2", "R1 - D1 < pi2 - C2"),
        ("pi2 - C2 > R1 - C1", "R1 - D1 - pi2 + C2 < 0"),
        ("R1 - C1 - pi2 + C2 < 0", "0 < pi2 - C2 - R1 + D1"),
        ("2*(R1 - C1) < 2*(pi2 - C2)", "R1 < pi2 - C2 + D1"),
        ("R1 - D1 < pi2 - C2", "C1 + pi2 > R1 + C2"),
    ],
)
def test_any_way_to_write_the_right_condition_is_right(conditions) -> None:
    """Reversed, rearranged, multiplied by a number or in another order: no finding, not even a note."""
    assert everything(with_claims(two_by_two(), claim([0, 0], *conditions))) == []


def test_a_chain_is_two_conditions() -> None:
    """a < b < c is right where both halves are."""
    game = {
        "populations": ["A", "B"],
        "parameters": {"a": 1, "b": 2, "c": 3},
        "advantages": {"x": "a - b", "y": "b - c"},
    }
    assert everything(with_claims(game, claim([0, 0], "a < b < c"))) == []
    assert everything(with_claims(game, claim([0, 0], "c > b > a"))) == []
    assert codes(with_claims(game, claim([0, 0], "a < c"))) == ["P609"]


def test_factors_with_a_known_sign_may_be_cancelled() -> None:
    """Where 0 < a < 1 is assumed, a condition may be divided by a or 1 - a."""
    game = {
        "populations": ["A"],
        "parameters": {"a": 0.5, "R": 1, "C": 2},
        "assume": ["0 < a < 1"],
        "advantages": {"x": "a*(1 - a)*(R - C)"},
    }
    assert everything(with_claims(game, claim([0], "R < C"))) == []


def test_too_weak_and_too_strong_are_told_with_witnesses() -> None:
    """A lacking condition is too weak, one more is too strong, a changed one is both."""
    game = two_by_two()
    (weak,) = errors(with_claims(game, claim([0, 0], "R1 - C1 < pi2 - C2")))
    assert weak.code == "P609" and "too weak:" in weak.text and "D1" in weak.text
    w = weak.witness
    assert w["R1"] - w["C1"] < w["pi2"] - w["C2"] and w["R1"] - w["D1"] > w["pi2"] - w["C2"]
    right = ("R1 - C1 < pi2 - C2", "R1 - D1 < pi2 - C2")
    (strong,) = errors(with_claims(game, claim([0, 0], *right, "R1 < pi2")))
    assert strong.code == "P609" and "too strong:" in strong.text and "R1 < pi2" in strong.text
    (both,) = errors(with_claims(game, claim([0, 0], right[0], "R1 - D1 < pi2")))
    assert both.code == "P609" and both.term == "-C2"
    (turned,) = errors(with_claims(game, claim([0, 0], right[0], "pi2 > R1 - D1")))
    assert turned.code == "P609" and turned.term == "C2" and "pi2 + D1 > R1 + C2" in turned.text


def test_a_condition_that_always_holds_at_an_unstable_point_is_too_weak() -> None:
    """In a game without parameters a condition that holds, where the point is unstable, is too weak."""
    game = {
        "populations": two_by_two()["populations"],
        "bimatrix": [[[1, 1], [0, 2]], [[2, 0], [1, 1]]],
    }
    (found,) = errors(with_claims(game, claim([1, 1], "1 > 0")))
    assert found.code == "P609" and "too weak:" in found.text and "too strong" not in found.text
    assert "Whatever the values, the claim holds, and the point is unstable." in found.text


@pytest.mark.parametrize("changed", ["R1 - C1 < pi2 + C2", "R1 + C1 < pi2 - C2", "R2 - C1 < pi2 - C2"])
def test_each_changed_sign_or_index_gives_one_error(changed) -> None:
    """One changed sign or index in one condition is one error at that condition."""
    found = errors(with_claims(two_by_two(), claim([0, 0], changed, "R1 - D1 < pi2 - C2")))
    assert [f.code for f in found] == ["P609"] and changed in found[0].text


def test_the_opposite_direction_is_told_as_such() -> None:
    """A condition with < for > is said to be turned round."""
    (found,) = errors(with_claims(two_by_two(), claim([0, 0], "R1 - C1 > pi2 - C2", "R1 - D1 < pi2 - C2")))
    assert found.code == "P609" and "opposite direction" in found.text


def test_conditions_that_never_hold_are_impossible() -> None:
    """A condition against the assumptions, or two against each other, can never hold."""
    game = two_by_two()
    (found,) = errors(with_claims(game, claim([0, 0], "R1 + C1 < 0")))
    assert found.code == "P610"
    (found,) = errors(with_claims(game, claim([0, 0], "R1 < C1", "R1 - C1 > pi1")))
    assert found.code == "P610" and "together" in found.text


def test_a_condition_that_follows_is_a_note() -> None:
    """Where D1 < C1 is assumed the first condition follows from the second."""
    game = two_by_two()
    game["assume"].append("D1 < C1")
    found = everything(with_claims(game, claim([0, 0], "R1 - C1 < pi2 - C2", "R1 - D1 < pi2 - C2")))
    assert [(f.code, f.severity) for f in found] == [("P611", "note")]
    assert found[0].claim == "R1 - C1 < pi2 - C2"


def test_only_the_border_is_a_note() -> None:
    """<= for < differs from the truth on a border only, which a note tells."""
    found = everything(with_claims(two_by_two(), claim([0, 0], "R1 - C1 <= pi2 - C2", "R1 - D1 < pi2 - C2")))
    assert [(f.code, f.severity) for f in found] == [("P609", "note")]


def test_signs_that_the_file_shows_but_does_not_assume_are_a_note() -> None:
    """A condition divided by a parameter that is positive in the file, but not by assumption."""
    game = {
        "populations": ["A"],
        "parameters": {"a": 0.5, "R": 1, "C": 2},
        "advantages": {"x": "a*(R - C)"},
    }
    found = everything(with_claims(game, claim([0], "R < C")))
    assert [(f.code, f.severity) for f in found] == [("P629", "note")] and "a > 0" in found[0].text


def test_the_circumstances_of_a_claim_count() -> None:
    """Under `when` a condition needs to be right only there."""
    game = two_by_two()
    lone = claim([0, 0], "R1 - C1 < pi2 - C2", when=["D1 > C1"])
    assert everything(with_claims(game, lone)) == []


def test_a_number_for_one_parameter_means_the_values_of_the_file_for_the_others() -> None:
    """C1 < 6 is the border at the file's values; C1 < 7 is not, and the right number is told."""
    game = two_by_two()
    assert errors(with_claims(game, claim([1, 1], "C1 < 6"))) == []
    assert errors(with_claims(game, claim([1, 1], "6 > C1"))) == []
    (found,) = errors(with_claims(game, claim([1, 1], "C1 < 7")))
    assert found.code == "P609" and "C1 < 6" in found.text


def test_a_mixed_point_of_two_populations_is_never_stable() -> None:
    """A stability condition of a mixed point is an error whatever it says."""
    at = ["(pi2-C2-R1+D1)/(pi1-R2+pi2-R1)", "(pi2-C2-R1+C1)/(pi1-R2+pi2-R1)"]
    (found,) = errors(with_claims(two_by_two(), claim(at, "pi1 - C1 < R2 - C2")))
    assert found.code == "P609" and "never" in found.text + found.correct


def test_a_mixed_point_of_one_population_has_its_condition() -> None:
    """The mixed point of hawk and dove is stable where C > V."""
    game = {
        "payoff_matrix": [["(V-C)/2", "V"], ["0", "V/2"]],
        "parameters": {"V": 2, "C": 4},
        "assume": ["V > 0", "C > 0"],
    }
    assert codes(with_claims(game, claim(["V/C"], "C > V"))) == []
    assert codes(with_claims(game, claim(["V/C"], "C > 2V"))) == ["P609"]


def test_eigenvalues_that_are_always_negative_need_no_condition() -> None:
    """What the assumptions say anyway need not be said again, and is redundant where it is."""
    game = {
        "populations": ["A", "B"],
        "parameters": {"a": 1, "b": 2, "c": 3},
        "assume": ["a > 0", "b > 0", "c > 0"],
        "advantages": {"x": "a - b", "y": "-c - b*x"},
    }
    assert everything(with_claims(game, claim([0, 0], "a < b"))) == []
    found = everything(with_claims(game, claim([0, 0], "a < b", "c > 0")))
    assert [f.code for f in found] == ["P611"]


def test_conditions_with_shorthands_of_three_parties() -> None:
    """Conditions may use the names under `let`; one changed index is found."""
    game = tripartite()
    assert everything(with_claims(game, claim([0, 0, 0], "B/2 < C", "2*M < L", "fine + M < L"))) == []
    (found,) = errors(with_claims(game, claim([0, 0, 0], "B/2 < C", "2*M < L", "F + M < L")))
    assert found.code == "P609" and "too strong" in found.text
