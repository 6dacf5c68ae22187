"""A doubt is an interval of all that rests on the amount: totals, changes, quotients, verdicts, pages."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from cluster.folders import ENERGY, park
from cluster.test_like_with_like import grown, indicators
from core.present.walk import blocks_of, lines_of, plain
from separatrix.document.tree import Document
from separatrix.languages import language_of
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import DataCompleteness, completeness_of
from separatrix_cluster.diagnosis.diagnosis import diagnose
from separatrix_cluster.documents.accounts import account_csv
from separatrix_cluster.documents.diagnosis import diagnosis_document
from separatrix_cluster.documents.feedback import feedback_document
from separatrix_cluster.reporting.feedback import enterprise_feedback
from separatrix_cluster.reporting.inventory import inventory_of
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster

STANDARD = "park_standard: cn-zero-carbon-park-2025\n"


def mistaken(folder: Path, old: str, new: str, table: str = "energy") -> Cluster:
    """Return ten enterprises with 5 % more carbon on 10 % more value added, one cell of whom is mistaken."""
    file = Path(grown(folder, description=STANDARD).origin) / f"{table}.csv"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    return load_cluster(folder)


def slipped(folder: Path) -> Cluster:
    """Return the same with the coal of E05 a thousand times too much in the last year."""
    return mistaken(folder, "E05,2023,raw_coal,6300.000,t", "E05,2023,raw_coal,6300.000,万t")


def completeness(cluster: Cluster) -> DataCompleteness:
    """Return how whole its accounts are."""
    return completeness_of(cluster, carbon_accounts(cluster))


def told(document: Document) -> str:
    """Return the words of a document."""
    return " ".join(plain(text) for block in blocks_of(document.blocks) for text in lines_of(block))


def test_a_slip_leaves_no_figure_whole(tmp_path: Path) -> None:
    """Every figure of the tables with the slip is an interval that holds the one of the right tables."""
    right, wrong = diagnose(grown(tmp_path / "a", description=STANDARD)), diagnose(slipped(tmp_path / "b"))
    total = right.accounts.total(2023)
    found = wrong.completeness.total(2023)
    assert found.low < total < found.high and found.counted > 100 * total
    assert right.trend is not None and wrong.trend is not None and wrong.trend.bounds is not None
    assert right.trend.change is not None
    # Compared are the others, whose carbon grew alike.
    assert wrong.trend.change == pytest.approx(right.trend.change) and wrong.trend.among.sum() == 9
    assert wrong.trend.bounds[0] < right.trend.change < wrong.trend.bounds[1]
    before, after = indicators(right), indicators(wrong)
    for name in ("carbon-per-value-added", "energy-per-value-added", "decoupling", "growth-made-up-for"):
        low, high = after[name].low, after[name].high
        assert low is not None and high is not None and low < high, name
        value = before[name].value
        assert value is not None and low <= value * (1 + 1e-9) and value <= high * (1 + 1e-9), name
        if after[name].score is not None:
            assert after[name].score_low != after[name].score_high, name
    emitted = wrong.frame.concentrations[0]
    assert emitted.herfindahl_low is not None and emitted.largest_four_low is not None
    assert emitted.herfindahl_low < right.frame.concentrations[0].herfindahl
    assert "E05" not in {m.enterprise for m in wrong.movers}
    assert wrong.scorecard is not None
    verdicts = {g.requirement.id: (g.verdict, g.found) for g in wrong.scorecard.gaps}
    assert verdicts["carbon-per-energy"][0] == verdicts["carbon-per-energy-large"][0] == "cannot be told"


def test_a_slip_is_told_wherever_its_amount_is(tmp_path: Path) -> None:
    """Page one, the enterprise's own page, the inventory and the CSV file tell the interval or the doubt."""
    cluster, words = slipped(tmp_path), language_of("en")
    books = completeness(cluster)
    page = told(diagnosis_document(diagnose(cluster), words))
    assert "The data are inconsistent" in page and "Total emissions of all enterprises changed by" in page
    own = enterprise_feedback(cluster, "E05")
    (year,) = [y for y in own.years if y.year == 2023]
    assert year.low is not None and year.high is not None and year.low < 20_000 < year.high
    assert all(c.own is None for c in own.comparisons if c.id != "value-added-per-worker")
    assert "contradict themselves" in told(feedback_document(cluster, own, words))
    assert not inventory_of(cluster, books).complete
    text = account_csv(cluster, books, language_of("en")).lstrip("\ufeff")
    rows = [r for r in csv.DictReader(io.StringIO(text)) if r["kind"] == "doubt"]
    (doubt,) = [r for r in rows if r["doubt_because"].startswith("K154")]
    assert (doubt["enterprise"], doubt["year"], doubt["source"]) == ("E05", "2023", "raw_coal")
    assert float(doubt["doubt_low_t_co2e"]) < -1e6 and not doubt["t_co2e_location"]


