"""What contradicts itself in the tables puts the total in question, with the size of it, by year."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, park
from cluster.test_completeness import COAL, known, three
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.completeness.doubts import doubts_of


def test_a_year_in_another_unit(tmp_path: Path) -> None:
    """A thousandth of the years before is as far from them as the amount itself."""
    rows = three(2021) + three(2022) + three(2023).replace("E03,2023,raw_coal,3000", "E03,2023,raw_coal,3")
    found = known(tmp_path, rows)
    (doubt,) = found.doubts
    assert (doubt.remark.code, doubt.year) == ("K154", 2023)
    assert (doubt.enterprise, doubt.source, doubt.low) == ("E03", "raw_coal", 0.0)
    assert 2997 * COAL < doubt.high == doubt.size < 9000 * COAL
    assert found.doubts_of(2022) == () and found.doubts_of(2023) == (doubt,)
    assert found.to_dict()["doubts"][0]["code"] == "K154"


def test_a_supplier_that_cannot_have_made_it(tmp_path: Path) -> None:
    """What it supplied is what the total may hold twice; of what it sold less, the rest is."""
    rows = "E01,2023,raw_coal,5000,t,,\nE02,2023,electricity,5000,MWh,E01,\n"
    heading = "enterprise,year,carrier,amount,unit,supplier,use\n"
    few = heading + rows.replace("raw_coal,5000", "raw_coal,1")
    lacking = park(tmp_path / "a", DESCRIPTION + "complete: all\n", energy=few)
    less = park(tmp_path / "b", energy=heading + rows + "E01,2023,electricity,3000,MWh,,sold\n")

    (bought,) = [d for d in doubts_of(lacking, carbon_accounts(lacking)) if d.remark.code == "K218"]
    accounts = carbon_accounts(less)
    (unsold,) = doubts_of(less, accounts)
    power = float(accounts.location[accounts.carrier == "electricity"].sum())
    assert bought.low == pytest.approx(-power) and bought.year == 2023
    # Had the supplier made it from coal in an old plant, that would be missing.
    assert bought.high == pytest.approx(5000 * 3.6 * 0.0946 / 0.33 - power)
    assert unsold.size == pytest.approx(power * 0.4) and unsold.remark.column == "amount"


@pytest.mark.parametrize("last", [2022, 2023])
def test_a_complete_year_that_cannot_be(tmp_path: Path, last: int) -> None:
    """A hole between two years, or staff in a year without a row, is told; the zero is taken."""
    rows = "".join(three(y, skip="E03" if y == last else "") for y in (2021, 2022, 2023))
    staff = f"enterprise,year,staff\nE03,{last},60\n"
    tables = {"accounts": staff} if last == 2023 else {}
    found = known(tmp_path, rows, DESCRIPTION + "complete: all\n", **tables)
    assert found.gaps == () and [(r.code, r.severity) for r in found.remarks] == [("K243", "warning")]
    (doubt,) = found.doubts_of(last)
    assert doubt.enterprise == "E03" and doubt.low == 0
    assert found.accounts.total(2021) / 2 < doubt.high < found.accounts.total(2021) * 1.5


def test_who_came_or_left_contradicts_nothing(tmp_path: Path) -> None:
    """Before the first row and after the last one a complete year may hold nothing."""
    rows = three(2021, skip="E02") + three(2022) + three(2023, skip="E03")
    assert known(tmp_path, rows, DESCRIPTION + "complete: all\n").doubts == ()


def test_a_total_that_is_not_that_of_the_rows(tmp_path: Path) -> None:
    """What it has more than the rows may be missing, of nobody knows whom."""
    found = known(tmp_path, three(2023) + "Total,2023,raw_coal,9000,t\n")
    (doubt,) = found.doubts_of(2023)
    assert (doubt.remark.code, doubt.enterprise, doubt.low) == ("K151", "", 0.0)
    assert doubt.high == pytest.approx(3000 * COAL)
    assert found.span(2023)[2] == pytest.approx(found.accounts.total(2023) + 3000 * COAL)


def test_a_doubt_of_years_side_by_side_is_of_the_year_of_its_heading(tmp_path: Path) -> None:
    """A total that does not add up in one year puts no other in question."""
    energy = "enterprise,diesel (t) 2022,diesel (t) 2023\nE01,10,11\nE02,10,11\nE03,10,11\ntotal,90,33\n"
    cluster = park(tmp_path, energy=energy)
    books = completeness_of(cluster, carbon_accounts(cluster))
    assert [d.remark.code for d in books.doubts_of(2022)] == ["K151"]
    assert books.doubts_of(2023) == ()


def test_a_doubt_of_one_of_several_facts_of_a_row_is_of_that_one(tmp_path: Path) -> None:
    """Years and carriers side by side: the year and the size are those of the cell that jumps."""
    headings = ",".join(f"{c} {y}" for y in (2021, 2022, 2023) for c in ("electricity (MWh)", "diesel (t)"))
    energy = f"enterprise,{headings}\n"
    energy += "E01,900,50,900,50,900,0.05\n" + "".join(f"E0{k},900,50,900,50,900,50\n" for k in (2, 3))
    cluster = park(tmp_path, energy=energy)
    accounts = carbon_accounts(cluster)
    (doubt,) = [d for d in doubts_of(cluster, accounts) if d.remark.code == "K154"]
    a_year = accounts.location[(accounts.carrier == "diesel") & (accounts.year == 2022)][0]
    assert doubt.year == 2023 and 0.999 * a_year < doubt.high < 2 * a_year
