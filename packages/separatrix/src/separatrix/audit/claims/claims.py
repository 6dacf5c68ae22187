"""What a paper claims: the typed content of the section ``published`` of a game file.

Nothing here is checked; an expression in a claim may use names that the game does not have.

Words that the whole referee needs: reasons, labels, and conditions that hold together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from separatrix.errors import Place
from separatrix.expression.conditions import All, Condition, Either, Relation, condition_text
from separatrix.expression.conditions import condition_text as relation_text
from separatrix.expression.tree import Expression, to_text
from separatrix.io.yaml import Path
from separatrix.sentences import Sentence, say

__all__ = [
    "Claim",
    "Claimed",
    "ConditionClaim",
    "CurveClaim",
    "EffectClaim",
    "FILE_VALUES",
    "OutcomeClaim",
    "Published",
    "RegimeClaim",
    "RestPointClaim",
    "StabilityClaim",
    "StateClaim",
    "ThresholdClaim",
    "UNDECIDED_IN_TIME",
    "WITNESS",
    "label_text",
    "condition_words",
    "jointly",
    "knows",
    "plainly",
    "problem_sentence",
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


def label_text(label: str) -> str:
    """Return a label as it reads after *is*; an author's unknown words stay unchanged.

    Examples
    --------
    >>> label_text("saddle"), label_text("Saddle point"), label_text("ess"), label_text("locally stable")
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


def problem_sentence(problem: Exception) -> str:
    """Return what an exception says, as the sentence that it was raised with where that is one."""
    said = problem.args[0] if problem.args else ""
    if isinstance(problem, ZeroDivisionError) and said == VANISHES:
        return VANISHES  # raised where algebra is done, which has no words
    return said if isinstance(said, Sentence) and str(problem) == said else str(problem)


