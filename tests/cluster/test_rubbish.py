"""A tenth of the rows is rubbish: the totals are those of the others, and nothing ends in a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.folders import DESCRIPTION, write
from separatrix.cli.app import run
from separatrix.errors import SeparatrixError
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.completeness.coverage import abilities, rows_left_out
from separatrix_cluster.diagnosis.diagnosis import diagnose
from separatrix_cluster.tables.layout import layouts
from separatrix_cluster.tables.reader import load_cluster

HEAD = "enterprise,year,carrier,amount,unit,use,supplier\n"
CARRIERS = [
    ("raw_coal", "t"),
    ("diesel", "t"),
    ("natural_gas", "1e4 Nm3"),
    ("electricity", "MWh"),
    ("heat", "GJ"),
]

CLEAN = st.tuples(
    st.integers(1, 9).map(lambda k: f"E{k:02}"),
    st.integers(2021, 2023),
    st.sampled_from(CARRIERS),
    st.integers(1, 10**6),
).map(lambda r: f"{r[0]},{r[1]},{r[2][0]},{r[3]},{r[2][1]},,")

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=',"\n\r\x00'), max_size=12)
RUBBISH = st.one_of(
    st.sampled_from(
        [
            "E01,2021,diesel,-3,t,,",
            "E01,2021,diesel,many,t,,",
            "E99,2021,diesel,3,t,,",
            "E01,21,diesel,3,t,,",
            "E01,2021,unobtainium,3,t,,",
            "E01,2021,diesel,3,parsec,,",
            "E01,2021,natural_gas,3,t,,",
            "E01,2021,diesel,1e999,t,,",
            "E01,2021,diesel,,t,,",
            ",2021,diesel,3,t,,",
            "E01,,diesel,3,t,,",
            "E01,2021,diesel,1,000,t,,",
            "E01,2021,electricity,3,MWh,,E01",
            "E01,2021,diesel,3,t,generated,",
            "E01,2021,electricity,3,t,,",
            "E01,2021,heat,3,GJ,feedstock,",
        ]
    ),
    # A row of white space alone is empty, one that begins with # a comment, with * a footnote, and one text
    # in all cells is written across the row.
    st.lists(WORDS, min_size=1, max_size=12)
    .filter(lambda cells: len(cells) < 3 or len(set(cells)) > 1)
    .map(",".join)
    .filter(lambda r: r.replace(",", "").strip() and not r.lstrip(" ").startswith(("#", "*"))),
)


@given(
    st.lists(CLEAN, min_size=9, max_size=36, unique=True),
    st.lists(RUBBISH, min_size=1, max_size=4),
    st.randoms(),
)
def test_totals_are_those_of_the_clean_rows(clean: list[str], rubbish: list[str], chance: object) -> None:
    """Every rubbish row has an error of its own with its row; the accounts are those without it."""
    rows = [*clean, *rubbish]
    chance.shuffle(rows)
    firms = "id\n" + "".join(f"E{k:02}\n" for k in range(1, 10))
    with TemporaryDirectory() as place:
        good = load_cluster(write(Path(place) / "good", enterprises=firms, energy=HEAD + "\n".join(clean)))
        mixed = load_cluster(write(Path(place) / "mixed", enterprises=firms, energy=HEAD + "\n".join(rows)))
    expected, accounts = carbon_accounts(good), carbon_accounts(mixed)
    assert accounts.years == expected.years
    for year in expected.years:
        np.testing.assert_allclose(accounts.by_enterprise(year), expected.by_enterprise(year), rtol=1e-12)
        assert accounts.total(year) == pytest.approx(expected.total(year), rel=1e-12)
    errors = {r.row for r in (*mixed.remarks, *accounts.remarks) if r.severity == "error"}
    assert errors == {rows.index(row) + 2 for row in rubbish} | {
        i + 2 for i, r in enumerate(rows) if r in rubbish
    }
    assert rows_left_out(mixed, accounts) == len(rubbish)
    # What may be missing of a year can make an earlier one the year to report.
    year = completeness_of(good, expected).reporting_year
    before, after = (
        abilities(read, books, completeness_of(read, books, year=year))
        for read, books in ((good, expected), (mixed, accounts))
    )
    assert all(a.enterprises <= b.enterprises for a, b in zip(after, before, strict=True))


@given(st.data())
def test_no_table_ends_in_a_traceback(data: st.DataObject) -> None:
    """Any cells under the right headings are read, doubted or left out, and there is a diagnosis."""
    firms = "id,leader\nE01,yes\nE02,\nE03,\n"
    plain = st.sampled_from(
        [
            "E01",
            "E02",
            "E03",
            "2021",
            "2022",
            "total",
            "diesel",
            "electricity",
            "t",
            "MWh",
            "GJ",
            "0",
            "1",
            "2.5",
            "-1",
            "1e18",
            "1e-300",
            "5 %",
            "yes",
            "no",
            "used",
            "grid",
            "process",
            "verified",
            "CO2",
            "supply",
            "information",
            "joint project",
            "offered",
            "location",
            "",
            "",
            "CN",
            "EU",
            "7208",
            "C1",
            "carbon per value added",
            "tCO2/t",
            "=1+1",
            "x" * 300,
        ]
    )
    tables: dict[str, str | bytes] = {"enterprises": firms}
    names = data.draw(
        st.lists(st.sampled_from([n for n in layouts() if n != "enterprises"]), unique=True, max_size=6)
    )
    for name in names:
        heads = [*layouts()[name].columns, *(f"{p.name}1" for p in layouts()[name].patterns)]
        kinds = [c.kind for c in layouts()[name].columns.values()]
        rows = [",".join(heads)]
        for _ in range(data.draw(st.integers(0, 6))):
            cells = []
            for k in range(len(heads)):
                kind = kinds[k] if k < len(kinds) else "number"
                right = {
                    "enterprise": ["E01", "E02", "E03"],
                    "year": ["2021", "2022"],
                    "unit": ["t", "MWh"],
                }.get(kind, ["0", "1", "2.5", "7"])
                if kind == "choice":
                    right = list(list(layouts()[name].columns.values())[k].choices)
                cells.append(data.draw(st.one_of(st.sampled_from(right), plain)))
            rows.append(",".join(cells))
        tables[name] = "\n".join(rows)
    with TemporaryDirectory() as place:
        folder = write(
            Path(place),
            DESCRIPTION + "park_standard: eip-framework-2021\neu_carbon_price: 80\nregion_area: E01\n",
            **tables,
        )
        try:
            read = load_cluster(folder)
        except SeparatrixError:
            return
        with np.errstate(all="ignore"):
            found = diagnose(read)
    json.dumps(found.to_dict(), allow_nan=False)
    for difficulty in found.difficulties:
        if difficulty.score is not None:
            assert difficulty.low is not None and difficulty.high is not None
            assert 0 <= difficulty.low <= difficulty.score <= difficulty.high <= 1


def test_the_exit_code_says_that_rows_were_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One of ten rows is rubbish: 1 from every verb that reads them, and 0 without it."""
    rows = [f"E0{1 + k % 3},{2021 + k // 3},diesel,5,t,," for k in range(9)]
    write(tmp_path, energy=HEAD + "\n".join([*rows, "E01,2023,diesel,x,t,,"]))
    for verb in ("check", "account", "diagnose"):
        assert run(["cluster", verb, str(tmp_path)]) == 1
    assert "1 of 13 rows were skipped" in capsys.readouterr().out
    write(tmp_path, energy=HEAD + "\n".join(rows))
    for verb in ("check", "account", "diagnose"):
        assert run(["cluster", verb, str(tmp_path)]) == 0
