"""No clause of a printed condition could be left out, and what is printed says what was found."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import pytest
from flint import Ordering, fmpq, fmpq_mpoly_ctx

import separatrix
from core.analysis.four_parties import FOUR_PARTIES
from core.analysis.helpers import document
from core.oracles.high_precision import holds_at
from core.oracles.printed_conditions import Printed, clauses
from published_cases import CASES, EVERY_RUN, PUBLISHED
from separatrix.analysis import conditions as irredundant
from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.clauses import Point, QuickSign
from separatrix.analysis.conditions import Irredundant
from separatrix.analysis.regime_description import excluded_states
from separatrix.analysis.results import Analysis
from separatrix.errors import ComesLater
from separatrix.exact.rational_functions import Ring
from separatrix.expression.conditions import (
    FALSE,
    TRUE,
    Condition,
    Relation,
    all_of,
    any_of,
    condition_text,
    fold,
    leaves,
    parse_condition,
    with_sides,
)
from separatrix.expression.evaluation import evaluate
from separatrix.expression.satisfiability import Decision
from separatrix.expression.tree import Expression, names_in, to_text
from separatrix.game.model import Game
from separatrix.game.values import expand
from separatrix.languages import language_of
from separatrix.run.limits import time_limit
from thinning import thinned

NAMES = [*CASES, "four parties"]
NAMED = [*PUBLISHED, pytest.param("four parties", marks=pytest.mark.soak)]

PATIENCE, GUARD = 600.0, 100.0
"""Seconds, and times a question's effort, so that z3's own limits end it and not a machine that is busy."""

MOST_UNKNOWN = 0.01
"""The part of all comparisons of which z3 may not know whether they are needed."""


def game(name: str) -> Game:
    """Return a published game, or the one of four parties."""
    return separatrix.load(FOUR_PARTIES if name == "four parties" else name)


@cache
def analysis(name: str) -> Analysis | None:
    """Return its answer in symbols, None where it has none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(irredundant, "GUARD", GUARD)
        try:
            return separatrix.analyze(game(name), symbolic=True, budget=PATIENCE)
        except ComesLater:
            return None


def assumed(of: Game) -> Iterator[str]:
    """Yield what is assumed of the parameters, as text."""
    for condition, _ in of.assumptions:
        yield condition_text(with_sides(condition, lambda e: expand(of, e)))
    for speed in of.speeds:
        yield f"{to_text(expand(of, speed))} > 0"


def meanings(found: Analysis) -> dict[str, Expression]:
    """Return what each name in a condition stands for that is no parameter."""
    shorthands = {n: expand(found.game, m) for n, m in found.game.lets.items()}
    return {n: m for n, m in (shorthands | dict(found.definitions)).items() if n not in found.game.shares}


def reader(found: Analysis) -> Printed:
    """Return what reads the conditions of an answer."""
    names = {n: to_text(m) for n, m in meanings(found).items()}
    return Printed(names, list(assumed(found.game)))


def printed(found: Analysis) -> Iterator[tuple[str, str, list[str]]]:
    """Yield every condition of an answer: of what it is, its text, and what else holds."""
    told: Any = found.to_dict()
    for point in told["rest_points"]:
        exists = point["exists"]
        yield f"{point['id']} exists", exists or "True", []
        for key in ("stable_when", "open_when"):
            if point[key] is not None:
                yield f"{point['id']} {key}", point[key], [exists] if exists else []
    for piece in told["rest_sets"]:
        for key in ("exists", "possible_when"):
            if piece[key] is not None:
                yield f"{piece['id']} {key}", piece[key], []
    for regime in told["regimes"]:
        yield f"regime {regime['stable']}", regime["condition"], []


@cache
def counted(name: str) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...], int]:
    """Return the comparisons that are not needed, those of which z3 does not know, and how many there are."""
    found = analysis(name)
    if found is None:
        return (), (), 0
    told = reader(found)
    surplus, unknown, count = [], [], 0
    for where, text, given in printed(found):
        for comparison, needed in clauses(text, given, told):
            count += 1
            if needed is None:
                unknown.append((where, comparison))
            elif not needed:
                surplus.append((where, comparison))
    return tuple(surplus), tuple(unknown), count


