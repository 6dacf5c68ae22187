"""Tables that must be whole, or cover what they are said to cover, before anything is told from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, codes, found, park
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.coverage import abilities, rows_left_out
from separatrix_cluster.diagnosis.diagnosis import diagnose
from separatrix_cluster.frame.frame import frame_of

# --------------------------------------------------------------------------- input-output

SECTORS = "sector,output,exports,value_added,emissions\nX,100,10,40,1000\nY,100,20,50,500\n"
FLOWS = "from,to,coefficient\nX,Y,0.2\nY,X,0.1\n"


def chain(folder: Path, flows: str, sectors: str = SECTORS) -> tuple[float | None, list[str], list[str]]:
    """Return the exported carbon per value added, what is missing, and what is doubted."""
    read = park(folder, io=flows, io_sectors=sectors)
    place = diagnose(read).difficulties[2]
    value = next((i.value for i in place.indicators if i.id == "exported-carbon"), None)
    return value, [str(m) for m in place.missing], [f"{r.code} {r.row} {r.column}" for r in read.remarks]


def test_exports_by_hand(tmp_path: Path) -> None:
    """L = (1, 0.2; 0.1, 1)/0.98, f = (10, 5), v = (0.4, 0.5), e = (10, 20), in 10k CNY."""
    value, _, doubted = chain(tmp_path, FLOWS)
    carbon = ((10 + 5 * 0.1) * 10 + (10 * 0.2 + 5) * 20) / 0.98
    earned = ((0.4 + 0.5 * 0.1) * 10 + (0.4 * 0.2 + 0.5) * 20) / 0.98
    assert value == pytest.approx(carbon / earned)
    assert doubted == []


@pytest.mark.parametrize("row", ["X,X,-0.3", "X,X,lots", "X,Y,0.4", "X,,0.1"])
def test_a_coefficient_that_is_left_out_is_not_taken_as_zero(tmp_path: Path, row: str) -> None:
    """Without it the table says something else, so nothing is told from it."""
    value, missing, _ = chain(tmp_path, FLOWS + row + "\n")
    assert value is None
    assert any("complete" in m for m in missing)


@pytest.mark.parametrize(
    ("sectors", "place"),
    [
        (SECTORS.replace("Y,100,20", "Y,100,200"), "K136 3 exports"),
        (SECTORS.replace("10,40,1000", "10,140,1000"), "K136 2 value_added"),
        (SECTORS.replace("10,40,1000", "10,95,1000"), "K136 2 value_added"),
    ],
)
def test_sectors_that_need_more_than_they_make(tmp_path: Path, sectors: str, place: str) -> None:
    """Exports above output, value added above it, or both value added and inputs."""
    assert chain(tmp_path, FLOWS, sectors)[2] == [place]


# --------------------------------------------------------------------------- regions

REGION = "area,sector,year,employment\n"
CITIES = "id,name,city\nE01,First,a\nE02,Second,b\n"
STAFF = "enterprise,year,staff\nE01,2023,10\nE02,2023,20\n"


def index(folder: Path, rows: str) -> tuple[tuple[float, float, float] | None, list[str]]:
    """Return Ellison and Glaeser's index, and what is missing."""
    text = DESCRIPTION + "region_covers_country: true\n"
    read = park(folder, text, enterprises=CITIES, accounts=STAFF, region=REGION + rows)
    frame = frame_of(read, carbon_accounts(read))
    return frame.ellison_glaeser, [str(m) for m in frame.missing]


def test_areas_that_do_not_add_up_to_the_country(tmp_path: Path) -> None:
    """cluster.yaml says that they cover it; the table's own total of the country says that they do not."""
    rows = "a,total,2023,100\nb,total,2023,300\nCN,total,2023,1000\n"
    found_, missing = index(tmp_path, rows)
    assert found_ is None
    assert any("40%" in m for m in missing)


def test_the_index_takes_the_areas_of_one_year(tmp_path: Path) -> None:
    """The latest; before, the last row of each area won, whatever its year."""
    rows = "a,total,2023,100\nb,total,2023,300\na,total,2022,90\nb,total,2022,2000\n"
    found_, _ = index(tmp_path, rows)
    g = (1 / 3 - 0.25) ** 2 + (2 / 3 - 0.75) ** 2
    h, spread = 1 / 9 + 4 / 9, 1 - 0.25**2 - 0.75**2
    assert found_ == pytest.approx((g, h, (g - spread * h) / (spread * (1 - h))))


