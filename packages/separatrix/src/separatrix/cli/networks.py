"""``separatrix seed``: choose the first adopters of an idea or of a strategy of a game.

``separatrix network``: how a strategy spreads among enterprises that see each other along links.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from cyclopts import Parameter

from separatrix.cli import output
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
from separatrix.cli.population_options import Cluster, network_in, numbers_of
from separatrix.errors import InputError
from separatrix.run.console import progress_of

if TYPE_CHECKING:
    from separatrix.document.tree import Draw
    from separatrix.languages import Language
    from separatrix.population.networks.network import NetworkEnsemble
    from separatrix.population.opim import CertifiedSeeds
    from separatrix.population.seeding import TargetedSeeds

__all__ = ["network", "seed"]

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
        from separatrix.figures.networks import MOST_DRAWN

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
        from separatrix.reports.networks import adoption_csv, enterprises_csv

        emit_csv(adoption_csv(found) if show == "adoption" else enterprises_csv(found), out, words)
    else:
        from separatrix.reports.networks import network_document

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
        from separatrix.figures.networks import states_picture

        return states_picture(found, words)
    from separatrix.figures.networks import adoption_picture

    return adoption_picture(found, words)


Diffusion = Literal["weighted-cascade", "independent-cascade", "linear-threshold", "given-threshold"]

Several = Annotated[list[str] | None, Parameter(negative="")]


def seed(
    model: Annotated[
        str | None,
        Parameter(
            help="A game (as for `analyze`) whose first strategy should spread. Without a game, an idea "
            "spreads by a cascade or by thresholds.",
            completer=output.games,
        ),
    ] = None,
    /,
    *,
    links: Path | None = None,
    enterprises: Path | None = None,
    cluster: Cluster = None,
    count: Annotated[int | None, Parameter(name=["--count", "-k"])] = None,
    cost: str | None = None,
    budget: float | None = None,
    undirected: Flag = False,
    information: Several = None,
    diffusion: Diffusion | None = None,
    probability: Annotated[float | None, Parameter(name=["--probability", "-p"])] = None,
    value: str | None = None,
    aware: Several = None,
    ratio: float | None = None,
    failure: float | None = None,
    seconds: float | None = None,
    order: Several = None,
    awareness: Diffusion | None = None,
    hearing: float | None = None,
    rule: Rule | None = None,
    beta: float | None = None,
    mu: float | None = None,
    payoffs: Literal["accumulated", "averaged"] | None = None,
    interaction: Several = None,
    imitation: Several = None,
    from_: From = None,
    until: float | None = None,
    replicas: int | None = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    seed: Seed = 0,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Choose the first adopters that spread an idea or strategy to the most enterprises.

    For an idea, the answer includes a guaranteed share of the best possible reach. For the strategy of a
    game, no such guarantee exists: several rankings are compared by simulation.

    Parameters
    ----------
    links : Path
        A table with columns from, to and optionally weight and kind; or .graphml. A link from A to B
        means that B learns from A.
    enterprises : Path
        A table of the enterprises (as for `separatrix network`) with costs, values and parameters of the
        game.
    cluster : str
        A cluster's folder or the name of a shipped cluster, whose enterprises and links form the network;
        --enterprises adds columns.
    count : int
        Number of enterprises to choose.
    cost : str
        COLUMN of the enterprises with the cost of choosing each; used with --budget.
    budget : float
        The maximum total cost.
    undirected : bool
        Treat links as undirected.
    information : list of str
        KIND of links along which the idea spreads (with a game, awareness); by default all.
    diffusion : str
        How an idea spreads: weighted-cascade (the default), independent-cascade (weights are
        probabilities), linear-threshold, or given-threshold (weights into each enterprise sum to at most
        1).
    probability : float
        The probability of every link of an independent cascade, instead of its weight.
    value : str
        COLUMN of the enterprises with the value of reaching each, such as its emissions.
    aware : list of str
        An enterprise that is already aware; repeatable.
    ratio : float
        Continue until this share of the best possible reach is proven; by default 0.6.
    failure : float
        The accepted error probability of the guarantee; by default 1 / number of enterprises, at most
        0.01.
    seconds : float
        Time limit of the search in seconds; by default 60. The ratio proven by then is reported.
    awareness : str
        With a game, how enterprises become aware, which is necessary for adoption (as for `separatrix
        network`); chosen enterprises and those with yes in a column aware are aware from the start.
    hearing : float
        With --awareness, awareness rounds per unit of time.
    order : list of str
        With a game, rankings to compare: degree, periphery, betweenness, amenable, resistant, flips,
        cascade, chance; by default all.
    rule : str
        With a game, the revision rule; by default fermi.
    beta : float
        With a game, the intensity of selection; by default 1.
    mu : float
        With a game, the probability of exploration in a revision; by default 0.
    payoffs : str
        With a game, payoffs accumulated over partners (the default) or averaged.
    interaction : list of str
        With a game, KIND of links for interaction; by default all.
    imitation : list of str
        With a game, KIND of links for imitation.
    until : float
        With a game, the end time; by default 50; one unit of time is one revision per enterprise.
    replicas : int
        With a game, the number of runs; by default 50.
    """
    from separatrix.languages import language_of

    chosen = choose(format, out, get_args(Format))
    printed, words = printed_as(width, dpi), language_of(lang)
    guard_source(out, model)
    guard_source(out, links, enterprises, what="a table of the network")
    spreads = {"information": information, "probability": probability}
    of_idea = {
        "diffusion": diffusion,
        "value": value,
        "aware": aware,
        "ratio": ratio,
        "failure": failure,
        "seconds": seconds,
    }
    of_game = {
        "order": order,
        "awareness": awareness,
        "hearing": hearing,
        "rule": rule,
        "beta": beta,
        "mu": mu,
        "payoffs": payoffs,
        "interaction": interaction,
        "imitation": imitation,
        "from": from_,
        "until": until,
        "replicas": replicas,
        "scenario": scenario,
        "set": set_,
    }
    _only(of_game if model is None else of_idea, "needs a game" if model is None else "goes without a game")
    if model is not None and awareness is None:
        _only(spreads | {"hearing": hearing}, "needs --awareness when a game is given")
    members, graph = network_in(links, enterprises, cluster, undirected)
    common: dict[str, Any] = {
        "count": count,
        "costs": numbers_of(graph, members, cost, "--cost"),
        "budget": budget,
        "seed": seed,
    }
    found: CertifiedSeeds | TargetedSeeds
    told: dict[str, Any]
    with progress_of("seeds") as advance:
        if model is None:
            from separatrix.population.opim import certified_seeds

            told = {"probability": probability, "failure": failure, "seconds": seconds}
            if ratio is not None:
                told["ratio"] = ratio
            found = certified_seeds(
                graph if information is None else graph.of_kinds(information),
                model=diffusion or "weighted-cascade",
                values=numbers_of(graph, members, value, "--value"),
                value=value or "",
                aware=aware or (),
                advance=advance,
                **told,
                **common,
            )
        else:
            from separatrix.population.seeding import targeted_seeds

            game = game_of(model, lang, set_)
            told = {name: given for name, given in (spreads | of_game).items() if given is not None}
            told = {name: given for name, given in told.items() if name not in RENAMED}
            if payoffs is not None:
                told["earning"] = payoffs
            found = targeted_seeds(
                game,
                graph,
                members,
                orders=order,
                start=start_in(game, from_),
                values=assignments(set_),
                advance=advance,
                **told,
                **common,
            )
    if chosen == "json":
        emit_json(found.to_dict(), out)
        return 0
    from separatrix.reports.networks import seeds_csv, seeds_document

    if chosen == "csv":
        emit_csv(seeds_csv(found), out, words)
    elif chosen in PICTURES:
        from separatrix.figures.networks import seeds_picture

        emit_picture(seeds_picture(found, words), chosen, out, printed)
    else:
        emit_document(seeds_document(found, words), chosen, out)
    return 0


RENAMED = ("order", "payoffs", "from", "set")
"""Options that functions know by other names."""


def _only(others: dict[str, Any], why: str) -> None:
    """Refuse options of the other kind of question: they would decide nothing."""
    for name, given in others.items():
        if given is not None:
            raise InputError(
                "U901",
                f"--{name} {why}",
                hint="as in `separatrix seed GAME --links FILE -k 5` for a strategy of a game, without GAME "
                "for an idea that spreads",
            )
