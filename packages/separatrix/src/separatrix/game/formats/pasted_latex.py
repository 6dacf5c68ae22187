r"""The table in a LaTeX text: the cells between ``&`` and ``\\`` of one ``tabular``.

Macros without arguments that the text itself defines are expanded; others are reported with their place.
"""

from __future__ import annotations

import re

from separatrix.errors import InputError, Place
from separatrix.expression.latex_commands import understood
from separatrix.expression.parser import GREEK, MAX_CHARACTERS
from separatrix.game.formats.pasted_markup import PastedCell, PastedGrid, PastedSource, grid_of
from separatrix.game.formats.tables import MAX_COLUMNS, MAX_ROWS

__all__ = ["TABULAR", "latex_grid", "words_of_latex"]

_KINDS = r"\s*\{(tabular[xy*]?|tabulary|longtable|array|tabu|longtabu|tblr)\}"
TABULAR = re.compile(rf"\\begin{_KINDS}")
_ENDS = re.compile(rf"\\(begin|end){_KINDS}")
_RULES = re.compile(
    r"\s*\\(?:hline|toprule|midrule|bottomrule|endhead|endfirsthead|endfoot|endlastfoot|noalign\{[^{}]*\}"
    r"|(?:cline|cmidrule|specialrule|addlinespace|cellcolor|rowcolor)(?:\([^()]*\))?(?:\[[^\[\]]*\])?(?:\{[^{}]*\})*"
    r"|\[[^\[\]]*\])"
)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_DEFINITION = re.compile(
    # Blanks are never given back, for many of them would be divided in every way.
    r"\\(?:(?:re|provide)?newcommand\*?\s*+\{?\s*+\\(?P<named>[A-Za-z]++)\s*+\}?\s*+"
    r"(?P<arguments>\[[^\[\]\\]*+\])?|def\s*+\\(?P<defined>[A-Za-z]++)\s*+(?P<parameters>#\d)?)\s*+(?=\{)"
)
_COMMAND = re.compile(r"\\([A-Za-z]+\*?)")
_LAYOUT = {"multicolumn": 3, "multirow": 3, "makecell": 1, "shortstack": 1, "diagbox": 2, "slashbox": 2}
"""Commands that arrange cells, and the number of their arguments; the last one is shown (both of a box)."""

_WORDS = frozenset(
    "textbf textit textrm textsf texttt emph underline text mathrm mathbf mathit bf it rm centering "
    "raggedright small footnotesize scriptsize normalsize large bfseries itshape noindent hfill quad qquad "
    "left right displaystyle textstyle tnote footnotemark rotatebox".split()
)
_ESCAPED = {
    "%": "%",
    "&": "&",
    "_": "_",
    "#": "#",
    "$": "$",
    "{": "{",
    "}": "}",
    ",": " ",
    ";": " ",
    " ": " ",
}
MOST_MACROS = 500
"""Macros that are read, and that are put into one cell."""


def latex_grid(source: PastedSource) -> PastedGrid:
    r"""Return the cells of the one ``tabular`` in a LaTeX text.

    Raises
    ------
    InputError
        T214 for no table or more than one, T218 for macros of the author's own, T200 where the table does not
        end, T206 past a limit.
    """
    text = _COMMENT.sub(lambda m: " " * len(m[0]), source.text)
    outer = _outermost(text)
    if len(outer) != 1:
        raise _not_one(source, [begin.start() for begin in outer])
    macros = _macros(text)
    begin = outer[0]
    start, end = _after_arguments(text, begin.end()), _end(text, begin, source)
    rows = _split(text, start, end, source)
    cells = [[_cell(text, a, b, macros, source) for a, b in row] for row in rows]
    grid = grid_of(cells, source, covered=True)
    source.pasted = grid.places
    return grid


def _outermost(text: str) -> list[re.Match[str]]:
    """Return the beginnings of the outermost tables."""
    found: list[re.Match[str]] = []
    depth = 0
    for mark in _ENDS.finditer(text):
        if mark[1] == "begin":
            if not depth:
                found.append(mark)
            depth += 1
        else:
            depth = max(0, depth - 1)
    return found


