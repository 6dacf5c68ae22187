"""A Python script that integrates the equations with scipy."""

from __future__ import annotations

import builtins
import keyword

from separatrix.writers.equations import POINTS, Dialect, InitialValueProblem, code, comment, literal

__all__ = ["PYTHON", "python_script"]

PYTHON = Dialect(
    power="**",
    reserved=frozenset(
        {
            *keyword.kwlist,
            *keyword.softkwlist,
            *dir(builtins),
            *"math sys np plt solve_ivp replicator start until times solution row time_ state_".split(),
        }
    ),
    functions={
        "exp": "math.exp({})",
        "log": "math.log({})",
        "sqrt": "math.sqrt({})",
        "min": "min({})",
        "max": "max({})",
        "binomial": "math.comb({})",
    },
    mark="#",
)


def python_script(problem: InitialValueProblem) -> str:
    """Return a script that prints the shares in time as CSV, and draws them when it is called with --plot."""
    from separatrix import __version__

    shares = [name for name, _ in problem.shares]
    columns = ",".join(shares)
    calls = sorted(problem.functions & {"exp", "log", "sqrt", "binomial"})
    lines = [
        f"# Replicator equations, written by separatrix {__version__}.",
        "# Needs numpy and scipy; prints the shares in time, and with --plot draws them with matplotlib.",
        *(comment(line, PYTHON) for line in problem.about),
        "",
        *(["import math"] if calls else []),
        "import sys",
        "",
        "import numpy as np",
        "from scipy.integrate import solve_ivp",
        "",
        *(f"{name} = {literal(value)}{_about(meaning)}" for name, value, meaning in problem.parameters),
        "",
        "",
        "def replicator(time_, state_):",
        '    """Return the rate of change of each share."""',
        *(f"    {comment(f'{name}: share of {meaning}', PYTHON)}" for name, meaning in problem.shares),
        f"    {', '.join(shares)}{',' if len(shares) == 1 else ''} = state_",
        "    return [",
        *(f"        {code(rate, PYTHON)}," for rate in problem.rates),
        "    ]",
        "",
        "",
        f"start = [{', '.join(map(repr, problem.start))}]",
        f"until = {problem.until!r}",
        f"times = np.linspace(0, until, {POINTS})",
        "solution = solve_ivp(",
        '    replicator, (0, until), start, method="DOP853", t_eval=times, rtol=1e-10, atol=1e-13',
        ")",
        f'print("time,{columns}")',
        "for row in zip(solution.t, *solution.y):",
        '    print(",".join(repr(float(value)) for value in row))',
        "if not solution.success:",
        "    sys.exit(solution.message)",
        'if "--plot" in sys.argv[1:]:',
        "    import matplotlib.pyplot as plt",
        "",
        "    plt.plot(solution.t, solution.y.T)",
        '    plt.xlabel("time")',
        '    plt.ylabel("share")',
        f"    plt.legend({shares!r})",
        "    plt.show()",
    ]
    return "\n".join(lines) + "\n"


def _about(meaning: str) -> str:
    return f"  {comment(meaning, PYTHON)}" if meaning else ""
