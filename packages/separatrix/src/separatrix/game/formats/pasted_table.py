"""What a pasted table of payoffs says: who plays, their strategies, and what each of them earns.

Three layouts are read, as papers print them. A *crossed* table has strategies along its side and its top,
and all payoffs of a profile in one cell, or below each other; one population has a single payoff a cell. A
*listed* table has a row for each profile, given in one cell or in one column a party, and a column of
payoffs for each party.

Games in pasted tables: from the text to the document that a game file would hold.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import mode
from typing import Any

from separatrix.errors import InputError
from separatrix.expression.parser import GREEK, parse_expression
from separatrix.expression.tree import names_in
from separatrix.game.formats.pasted_cells import (
    PayoffEntry,
    TableHeading,
    entries,
    heading,
    parses,
    payoff,
    together,
    unevenness,
    with_shares,
)
from separatrix.game.formats.pasted_latex import TABULAR, latex_grid
from separatrix.game.formats.pasted_markup import PastedCell, PastedGrid, PastedSource, filled, html_grid
from separatrix.game.formats.sheets import TableSource

__all__ = [
    "is_payoff_table",
    "kind_of_text",
    "parse_html",
    "parse_latex",
    "read_payoff_table",
    "report_reading_choices",
]

_UNNAMED = "Population {number}"
_CORNER = re.compile(r"\s*[\\/|＼／｜]\s*")
_PAYOFF_OF = re.compile(
    r"(?i)(?:expected\s+)?(?:pay-?offs?|benefits?|returns?|utility)\s+(?:of|for|to)\s+(?:the\s+)?|\s*'?s?\s+"
    r"(?:pay-?offs?|benefits?|returns?|utility)\s*\Z|的?(?:期望)?(?:收益|支付|得益)\Z"
)
_ORDER = "xyzwvu"


@dataclass(frozen=True)
class _Level:
    """One line of headings: the strategies of a party, by row or column of the table."""

    headings: tuple[TableHeading, ...]
    cells: tuple[PastedCell, ...]
    party: str | None = None

    @property
    def strategies(self) -> list[str]:
        """The names, the one that is played with the share itself first."""
        names = list(dict.fromkeys(h.name for h in self.headings))
        firsts = {h.name for h in self.headings if h.share and not h.rest}
        return sorted(names, key=lambda name: name not in firsts) if len(firsts) == 1 else names

    @property
    def share(self) -> str | None:
        told = {h.share for h in self.headings}
        return told.pop() if len(told) == 1 and len(self.strategies) == 2 else None


def is_payoff_table(grid: PastedGrid) -> bool:
    """Return whether a table has several payoffs, or a profile, in one cell, or columns named by parties."""
    several = any(_payoffs_in(cell) for row in together(grid).rows for cell in row)
    return _listed_columns(grid) or several or unevenness(grid) is not None


def _payoffs_in(cell: PastedCell) -> int:
    """Return the number of payoffs in a cell, 0 where it has none or something else."""
    if cell.blank:
        return 0
    found = entries(cell)
    return len(found) if len(found) > 1 and all(parses(e, cell) for e in found) else 0


def read_payoff_table(grid: PastedGrid, source: TableSource) -> dict[str, Any]:
    """Return the document that a pasted table describes, and note where its parts stand.

    Raises
    ------
    InputError
        T204 for merged payoffs, T205 for an empty cell, T215 for an unsupported layout, T216 for a missing or
        repeated row or column, T217 where the owner of a payoff is ambiguous; S001, P701 for an invalid
        expression.
    """
    if grid.height < 2 or grid.width < 2:
        raise source.fault(
            "T215",
            f"a table of {grid.height} × {grid.width} cells holds no payoffs",
            hint="copy all of it, with the headings",
        )
    if not _listed_columns(grid):
        stacked = together(grid)
        uneven = unevenness(grid) if stacked is grid else None
        if uneven is not None:
            raise source.fault(uneven.code, uneven.text, grid.address(*uneven.place), hint=uneven.hint)
        grid = stacked
    profiles = [entries(cell) for cell in grid.column(0, 1)]
    parties = grid.width - 1
    if parties > 1 and all(len(p) == parties for p in profiles):
        return _Reader(grid, source).profiles_in_one_cell(profiles)
    if _listed_columns(grid):
        return _Reader(grid, source).profiles_in_columns()
    if is_payoff_table(grid):
        return _Reader(grid, source).crossed()
    return _Reader(grid, source).one_population()


def _listed_columns(grid: PastedGrid) -> bool:
    """Whether there is a column for each party's strategy, then one named after it for its payoff."""
    half, odd = divmod(grid.width, 2)
    names = [heading(cell).name for cell in grid.rows[0]]
    return (
        half > 1
        and not odd
        and all(names)
        and all(
            a.casefold() in b.casefold() and a != b for a, b in zip(names[:half], names[half:], strict=True)
        )
    )


