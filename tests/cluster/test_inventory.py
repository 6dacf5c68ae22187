"""The inventory: figures add up to the accounts, gases stand apart, and every one leads to its rows."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from cluster.folders import ENERGY, write
from separatrix.cli.app import run
from separatrix.errors import InputError
from separatrix.languages import language_of
from separatrix.writers.registry import write as written
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import DataCompleteness, completeness_of
from separatrix_cluster.documents.inventory import inventory_document
from separatrix_cluster.reporting.inventory import RECALCULATED_FROM, Inventory, evidence_of, inventory_of
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster

Capture = pytest.CaptureFixture[str]

GASES = "enterprise,year,kind,gas,amount,unit\n"


def inventory(cluster: Cluster, year: int | None = None) -> tuple[DataCompleteness, Inventory]:
    """Return completeness and inventory of a cluster."""
    books = completeness_of(cluster, carbon_accounts(cluster), year=year)
    return books, inventory_of(cluster, books)


@pytest.mark.parametrize("name", ["synthetic-park", "rotterdam", "houston"])
def test_figures_add_up_to_the_accounts(name: str) -> None:
    """In the reported year and in the base year, of both categories together."""
    books, found = inventory(load_cluster(name))
    for year in (found.year, found.base_year):
        assert found.total(year) == pytest.approx(books.accounts.total(year), rel=1e-12)
        assert found.total(year, 1) + found.total(year, 2) == pytest.approx(found.total(year), rel=1e-12)


def test_gases_stand_apart_with_their_warming_potentials(tmp_path: Path) -> None:
    """One tonne of each gas counts by its GWP100 (AR5), HFCs and PFCs as groups; CO2e is not separated."""
    emissions = GASES + "".join(
        f"E01,2023,process,{gas},1,t\n"
        for gas in ("CO2", "CH4", "N2O", "HFC-134a", "CF4", "SF6", "NF3", "CO2e")
    )
    _, found = inventory(load_cluster(str(write(tmp_path, emissions=emissions))))
    told = {f.gas: f.location for f in found.figures}
    expected = {"CO2": 1, "CH4": 28, "N2O": 265, "HFCs": 1300, "PFCs": 6630, "SF6": 23500, "NF3": 16100}
    assert told == pytest.approx({**expected, "not separated": 1}, rel=0.05)


def test_biogenic_carbon_is_in_no_sum(tmp_path: Path) -> None:
    """Wood has a line of its own, of which CH4 and N2O alone are in the total beside the diesel."""
    energy = ENERGY + "E01,2023,wood,10,t\nE01,2023,diesel,1,t\n"
    cluster = load_cluster(str(write(tmp_path, "name: P\nfactor_set: ipcc-2006\n", energy=energy)))
    books, found = inventory(cluster)
    diesel = sum(f.location for f in found.figures if f.kind == "combustion")
    wood = 0.156 * (30 * 28 + 4 * 265) / 1000
    assert found.total(2023) == pytest.approx(diesel + wood) == pytest.approx(books.accounts.total(2023))
    assert 10 < found.biogenic(2023) < 20  # 1.75 t CO2 a tonne
    assert found.biogenic(2023) == pytest.approx(float(books.accounts.biogenic.sum()))


@pytest.mark.parametrize("name", ["synthetic-park", "rotterdam"])
def test_every_row_of_the_evidence_is_in_its_file(name: str, tmp_path: Path, capsys: Capture) -> None:
    """The row that is named holds that enterprise and that year, and a figure is the sum of its rows."""
    folder = tmp_path / "park"
    assert run(["cluster", "new", str(folder), "--example", name]) == 0
    cluster = load_cluster(str(folder))
    books, found = inventory(cluster)
    files = {
        path.name: list(csv.reader(io.StringIO(path.read_text("utf-8-sig")))) for path in folder.glob("*.csv")
    }
    sums: dict[tuple[int, str], float] = {}
    rows = 0
    for figure, year, enterprise, _, location, *_, file, row, _, _, _, why in evidence_of(found):
        cells = files[file][row - 1]
        assert enterprise in cells and str(year) in cells
        assert bool(figure) is not bool(why)
        sums[year, figure] = sums.get((year, figure), 0.0) + location
        rows += 1
    for year, figures in ((found.base_year, found.base), (found.year, found.figures)):
        for f in figures:
            assert sums[year, f.id] == pytest.approx(f.location, rel=1e-12)
            assert len(f.lines) > 0
    assert rows == sum(int((books.accounts.year == y).sum()) for y in (found.base_year, found.year))


def test_what_a_verified_total_holds_is_evidence_of_no_figure(tmp_path: Path) -> None:
    """The fuels stand in the list with the reason, and the total is that of the verifier."""
    energy = ENERGY + "E01,2023,diesel,10,t\nE02,2023,diesel,1,t\n"
    emissions = GASES + "E01,2023,verified,CO2,50,t\n"
    _, found = inventory(load_cluster(str(write(tmp_path, energy=energy, emissions=emissions))))
    told = {(e[0], e[2]): e[-1] for e in evidence_of(found)}
    assert told["", "E01"] == "held by a verified or reported total"
    assert told["1-verified-CO2", "E01"] == told["1-combustion-CO2", "E02"] == ""
    assert {f.id for f in found.figures} == {"1-verified-CO2", "1-combustion-CO2"}


@pytest.mark.parametrize(("stated", "base", "chosen"), [("base_year: 2022\n", 2022, True), ("", 2023, False)])
def test_the_base_year(tmp_path: Path, stated: str, base: int, chosen: bool) -> None:
    """It is the one of cluster.yaml; else the first of which nothing is missing."""
    energy = ENERGY + "E01,2022,diesel,9,t\nE02,2022,diesel,7,boxes\n"
    energy += "".join(f"E0{k},{y},diesel,8,t\n" for k in (1, 2, 3) for y in (2023, 2024))
    cluster = load_cluster(
        str(write(tmp_path, f"name: Park\nfactor_set: ipcc-2006\n{stated}", energy=energy))
    )
    books, found = inventory(cluster)
    assert (found.base_year, found.chosen, found.year) == (base, chosen, 2024)
    text = written(inventory_document(cluster, books, found, language_of("en")), "md", "x").content.decode()
    assert f"base year is {base}" in text and f"{100 * RECALCULATED_FROM:.1f}" in text


def test_who_came_and_left_is_told_for_the_base_year() -> None:
    """Enterprises of one of both years alone, with what they emitted there."""
    books, found = inventory(load_cluster("rotterdam"))
    before, after = (books.accounts.by_enterprise(y) for y in (found.base_year, found.year))
    change = sum(v for _, v in found.came) - sum(v for _, v in found.left)
    stayed = (before > 0) & (after > 0)
    whole = found.total(found.year) - found.total(found.base_year)
    assert found.came and found.left
    assert whole - change == pytest.approx(float((after - before)[stayed].sum()), abs=1)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("format", ["text", "html", "docx", "tex", "md"])
def test_the_inventory_is_written_in_every_format(format: str, lang: str, tmp_path: Path) -> None:
    """With boundaries, base year, evidence, and what the standard asks for besides."""
    words = language_of(lang)
    target = tmp_path / f"x.{'txt' if format == 'text' else format}"
    call = ["cluster", "account", "synthetic-park", "--inventory", "--lang", lang, "--out", str(target)]
    assert run(call) == 0
    if format in ("text", "md", "html"):
        text = target.read_text("utf-8")
        for heading in (
            words.CL_INV_BOUNDARIES,
            words.CL_INV_BASE,
            words.CL_INV_EVIDENCE,
            words.CL_INV_BESIDES,
        ):
            assert heading in text
        assert ("1-combustion-CO2" in text) is (lang == "en")  # codes are not for readers of Chinese
    else:
        assert target.stat().st_size > 2000


def test_the_inventory_as_data(capsys: Capture) -> None:
    """JSON holds the figures, CSV the evidence; both add up to the total of the accounts."""
    call = ["cluster", "account", "synthetic-park", "--inventory", "--format"]
    assert run([*call, "json"]) == 0
    answer = json.loads(capsys.readouterr().out)["inventory"]
    assert run([*call, "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    counted = [float(r["t_co2e_location"]) for r in rows if r["figure"] and r["year"] == str(answer["year"])]
    assert sum(counted) == pytest.approx(answer["total"], rel=1e-9)
    assert sum(f["t_co2e_location"] for f in answer["figures"]) == pytest.approx(answer["total"], rel=1e-9)
    assert run([*call, "svg"]) == 2
    assert "K242" in capsys.readouterr().err


def test_no_inventory_of_nothing() -> None:
    """A cluster without energy or emissions is refused with what to do."""
    cluster = load_cluster("kalundborg")
    with pytest.raises(InputError) as caught:
        inventory_of(cluster, completeness_of(cluster, carbon_accounts(cluster)))
    assert caught.value.code == "K231"


def holed(folder: Path, description: str = "name: Park\nfactor_set: ipcc-2006\n") -> Path:
    """Write two enterprises of two years, of which the second has no row in the first year."""
    energy = ENERGY + "E01,2022,diesel,10,t\nE01,2023,diesel,12,t\nE02,2023,diesel,5,t\n"
    energy += "E03,2022,diesel,1,t\nE03,2023,diesel,1,t\n"
    return write(folder, description, energy=energy)


def test_a_base_year_with_gaps_is_compared_by_intervals_alone(tmp_path: Path) -> None:
    """No figure has a change, the total has an interval of it that holds the truth, and nobody came."""
    books, found = inventory(load_cluster(str(holed(tmp_path, "name: P\nbase_year: 2022\n"))))
    assert not found.complete and found.came == () == found.left and found.change is not None
    truth = 18 / 16 - 1  # had E02 burned 5 t in 2022 too
    assert found.change[0] <= truth <= found.change[1]
    assert found.total(2023) / found.total(2022) - 1 == pytest.approx(18 / 11 - 1)
    cluster = load_cluster(str(tmp_path))
    text = written(inventory_document(cluster, books, found, language_of("en")), "md", "x").content.decode()
    plain = text.replace("\u00a0", " ")
    assert "+63.6 %" not in plain and "2022: " in plain and "estimated missing" in plain


def test_a_base_year_without_data_is_told(tmp_path: Path) -> None:
    """The year that cluster.yaml names stands in the document beside the one that is taken."""
    cluster = load_cluster(str(holed(tmp_path, "name: P\nbase_year: 2020\n")))
    books, found = inventory(cluster)
    assert (found.named, found.base_year, found.chosen) == (2020, 2023, False)
    text = written(inventory_document(cluster, books, found, language_of("en")), "md", "x").content.decode()
    assert "base\\_year 2020" in text


@pytest.mark.parametrize("more", [[], ["--inventory"]])
def test_csv_and_json_tell_what_is_missing(tmp_path: Path, capsys: Capture, more: list[str]) -> None:
    """A line for each gap, its estimate in a column of its own; JSON has the remarks on refused rows."""
    folder = holed(tmp_path, "name: P\nbase_year: 2022\nfactor_set: ipcc-2006\n")
    with (folder / "energy.csv").open("a", encoding="utf-8") as file:
        file.write("E02,2022,diesel,5,zz\n")
    run(["cluster", "account", str(folder), "--format", "csv", *more])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    lacking = [r for r in rows if r["missing_t_co2e"]]
    assert [(r["enterprise"], r["year"], r["file"], r["row"]) for r in lacking] == [
        ("E02", "2022", "energy.csv", "7")
    ]
    assert float(lacking[0]["missing_t_co2e"]) > 0 and lacking[0]["t_co2e_location"] == ""
    run(["cluster", "account", str(folder), "--format", "json", *more])
    answer = json.loads(capsys.readouterr().out)
    assert [("K131", 7)] == [(r["code"], r["row"]) for r in answer["remarks"] if r["severity"] == "error"]
