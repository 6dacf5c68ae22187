"""The network of exchanges in a document: if it is symbiosis, and what is left where an enterprise leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from separatrix.document.document import Block, Bullets, Column, Document, Paragraph, Table, Words, line
from separatrix.document.parts import document_in
from separatrix.languages import Language
from separatrix_cluster.documents.check import remarks_blocks, synthetic_note
from separatrix_cluster.documents.closing import closing_blocks
from separatrix_cluster.documents.frame import network_words
from separatrix_cluster.documents.words import amount, share
from separatrix_cluster.symbiosis.fragility import AssessedNetwork
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["METHODS", "network_blocks", "network_data", "network_document"]

METHODS = ("Chertow (2007)", "Chopra & Khanna (2014)", "Hardy & Graedel (2002)", "Fath & Halnes (2007)")

MOST_DEPARTURES = 8
"""The most enterprises shown in a document; JSON has all."""

MOST_NAMED = 6
"""So many partners are named in a cell."""

Networks = tuple[AssessedNetwork | None, AssessedNetwork | None]


def network_data(networks: Networks) -> dict[str, Any]:
    """Return the keys `network` and `fragility` of an answer: of today, and with what is planned."""
    named: Mapping[str, AssessedNetwork | None] = dict(zip(("today", "planned"), networks, strict=True))
    return {
        "network": {when: None if one is None else one.to_dict() for when, one in named.items()},
        "fragility": {when: None if one is None else one.fragility.to_dict() for when, one in named.items()},
    }


def network_document(cluster: Cluster, networks: Networks, words: Language) -> Document:
    """Return the text on exchanges for a cluster without streams."""
    return document_in(
        words,
        words.CL_SYM_TITLE.format(name=cluster.name),
        cluster.description.place,
        _network_without_exchanges(cluster, networks, words),
    )


def _network_without_exchanges(cluster: Cluster, networks: Networks, words: Language) -> Iterator[Block]:
    yield from synthetic_note(cluster, words)
    yield Paragraph(line(words.CL_NET_NO_STREAMS), lead=True)
    yield from network_blocks(cluster, networks, words)
    yield from remarks_blocks(cluster.remarks, words)
    yield from closing_blocks(cluster, words, METHODS)


def network_blocks(cluster: Cluster, networks: Networks, words: Language) -> Iterator[Block]:
    """Yield what is said of the exchanges of today, and of these with those that are planned."""
    between = words.separators[" "]
    heads = (words.CL_NET_TODAY, words.CL_NET_PLANNED)
    told = [
        line(Words(head, "strong"), between, between.join(_network_sentences(cluster, one, words)))
        for head, one in zip(heads, networks, strict=True)
        if one is not None
    ]
    if told:
        yield Bullets(tuple(told))
    shown = networks[1] or networks[0]
    if shown is not None and len(shown.network.links) > 1:
        yield _departures(cluster, shown, planned=networks[1] is not None, words=words)


def _network_sentences(cluster: Cluster, found: AssessedNetwork, words: Language) -> Iterator[str]:
    yield network_words(found.measures, cluster, words)
    measures = (found.measures.connectance, found.measures.density, found.measures.reciprocity)
    connectance, density, reciprocity = (amount(one) for one in measures)
    yield words.CL_NET_MEASURES.format(connectance=connectance, density=density, reciprocity=reciprocity)
    test = found.three_two
    if test.holds:
        yield words.CL_NET_SYMBIOSIS.format(entities=len(test.entities), resources=len(test.resources))
    else:
        yield words.CL_NET_NO_SYMBIOSIS
    if test.recyclers:
        named = _listed_names(cluster, test.recyclers, words)
        yield (words.CL_NET_BY_NAME if test.by_name else words.CL_NET_RECYCLERS).format(names=named)
    anchor = found.fragility.anchor
    if anchor is None:
        alike = found.fragility.alike
        yield words.CL_NET_NO_ANCHOR.format(count=len(alike), left=share(alike[0].links_left))
    elif len(found.network.links) > 1:
        told = words.CL_NET_ANCHOR_STRANDS if anchor.stranded else words.CL_NET_ANCHOR
        yield told.format(
            name=cluster.name_of(anchor.node),
            left=share(anchor.links_left),
            count=len(anchor.stranded),
            names=_listed_names(cluster, anchor.stranded, words),
        )


def _listed_names(cluster: Cluster, names: tuple[str, ...], words: Language) -> str:
    shown = [cluster.name_of(name) for name in names[:MOST_NAMED]]
    if len(names) > MOST_NAMED:
        shown.append(words.CL_NET_MORE.format(count=len(names) - MOST_NAMED))
    return words.listed(shown)


def _departures(cluster: Cluster, found: AssessedNetwork, *, planned: bool, words: Language) -> Table:
    sized = found.network.sized
    rows = []
    for one in found.fragility.departures[:MOST_DEPARTURES]:
        cells = [
            line(cluster.name_of(one.node)),
            line(share(one.links_left)),
            *([line(share(one.flow_left))] if sized else []),
            line(_listed_names(cluster, one.stranded, words) if one.stranded else "–"),
            line(share(one.links_left_at_worst)),
        ]
        rows.append(tuple(cells))
    columns = (
        Column(words.CL_ENTERPRISE, wide=True),
        Column(words.CL_NET_LEFT, "right"),
        *([Column(words.CL_NET_FLOW, "right")] if sized else []),
        Column(words.CL_NET_STRANDED, wide=True),
        Column(words.CL_NET_WORST, "right"),
    )
    caption = words.CL_NET_CAPTION_PLANNED if planned else words.CL_NET_CAPTION
    return Table(
        columns,
        tuple(rows),
        caption.format(shown=len(rows), count=len(found.network.nodes)),
        row_heads=True,
        title=words.CL_NET_TABLE,
    )
