"""A budget is kept on every route, and what was found until then is told."""

from __future__ import annotations

import time

import pytest

from core.analysis.budget_games import CORPUS
from core.analysis.symbolic.many_symbols import game_file
from separatrix import analyze, load
from separatrix.analysis.results import Analysis
from separatrix.errors import ComesLater, InputError
from separatrix.exact.bernstein import constant_sign
from separatrix.exact.matrices import simplex
from separatrix.game.catalogue_files import catalogue_slugs
from separatrix.run.limits import OutOfTime, afresh, expire, poll, seconds_left, spent, time_limit
from thinning import thinned


class Ticking:
    """A clock that advances by a step whenever it is read, so that time is the number of polls."""

    def __init__(self, step: float) -> None:
        self.step, self.now = step, 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def by_polls(name: str, budget: float, symbolic: bool = False) -> tuple[Analysis, float]:
    """An analysis in which a poll takes a hundredth of a second, and how long it took."""
    game = load({**CORPUS[name], "title": name})
    clock = Ticking(0.01)
    with time_limit(1e9, now=clock):
        found = analyze(game, budget=budget, symbolic=symbolic)
    return found, clock.now


def allowed(budget: float) -> float:
    """Seconds that an answer may take: a second more than the budget, or a fifth of it."""
    return budget + max(1.0, 0.2 * budget)


SHORT = [n for n in CORPUS if not n.startswith(("9x8", "5x12", "4x16", "14 ", "20 "))]


@thinned(
    ("name", "budget"),
    [(n, b) for n in SHORT for b in (0.0, 0.5, 2.0) if b < 1 or not n.startswith("200")],
    each_run=40,
)
def test_little_is_done_once_the_time_has_run_out(name: str, budget: float) -> None:
    """Once the time has run out the answer comes within few polls, holds points and says that it is cut."""
    found, taken = by_polls(name, budget)
    assert taken <= allowed(budget)
    assert found.completeness.status == "incomplete" or taken <= budget
    assert found.rest_points or budget == 0


@thinned("name", ["8x8 equal", "8x8 identity", "4x4x4 coordination"], each_run=1)
def test_rest_sets_that_touch_are_never_told_as_several(name: str) -> None:
    """Where time runs out a connected set is told as one, or it is said that nobody knows."""
    answers = [analyze(load({**CORPUS[name], "title": name}), budget=0.5)]
    answers += [by_polls(name, budget)[0] for budget in (3.0, 9.0)]
    assert any(answer.rest_sets for answer in answers)
    for answer in answers:
        numbers = {piece.component for piece in answer.rest_sets}
        if None in numbers:
            assert numbers == {None} and not answer.rest_components
            assert "connected component" not in answer.completeness.proof
        else:
            assert numbers == {c.id for c in answer.rest_components}
            assert _ends_of_different_sets_differ(answer)


def _ends_of_different_sets_differ(answer: Analysis) -> bool:
    holder: dict[tuple[float, ...], int | None] = {}
    return all(
        holder.setdefault(corner, piece.component) == piece.component
        for piece in answer.rest_sets
        for corner in piece.corners
    )


def test_what_is_found_in_time_does_not_change() -> None:
    """With more time labels are added; none of those told before is taken back."""
    names = ("8x8 random", "8x8 duplicates", "2x5x5 random")
    for name in names:
        short, long_ = by_polls(name, 2.0)[0], by_polls(name, 6.0)[0]
        later = {p.support: p for p in long_.rest_points if p.state is not None}
        decided = [p for p in short.rest_points if p.stability != "undecided"]
        assert decided
        assert all(later[p.support].stability == p.stability for p in decided)


@pytest.mark.soak
@pytest.mark.parametrize("budget", [1.0, 3.0, 10.0])
@pytest.mark.parametrize("name", CORPUS)
def test_a_budget_holds_by_the_clock(name: str, budget: float) -> None:
    """An answer comes within the budget and a fifth, or a second, of the processor's time.

    The clock is the processor's, so that what else the machine does makes no difference.
    """
    game = load({**CORPUS[name], "title": name})
    started = time.process_time()
    with time_limit(1e9, now=time.process_time):
        analyze(game, budget=budget)
    assert time.process_time() - started <= allowed(budget)


