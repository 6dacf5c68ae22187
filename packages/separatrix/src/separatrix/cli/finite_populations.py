"""``separatrix fixation``: whether a few mutants take over a finite population, and how long that takes.

``separatrix agree``: whether mean fields, finite chains and simulations of one game agree.

``separatrix fixation --links``: whether mutants take over a graph of enterprises, exactly.

``separatrix stationary``: where a finite population is found in the long run.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import (
    Dpi,
    Flag,
    Formatted,
    From,
    Lang,
    Model,
    Out,
    Scenario,
    Seed,
    SetValues,
    Width,
    assignments,
    game_of,
    printed_as,
    start_in,
)
from separatrix.cli.output import (
    PICTURES,
    choose,
    emit_csv,
    emit_document,
    emit_json,
    emit_picture,
    guard_source,
)
from separatrix.cli.population_options import (
    Beta,
    Explorers,
    Fitness,
    ProcessName,
    SelfMeeting,
    Size,
    exploration_in,
    sizes_in,
)
from separatrix.errors import InputError
from separatrix.run.console import progress_of

if TYPE_CHECKING:
    from separatrix.game.model import Game
    from separatrix.languages import Language

__all__ = ["Interaction", "Links", "Starts", "agree", "fixation", "stationary", "tell_fixation_on_graph"]

Format = Literal["text", "json", "csv"]


def agree(
    model: Model,
    /,
    *,
    size: int = 50,
    beta: float = 1.0,
    from_: From = None,
    until: float = 10.0,
    replicas: int = 2_000,
    seed: Seed = 0,
    scenario: Scenario = None,
    set_: SetValues = None,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Cross-check the mean field, the exact finite Markov chain and the simulation of each update rule.

    Compares imitation, logit choice and best response. The exit code is 1 if a simulation disagrees.

    Parameters
    ----------
    size : int
        Number of enterprises, all connected to each other.
    beta : float
        The intensity of selection.
    until : float
        Duration of each simulation; one unit of time is one update per enterprise.
    replicas : int
        Number of runs of each simulation.
    """
    import separatrix
    from separatrix.languages import language_of
    from separatrix.reports.finite_populations import agreement_csv, agreement_document

    chosen = choose(format, out, get_args(Format))
    game = game_of(model, lang, set_)
    guard_source(out, model)
    words = language_of(lang)
    found = separatrix.agree(
        game,
        assignments(set_),
        scenario,
        size=size,
        beta=beta,
        start=start_in(game, from_),
        until=until,
        replicas=replicas,
        seed=seed,
    )
    if chosen == "csv":
        emit_csv(agreement_csv(found), out, words)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    else:
        emit_document(agreement_document(found, words), chosen, out)
    return 0 if found.agrees else 1


Links = Annotated[
    Path | None,
    Parameter(
        help="Play on a graph: a table with columns from, to, and optionally weight and kind; or "
        ".graphml. A link from A to B means that B meets and copies A.",
    ),
]
Interaction = Annotated[
    list[str] | None,
    Parameter(
        negative="",
        help="With --links: the kind of link for interaction; the other kinds are for imitation.",
    ),
]
Starts = Annotated[
    list[str] | None,
    Parameter(
        name="--start",
        negative="",
        help="With --links: NODE,... of the first mutants; repeatable; by default one mutant, on each "
        "node in turn.",
    ),
]


def tell_fixation_on_graph(
    game: Game,
    source: Path,
    setting: Mapping[str, Any],
    *,
    players: tuple[str | None, str | None],
    undirected: bool,
    interaction: Sequence[str] | None,
    starts: Sequence[str] | None,
    chosen: str,
    out: Path | None,
    words: Language,
) -> None:
    """Print fixation on the graph of a file, of one strategy or of each against each."""
    import separatrix
    from separatrix.population.networks.link_files import read_links
    from separatrix.reports.networks import graph_fixation_csv, graph_fixation_document

    graph = read_links(source, undirected=undirected or None)
    meeting, copying = graph, None
    if interaction:
        copied = [kind for kind in graph.kinds if kind not in interaction]
        meeting = graph.of_kinds(interaction)
        if not copied:
            raise InputError(
                "U901",
                "--interaction names every kind of link, so no link is left for imitation",
                hint="leave --interaction out: all meet and copy along the same links",
            )
        copying = graph.of_kinds(copied)
    pairs: list[tuple[str | None, str | None]] = [players]
    if players == (None, None):
        pairs = list(itertools.permutations([s.name for s in game.populations[0].strategies], 2))
    sets = [[name.strip() for name in text.split(",") if name.strip()] for text in starts or ()]
    found = [
        separatrix.graph_fixation(
            game, meeting, invader, resident, starts=sets or None, replacement=copying, **setting
        )
        for invader, resident in pairs
    ]
    if chosen == "csv":
        emit_csv(graph_fixation_csv(found), out, words)
    elif chosen == "json":
        emit_json(
            found[0].to_dict()
            if len(found) == 1
            else {"schema": 1, "invasions": [f.to_dict() for f in found]},
            out,
        )
    else:
        emit_document(graph_fixation_document(found, words), chosen, out)


FixationFormat = Literal["text", "json", "csv", "svg", "png", "pdf"]


