"""Two versions of one model."""

from __future__ import annotations

import copy

import pytest

from core.audit.derivations import two_by_two
from separatrix.audit.check import check
from separatrix.errors import InputError
from separatrix.game.reader import load


def general():
    """The two enterprises with one parameter more: C21 in place of a part of C2."""
    game = copy.deepcopy(two_by_two())
    game["parameters"]["C21"] = 2
    game["payoffs"][1]["pay"][1] = "R2 - C21"
    return game


def compare(one, two, *when):
    """Return the errors of a comparison."""
    return check(load(one), against=load(two), when=when)


def test_a_version_agrees_with_itself() -> None:
    """The same model twice gives nothing."""
    assert compare(two_by_two(), two_by_two()) == []


def test_versions_agree_under_their_limiting_equality() -> None:
    """Where C21 = C2 the general version is the special one."""
    assert compare(general(), two_by_two(), "C21 = C2") == []
    assert compare(two_by_two(), general(), "C2 = C21") == []
    (found,) = compare(general(), two_by_two())
    assert found.code == "P625" and "equations of y" in found.text and "C21" in found.text


def test_a_disagreement_is_told_by_its_smallest_term() -> None:
    """A payoff that differs by pi2 shows as that term in one equation."""
    other = two_by_two()
    other["payoffs"][3]["pay"][0] = "2*pi2 - C2"
    (found,) = compare(general(), other, "C21 = C2")
    assert found.code == "P625" and found.term in ("pi2", "-pi2", "pi2*y", "-pi2*y")


def test_parameters_of_one_version_are_a_note() -> None:
    """C21 stands in the general version only."""
    found = check(load(general()), notes=True, against=load(two_by_two()), when=("C21 = C2",))
    assert [(f.code, f.severity) for f in found] == [("P626", "note")] and "`C21`" in found[0].text


def test_shares_of_other_names_are_matched_by_position() -> None:
    """p and q for x and y."""
    other = two_by_two()
    for population, share in zip(other["populations"], ("p", "q"), strict=True):
        population["share"] = share
    assert compare(two_by_two(), other) == []


def test_conditions_must_be_equalities_of_known_parameters() -> None:
    """An inequality, or a name that neither version has, is refused."""
    for when in ("C21 < C2", "Q = C2", "C21 ="):
        with pytest.raises(InputError):
            compare(general(), two_by_two(), when)


def test_two_equalities_are_used_together() -> None:
    """Each equality removes one parameter."""
    game = general()
    game["parameters"]["M"] = 1
    game["payoffs"][0]["pay"][0] = "pi1 - C1 + M"
    assert compare(game, two_by_two(), "C21 = C2", "M = 0") == []
    assert [f.code for f in compare(game, two_by_two(), "C21 = C2")] == ["P625"]
