"""Where a report comes from: program, model, command, and the literature of its methods."""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.present.document import (
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
from separatrix.present.languages import Language
from separatrix.present.study import Study
from separatrix.run.provenance import provenance

__all__ = ["sources_section"]


def sources_section(study: Study, words: Language, command: str) -> Iterator[Block]:
    """Yield the provenance, the references, and their BibTeX."""
    yield Heading(words.PROVENANCE)
    made = provenance(study.game)
    rows = [
        (line(words.PROGRAM), line(f"{made['program']} {made['version']}")),
        (line(words.MODEL_FILE), line(Words(study.game.origin, "code"))),
        (line(words.FINGERPRINT), line(Words(made["model"], "code"))),
    ]
    if command:
        rows.append((line(words.COMMAND), line(Words(command, "code"))))
    yield Table((Column(""), Column("", wide=True)), tuple(rows), row_heads=True)
    yield from _references(study, words)


def _references(study: Study, words: Language) -> Iterator[Block]:
    from separatrix.present.citations import bibtex, cited, text, used_for

    references = {r.key: r for a in study.analyses for r in cited(a, study.findings)}
    ordered = sorted(references.values(), key=lambda r: text(r))
    yield Heading(words.REFERENCES)
    yield Paragraph(line(words.REFERENCES_LEAD))
    yield Bullets(
        tuple(line(text(r), words.BECAUSE.format(reason=words.tell(used_for(r)))) for r in ordered),
        numbered=True,
    )
    yield Heading("BibTeX", 2)
    yield Verbatim(bibtex(tuple(ordered)))
