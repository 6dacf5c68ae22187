"""Claimed labels."""

from __future__ import annotations

import pytest

from core.audit.derivations import two_by_two, with_claims
from core.audit.findings import codes, errors, everything

MIXED = ["(pi2-C2-R1+D1)/(pi1-R2+pi2-R1)", "(pi2-C2-R1+C1)/(pi1-R2+pi2-R1)"]
TRUE = {(0, 0): "asymptotically stable", (1, 1): "asymptotically stable", (0, 1): "source", (1, 0): "source"}


@pytest.mark.parametrize(
    "label", ["ESS", "asymptotically stable", "stable", "saddle", "source", "unstable", "centre"]
)
def test_labels_are_contradicted_not_just_weaker(label) -> None:
    """What is true of a corner, or weaker than what is true, is no error; anything else is one."""
    fits = {
        "asymptotically stable": ("ESS", "asymptotically stable", "stable"),
        "source": ("source", "unstable"),
    }
    for corner, true in TRUE.items():
        found = everything(with_claims(two_by_two(), {"stability": [{"at": list(corner), "label": label}]}))
        if label in fits[true]:
            assert found == []
        else:
            (only,) = found
            assert only.code == "P608" and only.correct == true and only.severity == "error"


def test_the_mixed_point_is_a_saddle_and_no_ess() -> None:
    """In two populations a mixed point is never an ESS, whatever it is in one."""
    for claim, expected in (
        ({"label": "saddle"}, []),
        ({"label": "unstable"}, []),
        ({"ess": True}, ["P608"]),
    ):
        claims = [{"at": MIXED, **claim}]
        assert codes(with_claims(two_by_two(), {"stability": claims})) == expected


def test_one_population_has_the_ess_that_two_have_not() -> None:
    """The mixed point of hawk and dove is an ESS in one population, a saddle in two."""
    one = {"payoff_matrix": [["(V-C)/2", "V"], ["0", "V/2"]], "parameters": {"V": 2, "C": 4}}
    claims = {"stability": [{"at": ["V/C"], "label": "ESS"}]}
    assert codes(with_claims(one, claims)) == []
    two = {
        "bimatrix": [[["(V-C)/2", "(V-C)/2"], ["V", "0"]], [["0", "V"], ["V/2", "V/2"]]],
        "parameters": {"V": 2, "C": 4},
    }
    (found,) = errors(with_claims(two, {"stability": [{"at": ["V/C", "V/C"], "label": "ESS"}]}))
    assert found.code == "P608" and found.correct == "saddle"


def test_a_sink_that_is_no_ess_is_told_apart() -> None:
    """Zeeman's game has an interior sink that is not evolutionarily stable."""
    game = {
        "populations": [{"name": "P", "share": "x", "strategies": ["a", "b", "c"]}],
        "payoff_matrix": [[0, 6, -4], [-3, 0, 5], [-1, 3, 0]],
    }
    at = ["1/3", "1/3", "1/3"]
    assert codes(with_claims(game, {"stability": [{"at": at, "label": "asymptotically stable"}]})) == []
    (found,) = errors(with_claims(game, {"stability": [{"at": at, "label": "ESS"}]}))
    assert found.code == "P608" and "ESS" in found.text


def test_without_values_a_label_is_judged_for_all_admissible_parameters() -> None:
    """A label that holds only for some parameters is an error with a witness."""
    game = {
        "populations": ["A", "B"],
        "parameters": {"a": None, "b": None},
        "assume": ["a > 0", "b > 0"],
        "advantages": {"x": "a*y + b", "y": "x - a"},
    }
    always = {"stability": [{"at": [0, 0], "label": "unstable"}]}
    assert codes(with_claims(game, always)) == []
    (found,) = errors(with_claims(game, {"stability": [{"at": [1, 1], "label": "ESS"}]}))
    assert found.witness["a"] > 1
    when = {"stability": [{"at": [1, 1], "label": "ESS", "when": ["a < 1"]}]}
    assert codes(with_claims(game, when)) == []


