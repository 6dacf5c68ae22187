"""The answer as data: the keys that others build on, for every game of the catalogue."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

import separatrix
from published_cases import EVERY_RUN
from thinning import thinned

SLUGS = sorted(
    entry.name.removesuffix(".yaml")
    for entry in files("separatrix.game").joinpath("catalogue").iterdir()
    if entry.name.endswith(".yaml")
)
IN_NUMBERS_ONLY = {"collective-risk", "n-person-stag-hunt", "volunteers-dilemma"}
"""Games whose groups have a size that is a symbol, in a minimum or maximum."""

PURE_IN_SYMBOLS = {"dynamic-penalty"}
"""Games whose payoffs are not affine in the shares: in symbols only their pure profiles are listed."""

TOP = {
    "schema",
    "model",
    "payoffs",
    "equations",
    "rest_points",
    "rest_sets",
    "rest_components",
    "cycles",
    "completeness",
    "regimes",
    "regimes_completeness",
    "warnings",
}
POINT = {
    "id",
    "state",
    "exact",
    "support",
    "isolated",
    "eigenvalues",
    "eigenvalues_exact",
    "stability",
    "reason",
    "stable_when",
    "open_when",
    "exists",
    "nash",
    "strict_nash",
    "ess",
    "nss",
}
SET = {"id", "support", "dimension", "equations", "corners", "stability", "exists", "component", "nash"}
LABELS = {
    "asymptotically stable",
    "centre",
    "stable",
    "saddle",
    "source",
    "unstable",
    "undecided",
}


def test_catalogue() -> None:
    """The catalogue holds the published games and the classics, each with a citation."""
    assert {
        "shi-chen-2018",
        "shi-chen-2018-asymmetric",
        "shi-chen-2018-one-population",
        "wang-2023",
        "coal-safety",
        "battle-of-the-sexes",
        "matching-pennies",
        "mckelvey-mclennan",
    } <= set(SLUGS)
    for name in ("prisoners-dilemma", "stag-hunt", "hawk-dove", "rock-paper-scissors"):
        assert {f"{name}-one-population", f"{name}-two-populations"} <= set(SLUGS)
    for slug in SLUGS:
        game = separatrix.load(slug)
        assert game.title and game.source
        assert all(p.meaning and p.value is not None for p in game.parameters.values())


@pytest.mark.parametrize("symbolic", [False, True])
@thinned("slug", SLUGS, each_run=EVERY_RUN)
def test_keys(slug: str, symbolic: bool) -> None:
    """Every promised key is there, and the whole is strict JSON."""
    game = separatrix.load(slug)
    if symbolic and slug in IN_NUMBERS_ONLY:
        with pytest.raises(separatrix.ComesLater, match=r"omit --symbolic|affine"):
            separatrix.analyze(game, symbolic=True)
        return
    answer: Any = separatrix.analyze(game, symbolic=symbolic).to_dict()
    assert json.loads(json.dumps(answer, allow_nan=False)) == json.loads(json.dumps(answer))
    assert TOP <= set(answer) and answer["schema"] == 1
    shares = game.shares
    assert list(answer["equations"]) == list(shares)
    assert [len(row) for row in answer["jacobian"]] == [len(shares)] * len(shares)
    assert set(answer["advantages"]) == {p.share for p in game.populations if len(p.strategies) == 2}
    assert answer["rest_points"]
    for point in answer["rest_points"]:
        assert POINT <= set(point)
        assert point["stability"] is None or point["stability"] in LABELS
        if not symbolic:
            assert set(point["state"]) == set(shares)
            assert len(point["eigenvalues"]) == sum(len(p.strategies) - 1 for p in game.populations)
            assert point["stability"] and point["reason"]
        else:
            assert point["exists"] is not None or slug in PURE_IN_SYMBOLS
    for piece in answer["rest_sets"]:
        assert SET <= set(piece)
        assert piece["stability"] != "asymptotically stable"
    pure_only = symbolic and slug in PURE_IN_SYMBOLS
    assert answer["completeness"]["status"] == ("incomplete" if pure_only else "complete")
    assert answer["completeness"]["proof"]
    if symbolic:
        # The interior point of the hypercycle of four is stable by LaSalle, which symbols do not tell.
        open_ = slug == "hypercycle-four"
        # Where mixed states can attract and have no conditions, parameters are not sorted.
        assert bool(answer["regimes"]) != (open_ or slug == "dynamic-penalty")
        assert (answer["regimes_completeness"]["status"] == "complete") != (open_ or pure_only)
        assert any(p["open_when"] for p in answer["rest_points"]) == (open_ or pure_only)
        for regime in answer["regimes"]:
            assert set(regime) >= {"stable", "condition", "witness", "generic"}
