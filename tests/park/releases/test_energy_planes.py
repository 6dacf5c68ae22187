"""What energy says of carbon: who burns gas and takes power shows by both together how much of each."""

from __future__ import annotations

import random
from collections.abc import Sequence
from uuid import UUID

import numpy as np
import pytest

from park_set_up import park_on
from separatrix_park.releases.publication_table import energy_planes

GAS, POWER = 0.0561, 0.5306 / 3.6
"""t CO2 a GJ."""


def _carriers(gas: float, power: float, coal: float = 0.0) -> tuple[float, float, float]:
    return gas * GAS + coal * 0.0946, power * POWER, gas + power + coal


@pytest.mark.parametrize("coal", [0.0, 1.0])
def test_no_enterprise_is_under_or_over_the_planes(coal: float) -> None:
    """Of every one energy stands between them; with gas and power alone they are one."""
    chance = random.Random(3)
    told = [_carriers(*(chance.choice((0.0, chance.lognormvariate(5, 2))) for _ in "gp")) for _ in range(40)]
    told += [_carriers(9.0, 5.0, coal * k) for k in range(20)]
    under, over = energy_planes(told)
    assert over is not None
    for scope_1, scope_2, energy in told:
        assert np.dot(under, (scope_1, scope_2)) <= energy * (1 + 1e-12)
        assert np.dot(over, (scope_1, scope_2)) >= energy * (1 - 1e-12)
    assert np.allclose(under, over) == (coal == 0.0)


@pytest.mark.parametrize(
    "told", [[], [(0.0, 0.0, 0.0)], [(0.0, 0.0, 7.0)], [(5.0, 0.0, 0.0), (0.0, 2.0, 9.0)]]
)
def test_whoever_has_no_carbon_or_no_energy_bends_no_plane(told: Sequence[tuple[float, ...]]) -> None:
    """Wood has energy and no carbon, a process carbon and no energy."""
    under, over = energy_planes(told)
    assert under[0] == 0.0 and (over is None or over[1] == pytest.approx(4.5))


def test_energy_and_carbon_together_do_not_tell_what_each_scope_is_withheld_for() -> None:
    """Where one has almost all gas of the park, its total and its energy are not both published."""
    from separatrix_park.access import Protection

    protection = Protection(0.15, 2)
    amounts = [
        (9000.0, 500.0),
        (100.0, 4000.0),
        (90.0, 5000.0),
        (80.0, 6000.0),
        (70.0, 5500.0),
        (60.0, 7000.0),
    ]
    told = [_carriers(*one) for one in amounts]
    names = [UUID(int=k + 1) for k in range(len(told))]
    with park_on("sqlite"):
        from separatrix_park.releases.ledger import Ledger
        from separatrix_park.releases.publication_table import ALL, Wish, YearAmounts, check
        from separatrix_park.scope import whole_park

        quantities = ("scope_1", "scope_2", "energy")
        source = YearAmounts(
            {e: dict(zip(quantities, one, strict=True)) for e, one in zip(names, told, strict=True)},
            dict.fromkeys(names, "C31"),
            dict.fromkeys(names, ""),
        )
        with whole_park("the tests look at a table"):
            both = check(
                Wish(2025, (), frozenset({(ALL, "scope_1"), (ALL, "scope_2")})),
                source,
                Ledger(2025),
                protection,
            )
    assert both.small == () and not both.passes
    # The arithmetic of whoever reads both, which is why.
    carbon, energy = sum(one[0] + one[1] for one in told), sum(one[2] for one in told)
    gas = (energy * POWER - carbon) / (POWER - GAS)
    assert gas == pytest.approx(sum(g for g, _ in amounts))
    assert amounts[0][0] > 0.75 * gas
    assert both.withholding is not None
    assert len({(ALL, "total"), (ALL, "energy")} - both.withholding.withheld) == 1
