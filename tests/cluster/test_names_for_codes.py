"""Ids that are credit codes say nothing to a reader: the name of the enterprise is shown in their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.footprints.cradle_to_gate import cradle_to_gate
from separatrix_cluster.reporting.feedback import enterprise_feedback
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster

CEMENT, NAMELESS, HEAT = "91320000MA1A2B3C01", "91320000MA1A2B3C02", "91320000MA1A2B3C03"


def park(folder: Path, cement: str = CEMENT, heat: str = HEAT) -> Cluster:
    """Return a cluster in which one bill of each of three enterprises is a thousand times the others."""
    enterprises = f"{cement},东湖水泥有限公司,C30\n{NAMELESS},,C30\n{heat},西湖热电有限公司,D44\n"
    energy = "".join(
        f"{who},2023,{month},原煤,{100_000 if month == 5 else 100 + month},t\n"
        for who in (cement, NAMELESS, heat)
        for month in range(1, 13)
    )
    files = {
        "cluster.yaml": "name: Park\ncountry: CN\nfactor_set: cn-guideline\ngrid_area: East\n",
        "enterprises.csv": f"统一社会信用代码,企业名称,sector\n{enterprises}",
        "energy.csv": f"enterprise,year,month,carrier,amount,unit\n{energy}",
        "products.csv": f"enterprise,product,year,amount,unit\n{cement},水泥,2023,5000,t\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return load_cluster(str(folder))


def test_remarks_on_bills_name_the_enterprise(tmp_path: Path) -> None:
    """In the tables, in doubts and in the accounts; a code without a name stays."""
    cluster = park(tmp_path)
    books = carbon_accounts(cluster)
    doubts = completeness_of(cluster, books).doubts
    whole = [*cluster.remarks, *books.remarks, *(d.remark for d in doubts)]
    said = [str(text) for r in whole for text in (r.what, r.hint) if text is not None]
    assert not [text for text in said if CEMENT in text or HEAT in text]
    assert [text for text in said if "东湖水泥有限公司" in text] and [
        text for text in said if NAMELESS in text
    ]
    assert {d.enterprise for d in doubts} == {CEMENT, NAMELESS, HEAT}
    assert {s.remark for s in cluster.suspects} <= set(cluster.remarks)


def test_footprints_and_feedback_name_the_enterprise(tmp_path: Path) -> None:
    """What a footprint lacks, and the page of an enterprise that is asked for by its code."""
    cluster = park(tmp_path)
    found = cradle_to_gate(cluster, year=2023)
    missing = [str(text) for product in found.products for text in product.missing]
    assert missing and not [text for text in missing if CEMENT in text]
    assert [text for text in missing if "东湖水泥有限公司" in text]
    page = enterprise_feedback(cluster, CEMENT)
    assert page.name == "东湖水泥有限公司"
    assert not [text for text in map(str, page.missing) if CEMENT in text]


@pytest.mark.parametrize("short", ["E01", "A", "91320000MA1A2B3C0"])
def test_short_ids_stay(tmp_path: Path, short: str) -> None:
    """They are what the park calls an enterprise, and what its tables have."""
    cluster = park(tmp_path, cement=short)
    said = [str(r.what) for r in cluster.remarks if r.code == "K165"]
    assert [text for text in said if short in text] and not [t for t in said if "东湖水泥有限公司" in t]
