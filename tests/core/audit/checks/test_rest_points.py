"""Claimed rest points."""

from __future__ import annotations

import itertools
from typing import Any

from core.audit.derivations import tripartite, two_by_two, with_claims
from core.audit.findings import codes, errors, everything

MIXED = ["(pi2-C2-R1+D1)/(pi1-R2+pi2-R1)", "(pi2-C2-R1+C1)/(pi1-R2+pi2-R1)"]
PURE = [{"at": [a, b]} for a in (0, 1) for b in (0, 1)]


def test_the_whole_list_in_other_forms_is_right() -> None:
    """A mixed point may be written with both signs turned, or with its share of the other strategy."""
    document = two_by_two()
    for mixed in (
        MIXED,
        ["(C2-pi2+R1-D1)/(R2-pi1-pi2+R1)", "1 - (pi1-R2-C1+C2)/(pi1-R2+pi2-R1)"],
    ):
        claims = {"rest_points": [*PURE, {"id": "M", "at": mixed}], "complete": {"rest_points": True}}
        assert codes(with_claims(document, claims), notes=True) == []


def test_a_wrong_coordinate_is_found_with_the_right_one() -> None:
    """A mixed point with a wrong sign leaves a share moving; the right coordinate is named."""
    wrong = ["(pi2-C2-R1-D1)/(pi1-R2+pi2-R1)", MIXED[1]]
    (found,) = errors(with_claims(two_by_two(), {"rest_points": [{"id": "M", "at": wrong}]}))
    assert found.code == "P603" and "`y`" in found.text and "D1" in found.correct
    assert found.witness


def test_exchanged_coordinates_are_found() -> None:
    """The two coordinates of a mixed point in the wrong order are no rest point."""
    (found,) = errors(with_claims(two_by_two(), {"rest_points": [{"at": MIXED[::-1]}]}))
    assert found.code == "P603" and "exchanged" in found.text


def test_rounded_numbers_are_compared_with_the_values_of_the_file() -> None:
    """At the file's values the mixed point is (1/3, 2/3); 0.33 and 0.67 are it, 0.3 and 0.6 are not."""
    document = two_by_two()
    good = {"rest_points": [{"at": [0.33, 0.67]}, {"at": ["1/3", "2/3"]}]}
    assert codes(with_claims(document, good)) == []
    (found,) = errors(with_claims(document, {"rest_points": [{"at": [0.3, 0.6]}]}))
    assert found.code == "P603" and "1/3" in found.text


def test_a_point_outside_at_its_scenario_cannot_exist() -> None:
    """Where C1 is large the mixed point leaves the square."""
    document = two_by_two()
    document["scenarios"] = {"dear": {"C1": 20}}
    claims = {"rest_points": [{"id": "M", "at": MIXED, "scenario": "dear"}]}
    (found,) = errors(with_claims(document, claims))
    assert found.code == "P605" and "dear" in found.text


def test_a_point_that_the_assumptions_exclude_cannot_exist() -> None:
    """A dominant first strategy leaves no mixed point, and the claim of one is an error."""
    document = two_by_two()
    document["assume"] += ["pi1 - C1 > R2 - C2", "R1 - C1 > pi2 - C2"]
    document["parameters"].update(R1=9, R2=3)
    (found,) = errors(with_claims(document, {"rest_points": [{"id": "M", "at": MIXED}]}))
    assert found.code == "P605" and "never" in found.text


def test_a_list_that_is_not_whole_is_a_note_unless_it_says_so() -> None:
    """What a list lacks is an error only where it claims to be complete."""
    document = two_by_two()
    claims = {"rest_points": PURE}
    (found,) = everything(with_claims(document, claims))
    assert (found.code, found.severity) == ("P604", "note") and "C1" in found.correct
    claims["complete"] = {"rest_points": True}
    (found,) = errors(with_claims(document, claims))
    assert (found.code, found.severity) == ("P604", "error")


def test_many_missing_points_are_named_by_their_faces() -> None:
    """The sentence says on which faces they lie; their formulas stand once, in what is correct."""
    claims = {"rest_points": PURE[:2]}
    (found,) = everything(with_claims(two_by_two(), claims))
    assert found.code == "P604" and "(x*, y*)" in found.text and "C1" not in found.text
    assert "C1" in found.correct


