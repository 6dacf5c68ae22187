"""Document → terminal: a report for a screen of any width, with or without colour.

Text that breaks into lines at spaces, within a formula only where no line holds it, never in a number.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

from separatrix.document.state_names import LABELS
from separatrix.document.tree import (
    Badge,
    Block,
    Bullets,
    Details,
    Document,
    Equations,
    Figure,
    Formula,
    Heading,
    Line,
    Note,
    Notes,
    Pairs,
    Paragraph,
    Table,
    Verbatim,
    Words,
)
from separatrix.formulas.layout import Layout, to_plain
from separatrix.formulas.tex import GREEK
from separatrix.writers.format import Format, Written
from separatrix.writers.layout import Numbering, numbering_of

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = [
    "FORMAT",
    "FlowingText",
    "longest_number",
    "longest_word",
    "plain_text",
    "shown_text",
    "text_of",
    "write_document",
    "write_terminal",
]

WIDEST = 110
"""Characters past which lines tire the eye."""

NARROWEST = 6
"""Characters below which no column of a table goes."""

_STYLES = {"plain": "", "strong": "bold", "muted": "dim", "code": "cyan"}
_ASCII = str.maketrans(
    {
        "−": "-",
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
        "≈": "~",
        "·": "*",
        "…": "...",
        "–": "-",
        "“": '"',
        "”": '"',
        "∪": "u",
        "±": "+-",
        "√": "sqrt",
        "\u00a0": " ",
        "→": "->",
        "²": "^2",
        "³": "^3",
        "█": "#",
        **{letter: name for name, letter in GREEK.items()},
        **{chr(0x2080 + k): str(k) for k in range(10)},
    }
)


def write_terminal(document: Document, console: Console | None = None) -> None:
    """Print a report to a rich console."""
    from rich.console import Console

    console = console or Console(highlight=False)
    _TerminalWriter(console, document).document(document)


def plain_text(document: Document, width: int = 80) -> str:
    """Return a report as the terminal shows it, without colour."""
    return text_of(lambda console: write_terminal(document, console), width)


def text_of(show: Callable[[Console], None], width: int = 80) -> str:
    """Return what is shown on a console as text without colour."""
    from rich.console import Console

    stream = io.StringIO()
    show(Console(file=stream, width=width, no_color=True, highlight=False))
    return "\n".join(row.rstrip() for row in stream.getvalue().splitlines()) + "\n"


def write_document(document: Document, stem: str = "report", pictures: bool = True) -> Written:
    """Return a report as text of 80 columns, without pictures."""
    return Written(plain_text(document).encode())


FORMAT = Format("text", (".txt",), write=write_document)


def shown_text(text: str, *, ascii_only: bool) -> str:
    """Return `text` as a terminal can show it: without control characters, which could rewrite the screen."""
    kept = "".join(c if c.isprintable() or c in "\u00a0\u200b" else " " for c in text)
    return kept.translate(_ASCII).encode("ascii", "replace").decode("ascii") if ascii_only else kept


class _TerminalWriter:
    def __init__(self, console: Console, document: Document) -> None:
        self.console = console
        self.numbering: Numbering = numbering_of(document)
        self.words = document.words
        self.width = min(console.width, WIDEST)
        self.plain = console.options.ascii_only

    # ------------------------------------------------------------------ lines

    def flow(self, content: Line, style: str = "") -> FlowingText:

        return FlowingText(self.text(content, style))

    def text(self, content: Line, style: str = "") -> Text:
        from rich.text import Text

        result = Text(style=style)
        for item in content:
            match item:
                case Words(words, kind, note, marked):
                    result.append(self.clean(words), _STYLES[kind])
                    if marked:
                        result.append(f"\u00a0[{note}]", "dim")
                case Formula(layout):
                    result.append(self.formula(layout))
                case Badge(label):
                    look = LABELS[label]
                    symbol = look.ascii_symbol if self.plain else look.symbol
                    result.append(f"{symbol}\u00a0{self.clean(item.text)}", look.terminal)
        return result

    def formula(self, layout: Layout, *, whole: int = 38) -> str:
        """Return a formula; a short one holds together, a long one breaks between its terms."""
        text = self.clean(to_plain(layout))
        return text.replace(" ", "\u00a0") if len(text) <= whole else text

    def clean(self, text: str) -> str:
        return shown_text(text, ascii_only=self.plain)

    def show(self, what: RenderableType, indent: int = 2) -> None:
        from rich.padding import Padding

        padded = Padding(what, (0, 0, 0, indent), expand=False)
        self.console.print(padded, width=self.width, highlight=False)

    # ------------------------------------------------------------------ blocks

    def document(self, document: Document) -> None:
        self.console.print()
        self.show(self.flow((Words(document.title),), "bold"))
        if document.subtitle:
            self.show(self.flow((Words(document.subtitle),), "dim"))
        self.console.print()
        for block in document.blocks:
            self.block(block)
        self.console.print()

    def block(self, block: Block) -> None:
        match block:
            case Heading(text, level):
                self.console.print()
                self.show(
                    self.flow((Words(text),), "bold" if level == 1 else "italic"), 0 if level == 1 else 2
                )
            case Paragraph(content, lead):
                if lead:
                    self.lead(content)
                else:
                    self.show(self.flow(content))
            case Equations():
                self.equations(block)
            case Table():
                self.table(block)
            case Pairs():
                self.pairs(block)
            case Bullets(items, numbered):
                self.bullets(items, numbered=numbered)
            case Note(title, content):
                self.note(title, content)
            case Notes(items, below):
                self.notes(items)
                if below:
                    self.show(self.flow(below, "dim"))
            case Verbatim(text):
                self.verbatim(text)
            case Figure():
                return
            case Details(_, _, brief):
                for inner in brief:
                    self.block(inner)

    def lead(self, content: Line) -> None:
        from rich.box import ASCII, ROUNDED
        from rich.panel import Panel

        self.console.print()
        box = ASCII if self.plain else ROUNDED
        self.show(Panel(self.flow(content), box=box, border_style="green", expand=False), 1)

    def note(self, title: str, content: Line) -> None:
        self.console.print()
        self.show(self.flow((Words(f"{title}: ", "strong"), *content), "yellow"))

    def notes(self, items: tuple[Line, ...]) -> None:
        from rich.table import Table as Grid

        self.console.print()
        grid = Grid.grid(padding=(0, 1))
        grid.add_column(justify="right", no_wrap=True)
        grid.add_column(ratio=1)
        for number, item in enumerate(items, 1):
            grid.add_row(self.flow((Words(f"[{number}]", "muted"),)), self.flow(item, "dim"))
        self.show(grid)

    def bullets(self, items: tuple[Line, ...], *, numbered: bool) -> None:
        from rich.table import Table as Grid

        grid = Grid.grid(padding=(0, 1))
        grid.add_column(justify="right", no_wrap=True)
        grid.add_column(ratio=1)
        for index, item in enumerate(items):
            grid.add_row(f"{index + 1}." if numbered else "-" if self.plain else "•", self.flow(item))
        self.show(grid)

    def verbatim(self, text: str) -> None:
        """Print lines as they are: what is wider than the screen goes on below, nothing is put between."""
        from rich.text import Text

        self.console.print()
        for row in text.splitlines():
            shown = Text(self.clean(row.expandtabs(4)), "cyan", overflow="fold", no_wrap=False)
            self.console.print(shown, width=self.console.width, highlight=False, soft_wrap=False)
        self.console.print()

    def equations(self, block: Equations) -> None:
        from rich.table import Table as Grid
        from rich.text import Text

        grid = Grid.grid(padding=(0, 1))
        grid.add_column(justify="right", no_wrap=True)
        grid.add_column(no_wrap=True)
        grid.add_column(ratio=1)
        first = self.numbering.number_of(block) if block.numbered else None
        if first is not None:
            grid.add_column(no_wrap=True)
        for index, row in enumerate(block.rows):
            right = FlowingText(Text(self.formula(row.right)))
            number = () if first is None else (Text(f"({first + index})", "dim"),)
            grid.add_row(self.clean(to_plain(row.left)), self.clean(row.sign), right, *number)
        self.show(grid)

    def pairs(self, block: Pairs) -> None:
        from rich.columns import Columns

        self.show(
            Columns([self.clean(f"{n} = {v}") for n, v in block.items], padding=(0, 3), column_first=True)
        )

    def table(self, block: Table) -> None:
        from rich.box import ASCII2, SIMPLE_HEAD
        from rich.table import Table as RichTable

        if block.title:
            number = self.numbering.number_of(block)
            name = f"{self.words['table']}\u00a0{number}. {block.title}" if number else block.title
            self.console.print()
            self.show(self.flow((Words(name),), "bold"))
        if block.caption:
            self.show(self.flow((Words(block.caption),), "dim"))
        cells = [[self.text(cell) for cell in row] for row in block.rows]
        shown = self.columns_that_fit(block, cells)
        widths = self.widths(block, shown, cells)
        if widths is None:
            self.records(block, cells)
            return
        table = RichTable(
            box=ASCII2 if self.plain else SIMPLE_HEAD,
            pad_edge=False,
            header_style="dim",
        )
        for k in shown:
            column = block.columns[k]
            table.add_column(self.flow((Words(column.title),)), justify=column.align, width=widths[k])
        tall = any(sum(len(t.plain) for t in row) > 2 * self.width for row in cells)
        for row in cells:
            table.add_row(*(FlowingText(row[k]) for k in shown), end_section=tall)
        self.show(table)

    def widths(self, block: Table, shown: list[int], cells: list[list[Text]]) -> dict[int, int] | None:
        """Return each column's width: as wide as its text where that fits, else lines fold at spaces.

        None where even so a number, a label or a title would be broken.
        """
        from rich.cells import cell_len

        room = self.width - 4 - 3 * (len(shown) - 1)
        titles = {k: block.columns[k].title for k in shown}
        natural = {k: max([cell_len(titles[k]), *(r[k].cell_len for r in cells)]) for k in shown}
        if sum(natural.values()) <= room:
            return natural
        width = {
            k: max(
                [
                    longest_word(titles[k]),
                    *(
                        r[k].cell_len if _is_badge(line[k]) else longest_word(r[k].plain)
                        for r, line in zip(cells, block.rows, strict=True)
                    ),
                ]
            )
            for k in shown
        }
        least = {
            k: max(
                NARROWEST,
                longest_word(titles[k]),
                *(longest_number(r[k].plain) for r in cells),
                *(
                    longest_word(r[k].plain)
                    for r, line in zip(cells, block.rows, strict=True)
                    if _is_badge(line[k])
                ),
            )
            for k in shown
        }
        while sum(width.values()) > room and any(width[k] > least[k] for k in shown):
            width[max((k for k in shown if width[k] > least[k]), key=width.__getitem__)] -= 1
        if sum(width.values()) > room:
            return None
        for k in shown:  # what fits into an equal share has its line
            if natural[k] <= room // len(shown):
                width[k] += min(max(0, natural[k] - width[k]), max(0, room - sum(width.values())))
        for _ in range(room - sum(width.values())):  # the others share, so that the tallest cell is low
            tallest = max(shown, key=lambda k: natural[k] / max(1, width[k]))
            width[tallest] += natural[tallest] > width[tallest]
        return width

    def records(self, block: Table, cells: list[list[Text]]) -> None:
        """Show a table whose columns this screen does not hold: each row a list of what its columns say."""
        from rich.table import Table as Grid
        from rich.text import Text

        for row in cells:
            self.console.print()
            if block.row_heads:
                self.show(FlowingText(Text.assemble(row[0], style="bold")))
            grid = Grid.grid(padding=(0, 2))
            grid.add_column(max_width=self.width // 3)
            grid.add_column(ratio=1)
            for column, cell in list(zip(block.columns, row, strict=True))[int(block.row_heads) :]:
                if cell.plain.strip():
                    grid.add_row(self.flow((Words(column.title),), "dim"), FlowingText(cell))
            self.show(grid, 4)

    def columns_that_fit(self, block: Table, cells: list[list[Text]]) -> list[int]:
        """Return the columns to show: without the optional ones where lines would fold."""
        shown = list(range(len(block.columns)))
        widths = [max([len(c.title), *(r[k].cell_len for r in cells)]) for k, c in enumerate(block.columns)]
        if sum(widths) + 3 * len(shown) > self.width:
            narrow = [k for k in shown if not block.columns[k].optional]
            return narrow
        return shown


def _is_badge(cell: Line) -> bool:
    return len(cell) == 1 and isinstance(cell[0], Badge)


BREAKS = " \u200b"
"""Where a line may end: a space, and the space without width."""
OPENING, CLOSING = "（「『《〈【〔“‘", "，。、；：？！）」』》〉】〕”’…"
"""Signs after which, and before which, no line of Chinese or Japanese ends."""

_VALUE = r"[-−+±]?\d+(?:[.,]\d+)*(?:[eE][-−+]?\d+)?(?:/\d+)?i?"
_NUMBER = re.compile(rf"{_VALUE}(?:[ \u00a0]?±[ \u00a0]?{_VALUE})?(?:[ \u00a0]?%)?")
"""A number with its sign, exponent, denominator, spread and per cent, kept on one line."""


def longest_word(text: str) -> int:
    """Return the terminal cells of the longest piece of `text` that is better not broken."""
    return max((cell_len(text[a:b].strip()) for a, b in _words(text)), default=0)


def longest_number(text: str) -> int:
    """Return the terminal cells of the longest piece of `text` with a number that must not be broken."""
    return max((cell_len(found[0]) for found in _NUMBER.finditer(text)), default=0)


def _words(text: str) -> Iterator[tuple[int, int]]:
    """Yield where unbreakable pieces begin and end; a space belongs to the piece before it.

    A no-break space holds its neighbours together (rich breaks there), and a line may break after any
    character of Chinese, Japanese or Korean, and at a space without width.
    """
    start = 0
    for index, character in enumerate(text):
        held = character in OPENING or text[index + 1 : index + 2] in CLOSING
        if character == " " and text[index + 1 : index + 2] == "%":
            continue
        if character in BREAKS or (cell_len(character) == 2 and not held):
            yield start, index + 1
            start = index + 1
    if start < len(text):
        yield start, len(text)


class FlowingText:
    """A renderable that fills lines of the width it is given."""

    def __init__(self, text: Text) -> None:
        self.text = text

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        plain = self.text.plain
        wanted = Measurement(max(1, longest_word(plain)), max(1, cell_len(plain)))
        return wanted.with_maximum(options.max_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = Text("\n", no_wrap=True, justify=options.justify).join(self.lines(max(1, options.max_width)))
        lines.no_wrap = True
        lines.overflow = "crop"
        yield lines

    def lines(self, width: int, hanging: int = 0) -> Iterator[Text]:
        """Yield lines that are at most `width` cells, all but the first `hanging` cells less."""
        plain = self.text.plain
        start, end, used = 0, 0, 0
        for first, last in _words(plain):
            needed = cell_len(plain[first:last].rstrip(" "))
            if used and used + needed > width:
                yield self._line(start, end)
                start, used = first, 0
                width, hanging = width - hanging, 0
            while needed > width:  # a word that no line can hold
                cut = first + _cut(plain[first:last], width)
                yield self._line(first, cut)
                width, hanging = width - hanging, 0
                start = first = cut
                needed = cell_len(plain[first:last].rstrip(" "))
            used += cell_len(plain[first:last])
            end = last
        yield self._line(start, len(plain))

    def _line(self, start: int, end: int) -> Text:
        line = self.text[start:end]
        line.rstrip()
        # They have done their work, and copy badly.
        line.plain = line.plain.replace("\u00a0", " ").replace("\u200b", "")
        return line


def _cut(text: str, width: int) -> int:
    """Return where a word that no line can hold is broken: at its last space within the line, if it has any.

    Never within a number, unless a number alone is wider than the line.
    """
    most = _fitting(text, width)
    numbers = [found.span() for found in _NUMBER.finditer(text)]
    whole = [at for at in range(1, most + 1) if not any(a < at < b for a, b in numbers)]
    spaces = [at for at in whole if text[at - 1] == "\u00a0"]
    return max(spaces or whole, default=most)


def _fitting(text: str, width: int) -> int:
    used = 0
    for index, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return max(1, index)
    return len(text)
