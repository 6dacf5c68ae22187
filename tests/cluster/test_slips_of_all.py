"""What is wrong in every row, or in a year as a whole, is seen by what no cluster has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cluster.folders import DESCRIPTION, ENERGY, THREE, codes, park, write
from cluster.test_contradicted_amounts import ACCOUNTS, EMISSIONS, at_work
from cluster.test_counted_twice import doubted
from cluster.test_pattern_doubts import YEARS, books, coal, total
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.diagnosis.diagnosis import diagnose
from separatrix_cluster.tables.reader import load_cluster

FIRMS = "E01 E02 E03 E04 E05"


def power(kwh: float, years: tuple[int, ...] = YEARS) -> str:
    """Return rows of electricity of five enterprises, in kWh."""
    return ENERGY + "".join(
        f"{e},{y},power,{kwh * (1 + k / 10)},kWh\n" for k, e in enumerate(FIRMS.split()) for y in years
    )


def test_electricity_in_kwh_below_a_heading_of_ten_thousand(tmp_path: Path) -> None:
    """5 kWh for each person and year is none; ten thousand times as much is possible, an open question."""
    found = books(tmp_path / "little", power(100), accounts=at_work(FIRMS))
    least, counted, most = found.span(2024)
    assert found.open_questions(2024)
    assert doubted(found) == {"K248"} and least == counted and most > 1e4 * counted
    assert not books(tmp_path / "usual", power(1e5), accounts=at_work(FIRMS)).doubts
    few = power(100).replace("E03", "E01").replace("E04", "E01").replace("E05", "E01")
    assert "K248" not in doubted(books(tmp_path / "two", few, accounts=at_work("E01 E02")))


def test_output_in_ten_thousand_below_a_heading_of_hundred_million(tmp_path: Path) -> None:
    """Half a million of 10,000 CNY for each person: what is per value added reaches up to 10,000 times."""
    rich = ACCOUNTS + "".join(f"{e},{y},10000000,3000000,20\n" for e in FIRMS.split() for y in YEARS)
    found = books(tmp_path, power(1e5), accounts=rich)
    assert doubted(found) == {"K248"}
    cluster = load_cluster(tmp_path)
    growth = next(d for d in diagnose(cluster).difficulties if d.name == "growth")
    intensity = next(i for i in growth.indicators if i.id == "carbon-per-value-added")
    assert intensity.high is not None and intensity.high > 9000 * (intensity.value or 0)


def test_half_of_a_year_of_energy_and_money(tmp_path: Path) -> None:
    """With as many people at work it is the first half; with half of them the works shrank."""
    halves = (1, 1, 1, 0.5)
    text = ENERGY + "".join(
        f"{e},{y},power,{1e5 * h},kWh\n" for e in FIRMS.split() for y, h in zip(YEARS, halves, strict=True)
    )
    for name, staff in (("half", 20), ("shrunk", 10)):
        rows = "".join(
            f"{e},{y},{1000 * h},{300 * h},{20 if h == 1 else staff}\n"
            for e in FIRMS.split()
            for y, h in zip(YEARS, halves, strict=True)
        )
        found = books(tmp_path / name, text, accounts=ACCOUNTS + rows)
        assert doubted(found) == ({"K235"} if staff == 20 else set())
        least, counted, most = total(found, 2024)
        assert counted == pytest.approx(125) and (most >= 250) == (staff == 20) and least >= 0


def test_three_quarters_of_a_year_where_all_others_are_calm(tmp_path: Path) -> None:
    """A quarter less of one carrier in all is odd in a calm park, and none where years vary as much."""
    for name, swing in (("calm", 0.01), ("wild", 0.2)):
        rng = np.random.default_rng(3)
        text = ENERGY
        for e in range(8):
            for y in YEARS:
                coal_, power_ = 1000 * np.exp(rng.normal(0, swing, 2))
                text += f"E{e},{y},raw_coal,{coal_:.1f},t\n"
                text += f"E{e},{y},power,{100 * power_ * (0.75 if y == 2024 else 1):.1f},MWh\n"
        accounts = ACCOUNTS + "".join(
            f"E{e},{y},{10000 * np.exp(rng.normal(0, swing)):.0f},3000,20\n" for e in range(8) for y in YEARS
        )
        found = books(tmp_path / name, text, accounts=accounts)
        assert ("K235" in doubted(found)) == (name == "calm")


def test_process_emissions_that_jump_alone(tmp_path: Path) -> None:
    """As carbon in place of CO2 in one year, at the output and the energy of always."""
    process = EMISSIONS + "".join(f"E01,{y},process,{1000 if y < 2024 else 273},t,CO2\n" for y in YEARS)
    found = books(tmp_path, coal({"E01": [1000] * 4}), emissions=process, accounts=at_work("E01"))
    least, counted, most = total(found, 2024)
    assert "K236" in doubted(found) and counted == pytest.approx(2273) and least <= 2273 and most >= 3000


def test_process_emissions_in_another_unit_in_all_years(tmp_path: Path) -> None:
    """Beside three works of the sector, kt for t; and kg for t of a gas, beside the park."""
    firms = [f"E{k}" for k in range(1, 8)]
    text = coal({e: [1000 + 10 * k] * 4 for k, e in enumerate(firms)})
    listed = "id,name,sector\n" + "".join(f"{e},{e},C{30 if e < 'E5' else 34}\n" for e in firms)
    accounts = at_work(" ".join(firms))
    slip = EMISSIONS + "".join(
        f"{e},{y},process,{2000 if e > 'E1' else 2},t,CO2\n" for e in firms[:4] for y in YEARS
    )
    found = books(tmp_path / "process", text, listed, emissions=slip, accounts=accounts)
    assert "K229" in doubted(found) and total(found, 2024)[2] >= total(found, 2024)[1] + 1998
    gas = EMISSIONS + "".join(f"E7,{y},process,12,t,SF6\n" for y in YEARS)
    found = books(tmp_path / "gas", text, listed, emissions=gas, accounts=accounts)
    true = 2 * sum(1000 + 10 * k for k in range(7)) + 0.012 * 23500
    assert "K229" in doubted(found) and total(found, 2024)[0] <= true


def test_value_added_with_a_minus_sign_or_above_output(tmp_path: Path) -> None:
    """In a row that holds several years each of them is in doubt."""
    write(tmp_path, DESCRIPTION, enterprises=THREE)
    (tmp_path / "accounts.csv").write_text(
        "企业名称,2023年,,2024年,\n,总产值（万元）,增加值（万元）,总产值（万元）,增加值（万元）\n"
        "First,1000,300,1000,1500\nSecond,1000,250,1000,-250\nThird,1000,200,1000,220\n",
        "utf-8",
    )
    cluster = load_cluster(tmp_path)
    found = completeness_of(cluster, carbon_accounts(cluster)).doubts
    ends = {(d.enterprise, d.year, d.remark.code): (d.low, d.high) for d in found if d.of == "value_added"}
    assert set(ends) == {("E01", 2024, "K136"), ("E02", 2024, "K135")}
    assert ends["E02", 2024, "K135"] == pytest.approx((0, 5_000_000))  # CNY


def test_a_first_year_of_zeros_and_zeros_on_end(tmp_path: Path) -> None:
    """Nobody makes anything with no energy at all; what is 0 in two years is in doubt in both."""
    text = coal({"E01": [0, 1000, 1010, 1020], "E02": [400, 410, 0, 0]})
    text += "".join(f"E02,{y},power,100,MWh\n" for y in YEARS)
    found = books(tmp_path, text, accounts=at_work("E01 E02"))
    doubts = {(d.enterprise, d.year) for d in found.doubts if d.remark.code == "K238"}
    assert doubts == {("E01", 2021), ("E02", 2023), ("E02", 2024)}


def test_notes_that_say_what_no_column_tells(tmp_path: Path) -> None:
    """A merger, a closure, a part of a year are told where they stand; other notes say nothing."""
    listed = "名称,备注\n甲厂,2022年底并入乙厂\n乙厂,省级企业\n丙厂,2023年停产\n"
    energy = "企业名称,2024年原煤（吨）\n甲厂,10\n乙厂,20\n丙厂,30\n注：乙厂为1-6月数据,\n填报单位：管委会,\n"
    read = park(tmp_path, enterprises=listed, energy=energy)
    told = [(r.file, r.row) for r in read.remarks if r.code == "K170"]
    assert told == [("enterprises.csv", 2), ("enterprises.csv", 4), ("energy.csv", 5)]
    assert codes(read.remarks) == {"K170"} and len(read.table("energy")) == 3


def test_factors_of_carbon_and_how_far_a_doubted_one_may_be(tmp_path: Path) -> None:
    """0.54 t of a tonne of coal is its carbon; a factor near those shipped is not asked about."""
    text = coal({"E01": [1000] * 4})
    for factor, told in (("0.54", True), ("1.7", False), ("98", True)):
        own = f"carrier,kind,factor,unit\nraw_coal,combustion,{factor},tCO2/t\n"
        found = books(tmp_path / factor, text, factors=own)
        least, counted, most = total(found, 2024)
        assert counted == pytest.approx(1000 * float(factor)) and ("K225" in doubted(found)) == told
        assert (least <= 1980 <= most) == told


def test_a_verified_total_of_another_unit_tells_nothing_of_other_years(tmp_path: Path) -> None:
    """2 kt entered as 2 t is in doubt itself; the years that are counted by fuels are not lowered by it."""
    emissions = EMISSIONS + "E01,2022,verified,2,t,CO2\n"
    found = books(tmp_path, coal({"E01": [1000] * 4}), emissions=emissions)
    assert doubted(found) == {"K226"} and total(found, 2024) == pytest.approx((2000, 2000, 2000))


def test_wood_in_a_works_of_metals(tmp_path: Path) -> None:
    """As much of a fossil fuel is within the interval; in a works of paper or food nobody asks."""
    text = ENERGY + "".join(
        f"E01,{y},wood,1000,t\nE01,{y},power,1000,MWh\nE01,{y},diesel,100,t\n" for y in YEARS
    )
    for sector, told in (("C31", True), ("C3240", True), ("C22", False)):
        found = books(tmp_path / sector, text, f"id,name,sector\nE01,First,{sector}\n")
        least, counted, most = total(found, 2024)
        assert ("K244" in doubted(found)) == told
        assert most == pytest.approx(counted + 3000 if told else counted) and least == counted


def test_an_exchange_rate_turned_round(tmp_path: Path) -> None:
    """0.128 CNY for one EUR never were: by the usual rate the output is some sixty times as much."""
    accounts = "enterprise,year,currency,output\nE01,2024,EUR,1000\nE02,2024,CNY,1000\n"
    for name, rate, told in (("round", 0.128, True), ("usual", 7.8, False)):
        text = DESCRIPTION + f"exchange_rates: {{EUR: {rate}}}\n"
        cluster = load_cluster(write(tmp_path / name, text, accounts=accounts))
        found = completeness_of(cluster, carbon_accounts(cluster)).doubts
        assert {(d.enterprise, d.remark.code, d.of) for d in found} == (
            {("E01", "K172", "output")} if told else set()
        )
        kept = cluster.table("accounts").numbers("output")[0]
        assert not told or (found[0].low == 0 and kept + found[0].high > 7.8e7)


def test_what_contradicts_itself_is_looked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The doubts rest on what the checks of the accounts found, which is not worked out again."""
    text = coal({"E01": [1000, 1000, 1000, 3000], "E02": [400] * 4})
    cluster = load_cluster(
        write(tmp_path, DESCRIPTION, enterprises=THREE, energy=text, accounts=at_work("E01 E02"))
    )
    accounts = carbon_accounts(cluster)
    for name, search in (
        ("annual_jumps", "_find_suspect_years"),
        ("peer_ratios", "_find_peer_ratios"),
        ("shifted_years", "_find_zero_amounts"),
        ("missing_sources", "_find_absent_sources"),
    ):
        monkeypatch.delattr(f"separatrix_cluster.accounts.{name}.{search}")
    assert "K236" in codes(tuple(d.remark for d in completeness_of(cluster, accounts).doubts))


