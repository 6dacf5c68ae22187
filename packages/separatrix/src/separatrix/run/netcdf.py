"""Finished blocks put together: as a netCDF file, block by block, or as a dataset in memory.

netCDF-4 by h5netcdf, not the netCDF-3 of scipy, which holds a whole file in memory until it is closed, has no
compression, and no variable past 4 GB.

A file for HDF5 that never fails, and reports failures afterwards.

HDF5 crashes the whole process if one of its last writes fails, as on a full disk. So every write succeeds:
data that could not be written are kept in memory, and the writer checks from time to time and stops.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from separatrix.run.block_store import Blocks
from separatrix.run.files import replacing
from separatrix.run.layout import ColumnLayout, pieces

if TYPE_CHECKING:
    import xarray
    from numpy.typing import NDArray

__all__ = [
    "Sink",
    "dataset_of",
    "write_netcdf",
]


class Sink:
    """A file that is read and written at any place.

    Parameters
    ----------
    path : Path
        Of the file; what is in it is lost.
    """

    def __init__(self, path: Path) -> None:
        self.stream = path.open("w+b", buffering=0)
        self.problem: OSError | None = None
        self.place = 0
        self.size = 0
        self.unwritten: list[tuple[int, bytes]] = []

    def __enter__(self) -> Sink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stream.close()

    def check(self) -> None:
        """Raise the error that a write has met."""
        if self.problem is not None:
            raise self.problem

    def write(self, content: bytes | memoryview) -> int:
        """Write at the current place, to memory once the disk has failed."""
        kept = bytes(content)
        if self.problem is None:
            try:
                self.stream.seek(self.place)
                left = memoryview(kept)
                while left:
                    left = left[self.stream.write(left) :]
            except OSError as problem:
                self.problem = problem
        if self.problem is not None:
            self.unwritten.append((self.place, kept))
        self.place += len(kept)
        self.size = max(self.size, self.place)
        return len(kept)

    def readinto(self, target: bytearray | memoryview) -> int:
        """Read from the current place; zeros where nothing was written."""
        view = memoryview(target).cast("B")
        count = max(0, min(len(view), self.size - self.place))
        self.stream.seek(self.place)
        found = self.stream.read(count) or b""
        view[:count] = found.ljust(count, b"\0")
        for start, content in self.unwritten:
            first, last = max(start, self.place), min(start + len(content), self.place + count)
            if first < last:
                view[first - self.place : last - self.place] = content[first - start : last - start]
        self.place += count
        return count

    def read(self, count: int = -1) -> bytes:
        """Return what `readinto` reads."""
        content = bytearray(max(0, self.size - self.place) if count < 0 else count)
        return bytes(content[: self.readinto(content)])

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self.place, os.SEEK_END: self.size}[whence]
        self.place = start + offset
        return self.place

    def tell(self) -> int:
        """Return the current place."""
        return self.place

    def truncate(self, size: int | None = None) -> int:
        """Cut the file, or make it longer."""
        self.size = self.place if size is None else size
        if self.problem is None:
            try:
                self.stream.truncate(self.size)
            except OSError as problem:
                self.problem = problem
        return self.size

    def flush(self) -> None:
        """Do nothing: every write goes to the system at once."""


if TYPE_CHECKING:
    Array = NDArray[Any]


LENGTH = 1 << 16
"""Values of an axis that are written at once."""


def write_netcdf(path: Path, blocks: Blocks, layout: ColumnLayout, attributes: Mapping[str, Any]) -> None:
    """Write finished blocks as a netCDF file, whole or not at all; one block at a time is in memory.

    Raises
    ------
    Damaged
        Where a block is not whole.
    OSError
        Where the file cannot be written.
    """
    import h5netcdf

    with replacing(path) as temporary, Sink(temporary) as sink:
        with h5netcdf.File(sink, "w") as file:
            _fill(file, blocks, layout, attributes, sink)
        sink.check()


def _fill(file: Any, blocks: Blocks, layout: ColumnLayout, attributes: Mapping[str, Any], sink: Sink) -> None:
    import h5py

    tiling = blocks.tiling
    file.attrs.update(attributes)
    names = [c.name for c in layout.coordinates]
    for coordinate in layout.coordinates:
        file.dimensions[coordinate.name] = coordinate.count
        made = file.create_variable(coordinate.name, (coordinate.name,), "<f8")
        for start in range(0, coordinate.count, LENGTH):
            part = slice(start, min(start + LENGTH, coordinate.count))
            made[part] = coordinate.floats(part)
        _write_attributes(made, coordinate.attributes)
    for variable in layout.variables:
        dimensions, chunks = list(names), list(tiling.tile)
        if variable.extra is not None:
            file.dimensions[variable.extra] = max(1, len(variable.labels))
            labels = file.create_variable(variable.extra, (variable.extra,), h5py.string_dtype())
            for k, label in enumerate(variable.labels or ("none",)):
                labels[k] = label
            dimensions.append(variable.extra)
            chunks.append(max(1, len(variable.labels)))
        made = file.create_variable(
            variable.name,
            tuple(dimensions),
            variable.dtype,
            chunks=tuple(chunks),
            compression="gzip",
            compression_opts=1,
            shuffle=True,
        )
        _write_attributes(made, variable.attributes)
    for number, found in pieces(blocks, layout):
        shape = tiling.box_shape(number)
        for name, values in found.items():
            file[name][tiling.box(number)] = _in_box(values, shape)
        sink.check()


def _in_box(values: Array, shape: Sequence[int]) -> Array:
    """Return the numbers of a block by place; where no outcome has a name, as one column without any."""
    import numpy as np

    if values.ndim > 1 and not values.shape[1]:
        values = np.full((len(values), 1), np.nan)
    return values.reshape(*shape, *values.shape[1:])


def _write_attributes(made: Any, attributes: Mapping[str, Any]) -> None:
    for name, value in attributes.items():
        made.attrs[name] = _plain(value)


def _plain(value: Any) -> Any:
    """Return an attribute as xarray reads it back: texts without what they remember, lists as arrays."""
    import numpy as np

    if isinstance(value, str):
        return str.__str__(value)
    if not isinstance(value, list):
        return value
    return np.array(value) if len(value) > 1 else np.array(value)[0]  # as such files have it


def dataset_of(blocks: Blocks, layout: ColumnLayout, attributes: Mapping[str, Any]) -> xarray.Dataset:
    """Return finished blocks as a dataset in memory; it equals the one that `write_netcdf` writes."""
    import numpy as np
    import xarray

    tiling = blocks.tiling
    arrays: dict[str, Any] = {}
    data: dict[str, Any] = {}
    coordinates: dict[str, Any] = {}
    names = [c.name for c in layout.coordinates]
    for coordinate in layout.coordinates:
        values = coordinate.floats(slice(0, coordinate.count))
        coordinates[coordinate.name] = ((coordinate.name,), values, dict(coordinate.attributes))
    for variable in layout.variables:
        shape, dimensions = list(tiling.shape), list(names)
        if variable.extra is not None:
            labels = np.array(variable.labels or ("none",), dtype=object)
            coordinates[variable.extra] = ((variable.extra,), labels)
            shape.append(len(labels))
            dimensions.append(variable.extra)
        arrays[variable.name] = np.empty(shape, dtype=variable.dtype)
        told = {k: _plain(v) for k, v in variable.attributes.items()}
        data[variable.name] = (tuple(dimensions), arrays[variable.name], told)
    for number, found in pieces(blocks, layout):
        box = tiling.box_shape(number)
        for name, values in found.items():
            arrays[name][tiling.box(number)] = _in_box(values, box)
    return xarray.Dataset(data, coordinates, attributes)
