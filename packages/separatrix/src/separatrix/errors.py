"""Every error that a user can meet: a code, the place, what was found, what to do.

An error reads like a good compiler's.  It is raised where the fault is known and shown once, by the
command line; nothing in between rewords it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = [
    "ComesLater",
    "InputError",
    "NameProblem",
    "Place",
    "SeparatrixError",
    "excerpt",
    "how_to_add",
    "nearest",
]


@dataclass(frozen=True)
class Place:
    """Where in the user's input a fault lies.

    ``line`` and ``column`` count from 1; ``width`` is the number of characters to underline;
    ``text`` is the whole source line.  Any of them may be unknown (``None``).
    """

    source: str | None = None
    line: int | None = None
    column: int | None = None
    width: int = 1
    text: str | None = None

    def __str__(self) -> str:
        parts = [self.source or "input"]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)


class SeparatrixError(Exception):
    """The base of all errors meant for people.

    Attributes
    ----------
    code : str
        Four characters, explained at length by ``separatrix explain CODE``.
    message : str
        One sentence: what was found, and what was expected.
    where : Place or None
        The place in the user's input.
    hint : str or None
        What to do about it.
    """

    def __init__(
        self, code: str, message: str, *, where: Place | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.where = where
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is made anew from its arguments where it crosses to another process.
        return _made_again, (type(self), self.code, self.message, self.where, self.hint)

    def __str__(self) -> str:
        return self.render()

    def render(self, tell: Callable[[str], str] = str, *, hint: str = "help: ") -> str:
        """Return the error as a compiler prints it: code, place, excerpt, help.

        Parameters
        ----------
        tell : callable
            Translates a sentence made by `say`; by default it stays English.
        hint : str
            The text before the help.
        """
        lines = [f"{self.code} {tell(self.message)}"]
        where = self.where
        if where is not None:
            lines.append(f"  --> {where}")
            if where.text is not None and where.line is not None:
                lines.extend(excerpt(where))
        if self.hint:
            lines.append(f"{hint}{tell(self.hint)}")
        return "\n".join(lines)


def _made_again(
    kind: type[SeparatrixError], code: str, message: str, where: Place | None, hint: str | None
) -> SeparatrixError:
    return kind(code, message, where=where, hint=hint)


class InputError(SeparatrixError, ValueError):
    """A file, a table, an expression or a call that cannot be understood or is inconsistent."""


class NameProblem(SeparatrixError, KeyError):
    """A name that is not known: a parameter, a strategy, a scenario, a catalogue entry."""

    # KeyError shows the repr of its argument; people should read the sentence.
    __str__ = SeparatrixError.__str__


class ComesLater(SeparatrixError, NotImplementedError):
    """A form of game that is read and understood, but that this version cannot analyse."""


_EXCERPT = 96  # characters of a source line that are worth showing


def excerpt(where: Place) -> list[str]:
    """Return the source line of a place and the carets below it; nothing where the line is not known.

    Examples
    --------
    >>> print("\\n".join(excerpt(Place("game.yaml", 7, 5, 2, "x: [Rr]"))))
      7 | x: [Rr]
        |     ^^
    """
    if where.text is None or where.line is None:
        return []
    text = where.text.expandtabs(1)
    column = max(1, where.column or 1)
    start = 0 if column <= _EXCERPT - 16 else column - _EXCERPT // 2
    shown = text[start : start + _EXCERPT]
    if start:
        shown = "…" + shown[1:]
    if start + _EXCERPT < len(text):
        shown = shown[:-1] + "…"
    gutter = f"  {where.line} | "
    caret_at = column - 1 - start
    width = max(1, min(where.width, len(shown) - caret_at))
    blank = " " * (len(gutter) - 2)
    return [gutter + shown, f"{blank}| " + " " * caret_at + "^" * width]


def how_to_add(extra: str) -> str:
    """Return how to install the libraries of an extra in the environment of this program.

    It names the libraries themselves, so that it holds for a checkout as for an installed package.

    Examples
    --------
    >>> how_to_add("word")
    "python -m pip install 'python-docx>=1.1' (the extra `word`), with the Python that runs separatrix"
    """
    import shlex
    from importlib.metadata import PackageNotFoundError, entry_points, requires

    lines = []
    for name in ("separatrix", *sorted(entry.name for entry in entry_points(group="separatrix.plugins"))):
        try:
            lines += requires(name) or []
        except PackageNotFoundError:  # run from its source folder
            continue
    split = [line.partition(";") for line in lines if not line.startswith("separatrix")]
    needed = [need.strip() for need, _, when in split if f"'{extra}'" in when.replace('"', "'")]
    if not needed:
        return f"install separatrix with its extra `{extra}`"
    command = f"python -m pip install {shlex.join(needed)}"
    return f"{command} (the extra `{extra}`), with the Python that runs separatrix"


def nearest(name: str, known: list[str] | tuple[str, ...], *, least: float = 0.5) -> str | None:
    """Return the known name that `name` was most likely meant to be, or ``None``.

    ``least`` is how alike they must be, from 0 to 1.

    Examples
    --------
    >>> nearest("Rr", ["R1", "pi1"])
    'R1'
    >>> nearest("zebra", ["R1"]) is None
    True
    """
    import difflib

    for candidate in known:
        if candidate.lower() == name.lower():
            return candidate
    scored = [(difflib.SequenceMatcher(None, name, k).ratio(), k) for k in known]
    score, best = max(scored, key=lambda s: s[0], default=(0.0, ""))  # the first of equals
    return best if score >= least else None