@thinned("name", NAMED, each_run=EVERY_RUN)
def test_every_printed_clause_is_needed(name: str) -> None:
    """z3, given what is printed and nothing else, finds no clause that the others imply or exclude."""
    surplus, _, _ = counted(name)
    assert surplus == ()


@pytest.mark.soak
@pytest.mark.parametrize(
    "names", [CASES, pytest.param(NAMES, marks=pytest.mark.soak)], ids=["published", "four parties, too"]
)
def test_hardly_any_clause_is_left_unknown(names: list[str]) -> None:
    """z3 knows of all but one in a hundred clauses whether they are needed, and of many that they are."""
    unknown = sum(len(counted(name)[1]) for name in names)
    count = sum(counted(name)[2] for name in names)
    assert count > 1500
    assert unknown <= MOST_UNKNOWN * count


# ------------------------------------------------------------- the same as before


@cache
def in_full(name: str) -> Analysis | None:
    """Return the answer as it is found, its conditions not yet shortened."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("substitution", "supports", "pure_profiles"):
            patch.setattr(f"separatrix.analysis.symbolic.{module}.irredundant", lambda symbols, *_: symbols)
        try:
            return separatrix.analyze(game(name), symbolic=True, budget=PATIENCE)
        except ComesLater:
            return None


def pairs(name: str) -> Iterator[tuple[str, Condition, Condition]]:
    """Yield conditions in full and short that have to say the same, and what they are of."""
    full, short = in_full(name), analysis(name)
    if full is None or short is None:
        return
    points = {(p.support, p.exact): p for p in short.rest_points}
    for point in full.rest_points:
        other = points.get((point.support, point.exact))
        exists = other.exists if other else FALSE
        yield f"{point.id} exists", point.exists or TRUE, exists or TRUE
        for key in ("stable_when", "open_when"):
            one, two = getattr(point, key), getattr(other, key, None)
            yield (
                f"{point.id} {key}",
                all_of(point.exists or TRUE, FALSE if one is None else one),
                all_of(exists or TRUE, FALSE if two is None else two),
            )
    sets = {(s.support, s.equations): s for s in short.rest_sets}
    for piece in full.rest_sets:
        twin = sets.get((piece.support, piece.equations))
        for key in ("exists", "possible_when"):
            long = getattr(piece, key)
            if long is not None:
                yield f"{piece.id} {key}", long, getattr(twin, key) if twin else FALSE
    for one, two in zip(full.regimes, short.regimes, strict=True):
        assert (one.stable, one.witness, one.generic) == (two.stable, two.witness, two.generic)
        yield f"regime {one.witness}", one.condition, two.condition


@thinned("name", [*PUBLISHED, pytest.param("four parties", marks=pytest.mark.soak)], each_run=EVERY_RUN)
def test_z3_finds_no_parameters_at_which_a_short_condition_says_something_else(name: str) -> None:
    """Under the assumptions each short condition is equivalent to the full one, as far as z3 knows."""
    found = analysis(name)
    if found is None:
        return
    told = reader(found)
    every = unknown = 0
    for where, full, short in pairs(name):
        every += 1
        if condition_text(full) == condition_text(short):
            continue
        answer = told.differ(condition_text(full), condition_text(short))
        assert answer is not True, where
        unknown += answer is None
    assert unknown <= max(2, every // 20)


def admissible(of: Game, count: int) -> list[dict[str, Fraction]]:
    """Return random parameters that the assumptions allow."""
    rng = random.Random(of.title)
    conditions = [with_sides(c, lambda e: expand(of, e)) for c, _ in of.assumptions]
    parts = {n: [c for c in conditions if set(names_of(c)) == {n}] for n in of.parameters}
    others = [c for c in conditions if len(set(names_of(c))) > 1]

    def drawn(name: str) -> Fraction:
        while True:
            size = rng.choice((Fraction(1, 16), Fraction(1, 2)))
            value = size * rng.choice((1, 1, -1)) * rng.randint(0, 20)
            if all(holds_at(c, precise({name: value})) for c in parts[name]):
                return value

    found: list[dict[str, Fraction]] = []
    for _ in range(5_000):
        if len(found) == count:
            break
        values = {name: drawn(name) for name in of.parameters}
        if all(holds_at(c, precise(values)) for c in others):
            found.append(values)
    return found


def names_of(condition_: Condition) -> list[str]:
    """Return the names in a condition."""
    return [n for r in leaves(condition_) for side in (r.left, r.right) for n in names_in(side)]


@thinned("name", NAMED, each_run=EVERY_RUN)
def test_short_conditions_hold_at_the_same_random_parameters(name: str) -> None:
    """At random admissible parameters each short condition is true exactly where the full one is."""
    found = analysis(name)
    if found is None or not found.game.parameters:
        return
    every = list(pairs(name))
    drawn = admissible(found.game, 25)
    assert drawn
    for values in drawn:
        digits = everything(found, values)
        for where, full, short in every:
            assert true_at(full, digits) == true_at(short, digits), (where, values)


def precise(values: Mapping[str, Fraction]) -> dict[str, Any]:
    """Return values as numbers of many digits."""
    return {n: mpmath.mpf(v.numerator) / v.denominator for n, v in values.items()}


def everything(found: Analysis, values: Mapping[str, Fraction]) -> dict[str, Any]:
    """Return the values of all names in the conditions of an answer."""
    told = dict(values)
    for name, meaning in meanings(found).items():
        if not set(names_in(meaning)) & set(found.game.shares):
            told[name] = evaluate(meaning, values)
    return precise(told)


def true_at(condition_: Condition, values: Mapping[str, Any]) -> bool:
    """Whether a condition is true; a comparison of what is not real is not."""

    def leaf(relation: Relation) -> bool:
        try:
            return holds_at(relation, values)
        except AssertionError:
            return False

    return fold(condition_, leaf, all, any)


@pytest.mark.parametrize("name", NAMED)
def test_one_regime_holds_at_random_parameters_and_numbers_agree_with_it(name: str) -> None:
    """Where all is decided one regime holds, and its states are those that are stable in numbers."""
    found = analysis(name)
    if found is None or found.coexistence is None:
        return
    for values in admissible(found.game, 4):
        here = [r for r in found.regimes if true_at(r.condition, everything(found, values))]
        assert len(here) == 1, values
        numbers = separatrix.analyze(found.game, values)
        stable = [p.state for p in numbers.rest_points if p.stability == "asymptotically stable"]
        told = [[float(evaluate(e, values)) for e in state] for state in here[0].stable]
        assert sorted(stable) == [pytest.approx(s) for s in sorted(told)], values
        assert found.coexistence.least <= len(stable) <= found.coexistence.most


# ------------------------------------------------------------- what is left out


def condition(text: str) -> Condition:
    """Read alternatives of clauses."""
    return any_of(*(all_of(*map(parse_condition, part.split(" and "))) for part in text.split(" or ")))


def shortened(assume: list[str], text: str, given: str = "", effort: float = 5.0) -> str:
    """Return a condition on a, b, c and d, shortened under assumptions and where others hold."""
    of = separatrix.load({**document(x="a*y + b", y="c*x + d"), "parameters": {n: {} for n in "abcd"}})
    ring = Ring("abcd")
    assumptions = Assumptions(of, ring)
    for assumed_ in assume:
        relation = parse_condition(assumed_)
        assert isinstance(relation, Relation)
        difference = ring.read(relation.left) - ring.read(relation.right)
        assumptions.assume([difference.numerator], relation.operator)
    whole, around = condition(text), condition(given) if given else TRUE
    short = Irredundant(assumptions, [whole, around], {}, (), effort)
    return condition_text(short.condition(whole, around))


@pytest.mark.parametrize(
    ("assume", "text", "given", "short"),
    [
        (["a > 0"], "b > 0 and a + b > 0", "", "b > 0"),
        (["a > b"], "a > c and b > c", "", "b > c"),
        (["a > 0"], "b > 0 or a < 0", "", "b > 0"),
        ([], "a > b and b > c and a > c and c > d", "", "a > b and b > c and c > d"),
        ([], "a > b or a > b and c > d", "", "a > b"),
        ([], "a > 0 and a > b or a > 0 and a < b", "", "(a > 0 and a > b) or (a > 0 and a < b)"),
        ([], "a > 0 and b > 0", "b > 0", "a > 0"),
        ([], "a > 0 and b > 0", "a > c and c > 0 and b > d and d > 0", "True"),
        ([], "a > 0", "a < b and b < 0", "False"),
        (["a - b < 0"], "(a - c)*(b - c) < 0", "", "a - c < 0 and b - c > 0"),
        (["a > 0", "b > 0"], "(a - c)*(b + c) < 0 and c > 0", "", "a - c < 0"),
        ([], "(a - c)*(b - c) < 0", "", "(a - c)*(b - c) < 0"),
        ([], "(a - c)^2*(b - c) < 0", "", "a - c != 0 and b - c < 0"),
        (["c > 0"], "a/b > c and b != 0 and a != 0", "", "a/b > c"),
        (
            [],
            "a >= b and sqrt(a - b) > c and a - b > c^2 and c > 0",
            "",
            "a >= b and sqrt(a - b) > c and c > 0",
        ),
        ([], "a >= 0 and sqrt(a) > b and b < 0", "", "a >= 0 and b < 0"),
        ([], "a^2 + b^2 > 0 and a > 0", "", "a > 0"),
        (["a > 0"], f"{10**400}*a > b and b < 0", "", "b < 0"),
        (["a > 0"], f"a > b/{10**400} and b > 0 and c > 0", "", f"a > b/{10**400} and b > 0 and c > 0"),
    ],
)
def test_what_follows_or_cannot_be_is_left_out(assume: list[str], text: str, given: str, short: str) -> None:
    """Clauses that others imply, alternatives that are excluded, and factors whose sign is known."""
    assert shortened(assume, text, given) == short


def test_signs_in_floating_point_are_told_only_where_they_are_certain() -> None:
    """What floating point rounds to nothing has the sign that exact numbers give it."""
    ring = fmpq_mpoly_ctx.get(("a", "b"), Ordering.lex)
    a, b = ring.gens()
    tiny = fmpq(1, 10**30)
    for polynomial, values, sign in [
        (a * b, (fmpq(1, 10**200), fmpq(1, 10**200)), 1),
        (a - b, (1 + tiny, fmpq(1)), 1),
        ((1 + tiny) * a - b, (fmpq(1), fmpq(1)), 1),
        (a - b, (fmpq(10**400), fmpq(10**400 + 1)), -1),
        (a * b - 6, (fmpq(2), fmpq(3)), 0),
        (a**20 - b**20, (fmpq(1, 10**18), fmpq(2, 10**18)), -1),
    ]:
        assert QuickSign(polynomial).at(Point(values)) == sign, (polynomial, values)


def test_a_power_past_those_that_are_read_stays_and_is_right() -> None:
    """A product of powers that no file could write as one is compared as it stands."""
    payoffs = [["0", "a^64*a^64 - b"], ["a - 1", "0"]]
    of = separatrix.load({"payoff_matrix": payoffs, "parameters": {"a": {}, "b": {}}})
    found = separatrix.analyze(of, symbolic=True, budget=5)
    for values in ({"a": 2, "b": 3}, {"a": 2, "b": 2**129}, {"a": 0, "b": 3}, {"a": 0, "b": -3}):
        exact = precise({n: Fraction(v) for n, v in values.items()})
        numbers = {p.id: p for p in separatrix.analyze(of, values).rest_points}
        for point in found.rest_points:
            assert true_at(point.exists or TRUE, exact) == (point.id in numbers), values
            if point.id in numbers:
                attracts = numbers[point.id].stability == "asymptotically stable"
                assert true_at(point.stable_when or FALSE, exact) == attracts, values


def test_without_time_a_condition_stays_as_it_is() -> None:
    """What z3 may not be asked is kept, unless a trial or a glance at the signs tells it."""
    text = "a > b and b > c and a > c"
    assert shortened([], text, effort=0.0) == text
    with time_limit(-1):
        assert shortened([], text) == text


def test_what_z3_does_not_know_is_kept_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown answer leaves the clause in its place."""
    asked = []

    def unknown(*question: Any, **_: Any) -> Decision:
        asked.append(question)
        return Decision("unknown")

    monkeypatch.setattr(irredundant, "ask", unknown)
    text = "a > b and b > c and a > c"
    assert shortened([], text) == text
    assert asked


