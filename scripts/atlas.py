"""Write docs/reference/atlas.md and its portraits, when the documentation is built (`docs/conf.py`).

For every game with published claims: populations, portrait, regimes, and findings of the check.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import separatrix
from separatrix.analysis.results import Analysis
from separatrix.audit.evidence.findings import Finding
from separatrix.document.tree import (
    Block,
    Bullets,
    Details,
    Document,
    Heading,
    Line,
    Paragraph,
    Table,
    Words,
    document_in,
    line,
)
from separatrix.explanations.explanation import EXPLANATIONS
from separatrix.game.catalogue import catalogue
from separatrix.game.model import Game
from separatrix.languages import language_of
from separatrix.reports.sections.context import Context, short_names_section
from separatrix.reports.sections.model import introduction
from separatrix.reports.sections.regimes import conditions_section, regimes_section
from separatrix.reports.sections.rest_points import portrait_section
from separatrix.writers.markdown import write_document

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "reference" / "atlas.md"

LEAD = """\
# An atlas of published games

This page is generated from the catalogue. For each game with published claims it shows the populations, a
phase portrait, the regimes, and the findings of `separatrix check`. If a claim and the payoff table
disagree, the payoff table decides.

"""

PLAINER = {r"\mathnormal{": r"\mathit{", r"\thickspace ": r"\;", r"\thinspace ": r"\,"}
"""What docutils does not know of TeX, and the same by other names."""

FEW_REGIMES = 15
"""Regimes up to which a game's table is shown."""


def published() -> list[str]:
    """Return the slugs of the games that hold claims."""
    return [entry.slug for entry in catalogue() if "published" in separatrix.load(entry.slug).raw]


def at_numbers(game: Game) -> Analysis:
    """Return the case with the most attractors: of the file's values and the scenarios, the first such."""
    names: list[str | None] = [*game.scenarios] or [None]
    cases = [separatrix.analyze(game, scenario=name) for name in names]

    def attractors(analysis: Analysis) -> int:
        return sum(p.stability == "asymptotically stable" for p in analysis.rest_points)

    return max(cases, key=attractors)


def remarks(slug: str, game: Game) -> Iterator[Block]:
    """Yield the findings of the check, with their solutions."""
    found = separatrix.check(game, notes=True)
    errors = [f for f in found if f.severity == "error"]
    notes = [f for f in found if f.severity == "note"]
    yield Heading("Findings of the check")
    call = Words(f"separatrix check {slug}", "code")
    if errors:
        count = "One claim does not follow" if len(errors) == 1 else f"{len(errors)} claims do not follow"
        yield Paragraph(line(f"{count} from the payoffs (", call, "):"))
        yield Bullets(tuple(remark(f) for f in errors))
    else:
        yield Paragraph(line("Every claim that was read follows from the payoffs (", call, ")."))
    if notes:
        yield Paragraph(line("Notes, which contradict no claim:"))
        yield Bullets(tuple(remark(f) for f in notes))


def remark(finding: Finding) -> Line:
    """Return one finding with what helps."""
    parts: list[str | Words] = [Words(finding.code, "strong"), " ", *with_code(finding.text)]
    if finding.severity == "error":
        if finding.correct:
            parts += [" Correct: ", Words(finding.correct, "code"), "."]
        if finding.difference:
            parts += [" The printed formula differs from it by ", Words(finding.difference, "code"), "."]
        advice = " ".join(EXPLANATIONS[finding.code].remedy.split())
        parts += [" Solution: ", *with_code(advice)]
    return line(*parts)


def with_code(text: str) -> Iterator[str | Words]:
    """Yield a sentence with what stands between backticks set as code."""
    for k, part in enumerate(text.split("`")):
        if part:
            yield Words(part, "code") if k % 2 else part


def regimes(context: Context, slug: str) -> Iterator[Block]:
    """Yield the regimes where a reader takes them in, else how many there are."""
    count = sum(r.generic for r in context.analysis.regimes)
    if count > FEW_REGIMES:
        yield Heading("Regimes")
        text = f"{count} regimes divide the admissible parameters; their conditions are in "
        yield Paragraph(line(text, Words(f"separatrix analyze {slug} --symbolic", "code"), "."))
        return
    if context.shortener.active:
        yield from pure_states(context)
    for block in regimes_section(context):
        if isinstance(block, Heading):
            yield Heading(block.text)
        elif not isinstance(block, Details):
            yield block
    for block in short_names_section(context):
        if isinstance(block, Heading):
            yield Heading(block.text)
        elif isinstance(block, Details):
            yield from block.blocks
        else:
            yield block


def pure_states(context: Context) -> Iterator[Block]:
    """Yield the conditions of the pure states, which regimes in short names refer to."""
    for block in conditions_section(context):
        if isinstance(block, Table):
            yield Heading(block.title)
            yield block
            return


def entry(slug: str) -> tuple[str, dict[str, bytes]]:
    """Return the part of the page about one game, and its picture by the path from the page."""
    game = separatrix.load(slug)
    words = language_of("en")
    numbers = at_numbers(game)
    context = Context.of(numbers, words)
    blocks: list[Block] = [*introduction(context), *portrait_section(context, f"Portrait of {slug}")]
    symbols = separatrix.analyze(game, symbolic=True)
    blocks += regimes(Context.of(symbols, words), slug)
    blocks += remarks(slug, game)
    document: Document = document_in(words, game.title, game.source, blocks)
    written = write_document(document, slug)
    text = written.content.decode()
    pictures = {}
    for k, (path, content) in enumerate(written.beside.items()):
        name = f"atlas/{slug}{f'-{k + 1}' if k else ''}.svg"
        text = text.replace(f"({path})", f"({name})")
        pictures[name] = content
    for command, known in PLAINER.items():
        text = text.replace(command, known)
    # Headings of a game stand one level below the title of the page.
    lines = [f"#{row}" if row.startswith("#") else row for row in text.splitlines()]
    return f"({slug})=\n" + "\n".join(lines) + "\n", pictures


def main(slugs: Sequence[str]) -> int:
    """Write the page and its pictures; of some games alone, print their parts."""
    if slugs:
        print("\n".join(entry(slug)[0] for slug in slugs))
        return 0
    parts = []
    for slug in published():
        print(f"· {slug}", file=sys.stderr, flush=True)
        text, pictures = entry(slug)
        parts.append(text)
        for name, content in pictures.items():
            path = PAGE.parent / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
    PAGE.write_text(LEAD + "\n".join(parts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
