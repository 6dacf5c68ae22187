"""Short names stand for what they say."""

from __future__ import annotations

from itertools import product

import pytest

from published_cases import analysed
from separatrix.expression.conditions import All, Condition, Relation
from separatrix.expression.tree import Expression, Name, substitute
from separatrix.formulas.abbreviations import Shortener
from separatrix.formulas.layout import to_plain
from separatrix.formulas.tex import fingerprint
from separatrix.reports.sections.context import Context


def written_out(shortener: Shortener, short: Expression) -> Expression:
    """Put the meanings back in place of the names, until none is left."""
    for _ in range(5):
        known: dict[str, Expression] = {
            token: shortener._meanings[name] for name, token in shortener._tokens.items()
        }
        short = substitute(short, known)
    return without_shorthands(shortener, short)


def without_shorthands(shortener: Shortener, expression: Expression) -> Expression:
    """Put the meanings of the game's own shorthands in their place."""
    for name, meaning in reversed(shortener._shorthands.items()):
        expression = substitute(expression, {name: meaning})
    return expression


@pytest.mark.parametrize("slug", ["wang-2023", "shi-chen-2018-asymmetric", "three-parties"])
def test_a_shortened_formula_is_the_same_function(slug: str) -> None:
    """Every coordinate and every exact eigenvalue, written out again, equals the original."""
    analysis = analysed(slug, symbolic=True)
    shortener = Context.of(analysis).shortener
    assert shortener.active
    compared = 0
    for point in analysis.rest_points:
        for expression in (*(point.exact or ()), *(point.eigenvalues_exact or ())):
            original = fingerprint(without_shorthands(shortener, expression))
            if original is not None:
                assert fingerprint(written_out(shortener, shortener._shorten(expression))) == original
                compared += 1
    assert compared > 10


def test_conditions_of_pure_states_read_off_the_advantages() -> None:
    """A pure state is stable where each advantage at it favours what is played: all 24 signs are right."""
    analysis = analysed("wang-2023", symbolic=True)
    context = Context.of(analysis)
    pure = {p.state: p for p in analysis.rest_points if not p.free}
    for state in product((0, 1), repeat=3):
        condition: Condition | None = pure[tuple(float(s) for s in state)].stable_when
        assert isinstance(condition, All)
        told = set()
        for part in condition.parts:
            assert isinstance(part, Relation)
            told.add(to_plain(context.shortener.relation(part.left, part.operator, part.right)))
        expected = set()
        for k, share in enumerate("xyz"):
            others = ",".join(str(s) for j, s in enumerate(state) if j != k)
            expected.add(f"Δ_{share}({others}) {'>' if state[k] else '<'} 0")
        assert told == expected


def test_a_name_of_the_user_is_never_taken_for_a_short_name() -> None:
    """Tokens hold a character that no expression can hold."""
    shortener = Context.of(analysed("wang-2023", symbolic=True)).shortener
    assert all("\0" in token for token in shortener._tokens.values())
    assert shortener._shorten(Name("E1")) == Name("E1")
