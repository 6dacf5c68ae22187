"""What `check` found, for people: like a compiler's messages on a terminal, as a report elsewhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from separatrix.audit.finding import Finding
from separatrix.errors import excerpt
from separatrix.game.model import Game
from separatrix.game.reading import decimal_text
from separatrix.present.document import Block, Column, Document, Heading, Line, Paragraph, Table, Words, line

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["CheckReport", "findings_document", "render_plain_findings", "render_terminal_findings"]

WIDEST = 110
"""Characters past which lines tire the eye."""

LONGEST = 480
"""Characters of a formula past which the terminal shows its beginning only."""

FORMULAS = ("claimed", "read as", "correct", "differs by")
"""The rows that hold formulas."""

_VALUE = re.compile(r"(?<=\w) = (?=[-\w.]+(?:,|;|\)|$| and ))")
_INNER_SIGN = re.compile(r"(?<=[^-\s([{_^\\+=*/])(?=[-+\\])")
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
        How many notes are left out.
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
        """One sentence: how much was compared, and what came of it."""
        errors = sum(f.severity == "error" for f in self.findings)
        notes = len(self.findings) - errors
        parts = []
        if notes:
            parts.append(_count(notes, "note"))
        if self.hidden:
            parts.append(f"{_count(self.hidden, 'note')} not shown")
        if not self.claims and self.against is None:
            begin = "nothing is claimed: the game has no section `published`"
            return f"{begin}; {', '.join(parts)}" if parts else begin
        claims = f" in {_count(self.claims, 'claim')}" if self.claims else ""
        versions = f"{' and' if claims else ''} between two versions" if self.against is not None else ""
        parts.insert(0, f"{_count(errors, 'error') if errors else 'no error'}{claims}{versions}")
        return ", ".join(parts)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def rows_of(finding: Finding) -> list[tuple[str, str]]:
    """Return what a finding tells beside its sentence, as names and texts."""
    details = dict(finding.details)
    rows = [
        ("claimed", finding.claim),
        ("read as", details.pop("read as", "")),
        ("correct", finding.correct),
        ("differs by", finding.term or ""),
        ("witness", values_text(finding.witness or {})),
        *details.items(),
    ]
    return [(name, text) for name, text in rows if text]


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


def render_plain_findings(report: CheckReport, width: int = 80) -> str:
    """Return the findings as text without colour."""
    import io

    from rich.console import Console

    stream = io.StringIO()
    render_terminal_findings(report, Console(file=stream, width=width, no_color=True, highlight=False))
    return "\n".join(row.rstrip() for row in stream.getvalue().splitlines()) + "\n"


def render_terminal_findings(report: CheckReport, console: Console | None = None) -> None:
    """Print the findings to a terminal, or to the given rich console."""
    from rich.console import Console

    console = console or Console(highlight=False)
    writer = _Writer(console)
    names = frozenset((*report.game.parameters, *report.game.lets, *report.game.shares))
    shown = sorted(report.findings, key=lambda f: f.severity != "error")
    for finding in shown:
        writer.finding(finding, names)
    writer.summary(report, shown)


class _Writer:
    def __init__(self, console: Console) -> None:
        self.console = console
        self.width = min(console.width, WIDEST)
        self.ascii_only = console.options.ascii_only

    def clean(self, text: str) -> str:
        from separatrix.present.writers.terminal import shown_text

        return shown_text(text, ascii_only=self.ascii_only)

    def flow(self, indent: int, *parts: tuple[str, str]) -> None:
        """Print words that fill the lines, all but the first indented."""
        from rich.text import Text

        from separatrix.present.writers.flow import Flow

        text = Text.assemble(*((self.clean(words), style) for words, style in parts))
        lines = Flow(text).lines(self.width, indent)
        for number, row in enumerate(lines):
            self.console.print(Text(" " * indent) + row if number else row, soft_wrap=True, highlight=False)

    def whole(self, *parts: tuple[str, str]) -> None:
        """Print words on one line, however long: places stay whole, and carets below what they mean."""
        from rich.text import Text

        text = Text.assemble(*((self.clean(words), style) for words, style in parts))
        self.console.print(text, soft_wrap=True, highlight=False)

    def finding(self, finding: Finding, names: Collection[str]) -> None:
        style = _STYLES[finding.severity]
        sentence = _breakable(_after_colon(finding.text, names))
        self.flow(2, (f"{finding.code} {finding.severity}", style), (f": {sentence}", "bold"))
        self.whole(("  --> ", "blue"), (finding.where, ""))
        if finding.place is not None:
            for number, row in enumerate(excerpt(finding.place)):
                self.whole((row, style if number else ""))
        rows = rows_of(finding)
        gutter = max((len(name) for name, _ in rows), default=0) + 5
        for name, text in rows:
            self.flow(gutter, (f"  {name}".ljust(gutter), "dim"), (_breakable(text), ""))
        self.console.print()

    def summary(self, report: CheckReport, shown: Sequence[Finding]) -> None:
        self.whole((f"{report.game.origin}: ", ""), (report.summary, "bold"))
        if shown:
            self.flow(2, (f"`separatrix explain {shown[0].code}` tells more about a finding", "dim"))


def _after_colon(sentence: str, names: Collection[str]) -> str:
    """Return a sentence as it stands after a colon: in small letters unless it begins with a name."""
    first = sentence.split(" ", 1)[0]
    if first[1:].islower() and first.isalpha() and first not in names:
        return sentence[0].lower() + sentence[1:]
    article = first == "A" and first not in names and sentence[2:3].islower()
    return "a" + sentence[1:] if article else sentence


def _breakable(text: str) -> str:
    """Return a formula that breaks before its signs, and not after them."""
    if len(text) > LONGEST:
        cut = text.rfind(" ", 0, LONGEST)
        text = f"{text[: cut if cut > 0 else LONGEST]} … ({len(text):,} characters; --format json has all)"
    if len(max(text.split(" "), key=len)) > 40:  # a formula without spaces, as papers and LaTeX have them
        text = _INNER_SIGN.sub("\u200b", text)
    text = _VALUE.sub("\u00a0=\u00a0", text)
    return _SIGN.sub(lambda found: f" {found[1]}\u00a0", text)


# --------------------------------------------------------------------------- documents


def findings_document(report: CheckReport) -> Document:
    """Return the findings as a report that every format can show."""
    blocks: list[Block] = [Paragraph(line(report.summary[:1].upper() + report.summary[1:] + "."), lead=True)]
    for severity, title in (("error", "Errors"), ("note", "Notes")):
        chosen = [f for f in report.findings if f.severity == severity]
        if chosen:
            blocks.append(Heading(title, 1))
        for finding in chosen:
            blocks.extend(_finding_blocks(finding))
    return Document(
        title=f"Claims about: {report.game.title}", subtitle=report.game.source or "", blocks=tuple(blocks)
    )


def _words(text: str) -> Line:
    """Return a sentence in which what stands between backticks is code."""
    parts = text.split("`")
    return tuple(Words(part, "code" if k % 2 else "plain") for k, part in enumerate(parts) if part)


def _finding_blocks(finding: Finding) -> list[Block]:
    blocks: list[Block] = [
        Heading(f"{finding.code}: {finding.where}", 2),
        Paragraph(_words(finding.text)),
    ]
    rows: list[tuple[Line, ...]] = [
        (line(name), (Words(text, "code"),) if name in FORMULAS else _words(text))
        for name, text in rows_of(finding)
    ]
    if rows:
        blocks.append(Table((Column(""), Column("", wide=True)), tuple(rows), row_heads=True))
    return blocks
