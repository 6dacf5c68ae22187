"""What EGTTools finds in the same matrix games; runs in the peers' own environment.

Reads `{"matrices": [...], "seed": n}` from standard input and prints `{"seconds": s, "roots": [[...], ...]}`:
for each one-population game the rest points that `find_roots` returns with its default of three starts.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from typing import Any


def main() -> None:
    """Search the rest points of every game, as a user of EGTTools would."""
    import numpy as np
    from egttools.analytical import replicator_equation
    from egttools.analytical.utils import find_roots

    order = json.load(sys.stdin)
    np.random.seed(order["seed"])
    games = [np.array(m, dtype=float) for m in order["matrices"]]
    roots = []
    started = time.perf_counter()
    with contextlib.redirect_stdout(sys.stderr):
        for matrix in games:

            def gradient(state: Any, matrix: Any = matrix) -> Any:
                return replicator_equation(state, matrix)

            roots.append([list(map(float, r)) for r in find_roots(gradient, len(matrix))])
    json.dump({"seconds": time.perf_counter() - started, "roots": roots}, sys.stdout)


if __name__ == "__main__":
    main()