def test_a_stable_label_that_is_degenerate_is_an_error_that_names_it() -> None:
    """Where F = C a corner is no ESS, and the finding says why."""
    game = {
        "populations": ["A", "B"],
        "parameters": {"F": 2, "C": 2},
        "advantages": {"x": "-1", "y": "F - C - x"},
    }
    (found,) = errors(with_claims(game, {"stability": [{"at": [0, 0], "label": "ESS"}]}))
    assert found.code == "P608" and "F = C" in found.text and "(0, y)" in found.text


def test_a_label_at_a_scenario_is_judged_there() -> None:
    """The values of a scenario override those of the file."""
    game = two_by_two()
    game["scenarios"] = {"dilemma": {"R2": 12}}
    claims = [{"at": [1, 1], "label": "saddle", "scenario": "dilemma"}, {"at": [1, 1], "label": "ESS"}]
    found = errors(with_claims(game, {"stability": claims}))
    assert [f.correct for f in found] == ["source"] and "dilemma" in found[0].text


def test_a_state_that_is_no_rest_point_has_no_label() -> None:
    """A label of a state that moves is an error."""
    claims = {"stability": [{"at": [0.5, 0.5], "label": "saddle"}]}
    assert codes(with_claims(two_by_two(), claims)) == ["P603"]


def test_two_labels_of_one_state_contradict_each_other() -> None:
    """The wrong one is an error; that the two contradict each other is a note beside it."""
    claims = [{"at": [0, 0], "label": "ESS"}, {"at": [0, 0], "label": "saddle"}]
    found = everything(with_claims(two_by_two(), {"stability": claims}))
    assert [(f.code, f.severity) for f in found] == [("P608", "error"), ("P612", "note")]
    apart = [{"at": [0, 0], "label": "ESS"}, {"at": [0, 0], "label": "saddle", "scenario": "s"}]
    game = two_by_two()
    game["scenarios"] = {"s": {"R1": 5, "C1": 1, "D1": 4}}
    assert everything(with_claims(game, {"stability": apart})) == []


def test_numbers_in_the_circumstances_leave_the_rest_at_the_file() -> None:
    """`when: C1 < 6` and `when: C1 = 20` speak of the file's values of the other parameters."""
    game = two_by_two()
    below = {"at": [1, 1], "label": "ESS", "when": ["C1 < 6"]}
    above = {"at": [1, 1], "label": "unstable", "when": ["C1 > 6"]}
    at_twenty = {"at": [1, 1], "label": "saddle", "when": ["C1 = 20"], "eigenvalues": [14, -4]}
    assert everything(with_claims(game, {"stability": [below, above, at_twenty]})) == []
    (found,) = errors(with_claims(game, {"stability": [{**below, "when": ["C1 < 7"]}]}))
    assert found.code == "P608" and found.witness["C1"] >= 6


def test_a_point_that_the_values_of_the_file_exclude_is_judged_where_it_exists() -> None:
    """The mixed point is a saddle in a coordination game although the file is no such game."""
    game = two_by_two()
    game["parameters"]["C1"] = 20
    assert codes(with_claims(game, {"stability": [{"at": MIXED, "label": "ESS"}]})) == ["P608"]


def test_what_the_analysis_cannot_decide_is_said_in_a_note() -> None:
    """A claim that is neither confirmed nor contradicted is not passed over in silence."""
    game = {
        "populations": ["A"],
        "parameters": {"a": 1},
        "payoff_functions": {"A": {"yes": "exp(-a*x)", "no": "1/2"}},
    }
    (found,) = everything(with_claims(game, {"stability": [{"at": ["log(2)/a"], "label": "ESS"}]}))
    assert (found.code, found.severity) == ("P628", "note")
    pure = {"stability": [{"at": [0], "label": "source"}, {"at": [1], "label": "ESS"}]}
    assert codes(with_claims(game, pure)) == ["P608"]


def test_a_label_that_needs_the_signs_of_the_file_is_a_note() -> None:
    """Without assumptions a label that holds for positive parameters alone is noted, not refused."""
    game = {
        "populations": ["A"],
        "parameters": {"a": {"range": [0, 5]}, "b": {"range": [0, 5]}},
        "advantages": {"x": "a + b"},
    }
    found = everything(with_claims(game, {"stability": [{"at": [1], "label": "ESS"}]}))
    assert [(f.code, f.severity) for f in found] == [("P629", "note")]
