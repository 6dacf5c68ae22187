"""``separatrix seed``: choose the first adopters of an idea or of a strategy of a game."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from cyclopts import Parameter

from separatrix.cli import completers
from separatrix.cli.options import (
    Dpi,
    Flag,
    Formatted,
    From,
    Lang,
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
    from separatrix.population.certified import CertifiedSeeds
    from separatrix.population.seeding import TargetedSeeds

__all__ = ["seed"]

Format = Literal["text", "json", "csv", "svg", "png", "pdf"]
Diffusion = Literal["weighted-cascade", "independent-cascade", "linear-threshold", "given-threshold"]
Rule = Literal["fermi", "imitate-best", "death-birth", "birth-death", "logit", "best-response"]
Several = Annotated[list[str] | None, Parameter(negative="")]


def seed(
    model: Annotated[
        str | None,
        Parameter(
            help="A game (as for `analyze`) whose first strategy should spread. Without a game, an idea "
            "spreads by a cascade or by thresholds.",
            completer=completers.games,
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
    from separatrix.reports.seeding import seeds_csv, seeds_document

    if chosen == "csv":
        emit_csv(seeds_csv(found), out, words)
    elif chosen in PICTURES:
        from separatrix.figures.seeds import seeds_picture

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
