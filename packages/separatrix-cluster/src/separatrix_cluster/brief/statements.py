"""The nouns of a brief: a quantity with its source, and the answer to a question.

For developers
--------------
A brief is made of sentences (`separatrix.sentences`). Each number and each name from the data in them is a
`SourcedValue`, so that nothing of that kind is written without its source; the language decides its form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from separatrix.io.cells import located, row_runs
from separatrix.sentences import Sentence, Together
from separatrix_cluster.tables.table import ClusterTable

__all__ = [
    "QUESTIONS",
    "BriefAnswer",
    "Kind",
    "ValueInterval",
    "Locate",
    "SourcedValue",
    "Question",
    "Provenance",
    "quantities_in",
    "table_rows",
]

Question = Literal[
    "data", "stand", "change", "gap", "difficulty", "measures", "push", "leaders", "exchanges", "certainty"
]
QUESTIONS: tuple[Question, ...] = (
    "data",
    "stand",
    "change",
    "gap",
    "difficulty",
    "measures",
    "push",
    "leaders",
    "exchanges",
    "certainty",
)
"""The ten questions, in the order of the page."""

Kind = Literal[
    "tonnes",
    "tonnes_change",
    "share",
    "change",
    "money",
    "price",
    "year",
    "years",
    "count",
    "number",
    "score",
    "amount",
    "name",
    "difficulty",
    "standard",
    "state",
    "parameter",
    "instrument",
    "level",
    "time",
    "text",
    "margin",
]
"""How a value is written: t CO2e, a change of it, a share of 1, a relative change of 1, currency, currency
per t, a year, how many of them, a count, a plain number, a score from 0 to 1, a value with its unit, a name,
the name of a difficulty, a standard, the shares of a state, a parameter, an
instrument, its level, a time in the unit of the game, a sentence, or a share within which something is
known."""

_WORDS = ("name", "difficulty", "standard", "parameter", "instrument", "text")

FEW = 4
"""The most runs of rows listed one by one; of more, only the ends and the number of rows between."""


@dataclass(frozen=True)
class Provenance:
    """Where a number comes from.

    Attributes
    ----------
    command : tuple of str
        What to type after ``separatrix`` to reproduce it.
    first : tuple of str
        What has to be run before, such as to write the game file that the command reads.
    at : str
        Its place in the JSON of that command, as ``trend.change``; '' where it is derived from several.
    rows : tuple of (str, tuple of int)
        The files it is based on and their rows, as far as these are known; no rows for a whole file.
    """

    command: tuple[str, ...]
    at: str = ""
    rows: tuple[tuple[str, tuple[int, ...]], ...] = ()
    first: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The files with their rows as a reader looks them up, as ``measures.csv: 2–4, 7``.

        Examples
        --------
        >>> Provenance((), rows=(("a.csv", (2, 3, 4, 7)), ("b.csv", tuple(range(2, 99, 5))))).files
        ('a.csv: 2–4, 7', 'b.csv: 2–97 (20)')
        """
        return tuple(f"{file}: {_row_list(rows)}" if rows else file for file, rows in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "first": ["separatrix", *self.first] if self.first else None,
            "command": ["separatrix", *self.command],
            "at": self.at or None,
            "rows": [{"file": file, "rows": row_runs(rows)} for file, rows in self.rows],
        }


def _row_list(rows: tuple[int, ...]) -> str:
    told = row_runs(rows)
    return told if told.count(",") < FEW else f"{min(rows)}–{max(rows)} ({len(rows)})"


def table_rows(
    table: ClusterTable, places: Sequence[int] | None = None
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the file of a table and the rows that some of its rows come from, by default all."""
    found: dict[str, list[int]] = {}
    for place in range(len(table)) if places is None else places:
        file, row = located(table.file, int(table.rows[place]))
        found.setdefault(file, []).extend(() if row is None else (row,))
    return tuple((file, tuple(sorted(set(rows)))) for file, rows in found.items())


Locate = Callable[[str], Provenance]
"""From a place in the JSON of a command to its source."""


@dataclass(frozen=True)
class ValueInterval:
    """The interval with a value as one end or as the counted value: all are rounded together."""

    counted: float
    low: float
    high: float
    part: Literal["counted", "low", "high"]


@dataclass(frozen=True)
class SourcedValue:
    """A value, how it is written, and where it comes from.

    ``unit`` is that of an ``amount``; a ``number`` may have one, too.
    """

    kind: Kind
    value: Any
    source: Provenance
    unit: str = ""
    interval: ValueInterval | None = None

    def __str__(self) -> str:
        return f"{self.value:.6g}" if isinstance(self.value, float) else str(self.value)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        value = self.value
        if self.kind in _WORDS:
            value = getattr(value, "id", None) or getattr(value, "name", None) or str(value)
        found = {"kind": self.kind, "value": value}
        return found | ({"unit": self.unit} if self.unit else {}) | {"source": self.source.to_dict()}


def quantities_in(text: object) -> Iterator[tuple[str, SourcedValue]]:
    """Yield the quantities of a text with the names that they have in their sentences.

    Examples
    --------
    >>> from separatrix.sentences import say
    >>> told = say("{share} of it.", share=SourcedValue("share", 0.5, Provenance(("cluster", "account"))))
    >>> [(name, quantity.value) for name, quantity in quantities_in(told)]
    [('share', 0.5)]
    """
    if isinstance(text, Sentence):
        for name, value in text.values.items():
            if isinstance(value, SourcedValue):
                yield name, value
            else:
                yield from quantities_in(value)
    elif isinstance(text, Together):
        for part in text.parts:
            yield from quantities_in(part)


@dataclass(frozen=True)
class BriefAnswer:
    """The answer to one question: what was computed, what is needed for the rest, what the headline takes."""

    question: Question
    told: tuple[Sentence, ...] = ()
    needs: tuple[Sentence, ...] = ()
    lead: tuple[Sentence, ...] = ()

    @property
    def number(self) -> int:
        """Its number on the page, from 1."""
        return QUESTIONS.index(self.question) + 1

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "number": self.number,
            "question": self.question,
            "told": [
                {
                    "sentence": told.template,
                    "numbers": [{"name": name, **q.to_dict()} for name, q in quantities_in(told)],
                }
                for told in self.told
            ],
            "needs": [str(needed) for needed in self.needs],
        }
