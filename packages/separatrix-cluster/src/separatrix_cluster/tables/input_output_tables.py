"""One region of a multi-regional input-output table, as the tables `io` and `io_sectors` of a cluster.

The table itself (EXIOBASE, WIOD, OECD ICIO …) is read by pymrio, the extra `mrio`; this module cuts one
region out of it, so that what the region sells to others is its exports and what it makes beyond all inputs,
domestic and imported, is its value added:

    x = A_rr x + y_r + e_r,   e_r = Σ_{s≠r} (Z_rs 1 + y_rs),   v_r = x_r − Σ_s 1'Z_sr.

The units of benchmarks: what turns a published quartile into t, GJ and units of the cluster's currency.

A benchmark is only as good as its unit: one in kg per yuan is ten times, one in another currency eight times
another number than it looks.  So what is not understood is not compared with.

References
----------
Miller, R. E. & Blair, P. D. (2009). Input-Output Analysis, 2nd ed. Cambridge, ch. 3.
Stadler, K. (2021). Pymrio: a Python based multi-regional input-output analysis toolbox. J. Open Research
Software 9, 8.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from separatrix.errors import InputError, NameProblem, how_to_add, nearest
from separatrix.run.csv_output import csv_text
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.cells import Floats, short
from separatrix_cluster.tables.description import Description, money_of
from separatrix_cluster.tables.units import unit_of

__all__ = ["RegionTable", "benchmark_scale", "is_share", "load_mrio", "region_table"]

_KINDS = {
    "carbon per value added": ("mass", "money", "t/10k CNY"),
    "energy per value added": ("energy", "money", "tce/10k CNY"),
    "value-added rate": ("share", "", "share"),
    "value added per worker": ("money", "worker", "10k CNY/worker"),
    "export share": ("share", "", "share"),
    "R&D intensity": ("share", "", "share"),
}
"""What is above and below the stroke in the unit of each indicator, and an example of it."""

_WORKERS = frozenset(
    "worker workers person persons people employee employees staff capita head 人 名".split()
)
_CARBON = re.compile(r"\s*(co2(\s*-?\s*eq?)?|二氧化碳(当量)?)\Z", re.IGNORECASE)


def is_share(indicator: str) -> bool:
    """Return whether a benchmark of an indicator is a share, which is at most 1.

    Examples
    --------
    >>> is_share("value-added rate"), is_share("carbon per value added")
    (True, False)
    """
    return indicator in _KINDS and _KINDS[indicator][0] == "share"


def benchmark_scale(unit: str, indicator: str, description: Description) -> float | Sentence:
    """Return one of a benchmark's unit in base units, or why that cannot be determined.

    Parameters
    ----------
    unit : str
        As written in the table, `t/10k CNY`.
    indicator : str
        Which one; '' where none is named, which is reported elsewhere.
    description : Description
        The cluster's currency and exchange rates.

    Examples
    --------
    >>> here = Description("Our park", currency="CNY", exchange_rates={"EUR": 8.0})
    >>> [benchmark_scale(u, "carbon per value added", here) for u in ("t/10k CNY", "kgCO2/元", "t/k EUR")]
    [0.0001, 0.001, 0.000125]
    >>> print(benchmark_scale("t/k USD", "carbon per value added", here))
    no exchange rate of USD is known
    """
    if indicator not in _KINDS:
        return float("nan")
    above, below, example = _KINDS[indicator]
    text = unicodedata.normalize("NFKC", unit).strip()
    wrong = (
        say(
            "`{text}` is not a unit of {indicator}; expected one such as {example}",
            text=short(unit),
            indicator=indicator,
            example=example,
        )
        if text
        else say(
            "{indicator} has no unit; one as {example} was expected", indicator=indicator, example=example
        )
    )
    if above == "share":
        known = {"": 1.0, "share": 1.0, "1": 1.0, "%": 0.01}
        return known.get(text.casefold(), wrong)
    top, _, bottom = (part.strip() for part in text.partition("/"))
    if below == "worker":
        earned = _money(top, description)
        return wrong if earned is None or bottom.casefold() not in _WORKERS else earned
    measured = unit_of(_CARBON.sub("", top) if above == "mass" else top)
    money = _money(bottom, description)
    if measured is None or measured.dimension != above or money is None:
        return wrong
    return measured.factor / money if isinstance(money, float) else money


def _money(text: str, description: Description) -> float | Sentence | None:
    """Return one of this unit of money in the cluster's currency; None where it is not money."""
    found = money_of(text)
    if found is None:
        return None
    currency, scale = found
    if currency == description.currency:
        return scale
    rate = description.exchange_rates.get(currency)
    return (
        say("no exchange rate of {currency} is known", currency=short(currency))
        if rate is None
        else scale * rate
    )