def test_money_in_doubt_is_an_interval_of_the_intensity_and_not_of_the_total(tmp_path: Path) -> None:
    """Value added above output is compared with nobody's, and the quotient of all has bounds."""
    right = indicators(diagnose(grown(tmp_path / "a")))["carbon-per-value-added"]
    wrong = diagnose(mistaken(tmp_path / "b", "E05,2023,3850.000", "E05,2023,38500.000", "accounts"))
    found = indicators(wrong)["carbon-per-value-added"]
    assert found.low is not None and found.high is not None and right.value is not None
    assert found.low < right.value <= found.high and found.coverage == pytest.approx(0.9)
    assert wrong.completeness.total(2023).low == wrong.completeness.total(2023).high
    assert {d.of for d in wrong.completeness.doubts_of(2023)} == {"value_added", "output"}


def test_what_bears_no_bounds_is_not_given(tmp_path: Path) -> None:
    """An own factor of zero says nothing of what the right one would give: the total has no upper end."""
    cluster = mistaken(tmp_path, "E05,2023,raw_coal,6300.000,t", "E05,2023,粗苯,6300,t")
    file = Path(cluster.origin) / "factors.csv"
    file.write_text("carrier,kind,factor,unit\nraw_coal,combustion,0,tCO2/t\n", encoding="utf-8")
    found = diagnose(load_cluster(tmp_path))
    assert [d.remark.code for d in found.completeness.doubts if d.size != d.size][:1] == ["K225"]
    assert found.completeness.total(2023).to_dict()["high"] is None
    intensity = indicators(found)["carbon-per-value-added"]
    assert intensity.value is None and intensity.missing is not None


def test_who_supplies_whom_is_open_in_both_years_alike(tmp_path: Path) -> None:
    """Heat of nobody beside a heat plant leaves the total open by all of it, and its change by little."""
    plants = "id,name,sector\nE01,First,D44\nE02,Second,C26\n"
    rows = "".join(
        f"E01,{y},raw_coal,{10000 * f},t\nE02,{y},raw_coal,{3000 * f},t\nE02,{y},heat,{20000 * f},GJ\n"
        for y, f in ((2022, 1.0), (2023, 1.1))
    )
    found = diagnose(park(tmp_path, enterprises=plants, energy=ENERGY + rows))
    total = found.completeness.total(2023)
    assert total.low == pytest.approx(total.counted - 2420) and total.high == total.counted
    assert found.trend is not None and found.trend.bounds is not None
    assert found.trend.among.all() and list(found.trend.bounds) == pytest.approx([0.1, 0.1])


def test_rows_of_nobody_do_not_choose_the_year(tmp_path: Path) -> None:
    """Rows of an enterprise that no list names are missing in every year, and the last one is reported."""
    found = completeness(grown(tmp_path, extra="E77,2022,raw_coal,9000,t\nE77,2023,raw_coal,99000,t\n"))
    assert found.reporting_year == 2023 and found.total(2023).missing > found.total(2022).missing > 0


