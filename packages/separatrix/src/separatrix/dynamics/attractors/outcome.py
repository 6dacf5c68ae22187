"""What trajectories can come to: the classes of outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from separatrix.analysis.results import Analysis

__all__ = [
    "ATTRACTOR",
    "CENTRE",
    "CYCLE",
    "LONGEST_NAME",
    "SEPARATRIX",
    "UNDECIDED",
    "OmegaLimit",
    "Kind",
    "order_of",
]

Kind = Literal[
    "rest point",
    "rest set",
    "inner cycle",
    "boundary cycle",
    "boundary network",
    "chaotic attractor",
    "closed orbits",
    "centre",
    "separatrix",
    "undecided",
]

CYCLE, CENTRE, SEPARATRIX, UNDECIDED = "cycle", "centre", "separatrix", "undecided"

ATTRACTOR = "attractor"
"""The name of a chaotic attractor, before its number."""

LONGEST_NAME = 24
"""Characters of a name in an array of them; ids of rest points and sets are far shorter."""


@dataclass(frozen=True)
class OmegaLimit:
    """What a class of trajectories comes to.

    Attributes
    ----------
    name : str
        The key under which `Basins.fractions` counts it: the id of a rest point or rest set, or a word.
    kind : str
        "rest point"; "rest set", a continuum of rest points that attracts as a set; "inner cycle", an
        attracting closed orbit in the interior; "boundary cycle", an attracting ring of rest points along the
        boundary, where a trajectory lingers ever longer; "boundary network", the same in an order that is not
        fixed or not known; "chaotic attractor", an interior attractor that is neither a point nor
        a cycle, on which neighbours separate exponentially; "closed orbits" that do not attract their
        neighbours; "centre", a conserved quantity that keeps trajectories at their distance, closed or not;
        "separatrix", the basin boundary; "undecided".
    proven : bool
        Whether the analysis proves that it attracts, or that trajectories cycle; else it was found
        numerically.
    state : tuple of float, or None
        The state of a rest point.
    period : float or None
        The period of an inner cycle.
    contraction : float or None
        For an inner cycle: the part of a small distance from it that remains after one turn.
    lyapunov_exponent, lyapunov_error : float or None
        For a chaotic attractor: its largest Lyapunov exponent, per unit of time, and the standard error.
    """

    name: str
    kind: Kind
    proven: bool = True
    state: tuple[float, ...] | None = None
    period: float | None = None
    contraction: float | None = None
    lyapunov_exponent: float | None = None
    lyapunov_error: float | None = None

    def to_dict(self, shares: tuple[str, ...]) -> Mapping[str, Any]:
        """Return it as plain data."""
        state = None if self.state is None else dict(zip(shares, self.state, strict=True))
        return {
            "kind": self.kind,
            "proven": self.proven,
            "state": state,
            "period": self.period,
            "contraction": self.contraction,
            "lyapunov_exponent": self.lyapunov_exponent,
            "lyapunov_error": self.lyapunov_error,
        }


def order_of(keys: Sequence[str], analysis: Analysis) -> list[str]:
    """Return keys of fractions in the order of the rest points, then of rest sets, then the others."""
    known = [p.id for p in analysis.rest_points] + [s.id for s in analysis.rest_sets]
    known += [CYCLE, CENTRE, SEPARATRIX, UNDECIDED]
    return sorted(keys, key=lambda key: known.index(key) if key in known else len(known))