def _not_one(source: PastedSource, starts: list[int]) -> InputError:
    if not starts:
        return InputError(
            "T214",
            "the text holds no table",
            where=Place(source.name),
            hint=r"copy all from \begin{tabular} to \end{tabular}",
        )
    return source.wrong(
        "T214", f"the text holds {len(starts)} tables; this is the second", starts[1], 1, "keep one of them"
    )


def _end(text: str, begin: re.Match[str], source: PastedSource) -> int:
    """Return where an environment ends; environments of one kind may be nested."""
    name = re.escape(begin[2])
    depth = 1
    for mark in re.compile(rf"\\(begin|end)\s*\{{{name}\}}").finditer(text, begin.end()):
        depth += 1 if mark[1] == "begin" else -1
        if not depth:
            return mark.start()
    raise source.wrong(
        "T200",
        f"`{begin[0]}` is never closed",
        begin.start(),
        len(begin[0]),
        rf"copy all up to \end{{{begin[2]}}}",
    )


def _after_arguments(text: str, at: int) -> int:
    """Return where the first row begins, after ``[t]{width}{lcc}``."""
    while True:
        rest = re.compile(r"\s*([\[{])").match(text, at)
        if rest is None:
            return at
        close = _closing(text, rest.start(1))
        if close is None:
            return at
        at = close + 1


def _closing(text: str, at: int, most: int = MAX_CHARACTERS) -> int | None:
    """Return where the bracket at `at` closes, within so many characters."""
    opening = text[at]
    closing = {"{": "}", "[": "]"}[opening]
    depth = 0
    position = at
    while position < min(len(text), at + most):
        character = text[position]
        if character == "\\":
            position += 2
            continue
        depth += (character == opening) - (character == closing)
        if not depth:
            return position
        position += 1
    return None


def _split(text: str, start: int, end: int, source: PastedSource) -> list[list[tuple[int, int]]]:
    r"""Return the extents of the cells of each row: ``&`` and ``\\`` within braces divide nothing."""
    rows: list[list[tuple[int, int]]] = [[]]
    opened: list[int] = []
    inner = 0
    begun = at = start
    while at < end:
        character = text[at]
        if character == "\\":
            if text.startswith("\\begin", at):
                inner += 1
            elif text.startswith("\\end", at):
                inner -= 1
            elif text.startswith("\\\\", at) or re.match(r"\\tabularnewline(?![A-Za-z])", text[at : at + 17]):
                if not opened and not inner:
                    rows[-1].append((begun, at))
                    rows.append([])
                    at += 2 if text[at + 1] == "\\" else 15
                    begun = at
                    continue
            at += 2
            continue
        if character == "{":
            opened.append(at)
        elif character == "}" and opened:
            opened.pop()
        elif character == "&" and not opened and not inner:
            rows[-1].append((begun, at))
            begun = at + 1
        at += 1
    if opened:
        raise source.wrong(
            "T200", "this brace is never closed", opened[-1], 1, "close it where its part ends"
        )
    rows[-1].append((begun, end))
    return rows


# --------------------------------------------------------------------------- macros


def _macros(text: str) -> dict[str, str | None]:
    """Return what the macros stand for that the text defines; None for those with arguments."""
    macros: dict[str, str | None] = {}
    for found, _ in zip(_DEFINITION.finditer(text), range(MOST_MACROS), strict=False):
        close = _closing(text, found.end())
        if close is None:
            continue
        name = found["named"] or found["defined"]
        takes = found["arguments"] or found["parameters"]
        macros[name] = None if takes else text[found.end() + 1 : close]
    return macros


def _expanded(text: str, at: int, macros: dict[str, str | None], source: PastedSource) -> tuple[str, bool]:
    """Return a text with its macros put in, and whether there were any."""
    for times in range(MOST_MACROS):
        found = next((m for m in _COMMAND.finditer(text) if m[1] in macros), None)
        if found is None:
            return text, times > 0
        body = macros[found[1]]
        if body is None:
            raise source.wrong(
                "T218",
                f"the macro `{found[0]}` takes arguments",
                at + (0 if times else found.start()),
                len(found[0]),
                "write in the table what it stands for",
            )
        # In braces, so that the name of a command ends where it did.
        text = f"{text[: found.start()]}{{{body}}}{text[found.end() :]}"
        if len(text) > MAX_CHARACTERS:
            break
    raise source.wrong("T218", "the macros in this cell go on without end", at, 1, "write them out")


