"""``separatrix fixation --links``: whether mutants take over a graph of enterprises, exactly."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from separatrix.cli.output import emit_csv, emit_document, emit_json
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.game.model import Game
    from separatrix.languages import Language

__all__ = ["Interaction", "Links", "Starts", "tell_fixation_on_graph"]

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
    from separatrix.reports.graph_fixation import graph_fixation_csv, graph_fixation_document

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
