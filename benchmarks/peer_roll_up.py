"""The same network solved by scipy, numpy and Brightway, as one would by hand; knows nothing of separatrix.

Called with a file of numpy, with ``own`` (kg CO2e of each product by itself) and ``users``, ``suppliers`` and
``amounts`` of the inputs, and with the name of a way.  Prints seconds and footprints.  Brightway answers for
one product at a time, so that only one is asked for.  None of them tells how far its answer may be off, or
looks whether there is one that makes sense.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve


def main() -> None:
    """Solve it each way."""
    given = np.load(sys.argv[1])
    own, users, suppliers, amounts = (given[name] for name in ("own", "users", "suppliers", "amounts"))
    n = len(own)

    def by_sparse() -> Any:
        matrix = sparse.csc_array((amounts, (users, suppliers)), shape=(n, n))
        return spsolve((sparse.eye_array(n) - matrix).tocsc(), own)

    def by_dense() -> Any:
        matrix = np.zeros((n, n))
        np.add.at(matrix, (users, suppliers), amounts)
        return np.linalg.solve(np.eye(n) - matrix, own)

    def by_brightway() -> Any:
        import bw2calc
        import bw_processing

        package = bw_processing.create_datapackage()
        kinds = [("row", np.int64), ("col", np.int64)]
        # Activities stand in columns, and what goes into them bears a flip of its sign.
        made = np.array([(k, k) for k in range(n)], dtype=kinds)
        taken = np.array(list(zip(suppliers.tolist(), users.tolist(), strict=True)), dtype=kinds)
        package.add_persistent_vector(
            matrix="technosphere_matrix",
            indices_array=np.concatenate([made, taken]),
            data_array=np.concatenate([np.ones(n), amounts]),
            flip_array=np.concatenate([np.zeros(n, dtype=bool), np.ones(len(amounts), dtype=bool)]),
            name="technosphere",
        )
        package.add_persistent_vector(
            matrix="biosphere_matrix",
            indices_array=np.array([(n, k) for k in range(n)], dtype=kinds),
            data_array=own,
            name="biosphere",
        )
        package.add_persistent_vector(
            matrix="characterization_matrix",
            indices_array=np.array([(n, n)], dtype=kinds),
            data_array=np.array([1.0]),
            name="characterization",
        )
        lca = bw2calc.LCA({0: 1}, data_objs=[package])
        lca.lci()
        lca.lcia()
        return np.array([lca.score])

    ways: dict[str, Callable[[], Any]] = {
        "scipy spsolve": by_sparse,
        "numpy solve, dense": by_dense,
        "bw2calc, one product": by_brightway,
    }
    started = time.perf_counter()
    found = ways[sys.argv[2]]()
    json.dump({"seconds": time.perf_counter() - started, "footprints": found.tolist()}, sys.stdout)


if __name__ == "__main__":
    main()
