"""Ready-made instruments: the four strategies of Shi and Chen (2018), for every game with their six."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from separatrix import analyze, load
from separatrix.errors import SeparatrixError
from separatrix.expression.evaluation import evaluate
from separatrix.game.instrument_sets import SIX, add_instruments, fitting, ready_instruments
from separatrix.game.instruments import cost_of, with_instruments
from separatrix.game.model import POLICY_STRATEGIES, Game, ProfileTable
from separatrix.game.values import resolve

READY = list(ready_instruments())


def bare() -> Game:
    """The game of the paper without its instruments."""
    document = dict(load("shi-chen-2018").raw)
    own = document.pop("instruments")
    document.pop("emissions")
    chinese = dict(document["translations"]["zh"])
    chinese["meanings"] = {name: told for name, told in chinese["meanings"].items() if name not in own}
    return load({**document, "translations": {"zh": chinese}})


def test_each_of_the_four_strategies_has_instruments() -> None:
    """No strategy of the paper is left out, and each instrument acts on its six parameters."""
    ready = ready_instruments()
    for strategy in POLICY_STRATEGIES:
        assert sum(one.strategy == strategy for one in ready.values()) >= 2
    assert all(set(one.changes) <= set(SIX) for one in ready.values())


def test_the_game_of_the_paper_ships_with_all_of_them() -> None:
    """Its file says what adding them to the bare game gives, in both languages."""
    shipped = load("shi-chen-2018")
    made = add_instruments(bare(), emitted=100, money=10_000, unit="CNY/t", effort="1/2")
    assert made.instruments == shipped.instruments
    assert made.emissions == shipped.emissions
    assert made.translations == shipped.translations


@pytest.mark.parametrize("name", READY)
def test_an_idle_instrument_changes_nothing(name: str) -> None:
    """At its idle level every payoff has the value that it has without, and nobody pays."""
    game = load("shi-chen-2018")
    shares = {"x": Fraction(1, 5), "y": Fraction(3, 10)}
    values = {n: v for n, v in resolve(game).items() if v is not None} | shares
    acting = with_instruments(game, [name])
    table = acting.form if isinstance(acting.form, ProfileTable) else acting.form.table  # type: ignore[union-attr]
    assert isinstance(table, ProfileTable)
    for profile, row in table.pay.items():
        idle = [evaluate(e, {**values, name: Fraction(0)}) for e in row]
        assert idle == [evaluate(e, values) for e in game.pay[profile]]
    assert all(evaluate(cost, {**values, name: Fraction(0)}) == 0 for cost in cost_of(game, [name]).values())


@pytest.mark.parametrize("name", READY)
def test_each_makes_declining_together_pay_less(name: str) -> None:
    """At half of its range, cooperating alone gains on declining, or cooperating together does."""
    game = with_instruments(load("shi-chen-2018"), [name])
    level = game.parameters[name].range
    assert level is not None

    def advantages(at: Fraction) -> tuple[Fraction, ...]:
        values = {n: v for n, v in resolve(game, {name: at}).items() if v is not None}
        table = game.form if isinstance(game.form, ProfileTable) else game.form.table  # type: ignore[union-attr]
        assert isinstance(table, ProfileTable)

        def pay(own: int, other: int) -> Fraction:
            share = Fraction(1 - other)
            return evaluate(table.pay[own, other][0], values | {"x": share, "y": share})

        return tuple(pay(0, other) - pay(1, other) for other in (0, 1))

    before, after = advantages(Fraction(0)), advantages(level[1] / 2)
    gains = [late - early for early, late in zip(before, after, strict=True)]
    assert max(gains) > 0
    assert min(gains) >= 0 or name == "club"  # whose fee is paid where nobody is fined yet


@pytest.mark.parametrize("slug", ["shi-chen-2018-asymmetric", "shi-chen-2018-one-population"])
def test_relatives_of_the_paper_take_them(slug: str) -> None:
    """Six for each population, or one population: each instrument acts on all of them."""
    game = add_instruments(load(slug), emitted=100, money=10_000)
    assert list(game.instruments) == READY
    changed = game.instruments["subsidy"].changes
    assert set(changed) == ({"C1A", "C1B"} if "asymmetric" in slug else {"C1"})
    cheap = analyze(with_instruments(game, ["subsidy"]), values={"subsidy": 1})
    free = analyze(game, values=dict.fromkeys(changed, 0))
    assert [(p.state, p.stability) for p in cheap.rest_points] == [
        (p.state, p.stability) for p in free.rest_points
    ]


def test_costs_count_enterprises_of_both_sides() -> None:
    """With sizes, a cost is that of all enterprises, each side at what it costs there."""
    game = add_instruments(
        load("shi-chen-2018-asymmetric"), ["subsidy", "carbon_price"], sizes=[3, 5], emitted=[100, 40]
    )
    values = {n: v for n, v in resolve(game).items() if v is not None}
    state = {"x": Fraction(1, 2), "y": Fraction(1, 5), "subsidy": Fraction(1, 4), "carbon_price": Fraction(2)}
    cost = cost_of(game, ["subsidy", "carbon_price"])["public"]
    subsidised = Fraction(1, 4) * (3 * 4 * Fraction(1, 2) + 5 * 2 * Fraction(1, 5))
    taxed = 2 * (3 * 100 * Fraction(1, 2) + 5 * 40 * Fraction(4, 5))
    assert evaluate(cost, values | state) == subsidised - taxed
    assert game.emissions is not None
    assert evaluate(game.emissions, state) == taxed / 2


def test_another_game_says_what_it_calls_the_parameters() -> None:
    """With roles, an instrument acts on a parameter of any name; those that lack theirs are left out."""
    game = load({"payoff_matrix": [["b - c", "-c"], [0, 0]], "parameters": {"b": 3, "c": 1}})
    assert fitting(game) == ()
    made = add_instruments(game, ["technology"], roles={"C1": "c"})
    assert list(made.instruments) == ["subsidy"]
    assert list(made.instruments["subsidy"].changes) == ["c"]


@pytest.mark.parametrize(
    ("names", "options", "code"),
    [
        (["subsidi"], {}, "G130"),
        (["fine"], {"roles": {"C2": "d"}}, "G131"),
        (["fine"], {"roles": {"C3": "C2"}}, "G131"),
        (["carbon_price"], {}, "G131"),
        (["subsidy"], {"roles": {"C1": ["C1"]}}, "G133"),
        (["subsidy"], {"sizes": [1]}, "G133"),
        (["subsidy"], {"sizes": [0, 1]}, "G133"),
        (["carbon_price"], {"emitted": -1}, "G133"),
        (["carbon_price"], {"emitted": 1, "money": 0}, "G133"),
        (["subsidy"], {"emitted": "much"}, "V301"),
    ],
)
def test_what_does_not_fit_is_refused(names: list[str], options: dict[str, Any], code: str) -> None:
    """A name that is not known, a parameter that is not there, and numbers that cannot be, have a code."""
    with pytest.raises(SeparatrixError) as caught:
        add_instruments(bare(), names, **options)
    assert caught.value.code == code


def test_a_name_that_is_taken_is_told() -> None:
    """An instrument that the game has already is not overwritten."""
    with pytest.raises(SeparatrixError, match="G132"):
        add_instruments(load("shi-chen-2018"), ["subsidy"])
    assert add_instruments(load("shi-chen-2018")).instruments == load("shi-chen-2018").instruments
