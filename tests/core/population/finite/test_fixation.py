"""Probabilities of fixation: closed forms, published numbers, and an exact second route."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import pytest
from flint import arb

from core.population.finite.players import absorbed, chain, updates
from separatrix import Game, InputError, fixation, fixation_probability, load, small_mutation_limit
from separatrix.errors import SeparatrixError
from separatrix.expression.precision import precision
from separatrix.population.finite.processes import PROCESSES

Rows = Sequence[Sequence[object]]


def game_of(rows: Rows, strategies: Sequence[str] = "AB") -> Game:
    return Game.from_matrices(rows, strategies=list(strategies))


def published_form(rows: Rows, size: int, beta: Fraction) -> float:
    """Traulsen, Nowak and Pacheco (2006), equation 10, at 300 bits: ln of the probability of one A."""
    (a, b), (c, d) = [[Fraction(str(value)) for value in row] for row in rows]
    u = (a - b - c + d) / (2 * (size - 1))
    v = (-a + b * size - d * size + d) / (2 * (size - 1))
    with precision(300):
        total = arb(1)
        for j in range(1, size):
            exponent = -beta * (u * j * (j + 1) + 2 * v * j)
            total += (arb(exponent.numerator) / exponent.denominator).exp()
        return float(-total.log())


@pytest.mark.parametrize(
    ("rows", "size", "beta"),
    [
        ([[3, 0], [5, 1]], 100, "1"),
        ([[3, 0], [5, 1]], 10_000, "1"),
        ([[4, 0], [3, 2]], 100, "1"),
        ([["-1/2", 2], [0, 0]], 100, "1"),
        ([["0.1", "0.7"], ["0.3", "0.2"]], 1000, "1/3"),
        ([["1e20", 1], [2, "1e20"]], 50, "1"),  # sums past the machine's whole numbers
        ([[1, 2], [2, 1]], 2, "0.5"),
        ([[1, 1], [1, 1]], 7, "3"),
    ],
)
def test_the_logarithm_is_that_of_the_closed_form(rows: Rows, size: int, beta: str) -> None:
    """ln of the probability is within 1e-12 of the closed form; above e^-100 the probability is too."""
    found = fixation_probability(game_of(rows), "A", "B", population_size=size, beta=beta, log=True)
    true = published_form(rows, size, Fraction(beta))
    assert found == pytest.approx(true, rel=1e-12)
    if abs(true) <= 100:
        assert math.exp(found - true) == pytest.approx(1, abs=1e-12)


def test_golden_values_of_pairwise_comparison() -> None:
    """Published and recomputed values hold, those among them which EGTTools returns as 0."""
    dilemma = game_of([[3, 0], [5, 1]])
    assert fixation_probability(dilemma, "A", "B", population_size=100, beta=1) == pytest.approx(
        8.43e-67, rel=1e-3
    )
    assert fixation_probability(dilemma, "A", "B", population_size=100, beta=0.1) == pytest.approx(
        4.50e-8, rel=2e-3
    )
    game = game_of([["-1/2", 2], [0, 0]])
    assert fixation_probability(game, "A", "B", population_size=100) == pytest.approx(
        0.864115574246266385876, rel=1e-14
    )


@pytest.mark.parametrize("process", ["fermi", "birth-death", "imitation"])
def test_the_ratio_of_both_directions(process: str) -> None:
    """ln(rho_A/rho_B) = beta (N/2 (a + b - c - d) - a + d), to 1e-12."""
    game = game_of([[4, 0], [3, 2]])
    one, other = (
        fixation_probability(game, *pair, population_size=100, beta=1, log=True, process=process)
        for pair in ("AB", "BA")
    )
    assert one - other == pytest.approx(-52, rel=1e-12)


@pytest.mark.parametrize(
    ("r", "size", "rho"),
    [
        ("1", 10, 0.1),
        ("1.1", 10, 0.1479503589841015),
        ("1.1", 100, 0.09091568827109699),
        ("2", 10, 0.5004887585532747),
        ("2", 100, 0.5),
        ("0.9", 10, 0.059482214754181056),
        ("0.5", 20, 9.536752259018191e-07),
    ],
)
def test_moran_table(r: str, size: int, rho: float) -> None:
    """A mutant of constant fitness r takes over with (1 - 1/r)/(1 - r^-N)."""
    more = str(Fraction(r) - 1)
    game = game_of([[more, more], [0, 0]])
    found = fixation_probability(
        game, "A", "B", population_size=size, beta=1, process="moran", fitness="linear"
    )
    assert found == pytest.approx(rho, rel=1e-13)


@pytest.mark.parametrize(
    ("a", "favoured"), [("5", True), ("4", False), ("3.5", False), ("3", False), ("2.6", False)]
)
def test_one_third_law(a: str, favoured: bool) -> None:
    """Weak selection favours a mutant exactly where a(N-2) + b(2N-1) > c(N+1) + d(2N-4)."""
    rows = [[a, 1], [2, 2]]
    size, value = 1000, Fraction(a)
    rule = value * (size - 2) + (2 * size - 1) > 2 * (size + 1) + 2 * (2 * size - 4)
    assert rule == favoured
    for process in PROCESSES:
        found = fixation(game_of(rows), "A", "B", population_size=size, beta=1e-7, process=process)
        assert (found.verdict == "favoured") == favoured, process


@pytest.mark.parametrize("itself", [False, True])
@pytest.mark.parametrize("process", ["fermi", "birth-death", "death-birth", "imitation"])
def test_probabilities_and_times_are_those_of_the_players(process: str, itself: bool) -> None:
    """Probability and times agree with a linear system over the rationals, made player by player."""
    rows = [[Fraction(2), Fraction(1, 3)], [Fraction(3, 2), Fraction(1)]]
    size, beta = 6, Fraction(1, 4)
    logistic = {v: Fraction(1 / (1 + math.exp(-float(beta * v)))) for v in _differences(rows, size, itself)}
    _, matrix = chain(
        size,
        2,
        lambda state: updates(
            state,
            rows,
            process,
            lambda pay: 1 + beta * pay,
            logistic.__getitem__,
            Fraction(0),
            [[0, 1], [1, 0]],
            itself,
        ),
    )
    fixed, times = absorbed(matrix, (0, size))
    for mutants in (1, 4):
        found = fixation(
            game_of([[str(v) for v in row] for row in rows]),
            "A",
            "B",
            population_size=size,
            beta=beta,
            process=process,
            fitness="exponential" if process == "fermi" else "linear",
            mutants=mutants,
            self_meeting=itself,
        )
        assert found.times is not None
        assert found.probability == pytest.approx(float(fixed[mutants]), rel=1e-12)
        assert found.times.unconditional == pytest.approx(float(times[mutants]), rel=1e-12)
        both = found.probability * found.times.conditional + (1 - found.probability) * found.times.extinction
        assert both == pytest.approx(found.times.unconditional, rel=1e-12)


@pytest.mark.parametrize("process", ["fermi", "birth-death", "death-birth", "imitation"])
@pytest.mark.parametrize(
    ("rows", "fixed"),
    [
        # Whoever is fitter by any factor: among the others it always fills the place, itself gone never.
        ([[1, 1], [0, 0]], {"death-birth": Fraction(3, 4)}),
        ([[0, 0], [1, 1]], {"death-birth": Fraction(0), "fermi": Fraction(0)}),
    ],
)
@pytest.mark.parametrize("beta", [1e3, 1e20, 1e150])
def test_strong_selection_goes_to_its_limit(
    process: str, rows: list[list[int]], fixed: dict[str, Fraction], beta: float
) -> None:
    """At any finite intensity above those of the payoffs, fixation is as in the limit of strong selection."""
    game, setting = game_of(rows), {"population_size": 4, "process": process}
    limit = fixation_probability(game, "A", "B", beta=math.inf, **setting)
    assert fixation_probability(game, "A", "B", beta=beta, **setting) == pytest.approx(limit, rel=1e-12)
    if process in fixed:
        assert limit == pytest.approx(float(fixed[process]))


def _differences(rows: Sequence[Sequence[Fraction]], size: int, itself: bool) -> set[Fraction]:
    met = size - (not itself)
    found = {Fraction(0)}
    for k in range(1, size):
        one = (rows[0][0] * (k - (not itself)) + rows[0][1] * (size - k)) / met
        other = (rows[1][0] * k + rows[1][1] * (size - k - (not itself))) / met
        found |= {one - other, other - one}
    return found


@pytest.mark.parametrize(
    ("size", "itself", "time"),
    [
        (10, True, 56.579365079),
        (50, True, 447.920533833),
        (10, False, 50.921428571),
        (50, False, 438.962123156),
    ],
)
def test_neutral_times(size: int, itself: bool, time: float) -> None:
    """A neutral mutant is fixed or lost after 2N H(N-1) updates, 2(N-1) H(N-1) where nobody meets itself."""
    found = fixation(game_of([[1, 1], [1, 1]]), "A", "B", population_size=size, self_meeting=itself)
    assert found.times is not None
    assert found.times.unconditional == pytest.approx(time, abs=1e-9)


# --------------------------------------------------------------------------- rare mutation


@pytest.mark.parametrize(
    ("size", "weights"),
    [
        (20, [0.05328817, 0.44667354, 0.50003829]),
        (50, [0.03327526, 0.59556925, 0.37115549]),
        (100, [0.0187444, 0.76961466, 0.21164094]),
    ],
)
def test_imhof_fudenberg_nowak(size: int, weights: list[float]) -> None:
    """Always cooperate, always defect and tit for tat, with rare mutation."""
    game = game_of([[30, 1, 30], [50, 10, 14], ["29.2", "8.3", "29.2"]], ["ALLC", "ALLD", "TFT"])
    found = small_mutation_limit(game, population_size=size, beta=0.1)
    assert found.weights.tolist() == pytest.approx(weights, abs=5e-9)


def test_han_pereira_santos_lenaerts() -> None:
    """Good agreements make good friends (2013): five strategies with commitment, as OpenSpiel tests it."""
    r, t, p, s, delta, eps = 1, 2, 0, -1, 4, "1/4"
    e = Fraction(eps)
    rows = [
        [r - e / 2, r - e, 0, s + delta - e, r - e],
        [r, r, s, s, s],
        [0, t, p, p, p],
        [t - delta, t, p, p, p],
        [r, t, p, p, p],
    ]
    game = game_of([[str(Fraction(value)) for value in row] for row in rows], "abcde")
    found = small_mutation_limit(game, population_size=20, beta=0.1)
    expected = [0.40966787, 0.07959841, 0.20506998, 0.08505983, 0.2206039]
    assert found.weights.tolist() == pytest.approx(expected, abs=1e-8)


def test_a_limit_that_small_probabilities_would_reverse() -> None:
    """Coordination [[4, 0], [3, 2]] ends at the second convention, where EGTTools says the first."""
    found = small_mutation_limit(game_of([[4, 0], [3, 2]]), population_size=100, beta=1)
    assert found.weights[0] == pytest.approx(math.exp(-52), rel=1e-11)
    assert found.strong == (0, 1)


def test_two_parties_are_selected_by_the_chain_of_their_states() -> None:
    """Losses (2, 2) against (5, 1.05): the chain takes the first, product and sum of losses the second."""
    game = Game.from_matrices([[2, 0], [0, 5]], [[2, 0], [0, "1.05"]])
    found = small_mutation_limit(game, population_size=20, beta=0.5)
    assert found.weights[0] == pytest.approx(0.9997, abs=5e-5)
    assert found.strong == (1, 0, 0, 0)


@pytest.mark.parametrize("process", ["fermi", "birth-death", "death-birth", "imitation"])
def test_strong_selection_is_the_limit(process: str) -> None:
    """The exact limit of strong selection is where the weights go as beta grows."""
    game = game_of([[2, 1, 0], [0, 2, 1], [1, 0, 2]], "ABC")
    for rows in (game, game_of([[3, 1], [1, 3]]), game_of([[1, 3, 2], [3, 1, 2], [2, 2, 2]], "ABC")):
        found = small_mutation_limit(rows, population_size=5, beta=200, process=process)
        assert found.strong is not None
        assert found.weights.tolist() == pytest.approx([float(share) for share in found.strong], abs=1e-9)
        limit = small_mutation_limit(rows, population_size=5, beta="inf", process=process)
        assert limit.weights.tolist() == [float(share) for share in found.strong]


# --------------------------------------------------------------------------- what cannot be


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"population_size": 1}, "N201"),
        ({"population_size": 2.5}, "N201"),
        ({"beta": -1}, "N205"),
        ({"beta": "nan"}, "N205"),
        ({"beta": 1e200}, "N205"),
        ({"process": "fermy"}, "N204"),
        ({"fitness": "linear"}, "N204"),
        ({"mutants": 0}, "N206"),
        ({"mutants": 10, "population_size": 10}, "N206"),
        ({"process": "moran", "fitness": "linear", "beta": 1}, "N205"),
        ({"process": "moran", "fitness": "linear", "beta": "inf"}, "N207"),
    ],
)
def test_impossible_questions_are_refused(options: dict[str, object], code: str) -> None:
    """Sizes, intensities, processes and numbers of mutants that cannot be are named."""
    with pytest.raises(InputError) as caught:
        fixation_probability(game_of([[3, -2], [5, 1]]), "A", "B", **options)  # type: ignore[arg-type]  # options of several types
    assert caught.value.code == code


def test_neutral_and_infinite_selection_give_the_right_limits() -> None:
    """beta = 0 gives 1/N, a huge beta and inf the limit; nothing is ever NaN."""
    game = game_of([[3, 0], [5, 1]])
    assert fixation_probability(game, "A", "B", population_size=8, beta=0) == pytest.approx(1 / 8, rel=1e-15)
    assert fixation_probability(game, "B", "A", population_size=8, beta=1e100) == 1
    assert fixation_probability(game, "B", "A", population_size=8, beta="inf") == 1
    assert fixation_probability(game, "A", "B", population_size=8, beta="inf") == 0
    assert fixation_probability(
        game_of([[1, 1], [1, 1]]), "A", "B", population_size=8, beta="inf"
    ) == pytest.approx(1 / 8)


def test_a_verdict_that_rounding_could_turn_is_undecided() -> None:
    """Where nobody earns more it is neutral; where selection is too weak to be seen, undecided."""
    game = game_of([[3, 0], [5, 1]])
    verdicts = [
        fixation(game, "A", "B", population_size=9, beta=beta).verdict for beta in ("0", "1e-16", "1e-9")
    ]
    assert verdicts == ["neutral", "undecided", "opposed"]
    assert fixation(game_of([[1, 1], [1, 1]]), "A", "B", beta="inf").verdict == "neutral"


def test_names_that_are_not_there_are_told() -> None:
    """An unknown strategy or population finds its neighbour; several populations need one each."""
    game = load("shi-chen-2018")
    with pytest.raises(SeparatrixError, match="did you mean `cooperate`"):
        fixation_probability(game, "coperate", ["decline", "decline"], population="Enterprise A")
    with pytest.raises(SeparatrixError, match="Enterprise A, Enterprise B"):
        fixation_probability(game, "cooperate", "decline", population="Enterprise A")
