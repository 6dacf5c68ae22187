"""Update rules: how a revising enterprise chooses its next strategy.

A rule that imitates looks at those whom the enterprise sees on the imitation graph, and takes a strategy that
one of them plays; the others look at what each strategy would earn among its partners.

References
----------
Szabó, G. & Fáth, G. (2007). Evolutionary games on graphs. Phys. Rep. 446, 97–216, section 4.
Ohtsuki, H., Hauert, C., Lieberman, E. & Nowak, M. A. (2006). Nature 441, 502–505 (birth-death, death-birth).
Nowak, M. A. & May, R. M. (1992). Nature 359, 826–829 (imitation of the best).
Blume, L. E. (1993). Games Econ. Behav. 5, 387–424 (logit); Ellison, G. (1993). Econometrica 61, 1047–1071.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from separatrix.errors import NameProblem, nearest
from separatrix.sentences import Sentence, say

__all__ = ["UPDATE_RULES", "UpdateRule", "update_rule"]


@dataclass(frozen=True)
class UpdateRule:
    """A rule.

    Attributes
    ----------
    key : str
        Its identifier in files and commands.
    title : Sentence
        The displayed name.
    code : int
        Its number in the kernels.
    imitates : bool
        Whether it copies others, so that unplayed strategies do not appear.
    fitness : bool
        Whether it uses fitness, a function of the payoff.
    alone : bool
        Whether all enterprises follow it, because it is not a rule of a revising enterprise.
    """

    key: str
    title: Sentence
    code: int
    imitates: bool
    fitness: bool = False
    alone: bool = False


UPDATE_RULES: Mapping[str, UpdateRule] = {
    rule.key: rule
    for rule in (
        UpdateRule("fermi", say("Fermi imitation"), 0, True),
        UpdateRule("imitate-best", say("imitation of the best"), 1, True),
        UpdateRule("death-birth", say("Moran death-birth"), 2, True, fitness=True),
        UpdateRule("logit", say("logit choice"), 3, False),
        UpdateRule("best-response", say("best response"), 4, False),
        UpdateRule("birth-death", say("Moran birth-death"), 5, True, fitness=True, alone=True),
    )
}


def update_rule(key: str) -> UpdateRule:
    """Return the rule of a key.

    Raises
    ------
    NameProblem
        N112 for one that is not known.

    Examples
    --------
    >>> update_rule("logit").imitates
    False
    """
    if key in UPDATE_RULES:
        return UPDATE_RULES[key]
    close = nearest(key, list(UPDATE_RULES))
    raise NameProblem(
        "N112",
        f"unknown update rule `{key}`; the rules are: {', '.join(UPDATE_RULES)}",
        hint=f"did you mean `{close}`?" if close else None,
    )
