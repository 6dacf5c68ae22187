"""What pynetim and cynetdiff do with the same links; runs in the peers' own environment.

Reads `{"links": FILE.npy, "task": ..., ...}` from standard input: an array of pairs, each link passing an
idea on with the share that it has among the links into its target.  Prints `{"seconds": s, ...}`, or
`{"missing": "..."}` where the peer is not installed (pynetim is built by a C++ compiler).
"""

from __future__ import annotations

import array
import json
import sys
import time
from typing import Any

import numpy as np


def shares(links: Any) -> Any:
    """Return the share of each link in those into its target."""
    return 1 / np.bincount(links[:, 1])[links[:, 1]]


def seeds(order: dict[str, Any], links: Any) -> dict[str, Any]:
    """Choose seeds as pynetim does: IMM or OPIM-C with an epsilon, or OPIM with a number of sets."""
    from pynetim import IMGraph
    from pynetim.algorithms import IMMAlgorithm, OPIMAlgorithm, OPIMCAlgorithm

    graph = IMGraph([tuple(pair) for pair in links.tolist()], weights=shares(links).tolist(), renumber=False)
    started = time.perf_counter()
    if order["task"] == "imm":
        IMMAlgorithm(graph, model=order["model"], epsilon=order["epsilon"], random_seed=1).run(k=order["k"])
        return {"seconds": time.perf_counter() - started}
    if order["task"] == "opim-c":
        stopping = OPIMCAlgorithm(graph, model=order["model"], random_seed=1)
        stopping.run(k=order["k"], epsilon=order["epsilon"])
        return {"seconds": time.perf_counter() - started}
    chooser = OPIMAlgorithm(graph, model=order["model"], random_seed=1)
    chooser.run(k=order["k"], num_rr_sets=order["sets"])
    return {"seconds": time.perf_counter() - started, "ratio": chooser.get_approximation()}


def cascades(order: dict[str, Any], links: Any) -> dict[str, Any]:
    """Simulate cascades as cynetdiff does, in one thread."""
    from cynetdiff.models import IndependentCascadeModel

    rank = np.lexsort((links[:, 1], links[:, 0]))
    own = links[rank]
    starts = np.concatenate([[0], np.cumsum(np.bincount(own[:, 0], minlength=int(links.max()) + 1))[:-1]])
    model = IndependentCascadeModel(
        array.array("I", starts.tolist()),
        array.array("I", own[:, 1].tolist()),
        activation_probs=array.array("f", shares(links)[rank].tolist()),
    )
    model.set_rng(1)
    model.set_seeds(order["seeds"])
    reached = 0
    started = time.perf_counter()
    for _ in range(order["runs"]):
        model.reset_model()
        model.advance_until_completion()
        reached += model.get_num_activated_nodes()
    return {"seconds": time.perf_counter() - started, "reached": reached / order["runs"]}


def main() -> None:
    """Do what is asked."""
    order = json.load(sys.stdin)
    links = np.load(order["links"])
    try:
        answer = (cascades if order["task"] == "cascades" else seeds)(order, links)
    except ImportError as problem:
        answer = {"missing": str(problem)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
