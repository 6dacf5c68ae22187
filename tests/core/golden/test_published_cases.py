"""Published derivations, right and wrong ones, as the referee sees them.

The facts in the catalogue and in `cases` (payoffs, equations, values, outcomes, slips) are those of the
papers and programs that each file names; what follows from them was derived anew.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

from separatrix.audit.check import check
from separatrix.audit.evidence.findings import Finding
from separatrix.game.catalogue_files import catalogue_path
from separatrix.game.reader import load

CASES = Path(__file__).with_name("cases")

RIGHT = [
    "L01",
    "artificial-intelligence-or-labour",
    "battery-recycling",
    "cost-consulting",
    "government-and-market",
    "greenwashing",
    "live-streaming",
    "peer-review",
    "three-parties",
]
WRONG = ["L02", "L14", "new-energy-vehicles"]


def path_of(name: str) -> Path:
    """Return the file of a case: one beside these tests, or one of the catalogue."""
    own = CASES / f"{name}.yaml"
    return own if own.exists() else catalogue_path(name)


@cache
def everything(name: str) -> tuple[Finding, ...]:
    """Return errors and notes of a case."""
    return tuple(check(load(path_of(name)), notes=True))


def findings(name: str, notes: bool = False) -> list[Finding]:
    """Return what the check says of a case."""
    return [f for f in everything(name) if notes or f.severity == "error"]


def document(name: str) -> dict:
    """Return a case as data, to be changed."""
    return yaml.safe_load(path_of(name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", RIGHT)
def test_right_derivations_give_no_error(name) -> None:
    """What these papers and programs claim follows from their payoffs."""
    assert findings(name) == []


def test_what_holds_for_all_parameters_holds_without_values() -> None:
    """The program of greenwashing names no values; its claims follow where the file holds none either."""
    changed = document("greenwashing")
    changed["parameters"] = dict.fromkeys(changed["parameters"])
    del changed["scenarios"], changed["translations"]
    assert [f for f in check(load(changed)) if f.severity == "error"] == []


def test_peer_review_has_one_note() -> None:
    """The basic reward of reviewers cancels, and nothing else is worth a word."""
    (only,) = findings("peer-review", notes=True)
    assert (only.code, only.severity) == ("P621", "note") and "`P`" in only.text


def test_shi_and_chen_have_no_note() -> None:
    """The five rest points of Shi and Chen (2018) are right and all there are."""
    assert findings("L01", notes=True) == []


def test_the_third_eigenvalue_of_wang_and_others_holds_a_term_too_much() -> None:
    """The term with kappa is named, and that the paper's own condition contradicts it."""
    (found,) = findings("L02")
    assert found.code == "P607" and found.term == "-Pe*eA*gov*kappa"
    assert "CG1 > G0 + G1" in found.text and "contradict" in found.text


def test_inert_parameters_of_wang_and_others_are_notes_until_something_is_claimed_of_them() -> None:
    """CE and kappa cancel; a claimed effect of either is an error."""
    notes = [f for f in findings("L02", notes=True) if f.code == "P621"]
    assert [f.severity for f in notes] == ["note", "note"]
    assert "`CE`" in notes[0].text and "`kappa`" in notes[1].text
    changed = document("L02")
    changed["published"]["effects"] = [
        {"parameter": "CE", "on": "z"},
        {"parameter": "kappa", "on": ["x", "z"]},
    ]
    found = [f for f in check(load(changed)) if f.code == "P619"]
    assert len(found) == 3 and all(f.severity == "error" for f in found)


@pytest.mark.parametrize("declared", [True, False])
def test_a_jacobian_with_a_factor_too_much_is_found(declared) -> None:
    """c3*L stands where the equation has c3, whether L is declared as a parameter or not."""
    changed = document("new-energy-vehicles")
    if declared:
        changed["parameters"]["L"] = {"meaning": "not explained", "value": 1}
    (found,) = check(load(changed))
    assert found.code == ("P602" if declared else "P627")
    assert "c3*L where the right one has c3" in found.text and found.term == "-c3"
    assert declared or "`L`" in found.text


def test_the_missed_cycles_of_coal_mine_safety_are_found() -> None:
    """Between H = 1.2 and H = 9 nothing is stable and paths run round a centre."""
    (found,) = findings("L14")
    assert found.code == "P617" and found.where
    for words in ("1.2 < H < 9", "no state is asymptotically stable", "centre", "closed orbit", "E1"):
        assert words in found.text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("battery-recycling", ["(x, 0, 0)", "(0, 0, 0)", "(1, 0, 0)"]),
        ("cost-consulting", ["R2 - C2 - S23 = 0", "R2 = C2 + S23", "(0, y, 1)"]),
        ("artificial-intelligence-or-labour", ["F = C2", "(0, y)"]),
        ("three-parties", ["A2 + F2 = R2 + C2", "(1, 0, z)"]),
    ],
)
def test_degenerate_values_are_named(name, words) -> None:
    """The notes name the equality, the corners and the edge that rests."""
    notes = [f for f in findings(name, notes=True) if f.code in ("P623", "P624")]
    assert notes and all(f.severity == "note" for f in notes)
    text = " ".join(f.text for f in notes)
    for expected in words:
        assert expected in text or _swapped(expected) in text, (expected, text)


def _swapped(equation: str) -> str:
    left, _, right = equation.partition(" = ")
    return f"{right} = {left}"


def test_unused_parameters_are_notes() -> None:
    """E1 and E2 of the three-party game are declared and never used."""
    notes = [f for f in findings("three-parties", notes=True) if f.code == "P622"]
    assert ["`E1`" in notes[0].text, "`E2`" in notes[1].text] == [True, True]


def test_a_degenerate_outcome_that_does_not_happen_is_an_error() -> None:
    """A claim that paths end at (0, 0), on the resting edge, is false and says why."""
    changed = document("artificial-intelligence-or-labour")
    changed["published"]["outcomes"].append({"from": [0.5, 0.5], "to": [0, 0]})
    (found,) = check(load(changed))
    assert found.code == "P613" and "(1, 0)" in found.text and "F = C2" in found.text


def test_every_finding_has_a_place_and_reads_as_sentences() -> None:
    """Texts begin with a capital or a quoted name and end with a full stop; errors say what is claimed."""
    for name in (*RIGHT, *WRONG):
        for finding in everything(name):
            assert finding.where and finding.text.endswith(".")
            assert finding.text[0].isupper() or finding.text[0] == "`"
            assert finding.severity == "note" or finding.claim


def test_values_may_stand_in_the_scenarios_alone() -> None:
    """Where the file has no values, those that all scenarios share serve for the other parameters."""
    changed = document("L14")
    base = {n: p.pop("value") for n, p in changed["parameters"].items()}
    changed["scenarios"] = {s: {**base, **values} for s, values in changed["scenarios"].items()}
    changed["scenarios"]["H=0"] = base
    found = check(load(changed))
    assert [f.code for f in found] == ["P617"] and "1.2 < H < 9" in found[0].text