# --------------------------------------------------------------------------- rows that lose nothing


def test_feedstock_needs_no_factor(tmp_path: Path) -> None:
    """It is not burned: no fault, nothing left out, and the coverage stays whole."""
    rows = "enterprise,year,carrier,amount,unit,use\nE01,2023,naphtha,10,t,feedstock\n"
    rows += "".join(f"E0{i},2023,diesel,1,t,used\n" for i in (1, 2, 3))
    read = park(tmp_path, energy=rows)
    accounts = carbon_accounts(read)
    assert codes(accounts.remarks) == set() and rows_left_out(read, accounts) == 0
    assert {a.id: a.enterprises for a in abilities(read, accounts)}["carbon"] == 1


def test_no_value_added_covers_nothing_per_value_added(tmp_path: Path) -> None:
    """The remark says that nothing is told of that enterprise, and so does the coverage.

    A value added of 0 beside output is in doubt, so it counts for nothing per output either.
    """
    read = park(
        tmp_path,
        energy=ENERGY + "".join(f"E0{i},2023,diesel,1,t\n" for i in (1, 2, 3)),
        accounts="enterprise,year,output,value_added\nE01,2023,90,30\nE02,2023,90,0\nE03,2023,90,-4\n",
    )
    share = {a.id: a.enterprises for a in abilities(read, carbon_accounts(read))}
    assert share["intensity"] == share["energy"] == pytest.approx(1 / 3)
    assert share["carbon"] == 1 and share["chain"] == pytest.approx(2 / 3)
    assert len(found(read.remarks, "K135")) == 2


def test_exports_above_output_carry_nothing(tmp_path: Path) -> None:
    """One row in another unit must not make the carbon of all exports; and one exporter is no comparison."""
    energy = ENERGY + "".join(f"E0{i},2023,diesel,1,t\n" for i in (1, 2, 3))
    head = "enterprise,year,output,value_added,exports\n"
    rows = "E01,2023,90,30,9\nE02,2023,90,60,9\nE03,2023,0.9,0.3,90000\n"
    place = diagnose(park(tmp_path / "a", energy=energy, accounts=head + rows)).difficulties[2]
    (direct,) = [i for i in place.indicators if i.id == "exported-carbon-direct"]
    assert direct.value == pytest.approx(2 * 3.0959 / 90, abs=1e-5)
    assert direct.coverage == pytest.approx(2 / 3)
    alone = diagnose(park(tmp_path / "b", energy=energy, accounts=head + rows[:19])).difficulties[2]
    assert alone.score is None


# --------------------------------------------------------------------------- places that are named


def test_who_may_connect_to_a_facility(tmp_path: Path) -> None:
    """Each id in the list is one of the cluster, or told."""
    read = park(tmp_path, facilities='id,may_connect\nF1,E01 E02\nF2,"E03, E04"\nF3,\nF4,-\n')
    assert found(read.remarks, "K130") == [("facilities.csv", 3, "may_connect", "error")]


def test_a_year_far_from_the_others_is_told_once(tmp_path: Path) -> None:
    """2032 for 2023: eight remarks on the years between say less than one that names the year."""
    rows = "".join(f"E01,{y},diesel,1,t\n" for y in (2022, 2023, 2032))
    told = [
        (str(r.what), str(r.hint)) for r in park(tmp_path, energy=ENERGY + rows).remarks if r.code == "K137"
    ]
    assert told[0] == (
        "nothing is known of 2024 to 2031",
        "check the year 2032, if it is far from the others",
    )
    assert len(told) == 1


def test_a_fuel_without_any_factor_is_not_helped_by_another_unit(tmp_path: Path) -> None:
    """The hint names what would help."""
    remarks = carbon_accounts(park(tmp_path, energy=ENERGY + "E01,2023,洗中煤,1,t\n")).remarks
    assert "factor_set" in str(remarks[0].hint)


def test_sales_without_a_price_are_not_sales_of_nothing(tmp_path: Path) -> None:
    """The evidence says that the price is missing."""
    trade = "enterprise,year,product,destination,amount,unit,price,embedded\nE01,2023,7601,EU,1,t,,2\n"
    place = diagnose(park(tmp_path, trade=trade)).difficulties[2]
    assert str(place.evidence[0]) == "aluminium: sales to the EU without a price, with 2 t CO2e embedded"
