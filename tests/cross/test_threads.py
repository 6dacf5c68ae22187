"""Every public function from eight threads at once: what they give is what one thread gives."""

from __future__ import annotations

import dataclasses
import itertools
import locale
import os
import queue
import random
import re
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from decimal import getcontext
from functools import partial
from inspect import isfunction
from pathlib import Path
from typing import Any

import flint
import networkx
import numpy as np
import pytest

import separatrix
from separatrix import load, load_cluster
from separatrix.dynamics.attractors.heteroclinic_cycles import OmegaLimit
from separatrix.plugins import public_names
from separatrix.population.networks.link_graph import link_graph
from source_files import source_files

THREADS = 8

COAL, PAIR = load("coal-safety"), load("shi-chen-2018")
STAG, ONE = load("stag-hunt-two-populations"), load("rock-paper-scissors-one-population")
TRIPLE, STATES = load("wang-2023"), load("dynamic-penalty")
PARK = load_cluster("synthetic-park")
ONE_AGAINST = load({"title": "coordination", "payoff_matrix": [[4, 0], [3, 2]]})
CURVED = load(
    {
        "title": "irrational rest points",
        "populations": [
            {"name": n, "share": s, "strategies": ["u", "w"]} for n, s in (("A", "x"), ("B", "y"))
        ],
        "payoff_functions": {
            "A": {"u": "x**5 - x + 1/5 + y/7", "w": "0"},
            "B": {"u": "y**3 - 1/3 + x*y/5", "w": "0"},
        },
    }
)
UNCERTAIN = load(
    {
        "title": "stag hunt with an uncertain prize",
        "payoff_matrix": [["R", "0"], ["1", "1"]],
        "parameters": {"R": {"value": 3, "uncertain": {"triangular": [2, 3, 5]}}},
    }
)
BISTABLE = {"scenario": "bistable"}