# --------------------------------------------------------------------------- cells


def _cell(text: str, start: int, end: int, macros: dict[str, str | None], source: PastedSource) -> PastedCell:
    while rule := _RULES.match(text, start, end):
        start = rule.end()
    raw = text[start:end]
    start += len(raw) - len(raw.lstrip())
    raw = raw.strip()
    right = down = 1
    while (found := _COMMAND.match(raw)) and found[1] in ("multicolumn", "multirow"):
        arguments = _arguments(raw, found.end(), 3)
        if arguments is None:
            raise source.wrong("T200", f"`{found[0]}` needs three arguments", start, len(found[0]))
        count = raw[slice(*arguments[0])].strip().strip("=")
        number = int(count) if re.fullmatch(r"-?\d{1,5}", count) else 1
        if found[1] == "multicolumn":
            right = min(max(1, number), MAX_COLUMNS + 1)
        else:
            down = min(max(1, abs(number)), MAX_ROWS)
        first, last = arguments[2]
        start += first + len(raw[first:last]) - len(raw[first:last].lstrip())
        raw = raw[first:last].strip()
    told, changed = _expanded(raw, start, macros, source)
    for found in _COMMAND.finditer(told):
        word = found[1].rstrip("*")
        if not (understood(word) or word in _WORDS or word in _LAYOUT or word in ("begin", "end")):
            raise source.wrong(
                "T218",
                f"`{found[0]}` is not a supported command; it may be a macro of the author",
                start + (0 if changed else found.start()),
                len(found[0]),
                f"write what it stands for, or paste its definition, as in \\newcommand{{{found[0]}}}{{…}}, "
                "above the table",
            )
    shown = _laid_out(told)
    at = start if shown == text[start : start + len(shown)] else None
    return PastedCell(shown, latex=True, right=right, down=down, at=at)


def _arguments(text: str, at: int, count: int) -> list[tuple[int, int]] | None:
    """Return the extents of arguments in braces; those in square brackets are passed over."""
    found: list[tuple[int, int]] = []
    while len(found) < count:
        begin = re.compile(r"\s*([\[{*])").match(text, at)
        if begin is None:
            return None
        if begin[1] == "*":  # \multirow{2}*{…}
            found.append((begin.start(1), begin.end(1)))
            at = begin.end()
            continue
        close = _closing(text, begin.start(1))
        if close is None:
            return None
        if begin[1] == "{":
            found.append((begin.end(1), close))
        at = close + 1
    return found


def _laid_out(text: str) -> str:
    r"""Return a cell without what arranges it: ``\makecell{a\\b}`` is two lines, ``\diagbox{A}{B}`` A / B."""
    for _ in range(50):
        found = next((m for m in _COMMAND.finditer(text) if m[1] in _LAYOUT), None)
        if found is None:
            break
        arguments = _arguments(text, found.end(), _LAYOUT[found[1]])
        if arguments is None:
            return text
        parts = [text[slice(*extent)] for extent in arguments]
        inner = " / ".join(parts) if len(parts) == 2 else parts[-1]
        if found[1] in ("makecell", "shortstack"):
            inner = inner.replace("\\\\", "\n")
        text = text[: found.start()] + inner + text[arguments[-1][1] + 1 :]
    nested = re.sub(r"\\begin\{[^{}]*\}(?:\[[^\[\]\\]*\])?(?:\{[^{}]*\})?|\\end\{[^{}]*\}", "", text)
    return nested.replace("\\\\", "\n").strip() if nested != text else text


def words_of_latex(text: str) -> str:
    """Return the words of a cell without commands, Greek letters as they are."""
    text = re.sub(r"\\(.)", lambda m: _ESCAPED[m[1]] if m[1] in _ESCAPED else m[0], text)
    text = _COMMAND.sub(lambda m: GREEK.get(m[1], ""), text)
    return " ".join(text.replace("$", "").replace("{", "").replace("}", "").replace("~", " ").split())
