"""A search among programmes: what is known of those that were followed, and which no other dominates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.policy.dominance import non_dominated
from separatrix.policy.draws import SuccessShare, independent_draws
from separatrix.policy.followed_programmes import ProgrammeCase, lanes_of, outcomes_after
from separatrix.policy.objectives import OBJECTIVES, Objective, to_minimise
from separatrix.policy.programme import IDLE, Programme
from separatrix.policy.programme_values import programme_values
from separatrix.policy.sampled_programmes import programmes_along

__all__ = ["EvaluatedProgramme", "ProgrammeSearch"]

Array = NDArray[np.float64]

FIRST_LOOK = 128
"""Draws by which programmes are sifted, before some of them are followed in all fresh draws."""

STRICTER = (0.0, 0.4, 0.7, 1.0)
"""By which part of the way to certainty a least probability is raised while programmes are sifted: what
barely keeps a limit in a few draws often breaks it in all."""

ASKED = 32
"""Of these draws: what each needs is looked at along every direction."""

MOST_ESTIMATED = 120
"""Programmes that are followed in fresh draws: of those that the first look puts on the front, evenly spaced
ones. More: the front is denser, and takes longer."""

LANES_AT_ONCE = 100_000
"""Programmes times draws that are followed together."""


@dataclass(frozen=True)
class EvaluatedProgramme:
    """A programme that was followed, and what it costs and brings.

    Attributes
    ----------
    programme : Programme
    values : mapping of objective to float or None
        None for a time to a target that is not reached within the horizon, for a share of draws that was not
        estimated since another programme is better already by the first look, and for what is infinite or
        has no value at its levels.
    works : bool
        Whether it reaches the target at the baseline values.
    share : SuccessShare or None
    """

    programme: Programme
    values: Mapping[str, float | None]
    works: bool
    share: SuccessShare | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            **self.programme.to_dict(),
            **self.values,
            "works": self.works,
            "success": None if self.share is None else self.share.to_dict(),
        }


class ProgrammeSearch:
    """The programmes that were followed, and what is known of them."""

    def __init__(
        self,
        case: ProgrammeCase,
        objectives: tuple[Objective, ...],
        horizon: float,
        discount: float,
        limits: Mapping[str, float],
        seed: int,
    ) -> None:
        self.case, self.objectives, self.limits = case, objectives, limits
        self.horizon, self.discount, self.seed = horizon, discount, seed
        self.programmes: list[Programme] = []
        self.values: dict[str, Array] = {}
        self.errors: dict[str, Array] = {}
        self.works = np.zeros(0, dtype=bool)
        self.shares: dict[int, SuccessShare] = {}
        self.stricter = 0.0
        self.drawn = "probability" in {*(o.name for o in objectives), *limits}
        self.sifting = self._sifting() if self.drawn else None
        self._add([IDLE])

    def _sifting(self) -> Mapping[str, Array]:
        return independent_draws(self.case.uncertainty, FIRST_LOOK, self.seed, 0, "first look")[0]

    def levels(self, place: int) -> Array:
        """Return the levels of a programme (instruments,)."""
        own = self.programmes[place].levels
        return np.array([own.get(n, rest) for n, rest in zip(self.case.names, self.case.idle, strict=True)])

    def look(self, levels: Array) -> None:
        """Follow programmes along levels (directions, instruments)."""
        known = {(tuple(sorted(p.levels.items())), p.end) for p in self.programmes}
        some = None if self.sifting is None else {n: v[:ASKED] for n, v in self.sifting.items()}
        self._add(
            [
                p
                for p in programmes_along(self.case, levels, self.horizon, some)
                if (tuple(sorted(p.levels.items())), p.end) not in known
            ]
        )

    def _add(self, programmes: list[Programme]) -> None:
        if not programmes:
            return
        case = self.case
        lanes = lanes_of(case, programmes, {})
        found = programme_values(case, lanes, self.horizon, self.discount)
        values, errors = dict(found.values), dict(found.errors)
        if "emissions" in values:
            emitted = values.pop("emissions")
            if "tonnes_avoided" not in self.values:
                self.without = float(emitted[0])
            values["tonnes_avoided"] = self.without - emitted
            errors["tonnes_avoided"] = errors.pop("emissions")
        works = outcomes_after(case, lanes) == case.target
        values["time"] = np.where(works, values["time"], np.nan)
        if self.sifting is not None:
            values["probability"] = self._successes(programmes, self.sifting)[0] / FIRST_LOOK
            errors["probability"] = np.zeros(len(programmes))
        for name, own in values.items():
            known = np.where(np.isfinite(own), own, np.nan)
            self.values[name] = np.concatenate([self.values.get(name, np.zeros(0)), known])
        for name, own in errors.items():
            self.errors[name] = np.concatenate([self.errors.get(name, np.zeros(0)), own])
        self.works = np.concatenate([self.works, works])
        self.programmes += programmes

    def _successes(self, programmes: Sequence[Programme], draws: Mapping[str, Array]) -> tuple[Array, Array]:
        """Return in how many draws each programme works, and how many are undecided."""
        count = len(next(iter(draws.values())))
        each = max(1, LANES_AT_ONCE // count)
        hits, undecided = [], []
        for k in range(0, len(programmes), each):
            some = programmes[k : k + each]
            names = outcomes_after(self.case, lanes_of(self.case, some, draws)).reshape(len(some), count)
            hits.append((names == self.case.target).sum(axis=1))
            undecided.append((names == "undecided").sum(axis=1))
        return np.concatenate(hits).astype(float), np.concatenate(undecided)

    # ----------------------------------------------------------------------- sifting

    @property
    def eligible(self) -> NDArray[np.bool_]:
        """Programmes that may be on the front: within the limits; and, unless success is an objective or has
        a limit, those that reach the target at the baseline values."""
        kept = self.works.copy() if not self.drawn else np.ones(len(self.programmes), dtype=bool)
        for name, own in self.values.items():
            if name != "time":
                kept &= ~np.isnan(own)
        return kept & self.within_limits

    @property
    def within_limits(self) -> NDArray[np.bool_]:
        """Programmes that keep all limits."""
        kept = np.ones(len(self.programmes), dtype=bool)
        for name, told in self.limits.items():
            own = self.values[name]
            limit = told + self.stricter * (1 - told) if name == "probability" else told
            kept &= own <= limit if OBJECTIVES[name].better == "less" else own >= limit
        return kept

    @property
    def without_value(self) -> int:
        """How many programmes cost or bring what has no finite value: these are never on the front."""
        lost = np.zeros(len(self.programmes), dtype=bool)
        for name, own in self.values.items():
            if name not in ("time", "probability"):
                lost |= np.isnan(own)
        return int(lost.sum())

    def front(self) -> tuple[int, ...]:
        """Return the places of non-dominated programmes."""
        rows = np.flatnonzero(self.eligible)
        if not rows.size:
            return ()
        points = to_minimise(self.objectives, {n: v[rows] for n, v in self.values.items()})
        return tuple(int(k) for k in rows[non_dominated(points)])

    def estimate(self, draws: int) -> None:
        """Follow what may be on the front in fresh draws, the same for all; forget the first look."""
        if not self.drawn:
            return
        layers = STRICTER if "probability" in self.limits else STRICTER[:1]
        kept: set[int] = {0}
        for self.stricter in layers:
            front = np.array(self.front(), dtype=np.intp)
            most = min(MOST_ESTIMATED // len(layers), len(front))
            some = np.unique(np.linspace(0, len(front) - 1, most).round().astype(int))
            kept |= {*front[some].tolist(), *self.best_by_objective().values()}
        self.stricter = 0.0
        fresh, _ = independent_draws(self.case.uncertainty, draws, self.seed, 0, "fresh")
        places = sorted(kept)
        hits, undecided = self._successes([self.programmes[k] for k in places], fresh)
        self.values["probability"][:] = np.nan
        for place, own, open_ones in zip(places, hits.tolist(), undecided.tolist(), strict=True):
            self.shares[place] = SuccessShare(int(own), draws, int(open_ones))
            self.values["probability"][place] = own / draws

    def best_by_objective(self) -> dict[str, int]:
        """Return the best programme by each objective, of those that reach the target within the limits.

        Of several the one that costs the public purse least.
        """
        result = {}
        cost = self.values.get("public_cost", np.zeros(len(self.programmes)))
        for name, own in self.values.items():
            rows = np.flatnonzero(self.works & self.within_limits & ~np.isnan(own))
            if rows.size:
                signed = own[rows] if OBJECTIVES[name].better == "less" else -own[rows]
                result[name] = int(rows[np.lexsort((cost[rows], signed))[0]])
        return {name: result[name] for name in OBJECTIVES if name in result}

    def error(self, front: Sequence[int]) -> float:
        """Return the largest error of quadrature on the front, relative to the largest value."""
        places = list(front)
        if not places:
            return 0.0
        return max(
            float(self.errors[name][places].max() / (np.abs(self.values[name][places]).max() or 1.0))
            for name in self.errors
            if name != "probability"
        )

    def evaluated(self, place: int) -> EvaluatedProgramme:
        """Return a programme with what is known of it."""
        values = {
            name: None if np.isnan(self.values[name][place]) else float(self.values[name][place])
            for name in OBJECTIVES
            if name in self.values
        }
        return EvaluatedProgramme(
            self.programmes[place], values, bool(self.works[place]), self.shares.get(place)
        )
