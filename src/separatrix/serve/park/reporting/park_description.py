"""What the park says of itself: `cluster.yaml` in its folder, the same file that a cluster folder has.

It names the place and its grid, the money that amounts are written in, the emission factors; reports are
checked by it and answers rest on it.  Without one only the language is known: pages in Chinese speak of a
park in China.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from separatrix.cluster.tables.description import DESCRIPTION, Description, read_description
from separatrix.serve.park.folder import ParkFolder

__all__ = ["park_description"]


def _in_china(name: str) -> Description:
    return Description(
        name,
        country="CN",
        grid_area="CN",
        money_unit="10k CNY",
        money_factor=1e4,
        factor_set="cn-guideline",
        park_standard="cn-zero-carbon-park-2025",
    )


_USUAL: Mapping[str, Callable[[str], Description]] = {"zh": _in_china}
"""What is taken where a park says nothing of itself, by the language of its pages."""


def park_description(park: ParkFolder) -> Description:
    """Return what the park says of itself.

    Raises
    ------
    InputError
        K101, G100 to G110 where `cluster.yaml` makes no sense.
    """
    path = park.path / DESCRIPTION
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return _USUAL.get(park.language, Description)(park.name)
    return _read(path, changed)


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> Description:
    return read_description(path)
