"""How the gain of exchanges can be shared, in a document: three ways, if they last, who would be missed.

The network of exchanges in a document: if it is symbiosis, and what is left where an enterprise leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Paragraph,
    Table,
    Words,
    document_in,
    line,
)
from separatrix.languages import Language
from separatrix_cluster.benefit_sharing.core import CoreTest
from separatrix_cluster.benefit_sharing.shapley import CONFIDENCE
from separatrix_cluster.benefit_sharing.shared_exchanges import Exit, SharedExchanges, SharingGroup
from separatrix_cluster.documents.data_check import (
    closing_blocks,
    network_words,
    remarks_blocks,
    synthetic_note,
)
from separatrix_cluster.documents.symbiosis import money_words
from separatrix_cluster.documents.vocabulary import amount, share
from separatrix_cluster.symbiosis.network import AssessedNetwork
from separatrix_cluster.tables.panel import Cluster

__all__ = [
    "METHODS",
    "SHARED_EXCHANGES_METHODS",
    "network_blocks",
    "network_data",
    "network_document",
    "sharing_blocks",
    "sharing_left_out",
]

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


SHARED_EXCHANGES_METHODS = (
    "Shapley (1953)",
    "Gillies (1959)",
    "Schmeidler (1969)",
    "Kohlberg (1971)",
    "Bachrach et al. (2009)",
)

MOST_EXITS = 8
"""The most enterprises shown in a document; JSON has all."""

SHARED_EXCHANGES_MOST_NAMED = 4
"""So many enterprises of a coalition are named."""


def sharing_left_out(cluster: Cluster, anchor: Exit | None, words: Language) -> Block:
    """Return how shares that were not computed can be obtained, and the loss without the anchor."""
    between = words.separators[" "]
    told = [line(Words(words.CL_SHARE_HOW, "strong"), between, words.CL_SHARE_NOT)]
    if anchor is not None and anchor.idle is not None:
        lost = words.CL_EXIT_ANCHOR.format(
            name=cluster.name_of(anchor.enterprise),
            lost=money_words(cluster, float(anchor.lost), words),
            idle=money_words(cluster, float(anchor.idle), words),
        )
        told.append(line(Words(words.CL_EXIT_HEAD, "strong"), between, lost))
    return Bullets(tuple(told))


def sharing_blocks(cluster: Cluster, found: SharedExchanges, words: Language) -> Iterator[Block]:
    """Yield whether a way to share lasts, a table of three ways, and what is lost where one leaves."""
    if not found.groups:
        return
    told = list(_stability_sentences(cluster, found, words))
    between = words.separators[" "]
    yield Bullets((line(Words(words.CL_SHARE_HOW, "strong"), between, between.join(told)),))
    yield _shares(cluster, found, words)
    yield _exits(cluster, found, words)


def _stability_sentences(cluster: Cluster, found: SharedExchanges, words: Language) -> Iterator[str]:
    if found.constrained:
        yield words.CL_SHARE_UNCONSTRAINED
    known = [group for group in found.groups if group.core is not None]
    if known and all(group.stable for group in known):
        yield words.CL_SHARE_STABLE
    for group in found.groups:
        if group.parts_stable:
            yield words.CL_SHARE_STABLE_PARTS.format(names=_names(cluster, group.players, words))
    for group in known:
        if not group.stable and group.support is not None:
            yield words.CL_SHARE_UNSTABLE.format(
                names=_names(cluster, group.players, words),
                money=money_words(cluster, float(group.support.support), words),
            )
    planned = [(g, g.plan_test) for g in known if g.plan_test is not None]
    yield from _objections(cluster, planned, words.CL_SHARE_PLAN_LASTS, words.CL_SHARE_PLAN_LEAVE, words)
    by_value = [(g, g.shapley_test) for g in known if g.shapley_test is not None]
    yield from _objections(
        cluster, by_value, words.CL_SHARE_SHAPLEY_LASTS, words.CL_SHARE_SHAPLEY_LEAVE, words
    )
    drawn = [group for group in found.groups if group.sampled is not None]
    if drawn:
        yield words.CL_SHARE_SAMPLED.format(
            orders=max(g.sampled.orders for g in drawn if g.sampled), confidence=share(CONFIDENCE)
        )
    if any(group.stable is None for group in found.groups):
        yield words.CL_SHARE_TOO_MANY


def _objections(
    cluster: Cluster,
    tests: list[tuple[SharingGroup, CoreTest]],
    lasts: str,
    leave: str,
    words: Language,
) -> Iterator[str]:
    """Yield which enterprises would leave under a sharing rule, or that none would."""
    objecting = [(g, t) for g, t in tests if g.objects(t)]
    if tests and not objecting:
        yield lasts
    for _, test in objecting:
        yield leave.format(
            names=_names(cluster, test.objection, words),
            money=money_words(cluster, float(test.excess), words),
        )


def _names(cluster: Cluster, names: tuple[str, ...], words: Language) -> str:
    shown = [cluster.name_of(name) for name in names[:SHARED_EXCHANGES_MOST_NAMED]]
    if len(names) > SHARED_EXCHANGES_MOST_NAMED:
        shown.append(words.CL_NET_MORE.format(count=len(names) - SHARED_EXCHANGES_MOST_NAMED))
    return words.listed(shown)


def _shares(cluster: Cluster, found: SharedExchanges, words: Language) -> Table:
    factor = cluster.description.money_factor
    planned = found.planned
    rows = []
    for group in found.groups:
        least = None if group.nucleolus is None else group.nucleolus.allocation
        order = sorted(range(len(group.players)), key=lambda k, of=group: -of.shapley[k])  # type: ignore[misc]
        for k in order:
            cells = [line(cluster.name_of(group.players[k]))]
            if planned is not None:
                cells.append(line(amount(float(planned.get(group.players[k], 0)) / factor)))
            cells.append(line(amount(float(group.shapley[k]) / factor)))
            if found.sampled:
                ends = (
                    (None, None) if group.sampled is None else (group.sampled.low[k], group.sampled.high[k])
                )
                cells += [line(amount(None if end is None else end / factor)) for end in ends]
            cells.append(line(amount(None if least is None else float(least[k]) / factor)))
            rows.append(tuple(cells))
    columns = (
        Column(words.CL_ENTERPRISE, wide=True),
        *(() if planned is None else (Column(words.CL_SHARE_PLAN, "right"),)),
        Column(words.CL_SHARE_SHAPLEY, "right"),
        *(
            (Column(words.CL_SHARE_FROM, "right"), Column(words.CL_SHARE_TO, "right"))
            if found.sampled
            else ()
        ),
        Column(words.CL_SHARE_NUCLEOLUS, "right"),
    )
    told, title = (
        (words.CL_SHARE_CAPTION_FREE, words.CL_SHARE_TABLE_FREE)
        if planned is None
        else (words.CL_SHARE_CAPTION, words.CL_SHARE_TABLE)
    )
    caption = told.format(money=words.unit(cluster.description.money_unit))
    return Table(columns, tuple(rows), caption, row_heads=True, title=title)


def _exits(cluster: Cluster, found: SharedExchanges, words: Language) -> Table:
    factor = cluster.description.money_factor
    total = float(found.total)
    shown = found.exits[:MOST_EXITS]
    rows = tuple(
        (
            line(cluster.name_of(one.enterprise)),
            line(amount(float(one.lost) / factor)),
            line(share(float(one.lost) / total)),
            *(() if one.idle is None else (line(amount(float(one.idle) / factor)),)),
        )
        for one in shown
    )
    columns = (
        Column(words.CL_ENTERPRISE, wide=True),
        Column(words.CL_EXIT_LOST, "right"),
        Column(words.CL_EXIT_SHARE, "right"),
        *(() if found.constrained else (Column(words.CL_EXIT_IDLE, "right"),)),
    )
    told = words.CL_EXIT_CAPTION_FREE if found.constrained else words.CL_EXIT_CAPTION
    caption = told.format(
        money=words.unit(cluster.description.money_unit), shown=len(shown), count=len(found.exits)
    )
    return Table(columns, rows, caption, row_heads=True, title=words.CL_EXIT_TABLE)
