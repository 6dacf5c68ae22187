"""Claimed regimes."""

from __future__ import annotations

import pytest

from core.audit.derivations import two_by_two, with_claims
from core.audit.findings import codes, errors, everything

A, B = "pi1 - C1 > R2 - C2", "pi1 - D1 > R2 - C2"
LOW_A, LOW_B = "pi2 - C2 > R1 - C1", "pi2 - C2 > R1 - D1"


def regimes(*claims, complete=False):
    """Return claims of regimes: conditions and stable states."""
    listed = [{"when": list(when), "stable": stable} for when, stable in claims]
    return {"regimes": listed, "complete": {"regimes": complete}}


def safety() -> dict:
    """The supervision of coal mines of Nguyen and Trinh (2026), in short."""
    return {
        "populations": ["Enterprise", "Regulator"],
        "parameters": {"p": 0.8, "q": 0.2, "F": 10, "c": 6, "K": 9, "L": 13, "H": 0},
        "assume": ["0 < q < p < 1", "F > 0", "c > 0", "K > 0", "L > 0", "H >= 0"],
        "advantages": {"x": "F*(p*y + q*(1-y)) - c", "y": "(1-x)*(p-q)*L - K + H"},
    }


def test_a_right_and_whole_list_is_right() -> None:
    """The four regimes of a coordination game between equals, in symbols, are right and all there are."""
    game = two_by_two()
    game["assume"].append("D1 = C1")
    game["parameters"]["D1"] = 4
    claims = regimes(
        ([A, LOW_A], [[0, 0], [1, 1]]),
        ([A, "pi2 - C2 < R1 - C1"], [[1, 1]]),
        (["R2 - C2 > pi1 - C1", LOW_A], [[0, 0]]),
        (["R2 - C2 > pi1 - C1", "pi2 - C2 < R1 - C1"], [[0, 1], [1, 0]]),
        complete=True,
    )
    assert everything(with_claims(game, claims)) == []


def test_another_stable_state_in_a_regime_is_found() -> None:
    """Where only (1, 1) is claimed, (0, 0) is stable on a part."""
    found = errors(with_claims(two_by_two(), regimes(([A, B], [[1, 1]]))))
    assert found and all(f.code in ("P616", "P617") for f in found)
    assert any("(0, 0) and (1, 1)" in f.text for f in found)
    assert all(f.witness for f in found)


def test_a_state_that_is_not_stable_throughout_is_found() -> None:
    """A condition that lacks one inequality is false on a part."""
    found = errors(with_claims(two_by_two(), regimes(([A, LOW_A, LOW_B], [[0, 0], [1, 1]]))))
    assert found and all(f.code in ("P616", "P617") for f in found)


def test_a_missed_regime_is_told_in_words() -> None:
    """Between 1.2 and 9 nothing is stable and paths circle, which two claimed regimes miss."""
    claims = regimes((["H < 9"], [[0, 0]]), (["H > 9"], [[1, 1]]))
    (found,) = errors(with_claims(safety(), claims))
    assert found.code == "P617"
    for words in ("1.2 < H < 9", "no state is asymptotically stable", "centre", "closed orbit"):
        assert words in found.text


def test_true_regimes_along_one_parameter_are_right() -> None:
    """With the missing regime written down, or the conditions reversed, nothing is found."""
    for middle in (["1.2 < H", "H < 9"], ["9 > H > 1.2"], ["H > 1.2", "9 > H"]):
        claims = regimes((["H < 1.2"], [[0, 0]]), (middle, []), (["9 < H"], [[1, 1]]), complete=True)
        assert everything(with_claims(safety(), claims)) == []


def test_a_gap_along_one_parameter_is_an_error_only_in_a_complete_list() -> None:
    """Regimes below 1.2 and above 9 leave out the one between."""
    claims = [(["H < 1.2"], [[0, 0]]), (["H > 9"], [[1, 1]])]
    (found,) = everything(with_claims(safety(), regimes(*claims)))
    assert (found.code, found.severity) == ("P617", "note") and "1.2 < H < 9" in found.text
    (found,) = errors(with_claims(safety(), regimes(*claims, complete=True)))
    assert found.code == "P617"


def test_symbolic_conditions_are_checked_for_all_admissible_parameters() -> None:
    """K for 9: the same claims in symbols, with the threshold in symbols, are right."""
    first = ["q F < c", "(p-q)*L + H < K"]
    claims = regimes((first, [[0, 0]]), (["p F > c", "H > K"], [[1, 1]]))
    assert codes(with_claims(safety(), claims)) == []
    wrong = regimes((["q F < c", "H < K"], [[0, 0]]))
    found = errors(with_claims(safety(), wrong))
    assert found and {f.code for f in found} <= {"P616", "P617"}


def test_a_mixed_state_of_two_populations_in_a_regime_is_an_error() -> None:
    """Mixed states of populations that do not play themselves never attract."""
    claims = regimes((["H < 9", "H > 1.2"], [["1 - (K-H)/((p-q)*L)", "(c-q*F)/((p-q)*F)"]]))
    (found,) = errors(with_claims(safety(), claims))
    assert found.code == "P616" and "never" in found.text


def test_a_regime_that_never_holds_is_impossible() -> None:
    """A condition against the assumptions holds for no admissible parameters."""
    (found,) = errors(with_claims(safety(), regimes((["H < 0"], [[0, 0]]))))
    assert found.code == "P610"


def test_mixed_states_of_one_population_belong_to_its_regimes() -> None:
    """Hawk and dove: the mixed state is stable where C > V, hawks where C < V."""
    game = {
        "payoff_matrix": [["(V-C)/2", "V"], ["0", "V/2"]],
        "parameters": {"V": 2, "C": 4},
        "assume": ["V > 0", "C > 0"],
    }
    right = regimes((["C > V"], [["V/C"]]), (["C < V"], [[1]]), complete=True)
    assert everything(with_claims(game, right)) == []
    (found,) = errors(with_claims(game, regimes((["C > 0"], [["V/C"]]))))
    assert found.code in ("P616", "P617") and "(1)" in found.text


def test_the_number_rule_uses_the_scenario() -> None:
    """At a scenario the other parameters have its values."""
    game = safety()
    game["scenarios"] = {"cheap": {"K": 5}}
    claims = {
        "regimes": [
            {"when": ["H > 5"], "stable": [[1, 1]], "scenario": "cheap"},
            {"when": ["H > 9"], "stable": [[1, 1]]},
        ]
    }
    assert codes(with_claims(game, claims)) == []
    claims["regimes"][1]["when"] = ["H > 5"]
    assert codes(with_claims(game, claims)) == ["P617"]


@pytest.mark.parametrize("bound", ["1.2", "6/5"])
def test_bounds_may_be_fractions(bound) -> None:
    """A bound may be a decimal or a fraction."""
    claims = regimes(([f"H < {bound}"], [[0, 0]]))
    assert codes(with_claims(safety(), claims)) == []


def test_numbers_that_the_assumptions_imply_do_not_tie_a_regime_to_the_file() -> None:
    """A probability below 1 beside symbols leaves the regime one for all admissible parameters."""
    game = safety()
    game["parameters"]["H"] = 20  # the file itself lies in another regime
    claims = regimes((["q F < c", "(p-q)*L + H < K", "q < 1"], [[0, 0]]))
    assert codes(with_claims(game, claims)) == []
