"""The long form of an error."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

__all__ = ["Explanation", "explained"]

_WIDTH = 88


@dataclass(frozen=True)
class Explanation:
    """The long form of an error: ``title`` is one line, the rest are paragraphs."""

    title: str
    meaning: str
    example: str
    remedy: str

    def text(self, code: str) -> str:
        """Return the explanation as ``separatrix explain`` prints it."""
        example = textwrap.indent(self.example, "    ")
        meaning = textwrap.fill(self.meaning, _WIDTH, break_on_hyphens=False)
        remedy = textwrap.fill(f"What to do: {self.remedy}", _WIDTH, break_on_hyphens=False)
        return f"{code}: {self.title}\n\n{meaning}\n\nFor example:\n\n{example}\n\n{remedy}"


def explained(title: str, meaning: str, example: str, remedy: str) -> Explanation:
    """Return an explanation."""
    return Explanation(title, meaning, example, remedy)
