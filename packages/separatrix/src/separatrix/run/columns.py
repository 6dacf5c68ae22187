"""A block of points: columns of numbers, of words and of shares, as bytes with a checksum.

A block is a line with the kind of file, a line with the SHA-256 of the rest, a line of JSON that describes
and summarizes the columns, and the plain numbers.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from separatrix.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Codes = NDArray[np.int32]
    Mask = NDArray[np.bool_]

__all__ = [
    "Column",
    "Columns",
    "Damaged",
    "Numbers",
    "Shares",
    "Total",
    "WordColumn",
    "decoded",
    "encoded",
    "header_of",
    "words_of",
]

MAGIC = b"separatrix block 1\n"


class Damaged(Exception):
    """A block that is cut off, altered or of another run."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """One number a point, an array (points,); NaN where there is none."""

    values: Array

    def summary(self) -> dict[str, Any]:
        """Return what is worth knowing without reading the numbers."""
        import numpy as np

        known = self.values[~np.isnan(self.values)]
        low, high = (float(known.min()), float(known.max())) if known.size else (math.nan, math.nan)
        return {"kind": "numbers", "known": int(known.size), "low": low, "high": high}


@dataclass(frozen=True, eq=False)
class WordColumn:
    """One word a point: ``codes`` (points,) are places in ``words``, -1 where there is none."""

    codes: Codes
    words: tuple[str, ...]

    def summary(self) -> dict[str, Any]:
        """Return what is worth knowing without reading the codes."""
        import numpy as np

        counts = np.bincount(self.codes[self.codes >= 0], minlength=len(self.words))
        return {
            "kind": "words",
            "words": list(self.words),
            "counts": [int(count) for count in counts],
        }


@dataclass(frozen=True, eq=False)
class Shares:
    """One number for each of several names a point, an array (points, names); 0 for what it does not name.

    ``known`` (points,) marks the points with values; elsewhere all are NaN.
    """

    values: Array
    names: tuple[str, ...]
    known: Mask

    def summary(self) -> dict[str, Any]:
        """Return what is worth knowing without reading the numbers."""
        rows = self.values[self.known]
        filled = bool(len(rows))
        return {
            "kind": "shares",
            "names": list(self.names),
            "known": len(rows),
            "low": rows.min(axis=0).tolist() if filled else [math.nan] * len(self.names),
            "high": rows.max(axis=0).tolist() if filled else [math.nan] * len(self.names),
        }


Column = Numbers | WordColumn | Shares
Columns = Mapping[str, Column]


def words_of(texts: Sequence[str | None]) -> WordColumn:
    """Return a column from one text a point.

    Examples
    --------
    >>> column = words_of(["b", None, "a", "b"])
    >>> column.codes.tolist(), column.words
    ([1, -1, 0, 1], ('a', 'b'))
    """
    import numpy as np

    words = sorted({text for text in texts if text is not None})
    places = {word: k for k, word in enumerate(words)}
    return WordColumn(np.array([-1 if t is None else places[t] for t in texts], dtype=np.int32), tuple(words))


# --------------------------------------------------------------------------- bytes


def encoded(columns: Columns, run: str, number: int) -> bytes:
    """Return a block as bytes.

    Parameters
    ----------
    columns : mapping of name to column
    run : str
        The fingerprint of the run that it belongs to.
    number : int
        Its own number.
    """
    parts: list[bytes] = []
    told: dict[str, Any] = {}
    for name, column in columns.items():
        arrays = _arrays(column)
        told[name] = column.summary() | {
            "arrays": [{"dtype": a.dtype.str, "shape": list(a.shape)} for a in arrays]
        }
        parts += [a.tobytes() for a in arrays]
    head = json.dumps({"run": run, "number": number, "columns": told}, ensure_ascii=True)
    body = head.encode("ascii") + b"\n" + b"".join(parts)
    return MAGIC + hashlib.sha256(body).hexdigest().encode("ascii") + b"\n" + body


def _arrays(column: Column) -> list[Any]:
    import numpy as np

    match column:
        case Numbers(values):
            return [np.ascontiguousarray(values, dtype="<f8")]
        case WordColumn(codes, words):
            size = "<i1" if len(words) < 100 else "<i2" if len(words) < 30_000 else "<i4"
            return [np.ascontiguousarray(codes, dtype=size)]
        case Shares(values, _, known):
            return [np.ascontiguousarray(values, dtype="<f8"), np.ascontiguousarray(known, dtype="|b1")]


def _checked(content: bytes, run: str, number: int) -> tuple[dict[str, Any], int]:
    """Return the description in a block, and where its numbers begin.

    Raises
    ------
    Damaged
        For an incomplete block, or another one than requested.
    """
    start = len(MAGIC)
    if content[:start] != MAGIC or content[start + 64 : start + 65] != b"\n":
        raise Damaged("no block")
    body = memoryview(content)[start + 65 :]
    if hashlib.sha256(body).hexdigest().encode("ascii") != content[start : start + 64]:
        raise Damaged("the content has changed")
    end = content.index(b"\n", start + 65)
    head: dict[str, Any] = json.loads(content[start + 65 : end])
    if (head["run"], head["number"]) != (run, number):
        raise Damaged("a block of another run")
    return head, end + 1


def header_of(content: bytes, run: str, number: int) -> dict[str, dict[str, Any]]:
    """Return the summaries of the columns of a block by name; raise `Damaged` where it is not whole."""
    columns: dict[str, dict[str, Any]] = _checked(content, run, number)[0]["columns"]
    return columns


def decoded(content: bytes, run: str, number: int) -> dict[str, Column]:
    """Return the columns of a block.

    Raises
    ------
    Damaged
        For an incomplete block, or another one than requested.

    Examples
    --------
    >>> import numpy as np
    >>> block = encoded({"time": Numbers(np.array([1.5, np.nan]))}, "a1", 3)
    >>> decoded(block, "a1", 3)["time"].values.tolist()
    [1.5, nan]
    >>> decoded(block[:-1], "a1", 3)
    Traceback (most recent call last):
        ...
    separatrix.run.columns.Damaged: the content has changed
    """
    import numpy as np

    head, at = _checked(content, run, number)
    result: dict[str, Column] = {}
    for name, told in head["columns"].items():
        arrays = []
        for array in told["arrays"]:
            count = math.prod(array["shape"])
            dtype = np.dtype(array["dtype"])
            arrays.append(np.frombuffer(content, dtype, count, at).reshape(array["shape"]))
            at += count * dtype.itemsize
        result[name] = _column(told, arrays)
    return result


def _column(told: Mapping[str, Any], arrays: Sequence[Any]) -> Column:
    if told["kind"] == "numbers":
        return Numbers(arrays[0])
    if told["kind"] == "words":
        return WordColumn(arrays[0], tuple(told["words"]))
    return Shares(arrays[0], tuple(told["names"]), arrays[1])


@dataclass
class Total:
    """What the blocks of a column hold together.

    Attributes
    ----------
    kind : str
        ``numbers``, ``words`` or ``shares``; ``numbers`` too where no block has anything.
    known : int
        At how many points there is something.
    counts : dict of word to int
    low, high : dict of name to float
        The smallest and largest number; that of a plain number has the name "".

    Examples
    --------
    >>> total = Total()
    >>> for texts in (["b", "a"], [None, None], ["b"]):
    ...     total.add(words_of(texts).summary())
    >>> total.kind, total.known, total.counts
    ('words', 3, {'a': 1, 'b': 2})
    """

    kind: str = "numbers"
    known: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    low: dict[str, float] = field(default_factory=dict)
    high: dict[str, float] = field(default_factory=dict)
    met: dict[str, int] = field(default_factory=dict)

    def add(self, told: Mapping[str, Any]) -> None:
        """Add the summary of a block; one that holds nothing has no kind of its own."""
        known = sum(told["counts"]) if told["kind"] == "words" else told["known"]
        if not known:
            return
        if self.known and told["kind"] != self.kind:
            raise InputError(
                "D672",
                f"a measure gives {self.kind} at some points and {told['kind']} at others",
                hint="let it give the same kind of value everywhere, or None",
            )
        self.kind = told["kind"]
        self.known += known
        if self.kind == "words":
            for word, count in zip(told["words"], told["counts"], strict=True):
                self.counts[word] = self.counts.get(word, 0) + count
            return
        plain = self.kind == "numbers"
        names = [""] if plain else told["names"]
        lows, highs = ([told["low"]], [told["high"]]) if plain else (told["low"], told["high"])
        for name, low, high in zip(names, lows, highs, strict=True):
            self.met[name] = self.met.get(name, 0) + known
            self.low[name] = min(low, self.low.get(name, low))
            self.high[name] = max(high, self.high.get(name, high))

    def range_of(self, name: str = "") -> tuple[float, float]:
        """Return the smallest and the largest number of a name; a block that does not name it has 0 there."""
        low, high = self.low[name], self.high[name]
        return (low, high) if self.met[name] == self.known else (min(low, 0.0), max(high, 0.0))
