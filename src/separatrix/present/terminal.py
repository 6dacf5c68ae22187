"""Document → terminal: a report for a screen of any width, with or without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from separatrix.analysis.result import Analysis
from separatrix.present.document import (
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
    Paragraph,
    Table,
    Words,
)
from separatrix.present.labels import LABELS
from separatrix.present.plain_math import to_plain

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

__all__ = ["render_terminal", "write_terminal"]

WIDEST = 110
"""Characters past which lines tire the eye."""

_STYLES = {"plain": "", "strong": "bold", "muted": "dim", "code": "cyan"}
_ASCII = str.maketrans({
    "−": "-", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "·": "*", "…": "...", "–": "-", "“": '"', "”": '"',
    "∪": "u", "±": "+-", "√": "sqrt", "\u00a0": " ", "→": "->",
})  # fmt: skip


def render_terminal(analysis: Analysis, console: Console | None = None) -> None:
    """Print the report on `analysis` to a terminal, or to the given rich console."""
    from separatrix.present.report import build_report

    write_terminal(build_report(analysis), console)


def write_terminal(document: Document, console: Console | None = None) -> None:
    """Print a report to a rich console."""
    from rich.console import Console

    console = console or Console(highlight=False)
    _Writer(console).document(document)


class _Writer:
    def __init__(self, console: Console) -> None:
        self.console = console
        self.width = min(console.width, WIDEST)
        self.plain = console.options.ascii_only

    # ------------------------------------------------------------------ lines

    def text(self, content: Line, style: str = "") -> Text:
        from rich.text import Text

        result = Text(style=style)
        for item in content:
            match item:
                case Words(words, kind):
                    result.append(self.clean(words), _STYLES[kind])
                case Formula(layout):
                    result.append(self.clean(to_plain(layout)))
                case Badge(label):
                    look = LABELS[label]  # type: ignore[index]
                    symbol = look.ascii_symbol if self.plain else look.symbol
                    result.append(f"{symbol}\u00a0{label}", look.terminal)
        return result

    def clean(self, text: str) -> str:
        # A control character in a name could rewrite the screen.
        kept = "".join(c if c.isprintable() or c == "\u00a0" else " " for c in text)
        return kept.translate(_ASCII) if self.plain else kept

    def show(self, what: RenderableType, indent: int = 2) -> None:
        from rich.padding import Padding

        padded = Padding(what, (0, 0, 0, indent), expand=False)
        self.console.print(padded, width=self.width, highlight=False)

    # ------------------------------------------------------------------ blocks

    def document(self, document: Document) -> None:
        from rich.text import Text

        self.console.print()
        self.show(Text(self.clean(document.title), "bold"))
        if document.subtitle:
            self.show(Text(self.clean(document.subtitle), "dim"))
        self.console.print()
        for block in document.blocks:
            self.block(block)
        self.console.print()

    def block(self, block: Block) -> None:
        match block:
            case Heading(text, level):
                self.console.print()
                self.show(self.text((Words(text),), "bold" if level == 1 else "italic"), 0 if level == 1 else 2)
            case Paragraph(content, lead):
                if lead:
                    self.lead(content)
                else:
                    self.show(self.text(content))
            case Equations():
                self.equations(block)
            case Table():
                self.table(block)
            case Bullets(items):
                self.bullets(items)
            case Note(title, content):
                self.note(title, content)
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
        self.show(Panel(self.text(content), box=box, border_style="green", expand=False), 1)

    def note(self, title: str, content: Line) -> None:
        from rich.text import Text

        self.console.print()
        self.show(Text.assemble((f"{title}: ", "bold yellow"), self.text(content)))

    def bullets(self, items: tuple[Line, ...]) -> None:
        from rich.table import Table as Grid

        grid = Grid.grid(padding=(0, 1))
        grid.add_column()
        grid.add_column(ratio=1)
        for item in items:
            grid.add_row("-" if self.plain else "•", self.text(item))
        self.show(grid)

    def equations(self, block: Equations) -> None:
        from rich.table import Table as Grid

        grid = Grid.grid(padding=(0, 1))
        grid.add_column(justify="right", no_wrap=True)
        grid.add_column(no_wrap=True)
        grid.add_column(ratio=1)
        for row in block.rows:
            grid.add_row(
                self.clean(to_plain(row.left)), self.clean(row.sign), self.text((Formula(row.right),))
            )
        self.show(grid)

    def table(self, block: Table) -> None:
        from rich.box import ASCII2, SIMPLE_HEAD
        from rich.cells import cell_len
        from rich.table import Table as RichTable

        table = RichTable(
            box=ASCII2 if self.plain else SIMPLE_HEAD,
            pad_edge=False,
            header_style="dim",
            title=self.clean(block.caption) or None,
            title_justify="left",
            title_style="dim",
        )
        for index, column in enumerate(block.columns):
            cells = [str(self.text(row[index])) for row in block.rows]
            longest = max((cell_len(w) for c in (column.title, *cells) for w in c.split(" ")), default=1)
            table.add_column(
                self.clean(column.title), justify=column.align, overflow="fold", min_width=min(longest, 22)
            )
        tall = any(sum(len(str(self.text(c))) for c in row) > 2 * self.width for row in block.rows)
        for row in block.rows:
            table.add_row(*(self.text(cell) for cell in row), end_section=tall)
        self.show(table)
