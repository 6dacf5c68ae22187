"""Which share of all starts ends where.

Two populations of two strategies without own play: in closed form (`separatrix.dynamics.planar_basins`).  One
population of two strategies: between neighbouring rest points a course runs one way.  All others: many starts
are followed until they have arrived (`separatrix.dynamics.settling`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from separatrix.analysis.result import Analysis
from separatrix.dynamics.usual_values import at_usual_values
from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.sentence import say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Basins", "basins"]

CYCLE, SEPARATRIX, UNDECIDED = "cycle", "separatrix", "undecided"

SAMPLES = 16_384


@dataclass(frozen=True)
class Basins:
    """The basins of attraction of a game.

    Attributes
    ----------
    analysis : Analysis
        What rests, and what of it attracts.
    fractions : mapping of str to float
        The share of all starts that ends at each rest point or rest set, by its id; ``cycle`` for those that
        circle for ever, ``separatrix`` for those on the line between two fates, ``undecided``.  They add up
        to one.
    intervals : mapping of str to (low, high), or None
        95 % confidence intervals of the fractions; None where these are exact.
    ranges : mapping of str to ((low, high), ...), or None
        For one population of two strategies: the shares from which each is reached.
    method : str
        ``exact`` or ``sampled``.
    how_sure : str
        The argument, and the error, in a sentence.
    error : float
        A bound of the error of an exact fraction, or half the widest confidence interval.
    samples, seed : int or None
        How many starts were followed, and what drew them; None where none was.
    today : str or None
        Where the cluster of today ends, as a key of `fractions`; None where the game names no such state.
    """

    analysis: Analysis
    fractions: Mapping[str, float]
    method: Literal["exact", "sampled"]
    how_sure: str
    error: float
    intervals: Mapping[str, tuple[float, float]] | None = None
    ranges: Mapping[str, tuple[tuple[float, float], ...]] | None = None
    samples: int | None = None
    seed: int | None = None
    today: str | None = None

    @property
    def game(self) -> Game:
        """The game."""
        return self.analysis.game

    def state_of(self, name: str) -> dict[str, float] | None:
        """Return the state of a rest point by its id; None for everything else."""
        for point in self.analysis.rest_points:
            if point.id == name and point.state is not None:
                return dict(zip(self.game.shares, point.state, strict=True))
        return None

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix.run.provenance import provenance

        values = self.analysis.values or {}
        return {
            "schema": 1,
            "model": {
                "title": self.game.title,
                "scenario": self.analysis.scenario,
                "parameters": {name: float(value) for name, value in values.items()},
            },
            "fractions": dict(self.fractions),
            "intervals": None if self.intervals is None else {k: list(v) for k, v in self.intervals.items()},
            "ranges": None
            if self.ranges is None
            else {k: [list(r) for r in v] for k, v in self.ranges.items()},
            "states": {name: self.state_of(name) for name in self.fractions},
            "method": self.method,
            "how_sure": str(self.how_sure),
            "error": self.error,
            "samples": self.samples,
            "today": self.today,
            "provenance": provenance(self.game) | {"seed": self.seed},
        }


def basins(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    samples: int = SAMPLES,
    seed: int = 0,
) -> Basins:
    """Return the share of all starts that ends at each rest point.

    Parameters
    ----------
    game : Game
        Any number of populations and strategies, payoffs rational in the shares.
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    samples : int
        Starts to follow where no closed form is known, from 64 on; each of 16 replicates has a power of two.
    seed : int
        Of the starts: the same seed gives the same answer.

    Returns
    -------
    Basins
        Starts are spread evenly over the state space.

    Raises
    ------
    ComesLater
        For games that `separatrix.analyze` cannot analyse.
    InputError
        V304 where a parameter has no value; D624 for an impossible number of samples.
    NameProblem
        For an unknown parameter or scenario.

    References
    ----------
    Hofbauer & Sigmund (1998), section 11.2; L'Ecuyer & Lemieux (2002), section 2.

    Examples
    --------
    >>> import separatrix
    >>> found = separatrix.basins(separatrix.load("shi-chen-2018-asymmetric"))
    >>> {name: round(share, 4) for name, share in found.fractions.items()}, found.method
    ({'E1': 0.5586, 'E4': 0.4414}, 'exact')
    """
    from separatrix.analysis.analyze import analyze
    from separatrix.dynamics.fates import Exact, exact_fates

    analysis = analyze(game, values, scenario)
    exact = exact_fates(analysis)
    if isinstance(exact, Exact):
        fractions, error, ranges = exact.fractions()
        return Basins(
            analysis,
            fractions,
            "exact",
            at_usual_values(game, exact.why()),
            error,
            ranges=ranges,
            today=_today(game, exact),
        )
    return _sampled(analysis, samples, seed)


def _today(game: Game, exact: Any) -> str | None:
    if game.today is None:
        return None
    return str(exact.names([[float(game.today[s]) for s in game.shares]])[0])


def _sampled(analysis: Analysis, samples: int, seed: int) -> Basins:
    import numpy as np

    from separatrix.dynamics.fates import Followed
    from separatrix.dynamics.sampling import interval, starts

    if not isinstance(seed, int) or seed < 0:
        raise InputError("D624", f"a seed of {seed!r}; expected a whole number of 0 or more")
    followed = Followed.of(analysis)
    drawn = starts([len(p.strategies) for p in analysis.game.populations], samples, seed)
    replicates, points, n = drawn.shape
    names = followed.names(drawn.reshape(-1, n)).reshape(replicates, points)
    keys = [name for name in followed.order() if (names == name).any()]
    shares = {key: (names == key).mean(axis=1) for key in keys}
    intervals = {key: interval(own, points) for key, own in shares.items()}
    widest = max(((high - low) / 2 for low, high in intervals.values()), default=0.0)
    undecided = float(np.mean(names == UNDECIDED))
    today = None
    if analysis.game.today is not None:
        state = np.array([[float(analysis.game.today[s]) for s in analysis.game.shares]])
        today = str(followed.names(state)[0])
    how_sure = _estimated(names.size, replicates, widest, undecided)
    if not followed.goals and followed.centre is None:
        how_sure = say("undecided: no rest point, rest set or cycle of this game is known to attract")
    return Basins(
        analysis,
        {key: float(own.mean()) for key, own in shares.items()},
        "sampled",
        at_usual_values(analysis.game, how_sure),
        widest,
        intervals=intervals,
        samples=int(names.size),
        seed=seed,
        today=today,
    )


def _estimated(count: int, replicates: int, widest: float, undecided: float) -> str:
    how_sure = say(
        "estimated: {count} starts in {replicates} scrambled Sobol sequences were followed until they "
        "arrived; 95 % confidence intervals from the differences between the sequences, at most ±{half} %",
        count=f"{count:,}", replicates=replicates, half=f"{100 * widest:.2g}",
    )  # fmt: skip
    if undecided:
        how_sure = say(
            "{estimate}; {share} % of the starts had not arrived anywhere in the end",
            estimate=how_sure, share=f"{100 * undecided:.3g}",
        )  # fmt: skip
    return how_sure


def order_of(keys: Sequence[str], analysis: Analysis) -> list[str]:
    """Return keys of fractions in the order of the rest points, then of rest sets, then the others."""
    known = [p.id for p in analysis.rest_points] + [s.id for s in analysis.rest_sets]
    known += [CYCLE, SEPARATRIX, UNDECIDED]
    return sorted(keys, key=lambda key: known.index(key) if key in known else len(known))
