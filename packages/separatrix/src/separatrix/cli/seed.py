"""``separatrix seed``: whom to win first, for an idea that spreads, or for a strategy of a game."""

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
from separatrix.run.progress import progress_of

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
            help="A game, as other verbs take it: win those who make its first strategy spread. Without "
            "one, an idea spreads by a cascade or by thresholds.",
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
    """Choose which enterprises to recruit first, so that an idea or a strategy reaches the most others.

    For an idea the answer has a certificate: a part of the best possible reach that the seeds surely have.
    For the strategy of a game no such guarantee exists: several orders are compared by simulation.

    Parameters
    ----------
    links : Path
        A table with columns from, to and, if need be, weight and kind; or .graphml. A link from A to B means
        that B learns from A.
    enterprises : Path
        A table of the enterprises, as `separatrix network` takes it: costs, values, parameters of the game.
    cluster : str
        A cluster's folder, or the name of a shipped one, whose enterprises and links make the network;
        --enterprises then adds columns to its own.
    count : int
        How many to win.
    cost : str
        COLUMN of the enterprises: what it costs to win each; goes with --budget.
    budget : float
        What all may cost together.
    undirected : bool
        Each link leads both ways.
    information : list of str
        KIND: along these kinds of links an idea spreads; by default along all. With a game, of --awareness.
    diffusion : str
        How an idea spreads: weighted-cascade, by default; independent-cascade (weights are probabilities);
        linear-threshold; or given-threshold (weights into an enterprise add to 1 at most).
    probability : float
        Of every link of an independent cascade, whatever its weight.
    value : str
        COLUMN of the enterprises: what reaching each counts, such as its emissions.
    aware : list of str
        An enterprise that knows already; may be given several times.
    ratio : float
        Go on until this part of the best reach is proven, 0.6 by default.
    failure : float
        The chance that the certificate may be wrong; by default 1 / number of enterprises, and 0.01 at most.
    seconds : float
        The longest time of the search, 60 by default; then the ratio that is proven by then.
    awareness : str
        With a game, how the idea reaches enterprises, before which none can adopt it, as in `separatrix
        network`; who is won knows, and so do those with yes in a column aware.
    hearing : float
        With --awareness, rounds of hearing in a unit of time.
    order : list of str
        With a game, orders to compare: degree, periphery, betweenness, amenable, resistant, flips, cascade,
        chance; by default all.
    rule : str
        With a game, how enterprises revise, fermi by default.
    beta : float
        With a game, the intensity of selection, 1 by default.
    mu : float
        With a game, the probability with which a revision explores, 0 by default.
    payoffs : str
        With a game, whether payoffs are accumulated over partners, as by default, or averaged.
    interaction : list of str
        KIND: with a game, along these kinds of links enterprises play; by default along all.
    imitation : list of str
        KIND: with a game, along these kinds they copy.
    until : float
        With a game, the end, 50 by default; a unit of time is one revision an enterprise.
    replicas : int
        With a game, how many runs, 50 by default.
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
        _only(spreads | {"hearing": hearing}, "needs --awareness beside a game")
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
