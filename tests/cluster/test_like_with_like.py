"""Years are compared by those of which nothing is missing in either, with bounds for all the others."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, park
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.completeness.coverage import abilities
from separatrix_cluster.diagnosis.diagnosis import Diagnosis, diagnose
from separatrix_cluster.diagnosis.indicators import Indicator
from separatrix_cluster.frame.concentration import herfindahl, herfindahl_bounds
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster

TEN = "id,sector\n" + "".join(f"E{i:02d},C{20 + i % 2}\n" for i in range(10))
BENCHMARKS = "sector,indicator,q1,median,q3,unit\nall,carbon per value added,1,2,4,t/10k CNY\n"


def grown(folder: Path, *, misspelt: tuple[str, ...] = (), extra: str = "", description: str = "") -> Cluster:
    """Return ten enterprises with 5 % more carbon on 10 % more value added; the coal of some is misspelt."""
    energy, accounts = ENERGY, "enterprise,year,value_added,output,staff\n"
    for year, more, made in ((2022, 1.0, 1.0), (2023, 1.05, 1.1)):
        for i in range(10):
            name = f"E{i:02d}"
            coal = "raw_caol" if year == 2023 and name in misspelt else "raw_coal"
            energy += f"{name},{year},{coal},{1000 * (i + 1) * more:.3f},t\n"
            energy += f"{name},{year},diesel,{(15 - i) * 10 * more:.3f},t\n{name},{year},power,0,MWh\n"
            accounts += (
                f"{name},{year},{500 * (i + 2) * made:.3f},{1500 * (i + 2) * made:.3f},{20 * (i + 3)}\n"
            )
    return park(
        folder,
        DESCRIPTION + description,
        enterprises=TEN,
        energy=energy + extra,
        accounts=accounts,
        benchmarks=BENCHMARKS,
    )


def indicators(found: Diagnosis) -> dict[str, Indicator]:
    """Return all indicators by id."""
    return {i.id: i for d in found.difficulties for i in d.indicators}


def test_one_misspelt_carrier_is_no_decoupling(tmp_path: Path) -> None:
    """5 % more carbon on 10 % more value added stays weak decoupling, with bounds; coverage falls."""
    found = diagnose(grown(tmp_path, misspelt=("E00",)))
    assert found.year == 2023
    known = indicators(found)
    tapio = known["decoupling"]
    assert tapio.value == pytest.approx(0.5) and "weak decoupling" in str(tapio.name)
    assert tapio.low is not None and tapio.high is not None and tapio.low < 0.5 < tapio.high
    assert tapio.coverage == pytest.approx(0.9)
    offset = known["growth-made-up-for"]
    assert offset.value == pytest.approx(1 - 0.5, abs=0.05)
    assert {m.kind for m in found.movers} == {"stayed"} and "E00" not in {m.enterprise for m in found.movers}
    carbon = next(a for a in found.abilities if a.id == "carbon")
    assert carbon.enterprises == pytest.approx(0.9)
    assert carbon.weight == pytest.approx(found.completeness.share(2023)) and carbon.weight < 0.99


def test_no_score_of_incomplete_data_has_no_width(tmp_path: Path) -> None:
    """Every score that rests on carbon, energy or money has an interval when rows are missing."""
    found = diagnose(grown(tmp_path, misspelt=("E03", "E06")), year=2023)
    for i in indicators(found).values():
        if i.score is not None:
            assert i.score_low is not None and i.score_high is not None
            assert i.score_low < i.score_high, i.id


def test_whole_data_keep_their_figures(tmp_path: Path) -> None:
    """Nothing missing: no bounds beside the values, and no width where there was none."""
    known = indicators(diagnose(grown(tmp_path)))
    assert known["decoupling"].value == pytest.approx(0.5)
    assert known["decoupling"].low is None and known["carbon-per-value-added"].low is None
    offset = known["growth-made-up-for"]
    assert offset.score == offset.score_low == offset.score_high


def test_a_year_that_holds_too_little_is_not_compared(tmp_path: Path) -> None:
    """The largest coal of the year lost: the year before is reported, and growth is not told of it."""
    found = diagnose(grown(tmp_path, misspelt=("E08", "E09")))
    assert found.year == 2022
    growth = found.difficulties[1]
    assert "decoupling" not in indicators(found)
    assert any("2023" in str(m) for m in growth.missing)


def test_an_intensity_with_bounds_holds_that_of_all(tmp_path: Path) -> None:
    """The value is that of those who are whole; the interval holds the quotient of the complete tables."""
    truth = indicators(diagnose(grown(tmp_path / "a")))["carbon-per-value-added"].value
    part = indicators(diagnose(grown(tmp_path / "b", misspelt=("E03",))))["carbon-per-value-added"]
    assert truth is not None and part.low is not None and part.high is not None
    assert part.low <= truth <= part.high and part.coverage == pytest.approx(0.9)
    assert (part.high - part.low) / truth < 0.3


def test_a_change_of_fuel_that_is_told_stays_visible(tmp_path: Path) -> None:
    """Coal of 0 in the new year is a change of fuel; coal without a row is missing."""
    rows = "".join(f"E0{i},{y},diesel,10,t\n" for i in (1, 2, 3) for y in (2022, 2023))
    switched = rows + "E01,2022,raw_coal,100,t\nE01,2023,raw_coal,0,t\nE01,2022,natural_gas,0,m3\n"
    switched += "E01,2023,natural_gas,9000,m3\n"
    accounts = "enterprise,year,value_added\n" + "".join(
        f"E0{i},{y},100\n" for i in (1, 2, 3) for y in (2022, 2023)
    )
    told = diagnose(park(tmp_path / "a", energy=ENERGY + switched, accounts=accounts))
    assert [m.enterprise for m in told.movers] == ["E01"] and told.movers[0].change < 0
    split = told.difficulties[1].details["decomposition"]
    assert len(split.enterprises) == 3
    silent = "".join(line + "\n" for line in switched.splitlines() if ",0," not in line)
    found = diagnose(park(tmp_path / "b", energy=ENERGY + silent, accounts=accounts))
    assert found.movers == ()


def test_who_closed_left_and_who_is_not_told_did_not(tmp_path: Path) -> None:
    """A year of closing makes an absence an exit."""
    rows = (
        "".join(f"E0{i},2022,diesel,{i},t\n" for i in (1, 2, 3))
        + "E02,2023,diesel,2,t\nE03,2023,diesel,3,t\n"
    )
    closed = "id,closed\nE01,2022\nE02,\nE03,\n"
    gone = diagnose(park(tmp_path / "a", energy=ENERGY + rows, enterprises=closed))
    assert [(m.enterprise, m.kind) for m in gone.movers] == [("E01", "left")]
    silent = diagnose(park(tmp_path / "b", energy=ENERGY + rows), year=2023)
    assert silent.movers == () and {g.enterprise for g in silent.completeness.gaps if g.year == 2023} == {
        "E01"
    }


def test_check_and_diagnosis_show_one_coverage(tmp_path: Path) -> None:
    """Both are the share of the completeness, by weight of emissions."""
    read = grown(tmp_path, misspelt=("E02",))
    accounts = carbon_accounts(read)
    share = completeness_of(read, accounts).share(2023)
    by_check = next(a for a in abilities(read, accounts) if a.id == "carbon")
    by_diagnosis = next(a for a in diagnose(read).abilities if a.id == "carbon")
    assert by_check == by_diagnosis and by_check.weight == pytest.approx(share)


def test_concentration_is_bounded_where_something_is_missing(tmp_path: Path) -> None:
    """The index of the complete tables lies within the bounds."""
    truth = diagnose(grown(tmp_path / "a")).frame.concentrations[0]
    part = diagnose(grown(tmp_path / "b", misspelt=("E03",))).frame.concentrations[0]
    assert truth.herfindahl_low is None and part.herfindahl_low is not None
    assert part.herfindahl_high is not None
    assert part.herfindahl_low < truth.herfindahl < part.herfindahl_high < 0.5


def test_bounds_of_concentration_by_trying(tmp_path: Path) -> None:
    """No point of a grid within the ends is outside the bounds, and the ends are reached."""
    low, high = [0.0, 1.0, 2.0], [3.0, 1.5, 5.0]
    least, most = herfindahl_bounds(low, high)
    steps = [[a + (b - a) * k / 8 for k in range(9)] for a, b in zip(low, high, strict=True)]
    tried = [herfindahl(point) for point in itertools.product(*steps)]
    assert least <= min(tried) + 1e-9 and most >= max(tried) - 1e-9
    assert min(tried) - least < 0.01 and most == pytest.approx(max(tried))


def scheme(folder: Path, rows: dict[tuple[str, int], float], enterprises: str) -> Diagnosis:
    """Return the diagnosis of verified emissions by enterprise and year, in a log that lacks nothing."""
    text = "enterprise,year,kind,amount,unit\n"
    text += "".join(f"{e},{y},verified,{v},t\n" for (e, y), v in rows.items())
    return diagnose(park(folder, DESCRIPTION + "complete: all\n", enterprises=enterprises, emissions=text))


def test_a_permit_given_up_for_another_is_no_change(tmp_path: Path) -> None:
    """Both are of one operator: neither left nor came, and what it emits changed by the difference."""
    rows = {("E01", 2021): 127.0, ("E02", 2022): 146.0, ("E03", 2021): 50.0, ("E03", 2022): 40.0}
    names = "id,parent\nE01,Works  AG\nE02,works ag\nE03,\n"
    found = scheme(tmp_path, rows, names)
    assert [(m.enterprise, m.kind, m.change, m.members) for m in found.movers] == [
        ("Works  AG", "stayed", 19.0, ("E01", "E02")),
        ("E03", "stayed", -10.0, ("E03",)),
    ]


def test_a_boundary_that_moved_is_told(tmp_path: Path) -> None:
    """Ten enterprises where there were five: caution, with how much; with years of opening there is none."""
    rows = {(f"E{i:02d}", y): 100.0 for i in range(10) for y in (2012, 2013) if i < 5 or y == 2013}
    (told,) = scheme(tmp_path / "a", rows, TEN).cautions
    assert "from 2012 to 2013 the data go from 5 enterprises to 10" in str(told) and "0.5 kt" in str(told)
    opened = "id,opened\n" + "".join(f"E{i:02d},{'' if i < 5 else 2013}\n" for i in range(10))
    assert scheme(tmp_path / "b", rows, opened).cautions == ()


def test_the_widening_of_the_trading_scheme_is_told_of_rotterdam() -> None:
    """Between 2012 and 2013 its installations go from 37 to 55; the seven of one operator move as one."""
    found = diagnose(load_cluster("rotterdam"))
    assert any("from 2012 to 2013 the data go from 37 enterprises to 55" in str(c) for c in found.cautions)
    assert (found.movers[0].enterprise, len(found.movers[0].members)) == ("Uniper Benelux N.V.", 7)


def test_who_lacks_a_middle_year_is_compared_from_end_to_end(tmp_path: Path) -> None:
    """The elasticity is that of all where only a year in between lacks a row of one of them."""
    whole = grown(tmp_path / "whole")
    folder = Path(whole.origin)
    rows = (folder / "energy.csv").read_text(encoding="utf-8").splitlines()
    made = (folder / "accounts.csv").read_text(encoding="utf-8").splitlines()
    # Every enterprise has another growth, so leaving one out would be seen.
    first = [r.replace(",2022,", ",2021,") for r in rows if ",2022," in r]
    first[0] = "E00,2021,raw_coal,800,t"
    value = [r.replace(",2022,", ",2021,") for r in made if ",2022," in r]
    for hole in ("", "E00,2022,diesel"):
        kept = [r for r in rows if not hole or not r.startswith(hole)]
        (folder / "energy.csv").write_text("\n".join([*kept, *first]) + "\n", encoding="utf-8")
        (folder / "accounts.csv").write_text("\n".join([*made, *value]) + "\n", encoding="utf-8")
        tapio = indicators(diagnose(load_cluster(folder)))["decoupling"]
        accounts = carbon_accounts(load_cluster(folder))
        assert tapio.value == pytest.approx((accounts.total(2023) / accounts.total(2021) - 1) / 0.1)
        assert tapio.coverage == 1 and tapio.low is None


def test_an_output_that_is_not_known_leaves_shares_by_output_open(tmp_path: Path) -> None:
    """Of outputs 100, 200 and one that is not known but reports, the share of who reports may be more."""
    made = "enterprise,year,output,value_added\nE01,2022,100,10\nE02,2022,200,20\nE03,2022,300,30\n"
    made += "E01,2023,100,10\nE02,2023,200,20\nE03,2023,,30\n"
    read = park(
        tmp_path,
        energy=ENERGY + "".join(f"E0{i},{y},diesel,{i},t\n" for i in (1, 2, 3) for y in (2022, 2023)),
        accounts=made,
        awareness="enterprise,year,reports\nE01,2023,yes\nE02,2023,no\nE03,2023,yes\n",
    )
    share = indicators(diagnose(read))["reports-by-output"]
    assert share.value == pytest.approx(1 / 3) and share.coverage == pytest.approx(2 / 3)
    assert share.low == pytest.approx(1 / 3) and share.high is not None and share.high > 4 / 6


def test_an_answer_that_was_left_out_may_have_been_any(tmp_path: Path) -> None:
    """Of three who answered 3, 3 and 5, 1 of 1 to 5, one left the second question out: by hand."""
    answers = "enterprise,survey_1,survey_2\nE01,3,3\nE02,5,\nE03,1,1\n"
    survey = indicators(diagnose(park(tmp_path, awareness=answers)))["survey"]
    assert survey.value == pytest.approx((0.5 + 1 + 0) / 3) and survey.coverage == pytest.approx(5 / 6)
    assert (survey.low, survey.high) == (pytest.approx((0.5 + 0.5 + 0) / 3), pytest.approx((0.5 + 1 + 0) / 3))


def test_columns_are_of_the_reported_year_where_it_holds_half(tmp_path: Path) -> None:
    """The largest without its accounts of the year is in the interval, not in the figure of another year."""
    read = grown(tmp_path)
    path = Path(read.origin) / "accounts.csv"
    text = path.read_text(encoding="utf-8")
    whole = indicators(diagnose(read))["value-added-rate"]
    path.write_text("".join(r + "\n" for r in text.splitlines() if not r.startswith("E09,2023")), "utf-8")
    part = indicators(diagnose(load_cluster(read.origin)))["value-added-rate"]
    assert part.coverage == pytest.approx(0.9) and part.low is not None and part.high is not None
    assert whole.value is not None and part.low <= whole.value <= part.high


def test_who_closed_is_not_among_those_of_whom_something_is_asked(tmp_path: Path) -> None:
    """Shares of enterprises are of those at work in the year: one that closed before lacks nothing."""
    rows = "".join(
        f"E0{i},{y},diesel,{i},t\n" for i in (1, 2, 3) for y in (2022, 2023) if (i, y) != (3, 2023)
    )
    read = park(
        tmp_path,
        enterprises="id,closed\nE01,\nE02,\nE03,2022\n",
        energy=ENERGY + rows,
        accounts="enterprise,year,value_added\nE01,2023,10\nE02,2023,20\nE03,2022,30\n",
    )
    shares = {a.id: a.enterprises for a in diagnose(read).abilities}
    assert shares["carbon"] == shares["intensity"] == shares["energy"] == 1
