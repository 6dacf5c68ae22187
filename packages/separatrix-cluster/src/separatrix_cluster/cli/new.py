"""``separatrix cluster new``: the templates of a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix_cluster.tables.mrio import RegionTable

__all__ = ["new"]


def new(
    folder: Path,
    /,
    *,
    table: Annotated[list[str] | None, Parameter(negative="")] = None,
    example: str | None = None,
    mrio: Annotated[Path | None, Parameter(name="--io")] = None,
    region: str | None = None,
    stressor: Annotated[list[str] | None, Parameter(negative="")] = None,
) -> int:
    """Write a commented template of a cluster: cluster.yaml and a CSV file for every table.

    Parameters
    ----------
    folder : Path
        The folder to write to; existing files are never overwritten.
    table : list of str
        Only this table (and enterprises); repeatable.
    example : str
        Copy a shipped cluster instead of templates: rotterdam, houston, kalundborg, synthetic-park,
        messy-park.
    mrio : Path
        A multi-regional input-output table (EXIOBASE, WIOD …) saved by pymrio; its part for --region is
        written to the tables io and io_sectors, also in an existing cluster. Requires the extra mrio.
    region : str
        The region of the cluster in that table.
    stressor : list of str
        The row of emissions in its extensions; repeatable, rows are added up.
    """
    from separatrix_cluster.tables.template import copy_example, write_templates

    if example is not None and (table or mrio):
        raise InputError("K104", "--example copies a cluster whole", hint="omit --table and --io")
    if example is not None:
        written = copy_example(folder, example)
    else:
        written = write_templates(folder, table, _region(mrio, region, stressor))
    for path in written:
        print(path)
    return 0


def _region(saved: Path | None, region: str | None, stressors: Sequence[str] | None) -> RegionTable | None:
    if saved is None:
        if region is not None or stressors:
            raise InputError("K106", "--region and --stressor say what to take of --io, which is not given")
        return None
    if region is None or not stressors:
        raise InputError(
            "K106",
            "--io needs to know the region and the emissions",
            hint="as in --io exiobase --region CN --stressor 'CO2 - combustion - air'",
        )
    from separatrix_cluster.tables.mrio import load_mrio, region_table

    return region_table(load_mrio(saved), region, stressors)
