"""A bifurcation diagram, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from separatrix.analysis.results import Label, RestSet, Warning
from separatrix.dynamics.bifurcation.branch_points import Criticality, Kind
from separatrix.expression.conditions import condition_text
from separatrix.expression.tree import Expression, to_text
from separatrix.game.model import Game
from separatrix.run.cached_property import cached_property
from separatrix.run.results import Plotted, Symbolic, Tabled

__all__ = ["BifurcationDiagram", "BifurcationBranch", "NamedPoint", "BranchPiece", "Stretch"]

State = tuple[float, ...]


@dataclass(frozen=True)
class BranchPiece:
    """A part of a branch on which its label is the same.

    Attributes
    ----------
    low, high : float
        The values of the parameter at its ends.
    stability : Label
    reason : str
        Why, at one value inside.
    signs : (negative, zero, positive), or None
        How many eigenvalues have a real part of each sign.
    values, states
        The parameter, ascending, and the shares there.
    """

    low: float
    high: float
    stability: Label
    reason: str
    signs: tuple[int, int, int] | None
    values: tuple[float, ...]
    states: tuple[State, ...]


@dataclass(frozen=True)
class BifurcationBranch:
    """A rest point that moves with the parameter, as long as it stays on the face of its support.

    Its ``id`` is the one that the rest point has in an analysis; where several play the support at a time
    they have letters.  Between its pieces it may be gone for some values.
    ``formula`` holds its shares as functions of the parameter, where they are known in closed form on all of
    the branch; else the states of its pieces are numerical, to about 1e-9.
    """

    id: str
    support: tuple[tuple[str, ...], ...]
    pieces: tuple[BranchPiece, ...]
    formula: tuple[Expression, ...] | None

    @property
    def low(self) -> float:
        """Where it begins."""
        return self.pieces[0].low

    @property
    def high(self) -> float:
        """Where it ends."""
        return self.pieces[-1].high

    @property
    def pure(self) -> bool:
        """Whether every population plays one strategy."""
        return all(len(played) == 1 for played in self.support)


@dataclass(frozen=True)
class NamedPoint:
    """A value of the parameter at which something happens, and a place.

    Attributes
    ----------
    id : str
        A letter.
    kind, criticality
        What happens; see `separatrix.dynamics.bifurcation.branch_points`.
    value : float
        Of the parameter.
    exact : Expression or None
        In closed form, where it is rational or solves a quadratic equation.
    polynomial : Expression or None
        An irreducible polynomial in the parameter that vanishes there.
    bounds : (Fraction, Fraction)
        The value lies between these: certainly where the diagram is exact.
    states : tuple of states
        Where; more than one where a continuum joins several branches.
    branches : tuple of str
        Which branches take part.
    edges : the supports of the edges that rest, for the kind ``edge``
    reason : str
        A sentence.
    label : Label or None
        Of the state at the value itself, where that is rational and the state isolated.
    frequency, lyapunov : float or None
        For Hopf points: ω, and the first Lyapunov coefficient (negative: attracting cycles).
    """

    id: str
    kind: Kind
    criticality: Criticality | None
    value: float
    exact: Expression | None
    polynomial: Expression | None
    bounds: tuple[Fraction, Fraction]
    states: tuple[State, ...]
    branches: tuple[str, ...]
    reason: str
    edges: tuple[tuple[tuple[str, ...], ...], ...] = ()
    label: Label | None = None
    frequency: float | None = None
    lyapunov: float | None = None


@dataclass(frozen=True)
class Stretch:
    """Parameter values between two neighbouring named points, and what else than points rests there.

    ``sets`` are the continua at ``sample``.
    """

    low: float
    high: float
    sample: Fraction
    stable: tuple[str, ...]
    sets: tuple[RestSet, ...]


@dataclass(frozen=True, repr=False)
class BifurcationDiagram(Plotted, Tabled, Symbolic):
    """Every rest point of a game as a function of one parameter, and every value at which something happens.

    Attributes
    ----------
    game : Game
    over : str
        The parameter.
    low, high : Fraction
        The interval.
    values : mapping
        The other parameters.
    scenario : str or None
    branches, points, stretches
        In order of their beginning.
    method : str
        ``exact``: from polynomials; ``numerical``: from a grid, and bisection.
    how_sure : str
        The argument, in a sentence.
    today : Fraction or None
        The baseline value of the parameter, where there is one.
    warnings
    """

    game: Game
    over: str
    low: Fraction
    high: Fraction
    values: Mapping[str, Fraction]
    scenario: str | None
    branches: tuple[BifurcationBranch, ...]
    points: tuple[NamedPoint, ...]
    stretches: tuple[Stretch, ...]
    method: Literal["exact", "numerical"]
    how_sure: str
    today: Fraction | None = None
    warnings: tuple[Warning, ...] = ()

    @cached_property
    def unnamed(self) -> int:
        """How many points have no name."""
        return sum(p.kind == "unnamed" for p in self.points)

    def branch(self, id: str) -> BifurcationBranch:
        """Return a branch by its id; `KeyError` for an unknown one."""
        return {b.id: b for b in self.branches}[id]

    def to_dict(self) -> dict[str, Any]:
        """Return the diagram as plain data (schema 1; keys are added, never renamed)."""
        from separatrix.run.results import provenance

        return {
            "schema": 1,
            "model": {
                "title": self.game.title,
                "scenario": self.scenario,
                "parameters": {name: float(value) for name, value in self.values.items()},
            },
            "over": {
                "parameter": self.over,
                "low": float(self.low),
                "high": float(self.high),
                "today": None if self.today is None else float(self.today),
            },
            "method": self.method,
            "how_sure": str(self.how_sure),
            "unnamed": self.unnamed,
            "points": [self._point(p) for p in self.points],
            "branches": [self._branch(b) for b in self.branches],
            "stretches": [
                {
                    "low": s.low,
                    "high": s.high,
                    "sample": str(s.sample),
                    "stable": list(s.stable),
                    "sets": [
                        {
                            "support": [list(names) for names in piece.support],
                            "dimension": piece.dimension,
                            "equations": [condition_text(e) for e in piece.equations],
                            "stability": piece.stability,
                        }
                        for piece in s.sets
                    ],
                }
                for s in self.stretches
            ],
            "warnings": [{"code": w.code, "text": str(w.text)} for w in self.warnings],
            "provenance": provenance(self.game),
        }

    def _point(self, point: NamedPoint) -> dict[str, Any]:
        return {
            "id": point.id,
            "kind": point.kind,
            "criticality": point.criticality,
            "value": point.value,
            "exact": None if point.exact is None else to_text(point.exact),
            "polynomial": None if point.polynomial is None else to_text(point.polynomial),
            "bounds": [str(b) for b in point.bounds],
            "states": [self._state(s) for s in point.states],
            "branches": list(point.branches),
            "edges": [[list(names) for names in edge] for edge in point.edges],
            "label": point.label,
            "frequency": point.frequency,
            "lyapunov": point.lyapunov,
            "reason": str(point.reason),
        }

    def _state(self, state: State) -> dict[str, float]:
        return dict(zip(self.game.shares, state, strict=True))

    def _branch(self, branch: BifurcationBranch) -> dict[str, Any]:
        shares = self.game.shares
        return {
            "id": branch.id,
            "support": [list(names) for names in branch.support],
            "formula": None
            if branch.formula is None
            else {s: to_text(e) for s, e in zip(shares, branch.formula, strict=True)},
            "pieces": [
                {
                    "low": p.low,
                    "high": p.high,
                    "stability": p.stability,
                    "reason": str(p.reason),
                    "signs": None if p.signs is None else list(p.signs),
                    "values": list(p.values),
                    "states": {s: [row[k] for row in p.states] for k, s in enumerate(shares)},
                }
                for p in branch.pieces
            ],
        }
