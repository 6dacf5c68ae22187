"""A spreadsheet of 100,000 rows that the office takes in for all enterprises: all of it, or nothing.

`python benchmarks/park_import.py FOLDER ROWS` takes one in, in the park of a folder, and prints as JSON what
it took; without arguments both databases are measured.  No peer is known to measure beside.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from park_data import YEARS, energy_of, key_of
from park_server import KINDS, made_park
from timing import Plan, Row, peak_memory

__all__ = ["WORKLOADS"]

ROWS = 100_000
HEADER = "enterprise,year,month,carrier,amount,unit\n"
WHY = "Reported before there was a platform."


def text_of(rows: int) -> tuple[str, int]:
    """Return a table of at least so many rows as CSV, and of how many enterprises it tells."""
    lines: list[str] = []
    number = 0
    while len(lines) < rows:
        for year in YEARS:
            for row in energy_of(number, year):
                told = (row["month"], row["carrier"], row["amount"], row["unit"])
                lines.append(",".join((key_of(number), str(year), *told)) + "\n")
        number += 1
    return HEADER + "".join(lines), number


def taken_in(folder: Path, rows: int) -> dict[str, Any]:
    """Take a table in, then one whose last row is wrong; return the seconds and what was kept."""
    from separatrix_park.database import configure
    from separatrix_park.folder import open_park

    park = open_park(folder)
    configure(park)
    from separatrix.errors import InputError
    from separatrix_park.models import Enterprise, Person, Report, Role
    from separatrix_park.models.people import scope_of
    from separatrix_park.reporting.park_import import keep_import, read_import
    from separatrix_park.reporting.tables import reported_table
    from separatrix_park.scope import scoped, whole_park

    text, members = text_of(rows)
    with whole_park("the benchmarks fill a park of their own"):
        Enterprise.objects.bulk_create(
            Enterprise(key=key_of(k), name=f"Enterprise {k}", sector="C26") for k in range(members)
        )
        office = Person.objects.create_user("office@park.example", Role.OFFICE)
    told: dict[str, Any] = {"rows": text.count("\n") - 1, "enterprises": members}
    with scoped(scope_of(office)):
        begun = time.perf_counter()
        found = read_import(park, office, reported_table("energy"), "energy.csv", text.encode())
        told["read"] = time.perf_counter() - begun
        told["reports"] = keep_import(office, found, history=True, why=WHY)
        told["whole"] = time.perf_counter() - begun
        before = Report.objects.count()
        wrong = text + f"{key_of(0)},{YEARS[0]},1,electricity,a lot,MWh\n"
        faulty = read_import(park, office, reported_table("energy"), "energy.csv", wrong.encode())
        try:
            keep_import(office, faulty, history=True, why=WHY)
        except InputError as refused:
            told["refused"] = refused.code
        told["kept"] = Report.objects.count() - before
    return told | {"peak": peak_memory() / 1e9}


def measured(kind: str, rows: int) -> dict[str, Any]:
    """Take a table in within a process of its own, on one of the databases."""
    with made_park(kind) as folder:
        command = [sys.executable, __file__, str(folder), str(rows)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def one_spreadsheet(plan: Plan) -> list[Row]:
    """Tell how long a spreadsheet of the whole park takes on each database."""
    rows = []
    for kind in KINDS:
        found = measured(kind, ROWS)
        assert found["refused"] and not found["kept"]
        rows.append(
            Row(
                f"import of {found['rows']:,} rows of {found['enterprises']} enterprises on {kind}, "
                f"all or nothing ({found['peak']:.1f} GB)",
                f"{found['whole']:.1f} s",
                "– (no peer known)",
                "–",
                "≤ 10 s",
            )
        )
    return rows


WORKLOADS = (one_spreadsheet,)

if __name__ == "__main__":
    if len(sys.argv) == 3:
        json.dump(taken_in(Path(sys.argv[1]), int(sys.argv[2])), sys.stdout)
    else:
        for each in KINDS:
            print(each, measured(each, int(sys.argv[1]) if len(sys.argv) == 2 else ROWS))
