"""Reading a cluster: its folder, or one of those that are shipped.

Amounts as they are metered, in the units of factors: steam by the tonne, oil by the litre, gas by the m3.

A bill that states mass or volume alone needs a density, a calorific value or an enthalpy; the usual ones
are in `usual_properties.toml`, and the value used is reported. A factor of the user's own for that unit
takes precedence.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError, Place, SeparatrixError, nearest
from separatrix.io.cells import BETWEEN, STEP, WORKBOOKS, Remark
from separatrix.io.csv import read_cells
from separatrix.io.workbook import Workbook
from separatrix.io.yaml_output import kind_of
from separatrix.sentences import PublishedSource, Sentence, say
from separatrix_cluster.tables.bill_checks import SuspectRows, odd_bills, yearly_bills
from separatrix_cluster.tables.carriers import carrier_called, carrier_named, plain_name
from separatrix_cluster.tables.cells import Floats
from separatrix_cluster.tables.columns import without_parts
from separatrix_cluster.tables.consistency_checks import (
    doubts,
    exchange_rates,
    prices,
    rows_outside,
    staff_known,
)
from separatrix_cluster.tables.description import DESCRIPTION, Description, read_description
from separatrix_cluster.tables.headings import finder, years_in
from separatrix_cluster.tables.layout import layout_of, layouts
from separatrix_cluster.tables.members import Members, members_of
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.plausibility_checks import implausible, same_amounts
from separatrix_cluster.tables.sheets import book_at, plain_table_name, stacked, table_sheets, without_notes
from separatrix_cluster.tables.shipped import shipped_cluster
from separatrix_cluster.tables.table import ClusterTable, together
from separatrix_cluster.tables.table_reader import read_table
from separatrix_cluster.tables.total_checks import odd_amounts_of_bills, summed_enterprises

__all__ = ["cluster_of", "files_of", "folder_of", "in_units_of_factors", "load_cluster", "steam_enthalpy"]


@cache
def _properties() -> dict[str, dict[str, Any]]:
    text = files("separatrix_cluster.tables").joinpath("usual_properties.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def steam_enthalpy(pressure: npt.ArrayLike) -> Floats:
    """Return the heat in saturated steam over water of 20 °C, GJ/t, by its absolute pressure in MPa.

    Linear between the values of steam tables (IAPWS-IF97); `nan` outside 0.1 to 10 MPa.

    Examples
    --------
    >>> steam_enthalpy([0.1, 0.7, 1.0, 30.0]).round(3).tolist()
    [2.591, 2.678, 2.693, nan]
    """
    steam = _properties()["steam"]
    given = np.asarray(pressure, dtype=float)
    found = np.interp(given, steam["pressure"], steam["enthalpy"], left=np.nan, right=np.nan)
    return np.asarray((found - steam["water"]) / 1000)


def in_units_of_factors(
    tables: Mapping[str, ClusterTable], factor_set: str
) -> tuple[dict[str, ClusterTable], list[Remark]]:
    """Return the tables with metered amounts of `energy` converted, and what was taken for them."""
    energy = tables.get("energy")
    if energy is None or not energy.has("dimension"):
        return dict(tables), []
    own = _own_volumes(tables.get("factors"))
    remarks: list[Remark] = []
    found = _converted(energy, factor_set, own, remarks)
    if energy.left_out is not None:
        found = replace(found, left_out=_converted(energy.left_out, factor_set, own, []))
    return {**tables, "energy": found}, remarks


def _own_volumes(factors: ClusterTable | None) -> frozenset[str]:
    """Return the carriers for which the user has a factor per volume, whatever its unit is called."""
    if factors is None:
        return frozenset()
    names = zip(factors.texts("carrier"), factors.texts("unit"), strict=True)
    per_mass_or_energy = ("/t", "/gj", "/kg", "/kwh", "/mwh", "/tj", "/mj", "/吨")
    return frozenset(
        carrier_named(str(name))[0] or plain_name(str(name))
        for name, unit in names
        if not str(unit).casefold().replace(" ", "").endswith(per_mass_or_energy)
    )


def _converted(
    table: ClusterTable, factor_set: str, own: frozenset[str], remarks: list[Remark]
) -> ClusterTable:
    names, dimensions = table.texts("carrier"), table.texts("dimension").copy()
    amounts, doubt = table.numbers("amount").copy(), table.numbers("uncertainty").copy()
    properties = _properties()
    metered = np.flatnonzero((dimensions == "mass") | (dimensions == "volume"))
    codes = table.codes("carrier")[1]
    place = dict(zip(names.tolist(), codes.tolist(), strict=True))
    for text in dict.fromkeys(names.tolist()):
        rows = metered[codes[metered] == place[text]]
        if not len(rows):
            continue
        carrier = carrier_named(str(text))[0] or ""
        volumes = rows[dimensions[rows] == "volume"]
        if str(text).casefold() in properties["steam"]["names"]:
            steam = rows[dimensions[rows] == "mass"]
            _spread(doubt, steam[np.isnan(table.numbers("pressure")[steam])], properties["spread"]["steam"])
            _steam(table, steam, amounts, dimensions, remarks)
        elif len(volumes) and carrier not in own:
            spread = float(properties["spread"].get(carrier, 0.0))
            density = properties["density"].get(carrier)
            calorific = properties["calorific"].get(carrier) if factor_set == "ipcc-2006" else None
            if density is not None:
                amounts[volumes] *= density
                dimensions[volumes] = "mass"
                _spread(doubt, volumes, spread)
                source = properties["source"].get(carrier, properties["density"]["source"])
                _remark_amounts(remarks, table, volumes, carrier, density, "t/m3", source)
            elif calorific is not None:
                amounts[volumes] *= calorific
                dimensions[volumes] = "energy"
                _spread(doubt, volumes, spread)
                _remark_amounts(
                    remarks, table, volumes, carrier, calorific, "GJ/m3", properties["calorific"]["source"]
                )
    changed = {"amount": amounts, "dimension": dimensions}
    if not np.array_equal(doubt, table.numbers("uncertainty"), equal_nan=True):
        changed["uncertainty"] = doubt
    return replace(table, columns={**table.columns, **changed})


def _spread(doubt: Floats, rows: npt.NDArray[np.int64], spread: float) -> None:
    """Let what an amount stands for be as uncertain as the usual property that it was converted by."""
    doubt[rows] = np.hypot(np.nan_to_num(doubt[rows]), spread)


def _steam(
    table: ClusterTable,
    rows: npt.NDArray[np.int64],
    amounts: Floats,
    dimensions: npt.NDArray[np.object_],
    remarks: list[Remark],
) -> None:
    steam = _properties()["steam"]
    stated = table.numbers("pressure")[rows]
    known = ~np.isnan(stated)
    heat = steam_enthalpy(np.where(known, stated, steam["usual"]))
    outside = np.isnan(heat)
    for row in rows[outside].tolist():
        what = say("the pressure of steam is from 0.1 to 10 MPa, absolute; the amount cannot be taken")
        hint = say("give the heat in GJ")
        remarks.append(Remark("K142", "error", table.file, int(table.rows[row]), "pressure", what, hint))
    usual = rows[~known]
    if len(usual):
        hint = say("fill in the column `pressure` (MPa, absolute), or give the heat in GJ")
        value = float(steam_enthalpy(steam["usual"]))
        _remark_amounts(remarks, table, usual, "steam", value, "GJ/t", steam["source"], hint)
    taken = rows[~outside]
    amounts[taken] *= heat[~outside]
    dimensions[taken] = "energy"


def _remark_amounts(
    remarks: list[Remark],
    table: ClusterTable,
    rows: npt.NDArray[np.int64],
    carrier: str,
    value: float,
    unit: str,
    source: str,
    hint: Sentence | None = None,
) -> None:
    what = say(
        "amounts of {carrier} by mass or volume ({n}) were converted by {value:.4g} {unit} ({source})",
        carrier=carrier_called(carrier),
        n=len(rows),
        value=value,
        unit=unit,
        source=PublishedSource(source),
    )
    usual = say("give the amounts in t or GJ, or a factor for this unit in the table factors, if known")
    remarks.append(Remark("K142", "warning", table.file, None, "unit", what, hint or usual))


_ENDINGS = (".csv", ".tsv", ".txt", *WORKBOOKS)


def load_cluster(source: str | os.PathLike[str]) -> Cluster:
    """Read a cluster.

    Parameters
    ----------
    source : str or path
        A folder with a `cluster.yaml` (or that file itself), if it exists or has a separator; else the
        name of a shipped cluster.

    Returns
    -------
    Cluster
        With a remark for all excluded or doubtful data; the rest is included.

    Raises
    ------
    InputError
        K100 where the cluster does not exist, K101 where `cluster.yaml` is invalid, K102 where no
        enterprise can be read.

    Examples
    --------
    >>> park = load_cluster("synthetic-park")
    >>> len(park.enterprises) > 5, park.description.synthetic
    (True, True)
    """
    folder, origin = _folder(source)
    description = read_description(folder / DESCRIPTION)
    remarks: list[Remark] = []
    books: dict[Path, Workbook] = {}
    found = _files(folder, description, remarks, books)
    tables: dict[str, ClusterTable] = {}
    broken: dict[str, str] = {}
    members: Members | None = None
    for name in ["enterprises", *(n for n in layouts() if n != "enterprises")]:
        if name not in found:
            if name == "enterprises":
                raise _no_enterprises(folder, None, remarks)
            continue
        path = found[name][0][0]
        parts: list[tuple[ClusterTable, list[Remark]]] = []
        for path, sheet in table_sheets(name, found, books, remarks):
            try:
                book = book_at(path, books) if path.suffix.lower() in WORKBOOKS else None
                cells = read_cells(path, sheet, book, finder(layout_of(name)))
                for block in stacked(without_notes(cells), layout_of(name)):
                    parts.append(read_table(block, name, description, members))
            except SeparatrixError as problem:
                if name == "enterprises":
                    raise InputError(
                        "K102",
                        say("no enterprise can be read: {why}", why=problem.message),
                        where=problem.where or Place(str(path)),
                        hint=problem.hint,
                    ) from None
                broken[name] = path.name
                remarks.append(_unread(path, problem))
        if not parts:
            continue
        broken.pop(name, None)
        if len(found[name]) == 1 and len(parts) > 1:  # sheets that nobody listed
            parts = _each_once(parts)
        table, amiss = parts[0] if len(parts) == 1 else _as_one(parts)
        remarks.extend(amiss)
        tables[name] = table
        if name == "enterprises":
            members = members_of(table.texts("id").tolist(), table.texts("name").tolist())
            if not members.ids:
                raise _no_enterprises(folder, path, amiss)
    return cluster_of(description, tables, remarks, origin, broken)


def cluster_of(
    description: Description,
    tables: Mapping[str, ClusterTable],
    remarks: Sequence[Remark] = (),
    origin: str = "",
    broken: Mapping[str, str] | None = None,
) -> Cluster:
    """Return the cluster of tables that were read, with what the checks of one table against another find.

    Parameters
    ----------
    description : Description
    tables : mapping of str to ClusterTable
        As `read_table` returns them, `enterprises` among them.
    remarks : sequence of Remark
        What was amiss when they were read.
    origin : str
        Where they come from.
    broken : mapping of str to str, optional
        The tables that cannot be read at all, with the file.
    """
    measured, taken = in_units_of_factors(dict(tables), description.factor_set)
    suspects = (
        *_odd_bills(measured),
        *same_amounts(measured),
        *rows_outside(measured),
        *summed_enterprises(measured),
    )
    cluster = Cluster(description, measured, (), origin, dict(broken or {}))
    suspects = tuple(replace(s, remark=cluster.with_names([s.remark])[0]) for s in suspects)
    # One fault may run through several years.
    told = dict.fromkeys(suspect.remark for suspect in suspects)
    whole = (
        *remarks,
        *taken,
        *doubts(measured),
        *implausible(measured),
        *prices(description),
        *exchange_rates(description),
        *told,
    )
    if "accounts" in measured:
        measured["accounts"] = staff_known(measured["accounts"])
    return replace(cluster, tables=measured, remarks=cluster.with_names(whole), suspects=suspects)


def _odd_bills(tables: Mapping[str, ClusterTable]) -> list[SuspectRows]:
    if "energy" not in tables:
        return []
    table = tables["energy"]
    bills = yearly_bills(table)
    found = odd_bills(table, tables["enterprises"], bills)
    # A row that is likely of another year is not also one too many of its own.
    seen = {row for suspect in found for row in suspect.rows}
    more = (s for s in odd_amounts_of_bills(table, bills.series) if not seen.issuperset(s.rows))
    return [*found, *more]


def folder_of(cluster: Cluster) -> Path:
    """Return the folder of a cluster, shipped or not."""
    folder = Path(cluster.origin)
    return folder if folder.is_dir() else shipped_cluster(cluster.origin)


def files_of(cluster: Cluster) -> list[Path]:
    """Return the files that a cluster was read from."""
    folder = Path(cluster.origin)
    names = {DESCRIPTION, *cluster.broken.values()}
    names |= {part.partition("[")[0] for t in cluster.tables.values() for part in t.file.split(BETWEEN)}
    named = [part for text in cluster.description.tables.values() for part in text.split(BETWEEN)]
    names |= {text.partition("#")[0] for text in named}
    names |= {str(name) for name in cluster.table("purchases").texts("footprint") if name}
    return [folder / name for name in names if (folder / name).is_file()]


def _folder(source: str | os.PathLike[str]) -> tuple[Path, str]:
    if not isinstance(source, (str, os.PathLike)):
        raise InputError(
            "K100",
            say("a cluster is a folder or the name of a shipped one; found {found}", found=kind_of(source)),
        )
    text = os.fsdecode(source)
    path = Path(text)
    try:
        if path.name == DESCRIPTION and path.is_file():
            return path.parent, str(path.parent)
        if path.is_dir() and (path / DESCRIPTION).is_file():
            return path, text
        there = path.exists()
    except (OSError, ValueError) as problem:  # too long for a path, or may not be looked into
        why = getattr(problem, "strerror", None) or str(problem)
        raise InputError("K100", say("{file} cannot be opened: {why}", file=text[:80], why=why)) from None
    if os.sep in text or "/" in text or there:
        what = (
            say("{file} is not a folder", file=text)
            if path.is_file()
            else say("{file} does not exist", file=text)
            if not path.exists()
            else say("{file} has no cluster.yaml", file=text)
        )
        raise InputError(
            "K100",
            what,
            where=Place(text),
            hint=say("`separatrix cluster new FOLDER` writes a template of a cluster"),
        )
    return shipped_cluster(text), text


def _files(
    folder: Path, description: Description, remarks: list[Remark], books: dict[Path, Workbook]
) -> dict[str, list[tuple[Path, str | None]]]:
    """Return in which files, and which sheets of them, each table is."""
    found: dict[str, list[tuple[Path, str | None]]] = {}
    named = {part.partition("#")[0] for text in description.tables.values() for part in text.split(BETWEEN)}
    for path in _listed(folder):
        suffix = path.suffix.lower()
        stem = plain_table_name(path.stem)
        if path.name.startswith(("~$", ".")) or suffix not in _ENDINGS or not path.is_file():
            continue
        if stem in layouts():
            if stem not in description.tables:
                _place(found, stem, path, None)
        elif suffix in WORKBOOKS and stem in ("cluster", "tables", "data"):
            try:
                sheets = book_at(path, books).sheets
            except SeparatrixError as problem:
                remarks.append(_unread(path, problem))
                continue
            for sheet in sheets:
                name = plain_table_name(sheet)
                if name not in layouts():
                    remarks.append(_stranger(f"{path.name}[{sheet}]", name))
                elif name not in description.tables:
                    _place(found, name, path, sheet)
        elif suffix != ".txt" and path.name not in named:
            remarks.append(_stranger(path.name, stem))
    for name, text in description.tables.items():
        found[name] = []
        for part in text.split(BETWEEN):
            file, _, sheet = part.partition("#")
            if not (folder / file).is_file():
                raise InputError(
                    "K103",
                    say(
                        "cluster.yaml names {file} for `{name}`, but this file does not exist",
                        file=file,
                        name=name,
                    ),
                    where=Place(str(folder / file)),
                )
            found[name].append((folder / file, sheet or None))
    for name, path in ((name, path) for name, parts in found.items() for path, _ in parts):
        if not path.resolve().is_relative_to(folder.resolve()):
            raise InputError(
                "K103",
                say("the file of `{name}` is a link that leads out of the cluster's folder", name=name),
                where=Place(str(path)),
                hint=say("copy the file into the folder"),
            )
    return found


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as problem:
        raise InputError(
            "K100", say("{file} cannot be opened: {why}", file=folder, why=problem.strerror)
        ) from None


def _each_once(parts: Sequence[tuple[ClusterTable, list[Remark]]]) -> list[tuple[ClusterTable, list[Remark]]]:
    """Return the sheets of a table without those that mostly repeat another, such as an older copy."""
    kept: list[tuple[ClusterTable, list[Remark]]] = []
    facts: list[tuple[str, set[tuple[object, ...]]]] = []
    for table, amiss in parts:
        names = [n for n in layout_of(table.name).key if n in table.columns]
        columns = [["" if v != v else v for v in table.columns[n].tolist()] for n in names]
        own: set[tuple[object, ...]] = {
            tuple(zip(names, row, strict=True)) for row in zip(*columns, strict=True)
        }
        same = next((f for f, other in facts if f != table.file and 2 * len(own & other) > len(own)), None)
        if same is None:
            kept.append((table, amiss))
            facts.append((table.file, own))
            continue
        what = say("the sheet repeats {other} and was not read", other=same)
        hint = say("delete or hide the one that does not hold")
        kept[0][1].append(Remark("K105", "warning", table.file, None, None, what, hint))
    return kept


def _as_one(parts: Sequence[tuple[ClusterTable, list[Remark]]]) -> tuple[ClusterTable, list[Remark]]:
    """Return a table read from several files or sheets, with its remarks.

    A sheet of a year may also have the year before; if that year has its own sheet, that one is used.
    """
    years = [years_in(table.file) for table, _ in parts]
    told = {found[0] for found in years if len(found) == 1}
    tables, remarks = [], []
    for k, ((table, amiss), own) in enumerate(zip(parts, years, strict=True), 1):
        again = told.difference(own) if len(own) == 1 else set()
        kept = ~np.isin(table.numbers("year"), list(again))
        if not kept.all():
            twice = ", ".join(str(year) for year in sorted(again.intersection(table.years)))
            what = say("rows of {years} were not read here: they have a sheet of their own", years=twice)
            remarks.append(Remark("K127", "note", table.file, None, "year", what))
        gone = table.left_out
        if gone is not None:
            gone = gone.select(~np.isin(gone.numbers("year"), list(again)))
        tables.append(replace(table.select(kept), left_out=gone, given=table.given - int((~kept).sum())))
        for remark in amiss:
            row = None if remark.row is None else remark.row + k * STEP
            remarks.append(replace(remark, row=row))
    whole = without_parts(together(tables), remarks)
    return whole, [r if r.row is None else replace(r, file=whole.file) for r in remarks]


def _place(found: dict[str, list[tuple[Path, str | None]]], name: str, path: Path, sheet: str | None) -> None:
    if name in found:
        raise InputError(
            "K103",
            say(
                "the table `{name}` appears in both {file} and {other}",
                name=name,
                file=found[name][0][0].name,
                other=path.name,
            ),
            where=Place(str(path)),
            hint=say(
                "keep one, or say in cluster.yaml which counts: tables: {entry}",
                entry=f"{{{name}: {path.name}}}",
            ),
        )
    found[name] = [(path, sheet)]


def _stranger(file: str, name: str) -> Remark:
    meant = nearest(name, list(layouts()), least=0.7)
    return Remark(
        "K105",
        "warning" if meant else "note",
        file,
        None,
        None,
        say("no table of a cluster is called so; it was not read"),
        say("did you mean `{name}`?", name=meant) if meant else None,
    )


def _unread(path: Path, problem: SeparatrixError) -> Remark:
    return Remark(
        problem.code,
        "error",
        path.name,
        None,
        None,
        say("the table cannot be read: {why}", why=problem.message),
        None if problem.hint is None else say("{hint}", hint=problem.hint),
    )


def _no_enterprises(folder: Path, path: Path | None, remarks: list[Remark]) -> InputError:
    first = next((r for r in remarks if r.severity == "error"), None)
    needed = say(
        "no enterprise can be read; a cluster needs the table `enterprises` with a column of ids (`id`) or "
        "names (`name`)"
    )
    others = [r.file for r in remarks if r.code == "K105"]
    if first is not None:
        needed = say("{what} ({where}: {why})", what=needed, where=first.where, why=first.what)
    elif others:
        needed = say(
            "{what}; found, and not understood as tables: {files}",
            what=needed,
            files=", ".join(dict.fromkeys(others)),
        )
    return InputError(
        "K102",
        needed,
        where=Place(str(path or folder / "enterprises.csv")),
        hint=say("fill in one row for each enterprise")
        if path is not None
        else say(
            "name its file or sheet in cluster.yaml, as in tables: {entry}; `separatrix cluster new FOLDER` "
            "writes templates of all tables",
            entry="{enterprises: book.xlsx#Sheet1}",
        ),
    )
