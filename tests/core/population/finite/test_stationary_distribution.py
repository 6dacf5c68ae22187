"""The long run of finite populations: published values, and chains solved over the rationals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from core.population.finite.players import Rows, State, chain, stationary, updates
from separatrix import (
    Game,
    InputError,
    gradient_of_selection,
    load,
    small_mutation_limit,
    stationary_distribution,
)
from separatrix.population.finite.small_mutation_limit import (
    ChainTransitions,
    layered_stationary,
    log_stationary,
)
from separatrix.population.finite.stationary_distribution import StationaryDistribution, normalised
from separatrix.population.finite.transitions import CompositionLattice

ROWS: Rows = [
    [Fraction(2), Fraction(-1, 3), Fraction(1)],
    [Fraction(3, 2), Fraction(1), Fraction(0)],
    [Fraction(1, 2), Fraction(1), Fraction(3, 4)],
]
EXPLORED: Rows = [
    [Fraction(0), Fraction(3, 4), Fraction(1, 4)],
    [Fraction(1), Fraction(0), Fraction(0)],
    [Fraction(1, 3), Fraction(2, 3), Fraction(0)],
]


def text(rows: Rows) -> list[list[str]]:
    return [[str(value) for value in row] for row in rows]


def links_of(found: StationaryDistribution) -> ChainTransitions:
    moves = found.chain.moves
    return ChainTransitions(
        np.concatenate([move.source for move in moves]),
        np.concatenate([move.target for move in moves]),
        np.concatenate([move.probability for move in moves]),
    )


def by_players(
    size: int, beta: Fraction, mu: Fraction, process: str, itself: bool
) -> Mapping[State, Fraction]:
    """Return the stationary distribution, player by player and over the rationals."""

    def step(state: State) -> dict[State, Fraction]:
        return updates(
            state,
            ROWS,
            process,
            lambda earned: 1 + beta * earned,
            lambda more: Fraction(1 / (1 + math.exp(-float(beta * more)))),
            mu,
            EXPLORED,
            itself,
        )

    states, matrix = chain(size, 3, step)
    return dict(zip(states, stationary(matrix), strict=True))


@pytest.mark.parametrize("itself", [False, True])
@pytest.mark.parametrize("process", ["fermi", "birth-death", "death-birth", "imitation"])
def test_every_entry_is_that_of_the_players(process: str, itself: bool) -> None:
    """Each entry is within 1e-12 of the exact solution, made player by player, with its own exploration."""
    size, beta, mu = 5, Fraction(1, 2), Fraction(1, 1000)
    found = stationary_distribution(
        Game.from_matrices(text(ROWS), strategies=list("abc")),
        population_size=size,
        beta=beta,
        mu=mu,
        exploration=text(EXPLORED),
        process=process,
        fitness="exponential" if process == "fermi" else "linear",
        self_meeting=itself,
    )
    for state, exact in by_players(size, beta, mu, process, itself).items():
        (index,) = np.flatnonzero((found.counts[0] == state).all(axis=1))
        assert found.weights[index] == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize("itself", [False, True])
@pytest.mark.parametrize("process", ["fermi", "birth-death", "death-birth", "imitation"])
def test_states_to_which_nothing_returns_weigh_nothing(process: str, itself: bool) -> None:
    """Where all copies change, the one closed class has the exact weights of the players, all others 0."""
    found = stationary_distribution(
        Game.from_matrices(text(ROWS), strategies=list("abc")),
        population_size=4,
        beta=Fraction(1, 2),
        mu=1,
        exploration=text(EXPLORED),
        process=process,
        fitness="exponential" if process == "fermi" else "linear",
        self_meeting=itself,
    )
    exact = by_players(4, Fraction(1, 2), Fraction(1), process, itself)
    for state, weight in zip(found.counts[0].tolist(), found.weights.tolist(), strict=True):
        assert weight == pytest.approx(float(exact[tuple(state)]), rel=1e-12, abs=0)


def exponential(value: Fraction) -> Fraction:
    """Return exp(value) to 60 digits, however large or small."""
    with localcontext(Context(prec=60, Emax=10**9, Emin=-(10**9))):
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).exp())


@pytest.mark.parametrize("itself", [False, True])
@pytest.mark.parametrize("process", ["fermi", "birth-death", "death-birth", "imitation"])
@pytest.mark.parametrize(
    ("rows", "size"),
    [
        ([[800, 800], [0, 0]], 2),
        ([[-900, 700], [1000, -800]], 4),
        ([[900, 900, 900], [0, 0, -800], [-900, 900, -900]], 3),
    ],
)
def test_payoffs_of_any_size_leave_the_weights_of_the_players(
    process: str, itself: bool, rows: list[list[int]], size: int
) -> None:
    """Where fitness differs by hundreds of orders of magnitude, those compete who remain."""
    k, mu = len(rows), Fraction(1, 100)
    exact_rows = [[Fraction(value) for value in row] for row in rows]
    explored = [[Fraction(int(i != j), k - 1) for j in range(k)] for i in range(k)]
    states, matrix = chain(
        size,
        k,
        lambda state: updates(
            state,
            exact_rows,
            process,
            exponential,
            lambda more: 1 / (1 + exponential(-more)),
            mu,
            explored,
            itself,
        ),
    )
    game = Game.from_matrices(rows, strategies=list("abc")[:k])
    setting: dict[str, Any] = {"process": process, "self_meeting": itself}
    found = stationary_distribution(game, population_size=size, mu=mu, **setting)
    drift = gradient_of_selection(game, population_size=size, mu=mu, **setting)
    place = {state: n for n, state in enumerate(states)}
    for n, weight in enumerate(stationary(matrix)):
        (index,) = np.flatnonzero((found.counts[0] == states[n]).all(axis=1))
        assert found.weights[index] == pytest.approx(float(weight), rel=1e-10, abs=1e-300)
        for a in range(k):
            moved = sum(matrix[n][place[new]] * (new[a] - states[n][a]) for new in states)
            assert drift.drift[0][index, a] == pytest.approx(float(moved), rel=1e-10, abs=1e-13)


@pytest.mark.parametrize("process", ["fermi", "birth-death", "death-birth", "imitation"])
def test_strategies_that_earn_the_same_tie_at_any_intensity(process: str) -> None:
    """Payoffs of 1/10 and 2/10 add up to those of 3/10 exactly, so that no intensity tells them apart."""
    rows = [["0.1", "0.2", "0.3", "0.6"], ["0.6", "0.3", "0.2", "0.1"]]
    rows += [rows[0], rows[1]]
    game = Game.from_matrices(rows, strategies=list("abcd"))
    for beta in (1, 1e30):
        found = gradient_of_selection(game, population_size=4, beta=beta, process=process, self_meeting=True)
        (index,) = np.flatnonzero((found.counts[0] == 1).all(axis=1))
        assert found.drift[0][index] == pytest.approx(np.zeros(4), abs=1e-15)


def test_two_strategies_of_which_every_copy_changes_have_a_long_run() -> None:
    """Of five alike whose copies all change, one to four play the first: 1, 6, 6 and 1 of 14 times."""
    alike = Game.from_matrices([[1, 1], [1, 1]], strategies=["a", "b"])
    found = stationary_distribution(alike, population_size=5, mu=1, process="birth-death")
    assert found.weights.tolist() == pytest.approx([0, 1 / 14, 6 / 14, 6 / 14, 1 / 14, 0], abs=1e-15)


@pytest.mark.parametrize("unseen", [0, 1, 2])
@pytest.mark.parametrize(("mu", "beta"), [(0, 1), (0, "inf"), (0.1, 1)])
def test_a_strategy_that_nobody_tries_dies_out(unseen: int, mu: float, beta: object) -> None:
    """Two strategies that try each other alone have the long run that they have without a third one."""
    kept = [k for k in range(3) if k != unseen]
    common: dict[str, Any] = {"population_size": 6, "mu": mu, "beta": beta}
    found = stationary_distribution(
        Game.from_matrices(text(ROWS), strategies=list("abc")),
        exploration={name: int(k != unseen) for k, name in enumerate("abc")},
        **common,
    )
    rows = [[ROWS[i][j] for j in kept] for i in kept]
    alone = stationary_distribution(Game.from_matrices(text(rows), strategies=["a", "b"]), **common)
    extinct = found.counts[0][:, unseen] == 0
    assert (found.weights[~extinct] == 0).all()
    assert sorted(found.weights[extinct]) == pytest.approx(sorted(alone.weights), rel=1e-12)


@pytest.mark.parametrize("mu", [0, 0.1])
def test_several_parts_that_are_never_left_are_told(mu: float) -> None:
    """Two pairs of strategies that try each other alone have no single long run, and that is the reason."""
    pairs = [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]
    game = Game.from_matrices([[1, 2, 3, 1]] * 4, strategies=list("abcd"))
    with pytest.raises(InputError, match="2 parts that it never leaves") as caught:
        stationary_distribution(game, population_size=4, mu=mu, exploration=pairs)
    assert caught.value.code == "N209"


@pytest.mark.parametrize(("beta", "mu"), [(0.5, 1e-3), (6.0, 1e-9), (40.0, 0.2), (0.0, 1.0)])
def test_elimination_by_layers_agrees_with_the_rationals(beta: float, mu: float) -> None:
    """Each entry is within 1e-12 of the exact stationary distribution of the very same floats."""
    found = stationary_distribution(
        Game.from_matrices(text(ROWS), strategies=list("abc")), population_size=9, beta=beta, mu=mu
    )
    count = found.chain.lattice.count
    matrix = [[Fraction(0)] * count for _ in range(count)]
    for move in found.chain.moves:
        for source, target, chance in zip(move.source, move.target, move.probability, strict=True):
            matrix[source][target] = Fraction(float(chance))
    for k, row in enumerate(matrix):
        row[k] = 1 - sum(row)
    exact = stationary(matrix)
    assert (found.weights >= 0).all()
    assert found.weights.tolist() == pytest.approx([float(x) for x in exact], rel=1e-12, abs=0)


def test_panels_agree_with_elimination_state_by_state() -> None:
    """A chain with layers larger than a panel has the distribution of plain elimination in logarithms."""
    found = stationary_distribution(load("shi-chen-2018"), population_size=[2, 110], beta=0.2, mu=0.01)
    lattice = found.chain.lattice
    rates = np.zeros((lattice.count, lattice.count))
    for move in found.chain.moves:
        rates[move.source, move.target] = move.probability
    with np.errstate(divide="ignore"):
        logs = log_stationary(np.log(rates))
    assert found.log_weights == pytest.approx(logs, abs=1e-11)
    shares, scales = layered_stationary(links_of(found), np.arange(0, 334, 111))  # three layers of 111
    assert normalised(np.log(shares) + np.repeat(scales, 111)) == pytest.approx(logs, abs=1e-11)


def test_an_entry_that_elimination_with_subtraction_makes_negative() -> None:
    """Coordination, Z = 100, mu = 1e-3: all hunt the stag 9.7e-23 of the time; no entry is below 0."""
    found = stationary_distribution(Game.from_matrices([[4, 0], [3, 2]]), population_size=100, mu=1e-3)
    assert found.weights[100] == pytest.approx(9.7e-23, rel=1e-3)
    assert found.weights.min() > 0
    shares, scales = layered_stationary(
        links_of(found), np.arange(102)
    )  # a second route: layers of one state
    logs = np.log(shares) + scales
    assert found.log_weights - found.log_weights[0] == pytest.approx(logs - logs[0], rel=1e-12)


@pytest.mark.parametrize("process", ["fermi", "death-birth"])
def test_rare_exploration_tends_to_the_limit(process: str) -> None:
    """With mu = 1e-13 the mean shares are those of the limit of rare mutation; mu = 0 is that limit."""
    game = Game.from_matrices(text(ROWS), strategies=list("abc"))
    setting: dict[str, Any] = {
        "population_size": 12,
        "beta": 0.7,
        "process": process,
        "exploration": text(EXPLORED),
    }
    limit = small_mutation_limit(game, **setting)
    found = stationary_distribution(game, mu=1e-13, **setting)
    assert found.mean_shares[0] == pytest.approx(limit.weights, rel=1e-5)
    at_limit = stationary_distribution(game, mu=0, **setting)
    assert at_limit.mean_shares[0] == pytest.approx(limit.weights, rel=1e-12)
    two = load(dict(load("shi-chen-2018").raw) | {"speeds": {"Enterprise A": 3}})
    same = small_mutation_limit(load("shi-chen-2018"), population_size=[4, 6], beta=0.3, process=process)
    limit = small_mutation_limit(two, population_size=[4, 6], beta=0.3, process=process)
    found = stationary_distribution(two, population_size=[4, 6], beta=0.3, mu=1e-13, process=process)
    corners = [found.chain.lattice.corner(state) for state in limit.states]
    assert found.weights[corners] == pytest.approx(limit.weights, rel=1e-5)
    assert limit.weights != pytest.approx(same.weights, rel=1e-3)  # speeds count


def test_without_selection_everybody_explores_alike() -> None:
    """With mu = 1 the distribution is that of independent players, whatever they earn."""
    found = stationary_distribution(Game.from_matrices(text(ROWS)), population_size=7, mu=1)
    exact = [
        math.factorial(7) / math.prod(map(math.factorial, own)) / 3**7 for own in found.counts[0].tolist()
    ]
    assert found.weights == pytest.approx(exact, rel=1e-13)


def test_maxima_of_a_moran_matrix() -> None:
    """[[1, 2], [3, 1]], N = 100, mu = 1/1000: the chain is most often at (33, 67), (100, 0) and (0, 100)."""
    found = stationary_distribution(
        Game.from_matrices([[1, 2], [3, 1]]),
        population_size=100,
        mu=1e-3,
        process="moran",
        fitness="linear",
        beta=1e6,
    )
    w = found.weights
    peaks = {k for k in range(101) if (k == 0 or w[k] > w[k - 1]) and (k == 100 or w[k] > w[k + 1])}
    assert peaks == {0, 33, 100}


# --------------------------------------------------------------------------- gradient of selection


def collective_risk(size: int, needed: int, risk: str) -> Game:
    """Santos and Pacheco (2011): who contributes a tenth, and what all lose where too few do."""
    enough = "min(1, max(0, k{}-{}))"
    return load(
        {
            "title": "collective risk",
            "populations": [{"name": "Players", "share": "x", "strategies": ["C", "D"]}],
            "group": {
                "size": size,
                "payoff": {
                    "C": f"9/10 - {risk}*(1 - {enough.format('+1', needed - 1)})",
                    "D": f"1 - {risk}*(1 - {enough.format('', needed - 1)})",
                },
            },
        }
    )


@pytest.mark.parametrize("beta", [1, 5])
@pytest.mark.parametrize(("risk", "signs"), [("1", [7, 35]), ("1/2", [11, 30]), ("1/5", [])])
def test_collective_risk_dilemma(risk: str, signs: list[int], beta: int) -> None:
    """The gradient of 50 players in groups of 6 that need 3 changes its sign where it was computed before."""
    balances = gradient_of_selection(collective_risk(6, 3, risk), population_size=50, beta=beta).balances
    assert balances is not None
    assert [b.after for b in balances] == signs
    assert [b.stable for b in balances] == [False, True][: len(signs)]


def test_the_gradient_is_that_of_the_mean_field() -> None:
    """Pairwise comparison drifts by k (Z - k) / (Z(Z - 1)) tanh(beta advantage/2), or nowhere."""
    found = gradient_of_selection(Game.from_matrices([[3, 0], [5, 1]]), population_size=40, beta=0.5)
    k = np.arange(1, 40)
    advantage = ((k - 1) * 3 - k * 5 - (39 - k) * 1) / 39
    assert found.drift[0][1:40, 0] == pytest.approx(
        k * (40 - k) / (40 * 39) * np.tanh(advantage / 4), rel=1e-12
    )
    neutral = gradient_of_selection(Game.from_matrices([[1, 1], [1, 1]]), population_size=9)
    assert not neutral.drift[0].any()
    assert neutral.balances == ()


def test_groups_are_drawn_without_replacement() -> None:
    """What a member of a group expects is the hypergeometric mean, the member itself left out."""
    found = gradient_of_selection(collective_risk(6, 3, "1"), population_size=50)
    counts = np.array([[20, 30]])
    earned = found.met.payoffs([counts])[0][0]
    total = math.comb(49, 5)
    enough = sum(math.comb(19, k) * math.comb(30, 5 - k) for k in range(2, 6)) / total
    assert earned[0] == pytest.approx(enough - 0.1, rel=1e-12)
    enough = sum(math.comb(20, k) * math.comb(29, 5 - k) for k in range(3, 6)) / total
    assert earned[1] == pytest.approx(enough, rel=1e-12)


# --------------------------------------------------------------------------- what cannot be


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"mu": 1.5}, "N208"),
        ({"mu": "nan"}, "N208"),
        ({"exploration": {"a": 1}}, "N208"),
        ({"exploration": [[1, 2], [1, 1]]}, "N208"),
        ({"beta": "inf"}, "N207"),
        ({"population_size": 4000}, "N210"),
    ],
)
def test_impossible_questions_are_refused(options: dict[str, Any], code: str) -> None:
    """Rates, weights and sizes that cannot be are named."""
    with pytest.raises(InputError) as caught:
        stationary_distribution(Game.from_matrices(text(ROWS), strategies=list("abc")), **options)
    assert caught.value.code == code


def test_numbers_of_states_are_their_places() -> None:
    """The number of a state is its place in the list of states, for any number of populations."""
    for sizes, strategies in (((4,), (4,)), ((3, 2), (2, 3)), ((1, 1, 2), (2, 2, 3))):
        lattice = CompositionLattice(sizes, strategies)
        assert lattice.number(lattice.counts).tolist() == list(range(lattice.count))


def test_the_logarithm_of_a_chain_of_two_is_kept() -> None:
    """Weights below 1e-308 are there as logarithms."""
    found = stationary_distribution(
        Game.from_matrices([[1, 0], [9, 9]]), population_size=900, mu=1e-9, beta=2
    )
    assert found.log_weights.min() < -2000
    assert np.isfinite(found.log_weights).all()


def test_degenerate_games_have_their_limits() -> None:
    """One strategy, states that floats never reach, and poles where nobody plays give no NaN."""
    alone = load({"populations": [{"name": "P", "share": "x", "strategies": ["a"]}], "payoff_matrix": [[1]]})
    assert stationary_distribution(alone, population_size=3).weights.tolist() == [1.0]
    pair = load("shi-chen-2018")
    found = stationary_distribution(pair, population_size=2, beta=1e100, mu=0.01, process="moran")
    assert found.weights.sum() == pytest.approx(1) and (found.weights >= 0).all()
    pole = {"populations": [{"name": "P", "share": "x", "strategies": ["a", "b"]}]}
    pole["payoff_functions"] = {"P": {"a": "1/x", "b": "2"}}  # type: ignore[assignment]  # a mapping of texts before
    assert np.isfinite(stationary_distribution(load(pole), population_size=4).weights).all()
    pole["payoff_functions"] = {"P": {"a": "1/(x - 1/2)", "b": "2"}}  # type: ignore[assignment]  # a mapping of texts before
    with pytest.raises(InputError, match="2 play a, 2 play b") as caught:
        stationary_distribution(load(pole), population_size=4)
    assert caught.value.code == "N202"