def test_a_missing_pure_point_is_named() -> None:
    """A list of three corners of the square lacks the fourth."""
    claims = {"rest_points": [*PURE[:3], {"at": MIXED}], "complete": {"rest_points": True}}
    (found,) = errors(with_claims(two_by_two(), claims))
    assert found.code == "P604" and found.correct == "(1, 1)"


def _beside(assume: list[str], values: str) -> dict[str, Any]:
    """Two parties that circle, and a third whose advantage is c - d whatever they do."""
    return {
        "title": "a third party beside",
        "populations": [
            {"name": n, "share": s, "strategies": ["yes", "no"]} for n, s in zip("ABC", "xyz", strict=True)
        ],
        "parameters": {n: {"value": int(v)} for n, v in zip("abcd", values, strict=True)},
        "assume": ["a > 0", "b > 0", *assume],
        "advantages": {"x": "a*(2*y - 1)", "y": "b*(1 - 2*x)", "z": "c - d"},
        "published": {"rest_points": [{"at": list(at)} for at in itertools.product((0, 1), repeat=3)]},
    }


def test_an_example_is_generic_though_the_values_of_the_file_are_not() -> None:
    """A missing point is shown at parameters where no advantage happens to be zero."""
    found = next(f for f in everything(_beside([], "1122")) if f.code == "P604")
    assert found.witness and found.witness["c"] != found.witness["d"]
    assert "degenerate" not in dict(found.details)
    (kept,) = (f for f in everything(_beside([], "1123")) if f.code == "P604")
    assert kept.witness == {"a": 1, "b": 1, "c": 2, "d": 3}


def test_where_every_example_is_degenerate_it_is_said() -> None:
    """Under assumptions by which an advantage is always zero the finding says so."""
    found = next(f for f in everything(_beside(["c == d"], "1122")) if f.code == "P604")
    assert found.witness and found.witness["c"] == found.witness["d"]
    assert "degenerate" in dict(found.details)


def test_degenerate_points_are_not_missed() -> None:
    """An edge that rests only where two parameters are equal adds nothing to a complete list."""
    document = {
        "populations": ["A", "B"],
        "parameters": {"a": 1, "b": 1},
        "advantages": {"x": "a - b", "y": "x - 2"},
    }
    claims = {"rest_points": PURE, "complete": {"rest_points": True}}
    assert codes(with_claims(document, claims)) == []


def test_the_same_point_twice_is_an_error() -> None:
    """Two ways to write one mixed point are one rest point."""
    twice = [{"id": "M", "at": MIXED}, {"id": "N", "at": ["(R1-D1-pi2+C2)/(R1+R2-pi1-pi2)", MIXED[1]]}]
    (found,) = errors(with_claims(two_by_two(), {"rest_points": twice}))
    assert found.code == "P606" and "M" in found.text


def test_a_resting_edge_may_be_listed_with_its_free_share() -> None:
    """(x, 0) is a set of rest points where the advantage of x vanishes at y = 0."""
    document = {
        "populations": ["A", "B"],
        "parameters": {"a": 1, "b": 2},
        "advantages": {"x": "a*y", "y": "x - b"},
    }
    assert codes(with_claims(document, {"rest_points": [{"at": ["x", 0]}]})) == []
    (found,) = errors(with_claims(document, {"rest_points": [{"at": ["x", 1]}]}))
    assert found.code == "P603"


def test_points_with_roots_are_checked() -> None:
    """The points of a quadratic advantage are right with both signs of the root, and wrong with another."""
    document = {
        "populations": [{"name": "P", "share": "x", "strategies": ["yes", "no"]}],
        "parameters": {"p": 1, "q": "3/16"},
        "assume": ["p > 0", "q > 0", "p^2 > 4*q", "p < 1"],
        "payoff_functions": {"P": {"yes": "p*x - x^2 - q", "no": "0"}},
    }
    for root, expected in (("p^2 - 4q", []), ("p^2 - 3q", ["P603", "P603"])):
        points = [{"at": [f"(p + sqrt({root}))/2"]}, {"at": [f"(p - sqrt({root}))/2"]}]
        assert codes(with_claims(document, {"rest_points": points})) == expected


