"""The carbon accounts of a cluster: one line an enterprise, a year and a carrier, and their sums.

A year in which enterprises differ from their other years, and its place in the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError
from separatrix.io.cells import Remark, located
from separatrix.languages.number_text import rounded
from separatrix.run.cached_property import cached_property
from separatrix.run.results import Tabled
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.cells import Floats, Texts
from separatrix_cluster.tables.panel import Cluster

__all__ = ["AMOUNTS_CALLED", "Basis", "CarbonAccounts", "Ints", "SuspectYear", "place_of"]

Ints = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

Basis = Literal["location", "market"]
"""How bought electricity is counted (GHG Protocol Scope 2 Guidance, 2015): by the grid or the contract."""


_OF_ALL = ("enterprises", "factors", "remarks", "gwp", "refused", "counts_other_gases")
"""The attributes that hold no value for every line."""


@dataclass(frozen=True, repr=False)
class CarbonAccounts(Tabled):
    """Who emitted how much, by year, scope and carrier.

    Attributes
    ----------
    enterprises : array of str, shape (enterprises,)
        In the order of the table.
    enterprise, year : array of int, shape (lines,)
        Of each line: the position of its enterprise, and its year.
    scope : array of int, shape (lines,)
        1 or 2.
    kind : array of str, shape (lines,)
        combustion, process, verified, electricity, heat or reported.
    carrier : array of str, shape (lines,)
        The fuel, or electricity, heat; '' for process and verified emissions.
    energy : array of float, shape (lines,)
        GJ; `nan` where it is not known.
    location, market : array of float, shape (lines,)
        t CO2e.  The same in scope 1.
    spread : array of float, shape (lines,)
        Half-width of the 95 % interval, t CO2e (location-based).
    told_spread : array of bool, shape (lines,)
        Whether the table says how uncertain the amount is; 0 says that it is exact.
    internal : array of bool, shape (lines,)
        Scope 2, or the carbon of a derived gas, that another enterprise of the cluster supplied:
        counted there as scope 1, so the total of the cluster excludes it.
    factor : array of int, shape (lines,)
        Position in `factors`; -1 where no factor was needed.
    factor_location, factor_market : array of float, shape (lines,)
        Amount times factor, also where a verified or reported total replaced it (then `location` and
        `market` are 0); `nan` where no energy explains it. For fuels it is CO2 alone; carbon per energy
        and the checks of rows of emissions use it.
    factor_stated : array of float, shape (lines,)
        `factor_location`, but by the factor of the contract where one is stated.
    biogenic : array of float, shape (lines,)
        t CO2 of recent biological origin, not included in the others or in any total.
    methane, nitrous_oxide : array of float, shape (lines,)
        t CO2e of CH4 and N2O of burning the fuel, by the defaults of IPCC (2006), vol. 2, table 2.3, and by
        `gwp`, also of biogenic fuels; 0 where no default is known, the energy is not, a verified total holds
        them or the factor is in CO2e.
    doubtful : array of bool, shape (lines,)
        Scope 2 whose row names a supplier in the cluster without evidence that it made it: in the total
        as purchased from outside. If fuels of the supplier are missing they would count it a second
        time.
    supplier : array of int, shape (lines,)
        The position of the enterprise of the cluster that is named as supplier; -1 where none is.
    gas : array of str, shape (lines,)
        Of energy CO2, or CO2E where its factor is in CO2e; else as the table says, CO2E where it does not.
    file : array of str, shape (lines,)
    row : array of int, shape (lines,)
        Where each line comes from: the file, and the row as a spreadsheet numbers it.
    factors : tuple of mapping
        The factors used: carrier, kind, area, year, value, unit, source, verified.
    gwp : str
        The report whose global warming potentials weigh other gases.
    remarks : tuple of Remark
        Rows for which no factor is known, factors of a neighbouring year, and the like.
    counts_other_gases : bool
        Whether `location` and `market` hold `methane` and `nitrous_oxide`, so that scope 1 is in CO2e;
        accounts after Chinese guidelines are in CO2, and list them separately.
    refused : mapping of str to tuple of int
        The positions of rows of `energy` and `emissions` that were read but not accounted for. File
        rows do not suffice: a row of a wide table has several amounts.
    """

    enterprises: Texts
    enterprise: Ints
    year: Ints
    scope: Ints
    kind: Texts
    carrier: Texts
    energy: Floats
    location: Floats
    market: Floats
    spread: Floats
    told_spread: Truths
    internal: Truths
    factor: Ints
    factor_location: Floats
    factor_market: Floats
    factor_stated: Floats
    biogenic: Floats
    methane: Floats
    nitrous_oxide: Floats
    doubtful: Truths
    supplier: Ints
    gas: Texts
    file: Texts
    row: Ints
    factors: tuple[Mapping[str, Any], ...] = ()
    remarks: tuple[Remark, ...] = field(default=())
    gwp: str = ""
    refused: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    counts_other_gases: bool = False

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Return the names of the attributes that hold a value for every line."""
        return tuple(f.name for f in fields(cls) if f.name not in _OF_ALL)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years with any line, in order."""
        return tuple(np.flatnonzero(np.bincount(self.year)).tolist())

    @property
    def other_gases(self) -> Floats:
        """t CO2e of CH4 and N2O of burning the fuel of every line; see `counts_other_gases`."""
        return self.methane + self.nitrous_oxide

    @cached_property
    def gas_of_totals(self) -> Literal["CO2", "CO2e"]:
        """What totals are in: CO2e where any line counts another gas, so that all years share one heading."""
        counted = self.counts_other_gases and bool((self.other_gases > 0).any() or not len(self.gas))
        return "CO2e" if counted or bool((self.gas != "CO2").any()) else "CO2"

    @property
    def carbon_dioxide(self) -> Floats:
        """`location` without CH4 and N2O of burning fuels: of fuels t CO2, for balances of carbon."""
        return self.location - self.other_gases if self.counts_other_gases else self.location

    def amounts(self, basis: Basis) -> Floats:
        """Return t CO2e of every line by one of the two ways to count bought electricity, shape (lines,).

        Raises
        ------
        InputError
            K262 where it is neither, since another way would pass for it.
        """
        if basis not in get_args(Basis):
            raise InputError(
                "K262",
                say("bought electricity counts by market or by location; found `{found}`", found=str(basis)),
                hint=say("write `market` or `location`, in small letters"),
            )
        return self.location if basis == "location" else self.market

    def by_enterprise(
        self, year: int, basis: Basis = "location", scope: int | None = None, *, internal: bool = True
    ) -> Floats:
        """Return t CO2e of every enterprise in a year, scope 1 and 2 or one of them; `nan` without a line.

        Without ``internal`` the scope 2 supplied by other enterprises of the cluster is excluded, so that
        the sum is the total of the cluster.
        """
        chosen = self.year == year
        if scope is not None:
            chosen &= self.scope == scope
        return self._sums(self.amounts(basis), chosen, internal)

    def energy_by_enterprise(self, year: int, *, internal: bool = True) -> Floats:
        """Return GJ of every enterprise in a year; `nan` without a line whose energy is known.

        Without ``internal`` the supply from other enterprises of the cluster is excluded, as in
        `by_enterprise`.
        """
        chosen = (self.year == year) & ~np.isnan(self.energy)
        return self._sums(self.energy, chosen, internal)

    def _sums(self, amounts: Floats, chosen: Truths, internal: bool) -> Floats:
        counted = np.where(self.internal[chosen] & (not internal), 0.0, amounts[chosen])
        total = np.bincount(self.enterprise[chosen], counted, len(self.enterprises))
        lines = np.bincount(self.enterprise[chosen], minlength=len(self.enterprises))
        return np.where(lines > 0, total, np.nan)

    def line_names(self) -> tuple[str, ...]:
        """Return the names of what `lines` gives."""
        return (
            "enterprise",
            "year",
            "scope",
            "kind",
            "source",
            "energy_gj",
            "t_co2e_location",
            "t_co2e_market",
            "half_width_95",
            "internal",
            "factor_source",
            "factor_verified",
            "t_co2_biogenic",
            "gas",
            "file",
            "row",
            "t_co2e_other_gases",
        )

    def lines(self) -> Iterator[tuple[Any, ...]]:
        """Yield every line as plain values; None where something is not known."""
        other = self.other_gases
        for i in range(len(self.year)):
            factor = self.factors[int(self.factor[i])] if self.factor[i] >= 0 else None
            yield (
                str(self.enterprises[self.enterprise[i]]),
                int(self.year[i]),
                int(self.scope[i]),
                str(self.kind[i]),
                str(self.carrier[i]),
                None if np.isnan(self.energy[i]) else float(self.energy[i]),
                float(self.location[i]),
                float(self.market[i]),
                float(self.spread[i]) if self.spread[i] > 0 or self.told_spread[i] else None,
                bool(self.internal[i]),
                None if factor is None else factor["source"],
                None if factor is None else factor["verified"],
                float(self.biogenic[i]),
                str(self.gas[i]),
                *located(str(self.file[i]), int(self.row[i])),
                float(other[i]),
            )

    def to_dict(self) -> dict[str, Any]:
        """Return the accounts as plain data."""
        names = self.line_names()
        return {
            "lines": [dict(zip(names, line, strict=True)) for line in self.lines()],
            "factors": [dict(f) for f in self.factors],
            "remarks": [r.to_dict() for r in self.remarks],
            "biogenic_t_co2": {str(y): self.biogenic_total(y) for y in self.years},
            "other_gases_t_co2e": {str(y): self.other_gases_total(self.year == y) for y in self.years},
            "other_gases_in_totals": self.counts_other_gases,
            "gas_of_totals": self.gas_of_totals,
            "statements": [str(said) for said in self.statements()],
        }

    def biogenic_total(self, year: int) -> float:
        """Return t CO2 of recent biological origin of a year, which is in no total."""
        return float(self.biogenic[self.year == year].sum())

    def other_gases_total(self, chosen: Truths) -> float:
        """Return t CO2e of CH4 and N2O of burning fuels, of lines that no verified total holds."""
        return float(self.other_gases[chosen & ~self.internal].sum())

    def statements(self, year: int | None = None) -> tuple[Sentence, ...]:
        """Return what the totals are of, for readers: which gases, which heating value, what stands apart."""
        chosen = np.ones(len(self.year), dtype=bool) if year is None else self.year == year
        burned = chosen & np.isin(self.kind.astype(str), ["combustion", "biogenic"])
        said = []
        if burned.any():
            said.append(
                say(
                    "of fuels CO2, CH4 and N2O are counted; CH4 and N2O are {carbon} t CO2e by the defaults "
                    "of IPCC (2006)",
                    carbon=rounded(self.other_gases_total(chosen)),
                )
                if self.counts_other_gases
                else say(
                    "of fuels the CO2 is counted; CH4 and N2O of burning them, about {carbon} t CO2e by the "
                    "defaults of IPCC (2006), are in no total",
                    carbon=rounded(self.other_gases_total(chosen)),
                )
            )
            said.append(say("the energy of fuels is by net calorific value"))
        if (chosen & ~np.isin(self.gas.astype(str), ["CO2", "CO2E", "CO2EQ"])).any():
            said.append(
                say("other gases are weighted by their GWP over 100 years of {report}", report=self.gwp)
            )
        bio = float(self.biogenic[chosen].sum())
        if bio > 0:
            said.append(
                say("{carbon} t CO2 of biogenic fuels stand apart and are in no total", carbon=rounded(bio))
            )
        return tuple(said)

    def total(self, year: int, basis: Basis = "location") -> float:
        """Return t CO2e of the cluster: all scope 1 and the scope 2 that came from outside."""
        return float(self.amounts(basis)[(self.year == year) & ~self.internal].sum())

    def energy_total(self, year: int) -> float:
        """Return GJ that the cluster used, without what its enterprises passed to one another."""
        return float(np.nansum(self.energy[(self.year == year) & ~self.internal]))


@dataclass(frozen=True)
class SuspectYear:
    """Amounts of a year that say less of it than the other years of the same.

    Attributes
    ----------
    remark : Remark
    of : str
        energy (with what it emits), or a column of `accounts`.
    year : int
    enterprises : tuple of int
        Their positions.
    carrier : str
        The carrier, or process for process emissions; '' for all energy.
    """

    remark: Remark
    of: str
    year: int
    enterprises: tuple[int, ...]
    carrier: str = ""


AMOUNTS_CALLED = {
    "energy": say("energy"),
    "output": say("output"),
    "value_added": say("value added"),
    "process": say("process emissions"),
}
"""What people call the amounts of a year in a sentence."""


def place_of(
    cluster: Cluster, accounts: CarbonAccounts, name: str, e: int, k: int
) -> tuple[str, int | None, str]:
    """Return the first row that is in question."""
    year = accounts.years[k]
    if name not in ("energy", "process"):
        table = cluster.table("accounts")
        mine = (table.texts("enterprise") == accounts.enterprises[e]) & (table.numbers("year") == year)
        places = table.rows[mine]
        return table.file, int(places[0]) if len(places) else None, name
    at = np.flatnonzero((accounts.enterprise == e) & (accounts.year == year))
    if name == "process":
        at = at[accounts.kind[at] == "process"]
    i = int(at[np.argmax(np.nan_to_num(accounts.location[at]))]) if len(at) else -1
    return (str(accounts.file[i]), int(accounts.row[i]), "amount") if i >= 0 else ("", None, "amount")
