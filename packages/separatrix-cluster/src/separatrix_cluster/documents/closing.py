"""The end of every document on a cluster: where the data come from, their licence, and the fingerprint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from separatrix.document.document import Block, Bullets, Heading, Paragraph, line
from separatrix.languages import Language
from separatrix.run.results import provenance
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["closing_blocks"]


def closing_blocks(cluster: Cluster, words: Language, methods: Iterable[str] = ()) -> Iterator[Block]:
    """Yield sources, licence, the publications of the methods, and provenance."""
    description = cluster.description
    if description.sources:
        yield Heading(words.CL_SOURCES)
        yield Bullets(tuple(line(words.source(source)) for source in description.sources))
        if description.licence:
            yield Paragraph(line(words.CL_LICENCE.format(licence=description.licence)))
    told = [words.tell(method) for method in dict.fromkeys(methods) if method]
    if told:
        yield Paragraph(line(words.CL_METHODS.format(methods=words.separators["; "].join(told))))
    origin = provenance(cluster)
    yield Paragraph(line(words.CL_PROVENANCE.format(version=origin["version"], model=origin["model"])))
