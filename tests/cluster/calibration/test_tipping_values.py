"""The game that calibration writes tips where the calibrated threshold says it does."""

from __future__ import annotations

from pathlib import Path

import pytest

import separatrix
from cluster.folders import park
from separatrix_cluster.calibration.calibrate import calibrate
from separatrix_cluster.calibration.calibration import game_document

DESCRIPTION = (
    "name: Worked park\ncountry: CN\ngrid_area: East\nmoney_unit: thousand CNY\ncarbon_price: 60\n"
    "support: 0\ndiscount_rate: 0.08\ncalibration: {B: 80, F: 20}\n"
)
MEASURES = (
    "id,enterprise,name,investment,running_cost,saving,abatement,life\n"
    "M1,E01,boiler,0,100,40,500,10\nM2,E02,boiler,0,100,40,500,10\n"
)
ACCOUNTS = "enterprise,year,output,value_added\nE01,2024,900,500\nE02,2024,900,500\nE03,2024,900,500\n"


@pytest.mark.parametrize(("name", "value"), [("carbon_price", 96), ("subsidy", 0.18)])
def test_price_and_subsidy_tip_where_the_threshold_passes_today(
    tmp_path: Path, name: str, value: float
) -> None:
    """From a fifth who act, 96 CNY/t or a support of 18 %, with the instruments that calibration wrote."""
    cluster = park(tmp_path, DESCRIPTION, measures=MEASURES, accounts=ACCOUNTS)
    game = separatrix.load(game_document(calibrate(cluster)))
    found = separatrix.tipping_values(game, [name], start=[0.2, 0.2], noise=False).instruments[0]
    tipping = found.condition("basin").tipping
    assert tipping is not None and tipping.low == tipping.high and float(tipping.low) == value
    assert found.hysteresis.stays
