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
from separatrix.run.console import progress_of

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
    """Simulate adoption among enterprises on a network.

    A link from -> to means that `to` observes, copies and is activated by `from`. One unit of time is one
    revision per enterprise.

    Parameters
    ----------
    links : Path
        A table with columns from, to and optionally weight and kind; or a graph in GraphML.
    enterprises : Path
        A table with a column enterprise. Columns named after parameters give each enterprise's own
        values; the columns strategy, leader, population, pace, noise, delay, missing, member and outside
        give its state and revision behaviour. By default all nodes of the links, identical.
    cluster : str
        A cluster's folder or the name of a shipped cluster, whose enterprises and links form the network;
        --enterprises adds columns.
    undirected : bool
        Treat links as undirected.
    rule : str
        The revision rule: fermi (imitation), imitate-best, death-birth, birth-death (Moran), logit or
        best-response.
    beta : float
        Intensity of selection, 0 or more; with inf the better strategy is always chosen.
    mu : float
        The probability of exploration in a revision: another strategy, chosen uniformly at random.
    payoffs : str
        accumulated over partners, or averaged.
    fitness : str
        The fitness function of the Moran rules: exponential, exp(beta payoff), or linear, 1 + beta
        payoff.
    synchronous : bool
        Synchronous updating: all enterprises revise once per unit of time.
    interaction : list of str
        KIND of links for interaction; by default all.
    imitation : list of str
        KIND of links for imitation.
    information : list of str
        KIND of links along which awareness spreads.
    awareness : str
        How enterprises become aware along information links, which is necessary for adoption:
        weighted-cascade, independent-cascade, linear-threshold, given-threshold or bass. Leaders and
        enterprises with yes in a column aware are aware from the start.
    probability : float
        The probability of each link of an independent cascade; by default its weight.
    bass : str
        With --awareness bass: P,Q, the coefficients of innovation and imitation, as in 0.03,0.38.
    hearing : float
        With --awareness, awareness rounds per unit of time; by default 1.
    until : float
        The end.
    replicas : int
        How many runs.
    points : int
        Number of times at which states are recorded.
    show : str
        Content of a figure or CSV file: adoption (over time, with bands) or network (the state of each
        enterprise over time).
    workers : int
        Number of threads, or of workers with --scheduler; by default the number of cores.
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
