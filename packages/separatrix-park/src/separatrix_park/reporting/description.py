"""What the park says of itself: `cluster.yaml` in its folder, the same file that a cluster folder has.

It names the place and its grid, the currency of amounts and the emission factors, for checking reports and
computing answers. Without a description only the language is known: Chinese pages imply a park in China.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from separatrix.run.files import write_file
from separatrix_cluster.tables.description import DESCRIPTION, Description, read_description
from separatrix_park.folder import ParkFolder

__all__ = ["describe_park", "first_description", "park_description"]

_FIRST = (
    "# Description of the park: it is used to check reports and to compute answers. More can be set: "
    "the region of\n# the grid, emission factors, the park standard, price levels; `separatrix "
    "cluster new` writes a full file.\nformat: 1\n"
)


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


def first_description(name: str, country: str, money_unit: str) -> str:
    """Return the file with which a new park begins.

    Raises
    ------
    InputError
        K101, G100 to G110 where the country or the unit of money makes no sense.

    Examples
    --------
    >>> first_description("Our park", "CN", "").splitlines()[-3:-1]
    ['money_unit: "10k CNY"', 'grid_area: "CN"']
    """
    told = {"name": name, "country": country, "money_unit": money_unit}
    if country == "CN":  # what `park_description` takes for a park in China
        usual = _in_china(name)
        told |= {"money_unit": money_unit or usual.money_unit, "grid_area": usual.grid_area}
        told |= {"park_standard": usual.park_standard}
    # A string of JSON is one of YAML as well.
    text = _FIRST + "".join(f"{k}: {json.dumps(v, ensure_ascii=False)}\n" for k, v in told.items() if v)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / DESCRIPTION
        path.write_text(text, "utf-8")
        read_description(path)
    return text


def describe_park(park: ParkFolder, text: str) -> None:
    """Keep what the park says of itself."""
    write_file(park.path / DESCRIPTION, text, private=True)


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> Description:
    return read_description(path)
