"""The search for the cheapest temporary programme: by closed form, or by optimisation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis
from separatrix.errors import InputError
from separatrix.game.values import exact
from separatrix.policy.temporary.bang_bang import (
    LinePassage,
    cheapest_constant_passage,
    cheapest_passage,
    passage_with_margin,
)
from separatrix.policy.temporary.cheapest_levels import CheapestLevels, gain_and_cost
from separatrix.policy.temporary.control_problem import ROUNDING, ControlProblem
from separatrix.policy.temporary.direct_collocation import LATEST, cheapest_free, lattice_value
from separatrix.policy.temporary.direct_shooting import (
    cheapest_constant,
    cheapest_steps,
    constant_at,
    deepest,
    split,
)
from separatrix.policy.temporary.hamilton_jacobi_bellman import ValueFunction
from separatrix.policy.temporary.line_proof import (
    TOLERANCE,
    can_earn_for_ever,
    find_wall,
    prove_cheapest,
)
from separatrix.policy.temporary.pontryagin import Pontryagin, pontryagin
from separatrix.policy.temporary.results import (
    Answer,
    Certainty,
    PermanentComparison,
    Shape,
    ShapedProgramme,
    TemporaryProgramme,
    after_switch_off,
    permanent_comparison,
)
from separatrix.policy.temporary.supported_trajectory import (
    Steps,
    SupportedTrajectory,
    supported_trajectory,
)
from separatrix.policy.temporary.target_set import LineBasin, TargetSet, ratios_of
from separatrix.sentences import say

__all__ = ["Search"]

Array = NDArray[np.float64]


EPSILON = float(np.finfo(float).eps)
"""The rounding of shares."""

SEEN = 0.97
"""The value on the lattice, relative to the cost found, from which on it sees nothing cheaper: its error."""


@dataclass(frozen=True)
class Search:
    """One question, and the ways to its answer."""

    analysis: Analysis
    problem: ControlProblem
    target: str
    state: Array
    basin: TargetSet
    margin: float
    horizon: float | None
    payer: str

    def answer(self, answer: Answer, how_sure: str, **more: Any) -> TemporaryProgramme:
        """Return an answer, with the cost of permanent support."""
        made = TemporaryProgramme(
            self.analysis,
            self.problem.names,
            self.target,
            tuple(float(v) for v in self.state),
            self.payer,
            self.margin,
            self.horizon,
            self.problem.discount,
            answer,
            how_sure,
            **more,
        )
        best = made.cheapest
        if best is None:
            return made
        if made.infimum is not None and best.cost < made.infimum:
            # Nothing is an infimum that a programme of the same answer undercuts by more than rounding.
            beaten = best.cost < made.infimum - TOLERANCE * abs(made.infimum)
            certainty: Certainty | None = "best found" if beaten and made.certainty else made.certainty
            made = replace(made, infimum=best.cost, certainty=certainty)
        notes = made.notes
        if self.problem.earners:
            notes = (
                *notes,
                say(
                    "the payer earns by {names}: support ends as soon as the margin is cleared, and would "
                    "earn more if it lasted longer",
                    names=", ".join(f"`{name}`" for name in self.problem.earners),
                ),
            )
        return replace(made, permanent=self.for_ever(best), notes=notes)

    def for_ever(self, best: ShapedProgramme) -> PermanentComparison | None:
        """Return permanent support in the proportions of the strongest step of a programme."""
        idle = self.problem.idle
        strongest = max(best.steps.levels, key=lambda u: float(np.abs(np.array(u) - idle).sum()))
        goal = next(p.state for p in self.analysis.rest_points if p.id == self.target)
        return permanent_comparison(
            self.problem, self.state, np.array(goal), np.array(strongest), best.cost, self.horizon
        )

    def already_there(self) -> TemporaryProgramme:
        """Return that nothing needs to be done, and how near the boundary is."""
        depth = self.basin.depth(self.state)
        notes = []
        if depth < self.margin:
            notes.append(say("the basin boundary is only {depth} away from the start", depth=f"{depth:.2g}"))
        return self.answer(
            "already there",
            say("the start is in the basin already: {why}", why=self.basin.how_sure),
            nearest=depth,
            notes=tuple(notes),
        )

    @property
    def closed_form(self) -> bool:
        """Whether it is one population of two strategies without discount and horizon."""
        return isinstance(self.basin, LineBasin) and not self.problem.discount and self.horizon is None

    def refuse_boundless(self) -> None:
        """Refuse levels without limit where strength is not weighed in closed form."""
        free = [v.name for v in self.problem.levels if not v.bounded]
        if free:
            raise InputError(
                "P148",
                say(
                    "no limit is given for {names}: ever stronger and shorter support may be ever cheaper",
                    names=", ".join(f"`{name}`" for name in free),
                ),
                hint=say("give the levels that are possible, as in `range: [0, 1]`"),
            )

    def refuse_earning(self) -> None:
        """Refuse support that earns if no latest end is given: longer support would always be better."""
        if self.horizon is not None:
            return
        if self.problem.earners:
            raise InputError(
                "P129",
                say(
                    "the cost has no least value: the payer earns by {names}, so that support would never "
                    "end",
                    names=", ".join(f"`{name}`" for name in self.problem.earners),
                ),
                hint=say(
                    "give the latest end, as in --by 10, another --payer, or the instruments that may be used"
                ),
            )

        if not self.closed_form and self._earns_idle():
            raise self._never_ends()

    def _earns_idle(self) -> bool:
        """Whether the payer earns without end by doing nothing, at the limit of the state."""
        problem = self.problem
        at, idle = problem.coordinates(self.state)[None], problem.idle[None]
        nothing = np.zeros(1)
        at, _ = problem.advance(at, idle, np.full(1, 0.25 / problem.scale), 400, nothing)
        return bool(problem.rates_and_costs(at, idle)[1][0] < -ROUNDING * problem.cost_scale)

    def _never_ends(self) -> InputError:
        return InputError(
            "P129",
            say(
                "the cost has no least value: the payer earns for as long as the state is kept where it can "
                "be kept, so that support would never end"
            ),
            hint=say("check the sign of the cost without support, or set the latest end, as in --by 10"),
        )

    # ----------------------------------------------------------------------- programmes

    def shaped(self, shape: Shape, trajectory: SupportedTrajectory) -> ShapedProgramme:
        """Return a programme with what follows after it."""
        depth = self.basin.depth(trajectory.state)
        return ShapedProgramme(
            shape,
            trajectory,
            depth,
            after_switch_off(self.problem, self.analysis, self.target, trajectory.state),
        )

    def unreachable(
        self, value: ValueFunction | None = None, held: Array | None = None
    ) -> TemporaryProgramme:
        """Return that no programme that was tried gets there, and how near the best one comes."""
        depth = deepest(self.problem, self.state, self.basin, self.horizon, held)
        if self.horizon is not None:
            why = say(
                "no tested programme gets {margin} beyond the boundary in time",
                margin=f"{self.margin:g}",
            )
        elif depth > 0 and depth >= self.margin:
            why = say(
                "constant levels lead {margin} beyond the boundary, but no programme of finite cost was "
                "found",
                margin=f"{self.margin:g}",
            )
        elif held is None:
            why = say("no tested programme reaches the basin of {target}", target=self.target)
        elif depth > 0:
            why = say(
                "these levels lead no farther than {depth} beyond the boundary, less than the margin of "
                "{margin}",
                depth=f"{depth:.3g}",
                margin=f"{self.margin:g}",
            )
        else:
            why = say("these levels do not lead to the basin of {target}", target=self.target)
        if value is not None:
            why = say("{why}; the value function on a lattice does not find one either", why=why)
        return self.answer("unreachable", why, nearest=depth)

    def of_held(self, held: Mapping[str, object]) -> TemporaryProgramme:
        """Return how long given levels must last."""
        levels = []
        for v in self.problem.levels:
            level = float(exact(held[v.name], v.name)) if v.name in held else v.idle
            if not v.low <= level <= v.high:
                raise InputError(
                    "P150",
                    say(
                        "`{name}` is held at {level}; its levels go from {low} to {high}",
                        name=v.name,
                        level=f"{level:g}",
                        low=f"{v.low:g}",
                        high=f"{v.high:g}",
                    ),
                    hint=say("choose a level within its range"),
                )
            levels.append(level)
        u = np.array(levels)
        boundary = constant_at(self.problem, self.state, self.basin, u, 0.0, self.horizon)
        made = boundary
        if boundary is not None and self.margin > 0:
            made = constant_at(self.problem, self.state, self.basin, u, self.margin, self.horizon)
        if made is None or boundary is None:
            return self.unreachable(held=u)
        return self.answer(
            "found",
            say("followed until the state is deep enough; {why}", why=self.basin.how_sure),
            programmes={"constant": self.shaped("constant", made)},
            infimum=boundary.cost,
            to_boundary=boundary,
        )

    # ----------------------------------------------------------------------- one population

    def on_line(self) -> TemporaryProgramme:
        """Return the closed form."""
        basin = self.basin
        if not isinstance(basin, LineBasin):
            raise TypeError("the state is not a share of one population")
        here = float(self.state[0])
        below = here < (basin.low + basin.high) / 2
        boundary = basin.low if below else basin.high
        end = boundary + self.margin if below else boundary - self.margin
        if not 0 < end < 1 or basin.depth(np.array([end])) < self.margin - 4 * EPSILON:
            raise InputError(
                "P149",
                say(
                    "the margin is {margin}, but no state of the basin is that far from its boundary",
                    margin=f"{self.margin:g}",
                ),
                hint=say("choose a smaller margin"),
            )
        problem = self.problem
        best = CheapestLevels(problem, math.copysign(1.0, end - here))
        if here == boundary:
            held = tuple(float(u) for u in best(np.array([here]))[1][0])
            least: LinePassage | None = LinePassage(0.0, True, 0.0, (here,), (held,), Steps((), ()), True)
            proven = True
        else:
            wall = find_wall(best, here, boundary)
            if wall.share is not None:
                return self._walled(wall.share, wall.proven)
            if can_earn_for_ever(best, here, boundary):
                raise self._never_ends()
            proven, integral = prove_cheapest(best, here, boundary)
            least = None
            if math.isfinite(integral.value):
                least = cheapest_passage(problem, here, boundary, best, integral.value)
            proven = proven and wall.proven
        if least is None:
            self._refuse_infinite_cost(best, here, boundary)
            return self.unreachable()
        constant = cheapest_constant_passage(problem, here, end)
        with_margin: LinePassage | None = least
        if self.margin > 0 or math.isinf(least.time):
            held_cost = None if constant is None else constant[1]
            with_margin = passage_with_margin(problem, here, boundary, end, best, least, held_cost)
        if with_margin is None and constant is None:
            return self.unreachable()
        certainty: Certainty = "proven" if proven else "best found"
        sure = self._how_sure_on_line(best, proven)
        notes: list[str] = []
        if proven and not least.attained:
            notes.append(self._not_attained(least))
        if (
            with_margin is not None and with_margin.time == 0 and not with_margin.attained
        ):  # levels without limit
            return self.answer(
                "found", sure, infimum=least.cost, passage=least, certainty=certainty, notes=tuple(notes)
            )
        programmes: dict[Shape, ShapedProgramme] = {}
        if constant is not None and constant[2] > 0:
            made = self._carried_out(Steps((tuple(constant[0].tolist()),), (constant[2],)))
            if made is not None:
                programmes["constant"] = self.shaped("constant", made)
        options = [one.trajectory for one in programmes.values()]
        if with_margin is not None and with_margin.steps is not None:
            if not with_margin.steps.durations:
                raise self._takes_no_time(here == boundary)
            made = self._carried_out(with_margin.steps)
            options += [] if made is None else [made]
        # What is free in time may be constant, too.
        if options:
            programmes["free"] = self.shaped("free", min(options, key=lambda one: one.cost))
        if with_margin is not None and with_margin.bang_bang:
            notes.append(
                say(
                    "every level is at a limit at every time, as strong as allowed or not at all; no arc "
                    "is singular"
                )
            )
        return self.answer(
            "found",
            sure,
            programmes=programmes,
            infimum=least.cost,
            passage=least,
            certainty=certainty,
            notes=tuple(notes),
        )

    def _refuse_infinite_cost(self, best: CheapestLevels, start: float, end: float) -> None:
        """Raise V307 where the share can move on, but only at a cost that floats do not hold."""
        shares = np.linspace(start, end, 65)[1:-1]
        choices = best.choices
        many = np.broadcast_to(choices, (len(shares), *choices.shape))
        gain, cost = gain_and_cost(self.problem, np.broadcast_to(shares[:, None], many.shape[:-1]), many)
        moves = best.sign * gain > 0
        if (moves & (cost == np.inf)).any() and not (moves & np.isfinite(cost)).any(axis=1).all():
            what = say("the cost of all levels that lead to the target is too large to compute with")
            raise InputError("V307", what, hint=say("choose a larger unit for the cost"))

    def _carried_out(self, steps: Steps) -> SupportedTrajectory | None:
        """Return steps as they are followed in time until the margin is cleared, or None where it is not."""
        longer = Steps(steps.levels, (*steps.durations[:-1], 1.05 * steps.durations[-1] + 0.05 * steps.end))
        made, reached = supported_trajectory(self.problem, self.state, longer, self.basin, self.margin)
        return made if reached else None

    def _walled(self, share: float, proven: bool) -> TemporaryProgramme:
        """Return that no programme passes a share, whatever its levels."""
        name, value = self.analysis.game.shares[0], f"{share:.9g}"
        if proven:
            why = say(
                "proven: at {share} = {value} no allowed level moves the share towards the target, and every "
                "programme would have to pass there",
                share=name,
                value=value,
            )
        else:
            why = say(
                "at {share} = {value} no tested level moves the share towards the target",
                share=name,
                value=value,
            )
        return self.answer("unreachable", why, nearest=self.basin.depth(np.array([share])))

    def _how_sure_on_line(self, best: CheapestLevels, proven: bool) -> str:
        if not proven:
            return say(
                "numerical: the cheapest levels were searched for at every share; optimality is not proven"
            )
        if best.exact:
            return say(
                "exact: the cost of moving the share a little depends on the share alone, so the "
                "cheapest programme uses the cheapest level at every share; its cost is one integral"
            )
        return say(
            "proven by interval arithmetic: no programme costs less than the infimum, to one part in 100,000"
        )

    def _takes_no_time(self, on_boundary: bool) -> InputError:
        if on_boundary:
            what = say("the margin is 0, and the start lies on the basin boundary already")
            return InputError("P149", what, hint=say("choose a margin above 0"))
        what = say("at a level in the range of its instrument an effect has no finite value")
        return InputError("P149", what, hint=say("choose a range that ends before this level"))

    def _not_attained(self, least: LinePassage) -> str:
        if least.rests:
            return say(
                "no programme attains the infimum {cost}: the cheapest trajectory drifts to a rest "
                "point on the way and never passes it",
                cost=f"{least.cost:.6g}",
            )
        if math.isinf(least.time):
            return say(
                "no programme attains the infimum {cost}: support becomes ever weaker and slower "
                "towards the boundary",
                cost=f"{least.cost:.6g}",
            )
        return say(
            "no programme attains the infimum {cost}: ever stronger and shorter support is ever cheaper",
            cost=f"{least.cost:.6g}",
        )

    def on_line_in_time(self) -> TemporaryProgramme | None:
        """Return the closed form where its programmes end before the horizon anyway, else None."""
        if not isinstance(self.basin, LineBasin) or self.problem.discount or self.horizon is None:
            return None
        try:
            found = self.on_line()
        except InputError:  # such as support that earns, which a horizon makes possible
            return None
        if found.answer != "found":
            return found
        if found.certainty != "proven":
            return None
        ends = [one.end for one in found.programmes.values()]
        passage = found.passage
        in_time = passage is not None and passage.attained and max(passage.time, *ends) <= self.horizon
        return found if in_time else None

    # ----------------------------------------------------------------------- more shares

    def in_general(self) -> TemporaryProgramme:
        """Return the cheapest programmes of every shape, by optimisation."""
        problem, state, basin, horizon = self.problem, self.state, self.basin, self.horizon
        to_boundary = cheapest_constant(problem, state, basin, 0.0, horizon)
        stationary = horizon is None and not problem.discount
        value = lattice_value(problem, basin) if stationary else None
        free = cheapest_free(problem, state, basin, to_boundary, horizon, value)
        if free is None:
            return self.unreachable(value)
        programmes: dict[Shape, ShapedProgramme] = {}
        constant = (
            cheapest_constant(problem, state, basin, self.margin, horizon) if self.margin > 0 else to_boundary
        )
        if constant is not None:
            programmes["constant"] = self.shaped("constant", constant)
            stepped = cheapest_steps(problem, state, basin, split(constant.steps), self.margin, horizon)
            if stepped is not None and len(stepped.steps.levels) > 1 and stepped.cost < constant.cost:
                programmes["stepped"] = self.shaped("stepped", stepped)
        # What is free in time may be constant, too.
        options = [self._with_margin(free), *(one.trajectory for one in programmes.values())]
        beyond = min((one for one in options if one is not None), key=lambda one: one.cost, default=None)
        if beyond is not None:
            programmes["free"] = self.shaped("free", beyond)
        if not programmes:
            return self.unreachable(value)
        principle = pontryagin(problem, basin, free)
        found = (
            None if value is None else float(value.at(ratios_of(state[None], problem.game.space.sizes))[0])
        )
        found = found if found is not None and math.isfinite(found) else None
        seen: Certainty = "best found"
        if found is not None and found >= SEEN * free.cost and not self._endless(free):
            seen = "nothing cheaper seen"
        return self.answer(
            "found",
            self._how_sure(free, principle, found),
            certainty=seen,
            programmes=programmes,
            infimum=free.cost,
            to_boundary=free,
            principle=principle,
            lattice=found,
            notes=self._notes(principle, free, constant),
        )

    def _with_margin(self, free: SupportedTrajectory) -> SupportedTrajectory | None:
        """Return the free programme, with its last levels held until the state is deep enough."""
        if self.margin <= 0:
            return free
        found = cheapest_steps(self.problem, self.state, self.basin, free.steps, self.margin, self.horizon)
        last = free.steps
        longer = Steps(last.levels, (*last.durations[:-1], last.durations[-1] + 3 * last.end))
        made, reached = supported_trajectory(self.problem, self.state, longer, self.basin, self.margin)
        options = [found] if found is not None else []
        if reached and (self.horizon is None or made.end <= self.horizon):
            options.append(made)
        return min(options, key=lambda one: one.cost, default=None)

    def _endless(self, free: SupportedTrajectory) -> bool:
        """Whether a programme waits as long as was tried, so that a longer wait may be cheaper still."""
        first = free.steps
        return (
            self.horizon is None
            and len(first.levels) > 1
            and first.levels[0] == tuple(self.problem.idle.tolist())
            and first.durations[0] >= LATEST / self.problem.scale * (1 - 1e-9)
        )

    def _how_sure(
        self, free: SupportedTrajectory, principle: Pontryagin | None, lattice: float | None
    ) -> str:
        parts = say("numerical: by direct optimisation; basin: {why}", why=self.basin.how_sure)
        if principle is not None:
            parts = say(
                "{parts}; by the maximum principle other levels save at most {gain} of the cost, to "
                "first order",
                parts=parts,
                gain=_percent(principle.gain),
            )
        if lattice is not None:
            told = f"{lattice:.4g}"
            if lattice >= SEEN * free.cost:
                parts = say(
                    "{parts}; the Hamilton-Jacobi-Bellman equation on a coarse lattice finds "
                    "nothing cheaper: it gives {value}",
                    parts=parts,
                    value=told,
                )
            else:
                parts = say(
                    "{parts}; the Hamilton-Jacobi-Bellman equation on a coarse lattice gives {value}: a "
                    "cheaper programme may exist",
                    parts=parts,
                    value=told,
                )
        return parts

    def _notes(
        self, principle: Pontryagin | None, free: SupportedTrajectory, constant: SupportedTrajectory | None
    ) -> tuple[str, ...]:
        notes = []
        opening = free.steps.levels[0] if free.steps.levels else ()
        if len(free.steps.levels) > 1 and opening == tuple(self.problem.idle.tolist()):
            notes.append(
                say(
                    "support begins at time {time} only: later costs count less, or the shares come nearer "
                    "by themselves",
                    time=f"{free.steps.durations[0]:.4g}",
                )
            )
        if self._endless(free):
            notes.append(
                say(
                    "later support was cheaper, up to the longest wait tested: the infimum may be lower still"
                )
            )
        if constant is None:
            notes.append(say("no tested constant levels get there: the programme needs steps"))
        if principle is not None and principle.affine:
            if principle.singular:
                first = principle.singular[0]
                notes.append(
                    say(
                        "a singular arc: `{name}` stays between its limits from time {start} to {end}",
                        name=first.instrument,
                        start=f"{first.start:.4g}",
                        end=f"{first.end:.4g}",
                    )
                )
            elif any(arc.kind == "inner" for arc in principle.arcs):
                notes.append(say("a level stays between its limits where its switching function is not 0"))
            else:
                notes.append(
                    say(
                        "every level is at a limit at every time; a singular arc was looked for and not found"
                    )
                )
        return tuple(notes)


def _percent(part: float) -> str:
    return f"{100 * part:.2g} %"
