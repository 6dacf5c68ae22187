"""Options that several verbs share: each stands here once, with its help.

A verb says which formats it offers, as in ``format: Formatted[Literal["text", "json"]] = None``; other names
of a format (``latex``, ``markdown``) are taken everywhere.

``separatrix completion``: what lets a shell complete verbs, options and the names of games.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from cyclopts import Parameter, convert

from separatrix.cli import output
from separatrix.cli.app import STANDARD, build_app
from separatrix.cli.output import emit, guard_source
from separatrix.errors import InputError, nearest
from separatrix.languages import LANGUAGES
from separatrix.writers.registry import FORMATS

if TYPE_CHECKING:
    from separatrix.figures.canvas import Print
    from separatrix.game.model import Game

__all__ = [
    "ClusterName",
    "Dpi",
    "Field",
    "Flag",
    "Formatted",
    "From",
    "GameOrCluster",
    "Lang",
    "Model",
    "Option",
    "Out",
    "Scenario",
    "Scenarios",
    "Seed",
    "SetValues",
    "View",
    "Width",
    "assignments",
    "chosen_instruments",
    "completion",
    "example_start",
    "field_options",
    "game_of",
    "interval_of",
    "named_values",
    "printed_as",
    "start_in",
    "starts_in",
    "target",
]

T = TypeVar("T")


def _canonical(kind: Any, tokens: Sequence[Any]) -> Any:
    """Return the format that is named, by whichever of its names."""
    given = str(tokens[0].value)
    own = next((known.name for known in FORMATS.values() if given in known.other_names), given)
    return convert(kind, [tokens[0].evolve(value=own)])


def target(kind: Any, tokens: Sequence[Any]) -> Any:
    """Return the file that is named; none where ``-`` stands for standard output."""
    return None if tokens[0].value == STANDARD else convert(kind, tokens)


Model = Annotated[
    str,
    Parameter(
        help="A game file (.yaml, .csv, .xlsx, .ods, .nfg; a pasted table as .html, .tex or .txt), a name "
        "from `separatrix examples`, or - for standard input.",
        completer=output.games,
    ),
]
ClusterName = Annotated[
    str,
    Parameter(
        help="A folder with a cluster.yaml, or the name of a shipped cluster "
        "(rotterdam, houston, kalundborg, synthetic-park, messy-park).",
        completer=output.clusters,
    ),
]
GameOrCluster = Annotated[
    str,
    Parameter(
        help="A game (as for `analyze`), a folder with a cluster.yaml, or the name of a shipped cluster.",
        completer=output.games_and_clusters,
    ),
]
Scenario = Annotated[
    str | None,
    Parameter(help="Use the values of this scenario of the game.", completer=output.scenarios),
]
Scenarios = Annotated[list[str] | None, Parameter(negative="", completer=output.scenarios)]
SetValues = Annotated[
    list[str] | None,
    Parameter(
        name="--set",
        negative="",
        help="NAME=VALUE: set a parameter, or apply an instrument at a level; repeatable.",
        completer=output.settings,
    ),
]
Formatted = Annotated[
    T | None,
    Parameter(
        name=["--format", "-f"],
        converter=_canonical,
        help="The output format; by default that of the file name in --out, else text.",
    ),
]
Out = Annotated[
    Path | None,
    Parameter(
        name=["--out", "-o"],
        converter=target,
        help="Write to this file instead of standard output (-).",
    ),
]
Field = Annotated[
    str,
    Parameter(
        help="The dynamics: replicator, payoff-adjusted, replicator-mutator, smith, bnn, logit "
        "or best-response."
    ),
]
Option = Annotated[
    list[str] | None,
    Parameter(
        negative="",
        help="NAME=VALUE: an option of the dynamics, such as eta=0.5 for logit; repeatable.",
    ),
]
From = Annotated[
    str | None,
    Parameter(
        name="--from",
        help="VALUE,... or SHARE=VALUE,...: the initial state, such as 0.2,0.3 or x=0.2,y=0.3; by "
        "default `today` of the game.",
    ),
]
View = Annotated[
    str | None,
    Parameter(
        help="AZIMUTH,ELEVATION: the viewing angle of three-dimensional figures in degrees; by default "
        "-62,22."
    ),
]
Width = Annotated[
    float | None,
    Parameter(help="The width of a figure in centimetres, scaled in proportion."),
]
Dpi = Annotated[float, Parameter(help="The resolution of a .png in dots per inch.")]
Seed = Annotated[int, Parameter(help="The random seed; the same seed gives the same answer.")]
Flag = Annotated[bool, Parameter(negative="")]

if TYPE_CHECKING:
    Lang = str
else:
    Lang = Annotated[
        Literal[LANGUAGES],
        Parameter(
            help="The language of texts, documents and figures; names come from the game's `translations`."
        ),
    ]


NARROWEST, WIDEST, COARSEST, FINEST = 2.0, 200.0, 20.0, 2400.0
"""Centimetres and dots an inch of a figure that programs still open."""


def printed_as(width: float | None, dpi: float) -> Print:
    """Return how large a figure is printed.

    Raises
    ------
    InputError
        U901 for a width or a resolution that no figure has.
    """
    from separatrix.figures.canvas import Print

    if width is not None and not NARROWEST <= width <= WIDEST:
        raise InputError(
            "U901",
            f"--width {width:g}: expected {NARROWEST:g} to {WIDEST:g} centimetres",
            hint="as in --width 17",
        )
    if not COARSEST <= dpi <= FINEST:
        raise InputError(
            "U901", f"--dpi {dpi:g}: expected {COARSEST:g} to {FINEST:g} dots an inch", hint="as in --dpi 600"
        )
    return Print(width, dpi)


# --------------------------------------------------------------------------- MODEL


def game_of(model: str, lang: str = "en", *named: str | Sequence[str] | None) -> Game:
    """Return the game that MODEL names, or that stands on standard input, in a language.

    Parameters
    ----------
    model, lang : str
    named : str, sequence of str or None
        What options such as --set and --over say, as NAME or NAME=...: an instrument of the game that is
        named is put in force, so that its level is a parameter.

    Raises
    ------
    InputError
        G101 and G102 where standard input holds too much or no text; see also `separatrix.load`.

    Examples
    --------
    >>> "subsidy" in game_of("shi-chen-2018").parameters
    False
    >>> "subsidy" in game_of("shi-chen-2018", "en", ["subsidy=0.5"], None).parameters
    True
    """
    from separatrix.game.instruments import with_instruments
    from separatrix.game.populations import translate
    from separatrix.game.reader import load, read_text
    from separatrix.io.files import read_standard_input
    from separatrix.io.yaml import MAX_BYTES

    if model == STANDARD:
        game = read_text(read_standard_input(MAX_BYTES, "a game file"), "standard input")
    else:
        game = load(model)
    texts = [text for one in named for text in ([one] if isinstance(one, str) else one or ())]
    names = {text.partition("=")[0].strip() for text in texts}
    acting = [name for name in game.instruments if name in names or name in game.in_force]
    if len(acting) > len(game.in_force):
        game = with_instruments(game, acting)
    return translate(game, lang)


def chosen_instruments(game: Game, names: Sequence[str] | None) -> list[str] | None:
    """Return the instruments that --instrument names, for one of the four strategies all of its own.

    Without any, those whose level is not set already; None where that is all.

    Examples
    --------
    >>> chosen_instruments(game_of("shi-chen-2018"), ["understanding", "fine"])
    ['awareness', 'demonstration', 'fine']
    """
    if not names:
        return [name for name in game.instruments if name not in game.in_force] if game.in_force else None
    found: list[str] = []
    for name in names:
        own = [i.name for i in game.instruments.values() if i.strategy == name]
        found += own if own and name not in game.instruments else [name]
    return list(dict.fromkeys(found))


# --------------------------------------------------------------------------- NAME=VALUE


def named_values(pairs: Sequence[str], flag: str, example: str, of: str = "") -> dict[str, str]:
    """Return NAME=VALUE pairs as a mapping.

    Parameters
    ----------
    pairs : sequence of str
    flag, example : str
        What the option is called, and one that is right.
    of : str
        What is given twice where one is.

    Raises
    ------
    InputError
        U901 for an invalid pair or a repeated name.

    Examples
    --------
    >>> named_values(["eta=1/2"], "--option", "eta=0.5")
    {'eta': '1/2'}
    """
    result: dict[str, str] = {}
    for pair in pairs:
        name, separator, value = (piece.strip() for piece in pair.partition("="))
        if not separator or not name or not value:
            raise InputError("U901", f"{flag} {pair}: expected NAME=VALUE", hint=f"as in {flag} {example}")
        if name in result:
            raise InputError("U901", f"{flag} gives `{name}` twice", hint=f"give each {of or 'name'} once")
        result[name] = value
    return result


def assignments(pairs: Sequence[str] | None) -> dict[str, str]:
    """Return what `--set` gives as a mapping of parameters.

    Raises
    ------
    InputError
        U901 for an invalid pair or a repeated parameter.

    Examples
    --------
    >>> assignments(["pi1=12", "C1 = 1/2"])
    {'pi1': '12', 'C1': '1/2'}
    """
    return named_values(pairs or (), "--set", "pi1=12 --set C1=0.5", "parameter")


def interval_of(game: Game, text: str) -> tuple[str, object, object]:
    """Return ``NAME=LOW:HIGH`` as a parameter and the ends of an interval, ``NAME`` as that of its range.

    Raises
    ------
    InputError
        U901 for an invalid interval, or if the game file gives the parameter no range.
    NameProblem
        V302 for an unknown parameter.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> interval_of(load("shi-chen-2018"), "C1=0:8")
    ('C1', '0', '8')
    """
    from separatrix.game.values import unknown_parameter

    name, separator, span = (piece.strip() for piece in text.partition("="))
    ends = [end.strip() for end in span.split(":")]
    if separator and (len(ends) != 2 or not all(ends)):
        raise InputError("U901", f"--over {text}: expected NAME=LOW:HIGH", hint="as in --over C1=0:8")
    if name not in game.parameters:
        problem = unknown_parameter(game, name, f"--over {text}: the game has no parameter `{name}`")
        several = [part.strip() for part in name.split(",")]
        if len(several) > 1 and all(part in game.parameters for part in several):
            problem.hint = f"give each its own: {' '.join(f'--over {part}' for part in several)}"
        raise problem
    if separator:
        return name, ends[0], ends[1]
    limits = game.parameters[name].range
    if limits is None:
        raise InputError(
            "U901", f"--over {name}: the game file gives no range of {name}", hint=f"as in --over {name}=0:8"
        )
    return name, *limits


def field_options(pairs: Sequence[str] | None, field: str) -> dict[str, Any]:
    """Return what `--option` gives as options of the dynamics that are called `field`.

    Raises
    ------
    InputError
        U901 for an invalid pair or a repeated option; V320 for unknown dynamics; V321 for an option that the
        dynamics do not have.

    Examples
    --------
    >>> field_options(["eta=1/2"], "logit")
    {'eta': '1/2'}
    """
    from separatrix.dynamics.fields.registry import dynamic_of

    dynamic = dynamic_of(field)
    result = named_values(pairs or (), "--option", "eta=0.5", "option")
    for name in result:
        if name not in dynamic.options:
            takes = ", ".join(dynamic.options) or "none"
            raise InputError("V321", f"the {dynamic.title} have no option `{name}`; they take {takes}")
    return dict(result)


def start_in(game: Game, text: str | None) -> dict[str, object] | None:
    """Return ``x=0.2,y=0.3``, or ``0.2,0.3`` in the order of the shares, as a mapping; None for nothing.

    Raises
    ------
    InputError
        U901 for an invalid list, an unknown share or a repeated share.
    """
    if text is None:
        return None
    example = example_start(game)
    result: dict[str, object] = {}
    if "=" not in text:
        values = [piece.strip() for piece in text.split(",")]
        if len(values) != len(game.shares) or not all(values):
            raise InputError(
                "U901",
                f"--from {text}: {sum(map(bool, values))} of the {len(game.shares)} values are given, "
                f"for {', '.join(game.shares)}",
                hint=f"as in --from {','.join(part.partition('=')[2] for part in example.split(','))}, "
                f"or by name: --from {example}",
            )
        return dict(zip(game.shares, values, strict=True))
    for part in text.split(","):
        name, separator, value = (piece.strip() for piece in part.partition("="))
        if not separator or not name or not value:
            raise InputError(
                "U901", f"--from {text}: expected SHARE=VALUE,...", hint=f"as in --from {example}"
            )
        if name not in game.shares:
            meant = nearest(name, list(game.shares))
            hint = f"did you mean `{meant}`?" if meant else f"the shares are {', '.join(game.shares)}"
            raise InputError("U901", f"--from {text}: the game has no share `{name}`", hint=hint)
        if name in result:
            raise InputError("U901", f"--from {text} gives `{name}` twice", hint="give each share once")
        result[name] = value
    return result


def starts_in(game: Game, given: Sequence[str]) -> list[dict[str, object]]:
    """Return the initial states of --from; without it, today's state of the cluster.

    Raises
    ------
    InputError
        U901 for an invalid state, or if neither --from nor the game gives a state.
    """
    starts: list[Mapping[str, object]] = [start for text in given if (start := start_in(game, text))]
    if not starts:
        if game.today is None:
            raise InputError(
                "U901",
                "no initial state is given, and the game does not state where the cluster is today",
                hint=f"give one, as in --from {example_start(game)}",
            )
        starts = [game.today]
    return [dict(start) for start in starts]


def example_start(game: Game) -> str:
    """Return a state as --from takes it: every strategy is played, the last one by the rest."""
    parts = []
    for population in game.populations:
        many = len(population.shares)
        own = [f"{0.5**k:g}" for k in range(1, many)] + [f"{0.5 ** max(many - 1, 0):g}"]
        if population.binary:
            own = ["0.5"]
        parts += [f"{share}={value}" for share, value in zip(population.shares, own, strict=True)]
    return ",".join(parts)


Shell = Literal["bash", "zsh", "fish", "powershell"]


def completion(shell: Shell, /, *, out: Out = None) -> int:
    """Print a completion script for commands, options and values.

    bash: eval "$(separatrix completion bash)" in ~/.bashrc; zsh: the same in ~/.zshrc, after compinit;
    fish: separatrix completion fish > ~/.config/fish/completions/separatrix.fish

    Parameters
    ----------
    shell : str
        bash, zsh, fish or powershell.
    """
    guard_source(out)
    emit(build_app().generate_completion(prog_name="separatrix", shell=shell), out)
    return 0
