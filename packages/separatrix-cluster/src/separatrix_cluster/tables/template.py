"""Templates of a cluster's files: every table with its columns explained and an example that is not read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from separatrix.errors import InputError, NameProblem, Place, nearest
from separatrix.run.csv_output import csv_text
from separatrix.run.files import write_files
from separatrix.sentences import say
from separatrix_cluster.tables.description import DESCRIPTION, read_description
from separatrix_cluster.tables.layout import TableLayout, layouts
from separatrix_cluster.tables.mrio import RegionTable
from separatrix_cluster.tables.shipped import shipped_cluster

__all__ = ["copy_example", "description_template", "table_template", "write_templates"]

_DESCRIPTION = """\
# A cluster: this file describes it, and the tables in this folder hold its data. Only `name` and the table
# `enterprises` are required; more tables allow more results (`separatrix cluster check` lists them).
format: 1
name: Our park
place: ''                     # town, county
country: CN                   # two letters
grid_area: East               # the grid: North, Northeast, East, Central, Northwest, South, Southwest, CN
money_unit: 10k CNY           # how money is written in the tables: 10k CNY, million EUR, USD
price_year: 2024              # the price year of deflated amounts
# deflators: {2022: 100, 2023: 101.2, 2024: 102.0}  # price level by year; without it: current prices
# exchange_rates: {USD: 7.12}                         # our currency for one of another, if rows name one
factor_set: cn-guideline      # cn-guideline or ipcc-2006; factors of your own go into the table `factors`
gwp: AR5                      # global warming potentials: AR4, AR5, AR6 (SAR, TAR of old reports)
park_standard: cn-zero-carbon-park-2025               # the scorecard for the gap; '' for none
# complete: [2022, 2023]       # years in which what is not in the tables energy and emissions is zero; or all
# carbon_price: 96            # currency per t CO2e that enterprises pay
# discount_rate: 0.08         # a year; spreads an investment over its life
# support: 0.1                # the share of the yearly cost of a measure that the public bears
# survey_scale: [1, 5]        # lowest and highest answer in `awareness`
# region_area: Our county     # which area of the table `region` the cluster is
# region_sector: C25         # and which sector, for its value added where `accounts` has none
# region_covers_country: false
sources:
  - own records               # where the data come from; printed with every result
"""


def description_template() -> str:
    """Return a commented `cluster.yaml`."""
    return _DESCRIPTION


def table_template(layout: TableLayout) -> str:
    """Return a table as CSV: its headings, with comments that say what each means and an example row.

    Rows that start with ``#`` are not read.
    """
    rows = []
    for column in (*layout.columns.values(), *layout.patterns):
        name = f"{column.name}…" if column in layout.patterns else column.name
        needed = " (needed)" if column.required else ""
        choices = f": {', '.join(column.choices)}" if column.choices else ""
        rows.append([f"# {name}{needed}: {column.meaning}{choices}"])
    rows.append([*layout.columns, *(f"{p.name}1" for p in layout.patterns)])
    examples = [column.example for column in layout.columns.values()]
    rows.append([f"# example: {examples[0]}", *examples[1:]])
    return csv_text([f"# {layout.name}: {layout.meaning}"], rows)


def write_templates(
    folder: Path, tables: Sequence[str] | None = None, region: RegionTable | None = None
) -> list[Path]:
    """Write `cluster.yaml` and the templates of tables into a folder, and return their paths.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    tables : sequence of str, optional
        Only these, and `enterprises`.
    region : RegionTable, optional
        Its input-output table is written in place of the templates of `io` and `io_sectors`; into a folder
        that is a cluster already, these two alone, in its money.

    Raises
    ------
    InputError
        K104 where a file is there already; nothing is overwritten.  K106 where the money does not fit.
    NameProblem
        K104 for an unknown table.
    """
    if region is not None and (folder / DESCRIPTION).is_file():
        files = region.files(read_description(folder / DESCRIPTION))
        return _write(folder, {folder / name: text.encode("utf-8-sig") for name, text in files.items()})
    chosen = list(layouts()) if tables is None else list(tables)
    for name in chosen:
        if name not in layouts():
            meant = nearest(name, list(layouts()))
            raise NameProblem(
                "K104",
                say("unknown table `{name}`", name=name),
                hint=say("did you mean `{name}`?", name=meant)
                if meant
                else say("the tables are {names}", names=", ".join(layouts())),
            )
    if "enterprises" not in chosen:
        chosen.insert(0, "enterprises")
    contents = {folder / DESCRIPTION: description_template()}
    contents |= {folder / f"{name}.csv": table_template(layouts()[name]) for name in chosen}
    # Excel takes a CSV for UTF-8 only with a byte order mark.
    marked = {".csv": "utf-8-sig"}
    if region is not None:
        told = f"money_unit: {region.money_unit}"
        contents[folder / DESCRIPTION] = _DESCRIPTION.replace("money_unit: 10k CNY", told)
        contents |= {folder / name: text for name, text in region.files().items()}
    return _write(folder, {p: text.encode(marked.get(p.suffix, "utf-8")) for p, text in contents.items()})


def copy_example(folder: Path, name: str) -> list[Path]:
    """Copy the files of a shipped cluster into a folder, to change them there, and return their paths.

    Raises
    ------
    InputError, NameProblem
        K104 where a file is there already; K100 where no such cluster is shipped.
    """
    files = sorted(p for p in shipped_cluster(name).iterdir() if p.suffix in (".yaml", ".csv", ".json"))
    return _write(folder, {folder / p.name: p.read_bytes() for p in files})


def _write(folder: Path, contents: Mapping[Path, bytes]) -> list[Path]:
    for path in contents:
        if path.exists() or path.is_symlink():
            raise InputError(
                "K104",
                say("{file} is there already; nothing was written", file=path),
                where=Place(str(path)),
                hint=say("name a new folder, or move the file away"),
            )
    return write_files(folder, {path.name: data for path, data in contents.items()})
