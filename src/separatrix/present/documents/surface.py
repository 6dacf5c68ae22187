"""The separatrix as a surface, for people: what it is made of, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from separatrix.present.document import Block, Column, Line, Paragraph, Table, line
from separatrix.present.figures.surface import fate
from separatrix.present.languages import Language
from separatrix.present.wording.numbers import readable
from separatrix.present.wording.percent import percent

if TYPE_CHECKING:
    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface
    from separatrix.dynamics.basin_boundaries.surface_pieces import SurfacePiece

__all__ = ["surface_blocks"]


def surface_blocks(surface: SeparatrixSurface, words: Language) -> Iterator[Block]:
    """Yield the blocks of a document that tell of a surface."""
    if surface.pieces:
        said = words.SURFACE_LEAD.format(
            triangles=f"{len(surface.triangles):,}", vertices=f"{len(surface.states):,}"
        )
        yield Paragraph(line(said))
        columns = (
            Column(words.SURFACE_BETWEEN),
            Column(words.SURFACE_AREA, align="right"),
            Column(words.SURFACE_COMES_TO),
        )
        yield Table(columns, tuple(_row(piece, words) for piece in surface.pieces), row_heads=True)
    else:
        yield Paragraph(line(words.SURFACE_NONE))
    told = words.tell(surface.how_sure)
    yield Paragraph(line(words.BASINS_SURE.format(how_sure=told[:1].upper() + told[1:])))


def _row(piece: SurfacePiece, words: Language) -> tuple[Line, ...]:
    between = words.SURFACE_PAIR.format(first=fate(piece.fates[0], words), second=fate(piece.fates[1], words))
    ends = [
        words.SURFACE_PART.format(name=name, share=percent(share)) for name, share in piece.comes_to.items()
    ]
    if piece.elsewhere:
        ends.append(words.SURFACE_PART.format(name=words.SURFACE_ELSEWHERE, share=percent(piece.elsewhere)))
    return line(between), line(readable(piece.area, 4)), line(words.separators[", "].join(ends))
