"""The carbon accounts of a cluster: scope 1 from fuels and processes, scope 2 by place and by contract.

Combustion: E = amount × NCV × carbon content × oxidation × 44/12 (IPCC 2006, vol. 2, eq. 2.1; guidelines of
NDRC and MEE for enterprises).  Scope 2: bought energy × factor, by location and by market (GHG Protocol Scope
2 Guidance, 2015).  The total of the cluster is all of scope 1 and the scope 2 bought from outside, so that
electricity and heat that one enterprise sells to another are counted once, where they were made.

The checks that hold what was counted against other rows, other years and other enterprises.

Each is an analytical procedure of auditors (ISA 520, International Auditing and Assurance Standards Board):
it reports where two figures contradict each other and changes neither. The possible error of the counted
emissions is estimated in `separatrix_cluster.completeness.doubts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark, Severity
from separatrix.run.cached_property import hand_on
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.annual_jumps import uneven_years
from separatrix_cluster.accounts.emission_factors import FactorRegistry, registry_of
from separatrix_cluster.accounts.factor import (
    OWN_USE,
    Factor,
    grid_area_meant,
    methane_and_nitrous_oxide,
    process_meant,
    process_rows,
)
from separatrix_cluster.accounts.intensity_checks import energy_cost_remarks, per_worker
from separatrix_cluster.accounts.internal_supply import Supply, carbon_balance, counted_once, supplied_inside
from separatrix_cluster.accounts.missing_sources import absent_sources, electricity_remarks
from separatrix_cluster.accounts.peer_ratios import odd_ratios
from separatrix_cluster.accounts.results import CarbonAccounts, Ints
from separatrix_cluster.accounts.shifted_years import (
    factor_remarks,
    non_energy_use,
    shifted_years,
    zero_amounts,
)
from separatrix_cluster.accounts.supply_checks import (
    own_power_remarks,
    unlikely_supply_remarks,
    unnamed_heat_remarks,
)
from separatrix_cluster.accounts.verified_totals import (
    computed_emissions,
    unlike_energy,
    verified_elsewhere,
    verified_remarks,
)
from separatrix_cluster.tables.carriers import (
    carrier_called,
    carrier_named,
    gwp100,
    origin_named,
    plain_gas,
    plain_name,
)
from separatrix_cluster.tables.cells import Floats, Texts, short, text_codes
from separatrix_cluster.tables.panel import Cluster, rows_of_members
from separatrix_cluster.tables.table import ClusterTable
from separatrix_cluster.tables.units import BASE

__all__ = ["carbon_accounts", "contradictions"]

Check = Callable[[Cluster, CarbonAccounts, FactorRegistry], Iterable[Remark]]

_CHECKS: tuple[Check, ...] = (
    lambda cluster, found, _: own_power_remarks(found, cluster.table("energy")),
    lambda cluster, found, _: verified_remarks(cluster, found),
    lambda _, found, __: (one.remark for one in verified_elsewhere(found)),
    lambda _, found, __: (one.remark for one in computed_emissions(found)),
    lambda _, found, __: (one.remark for one in unlike_energy(found)),
    lambda cluster, found, registry: (one.remark for one in non_energy_use(cluster, found, registry)),
    lambda cluster, found, _: unnamed_heat_remarks(cluster, found),
    lambda cluster, found, _: unlikely_supply_remarks(cluster, found),
    lambda cluster, found, _: electricity_remarks(cluster, found),
    lambda cluster, found, _: energy_cost_remarks(cluster, found),
    lambda cluster, found, _: (one.remark for one in per_worker(cluster, found)),
    lambda _, found, registry: factor_remarks(found, registry),
    lambda cluster, found, _: (odd.remark for odd in odd_ratios(cluster, found)),
    lambda cluster, found, _: (absent.remark for absent in absent_sources(cluster, found)),
    lambda cluster, found, _: (off.remark for off in shifted_years(cluster, found)),
    lambda cluster, found, _: (zero.remark for zero in zero_amounts(cluster, found)),
    lambda cluster, found, _: (odd.remark for odd in uneven_years(cluster, found)),
)
"""In the order in which they are reported."""


def contradictions(
    cluster: Cluster, accounts: CarbonAccounts, registry: FactorRegistry
) -> tuple[Remark, ...]:
    """Return what contradicts itself in the accounts of a cluster.

    Other results of a check are kept in ``accounts``, so that they are computed once.

    Parameters
    ----------
    cluster : Cluster
    accounts : CarbonAccounts
        Its accounts, whose remarks do not matter.
    registry : FactorRegistry
        The factors that were used.
    """
    # One fault may run through several amounts.
    found = (remark for check in _CHECKS for remark in check(cluster, accounts, registry))
    return tuple(dict.fromkeys(found))


@dataclass
class _Lines:
    """The lines while they are gathered, as columns of arrays."""

    parts: list[dict[str, Any]] = field(default_factory=list)
    factors: list[Factor] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    refused: dict[str, set[int]] = field(default_factory=dict)

    def position(self, factor: Factor) -> int:
        if factor not in self.factors:
            self.factors.append(factor)
        return self.factors.index(factor)


def carbon_accounts(cluster: Cluster) -> CarbonAccounts:
    """Return the carbon accounts of a cluster.

    Parameters
    ----------
    cluster : Cluster
        With `energy`, `emissions` or both; an enterprise with verified emissions in a year is accounted by
        these, and its fuels of that year only by their energy.

    Returns
    -------
    CarbonAccounts
        Rows without a factor are excluded, with a remark.

    Raises
    ------
    InputError
        K201 for an unknown factor set.

    References
    ----------
    IPCC (2006), Guidelines for National GHG Inventories, vol. 2; GHG Protocol Scope 2 Guidance (2015).

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> accounts = carbon_accounts(load_cluster("rotterdam"))
    >>> round(accounts.total(2008) / 1e6, 2)
    22.27
    """
    registry = registry_of(cluster)
    lines = _Lines()
    _from_emissions(cluster, lines)
    _from_energy(cluster, registry, lines)
    lines.remarks.extend(registry.all_remarks())
    columns = {
        name: np.concatenate([p[name] for p in lines.parts])
        if lines.parts
        else np.zeros(0, dtype=_TYPES[name])
        for name in CarbonAccounts.columns()
    }
    accounts = CarbonAccounts(
        cluster.enterprises,
        **columns,
        factors=tuple(f.to_dict() for f in lines.factors),
        remarks=tuple(lines.remarks),
        gwp=cluster.description.gwp,
        counts_other_gases=registry.counts_other_gases,
        refused={name: tuple(sorted(places)) for name, places in lines.refused.items()},
    )
    found = carbon_balance(counted_once(accounts))
    remarks = cluster.with_names((*found.remarks, *contradictions(cluster, found, registry)))
    whole = replace(found, remarks=remarks)
    return hand_on(found, whole)


_TYPES: dict[str, Any] = {
    **dict.fromkeys(("enterprise", "year", "scope", "factor", "row", "supplier"), np.int64),
    **dict.fromkeys(("kind", "carrier", "gas", "file"), object),
    **dict.fromkeys(("internal", "doubtful", "told_spread"), bool),
    **dict.fromkeys(("energy", "location", "market", "spread", "biogenic"), float),
    **dict.fromkeys(("methane", "nitrous_oxide"), float),
    **dict.fromkeys(("factor_location", "factor_market", "factor_stated"), float),
}


def _from_emissions(cluster: Cluster, lines: _Lines) -> None:
    table = cluster.table("emissions")
    if not len(table):
        return
    gases = table.texts("gas")
    weights = np.ones(len(table))
    potentials = gwp100(cluster.description.gwp)
    plain = {gas: plain_gas(str(gas)) or "CO2E" for gas in dict.fromkeys(gases.tolist())}
    for gas in sorted(plain):
        if not gas:
            continue
        weight = potentials.get(plain[gas])
        weights[gases == gas] = np.nan if weight is None else weight
        if weight is None:
            _remark(
                lines,
                "K212",
                table,
                np.flatnonzero(gases == gas),
                "gas",
                say("no warming potential is known for `{gas}`", gas=short(gas)),
            )
    per_tonne, factors, wrong = process_rows(table)
    for i, what in wrong.items():
        meant = process_meant(str(table.texts("activity")[i]))
        hint = (
            say("did you mean `{name}`?", name=meant)
            if meant
            else say("leave the column activity empty where the amount is that of a gas")
        )
        _remark(lines, "K224", table, np.array([i]), "activity", what, hint)
    masses = table.texts("dimension") == "mass"
    _remark(lines, "K213", table, np.flatnonzero(~masses), "unit", say("emissions are a mass, as t or kt"))
    kinds = np.where(table.texts("kind") == "", "process", table.texts("kind"))
    amounts = table.numbers("amount") * weights * per_tonne
    used = np.full(len(table), -1, dtype=np.int64)
    named = np.array([plain[g] for g in gases.tolist()], dtype=object)
    for i, factor in factors.items():
        used[i], named[i] = lines.position(factor), "CO2"
    kept = masses & ~np.isnan(amounts)
    n = int(kept.sum())
    told = np.where(kinds == "scope 2", "reported", kinds)[kept]
    doubt = np.nan_to_num(table.numbers("uncertainty"))[kept]
    lines.parts.append(
        {
            "enterprise": rows_of_members(cluster, "emissions")[kept],
            "year": table.numbers("year")[kept].astype(np.int64),
            "scope": np.where(told == "reported", 2, 1).astype(np.int64),
            "kind": told.astype(object),
            "carrier": np.full(n, "", dtype=object),
            "energy": np.full(n, np.nan),
            "location": amounts[kept],
            "market": amounts[kept].copy(),
            "spread": amounts[kept] * doubt,
            "told_spread": ~np.isnan(table.numbers("uncertainty"))[kept],
            "internal": np.zeros(n, dtype=bool),
            "factor": used[kept],
            "factor_location": np.full(n, np.nan),
            "factor_market": np.full(n, np.nan),
            "factor_stated": np.full(n, np.nan),
            "biogenic": np.zeros(n),
            "methane": np.zeros(n),
            "nitrous_oxide": np.zeros(n),
            "doubtful": np.zeros(n, dtype=bool),
            "supplier": np.full(n, -1, dtype=np.int64),
            "gas": named[kept],
            "file": np.full(n, table.file, dtype=object),
            "row": table.rows[kept],
        }
    )


@dataclass(frozen=True)
class _Energy:
    """The table `energy` while it is accounted for.

    ``inside`` states for each row whether an enterprise of the cluster supplied it, ``doubtful`` whether a
    supplier is named without evidence that it supplied it. ``enterprise`` and ``supplier`` are positions,
    -1 for none.
    """

    table: ClusterTable
    uses: Texts
    inside: npt.NDArray[np.bool_]
    doubtful: npt.NDArray[np.bool_]
    registry: FactorRegistry
    enterprise: Ints
    supplier: Ints
    lines: _Lines
    gwp: str


def _from_energy(cluster: Cluster, registry: FactorRegistry, lines: _Lines) -> None:
    table, emissions = cluster.table("energy"), cluster.table("emissions")
    if not len(table):
        return
    registry.energy_file = table.file
    carriers = _carriers(table, registry, lines)
    uses = np.where(table.texts("use") == "", "used", table.texts("use"))
    bought = (carriers == "electricity") | (carriers == "heat")
    odd = (carriers != "") & np.where(bought, uses == "feedstock", uses == "generated")
    fit = say("electricity and heat are used, sold or generated; fuels are used, sold or feedstock")
    _remark(lines, "K221", table, np.flatnonzero(odd), "use", fit)
    kept = (carriers != "") & ~odd & ~np.isnan(table.numbers("amount"))
    kept &= ~_of_itself(table, bought & kept, lines)
    inside, doubtful, doubts = supplied_inside(
        Supply(table, emissions, carriers, uses, kept, bought, registry)
    )
    lines.remarks.extend(doubts)
    who, sellers = rows_of_members(cluster, "energy"), rows_of_members(cluster, "energy", "supplier")
    energy = _Energy(table, uses, inside, doubtful, registry, who, sellers, lines, cluster.description.gwp)
    kept_rows = np.flatnonzero(kept)
    years = table.numbers("year")[kept_rows].astype(np.int64)
    names, codes = text_codes(carriers)
    dimensions, of_dimension = table.codes("dimension")
    key = years * (len(names) * len(dimensions)) + (codes * len(dimensions) + of_dimension)[kept_rows]
    order = np.argsort(key, kind="stable")
    groups = np.split(kept_rows[order], np.flatnonzero(np.diff(key[order])) + 1) if len(order) else []
    for rows in sorted(groups, key=lambda rows: int(rows[0])):
        carrier, dimension = str(carriers[rows[0]]), str(table.texts("dimension")[rows[0]])
        account = _bought if carrier in ("electricity", "heat") else _burned
        account(energy, rows, carrier, dimension, int(table.numbers("year")[rows[0]]))


def _of_itself(table: ClusterTable, chosen: npt.NDArray[np.bool_], lines: _Lines) -> npt.NDArray[np.bool_]:
    """Return the rows in which an enterprise buys from itself, with a remark on each."""
    same = chosen & (table.texts("supplier") == table.texts("enterprise"))
    _remark(
        lines,
        "K218",
        table,
        np.flatnonzero(same),
        "supplier",
        say("the supplier is the enterprise itself"),
        say("what it makes itself is `generated`, or counted by the fuels that it burns"),
    )
    return np.asarray(same)


def _carriers(table: ClusterTable, registry: FactorRegistry, lines: _Lines) -> Texts:
    """Return the carrier of every row; '' where no factor set and no table of factors knows it."""
    own = {factor.carrier for factor in registry.own}
    different, codes = table.codes("carrier")
    place = {text: k for k, text in enumerate(different.tolist())}
    found = np.full(len(different), "", dtype=object)
    for text in dict.fromkeys(table.texts("carrier").tolist()):
        carrier, meant = carrier_named(str(text))
        if carrier is None:
            carrier = plain_name(str(text))
            if carrier not in own:
                hint = say("did you mean `{name}`?", name=meant) if meant else None
                _remark(
                    lines,
                    "K214",
                    table,
                    np.flatnonzero(codes == place[text]),
                    "carrier",
                    say("`{text}` is not a known carrier", text=short(text)),
                    hint,
                )
                continue
        found[place[text]] = carrier
    return np.asarray(found[codes])


def _burned(energy: _Energy, rows: Ints, carrier: str, dimension: str, year: int) -> None:
    rows = rows[np.isin(energy.uses[rows].astype(str), OWN_USE)]  # what is not burned needs no factor
    if not len(rows):
        return
    factor = energy.registry.fuel(carrier, dimension, year)
    if not isinstance(factor, Factor):
        hint = (
            say("give a factor in the table factors, or the amount in another unit")
            if energy.registry.knows(carrier)
            else say("give a factor in the table factors, or name another factor_set in cluster.yaml")
        )
        _remark(energy.lines, "K215", energy.table, rows, "unit", factor, hint)
        return
    amounts = energy.table.numbers("amount")[rows]
    emitted = np.zeros(len(rows)) if factor.biogenic else amounts * factor.value
    doubt = np.hypot(np.nan_to_num(energy.table.numbers("uncertainty")[rows]), factor.spread)
    heat = np.nan_to_num(amounts * factor.energy)
    # A factor in CO2e holds them; of a biogenic fuel it is listed apart, where CH4 and N2O do not belong.
    held = factor.equivalent and not factor.biogenic
    on_roads = energy.uses[rows] == "transport"
    methane, nitrous = (
        np.zeros(len(rows)) if held else heat * np.where(on_roads, road, still)
        for still, road in zip(
            methane_and_nitrous_oxide(carrier, energy.gwp),
            methane_and_nitrous_oxide(carrier, energy.gwp, road=True),
            strict=True,
        )
    )
    whole = emitted + methane + nitrous if energy.registry.counts_other_gases else emitted
    _add(
        energy,
        rows,
        year,
        1,
        "biogenic" if factor.biogenic else "combustion",
        carrier,
        amounts * factor.energy,
        whole,
        whole.copy(),
        # The doubt of amount and factor; how far a boiler is from the defaults of its CH4 is not stated.
        whole * doubt,
        factor,
        by_factor=emitted,
        biogenic=amounts * factor.value if factor.biogenic else None,
        other_gases=(methane, nitrous),
    )


def _bought(energy: _Energy, rows: Ints, carrier: str, dimension: str, year: int) -> None:
    table, lines = energy.table, energy.lines
    if dimension != "energy":
        _remark(
            lines,
            "K215",
            table,
            rows,
            "unit",
            say(
                "{carrier} is an energy, and the amount is in {unit}",
                carrier=carrier_called(carrier),
                unit=BASE.get(dimension, say("another unit")),
            ),
        )
        return
    made = rows[energy.uses[rows] == "generated"]
    if len(made):
        for i in made.tolist():
            if origin_named(str(table.texts("carrier")[i])) == "waste":
                own = say(
                    "`{name}` is the enterprise's own waste heat: it has no emissions other than "
                    "those of its fuel",
                    name=short(str(table.texts("carrier")[i])),
                )
                _remark(lines, "K264", table, np.array([i]), "use", own, severity="note")
        none = np.zeros(len(made))
        _add(
            energy,
            made,
            year,
            2,
            carrier,
            carrier,
            table.numbers("amount")[made],
            none,
            none.copy(),
            none.copy(),
            None,
        )
    rows = rows[np.isin(energy.uses[rows].astype(str), OWN_USE)]
    if not len(rows):
        return
    place = energy.registry.bought(carrier, "location", year)
    contract = energy.registry.bought(carrier, "market", year)

    def unknown(why: Sentence) -> None:
        _remark(lines, "K216", table, rows, "carrier", why, _grid_hint(energy.registry.grid_area))

    if isinstance(place, Sentence):
        return unknown(place)
    if isinstance(contract, Sentence):
        return unknown(contract)
    amounts = table.numbers("amount")[rows]
    location = amounts * place.value
    # A contract, a certificate or a direct line states its own factor; without one it counts as the grid.
    stated = table.numbers("market_factor")[rows] / 1000 / 0.0036
    special = np.isin(table.texts("market")[rows], ["contract", "certificate", "direct"])
    silent = special & np.isnan(stated)
    if carrier == "electricity" and silent.any():
        _remark(
            lines,
            "K217",
            table,
            rows[silent],
            "market_factor",
            say("the contract states no factor, so the electricity counts as that of the grid"),
            severity="warning",
        )
    idle = ~special & ~np.isnan(stated)
    if idle.any():
        _remark(
            lines,
            "K217",
            table,
            rows[idle],
            "market_factor",
            say(
                "a factor of a contract is stated, but market says none, so the energy counts as that of the "
                "grid"
            ),
            say("enter contract, certificate or direct in the column market, or leave market_factor empty"),
            severity="warning",
        )
    _remark_origins(energy, rows, year, special | idle)
    told = special & ~np.isnan(stated)
    market = np.where(told, amounts * stated, amounts * contract.value)
    if not told.all():
        lines.position(contract)
    doubt = np.hypot(np.nan_to_num(table.numbers("uncertainty")[rows]), place.spread)
    _add(
        energy,
        rows,
        year,
        2,
        carrier,
        carrier,
        amounts,
        location,
        market,
        location * doubt,
        place,
        stated=np.where(told, market, location),
    )


def _remark_origins(energy: _Energy, rows: Ints, year: int, contracted: npt.NDArray[np.bool_]) -> None:
    """Remark on green power without a contract, and on waste heat that is not marked as purchased.

    The average of the grid holds green power already, so that only a contract has a factor of its own (GHG
    Protocol Scope 2 Guidance, 2015, ch. 6 and 7).  Own waste heat emits what its fuel did, in scope 1.
    """
    table, texts = energy.table, energy.table.texts("carrier")[rows]
    origins = {text: origin_named(str(text)) for text in dict.fromkeys(texts.tolist())}
    origin = np.array([origins[text] for text in texts.tolist()], dtype=object)
    # A supplier, or the word that it came from outside, says that it was bought.
    silent = (table.texts("supplier")[rows] == "") & ~(table.numbers("outside")[rows] == 1)
    for i in rows[(origin == "green") & ~contracted & silent].tolist():
        what = say(
            "`{name}` has no contract in its row, so it counts as grid electricity, location-based and "
            "market-based",
            name=short(str(table.texts("carrier")[i])),
        )
        hint = say(
            "enter contract, certificate or direct in the column market with its market_factor, or generated "
            "in the column use"
        )
        _remark(energy.lines, "K217", table, np.array([i]), "market", what, hint, severity="warning")
    for i in rows[(origin == "waste") & silent].tolist():
        what = say(
            "`{name}` of {year} counts as purchased heat, but its row does not state that it was "
            "purchased; an enterprise's own waste heat has no emissions other than those of its fuel",
            name=short(str(table.texts("carrier")[i])),
            year=year,
        )
        hint = say(
            "enter generated in the column use if it is the enterprise's own; if it was purchased, enter the "
            "supplier, or outside for one outside the cluster"
        )
        _remark(energy.lines, "K264", table, np.array([i]), "use", what, hint, severity="warning")


def _grid_hint(area: str) -> Sentence:
    meant = grid_area_meant(area)
    if meant is not None:
        return say("did you mean `{name}`?", name=meant)
    return say(
        "grid_area in cluster.yaml is a region or province of China (East, Jiangsu …), a subregion of eGRID "
        "in the US (CAMX …), an EU member state, UK or Switzerland; for other grids enter the published "
        "factor in the table factors: electricity, location, its year, kgCO2/kWh"
    )


def _add(
    energy: _Energy,
    rows: Ints,
    year: int,
    scope: int,
    kind: str,
    carrier: str,
    amounts: Floats,
    location: Floats,
    market: Floats,
    spread: Floats,
    factor: Factor | None,
    stated: Floats | None = None,
    biogenic: Floats | None = None,
    other_gases: tuple[Floats, Floats] | None = None,
    by_factor: Floats | None = None,
) -> None:
    n = len(rows)
    place, contract = (location, market) if by_factor is None else (by_factor, by_factor)
    energy.lines.parts.append(
        {
            "enterprise": energy.enterprise[rows],
            "year": np.full(n, year, dtype=np.int64),
            "scope": np.full(n, scope, dtype=np.int64),
            "kind": np.full(n, kind, dtype=object),
            "carrier": np.full(n, carrier, dtype=object),
            "energy": amounts,
            "location": location,
            "market": market,
            "spread": spread,
            "told_spread": ~np.isnan(energy.table.numbers("uncertainty")[rows]),
            "internal": energy.inside[rows] & (scope == 2),
            "factor": np.full(n, -1 if factor is None else energy.lines.position(factor), dtype=np.int64),
            "factor_location": place.copy(),
            "factor_market": contract.copy(),
            "factor_stated": (place if stated is None else stated).copy(),
            "biogenic": np.zeros(n) if biogenic is None else biogenic,
            "methane": np.zeros(n) if other_gases is None else other_gases[0],
            "nitrous_oxide": np.zeros(n) if other_gases is None else other_gases[1],
            "doubtful": energy.doubtful[rows] & (scope == 2),
            "supplier": energy.supplier[rows],
            "gas": np.full(n, "CO2E" if factor is not None and factor.equivalent else "CO2", dtype=object),
            "file": np.full(n, energy.table.file, dtype=object),
            "row": energy.table.rows[rows],
        }
    )


def _remark(
    lines: _Lines,
    code: str,
    table: ClusterTable,
    rows: Ints,
    column: str,
    what: Sentence,
    hint: Sentence | None = None,
    severity: Severity = "error",
) -> None:
    if severity == "error":
        lines.refused.setdefault(table.name, set()).update(rows.tolist())
    lines.remarks.extend(
        Remark(code, severity, table.file, int(table.rows[i]), column, what, hint) for i in rows
    )
