r"""Stepping through LaTeX: spaces, commands, groups in braces, arguments."""

from __future__ import annotations

import re

from separatrix.errors import InputError, Place
from separatrix.expression.latex_commands import (
    ACCENTS,
    BINOMIALS,
    FRACTIONS,
    INK,
    SPACES,
    UNDERSTOOD,
    UPRIGHT,
)

__all__ = ["Cursor"]

_COMMAND = re.compile(r"\\(?:[A-Za-z]+\*?|.)", re.DOTALL)
_NO_INK = SPACES | INK
_TWO = FRACTIONS | BINOMIALS
_ONE = UPRIGHT | frozenset(ACCENTS) | {"sqrt"}


class Cursor:
    """A place in a LaTeX text.

    Attributes
    ----------
    at, end : int
        The place, and where the part that is being read ends.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.end = len(text)

    def fault(self, at: int, message: str, width: int = 1, hint: str | None = UNDERSTOOD) -> InputError:
        where = Place("expression", 1, at + 1, width, self.text)
        return InputError("P701", message, where=where, hint=hint)

    def skip_spaces(self) -> None:
        while self.at < self.end:
            if self.text[self.at].isspace() or self.text[self.at] in "~&$":
                self.at += 1
            elif (word := self.command()) is not None and word in _NO_INK:
                self.at += len(word) + 1
            else:
                return

    def skip_blank(self) -> None:
        while self.at < self.end and self.text[self.at].isspace():
            self.at += 1

    def command(self) -> str | None:
        """Return the command that stands here, without its backslash."""
        if self.text[self.at] != "\\":
            return None
        match = _COMMAND.match(self.text, self.at, self.end)
        if match is None:
            raise self.fault(self.at, "a backslash at the end")
        return match[0][1:]

    def group(self, at: int) -> tuple[int, int]:
        """Return the extent of what stands between the braces that open at `at`."""
        depth = 0
        position = at
        while position < self.end:
            character = self.text[position]
            if character == "\\":
                position += 2
                continue
            if character == "{":
                depth += 1
            elif character == "}":
                depth -= 1
                if not depth:
                    return at + 1, position
            position += 1
        raise self.fault(at, "'{' is never closed", hint=None)

    def argument(self, of: str, at: int) -> tuple[int, int]:
        """Return the extent of the next argument, a group or one token, and step past it."""
        self.skip_spaces()
        if self.at >= self.end:
            raise self.fault(at, f"`{of}` needs something after it", max(1, len(of)), hint=None)
        character = self.text[self.at]
        if character == "{":
            start, end = self.group(self.at)
            self.at = end + 1
            return start, end
        if character == "}":
            raise self.fault(self.at, "'}' closes nothing", hint=None)
        start = self.at
        word = self.command()
        if word is not None:
            self.at += len(word) + 1
            if word in _TWO:
                self.argument(f"\\{word}", start)
                self.argument(f"\\{word}", start)
            elif word in _ONE:
                self.argument(f"\\{word}", start)
        else:
            self.at += 1
        return start, self.at

    def digits(self) -> str:
        """Return the digits right after a letter, as in ``R1``."""
        start = self.at
        while self.at < self.end and self.text[self.at].isascii() and self.text[self.at].isdigit():
            self.at += 1
        return self.text[start : self.at]
