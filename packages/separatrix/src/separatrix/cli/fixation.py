"""``separatrix fixation``: whether a few mutants take over a finite population, and how long that takes."""

from __future__ import annotations

from typing import Any, Literal, get_args

from separatrix.cli.graph_fixation import Interaction, Links, Starts, tell_fixation_on_graph
from separatrix.cli.options import (
    Dpi,
    Flag,
    Formatted,
    Lang,
    Model,
    Out,
    Scenario,
    SetValues,
    Width,
    assignments,
    game_of,
    printed_as,
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

__all__ = ["fixation"]

Format = Literal["text", "json", "csv", "svg", "png", "pdf"]


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
    format: Formatted[Format] = None,
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
    from separatrix.reports.fixation import fixation_csv, fixation_document, invasions_document

    chosen = choose(format, out, get_args(Format))
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
        from separatrix.figures.invasion_diagram import invasions_picture

        emit_picture(invasions_picture(found, words), chosen, out, printed)
    else:
        emit_document(invasions_document(found, words), chosen, out)
    return 0
