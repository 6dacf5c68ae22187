"""What no single row shows is seen beside peers, other years and tables; good accounts raise nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, codes, found, write
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.missing_sources import without_electricity
from separatrix_cluster.accounts.peer_ratios import odd_ratios
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster

LISTED = "id,name,sector\n" + "".join(f"E0{k},Firm {k},C26\n" for k in range(1, 7)) + "E07,Plant,D44\n"


def both(folder: Path, description: str = DESCRIPTION, **tables: str) -> tuple[Cluster, CarbonAccounts]:
    """Return a cluster of six makers and a heat plant, and its accounts."""
    cluster = load_cluster(write(folder, description, **{"enterprises": LISTED, **tables}))
    return cluster, carbon_accounts(cluster)


def test_fuel_without_electricity(tmp_path: Path) -> None:
    """Who burns coal and has no row of electricity is named, but for plants and amounts of 0."""
    text = ENERGY + "".join(f"E0{k},2024,raw_coal,1000,t\n" for k in (1, 2, 7)) + "E02,2024,power,500,MWh\n"
    cluster, accounts = both(tmp_path / "a", energy=text)
    assert without_electricity(cluster, accounts, 2024).tolist() == [True, *[False] * 6]
    assert found(accounts.remarks, "K227") == [("energy.csv", None, "carrier", "warning")]
    assert "K227" not in codes(both(tmp_path / "b", energy=text + "E01,2024,power,0,MWh\n")[1].remarks)


def test_one_buyer_of_heat_who_names_nobody(tmp_path: Path) -> None:
    """Where most heat names the plant 100 GJ may be the plant's too; where most names nobody it is not."""
    head = "enterprise,year,carrier,amount,unit,supplier\n"
    text = head + "E07,2024,raw_coal,1000,t,\nE01,2024,heat,900,GJ,E07\nE02,2024,heat,100,GJ,\n"
    accounts = both(tmp_path / "a", energy=text)[1]
    (remark,) = [r for r in accounts.remarks if r.code == "K218"]
    assert (remark.row, "11 t" in str(remark.what)) == (4, True)  # 100 GJ at the default of 0.11
    outside = text.replace("heat,900", "heat,90")
    assert "K218" not in codes(both(tmp_path / "b", energy=outside)[1].remarks)


@pytest.mark.parametrize(
    ("factor", "told"),
    [("2023,2.0,,", True), (",2.0,,", False), ("2023,2.0,1.8,2.2", False), ("2023,1.9,,", False)],
)
def test_a_factor_for_one_year_alone(tmp_path: Path, factor: str, told: bool) -> None:
    """Other years count by the shipped 1.90 t/t: told unless that lies in the interval of the own one."""
    own = f"carrier,kind,area,year,factor,low,high,unit\nraw_coal,combustion,,{factor},tCO2/t\n"
    text = ENERGY + "".join(f"E01,{year},raw_coal,1000,t\n" for year in (2022, 2023, 2024))
    remarks = [r for r in both(tmp_path, energy=text, factors=own)[1].remarks if r.code == "K228"]
    assert [(r.file, r.row, "2022, 2024" in str(r.what)) for r in remarks] == [
        ("factors.csv", 2, True)
    ] * told


def test_a_unit_that_is_wrong_in_all_years(tmp_path: Path) -> None:
    """Electricity in kWh under MWh, and money in yuan under 10k yuan, are out of proportion to all peers."""
    years, makers = (2023, 2024), range(1, 7)

    def tables(power: float = 1.0, money: float = 1.0) -> dict[str, str]:
        rows = [(k, y, power if k == 3 else 1.0, money if k == 3 else 1.0) for k in makers for y in years]
        energy = "".join(
            f"E0{k},{y},power,{1000 * k * p},MWh\nE0{k},{y},raw_coal,{90 * k},t\n" for k, y, p, _ in rows
        )
        accounts = "".join(f"E0{k},{y},{9000 * k * m},{40 * k}\n" for k, y, _, m in rows)
        return {"energy": ENERGY + energy, "accounts": "enterprise,year,output,staff\n" + accounts}

    assert odd_ratios(*both(tmp_path / "a", **tables())) == []
    assert odd_ratios(*both(tmp_path / "b", **tables(power=5.0))) == []
    (slip,) = odd_ratios(*both(tmp_path / "c", **tables(power=1000.0)))
    assert (slip.enterprise, slip.amount, slip.high) == (2, "electricity", 0.0)
    assert slip.low == pytest.approx(1 / 10_000 - 1)  # a thousand times its peers, and ten times beyond them
    (slip,) = odd_ratios(*both(tmp_path / "d", **tables(money=10_000.0)))
    assert (slip.amount, slip.remark.file, slip.remark.column) == ("output", "accounts.csv", "output")


def test_gas_with_more_carbon_than_its_coke(tmp_path: Path) -> None:
    """What the coke cannot have given is told with its size; a few percent more are factors."""
    own = "carrier,kind,factor,unit\ncoke,combustion,3,tCO2/t\nblast_furnace_gas,combustion,8,tCO2/1e4 Nm3\n"
    text = ENERGY + "E01,2024,coke,1000,t\nE01,2024,blast_furnace_gas,{},1e4 Nm3\n"
    accounts = both(tmp_path / "a", energy=text.format(1000), factors=own)[1]
    (remark,) = [r for r in accounts.remarks if r.code == "K232"]
    assert "5,000 t CO2 more" in str(remark.what)  # 8,000 of the gas, 3,000 of the coke
    assert "K232" not in codes(both(tmp_path / "b", energy=text.format(380), factors=own)[1].remarks)


def test_a_grid_of_another_country(tmp_path: Path) -> None:
    """A subregion of the US in a park of China is told; the East of China is none."""
    text = ENERGY + "E01,2024,power,1000,MWh\n"
    wrong = DESCRIPTION.replace("East", "CAMX")
    assert "K233" in codes(both(tmp_path / "a", wrong, energy=text)[1].remarks)
    assert "K233" not in codes(both(tmp_path / "b", energy=text)[1].remarks)
