"""A printed Jacobian against the derivatives of the right equations."""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.audit.checks.equations import both_sides, compare
from separatrix.audit.checks.judgement import judged
from separatrix.audit.claims.claim import Claimed
from separatrix.audit.evidence.derived_equations import SMOOTH, Truth
from separatrix.audit.evidence.finding import Finding
from separatrix.audit.evidence.finding_text import about, not_checked
from separatrix.audit.evidence.formula_difference import contrast
from separatrix.exact.rational_functions import Ratio
from separatrix.sentences import say, together

__all__ = ["check_jacobian"]


def check_jacobian(truth: Truth) -> Iterator[Finding]:
    """Yield a finding for each printed entry that is not the derivative of the right equation."""
    rows = truth.published.jacobian
    if not rows:
        return
    shares = truth.game.shares
    if len(rows) != len(shares) or any(len(row) != len(shares) for row in rows):
        reduced = len(truth.coordinates)
        if len(rows) == reduced and all(len(row) == reduced for row in rows):
            shares = truth.coordinates
        else:
            yield not_checked(
                rows[0][0],
                say("The Jacobian"),
                say(
                    "it has {count} rows; expected one row and one column for each of {shares}",
                    count=len(rows),
                    shares=together(shares, ", "),
                ),
            )
            return
    if not truth.smooth:
        yield not_checked(rows[0][0], say("The Jacobian"), SMOOTH)
        return
    for i, share in enumerate(shares):
        for j, other in enumerate(shares):
            claim = rows[i][j]
            if claim.unknown or other in truth.reduced:
                continue  # the last share of a population moves with the others
            what = say("The entry ∂({share}')/∂{other}", share=share, other=other)
            yield from judged(claim, what, _judge(truth, rows[i], shares, share, other))


def _claimed(truth: Truth, row: tuple[Claimed, ...], shares: tuple[str, ...], other: str) -> Ratio:
    """The claimed derivative along the state space: a share grows at the cost of the population's last."""
    entry = truth.read(row[shares.index(other)].expression)
    for population in truth.game.populations:
        last = population.shares[-1]
        if other in population.shares and last in truth.reduced and last in shares:
            entry = entry - truth.read(row[shares.index(last)].expression)
    return entry


def _judge(
    truth: Truth, row: tuple[Claimed, ...], shares: tuple[str, ...], share: str, other: str
) -> Iterator[Finding]:
    ring, claim = truth.algebra, row[shares.index(other)]
    claimed, right = _claimed(truth, row, shares, other), truth.equations[share].derivative(other)
    found = compare(truth, claim, claimed, right)
    if found is None:
        return
    _, witness, sides = found
    told = contrast(ring, claimed, right, truth.game.shares)
    how: str = told.text
    if right.is_zero:
        how = say("{share}' does not depend on {other}, so the entry is 0", share=share, other=other)
    text: str = say(
        "The entry ∂({share}')/∂{other} of the Jacobian is not the derivative of the right equation: {how}.",
        share=share,
        other=other,
        how=how,
    )
    printed = truth.published.replicator.get(share)
    if printed is not None and not printed.unknown:
        own = truth.read(printed.expression).derivative(other)
        if truth.simplified(own - claimed, *claim.conditions).is_zero:
            own_slip = say(
                "It is the derivative of the paper's own equation of {share}, and inherits its error.",
                share=share,
            )
            text = together((text, own_slip))
    yield about(
        claim,
        "P602",
        "error",
        text,
        claim=claim.text,
        correct=truth.factored_text(right, share),
        term=told.term,
        difference=told.difference,
        witness=witness,
        details=(both_sides(*sides),),
    )