def _reported(name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return separatrix.report(PAIR, Path(folder) / name, scenarios=["bistable"]).read_bytes()


def _swept() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "answer.nc"
        return repr(separatrix.sweep(STAG, {STAG_NAME: "1:5:9"}, out=out).to_dict()["data_vars"]).encode()


def _rates() -> list[float]:
    return list(map(float, separatrix.vector_field(PAIR, **BISTABLE)(0.0, [0.2, 0.3])))


SPOKES = Path(__file__).parents[1] / "core" / "population" / "hub-and-spokes.csv"
MEMBERS = Path(__file__).parents[1] / "core" / "population" / "enterprises.csv"
RING = link_graph(5, [(str(k + 1), str((k + 1) % 5 + 1)) for k in range(5)], undirected=True)
STAG_NAME = next(iter(STAG.parameters))

MAJORITY = separatrix.coalition_game("abc", lambda who: len(who) > 1)

GRANT = load(
    {
        "payoff_matrix": [["4 - C", "1 - C"], [2, 2]],
        "parameters": {"C": {"value": 3, "uncertain": "uniform(2, 4)"}},
        "today": {"x": 0.5},
        "instruments": {"grant": {"range": [0, 4], "changes": {"C": "C - grant"}, "cost": "grant*x"}},
    }
)
TEN = separatrix.finite_population(ONE_AGAINST, population_size=10)
STAR = link_graph(["hub", *"abc"], [("hub", leaf) for leaf in "abc"], undirected=True)

CALLS: Mapping[str, Mapping[str, Callable[[], Any]]] = {
    "analyze": {
        "two": partial(separatrix.analyze, PAIR, **BISTABLE),
        "symbolic": partial(separatrix.analyze, PAIR, symbolic=True),
        "three, symbolic": partial(separatrix.analyze, COAL, symbolic=True),
        "state-dependent": partial(separatrix.analyze, STATES),
        "irrational": partial(separatrix.analyze, CURVED),
        "one": partial(separatrix.analyze, ONE),
    },
    "basins": {
        "exact": partial(separatrix.basins, PAIR, **BISTABLE),
        "counted": partial(separatrix.basins, COAL, samples=512, seed=3),
    },
    "bifurcation": {"exact": partial(separatrix.bifurcation, STAG, (STAG_NAME, 1, 5))},
    "bifurcation_diagram": {"exact": partial(separatrix.bifurcation_diagram, STAG, (STAG_NAME, 1, 5))},
    "carbon_accounts": {"park": partial(separatrix.carbon_accounts, PARK)},
    "check": {"two": partial(separatrix.check, PAIR, notes=True), "three": partial(separatrix.check, TRIPLE)},
    "cite": {"all": separatrix.cite},
    "coalition_game": {"function": partial(separatrix.coalition_game, "abc", len)},
    "core": {"majority": partial(separatrix.core, MAJORITY)},
    "core_test": {"majority": partial(separatrix.core_test, MAJORITY, [1, 0, 0])},
    "cost_of_stability": {"majority": partial(separatrix.cost_of_stability, MAJORITY)},
    "critical_shock": {"two": partial(separatrix.critical_shock, PAIR, {"x": 0.2, "y": 0.3}, **BISTABLE)},
    "enterprise_feedback": {"park": partial(separatrix.enterprise_feedback, PARK, "E05")},
    "diagnose": {"park": partial(separatrix.diagnose, PARK)},
    "ess_search": {"cyclic": partial(separatrix.ess_search, [[0, -1, 2], [2, 0, -1], [-1, 2, 0]])},
    "exchange_problem": {"park": partial(separatrix.exchange_problem, PARK)},
    "optimal_exchange": {"park": partial(separatrix.optimal_exchange, separatrix.exchange_problem(PARK))},
    "examples": {"all": separatrix.examples},
    "fan_chart": {"stag hunt": partial(separatrix.fan_chart, UNCERTAIN, start=[0.6], samples=128)},
    "graph_fixation": {"ring": partial(separatrix.graph_fixation, UNCERTAIN, RING)},
    "fit_adoption": {"park": partial(separatrix.fit_adoption, PARK, draws=29)},
    "fit_bass_sales": {"six": partial(separatrix.fit_bass_sales, [1, 3, 7, 9, 6, 2])},
    "adoption_posterior": {"park": partial(separatrix.adoption_posterior, PARK)},
    "adoption_rivals": {"park": partial(separatrix.adoption_rivals, PARK, draws=29)},
    "fixation": {"two": partial(separatrix.fixation, ONE_AGAINST, "yes", "no", population_size=20)},
    "awareness": {"star": partial(separatrix.awareness, STAR, ["hub"], runs=20)},
    "certified_seeds": {"star": partial(separatrix.certified_seeds, STAR, 1)},
    "targeted_seeds": {
        "star": partial(
            separatrix.targeted_seeds, PAIR, STAR, count=1, replicas=3, until=3, orders=["degree", "flips"]
        )
    },
    "fixation_probability": {
        "two": partial(separatrix.fixation_probability, ONE_AGAINST, "yes", "no", population_size=20)
    },
    "abatement": {"park": partial(separatrix.abatement, PARK)},
    "calibrate": {"park": partial(separatrix.calibrate, PARK)},
    "agree": {"stag hunt": partial(separatrix.agree, UNCERTAIN, start=[0.6], size=8, until=1.0, replicas=20)},
    "structure_coefficient": {"ring": partial(separatrix.structure_coefficient, RING)},
    "enterprises": {"three": partial(separatrix.enterprises, 3, {"c": [1, 2, 3]})},
    "link_graph": {"ring": partial(link_graph, 5, [("1", "2"), ("2", "3")])},
    "with_instruments": {"grant": partial(separatrix.with_instruments, GRANT, ["grant"])},
    "add_instruments": {
        "subsidy": partial(separatrix.add_instruments, GRANT, ["subsidy"], roles={"C1": "C"})
    },
    "permanent_programme": {"grant": partial(separatrix.permanent_programme, GRANT)},
    "temporary_programme": {"grant": partial(separatrix.temporary_programme, GRANT, draws=20)},
    "robust_programme": {
        "grant": partial(separatrix.robust_programme, GRANT, draws=200, share=0.8, inputs=False)
    },
    "pareto_front": {
        "grant": partial(
            separatrix.pareto_front,
            GRANT,
            objectives=["public_cost", "time"],
            horizon=20,
            samples=6,
            draws=50,
        )
    },
    "finite_population": {"ten": partial(separatrix.finite_population, ONE_AGAINST, population_size=10)},
    "expected_cost": {"ten": partial(separatrix.expected_cost, TEN, 1)},
    "least_incentive": {"ten": partial(separatrix.least_incentive, TEN, 0.9)},
    "finite_programme": {"ten": partial(separatrix.finite_programme, TEN, 0.9)},
    "externality_price": {"two": partial(separatrix.externality_price, PAIR)},
    "level_costs": {
        "subsidy": partial(
            separatrix.level_costs, "shi-chen-2018", "subsidy", 0.9, population_size=9, scenario="bistable"
        )
    },
    "critical_beta": {"ten": partial(separatrix.critical_beta, TEN)},
    "tipping_surface": {
        "two": partial(separatrix.tipping_surface, PAIR, ["C1=0:4", "C2=0:4"], points=3, **BISTABLE)
    },
    "tipping_values": {"two": partial(separatrix.tipping_values, PAIR, "C1=0:4", **BISTABLE)},
    "leaders": {
        "star": partial(
            separatrix.leaders, PAIR, STAR, share=0.5, by=3, replicas=9, fresh=40, sets=20, orders=["degree"]
        )
    },
    "link_graph_of": {"path": partial(separatrix.link_graph_of, networkx.path_graph(4))},
    "network": {"ring": partial(separatrix.network, ONE_AGAINST, RING, start=[0.4], until=5, replicas=20)},
    "read_enterprises": {"spokes": partial(separatrix.read_enterprises, MEMBERS)},
    "read_links": {"spokes": partial(separatrix.read_links, SPOKES)},
    "outcome": {"two": partial(separatrix.outcome, PAIR, {"x": 0.2, "y": 0.3}, **BISTABLE)},
    "is_nucleolus": {"majority": partial(separatrix.is_nucleolus, MAJORITY, [1, 0, 0])},
    "nucleolus": {"majority": partial(separatrix.nucleolus, MAJORITY)},
    "sampled_shapley": {"sizes": partial(separatrix.sampled_shapley, "abcdef", len, orders=20)},
    "shapley": {"majority": partial(separatrix.shapley, MAJORITY)},
    "load": {"by name": partial(load, "wang-2023")},
    "load_cluster": {"by name": partial(load_cluster, "rotterdam")},
    "portrait": {"two": partial(separatrix.portrait, PAIR, **BISTABLE)},
    "regime_map": {
        "two": partial(
            separatrix.regime_map, PAIR, {"C1": [0, 8], "R1": [0, 8]}, scenario="bistable", grid=(20, 20)
        )
    },
    "regimes": {
        "two": partial(
            separatrix.regimes, PAIR, {"C1": [0, 8], "R1": [0, 8]}, scenario="bistable", grid=(20, 20)
        )
    },
    "report": {"page": partial(_reported, "a.html"), "paper": partial(_reported, "a.tex")},
    "sensitivity": {"basin": partial(separatrix.sensitivity, UNCERTAIN, start=[0.6], samples=64)},
    "separatrix_curve": {"two": partial(separatrix.separatrix_curve, PAIR, **BISTABLE)},
    "separatrix_curves": {"two": partial(separatrix.separatrix_curves, PAIR, **BISTABLE)},
    "separatrix_surface": {"three": partial(separatrix.separatrix_surface, TRIPLE, cells=4, precision=1e-4)},
    "shock": {"two": partial(separatrix.shock, PAIR, {"x": 0.2, "y": 0.3}, **BISTABLE)},
    "finite_path": {"one": partial(separatrix.finite_path, ONE_AGAINST, updates=10_000, seed=7)},
    "gradient_of_selection": {"one": partial(separatrix.gradient_of_selection, ONE_AGAINST)},
    "stationary_distribution": {"two": partial(separatrix.stationary_distribution, PAIR, population_size=12)},
    "small_mutation_limit": {"two": partial(separatrix.small_mutation_limit, PAIR, population_size=20)},
    "sweep": {"file": _swept},
    "trajectories": {"values": partial(separatrix.trajectories, PAIR, {"C1": [2, 4]}, until=2.0, points=9)},
    "translate": {"Chinese": partial(separatrix.translate, PAIR, "zh")},
    "trajectory": {
        method: partial(separatrix.trajectory, PAIR, [0.3, 0.6], method=method, until=20.0, **BISTABLE)
        for method in ("auto", "lsoda", "dop853")
    },
    "vector_field": {"rates": _rates},
}

TASKS = {f"{name}: {which}": call for name, calls in CALLS.items() for which, call in calls.items()}


def plain(answer: Any) -> Any:
    """Return an answer as data that compare exactly."""
    if hasattr(answer, "to_dict") and not isinstance(answer, OmegaLimit):
        return plain(answer.to_dict())
    if isinstance(answer, np.ndarray):
        return answer.tolist() if answer.dtype == object else (answer.shape, answer.tobytes())
    if dataclasses.is_dataclass(answer):
        return {f.name: plain(getattr(answer, f.name)) for f in dataclasses.fields(answer)}
    if isinstance(answer, Mapping):
        return {str(k): plain(v) for k, v in answer.items()}
    if isinstance(answer, list | tuple):
        return [plain(v) for v in answer]
    return re.sub(r" at 0x\w+", "", repr(answer))


def _state() -> tuple[Any, ...]:
    """What belongs to the whole process."""
    import matplotlib

    mask = os.umask(0)
    os.umask(mask)
    return (
        mask,
        Path.cwd(),
        locale.setlocale(locale.LC_ALL),
        repr(getcontext()),
        flint.ctx.prec,
        dict(matplotlib.rcParams),
        list(warnings.filters),
        random.getstate(),
        np.random.get_state()[1].tobytes(),
        np.geterr(),
        dict(os.environ),
    )


def _at_once(work: Callable[[str], None], names: list[str], until: float = 0.0) -> None:
    """Do every task, and go on until the clock says so, in threads that all begin together."""
    todo: queue.SimpleQueue[str] = queue.SimpleQueue()
    for name in names:
        todo.put(name)
    begin = threading.Barrier(THREADS)

    def run() -> None:
        begin.wait()
        while True:
            try:
                name = todo.get_nowait()
            except queue.Empty:
                return
            if time.monotonic() < until:
                todo.put(name)
            work(name)

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _compared(rounds: int, seconds: float = 0.0) -> int:
    """Return how many answers of threads were compared with those of one thread."""
    alone = {name: plain(call()) for name, call in TASKS.items()}
    before = _state()
    wrong: list[str] = []
    done = itertools.count()

    def work(name: str) -> None:
        try:
            if plain(TASKS[name]()) != alone[name]:
                wrong.append(f"{name} differs")
        except Exception as problem:
            wrong.append(f"{name}: {problem!r}")
        next(done)

    names = [*TASKS] * rounds
    random.Random(0).shuffle(names)
    _at_once(work, names, time.monotonic() + seconds if seconds else 0.0)
    assert not wrong
    assert _state() == before
    return next(done)


WHOLE_PROCESS = {
    r"\bimport z3\b|\bfrom z3\b": {"separatrix/expression/satisfiability.py"},
    r"from functools import.*\bcached_property\b|functools\.cached_property\(": {
        "separatrix/run/cached_property.py"
    },
    r"catch_warnings|warnings\.simplefilter|warnings\.filterwarnings": {
        "separatrix/run/console.py",
        "separatrix/cli/output.py",
    },
    r"rcParams\.update|rcdefaults": {"separatrix/figures/canvas.py"},
    r"os\.umask|os\.chdir|locale\.setlocale|import pyplot|matplotlib\.pyplot|matplotlib\.use\(": {
        "separatrix/notebook/plots.py",  # new axes in the figure manager of the notebook that asks
        "separatrix/writers/scripts.py",  # the text of a script, not run here
    },
    r"decimal\.setcontext|getcontext\(\)\.\w+ *=|np\.random\.seed|\brandom\.seed\(|np\.seterr\(": set(),
}
"""What belongs to the whole process, and the only files that touch it; the command line has it to itself."""


@pytest.mark.parametrize("pattern", WHOLE_PROCESS)
def test_one_file_touches_what_belongs_to_the_whole_process(pattern: str) -> None:
    """State that all threads share is changed in the one file that guards it, if at all."""
    touch = {name for name, path in source_files().items() if re.search(pattern, path.read_text("utf-8"))}
    assert touch == WHOLE_PROCESS[pattern]


def test_every_public_function_is_tried() -> None:
    """What the package exports and can be called stands among the tasks, and nothing else."""
    names = (*separatrix.__all__, *public_names())
    functions = {n for n in names if isfunction(getattr(separatrix, n))}
    assert set(CALLS) == functions


def test_threads_give_what_one_thread_gives() -> None:
    """Eight threads at once get every answer that one thread gets, and leave the process as it was."""
    assert _compared(1) >= len(TASKS)


@pytest.mark.soak
def test_threads_give_what_one_thread_gives_for_ten_minutes() -> None:
    """Eight threads at once get every answer that one thread gets, for ten minutes."""
    compared = _compared(4, 600.0)
    print(f"{compared} answers of {THREADS} threads, all as from one")
    assert compared >= 4 * len(TASKS)