def fixation(
    model: Model,
    /,
    *,
    invader: str | None = None,
    resident: str | None = None,
    population: str | None = None,
    size: Size = None,
    beta: Beta = "1",
    process: ProcessName = "fermi",
    fitness: Fitness = "exponential",
    mutants: int = 1,
    exploration: Explorers = None,
    self_meeting: SelfMeeting = False,
    links: Links = None,
    undirected: Flag = False,
    payoffs: Literal["averaged", "accumulated"] = "averaged",
    interaction: Interaction = None,
    start: Starts = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[FixationFormat] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Compute fixation probabilities and times of mutants in a finite population.

    Without --invader, compares every mutant with every monomorphic state, and computes the long-run
    frequency of these states under rare mutation.

    Parameters
    ----------
    invader, resident : str
        The strategy of the mutants and of all others. With several populations, --resident gives one
        strategy for each, in order, as in --resident decline,decline.
    population : str
        The population of the mutants, if the game has several.
    mutants : int
        The initial number of mutants.
    undirected : bool
        With --links: treat links as undirected.
    payoffs : str
        With --links: payoffs averaged or accumulated over neighbours.
    """
    import separatrix
    from separatrix.languages import language_of
    from separatrix.reports.finite_populations import fixation_csv, fixation_document, invasions_document

    chosen = choose(format, out, get_args(FixationFormat))
    game = game_of(model, lang, set_)
    guard_source(out, model)
    words, printed = language_of(lang), printed_as(width, dpi)
    if chosen in PICTURES and (links is not None or invader is not None):
        raise InputError(
            "U902",
            "the figure shows every invasion of a population, and not one alone or on a graph",
            hint="leave --invader and --links out, or use --format text, csv or json",
        )
    setting: dict[str, Any] = {
        "values": assignments(set_),
        "scenario": scenario,
        "beta": beta,
        "process": process,
        "fitness": fitness,
    }
    if links is not None:
        if size or exploration or self_meeting or mutants != 1 or population is not None:
            raise InputError(
                "U901",
                "--links gives the graph; --size, --population, --mutants, --exploration and --self-meeting "
                "are for populations without one",
                hint="leave them out; --start says where the first mutants are",
            )
        tell_fixation_on_graph(
            game,
            links,
            {**setting, "payoffs": payoffs},
            players=(invader, resident),
            undirected=undirected,
            interaction=interaction,
            starts=start,
            chosen=chosen,
            out=out,
            words=words,
        )
        return 0
    if undirected or interaction or start or payoffs != "averaged":
        raise InputError(
            "U901",
            "--undirected, --payoffs, --interaction and --start go with --links",
            hint="as in --links links.csv",
        )
    setting |= {"population_size": sizes_in(game, size), "self_meeting": self_meeting}
    if (invader is None) != (resident is None):
        raise InputError(
            "U901",
            "--invader and --resident go together",
            hint="as in --invader cooperate --resident decline; leave both out for every invasion",
        )
    if invader is not None and resident is not None:
        several = len(game.populations) > 1
        one = separatrix.fixation(
            game,
            invader,
            [part.strip() for part in resident.split(",")] if several else resident,
            population=population,
            mutants=mutants,
            **setting,
        )
        if chosen == "csv":
            emit_csv(fixation_csv([one]), out, words)
        elif chosen == "json":
            emit_json(one.to_dict(), out)
        else:
            emit_document(fixation_document(one, words), chosen, out)
        return 0
    if mutants != 1 or population is not None:
        raise InputError(
            "U901", "--mutants and --population go with --invader and --resident", hint="leave them out"
        )
    found = separatrix.small_mutation_limit(game, exploration=exploration_in(game, exploration), **setting)
    if chosen == "csv":
        emit_csv(fixation_csv(found.invasions), out, words)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen in PICTURES:
        from separatrix.figures.finite_populations import invasions_picture

        emit_picture(invasions_picture(found, words), chosen, out, printed)
    else:
        emit_document(invasions_document(found, words), chosen, out)
    return 0


StationaryFormat = Literal["text", "json", "csv", "svg", "png", "pdf"]


def stationary(
    model: Model,
    /,
    *,
    mu: str = "0.01",
    exploration: Explorers = None,
    size: Size = None,
    beta: Beta = "1",
    process: ProcessName = "fermi",
    fitness: Fitness = "exponential",
    self_meeting: SelfMeeting = False,
    scenario: Scenario = None,
    set_: SetValues = None,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[StationaryFormat] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Compute the stationary distribution of a finite population, and its drift in each state.

    Parameters
    ----------
    mu : str
        The mutation probability of an update; 0 gives the limit of rare mutation.
    """
    import separatrix
    from separatrix.languages import language_of
    from separatrix.reports.finite_populations import stationary_csv, stationary_document

    chosen = choose(format, out, get_args(StationaryFormat))
    game = game_of(model, lang, set_)
    guard_source(out, model)
    words, printed = language_of(lang), printed_as(width, dpi)
    with progress_of("stationary distribution") as advance:
        found = separatrix.stationary_distribution(
            game,
            assignments(set_),
            scenario,
            population_size=sizes_in(game, size),
            beta=beta,
            mu=mu,
            exploration=exploration_in(game, exploration),
            process=process,
            fitness=fitness,
            self_meeting=self_meeting,
            advance=advance,
        )
    if chosen == "csv":
        emit_csv(stationary_csv(found), out, words)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen in PICTURES:
        from separatrix.figures.finite_populations import stationary_picture

        emit_picture(stationary_picture(found, words), chosen, out, printed)
    else:
        emit_document(stationary_document(found, words), chosen, out)
    return 0
