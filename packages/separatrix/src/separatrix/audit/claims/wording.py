"""Words that the whole referee needs: reasons, labels, and conditions that hold together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from separatrix.expression.conditions import All, Condition, Either, Relation
from separatrix.expression.conditions import condition_text as relation_text
from separatrix.sentences import Sentence, say

__all__ = [
    "FILE_VALUES",
    "UNDECIDED_IN_TIME",
    "WITNESS",
    "called",
    "condition_words",
    "jointly",
    "plainly",
    "why",
]

FILE_VALUES = say("at the values of the file")
WITNESS = say("at the witness")
VANISHES = say("the denominator vanishes")
UNDECIDED_IN_TIME = say("z3 could not decide it in time")

_PLAIN: Mapping[str, Sentence] = {
    "asymptotically stable": say("asymptotically stable"),
    "not asymptotically stable": say("not asymptotically stable"),
    "stable": say("stable"),
    "centre": say("centre"),
    "saddle": say("saddle"),
    "source": say("source"),
    "unstable": say("unstable"),
    "undecided": say("undecided"),
    "no ESS": say("no ESS"),
}
_WITH_ARTICLE: Mapping[str, Sentence] = {
    "centre": say("a centre"),
    "saddle": say("a saddle"),
    "source": say("a source"),
    "saddle point": say("a saddle point"),
    "center": say("a center"),
    "sink": say("a sink"),
    "ESS": say("an ESS"),
}


def plainly(label: str) -> str:
    """Return a label as a sentence; words of an author that are none of ours stay as they are."""
    return _PLAIN.get(label, label)


def called(label: str) -> str:
    """Return a label as it stands after *is*; words of an author that are none of ours stay as they are.

    Examples
    --------
    >>> called("saddle"), called("Saddle point"), called("ess"), called("locally stable")
    ('a saddle', 'a Saddle point', 'an ess', 'locally stable')
    """
    if label in _WITH_ARTICLE:
        return _WITH_ARTICLE[label]
    if label.upper() == "ESS":
        return say("an {label}", label=label)
    if label.lower() in _WITH_ARTICLE:
        return say("a {label}", label=label)
    return plainly(label)


def jointly(conditions: Iterable[str]) -> str:
    """Return conditions that hold together; nothing where there are none.

    Examples
    --------
    >>> jointly(["a > 0", "b > a", "b < 1"])
    'a > 0 and b > a and b < 1'
    """
    told = ""
    for condition in conditions:
        told = say("{condition} and {another}", condition=told, another=condition) if told else condition
    return told


def condition_words(condition: Condition) -> str:
    """Return a condition as `condition_text` does, its *and* and *or* translated for the reader.

    Examples
    --------
    >>> from separatrix.expression.conditions import any_of, parse_condition
    >>> condition_words(any_of(parse_condition("0 < a < 1"), parse_condition("b = 0")))
    '(0 < a and a < 1) or b == 0'
    """
    match condition:
        case All(parts) if len(parts) > 1:
            return jointly(_bracketed(p) if isinstance(p, Either) else condition_words(p) for p in parts)
        case Either(parts) if len(parts) > 1:
            told = ""
            for part in parts:
                here = _bracketed(part) if isinstance(part, All) else condition_words(part)
                told = say("{condition} or {another}", condition=told, another=here) if told else here
            return told
    return relation_text(condition)


def _bracketed(condition: All[Relation] | Either[Relation]) -> str:
    told = condition_words(condition)
    return say("({condition})", condition=told) if len(condition.parts) > 1 else told


def why(problem: Exception) -> str:
    """Return what an exception says, as the sentence that it was raised with where that is one."""
    said = problem.args[0] if problem.args else ""
    if isinstance(problem, ZeroDivisionError) and said == VANISHES:
        return VANISHES  # raised where algebra is done, which has no words
    return said if isinstance(said, Sentence) and str(problem) == said else str(problem)
