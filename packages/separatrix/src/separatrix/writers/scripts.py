"""The initial value problem that a script solves: equations, parameters, start, and names that code can hold.

What a user named becomes letters and digits of ASCII, or a comment on one line; nothing of it is ever code.

A script for MATLAB and GNU Octave that integrates the equations with ode45.

A Python script that integrates the equations with scipy.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from separatrix.analysis.replicator_equations import replicator_equations
from separatrix.errors import InputError
from separatrix.expression.parser import GREEK
from separatrix.expression.tree import (
    Call,
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    names_in,
    substitute,
    walk,
)
from separatrix.game.model import Game
from separatrix.game.populations import scenario_name
from separatrix.game.values import expand, missing, no_value_for, resolve

__all__ = [
    "Dialect",
    "InitialValueProblem",
    "MATLAB",
    "PYTHON",
    "code",
    "comment",
    "literal",
    "matlab_script",
    "problem_of",
    "python_script",
]

POINTS = 101
"""Times at which a script prints the shares."""

LONGEST_NAME = 40
_LETTERS = {letter: name for name, letter in reversed(GREEK.items())}


@dataclass(frozen=True)
class Dialect:
    """What a language of scripts writes in its own way.

    Attributes
    ----------
    power : str
        The operator.
    reserved : collection of str
        Names that have a meaning in the language or in the script.
    functions : mapping
        How each function of payoffs is called; ``{}`` are its arguments.
    mark : str
        What begins a comment.
    """

    power: str
    reserved: Collection[str]
    functions: Mapping[str, str]
    mark: str


@dataclass(frozen=True)
class InitialValueProblem:
    """Equations with numbers and a start, and everything by a name that code can hold.

    Attributes
    ----------
    about : sequence of str
        What it is, a line each.
    parameters : sequence of (name, value, what it means)
        Those that the equations use.
    shares : sequence of (name, what it means)
    rates : sequence of Expression
        The rate of change of each share, in these names.
    start : sequence of float
    until : float
    """

    about: Sequence[str]
    parameters: Sequence[tuple[str, Fraction, str]]
    shares: Sequence[tuple[str, str]]
    rates: Sequence[Expression]
    start: Sequence[float]
    until: float

    @property
    def functions(self) -> set[str]:
        """The functions that the equations call."""
        return {node.function for rate in self.rates for node in walk(rate) if isinstance(node, Call)}


def problem_of(
    game: Game,
    dialect: Dialect,
    start: Sequence[float],
    until: float,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
) -> InitialValueProblem:
    """Return the initial value problem of a game for a language.

    Parameters
    ----------
    game : Game
    dialect : Dialect
    start : sequence of float
        One number for each share.
    until : float
        The last time.
    values, scenario
        As in `separatrix.analyze`.

    Raises
    ------
    InputError
        V304 for a parameter without a value, S002 where the equations have more than 20,000 terms.
    NameProblem
        V302, V303 for unknown parameters or scenarios.
    """
    known = resolve(game, values, scenario)
    if lacking := missing(known):
        raise no_value_for(lacking)
    numbers = {name: value for name, value in known.items() if value is not None}
    found = replicator_equations(game, at=numbers)
    if not found:
        raise InputError("S002", "the replicator equations have too many terms to be written down")
    rates = [expand(game, found[share]) for share in game.shares]
    used = dict.fromkeys(name for rate in rates for name in names_in(rate))
    names = _identifiers([*game.shares, *(n for n in game.parameters if n in used)], dialect.reserved)
    parameters = [
        (names[name], value, _meaning(name, names[name], game.parameters[name].meaning))
        for name, value in numbers.items()
        if name in used
    ]
    shares = [(names[share], f"{strategy} ({population})") for population, strategy, share in _played(game)]
    about = [game.title]
    if game.source:
        about.append(f"Source: {game.source}")
    if scenario is not None:
        about.append(f"Scenario: {scenario_name(game, scenario)}")
    named = {old: Name(new) for old, new in names.items()}
    return InitialValueProblem(
        about, parameters, shares, [substitute(rate, named) for rate in rates], tuple(start), until
    )


def _played(game: Game) -> Iterable[tuple[str, str, str]]:
    """Yield each share with its population and the strategy that is played with it."""
    for population in game.populations:
        for share, strategy in zip(population.shares, population.strategies, strict=False):
            yield population.name, strategy.name, share


def _meaning(name: str, code_name: str, meaning: str | None) -> str:
    return "; ".join(part for part in (meaning, None if name == code_name else f"{name} in the game") if part)


def _identifiers(names: Sequence[str], reserved: Collection[str]) -> dict[str, str]:
    """Return a name in ASCII for each name, different from all others and from those reserved."""
    found: dict[str, str] = {}
    taken = set(reserved)
    for name in names:
        spelt = "".join(_LETTERS.get(c, c) for c in name)
        plain = re.sub(r"[^A-Za-z0-9_]", "", spelt)[:LONGEST_NAME]
        if not plain[:1].isalpha():
            plain = f"p{plain}"
        candidate, number = plain, 1
        while candidate in taken:
            candidate = f"{plain}_" if number == 1 else f"{plain}_{number}"
            number += 1
        taken.add(candidate)
        found[name] = candidate
    return found


# --------------------------------------------------------------------------- code


def literal(value: Fraction) -> str:
    """Return an exact number as code: whole, a decimal where that is exact and short, else a quotient.

    Examples
    --------
    >>> literal(Fraction(1, 10)), literal(Fraction(-1, 3)), literal(Fraction(4))
    ('0.1', '(-1/3)', '4')
    """
    if value.denominator == 1 and abs(value) < 10**15:
        return str(value.numerator)
    shown = repr(float(value))
    if Fraction(shown) == value:
        return shown
    if abs(value.numerator) < 10**15 and value.denominator < 10**15:
        return f"({value.numerator}/{value.denominator})"
    return shown


def code(expression: Expression, dialect: Dialect) -> str:
    """Return an expression as code, its names as they are."""
    match expression:
        case Number(value):
            return literal(value)
        case Name(name):
            return name
        case Sum(terms):
            text = code(terms[0], dialect)
            for term in terms[1:]:
                told = code(term, dialect)
                text += f" - {told[1:]}" if told.startswith("-") else f" + {told}"
            return text
        case Product(factors):
            negative = factors[0] == Number(Fraction(-1))
            rest = factors[1:] if negative else factors
            return ("-" if negative else "") + "*".join(_tight(f, dialect) for f in rest)
        case Quotient(numerator, denominator):
            return f"{_tight(numerator, dialect)}/{_tight(denominator, dialect)}"
        case Power(base, exponent):
            return f"{_tight(base, dialect)}{dialect.power}{_tight(exponent, dialect)}"
        case Call(function, arguments):
            inside = ", ".join(f"({code(a, dialect)})" for a in arguments)
            return dialect.functions[function].format(inside)


def _tight(expression: Expression, dialect: Dialect) -> str:
    """Return an expression as code that can be an operand of any operator."""
    text = code(expression, dialect)
    plain = isinstance(expression, Name | Call) or (
        isinstance(expression, Number) and expression.value >= 0 and "e" not in text
    )
    return text if plain else f"({text})"


def comment(text: str, dialect: Dialect) -> str:
    """Return a text as a comment on one line, in which nothing is code and nothing turns letters around."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return f"{dialect.mark} {' '.join(shown.split())}"


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
        *(
            f"{name} = {literal(value)}{_python_about(meaning)}"
            for name, value, meaning in problem.parameters
        ),
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


def _python_about(meaning: str) -> str:
    return f"  {comment(meaning, PYTHON)}" if meaning else ""