_SCALE_NAMES = {1.0: "", 1e3: "thousand", 1e4: "10k", 1e6: "million", 1e7: "千万", 1e8: "1e8", 1e9: "billion"}
"""How `cluster.yaml` writes each scale that is understood."""


@dataclass(frozen=True)
class RegionTable:
    """One region's part of a multi-regional table.

    Attributes
    ----------
    region : str
        Its name there.
    sectors : tuple of str
        Those that produce anything.
    coefficients : array, shape (sectors, sectors)
        Domestic input of the row's sector per unit of output of the column's.
    output, final_demand, exports, value_added : array, shape (sectors,)
        In units of `scale` of `currency`; final demand includes exports.
    emissions : array, shape (sectors,)
        t.
    currency : str
        Three letters.
    scale : float
        How many of the currency one unit of money is.
    """

    region: str
    sectors: tuple[str, ...]
    coefficients: Floats
    output: Floats
    final_demand: Floats
    exports: Floats
    value_added: Floats
    emissions: Floats
    currency: str
    scale: float

    @property
    def money_unit(self) -> str:
        """Return the unit of money as `cluster.yaml` writes it."""
        return f"{_SCALE_NAMES[self.scale]} {self.currency}".strip()

    def files(self, description: Description | None = None) -> dict[str, str]:
        """Return the tables as CSV by the names of their files, in the money of a cluster.

        Parameters
        ----------
        description : Description, optional
            Of the cluster; without it the money stays as it is.

        Raises
        ------
        InputError
            K106 where the cluster's money is of another currency and `exchange_rates` does not know this one.
        """
        rate = 1.0 if description is None else self._rate(description) / description.money_factor
        flows = [
            (self.sectors[i], self.sectors[j], f"{self.coefficients[i, j]:.12g}")
            for i, j in zip(*np.nonzero(self.coefficients), strict=True)
        ]
        money = np.stack([self.output, self.final_demand, self.exports, self.value_added], 1) * rate
        totals = [
            (name, *(f"{value:.12g}" for value in row), f"{emitted:.12g}")
            for name, row, emitted in zip(self.sectors, money, self.emissions, strict=True)
        ]
        columns = ("sector", "output", "final_demand", "exports", "value_added", "emissions")
        return {
            "io.csv": csv_text(("from", "to", "coefficient"), flows),
            "io_sectors.csv": csv_text(columns, totals),
        }

    def _rate(self, description: Description) -> float:
        """Return what one unit of this table's money is in the cluster's currency."""
        if description.currency == self.currency:
            return self.scale
        try:
            return self.scale * description.exchange_rates[self.currency]
        except KeyError:
            raise InputError(
                "K106",
                f"the input-output table is in {self.currency}, the cluster in {description.currency}",
                hint=f"give the rate in cluster.yaml, as in exchange_rates: {{{self.currency}: 7.1}}",
            ) from None


def load_mrio(folder: Path) -> Any:
    """Read a table that pymrio saved (`save_all`).

    Raises
    ------
    InputError
        K106 where pymrio is not installed, or the folder holds no such table.
    """
    try:
        import pymrio
    except ImportError:
        raise InputError(
            "K106",
            "multi-regional tables are read by pymrio, which is not installed",
            hint=how_to_add("mrio"),
        ) from None
    if not folder.is_dir():
        raise InputError("K106", f"folder {folder} not found", hint=_HOW_TO_SAVE)
    try:
        return pymrio.load_all(folder)
    except Exception as problem:  # pymrio says nothing of what it raises
        raise InputError("K106", f"pymrio reads no table in {folder}: {problem}", hint=_HOW_TO_SAVE) from None


_HOW_TO_SAVE = "save the table with pymrio: pymrio.parse_exiobase3(…).calc_all().save_all(folder)"


