"""Text that breaks into lines at spaces, within a formula only where no line holds it, never in a number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

__all__ = ["FlowingText", "longest_number", "longest_word"]

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
