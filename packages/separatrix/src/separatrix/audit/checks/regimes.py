"""Claimed regimes: whether just the claimed states are stable there, and which regimes a list misses.

Where a condition compares one parameter with a number, the other parameters have the values of the file, and
the line of that parameter is cut into intervals; else all admissible parameters are meant, and z3 looks for
some at which other states are stable.

Claimed thresholds: the number against its formula, and whether anything changes there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from separatrix.audit.checks.equations import judged
from separatrix.audit.claims.claims import (
    FILE_VALUES,
    UNDECIDED_IN_TIME,
    Claimed,
    RegimeClaim,
    ThresholdClaim,
    jointly,
    knows,
)
from separatrix.audit.claims.numerals import NoValue, ball, precision, show, tolerance
from separatrix.audit.evidence.admissible import Formula, PolynomialSign, Unknown, negation
from separatrix.audit.evidence.algebra import balance, put
from separatrix.audit.evidence.algebra import into_ring as within_ring
from separatrix.audit.evidence.derived_equations import (
    NotChecked,
    Truth,
    circumstances,
    fixed,
    pinned,
    relations,
)
from separatrix.audit.evidence.findings import Finding, about, claim_circumstances, not_checked, values_text
from separatrix.audit.evidence.points import (
    OpenInterval,
    attractors,
    breaks,
    changes,
    index_of,
    intervals,
    rational_roots,
)
from separatrix.errors import InputError
from separatrix.expression.conditions import All
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import Expression, names_in, subtract
from separatrix.game.values import expand
from separatrix.sentences import listed, say, together

__all__ = [
    "check_regimes",
    "check_thresholds",
]

Chosen = frozenset[int]
"""The states that are stable together, as indices."""
MOST = 12


@dataclass(frozen=True)
class _Part:
    """Some parameters, in words, with the states that are stable there and an example."""

    where: str
    chosen: Chosen
    witness: Mapping[str, Fraction]


@dataclass(frozen=True)
class _Claimed:
    """A claimed regime, ready to be compared.

    ``when`` are its circumstances, in which other parameters than `single` may have the values of the file;
    ``meant`` are its conditions for all admissible parameters.
    """

    claim: RegimeClaim
    when: Formula
    meant: Formula
    chosen: Chosen
    single: str | None
    """The one parameter that is compared with a number."""


def check_regimes(truth: Truth) -> Iterator[Finding]:
    """Yield what is wrong with claimed regimes."""
    claims = [c for c in truth.published.regimes if knows(*c.when, *(p for s in c.stable for p in s.at))]
    if not claims:
        return
    yield from judged(claims[0], say("The list of regimes"), _regimes(truth, claims))


def _regimes(truth: Truth, claims: Sequence[RegimeClaim]) -> Iterator[Finding]:
    yield from _Regimes(truth, claims).run()


class _Regimes:
    def __init__(self, truth: Truth, claims: Sequence[RegimeClaim]) -> None:
        self.truth = truth
        self.every = attractors(truth)
        self.claims = claims
        self.ready: list[_Claimed] = []
        self.unnatural = False
        """Whether other states are stable only where parameters have other signs than in the file."""
        self.mixing = not truth.strict_only
        """Whether mixed states may attract that are not among `every`, or where conditions leave it open."""
        # A quantity that is zero for all parameters decides nothing; the others are kept off zero.
        unique = {str(s.polynomial): s.polynomial for a in self.every for s in a.deciding}
        self.generic = All(tuple(PolynomialSign(p, "!=") for p in unique.values() if len(p)))

    def run(self) -> Iterator[Finding]:
        for claim in self.claims:
            found = self._read(claim)
            if isinstance(found, Finding):
                yield found
            else:
                self.ready.append(found)
        for claimed in self.ready:
            try:
                yield from self._judge(claimed)
            except Unknown:
                yield not_checked(claimed.claim, say("The regime"), UNDECIDED_IN_TIME)
        if len(self.ready) == len(self.truth.published.regimes):
            try:
                yield from self._missing()
            except Unknown:
                yield not_checked(
                    self.claims[0], say("Whether the regimes are all"), say("z3 could not decide it")
                )
        if self.unnatural:
            yield about(
                self.claims[0],
                "P629",
                "note",
                say(
                    "The regimes are right only with signs that the file does not assume, such as {signs}; "
                    "write them under `assume`.",
                    signs=self.truth.admissible.natural_text(self.truth.game.parameters),
                ),
                claim=_claim_text(self.claims[0]),
            )

    # ------------------------------------------------------------- reading

    def _read(self, claim: RegimeClaim) -> _Claimed | Finding:
        chosen = set()
        for state in claim.stable:
            index = index_of(self.truth, state, self.every)
            if index is None:
                text = f"({', '.join(c.text for c in state.at)})"
                name = f"{state.id} {text}" if state.id else text
                reason = (
                    say("a mixed state of populations without intraspecific interactions never is")
                    if self.truth.strict_only
                    else say("it is never a rest point in the state space")
                )
                return about(
                    claim,
                    "P616",
                    "error",
                    say(
                        "In this regime {state} is said to be asymptotically stable: {reason}.",
                        state=name,
                        reason=reason,
                    ),
                    claim=_claim_text(claim),
                )
            chosen.add(index)
        truth = self.truth
        when, single = circumstances(truth, claim.conditions, claim.scenario)
        point = truth.scenario_values(claim)
        if point is not None and (single is None or fixed(claim.conditions)):
            when, single = All((when, pinned(truth, point))), None
        meant = when
        if single is not None and claim.scenario is None:
            meant = All(tuple(truth.formula(c) for c in claim.conditions))
        return _Claimed(claim, when, meant, frozenset(chosen), single)

    # ------------------------------------------------------------- what is stable

    def _exactly(self, chosen: Chosen) -> Formula:
        return All(tuple(a.stable if k in chosen else negation(a.stable) for k, a in enumerate(self.every)))

    def _chosen_at(self, values: Mapping[str, Fraction]) -> Chosen:
        admissible = self.truth.admissible
        return frozenset(k for k, a in enumerate(self.every) if admissible.true_at(a.stable, values))

    def _other_stable_sets(
        self, where: Formula, excluded: Sequence[Chosen], *, judged: bool = False
    ) -> Iterator[tuple[Chosen, dict[str, Fraction]]]:
        """Yield every other set of stable states that occurs on an open part of `where`, with a witness."""
        known = list(excluded)
        for _ in range(MOST):
            formulas = (where, self.generic, *(negation(self._exactly(c)) for c in known))
            found = None
            for natural in (True, False):
                found = self.truth.admissible.find(*formulas, interior=True, natural=natural)
                if found is not None:
                    break
            if found is None:
                return
            chosen = self._chosen_at(found)
            known.append(chosen)
            if natural:
                yield chosen, found
            elif judged:
                self.unnatural = True

    def names(self, chosen: Chosen) -> str:
        """The stable states in words."""
        if not chosen:
            return say("no state is asymptotically stable")
        states = listed(self._name(k) for k in sorted(chosen, key=lambda k: self.every[k].text))
        if len(chosen) == 1:
            return say("{state} is asymptotically stable", state=states)
        return say("{states} are asymptotically stable", states=states)

    def _name(self, k: int) -> str:
        for point in self.truth.published.rest_points:
            if point.id and index_of(self.truth, point, self.every) == k:
                return f"{point.id} {self.every[k].text}"
        return self.every[k].text

    def _is_complete(self, part: _Part) -> bool:
        """Whether no other state is stable at the example: some games may have stable mixed states."""
        if not self.mixing:
            return True
        try:
            points = self.truth.analysis(part.witness).rest_points
        except NotChecked:
            return False
        return sum(p.stability == "asymptotically stable" for p in points) == len(part.chosen)

    # ------------------------------------------------------------- one claimed regime

    def _judge(self, claimed: _Claimed) -> Iterator[Finding]:
        claim = claimed.claim
        if self.truth.admissible.never(claimed.when):
            if self.truth.game.assumptions:
                text = say(
                    "The regime `{regime}` holds for no admissible parameters.", regime=claim.when_text
                )
            else:
                text = say("The regime `{regime}` holds for no parameters.", regime=claim.when_text)
            yield about(claim, "P610", "error", text, claim=_claim_text(claim))
            return
        elsewhere = [p for p in self._elsewhere(claimed) if self._is_complete(p)]
        if elsewhere:
            yield self._wrong(claimed, elsewhere)

    def _elsewhere(self, claimed: _Claimed) -> list[_Part]:
        """The parts of a claimed regime in which other states are stable."""
        found = list(self._other_stable_sets(claimed.meant, [claimed.chosen], judged=True))
        if not found:
            return []
        if claimed.single is None:
            return [
                _Part(self._part(claimed.meant, c, self.truth.relevant_values(w), first=not k), c, w)
                for k, (c, w) in enumerate(found)
            ]
        # The condition holds a number that was worked out from values: it must be right at these.
        line = self._line(claimed.claim, claimed.single, claimed.when)
        return [_Part(i.text(claimed.single), c, w) for i, c, w in line if c != claimed.chosen]

    def _line(
        self, claim: RegimeClaim, parameter: str, where: Formula
    ) -> Iterator[tuple[OpenInterval, Chosen, dict[str, Fraction]]]:
        """Yield the intervals of a parameter inside `where`, each with its set of stable states."""
        values = self.truth.admissible.complete(claim.scenario, free=parameter) or {}
        points = {b.value for b in breaks(self.truth, parameter, values)}
        points |= self._ends(parameter, values)
        inside = []
        for interval in intervals(sorted(points)):
            witness = {**values, parameter: interval.middle}
            if self.truth.admissible.holds_at(witness) and self.truth.admissible.true_at(where, witness):
                inside.append((interval, self._chosen_at(witness), witness))
        merged: list[tuple[OpenInterval, Chosen, dict[str, Fraction]]] = []
        for interval, chosen, witness in inside:
            if merged and merged[-1][1] == chosen and merged[-1][0].high == interval.low:
                joined = OpenInterval(merged[-1][0].low, interval.high)
                merged[-1] = (joined, chosen, {**witness, parameter: joined.middle})
            else:
                merged.append((interval, chosen, witness))
        yield from merged

    def _ends(self, parameter: str, values: Mapping[str, Fraction]) -> set[Fraction]:
        """Where an assumption or a claimed condition begins or ends along a parameter."""
        found = set()
        conditions = [c for c, _ in self.truth.game.assumptions]
        conditions += [w.condition for claim in self.claims for w in claim.when]
        others = {n: v for n, v in values.items() if n != parameter}
        index = self.truth.algebra.names.index(parameter)
        for condition in conditions:
            for relation in relations(condition):
                difference = put(self.truth.read(subtract(relation.left, relation.right), {}), others)
                if parameter in self.truth.algebra.used(difference):
                    found |= {b.value for b in rational_roots(difference.numerator, index)}
        return found

    def _wrong(self, claimed: _Claimed, parts: Sequence[_Part]) -> Finding:
        claim = claimed.claim
        said = say("{stable} {where}", stable=self.names(claimed.chosen), where=_condition_text(claim))
        known = [c.chosen for c in self.ready]
        missed = [p for p in parts if p.chosen not in known]
        first = (missed or parts)[0]
        others = [p for p in parts if p is not first]
        what = self._example_text(first)
        if missed:
            text: str = say("A regime is missed: {what}. The paper says that {claim}.", what=what, claim=said)
        else:
            text = say("The claim that {claim} is false on a part of it: {what}.", claim=said, what=what)
        if others:
            rest = [self._example_text(p, instead=False) for p in others[:2]]
            rest += [say("and so on")] if len(others) > 2 else []
            text = together((text, say("Besides: {parts}.", parts=together(rest, "; "))))
        return about(
            claim,
            "P617" if missed else "P616",
            "error",
            text,
            claim=_claim_text(claim),
            correct=self._short(claimed, [first, *others]),
            witness=self._relevant_values(claimed, first.witness),
        )

    def _example_text(self, part: _Part, *, instead: bool = True) -> str:
        """Some parameters, what is stable there, and what happens where nothing is."""
        more = self._instead(part.chosen, part.witness) if instead else ""
        return say("{where}, {stable}{more}", where=part.where, stable=self.names(part.chosen), more=more)

    def _short(self, claimed: _Claimed, parts: Sequence[_Part]) -> str:
        if claimed.single is None:
            return self.names(parts[0].chosen)
        told = (say("{where}: {stable}", where=p.where, stable=self.names(p.chosen)) for p in parts)
        return together(told, "; ")

    def _relevant_values(self, claimed: _Claimed, witness: Mapping[str, Fraction]) -> dict[str, Fraction]:
        if claimed.single is not None:
            return {claimed.single: witness[claimed.single]}
        return self.truth.relevant_values(witness)

    def _part(
        self, where: Formula, chosen: Chosen, shown: Mapping[str, Fraction], *, first: bool = True
    ) -> str:
        """Where, inside a formula, just the chosen states are stable: inequalities and an example."""
        example = say("for instance at {values}", values=values_text(shown))
        texts: dict[str, None] = {}
        deciding = [sign for k in sorted(chosen) for sign in self.every[k].deciding]
        for k in self.truth.admissible.needed(deciding, where):
            moved = within_ring(self.truth.admissible.ring.ratio(deciding[k].polynomial), self.truth.algebra)
            if moved is not None:
                texts[balance(self.truth.algebra, moved, deciding[k].operator)] = None
        if not texts or sum(map(len, texts)) > 300 or not all(self.every[k].profile for k in chosen):
            return example
        inequalities = say("where also {conditions}", conditions=jointly(texts))
        return say("{where}, {example}", where=inequalities, example=example) if first else inequalities

    def _instead(self, chosen: Chosen, witness: Mapping[str, Fraction]) -> str:
        """What happens where nothing attracts."""
        if chosen:
            return ""
        try:
            analysis = self.truth.analysis(witness)
        except NotChecked:
            return ""
        centres = [
            p
            for p in analysis.rest_points
            if p.stability == "centre" and len(p.free) == len(self.truth.game.populations)
        ]
        if centres and len(self.truth.coordinates) == 2:
            at = ", ".join(
                f"{s} = {show(v, 4)}"
                for s, v in zip(self.truth.game.shares, centres[0].state or (), strict=True)
            )
            singles = {c.single for c in self.ready if c.single}
            place = {n: v for n, v in witness.items() if n in singles}
            shown = say("at {values}", values=values_text(place)) if singles else say("there")
            return say(
                ", and the interior rest point ({where}: {state}) is a centre: every interior "
                "trajectory is a closed orbit around it",
                where=shown,
                state=at,
            )
        if analysis.rest_sets:
            return say(", and trajectories that settle end on a continuum of equilibria")
        return say(
            ", so that trajectories do not converge, or converge to a state that is not stable under "
            "small shocks"
        )

    # ------------------------------------------------------------- the list

    def _missing(self) -> Iterator[Finding]:
        complete = self.truth.published.complete.get("regimes", False)
        first = self.ready[0]
        known = [c.chosen for c in self.ready]
        outside: list[_Part] = []
        singles = {c.single for c in self.ready}
        rest = All(tuple(negation(c.when) for c in self.ready))
        if (
            len(singles) == 1
            and first.single is not None
            and len({c.claim.scenario for c in self.ready}) == 1
        ):
            line = self._line(first.claim, first.single, rest)
            outside.extend(_Part(i.text(first.single), c, w) for i, c, w in line)
        elif singles == {None} and all(c.claim.scenario is None for c in self.ready):
            for k, (chosen, found) in enumerate(self._other_stable_sets(rest, [] if complete else known)):
                where = self._part(rest, chosen, self.truth.relevant_values(found), first=not k)
                outside.append(_Part(where, chosen, found))
        outside = [p for p in outside if (complete or p.chosen not in known) and self._is_complete(p)]
        if not outside:
            return
        parts = [self._example_text(p) for p in outside[:2]] + (
            [say("and so on")] if len(outside) > 2 else []
        )
        told = together(parts, "; ")
        yield about(
            first.claim,
            "P617",
            "error" if complete else "note",
            say(
                "The list of regimes, said to be complete, does not cover all parameters: {parts}.",
                parts=told,
            )
            if complete
            else say("The list of regimes does not cover all parameters: {parts}.", parts=told),
            correct=self._short(first, outside),
            witness=self._relevant_values(first, outside[0].witness),
        )


def _claim_text(claim: RegimeClaim) -> str:
    states = together((s.id or f"({', '.join(c.text for c in s.at)})" for s in claim.stable), ", ")
    return say(
        "{conditions}: {states} stable",
        conditions=claim.when_text or say("always"),
        states=states or say("none"),
    )


def _condition_text(claim: RegimeClaim) -> str:
    return say("where {conditions}", conditions=claim.when_text) if claim.when else say("always")


RELATIVE = Fraction(1, 100)
"""Published thresholds are often rounded coarsely or are means of simulations: 1 % is not a disagreement."""


def check_thresholds(truth: Truth) -> Iterator[Finding]:
    """Yield a finding for each threshold with a wrong value, or at which nothing changes."""
    for claim in truth.published.thresholds:
        if claim.unknown or not knows(claim.equals, claim.value):
            continue
        what = say("The threshold of {parameter}", parameter=claim.parameter)
        yield from judged(claim, what, _judge(truth, claim), pole=say("it divides by zero"))


def _names(truth: Truth, claim: ThresholdClaim) -> tuple[str, ...]:
    return () if claim.equals is None else names_in(expand(truth.game, claim.equals.expression))


def _judge(truth: Truth, claim: ThresholdClaim) -> Iterator[Finding]:
    if claim.parameter not in truth.game.parameters:
        raise NotChecked(say("a shorthand has no value of its own; claim it of a parameter"))
    values = truth.admissible.complete(claim.scenario, fixed(claim.conditions), free=claim.parameter)
    if claim.parameter in _names(truth, claim):
        raise NotChecked(say("its formula holds {parameter} itself", parameter=claim.parameter))
    exact = None if values is None or claim.equals is None else _value(truth, claim.equals.expression, values)
    printed = None if claim.value is None else _value(truth, claim.value.expression, values or {})
    if exact is not None and printed is not None and claim.value is not None:
        slack = max(tolerance(claim.value), abs(printed) * RELATIVE)
        if abs(exact - printed) > slack and claim.equals is not None and values is not None:
            yield about(
                claim.value,
                "P614",
                "error",
                say(
                    "The threshold of {parameter} is said to be {value}, and its formula {formula} gives "
                    "{right} {where}.",
                    parameter=claim.parameter,
                    value=claim.value.text,
                    formula=claim.equals.text,
                    right=show(exact),
                    where=claim_circumstances(claim) or FILE_VALUES,
                ),
                claim=claim.value.text,
                correct=show(exact),
                witness={n: values[n] for n in _names(truth, claim) if n in values},
            )
    if claim.equals is not None and _solves(truth, claim, claim.equals):
        return
    at = exact if exact is not None else printed
    if values is not None and at is not None:
        yield from _examined(truth, claim, values, at)
    elif claim.equals is not None:
        yield from _at_examples(truth, claim, claim.equals)
    else:
        raise NotChecked(say("the parameters have no values at which to compare it"))


def _value(truth: Truth, expression: Expression, values: Mapping[str, Fraction]) -> Fraction | None:
    """The value of a formula, exact where it is rational."""
    written = expand(truth.game, expression)
    try:
        return evaluate(written, values)
    except KeyError:
        return None
    except InputError:
        pass
    with precision():
        try:
            return Fraction(float(ball(written, values).real.mid()))
        except NoValue:
            return None


def _solves(truth: Truth, claim: ThresholdClaim, equals: Claimed) -> bool:
    """Whether an eigenvalue at a pure profile vanishes wherever the parameter has the claimed value."""
    place = {claim.parameter: truth.read(equals.expression, {})}
    for entries in truth.pure_eigenvalues.values():
        for _, _, value in entries:
            if claim.parameter not in truth.algebra.used(value):
                continue
            try:
                if truth.simplified(put(value, place), *claim.conditions).is_zero:
                    return True
            except ZeroDivisionError:
                continue
    return False


def _examined(
    truth: Truth, claim: ThresholdClaim, values: Mapping[str, Fraction], at: Fraction
) -> Iterator[Finding]:
    points, stated = breaks(truth, claim.parameter, values), claim.equals or claim.value
    width = max(abs(at) * RELATIVE, Fraction(1, 10**6))
    if claim.value is not None:
        width = max(width, tolerance(claim.value))
    if any(abs(b.value - at) <= width for b in points):
        return
    if changes(truth, claim.parameter, values, at, width):
        return
    nearest = [show(b.value) for b in points if _allowed(truth, claim.parameter, values, b.value)]
    text: str = say(
        "Nothing changes at {parameter} = {value} ({where}): rest points and their stability are the same on "
        "both sides.",
        parameter=claim.parameter,
        value=show(at),
        where=claim_circumstances(claim) or say("with the others at the values of the file"),
    )
    right = ""
    if nearest:
        right = say("{parameter} = {values}", parameter=claim.parameter, values=listed(nearest))
        text = together((text, say("They change at {equation}.", equation=right)))
    yield about(
        claim,
        "P615",
        "error",
        text,
        correct=right,
        claim=f"{claim.parameter} = {stated.text}" if stated else claim.parameter,
        witness=truth.relevant_values({**values, claim.parameter: at}),
    )


def _allowed(truth: Truth, parameter: str, values: Mapping[str, Fraction], value: Fraction) -> bool:
    return truth.admissible.holds_at({**values, parameter: value})


def _at_examples(truth: Truth, claim: ThresholdClaim, equals: Claimed) -> Iterator[Finding]:
    context = truth.context(claim)
    tried = 0
    for values in truth.admissible.examples:
        at = _value(truth, equals.expression, values)
        if at is None or not truth.admissible.true_at(context, values):
            continue
        if not truth.admissible.holds_at({**values, claim.parameter: at}):
            continue
        tried += 1
        found = list(_examined(truth, claim, values, at))
        if not found:
            return
        if tried == 4:
            yield from found
            return
    raise NotChecked(say("no parameter values were found at which to compare it"))