@pytest.mark.soak
@pytest.mark.parametrize("budget", [0.5, 3.0])
def test_a_budget_holds_in_symbols(budget: float) -> None:
    """Every published game is answered in symbols, regimes included, or refused, within its budget."""
    refused = 0
    for slug in catalogue_slugs():
        game = load(slug)
        started = time.process_time()
        try:
            analyze(game, symbolic=True, budget=budget)
        except ComesLater:  # the size of a group is a symbol
            refused += 1
        assert time.process_time() - started <= allowed(budget), slug
    assert refused <= 3


@pytest.mark.soak
@pytest.mark.parametrize("parties", [2, 3])
@pytest.mark.parametrize("exponent", [3, 5, 8])
def test_a_budget_holds_where_a_payoff_has_thousands_of_terms(exponent: int, parties: int) -> None:
    """One payoff that is ten symbols to a power is answered in symbols within the budget."""
    file = game_file(20, 3, parties)
    file["payoffs"][0]["pay"][0] = f"({' + '.join(list(file['parameters'])[:10])})^{exponent}"
    started = time.process_time()
    analyze(load(file), symbolic=True, budget=5.0)
    assert time.process_time() - started <= allowed(5.0)


@pytest.mark.parametrize(
    ("game", "symbolic"), [("shi-chen-2018", True), ("coal-safety", False), ("10 small", False)]
)
def test_writing_an_answer_searches_for_nothing(game: str, symbolic: bool) -> None:
    """What an answer costs as plain data comes on top of a budget: it is whole though all time is spent."""
    late, soon = (
        analyze(load({**CORPUS[game], "title": game} if game in CORPUS else game), symbolic=symbolic)
        for _ in range(2)
    )
    with time_limit(-1):
        told = late.to_dict()
    untimed = soon.to_dict()
    assert {**told, "provenance": None} == {**untimed, "provenance": None}


# --------------------------------------------------------------------------- the limit itself


def test_limits_nest() -> None:
    """An inner limit never ends later than the one around it, but one afresh does."""
    with time_limit(100, now=Ticking(1.0)):
        with time_limit(1000):
            assert seconds_left() < 100
        with time_limit(5):
            assert seconds_left() <= 5
        with time_limit(-1):
            assert spent()
            with pytest.raises(OutOfTime):
                poll()
            with afresh(50):
                poll()
    assert seconds_left() == float("inf")


def test_a_call_that_would_take_too_long_is_not_begun() -> None:
    """A poll with a cost refuses where less time than that is left."""
    with time_limit(10, now=lambda: 0.0):
        poll(9)
        with pytest.raises(OutOfTime):
            poll(11)


def test_an_interruption_ends_the_time() -> None:
    """After `expire` nothing more is begun inside the limit, and all is as before outside."""
    with time_limit(100):
        with time_limit(50):
            expire()
            assert spent()
        poll()


# --------------------------------------------------------------------------- expansions and signs


@pytest.mark.parametrize(
    "formula",
    [
        "*".join(["(x+1)^64"] * 1000),
        "*".join(["(x+y+1)^8"] * 500),
        "((x+2*y+1)^64)^64",
        "(((x+2*y+1)^8)^8)^8",
        "((((x+1)^64)^64)^64)^64",
    ],
)
def test_what_cannot_be_expanded_is_refused_before_it_is(formula: str) -> None:
    """An expression of too many terms or too long numbers is refused with S002 in few polls."""
    content = {
        "title": "expansion",
        "populations": [{"name": n, "share": s, "strategies": ["a", "b"]} for n, s in ("Ax", "By")],
        "payoff_functions": {"A": {"a": formula, "b": "0"}, "B": {"a": "x", "b": "0"}},
    }
    clock = Ticking(0.001)
    with time_limit(1e9, now=clock), pytest.raises(InputError) as caught:
        analyze(load(content))
    assert caught.value.code == "S002"
    assert clock.now < 1.0


def test_a_sign_is_told_by_halving_the_form() -> None:
    """A polynomial whose first coefficients differ in sign is positive where it has no zero, else open."""
    from flint import Ordering, fmpq, fmpq_mpoly_ctx

    x, y = fmpq_mpoly_ctx.get(["x", "y"], Ordering.lex).gens()
    triangle = simplex(2)
    assert constant_sign((x - y) ** 2 + fmpq(1, 20), triangle) == 1
    assert constant_sign(-((x - y) ** 2) - fmpq(1, 20), triangle) == -1
    assert constant_sign((x - y) ** 2 - fmpq(1, 20), triangle) == 0
