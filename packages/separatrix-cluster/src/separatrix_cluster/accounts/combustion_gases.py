"""CH4 and N2O emissions of fuel combustion, in addition to CO2.

By the defaults of IPCC (2006), vol. 2, per GJ of net heating value: for manufacturing (table 2.3), and
for vehicles on roads (table 3.2.2).
"""

from __future__ import annotations

from functools import cache

from separatrix_cluster.tables.carriers import carrier_entries, gwp100, shipped_lines

__all__ = ["OWN_USE", "methane_and_nitrous_oxide", "other_gases"]

OWN_USE = ("used", "transport")
"""What the column `use` says of energy that an enterprise used itself."""

_ROAD = {"gasoline": (3.8, 5.7), "diesel": (3.9, 3.9)}
"""kg of CH4 and N2O per TJ on roads; of gasoline in light vehicles of 1995 or later."""

_LIKE = {
    "raw_coal": "other_bituminous_coal",
    "coal_gangue": "other_bituminous_coal",
    "coal_slime": "other_bituminous_coal",
    "washed_coal": "other_bituminous_coal",
    "other_washed_coal": "other_bituminous_coal",
    "other_coal_gas": "gas_works_gas",
}
"""Carriers that the guidelines do not name, each with one of the same group of the table."""


@cache
def _defaults() -> dict[str, tuple[float, float]]:
    lines = {
        line["carrier"]: (float(line["ch4"]), float(line["n2o"])) for line in shipped_lines("ipcc-2006.csv")
    }
    entries = carrier_entries()
    named = {n: lines[e["ipcc"]] for n, e in entries.items() if "ipcc" in e}
    return {**lines, **named, **{name: lines[other] for name, other in _LIKE.items()}}


def other_gases(carrier: str, report: str) -> float:
    """Return t CO2e of CH4 and N2O per GJ of a fuel; 0 where no default is known.

    Examples
    --------
    >>> round(1000 * other_gases("raw_coal", "AR5"), 4), round(1000 * other_gases("natural_gas", "AR5"), 4)
    (0.6775, 0.0545)
    """
    return sum(methane_and_nitrous_oxide(carrier, report))


def methane_and_nitrous_oxide(carrier: str, report: str, *, road: bool = False) -> tuple[float, float]:
    """Return t CO2e of CH4 and of N2O per GJ of a fuel, by the potentials of a report; 0 without a default.

    Of a fuel that is burned on roads and has no default there, that for manufacturing counts.

    Examples
    --------
    >>> [round(1e6 * gas, 3) for gas in methane_and_nitrous_oxide("wood", "AR5")]
    [840.0, 1060.0]
    """
    methane, nitrous = (_ROAD if road else {}).get(carrier) or _defaults().get(carrier, (0.0, 0.0))
    potentials = gwp100(report)
    return methane * potentials["CH4"] * 1e-6, nitrous * potentials["N2O"] * 1e-6