class _Reader:
    def __init__(self, grid: PastedGrid, source: TableSource) -> None:
        self.grid = grid
        self.source = source
        self.products: dict[str, None] = {}
        self.document: dict[str, Any] = {}

    # ------------------------------------------------------------------ listed

    def profiles_in_one_cell(self, profiles: Sequence[Sequence[PayoffEntry]]) -> dict[str, Any]:
        cells = [[replace(cell, text=e.text, at=None) for e in p] for cell, p in self.rows_of(profiles)]
        names = [_PAYOFF_OF.sub("", heading(cell).name) for cell in self.grid.rows[0][1:]]
        return self.listed(names, cells, 1)

    def rows_of(
        self, profiles: Sequence[Sequence[PayoffEntry]]
    ) -> list[tuple[PastedCell, Sequence[PayoffEntry]]]:
        return list(zip(self.grid.column(0, 1), profiles, strict=True))

    def profiles_in_columns(self) -> dict[str, Any]:
        half = self.grid.width // 2
        names = [heading(cell).name for cell in self.grid.rows[0][:half]]
        columns = [filled(self.grid.column(c, 1)) for c in range(half)]
        return self.listed(names, list(zip(*columns, strict=True)), half)

    def listed(
        self, names: Sequence[str], profiles: Sequence[Sequence[PastedCell]], first: int
    ) -> dict[str, Any]:
        levels = []
        for k, name in enumerate(names):
            cells = tuple(profile[k] for profile in profiles)
            told = with_shares([heading(cell) for cell in cells])
            levels.append(_Level(tuple(told), cells, name or None))
        rows = [
            [PayoffEntry(cell.text, 0) for cell in self.grid.rows[r][first:]]
            for r in range(1, self.grid.height)
        ]
        places = [[(r, first + k) for k in range(len(names))] for r in range(1, self.grid.height)]
        order = list(range(len(names)))
        named = [(r, 0) for r in range(1, self.grid.height)]
        return self.to_document(levels, order, rows, places, named)

    # ------------------------------------------------------------------ crossed

    def crossed(self) -> dict[str, Any]:
        grid = self.grid
        found = {
            (r, c): n
            for r, row in enumerate(grid.rows)
            for c, cell in enumerate(row)
            if (n := _payoffs_in(cell))
        }
        top, left = min(r for r, _ in found), min(c for _, c in found)
        if not top or not left:
            raise self.source.fault(
                "T215",
                "the first row or column contains payoffs, where headings were expected",
                grid.address(top, left),
                hint=(
                    "copy the headings too, with a strategy above each column and before each row; "
                    "omit a caption"
                ),
            )
        parties = mode(found.values())
        levels, sides = self.levels(top, left)
        for side, count, what in (("row", grid.height - top, "row"), ("column", grid.width - left, "column")):
            if side not in sides and len(levels) < parties:
                first = grid.address(top, left - 1) if side == "row" else grid.address(top - 1, left)
                name = heading(grid.rows[top][left - 1] if side == "row" else grid.rows[top - 1][left]).name
                raise self.source.fault(
                    "T216",
                    f"all {count} {what}s of payoffs are called `{name}`"
                    if count > 1
                    else f"there is one {what} of payoffs, `{name}`; a choice needs two",
                    first,
                    hint=f"a {what} may be missing, or cells were merged: give each {what} its strategy",
                )
        if len(levels) != parties:
            raise self.source.fault(
                "T215",
                f"each cell has {parties} payoffs, but the headings give the strategies of {len(levels)} "
                f"part{'y' if len(levels) == 1 else 'ies'}",
                grid.address(top, left),
                hint="one row or column of headings for each party, with its strategies; a row or column "
                "that is missing leaves one strategy alone",
            )
        order = self.order(levels, sides, top, left)
        rows, places, profiles = [], [], []
        for r in range(top, grid.height):
            for c in range(left, grid.width):
                cell = grid.rows[r][c]
                if found.get((r, c), 0) != parties:
                    raise self.no_payoffs(r, c, parties)
                if cell.merged:
                    raise self.source.fault(
                        "T204",
                        f"a cell with payoffs goes over {cell.down} rows and {cell.right} columns",
                        grid.address(r, c),
                        hint="unmerge it and fill in every cell",
                    )
                rows.append(entries(cell))
                places.append([(r, c)] * parties)
                profiles.append([(r - top) if side == "row" else (c - left) for side in sides])
        spread = [
            _Level(
                tuple(level.headings[p[k]] for p in profiles),
                tuple(level.cells[p[k]] for p in profiles),
                level.party,
            )
            for k, level in enumerate(levels)
        ]
        return self.to_document(spread, order, rows, places, [p[0] for p in places], top, left)

    def no_payoffs(self, row: int, column: int, parties: int) -> InputError:
        cell = self.grid.rows[row][column]
        address = self.grid.address(row, column)
        if cell.blank:
            return self.source.fault(
                "T205", "the payoffs of this profile are missing", address, hint="fill in the cell"
            )
        parts = entries(cell)
        for part in parts:
            try:
                payoff(part, cell, {})
            except InputError as problem:
                return self.placed(problem, cell, part, row, column)
        return self.source.fault(
            "T215",
            f"{len(parts)} payoff{'s' if len(parts) > 1 else ''} in this cell, {parties} in the others",
            address,
            hint="give one payoff for each party, with commas between",
        )

    def levels(self, top: int, left: int) -> tuple[list[_Level], list[str]]:
        """Return the lines of headings with strategies, side first, outermost first."""
        grid = self.grid
        side = [filled(grid.column(c, top)) for c in range(left)]
        above = [filled(grid.rows[r][left:]) for r in range(top)]
        corner = [[heading(grid.rows[r][c]).name for c in range(left)] for r in range(top)]
        if corner:
            # A name over several rows stands in the first of them.
            corner[-1] = [next((n for n in reversed(names) if n), "") for names in zip(*corner, strict=True)]
        named = [[part for part in _CORNER.split(text) if part] for text in corner[-1]] if corner else []
        levels: list[_Level] = []
        sides: list[str] = []
        for kind, lines in (("row", side), ("column", above)):
            party: str | None = None
            for k, line in enumerate(lines):
                told = with_shares([heading(cell) for cell in line])
                if any(not cell.blank for cell in line) and any(cell.blank for cell in line):
                    raise self.source.fault(
                        "T205",
                        "a heading is missing here",
                        grid.address(top, k) if kind == "row" else grid.address(k, left),
                        hint="where cells were merged, write the name into the first of them",
                    )
                names = {h.name for h in told}
                if names == {""} and levels and sides[-1] == kind:
                    levels[-1] = self.with_shares(levels[-1], told)
                elif len(names) == 1:
                    party = told[0].name or None
                else:
                    levels.append(
                        _Level(tuple(told), tuple(line), party or self.corner(kind, k, corner, named))
                    )
                    sides.append(kind)
                    party = None
        return levels, sides

    def corner(self, kind: str, k: int, corner: list[list[str]], named: list[list[str]]) -> str | None:
        """Return the name of a party in the corner of a table: ``A / B``, or a name next to its headings."""
        if not named:
            return None
        both = next((parts for parts in named if len(parts) == 2), None)
        if both is not None:
            return both[0 if kind == "row" else 1]
        if kind == "row":
            return corner[-1][k] or None
        # Beside the strategies of the columns stands their party, unless it is that of the rows below.
        return corner[k][-1] or None if k < len(corner) - 1 else None

    def with_shares(self, level: _Level, told: Sequence[TableHeading]) -> _Level:
        """Return strategies with the shares from a separate line: x, 1-x."""
        joined = tuple(
            replace(h, share=s.share, rest=s.rest) for h, s in zip(level.headings, told, strict=True)
        )
        return replace(level, headings=joined)

    def order(self, levels: Sequence[_Level], sides: Sequence[str], top: int, left: int) -> list[int]:
        """Return which level each payoff of a cell belongs to.

        Two parties: the row's payoff first. More: by their shares x, y, z, which the headings must give.
        """
        if len(levels) == 2:
            return [0, 1] if sides == ["row", "column"] else self.whose(levels, top, left)
        return self.whose(levels, top, left)

    def whose(self, levels: Sequence[_Level], top: int, left: int) -> list[int]:
        shares = [level.share or "" for level in levels]
        if set(shares) <= set(_ORDER) and len(set(shares)) == len(shares) and all(shares):
            return sorted(range(len(levels)), key=lambda k: _ORDER.index(shares[k]))
        raise self.source.fault(
            "T217",
            f"the order of the {len(levels)} payoffs in a cell is ambiguous",
            self.grid.address(top, left),
            hint=(
                "write the share of each party after its strategies, as in `regulate (y)`, `do not "
                "(1-y)`: payoffs are in the order x, y, z"
            ),
        )

    # ------------------------------------------------------------------ one population

    def one_population(self) -> dict[str, Any]:
        grid = self.grid
        rows = [heading(cell).name for cell in grid.column(0, 1)]
        columns = [heading(cell).name for cell in grid.rows[0][1:]]
        if rows != columns:
            raise self.source.fault(
                "T215",
                "the table has one payoff a cell, and its rows and columns are not the same strategies",
                grid.address(0, 0),
                hint="of two parties each cell holds both payoffs, as in `R1 - C1, R2 - C2`; a list has a "
                "column for each strategy and one `pay:NAME` for each payoff",
            )
        matrix = []
        self.source.cells["payoff_matrix",] = grid.address(1, 1)
        for r in range(1, grid.height):
            line = []
            for c in range(1, grid.width):
                cell = grid.rows[r][c]
                if cell.blank:
                    raise self.source.fault("T205", "the payoff is missing", grid.address(r, c))
                line.append(self.expression(PayoffEntry(cell.text, 0), cell, r, c))
                self.source.cells["payoff_matrix", r - 1, c - 1] = grid.address(r, c)
            matrix.append(line)
        corner = heading(grid.rows[0][0]).name
        self.document["populations"] = [{"name": corner or "population", "strategies": rows}]
        for path in (("populations",), ("populations", 0), ("populations", 0, "strategies")):
            self.source.cells[path] = grid.address(1, 0)
        self.document["payoff_matrix"] = matrix
        return self.finished([cell for line in matrix for cell in line])

    # ------------------------------------------------------------------ the document

    def to_document(
        self,
        levels: Sequence[_Level],
        order: Sequence[int],
        rows: Sequence[Sequence[PayoffEntry]],
        places: Sequence[Sequence[tuple[int, int]]],
        named: Sequence[tuple[int, int]],
        top: int = 1,
        left: int = 0,
    ) -> dict[str, Any]:
        """Return the document; `rows` are the payoffs of each profile in the order of the parties."""
        parties = [levels[k] for k in order]
        self.check_profiles(parties, named)
        where = self.grid.address(top, left)
        populations = []
        for k, level in enumerate(parties):
            entry: dict[str, Any] = {"name": level.party or _UNNAMED.format(number=k + 1)}
            if level.share:
                entry["share"] = level.share
            entry["strategies"] = level.strategies
            populations.append(entry)
            for key in ("name", "share", "strategies"):
                self.source.cells["populations", k, key] = (named and self.grid.address(*named[0])) or where
        self.source.cells["populations",] = self.source.cells["payoffs",] = where
        payoffs: list[dict[str, list[Any]]] = []
        for i, (parts, at) in enumerate(zip(rows, places, strict=True)):
            pay = []
            for k, (part, (r, c)) in enumerate(zip(parts, at, strict=True)):
                cell = self.grid.rows[r][c]
                if not part.text:
                    raise self.source.fault(
                        "T205", "a payoff is missing in this cell", self.grid.address(r, c)
                    )
                pay.append(self.expression(part, cell, r, c))
                self.source.cells["payoffs", i, "pay", k] = self.grid.address(r, c)
            play = [level.headings[i].name for level in parties]
            payoffs.append({"play": play, "pay": pay})
            for kind in ("play", "pay"):
                self.source.cells["payoffs", i, kind] = self.grid.address(*at[0])
            self.source.cells["payoffs", i] = self.grid.address(*at[0])
        self.document["populations"] = populations
        self.document["payoffs"] = payoffs
        return self.finished([cell for entry in payoffs for cell in entry["pay"]])

    def check_profiles(self, parties: Sequence[_Level], named: Sequence[tuple[int, int]]) -> None:
        """Refuse a table in which a profile is missing or stands twice."""
        seen: dict[tuple[str, ...], int] = {}
        for i in range(len(named)):
            profile = tuple(level.headings[i].name for level in parties)
            for level, name in zip(parties, profile, strict=True):
                if not name:
                    raise self.source.fault(
                        "T205",
                        f"the strategy of {level.party or 'a party'} is missing",
                        self.grid.address(*named[i]),
                        hint="where cells were merged, write the strategy into the first of them",
                    )
            if profile in seen:
                raise self.source.fault(
                    "T216",
                    f"the payoffs of ({', '.join(profile)}) stand here a second time",
                    self.grid.address(*named[i]),
                    hint="cells may have been merged: write the strategy into each of them",
                )
            seen[profile] = i
        counts = [len(level.strategies) for level in parties]
        lonely = next((k for k, count in enumerate(counts) if count == 1), None)
        if lonely is not None or len(seen) != math.prod(counts):
            self.missing(parties, seen, named, lonely)

    def missing(
        self,
        parties: Sequence[_Level],
        seen: dict[tuple[str, ...], int],
        named: Sequence[tuple[int, int]],
        lonely: int | None,
    ) -> None:
        if lonely is not None:
            level = parties[lonely]
            who = level.party or f"party {lonely + 1}"
            raise self.source.fault(
                "T216",
                f"the table has only one strategy of {who}, `{level.strategies[0]}`",
                self.grid.address(*named[0]),
                hint="a row or a column may be missing; copy the whole table",
            )
        lists = [level.strategies for level in parties]
        for k in range(math.prod(map(len, lists))):
            profile: list[str] = []
            for names in reversed(lists):
                k, own = divmod(k, len(names))
                profile.insert(0, names[own])
            if tuple(profile) not in seen:
                raise self.source.fault(
                    "T216",
                    f"the payoffs of ({', '.join(profile)}) are missing",
                    self.grid.address(*named[-1]),
                    hint="a row may be missing, or a name spelt in two ways; each combination of strategies "
                    "stands once",
                )

    def expression(self, part: PayoffEntry, cell: PastedCell, row: int, column: int) -> int | str:
        try:
            return payoff(part, cell, self.products)
        except InputError as problem:
            raise self.placed(problem, cell, part, row, column) from None

    def placed(
        self, problem: InputError, cell: PastedCell, part: PayoffEntry, row: int, column: int
    ) -> InputError:
        """Return a fault that was found in a part of a cell with its place in the table."""
        where = problem.where
        at = 0 if where is None or where.column is None else where.column - 1
        problem.where = self.source.cell(
            self.grid.address(row, column),
            text=cell.text,
            offset=part.at + at,
            width=1 if where is None else where.width,
        )
        return problem

    def finished(self, payoffs: Sequence[int | str]) -> dict[str, Any]:
        """Return the document with its parameters: every name in the payoffs that is not a share."""
        shares = {p.get("share") for p in self.document["populations"]}
        names: dict[str, None] = {}
        for text in payoffs:
            if isinstance(text, str):
                names.update(dict.fromkeys(names_in(parse_expression(text))))
        self.document["parameters"] = dict.fromkeys(n for n in names if n not in shares)
        # LaTeX has no names of several letters, so that there the same cell is a product; both are told.
        latex = any(cell.latex for row in self.grid.rows for cell in row)
        whole = [] if latex else [name for name in self.document["parameters"] if _is_run_together(name)]
        self.source.remarks = tuple(
            f"{read}: {', '.join(names[:6])}{', …' if len(names) > 6 else ''}{advice}"
            for read, names, advice in (
                ("read as products", list(self.products), ""),
                ("read as one symbol each", whole, "; set a blank or * between factors"),
            )
            if names
        )
        return self.document


