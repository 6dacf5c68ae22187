"""The table in an HTML text, as Word and browsers put it on the clipboard.

A subscript is part of a symbol, a superscript a power; commands of pure layout are ignored.

Tags are divided here and not by `html.parser`, which goes through the text to its end for each comment or tag
that is never closed.  Here what is not closed reaches to the end, as in browsers: all is gone through once.

A pasted table as a grid of cells that know where they stand.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from separatrix.errors import InputError, Place
from separatrix.game.formats.sheets import Address, TableSource
from separatrix.game.formats.tables import MAX_COLUMNS, MAX_ROWS

__all__ = [
    "MOST_CELLS",
    "PastedCell",
    "PastedGrid",
    "PastedSource",
    "filled",
    "grid_of",
    "html_grid",
]

MOST_CELLS = 200_000


@dataclass(frozen=True)
class PastedCell:
    """The content of a cell, and the number of columns and rows that it spans."""

    text: str = ""
    latex: bool = False
    right: int = 1
    down: int = 1
    at: int | None = None
    """The offset of `text` in the whole, where it appears there unchanged."""

    @property
    def blank(self) -> bool:
        return not self.text.strip()

    @property
    def merged(self) -> bool:
        return self.right > 1 or self.down > 1


@dataclass(frozen=True)
class PastedGrid:
    """The cells of a table; a merged one appears at every place that it covers.

    Attributes
    ----------
    rows : sequence of rows, all of the same length
    numbers : sequence of int
        What each row is called in errors, from 1.
    columns : sequence of int
        Which column of the text each column is, from 0.
    places : mapping
        The cells by both of these.
    """

    rows: Sequence[Sequence[PastedCell]]
    numbers: Sequence[int]
    columns: Sequence[int]
    places: Mapping[tuple[int, int], PastedCell]

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    def column(self, column: int, start: int = 0) -> list[PastedCell]:
        return [row[column] for row in self.rows[start:]]

    def address(self, row: int, column: int) -> Address:
        return "table", self.numbers[row], self.columns[column]


class PastedSource(TableSource):
    """A pasted text; its cells are named by row and column, in LaTeX by line."""

    def __init__(self, name: str, title: str, text: str) -> None:
        super().__init__(name, title)
        self.text = text
        self.pasted: Mapping[tuple[int, int], PastedCell] = {}

    def cell(
        self, address: Address, *, text: str | None = None, offset: int | None = None, width: int = 1
    ) -> Place:
        """Return the place of a cell, or of a fault in the text that it holds."""
        _, row, column = address
        cell = self.pasted.get((row, column), PastedCell())
        if cell.at is not None and (text is None or text in cell.text):
            first = cell.text.index(text) if text else 0
            start = cell.at + first + (offset or 0)
            if offset is None:
                width = max(1, len(text if text is not None else cell.text))
            return self.span(start, width)
        name = f"{self.name}[row {row}, column {column + 1}]"
        shown = cell.text if text is None else text
        if not shown:
            return Place(name)
        return Place(name, 1, (offset or 0) + 1, width if offset is not None else max(1, len(shown)), shown)

    def span(self, start: int, width: int = 1) -> Place:
        """Return the line and column of an offset in the whole text."""
        start = min(start, len(self.text))
        line = self.text.count("\n", 0, start)
        first = self.text.rfind("\n", 0, start) + 1
        last = self.text.find("\n", start)
        shown = self.text[first : len(self.text) if last < 0 else last]
        return Place(self.name, line + 1, start - first + 1, width, shown)

    def wrong(
        self, code: str, message: str, start: int, width: int = 1, hint: str | None = None
    ) -> InputError:
        """Return the error for a fault at an offset in the whole text."""
        return InputError(code, message, where=self.span(start, width), hint=hint)


def grid_of(
    rows: Iterable[Sequence[PastedCell]],
    source: TableSource,
    *,
    covered: bool,
    numbers: Sequence[int] | None = None,
) -> PastedGrid:
    """Return rows of cells as a grid, without blank rows and columns.

    Parameters
    ----------
    rows : rows of cells, which need not be equally long
    source : TableSource
        Where they come from, for errors.
    covered : bool
        Whether a cell that goes over several rows leaves blank cells below it, as in LaTeX; in HTML there are
        none.
    numbers : sequence of int, optional
        What each row is called in errors; by default 1, 2, ...

    Raises
    ------
    InputError
        T206 past a limit.
    """
    too_large = source.fault(
        "T206", f"the table is too large; at most {MAX_ROWS:,} rows and {MAX_COLUMNS} columns are read"
    )
    places: dict[tuple[int, int], PastedCell] = {}
    height = width = claimed = 0
    for r, row in enumerate(rows):
        column = 0
        for cell in row:
            while not covered and (r, column) in places:
                column += 1
            right, down = max(1, cell.right), 1 if covered else max(1, cell.down)
            width, height = max(width, column + right), max(height, r + 1)
            claimed += right * down  # merged cells may lie over each other, and are gone through each
            if r >= MAX_ROWS or width > MAX_COLUMNS or claimed > MOST_CELLS:
                raise too_large
            for i in range(r, r + down):
                for j in range(column, column + right):
                    places.setdefault((i, j), cell)
            column += right
    told = sorted({place for place, cell in places.items() if not cell.blank})
    kept_rows = sorted({r for r, _ in told})
    kept_columns = sorted({c for _, c in told})
    if len(kept_rows) * len(kept_columns) > MOST_CELLS:
        raise too_large  # one long row would make all others as long
    called = {r: r + 1 if numbers is None else numbers[r] for r in range(height)}
    blank = PastedCell()
    return PastedGrid(
        [[places.get((r, c), blank) for c in kept_columns] for r in kept_rows if r < height],
        [called[r] for r in kept_rows if r < height],
        kept_columns,
        {(called[r], c): cell for (r, c), cell in places.items() if r < height},
    )


def filled(cells: Sequence[PastedCell]) -> list[PastedCell]:
    """Return cells of a heading with the blank ones as those before them: so merged cells are pasted."""
    result: list[PastedCell] = []
    for cell in cells:
        result.append(result[-1] if cell.blank and result else cell)
    return result


_BREAKS = frozenset({"br", "p", "div", "li"})
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
_VERBATIM = frozenset({"script", "style", "title", "textarea"})
"""Within these nothing is a tag until they are closed."""
_PICTURES = frozenset({"img", "svg", "math", "object", "canvas", "v:imagedata"})


def html_grid(source: PastedSource) -> PastedGrid:
    """Return the cells of the one table in an HTML text.

    Raises
    ------
    InputError
        T214 for no table or more than one, T206 past a limit, T219 where a formula is a picture.
    """
    reader = _Reader(source)
    for piece in _pieces(source.text):
        reader.take(piece)
    reader.close_cell()
    if len(reader.tables) != 1:
        raise _not_one(source, [at for at, _ in reader.tables])
    grid = grid_of(reader.tables[0][1], source, covered=False)
    source.pasted = grid.places
    return grid


def _not_one(source: PastedSource, starts: list[int]) -> InputError:
    if not starts:
        return InputError(
            "T214",
            "the text holds no table",
            where=Place(source.name),
            hint="copy the whole table, and save it as HTML, or as text with tabs",
        )
    return source.wrong(
        "T214", f"the text holds {len(starts)} tables; this is the second", starts[1], hint="keep one of them"
    )


@dataclass
class _Open:
    """The cell that is being read."""

    right: int
    down: int
    parts: list[str] = field(default_factory=list)


class _Piece(NamedTuple):
    """A tag, or a text between two tags."""

    at: int
    text: str = ""
    tag: str = ""
    attributes: str = ""
    opens: bool = False
    closes: bool = False


_BEGINS = re.compile("<(?:[!?]|/?[a-zA-Z])")
_TAG = re.compile(
    # A quote groups what is in it only behind an equals sign; nothing is ever gone through twice.
    r"""<(/?)([a-zA-Z][^\s/>]*+)((?:[^>=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|=)*+)>"""
)
_COMMENT_END = re.compile("--!?>")
_ATTRIBUTE = re.compile(r"""(?<![^\s=/"'>])([^\s=/"'>]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""")


def _pieces(text: str) -> Iterator[_Piece]:
    """Yield the tags of a text and what stands between them; what is not closed reaches to the end."""
    begun = 0
    while mark := _BEGINS.search(text, begun):
        at = mark.start()
        if at > begun:
            yield _Piece(begun, html.unescape(text[begun:at]))
        if mark[0] in ("<!", "<?"):
            if text.startswith("<!--", at):
                closing = _COMMENT_END.search(text, at + 2)
                begun = closing.end() if closing else len(text)
            else:
                begun = text.find(">", at) + 1 or len(text)
            continue
        tag = _TAG.match(text, at)
        if tag is None:
            return
        name = tag[2].lower()
        alone = tag[3].endswith("/")
        yield _Piece(at, "", name, tag[3], not tag[1], bool(tag[1]) or alone)
        begun = tag.end()
        if name in _VERBATIM and not tag[1] and not alone:
            closing = re.compile(rf"</{name}(?![^\s/>])", re.IGNORECASE).search(text, begun)
            end = closing.start() if closing else len(text)
            yield _Piece(begun, html.unescape(text[begun:end]))
            begun = end
    if begun < len(text):
        yield _Piece(begun, html.unescape(text[begun:]))


class _Reader:
    def __init__(self, source: PastedSource) -> None:
        self.source = source
        self.tables: list[tuple[int, list[list[PastedCell]]]] = []
        self.depth = 0
        self.open: _Open | None = None
        self.hidden = 0

    def take(self, piece: _Piece) -> None:
        if not piece.tag:
            self.write(piece.text)
        if piece.opens:
            self.begin(piece)
        if piece.closes:
            self.end(piece.tag)

    def begin(self, piece: _Piece) -> None:
        tag = piece.tag
        if tag in _UNSEEN:
            self.hidden += 1
        elif tag == "table":
            self.close_cell()
            self.depth += 1
            self.tables.append((piece.at, []))
        elif not self.tables or not self.depth:
            return
        elif tag == "tr":
            self.close_cell()
            self.tables[-1][1].append([])
        elif tag in ("td", "th"):
            self.close_cell()
            if not self.tables[-1][1]:
                self.tables[-1][1].append([])
            spans = {
                found[1].lower(): found[2] or found[3] or found[4]
                for found in _ATTRIBUTE.finditer(piece.attributes)
            }
            self.open = _Open(
                _span(spans.get("colspan"), MAX_COLUMNS + 1), _span(spans.get("rowspan"), MAX_ROWS)
            )
        elif self.open is None:
            return
        elif tag in _PICTURES:
            raise self.source.wrong(
                "T219",
                "a formula stands here as a picture, from which no symbols can be read",
                piece.at,
                hint="in Word turn the equation into linear format and copy again, or type the payoff",
            )
        elif tag == "sub":
            self.open.parts.append(_BELOW)
        elif tag == "sup":
            self.open.parts.append("^(")
        elif tag in _BREAKS:
            self.open.parts.append("\n")

    def end(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag == "table" and self.depth:
            self.close_cell()
            self.depth -= 1
        elif tag in ("td", "th", "tr"):
            self.close_cell()
        elif self.open is not None and tag == "sub":
            self.open.parts.append(_ABOVE)
        elif self.open is not None and tag == "sup":
            self.open.parts.append(")")

    def write(self, data: str) -> None:
        if self.open is not None and not self.hidden:
            # Line ends of the source are spaces; those that are seen come from tags.
            self.open.parts.append(data.replace("\n", " "))

    def close_cell(self) -> None:
        if self.open is None:
            return
        text = _with_subscripts("".join(self.open.parts))
        lines = (" ".join(line.split()) for line in text.split("\n"))
        told = "\n".join(line for line in lines if line)
        self.tables[-1][1][-1].append(PastedCell(told, right=self.open.right, down=self.open.down))
        self.open = None


_BELOW, _ABOVE = "\x02", "\x03"
"""Where a subscript begins and ends, while a cell is read."""


def _with_subscripts(text: str) -> str:
    """Return a text with each subscript as part of its name: digits as they are, else after ``_``."""
    parts = text.split(_BELOW)
    told = parts[0].replace(_ABOVE, "")
    for part in parts[1:]:
        below, _, after = part.partition(_ABOVE)
        below = "".join(c for c in below if c.isalnum())
        told = told.rstrip() + (below if below.isdigit() or not below else f"_{below}") + after
    return told


def _span(value: str | None, most: int) -> int:
    try:
        return min(max(1, int(value or 1)), most)
    except ValueError:
        return 1
