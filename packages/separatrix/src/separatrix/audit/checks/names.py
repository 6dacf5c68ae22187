"""Names in claims that the game does not have."""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.audit.claims.claim import Claim, Claimed, ConditionClaim, Published, StateClaim
from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.finding import Finding
from separatrix.audit.evidence.finding_text import about
from separatrix.audit.evidence.formula_difference import Contrast, contrast
from separatrix.errors import SeparatrixError, nearest
from separatrix.sentences import listed, say, together

__all__ = ["check_names", "expressions", "unknown_names"]


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
        else say("are no names of the game")
    )
    sentences = [
        say(
            "{names} {is_none}, so the claim `{claim}` cannot be right as it stands.",
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
