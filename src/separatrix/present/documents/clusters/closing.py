"""The end of every document on a cluster: where the data come from, their licence, and the fingerprint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from separatrix.cluster.tables.cluster import Cluster
from separatrix.present.document import Block, Bullets, Heading, Paragraph, line
from separatrix.present.languages import Language
from separatrix.run.provenance import provenance

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
