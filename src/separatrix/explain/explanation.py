"""The long form of every code that an error, a remark or a finding can carry.

The texts stand in the TOML files of this folder, one file a subject: each code is a table with ``title``,
``meaning``, ``example`` and ``remedy``.  Lines of prose may be broken anywhere; those of an example are kept.
"""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

__all__ = ["EXPLANATIONS", "Explanation"]

_WIDTH = 88


@dataclass(frozen=True)
class Explanation:
    """What a code means: a line, a paragraph, an example, and what to do."""

    title: str
    meaning: str
    example: str
    remedy: str

    def text(self, code: str) -> str:
        """Return the explanation as ``separatrix explain`` prints it."""
        example = textwrap.indent(self.example.rstrip("\n"), "    ")
        meaning = _filled(self.meaning)
        remedy = _filled(f"What to do: {self.remedy}")
        return f"{code}: {self.title}\n\n{meaning}\n\nFor example:\n\n{example}\n\n{remedy}"


def _filled(prose: str) -> str:
    return textwrap.fill(" ".join(prose.split()), _WIDTH, break_on_hyphens=False)


def _read() -> dict[str, Explanation]:
    tables = {
        code: Explanation(**table)
        for file in files(__package__).iterdir()
        if file.name.endswith(".toml")
        for code, table in tomllib.loads(file.read_text("utf-8")).items()
    }
    return dict(sorted(tables.items()))


EXPLANATIONS: Mapping[str, Explanation] = _read()
"""Every code, in the order of the alphabet."""
