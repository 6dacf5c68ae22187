"""How things spread in a cluster: acting, in its calibrated game, and an idea, along its links.

How things spread in a cluster as a page plays it: places, states of one run in time, bands of all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.document.tree import Block, Bullets, Document, Heading, Paragraph, document_in, line
from separatrix.errors import InputError
from separatrix.figures.networks import layout
from separatrix.game.populations import translate
from separatrix.languages import Language
from separatrix.population.awareness import Awareness, awareness
from separatrix.population.networks.link_graph import LinkGraph
from separatrix.population.networks.network import NetworkEnsemble, network
from separatrix.population.opim import CertifiedSeeds, certified_seeds
from separatrix.reports.networks import network_document, seeds_document
from separatrix.sentences import Sentence
from separatrix.studio.page_json import document_json
from separatrix_cluster.calibration.calibrate import calibrate
from separatrix_cluster.calibration.calibration import Calibration
from separatrix_cluster.calibration.network_game import CLUSTER_RULES, cluster_game
from separatrix_cluster.documents.calibration import translated_game
from separatrix_cluster.documents.data_check import closing_blocks, synthetic_note
from separatrix_cluster.frame.frame import enterprise_network
from separatrix_cluster.studio.cluster_json import Part, in_each_language
from separatrix_cluster.tables.panel import Cluster

__all__ = ["ActingSpread", "ClusterDiffusion", "cluster_diffusion", "diffusion_json"]

SEEDS = 3
"""The number of enterprises to inform first, as in a brief."""

ROUNDS, REPLICAS, FRAMES = 20, 200, 61
"""Decisions of each enterprise, runs, and states of the first run that are kept."""

RUNS = 1000
"""Of an idea."""


@dataclass(frozen=True)
class ActingSpread:
    """How acting spreads in the calibrated game, with what a reader must know of it before using it."""

    runs: NetworkEnsemble
    calibration: Calibration
    cautions: tuple[Sentence, ...]


@dataclass(frozen=True)
class ClusterDiffusion:
    """How things spread in a cluster.

    Attributes
    ----------
    cluster : Cluster
    links : LinkGraph
    seeds : CertifiedSeeds
        The enterprises to inform first of an idea.
    idea : Awareness
        When each enterprise hears of it, from these.
    acting : ActingSpread or None
        None where the tables do not give a game.
    refused : InputError or None
        Why they do not.
    """

    cluster: Cluster
    links: LinkGraph
    seeds: CertifiedSeeds
    idea: Awareness
    acting: ActingSpread | None
    refused: InputError | None


def cluster_diffusion(cluster: Cluster, *, seed: int = 0) -> ClusterDiffusion:
    """Return how an idea gets about in a cluster and, where its tables make a game, how acting spreads.

    Raises
    ------
    InputError
        N121 for a cluster without links.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> found = cluster_diffusion(load_cluster("kalundborg"))
    >>> len(found.seeds.names), found.idea.times.shape, found.acting is None
    (3, (1000, 20), True)
    """
    _, links = enterprise_network(cluster)
    seeds = certified_seeds(links, min(SEEDS, links.size), seed=seed)
    idea = awareness(links, seeds.names, runs=RUNS, seed=seed)
    try:
        acting = _acting(cluster, seed)
    except InputError as problem:
        return ClusterDiffusion(cluster, links, seeds, idea, None, problem)
    return ClusterDiffusion(cluster, links, seeds, idea, acting, None)


def _acting(cluster: Cluster, seed: int) -> ActingSpread:
    own, calibration = cluster_game(cluster), calibrate(cluster)
    rules: dict[str, Any] = dict(CLUSTER_RULES)
    runs = network(
        own.game,
        own.links,
        own.members,
        until=ROUNDS,
        replicas=REPLICAS,
        frames=FRAMES,
        points=10 * ROUNDS,
        seed=seed,
        **rules,
    )
    return ActingSpread(runs, calibration, own.cautions)


def diffusion_json(found: ClusterDiffusion) -> Part:
    """Return the network of a cluster, and what spreads on it, to be played in time.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> from separatrix_cluster.studio.diffusion import cluster_diffusion
    >>> part = diffusion_json(cluster_diffusion(load_cluster("kalundborg")))
    >>> len(part["nodes"]), part["idea"]["runs"], part["acting"]
    (20, 1000, None)
    """
    links, cluster = found.links, found.cluster
    places = layout(links)

    def diffusion_page(words: Language) -> dict[str, Any]:
        acting = None if found.acting is None else _in(found.acting, cluster, words)
        return {
            "document": document_json(_document(found, acting, words)),
            "types": [] if acting is None else list(acting.model.types),
        }

    return {
        "nodes": [
            {
                "id": name,
                "name": cluster.name_of(name),
                "x": round(float(places[k, 0]), 4),
                "y": round(float(places[k, 1]), 4),
            }
            for k, name in enumerate(links.names)
        ],
        "links": sorted({(int(a), int(b)) for a, b in zip(links.source, links.target, strict=True)}),
        "idea": _idea(found),
        "acting": None if found.acting is None else _diffusion_json_acting(found.acting.runs, links.names),
        "told": in_each_language(diffusion_page),
    }


def _idea(found: ClusterDiffusion) -> dict[str, Any]:
    times = found.idea.times
    heard = times[np.isfinite(times)]
    at = np.arange(0, float(heard.max(initial=0.0)) + 2)
    middle, low, high = (curve / found.links.size for curve in found.idea.curve(at))
    return {
        "runs": len(times),
        "first": [float(t) if math.isfinite(t) else None for t in times[0]],
        "chance": _shares(found.idea.chance),
        "seeds": [found.links.names.index(name) for name in found.seeds.names],
        "times": at.tolist(),
        "mean": _shares(middle),
        "low": _shares(low),
        "high": _shares(high),
    }


def _diffusion_json_acting(runs: NetworkEnsemble, names: tuple[str, ...]) -> dict[str, Any]:
    low, quarter, middle, three, high = runs.quantiles()
    where = [runs.model.members.names.index(name) for name in names]
    return {
        "runs": runs.replicas,
        "times": [round(float(t), 6) for t in runs.times],
        "mean": _shares(runs.mean()[0]),
        "median": _shares(middle),
        "low": _shares(low),
        "quarter": _shares(quarter),
        "three_quarters": _shares(three),
        "high": _shares(high),
        "first": _shares(runs.shares()[0]),
        "acts": list(runs.model.idea),
        "frames": [
            {"time": round(float(runs.times[mark]), 6), "types": types[where].tolist()}
            for mark, types in zip(runs.frame_marks, runs.adoptions.frames, strict=True)
        ],
        "share_in_the_end": _shares(runs.adoptions.final[where] / runs.replicas),
    }


def _shares(values: NDArray[np.floating[Any]]) -> list[float]:
    return [round(float(v), 4) for v in values]


def _in(acting: ActingSpread, cluster: Cluster, words: Language) -> NetworkEnsemble:
    """Return the runs with the words of a language in their game, and enterprises by their full names."""
    game, model = translate(translated_game(acting.calibration), words.code), acting.runs.model
    members = replace(model.members, names=tuple(map(cluster.name_of, model.members.names)))
    return replace(acting.runs, model=replace(model, game=game, members=members))


def _document(found: ClusterDiffusion, acting: NetworkEnsemble | None, words: Language) -> Document:
    return document_in(
        words, found.cluster.name, found.cluster.description.place, _blocks(found, acting, words)
    )


def _blocks(found: ClusterDiffusion, acting: NetworkEnsemble | None, words: Language) -> Iterator[Block]:
    yield from synthetic_note(found.cluster, words)
    if acting is not None and found.acting is not None:
        spread = network_document(acting, words)
        yield from spread.blocks[:1]
        yield Bullets(tuple(line(words.capital(words.tell(c))) for c in found.acting.cautions))
        yield Heading(spread.title)
        yield Paragraph(line(spread.subtitle))
        yield from spread.blocks[1:]
    seeds = replace(found.seeds, names=tuple(map(found.cluster.name_of, found.seeds.names)))
    told = seeds_document(seeds, words)
    if acting is not None:
        yield Heading(told.title)
    yield from told.blocks
    yield from closing_blocks(found.cluster, words)
