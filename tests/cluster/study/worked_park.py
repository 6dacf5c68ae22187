"""A cluster of which it is known what tips it."""

from __future__ import annotations

from pathlib import Path

from cluster.folders import park
from separatrix_cluster.tables.panel import Cluster

__all__ = ["worked_park"]

WORKED = (
    "name: Worked park\ncountry: CN\ngrid_area: East\nmoney_unit: thousand CNY\ncarbon_price: 60\n"
    "support: 0\ndiscount_rate: 0.08\ncalibration: {B: 80, F: 20, x: 0.2}\n"
)
MEASURES = (
    "id,enterprise,name,investment,running_cost,saving,abatement,life\n"
    "M1,E01,boiler,0,100,40,500,10\nM2,E02,boiler,0,100,40,500,10\n"
)
ACCOUNTS = "enterprise,year,output,value_added\nE01,2024,900,500\nE02,2024,900,500\nE03,2024,900,500\n"
EMISSIONS = (
    "enterprise,year,kind,amount,unit\nE01,2024,process,3000,t\nE02,2024,process,2000,t\n"
    "E03,2024,process,1000,t\n"
)


def worked_park(folder: Path) -> Cluster:
    """Return it: K 100, v 40, B − F 60 thousand CNY a year, 500 t at 60 CNY/t, and a fifth who act."""
    return park(folder, WORKED, measures=MEASURES, accounts=ACCOUNTS, emissions=EMISSIONS)
