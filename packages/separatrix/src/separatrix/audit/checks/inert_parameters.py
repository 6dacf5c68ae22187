"""Parameters without effect: inert ones cancel from every equation, unused ones stand nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.audit.evidence.derived_equations import NotChecked, Truth
from separatrix.audit.evidence.finding import Finding
from separatrix.audit.evidence.finding_text import of_game
from separatrix.expression.conditions import leaves
from separatrix.expression.tree import Expression, names_in, substitute
from separatrix.game.model import GroupForm
from separatrix.sentences import listed, say

__all__ = ["active", "check_inert", "influences", "written"]


def active(truth: Truth) -> dict[str, set[str]]:
    """For each share the parameters that its equation holds."""
    parameters = set(truth.game.parameters)
    return {
        share: truth.algebra.within(truth.simplified(rate)) & parameters
        for share, rate in truth.equations.items()
    }


def influences(truth: Truth) -> dict[str, set[str]]:
    """For each share the shares whose trajectory has a part in its own, itself included."""
    reach = {}
    uses = {
        share: truth.algebra.within(rate) & set(truth.game.shares) for share, rate in truth.equations.items()
    }
    for share in truth.equations:
        found, pending = {share}, [share]
        while pending:
            for other in uses[pending.pop()] - found:
                found.add(other)
                pending.append(other)
        reach[share] = found
    return reach


def written(truth: Truth) -> set[str]:
    """The parameters that stand in the payoffs, directly or through shorthands."""
    game = truth.game
    expressions: list[Expression] = [u for row in truth.payoffs for u in row]
    expressions += list(game.speeds)
    if isinstance(game.form, GroupForm):
        expressions.append(game.form.size)
    return {n for e in expressions for n in names_in(_expanded(truth, e))} & set(game.parameters)


def _expanded(truth: Truth, expression: Expression) -> Expression:
    for name, meaning in reversed(list(truth.game.lets.items())):
        expression = substitute(expression, {name: meaning})
    return expression


def _assumed(truth: Truth, moving: set[str]) -> set[str]:
    """The parameters that restrict, through an assumption, one that matters."""
    found: set[str] = set()
    for condition, _ in truth.game.assumptions:
        for relation in leaves(condition):
            names = {
                n for side in (relation.left, relation.right) for n in names_in(_expanded(truth, side))
            } & set(truth.game.parameters)
            if names & moving:
                found |= names
    return found


def check_inert(truth: Truth) -> Iterator[Finding]:
    """Yield a note for each parameter that is inert or unused."""
    try:
        by_share = active(truth)
        in_payoffs = written(truth)
    except NotChecked:
        return
    moving = set().union(*by_share.values())
    bound = moving | _assumed(truth, moving)
    if isinstance(truth.game.form, GroupForm):
        bound |= set(names_in(_expanded(truth, truth.game.form.size)))
    for name, parameter in truth.game.parameters.items():
        if name in bound:
            continue
        meaning = say(" ({meaning})", meaning=parameter.meaning) if parameter.meaning else ""
        path = ("parameters", name)
        if name in in_payoffs:
            who = listed(truth.game.shares)
            yield of_game(
                truth.game,
                "P621",
                "note",
                say(
                    "The parameter `{name}`{meaning} is inert: it stands in the payoffs and cancels from the "
                    "equation{s} of {shares}, so no value of it changes anything.",
                    name=name,
                    meaning=meaning,
                    s="s" if len(truth.game.shares) > 1 else "",
                    shares=who,
                ),
                path,
            )
        else:
            text = say(
                "The parameter `{name}`{meaning} is unused: it stands in no payoff.",
                name=name,
                meaning=meaning,
            )
            yield of_game(truth.game, "P622", "note", text, path)