_LETTERS = re.compile(r"[A-Za-z]{2,}")


def _is_run_together(name: str) -> bool:
    """Whether a name begins with Latin letters that are neither a Greek letter nor a change, `DeltaP`."""
    letters = _LETTERS.match(name)
    return letters is not None and letters[0] not in GREEK and not name.startswith("Delta")


_log = logging.getLogger(__name__)


def kind_of_text(text: str) -> str | None:
    """Return ``latex`` or ``html`` for a text that is such a table, ``tabs`` for lines of cells, else None.

    Examples
    --------
    >>> (
    ...     kind_of_text("<html><table><tr><td>1"),
    ...     kind_of_text("\\tc\\td\\nc\\t1, 1\\t0, 2"),
    ...     kind_of_text("title: <table>"),
    ... )
    ('html', 'tabs', None)
    """
    begins = text.lstrip("\ufeff \t\r\n")[:8]
    if begins.startswith(("\\", "%")) and TABULAR.search(text):
        return "latex"
    # Word puts lines such as `Version:0.9` before the HTML of its clipboard.
    if begins.startswith(("<", "Version:")) and re.search(r"<table[\s>]", text, re.IGNORECASE):
        return "html"
    lines = [line for line in text.split("\n") if line.strip()]
    return "tabs" if len(lines) > 1 and all("\t" in line for line in lines[:2]) else None


def parse_html(text: str, name: str = "table", *, title: str = "table") -> tuple[dict[str, Any], TableSource]:
    """Return the document that the table in an HTML text describes, with its source."""
    source = PastedSource(name, title, text)
    return report_reading_choices(read_payoff_table(html_grid(source), source), source)


def parse_latex(
    text: str, name: str = "table", *, title: str = "table"
) -> tuple[dict[str, Any], TableSource]:
    """Return the document that the table in a LaTeX text describes, with its source."""
    source = PastedSource(name, title, text)
    return report_reading_choices(read_payoff_table(latex_grid(source), source), source)


def report_reading_choices(
    document: dict[str, Any], source: TableSource
) -> tuple[dict[str, Any], TableSource]:
    """Return a document and its source, and report each ambiguous reading."""
    for remark in source.remarks:
        _log.warning("%s: %s", source.name, remark)
    return document, source
