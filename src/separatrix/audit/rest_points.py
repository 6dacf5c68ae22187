"""Claimed rest points: those that are none, cannot exist, are listed twice, or are missing from the list.

A state is put into the equations and must leave every share at rest, as a formula.  The whole list is
compared with every rest point of every face.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from separatrix.analysis.result import RestPoint
from separatrix.analysis.ring import Ratio
from separatrix.audit.admissible import Formula, Unknown
from separatrix.audit.claims import RestPointClaim, StateClaim
from separatrix.audit.contrast import contrast
from separatrix.audit.finding import Finding
from separatrix.audit.points import coordinates_at, is_numeric, locate, slack
from separatrix.audit.printed import NoValue, ball, differ, precision, show
from separatrix.audit.report import about, listed, named, not_checked, state_text, values_text, within
from separatrix.audit.truth import NotChecked, Truth
from separatrix.errors import SeparatrixError
from separatrix.game.condition import Condition, condition_text, holds
from separatrix.game.expression import to_text
from separatrix.game.values import expand, with_lets

__all__ = ["check_rest_points", "is_candidate"]


def check_rest_points(truth: Truth) -> Iterator[Finding]:
    """Yield what is wrong with the list of rest points."""
    claims = [c for c in truth.published.rest_points if not any(part.unknown for part in c.at)]
    good = []
    for claim in claims:
        try:
            found = _judge(truth, claim)
        except (NotChecked, SeparatrixError) as problem:
            yield not_checked(claim, f"The rest point {named(claim)}", str(problem))
            continue
        except ZeroDivisionError:
            found = _nowhere(claim, "a denominator in it is always zero")
        if found is None:
            good.append(claim)
        else:
            yield found
    yield from _doubles(truth, claims)
    if len(claims) == len(truth.published.rest_points) and claims:
        yield from _missing(truth, claims)


# --------------------------------------------------------------------------- one point


def _judge(truth: Truth, claim: RestPointClaim) -> Finding | None:
    point = truth.point(claim)
    ring = truth.algebra
    for population in truth.game.populations:
        if len(population.strategies) > 2:
            total = ring.constant(-1)
            for share in population.shares:
                total = total + point[share]
            if not truth.simplified(total, *claim.conditions).is_zero and not _decimal(claim):
                return about(
                    claim, "P603", "error",
                    f"{named(claim)} is no state: the shares {listed(population.shares)} add up to "
                    f"{ring.text(total + ring.constant(1))}, not to 1.",
                    claim=claim.text,
                )  # fmt: skip
    values = truth.scenario_values(claim)
    rates = {
        share: truth.simplified(rate, *claim.conditions) for share, rate in truth.rates_at(point).items()
    }
    moving = {share: rate for share, rate in rates.items() if not rate.is_zero}
    if moving and not ring.is_rational(*moving.values()):
        moving = _moving_in_numbers(truth, claim, moving, values)
    if moving and (values is not None or is_numeric(claim)):
        return _in_numbers(truth, claim, moving)
    if moving:
        return _no_rest_point(truth, claim, point, moving)
    return _outside(truth, claim, point, values)


def _decimal(claim: StateClaim) -> bool:
    return any(slack(claim))


def _moving_in_numbers(
    truth: Truth, claim: StateClaim, moving: Mapping[str, Ratio], values: Mapping[str, Fraction] | None
) -> dict[str, Ratio]:
    """Keep the rates that are certainly not zero at some admissible numbers."""
    examples = [values] if values is not None else truth.admissible.examples
    context = truth.context(claim)
    kept = {}
    with precision():
        for share, rate in moving.items():
            written = expand(truth.game, truth.algebra.write(rate))
            for example in examples:
                if values is None and not truth.admissible.true_at(context, example):
                    continue
                try:
                    value = ball(written, {**example, **_free(truth)})
                except NoValue:
                    continue
                if not value.contains(0):
                    kept[share] = rate
                    break
    return kept


def _free(truth: Truth) -> dict[str, Fraction]:
    return truth.states()[1]


def _in_numbers(truth: Truth, claim: RestPointClaim, moving: Mapping[str, Ratio]) -> Finding | None:
    """A state in numbers: it must lie within rounding of a rest point."""
    values = truth.numbers(claim)
    if values is None:
        if is_numeric(claim) and not _decimal(claim):
            return _no_rest_point(truth, claim, truth.point(claim), moving)
        raise NotChecked("the parameters have no values at which to compare its numbers")
    analysis = truth.analysis(values)
    if locate(truth, claim, analysis, values).found:
        return None
    if analysis.completeness.status != "complete":
        raise NotChecked("not every rest point could be found at these values")
    try:
        where = [float(c.real.mid()) for c in coordinates_at(truth, claim, values)]
    except NoValue:
        return _nowhere(claim, f"a denominator in it is zero {_at(claim)}")
    if any(not -1e-9 <= v <= 1 + 1e-9 for v in where) and not is_numeric(claim):
        return _outside(truth, claim, truth.point(claim), values)
    nearest = min(
        (p for p in analysis.rest_points if p.state is not None),
        key=lambda p: max(abs(a - b) for a, b in zip(p.state or (), where, strict=True)),
    )
    assert nearest.state is not None
    text = f"{named(claim)} is no rest point {_at(claim)}: there {_speeds(truth, claim, moving, values)}."
    text += f" The nearest rest point is {_exact_text(nearest)}."
    return about(
        claim, "P603", "error", text, claim=claim.text, correct=_exact_text(nearest),
        witness=_used(truth, values),
    )  # fmt: skip


def _at(claim: StateClaim) -> str:
    return within(claim) or "at the values of the file"


def _used(truth: Truth, values: Mapping[str, Fraction]) -> dict[str, Any]:
    names = set(truth.algebra.used(*truth.equations.values()))
    return {n: v for n, v in values.items() if n in names}


def _speeds(
    truth: Truth, claim: StateClaim, moving: Mapping[str, Ratio], values: Mapping[str, Fraction]
) -> str:
    parts = []
    with precision():
        for share, rate in moving.items():
            try:
                value = ball(expand(truth.game, truth.algebra.write(rate)), {**values, **_free(truth)})
            except NoValue:
                continue
            parts.append(f"{share}' = {show(value)}")
    return listed(parts)


def _exact_text(point: RestPoint) -> str:
    if point.exact is not None and all(len(to_text(e)) <= 12 for e in point.exact):
        return f"({', '.join(to_text(e) for e in point.exact)})"
    return state_text(point.state or ())


def _no_rest_point(
    truth: Truth, claim: RestPointClaim, point: Mapping[str, Ratio], moving: Mapping[str, Ratio]
) -> Finding:
    ring = truth.algebra
    text = f"{named(claim)} is no rest point: "
    correct, term = "", None
    candidates = [c for c in _candidates(truth) if _same_face(truth, point, c)]
    witness = _example(truth, claim, moving)
    speeds = "" if witness is None else _speeds(truth, claim, moving, witness)
    text += f"put into the equations it leaves {listed(f'`{s}`' for s in moving)} moving"
    text += f" ({speeds} at the witness)." if speeds else "."
    if len(candidates) == 1 and candidates[0].exact is not None:
        exact = candidates[0].exact
        correct = f"({', '.join(to_text(e) for e in exact)})"
        parts = []
        for share, right in zip(truth.game.shares, exact, strict=True):
            true = truth.read(right, {})
            if not truth.simplified(true - point[share], *claim.conditions).is_zero:
                told = contrast(ring, point[share], true)
                term = term or told.term
                parts.append(f"{share} = {to_text(right)}, not {ring.text(point[share])}")
        if parts:
            text += f" The rest point of this kind has {listed(parts)}."
    elif not candidates and truth.pure_profile(point) is None:
        text += " There is none of this kind: no rest point has just these shares strictly between 0 and 1."
    return about(
        claim, "P603", "error", text, claim=claim.text, correct=correct, term=term,
        witness=None if witness is None else _used(truth, witness),
    )  # fmt: skip


def _example(truth: Truth, claim: StateClaim, moving: Mapping[str, Ratio]) -> Mapping[str, Fraction] | None:
    context = truth.context(claim)
    with precision():
        for values in truth.admissible.examples:
            if not truth.admissible.true_at(context, values):
                continue
            for rate in moving.values():
                try:
                    if not ball(
                        expand(truth.game, truth.algebra.write(rate)), {**values, **_free(truth)}
                    ).contains(0):
                        return values
                except NoValue:
                    continue
    return None


def _candidates(truth: Truth) -> Sequence[RestPoint]:
    """Every rest point in symbols, where the game has a symbolic analysis; else none."""
    found = truth.symbolic
    return () if found is None else found.points


def _same_face(truth: Truth, point: Mapping[str, Ratio], candidate: RestPoint) -> bool:
    """Whether a candidate has the same shares at 0 and 1, and the others mixed."""
    if candidate.exact is None:
        return False
    for share, right in zip(truth.game.shares, candidate.exact, strict=True):
        claimed, true = point[share].value, truth.read(right, {}).value
        ends = (Fraction(0), Fraction(1))
        if (claimed if claimed in ends else None) != (true if true in ends else None):
            return False
    return True


# --------------------------------------------------------------------------- outside


def _outside(
    truth: Truth, claim: RestPointClaim, point: Mapping[str, Ratio], values: Mapping[str, Fraction] | None
) -> Finding | None:
    """A state that is no state: some share cannot lie between 0 and 1."""
    mixed = {s: v for s, v in point.items() if v.value is None and v != truth.algebra.variable(s)}
    for share, coordinate in point.items():
        if coordinate.value is not None and not 0 <= coordinate.value <= 1:
            return _nowhere(claim, f"the share {share} cannot be {show(coordinate.value)}")
    if not mixed:
        return None
    if values is not None:
        with precision():
            for share in mixed:
                claimed = claim.at[truth.game.shares.index(share)]
                try:
                    value = ball(expand(truth.game, claimed.expression), values)
                except NoValue:
                    return _nowhere(claim, f"{share} divides by zero {within(claim)}")
                if not value.imag.contains(0) or value.real < 0 or value.real > 1:
                    return _nowhere(claim, f"{within(claim)} it has {share} = {show(value)}", values)
        return None
    if not truth.algebra.is_rational(*mixed.values()):
        return None
    one = truth.algebra.constant(1)
    inside: list[Formula] = [truth.context(claim)]
    for coordinate in mixed.values():
        inside += [truth.sign(coordinate, ">"), truth.sign(one - coordinate, ">")]
    try:
        if truth.admissible.find(*inside) is not None:
            return None
    except Unknown:
        return None
    reason = ""
    for share, coordinate in mixed.items():
        for formula, word in (
            (truth.sign(coordinate, ">"), "is never positive"),
            (truth.sign(one - coordinate, ">"), "is never below 1"),
        ):
            if truth.admissible.never(truth.context(claim), formula):
                reason = f"{share} = {truth.algebra.text(coordinate)} {word}"
                break
        if reason:
            break
    where = "under the assumptions" + (f" and {within(claim)}" if claim.when else "")
    reason = reason or f"{listed(mixed)} never lie{'s' if len(mixed) == 1 else ''} between 0 and 1"
    return _nowhere(claim, f"{where} {reason}")


def _nowhere(claim: StateClaim, reason: str, values: Mapping[str, Fraction] | None = None) -> Finding:
    return about(
        claim, "P605", "error", f"{named(claim)} cannot exist: {reason}.", claim=claim.text,
        witness=None if values is None else dict(values),
    )  # fmt: skip


# --------------------------------------------------------------------------- the list


def _doubles(truth: Truth, claims: Sequence[RestPointClaim]) -> Iterator[Finding]:
    for k, claim in enumerate(claims):
        for earlier in claims[:k]:
            if claim.scenario != earlier.scenario or claim.when_text != earlier.when_text:
                continue
            try:
                same = all(
                    truth.simplified(truth.read(a.expression, {}) - truth.read(b.expression, {})).is_zero
                    for a, b in zip(claim.at, earlier.at, strict=True)
                )
            except (NotChecked, SeparatrixError, ZeroDivisionError):
                continue
            if same:
                line = f", line {earlier.line}" if earlier.line else ""
                yield about(
                    claim, "P606", "error", f"{named(claim)} is listed twice: it is {named(earlier)}{line}.",
                    claim=claim.text,
                )  # fmt: skip
                break


def _missing(truth: Truth, claims: Sequence[RestPointClaim]) -> Iterator[Finding]:
    complete = truth.published.complete.get("rest_points", False)
    scenarios = dict.fromkeys(c.scenario for c in claims)
    whole = claims[0]
    lacking: list[tuple[str, str, Mapping[str, Fraction] | None]] = []
    try:
        numeric = all(is_numeric(c) for c in claims) and any(_decimal(c) or c.scenario for c in claims)
        if numeric:
            for scenario in scenarios:
                lacking.extend(_missing_at(truth, [c for c in claims if c.scenario == scenario]))
        elif truth.symbolic is None:
            lacking.extend(_missing_at(truth, claims))
        else:
            lacking.extend(_missing_in_symbols(truth, claims))
    except (NotChecked, SeparatrixError) as problem:
        yield not_checked(whole, "Whether the list of rest points is whole", str(problem))
        return
    if not lacking:
        return
    if complete:
        for where, condition, values in lacking:
            text = f"The list of rest points, said to be complete, lacks {where}{condition}."
            yield about(
                whole, "P604", "error", text, correct=where,
                witness=None if values is None else _used(truth, values),
            )  # fmt: skip
        return
    several = "a rest point" if len(lacking) == 1 else f"{len(lacking)} rest points"
    text = f"The list lacks {several}: {'; '.join(where + condition for where, condition, _ in lacking)}."
    yield about(
        whole, "P604", "note", text, correct="; ".join(where for where, _, _ in lacking),
        witness=None if lacking[0][2] is None else _used(truth, lacking[0][2]),
    )  # fmt: skip


def _missing_at(
    truth: Truth, claims: Sequence[RestPointClaim]
) -> Iterator[tuple[str, str, Mapping[str, Fraction] | None]]:
    values = truth.numbers(claims[0])
    if values is None:
        raise NotChecked("the parameters have no values at which to count the rest points")
    analysis = truth.analysis(values)
    known = [locate(truth, c, analysis, values).point for c in claims]
    for point in analysis.rest_points:
        if point.isolated and point not in known:
            yield _exact_text(point), f", which exists {_at(claims[0])}", values


def _missing_in_symbols(
    truth: Truth, claims: Sequence[RestPointClaim]
) -> Iterator[tuple[str, str, Mapping[str, Fraction] | None]]:
    for candidate in _candidates(truth):
        exact = candidate.exact
        if exact is None or any(is_candidate(truth, claim, candidate) for claim in claims):
            continue
        values = _exists_at(truth, candidate.exists)
        if values is None:
            continue
        written = f"({', '.join(to_text(e) for e in exact)})"
        if len(written) > 160:
            free = [s for s, e in zip(truth.game.shares, exact, strict=True) if len(to_text(e)) > 1]
            shown = [
                f"{s}*" if s in free else to_text(e) for s, e in zip(truth.game.shares, exact, strict=True)
            ]
            with precision():
                numbers = [show(ball(expand(truth.game, e), values), 4) for e in exact]
            written = f"({', '.join(shown)}), at the witness ({', '.join(numbers)})"
        condition = "" if candidate.exists is None else condition_text(candidate.exists)
        if condition in ("", "True"):
            condition = ""
        elif len(condition) > 120:
            condition = f", which exists for instance at {values_text(_used(truth, values))}"
        else:
            condition = f", which exists where {condition}"
        yield written, condition, values


def is_candidate(truth: Truth, claim: StateClaim, candidate: RestPoint) -> bool:
    """Whether a claimed state is a candidate, as a formula or at the numbers that it speaks of."""
    exact = candidate.exact or ()
    try:
        if all(truth.same(c.expression, e) for c, e in zip(claim.at, exact, strict=True)):
            return True
    except (NotChecked, SeparatrixError, ZeroDivisionError):
        pass
    if not _decimal(claim) and claim.scenario is None:
        return False
    values = truth.numbers(claim)
    if values is None:
        return False
    try:
        where = coordinates_at(truth, claim, values)
        with precision():
            for gap, c, e in zip(slack(claim), where, exact, strict=True):
                if differ(c, ball(expand(truth.game, e), values), gap + Fraction(1, 10**9)):
                    return False
    except NoValue:
        return False
    return True


def _exists_at(truth: Truth, condition: Condition | None) -> Mapping[str, Fraction] | None:
    """Return admissible values, not on a border, at which a candidate exists; None where none were found."""
    if condition is None:
        return None
    for values in truth.admissible.examples:
        try:
            if holds(condition, with_lets(truth.game, values)):
                return values
        except (SeparatrixError, KeyError):
            continue
    if len(condition_text(condition)) > 2000:
        return None
    try:
        return truth.admissible.find(truth.formula(condition), interior=True)
    except (Unknown, NotChecked, SeparatrixError):
        return None
