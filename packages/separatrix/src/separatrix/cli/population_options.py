"""Options that the verbs of finite populations share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from separatrix.cli.options import Flag, named_values
from separatrix.cli.output import clusters
from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.plugins import SourceKind, source_kind_with

if TYPE_CHECKING:
    from separatrix.population.networks.enterprises import Enterprises
    from separatrix.population.networks.link_graph import LinkGraph

__all__ = [
    "Beta",
    "Cluster",
    "Explorers",
    "Fitness",
    "ProcessName",
    "SelfMeeting",
    "Size",
    "exploration_in",
    "network_in",
    "numbers_of",
    "reader_of",
    "sizes_in",
]

USUAL_SIZE = 100
"""Default population size."""

Size = Annotated[
    list[str] | None,
    Parameter(
        name=["--size", "-z"],
        negative="",
        help="NUMBER or POPULATION=NUMBER: the size of each population; by default 100.",
    ),
]
Cluster = Annotated[str | None, Parameter(completer=clusters)]
Beta = Annotated[
    str,
    Parameter(
        help="The intensity of selection: 0 is neutral; inf is strong selection and requires --mu 0 in "
        "`stationary`."
    ),
]
ProcessName = Annotated[
    str,
    Parameter(
        help="The update rule: fermi (pairwise comparison), birth-death, death-birth (Moran) or imitation."
    ),
]
Fitness = Annotated[
    str,
    Parameter(
        help="The fitness function: exponential, exp(beta * payoff), or linear, 1 + beta * "
        "payoff; not used by fermi."
    ),
]
Explorers = Annotated[
    list[str] | None,
    Parameter(
        negative="",
        help="STRATEGY=WEIGHT or POPULATION:STRATEGY=WEIGHT: the mutation distribution; by default uniform.",
    ),
]
SelfMeeting = Annotated[
    Flag,
    Parameter(help="Include self-interaction: draw opponents and role models with replacement."),
]


def sizes_in(game: Game, given: Sequence[str] | None) -> Any:
    """Return what --size says: one number for all, or one for each population.

    Raises
    ------
    InputError
        U901 for several numbers without names.

    Examples
    --------
    >>> from separatrix import load
    >>> sizes_in(load("shi-chen-2018"), ["40"]), sizes_in(load("shi-chen-2018"), None)
    ('40', 100)
    """
    if not given:
        return USUAL_SIZE
    if any("=" in part for part in given):
        return named_values(given, "--size", f"'{game.populations[0].name}=40'", "population")
    if len(given) > 1:
        raise InputError(
            "U901",
            f"--size is given {len(given)} times",
            hint="give one number for all populations, or name them: "
            + " ".join(f"--size '{p.name}=40'" for p in game.populations),
        )
    return given[0]


def exploration_in(game: Game, given: Sequence[str] | None) -> Mapping[str, Any] | None:
    """Return what --exploration says: weights by strategy, in several populations by these first."""
    if not given:
        return None
    weights = named_values(given, "--exploration", "cooperate=2", "strategy")
    if len(game.populations) == 1:
        return weights
    result: dict[str, dict[str, str]] = {}
    for name, weight in weights.items():
        population, colon, strategy = name.rpartition(":")
        if not colon:
            raise InputError(
                "U901",
                f"--exploration {name}={weight}: the population is missing",
                hint=f"as in --exploration '{game.populations[0].name}:{name}={weight}'",
            )
        result.setdefault(population.strip(), {})[strategy.strip()] = weight
    return result


def network_in(
    links: Path | None, enterprises: Path | None, cluster: str | None, undirected: bool
) -> tuple[Enterprises | None, LinkGraph]:
    """Return the enterprises, if a table is given, and the links of --links or --cluster.

    Raises
    ------
    InputError
        U901 if neither option or both options give the links; errors of a file, with the line.
    """
    from separatrix.population.networks.enterprises import read_enterprises
    from separatrix.population.networks.link_files import read_links

    members = None if enterprises is None else read_enterprises(enterprises)
    if cluster is None:
        if links is None:
            raise InputError(
                "U901", "no network is given", hint="give --links FILE, or --cluster with a cluster's folder"
            )
        names = None if members is None else members.names
        return members, read_links(links, names, undirected=undirected or None)
    if links is not None:
        raise InputError("U901", "--links and --cluster both give the links", hint="give one of them")
    kind = reader_of(cluster, "network")
    own, graph = kind.call("network", kind.call("load", cluster))
    return (own if members is None else own.with_columns(members)), graph


def reader_of(cluster: str, field_name: str) -> SourceKind:
    """Return the kind of sources that reads --cluster and has a function.

    Raises
    ------
    InputError
        U905 where no plug-in that is installed reads clusters.
    """
    kind = source_kind_with(field_name, cluster)
    if kind is None:
        raise InputError("U905", "this needs a plug-in that reads clusters, and none is installed")
    return kind


def numbers_of(
    graph: LinkGraph, members: Enterprises | None, column: str | None, flag: str
) -> list[float] | None:
    """Return a column of the enterprises in the order of the network.

    Raises
    ------
    InputError
        U901 for a column that is not there, or that holds no numbers.
    """
    if column is None:
        return None
    if members is None:
        raise InputError(
            "U901", f"{flag} {column} without --enterprises", hint="give the table that holds it"
        )
    if column not in members.numbers:
        known = ", ".join(members.numbers) or "none"
        raise InputError("U901", f"{flag} {column}: no column of numbers; there are: {known}")
    own = dict(zip(members.names, members.numbers[column].tolist(), strict=True))
    return [own[name] for name in graph.names]