def test_efficiency_where_a_factor_is_in_doubt(tmp_path: Path) -> None:
    """The score of the frontier has an interval, which holds that of the right factor."""
    rng = np.random.default_rng(8)
    firms = [f"E{k:02d}" for k in range(14)]
    energy = ENERGY + "".join(
        f"{e},{y},raw_coal,{500 * np.exp(rng.normal(0, 0.5)):.1f},t\n"
        f"{e},{y},power,{900 * np.exp(rng.normal(0, 0.5)):.1f},MWh\n"
        for e in firms
        for y in YEARS
    )
    accounts = ACCOUNTS + "".join(
        f"{e},{y},{(v := 9000 * np.exp(rng.normal(0, 0.3))):.0f},{v / 4:.0f},{20 + k}\n"
        for k, e in enumerate(firms)
        for y in YEARS
    )
    ends = {}
    for name, factor in (("right", 2.0), ("carbon", 0.545)):
        own = f"carrier,kind,factor,unit\nraw_coal,combustion,{factor},tCO2/t\n"
        listed = "id,sector\n" + "".join(f"{e},C26\n" for e in firms)
        folder = write(
            tmp_path / name, DESCRIPTION, enterprises=listed, energy=energy, accounts=accounts, factors=own
        )
        growth = next(d for d in diagnose(load_cluster(folder)).difficulties if d.name == "growth")
        found = next(i for i in growth.indicators if i.id == "efficiency")
        ends[name] = found.low, found.value, found.high
    assert ends["right"][0] is None
    assert ends["carbon"][0] <= ends["right"][1] <= ends["carbon"][2]  # type: ignore[operator]
