"""What stands in the tables a second time in another form is counted, told, and within the interval."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cluster.folders import DESCRIPTION, ENERGY, codes, write
from cluster.test_contradicted_amounts import EMISSIONS, at_work
from cluster.test_pattern_doubts import YEARS, books, coal, total
from separatrix_cluster.tables.members import members_of
from separatrix_cluster.tables.reader import load_cluster

PARTS = {"E01": [1011, 1023, 1034, 1047], "E02": [413, 401, 425, 437], "E03": [216, 227, 208, 219]}
SUM = [sum(of) for of in zip(*PARTS.values(), strict=True)]


def doubted(found: object) -> set[str]:
    """Return the codes of what is in doubt."""
    return codes(tuple(d.remark for d in found.doubts))  # type: ignore[attr-defined]


def test_the_whole_park_in_its_own_list(tmp_path: Path) -> None:
    """A member whose coal of every year is that of all others may count for nothing."""
    found = books(tmp_path / "all", coal({**PARTS, "E99": SUM}))
    assert doubted(found) == {"K169"}
    assert total(found, 2024) == pytest.approx((2 * SUM[3], 4 * SUM[3], 4 * SUM[3]))
    # Rounded to three digits it is the same; with an amount of its own it is a member like others.
    rounded = [round(t / 2) * 2 for t in SUM]
    assert doubted(books(tmp_path / "round", coal({**PARTS, "E99": rounded}))) == {"K169"}
    assert not books(tmp_path / "own", coal({**PARTS, "E99": [1.05 * t for t in SUM]})).doubts


def test_a_works_beside_its_parts(tmp_path: Path) -> None:
    """The parts stand below it, begin with its name, or name it as their parent; one part alone is a copy."""
    amounts = {"W": SUM, **PARTS, "Z": [3555, 3777, 3333, 3111], "Y": [888, 777, 913, 871]}
    head = "id,name,sector,parent\n"
    below = head + "".join(f"{e},{e}-firm,C26,\n" for e in amounts)
    named = {"E01": "Works east", "E02": "Works west", "E03": "Works north", "W": "Works"}
    apart = ("E01", "Z", "E02", "W", "E03", "Y")
    begun = head + "".join(f"{e},{named.get(e, e)},C26,\n" for e in apart)
    owned = head + "".join(f"{e},{e},C26,{'W' if e in PARTS else ''}\n" for e in apart)
    order = {e: amounts[e] for e in apart}
    for k, (listed, rows) in enumerate(((below, amounts), (begun, order), (owned, order))):
        found = books(tmp_path / str(k), coal(rows), listed)
        least, counted, _ = total(found, 2024)
        assert "K169" in doubted(found) and least == pytest.approx(counted - 2 * SUM[3])
    pair = {"E01": PARTS["E01"], "W": PARTS["E01"], "Y": amounts["Y"]}
    assert "K169" not in doubted(books(tmp_path / "pair", coal(pair)))


def test_sums_among_thousands_of_amounts(tmp_path: Path) -> None:
    """In a large table the commonest amounts are looked at first, and what was found is looked at whole."""
    rng = np.random.default_rng(5)
    years = range(2005, 2025)
    members = {f"F{i:04d}": rng.integers(1000, 99999, len(years)) for i in range(2100)}
    members["F9999"] = np.sum([members[f"F{i:04d}"] for i in (7, 8, 9)], axis=0)
    order = [*(f"F{i:04d}" for i in range(10)), "F9999", *(f"F{i:04d}" for i in range(10, 2100))]
    text = ENERGY + "".join(
        f"{e},{y},{c},{a},{u}\n"
        for e in order
        for y, a in zip(years, members[e].tolist(), strict=True)
        for c, u in (("raw_coal", "t"), ("heat", "GJ"))[: 1 + (e != "F0000")]
    )

    listed = "id\n" + "\n".join(order) + "\n"
    cluster = load_cluster(write(tmp_path, DESCRIPTION, enterprises=listed, energy=text))
    found = [r for r in cluster.remarks if r.code == "K169"]
    assert len(found) == 1 and "F9999" in str(found[0].what) and "F0007, F0008, F0009" in str(found[0].what)


def test_process_emissions_that_are_those_of_the_fuels(tmp_path: Path) -> None:
    """2 t of CO2 a tonne of coal, entered once more as a process: within the interval it counts once."""
    process = EMISSIONS + "".join(
        f"E01,{y},process,{2 * a},t,CO2\n" for y, a in zip(YEARS, PARTS["E01"], strict=True)
    )
    found = books(tmp_path / "same", coal(PARTS), emissions=process)
    assert doubted(found) == {"K246"}
    assert total(found, 2024) == pytest.approx((2 * SUM[3], 2 * SUM[3] + 2094, 2 * SUM[3] + 2094))
    # By a factor of their own, 4 % less, it is as plain; what a process gives over its fuel varies.
    own = EMISSIONS + "".join(
        f"E01,{y},process,{1.92 * a},t,CO2\n" for y, a in zip(YEARS, PARTS["E01"], strict=True)
    )
    assert doubted(books(tmp_path / "own", coal(PARTS), emissions=own)) == {"K246"}
    real = EMISSIONS + "".join(
        f"E01,{y},process,{k * a},t,CO2\n"
        for y, a, k in zip(YEARS, PARTS["E01"], (1.9, 2.0, 2.05, 2.1), strict=True)
    )
    assert "K246" not in doubted(books(tmp_path / "real", coal(PARTS), emissions=real))


def test_verified_totals_that_hold_scope_2(tmp_path: Path) -> None:
    """Fuels and power together are no scope 1; in one year alone it is seen where the others are fuels."""
    power = [1500, 1511, 1498, 1533]
    text = coal({"E01": PARTS["E01"]})
    text += "".join(f"E01,{y},power,{a},MWh\n" for y, a in zip(YEARS, power, strict=True))
    whole = [2 * a + 0.5 * p for a, p in zip(PARTS["E01"], power, strict=True)]
    fuels = [2 * a for a in PARTS["E01"]]
    for name, told in (("all", whole), ("last", [*fuels[:3], whole[3]])):
        emissions = EMISSIONS + "".join(
            f"E01,{y},verified,{t},t,CO2\n" for y, t in zip(YEARS, told, strict=True)
        )
        found = books(tmp_path / name, text, emissions=emissions)
        least, counted, most = total(found, 2024)
        assert (
            "K246" in doubted(found) and least == pytest.approx(counted - 0.5 * power[3]) and most == counted
        )
    emissions = EMISSIONS + "".join(
        f"E01,{y},verified,{t},t,CO2\n" for y, t in zip(YEARS, fuels, strict=True)
    )
    assert not books(tmp_path / "fuels", text, emissions=emissions).doubts


def test_a_reported_scope_2_that_the_bought_energy_contradicts(tmp_path: Path) -> None:
    """Ten times as much, or nothing at all by certificates: the interval reaches to what the grid gives."""
    text = coal({"E01": PARTS["E01"]}) + "".join(f"E01,{y},power,1000,MWh\n" for y in YEARS)
    for name, told, ends in (("ten", 5000, (-4500, 0)), ("none", 0, (0, 500)), ("near", 560, (0, 0))):
        emissions = EMISSIONS + f"E01,2024,scope 2,{told},t,CO2\n"
        found = books(tmp_path / name, text, emissions=emissions)
        counted = 2 * PARTS["E01"][3] + told
        assert total(found, 2024) == pytest.approx((counted + ends[0], counted, counted + ends[1]))
        assert ("K247" in doubted(found)) == any(ends)


def test_coal_as_feedstock_whose_carbon_is_nowhere(tmp_path: Path) -> None:
    """All of it may be given off, unless process emissions tell of it; oil stays in what is made of it."""
    head = "enterprise,year,carrier,amount,unit,use\n"
    text = head + "".join(f"E01,{y},raw_coal,1000,t,feedstock\nE01,{y},power,100,MWh,used\n" for y in YEARS)
    found = books(tmp_path / "coal", text)
    assert found.span(2024) == pytest.approx((50, 50, 2050)) and doubted(found) == {"K249"}
    assert found.open_questions(2024) and total(found, 2024) == pytest.approx((50, 50, 50))
    none = EMISSIONS + "".join(f"E01,{y},process,0,t,CO2\n" for y in YEARS)
    assert not books(tmp_path / "none", text, emissions=none).doubts
    assert not books(tmp_path / "oil", text.replace("raw_coal", "diesel")).doubts


def test_power_that_is_all_generated_and_never_bought(tmp_path: Path) -> None:
    """It may have been bought: stated to be green, or beside power that was bought, it is not."""
    head = "enterprise,year,carrier,amount,unit,use,market_factor\n"
    text = head + "".join(
        f"E01,{y},raw_coal,1000,t,used,\nE01,{y},power,2000,MWh,generated,\nE02,{y},power,500,MWh,used,\n"
        for y in YEARS
    )
    found = books(tmp_path / "all", text, accounts=at_work("E01 E02"))
    assert total(found, 2024) == pytest.approx((2250, 2250, 3250)) and doubted(found) == {"K223"}
    green = text.replace("generated,", "generated,0")
    assert not books(tmp_path / "green", green, accounts=at_work("E01 E02")).doubts
    some = text + "".join(f"E01,{y},power,100,MWh,used,\n" for y in YEARS)
    least, counted, most = total(books(tmp_path / "some", some, accounts=at_work("E01 E02")), 2024)
    assert least == counted == most  # the energy alone may count twice


def test_ids_in_other_capitals_and_widths() -> None:
    """An id is that id in small letters and signs of full width; two that differ so alone stay two."""
    named = members_of(["E01", "e02", "E02"], ["", "", ""]).named
    assert named["e01"] == ("E01",) and named["e02"] == ("e02", "E02")
    assert members_of(["E01"]).has("ｅ０１") and not members_of(["E01"]).has("E1")
