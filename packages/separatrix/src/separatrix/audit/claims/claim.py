"""What a paper claims: the typed content of the section ``published`` of a game file.

Nothing here is checked; an expression in a claim may use names that the game does not have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from separatrix.audit.claims.wording import jointly
from separatrix.errors import Place
from separatrix.expression.conditions import Condition, condition_text
from separatrix.expression.tree import Expression, to_text
from separatrix.io.yaml import Path

__all__ = [
    "Claim",
    "Claimed",
    "ConditionClaim",
    "CurveClaim",
    "EffectClaim",
    "OutcomeClaim",
    "Published",
    "RegimeClaim",
    "RestPointClaim",
    "StabilityClaim",
    "StateClaim",
    "ThresholdClaim",
    "knows",
]

IMAGINARY_UNIT = "I"
"""The name of the imaginary unit in claimed eigenvalues, where no parameter has that name."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What every claim has: where it stands, and under which circumstances it is made.

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
    """Whether the game has every name in parts of a claim; a name that it lacks is told once, by itself."""
    return not any(part is not None and part.unknown for part in parts)


@dataclass(frozen=True, kw_only=True)
class StateClaim(Claim):
    """A state that a claim speaks of, written out or by the ``id`` of a claimed rest point.

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

    ``jacobian`` holds one row for each share; ``complete`` tells which lists are said to be whole.
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
