"""Two versions of one model: under given equalities their equations must be the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from separatrix.audit.checks.inert_parameters import active
from separatrix.audit.claims.numerals import NoValue, ball, precision, show
from separatrix.audit.claims.wording import WITNESS, jointly, why
from separatrix.audit.evidence.algebra import Algebra, put, solved
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.finding import Finding
from separatrix.audit.evidence.finding_text import of_game
from separatrix.audit.evidence.formula_difference import contrast
from separatrix.errors import InputError
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.conditions import All, Condition, Relation, parse_condition
from separatrix.expression.tree import Expression, names_in, substitute, subtract
from separatrix.game.model import Game
from separatrix.sentences import listed, say

__all__ = ["check_against"]


def check_against(truth: Truth, other: Game, when: Sequence[str] = ()) -> list[Finding]:
    """Return where the equations of two versions differ, share by share.

    Parameters
    ----------
    truth : Truth
        Of the version that is checked.
    other : Game
        The version that it is compared with; shares are matched by name, else by position.
    when : sequence of str
        Equalities, each used to replace one parameter in both versions.

    Raises
    ------
    InputError
        P708 for a condition that is no equality, names no parameter, or cannot be solved for one.
    """
    return list(_Comparison(truth, other, when).run())


class _Comparison:
    def __init__(self, truth: Truth, other: Game, when: Sequence[str]) -> None:
        self.truth = truth
        self.rival = Truth(other)
        game = truth.game
        parameters = dict.fromkeys((*game.parameters, *other.parameters))
        self.pairs, self.renamed = _matched(game, other)
        shares = [s for s in game.shares if s not in parameters]
        self.algebra = Algebra(shares, parameters, form=truth.algebra.form)
        self.equalities = [_equality(text) for text in when]
        self.when = list(when)
        self.solutions = self._solve()

    # ------------------------------------------------------------- conditions

    def _solve(self) -> list[tuple[str, Ratio]]:
        """Solve each equality for one parameter, in turn."""
        solutions: list[tuple[str, Ratio]] = []
        game, other = self.truth.game, self.rival.game
        lets = {**other.lets, **game.lets}
        for text, relation in zip(self.when, self.equalities, strict=True):
            expression = subtract(relation.left, relation.right)
            for name, meaning in reversed(list(lets.items())):
                expression = substitute(expression, {name: meaning})
            unknown = [n for n in names_in(expression) if n not in self.algebra.parameters]
            if unknown:
                from separatrix.errors import nearest

                close = nearest(unknown[0], list(self.algebra.parameters))
                raise InputError(
                    "P708",
                    f"`{unknown[0]}` in the condition `{text}` is a parameter of neither version",
                    hint=f"did you mean `{close}`?" if close else None,
                )
            equation = self.algebra.read(expression)
            for name, value in solutions:
                equation = put(equation, {name: value})
            # What only one version has is replaced first: it then stands in neither.
            own = set(game.parameters) ^ set(other.parameters)
            order = [n for n in self.algebra.parameters if n in own]
            found = solved(equation, order) or solved(equation, self.algebra.parameters)
            if found is None:
                if equation.is_zero:
                    continue
                raise InputError("P708", f"the condition `{text}` cannot be solved for a parameter")
            solutions.append(found)
        return solutions

    def _under(self, ratio: Ratio) -> Ratio:
        for name, value in self.solutions:
            ratio = put(ratio, {name: value})
        return self.algebra.reduced(ratio)

    # ------------------------------------------------------------- comparing

    def run(self) -> Iterator[Finding]:
        game, other = self.truth.game, self.rival.game
        if len(game.shares) != len(other.shares):
            yield of_game(
                game,
                "P625",
                "error",
                say(
                    "The two versions cannot be compared: this one has the shares {shares}, and {other} has "
                    "{others}.",
                    shares=listed(game.shares),
                    other=other.origin,
                    others=listed(other.shares),
                ),
                ("populations",),
            )
            return
        for mine, theirs in self.pairs:
            if mine in self.truth.reduced:
                continue
            try:
                one, two = self._equation(mine, theirs)
            except (NotChecked, InputError, ZeroDivisionError) as problem:
                text = say("The equations of {share} were not compared: {why}.", share=mine, why=why(problem))
                yield of_game(game, "P628", "note", text, ("populations",))
                continue
            if one != two and not self._same_in_numbers(one, two):
                yield self._finding(mine, theirs, one, two)
        yield from self._lonely()

    def _equation(self, mine: str, theirs: str) -> tuple[Ratio, Ratio]:
        one = self._moved(self.truth, self.truth.equations[mine], {})
        two = self._moved(self.rival, self.rival.equations[theirs], self.renamed)
        return self._under(one), self._under(two)

    def _moved(self, source: Truth, ratio: Ratio, renamed: Mapping[str, Expression]) -> Ratio:
        """The quotient in the ring of both versions."""
        return self.algebra.read(substitute(source.algebra.write(ratio), renamed))

    def _same_in_numbers(self, one: Ratio, two: Ratio) -> bool:
        """Whether formulas with roots agree at every example."""
        if self.algebra.is_rational(one, two):
            return False
        return self._witness(one, two) is None

    def _witness(self, one: Ratio, two: Ratio) -> tuple[dict[str, Any], str, str] | None:
        written = [self.algebra.write(r) for r in (one, two)]
        used = set(self.algebra.used(one, two))
        examples = [
            {**b, **a}
            for a, b in zip(self.truth.admissible.examples, self.rival.admissible.examples, strict=False)
        ]
        filled = [
            {n: v.get(n, Fraction(k + 2)) for k, n in enumerate(self.algebra.parameters)} for v in examples
        ]
        with precision():
            for values in filled or [{n: Fraction(k + 2) for k, n in enumerate(self.algebra.parameters)}]:
                for state in self.truth.states():
                    known = {**values, **state}
                    try:
                        sides = [ball(e, known) for e in written]
                    except NoValue:
                        continue
                    if not (sides[0] - sides[1]).contains(0):
                        shown = {n: v for n, v in known.items() if n in used}
                        return shown, show(sides[0]), show(sides[1])
        return None

    def _finding(self, mine: str, theirs: str, one: Ratio, two: Ratio) -> Finding:
        game, other = self.truth.game, self.rival.game
        told = contrast(
            self.algebra, one, two, self.algebra.shares, it=say("the first"), other=say("the second")
        )
        under = say(" where {conditions}", conditions=jointly(self.when)) if self.when else ""
        name = mine if mine == theirs else say("{share} (there {other})", share=mine, other=theirs)
        text = say(
            "The equations of {share} in {game} and {other} differ{under}: {difference}.",
            share=name,
            game=game.origin,
            other=other.origin,
            under=under,
            difference=told.text,
        )
        found = self._witness(one, two)
        details: tuple[tuple[str, str], ...] = ()
        if found is not None:
            details = ((WITNESS, say("first {first}, second {second}", first=found[1], second=found[2])),)
        return of_game(
            game,
            "P625",
            "error",
            text,
            ("populations",),
            claim=f"{mine}' = {self.algebra.text(one)}",
            correct=f"{theirs}' = {self.algebra.text(two)}",
            term=told.term,
            difference=told.difference,
            witness=None if found is None else found[0],
            details=details,
        )

    def _lonely(self) -> Iterator[Finding]:
        game, other = self.truth.game, self.rival.game
        for here, there in ((self.truth, self.rival), (self.rival, self.truth)):
            try:
                moving = set().union(*active(here).values())
            except NotChecked:
                continue
            lonely = [n for n in here.game.parameters if n in moving and n not in there.game.parameters]
            if lonely:
                yield of_game(
                    game,
                    "P626",
                    "note",
                    say(
                        "Only {here} has the parameter{s} {names}; {there} has not.",
                        here=here.game.origin,
                        s="s" * (len(lonely) > 1),
                        names=listed(f"`{n}`" for n in lonely),
                        there=there.game.origin,
                    ),
                    ("parameters",),
                )
        if any(a != b for a, b in self.pairs):
            renamed = listed(say("{share} with {other}", share=a, other=b) for a, b in self.pairs if a != b)
            yield of_game(
                game,
                "P626",
                "note",
                say(
                    "The two versions name their shares differently; compared were {pairs} of {other}.",
                    pairs=renamed,
                    other=other.origin,
                ),
                ("populations",),
            )


def _matched(game: Game, other: Game) -> tuple[list[tuple[str, str]], dict[str, Expression]]:
    """Pair the shares of two versions, by name where all names agree, else by position."""
    from separatrix.expression.tree import Name

    if set(game.shares) == set(other.shares):
        pairs = [(s, s) for s in game.shares]
    else:
        pairs = list(zip(game.shares, other.shares, strict=False))
    return pairs, {theirs: Name(mine) for mine, theirs in pairs if mine != theirs}


def _equality(text: str) -> Relation:
    condition: Condition = parse_condition(text)
    if isinstance(condition, All) or not isinstance(condition, Relation) or condition.operator != "==":
        raise InputError(
            "P708", f"the condition `{text}` is no equality", hint="write two sides and =, as in 'C21 = C2'"
        )
    return condition
