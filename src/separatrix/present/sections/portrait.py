"""The portrait of the flow, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator

from separatrix.present.document import Block, Details, Figure, Paragraph, line
from separatrix.present.sections.context import Context

__all__ = ["portrait_section"]


def portrait_section(context: Context, title: str = "") -> Iterator[Block]:
    """Yield the figure, or a folded sentence that says why there is none."""
    # The figures wing loads matplotlib only when `draw` is called.
    from separatrix.present.figures import caption_of, portrait_svg, why_no_figure

    reason = why_no_figure(context.analysis)
    if reason is None:
        caption = caption_of(context.analysis)
        yield Figure(
            title or context.words.FIGURE, caption, lambda _: portrait_svg(context.analysis).encode()
        )
    else:
        yield Details(context.words.FIGURE, (Paragraph(line(reason)),))
