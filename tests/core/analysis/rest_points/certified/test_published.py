"""Published games through branch and prune, though exact routes exist for them."""

from __future__ import annotations

import math
from functools import partial

import pytest

from separatrix.analysis.branch_and_prune.enumeration import compare
from separatrix.analysis.branch_and_prune.faces import FaceSystem, families, forms_of
from separatrix.analysis.branch_and_prune.krawczyk import CertifiedRoot
from separatrix.analysis.branch_and_prune.search import Clock, search
from separatrix.analysis.payoff_functions import field_of
from separatrix.exact.algebraic_numbers import Surd
from separatrix.game.model import Game

from .games import advantages, profiles, solve


def searched(game: Game) -> list[CertifiedRoot]:
    """The zeros inside the face in which everybody mixes."""
    field = field_of(game, {})
    numerators = compare(game, field).numerators
    (family,) = families(forms_of(field, numerators), [field.sizes])
    (outcome,), _ = search([family], partial(FaceSystem, field, numerators), Clock(60))
    assert outcome.finished and not outcome.stuck
    roots = [r for r in outcome.roots if r.place == "inside"]
    for root in roots:
        root.recognise()
    return roots


def test_mckelvey_and_mclennan() -> None:
    """Two totally mixed equilibria of McKelvey & McLennan's game (1997) are found, in exact numbers."""
    game = advantages(x="24*y*z - 6*y - 12*z + 3", y="24*x*z - 8*x - 12*z + 4", z="26*x*y - 8*x - 8*y + 2")
    states = sorted(tuple(str(x) for x in r.exact or ()) for r in searched(game))
    assert states == [("1/2", "2/5", "1/4"), ("2/5", "1/2", "1/3")]


def test_nau_section_4() -> None:
    """The equilibrium of Nau, Gomez Canovas & Hansen (2004, section 4) lies in the field of √601."""
    pay = [(3, 0, 2), (0, 1, 0), (0, 2, 0), (1, 0, 0), (1, 0, 0), (0, 3, 0), (0, 1, 0), (2, 0, 3)]
    # There the first player's strategy changes fastest, here the last one's.
    game = profiles((2, 2, 2), [pay[a + 2 * b + 4 * c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
    (root,) = searched(game)
    assert root.exact is not None
    assert all(isinstance(x, Surd) and x.d == 601 for x in root.exact)
    assert [row[0] for row in root.shares] == pytest.approx(
        [(53 - math.sqrt(601)) / 46, (math.sqrt(601) - 13) / 24, (math.sqrt(601) - 23) / 4], abs=1e-15
    )


@pytest.mark.parametrize(
    ("size", "threshold", "risk", "inside"),
    [
        (6, 3, "1", [(0.1214333336, "source"), (0.7356180923, "asymptotically stable")]),
        (6, 3, "1/2", [(0.1962670096, "source"), (0.631050042, "asymptotically stable")]),
        (6, 3, "1/5", []),
        (6, 6, "1", [(0.6309573445, "source")]),
        (4, 2, "9/10", [(0.0402049195, "source"), (0.7824321184, "asymptotically stable")]),
    ],
)
def test_collective_risk(size: int, threshold: int, risk: str, inside: list[tuple[float, str]]) -> None:
    """The states of the collective-risk dilemma (Santos & Pacheco 2011), cost 1/10 and endowment 1."""
    ways = math.comb(size - 1, threshold - 1)
    pivotal = f"{ways}*x^{threshold - 1}*(1 - x)^{size - threshold}"
    answer = solve(advantages(x=f"{pivotal}*({risk}) - 1/10"))
    found = [(p.state[0], p.stability) for p in answer.points if p.free and p.state]
    assert [label for _, label in found] == [label for _, label in inside]
    assert [x for x, _ in found] == pytest.approx([x for x, _ in inside], abs=1e-9)


@pytest.mark.parametrize("size", [2, 3, 5, 10])
def test_volunteers(size: int) -> None:
    """Volunteers make up 1 - (c/b)^(1/(N-1)) of the population (Diekmann 1985), here with c/b = 3/10."""
    answer = solve(advantages(x=f"(1 - x)^{size - 1} - 3/10"))
    (mixed,) = (p for p in answer.points if p.free)
    assert mixed.state is not None
    assert mixed.state[0] == pytest.approx(1 - 0.3 ** (1 / (size - 1)), abs=1e-15)
    assert mixed.stability == "asymptotically stable"
