"""Texts of a column as whole numbers, which are counted, sorted and compared at once.

A column of a hundred thousand rows names a few carriers, or each enterprise once a year: operations on its
texts are done once for each different one.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from separatrix_cluster.tables.cell_values import Texts

__all__ = ["text_codes"]


def text_codes(texts: Texts) -> tuple[Texts, npt.NDArray[np.int64]]:
    """Return the different texts in order, and of each row the place of its text among them.

    As `numpy.unique` with its inverse, which compares all texts with one another.

    Examples
    --------
    >>> names, codes = text_codes(np.array(["heat", "coal", "heat"], dtype=object))
    >>> names.tolist(), codes.tolist()
    (['coal', 'heat'], [1, 0, 1])
    """
    listed = texts.tolist()
    names = sorted(set(listed))
    place = {name: k for k, name in enumerate(names)}
    found = np.empty(len(names), dtype=object)
    found[:] = names
    return found, np.fromiter(map(place.__getitem__, listed), dtype=np.int64, count=len(listed))
