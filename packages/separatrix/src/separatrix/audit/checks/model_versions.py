"""Two versions of one model: under given equalities their equations must be the same.

Claimed curves on which one share does not change, such as the dividing line of a phase diagram.

Away from its own 0 and 1 a share rests exactly where its advantage is zero.

Names in claims that the game does not have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from separatrix.audit.checks.equations import judged
from separatrix.audit.checks.parameters import active
from separatrix.audit.claims.claims import (
    WITNESS,
    Claim,
    Claimed,
    ConditionClaim,
    CurveClaim,
    Published,
    StateClaim,
    jointly,
    knows,
    problem_sentence,
)
from separatrix.audit.claims.numerals import NoValue, ball, precision, show
from separatrix.audit.evidence.algebra import Algebra, Contrast, contrast, put, solved
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.findings import Finding, about, of_game, values_text
from separatrix.errors import InputError, SeparatrixError, nearest
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.conditions import All, Condition, Relation, parse_condition
from separatrix.expression.tree import Expression, names_in, substitute, subtract
from separatrix.game.model import Game
from separatrix.sentences import listed, say, together

__all__ = [
    "check_against",
    "check_curves",
    "check_names",
    "expressions",
    "unknown_names",
]


def check_curves(truth: Truth) -> Iterator[Finding]:
    """Yield a finding for each curve on which the share moves."""
    for claim in truth.published.curves:
        if not knows(claim.equals, *claim.when):
            continue
        try:
            yield from judged(claim, say("The curve {curve}", curve=claim.text), _judge(truth, claim))
        except ZeroDivisionError:
            text = say("The curve `{curve}` divides by zero.", curve=claim.text)
            yield about(claim, "P618", "error", text, claim=claim.text)


def _judge(truth: Truth, claim: CurveClaim) -> Iterator[Finding]:
    ring = truth.algebra
    share = claim.zero_of
    gain = _gain(truth, share)
    values = truth.scenario_values(claim)
    printed = truth.read(claim.equals.expression)
    if values is not None:
        gain, printed = put(gain, values), put(printed, values)
    gain = truth.simplified(gain, *claim.conditions)
    printed = truth.simplified(printed, *claim.conditions)
    variable = claim.variable
    equation = printed if variable is None else ring.variable(variable) - printed
    if not ring.is_rational(gain, equation):
        raise NotChecked(say("roots and functions in curves are not compared"))
    if gain.is_zero:
        return  # it rests everywhere, so also there
    if _same_zeros(truth, share, gain, equation):
        return
    solution = None if variable is None else solved(gain, [variable])
    correct, term, whole = f"{ring.text(gain)} = 0", None, None
    if variable is not None and solution is not None:
        correct = f"{variable} = {ring.text(solution[1])}"
        told = contrast(ring, printed, solution[1], it=say("the printed right side"))
        how = say("the right curve is {curve}; {difference}", curve=correct, difference=told.text)
        term, whole = told.term, told.difference
    elif variable is not None:
        how = say(
            "its advantage is {advantage}, in which {share} does not occur",
            advantage=ring.text(gain),
            share=variable,
        )
    else:
        how = say("its advantage vanishes where {equation}", equation=correct)
    text = say(
        "On the curve `{curve}` the share {share} does not rest: {how}.",
        curve=claim.text,
        share=share,
        how=how,
    )
    yield about(
        claim,
        "P618",
        "error",
        text,
        claim=claim.text,
        correct=correct,
        term=term,
        difference=whole,
        **_witness(truth, claim, gain, variable, printed),
    )


def _gain(truth: Truth, share: str) -> Ratio:
    ring = truth.algebra
    x = ring.variable(share) if share not in truth.reduced else truth.reduced[share]
    for population in truth.game.populations:
        if share == population.share and population.binary:
            return truth.equations[share] / (x * (ring.constant(1) - x))
    return truth.equations[share] / x


def _same_zeros(truth: Truth, share: str, gain: Ratio, equation: Ratio) -> bool:
    """Whether two equations agree up to factors without shares, and repeated factors."""
    shares = set(truth.game.shares)

    def core(ratio: Ratio) -> set[str]:
        _, factors = ratio.numerator.factor()
        kept = set()
        for factor, _ in factors:
            part = truth.algebra.ratio(factor)
            if set(truth.algebra.used(part)) & shares:
                kept.add(str(factor / factor.leading_coefficient()))
        return kept

    x = truth.algebra.variable(share)
    ours = core(equation) - core(x) - core(truth.algebra.constant(1) - x)
    theirs = core(gain)
    return ours == theirs or (bool(ours) and ours < theirs)


def _witness(
    truth: Truth, claim: CurveClaim, gain: Ratio, variable: str | None, printed: Ratio
) -> dict[str, object]:
    """A state on the claimed curve at which the share moves."""
    if variable is None:
        return {}
    scenario = truth.scenario_values(claim)
    for values in [scenario] if scenario is not None else truth.admissible.examples:
        for state in truth.states():
            known = {**values, **{s: v for s, v in state.items() if s != variable}}
            try:
                on_curve = put(printed, known).value
                if on_curve is None:
                    continue
                left = put(gain, {**known, variable: on_curve}).value
            except ZeroDivisionError:
                continue
            if left:
                names = (*truth.algebra.used(gain, printed), variable)
                shown = {n: v for n, v in {**known, variable: on_curve}.items() if n in names}
                return {"witness": shown, "details": ((say("advantage there"), values_text({"f": left})),)}
    return {}


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
        P708 for a condition that is not an equality, names no parameter, or cannot be solved for one.
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

    def _reduced(self, ratio: Ratio) -> Ratio:
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
                text = say(
                    "The equations of {share} were not compared: {why}.",
                    share=mine,
                    why=problem_sentence(problem),
                )
                yield of_game(game, "P628", "note", text, ("populations",))
                continue
            if one != two and not self._same_in_numbers(one, two):
                yield self._finding(mine, theirs, one, two)
        yield from self._lonely()

    def _equation(self, mine: str, theirs: str) -> tuple[Ratio, Ratio]:
        one = self._into_common_ring(self.truth, self.truth.equations[mine], {})
        two = self._into_common_ring(self.rival, self.rival.equations[theirs], self.renamed)
        return self._reduced(one), self._reduced(two)

    def _into_common_ring(self, source: Truth, ratio: Ratio, renamed: Mapping[str, Expression]) -> Ratio:
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
            "P708",
            f"the condition `{text}` is not an equality",
            hint="write two sides and =, as in 'C21 = C2'",
        )
    return condition


def expressions(published: Published) -> Iterator[tuple[Claim, Claimed | ConditionClaim]]:
    """Yield every printed formula and condition, each with the claim that it belongs to."""
    for claim in published.claims():
        for condition in claim.when:
            yield claim, condition
        match claim:
            case Claimed():
                yield claim, claim
            case StateClaim():
                yield from ((claim, c) for c in claim.at)
            case _:
                yield from _parts(claim)


def _parts(claim: Claim) -> Iterator[tuple[Claim, Claimed | ConditionClaim]]:
    for name in ("eigenvalues", "stable_when"):
        yield from ((claim, part) for part in getattr(claim, name, None) or ())
    for name in ("equals", "value"):
        part = getattr(claim, name, None)
        if part is not None:
            yield claim, part
    for name in ("state", "to"):
        state = getattr(claim, name, None)
        if state is not None and state.id is None:
            yield from ((claim, part) for part in state.at)
    for state in getattr(claim, "stable", ()):
        if state.id is None:
            yield from ((claim, part) for part in state.at)


def unknown_names(published: Published) -> tuple[str, ...]:
    """Return the names in claims that the game does not have."""
    found = [n for _, part in expressions(published) for n in part.unknown]
    found.extend(n for claim in published.claims() for n in getattr(claim, "unknown", ()))
    return tuple(dict.fromkeys(found))


def check_names(truth: Truth) -> Iterator[Finding]:
    """Yield one finding for each printed formula that uses a name the game does not have."""
    known = [*truth.game.parameters, *truth.game.lets, *truth.game.shares]
    for claim, part in expressions(truth.published):
        if part.unknown:
            yield _finding(truth, claim, part, part.text, part.unknown, known)
    for claim in truth.published.claims():
        if isinstance(claim, Claimed | ConditionClaim):
            continue
        unknown = getattr(claim, "unknown", ())
        if unknown:
            yield _finding(truth, claim, claim, ", ".join(unknown), unknown, known)


def _finding(
    truth: Truth, claim: Claim, part: Claim, text: str, unknown: tuple[str, ...], known: list[str]
) -> Finding:
    names = listed(f"`{n}`" for n in unknown)
    is_none = (
        say("is neither a parameter nor a share of the game")
        if len(unknown) == 1
        else say("are neither parameters nor shares of the game")
    )
    sentences = [
        say(
            "{names} {is_none}, so the claim `{claim}` cannot be right.",
            names=names,
            is_none=is_none,
            claim=text,
        )
    ]
    for name in unknown:
        close = nearest(name, known)
        if close is not None:
            meaning = truth.game.parameters[close].meaning if close in truth.game.parameters else None
            noted = say(" ({meaning})", meaning=meaning) if meaning else ""
            sentences.append(say("The nearest known name is `{name}`{meaning}.", name=close, meaning=noted))
    more: dict[str, str] = {}
    right = _right(truth, claim)
    if right is not None and isinstance(part, Claimed):
        correct, told = right
        more = {"correct": correct, "term": told.term, "difference": told.difference}
        sentences.append(say("Read as printed, {difference}.", difference=told.text))
    return about(part, "P627", "error", together(sentences), claim=text, **more)


def _right(truth: Truth, claim: Claim) -> tuple[str, Contrast] | None:
    """The right formula in place of an equation or an entry of the Jacobian, and the smallest difference."""

    if not isinstance(claim, Claimed) or len(claim.path) < 3:
        return None
    try:
        shares = truth.game.shares
        if claim.path[1] == "replicator":
            share = next(s for s, c in truth.published.replicator.items() if c is claim)
            right = truth.equations[share]
        elif claim.path[1] == "jacobian" and not truth.reduced:
            row, column = (int(k) for k in claim.path[2:4])
            right = truth.equations[shares[row]].derivative(shares[column])
        else:
            return None
        claimed = truth.read(claim.expression)
    except (NotChecked, SeparatrixError, StopIteration):
        return None
    owner = share if claim.path[1] == "replicator" else shares[row]
    told = contrast(truth.algebra, claimed, right)
    return truth.factored_text(right, owner), told
