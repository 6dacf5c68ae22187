"""One region of a multi-regional input-output table: its accounts, pymrio as the oracle, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pymrio
import pytest

from separatrix.cli.app import run
from separatrix.errors import InputError, NameProblem
from separatrix_cluster.tables.input_output_tables import load_mrio, region_table
from separatrix_cluster.tables.reader import load_cluster

STRESSOR = "emission_type1"


@pytest.fixture(scope="module")
def system() -> Any:
    """Return pymrio's own small table: six regions, eight sectors."""
    return pymrio.load_test().calc_all()


@pytest.fixture(scope="module")
def saved(system: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the table as pymrio saves it."""
    folder = tmp_path_factory.mktemp("mrio") / "table"
    system.save_all(str(folder))
    return folder


@pytest.mark.parametrize("region", ["reg1", "reg4"])
def test_what_is_made_is_used(system: Any, region: str) -> None:
    """Domestic inputs and final demand, exports included, add up to the output."""
    found = region_table(system, region, [STRESSOR])
    used = found.coefficients @ found.output + found.final_demand
    np.testing.assert_allclose(used, found.output, rtol=1e-9)


def test_a_world_of_two_regions_done_by_hand() -> None:
    """A uses 10 of its own and 30 of B's; B uses 20 of A's and 40 of its own; x and A are to come."""
    rows = pd.MultiIndex.from_product([["A", "B"], ["goods"]], names=["region", "sector"])
    buyers = pd.MultiIndex.from_product([["A", "B"], ["households"]], names=["region", "category"])
    world = pymrio.IOSystem(
        Z=pd.DataFrame([[10.0, 20.0], [30.0, 40.0]], rows, rows),
        Y=pd.DataFrame([[50.0, 20.0], [30.0, 100.0]], rows, buyers),
        unit=pd.DataFrame({"unit": ["M.EUR"] * 2}, rows),
        air={
            "name": "air",
            "F": pd.DataFrame([[5.0, 7.0]], ["CO2"], rows),
            "unit": pd.DataFrame({"unit": ["kt"]}, ["CO2"]),
        },
    )
    found = region_table(world, "A", ["CO2"])
    columns = (found.output, found.exports, found.final_demand, found.value_added, found.emissions)
    assert [float(column[0]) for column in columns] == [100, 40, 90, 60, 5000]
    assert found.coefficients.tolist() == [[0.1]]
    assert found.money_unit == "million EUR" and world.x is None


def test_emissions_are_those_of_pymrio(system: Any) -> None:
    """Those of production, in t; rows of one name in several compartments are added."""
    found = region_table(system, "reg2", [STRESSOR, "emission_type2"])
    told = system.emissions.F["reg2"].sum().to_numpy()
    np.testing.assert_allclose(found.emissions * 1000, told, rtol=1e-9)


def test_the_carbon_in_exports_is_that_of_pymrio(system: Any, saved: Path, tmp_path: Path) -> None:
    """With one region alone in the world, its exports carry what pymrio's multipliers give them."""
    park = tmp_path / "park"
    arguments = ("cluster", "new", str(park), "--table", "accounts", "--io", str(saved), "--region", "reg3")
    assert run((*arguments, "--stressor", STRESSOR)) == 0
    (park / "enterprises.csv").write_text("id\nE1\n", "utf-8")
    from separatrix_cluster.diagnosis.value_chain import exports_of_table

    found = exports_of_table(load_cluster(park))
    assert isinstance(found, tuple)
    account = found[0]
    alone = system.A.loc["reg3", "reg3"]
    inverse = pymrio.calc_L(alone)
    intensity = system.emissions.S.loc[STRESSOR].iloc[0]["reg3"] / 1000  # kg per million to t
    abroad = [r for r in system.get_regions() if r != "reg3"]
    exports = system.Z.loc["reg3", abroad].sum(axis=1) + system.Y.loc["reg3", abroad].sum(axis=1)
    carried = float(intensity.to_numpy() @ inverse.to_numpy() @ exports.to_numpy())
    assert account.to_dict()["emissions"] == pytest.approx(carried, rel=1e-9)
    assert "money_unit: million USD" in (park / "cluster.yaml").read_text("utf-8")


def test_tables_for_a_cluster_are_in_its_money(saved: Path, tmp_path: Path) -> None:
    """A cluster that is there already gets the two tables alone, converted; without a rate it is told."""
    (tmp_path / "enterprises.csv").write_text("id\nE1\n", "utf-8")
    description = tmp_path / "cluster.yaml"
    description.write_text("name: Park\nmoney_unit: 10k CNY\n", "utf-8")
    found = region_table(load_mrio(saved), "reg1", [STRESSOR])
    arguments = (
        "cluster",
        "new",
        str(tmp_path),
        "--io",
        str(saved),
        "--region",
        "reg1",
        "--stressor",
        STRESSOR,
    )
    assert run(arguments) == 2
    description.write_text("name: Park\nmoney_unit: 10k CNY\nexchange_rates: {USD: 7}\n", "utf-8")
    assert run(arguments) == 0
    assert {f.name for f in tmp_path.iterdir()} == {
        "cluster.yaml",
        "enterprises.csv",
        "io.csv",
        "io_sectors.csv",
    }
    table = load_cluster(tmp_path).table("io_sectors")
    np.testing.assert_allclose(table.numbers("output"), found.output * 7e6, rtol=1e-9)  # CNY
    np.testing.assert_allclose(table.numbers("emissions"), found.emissions, rtol=1e-9)
    assert run(arguments) == 2  # nothing is overwritten


def test_what_cannot_be_cut_is_named(system: Any, tmp_path: Path) -> None:
    """Regions, rows, units and folders that do not fit are refused with what was expected."""
    with pytest.raises(NameProblem, match="no region `reg9`"):
        region_table(system, "reg9", [STRESSOR])
    with pytest.raises(NameProblem, match="no row of emissions `emission_typ1`") as problem:
        region_table(system, "reg1", ["emission_typ1"])
    assert problem.value.hint == f"did you mean `{STRESSOR}`?"
    with pytest.raises(InputError, match="a mass was expected"):
        region_table(system, "reg1", ["Value Added"])
    with pytest.raises(InputError, match="not found"):
        load_mrio(tmp_path / "none")
    with pytest.raises(InputError, match="reads no table"):
        load_mrio(tmp_path)
    for part in ("Z", "Y", "unit"):
        torn = system.copy()
        setattr(torn, part, None)
        with pytest.raises(InputError, match=f"lacks its part {part}"):
            region_table(torn, "reg1", [STRESSOR])
    strange = system.copy()
    strange.unit = strange.unit.replace("Mill USD", "shells")
    with pytest.raises(InputError, match="`shells`"):
        region_table(strange, "reg1", [STRESSOR])


def test_the_options_belong_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--region without --io, --io without --region, and an example with a table are told apart."""
    assert run(("cluster", "new", str(tmp_path / "a"), "--region", "reg1")) == 2
    assert run(("cluster", "new", str(tmp_path / "a"), "--io", str(tmp_path))) == 2
    assert run(("cluster", "new", str(tmp_path / "a"), "--example", "houston", "--table", "io")) == 2
    assert capsys.readouterr().err.count("K10") == 3
    assert not (tmp_path / "a").exists()
