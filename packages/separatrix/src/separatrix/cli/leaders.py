"""``separatrix leaders``: whom to win first for a share by a date at least cost, and whether it lasts."""

from __future__ import annotations

import math
from dataclasses import replace
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
from separatrix.cli.population_options import Cluster, network_in, numbers_of, reader_of
from separatrix.errors import InputError
from separatrix.run.progress import progress_of

if TYPE_CHECKING:
    from separatrix.policy.network_game import NetworkGame
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
            help="A game, as other verbs take it. Without one, the game that `separatrix calibrate` makes of "
            "--cluster, with the numbers of each enterprise.",
            completer=completers.games,
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
    """Choose the enterprises to recruit so that a share acts by a date at least cost, and whether it lasts.

    Leaders play the first strategy of the game while they are supported, and revise like all others
    afterwards. Sets of them are simulated, the cheapest that reaches the share is measured on fresh random
    numbers, and so is what remains of it when the support ends. The exit code is 1 if no leaders are known
    that surely reach it for the budget.

    Parameters
    ----------
    links : Path
        A table with columns from, to and, if need be, weight and kind; or .graphml. A link from A to B means
        that B learns from A.
    enterprises : Path
        A table of the enterprises, as `separatrix network` takes it: costs, parameters of the game.
    cluster : str
        A cluster's folder, or the name of a shipped one, whose enterprises and links make the network;
        --enterprises then adds columns to its own.
    undirected : bool
        Each link leads both ways.
    share : float
        Which share of all enterprises, leaders counted, is to play the first strategy.
    by : float
        By when; a unit of time is one revision an enterprise.
    chance : float
        With which chance.
    cost : str
        COLUMN of the enterprises: what it costs to win each; one with an empty cell cannot be won. Or
        incentive: what each loses by acting in the beginning, as by default without a game. By default with
        a game each counts 1.
    upkeep : str
        COLUMN of the enterprises: what each costs a unit of time while it is supported.
    budget : float
        What all may cost together.
    support : float
        When the support ends; by default at the date.
    after : float
        How long the runs go on after the date and the support; by default as long as until the date.
    order : list of str
        Orders to begin with: degree, periphery, betweenness, amenable, resistant, flips, cascade, chance; by
        default all. Exchanges go on from there.
    rule : str
        How enterprises revise, fermi by default; without a game best-response.
    beta : float
        The intensity of selection, 1 by default.
    mu : float
        The probability with which a revision explores, 0 by default.
    payoffs : str
        Whether payoffs are accumulated over partners, as by default, or averaged, as without a game.
    interaction : list of str
        KIND: along these kinds of links enterprises play; by default along all.
    imitation : list of str
        KIND: along these kinds they copy.
    information : list of str
        KIND: with --awareness, along these kinds the idea spreads.
    awareness : str
        How the idea reaches enterprises, before which none can adopt it, as in `separatrix network`; who is
        won knows, and so do those with yes in a column aware.
    probability : float
        With --awareness, of every link of an independent cascade.
    hearing : float
        With --awareness, rounds of hearing in a unit of time.
    replicas : int
        Runs of each set in the search.
    fresh : int
        Runs of the answer on random numbers on which nothing was chosen.
    sets : int
        How many sets are tried; by default what takes about a minute.
    """
    from separatrix.game.translation import translate
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
        from separatrix.reports.leaders import leaders_csv

        emit_csv(leaders_csv(found), out, words)
    elif chosen in PICTURES:
        from separatrix.figures.leaders import leaders_picture

        emit_picture(leaders_picture(found, words), chosen, out, printed)
    else:
        from separatrix.reports.leaders import leaders_document

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
