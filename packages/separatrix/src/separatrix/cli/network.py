"""``separatrix network``: how a strategy spreads among enterprises that see each other along links."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

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
from separatrix.cli.population_options import Cluster, network_in
from separatrix.errors import InputError
from separatrix.run.progress import progress_of

if TYPE_CHECKING:
    from separatrix.document.document import Draw
    from separatrix.languages import Language
    from separatrix.population.networks.network import NetworkEnsemble

__all__ = ["network"]

Format = Literal["text", "json", "csv", "svg", "png", "pdf"]
Rule = Literal["fermi", "imitate-best", "death-birth", "birth-death", "logit", "best-response"]
Kinds = Annotated[list[str] | None, Parameter(negative="")]


def network(
    model: Model,
    /,
    *,
    links: Path | None = None,
    enterprises: Path | None = None,
    cluster: Cluster = None,
    undirected: Flag = False,
    rule: Rule = "fermi",
    beta: float = 1.0,
    mu: float = 0.0,
    payoffs: Literal["accumulated", "averaged"] = "accumulated",
    fitness: Literal["exponential", "linear"] = "exponential",
    synchronous: Flag = False,
    interaction: Kinds = None,
    imitation: Kinds = None,
    information: Kinds = None,
    awareness: str | None = None,
    probability: float | None = None,
    bass: str | None = None,
    hearing: float | None = None,
    from_: From = None,
    until: float = 100.0,
    replicas: int = 100,
    seed: Seed = 0,
    points: int = 100,
    show: Literal["adoption", "network"] = "adoption",
    workers: int | None = None,
    scheduler: str | None = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Simulate a game on a network of unequal enterprises: adoption in time, and after whom.

    A link from -> to means that `to` sees, copies, is activated by `from`. A unit of time is one revision an
    enterprise.

    Parameters
    ----------
    links : Path
        A table with the columns from, to and, if need be, weight and kind; or a graph in GraphML.
    enterprises : Path
        A table with a column enterprise; a column with the name of a parameter is that enterprise's own, and
        strategy, leader, population, pace, noise, delay, missing, member, outside tell where each stands and
        how it revises. By default the nodes of the links, all alike.
    cluster : str
        A cluster's folder, or the name of a shipped one, whose enterprises and links make the network;
        --enterprises then adds columns.
    undirected : bool
        Each link leads both ways.
    rule : str
        How enterprises revise: fermi (imitation), imitate-best, death-birth, birth-death (Moran), logit or
        best-response.
    beta : float
        Intensity of selection, 0 or more; inf where the better one always wins.
    mu : float
        The probability with which a revision explores: takes another strategy, each as likely.
    payoffs : str
        Whether payoffs are accumulated over partners, or averaged.
    fitness : str
        Of the Moran rules: exponential, exp(beta payoff), or linear, 1 + beta payoff.
    synchronous : bool
        All revise at once, each unit of time.
    interaction : list of str
        KIND: along these kinds of links enterprises play; by default along all.
    imitation : list of str
        KIND: along these kinds they copy.
    information : list of str
        KIND: along these kinds they hear of the idea.
    awareness : str
        How the idea reaches enterprises along information links, before which none can adopt it:
        weighted-cascade, independent-cascade, linear-threshold, given-threshold or bass. Leaders, and those
        with yes in a column aware, know of it in the beginning.
    probability : float
        With which each link passes it on in an independent cascade; by default its weight.
    bass : str
        With --awareness bass: P,Q, innovation and imitation of Bass's model, as in 0.03,0.38.
    hearing : float
        With --awareness: rounds of hearing in a unit of time, 1 by default.
    until : float
        The end.
    replicas : int
        How many runs.
    points : int
        At how many times states are written down.
    show : str
        What a figure or a CSV holds: adoption (in time, with bands) or network (states drawn in time; a line
        for each enterprise).
    workers : int
        Threads, or with --scheduler workers; by default as many as there are cores.
    scheduler : str
        processes, local (a Dask cluster on this machine), or the address of a Dask scheduler.
    """
    from separatrix.languages import language_of
    from separatrix.population.networks.network import network as simulate

    chosen = choose(format, out, get_args(Format))
    _only_with_awareness(awareness, probability, bass, hearing)
    printed = printed_as(width, dpi)
    game = game_of(model, lang, set_)
    guard_source(out, model)
    guard_source(out, links, enterprises, what="a table of the network")
    words = language_of(lang)
    members, graph = network_in(links, enterprises, cluster, undirected)
    if chosen in PICTURES and show == "network":
        from separatrix.figures.network_states import MOST_DRAWN

        if graph.size > MOST_DRAWN:
            raise InputError(
                "U902",
                f"{graph.size:,} enterprises; a drawing of the network has room for {MOST_DRAWN:,}",
                hint="use --show adoption, or --format csv",
            )
    with progress_of("network") as advance:
        found = simulate(
            game,
            graph,
            members,
            values=assignments(set_),
            scenario=scenario,
            rule=rule,
            beta=beta,
            mu=mu,
            earning=payoffs,
            fitness=fitness,
            synchronous=synchronous,
            interaction=interaction,
            imitation=imitation,
            information=information,
            start=start_in(game, from_),
            awareness=awareness,
            probability=probability,
            bass=_bass(bass),
            hearing=1.0 if hearing is None else hearing,
            until=until,
            replicas=replicas,
            seed=seed,
            points=points,
            workers=workers,
            scheduler=scheduler,
            advance=advance,
        )
    if chosen in PICTURES:
        emit_picture(_picture(found, show, words), chosen, out, printed)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen == "csv":
        from separatrix.reports.network import adoption_csv, enterprises_csv

        emit_csv(adoption_csv(found) if show == "adoption" else enterprises_csv(found), out, words)
    else:
        from separatrix.reports.network import network_document

        emit_document(network_document(found, words), chosen, out)
    return 0


def _only_with_awareness(
    awareness: str | None, probability: float | None, bass: str | None, hearing: float | None
) -> None:
    """Refuse options that would decide nothing."""
    lone = [
        ("--bass", bass, awareness == "bass", "--awareness bass"),
        ("--probability", probability, awareness == "independent-cascade", "--awareness independent-cascade"),
        ("--hearing", hearing, awareness is not None, "--awareness"),
    ]
    for option, given, heeded, needed in lone:
        if given is not None and not heeded:
            raise InputError(
                "U901",
                f"{option} decides nothing without {needed}",
                hint=f"add {needed}, or leave {option} out",
            )


def _bass(text: str | None) -> tuple[float, float]:
    """Return what --bass says."""
    if text is None:
        return 0.0, 0.0
    try:
        innovation, imitation = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            "U901", f"--bass {text}: expected two numbers", hint="as in --bass 0.03,0.38"
        ) from None
    return innovation, imitation


def _picture(found: NetworkEnsemble, show: str, words: Language) -> Draw:
    if show == "network":
        from separatrix.figures.network_states import states_picture

        return states_picture(found, words)
    from separatrix.figures.adoption_curves import adoption_picture

    return adoption_picture(found, words)
