"""What sympy does with the same systems; runs in the peers' own environment and knows nothing of separatrix.

Reads one JSON object from standard input: `unknowns` (names), `symbols` (names), `tasks` (each a list
of expressions to be zero together).  Prints `{"seconds": [...], "solutions": [...]}`, one item a task.
"""

from __future__ import annotations

import json
import sys
import time


def main() -> None:
    """Solve every task for the unknowns, as a user of sympy would."""
    import sympy

    order = json.load(sys.stdin)
    # Names such as beta and gamma are functions in sympy unless they are declared.
    names = {n: sympy.Symbol(n) for n in [*order["unknowns"], *order["symbols"]]}
    unknowns = [names[n] for n in order["unknowns"]]
    seconds, solutions = [], []
    for task in order["tasks"]:
        system = [sympy.sympify(text.replace("^", "**"), locals=names) for text in task]
        started = time.perf_counter()
        found = sympy.solve(system, unknowns, dict=True)
        seconds.append(time.perf_counter() - started)
        solutions.append(len(found))
    json.dump({"seconds": seconds, "solutions": solutions}, sys.stdout)


if __name__ == "__main__":
    main()