# ------------------------------------------------------------- which states are excluded


def test_the_excluded_states_leave_one_set_and_none_of_them_could_be_left_out() -> None:
    """On random lists of possible sets: only the chosen set is left, and each excluded state is needed."""
    rng = random.Random(3)
    for _ in range(300):
        sets = {frozenset(k for k in range(6) if rng.random() < 0.4) for _ in range(rng.randint(1, 20))}
        chosen = rng.choice(sorted(sets, key=sorted))

        def left(excluded: frozenset[int], sets: Any = sets, chosen: Any = chosen) -> list[Any]:
            return [s for s in sets if chosen <= s and not s & excluded]

        excluded = frozenset(excluded_states(chosen, sets))
        assert left(excluded) == [chosen]
        assert all(len(left(excluded - {k})) > 1 for k in excluded)


@pytest.mark.soak
def test_four_parties_are_told_in_few_clauses() -> None:
    """The regimes of a game of four parties exclude two states each at most, on average, of sixteen."""
    found = analysis("four parties")
    assert found is not None and len(found.regimes) > 20
    assert sum(len(r.excluded) for r in found.regimes) <= 2 * len(found.regimes)


# ------------------------------------------------------------- how many at once


@pytest.mark.parametrize(
    ("assume", "advantages", "told"),
    [
        ([], {"x": "a", "y": "b"}, "At most one state"),
        (["a > 0", "b > 0"], {"x": "a", "y": "b"}, "The same one state"),
        (["a > 0", "b != 0"], {"x": "a", "y": "b"}, "Exactly one of (1, 0) and (1, 1)"),
        (["a > 0", "b > 0"], {"x": "a*(2*y - 1)", "y": "b*(2*x - 1)"}, "At least 2 and at most 2"),
        (["a > 0", "b > 0"], {"x": "a*(2*y - 1)", "y": "b*(1 - 2*x)"}, "No state"),
        (["a > 0"], {"x": "a*(2*y - 1)", "y": "b*(2*x - 1)"}, "At most 2"),
    ],
)
def test_how_many_states_are_stable_at_once_is_said(
    assume: list[str], advantages: dict[str, str], told: str
) -> None:
    """In one sentence, in both languages, in the report and in the JSON."""
    of = separatrix.load({**document(**advantages), "parameters": {n: {} for n in "ab"}, "assume": assume})
    found = separatrix.analyze(of, symbolic=True)
    assert found.coexistence is not None and found.coexistence.told.startswith(told)
    data: Any = found.to_dict()
    assert data["coexistence"]["text"] == found.coexistence.told
    assert data["coexistence"]["most"] == max(len(r.stable) for r in found.regimes)
    chinese = language_of("zh").tell(found.coexistence.told)
    assert not any(c.isascii() and c.isalpha() for c in chinese)


