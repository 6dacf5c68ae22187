"""What would have to give way where what is demanded cannot be, and the plan that comes nearest.

HiGHS explains no mixed-integer programme.  So each limit that a person can move gets a slack with a name, and
the slacks are made as small as they can be one after the other: first the target (it is what is wanted),
then minimum lots and capacities, last the budget (Chinneck, J. W. (2008). Feasibility and Infeasibility in
Optimization, Springer, chapter 6, elastic programmes; preemptive order).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.symbiosis.cascade_cuts import MOST_CELLS, solve_part
from separatrix_cluster.symbiosis.exact_plan import DIGITS, ExactPlan, exact_plan, violations
from separatrix_cluster.symbiosis.mixed_integer_program import Program, program_of, read_flows, solved
from separatrix_cluster.symbiosis.problem import ExchangeProblem

__all__ = ["nearest_plan"]

NOTHING = 1e-7
"""A slack below this, relative to its limit, is rounding."""

DEAR = 1e6
"""Currency per t CO2e beyond all that exchanges cost."""

ROOM = 10.0
"""Most by which a capacity is thought larger, as a multiple of itself."""


def nearest_plan(problem: ExchangeProblem, seconds: float) -> tuple[ExactPlan, float, tuple[Sentence, ...]]:
    """Return the plan within all limits that comes nearest to what is demanded, its bound, and what hinders.

    Parameters
    ----------
    problem : ExchangeProblem
        One whose target or required facilities cannot be met.
    seconds : float
        For each question to the solver.

    Raises
    ------
    InputError
        K513 where the solver does not answer in its time.
    """
    hindrances = _hindrances(problem, seconds)
    free = replace(problem, target=None, required=())
    everything = list(range(len(problem.matches)))
    program = program_of(free, everything)
    bound = 0.0
    plan = ExactPlan(free)
    most = Fraction(0)
    if problem.target and program.flows:
        if _is_large(problem):
            # At such a price nothing but what is avoided counts.
            dear = replace(free, carbon_price=DEAR)
            program, found = solve_part(dear, everything, gap=1e-3, seconds=seconds)
        else:
            found = solved(program, program.abatement, seconds=seconds)
        if found.values is None:
            raise _no_answer()
        reached = _read(free, program, found.values)
        most = reached.abatement
        hindrances.append(
            say(
                "within all limits as they are at most {most} t CO2e a year can be avoided; the plan "
                "below does that",
                most=rounded(float(most), DIGITS),
            )
        )
        plan = reached
        if most > 0 and not _is_large(problem):
            aimed = replace(free, target=float(most) * (1 - NOTHING))
            program = program_of(aimed, everything)
            found = solved(program, seconds=seconds)
            if found.values is not None:
                better = _read(aimed, program, found.values)
                plan, bound = (reached if violations(better) else better), found.bound
    elif program.flows:
        found = solved(program, seconds=seconds)
        if found.values is None:
            raise _no_answer()
        plan, bound = _read(free, program, found.values), found.bound
    nearest = ExactPlan(problem, plan.cells, plan.builds)
    # Where only time was short, not room, the plan that comes nearest is there.
    return nearest, bound, tuple(hindrances) if violations(nearest) else ()


def _is_large(problem: ExchangeProblem) -> bool:
    return sum(len(match.cells) for match in problem.matches) > MOST_CELLS


def _no_answer() -> InputError:
    return InputError(
        "K513", say("the solver found no plan in its time"), hint=say("give it more seconds, or ask for less")
    )


def _read(problem: ExchangeProblem, program: Program, values: npt.NDArray[np.float64]) -> ExactPlan:
    cells: dict[tuple[int, tuple[int, int]], float] = {}
    builds: set[int] = set()
    read_flows(problem, program, values, cells, builds)
    # With a target of next to nothing what costs more than it brings is kept.
    kept = problem if problem.target else replace(problem, target=NOTHING)
    return exact_plan(kept, cells, builds)


def _hindrances(problem: ExchangeProblem, seconds: float) -> list[Sentence]:
    """Return what would have to give way, in words."""
    # Where many streams of heat meet, whole flows: what they need is the least that split ones do.
    program = program_of(problem, range(len(problem.matches)), whole=_is_large(problem))
    slacks = _with_slacks(problem, program)
    values: Mapping[int, float] = {}
    told: list[tuple[object, ...]] = []
    for kinds in (("target",), ("lot", "capacity"), ("budget",)):
        chosen = {name: column for name, column in slacks.items() if name[0] in kinds}
        if not chosen:
            continue
        wanted = np.zeros(len(program.gain))
        wanted[list(chosen.values())] = -1.0
        found = solved(program, wanted, seconds=seconds)
        if found.values is None:
            if not told:
                raise _no_answer()
            break  # what comes after the target is not told where it takes too long
        values = dict(enumerate(found.values.tolist()))
        told += chosen
        least = sum(values[column] for column in chosen.values())
        held = dict.fromkeys(chosen.values(), 1.0)
        program.row(("held",), held, 0.0, least * (1 + NOTHING) + NOTHING / 10)
    broken = [name for name in told if values[slacks[name]] > NOTHING]
    return [_in_words(problem, program, name, values[slacks[name]]) for name in broken]


def _with_slacks(problem: ExchangeProblem, program: Program) -> dict[tuple[object, ...], int]:
    """Add a slack to each row that a person can move, and return its column by the name of the row."""
    slacks: dict[tuple[object, ...], int] = {}
    order = {"target": 0, "lot": 1, "capacity": 2, "budget": 3}
    movable = [r for r, name in enumerate(program.names) if name[0] in order]
    for r in sorted(movable, key=lambda r: order[program.names[r][0]]):
        name = program.names[r]
        terms, low, high = program.rows[r]
        most = {"target": 1.0, "lot": 1.0, "capacity": ROOM}.get(name[0], float("inf"))
        column = program.column(0.0, high=most)
        sign = 1.0 if name[0] in ("target", "lot") else -1.0
        program.rows[r] = ({**terms, column: sign}, low, high)
        slacks[name] = column
    return slacks


def _in_words(problem: ExchangeProblem, program: Program, name: tuple[object, ...], slack: float) -> Sentence:
    if name[0] == "target":
        target = problem.target or 0.0
        return say(
            "even if budget, minimum lots and capacities gave way the target of {target} t CO2e a year "
            "would have to fall by {by} t",
            target=rounded(target, DIGITS),
            by=rounded(slack * target, DIGITS),
        )
    if name[0] == "budget":
        budget = problem.budget or 0.0
        by = slack * (max([budget, *program.investment]) or 1.0)
        return say(
            "the budget would have to rise by at least {by} to {to} {currency}",
            by=rounded(by, DIGITS),
            to=rounded(budget + by, DIGITS),
            currency=problem.currency,
        )
    if name[0] == "capacity":
        facility = problem.facilities[int(str(name[1]))]
        by = slack * (facility.capacity or 1.0)
        return say("the capacity of {facility} would have to rise by {by}", facility=facility.name, by=by)
    match = problem.matches[int(str(name[1]))]
    offer, want = problem.offers[match.offer], problem.wants[match.want]
    whose = offer if offer.minimum_lot >= want.minimum_lot / match.conversion else want
    return say(
        "the minimum lot of {enterprise} ({stream}) would have to fall by {by} {unit}",
        enterprise=whose.enterprise,
        stream=whose.name,
        by=rounded(slack * match.upper, DIGITS),
        unit=offer.unit,
    )