def test_a_mixed_point_of_three_parties_on_a_face_is_checked() -> None:
    """On the face y = 0 of a tripartite game the mixed point solves two linear equations."""
    right = [
        "(fine - L + M)/(fine - L + S - K)",
        0,
        "(C - B/2)/(S + fine/2)",
    ]
    assert codes(with_claims(tripartite(), {"rest_points": [{"at": right}]})) == []
    wrong = [right[0], 0, "(C - B)/(S + fine/2)"]
    assert codes(with_claims(tripartite(), {"rest_points": [{"at": wrong}]})) == ["P603"]


def test_shares_of_three_strategies_must_add_up_to_one() -> None:
    """A state of three strategies lists all three shares."""
    document = {
        "populations": [{"name": "P", "share": "x", "strategies": ["a", "b", "c"]}],
        "parameters": {"u": 1, "v": 2},
        "assume": ["u > 0", "v > 0"],
        "payoff_matrix": [["0", "u", "-v"], ["-v", "0", "u"], ["u", "-v", "0"]],
    }
    third = {"rest_points": [{"at": ["1/3", "1/3", "1/3"]}]}
    assert codes(with_claims(document, third)) == []
    assert codes(with_claims(document, {"rest_points": [{"at": ["1/3", "1/3", "1/2"]}]})) == ["P603"]


def test_a_rest_point_of_a_transcendental_payoff_is_checked() -> None:
    """exp(-a x) = 1/2 at x = log(2)/a, and not at log(3)/a."""
    game = {
        "populations": ["A"],
        "parameters": {"a": 1},
        "payoff_functions": {"A": {"yes": "exp(-a*x)", "no": "1/2"}},
    }
    assert codes(with_claims(game, {"rest_points": [{"at": ["log(2)/a"]}]})) == []
    assert codes(with_claims(game, {"rest_points": [{"at": ["log(3)/a"]}]})) == ["P603"]


def test_a_list_of_corners_of_the_cube_lacks_all_mixed_points() -> None:
    """Of a tripartite game all eight mixed candidates are missed, the two roots of a quadratic included."""
    names = [f"{letter}{k}" for letter in "abc" for k in range(8)]
    table = [
        {"play": list(play), "pay": [f"a{k}", f"b{k}", f"c{k}"]}
        for k, play in enumerate(itertools.product(("yes", "no"), repeat=3))
    ]
    document = {
        "populations": [{"name": n, "share": s} for n, s in zip("ABC", "xyz", strict=True)],
        "parameters": dict.fromkeys(names),
        "assume": [f"{name} > 0" for name in names],
        "payoffs": table,
    }
    corners = [{"at": list(at)} for at in itertools.product((0, 1), repeat=3)]
    claims = {"rest_points": corners, "complete": {"rest_points": True}}
    (found,) = everything(with_claims(document, claims))
    assert (found.code, found.severity) == ("P604", "error")
    assert found.correct.count(";") == 7
    assert found.text.count("(x*, y*, z*)") == 2


def test_a_root_that_exists_for_few_parameters_is_missed() -> None:
    """Both roots of a quadratic can exist together, though in one of 3,000 random games only."""
    advantages = {"x": "a*y - b*z + d*y*z - f", "y": "-c*x + c*z + e*x*z", "z": "a*x*y - e - c*x"}
    document = {
        "populations": [{"name": n, "share": s} for n, s in zip("ABC", "xyz", strict=True)],
        "parameters": dict.fromkeys("abcdef"),
        "assume": [f"{name} > 0" for name in "abcdef"],
        "advantages": advantages,
    }
    corners = [{"at": list(at)} for at in itertools.product((0, 1), repeat=3)]
    claims = {"rest_points": corners, "complete": {"rest_points": True}}
    (found,) = (f for f in everything(with_claims(document, claims)) if f.code == "P604")
    assert found.text.count("(x*, y*, z*)") == 2
