"""Which regimes a calibrated game may have: every set of stable states that its intervals leave open.

The intervals become assumptions of the game and z3 enumerates, with a proof, which sets of states can be
asymptotically stable together (`separatrix.analysis`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from separatrix.analysis.analyze import analyze, with_fixed
from separatrix.game.reader import load
from separatrix_cluster.calibration.calibration import Calibration, game_document

__all__ = ["PossibleRegimes", "possible_regimes"]

BUDGET = 20.0
"""Seconds for the enumeration; it takes one or two."""


@dataclass(frozen=True)
class PossibleRegimes:
    """What can be stable within the intervals of a calibration.

    Attributes
    ----------
    now : tuple of (float, float)
        The stable states at the values: shares of both populations that act.
    possible : tuple of tuples of (float, float), or of None for a state inside
        Each set of states that can be stable together.
    complete : bool
        Whether it is proven that no others exist.
    """

    now: tuple[tuple[float, ...], ...]
    possible: tuple[tuple[tuple[float, ...] | None, ...], ...]
    complete: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "at_the_values": [list(state) for state in self.now],
            "possible": [[None if s is None else list(s) for s in states] for states in self.possible],
            "complete": self.complete,
        }


def possible_regimes(found: Calibration) -> PossibleRegimes:
    """Return which sets of states can be stable within the intervals of a calibration.

    Parameters
    ----------
    found : Calibration

    Returns
    -------
    PossibleRegimes
        States as the shares of both populations that act.

    Raises
    ------
    InputError
        As `separatrix.analyze` does.

    References
    ----------
    Ritzberger & Weibull (1995), by whom what is stable is strict Nash; see `separatrix.analyze`.

    Examples
    --------
    >>> from separatrix_cluster.calibration.calibrate import calibrate
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> regimes = possible_regimes(calibrate(load_cluster("synthetic-park")))
    >>> regimes.now, regimes.complete
    (((1.0, 1.0),), True)
    """
    document = game_document(found)
    # How fast both move decides nothing of what is stable.
    for key in ("speeds", "time_unit", "calibration", "today"):
        document.pop(key, None)
    document["parameters"] = {p.name: document["parameters"][p.name] for p in found.parameters}
    # The intervals say more than that costs are not negative; a condition of numbers alone has no interior.
    document["assume"] = []
    here: dict[str, Any] = analyze(load(document)).to_dict()
    now = tuple(
        tuple(float(v) for v in point["state"].values())
        for point in here["rest_points"]
        if point["stability"] == "asymptotically stable"
    )
    fixed = {p.name: p.estimate.value for p in found.parameters if p.varying is None}
    for p in found.parameters:
        if p.varying is not None:
            low, high = p.varying
            document["assume"] += [f"{p.name} >= {low}", f"{p.name} <= {high}"]
    if len(fixed) == len(found.parameters):
        return PossibleRegimes(now, (now,), True)
    answer: dict[str, Any] = analyze(
        with_fixed(load(document), fixed), symbolic=True, budget=BUDGET
    ).to_dict()
    possible = tuple(
        tuple(_state(state) for state in regime["stable"])
        for regime in answer["regimes"]
        if regime["generic"]
    )
    return PossibleRegimes(now, possible, answer["regimes_completeness"]["status"] == "complete")


def _state(state: dict[str, Any]) -> tuple[float, ...] | None:
    try:
        return tuple(float(v) for v in state.values())
    except ValueError:
        return None