def test_states_that_are_never_stable_together_are_those_of_the_regimes() -> None:
    """In the author's form, as the regimes have them."""
    payoffs = [["0", "a*(1 - b)", "-1"], ["c", "0", "-1"], ["-1", "-1", "0"]]
    of = separatrix.load({"payoff_matrix": payoffs, "parameters": {n: {} for n in "abc"}})
    found = separatrix.analyze(of, symbolic=True)
    assert found.coexistence is not None and len(found.coexistence.exclusive) > 1
    stable = {state for regime in found.regimes for state in regime.stable}
    assert {state for pair in found.coexistence.exclusive for state in pair} <= stable


def test_two_states_from_one_to_the_other_of_which_one_party_deviates_are_not_told_as_exclusive() -> None:
    """That they are never stable both is so in every game of several populations, whatever is played."""
    strategies = [{"id": f"s{k}", "name": f"s{k}"} for k in range(3)]
    of = separatrix.load(
        {
            "populations": [
                {"name": "A", "share": "x", "strategies": strategies},
                {"name": "B", "share": "y", "strategies": ["yes", "no"]},
            ],
            "parameters": {n: {} for n in "abc"},
            "payoffs": [
                {"play": [f"s{k}", reply], "pay": [own, "1" if reply == "yes" else "0"]}
                for k, own in enumerate("abc")
                for reply in ("yes", "no")
            ],
        }
    )
    found = separatrix.analyze(of, symbolic=True).coexistence
    assert found is not None and (found.most, found.exclusive) == (1, ())


def test_nothing_is_said_of_all_parameters_where_the_regimes_are_not_known_to_be_all() -> None:
    """Without time no number of states at once is told."""
    found = separatrix.analyze(separatrix.load("shi-chen-2018"), symbolic=True, budget=0)
    assert found.coexistence is None
    assert found.to_dict()["coexistence"] is None