IMAGINARY_UNIT = "I"
"""The name of the imaginary unit in claimed eigenvalues, where no parameter has that name."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The common part of every claim: its place in the file and its circumstances.

    Attributes
    ----------
    path : Path
        The keys and indices that lead to it, from the top of the document.
    place : Place
        Where that is in the file, for people.
    scenario : str or None
        The scenario at whose values it is made.
    when : tuple of ConditionClaim
        It is made only where all of these hold; empty for always.
    note, cited : str or None
        What the file says of it, and where in the paper it stands.
    """

    path: Path
    place: Place = field(compare=False, repr=False)
    scenario: str | None = None
    when: tuple[ConditionClaim, ...] = ()
    note: str | None = field(default=None, compare=False, repr=False)
    cited: str | None = field(default=None, compare=False, repr=False)

    @property
    def line(self) -> int | None:
        """The line of the file, from 1, where it has lines."""
        return self.place.line

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of `when`, without their texts."""
        return tuple(c.condition for c in self.when)

    @property
    def when_text(self) -> str:
        """The conditions of `when`, as their author wrote them."""
        return jointly(c.text for c in self.when)


@dataclass(frozen=True, kw_only=True)
class Claimed(Claim):
    """An expression that a paper prints.

    Attributes
    ----------
    expression : Expression
        The imaginary unit is ``Name("I")``.
    text : str
        As its author wrote it, LaTeX included.
    unknown : tuple of str
        The names in it that are neither share, parameter, shorthand nor the imaginary unit.
    """

    expression: Expression
    text: str
    unknown: tuple[str, ...] = ()

    @property
    def read_as(self) -> str | None:
        """How LaTeX was read, as an expression; None for what was typed as one."""
        return to_text(self.expression) if "latex" in self.path else None


@dataclass(frozen=True, kw_only=True)
class ConditionClaim(Claim):
    """A condition that a paper prints; ``unknown`` as in `Claimed`."""

    condition: Condition
    text: str
    unknown: tuple[str, ...] = ()

    @property
    def read_as(self) -> str | None:
        """How LaTeX was read, as a condition; None for what was typed as one."""
        return condition_text(self.condition) if "latex" in self.path else None


def knows(*parts: Claimed | ConditionClaim | None) -> bool:
    """Whether the game has every name in the parts of a claim; a missing name is reported separately."""
    return not any(part is not None and part.unknown for part in parts)


@dataclass(frozen=True, kw_only=True)
class StateClaim(Claim):
    """The state of a claim, written out or given by the ``id`` of a claimed rest point.

    ``at`` holds one expression for every share of the game, in the order of ``game.shares``; a share
    that stands for itself is free, as in the edge ``[x, 0, 0]``.
    """

    at: tuple[Claimed, ...]
    text: str
    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class RestPointClaim(StateClaim):
    """A state that is said to be a rest point."""


@dataclass(frozen=True, kw_only=True)
class StabilityClaim(Claim):
    """What is said of the stability of one state; what is ``None`` is not said.

    Attributes
    ----------
    state : StateClaim
    label : str or None
        One of the labels of an analysis (``asymptotically stable``, ``centre``, ``stable``, ``saddle``,
        ``source``, ``unstable``), or ``not asymptotically stable``.
    label_text : str or None
        The label as its author wrote it.
    ess : bool or None
        Whether it is said to be evolutionarily stable.
    eigenvalues : tuple of Claimed, or None
        In no particular order.
    stable_when : tuple of ConditionClaim, or None
        Asymptotically stable where all of these hold; empty for always.
    """

    state: StateClaim
    label: str | None = None
    label_text: str | None = None
    ess: bool | None = None
    eigenvalues: tuple[Claimed, ...] | None = None
    stable_when: tuple[ConditionClaim, ...] | None = None

    @property
    def at(self) -> tuple[Claimed, ...]:
        """One expression for every share of the game."""
        return self.state.at


@dataclass(frozen=True, kw_only=True)
class RegimeClaim(Claim):
    """The states that are said to be all asymptotically stable ones under `when`; none is possible."""

    stable: tuple[StateClaim, ...]


@dataclass(frozen=True, kw_only=True)
class OutcomeClaim(Claim):
    """Where the trajectories from some states are said to end.

    Attributes
    ----------
    starts : tuple of states, each one exact number for every share of the game
        Empty for every state in the interior.
    to : StateClaim
    """

    starts: tuple[tuple[Fraction, ...], ...]
    to: StateClaim


@dataclass(frozen=True, kw_only=True)
class ThresholdClaim(Claim):
    """The value of a parameter at which something is said to change; ``unknown`` as in `Claimed`."""

    parameter: str
    equals: Claimed | None = None
    value: Claimed | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CurveClaim(Claim):
    """Where one share is said not to change, away from its boundary.

    ``variable`` is the share on the left of ``variable = equals``; where no share stands alone on the
    left it is None, and the curve is ``equals = 0``.
    """

    zero_of: str
    variable: str | None
    equals: Claimed
    text: str


@dataclass(frozen=True, kw_only=True)
class EffectClaim(Claim):
    """That a parameter matters for a share; ``sign`` is 1, -1, 0 (none), or None where it is not said."""

    parameter: str
    on: str
    sign: int | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Published:
    """All that a paper claims.

    ``jacobian`` has one row for each share; ``complete`` marks the lists that are claimed to be complete.
    """

    replicator: Mapping[str, Claimed] = field(default_factory=dict)
    jacobian: tuple[tuple[Claimed, ...], ...] = ()
    rest_points: tuple[RestPointClaim, ...] = ()
    stability: tuple[StabilityClaim, ...] = ()
    regimes: tuple[RegimeClaim, ...] = ()
    outcomes: tuple[OutcomeClaim, ...] = ()
    thresholds: tuple[ThresholdClaim, ...] = ()
    curves: tuple[CurveClaim, ...] = ()
    effects: tuple[EffectClaim, ...] = ()
    complete: Mapping[str, bool] = field(default_factory=dict)

    def claims(self) -> Iterator[Claim]:
        """Yield every claim, in the order of the kinds above."""
        yield from self.replicator.values()
        for row in self.jacobian:
            yield from row
        yield from self.rest_points
        yield from self.stability
        yield from self.regimes
        yield from self.outcomes
        yield from self.thresholds
        yield from self.curves
        yield from self.effects
