"""``separatrix leaders``: which enterprises to support so that a share is reached by a date at least cost."""

from __future__ import annotations

import math
from dataclasses import replace
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
from separatrix.cli.population_options import Cluster, network_in, numbers_of, reader_of
from separatrix.errors import InputError
from separatrix.run.console import progress_of

if TYPE_CHECKING:
    from separatrix.policy.leaders import NetworkGame
    from separatrix.population.networks.enterprises import Enterprises

__all__ = ["leaders"]

Format = Literal["text", "json", "csv", "svg", "png", "pdf"]
Diffusion = Literal["weighted-cascade", "independent-cascade", "linear-threshold", "given-threshold"]
Rule = Literal["fermi", "imitate-best", "death-birth", "birth-death", "logit", "best-response"]
Several = Annotated[list[str] | None, Parameter(negative="")]


def leaders(
    model: Annotated[
        str | None,
        Parameter(
            help="A game (as for `analyze`). Without one, the game that `separatrix calibrate` "
            "estimates for --cluster, with each enterprise's own parameters.",
            completer=output.games,
        ),
    ] = None,
    /,
    *,
    links: Path | None = None,
    enterprises: Path | None = None,
    cluster: Cluster = None,
    undirected: Flag = False,
    share: float = 0.8,
    by: float = 20.0,
    chance: float = 0.9,
    cost: str | None = None,
    upkeep: str | None = None,
    budget: float | None = None,
    support: float | None = None,
    after: float | None = None,
    order: Several = None,
    rule: Rule | None = None,
    beta: float | None = None,
    mu: float | None = None,
    payoffs: Literal["accumulated", "averaged"] | None = None,
    interaction: Several = None,
    imitation: Several = None,
    information: Several = None,
    awareness: Diffusion | None = None,
    probability: Annotated[float | None, Parameter(name=["--probability", "-p"])] = None,
    hearing: float | None = None,
    from_: From = None,
    replicas: int = 200,
    fresh: int = 1000,
    sets: int | None = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    seed: Seed = 0,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Choose which enterprises to support so that a target share is reached by a given date at the least
    cost.

    Supported leaders play the first strategy of the game; afterwards they revise like all others. The
    search simulates sets of leaders, then measures the cheapest one, and the share that remains after
    support ends, on independent random numbers. The exit code is 1 if no set is confirmed to reach the
    share within the budget.

    Parameters
    ----------
    links : Path
        A table with columns from, to and optionally weight and kind; or .graphml. A link from A to B
        means that B learns from A.
    enterprises : Path
        A table of the enterprises (as for `separatrix network`) with costs and parameters of the game.
    cluster : str
        A cluster's folder or the name of a shipped cluster, whose enterprises and links form the network;
        --enterprises adds columns.
    undirected : bool
        Treat links as undirected.
    share : float
        The target share of all enterprises, leaders included, that play the first strategy.
    by : float
        The date; one unit of time is one revision per enterprise.
    chance : float
        The probability with which the target must be reached.
    cost : str
        COLUMN of the enterprises with the cost of supporting each; enterprises with an empty cell are not
        eligible. Or incentive, the initial loss of each from acting (the default without a game). With a
        game, the default is 1 for each.
    upkeep : str
        COLUMN of the enterprises with the cost of each per unit of time of support.
    budget : float
        The maximum total cost.
    support : float
        The end of support; by default the date.
    after : float
        Duration of the runs after the date and the end of support; by default the time until the date.
    order : list of str
        Rankings from which the search starts: degree, periphery, betweenness, amenable, resistant, flips,
        cascade, chance; by default all.
    rule : str
        The revision rule; by default fermi, or best-response without a game.
    beta : float
        The intensity of selection; by default 1.
    mu : float
        The probability of exploration in a revision; by default 0.
    payoffs : str
        accumulated over partners (the default with a game) or averaged.
    interaction : list of str
        KIND of links for interaction; by default all.
    imitation : list of str
        KIND of links for imitation.
    information : list of str
        KIND of links along which the idea spreads, with --awareness.
    awareness : str
        How enterprises become aware, which is necessary for adoption (as for `separatrix network`);
        supported enterprises and those with yes in a column aware are aware from the start.
    probability : float
        With --awareness, the probability of each link of an independent cascade.
    hearing : float
        With --awareness, awareness rounds per unit of time.
    replicas : int
        Number of runs of each set in the search.
    fresh : int
        Number of runs of the final set, on independent random numbers.
    sets : int
        Number of sets to try; by default about a minute's work.
    """
    from separatrix.game.populations import translate
    from separatrix.languages import language_of
    from separatrix.policy.leaders import leaders as leaders_of

    chosen = choose(format, out, get_args(Format))
    printed, words = printed_as(width, dpi), language_of(lang)
    guard_source(out, model)
    guard_source(out, links, enterprises, what="a table of the network")
    if awareness is None:
        for name, value in (("information", information), ("probability", probability), ("hearing", hearing)):
            if value is not None:
                raise InputError(
                    "U901", f"--{name} needs --awareness", hint="as in --awareness weighted-cascade"
                )
    told: dict[str, Any] = {}
    members: Enterprises | None
    if model is None:
        own = _of_cluster(links, enterprises, cluster)
        game, members, graph = translate(own.game, lang), own.members, own.links
        told |= {"unit": own.unit, "cautions": own.cautions}
        rule, payoffs, cost = rule or CLUSTER_RULE, payoffs or "averaged", cost or INCENTIVE
    else:
        members, graph = network_in(links, enterprises, cluster, undirected)
        game = game_of(model, lang, set_)
    own_costs = INCENTIVE if cost == INCENTIVE and (members is None or cost not in members.numbers) else None
    told |= {
        "rule": rule,
        "beta": beta,
        "mu": mu,
        "earning": payoffs,
        "interaction": interaction,
        "imitation": imitation,
        "information": information,
        "awareness": awareness,
        "probability": probability,
        "hearing": hearing,
        "scenario": scenario,
    }
    with progress_of("sets of leaders") as advance:
        found = leaders_of(
            game,
            graph,
            members,
            share=share,
            by=by,
            chance=chance,
            costs=own_costs or _costs(numbers_of(graph, members, cost, "--cost")),
            upkeep=numbers_of(graph, members, upkeep, "--upkeep"),
            budget=budget,
            support=support,
            after=after,
            orders=order,
            replicas=replicas,
            fresh=fresh,
            sets=sets,
            seed=seed,
            advance=advance,
            start=start_in(game, from_),
            values=assignments(set_),
            **{name: value for name, value in told.items() if value is not None},
        )
    if chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen == "csv":
        from separatrix.reports.pareto import leaders_csv

        emit_csv(leaders_csv(found), out, words)
    elif chosen in PICTURES:
        from separatrix.figures.programmes import leaders_picture

        emit_picture(leaders_picture(found, words), chosen, out, printed)
    else:
        from separatrix.reports.pareto import leaders_document

        emit_document(leaders_document(found, words), chosen, out)
    return 0 if found.status in ("reached", "none needed") else 1


def _costs(column: list[float] | None) -> list[float] | None:
    """Return costs of a table, in which an empty cell is one that cannot be won."""
    return None if column is None else [math.inf if math.isnan(cost) else cost for cost in column]


CLUSTER_RULE: Rule = "best-response"
INCENTIVE: Literal["incentive"] = "incentive"


def _of_cluster(links: Path | None, enterprises: Path | None, cluster: str | None) -> NetworkGame:
    """Return the calibrated game of a cluster on its own network, with further columns."""
    if cluster is None:
        raise InputError(
            "U901",
            "neither a game nor a cluster is given",
            hint="as in `separatrix leaders GAME --links FILE`, or `separatrix leaders --cluster FOLDER`",
        )
    if links is not None:
        raise InputError("U901", "--links and --cluster both give the links", hint="give one of them")
    from separatrix.population.networks.enterprises import read_enterprises

    kind = reader_of(cluster, "network_game")
    found: NetworkGame = kind.call("network_game", kind.call("load", cluster))
    if enterprises is None:
        return found
    return replace(found, members=found.members.with_columns(read_enterprises(enterprises)))