def region_table(system: Any, region: str, stressors: Sequence[str]) -> RegionTable:
    """Cut one region out of a multi-regional table.

    Parameters
    ----------
    system : pymrio.IOSystem
        The table; what is missing of x and A is computed in a copy.
    region : str
        A region of it.
    stressors : sequence of str
        Rows of its extensions whose sum are the emissions, as `CO2 - combustion - air`. They are added as
        they are: other gases must be weighted before (pymrio calls that characterisation).

    Raises
    ------
    NameProblem
        K106 for an unknown region or stressor.
    InputError
        K106 for a unit other than mass, money in an unknown form, or a table without flows, demand or
        units.

    Examples
    --------
    >>> import pymrio
    >>> found = region_table(pymrio.load_test(), "reg1", ["emission_type1"])
    >>> found.money_unit, len(found.sectors)
    ('million USD', 8)
    """
    for part in ("Z", "Y", "unit"):
        if getattr(system, part, None) is None:
            raise InputError("K106", f"the input-output table lacks its part {part}", hint=_HOW_TO_SAVE)
    whole = system if system.x is not None and system.A is not None else system.copy().calc_system()
    regions = [str(name) for name in whole.get_regions()]
    if region not in regions:
        raise _unknown("region", region, regions)
    mine = np.asarray(whole.x.index.get_level_values(0) == region)
    demand = np.asarray(whole.Y.columns.get_level_values(0) == region)
    flows, final = whole.Z.to_numpy(float), whole.Y.to_numpy(float)
    output = whole.x.to_numpy(float).ravel()[mine]
    exports = flows[np.ix_(mine, ~mine)].sum(1) + final[np.ix_(mine, ~demand)].sum(1)
    value_added = output - flows[:, mine].sum(0)
    emissions = sum((_emitted(whole, name, region) for name in stressors), np.zeros(len(output)))
    currency, scale = _mrio_money(str(whole.unit.iloc[0, 0]))
    made = output > 0
    sectors = [str(name) for name in whole.x.index.get_level_values(1)[mine]]
    return RegionTable(
        region=region,
        sectors=tuple(name for name, kept in zip(sectors, made, strict=True) if kept),
        coefficients=whole.A.to_numpy(float)[np.ix_(mine, mine)][np.ix_(made, made)],
        output=output[made],
        final_demand=(final[np.ix_(mine, demand)].sum(1) + exports)[made],
        exports=exports[made],
        value_added=value_added[made],
        emissions=emissions[made],
        currency=currency,
        scale=scale,
    )


def _emitted(system: Any, stressor: str, region: str) -> Floats:
    """Return one row of the extensions for one region, in t."""
    known: list[str] = []
    for extension in system.get_extensions(data=True):
        names = [str(row[0] if isinstance(row, tuple) else row) for row in extension.F.index]
        known.extend(names)
        if stressor not in names:
            continue
        rows = [i for i, name in enumerate(names) if name == stressor]
        units = {str(extension.unit.iloc[i, 0]) for i in rows}
        factor = 0.0
        for text in units:
            unit = unit_of(text)
            if unit is None or unit.dimension != "mass" or len(units) > 1:
                raise InputError(
                    "K106",
                    f"`{stressor}` is in {', '.join(sorted(units))}; a mass was expected",
                    hint="name rows that are emissions, in kg or t",
                )
            factor = unit.factor
        columns = np.asarray(extension.F.columns.get_level_values(0) == region)
        return np.asarray(extension.F.to_numpy(float)[rows][:, columns].sum(0) * factor)
    raise _unknown("row of emissions", stressor, known)


def _mrio_money(text: str) -> tuple[str, float]:
    """Return currency and scale of `Mill USD`, `M.EUR`."""
    found = money_of(text)
    if found is None:
        raise InputError(
            "K106",
            f"the money of the table is `{text}`; a scale and a currency were expected, as in M.EUR",
            hint="set it in the table: system.unit.unit = 'M.EUR'",
        )
    return found


def _unknown(what: str, name: str, known: Sequence[str]) -> NameProblem:
    meant = nearest(name, list(known))
    shown = ", ".join(list(dict.fromkeys(known))[:12])
    return NameProblem(
        "K106",
        f"the input-output table has no {what} `{name}`",
        hint=f"did you mean `{meant}`?" if meant else f"it has {shown}{' …' if len(known) > 12 else ''}",
    )
