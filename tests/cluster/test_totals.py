"""Rows of totals, as people leave them below their tables, are named and never counted twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, found, park
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.diagnosis.diagnosis import diagnose


@pytest.mark.parametrize("name", ["合计", "合 计", "总计：", "Total", "SUBTOTAL", "Grand total"])
def test_a_total_is_no_enterprise(tmp_path: Path, name: str) -> None:
    """It stands below the enterprises and below the bills, and would double the emissions of the park."""
    read = park(
        tmp_path,
        enterprises=f"id,name\nE01,First\nE02,Second\n{name},\n",
        energy=ENERGY + f"E01,2023,raw coal,1200,t\nE02,2023,raw coal,800,t\n{name},2023,raw coal,2000,t\n",
    )
    assert read.enterprises.tolist() == ["E01", "E02"]
    assert found(read.remarks, "K130") == [("enterprises.csv", 4, "id", "error")]
    assert found(read.remarks, "K125") == [("energy.csv", None, None, "note")]
    accounts = carbon_accounts(read)
    assert accounts.total(2023) == pytest.approx(2000 * 20.908 * 0.02637 * 0.94 * 44 / 12)


def test_a_name_that_begins_like_a_total_is_an_enterprise(tmp_path: Path) -> None:
    """Only the bare word is a total."""
    read = park(tmp_path, enterprises="id,name\nTotal Steel,\n合计算机,\n")
    assert read.enterprises.tolist() == ["Total Steel", "合计算机"]


@pytest.mark.parametrize("word", ["total", "合计", "总计"])
def test_the_totals_of_a_region_may_be_chinese(tmp_path: Path, word: str) -> None:
    """The location quotient needs the totals of the area and of the country."""
    read = park(
        tmp_path,
        DESCRIPTION + "region_area: a\n",
        region="area,sector,year,employment\n"
        f"a,C26,2023,50\na,{word},2023,100\n全国,C26,2023,100\n全国,{word},2023,1000\n",
    )
    (only,) = diagnose(read).frame.specialisations
    assert (only.sector, only.quotient) == ("C26", pytest.approx(5.0))
