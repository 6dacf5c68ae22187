"""Finished blocks of a long run, kept in a folder next to its result: an interrupted run can continue.

Each block is written to a temporary file, which replaces the block's own name when all of it is on the
disk: a file with that name is complete. A checksum shows later damage, and a fingerprint identifies the
run.

A seed for each point of a grid, so that its value depends on nothing but the point.

A grid cut into tiles: boxes of neighbouring points that are computed, kept and written together.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from separatrix.errors import InputError
from separatrix.run.columns import Column, Damaged, decoded, header_of
from separatrix.run.files import UNFINISHED, FileLock, replacing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Blocks",
    "BlockFolder",
    "Memory",
    "Tiling",
    "parts_of",
    "seed_at",
]


def seed_at(seed: int, point: int, stream: str) -> int:
    """Return the seed of one point, for one purpose.

    Parameters
    ----------
    seed : int
        Of the whole run, 0 or more.
    point : int
        The number of the point.
    stream : str
        What is drawn; another purpose draws independent numbers.

    Examples
    --------
    >>> seed_at(0, 7, "basin") == seed_at(0, 7, "basin"), seed_at(0, 7, "basin") == seed_at(0, 8, "basin")
    (True, False)
    """
    import numpy as np

    # A key is made of 32-bit words: a point past 2^32 takes two.
    key = (point & 0xFFFFFFFF, point >> 32, zlib.crc32(stream.encode()))
    first, second = np.random.SeedSequence(seed, spawn_key=key).generate_state(2)
    return int(first) << 32 | int(second)


if TYPE_CHECKING:
    Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Tiling:
    """A grid of points, and the shape of the tiles that cover it; those at its far ends may be smaller.

    Attributes
    ----------
    shape : tuple of int
        How many points the grid has along each axis.
    tile : tuple of int
        How many points a tile has along each axis.
    """

    shape: tuple[int, ...]
    tile: tuple[int, ...]

    @classmethod
    def of(cls, shape: Sequence[int], points: int) -> Tiling:
        """Return tiles of at most `points` points, as long as can be along the last axes.

        Examples
        --------
        >>> Tiling.of((81, 101), 1000).tile, len(Tiling.of((81, 101), 1000))
        ((9, 101), 9)
        """
        left, tile = max(points, 1), list[int]()
        for count in reversed(shape):
            tile.append(max(1, min(count, left)))
            left //= tile[-1]
        return cls(tuple(shape), tuple(reversed(tile)))

    @property
    def size(self) -> int:
        """The number of points of the grid."""
        return math.prod(self.shape)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many tiles there are along each axis."""
        return tuple(-(-n // t) for n, t in zip(self.shape, self.tile, strict=True))

    def __len__(self) -> int:
        return math.prod(self.counts)

    def box(self, number: int) -> tuple[slice, ...]:
        """Return the part of the grid that a tile covers."""
        result = []
        for n, t, count in zip(reversed(self.shape), reversed(self.tile), reversed(self.counts), strict=True):
            number, k = divmod(number, count)
            result.append(slice(k * t, min((k + 1) * t, n)))
        return tuple(reversed(result))

    def box_shape(self, number: int) -> tuple[int, ...]:
        """Return how many points a tile has along each axis."""
        return tuple(part.stop - part.start for part in self.box(number))

    def points_in(self, number: int) -> int:
        """Return how many points a tile has."""
        return math.prod(self.box_shape(number))

    def places(self, number: int) -> tuple[Indices, ...]:
        """Return the indices of the points of a tile along each axis, arrays (points,), the last fastest."""
        import numpy as np

        ranges = [np.arange(part.start, part.stop) for part in self.box(number)]
        return tuple(places.reshape(-1) for places in np.meshgrid(*ranges, indexing="ij"))

    def at(self, place: Sequence[int]) -> int:
        """Return the number of a point in the grid, whatever the tiles are."""
        number = 0
        for count, k in zip(self.shape, place, strict=True):
            number = number * count + int(k)
        return number


MANIFEST = "manifest.json"
LOCK = "lock"


class Blocks(Protocol):
    """Where finished blocks are kept.

    Attributes
    ----------
    tiling : Tiling
        Which points each block holds.
    run : str
        The fingerprint of the run.
    """

    tiling: Tiling
    run: str

    def missing(self) -> list[int]:
        """Return the numbers of the blocks that are not there, or not whole."""
        ...

    def put(self, number: int, content: bytes) -> None:
        """Keep a finished block."""
        ...

    def summaries(self, number: int) -> dict[str, dict[str, Any]]:
        """Return the summaries of the columns of a block by name; raise `Damaged` where it is not whole."""
        ...

    def columns(self, number: int) -> dict[str, Column]:
        """Return the columns of a block by name; raise `Damaged` where it is not whole."""
        ...


@dataclass
class Memory:
    """Blocks that are kept in memory, for results that are small."""

    tiling: Tiling
    run: str = "memory"
    contents: dict[int, bytes] = field(default_factory=dict)

    def missing(self) -> list[int]:
        """Return the numbers of the blocks that are not there."""
        return [k for k in range(len(self.tiling)) if k not in self.contents]

    def put(self, number: int, content: bytes) -> None:
        """Keep a finished block."""
        self.contents[number] = content

    def summaries(self, number: int) -> dict[str, dict[str, Any]]:
        """Return the summaries of the columns of a block by name."""
        return header_of(self.contents[number], self.run, number)

    def columns(self, number: int) -> dict[str, Column]:
        """Return the columns of a block by name."""
        return decoded(self.contents[number], self.run, number)


def parts_of(result: Path) -> Path:
    """Return the folder of the blocks of a result.

    Examples
    --------
    >>> parts_of(Path("map.nc")).name
    'map.nc.parts'
    """
    return result.with_name(result.name + ".parts")


@dataclass
class BlockFolder:
    """Blocks that are kept in a folder."""

    path: Path
    tiling: Tiling
    run: str
    whole: set[int] = field(default_factory=set)
    claim: FileLock | None = field(default=None, compare=False, repr=False)

    @classmethod
    def opened(cls, path: Path, tiling: Tiling, described: Mapping[str, Any]) -> BlockFolder:
        """Make the folder, or go on with one that an earlier run has left.

        Parameters
        ----------
        path : Path
        tiling : Tiling
            How the grid is cut where the folder is new; else what the earlier run cut stays.
        described : mapping of str to what JSON can hold
            All that the values depend on.

        Raises
        ------
        InputError
            D673 where it holds blocks of a run of another description, or another process is at work there;
            U903 where it cannot be written.
        """
        claimed = cls(path, tiling, "")
        claimed.take()
        found = _manifest(path, len(tiling.shape))
        if found is not None:
            try:
                _same(path, found, described)
            except InputError:
                claimed.release()
                raise
            tiling = Tiling(tuple(found["shape"]), tuple(found["tile"]))
        content = {"format": 1, "shape": tiling.shape, "tile": tiling.tile, "described": described}
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
        folder = cls(path, tiling, hashlib.sha256(text.encode()).hexdigest()[:16], claim=claimed.claim)
        if found is None:
            with folder.telling():
                with replacing(path / MANIFEST) as temporary:
                    temporary.write_text(text, "utf-8")
        return folder

    def telling(self) -> _Telling:
        """Return a context that turns errors of the disk into ones that people can read."""
        return _Telling(self)

    def file(self, number: int) -> Path:
        """Return where a block is."""
        return self.path / f"block-{number:07d}"

    def missing(self) -> list[int]:
        """Return the numbers of the blocks that are not there, or not whole."""
        result = []
        for number in range(len(self.tiling)):
            if number in self.whole:
                continue
            try:
                self.summaries(number)
            except Damaged:
                result.append(number)
        return result

    def _content(self, number: int) -> bytes:
        try:
            return self.file(number).read_bytes()
        except FileNotFoundError:
            raise Damaged("missing") from None

    def put(self, number: int, content: bytes) -> None:
        """Keep a finished block; raise U903 where it cannot be written."""
        with self.telling():
            with replacing(self.file(number)) as temporary:
                temporary.write_bytes(content)
        self.whole.add(number)

    def summaries(self, number: int) -> dict[str, dict[str, Any]]:
        """Return the summaries of the columns of a block by name; raise `Damaged` where it is not whole."""
        try:
            found = header_of(self._content(number), self.run, number)
        except Damaged:
            self.whole.discard(number)
            raise
        self.whole.add(number)
        return found

    def columns(self, number: int) -> dict[str, Column]:
        """Return the columns of a block by name; raise `Damaged` where it is not whole."""
        try:
            return decoded(self._content(number), self.run, number)
        except Damaged:
            self.whole.discard(number)
            raise

    def finished(self) -> int:
        """Return how many blocks are there, by their names alone."""
        return sum(1 for _ in self.path.glob("block-*")) if self.path.is_dir() else 0

    def take(self) -> None:
        """Claim the folder, which is made where it is not there.

        Raises
        ------
        InputError
            D673 where another process is at work on it, U903 where it cannot be written.
        """
        with self.telling():
            self.path.mkdir(exist_ok=True)
            self.claim = FileLock(self.path / LOCK)
        if not self.claim.held:
            raise InputError(
                "D673",
                f"another process is at work on {self.path}",
                hint="wait until it has finished, or choose another --out",
            )

    def release(self) -> None:
        """Let other processes go on with what is in the folder."""
        if self.claim is not None:
            self.claim.release()
            self.claim = None

    def remove(self) -> None:
        """Remove what runs have written into the folder, and the folder where it is empty then."""
        if os.name == "nt":  # where a file that is open cannot be removed
            self.release()
        for name in ("block-*", UNFINISHED + "*", MANIFEST, LOCK):
            for file in self.path.glob(name):
                file.unlink(missing_ok=True)
        try:
            self.path.rmdir()
        except OSError:
            pass  # somebody keeps something else in it
        self.release()


class _Telling:
    def __init__(self, folder: BlockFolder) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        if not isinstance(problem, OSError):
            return
        kept = self.folder.finished()
        hint = "choose a folder that exists and that you may write to"
        if kept:
            hint = (
                f"finished blocks: {kept} of {len(self.folder.tiling)}, kept in {self.folder.path}; "
                "make room, then give the same command again to go on"
            )
        reason = problem.strerror or " ".join(str(problem).split())
        raise InputError("U903", f"cannot write {self.folder.path}: {reason}", hint=hint) from None


def _manifest(path: Path, axes: int) -> dict[str, Any] | None:
    """Return what an earlier run has written of itself; None where there is none that can be read.

    Then the blocks match no run and are computed again.
    """
    try:
        found: dict[str, Any] = json.loads((path / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    known = isinstance(found, dict) and found.get("format") == 1 and isinstance(found.get("described"), dict)
    if not known or not all(_counts(found.get(name), axes) for name in ("shape", "tile")):
        return None
    return found


def _counts(value: object, axes: int) -> bool:
    return isinstance(value, list) and len(value) == axes and all(type(n) is int and n >= 1 for n in value)


def _same(path: Path, found: Mapping[str, Any], described: Mapping[str, Any]) -> None:
    before, now = found["described"], json.loads(json.dumps(described))
    differing = [key for key in {**before, **now} if before.get(key) != now.get(key)]
    if differing:
        told = "; ".join(
            f"{key}: {_short(before.get(key))}, now {_short(now.get(key))}" for key in differing[:3]
        )
        raise InputError(
            "D673",
            f"{path} holds finished blocks of another run ({told})",
            hint="choose another --out; or remove this folder, if these blocks are no longer wanted",
        )


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"
