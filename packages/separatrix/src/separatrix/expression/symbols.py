"""The symbols of papers: what all spellings of one have in common, and which names are known.

A paper prints π₁, ``\\pi_{1}`` or ``pi_1`` where a game file says ``pi1``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from separatrix.expression.greek import GREEK

__all__ = ["SymbolTable", "UnknownSymbols", "symbol_key"]

_GREEK_LETTER = {letter: name for name, letter in reversed(GREEK.items())} | {"ϕ": "phi", "ϵ": "epsilon"}
_ALIASES = {"lam": "lambda", "lamda": "lambda", "gam": "gamma", "eps": "epsilon"}
_VARIANTS = re.compile(r"var(?=epsilon|theta|phi|rho|sigma|pi|kappa)")
_UPRIGHT = re.compile(
    r"\\(mathrm|mathit|mathbf|mathsf|text|textit|textrm|operatorname|boldsymbol|rm|bm)(?![A-Za-z])"
)
_DROPPED = re.compile(r"[\s_{},\\$]+")
_STEM = re.compile(r"(lam|lamda|gam|eps)(?=$|_|\d)")


def symbol_key(text: str) -> str:
    r"""Return what all spellings of a symbol have in common: letters and digits, Greek by name.

    Examples
    --------
    >>> symbol_key("π₁"), symbol_key(r"\pi_{1}"), symbol_key("pi_1"), symbol_key("lam")
    ('pi1', 'pi1', 'pi1', 'lambda')
    """
    text = unicodedata.normalize("NFKC", _UPRIGHT.sub("", text.strip()))
    text = "".join(_GREEK_LETTER.get(c, c) for c in text)
    if stem := _STEM.match(text):
        text = _ALIASES[stem[0]] + text[stem.end() :]
    return _DROPPED.sub("", _VARIANTS.sub("", text))


class SymbolTable(Protocol):
    """The names that a formula can use, however they are spelt."""

    @property
    def names(self) -> Collection[str]:
        """The names as expressions write them."""

    def find(self, keys: Iterable[str], spelling: str = "") -> str | None:
        """Return the name that one of `keys` stands for; None where there is none, or more than one."""

    def segments(
        self, atoms: Sequence[Sequence[str]], spellings: Sequence[str]
    ) -> list[tuple[int, int, str | None]]:
        """Return how neighbouring atoms form names: the first, the one after the last, and the name."""


class UnknownSymbols:
    """Nothing is known yet, as in a table from which names are still to be taken: each symbol is a name."""

    names: Collection[str] = frozenset()

    def find(self, keys: Iterable[str], spelling: str = "") -> str | None:
        """Return None: nothing is known."""
        return None

    def segments(
        self, atoms: Sequence[Sequence[str]], spellings: Sequence[str]
    ) -> list[tuple[int, int, str | None]]:
        """Return each atom as a name of its own, ``C_1`` as ``C1``; a change is one symbol, ``Delta P``."""
        result: list[tuple[int, int, str | None]] = []
        start = 0
        while start < len(spellings):
            end = start + 2 if spellings[start] == "Delta" and start + 1 < len(spellings) else start + 1
            result.append((start, end, _NUMBERED.sub(r"\1\2", "".join(spellings[start:end]))))
            start = end
        return result


_NUMBERED = re.compile(r"(.*[^\W\d_])_(\d+)\Z")
