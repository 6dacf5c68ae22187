"""The separatrix as a surface: in words, as vertices in CSV, and as vertices and triangles in PLY.

Turk, G. (1994), The PLY polygon file format, Stanford University.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from separatrix.document.document import Block, Column, Line, Paragraph, Table, line
from separatrix.document.numbers import percent, readable
from separatrix.document.parts import certainty
from separatrix.figures.surface import outcome
from separatrix.languages import Language
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface
    from separatrix.dynamics.basin_boundaries.surface_pieces import SurfacePiece

__all__ = ["surface_blocks", "surface_csv", "surface_ply"]


def surface_blocks(surface: SeparatrixSurface, words: Language) -> Iterator[Block]:
    """Yield the blocks of a document for a surface."""
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
    yield certainty(surface.how_sure, words)


def _row(piece: SurfacePiece, words: Language) -> tuple[Line, ...]:
    between = words.SURFACE_PAIR.format(
        first=outcome(piece.outcomes[0], words), second=outcome(piece.outcomes[1], words)
    )
    ends = [
        words.SURFACE_PART.format(name=name, share=percent(share)) for name, share in piece.comes_to.items()
    ]
    if piece.elsewhere:
        ends.append(words.SURFACE_PART.format(name=words.SURFACE_ELSEWHERE, share=percent(piece.elsewhere)))
    return line(between), line(readable(piece.area, 4)), line(words.separators[", "].join(ends))


# --------------------------------------------------------------------------- files for other programs


def surface_csv(surface: SeparatrixSurface) -> str:
    """Return one line for each vertex: its shares, its error, and the outcomes that meet there.

    Parameters
    ----------
    surface : SeparatrixSurface
        From `separatrix.separatrix_surface`.

    Returns
    -------
    str
        Shares as decimals; the error is a distance between states.

    Examples
    --------
    >>> from separatrix import load, separatrix_surface
    >>> players = [{"name": share, "share": share} for share in "xyz"]
    >>> game = load({"populations": players, "advantages": {"x": "x - 1/2", "y": "-1", "z": "-1"}})
    >>> text = surface_csv(separatrix_surface(game, cells=4))
    >>> text.splitlines()[0]
    'vertex,x,y,z,error,fates'
    """
    import numpy as np

    meet: list[dict[str, None]] = [{} for _ in surface.states]
    for corners, piece in zip(surface.triangles.tolist(), surface.piece_of.tolist(), strict=True):
        for vertex in corners:
            meet[vertex] |= dict.fromkeys(surface.pieces[piece].outcomes)
    rows: list[list[object]] = []
    for k, (state, error) in enumerate(zip(surface.states, surface.errors, strict=True)):
        shares = [np.format_float_positional(share, trim="-") for share in state]
        rows.append([k, *shares, f"{error:.3g}", " ".join(sorted(meet[k]))])
    return csv_text(["vertex", *surface.game.shares, "error", "fates"], rows)


def surface_ply(surface: SeparatrixSurface) -> str:
    """Return the surface as PLY in ASCII: places x, y, z with their error, and triangles with their piece.

    For three populations of two strategies x, y and z are the shares, in the order of the game; else they are
    orthonormal coordinates in which distances are those of the shares, and the shares follow.  The comments
    say which outcomes each piece separates, by number.

    Parameters
    ----------
    surface : SeparatrixSurface
        From `separatrix.separatrix_surface`.

    Returns
    -------
    str

    Examples
    --------
    >>> from separatrix import load, separatrix_surface
    >>> players = [{"name": share, "share": share} for share in "xyz"]
    >>> game = load({"populations": players, "advantages": {"x": "x - 1/2", "y": "-1", "z": "-1"}})
    >>> text = surface_ply(separatrix_surface(game, cells=4))
    >>> text.splitlines()[:3]
    ['ply', 'format ascii 1.0', 'comment separatrix between E1 and E5: piece 0']
    """
    import numpy as np

    places = surface.places
    cube = surface.states.shape[1] == 3
    columns = np.column_stack([places, surface.errors, *([] if cube else [surface.states])])
    names = ["x", "y", "z", "error"] + (
        [] if cube else [f"share{k + 1}" for k in range(surface.states.shape[1])]
    )
    head = ["ply", "format ascii 1.0"]
    for k, piece in enumerate(surface.pieces):
        head.append(f"comment separatrix between {piece.outcomes[0]} and {piece.outcomes[1]}: piece {k}")
    head += [f"element vertex {len(columns)}", *(f"property double {name}" for name in names)]
    head += [f"element face {len(surface.triangles)}", "property list uchar int vertex_indices"]
    head += ["property int piece", "end_header"]
    rows = [" ".join(f"{value:.17g}" for value in row) for row in columns.tolist()]
    faces = [
        f"3 {a} {b} {c} {piece}"
        for (a, b, c), piece in zip(surface.triangles.tolist(), surface.piece_of.tolist(), strict=True)
    ]
    return "\n".join([*head, *rows, *faces]) + "\n"
