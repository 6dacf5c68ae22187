"""Amounts as they are metered, in the units of factors: steam by the tonne, oil by the litre, gas by the m3.

A bill that states mass or volume alone needs a density, a calorific value or an enthalpy; the usual ones
are in `usual_properties.toml`, and the value used is reported. A factor of the user's own for that unit
takes precedence.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.sentences import PublishedSource, Sentence, say
from separatrix_cluster.tables.carriers import carrier_called, carrier_named, plain_name
from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["in_units_of_factors", "steam_enthalpy"]


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
