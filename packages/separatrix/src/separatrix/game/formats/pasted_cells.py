"""What a cell of a pasted table holds: several payoffs, several strategies, or the name of one.

Products need no sign, as in papers; what was read as a product of two symbols is kept for its reader to know.

Tables in which the payoffs of a profile stand below each other, a row for each party.

Papers on three parties print them so: the last strategy of a row heading spans as many rows as there are
payoffs. Such rows become one, with all payoffs of a profile in one cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import NamedTuple

from separatrix.errors import InputError
from separatrix.expression.latex import latex_tokens
from separatrix.expression.parser import GREEK, Parser, Token, UnknownSymbols, symbol_key, tokenize
from separatrix.expression.tree import FUNCTIONS, Number, to_text
from separatrix.game.formats.pasted_latex import words_of_latex
from separatrix.game.formats.pasted_markup import PastedCell, PastedGrid

__all__ = [
    "PayoffEntry",
    "TableHeading",
    "entries",
    "heading",
    "parses",
    "payoff",
    "together",
    "unevenness",
    "with_shares",
]

_BRACKETS = {"(": ")", "[": "]", "{": "}", "（": "）", "［": "］", "【": "】"}
_CLOSING = frozenset(_BRACKETS.values())
_SEPARATORS = ",，;；、"
_SIZED = re.compile(r"\\(?:left|right|[bB]igg?[lr]?)\s*(?=[()\[\]|.]|\\[{}])")
_SUBSCRIPTS = str.maketrans({chr(0x2080 + k): str(k) for k in range(10)})
_GREEK_SMALL = "".join(letter for name, letter in GREEK.items() if name[0].islower())
_LEADING_GREEK = re.compile(rf"([{_GREEK_SMALL}]\d*)(?=[^\W\d_])")
_SHARE = re.compile(
    r"\s*[(（\[]\s*(?P<rest>1\s*[-−–]\s*)?(?P<share>[^\W\d_]\d{0,2})\s*[)）\]]\s*\Z"
    r"|\A\s*(?P<rest2>1\s*[-−–]\s*)(?P<share2>[^\W\d_]\d{0,2})\s*\Z"
)


_BETWEEN = " ,，:："
_REST = re.compile(r"1\s*[-−–]\s*([a-zα-ω]\d?)\Z")
_FIRST = re.compile(r"(?<=[\s,，:：\u4e00-\u9fff])([a-zα-ω]\d?)\Z")


@dataclass(frozen=True)
class PayoffEntry:
    """A part of a cell, and its offset there."""

    text: str
    at: int


@dataclass(frozen=True)
class TableHeading:
    """The name of a strategy or a population.

    Attributes
    ----------
    name : str
    share : str, optional
        The share of a strategy, where the heading gives it, as in ``regulate (1-y)``.
    rest : bool
        Whether it is played by the others: ``1-y``.
    """

    name: str
    share: str | None = None
    rest: bool = False


def heading(cell: PastedCell) -> TableHeading:
    """Return what a heading says.

    Examples
    --------
    >>> heading(PastedCell("监管（1-y）"))
    TableHeading(name='监管', share='y', rest=True)
    >>> heading(PastedCell(r"\\textbf{Regulate} ($y$)", latex=True))
    TableHeading(name='Regulate', share='y', rest=False)
    """
    text = words_of_latex(cell.text) if cell.latex else " ".join(cell.text.split())
    found = _SHARE.search(text)
    if found is None:
        return TableHeading(text)
    share = found["share"] or found["share2"]
    name = text[: found.start()].strip()
    return TableHeading(name, symbol_key(share), bool(found["rest"] or found["rest2"]))


def with_shares(told: Sequence[TableHeading]) -> list[TableHeading]:
    """Return headings of one line with the shares that stand behind names without brackets.

    ``regulate y`` has a share where another heading of the line ends in ``1-y``, and only there.

    Examples
    --------
    >>> [
    ...     h.share
    ...     for h in with_shares([TableHeading("监管 y"), TableHeading("不监管 1-y"), TableHeading("wait z")])
    ... ]
    ['y', 'y', None]
    """
    rests = {found[1] for h in told if h.share is None and (found := _REST.search(h.name))}
    result = []
    for own in told:
        rest = _REST.search(own.name) if own.share is None else None
        first = _FIRST.search(own.name) if own.share is None and rest is None else None
        if rest is not None and (name := own.name[: rest.start()].rstrip(_BETWEEN).lstrip()):
            own = TableHeading(name, symbol_key(rest[1]), True)
        elif first is not None and first[1] in rests:
            # Nothing but signs that divide is no name.
            if name := own.name[: first.start()].rstrip(_BETWEEN).lstrip():
                own = TableHeading(name, symbol_key(first[1]))
        result.append(own)
    return result


def entries(cell: PastedCell) -> list[PayoffEntry]:
    """Return the comma-separated parts of a cell, without brackets around the whole.

    Without commas, line breaks separate the parts.

    Examples
    --------
    >>> [e.text for e in entries(PastedCell("(R1 - C1, max(a, b))"))]
    ['R1 - C1', 'max(a, b)']
    >>> [e.text for e in entries(PastedCell(r"$\\left(\\pi_1\\,,\\ 0\\right)$", latex=True))]
    ['\\\\pi_1\\\\,', '\\\\ 0']
    """
    text = cell.text
    if cell.latex:
        text = _SIZED.sub(lambda m: " " * len(m[0]), text).replace("$", " ")
        text = text.replace(r"\{", " (").replace(r"\}", " )")
    for opening in ("", "(", "[", "（", "{"):
        inner = _bracket_extent(text, opening) if opening else (0, len(text))
        if inner is not None and len(found := _divided(text, *inner, _SEPARATORS)) > 1:
            return found
    lines = _divided(text, 0, len(text), "\n")
    return lines if len(lines) > 1 else [PayoffEntry(text.strip(), len(text) - len(text.lstrip()))]


def _bracket_extent(text: str, opening: str) -> tuple[int, int] | None:
    """Return the extent inside a pair of brackets around the whole text."""
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    if text[start : start + 1] != opening or text[end - 1 : end] != _BRACKETS[opening]:
        return None
    depth = 0
    for at in range(start, end):
        depth += (text[at] in _BRACKETS) - (text[at] in _CLOSING)
        if not depth and at < end - 1:
            return None
    return start + 1, end - 1


def _divided(text: str, start: int, end: int, separators: str) -> list[PayoffEntry]:
    depth = 0
    parts: list[PayoffEntry] = []
    begun = at = start
    while at <= end:
        character = text[at] if at < end else ""
        if character == "\\":
            at += 2
            continue
        depth += (character in _BRACKETS) - (character in _CLOSING) if character else 0
        if at >= end or (depth == 0 and character in separators):
            part = text[begun : min(at, end)]
            parts.append(PayoffEntry(part.strip(), begun + len(part) - len(part.lstrip())))
            begun = at + 1
        at += 1
    return [part for part in parts if part.text] if separators == "\n" else parts


def payoff(entry: PayoffEntry, cell: PastedCell, products: dict[str, None]) -> int | str:
    """Return a payoff as a game file has it; note in `products` what was read as a product of two names.

    Raises
    ------
    InputError
        S001, S002, P701 with the offset in the entry.
    """
    text = entry.text
    if cell.latex:
        tokens = latex_tokens(text, UnknownSymbols())
    else:
        text = text.translate(_SUBSCRIPTS).replace("\n", " ")
        tokens = [part for token in tokenize(text) for part in _split_greek_letters(token)]
    before: Token | None = None
    for token in tokens:
        if before is not None and before.kind == token.kind == "name" and before.text not in FUNCTIONS:
            products[f"{before.text}*{token.text}"] = None
        before = token
    parser = Parser(text, implicit=True, tokens=tokens)
    found = parser.sum()
    if parser.token.kind != "end":
        raise parser.fail(parser.token, f"{parser.token.text!r} does not belong in a payoff")
    if isinstance(found, Number) and found.value.denominator == 1:
        return found.value.numerator
    return to_text(found)


def _split_greek_letters(token: Token) -> list[Token]:
    """Return a word with its Greek letters by name; a small Greek letter before another one is a factor."""
    if token.kind != "name" or token.text.isascii():
        return [token]
    found = _LEADING_GREEK.match(token.text)
    if found is None:
        return [Token("name", symbol_key(token.text) if _greek(token.text) else token.text, token.at)]
    rest = Token("name", token.text[found.end() :], token.at + found.end())
    return [Token("name", symbol_key(found[0]), token.at), *_split_greek_letters(rest)]


def _greek(text: str) -> bool:
    return any(letter in text for letter in GREEK.values())


def parses(entry: PayoffEntry, cell: PastedCell) -> bool:
    """Return whether an entry can be read as a payoff."""
    try:
        payoff(entry, cell, {})
    except InputError:
        return False
    return True


MOSTLY = 0.75
"""The part of cells with one payoff from which a table is taken for one with payoffs below each other."""


def together(grid: PastedGrid) -> PastedGrid:
    """Return a grid with the rows of each profile as one; the grid itself where none are stacked."""
    facts = _Facts.of(grid)
    for left in range(1, grid.width):
        for stack in _stacks(grid, left, facts):
            if stack.most == stack.profiles and stack.size > 1 and stack.payoffs == stack.cells:
                return _merge_header_cells(grid, left, stack.starts())
    return grid


class Unevenness(NamedTuple):
    """An error in payoffs printed below each other: code, text, row and column, and hint."""

    code: str
    text: str
    place: tuple[int, int]
    hint: str


def unevenness(grid: PastedGrid) -> Unevenness | None:
    """Return where, of payoffs below each other, a row is missing, or a cell holds none or several.

    T216 for a profile with fewer or more rows than the others, T205 for an empty cell, T215 for a cell with
    several payoffs or none; None where all is even, or no payoffs are stacked.
    """
    facts = _Facts.of(grid)
    for left in reversed(range(1, grid.width)):
        for stack in _stacks(grid, left, facts):
            if stack.size < 2 or stack.most < stack.profiles - 1 or stack.payoffs < MOSTLY * stack.cells:
                continue
            starts = stack.starts()
            for start, own in zip(starts, _sizes(grid, starts), strict=True):
                if own != stack.size:
                    return Unevenness(
                        "T216",
                        f"{own} payoffs stand below each other here, and {stack.size} in the other profiles",
                        (start, left - 1),
                        "a row may be missing or stand twice; each profile has one for each party",
                    )
            if stack.payoffs == stack.cells:
                continue
            row, column, cell = next(
                (r, c, grid.rows[r][c])
                for r in range(starts[0], grid.height)
                for c in range(left, grid.width)
                if not _one_payoff(grid.rows[r][c])
            )
            if cell.blank:
                return Unevenness("T205", "a payoff is missing", (row, column), "fill in the cell")
            return Unevenness(
                "T215",
                "this cell does not hold a single payoff, as the others do",
                (row, column),
                "write all payoffs of the table below each other, or all in one cell",
            )
    return None


class _Stack(NamedTuple):
    """What is known of the profiles that begin in one row and below: all of it counted on the way up."""

    begins: list[int]
    first: int
    size: int
    """How many rows most of the profiles have; of several such numbers that of the uppermost profile."""
    most: int
    """How many profiles have so many rows."""
    payoffs: int
    """How many cells hold one payoff."""
    cells: int

    @property
    def profiles(self) -> int:
        return len(self.begins) - self.first

    def starts(self) -> list[int]:
        return self.begins[self.first :]


class _Facts(NamedTuple):
    """What each row of a grid holds, so that no way to divide the grid needs its cells again."""

    single: list[list[int]]
    """How many cells hold one payoff, from each column on."""
    first: list[int]
    """The first column in which a heading begins."""

    @classmethod
    def of(cls, grid: PastedGrid) -> _Facts:
        return cls(
            [[*accumulate(map(_one_payoff, reversed(row)), initial=0)][::-1] for row in grid.rows],
            [
                next((c for c in range(grid.width) if _begins(grid, r, c)), grid.width)
                for r in range(grid.height)
            ],
        )


def _stacks(grid: PastedGrid, left: int, facts: _Facts) -> Iterator[_Stack]:
    """Yield the rows in which profiles may begin, right of `left` columns and below a row of headings.

    There may be as many as rows, so each is judged by sums that grow from the last row up.
    """
    begins = [r for r in range(grid.height) if _begins(grid, r, left - 1)]
    beside = set(range(grid.height)).difference(begins)
    # The rows of a profile have one heading: what has headings of its own is another profile, with gaps.
    barred = max((r for r in beside if facts.first[r] < left - 1), default=-1)
    below = [*accumulate((row[left] for row in reversed(facts.single)), initial=0)]
    sizes = _sizes(grid, begins)
    modes: list[tuple[int, int]] = []
    counts: Counter[int] = Counter()
    size = 0
    for own in reversed(sizes):
        counts[own] += 1
        size = own if counts[own] >= counts[size] else size
        modes.append((size, counts[size]))
    modes.reverse()
    width = grid.width - left
    for k, top in enumerate(begins[:-1]):
        if not top or top < barred:
            continue
        yield _Stack(begins, k, *modes[k], below[grid.height - top], (grid.height - top) * width)
        own_payoffs = below[grid.height - top] - below[grid.height - begins[k + 1]]
        if sizes[k] > 1 and 2 * own_payoffs > sizes[k] * width:
            return  # these are payoffs already, and no headings


def _begins(grid: PastedGrid, row: int, column: int) -> bool:
    """Whether a cell has a heading that is not the merged one above."""
    cell = grid.rows[row][column]
    return not cell.blank and (not row or cell is not grid.rows[row - 1][column])


def _sizes(grid: PastedGrid, starts: list[int]) -> list[int]:
    return [b - a for a, b in zip(starts, [*starts[1:], grid.height], strict=True)] if starts else []


def _one_payoff(cell: PastedCell) -> bool:
    if cell.blank or cell.merged:
        return False
    parts = entries(cell)
    return len(parts) == 1 and parses(parts[0], cell)


def _merge_header_cells(grid: PastedGrid, left: int, starts: list[int]) -> PastedGrid:
    top = starts[0]
    rows, numbers = list(grid.rows[:top]), list(grid.numbers[:top])
    for start, size in zip(starts, _sizes(grid, starts), strict=True):
        stack = [row[left:] for row in grid.rows[start : start + size]]
        cells = [
            replace(column[0], text="\n".join(cell.text for cell in column), at=None)
            for column in zip(*stack, strict=True)
        ]
        rows.append([*grid.rows[start][:left], *cells])
        numbers.append(grid.numbers[start])
    return replace(grid, rows=rows, numbers=numbers)
