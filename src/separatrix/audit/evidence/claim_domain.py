"""Under which parameters a claim is made: its scenario, its conditions, and the values of the file.

Where a condition compares one parameter with a number (``H < 9``), that number was worked out from values:
the other parameters then have those of the file or of the scenario.  A condition in symbols is meant for all
admissible parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from separatrix.audit.evidence.admissible import Formula, PolynomialSign, Unknown, negation
from separatrix.errors import InputError
from separatrix.expression.condition import TRUE, All, Condition, Relation
from separatrix.expression.condition import All as AllOf
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import Expression, Name, names_in

if TYPE_CHECKING:
    from separatrix.audit.evidence.truth import Truth

__all__ = ["circumstances", "fixed", "pinned", "relations", "single_parameter"]


def relations(condition: Condition) -> Iterator[Relation]:
    """Yield the comparisons that a condition is made of."""
    match condition:
        case Relation():
            yield condition
        case AllOf(parts):
            for part in parts:
                yield from relations(part)


def _number(expression: Expression) -> Fraction | None:
    """The value of an expression without names."""
    if names_in(expression):
        return None
    try:
        return evaluate(expression, {})
    except InputError:
        return None


def fixed(conditions: Sequence[Condition]) -> dict[str, Fraction]:
    """Return the parameters that conditions set to a number, as in ``H = 12``."""
    found = {}
    for condition in conditions:
        for relation in relations(condition):
            for name, value in ((relation.left, relation.right), (relation.right, relation.left)):
                number = _number(value)
                if relation.operator == "==" and isinstance(name, Name) and number is not None:
                    found[name.name] = number
    return found


def single_parameter(truth: Truth, conditions: Sequence[Condition]) -> str | None:
    """Return the one parameter that conditions compare with a number other than 0, None if there is not one.

    Comparisons that the assumptions imply anyway, such as a probability below 1, do not count.
    """
    found = set()
    for condition in conditions:
        for relation in relations(condition):
            names = {*names_in(relation.left), *names_in(relation.right)}
            number = _number(relation.right if names_in(relation.left) else relation.left)
            if len(names) != 1 or not number or not names <= set(truth.game.parameters):
                continue
            if relation.operator != "==" and truth.admissible.never(negation(truth.formula(relation))):
                continue
            found |= names
    return found.pop() if len(found) == 1 else None


def pinned(truth: Truth, values: Mapping[str, Fraction], free: str | None = None) -> Formula:
    """Return that every parameter but one has its value."""
    ring = truth.admissible.ring
    return All(
        tuple(
            PolynomialSign(ring.variable(n).numerator - ring.constant(v).numerator, "==")
            for n, v in values.items()
            if n != free
        )
    )


def circumstances(
    truth: Truth, conditions: Sequence[Condition], scenario: str | None = None
) -> tuple[Formula, str | None]:
    """Return what conditions mean as a formula in the parameters, and the one they leave free, if any."""
    formula: Formula = All(tuple(truth.formula(c) for c in conditions)) if conditions else TRUE
    single = single_parameter(truth, conditions)
    values = None if single is None else truth.admissible.complete(scenario, free=single)
    if single is None or values is None:
        return formula, None
    at_values = All((formula, pinned(truth, values, single)))
    every = [r for c in conditions for r in relations(c)]
    if any({*names_in(r.left), *names_in(r.right)} != {single} for r in every):
        # Symbols stand beside the number; at the values of the file these may not hold, and then all
        # parameters are meant.
        try:
            if truth.admissible.find(at_values) is None:
                return formula, None
        except Unknown:
            return formula, None
    return at_values, single
