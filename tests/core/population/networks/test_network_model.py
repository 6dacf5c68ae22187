"""What enterprises differ in, and what is refused: each with its right limit, or an error with its place."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from separatrix.errors import SeparatrixError
from separatrix.game.model import Game
from separatrix.game.reader import load
from separatrix.population.networks.enterprises import enterprises, payoff_tables, read_enterprises
from separatrix.population.networks.link_graph import LinkGraph, link_graph
from separatrix.population.networks.model import network_model
from separatrix.population.networks.network import NetworkEnsemble, network


def played(rows: Any, **told: Any) -> Game:
    """Return the game of one population with a matrix, whose strategies are called idea and old."""
    players = [{"name": "park", "share": "x", "strategies": ["idea", "old"]}]
    return load({"title": "g", "populations": players, "payoff_matrix": rows, **told})


DOMINANT = played([[3, 3], [1, 1]])
WORSE = played([[0, 0], [1, 1]])
OWN = played([["b - c", "-c"], ["b/c", 0]], parameters={"c": 1, "b": 2})
TWO = load("shi-chen-2018")


def path(n: int) -> LinkGraph:
    """Return 1 -> 2 -> ... -> n, each the one that the next sees."""
    return link_graph(n, [(str(k), str(k + 1)) for k in range(1, n)])


def ring(n: int) -> LinkGraph:
    """Return a cycle, both ways."""
    return link_graph(n, [(str(k), str(k % n + 1)) for k in range(1, n + 1)], undirected=True)


def run(game: Any, links: LinkGraph, **told: Any) -> NetworkEnsemble:
    """Return a few runs on one core."""
    usual: dict[str, Any] = {"replicas": 40, "until": 10, "points": 10, "workers": 1, "seed": 3}
    return network(game, links, **{**usual, "start": [0.5], **told})


def test_a_column_is_the_parameter_of_that_enterprise() -> None:
    """Payoffs follow the columns row by row; an empty cell has the value of the game."""
    members = enterprises(3, {"c": [1.0, 4.0, None], "size": [5, 6, 7]})
    tables = payoff_tables(OWN, members, {"b": 3})
    made = tables.tables[tables.table_of]
    for i, c in enumerate((1.0, 4.0, 1.0)):
        assert made[i].tolist() == [[3 - c, -c], [3 / c, 0.0]]
    assert tables.own == ("c",)


def test_two_parties_with_equal_payoffs_are_one_population() -> None:
    """A symmetric game of two is played by one population; another one needs a column of populations."""
    assert network_model(TWO, ring(4), start=[0.5, 0.5]).payoffs.merged
    unequal = load({"title": "u", "bimatrix": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]})
    with pytest.raises(SeparatrixError, match="N113"):
        network_model(unequal, ring(4), start=[0.5, 0.5])
    names = [p.name for p in unequal.populations]
    members = enterprises(4, {"population": [names[0], names[1], names[0], names[1]]})
    model = network_model(unequal, ring(4), members, start=[1.0, 0.0])
    assert model.payoffs.tables[0].tolist() == [[0, 0, 1, 3], [0, 0, 5, 7], [2, 6, 0, 0], [4, 8, 0, 0]]
    assert model.imitation.links == 0  # on a ring of two parties nobody sees one of its own


def test_leaders_never_change_and_others_follow_a_rule_of_their_own() -> None:
    """A leader keeps the idea though it pays less; one with a rule of its own follows that one."""
    told = {"leader": ["yes", "best-response", *[""] * 4], "strategy": ["", "idea", *["old"] * 4]}
    members = enterprises(6, told)
    found = run(WORSE, ring(6), members=members, beta=50.0)
    assert found.adoptions.final[0] == found.replicas
    assert found.adoptions.final[1] == 0
    assert (found.adoptions.full < 0).all()


def test_who_is_slow_revises_less_often() -> None:
    """With pace 1/4 an enterprise first revises after four units of time in the mean, with 1 after one."""
    members = enterprises(2, {"pace": [0.25, 1.0], "strategy": ["old", "old"]})
    found = run(DOMINANT, ring_of_two(), members=members, rule="best-response", until=200, replicas=800)
    assert found.adoption_times == pytest.approx([4.0, 1.0], rel=0.15)


def ring_of_two() -> LinkGraph:
    """Return two that see each other."""
    return link_graph(2, [("1", "2"), ("2", "1")])


@pytest.mark.parametrize("rule", ["fermi", "imitate-best"])
def test_who_sees_nothing_or_only_the_past(rule: str) -> None:
    """Missing at every turn, nobody changes; late by d units, what one sees of others is d units old."""
    members = enterprises(3, {"missing": [0, 1, 1], "strategy": ["idea", "old", "old"]})
    assert run(DOMINANT, path(3), members=members, rule=rule, beta=math.inf).adoptions.adopted[1] == 0
    members = enterprises(3, {"delay": [0, 0, 4], "strategy": ["idea", "old", "old"]})
    free = played([[0, 0], [-1, -1]])  # the first of a path has no partner, and earns nothing
    found = run(free, path(3), members=members, rule=rule, beta=math.inf, until=60)
    assert found.adoptions.adopted.tolist() == [40, 40, 40]
    # What the third sees at the start of unit t - 3 has the second adopting in unit t - 4 or before.
    assert found.adoptions.at[2] // 3 >= found.adoptions.at[1] // 3 + 4


def test_noise_makes_imitation_blind() -> None:
    """With noise far above all payoffs a worse strategy is copied as often as a better one."""
    members = enterprises(2, {"noise": [1e9, 0.0], "strategy": ["idea", "old"], "leader": ["", "yes"]})
    found = run(DOMINANT, ring_of_two(), members=members, beta=10.0, until=1, points=1, replicas=4_000)
    # Two revisions a unit, each its own with 1/2, and then away from the better with 1/2.
    left = 1 - found.adoptions.final[0] / found.replicas
    assert left == pytest.approx(1 - 0.75**2, abs=0.03)


def test_nobody_adopts_what_it_has_not_heard_of() -> None:
    """Along a path the idea takes a round a link, and the best response comes after that."""
    members = enterprises(6, {"leader": ["yes", *[""] * 5]})
    told: dict[str, Any] = {"awareness": "independent-cascade", "hearing": 0.5, "rule": "best-response"}
    found = run(DOMINANT, path(6), members=members, until=40, start=[0.0], **told)
    times = found.adoptions.at / 6
    assert (times >= np.arange(6) * 2).all() and (found.adoptions.adopted == found.replicas).all()
    lone = enterprises(6, {"aware": ["yes", *["no"] * 5]})
    cut = link_graph(6, [("1", "2")])
    found = run(DOMINANT, cut, members=lone, awareness="weighted-cascade", rule="best-response", start=[0.0])
    assert found.adopted.tolist() == [0, 1, 0, 0, 0, 0]  # the first sees nobody, and has no reason
    with pytest.raises(SeparatrixError, match="N120"):
        run(DOMINANT, path(3), awareness="weighted-cascade")


@pytest.mark.parametrize(
    ("leaders", "begin", "warned"), [(0, 0.2, False), (2, 0.2, False), (4, 0.2, False), (8, 0.4, True)]
)
def test_shares_in_the_beginning_count_leaders(leaders: int, begin: float, warned: bool) -> None:
    """A fifth of twenty begins with the idea, however many of them lead; more leaders are more, and told."""
    members = enterprises(20, {"leader": ["yes"] * leaders + [""] * (20 - leaders)})
    found = run(DOMINANT, ring(20), members=members, start=[0.2], replicas=3)
    assert found.mean()[0][0] == pytest.approx(begin)
    told = [str(warning) for warning in found.model.warnings if "8 of 20" in str(warning)]
    assert bool(told) == warned


def test_enterprises_join_the_park_where_it_pays() -> None:
    """An outside enterprise joins at a payoff above its own outside, and a member leaves below it."""
    members = enterprises(4, {"outside": [2.0, 4.0, 2.0, 4.0], "member": ["no", "no", "yes", "yes"]})
    found = run(DOMINANT, ring(4), members=members, rule="best-response", until=60, start=[1.0])
    # A member earns 3 of each partner that is there: two of the enterprises want one partner, two want two.
    assert found.model.types == ("idea", "old", "outside")
    final = found.adoptions.record[:, -1]
    inside = found.adoptions.final / found.replicas
    assert (final.sum(axis=1) == 4).all()
    assert inside[0] == inside[2] and inside[1] == inside[3]
    assert set(np.unique(final[:, 2]).tolist()) <= {0, 4}
    alone = enterprises(2, {"outside": [5.0, 0.0], "member": ["yes", "no"]})
    found = run(DOMINANT, ring_of_two(), members=alone, rule="best-response", until=60, start=[1.0])
    assert found.adoptions.final[0] == 0 and (found.adoptions.record[:, -1, 2] >= 1).all()


def test_limits_are_right() -> None:
    """One enterprise alone, no selection, endless selection and exploration at every turn have limits."""
    alone = run(DOMINANT, link_graph(1, []), start=[1.0])
    assert (alone.shares() == 1.0).all() and alone.full_share[0] == 1.0
    still = run(DOMINANT, ring(10), beta=0.0, replicas=400, until=3, rule="death-birth")
    assert still.mean()[0][-1] == pytest.approx(0.5, abs=0.05)
    for rule in ("fermi", "imitate-best", "death-birth", "birth-death", "logit", "best-response"):
        found = run(DOMINANT, ring(6), beta=math.inf, until=100, rule=rule)
        assert (found.shares()[:, -1] == 1.0).all(), rule
        mixed = run(DOMINANT, ring(20), mu=1.0, rule=rule, replicas=100, until=20)
        assert 0.4 < mixed.mean()[0][-1] < 0.6, rule
    parts = run(DOMINANT, link_graph(4, [("1", "2"), ("2", "1")]))
    assert len(parts.model.warnings) == 3
    assert not np.isnan(parts.shares()).any()


BAD: list[tuple[Callable[[], Any], str]] = [
    (lambda: run(DOMINANT, ring(4), beta=-1.0), "N116"),
    (lambda: run(DOMINANT, ring(4), beta=math.nan), "N116"),
    (lambda: run(DOMINANT, ring(4), mu=1.5), "N116"),
    (lambda: run(DOMINANT, ring(4), rule="fermy"), "N112"),
    (lambda: run(DOMINANT, ring(4), rule="birth-death", synchronous=True), "N116"),
    (lambda: run(DOMINANT, ring(4), until=0), "N119"),
    (lambda: run(DOMINANT, ring(4), until=math.inf), "N119"),
    (lambda: run(DOMINANT, ring(4), replicas=0), "N119"),
    (lambda: run(DOMINANT, ring(4), start=None), "N117"),
    (lambda: run(DOMINANT, ring(4), members=enterprises(["1", "2", "3", "x"])), "N101"),
    (lambda: run(DOMINANT, ring(4), members=enterprises(5)), "N101"),
    (lambda: run(DOMINANT, ring(4), members=enterprises(4, {"strategy": ["3", "", "", ""]})), "N115"),
    (lambda: run(DOMINANT, ring(4), members=enterprises(4, {"leader": ["maybe", "", "", ""]})), "N112"),
    (lambda: run(OWN, ring(4), members=enterprises(4, {"c": [1, 0, 1, 1]})), "N111"),
    (lambda: run(OWN, ring(4), members=enterprises(4, {"c": [1, math.nan, 1, 1]})), "N110"),
    (lambda: run(OWN, ring(4), rule="death-birth", fitness="linear"), "N118"),
    (lambda: run("three-strategies-missing", ring(4)), "C401"),
    (lambda: run({"title": "r", "replicator": {"x": "x*(1-x)"}}, ring(4)), "N114"),
    (lambda: enterprises(0), "N105"),
    (lambda: enterprises(2, {"pace": [1, 2]}), "N110"),
]


@pytest.mark.parametrize(("call", "code"), BAD)
def test_what_makes_no_sense_is_refused(call: Callable[[], Any], code: str) -> None:
    """No NaN comes out of what is no number, no network of what does not fit: each has its error."""
    with pytest.raises(SeparatrixError) as caught:
        call()
    assert caught.value.code == code


def test_a_bad_cell_is_named_with_its_line(tmp_path: Path) -> None:
    """A number that is none, a flag that is none and an enterprise that is there twice are told by line."""
    for content, line in (
        ("enterprise,c\na,1\nb,nan\n", 3),
        ("enterprise,pace\na,1\nb,slow\n", 3),
        ("enterprise,aware\na,perhaps\n", 2),
        ("enterprise,c\na,1\na,2\n", 3),
        ("firm,c\na,1\n", 1),
    ):
        (tmp_path / "e.csv").write_text(content, "utf-8")
        with pytest.raises(SeparatrixError) as caught:
            read_enterprises(tmp_path / "e.csv")
        assert caught.value.where is not None and caught.value.where.line == line, content


def test_equal_seeds_agree_whoever_works() -> None:
    """One thread, three threads: the same numbers bit for bit, and no two replicas are the same."""
    told: dict[str, Any] = {"replicas": 30, "until": 8, "mu": 0.2}
    told |= {"awareness": "independent-cascade", "hearing": 9.0}
    members = enterprises(30, {"leader": ["yes", *[""] * 29], "noise": [0.5] * 30})
    one, three = (run(OWN, ring(30), members=members, workers=w, **told).adoptions for w in (1, 3))
    for name in one.__dataclass_fields__:
        assert np.array_equal(getattr(one, name), getattr(three, name)), name
    assert len({row.tobytes() for row in one.record}) == 30
    other = run(OWN, ring(30), members=members, workers=1, **{**told, "seed": 4}).adoptions
    assert not np.array_equal(one.record, other.record)
