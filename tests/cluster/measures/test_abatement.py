"""From the table to the curve: what is amiss in a row is told, with its place."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from string import ascii_lowercase

import pytest

from cluster.folders import DESCRIPTION, ENERGY, found, park, write
from separatrix.cli.app import run
from separatrix.errors import InputError
from separatrix.languages import LANGUAGES, language_of
from separatrix_cluster.documents.abatement import curve_table
from separatrix_cluster.measures.abatement import abatement, enterprise_measures
from separatrix_cluster.tables.reader import load_cluster

HEAD = "id,enterprise,investment,running_cost,saving,abatement,life,carrier,excludes,requires\n"
COAL = f"{ENERGY}E01,2024,raw_coal,1000,t\nE02,2024,raw_coal,1000,t\n"
GOOD = "A,E01,100,1,5,300,10,raw_coal,,\n"


@pytest.mark.parametrize(
    ("row", "code", "column", "severity"),
    [
        ("B,E01,100,1,5,300,0,,,", "K550", "life", "error"),
        ("B,E01,100,1,5,300,,,,", "K550", "life", "error"),
        ("B,E01,,1,5,300,10,,,", "K550", "investment", "error"),
        ("B,E01,100,1,5,,10,,,", "K551", "abatement", "error"),
        ("B,E01,100,1,5,0,10,,,", "K551", "abatement", "error"),
        ("B,E01,100,1,5,300,10,,Q,", "K552", "excludes", "error"),
        ("B,E01,100,1,5,300,10,,,A Q", "K552", "requires", "error"),
        ("B,E01,100,1,5,300,10,,B,", "K553", "excludes", "error"),
        ("B,E01,100,1,5,300,10,,,B", "K553", "requires", "error"),
        ("B,E01,100,1,5,300,10,,A,A", "K553", "requires", "error"),
        ("B,E01,100,1,5,30000,10,,,", "K554", "abatement", "warning"),
        ("B,E01,100,1,5,300,10,natural_gas,,", "K555", "carrier", "error"),
        ("B,E03,100,1,5,300,10,,,", "K556", "enterprise", "warning"),
        ("B,E01,100,1,-5,300,10,,,", "K557", "saving", "warning"),
        ("B,E01,100,1,5,300,10,steel,,", "K559", "carrier", "error"),
    ],
)
def test_what_is_amiss_in_a_row_is_told(
    row: str, code: str, column: str, severity: str, tmp_path: Path
) -> None:
    """Code, file, row and column; what is an error is in no figure, and the share computed with falls."""
    cluster = park(tmp_path, energy=COAL, measures=f"{HEAD}{GOOD}{row}\n")
    answer = abatement(cluster)
    assert found(answer.remarks, code) == [("measures.csv", 3, column, severity)]
    assert answer.complete == (0.5 if severity == "error" else 1.0)
    assert sorted(m.id for m in answer.joint.measures) == (["A"] if severity == "error" else ["A", "B"])


def test_energy_saved_beyond_what_was_used_is_doubted(tmp_path: Path) -> None:
    """1,000 t of raw coal hold some 20,000 GJ; an interval that misses its own middle is not used."""
    head = "id,enterprise,investment,abatement,life,carrier,energy_saved,unit,abatement_low\n"
    rows = "A,E01,100,300,10,raw_coal,90000,GJ,400\nB,E01,100,300,10,raw_coal,1000,GJ,200\n"
    answer = abatement(park(tmp_path, energy=COAL, measures=head + rows))
    assert found(answer.remarks, "K564") == [("measures.csv", 2, "energy_saved", "warning")]
    assert found(answer.remarks, "K558") == [("measures.csv", 2, "abatement_low", "warning")]
    low = {m.id: m.abatement_low for m in answer.joint.measures}
    assert low == {"A": 300, "B": 200}


def test_measures_in_a_circle_fall_and_what_requires_them_too(tmp_path: Path) -> None:
    """B and C require one another, D requires B: A alone is left."""
    rows = "B,E01,1,1,1,3,10,,,C\nC,E01,1,1,1,3,10,,,B\nD,E02,1,1,1,3,10,,,B\n"
    answer = abatement(park(tmp_path, energy=COAL, measures=f"{HEAD}{GOOD}{rows}"))
    assert [m.id for m in answer.joint.measures] == ["A"]
    assert [r[1] for r in found(answer.remarks, "K553")] == [3, 4, 5]


def test_exclusion_holds_for_both_whichever_row_says_it(tmp_path: Path) -> None:
    """Of two that exclude each other the one that cuts more is on the curve."""
    for sides in (("B", ""), ("", "A"), ("B", "A")):
        rows = f"A,E01,1,0,0,300,10,,{sides[0]},\nB,E01,1,0,0,500,10,,{sides[1]},\n"
        answer = abatement(park(tmp_path / "".join(sides), energy=COAL, measures=HEAD + rows))
        assert [s.measure.id for s in answer.curve] == ["B"]
        assert [m.id for m in answer.alternatives] == ["A"]


def test_a_measure_that_cuts_nothing_is_taken_where_another_requires_it(tmp_path: Path) -> None:
    """Meters cost, cut nothing, and are in the set that needs them."""
    rows = "A,E01,100,0,0,300,10,,,B\nB,E01,10,0,0,0,10,,,\n"
    answer = abatement(park(tmp_path, energy=COAL, measures=HEAD + rows), target=100)
    assert answer.remarks == ()
    assert answer.chosen is not None
    assert set(answer.chosen.ids) == {"A", "B"}
    assert answer.chosen.investment == 1_100_000


def test_rates_and_prices_of_the_cluster_count_and_else_are_called_assumed(tmp_path: Path) -> None:
    """cluster.yaml tells, the call goes before it, and what nobody told is said to be assumed."""
    plain = park(tmp_path / "a", energy=COAL, measures=HEAD + GOOD)
    assert abatement(plain).to_dict()["assumed"] == ["carbon_price", "discount_rate"]
    more = f"{DESCRIPTION}carbon_price: 90\ndiscount_rate: 0.05\n"
    told = abatement(park(tmp_path / "b", more, energy=COAL, measures=HEAD + GOOD))
    assert (float(told.carbon_price), float(told.discount_rate)) == (90, 0.05)
    assert told.to_dict()["assumed"] == []
    assert float(abatement(plain, carbon_price=7).carbon_price) == 7


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"target": "120%"}, "K560"),
        ({"target": "soon"}, "K560"),
        ({"budget": -1.0}, "K560"),
        ({"carbon_price": -1.0}, "K560"),
        ({"discount_rate": 8.0}, "K560"),
        ({"target": "standard"}, "K562"),
        ({"by": 2030}, "K562"),
        ({"yearly_budget": 5.0}, "K560"),
        ({"target": "5%", "by": 2020}, "K560"),
    ],
)
def test_what_makes_no_sense_is_refused(asked: dict[str, object], code: str, tmp_path: Path) -> None:
    """A code, never a message of the solver."""
    cluster = park(tmp_path, energy=COAL, measures=HEAD + GOOD)
    with pytest.raises(InputError) as told:
        abatement(cluster, **asked)  # type: ignore[arg-type]
    assert told.value.code == code


def test_no_measure_at_all_is_told() -> None:
    """Without a table, or with nothing in it that can be computed with, there is an error with a place."""
    with pytest.raises(InputError) as told:
        abatement(load_cluster("kalundborg"))
    assert told.value.code == "K561"


def test_targets_are_tonnes_shares_or_the_standard() -> None:
    """15 % of the emissions are the same asked as a share or as tonnes; the standard asks for far more."""
    cluster = load_cluster("synthetic-park")
    share = abatement(cluster, target="15 %").chosen
    assert share is not None and share.target is not None
    tonnes = abatement(cluster, target=float(share.target.amount)).chosen
    assert tonnes is not None and tonnes.ids == share.ids
    standard = abatement(cluster, target="standard").chosen
    assert standard is not None and standard.target is not None
    assert float(standard.target.amount) == pytest.approx(3_952_777, rel=1e-4)
    assert standard.missing == standard.target.amount - standard.counted > 0
    # Energy that is saved lowers what carbon is divided by, so that its tonnes count for less.
    assert standard.counted < standard.abatement


def test_no_share_is_told_where_some_claims_were_compared_with_nothing(tmp_path: Path) -> None:
    """E03 has no energy: its tonnes are no part of the emissions that are known."""
    cluster = park(tmp_path, energy=COAL, measures=f"{HEAD}B,E03,100,1,5,30000,10,,,\n{GOOD}")
    answer = abatement(cluster, target=20000, by=2030)
    assert answer.share is None
    assert answer.path is not None and answer.path.emissions is None
    assert answer.together.abatement == 30300


@pytest.mark.parametrize(
    ("text", "amount"),
    [("50,000", 50000), ("1.5 kt/yr", 1500), ("5万吨", 50000), ("2 Mt CO2e a year", 2000000), ("7t/年", 7)],
)
def test_tonnes_are_read_as_people_write_them(text: str, amount: int, tmp_path: Path) -> None:
    """Thousands, units and "a year" in two languages."""
    chosen = abatement(park(tmp_path, energy=COAL, measures=HEAD + GOOD), target=text).chosen
    assert chosen is not None and chosen.target is not None
    assert chosen.target.amount == amount


def test_measures_of_an_enterprise_are_told_with_their_rows() -> None:
    """Gross yearly cost, saving and tonnes of E12, by hand: 3,200 over 20 years at 8 %, and 80."""
    entries, _ = enterprise_measures(load_cluster("synthetic-park"))
    one = next(e for e in entries if e.enterprise == "E12")
    assert one.cost == pytest.approx(1e4 * (3200 * 0.101852 + 80), rel=1e-5)
    assert (one.saving, one.abatement, one.assumed) == (9e6, 21000, True)
    assert one.rows == (("measures.csv", 3),)
    assert {e.enterprise for e in entries} == {"E01", "E03", "E05", "E12", "E14", "E15", "E16"}


def test_the_command_tells_the_curve_in_every_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Text in two languages, JSON, CSV and the figure; the exit code tells of rows left out."""
    assert run(["cluster", "measures", "synthetic-park", "--budget", "5000"]) == 0
    assert "10 of 13" in capsys.readouterr().out
    assert run(["cluster", "measures", "synthetic-park", "--lang", "zh", "--target", "standard"]) == 0
    assert "还差" in capsys.readouterr().out
    assert run(["cluster", "measures", "synthetic-park", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [len(answer["curve"]), answer["together"]["pays"], answer["listed"]] == [13, 10, 14]
    assert run(["cluster", "measures", "synthetic-park", "--format", "csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 15
    assert run(["cluster", "measures", "synthetic-park", "--format", "csv", "--lang", "zh"]) == 0
    heads, first, *_ = capsys.readouterr().out.splitlines()
    assert heads.startswith("次序,措施编号,企业,名称,年减排量（t CO2e）")
    assert ",是,否," in first
    assert run(["cluster", "measures", "synthetic-park", "--out", str(tmp_path / "curve.svg")]) == 0
    assert "less clinker" in (tmp_path / "curve.svg").read_text("utf-8")
    asked = ["--by", "2030", "--target", "10%", "--yearly-budget", "9000"]
    assert run(["cluster", "measures", "synthetic-park", *asked, "--format", "json"]) == 0
    plan = json.loads(capsys.readouterr().out)["path"]
    assert (plan["missing"], plan["proven"]) == (0, True)
    assert [y["year"] for y in plan["years"]] == [*range(2025, 2031)]
    drawn = tmp_path / "path.svg"
    assert (
        run(["cluster", "measures", "synthetic-park", *asked, "--figure", "path", "--out", str(drawn)]) == 0
    )
    assert "linear reduction pathway" in drawn.read_text("utf-8")
    assert run(["cluster", "measures", "synthetic-park", "--figure", "path"]) != 0
    assert "target year" in capsys.readouterr().err
    folder = write(tmp_path / "bad", energy=COAL, measures=f"{HEAD}{GOOD}B,E01,1,1,1,1,0,,,\n")
    assert run(["cluster", "measures", str(folder)]) == 1
    assert "1 of the 2 rows" in " ".join(capsys.readouterr().out.split())


def test_no_measure_is_said_to_pay_without_what_it_requires(tmp_path: Path) -> None:
    """M5 saves 85,097 a year, but M6, which it needs, costs 1,490,295: together 1.41 million."""
    rows = "M5,E01,10,0,10,300,10,raw_coal,,M6\nM6,E01,1000,0,0,100,10,raw_coal,,\n"
    rows += "M7,E02,20,0,1,100,10,raw_coal,,\n"
    answer = abatement(park(tmp_path, energy=COAL, measures=f"{HEAD}{rows}"), discount_rate=0.08)
    assert answer.paying == ()
    assert [s.bundle for s in answer.curve] == [("M7",), ("M6", "M5"), ("M6", "M5")]
    left = 1 - 100 / float(answer.joint.claims[1].inventory or 0)
    recovery = 0.08 * 1.08**10 / (1.08**10 - 1)
    pair = answer.curve[1]
    assert float(pair.bundle_net_cost) == pytest.approx(10_000 * (1010 * recovery - 10 * left), rel=1e-12)
    assert float(pair.bundle_net_cost) == pytest.approx(1.41e6, rel=5e-3)
    assert pair.to_dict()["bundle"] == ["M6", "M5"]


def test_a_pair_is_ranked_by_what_both_cost(tmp_path: Path) -> None:
    """M5 alone costs 149 a tonne, with M6 more than the 258 of M4: M4 comes first, and M6 is named once."""
    rows = "M4,E02,80,1,0,500,10,raw_coal,,\n"
    rows += "M5,E01,10,0,0,100,10,raw_coal,,M6\nM6,E01,30,0,1,50,10,raw_coal,,\n"
    folder = tmp_path / "park"
    answer = abatement(park(folder, energy=COAL, measures=f"{HEAD}{rows}"), discount_rate=0.08)
    assert [s.measure.id for s in answer.curve] == ["M4", "M6", "M5"]
    assert round(float(answer.curve[0].cost_per_tonne or 0)) == 258
    assert 330 < float(answer.curve[1].bundle_cost_per_tonne or 0) < 365


def test_no_measure_begins_in_a_year_that_has_passed(tmp_path: Path) -> None:
    """The emissions are of 2024: nothing begins before this year, unless somebody asks for it."""
    this_year = date.today().year
    cluster = park(tmp_path, energy=COAL, measures=HEAD + GOOD)
    path = abatement(cluster, target=100, by=this_year + 2).path
    assert path is not None and path.begun
    assert min(year for years in path.begun.values() for year in years) >= this_year
    with pytest.raises(InputError) as refused:
        abatement(cluster, target=100, by=this_year - 1)
    assert refused.value.code == "K560"
    with pytest.raises(InputError) as over:
        abatement(cluster, target=100, by=this_year + 2, begin=this_year - 1)
    assert over.value.code == "K560" and str(this_year) in str(over.value.hint)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_table_of_the_curve_has_the_numbers_of_the_figure(code: str) -> None:
    """What has one bar together has one number, with letters in the order of the bundle."""
    found = abatement(load_cluster("synthetic-park"))
    table = curve_table(found, language_of(code))
    numbers = [re.fullmatch(r"(\d+)([a-z]?)", "".join(part.text for part in row[0])) for row in table.rows]
    bars = [step for step in found.curve if step.bundle[-1] == step.measure.id]
    assert all(numbers) and len(bars) < len(found.curve)
    for step, number in zip(found.curve, numbers, strict=True):
        assert number is not None
        bar = bars[int(number[1]) - 1]
        assert step.measure.id in bar.bundle
        letters = ascii_lowercase[bar.bundle.index(step.measure.id)] if len(bar.bundle) > 1 else ""
        assert number[2] == letters
