"""The table in an HTML text, as Word and browsers put it on the clipboard.

A subscript is part of a symbol, a superscript a power; what only moves ink is left out.

Tags are divided here and not by `html.parser`, which goes through the text to its end for each comment or tag
that is never closed.  Here what is not closed reaches to the end, as in browsers: all is gone through once.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from separatrix.errors import InputError, Place
from separatrix.game.formats.grid import PastedCell, PastedGrid, PastedSource, grid_of
from separatrix.game.formats.tables import MAX_COLUMNS, MAX_ROWS

__all__ = ["html_grid"]

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
        T214 where there is no table or more than one, T206 past a limit, T219 where a formula is a picture.
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
