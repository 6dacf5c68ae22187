r"""Displayed equations in TeX: aligned at their signs, long ones broken before a plus or a minus."""

from __future__ import annotations

from separatrix.document.document import Equation, Equations
from separatrix.formulas.layout import Fence, Fraction, Layout, Matrix, Operator, Row, Script, pieces
from separatrix.formulas.tex_math import to_tex
from separatrix.writers.width import formula_width

__all__ = ["tex_equations"]

LINE = 41.0
"""The width of a line, in em."""
NUMBER, INDENT, LONGEST_LEFT, SHORTEST = 3.2, 2.0, 14.0, 5.0
SHRUNK = 1.4
"""How many times wider than the line a matrix may be to be set smaller as a whole."""
SMALLER = 0.85
"""The size of a matrix whose entries are broken."""


def tex_equations(block: Equations, first: int | None) -> str:
    """Return displayed equations; `first` is the number of the first row, ``None`` where they have none."""
    lefts = [formula_width(row.left, display=True) for row in block.rows]
    apart = max(lefts, default=0.0) > LONGEST_LEFT
    room = LINE - (0.0 if first is None else NUMBER) - 1.4 - (INDENT if apart else max(lefts, default=0.0))
    rows = []
    for index, row in enumerate(block.rows):
        lines = _lines(row, room, apart=apart)
        if first is not None:
            lines = [f"{line} \\notag" for line in lines[:-1]] + [
                rf"{lines[-1]} \label{{eq:{first + index}}}"
            ]
        rows.append(" \\\\\n".join(lines))
    kind = "align*" if first is None else "align"
    return f"\\begin{{{kind}}}\n" + " \\\\\n".join(rows) + f"\n\\end{{{kind}}}"


def _lines(row: Equation, room: float, *, apart: bool) -> list[str]:
    left, sign = to_tex(row.left).strip(), to_tex(Operator(row.sign, "relation")).strip()
    first, *others = _broken(row.right, room)
    head = [rf"& {left}", rf"& \quad {{}}{sign} {first}"] if apart else [f"{left} &{sign} {first}"]
    return head + [rf"& \quad {{}}{other}" for other in others]


def _broken(right: Layout, room: float) -> list[str]:
    if formula_width(right, display=True) <= room:
        return [to_tex(right).strip()]
    if isinstance(right, Matrix):
        return [_matrix(right, room)]
    flat = _flattened(right, room)
    for longest in (room - INDENT, room / 2, room / 4, SHORTEST):
        parts = pieces(flat, round(longest), lambda node: round(formula_width(node, display=True)))
        if all(formula_width(part, display=True) <= room - INDENT for part in parts):
            break
    lines: list[list[str]] = [[]]
    used = 0.0
    for part in parts:
        width = formula_width(part, display=True)
        if lines[-1] and used + width > (room if len(lines) == 1 else room - 1.0):
            lines.append([])
            used = 0.0
        lines[-1].append(to_tex(part))
        used += width
    return ["".join(line).strip() for line in lines]


def _matrix(matrix: Matrix, room: float) -> str:
    """Return a matrix wider than a line: a little smaller, or with entries over several lines."""
    if formula_width(matrix) <= SHRUNK * room:
        return rf"\resizebox{{{room:.1f}em}}{{!}}{{$\displaystyle {to_tex(matrix)}$}}"
    columns = list(zip(*matrix.rows, strict=True))
    whole = [max(formula_width(e) for e in column) for column in columns]
    free, widths = room / SMALLER - 1.0 - 1.1 * len(columns), list(whole)
    for done, k in enumerate(sorted(range(len(whole)), key=whole.__getitem__)):
        widths[k] = min(whole[k], free / (len(whole) - done))
        free -= widths[k]
    rows = (
        " & ".join(_entry(entry, width) for entry, width in zip(row, widths, strict=True))
        for row in matrix.rows
    )
    return rf"\scalebox{{{SMALLER}}}{{$\begin{{pmatrix}} {_APART.join(rows)} \end{{pmatrix}}$}}"


_APART = r" \\[4pt] "


def _entry(entry: Layout, width: float) -> str:
    lines = _broken(entry, width)
    if len(lines) == 1:
        return lines[0]
    return r"\begin{aligned} & " + r" \\ & ".join(lines) + r" \end{aligned}"


def _flattened(node: Layout, room: float) -> Layout:
    """Return `node` with fractions too wide for a line written with a slash, so that they can break."""
    match node:
        case Row(items):
            return Row(tuple(_flattened(i, room) for i in items))
        case Fence(left, body, right):
            return Fence(left, _flattened(body, room), right)
        case Script(base, sub, sup):
            return Script(_flattened(base, room), sub, sup)
        case Fraction(top, bottom) if formula_width(node, display=True) > room - INDENT:
            over, under = (Fence("(", _flattened(part, room), ")") for part in (top, bottom))
            return Row((over, Operator("/", "open"), under))
        case _:
            return node
