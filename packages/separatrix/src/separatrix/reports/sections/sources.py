"""Where a report comes from: program, model, command, and the literature of its methods."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING

from separatrix.document.document import (
    Block,
    Bullets,
    Column,
    Heading,
    Paragraph,
    Table,
    Verbatim,
    Words,
    line,
)
from separatrix.languages import Language
from separatrix.reports.study import Study
from separatrix.run.results import provenance

if TYPE_CHECKING:
    from separatrix.reports.citations import Reference

__all__ = ["bibtex_section", "references", "sources_section"]


def sources_section(study: Study, words: Language, command: str) -> Iterator[Block]:
    """Yield the provenance and the references."""
    yield Heading(words.PROVENANCE)
    made = provenance(study.game)
    rows = [
        (line(words.PROGRAM), line(f"{made['program']} {made['version']}")),
        (line(words.MODEL_FILE), line(Words(PurePath(study.game.origin).name, "code"))),
        (line(words.FINGERPRINT), line(Words(made["model"], "code"))),
    ]
    if command:
        rows.append((line(words.COMMAND), line(Words(command, "code"))))
    yield Table((Column(""), Column("", wide=True)), tuple(rows), row_heads=True)
    yield from references(study, words)


def bibtex_section(study: Study) -> Iterator[Block]:
    """Yield the BibTeX of the references, to copy."""
    from separatrix.reports.citations import bibtex

    yield Heading("BibTeX", 2)
    yield Verbatim(bibtex(_works(study)))


def references(study: Study, words: Language) -> Iterator[Block]:
    from separatrix.reports.citations import text, used_for

    yield Heading(words.REFERENCES, small=True)
    yield Paragraph(line(words.REFERENCES_LEAD))
    items = tuple(
        line(text(work), words.BECAUSE.format(reason=words.tell(used_for(work)))) for work in _works(study)
    )
    yield Bullets(items, numbered=True)


def _works(study: Study) -> tuple[Reference, ...]:
    """Return what all analyses of a study lean on, each once, as bibliographies sort."""
    from separatrix.reports.citations import cited, text

    works = {work.key: work for a in study.analyses for work in cited(a, study.findings)}
    return tuple(sorted(works.values(), key=text))
