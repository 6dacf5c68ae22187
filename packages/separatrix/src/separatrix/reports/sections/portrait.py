"""The portrait of the flow, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.document.document import Block, Details, Figure, Paragraph, line
from separatrix.reports.sections.context import Context

__all__ = ["portrait_section"]


def portrait_section(context: Context, title: str = "") -> Iterator[Block]:
    """Yield the figure, or a folded sentence that says why there is none."""
    # The figures wing loads matplotlib only when the portrait is written.
    from separatrix.figures.phase_portrait import Portrait, caption_of, why_no_figure

    words = context.words
    reason = why_no_figure(context.analysis, words)
    if reason is None:
        name = title or words.FIGURE
        portrait = Portrait(context.analysis, words)
        yield Figure(name, caption_of(context.analysis, words), portrait.write)
    else:
        yield Details(words.FIGURE, (Paragraph(line(reason)),))