def test_a_supplier_without_fuel_lacks_it(tmp_path: Path) -> None:
    """Who supplies far more than its rows let it make lacks a row; who passes on what it bought does not."""
    heading = "enterprise,year,carrier,amount,unit,supplier\n"
    rows = "E01,2023,electricity,{own},MWh,\nE02,2023,electricity,5000,MWh,E01\nE03,2023,raw_coal,900,t,\n"
    lacking, passing = (
        completeness(park(tmp_path / str(own), energy=heading + rows.format(own=own))) for own in (100, 6000)
    )
    (gap,) = lacking.gaps
    assert (gap.enterprise, gap.source, gap.low) == ("E01", "", 0.0)
    # Its power may have counted twice, and its fuel not at all.
    assert lacking.total(2023).low < lacking.total(2023).counted < lacking.total(2023).high
    assert passing.gaps == () and passing.total(2023).low < passing.total(2023).counted


def test_cells_that_were_left_out_are_not_silent(tmp_path: Path) -> None:
    """An enterprise whose rows of a year were refused lacks these, and not a further amount by its sector."""
    misspelt = mistaken(tmp_path, "E05,2022,raw_coal,6000.000,t", "E05,2022,raw_coal,6000.000,tonnnn")
    file = Path(misspelt.origin) / "energy.csv"
    text = file.read_text(encoding="utf-8").replace("E05,2022,diesel,100.000,t", "E05,2022,diesel,100,tonnnn")
    file.write_text(text, encoding="utf-8")
    assert {g.source for g in completeness(load_cluster(tmp_path)).gaps} == {"raw_coal", "diesel"}


def test_where_nobody_is_beyond_doubt_all_are_told_with_bounds(tmp_path: Path) -> None:
    """All coal of a year in another unit: intensity and trend are intervals that hold the right ones."""
    right = diagnose(grown(tmp_path))
    file = tmp_path / "energy.csv"
    rows = file.read_text(encoding="utf-8").splitlines()
    rows = [r.replace(",t", ",万t") if ",2023,raw_coal" in r else r for r in rows]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    wrong = diagnose(load_cluster(tmp_path))
    assert not wrong.completeness.is_comparable(2023).any()
    value, found = (indicators(d)["carbon-per-value-added"] for d in (right, wrong))
    assert found.low is not None and found.high is not None and value.value is not None
    assert found.low < value.value < found.high and found.coverage == 0
    assert wrong.trend is not None and right.trend is not None and right.trend.change is not None
    assert wrong.trend.change is None and wrong.trend.bounds is not None
    assert wrong.trend.bounds[0] < right.trend.change < wrong.trend.bounds[1]


def test_money_below_the_price_of_its_power_bounds_nothing(tmp_path: Path) -> None:
    """Output of 5,000 CNY beside a million kWh in all years: nothing is told per value added."""
    accounts = "enterprise,year,output,value_added\n"
    accounts += "".join(f"E0{k},2023,{{0}},{{1}}\n" for k in (1, 2, 3))
    energy = ENERGY + "".join(f"E0{k},2023,electricity,1000,MWh\n" for k in (1, 2, 3))
    right = diagnose(park(tmp_path / "a", energy=energy, accounts=accounts.format(50000, 10000)))
    wrong = diagnose(park(tmp_path / "b", energy=energy, accounts=accounts.format(0.5, 0.1)))
    assert not right.completeness.doubts and indicators(right)["carbon-per-value-added"].value is not None
    assert {d.remark.code for d in wrong.completeness.doubts} == {"K234"}
    intensity = indicators(wrong)["carbon-per-value-added"]
    assert intensity.value is None and intensity.missing is not None
    page = told(diagnosis_document(wrong, language_of("en")))
    assert "Carbon per value added is not shown" in page
