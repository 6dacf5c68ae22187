"""Large cascades of heat by decomposition: whole flows in the programme, temperatures as cuts.

A programme that splits every match by the intervals it may use has some ten thousand columns where sixty
streams of heat meet.  Here each match is one column, and what temperatures forbid is added as it is broken:
for any prices a of what is offered and b of what is wanted in each interval, none below zero, every feasible
set of flows q keeps  sum_m q_m min_cells (a_i + e_m b_j) <= sum a S + sum b D  (Benders, J. F. (1962).
Partitioning procedures for solving mixed-variables programming problems. Numerische Mathematik 4, 238-252).
The bound is therefore one on the whole problem; flows are then split by a programme of the chosen matches.

What would have to give way where what is demanded cannot be, and the plan that comes nearest.

HiGHS explains no mixed-integer programme.  So each limit that a person can move gets a slack with a name, and
the slacks are made as small as they can be one after the other: first the target (it is what is wanted),
then minimum lots and capacities, last the budget (Chinneck, J. W. (2008). Feasibility and Infeasibility in
Optimization, Springer, chapter 6, elastic programmes; preemptive order).
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from fractions import Fraction
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.symbiosis.mixed_integer_program import (
    DIGITS,
    INFINITY,
    ExactPlan,
    Program,
    Solved,
    exact_plan,
    program_of,
    read_flows,
    solved,
    violations,
)
from separatrix_cluster.symbiosis.problem import ExchangeProblem

__all__ = ["MOST_CELLS", "nearest_plan", "solve_part", "solved_by_cuts"]

MOST_CELLS = 1_500
"""From this number of cells on the decomposition is the quicker way."""

LEAST_SECONDS = 5.0
"""With less time the whole programme is solved alone: to start two processes takes a second or two."""

LATE = 0.5
"""The part of its time by which a process may be late: HiGHS looks at the clock only now and then."""

MOST_ROUNDS = 5
"""Of cuts for the programme without whole numbers, which takes milliseconds."""

LITTLE = 1e-7
"""A flow below this, relative to its largest, is rounding."""

BROKEN = 1e-4
"""A cut is worth while where this share of what flows are worth cannot be split."""


def solve_part(
    problem: ExchangeProblem, part: Sequence[int], *, gap: float, seconds: float
) -> tuple[Program, Solved]:
    """Return a programme of the matches of a part, its solution, and the bound for the whole part.

    Without a binary variable the whole programme is linear, and solved directly. A large cascade with
    binary variables is solved whole and by cuts at the same time, each with a process and the full time
    limit, until one closes the gap; otherwise the better value and the smaller bound are used: both hold.
    Where two processes are not available, or both are late, it is solved whole here, with the full time
    limit. So the value is never below that of the whole programme in the same time.

    Parameters
    ----------
    problem, part, gap, seconds
        As in `solved_by_cuts`.
    """
    ends = time.monotonic() + seconds
    whole = program_of(problem, part)
    linear = not any(whole.binary)
    large = sum(len(problem.matches[m].cells) for m in part) > MOST_CELLS
    if large and not linear and seconds >= LEAST_SECONDS:
        best = _best_of_both(problem, part, gap, seconds)
        if best is not None:
            return best
    found = solved(whole, gap=gap, seconds=seconds)
    if linear and large and found.values is None and not found.infeasible:
        return solved_by_cuts(problem, part, gap=gap, seconds=max(0.1, ends - time.monotonic()))
    return whole, found


def _best_of_both(
    problem: ExchangeProblem, part: Sequence[int], gap: float, seconds: float
) -> tuple[Program, Solved] | None:
    """Return the better of both ways; nothing where neither answered."""
    best: tuple[Program, Solved] | None = None
    value, bound, infeasible = -INFINITY, INFINITY, False
    results = first_results((_solved_whole, solved_by_cuts), (problem, part), gap=gap, seconds=seconds)
    with closing(results):
        for _, (program, found) in results:
            reached = -INFINITY if found.values is None else float(np.dot(program.gain, found.values))
            bound, infeasible = min(bound, found.bound), infeasible or found.infeasible
            if best is None or reached > value:
                best, value = (program, found), reached
            if infeasible or value >= bound - gap * abs(bound):
                break
    if best is None:
        return None
    program, found = best
    return program, Solved(found.values, bound, infeasible=infeasible and found.values is None)


def _solved_whole(
    problem: ExchangeProblem, part: Sequence[int], *, gap: float, seconds: float
) -> tuple[Program, Solved]:
    whole = program_of(problem, part)
    return whole, solved(whole, gap=gap, seconds=seconds)


def first_results(
    ways: Sequence[Callable[..., Any]], arguments: tuple[Any, ...], *, gap: float, seconds: float
) -> Generator[tuple[int, Any], None, None]:
    """Yield what each way gives, in the order in which they are done; nothing where processes cannot be had.

    HiGHS cannot be interrupted from Python, so each way has a process. It ends where the generator is closed,
    and where this process ends, however it does: its input is then closed.

    Parameters
    ----------
    ways : sequence of callable
        Functions of modules, of the arguments, `gap` and `seconds`.

    Yields
    ------
    pair of int and Any
        The place in `ways`, and the result.
    """
    if _processors() < len(ways) or not sys.executable:
        return
    ends = time.time() + seconds
    try:
        questions = [pickle.dumps((way, arguments, gap, ends)) for way in ways]
    except (pickle.PicklingError, AttributeError, TypeError):
        return
    # Not by multiprocessing, which would run the caller's script once more in each process.
    command = [sys.executable, "-c", f"from {__name__} import _answer; _answer()"]
    paths = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"}
    ready: SimpleQueue[tuple[int, bytes]] = SimpleQueue()
    started: list[subprocess.Popen[bytes]] = []

    def ask(place: int, question: IO[bytes], answer: IO[bytes]) -> None:
        content = b""
        with suppress(OSError, ValueError):
            question.write(questions[place])
            question.flush()  # and left open: see `_answer`
            content = answer.read()
        ready.put((place, content))

    threads = []
    try:
        for place in range(len(ways)):
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=os.environ | paths,
            )
            started.append(process)
            threads.append(Thread(target=ask, args=(place, process.stdin, process.stdout), daemon=True))
            threads[-1].start()
        for _ in started:
            place, content = ready.get(timeout=max(0.0, ends + LATE * seconds - time.time()))
            if content:
                yield place, pickle.loads(content)
    except (OSError, Empty, EOFError, pickle.UnpicklingError):
        return
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.wait()
        for thread in threads:
            thread.join()
        for process in started:
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):
                    if stream is not None:
                        stream.close()


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _answer() -> None:
    """Answer the question on standard input, and exit when it is closed: no caller waits then."""
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)  # what HiGHS prints is no part of the answer
        way, arguments, gap, ends = pickle.load(sys.stdin.buffer)
        Thread(target=_end_with_input, daemon=True).start()
        pickle.dump(way(*arguments, gap=gap, seconds=max(0.1, ends - time.time())), out)
        out.flush()
    os._exit(0)  # without waiting for the thread, which holds standard input


def _end_with_input() -> None:
    os.read(0, 1)
    os._exit(1)


def solved_by_cuts(
    problem: ExchangeProblem, part: Sequence[int], *, gap: float, seconds: float
) -> tuple[Program, Solved]:
    """Return a programme of those matches that were chosen, its solution, and the bound for the whole part.

    Parameters
    ----------
    problem : ExchangeProblem
    part : sequence of int
        Places of matches.
    gap : float
        Relative distance between value and bound at which to stop.
    seconds : float
        Most that it takes.
    """
    ends = time.monotonic() + seconds
    master = program_of(problem, part, whole=True)
    _thresholds(problem, master)
    binary = master.binary
    master.binary = [False] * len(binary)
    before = INFINITY
    for _ in range(MOST_ROUNDS):
        relaxed = solved(master)
        if relaxed.values is None or relaxed.bound > before * (1 - BROKEN):
            break
        before = relaxed.bound
        if not _cut(problem, master, relaxed.values):
            break
    master.binary = binary
    bound, best, chosen = INFINITY, None, Program()
    value, impossible = -INFINITY, False
    while True:
        left = ends - time.monotonic()
        found = solved(master, gap=gap / 2, seconds=max(0.5, 0.6 * left))
        bound = min(bound, found.bound)
        if found.values is None:
            # What no whole flows can do split ones cannot.
            impossible = found.infeasible and best is None
            break
        program = program_of(problem, _chosen(master, found.values))
        # What was chosen stays chosen, but for minimum lots, which temperatures may take out of reach.
        lots = {c for m, c in program.connections.items() if problem.matches[m].minimum_lot}
        for column, binary_column in enumerate(program.binary):
            if binary_column and column not in lots:
                program.low[column] = 1.0
        split = solved(program, gap=gap / 4, seconds=max(0.5, 0.5 * (ends - time.monotonic())))
        if split.values is not None:
            reached = float(np.dot(program.gain, split.values))
            if reached > value:
                value, best, chosen = reached, split.values, program
        close = value >= (1 - gap) * bound
        if close or time.monotonic() > ends - 0.15 * seconds or not _cut(problem, master, found.values):
            break
    return chosen, Solved(best, bound, infeasible=impossible)


def _chosen(master: Program, values: npt.NDArray[np.float64]) -> list[int]:
    return [m for column, (m, _) in enumerate(master.flows) if values[column] > LITTLE]


def _thresholds(problem: ExchangeProblem, master: Program) -> None:
    """Add what is seen without prices: wants that only the hotter part of an offer serves share that part.

    The same applies to offers that are no warmer than the colder part of a want.
    """
    hot: dict[int, list[tuple[int, int]]] = {}
    cold: dict[int, list[tuple[int, int]]] = {}
    for column, (m, _) in enumerate(master.flows):
        match = problem.matches[m]
        hot.setdefault(match.offer, []).append((min(i for i, _ in match.cells), column))
        cold.setdefault(match.want, []).append((max(j for _, j in match.cells), column))
    for k, needs in hot.items():
        for least in sorted({i for i, _ in needs})[1:]:
            limit = sum(a for i, a in problem.cascade.offered[k].items() if i >= least)
            terms = {c: problem.matches[master.flows[c][0]].upper for i, c in needs if i >= least}
            _limit(master, terms, limit)
    for k, serves in cold.items():
        for most in sorted({j for j, _ in serves})[:-1]:
            limit = sum(a for j, a in problem.cascade.wanted[k].items() if j <= most)
            terms = {
                c: problem.matches[master.flows[c][0]].upper * problem.matches[master.flows[c][0]].conversion
                for j, c in serves
                if j <= most
            }
            _limit(master, terms, limit)


def _limit(master: Program, terms: Mapping[int, float], limit: float) -> None:
    if sum(terms.values()) > limit:
        scale = max(terms.values())
        # A hair wider, for the cut shall hold for every feasible set of flows.
        high = limit / scale * (1 + 1e-9)
        master.row(("cascade",), {c: v / scale for c, v in terms.items()}, -INFINITY, high)


def _cut(problem: ExchangeProblem, master: Program, values: npt.NDArray[np.float64]) -> bool:
    """Add the cut that flows break most in each group of streams they join; return whether they break any."""
    flows = {
        m: float(values[column]) * problem.matches[m].upper
        for column, (m, _) in enumerate(master.flows)
        if values[column] > LITTLE
    }
    broken = False
    stars: dict[tuple[str, int], list[int]] = {}
    for m in flows:
        stars.setdefault(("offer", problem.matches[m].offer), []).append(m)
        stars.setdefault(("want", problem.matches[m].want), []).append(m)
    # Cuts of one stream alone are the sharper ones.
    groups = [star for star in stars.values() if len(star) > 1]
    for group in [*groups, *_groups(problem, flows)]:
        prices = _prices(problem, {m: flows[m] for m in group})
        if prices is None:
            continue
        offered, wanted = prices
        terms = {}
        for column, (m, _) in enumerate(master.flows):
            match = problem.matches[m]
            price = min(
                offered.get((match.offer, i), 0.0) + match.conversion * wanted.get((match.want, j), 0.0)
                for i, j in match.cells
            )
            if price > 0:
                terms[column] = price * match.upper
        limit = sum(a * problem.cascade.offered[k][i] for (k, i), a in offered.items())
        limit += sum(b * problem.cascade.wanted[k][j] for (k, j), b in wanted.items())
        if terms:
            _limit(master, terms, limit)
            broken = True
    return broken


def _groups(problem: ExchangeProblem, flows: Mapping[int, float]) -> list[list[int]]:
    """Return flows in groups that share no stream."""
    group: dict[tuple[str, int], list[int]] = {}
    for m in flows:
        match = problem.matches[m]
        one = group.setdefault(("offer", match.offer), [])
        other = group.setdefault(("want", match.want), [])
        if one is not other:
            one.extend(other)
            for key, members in list(group.items()):
                if members is other:
                    group[key] = one
        one.append(m)
    return list({id(members): members for members in group.values()}.values())


Prices = dict[tuple[int, int], float]


def _prices(problem: ExchangeProblem, flows: Mapping[int, float]) -> tuple[Prices, Prices] | None:
    """Return the prices at which flows cannot be split by temperature; nothing where they can."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    limits: dict[tuple[str, int, int], float] = {}
    places: dict[tuple[str, int, int], int] = {}
    rows: list[int] = []
    entries: list[float] = []
    worth: list[float] = []
    whole = 0.0
    for m, amount in flows.items():
        match = problem.matches[m]
        each = match.margin + problem.carbon_price * match.abatement
        whole += each * amount
        for i, j in match.cells:
            for key, limit, entry in (
                (("supply", match.offer, i), problem.cascade.offered[match.offer][i], 1.0),
                (("demand", match.want, j), problem.cascade.wanted[match.want][j], match.conversion),
                (("flow", m, 0), amount, 1.0),
            ):
                limits[key] = limit
                rows.append(places.setdefault(key, len(places)))
                entries.append(entry)
            worth.append(-each)
    size = len(worth)
    matrix: Any = csr_array((entries, (rows, np.repeat(np.arange(size), 3))), shape=(len(places), size))
    # What can be split is made as large as it can be, in money; what remains breaks the cut.
    found = linprog(np.array(worth), A_ub=matrix, b_ub=np.array(list(limits.values())))
    if found.fun is None or whole + found.fun <= BROKEN * whole:
        return None
    prices = {key: -float(found.ineqlin.marginals[row]) for key, row in places.items()}
    offered = {(k, i): a for (kind, k, i), a in prices.items() if kind == "supply" and a > 0}
    wanted = {(k, j): b for (kind, k, j), b in prices.items() if kind == "demand" and b > 0}
    return offered, wanted


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
