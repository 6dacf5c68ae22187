"""What `check` found, for people: like a compiler's messages on a terminal, as a report elsewhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from separatrix.audit.evidence.findings import Finding
from separatrix.document.tree import (
    Block,
    Column,
    Document,
    Heading,
    Inline,
    Line,
    Paragraph,
    Table,
    Words,
    document_in,
    joined_lines,
    line,
)
from separatrix.errors import InputError, excerpt
from separatrix.expression.parser import parse_expression
from separatrix.formulas.abbreviations import Notation
from separatrix.formulas.layout import Fence, Layout, Row, join_layouts, relation_sign
from separatrix.game.model import Game
from separatrix.game.populations import scenario_name
from separatrix.io.yaml_output import decimal_text
from separatrix.languages import Language, language_of
from separatrix.writers.terminal import WIDEST, shown_text, text_of

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "CheckReport",
    "finding_blocks",
    "finding_words",
    "findings_document",
    "findings_text",
    "print_findings",
]

LONGEST = 480
"""Characters of a formula past which the terminal shows its beginning only."""

_NAME = re.compile(r"[^\W\d]\w*")
_VALUE = re.compile(r"(?<=\w) = (?=[-\w.]+(?:,|;|\)|$| and ))")
_INNER_SIGN = re.compile(r"(?<=[^-\s([{_^\\+=*/])(?=[-+\\])")
_BETWEEN = re.compile(r"; |；")
_COMPARED = re.compile(r" (<=|>=|<|>|=) ")
_SIGN = re.compile(r" ([-+=<>]|==|!=|<=|>=) ")

_STYLES = {"error": "bold red", "note": "bold cyan"}


@dataclass(frozen=True)
class CheckReport:
    """The findings on one game.

    Attributes
    ----------
    game : Game
    findings : sequence of Finding
        Those to show, in order.
    claims : int
        How many claims of the paper were read.
    hidden : int
        The number of omitted notes.
    against : Game or None
        The other version of the model.
    """

    game: Game
    findings: Sequence[Finding]
    claims: int
    hidden: int = 0
    against: Game | None = None

    @property
    def summary(self) -> str:
        """One clause, in English: how much was compared, and what came of it."""
        return self.summary_in(language_of("en"))

    def summary_in(self, words: Language) -> str:
        """One clause: how much was compared, and what came of it."""
        errors = sum(f.severity == "error" for f in self.findings)
        notes = len(self.findings) - errors
        parts = []
        if notes:
            parts.append(words.count(notes, "CHECK_NOTE"))
        if self.hidden:
            parts.append(words.CHECK_HIDDEN.format(notes=words.count(self.hidden, "CHECK_NOTE")))
        further = words.CHECK_FURTHER.join(parts)
        if not self.claims and self.against is None:
            return words.separators["; "].join(filter(None, (words.CHECK_NOTHING, further)))
        template = "{errors}"
        if self.against is not None:
            template = words.CHECK_IN_AND_BETWEEN if self.claims else words.CHECK_BETWEEN
        elif self.claims:
            template = words.CHECK_IN
        begin = template.format(
            errors=words.count(errors, "CHECK_ERROR") if errors else words.CHECK_NO_ERROR,
            claims=words.count(self.claims, "CHECK_CLAIM"),
        )
        return words.CHECK_FURTHER.join(filter(None, (begin, further)))


@dataclass(frozen=True)
class FindingRow:
    """A detail of a finding, in addition to its sentence.

    ``code`` marks a formula, ``printed`` a text that stays as in the paper, and ``values`` names with their
    values.
    """

    name: str
    text: str
    code: bool = False
    printed: bool = False
    values: bool = False


def rows_of(finding: Finding, words: Language) -> list[FindingRow]:
    """Return the details of a finding, in addition to its sentence."""
    details = dict(finding.details)
    # Only what contradicts a claim has a counterexample.
    witness = words.CHECK_WITNESS if finding.severity == "error" else words.CHECK_EXAMPLE
    rows = [
        FindingRow(words.CHECK_CLAIMED, words.tell(finding.claim), True, True),
        FindingRow(words.CHECK_READ_AS, details.pop("read as", ""), True),
        FindingRow(words.CHECK_CORRECT, words.tell(finding.correct), True),
        FindingRow(words.CHECK_TERM, finding.difference or "", True),
        FindingRow(witness, values_text(finding.witness or {}), values=True),
        *(FindingRow(words.tell(name), words.tell(text)) for name, text in details.items()),
    ]
    return [row for row in rows if row.text]


def values_text(values: Mapping[str, Any]) -> str:
    """Return values in few digits.

    Examples
    --------
    >>> values_text({"C1": 4, "x": Fraction(1, 3), "to": "O"})
    'C1 = 4, x = 1/3, to = O'
    """
    return ", ".join(f"{name} = {_short(value)}" for name, value in values.items())


def _short(value: Any) -> str:
    if isinstance(value, Fraction | int) and not isinstance(value, bool):
        text = decimal_text(value)
        return text if len(text) <= 8 else f"{float(value):.6g}"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


# --------------------------------------------------------------------------- terminal


def findings_text(report: CheckReport, width: int = 80, language: Language | None = None) -> str:
    """Return the findings as text without colour."""
    return text_of(lambda console: print_findings(report, console, language), width)


def print_findings(
    report: CheckReport, console: Console | None = None, language: Language | None = None
) -> None:
    """Print the findings to a terminal, or to the given rich console; in English by default."""
    from rich.console import Console

    console = console or Console(highlight=False)
    writer = _Writer(console, language or language_of("en"))
    names = frozenset((*report.game.parameters, *report.game.lets, *report.game.shares))
    shown = sorted(report.findings, key=lambda f: f.severity != "error")
    for finding in shown:
        writer.finding(finding, names)
    writer.summary(report, shown)


class _Writer:
    def __init__(self, console: Console, words: Language) -> None:
        self.console = console
        self.words = words
        self.width = min(console.width, WIDEST)
        self.ascii_only = console.options.ascii_only

    def clean(self, text: str) -> str:
        return shown_text(text, ascii_only=self.ascii_only)

    def flow(self, indent: int, *parts: tuple[str, str]) -> None:
        """Print words that fill the lines, all but the first indented."""
        from rich.text import Text

        from separatrix.writers.terminal import FlowingText

        text = Text.assemble(*((self.clean(words), style) for words, style in parts))
        lines = FlowingText(text).lines(self.width, indent)
        for number, row in enumerate(lines):
            self.console.print(Text(" " * indent) + row if number else row, soft_wrap=True, highlight=False)

    def whole(self, *parts: tuple[str, str]) -> None:
        """Print words on one line, however long: places stay whole, and carets below what they mean."""
        from rich.text import Text

        text = Text.assemble(*((self.clean(words), style) for words, style in parts))
        self.console.print(text, soft_wrap=True, highlight=False)

    def breakable(self, text: str) -> str:
        return _breakable(text, self.words)

    def finding(self, finding: Finding, names: Collection[str]) -> None:
        from rich.cells import cell_len

        style = _STYLES[finding.severity]
        sentence = self.breakable(_after_colon(self.words.tell(finding.text), names))
        head = self.words.CHECK_HEAD_ERROR if finding.severity == "error" else self.words.CHECK_HEAD_NOTE
        self.flow(2, (head.format(code=finding.code), style), (f"{self.words.COLON}{sentence}", "bold"))
        self.whole(("  --> ", "blue"), (finding.where, ""))
        if finding.place is not None:
            for number, row in enumerate(excerpt(finding.place)):
                self.whole((row, style if number else ""))
        rows = rows_of(finding, self.words)
        gutter = max((cell_len(row.name) for row in rows), default=0) + 5
        for told in rows:
            label = f"  {told.name}" + " " * (gutter - 2 - cell_len(told.name))
            self.flow(gutter, (label, "dim"), (self.breakable(told.text), ""))
        self.console.print()

    def summary(self, report: CheckReport, shown: Sequence[Finding]) -> None:
        origin = f"{report.game.origin}{self.words.COLON}"
        self.whole((origin, ""), (report.summary_in(self.words), "bold"))
        if shown:
            self.flow(2, (self.words.CHECK_EXPLAIN.format(code=shown[0].code), "dim"))


def _after_colon(sentence: str, names: Collection[str]) -> str:
    """Return a sentence as it reads after a colon: in lower case unless it begins with a name."""
    first = sentence.split(" ", 1)[0]
    if first[1:].islower() and first.isalpha() and first not in names:
        return sentence[0].lower() + sentence[1:]
    article = first == "A" and first not in names and sentence[2:3].islower()
    return "a" + sentence[1:] if article else sentence


def _breakable(text: str, words: Language) -> str:
    """Return a formula that breaks before its signs, and not after them."""
    if len(text) > LONGEST:
        cut = text.rfind(" ", 0, LONGEST)
        text = words.CHECK_CUT.format(beginning=text[: cut if cut > 0 else LONGEST], count=len(text))
    if len(max(text.split(" "), key=len)) > 40:  # a formula without spaces, as papers and LaTeX have them
        text = _INNER_SIGN.sub("\u200b", text)
    text = _VALUE.sub("\u00a0=\u00a0", text)
    return _SIGN.sub(lambda found: f" {found[1]}\u00a0", text)


# --------------------------------------------------------------------------- documents


def findings_document(report: CheckReport, language: Language | None = None) -> Document:
    """Return the findings as a report that every format can show.

    Parameters
    ----------
    report : CheckReport
    language : Language, optional
        English by default.
    """
    words = language or language_of("en")
    lead = words.CHECK_LEAD.format(summary=words.capital(report.summary_in(words)))
    return document_in(
        words,
        words.CHECK_TITLE.format(title=report.game.title),
        report.game.source,
        (
            Paragraph(line(lead), lead=True),
            *_by_severity(report.findings, words, 1, report.game),
        ),
    )


def finding_blocks(
    findings: Sequence[Finding], language: Language, game: Game | None = None
) -> tuple[Block, ...]:
    """Return findings as a part of a larger report, under a heading of the first level.

    Examples
    --------
    >>> found = Finding(code="P622", severity="note", where="game.yaml:3:1", text="`b` is unused.")
    >>> [block.text for block in finding_blocks([found], language_of("zh")) if isinstance(block, Heading)]
    ['提示', 'P622：game.yaml:3:1']
    """
    return tuple(_by_severity(findings, language, 2, game))


def _by_severity(
    findings: Sequence[Finding], words: Language, level: int, game: Game | None
) -> Iterator[Block]:
    """Yield errors, then notes, each under a heading of the given level."""
    for severity, title in (("error", words.CHECK_ALL_ERRORS), ("note", words.CHECK_ALL_NOTES)):
        chosen = [f for f in findings if f.severity == severity]
        if chosen:
            yield Heading(title, level)
        for finding in chosen:
            yield from _one(finding, words, level + 1, game)


def finding_words(text: str, game: Game | None = None) -> Line:
    """Return a sentence with code where backticks stand; scenarios have their names in the game.

    Parameters and formulas of them have the symbols of the page.
    """
    named = {} if game is None else {name: scenario_name(game, name) for name in game.scenarios}
    parts = text.split("`")
    return tuple(
        (_symbols(part, game) if k % 2 and part not in named else None)
        or Words(named.get(part, part) if k % 2 else part, "code" if k % 2 and part not in named else "plain")
        for k, part in enumerate(parts)
        if part
    )


def _symbols(text: str, game: Game | None) -> Inline | None:
    """Return a name or a comparison of a game in its symbols; None for any other text."""
    if game is None:
        return None
    known = {*game.parameters, *game.lets, *game.shares}
    if not set(_NAME.findall(text)) <= known or not _NAME.search(text):
        return None
    try:
        (formula,) = line(_set(text, Notation.of(game)))
    except InputError:
        return None
    return formula


def _one(finding: Finding, words: Language, level: int, game: Game | None) -> Iterator[Block]:
    # A document is passed on: the folders of its author's machine say nothing to its reader.
    where = re.split(r"[/\\\\]", finding.where)[-1]
    cited = dict(finding.details).get("in the paper")
    heading = words.CHECK_FINDING.format(code=finding.code, where=words.tell(cited) if cited else where)
    yield Heading(heading, level)
    notation = None if game is None else Notation.of(game)
    yield Paragraph(finding_words(words.tell(finding.text), game))
    rows = [
        (line(row.name), _formula(row, notation) if row.code else _finding_line(row, game))
        for row in rows_of(finding, words)
    ]
    if cited:
        rows.append((line(words.CHECK_PLACE), line(Words(where, "code"))))
    if rows:
        yield Table((Column(""), Column("", wide=True)), tuple(rows), row_heads=True)


def _finding_line(row: FindingRow, game: Game | None) -> Line:
    """Return a sentence, or values with the symbols that they are of."""
    if not row.values:
        return finding_words(row.text, game)
    return joined_lines((line(_symbols(v, game) or Words(v)) for v in row.text.split(", ")), ", ")


def _formula(row: FindingRow, notation: Notation | None) -> Line:
    """Return what is right in the symbols of the game: formula, comparison or states; else as it is typed."""
    if row.printed or notation is None:
        return line(Words(row.text, "code"))
    return joined_lines((_one_formula(part, notation) for part in _BETWEEN.split(row.text)), "; ")


def _one_formula(text: str, notation: Notation) -> Line:
    try:
        return line(_set(text, notation))
    except InputError:
        return line(Words(text, "code"))


def _set(text: str, notation: Notation) -> Layout:
    match _COMPARED.split(text):
        case [left, sign, right]:
            return Row(
                (_set(left, notation), relation_sign("==" if sign == "=" else sign), _set(right, notation))
            )
    if text.startswith("(") and (coordinates := _coordinates(text)):
        return Fence("(", join_layouts([_set(part, notation) for part in coordinates]), ")")
    return notation.layout(parse_expression(text))


def _coordinates(text: str) -> list[str]:
    """Return the coordinates of a state such as ``(0, (a - b)/c)``; none where the text is not a state."""
    depth, begun, parts = 0, 1, []
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if not depth and at < len(text) - 1:
            return []
        if depth == 1 and character == ",":
            parts.append(text[begun:at].strip())
            begun = at + 1
    return [*parts, text[begun:-1].strip()] if parts else []
