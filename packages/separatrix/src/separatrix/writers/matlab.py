"""A script for MATLAB and GNU Octave that integrates the equations with ode45."""

from __future__ import annotations

from separatrix.writers.equations import POINTS, Dialect, InitialValueProblem, code, comment, literal

__all__ = ["MATLAB", "matlab_script"]

MATLAB = Dialect(
    power="^",
    reserved=frozenset(
        "break case catch classdef continue else elseif end for function global if otherwise parfor "
        "persistent return spmd switch try while do until endif endfor endfunction endwhile unwind_protect "
        "methods events properties enumeration arguments i j I J pi e Inf inf NaN nan eps NA ans true false "
        "exp log sqrt min max prod binomial equations replicator start until_ times_ states_ options time_ "
        "state_ n_ k_ ode45 odeset linspace disp fprintf plot xlabel ylabel legend exist isempty "
        "getenv".split()
    ),
    functions={
        "exp": "exp({})",
        "log": "log({})",
        "sqrt": "sqrt({})",
        "min": "min([{}])",
        "max": "max([{}])",
        "binomial": "binomial({})",
    },
    mark="%",
)


def matlab_script(problem: InitialValueProblem) -> str:
    """Return a script that prints the shares in time as CSV, and draws them where there is a screen."""
    from separatrix import __version__

    shares = [name for name, _ in problem.shares]
    count = len(shares)
    quoted = ", ".join(f"'{name}'" for name in shares)
    entries = ", ".join(f"state_({k})" for k in range(1, count + 1))
    lines = [
        f"% Replicator equations, written by separatrix {__version__}.",
        "% For MATLAB or GNU Octave; prints the shares in time, and draws them where there is a screen.",
        *(comment(line, MATLAB) for line in problem.about),
        "",
        *(f"{name} = {literal(value)};{_about(meaning)}" for name, value, meaning in problem.parameters),
        "",
        *(
            ["binomial = @(n_, k_) prod((n_ - (0:k_ - 1))./(1:k_));", ""]
            if "binomial" in problem.functions
            else []
        ),
        "% The rate of change of each share.",
        *(comment(f"{name}: share of {meaning}", MATLAB) for name, meaning in problem.shares),
        f"equations = @({', '.join(shares)}) [ ...",
        *(f"    ({code(rate, MATLAB)}); ..." for rate in problem.rates),
        "    ];",
        f"replicator = @(time_, state_) equations({entries});",
        "",
        f"start = [{'; '.join(map(repr, problem.start))}];",
        f"until_ = {problem.until!r};",
        "options = odeset('RelTol', 1e-10, 'AbsTol', 1e-13);",
        f"[times_, states_] = ode45(replicator, linspace(0, until_, {POINTS}), start, options);",
        f"disp('time,{','.join(shares)}');",
        rf"fprintf('{','.join(['%.17g'] * (count + 1))}\n', [times_, states_].');",
        "if exist('OCTAVE_VERSION', 'builtin') == 0 || ~isempty(getenv('DISPLAY'))",
        "    plot(times_, states_);",
        "    xlabel('time');",
        "    ylabel('share');",
        f"    legend({{{quoted}}}, 'Interpreter', 'none');",
        "end",
    ]
    return "\n".join(lines) + "\n"


def _about(meaning: str) -> str:
    return f"  {comment(meaning, MATLAB)}" if meaning else ""
